"""The log-rank test: whether groups have the same survival curve."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from statsmodels.duration.survfunc import survdiff

from evalbook.errors import DataError
from evalbook.models.base.outcome import ChiSquaredTest
from evalbook.models.base.person_input import Floats, aligned, groups, zero_one
from evalbook.models.survival.risk_sets import durations


@dataclass(frozen=True, eq=False)
class LogRank(ChiSquaredTest):
    """Whether groups differ in the time that it takes.

    Attributes
    ----------
    statistic : float
        Chi-squared.
    df : int
        Groups less one.
    p : float
        From the chi-squared distribution.
    """

    _table: pd.DataFrame = field(repr=False)
    _name = "log-rank chi-squared"

    def to_frame(self) -> pd.DataFrame:
        """Return persons `n`, `events`, and those `expected` if all were alike, by group."""
        return self._table.copy()

    def summary(self) -> str:
        """Return the result in a line of text."""
        return f"{super().summary()}, n = {self._table['n'].sum()}"


def log_rank(
    duration: ArrayLike, event: ArrayLike, by: ArrayLike, *, strata: ArrayLike | None = None
) -> LogRank:
    """Test whether groups have the same survival curve.

    Parameters
    ----------
    duration, event : array_like, shape (persons,)
        As for `kaplan_meier`.
    by : array_like, shape (persons,)
        Two groups or more.
    strata : array_like, shape (persons,), optional
        Compare only within these.

    Raises
    ------
    DataError
        As for `kaplan_meier`; also if there is one group only, no event, or a group in which
        nobody was at risk when an event could tell groups apart.

    Notes
    -----
    Mantel (1966); Peto & Peto (1972), Journal of the Royal Statistical Society A 135:185-207, with
    the hypergeometric variance. Every time counts the same.
    """
    aligned(duration=duration, event=event, by=by, **({} if strata is None else {"strata": strata}))
    time, happened = durations(duration, None).exit, zero_one(event, "event")
    members = groups(by)
    layers = {"all": np.ones(len(time), dtype=bool)} if strata is None else groups(strata, "strata")
    if len(members) < 2:
        raise DataError(
            "there is one group only in 'by'", remedy="Give at least two groups to compare"
        )
    expected = {
        group: sum(_expected(time, happened, rows, layer) for layer in layers.values())
        for group, rows in members.items()
    }
    table = pd.DataFrame(
        {
            "n": {group: int(rows.sum()) for group, rows in members.items()},
            "events": {group: int(happened[rows].sum()) for group, rows in members.items()},
            "expected": expected,
        }
    ).rename_axis("group")
    if (table["expected"] == 0).any():
        idle = table.index[table["expected"] == 0][0]
        raise DataError(
            f"nobody of the group {idle!r} was at risk when an event happened",
            remedy="Leave the group out",
        )
    codes, parts = (np.argmax(list(kinds.values()), axis=0) for kinds in (members, layers))
    try:
        statistic, p = survdiff(time, happened, codes, strata=None if strata is None else parts)
    except np.linalg.LinAlgError:
        statistic, p = np.nan, np.nan
    if not np.isfinite(statistic):
        raise DataError(
            "no event happened while two groups were at risk",
            remedy="Follow the groups over the same time, or compare within larger strata",
        )
    return LogRank(float(statistic), len(members) - 1, float(p), table)


def _expected(
    time: Floats, event: NDArray[np.int64], rows: NDArray[np.bool_], layer: NDArray[np.bool_]
) -> float:
    """Count the events of a group if those of each time fell on all at risk alike."""
    times, events = np.unique(time[layer & (event == 1)], return_counts=True)

    def at_risk(among: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.asarray(
            among.sum() - np.searchsorted(np.sort(time[among]), times), dtype=np.int64
        )

    return float((events * at_risk(layer & rows) / at_risk(layer)).sum())
