"""Assignments of the treatment: all of them where they are few, random ones otherwise."""

from collections.abc import Iterator
from itertools import combinations
from math import comb, prod

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]


def count_assignments(labels: Labels, strata: Labels | None = None) -> int:
    """Count the different ways to give the same labels to other units, within strata.

    Parameters
    ----------
    labels : array of int, shape (units,)
        What each unit got, from 0.
    strata : array of int, shape (units,), optional
        Labels change hands only within these.
    """
    return prod(_count(labels[rows]) for rows in _strata(labels, strata))


def assignments(
    labels: Labels, strata: Labels | None, draws: int, seed: int
) -> tuple[Labels, bool]:
    """List all assignments if there are at most `draws`, else draw that many.

    Returns
    -------
    tuple of array, shape (assignments, units), and bool
        The labels, and whether they are all that there are.
    """
    exhaustive = count_assignments(labels, strata) <= draws
    random = np.random.default_rng(seed)
    found = np.zeros((1 if exhaustive else draws, len(labels)), dtype=np.int64)
    for rows in _strata(labels, strata):
        if exhaustive:
            own = np.array(list(_arrangements(np.sort(labels[rows]))))
            found = np.repeat(found, len(own), axis=0)
            found[:, rows] = np.tile(own, (len(found) // len(own), 1))
        else:
            order = random.random((draws, len(rows))).argsort(axis=1)
            shuffled = np.empty_like(order)
            np.put_along_axis(shuffled, order, np.sort(labels[rows])[None, ::-1], axis=1)
            found[:, rows] = shuffled
    return found, exhaustive


def _strata(labels: Labels, strata: Labels | None) -> list[Labels]:
    if strata is None:
        return [np.arange(len(labels))]
    return [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]


def _count(labels: Labels) -> int:
    left, ways = len(labels), 1
    for size in np.unique(labels, return_counts=True)[1]:
        ways *= comb(left, int(size))
        left -= int(size)
    return ways


def _arrangements(labels: Labels) -> Iterator[Labels]:
    """Generate the distinct orders of labels, of which some are equal."""
    highest = labels[-1]
    size = int((labels == highest).sum())
    if size == len(labels):
        yield labels
        return
    for chosen in combinations(range(len(labels)), size):
        here = np.isin(np.arange(len(labels)), chosen)
        for rest in _arrangements(labels[labels < highest]):
            arranged = np.full(len(labels), highest)
            arranged[~here] = rest
            yield arranged
