"""Rows that are alike, counted once: the likelihood of a yes-or-no needs no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from evalbook.errors import DataError
from evalbook.models.base.person_input import Floats

# Above this a key of the combined codes is numbered anew, so that it stays within 64 bits.
_MANY = 1 << 40


@dataclass(frozen=True, eq=False)
class Patterns:
    """The distinct rows of some columns, in order, with the number of trials and events of each.

    Attributes
    ----------
    rows : pd.DataFrame, shape (patterns, columns)
        The columns' values.
    trials, events : array of int, shape (patterns,)
        Rows of each pattern, and those of them in which the event happened.
    of : array of int, shape (rows,)
        The pattern of each row.
    """

    rows: pd.DataFrame
    trials: NDArray[np.int64]
    events: NDArray[np.int64]
    of: NDArray[np.int64]


def patterns(data: pd.DataFrame, columns: Sequence[str], event: NDArray[np.int64]) -> Patterns:
    """Find the different rows and count them; the order of the rows plays no part.

    Parameters
    ----------
    data : pd.DataFrame
        Without missing values in the columns.
    columns : sequence of str
        What tells one pattern from another.
    event : array of int, shape (rows,)
        1 where the event happened, else 0.
    """
    key, kinds = np.zeros(len(data), dtype=np.int64), 1
    for column in columns:
        codes, levels = pd.factorize(data[column], sort=True)
        key = key * len(levels) + codes
        kinds *= len(levels)
        if kinds > _MANY:
            key, kinds = _numbered(key)
    of, count = _numbered(key)
    # Any row of a pattern shows its values.
    example = np.empty(count, dtype=np.int64)
    example[of] = np.arange(len(of))
    return Patterns(
        rows=data[list(columns)].iloc[example].reset_index(drop=True),
        trials=np.bincount(of, minlength=count),
        events=np.bincount(of[event == 1], minlength=count),
        of=of,
    )


def _numbered(key: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    codes, found = pd.factorize(key, sort=True)
    return codes.astype(np.int64, copy=False), len(found)


def cluster_scores(
    found: Patterns,
    event: NDArray[np.int64],
    cluster: "pd.Series[Any]",
    terms: Floats,
    slopes: tuple[Floats, Floats],
) -> Floats:
    """Add up the rows' scores by cluster, exactly, without a row of the design per row of the data.

    Parameters
    ----------
    found : Patterns
        The patterns of the rows.
    event : array of int, shape (rows,)
        As given to `patterns`.
    cluster : Series, shape (rows,)
        The cluster of each row.
    terms : array, shape (patterns, terms)
        The design of the patterns.
    slopes : tuple of array, each of shape (patterns,)
        Derivative of a row's log-likelihood by its linear predictor: without the event, and with
        it.

    Returns
    -------
    array, shape (clusters, terms)

    Raises
    ------
    DataError
        If there is one cluster only.
    """
    members, labels = pd.factorize(cluster, sort=True)
    if len(labels) < 2:
        raise DataError(
            "there is one cluster only", remedy="Give a column with at least two, or leave it out"
        )
    shape = (len(labels), len(found.trials))
    # Counts are whole numbers: their sums do not depend on the order of the rows.
    sums = []
    for rows, slope in zip((event == 0, event == 1), slopes, strict=True):
        place = (members[rows], found.of[rows])
        counts = sparse.csr_matrix((np.ones(int(rows.sum()), dtype=np.int32), place), shape=shape)
        sums.append(counts @ (terms * slope[:, None]))
    scores: Floats = sums[0] + sums[1]
    return scores
