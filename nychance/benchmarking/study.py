"""All that a report tells of a group of persons that was followed: panel, drift, effects."""

from collections.abc import Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from evalbook.errors import DataError
from evalbook.models import Contrast, DetectableEffect, adjust_contrasts
from evalbook.models.method import method
from evalbook.models.shares.proportions import difference
from nychance import MUNICIPALITIES, tr
from nychance import columns as c
from nychance.benchmarking.cohort import OUTCOMES, cohort_panel
from nychance.benchmarking.effect import (
    Drift,
    Effect,
    detectable,
    drift,
    effect,
    effects_adjusted,
    effects_table,
    study_table,
)
from nychance.benchmarking.flows import compared

ROLES: Final = ("method", "comparison")
POINTS: Final = ("estimate", "lower", "upper", "band_lower", "band_upper", "carried")


@dataclass(frozen=True, eq=False)
class Study:
    """What the municipalities can tell of a group of persons that was followed.

    Attributes
    ----------
    panel : DataFrame
        As `cohort_panel` returns it; empty where no municipality of a kind has enough persons.
    drifts : dict
        By outcome, the drift before the start; without those that cannot be had.
    detectable : dict
        By outcome, the smallest effect that can be found, from the periods before the start.
    effects : dict
        By outcome, the effects with their adjusted p; empty before the start.
    """

    panel: pd.DataFrame
    drifts: dict[str, Drift] = field(default_factory=dict)
    detectable: dict[str, DetectableEffect] = field(default_factory=dict)
    effects: dict[str, Effect] = field(default_factory=dict)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The names of the municipalities that are not compared."""
        return tuple(self.panel.attrs.get("left_out", ()))

    def table(self) -> pd.DataFrame:
        """Return the effects in percentage points, as `effects_table` has them."""
        return in_points(effects_table(self.effects))

    def shown(self) -> pd.DataFrame:
        """Return the effects as a table shows them, without what no outcome has.

        Of the p only the adjusted one is shown; one outcome alone has nothing to adjust it for.
        """
        return self.table().drop(columns=["n", "p"]).dropna(axis="columns", how="all")

    def slopes(self) -> pd.DataFrame:
        """Return the drifts in percentage points per period, by outcome."""
        found = {name: one.slope for name, one in self.drifts.items()}
        carried = {name: one.carried for name, one in self.drifts.items()}
        return in_points(contrast_table(found).assign(carried=pd.Series(carried)))

    def smallest(self) -> pd.DataFrame:
        """Return the smallest effects that can be found, in percentage points, by outcome."""
        rows = {name: (one.effect, np.nan, np.nan) for name, one in self.detectable.items()}
        columns = ["estimate", "lower", "upper"]
        table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
        return in_points(table.rename_axis("outcome"))

    def event_studies(self) -> pd.DataFrame:
        """Return the event studies in percentage points, by outcome and period."""
        found = {name: study_table(one) for name, one in self.effects.items()}
        return in_points(pd.concat(found, names=["outcome"]))

    def p_values(self) -> pd.DataFrame:
        """Return the p to be told of each effect, by outcome."""
        found = {name: one.p for name, one in self.effects.items()}
        table = pd.DataFrame({"estimate": pd.Series(found, dtype=float), "unit": "p", "status": ""})
        return table.rename_axis("outcome")

    def opinions(self) -> pd.DataFrame:
        """Return every opinion on every effect, in percentage points, by outcome and opinion."""
        found = {name: one.opinions() for name, one in self.effects.items()}
        return in_points(pd.concat(found, names=["outcome"]))

    def bounds(self) -> pd.DataFrame:
        """Return the honest bounds in percentage points, by outcome and `m`.

        `m` is how many times the largest difference in trends before the start is allowed for.
        """
        found = {
            name: one.bounds.to_frame().assign(estimate=one.bounds.estimate).set_index("m")
            for name, one in self.effects.items()
            if one.bounds is not None
        }
        if not found:
            return pd.DataFrame()
        columns = ["estimate", "lower", "upper"]
        return in_points(pd.concat(found, names=["outcome"])[columns])


def study(
    people: pd.DataFrame,
    municipalities: pd.DataFrame,
    *,
    outcomes: Sequence[str] = OUTCOMES,
    least: int = 5,
    draws: int = 1999,
    seed: int = 0,
    interim: bool = False,
) -> Study:
    """Compare method and comparison municipalities on all outcomes of persons that were followed.

    What cannot be had in a small extract is left out.

    Parameters
    ----------
    people : Persons
        As returned by `cohort` or `entrants`.
    municipalities : DataFrame
        Of the register.
    least : int
        Municipalities with fewer persons before the start are left out.
    interim : bool
        Whether a later checkpoint looks again.
    """
    try:
        panel = cohort_panel(people, municipalities, least=least)
    except DataError:
        return Study(pd.DataFrame())
    drifts, smallest, effects = {}, {}, {}
    for outcome in outcomes if (panel["period"] >= 0).any() else ():
        # Gaps, too few municipalities, or too few periods.
        with suppress(DataError):
            effects[outcome] = effect(panel, outcome, draws=draws, seed=seed, interim=interim)
    for outcome in outcomes:
        if found := effects.get(outcome):
            drifts[outcome] = found.drift
            if found.detectable is not None:
                smallest[outcome] = found.detectable
            continue
        with suppress(DataError):
            drifts[outcome], _ = drift(panel, outcome, draws=draws, seed=seed)
            smallest[outcome] = detectable(panel, outcome)
    return Study(panel, drifts, smallest, effects_adjusted(effects))


def in_points(table: pd.DataFrame) -> pd.DataFrame:
    """Return differences of shares in percentage points, as results are laid out.

    An end of an interval that is infinite, as few municipalities reject no value, is missing.
    """
    names = [name for name in POINTS if name in table]
    values = (100 * table[names].astype(float)).replace([np.inf, -np.inf], np.nan)
    laid = table.assign(**values, unit="points")
    return laid if "status" in laid else laid.assign(status="")


def contrast_table(found: Mapping[str, Contrast]) -> pd.DataFrame:
    """Return contrasts in one table.

    Returns
    -------
    DataFrame
        By measure: levels of both kinds (of the last time, for changes) as `method` and
        `comparison`, `estimate` with its interval, `p`, `p_adjusted`, `n` municipalities, and
        `status`.
    """
    rows = {}
    for name, one in found.items():
        low, high = one.interval or (np.nan, np.nan)
        level = one.levels["after" if one.is_change else "level"]
        rows[name] = {
            "method": level["treated"],
            "comparison": level["comparison"],
            "estimate": one.estimate,
            "lower": low,
            "upper": high,
            "p": np.nan if one.p is None else one.p,
            "p_adjusted": np.nan if one.p_adjusted is None else one.p_adjusted,
            "n": one.clusters,
            "status": "" if one.interval else "not-tested",
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("outcome")


def leave_one_out(found: Contrast) -> "pd.Series[float]":
    """Return the difference without each municipality in turn, by municipality, as a share."""
    values = found.values["value"]
    treated = found.values["treated"] == 1

    def without(code: Hashable) -> float:
        kept = values.index != code
        return float(values[kept & treated].mean() - values[kept & ~treated].mean())

    return pd.Series({code: without(code) for code in values.index}).rename_axis(c.MUNICIPALITY)


@method(
    tr("Change of each municipality"),
    formula=tr("the cohort's share after the start − its share before it"),
    unit=MUNICIPALITIES,
    interval=tr("as if the persons of the two times were different ones, so rather too wide"),
    source="Newcombe (1998)",
)
def changes(shares: pd.DataFrame, found: Contrast) -> pd.DataFrame:
    """Compute each municipality's change, and the difference without it.

    Parameters
    ----------
    shares : DataFrame
        Results by `municipality`, `role` and `when` (`before`, `after`); where either is hidden,
        so is the change.
    found : Contrast
        Of all municipalities.

    Returns
    -------
    DataFrame
        Results by municipality and role, in percentage points, with `without`, the difference
        without the municipality.
    """
    before, after = (shares.xs(when, level="when") for when in ("before", "after"))
    before = before.reindex(after.index)
    status = after["status"].where(after["status"] != "", before["status"])
    ends = [
        (np.nan, np.nan) if hidden else difference(one, other)
        for hidden, one, other in zip(status, after.itertuples(), before.itertuples(), strict=True)
    ]
    table = pd.DataFrame(ends, index=after.index, columns=["lower", "upper"])
    table.insert(0, "estimate", after["estimate"] - before["estimate"])
    table["status"] = status
    without = 100 * leave_one_out(found).reindex(table.index.get_level_values(c.MUNICIPALITY))
    return in_points(table).assign(without=without.to_numpy())


def contrast_of(
    people: pd.DataFrame, shares: pd.DataFrame, *, draws: int = 1999, seed: int = 0
) -> Contrast | None:
    """Compare method and comparison municipalities on a share that is shown of both.

    Parameters
    ----------
    people : Persons
        `counted` out of `out_of`, and each person's `municipality` and `role`.
    shares : DataFrame
        The results of these persons, with `role` as index.

    Returns
    -------
    Contrast or None
        None where either share is hidden, or the municipalities cannot be compared.
    """
    known = [role for role in shares.index if not shares.loc[role, "status"]]
    if not set(ROLES) <= set(known):
        return None
    try:
        return compared(people, draws=draws, seed=seed)
    except DataError:
        return None


def contrasts(
    people: pd.DataFrame, shares: pd.DataFrame, *, draws: int = 1999, seed: int = 0
) -> dict[Any, Contrast | None]:
    """Compare method and comparison municipalities on a share in each of several groups.

    Their p is adjusted for all groups (Holm), and decides what may be said of any.

    Parameters
    ----------
    people : Persons
        As for `contrast_of`, with the groups as columns.
    shares : DataFrame
        The results of these persons by group and `role`.

    Returns
    -------
    dict
        By group, a tuple where several columns make one: as `contrast_of`.
    """
    levels = [name for name in shares.index.names if name != "role"]
    found: dict[Any, Contrast | None] = {}
    for key, part in shares.groupby(level=levels, observed=True, sort=False):
        group = key if isinstance(key, tuple) else (key,)
        chosen = np.ones(len(people), dtype=bool)
        for name, at in zip(levels, group, strict=True):
            chosen &= (people[name] == at).to_numpy(dtype=bool)
        found[group if len(levels) > 1 else group[0]] = contrast_of(
            people[chosen], part.droplevel(levels), draws=draws, seed=seed
        )
    return adjust_contrasts(found)
