"""Panels of units and times: what the comparisons of units refuse, and with which words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.errors import DataError
from evalbook.models.base.person_input import Floats, numbers, require

Codes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Panel:
    """Rows of units and times, sorted by cluster, unit and time.

    Attributes
    ----------
    rows : pd.DataFrame
        The sorted rows.
    unit, time, cluster : array of int, shape (rows,)
        Places among the labels.
    units, times, clusters : pd.Index
        Labels; `units` in the order of the rows.
    outcome, weight : array, shape (rows,)
        The outcome, and its weight (1 without weights).
    """

    rows: pd.DataFrame = field(repr=False)
    unit: Codes
    time: Codes
    cluster: Codes
    units: pd.Index
    times: pd.Index
    clusters: pd.Index
    outcome: Floats
    weight: Floats

    @property
    def cluster_of_unit(self) -> Codes:
        """Each unit's cluster."""
        return self.cluster[np.searchsorted(self.unit, np.arange(len(self.units)))]

    @property
    def gaps(self) -> int:
        """How many unit-times have no row."""
        return len(self.units) * len(self.times) - len(self.rows)

    def by_unit(self, values: Floats) -> Floats:
        """Return rows as units by times, NaN where there is no row."""
        table = np.full((len(self.units), len(self.times)), np.nan)
        table[self.unit, self.time] = values
        return table


def read_panel(
    data: pd.DataFrame,
    outcome: str,
    unit: str,
    time: str,
    *,
    also: Sequence[str] = (),
    weights: str | None = None,
    cluster: str | None = None,
) -> Panel:
    """Check a panel and sort it.

    Parameters
    ----------
    data : pd.DataFrame
        One row per unit and time.
    outcome, unit, time : str
        Columns.
    also : sequence of str
        Further columns that may have no missing value.
    weights, cluster : str, optional
        Columns: a weight above 0, and the cluster that a unit belongs to throughout; without, each
        unit is its own.

    Raises
    ------
    DataError
        If a column is absent or has a missing value, a unit stands twice at one time or moves
        between clusters, times are text without an order, the outcome is not numeric or the same
        everywhere, a weight is not above 0, or there are fewer than two units or times.
    """
    keys = [unit, time, *([cluster] if cluster else [])]
    _require(data, keys, [outcome, *also, *([weights] if weights else [])])
    refuse_unordered(data[time], time)
    ordered = _ordered(data, list(dict.fromkeys([cluster or unit, unit, time])))
    twice = ordered.duplicated([unit, time])
    if twice.any():
        raise DataError(
            f"{_first(ordered, twice, unit)} stands more than once at "
            f"{_first(ordered, twice, time)} "
            f"({int(twice.sum())} rows too many)",
            remedy="Give one row per unit and time; persons are to be averaged within units first",
        )
    panel = Panel(
        ordered,
        *_coded(ordered, unit, time, cluster or unit),
        outcome=_numeric(ordered, outcome),
        weight=_numeric(ordered, weights) if weights else np.ones(len(ordered)),
    )
    _refuse_small(panel, unit, time)
    _refuse_values(panel, outcome, weights, unit, time)
    _refuse_movers(panel, cluster or unit)
    return panel


def refuse_unordered(times: "pd.Series[Any]", name: str) -> None:
    """Refuse times that are text: the alphabet is not their order.

    Raises
    ------
    DataError
        If times are text, and not an ordered category.
    """
    kind = times.dtype
    if isinstance(kind, pd.CategoricalDtype):
        if kind.ordered:
            return
        times = pd.Series(kind.categories)
    if pd.api.types.infer_dtype(times, skipna=True) in ("string", "mixed"):
        raise DataError(
            f"{name!r} is text such as {times.iloc[0]!r}, which has no order but the alphabet's",
            remedy="Give numbers, dates, periods or an ordered category",
        )


def start_of(panel: Panel, treated: Codes) -> Codes:
    """Find the position of each unit's first treated time; the number of times means never.

    Parameters
    ----------
    panel : Panel
        The panel.
    treated : array of int, shape (rows,)
        1 in the rows under treatment.

    Raises
    ------
    DataError
        If no row or no unit is without treatment, a unit is treated throughout, or a unit's
        treatment ends again.
    """
    never = len(panel.times)
    start = np.full(len(panel.units), never)
    np.minimum.at(start, panel.unit, np.where(treated == 1, panel.time, never))
    ended = (treated == 0) & (panel.time > start[panel.unit])
    if ended.any():
        row = int(np.flatnonzero(ended)[0])
        raise DataError(
            f"the treatment of {_named(panel.units, panel.unit[ended])} ends again, "
            f"first at {label(panel.times[panel.time[row]])}",
            remedy=(
                "Leave out the times after it ended, or keep units as treated from their start on"
            ),
        )
    first = np.full(len(panel.units), never)
    np.minimum.at(first, panel.unit, panel.time)
    refuse_starts(panel, start, first)
    return start


