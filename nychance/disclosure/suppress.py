"""Secondary suppression: which further cells have to be hidden.

For each sensitive cell, two tables are sought that agree with all that will be shown and that differ in the cell by as
much as its protection asks for, changing as little as possible of what could be shown; what they change is hidden. This
is the heuristic of Kelly, Golden & Assad (1992), Networks 22:397-417, in whole numbers and with both tables at once, so
that the range may lie on either side of the true count.
"""

from collections.abc import Mapping, Sequence, Set

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_array, csr_array, eye_array

from nychance.disclosure.attack import Reader
from nychance.disclosure.cells import Cell, Sum


def to_hide(
    cell: Cell, width: int, counts: Mapping[Cell, int], hidden: Set[Cell], fixed: Set[Cell], sums: Sequence[Sum],
    costs: Mapping[Cell, float],
) -> set[Cell] | None:  # fmt: skip
    """Choose what to hide so that a hidden cell's range is at least `width` wide.

    Parameters
    ----------
    cell : Cell
        A hidden cell.
    counts : mapping
        The true counts.
    hidden, fixed : set of Cell
        Cells that are hidden anyway, and cells that are shown already.
    costs : mapping
        What it costs to change a cell that is neither, by one person.

    Returns
    -------
    set of Cell or None
        Cells that are neither hidden nor fixed; None if nothing helps.
    """
    unknown, matrix, right = Reader({c: counts[c] for c in fixed}, sums).system(cell)
    size, place = len(unknown), unknown.index(cell)
    free = np.array([c in hidden for c in unknown])
    true = np.array([0 if c in hidden else counts[c] for c in unknown], dtype=float)
    cost = np.array([0 if c in hidden else costs[c] for c in unknown])
    cap = 2 * (float(np.abs(right).sum()) + float(true.sum())) + 1000
    # The unknowns are the lower table, the upper one, and how far each is from the true counts.
    one, nothing = eye_array(size, format="csr"), csr_array((size, size))
    apart = csr_array(([1.0, -1.0], ([0, 0], [size + place, place])), shape=(1, 4 * size))
    limits = [LinearConstraint(apart, width, np.inf)]
    if len(right):
        both = block_array([[matrix, None, csr_array((len(right), 2 * size))], [None, matrix, None]], format="csr")
        limits.append(LinearConstraint(both, np.tile(right, 2), np.tile(right, 2)))
    for side in ([one, nothing, one, nothing], [nothing, one, nothing, one]):
        up = block_array([side], format="csr")
        down = block_array([[-side[0], -side[1], side[2], side[3]]], format="csr")
        limits += [LinearConstraint(up, true, np.inf), LinearConstraint(down, -true, np.inf)]
    slack = np.where(free, cap, np.inf)
    found = milp(
        np.concatenate([np.zeros(2 * size), np.tile(cost, 2)]),
        integrality=np.concatenate([np.ones(2 * size), np.zeros(2 * size)]),
        bounds=Bounds(0, np.concatenate([np.full(2 * size, cap), np.tile(slack, 2)])),
        constraints=limits,
    )
    if found.x is None:
        return None
    lower, upper = np.round(found.x[:size]), np.round(found.x[size : 2 * size])
    moved = ~free & ((lower != true) | (upper != true))
    return {c for c, changed in zip(unknown, moved, strict=True) if changed}
