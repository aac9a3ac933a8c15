"""How long until it happens: Kaplan-Meier curves and the log-rank test."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Final, overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from evalbook.errors import DataError
from evalbook.models.base.outcome import ChiSquaredTest
from evalbook.models.base.person_input import Floats, aligned, groups, numbers, zero_one
from evalbook.models.base.plots import new_axes

Z: Final = float(stats.norm.ppf(0.975))
# A share that is one half may be off it by what the product of its factors was rounded to.
_ROUNDING: Final = 1e-12


@dataclass(frozen=True, eq=False)
class SurvivalCurve:
    """The share to whom the event has not happened yet, by time since the start (Kaplan-Meier).

    Attributes
    ----------
    n : int
        Persons.
    events : int
        Events among them.
    last : float
        The longest time that anybody was observed. Nothing is known beyond it, unless the curve
        has come down to 0.
    """

    n: int
    events: int
    last: float
    _steps: pd.DataFrame = field(repr=False)

    @property
    def median(self) -> float:
        """The first time at which the curve is at one half or below.

        Infinite if it never comes so far down.
        """
        return _first_at_half(self._steps["survival"])

    @property
    def median_interval(self) -> tuple[float, float]:
        """95 per cent interval of the median, by Brookmeyer & Crowley (1982)."""
        return _first_at_half(self._steps["lower"]), _first_at_half(self._steps["upper"])

    @overload
    def at(self, times: float) -> float: ...
    @overload
    def at(self, times: ArrayLike) -> Floats | float: ...
    def at(self, times: ArrayLike) -> Floats | float:
        """Read the curve: the share to whom it has not happened up to and including each time.

        Parameters
        ----------
        times : array_like, shape (times,), or a number
            In the unit of the durations.

        Raises
        ------
        DataError
            If a time is negative or missing, or lies after the last observation while the curve is
            above 0.
        """
        unknown_after = np.inf if self._steps["survival"].iloc[-1] == 0 else self.last
        found: Floats = self._steps["survival"].to_numpy()[
            rows_at(self._steps.index, times, unknown_after)
        ]
        return found if np.ndim(times) else float(found[0])

    def to_frame(self) -> pd.DataFrame:
        """Return the steps of the curve.

        Returns
        -------
        pd.DataFrame
            Indexed by `time` (0 and the times of events): `at_risk` just before, `events`,
            `survival` just after, and the bounds `lower` and `upper` of its pointwise 95 per cent
            interval.
        """
        return self._steps.copy()

    def in_steps(self, k: int) -> pd.DataFrame:
        """Return the curve in steps of at least `k` events that leave at least `k` persons.

        Parameters
        ----------
        k : int
            The least number of persons.

        Returns
        -------
        pd.DataFrame
            Indexed by the `time` at which a step ends: the `events` since the step before, the
            curve and its interval at that time, and `at_risk`, those left after it, rounded down
            to a multiple of `k`, since the difference of two exact numbers would tell how few were
            lost from sight. Events that fill no step of their own are not shown: the curve ends
            before them.
        """
        if k < 1:
            raise DataError(
                f"steps of at least {k} events are none", remedy="Give a whole number of at least 1"
            )
        left = (self._steps["at_risk"] - self._steps["events"]).to_numpy()
        rows, events, pending = [0], [0], 0
        for row, happened in enumerate(self._steps["events"]):
            pending += int(happened)
            if pending >= k and left[row] >= k:
                rows.append(row)
                events.append(pending)
                pending = 0
        shown = self._steps.iloc[rows].assign(at_risk=left[rows] // k * k, events=events)
        # Time 0 is the start, even where somebody's event came at once.
        shown.iloc[0] = [self.n // k * k, 0, 1.0, 1.0, 1.0]
        return shown.set_axis(pd.Index([0.0, *shown.index[1:]], name="time"))

    def read(self, times: NDArray[Any], k: int = 1) -> pd.DataFrame:
        """Read the steps, or those that may be published, at some times.

        Missing where nothing is known.
        """
        steps = self.in_steps(k) if k > 1 else self._steps
        rows = steps.iloc[steps.index.searchsorted(times, side="right") - 1].set_axis(times)
        last = steps.index[-1] if k > 1 else self.last
        gone = steps["survival"].iloc[-1] == 0
        return rows if gone else rows.where(pd.Series(times <= last, index=times))

    def summary(self) -> str:
        """Return the result in a line of text."""
        low, high = self.median_interval
        return (
            f"n = {self.n}, events = {self.events}, median {self.median:g} (95 % interval "
            f"{low:g} to {high:g})"
        )

    def plot(self, ax: Any = None, *, k: int = 1, label: str | None = None) -> Any:
        """Draw the curve as steps with its interval; with `k`, in the steps that may be published.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        matplotlib Axes
        """
        ax = new_axes() if ax is None else ax
        steps = self.in_steps(k) if k > 1 else self._steps
        (line,) = ax.step(steps.index, steps["survival"], where="post", label=label)
        ax.fill_between(
            steps.index,
            steps["lower"],
            steps["upper"],
            step="post",
            alpha=0.2,
            color=line.get_color(),
            lw=0,
        )
        ax.set_ylim(0, 1)
        return ax


class SurvivalCurves(dict[Hashable, SurvivalCurve]):
    """A survival curve per group; what one curve tells, told of all."""

    @property
    def median(self) -> "pd.Series[float]":
        """Each group's median."""
        return pd.Series({group: curve.median for group, curve in self.items()}, name="median")

    def at(self, times: ArrayLike) -> pd.DataFrame:
        """Read all curves: one row per time and one column per group."""
        points = np.atleast_1d(np.asarray(times, dtype=float))
        return pd.DataFrame(
            {group: curve.at(points) for group, curve in self.items()},
            index=pd.Index(points, name="time"),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the steps of all curves, indexed by `group` and `time`."""
        return pd.concat(
            {group: curve.to_frame() for group, curve in self.items()}, names=["group"]
        )

    def in_steps(self, k: int) -> pd.DataFrame:
        """Return all curves in steps for publication, indexed by `group` and `time`."""
        return pd.concat(
            {group: curve.in_steps(k) for group, curve in self.items()}, names=["group"]
        )

    def bands(self, times: ArrayLike, *, k: int = 1) -> dict[str, pd.DataFrame]:
        """Read the curves with their pointwise 95 per cent intervals.

        Parameters
        ----------
        times : array_like, shape (times,)
            When to read them.
        k : int
            Read the curves that may be published (`in_steps`): each ends with its last step.

        Returns
        -------
        dict of DataFrame
            `survival`, `lower` and `upper`, each indexed by time with a column per group; missing
            where nobody was observed so long.
        """
        read = {group: curve.read(np.asarray(times), k) for group, curve in self.items()}
        names = ("survival", "lower", "upper")
        return {
            name: pd.DataFrame({group: rows[name] for group, rows in read.items()})
            for name in names
        }

    def summary(self) -> str:
        """Return a line of text per group."""
        return "\n".join(f"{group}: {curve.summary()}" for group, curve in self.items())

    def plot(self, ax: Any = None, *, k: int = 1) -> Any:
        """Draw all curves into one picture."""
        for group, curve in self.items():
            ax = curve.plot(ax, k=k, label=str(group))
        ax.legend()
        return ax


@overload
def kaplan_meier(duration: ArrayLike, event: ArrayLike, *, by: None = None) -> SurvivalCurve: ...
@overload
def kaplan_meier(duration: ArrayLike, event: ArrayLike, *, by: ArrayLike) -> SurvivalCurves: ...
def kaplan_meier(
    duration: ArrayLike, event: ArrayLike, *, by: ArrayLike | None = None
) -> SurvivalCurve | SurvivalCurves:
    """Estimate the share to whom the event has not happened, by time since the start.

    Parameters
    ----------
    duration : array_like, shape (persons,)
        Time from the start to the event, or to the end of observation; at least 0.
    event : array_like, shape (persons,)
        1 where the event happened at that time, 0 where observation ended before it (right
        censoring).
    by : array_like, shape (persons,), optional
        Groups; one curve each.

    Returns
    -------
    SurvivalCurve, or SurvivalCurves (a dict by group)

    Raises
    ------
    DataError
        If a value is missing, a duration is negative, an event is neither 0 nor 1, or the columns
        do not belong together.

    Notes
    -----
    Kaplan & Meier (1958), Journal of the American Statistical Association 53:457-481. Who is
    censored at the time of an event counts as at risk. Intervals from Greenwood's variance on the
    log-log scale (Kalbfleisch & Prentice 1980), which stay within 0 and 1. Two rules where that
    scale ends: a curve at 1 has 1 as both bounds, and where the curve has come down to 0 the lower
    bound is 0 and the upper bound stays that of the step before.
    """
    aligned(duration=duration, event=event, **({} if by is None else {"by": by}))
    time, happened = numbers(duration, "duration"), zero_one(event, "event")
    if by is None:
        return _curve(time, happened)
    return SurvivalCurves(
        {label: _curve(time[rows], happened[rows]) for label, rows in groups(by).items()}
    )


def _curve(time: Floats, event: NDArray[np.int64]) -> SurvivalCurve:
    found = SurvfuncRight(time, event)
    lower, upper = log_log_bounds(found.surv_prob, found.surv_prob_se)
    steps = pd.DataFrame(
        {
            "at_risk": np.asarray(found.n_risk, dtype=np.int64),
            "events": np.asarray(found.n_events, dtype=np.int64),
            "survival": found.surv_prob,
            "lower": np.where(found.surv_prob > 0, lower, 0.0),
            "upper": upper,
        },
        index=pd.Index(found.surv_times, name="time", dtype=float),
    )
    if not len(steps) or steps.index[0] > 0:
        start = pd.DataFrame(
            [[len(time), 0, 1.0, 1.0, 1.0]],
            columns=steps.columns,
            index=pd.Index([0.0], name="time"),
        )
        steps = pd.concat([start, steps]).astype(steps.dtypes) if len(steps) else start
    steps["upper"] = steps["upper"].ffill().fillna(1.0)
    return SurvivalCurve(n=len(time), events=int(event.sum()), last=float(time.max()), _steps=steps)


def log_log_bounds(share: Floats, error: Floats) -> tuple[Floats, Floats]:
    """Return the bounds of a 95 per cent interval on the log-log scale.

    Missing where a share is 0 or 1.
    """
    inside = (share > 0) & (share < 1)
    kept = np.where(inside, share, 0.5)
    power = np.exp(Z * np.where(inside, error, 0) / (kept * -np.log(kept)))
    return np.where(inside, kept**power, np.nan), np.where(inside, kept ** (1 / power), np.nan)


def rows_at(steps: pd.Index, times: ArrayLike, last: float) -> NDArray[np.int64]:
    """Find the step that each time belongs to; refuse times before the start or after `last`."""
    points = numbers(np.atleast_1d(np.asarray(times, dtype=float)), "times")
    if (points > last).any():
        raise DataError(
            f"nobody was observed beyond {last:g}, so nothing is known at {points.max():g}",
            remedy=f"Ask for times up to {last:g}",
        )
    return np.asarray(steps.searchsorted(points, side="right") - 1, dtype=np.int64)


def _first_at_half(survival: "pd.Series[float]") -> float:
    reached = survival.index[survival <= 0.5 + _ROUNDING]
    return float(reached[0]) if len(reached) else np.inf


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

    statistic: float
    df: int
    p: float
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
    time, happened = numbers(duration, "duration"), zero_one(event, "event")
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
    statistic, p = survdiff(time, happened, codes, strata=None if strata is None else parts)
    if not np.isfinite(statistic):
        raise DataError(
            "no event happened while two groups were at risk",
            remedy="Follow the groups over the same time",
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
