"""Gray's test: whether a cause has the same cumulative incidence in several groups."""

from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from evalbook.errors import DataError
from evalbook.models.base.outcome import ChiSquaredTest
from evalbook.models.base.person_input import Floats, aligned, groups
from evalbook.models.survival.competing_risks import causes_of
from evalbook.models.survival.risk_sets import durations


@dataclass(frozen=True, eq=False)
class GrayTest(ChiSquaredTest):
    """Whether groups differ in the cumulative incidence of a cause.

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
    _name = "Gray's chi-squared"

    def to_frame(self) -> pd.DataFrame:
        """Return persons `n`, `events` of the cause and its `score` by group."""
        return self._table.copy()


def gray_test(
    duration: ArrayLike,
    cause: ArrayLike,
    by: ArrayLike,
    *,
    of: Hashable,
    strata: ArrayLike | None = None,
    censored: Hashable = 0,
) -> GrayTest:
    """Test whether one of several causes has the same cumulative incidence in all groups.

    Parameters
    ----------
    duration, cause, censored
        As for `aalen_johansen`.
    by : array_like, shape (persons,)
        Two groups or more.
    of : value
        The cause in question, as `cause` has it.
    strata : array_like, shape (persons,), optional
        Compare only within these.

    Raises
    ------
    DataError
        As for `aalen_johansen`; also if the cause does not occur, there is one group only, or the
        data do not tell groups apart.

    Notes
    -----
    Gray (1988), Annals of Statistics 16:1141-1154, with rho = 0, and his variance with the
    correction for ties of his program `cmprsk`.
    """
    columns = {"cause": cause, "by": by} | ({} if strata is None else {"strata": strata})
    aligned(duration=duration, **columns)
    time, kinds, members = durations(duration, None).exit, causes_of(cause, censored), groups(by)
    if of not in kinds:
        raise DataError(f"no 'cause' is {of!r}", remedy=f"Use one of {', '.join(map(repr, kinds))}")
    if len(members) < 2:
        raise DataError(
            "there is one group only in 'by'", remedy="Give at least two groups to compare"
        )
    first = kinds[of]
    other = np.any(list(kinds.values()), axis=0) & ~first
    group = np.argmax(list(members.values()), axis=0)
    layers = [np.ones(len(time), dtype=bool)]
    if strata is not None:
        layers = list(groups(strata, "strata").values())
    parts = [
        _scores(time[rows], first[rows], other[rows], group[rows], len(members)) for rows in layers
    ]
    score = np.sum([part[0] for part in parts], axis=0)
    covariance = np.sum([part[1] for part in parts], axis=0)[:-1, :-1]
    if np.linalg.matrix_rank(covariance, hermitian=True) < len(covariance):
        raise DataError(
            "the groups cannot be told apart: too few were at risk when the cause happened",
            remedy="Leave out groups with few persons, or compare within larger strata",
        )
    statistic = float(score[:-1] @ np.linalg.solve(covariance, score[:-1]))
    table = pd.DataFrame(
        {
            "n": [int(rows.sum()) for rows in members.values()],
            "events": [int(first[rows].sum()) for rows in members.values()],
            "score": score,
        },
        index=pd.Index(list(members), name="group"),
    )
    df = len(members) - 1
    return GrayTest(statistic, df, float(stats.chi2.sf(statistic, df)), table)


def _scores(
    time: Floats,
    first: NDArray[np.bool_],
    other: NDArray[np.bool_],
    group: NDArray[np.int64],
    count: int,
) -> tuple[Floats, Floats]:
    """Compute the groups' scores in one stratum, and their covariance.

    In Gray's notation, h is the risk set over the probability to be free of all causes, and the
    covariance sums, over groups r and causes, squares of what an event of the group adds to the
    scores, integrated from then on. With c the integral of a up to the event, that is
    a - f (c_end - c) with f the share left, hence the sums of squares in c_end.
    """
    score, drift = np.zeros(count), np.zeros((count, count))
    # Of each group's events: what weighs c_end twice, once, and not at all.
    twice, once, never = np.zeros(count), np.zeros((count, count)), np.zeros((count,) * 3)
    free, incidence, pooled = np.ones(count), np.zeros(count), 0.0
    for now in np.unique(time[first | other]):
        here = time == now
        at_risk = np.bincount(group[time >= now], minlength=count).astype(float)
        mine = np.bincount(group[here & first], minlength=count).astype(float)
        theirs = np.bincount(group[here & other], minlength=count).astype(float)
        seen = at_risk > 0
        n = np.where(seen, at_risk, 1.0)
        free_before = free
        free = np.where(seen, free * (1 - (mine + theirs) / n), free)
        with np.errstate(divide="ignore", invalid="ignore"):
            h = np.where(seen, at_risk / free_before, 0.0)
        weight = h * (1 - incidence)
        total, d = h.sum(), mine.sum()
        a = np.diag(h) - np.outer(h, h) / total
        drift = drift + a * d / (total * (1 - pooled))
        pooled += d / total
        score += np.where(seen, mine - d * weight / weight.sum(), 0.0)
        left = np.divide(1 - pooled, free, out=np.zeros(count), where=free > 0)
        if d:
            ties = 1 - (d - 1) / (total * free_before - 1) if d > 1 else np.ones(count)
            size = np.where(seen, ties * free_before * d / (total * n), 0.0)
            share = np.where(free > 0, 1 - left, 1.0)
            fixed = a - drift * share
            twice, once = twice + share**2 * size, once + fixed * share * size
            never = never + np.einsum("ik,jk,k->ijk", fixed, fixed, size)
        if theirs.any():
            ties = np.where(theirs > 1, 1 - (theirs - 1) / np.maximum(n - 1, 1), 1.0)
            size = np.where((free > 0) & seen, ties * free_before**2 * theirs / n**2, 0.0)
            fixed = drift * left
            twice, once = twice + left**2 * size, once - fixed * left * size
            never = never + np.einsum("ik,jk,k->ijk", fixed, fixed, size)
        incidence = incidence + np.where(seen, free_before * mine / n, 0.0)
    cross = np.einsum("ik,jk->ij", drift, once)
    covariance = never.sum(axis=2) + np.einsum("ik,jk,k->ij", drift, drift, twice)
    return score, covariance + cross + cross.T