def refuse_starts(panel: Panel, start: Codes, first: Codes) -> None:
    """Refuse starts that leave nothing to compare."""
    if (start == len(panel.times)).all():
        raise DataError(
            "no unit is treated at any time", remedy="Mark the treated units from their start on"
        )
    always = start <= first
    if always.any():
        raise DataError(
            "treated throughout, so that nothing is known of before: "
            f"{_named(panel.units, np.flatnonzero(always))}",
            remedy="Give an earlier time, or leave such units out",
        )


def refuse_draws(draws: int, seed: int) -> None:
    """Refuse numbers of draws and seeds that cannot be."""
    for name, value, minimum in (("draws", draws, 19), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < minimum:
            raise DataError(
                f"{name} = {value!r} cannot be", remedy=f"Give a whole number of at least {minimum}"
            )


def label(value: Any) -> str:
    """Write a label as its reader knows it."""
    return repr(value) if isinstance(value, str) else str(value)


def _first(data: pd.DataFrame, chosen: "pd.Series[bool]", column: str) -> str:
    return f"{column} {label(data.loc[chosen, column].iloc[0])}"


def _named(labels: pd.Index, codes: Codes) -> str:
    """Name the first units and count the rest."""
    chosen = [label(labels[code]) for code in np.unique(codes)]
    rest = f" and {len(chosen) - 3} more" if len(chosen) > 3 else ""
    return f"{'unit' if len(chosen) == 1 else 'units'} {', '.join(chosen[:3])}{rest}"


def _require(data: pd.DataFrame, keys: Sequence[str], values: Sequence[str]) -> None:
    """Like `require`, and name the first unit and time where a value is missing."""
    require(data, keys)
    for column in dict.fromkeys(values):
        if column not in data:
            raise DataError(
                f"there is no column {column!r}",
                remedy=f"Use one of {', '.join(map(str, data.columns))}",
            )
        missing = data[column].isna()
        if pd.api.types.is_float_dtype(data[column]):
            missing = ~data[column].astype(float).between(-np.inf, np.inf, inclusive="neither")
        if missing.any():
            raise DataError(
                f"{column!r} is missing or infinite in {int(missing.sum())} of {len(data)} rows, "
                f"first for {_first(data, missing, keys[0])} at {_first(data, missing, keys[1])}",
                remedy="Leave these rows out, so that they count as gaps, or the whole unit",
            )


def _ordered(data: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    for key in keys:
        if pd.api.types.infer_dtype(data[key]) in ("mixed", "mixed-integer"):
            raise DataError(
                f"{key!r} mixes numbers and text",
                remedy="Give labels of one kind, so that they have an order",
            )
    return data.sort_values(keys, kind="stable", ignore_index=True)


def _coded(
    rows: pd.DataFrame, unit: str, time: str, cluster: str
) -> tuple[Codes, Codes, Codes, pd.Index, pd.Index, pd.Index]:
    unit_code, units = pd.factorize(rows[unit])
    time_code, times = pd.factorize(rows[time], sort=True)
    cluster_code, clusters = pd.factorize(rows[cluster])
    return unit_code, time_code, cluster_code, pd.Index(units), pd.Index(times), pd.Index(clusters)


def _numeric(rows: pd.DataFrame, column: str) -> Floats:
    return numbers(rows[column], column, minimum=-np.inf)


def _refuse_small(panel: Panel, unit: str, time: str) -> None:
    for name, labels in ((unit, panel.units), (time, panel.times)):
        if len(labels) < 2:
            raise DataError(
                f"there is only one {name!r}",
                remedy="Give at least two units, each at two times or more",
            )


def _refuse_values(panel: Panel, outcome: str, weights: str | None, unit: str, time: str) -> None:
    if np.ptp(panel.outcome) == 0:
        raise DataError(
            f"{outcome!r} is the same in all rows", remedy="Choose an outcome that varies"
        )
    wrong = np.flatnonzero(panel.weight <= 0)
    if len(wrong):
        row = wrong[0]
        raise DataError(
            f"the weight {weights!r} is not above 0 in {len(wrong)} rows, first for {unit} "
            f"{label(panel.units[panel.unit[row]])} at {time} "
            f"{label(panel.times[panel.time[row]])}",
            remedy="Leave these rows out, or give them a weight above 0",
        )


def _refuse_movers(panel: Panel, cluster: str) -> None:
    pairs = np.unique(np.column_stack([panel.unit, panel.cluster]), axis=0)[:, 0]
    movers = pairs[1:][pairs[1:] == pairs[:-1]]
    if len(movers):
        raise DataError(
            f"{_named(panel.units, movers)} in more than one {cluster!r}",
            remedy="Give each unit one cluster",
        )
