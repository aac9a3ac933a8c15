"""Which further rows have to be hidden, so that nothing secret can be worked out.

An outsider knows the sizes of the sets that shown rows tell, knows what adds up (`relations`), and
that no set has fewer than nobody. A secret set is safe if two worlds agree with all that and
differ in it by the least count or more: an interval attack (Hundepool et al. 2012, Statistical
Disclosure Control, section 4.4). Where there are none, the least that has to be hidden to make
room for them is found by linear programming, after Kelly, Golden & Assad (1992), Networks
22:397-417: what differs between the worlds is hidden.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_diag, csr_array, hstack

from evalbook.sdc.relations import Relations

Indexes = NDArray[np.intp]
SLACK = 1e-6
# What it costs to move a cell that is hidden anyway.
MOVED = 1e-3
# What a secret set gains is worth more than all that has to be hidden for it.
WORTH = 1e3
# For so many secret sets at least rows are hidden at a time.
AT_A_TIME = 12
# Up to so many are tried alone where worlds for all of them set none apart.
ALONE = 100


@dataclass(frozen=True)
class Publication:
    """A row that is or may be shown.

    Attributes
    ----------
    cells : tuple of int
        The sets whose sizes it tells.
    cost : float
        What it costs to hide it; infinite if it must stay shown.
    """

    cells: tuple[int, ...]
    cost: float


class _System(NamedTuple):
    """Cells that are open, the lines over them, and their sizes and costs."""

    cells: Indexes
    lines: csr_array
    sizes: NDArray[np.float64]
    costs: NDArray[np.float64]


@dataclass
class Outsider:
    """What can be worked out from shown rows, and what to hide for it not to be.

    Parameters
    ----------
    relations : Relations
        Which sets add up.
    rows : sequence of Publication
        The rows that are shown.
    minimum : int
        The least width of the range of a secret set.

    Attributes
    ----------
    hidden : dict
        Rows that `protect` has hidden, each with the secret set that it would reveal.
    """

    relations: Relations
    rows: Sequence[Publication]
    minimum: int
    hidden: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._sizes = np.array(self.relations.sizes, dtype=float)
        lines = list(self.relations.equations)
        cells = np.array([cell for line in lines for cell in line.cells], dtype=np.intp)
        signs = np.array([sign for line in lines for sign in line.signs], dtype=float)
        owner = np.repeat(np.arange(len(lines)), [len(line.cells) for line in lines])
        shape = (len(lines), len(self._sizes))
        self._lines = csr_array((signs, (owner, cells)), shape=shape)
        self._of_cell = self._lines.T.tocsr()
        self._knowing: dict[int, set[int]] = {}
        for place, row in enumerate(self.rows):
            for cell in row.cells:
                self._knowing.setdefault(cell, set()).add(place)
        self._costs = np.zeros(len(self._sizes))
        for cell, knowing in self._knowing.items():
            self._costs[cell] = sum(self.rows[place].cost for place in knowing)

    def protect(
        self, secret: Iterable[int], order: Callable[[int], tuple[float, int]]
    ) -> list[int]:
        """Hide rows until no secret set can be worked out.

        Parameters
        ----------
        order : callable
            Says when a secret set has its turn.

        Returns
        -------
        list of int
            Secret sets that follow from rows that must stay shown.
        """
        narrow, left = sorted(set(secret), key=order), list[int]()
        # Hiding only widens ranges: what is safe once stays so.
        while narrow := self._narrow(narrow):
            turn = max(AT_A_TIME, len(narrow) // 6)
            left += self._hide_for(narrow[:turn])
            narrow = narrow[turn:]
        # What nobody is in cannot have less in another world.
        return [c for c in self._narrow(left) if not (self._sizes[c] and self._hide_between(c))]

    def _narrow(self, secret: Sequence[int]) -> list[int]:
        """Find the secret sets that have no more in any world in which most of them have."""
        known = self._known()
        # All of them are hidden already.
        unknown = self._system(~known)._replace(costs=np.zeros(np.count_nonzero(~known)))

        def safe(cells: Sequence[int]) -> set[int]:
            hidden = np.array([cell for cell in cells if not known[cell]], dtype=np.intp)
            places = np.searchsorted(unknown.cells, hidden)
            moved = _raised(unknown, places, self.minimum)
            return {*hidden[moved[places] >= self.minimum - SLACK].tolist()}

        narrow = list(secret)
        # Sets that cannot have more all at once have a turn each.
        while found := safe(narrow):
            narrow = [cell for cell in narrow if cell not in found]
        if len(narrow) <= ALONE:
            narrow = [cell for cell in narrow if not self._sizes[cell] or not safe([cell])]
        return narrow

    def _known(self) -> NDArray[np.bool_]:
        known = np.zeros(len(self._sizes), dtype=bool)
        known[[cell for cell, rows in self._knowing.items() if rows]] = True
        return known

    def _hide_for(self, secret: Sequence[int]) -> list[int]:
        """Hide what is least missed so that secret sets can have more; return those in vain."""
        free = self._system(np.isfinite(self._costs))
        cells = np.intersect1d(secret, free.cells)
        places = np.searchsorted(free.cells, cells)
        moved = _raised(free, places, self.minimum)
        enough = moved[places] >= self.minimum - SLACK
        self._hide_all(free.cells[moved != 0], cells)
        return [cell for cell in secret if cell not in cells[enough]]

    def _hide_between(self, cell: int) -> bool:
        """Hide what is least missed so that a set can have more in one world than in another."""
        if not np.isfinite(self._costs[cell]):
            return False
        free = self._system(np.isfinite(self._costs))
        moved = _between(free, int(np.searchsorted(free.cells, cell)), self.minimum)
        if moved is None:
            return False
        self._hide_all(free.cells[moved], np.array([cell]))
        return True

    def _system(self, open_: NDArray[np.bool_]) -> _System:
        cells = np.flatnonzero(open_)
        lines = _distinct(self._lines[:, cells])
        return _System(cells, lines, self._sizes[cells], self._costs[cells])

    def _hide_all(self, cells: Indexes, secret: Indexes) -> None:
        """Hide what tells of cells, each for a secret set that it is in one line with, or one."""
        for cell in [*secret.tolist(), *cells.tolist()]:
            if self._knowing.get(cell):
                lines = self._of_cell[[cell]].indices
                tied = np.intersect1d(secret, self._lines[lines].indices)
                self._hide(cell, int(tied[0] if len(tied) else secret[0]))

    def _hide(self, cell: int, secret: int) -> None:
        for row in list(self._knowing.get(cell, ())):
            self.hidden[row] = secret
            for each in self.rows[row].cells:
                self._knowing[each].discard(row)
                self._costs[each] = sum(self.rows[other].cost for other in self._knowing[each])


def _raised(system: _System, places: Indexes, apart: int) -> NDArray[np.float64]:
    """Return what cells have more, or less, in a world in which some have up to `apart` more.

    Of these worlds it is the one whose differences from the true one cost least.
    """
    _, lines, sizes, costs = system
    count, size = len(places), len(sizes)
    if not count:
        return np.zeros(size)
    # The unknowns are what each cell has more, what it has less, and what of it counts as enough.
    numbers, ones = np.arange(count), np.ones(count)
    enough = csr_array(
        (
            np.concatenate([-ones, ones, ones]),
            (np.tile(numbers, 3), np.r_[places, size + places, 2 * size + numbers]),
        ),
        shape=(count, 2 * size + count),
    )
    # Of sets that stand in each other's way one has all rather than each a part.
    worth = WORTH * (1 + costs.max(initial=0)) * (1 + np.random.default_rng(count).random(count))
    found = _cheapest(
        np.r_[np.tile(costs + MOVED, 2), -worth],
        hstack([lines, -lines, csr_array((lines.shape[0], count))], format="csr"),
        (enough, np.zeros(count)),
        np.r_[np.full(size, np.inf), sizes, np.full(count, float(apart))],
    )
    if found is None:
        # The true world is one of them.
        return np.zeros(size)
    more, less = found[:size], found[size : 2 * size]
    changed: NDArray[np.float64] = np.where(np.maximum(more, less) > SLACK, more - less, 0.0)
    return changed


def _between(system: _System, place: int, apart: int) -> NDArray[np.bool_] | None:
    """Return which cells change in the cheapest two worlds of which one has more in a cell.

    None if there are no such worlds.
    """
    _, lines, sizes, costs = system
    size = len(sizes)
    # The unknowns are what each world has more, and less, than the true one.
    both = hstack([lines, -lines])
    wider = np.zeros(2 * size)
    wider[[place, size + place]] = [-1, 1]
    found = _cheapest(
        np.tile(costs + MOVED, 4),
        block_diag([both, both], format="csr"),
        (csr_array(np.concatenate([wider, -wider])[None, :]), np.array([-float(apart)])),
        np.tile(np.r_[np.full(size, np.inf), sizes], 2),
    )
    if found is None:
        return None
    return np.asarray((found.reshape(4, size) > SLACK).any(axis=0), dtype=np.bool_)


def _cheapest(
    costs: NDArray[np.float64],
    lines: csr_array,
    most: tuple[csr_array, NDArray[np.float64]],
    upper: NDArray[np.float64],
) -> NDArray[np.float64] | None:
    """Return the cheapest amounts from zero up that change no line, or None if there are none.

    `most` are sums of them and what these may be at most.
    """
    # Status, which solves nothing, does not wait for it.
    from scipy.optimize import linprog

    found = linprog(
        costs,
        A_eq=lines,
        b_eq=np.zeros(lines.shape[0]),
        A_ub=most[0],
        b_ub=most[1],
        bounds=np.column_stack([np.zeros(len(upper)), upper]),
    )
    solution: NDArray[np.float64] | None = found.x
    return solution


def _distinct(lines: csr_array) -> csr_array:
    """Leave out lines without cells, and those that say what another says."""
    draws = np.random.default_rng(0).standard_normal(lines.shape[1])
    _, first = np.unique(np.round(np.abs(lines @ draws), 9), return_index=True)
    filled = np.diff(lines.indptr) > 0
    return lines[np.sort(first[filled[first]])]
