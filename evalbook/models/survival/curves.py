"""Survival curves: how they are read, published, tabulated and drawn."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Final, overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from evalbook.errors import DataError
from evalbook.models.base.outcome import Fit
from evalbook.models.base.person_input import Floats, numbers
from evalbook.models.base.plots import new_axes

Z: Final = float(stats.norm.ppf(0.975))
# A share that is one half may be off it by what the product of its factors was rounded to.
_ROUNDING: Final = 1e-12


@dataclass(frozen=True, eq=False)
class SurvivalCurve(Fit):
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
    warning : str
        Empty, or what the reader must know.
    """

    n: int
    events: int
    last: float
    _steps: pd.DataFrame = field(repr=False)
    _error: "pd.Series[float]" = field(repr=False)
    warning: str = ""

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

    def tidy(self) -> pd.DataFrame:
        """Return a row per step: `time`, `at_risk`, `events`, `estimate`, `error` and bounds."""
        steps = self._steps.rename(columns={"survival": "estimate"})
        steps.insert(3, "error", self._error)
        return steps.reset_index()

    def plot(self, ax: Any = None, *, k: int = 1, label: str | None = None, unit: str = "") -> Any:
        """Draw the curve as steps with its interval.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.
        k : int
            Draw the steps that may be published (`in_steps`).
        label : str, optional
            What the curve is called in a legend.
        unit : str
            The unit of time, for the axis.

        Returns
        -------
        matplotlib Axes
        """
        ax = new_axes() if ax is None else ax
        steps = self.in_steps(k) if k > 1 else self._steps
        draw_steps(ax, steps["survival"], steps["lower"], steps["upper"], label)
        ax.set_xlabel(unit)
        return ax


class SurvivalCurves(dict[Hashable, SurvivalCurve]):
    """A survival curve per group; what one curve tells, told of all.

    Attributes
    ----------
    attrs : dict
        What is known of them, as a table has it: a declared method notes itself here.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.attrs: dict[str, Any] = {}

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

    def tidy(self) -> pd.DataFrame:
        """Return the tidy tables of all curves in one, with the `group` first."""
        tables = {group: curve.tidy() for group, curve in self.items()}
        return pd.concat(tables, names=["group"]).reset_index(level=0).reset_index(drop=True)

    def plot(self, ax: Any = None, *, k: int = 1, unit: str = "") -> Any:
        """Draw all curves into one picture; arguments as for one curve."""
        for group, curve in self.items():
            ax = curve.plot(ax, k=k, label=str(group), unit=unit)
        ax.legend()
        return ax


def draw_steps(
    ax: Any, share: "pd.Series[float]", lower: Any, upper: Any, label: str | None
) -> None:
    """Draw a step function of time with its band."""
    (line,) = ax.step(share.index, share, where="post", label=label)
    band = {"step": "post", "alpha": 0.2, "color": line.get_color(), "lw": 0}
    ax.fill_between(share.index, lower, upper, **band)
    ax.set_ylim(0, 1)


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
