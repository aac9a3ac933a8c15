"""What an outsider can infer: the interval attack.

The outsider knows every cell that is shown, every sum that ties cells together, and that counts are whole and not
negative. The least and the greatest value that a hidden cell can then have are found by integer programming; linear
programming alone would credit the outsider with less than whole numbers allow. Hundepool et al. (2012), Statistical
Disclosure Control, section 4.4; Fischetti & Salazar (2001), Management Science 47:1008-1027.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from nychance.disclosure.cells import Cell, Sum


@dataclass(frozen=True)
class Reader:
    """An outsider.

    Parameters
    ----------
    known : mapping
        The cells that are shown.
    sums : sequence of Sum
        The sums that the outsider knows to hold.
    """

    known: Mapping[Cell, int]
    sums: Sequence[Sum]

    def range_of(self, cell: Cell) -> tuple[int, int | None]:
        """Give the least and the greatest count that a cell can have; None if there is no greatest.

        Raises
        ------
        ValueError
            If what is shown contradicts itself.
        """
        if cell in self.known:
            return self.known[cell], self.known[cell]
        unknown, matrix, right = self.system(cell)
        place = unknown.index(cell)
        # No hidden cell is larger than all that is shown in its part of the system, unless nothing bounds it.
        cap = 2 * int(np.abs(right).sum()) + 1000
        ends = []
        for sign in (1, -1):
            aim = np.zeros(len(unknown))
            aim[place] = sign
            limits = [LinearConstraint(matrix, right, right)] if len(right) else []
            found = whole_solution(aim, len(unknown), Bounds(0, cap), limits)
            if found is None:
                raise ValueError(f"what is shown contradicts itself around {cell}")
            ends.append(round(found[place]))
        return ends[0], None if ends[1] >= cap else ends[1]

    def width(self, cell: Cell) -> float:
        """Tell how many persons lie between the least and the greatest count that a cell can have."""
        least, greatest = self.range_of(cell)
        return float("inf") if greatest is None else greatest - least

    def tied_to(self, cells: Iterable[Cell]) -> set[Cell]:
        """Find the unknown cells about which sums tell something together with any of some cells."""
        roots = {self._root(cell) for cell in cells if cell not in self.known}
        return roots | {cell for cell, root in self._roots.items() if root in roots}

    def system(self, cell: Cell) -> tuple[list[Cell], csr_array, np.ndarray]:
        """Give the unknown cells that are tied to one, and the sums among them as equations: matrix and right side."""
        mine = self._lines.get(self._root(cell), [])
        unknown = list(dict.fromkeys([cell, *(c for line in mine for c in _cells(line) if c not in self.known)]))
        matrix, right = equations(mine, {c: i for i, c in enumerate(unknown)}, self.known)
        return unknown, matrix, right

    def _root(self, cell: Cell) -> Cell:
        return self._roots.get(cell, cell)

    @cached_property
    def _lines(self) -> dict[Cell, list[Sum]]:
        """Group the sums by the group of unknown cells that they tie; all unknown cells of a sum are in one."""
        found: dict[Cell, list[Sum]] = {}
        for line in self.sums:
            unknown = next((cell for cell in _cells(line) if cell not in self.known), None)
            if unknown is not None:
                found.setdefault(self._root(unknown), []).append(line)
        return found

    @cached_property
    def _roots(self) -> dict[Cell, Cell]:
        """Name, for each unknown cell, one cell of the group of unknown cells that sums tie to it."""
        parent: dict[Cell, Cell] = {}

        def find(cell: Cell) -> Cell:
            parent.setdefault(cell, cell)
            while parent[cell] != cell:
                parent[cell] = parent[parent[cell]]
                cell = parent[cell]
            return cell

        for line in self.sums:
            tied = [c for c in _cells(line) if c not in self.known]
            for other in tied[1:]:
                parent[find(other)] = find(tied[0])
        return {cell: find(cell) for cell in list(parent)}


def whole_solution(
    aim: np.ndarray, counts: int, bounds: Bounds, limits: Sequence[LinearConstraint], gap: float = 0.0
) -> np.ndarray | None:
    """Minimise `aim @ x` where the first of the unknowns are counts, that is whole numbers; None if nothing fulfils the limits.

    Tables without a third dimension have whole solutions by themselves; only others need the slower search.
    """
    for whole in (0, 1):
        integrality = np.zeros(len(aim))
        integrality[:counts] = whole
        found = milp(aim, integrality=integrality, bounds=bounds, constraints=limits, options={"mip_rel_gap": gap})
        if found.x is None:
            return None
        if whole or np.abs(found.x[:counts] - np.round(found.x[:counts])).max() < 1e-6:
            break
    solution: np.ndarray = found.x
    return solution


def equations(sums: Iterable[Sum], places: Mapping[Cell, int], known: Mapping[Cell, int]) -> tuple[csr_array, np.ndarray]:
    """Write sums as `matrix @ x = right` over the cells that have a place; the others are known."""
    rows, columns, values, right = [], [], [], []
    for row, line in enumerate(sums):
        constant = 0
        for cell, sign in [(line.total, -1), *((part, 1) for part in line.parts)]:
            if cell in places:
                rows.append(row)
                columns.append(places[cell])
                values.append(sign)
            else:
                constant += sign * known[cell]
        right.append(-constant)
    shape = (len(right), len(places))
    return csr_array((values, (rows, columns)), shape=shape, dtype=float), np.array(right, dtype=float)


def _cells(line: Sum) -> tuple[Cell, ...]:
    return (line.total, *line.parts)
