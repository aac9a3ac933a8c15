"""Secondary suppression: which further cells have to be hidden.

For each sensitive cell, two tables are sought that agree with all that will be shown and that
differ in the cell by as much as its protection asks for, changing as little as possible of what
could be shown; what they change is hidden. This is the heuristic of Kelly, Golden & Assad (1992),
Networks 22:397-417, in whole numbers and with both tables at once, so that the range may lie on
either side of the true count.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse import block_array, csr_array, eye_array

from evalbook.sdc.attack import Reader, whole_solution
from evalbook.sdc.cells import Cell, Sums


@dataclass(frozen=True)
class Worlds:
    """Two tables that agree with all that will be shown, and so prove how little it tells.

    Attributes
    ----------
    lower, upper : dict
        Their counts, of the cells that are not shown already.
    moved : frozenset of Cell
        The cells that have to be hidden for it.
    """

    lower: dict[Cell, int]
    upper: dict[Cell, int]
    moved: frozenset[Cell]


def two_worlds(
    cell: Cell,
    width: int,
    counts: Mapping[Cell, int],
    hidden: Set[Cell],
    fixed: Mapping[Cell, int],
    sums: Sums,
    costs: Mapping[Cell, float],
) -> Worlds | None:
    """Find two tables that differ in a hidden cell by at least `width` persons.

    Parameters
    ----------
    cell : Cell
        A hidden cell.
    counts : mapping
        The true counts.
    hidden : set of Cell
        Cells that are hidden anyway.
    fixed : mapping
        Cells that are shown already, and their counts.
    costs : mapping
        What it costs to change a cell that is neither, by one person.

    Returns
    -------
    Worlds or None
        None if what is shown already leaves the cell less room.
    """
    _, unknown, matrix, right = Reader(fixed, sums).system(cell)
    size, place = len(unknown), unknown[cell]
    free = np.array([c in hidden for c in unknown])
    true = np.array([0 if c in hidden else counts[c] for c in unknown], dtype=float)
    cost = np.array([0 if c in hidden else costs[c] for c in unknown])
    cap = 2 * (float(np.abs(right).sum()) + float(true.sum())) + 1000
    # The unknowns are the lower table, the upper one, and how far each is from the true counts.
    one, nothing = eye_array(size, format="csr"), csr_array((size, size))
    apart = csr_array(([1.0, -1.0], ([0, 0], [size + place, place])), shape=(1, 4 * size))
    limits = [LinearConstraint(apart, width, np.inf)]
    if len(right):
        both = block_array(
            [[matrix, None, csr_array((len(right), 2 * size))], [None, matrix, None]], format="csr"
        )
        limits.append(LinearConstraint(both, np.tile(right, 2), np.tile(right, 2)))
    for side in ([one, nothing, one, nothing], [nothing, one, nothing, one]):
        up = block_array([side], format="csr")
        down = block_array([[-side[0], -side[1], side[2], side[3]]], format="csr")
        limits += [LinearConstraint(up, true, np.inf), LinearConstraint(down, -true, np.inf)]
    slack = np.where(free, cap, np.inf)
    found = whole_solution(
        np.concatenate([np.zeros(2 * size), np.tile(cost, 2)]),
        2 * size,
        Bounds(0, np.concatenate([np.full(2 * size, cap), np.tile(slack, 2)])),
        limits,
        gap=0.05,
    )
    if found is None:
        return None
    lower, upper = np.round(found[:size]), np.round(found[size : 2 * size])
    moved = ~free & ((lower != true) | (upper != true))
    first, second = (dict(zip(unknown, map(int, table), strict=True)) for table in (lower, upper))
    return Worlds(
        first, second, frozenset(c for c, changed in zip(unknown, moved, strict=True) if changed)
    )
