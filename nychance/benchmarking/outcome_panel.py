"""The outcome panel: each municipality's shares in periods before and after the start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.errors import DataError
from evalbook.models.method import NO_INTERVAL, method
from evalbook.models.shares.proportions import Share
from nychance import MUNICIPALITIES, tr
from nychance import columns as c
from nychance.definitions import Definitions
from nychance.measures.person_measure import PersonMeasure
from nychance.measures.targets import Window, all_targets, target_group
from nychance.register import Register

PERIOD_WEEKS: Final = 13
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Period:
    """A period of the register with its measures.

    Attributes
    ----------
    window : Window
        Its weeks.
    home : Series, shape (persons,)
        Each person's municipality in its first week; missing where nowhere in the country.
    measures : mapping
        Every target's measure, of the target group of its first week.
    """

    window: Window
    home: "pd.Series[float]"
    measures: Mapping[str, PersonMeasure]

    def begins(self, register: Register) -> date:
        """Return its first day."""
        return register.weeks[self.window.first].date()

    def by_role(self, register: Register, outcome: str) -> dict[str, Share | None]:
        """Compute an outcome's share in the method and in the comparison municipalities."""
        roles = self.home.map(register.municipalities[c.ROLE])
        return {
            role: self.measures[outcome].over((roles == role).to_numpy())
            for role in ("method", "comparison")
        }


@method(
    tr("Periods of 13 weeks"),
    formula=tr("the target group of each period's first week, followed for the period"),
    unit=MUNICIPALITIES,
    interval=NO_INTERVAL,
    source=tr("Own definition"),
)
def course(
    register: Register, definitions: Definitions, length: int = PERIOD_WEEKS
) -> dict[int, Period]:
    """Compute every target's measure in periods of equal length, one of which begins at the start.

    Returns
    -------
    dict
        By period, counted from the start: -1 is the last before it, 0 the first from it on. Weeks
        at either end that do not fill a period are left out.
    """
    found = {}
    for number, window in windows(register, definitions, length).items():
        measures = all_targets(
            register,
            window,
            definitions.exit_weeks,
            education=definitions.education_is_self_support,
        )
        found[number] = Period(window, register.municipality_at(window.first), measures)
    return found


def start_week(register: Register, definitions: Definitions) -> int:
    """Return the week of the register in which the methods begin; it may lie outside."""
    return (pd.Timestamp(definitions.method_start) - register.weeks[0]).days // 7


def windows(
    register: Register, definitions: Definitions, length: int = PERIOD_WEEKS
) -> dict[int, Window]:
    """Return the windows of the periods, by period counted from the start, as in `course`."""
    begin = start_week(register, definitions)
    firsts = range(begin % length, len(register.weeks) - length + 1, length)
    return {(first - begin) // length: Window(first, first + length - 1) for first in firsts}


def begins(register: Register, definitions: Definitions) -> dict[int, date]:
    """Return the first day of each period."""
    return {
        period: register.weeks[window.first].date()
        for period, window in windows(register, definitions).items()
    }


def panel(
    register: Register, measured: Mapping[int, Period], outcomes: Iterable[str], *, least: int
) -> pd.DataFrame:
    """Build the panel of each municipality's shares in each period.

    Parameters
    ----------
    measured : mapping
        As returned by `course`.
    outcomes : iterable of str
        Keys of the measures.
    least : int
        Municipalities whose target group has fewer persons at the beginning of any period before
        the start, or in one of which nothing can be counted then, are excluded from all periods.
        What happens after the start excludes nobody: a method may empty the target group.

    Returns
    -------
    DataFrame
        A row per municipality and period: `municipality`, `period`, `method`
        (whether it is one), `treated` (1 for method municipalities from period 0 on, else 0),
        `starts` (0 for method municipalities, missing for others), `persons` (mean of the target
        group over the periods before the start, the same in all rows of a municipality), and a
        column per outcome. A period after the start in which nothing can be counted has no row.
        `attrs["left_out"]` names the municipalities that are excluded.

    Raises
    ------
    DataError
        If no municipality is left.
    """
    codes, parts = register.municipalities.index, []
    for number, period in measured.items():
        home = codes.get_indexer(pd.Index(period.home))
        shares = {
            outcome: _shares(period.measures[outcome], home, len(codes)) for outcome in outcomes
        }
        size = _sums(target_group(register, period.window.first).astype(float), home, len(codes))
        parts.append(pd.DataFrame(shares | {"size": size, c.MUNICIPALITY: codes, "period": number}))
    rows = pd.concat(parts, ignore_index=True)
    known = rows[list(outcomes)].notna().all(axis=1)
    early = rows["period"] < 0
    good = (known & (rows["size"] >= least)) | ~early
    whole = good.groupby(rows[c.MUNICIPALITY]).transform("all")
    rows = rows[whole & known & rows[c.MUNICIPALITY].isin(rows.loc[early, c.MUNICIPALITY])]
    if rows.empty:
        raise DataError(
            f"no municipality has {least} persons in the target group in every period before the "
            "start",
            remedy="Join municipalities in the extract",
        )
    before = rows[rows["period"] < 0].groupby(c.MUNICIPALITY)["size"].mean()
    method = rows[c.MUNICIPALITY].map(register.municipalities[c.ROLE]) == "method"
    panel = (
        rows.assign(
            method=method,
            treated=(method & (rows["period"] >= 0)).astype(int),
            starts=np.where(method, 0.0, np.nan),
            persons=rows[c.MUNICIPALITY].map(before),
        )
        .drop(columns="size")
        .reset_index(drop=True)
    )
    panel.attrs["left_out"] = left_out(codes, panel, register.municipalities)
    return panel


def left_out(
    of: "pd.Index[int]", panel: pd.DataFrame, municipalities: pd.DataFrame
) -> tuple[str, ...]:
    """Return the names of the municipalities that are not in a panel."""
    absent = sorted(set(of) - set(panel[c.MUNICIPALITY]))
    return tuple(str(municipalities.loc[code, c.NAME]) for code in absent)


def _shares(measure: PersonMeasure, home: NDArray[np.intp], municipalities: int) -> Floats:
    """Compute a measure's share in each municipality; NaN where nobody is at risk."""
    place = home[measure.persons]
    counted, of = (
        _sums(values, place, municipalities) for values in (measure.numerator, measure.denominator)
    )
    shares: Floats = np.divide(counted, of, out=np.full(municipalities, np.nan), where=of > 0)
    return shares


def _sums(values: Floats, place: NDArray[np.intp], places: int) -> Floats:
    """Return the sum of the values at each place; values without a place (-1) are left out."""
    return np.bincount(place[place >= 0], weights=values[place >= 0], minlength=places).astype(
        np.float64
    )
