"""Cumulative incidence with competing risks (Aalen-Johansen)."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from evalbook.errors import DataError
from evalbook.models.base.outcome import Fit
from evalbook.models.base.person_input import Floats, aligned, groups
from evalbook.models.survival.curves import draw_steps, log_log_bounds, rows_at
from evalbook.models.survival.risk_sets import Durations, durations


@dataclass(frozen=True, eq=False)
class CumulativeIncidence(Fit):
    """The share to whom each cause has happened, by time since the start.

    Attributes
    ----------
    n : int
        Persons.
    events : pd.Series
        Events by cause.
    last : float
        The longest time that anybody was observed.
    incidence, variance : pd.DataFrame, shape (times, causes)
        The shares and their variances, indexed by `time` (0 and the times of events).
    at_risk : pd.Series
        Persons at risk just before each time.
    warning : str
        Empty, or what the reader must know.
    """

    n: int
    events: "pd.Series[int]"
    last: float
    incidence: pd.DataFrame
    variance: pd.DataFrame
    at_risk: "pd.Series[int]" = field(repr=False)
    warning: str = ""

    def at(self, times: ArrayLike) -> pd.DataFrame:
        """Read the shares: one row per time, one column per cause.

        Raises
        ------
        DataError
            If a time is negative or missing, or lies after the last observation while somebody was
            still at risk.
        """
        everybody = self.incidence.iloc[-1].sum() > 1 - 1e-12
        rows = rows_at(self.incidence.index, times, np.inf if everybody else self.last)
        return self.incidence.iloc[rows].set_axis(pd.Index(np.atleast_1d(times), name="time"))

    def to_frame(self) -> pd.DataFrame:
        """Return the steps of all causes.

        Returns
        -------
        pd.DataFrame
            Indexed by `cause` and `time`: `at_risk` just before, `incidence`, its standard
            `error`, and its pointwise 95 per cent interval `lower` to `upper`.
        """
        return pd.concat({cause: self._of(cause) for cause in self.incidence}, names=["cause"])

    def tidy(self) -> pd.DataFrame:
        """Return a row per cause and step: `estimate`, `error`, `lower` and `upper`."""
        return self.to_frame().reset_index().rename(columns={"incidence": "estimate"})

    def summary(self) -> str:
        """Return a line of text per cause."""
        end = self.incidence.iloc[-1]
        lines = [
            f"{cause}: {self.events[cause]} events, {end[cause]:.1%} in the end"
            for cause in end.index
        ]
        return "\n".join([f"n = {self.n}", *lines, *([self.warning] if self.warning else [])])

    def _draw(self, ax: Any, unit: str) -> Any:
        """Draw the shares as steps with their bands, a colour per cause."""
        for cause in self.incidence:
            rows = self._of(cause)
            draw_steps(ax, rows["incidence"], rows["lower"], rows["upper"], str(cause))
        ax.set_xlabel(unit)
        ax.legend()
        return ax

    def _of(self, cause: Hashable) -> pd.DataFrame:
        share, error = self.incidence[cause], np.sqrt(self.variance[cause])
        lower, upper = log_log_bounds(share.to_numpy(), error.to_numpy())
        frame = pd.DataFrame(
            {
                "at_risk": self.at_risk,
                "incidence": share,
                "error": error,
                "lower": lower,
                "upper": upper,
            }
        )
        ends = share.isin([0, 1])
        frame.loc[share == 0, ["lower", "upper"]] = 0.0
        frame.loc[share == 1, "upper"] = 1.0
        return frame.assign(lower=frame["lower"].ffill()) if ends.any() else frame


def aalen_johansen(
    duration: ArrayLike,
    cause: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    censored: Hashable = 0,
    by: ArrayLike | None = None,
) -> CumulativeIncidence | dict[Hashable, CumulativeIncidence]:
    """Estimate the cumulative incidence of each of several causes that preclude each other.

    Parameters
    ----------
    duration : array_like, shape (persons,)
        Time to the first of the causes, or to the end of observation; at least 0.
    cause : array_like, shape (persons,)
        Which it was, as a number or a name.
    entry : array_like, shape (persons,), optional
        When observation began, before `duration` (left truncation).
    censored : value, optional
        What `cause` holds where none had happened when observation ended. It must be one of the
        values; None says that something happened to everybody. (Numeric causes without a 0 need
        not say so.)
    by : array_like, shape (persons,), optional
        Groups; one result each.

    Returns
    -------
    CumulativeIncidence, or dict of them by group

    Raises
    ------
    DataError
        If a value is missing, a duration is negative, no cause happened at all, or the columns do
        not belong together.

    Notes
    -----
    Aalen & Johansen (1978), Scandinavian Journal of Statistics 5:141-150. All causes of one time
    are taken at once, so that ties need no order. The variance is Greenwood's for the whole
    process (Andersen, Borgan, Gill & Keiding 1993, section IV.4.1.3); without censoring it is p (1
    - p) / n. One less Kaplan-Meier with the other causes censored would claim too large a share.
    Intervals on the log-log scale; a share of 0 has 0 as both bounds, and at a share of 1 the
    upper bound is 1 and the lower stays as it was.
    """
    aligned(duration=duration, cause=cause, **({} if by is None else {"by": by}))
    time, kinds = durations(duration, entry), causes_of(cause, censored)
    if by is None:
        return _incidence(time, kinds)
    return {
        label: _incidence(time.of(rows), {kind: happened[rows] for kind, happened in kinds.items()})
        for label, rows in groups(by).items()
    }


def causes_of(cause: ArrayLike, censored: Hashable) -> dict[Hashable, NDArray[np.bool_]]:
    """Return the rows of each cause, without those censored.

    Raises
    ------
    DataError
        If a value is missing, all are censored, or nobody is and `censored` does not say so.
    """
    kinds = groups(cause, "cause")
    numeric = all(isinstance(kind, (int, float, np.number)) for kind in kinds)
    if (
        censored is not None
        and kinds.pop(censored, None) is None
        and not (numeric and censored == 0)
    ):
        raise DataError(
            f"no 'cause' is {censored!r}, which was to mean censored",
            remedy=f"Use one of {', '.join(map(repr, kinds))}, or None if nobody was censored",
        )
    if not kinds:
        raise DataError(
            f"nothing happened: 'cause' is {censored!r} in all rows",
            remedy="Follow them for longer",
        )
    return kinds


def _incidence(time: Durations, kinds: dict[Hashable, NDArray[np.bool_]]) -> CumulativeIncidence:
    happened = np.column_stack(list(kinds.values()))
    times = np.union1d([0.0], time.exit[happened.any(axis=1)])
    at_risk = time.at_risk(times)
    if time.entry is not None and at_risk[0] == 0:
        at_risk[0] = int((time.entry == 0).sum())
    place = np.searchsorted(times, time.exit)
    events = np.column_stack(
        [np.bincount(place[column], minlength=len(times)) for column in happened.T]
    )
    share, variance = _aalen_johansen(events, at_risk)
    index, columns = pd.Index(times, name="time"), pd.Index(list(kinds))
    return CumulativeIncidence(
        n=len(happened),
        events=pd.Series(happened.sum(axis=0), index=columns),
        last=float(time.exit.max()),
        incidence=pd.DataFrame(share, index=index, columns=columns),
        variance=pd.DataFrame(variance, index=index, columns=columns),
        at_risk=pd.Series(at_risk, index=index, name="at_risk"),
        warning=time.emptied(times, 1 - share.sum(axis=1) - 1e-12),
    )


def _aalen_johansen(events: NDArray[np.int64], at_risk: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Update the survival S, the shares F, their variances and covariances from time to time."""
    shares, variances = np.zeros(events.shape), np.zeros(events.shape)
    survival, survival_variance = 1.0, 0.0
    share, variance, covariance = np.zeros((3, events.shape[1]))
    for row, (happened, n) in enumerate(zip(events, np.maximum(at_risk, 1), strict=True)):
        hazard = happened / n
        stay = 1 - happened.sum() / n
        variance = (
            variance
            + 2 * hazard * covariance
            + hazard**2 * survival_variance
            + survival**2 * hazard * (1 - hazard) / n
        )
        covariance = (
            stay * (covariance + hazard * survival_variance) - survival**2 * hazard * stay / n
        )
        survival_variance = stay**2 * survival_variance + survival**2 * stay * (1 - stay) / n
        share = share + survival * hazard
        survival *= stay
        shares[row], variances[row] = share, variance
    return shares, np.maximum(variances, 0)
