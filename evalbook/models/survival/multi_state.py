"""Multi-state flows: the share in each state over time (Aalen-Johansen), and the time there."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from evalbook.errors import DataError
from evalbook.models.base.outcome import Fit
from evalbook.models.base.person_input import Floats, groups, numbers, require
from evalbook.models.survival.curves import Z
from evalbook.models.survival.stretches import (
    Stretches,
    read_stretches,
    refuse_impossible,
    refuse_two_groups,
)


@dataclass(frozen=True, eq=False)
class MultiState(Fit):
    """The flow of persons between states.

    Attributes
    ----------
    n : pd.Series
        Persons by group; one group called "all" without `by`.
    states : pd.Index
        The states.
    transitions : pd.DataFrame
        Transitions by `group`, `origin` and `target`: their `count`, the `time` that persons spent
        in the origin, and the `rate`, one over the other.
    start, last : float
        The first time that anybody was observed, and the last time that somebody of each group was.
    """

    n: "pd.Series[int]"
    states: pd.Index
    transitions: pd.DataFrame
    start: float
    last: float
    _flows: dict[Hashable, "_Flow"] = field(repr=False)

    def occupation(self, times: ArrayLike) -> pd.DataFrame:
        """Estimate the share in each state at some times.

        Parameters
        ----------
        times : array_like
            From the first time that anybody was observed to the last.

        Returns
        -------
        pd.DataFrame
            A row per group, time and state: `share`, its `error`, and its pointwise 95 per cent
            interval `lower` to `upper`, made on the logit scale so that it stays within 0 and 1.

        Notes
        -----
        Errors by the infinitesimal jackknife over persons (or clusters), as in R's `survival`.
        """
        points = self._checked(times)
        tables = []
        for group, flow in self._flows.items():
            share, error = flow.occupation(points)
            tables.append(
                self._long(group, points, share, error).rename(columns={"value": "share"})
            )
        table = pd.concat(tables, ignore_index=True)
        return table.assign(**_logit_bounds(table["share"], table["error"]))

    def mean_time(self, until: float) -> pd.DataFrame:
        """Estimate the mean time spent in each state until some time.

        Parameters
        ----------
        until : float
            Up to the last time that anybody was observed.

        Returns
        -------
        pd.DataFrame
            A row per group and state: `time`, its `error` and 95 per cent interval `lower` to
            `upper`. With two groups, rows for the `difference` (the second less the first) follow.
        """
        point = float(self._checked([until])[0])
        found = {group: flow.mean_time(point) for group, flow in self._flows.items()}
        if len(found) == 2:
            (one, one_error), (other, other_error) = found.values()
            found["difference"] = other - one, np.hypot(one_error, other_error)
        rows = [
            {"group": group, "state": state, "time": value, "error": spread}
            for group, (time, error) in found.items()
            for state, value, spread in zip(self.states, time, error, strict=True)
        ]
        table = pd.DataFrame(rows)
        half = Z * table["error"]
        return table.assign(lower=table["time"] - half, upper=table["time"] + half)

    def tidy(self) -> pd.DataFrame:
        """Return the shares at all times of transitions, a row per group, time and state."""
        times = np.unique(np.concatenate([flow.times for flow in self._flows.values()]))
        return self.occupation(times).rename(columns={"share": "estimate", "state": "term"})

    def summary(self) -> str:
        """Return the mean time in each state, a line of text per group and state."""
        rows = self.mean_time(self.last).itertuples()
        told = [
            f"{r.group}, {r.state}: {r.time:.3g} ({r.lower:.3g} to {r.upper:.3g})" for r in rows
        ]
        return "\n".join([f"mean time in each state until {self.last:g}", *told])

    def _draw(self, ax: Any, unit: str) -> Any:
        """Draw the shares in each state over time; the line style tells the group."""
        for number, (group, rows) in enumerate(self.tidy().groupby("group", sort=False)):
            for place, state in enumerate(self.states):
                part = rows[rows["term"] == state]
                label = f"{state}, {group}" if len(self._flows) > 1 else str(state)
                style = {"color": f"C{place}", "linestyle": ("-", "--", ":", "-.")[number % 4]}
                ax.step(part["time"], part["estimate"], where="post", label=label, **style)
        ax.set_ylim(0, 1)
        ax.set_xlabel(unit)
        ax.legend()
        return ax

    def _checked(self, times: ArrayLike) -> Floats:
        points = numbers(np.atleast_1d(np.asarray(times, dtype=float)), "times", minimum=-np.inf)
        outside = points[(points < self.start) | (points > self.last)]
        if len(outside):
            raise DataError(
                f"nobody was observed at {outside[0]:g}",
                remedy=f"Ask for times from {self.start:g} to {self.last:g}",
            )
        return points

    def _long(self, group: Hashable, times: Floats, value: Floats, error: Floats) -> pd.DataFrame:
        count = len(self.states)
        return pd.DataFrame(
            {
                "group": [group] * (len(times) * count),
                "time": np.repeat(times, count),
                "state": list(self.states) * len(times),
                "value": value.ravel(),
                "error": error.ravel(),
            }
        )


@dataclass(frozen=True, eq=False)
class _Flow:
    """Shares after each time of a transition, and what follows up to then; the start comes first.

    Attributes
    ----------
    times : array, shape (times,)
        The start, and the times of transitions.
    share, time : array, shape (times, states)
        Shares, and time spent up to then.
    of_share, of_time, of_both : array, shape (times, states)
        Variances of share and time, and their covariance.
    """

    times: Floats
    share: Floats
    time: Floats
    of_share: Floats
    of_time: Floats
    of_both: Floats

    def occupation(self, points: Floats) -> tuple[Floats, Floats]:
        """Return shares and errors, shape (points, states)."""
        rows = np.searchsorted(self.times, points, side="right") - 1
        return self.share[rows], np.sqrt(self.of_share[rows])

    def mean_time(self, until: float) -> tuple[Floats, Floats]:
        """Return the time in each state up to some time, and its error."""
        row = int(np.searchsorted(self.times, until, side="right")) - 1
        ahead = until - self.times[row]
        variance = self.of_time[row] + 2 * ahead * self.of_both[row] + ahead**2 * self.of_share[row]
        return self.time[row] + ahead * self.share[row], np.sqrt(np.maximum(variance, 0))


def multi_state(
    data: pd.DataFrame,
    id: str,
    start: str,
    stop: str,
    origin: str,
    target: str,
    *,
    by: str | None = None,
    cluster: str | None = None,
) -> MultiState:
    """Estimate how persons flow between states, with late entry and censoring.

    Parameters
    ----------
    data : pd.DataFrame
        One row per person and stretch of time in one state.
    id : str
        Column: the person.
    start, stop : str
        Columns: when the stretch begins and ends, in a clock that all share, such as weeks since
        the start of the methods. A person may come under observation late, and have gaps.
    origin : str
        Column: the state during the stretch.
    target : str
        Column: the state that the person went to at its end; missing (or the origin) if none was
        seen, because observation ended or the stretch goes on in the next row.
    by : str, optional
        Column: groups, one flow each, such as treated or not. Each person belongs to one.
    cluster : str, optional
        Column: persons of one cluster may depend on each other. Default `id`.

    Returns
    -------
    MultiState

    Raises
    ------
    DataError
        If a column is absent, a value other than a target is missing or infinite, a stretch does
        not end after it begins, stretches of a person overlap or do not begin in the state that
        the one before led to, a person or a cluster lies in two groups, nobody ever changed state,
        or nobody of a group was observed from the first time on.

    Notes
    -----
    Aalen & Johansen (1978), Scandinavian Journal of Statistics 5:141-150; the shares hold whether
    or not the process is Markov (Datta & Satten 2001, Statistics & Probability Letters 55:403-411)
    as long as entry and censoring do not depend on the state. At the first time the shares are
    those of the persons then under observation.
    """
    keys = [id, start, stop, origin, *(name for name in (by, cluster) if name)]
    require(data, keys)
    if target not in data:
        raise DataError(
            f"there is no column {target!r}",
            remedy=f"Use one of {', '.join(map(str, data.columns))}",
        )
    rows = read_stretches(data, id, start, stop)
    refuse_impossible(rows, id, (start, stop), (origin, target))
    both = pd.concat([rows[origin], rows[target]], ignore_index=True)
    codes, labels = pd.factorize(both, sort=True)
    states = pd.Index(labels, name="state")
    before, after = np.split(codes, 2)
    after = np.where(after < 0, before, after)
    if (before == after).all():
        raise DataError(
            "nobody ever changed state", remedy="Follow them for longer, or check the targets"
        )
    parts: dict[Hashable, NDArray[np.bool_]] = {"all": np.ones(len(rows), dtype=bool)}
    if by:
        refuse_two_groups(rows, id, by)
        parts = groups(rows[by], by)
    first = float(rows[start].min())
    flows, counts = {}, []
    for group, chosen in parts.items():
        here = rows[chosen]
        stretches = Stretches(
            here[start].to_numpy(),
            here[stop].to_numpy(),
            before[chosen],
            after[chosen],
            pd.factorize(here[cluster or id], sort=True)[0],
            len(states),
        )
        if not (stretches.start == first).any():
            raise DataError(
                f"nobody of the group {group!r} was observed at {first:g}",
                remedy="Begin all groups at one time",
            )
        flows[group] = _flow(stretches, first)
        counts.append(_transitions(stretches, states, group))
    table = pd.concat(counts, ignore_index=True).set_index(["group", "origin", "target"])
    persons = pd.Series({group: int(rows.loc[c, id].nunique()) for group, c in parts.items()})
    last = min(float(rows.loc[c, stop].max()) for c in parts.values())
    return MultiState(persons, states, table, first, last, flows)


def _transitions(rows: Stretches, states: pd.Index, group: Hashable) -> pd.DataFrame:
    """Count the transitions between different states, and the time at risk of them."""
    count = len(states)
    time = np.bincount(rows.origin, weights=rows.stop - rows.start, minlength=count)
    moved = rows.origin != rows.target
    cell = rows.origin[moved] * count + rows.target[moved]
    made = np.bincount(cell, minlength=count**2).reshape(count, count)
    origin, target = np.nonzero(made)
    return pd.DataFrame(
        {
            "group": [group] * len(origin),
            "origin": states[origin],
            "target": states[target],
            "count": made[origin, target],
            "time": time[origin],
            "rate": made[origin, target] / time[origin],
        }
    )


def _flow(rows: Stretches, first: float) -> _Flow:
    """Go from transition to transition: shares, and what each cluster adds to them."""
    count, size = int(rows.member.max()) + 1, rows.states
    moved = rows.origin != rows.target
    times = np.unique(rows.stop[moved])

    def by_cluster(chosen: NDArray[np.bool_], state: NDArray[np.int64], weight: Floats) -> Floats:
        cell = rows.member[chosen] * size + state[chosen]
        sums = np.bincount(cell, weights=weight[chosen], minlength=count * size)
        return np.asarray(sums, dtype=np.float64).reshape(count, size)

    there = rows.start == first
    one = np.full(len(rows.start), 1 / there.sum())
    share = np.bincount(rows.origin[there], minlength=size) / there.sum()
    of_share = by_cluster(there, rows.origin, one)
    of_share -= of_share.sum(axis=1, keepdims=True) * share
    time, of_time, now = np.zeros(size), np.zeros((count, size)), first
    found = [(share, time)]
    kept = [_second_moments(of_share, of_time)]
    for when in times:
        time, of_time = time + (when - now) * share, of_time + (when - now) * of_share
        at_risk = (rows.start < when) & (rows.stop >= when)
        state = np.where(rows.stop == when, rows.target, rows.origin)
        n = np.bincount(rows.origin[at_risk], minlength=size)
        made = np.bincount(rows.origin[at_risk] * size + state[at_risk], minlength=size**2).reshape(
            size, size
        )
        move = np.where(n[:, None] > 0, made / np.maximum(n, 1)[:, None], np.eye(size))
        weight = (share / np.maximum(n, 1))[rows.origin]
        new = by_cluster(at_risk, state, weight) - by_cluster(at_risk, rows.origin, weight) @ move
        share, of_share, now = share @ move, of_share @ move + new, when
        found.append((share, time))
        kept.append(_second_moments(of_share, of_time))
    return _Flow(
        np.append(first, times),
        np.array([row[0] for row in found]),
        np.array([row[1] for row in found]),
        *(np.array(part) for part in zip(*kept, strict=True)),
    )


def _second_moments(of_share: Floats, of_time: Floats) -> tuple[Floats, Floats, Floats]:
    return (of_share**2).sum(axis=0), (of_time**2).sum(axis=0), (of_share * of_time).sum(axis=0)


def _logit_bounds(
    share: "pd.Series[float]", error: "pd.Series[float]"
) -> dict[str, "pd.Series[float]"]:
    """Return bounds on the logit scale; a share of 0 or 1 has itself as both."""
    inside = (share > 0) & (share < 1)
    kept = share.where(inside, 0.5)
    half = Z * error / (kept * (1 - kept))
    return {
        name: expit(logit(kept) + sign * half).where(inside, share)
        for name, sign in (("lower", -1), ("upper", 1))
    }
