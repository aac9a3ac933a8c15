"""Which further rows have to be hidden, so that nothing secret can be worked out.

An outsider knows the sizes of the sets that shown rows tell, knows what adds up (`relations`), and
that no set has fewer than nobody. A secret set is safe if two worlds agree with all that and
differ in it by the least count or more: an interval attack (Hundepool et al. 2012, Statistical
Disclosure Control, section 4.4). Where there are none, the least that has to be hidden to make
room for them is found by linear programming, after Kelly, Golden & Assad (1992), Networks
22:397-417: what differs between the worlds is hidden.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import block_diag, csr_array, hstack

from evalbook.sdc.relations import Relations

Indexes = NDArray[np.intp]
Witnesses = dict[int, list[dict[int, float]]]
SLACK = 1e-6
FAR = 1e9
TRACE = 1e-11
# What it costs to move a cell that is hidden anyway.
MOVED = 1e-3
# How many lines away from a secret set the search for what to hide goes, in how many lines a cell
# on the way may be (a total ties everything to everything), and how many worlds are looked for
# beside the true one. Far searches, and those for two worlds, take long, and are seldom needed.
SEARCHES = ((3, 16, 1), (3, 32, 1), (64, 10**9, 1), (3, 32, 2), (64, 10**9, 2))


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
    witnesses : dict
        Worlds that showed a secret set to be safe, by its mark: what each has more, or less, than
        the true one, by the marks of sets. Worlds that still agree with all that is known need not
        be looked for again; takes more in.
    """

    relations: Relations
    rows: Sequence[Publication]
    minimum: int
    hidden: dict[int, int] = field(default_factory=dict)
    witnesses: Witnesses = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._sizes = np.array(self.relations.sizes, dtype=float)
        lines = list(self.relations.equations)
        cells = np.array([cell for line in lines for cell in line.cells], dtype=np.intp)
        signs = np.array([sign for line in lines for sign in line.signs], dtype=float)
        owner = np.repeat(np.arange(len(lines)), [len(line.cells) for line in lines])
        shape = (len(lines), len(self._sizes))
        self._lines = csr_array((signs, (owner, cells)), shape=shape)
        self._ties = abs(self._lines).astype(np.int32)
        self._knowing: dict[int, set[int]] = {}
        for place, row in enumerate(self.rows):
            for cell in row.cells:
                self._knowing.setdefault(cell, set()).add(place)
        self._of_mark: dict[int, list[int]] = {}
        for cell, mark in enumerate(self.relations.marks):
            self._of_mark.setdefault(mark, []).append(cell)
        # Sets that a world found here sets apart from the true one.
        self._apart = set[int]()
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
        narrow = [c for c in sorted(set(secret), key=order) if not self._withstands(c)]
        # What nobody is in can only have more, and is certain if it has not with all else hidden.
        nobody = [cell for cell in narrow if not self._sizes[cell]]
        certain = set(self._narrow(nobody, ~np.isfinite(self._costs)))
        narrow = [cell for cell in narrow if cell not in certain]
        for search in SEARCHES:
            left = list[int]()
            # Hiding only widens ranges: what is safe once stays so.
            while narrow := self._narrow(narrow, self._known()):
                turn = max(1, len(narrow) // 3)
                left += [cell for cell in narrow[:turn] if not self._hide_for(cell, *search)]
                narrow = narrow[turn:]
            narrow = left
        return [*narrow, *certain]

    def _narrow(self, secret: Sequence[int], known: NDArray[np.bool_]) -> list[int]:
        """Find the secret sets that no world sets apart in which many of them have more.

        Such worlds are looked for until there is none.
        """
        narrow, unknown = list(secret), np.flatnonzero(~known)
        lines, sizes = _distinct(self._lines[:, unknown]), self._sizes[unknown]
        while len(targets := np.array([c for c in narrow if not known[c]], dtype=np.intp)):
            places = np.searchsorted(unknown, targets)
            more = _most_moved(lines, sizes, places, self.minimum)
            safe = {*targets[more >= self.minimum - SLACK].tolist()}
            if not safe:
                break
            narrow = [cell for cell in narrow if cell not in safe]
        return narrow

    def _known(self) -> NDArray[np.bool_]:
        known = np.zeros(len(self._sizes), dtype=bool)
        known[[cell for cell, rows in self._knowing.items() if rows]] = True
        return known

    def _hide_for(self, cell: int, reach: int, busy: int, worlds: int) -> bool:
        """Hide what is least missed so that a secret set cannot be worked out; False if in vain."""
        if cell in self._apart:
            return True
        free = np.isfinite(self._costs)
        if not free[cell]:
            return False
        within = free & (self._ties.sum(axis=0) <= busy)
        within[cell] = True
        cells, lines = self._around(cell, reach, within)
        matrix = _distinct(self._lines[lines][:, cells])
        if len(cells) == 1 and matrix.shape[0]:
            return False
        place = int(np.searchsorted(cells, cell))
        moved = _moved(matrix, self._sizes[cells], self._costs[cells], place, self.minimum, worlds)
        if moved is None:
            return False
        for each in [cell, *cells[(moved != 0).any(axis=0)].tolist()]:
            self._hide(each, cell)
        far = (np.abs(moved) >= self.minimum - SLACK).any(axis=0)
        self._apart |= {cell, *cells[far].tolist()}
        self._remember(cell, cells, moved)
        return True

    def _remember(self, cell: int, cells: Indexes, worlds: NDArray[np.float64]) -> None:
        marks = self.relations.marks
        self.witnesses[marks[cell]] = [
            {marks[cells[i]]: float(world[i]) for i in np.flatnonzero(world)} for world in worlds
        ]

    def _withstands(self, cell: int) -> bool:
        """Return whether the worlds that once showed a set to be safe still agree with all."""
        worlds = self.witnesses.get(self.relations.marks[cell], [])
        return bool(worlds) and all(map(self._agrees, worlds))

    def _agrees(self, world: Mapping[int, float]) -> bool:
        moved = np.zeros(len(self._sizes))
        for mark, more in world.items():
            cells = self._of_mark.get(mark, [])
            # Sets of nobody have one mark, and are not one another.
            if len(cells) != 1 or self._knowing.get(cells[0]):
                return False
            moved[cells[0]] = more
        tight = np.abs(self._lines @ moved).max(initial=0.0) <= SLACK * self.minimum
        return bool(tight and (self._sizes + moved >= -SLACK).all())

    def _hide(self, cell: int, secret: int) -> None:
        for row in list(self._knowing.get(cell, ())):
            self.hidden[row] = secret
            for each in self.rows[row].cells:
                self._knowing[each].discard(row)
                self._costs[each] = sum(self.rows[other].cost for other in self._knowing[each])

    def _around(self, cell: int, reach: int, free: NDArray[np.bool_]) -> tuple[Indexes, Indexes]:
        """Return the cells that lines tie to one, some lines away, and the lines they are in."""
        inside = np.zeros(len(free), dtype=bool)
        inside[cell] = True
        for _ in range(reach):
            lines = self._touched(inside)
            further = free & (self._ties.T @ lines > 0)
            if further.sum() == inside.sum():
                break
            inside = further
        return np.flatnonzero(inside), np.flatnonzero(self._touched(inside))

    def _touched(self, cells: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which lines some cells are in."""
        touched: NDArray[np.bool_] = self._ties @ cells > 0
        return touched


def _moved(
    matrix: csr_array,
    sizes: NDArray[np.float64],
    costs: NDArray[np.float64],
    place: int,
    apart: int,
    worlds: int,
) -> NDArray[np.float64] | None:
    """Return what cells have more, or less, in the cheapest worlds that set one far enough apart.

    Of shape (worlds, cells); None if there are none. One world beside the true one has more in the
    cell; of two, one has more than the other.
    """
    lines, size = matrix.shape
    # The unknowns are what each world has more, and less, than the true one.
    both = hstack([matrix, -matrix])
    limits = np.column_stack([np.zeros(2 * size), np.full(2 * size, np.inf)])
    limits[size:, 1] = sizes
    wider = np.zeros(2 * size)
    wider[[place, size + place]] = [-1, 1]
    found = linprog(
        np.tile(costs + MOVED, 2 * worlds),
        A_eq=block_diag([both] * worlds, format="csr"),
        b_eq=np.zeros(worlds * lines),
        A_ub=csr_array(np.concatenate([wider, -wider][:worlds])[None, :]),
        b_ub=[-apart],
        bounds=np.tile(limits, (worlds, 1)),
    )
    if found.x is None:
        return None
    more, less = np.moveaxis(found.x.reshape(worlds, 2, size), 1, 0)
    changed: NDArray[np.float64] = np.where(np.maximum(more, less) > SLACK, more - less, 0.0)
    return changed


def _most_moved(
    lines: csr_array, sizes: NDArray[np.float64], places: Indexes, apart: int
) -> NDArray[np.float64]:
    """Return what some cells have more in the world in which they have most, up to enough each."""
    count, size = len(places), len(sizes)
    moved = hstack([lines, csr_array((lines.shape[0], count))], format="csr")
    # Of each of these cells, what it has more counts until it is enough.
    ones, numbers = np.ones(count), np.arange(count)
    enough = csr_array(
        (np.concatenate([-ones, ones]), (np.tile(numbers, 2), np.r_[places, size + numbers])),
        shape=(count, size + count),
    )
    limits = np.column_stack([np.r_[-sizes, np.zeros(count)], np.full(size + count, np.inf)])
    limits[size:, 1] = apart
    found = linprog(
        np.r_[np.zeros(size), -ones],
        A_eq=moved,
        b_eq=np.zeros(lines.shape[0]),
        A_ub=enough,
        b_ub=np.zeros(count),
        bounds=limits,
    )
    more: NDArray[np.float64] = found.x[:size][places]
    return more


def _distinct(lines: csr_array) -> csr_array:
    """Leave out lines without cells, and those that say what another says."""
    draws = np.random.default_rng(0).standard_normal(lines.shape[1])
    _, first = np.unique(np.round(np.abs(lines @ draws), 9), return_index=True)
    filled = np.diff(lines.indptr) > 0
    return lines[np.sort(first[filled[first]])]
