"""Kaplan-Meier: the share to whom an event has not happened yet."""

from typing import overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from evalbook.models.base.person_input import Floats, aligned, groups, zero_one
from evalbook.models.survival.curves import SurvivalCurve, SurvivalCurves, log_log_bounds
from evalbook.models.survival.risk_sets import Durations, durations


@overload
def kaplan_meier(
    duration: ArrayLike, event: ArrayLike, *, entry: ArrayLike | None = None, by: None = None
) -> SurvivalCurve: ...
@overload
def kaplan_meier(
    duration: ArrayLike, event: ArrayLike, *, entry: ArrayLike | None = None, by: ArrayLike
) -> SurvivalCurves: ...
def kaplan_meier(
    duration: ArrayLike,
    event: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    by: ArrayLike | None = None,
) -> SurvivalCurve | SurvivalCurves:
    """Estimate the share to whom the event has not happened, by time since the start.

    Parameters
    ----------
    duration : array_like, shape (persons,)
        Time from the start to the event, or to the end of observation; at least 0.
    event : array_like, shape (persons,)
        1 where the event happened at that time, 0 where observation ended before it (right
        censoring).
    entry : array_like, shape (persons,), optional
        When observation began, before `duration` (left truncation): those who came under
        observation late are at risk from then on. By default all are observed from the start.
    by : array_like, shape (persons,), optional
        Groups; one curve each.

    Returns
    -------
    SurvivalCurve, or SurvivalCurves (a dict by group)

    Raises
    ------
    DataError
        If a value is missing, a duration is negative, an entry does not come before the exit, an
        event is neither 0 nor 1, or the columns do not belong together.

    Notes
    -----
    Kaplan & Meier (1958), Journal of the American Statistical Association 53:457-481. Who is
    censored at the time of an event counts as at risk. Intervals from Greenwood's variance on the
    log-log scale (Kalbfleisch & Prentice 1980), which stay within 0 and 1. Two rules where that
    scale ends: a curve at 1 has 1 as both bounds, and where the curve has come down to 0 the lower
    bound is 0 and the upper bound stays that of the step before. Times that differ by rounding
    only are one time. With entries the curve is that of those who reach their entry; `.warning`
    says if it came down to 0 while few were at risk.
    """
    aligned(duration=duration, event=event, **({} if by is None else {"by": by}))
    time, happened = durations(duration, entry), zero_one(event, "event")
    if by is None:
        return _curve(time, happened)
    return SurvivalCurves(
        {label: _curve(time.of(rows), happened[rows]) for label, rows in groups(by).items()}
    )


def _curve(time: Durations, event: NDArray[np.int64]) -> SurvivalCurve:
    times, counts = np.unique(time.exit[event == 1], return_counts=True)
    at_risk = time.at_risk(times)
    stay = 1 - counts / at_risk
    survival: Floats = np.cumprod(stay, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(counts / (at_risk * (at_risk - counts).astype(float)))
        error = np.where(survival > 0, survival * np.sqrt(greenwood), np.nan)
    lower, upper = log_log_bounds(survival, error)
    steps = pd.DataFrame(
        {
            "at_risk": at_risk,
            "events": counts.astype(np.int64),
            "survival": survival,
            "lower": np.where(survival > 0, lower, 0.0),
            "upper": upper,
            "error": error,
        },
        index=pd.Index(times, name="time", dtype=float),
    )
    if not len(steps) or steps.index[0] > 0:
        first = len(event) if time.entry is None else int((time.entry == 0).sum())
        start = pd.DataFrame(
            [[first, 0, 1.0, 1.0, 1.0, 0.0]],
            columns=steps.columns,
            index=pd.Index([0.0], name="time"),
        )
        steps = pd.concat([start, steps]).astype(steps.dtypes) if len(steps) else start
    steps["upper"] = steps["upper"].ffill().fillna(1.0)
    return SurvivalCurve(
        n=len(event),
        events=int(event.sum()),
        last=float(time.exit.max()),
        _steps=steps.drop(columns="error"),
        _error=steps["error"],
        warning=time.emptied(times, survival),
    )
