"""Transition matrices, and tests of whether two dates differ."""

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from evalbook.errors import DataError
from evalbook.models.base.outcome import ChiSquaredTest
from evalbook.models.base.person_input import Floats, aligned, groups, numbers

# Persons at a time, so that a national register needs no more memory than a local one.
_CHUNK = 20_000


class TransitionMatrix(pd.DataFrame):
    """Shares of those in a state (row) found in each state (column) at the next date.

    Attributes
    ----------
    counts : pd.DataFrame
        Transitions behind the shares, in the same layout; sums of weights if there are weights.
    persons : pd.DataFrame
        Different persons behind each cell, whatever their weight. Disclosure control rests on
        these.
    pairs : int
        Pairs of successive dates that were pooled.
    weighted : bool
        Whether persons were weighted.
    """

    _metadata: ClassVar[list[str]] = ["counts", "persons", "pairs", "weighted"]
    counts: pd.DataFrame
    persons: pd.DataFrame
    pairs: int
    weighted: bool

    def long(self) -> pd.DataFrame:
        """List the cells: `from`, `to`, `count`, `persons`, `share`."""
        stacked = {"count": self.counts, "persons": self.persons, "share": pd.DataFrame(self)}
        columns = {name: frame.stack() for name, frame in stacked.items()}
        return pd.DataFrame(columns).rename_axis(["from", "to"]).reset_index()

    def tidy(self) -> pd.DataFrame:
        """Return a row per cell, as `long`, with the share as `estimate`."""
        return self.long().rename(columns={"share": "estimate"})

    def summary(self) -> str:
        """Return the shares as text."""
        return self.to_string(float_format="{:.1%}".format)


@overload
def transition_matrix(
    states: pd.DataFrame, *, weights: ArrayLike | None = None, by: None = None
) -> TransitionMatrix: ...
@overload
def transition_matrix(
    states: pd.DataFrame, *, weights: ArrayLike | None = None, by: ArrayLike
) -> dict[Hashable, TransitionMatrix]: ...
def transition_matrix(
    states: pd.DataFrame, *, weights: ArrayLike | None = None, by: ArrayLike | None = None
) -> TransitionMatrix | dict[Hashable, TransitionMatrix]:
    """Count who moved from which state to which, over all pairs of successive dates.

    Parameters
    ----------
    states : pd.DataFrame, shape (persons, dates)
        One row per person and one column per date, in order.
    weights : array_like, shape (persons,), optional
        A weight above 0 per person, or the name of a column of `states`.
    by : array_like, shape (persons,), optional
        Groups, or the name of a column of `states`. One matrix per group is given back, all with
        the same states.

    Returns
    -------
    TransitionMatrix, or dict of them by group
        States stand in the order of their categories if `states` is categorical, else in the order
        of their labels.

    Raises
    ------
    DataError
        If there are fewer than two dates, no transition at all, or a weight that is not above 0.

    Notes
    -----
    A missing state is a date at which the person was not observed: the pairs of dates that it
    belongs to are left out, and the gap is not bridged. A state that nobody was seen to leave or
    stay in has counts of 0 and no shares: its row is missing, for 0 of 0 is no share.

    The shares are the maximum-likelihood estimate of a Markov chain that is the same at all dates
    (Anderson & Goodman 1957, Annals of Mathematical Statistics 28:89-110).
    """
    states, weight, group = _taken_out(pd.DataFrame(states), weights, by)
    if states.shape[1] < 2:
        raise DataError(
            "there are fewer than two dates", remedy="Give one column of states per date"
        )
    codes, labels = _coded(states)
    if group is None:
        return _matrix(codes, labels, weight)
    return {
        label: _matrix(codes[rows], labels, None if weight is None else weight[rows])
        for label, rows in groups(group).items()
    }


def _taken_out(
    states: pd.DataFrame, weights: ArrayLike | None, by: ArrayLike | None
) -> tuple[pd.DataFrame, Floats | None, ArrayLike | None]:
    """Separate weights and groups from the table if they are named as its columns."""
    named = [name for name in (weights, by) if isinstance(name, str)]
    absent = [name for name in named if name not in states]
    if absent:
        raise DataError(
            f"there is no column {absent[0]!r}",
            remedy="Name a column of the table, or give one value per person",
        )
    weights, by = (states[value] if isinstance(value, str) else value for value in (weights, by))
    dates = states.drop(columns=named)
    rows = pd.Series(dates.index, index=dates.index)
    for name, values in (("weights", weights), ("by", by)):
        if values is not None:
            aligned(states=rows, **{name: values})
    return dates, None if weights is None else numbers(weights, "weights", exclusive=True), by


def _coded(states: pd.DataFrame) -> tuple[NDArray[np.int16], pd.Index]:
    """Code the states by their place among the labels, -1 where missing."""
    kinds = {column.dtype for _, column in states.items()}
    kind = kinds.pop()
    if not kinds and isinstance(kind, pd.CategoricalDtype):
        return np.column_stack([column.cat.codes for _, column in states.items()]).astype(
            np.int16
        ), kind.categories
    flat = pd.Series(states.to_numpy().ravel())
    codes, labels = pd.factorize(flat, sort=True)
    return codes.reshape(states.shape).astype(np.int16), pd.Index(labels)


def _matrix(codes: NDArray[np.int16], labels: pd.Index, weights: Floats | None) -> TransitionMatrix:
    counts, persons = _counted(codes, len(labels), weights)
    if not persons.any():
        raise DataError(
            "nobody was observed at two successive dates",
            remedy="Give at least one person with states at two dates in a row",
        )
    leavers = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, leavers, out=np.full(counts.shape, np.nan), where=leavers > 0)
    row, column = labels.rename("from"), labels.rename("to")
    matrix = TransitionMatrix(shares, index=row, columns=column)
    matrix.counts = pd.DataFrame(
        counts if weights is not None else counts.astype(np.int64), index=row, columns=column
    )
    matrix.persons = pd.DataFrame(persons, index=row, columns=column)
    matrix.pairs, matrix.weighted = codes.shape[1] - 1, weights is not None
    return matrix


def _counted(
    codes: NDArray[np.int16], states: int, weights: Floats | None
) -> tuple[Floats, NDArray[np.int64]]:
    """Count transitions and the different persons who made them, in cells of from by to."""
    # Not observed is one state more, which is cut off at the end.
    width = states + 1
    order = np.arange(len(codes)) if weights is None else np.argsort(weights, kind="stable")
    counts, persons = np.zeros(width**2), np.zeros(width**2, dtype=np.int64)
    for first in range(0, len(codes), _CHUNK):
        rows = order[first : first + _CHUNK]
        dates = np.where(codes[rows] < 0, states, codes[rows]).T.astype(np.int64)
        made = np.zeros((len(rows), width**2), dtype=bool)
        for before, after in pairwise(dates):
            cell = before * width + after
            counts += np.bincount(
                cell, None if weights is None else weights[rows], minlength=width**2
            )
            made[np.arange(len(rows)), cell] = True
        persons += made.sum(axis=0)
    square = (width, width)
    return counts.reshape(square)[:states, :states], persons.reshape(square)[:states, :states]


@dataclass(frozen=True)
class MarginalTest(ChiSquaredTest):
    """A test on a square table of the same persons' states at two dates.

    Attributes
    ----------
    statistic : float
        Chi-squared; 0 if nobody changed state.
    df : int
        Degrees of freedom; 0 if nobody changed state.
    p : float
        From the chi-squared distribution; 1 if nobody changed state.
    n : int
        Persons.
    changed : int
        Those among them who changed state. The distribution is trustworthy from about 25 (the
        usual rule for McNemar).
    """

    n: int
    changed: int


def bowker(counts: pd.DataFrame) -> MarginalTest:
    """Test whether as many went from each state to each other as came back (symmetry).

    Parameters
    ----------
    counts : pd.DataFrame, shape (states, states)
        Persons by state at the first date (rows) and the second (columns), or the transition
        matrix of two dates.

    Raises
    ------
    DataError
        If the table is not square with the same states in rows and columns, is not of whole
        numbers, or is a matrix that is weighted or pooled over more than two dates (its cells are
        not independent then).

    Notes
    -----
    Bowker (1948), Journal of the American Statistical Association 43:572-574. Pairs of states that
    nobody moved between say nothing and are not counted among the degrees of freedom. With two
    states it is McNemar's test.
    """
    table = _square(counts)
    upper = np.triu_indices(len(table), 1)
    there, back = table[upper], table.T[upper]
    moved = there + back > 0
    statistic = float(((there - back)[moved] ** 2 / (there + back)[moved]).sum())
    return _marginal_test(statistic, int(moved.sum()), table)


def stuart_maxwell(counts: pd.DataFrame) -> MarginalTest:
    """Test whether the states have the same shares at both dates (marginal homogeneity).

    Parameters
    ----------
    counts : pd.DataFrame, shape (states, states)
        As for `bowker`.

    Raises
    ------
    DataError
        As for `bowker`.

    Notes
    -----
    Stuart (1955), Biometrika 42:412-416; Maxwell (1970), British Journal of Psychiatry
    116:651-655. The rank of the covariance is the degrees of freedom: states that nobody left or
    entered are not counted.
    """
    table = _square(counts)
    stayed = np.diag(np.diag(table))
    moved = table - stayed
    net = moved.sum(axis=1) - moved.sum(axis=0)
    covariance = np.diag(moved.sum(axis=1) + moved.sum(axis=0)) - moved - moved.T
    statistic = float(net @ np.linalg.pinv(covariance, hermitian=True) @ net)
    return _marginal_test(statistic, int(np.linalg.matrix_rank(covariance, hermitian=True)), table)


def _square(counts: pd.DataFrame) -> Floats:
    if isinstance(counts, TransitionMatrix):
        if counts.weighted or counts.pairs > 1:
            raise DataError(
                "the matrix is weighted or pooled over more than two dates, so that its cells "
                "are not independent",
                remedy="Give the unweighted matrix of two dates",
            )
        counts = counts.counts
    if counts.shape[0] < 2 or list(counts.index) != list(counts.columns):
        raise DataError(
            "the table is not square",
            remedy="Give the same two or more states, in one order, in rows and columns",
        )
    table = numbers(counts.to_numpy().ravel(), "counts").reshape(counts.shape)
    if (table != np.round(table)).any() or not table.any():
        raise DataError(
            "the table does not count persons",
            remedy="Give whole numbers, not shares, with at least one person",
        )
    return table


def _marginal_test(statistic: float, df: int, table: Floats) -> MarginalTest:
    p = float(stats.chi2.sf(statistic, df)) if df else 1.0
    return MarginalTest(statistic, df, p, int(table.sum()), int(table.sum() - np.trace(table)))
