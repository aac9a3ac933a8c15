"""What an outsider can infer: the interval attack.

The outsider knows every cell that is shown, every sum that ties cells together, and that counts
are whole and not negative. The least and the greatest value that a hidden cell can then have are
found by integer programming; linear programming alone would credit the outsider with less than
whole numbers allow. Hundepool et al. (2012), Statistical Disclosure Control, section 4.4;
Fischetti & Salazar (2001), Management Science 47:1008-1027.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from evalbook.sdc.cells import Cell, Sum, Sums


class System(NamedTuple):
    """The sums that tie unknown cells to each other, as equations: `matrix @ x = right`."""

    lines: tuple[Sum, ...]
    places: dict[Cell, int]
    matrix: csr_array
    right: np.ndarray


@dataclass(frozen=True)
class Reader:
    """An outsider.

    Parameters
    ----------
    known : mapping
        The cells that are shown.
    sums : Sums
        The sums that the outsider knows to hold.
    """

    known: Mapping[Cell, int]
    sums: Sums
    _systems: dict[Cell, System] = field(default_factory=dict, init=False, repr=False)

    def least(self, cell: Cell) -> int:
        """Give the least count that a cell can have.

        Raises `ValueError` if what is shown contradicts itself.
        """
        return self._end(cell, 1)[0]

    def greatest(self, cell: Cell) -> int | None:
        """Give the greatest count that a cell can have, None if there is none.

        Raises as `least` does.
        """
        found, cap = self._end(cell, -1)
        return found if found < cap or cell in self.known else None

    def width(self, cell: Cell) -> float:
        """Return the difference between the greatest and the least count that a cell can have."""
        greatest = self.greatest(cell)
        return float("inf") if greatest is None else greatest - self.least(cell)

    def told(self, cell: Cell) -> tuple[object, ...]:
        """Give all that an attack on a cell has to go on.

        Two readers who are told the same find the same.
        """
        if cell in self.known:
            return (self.known[cell],)
        lines, places, _, right = self.system(cell)
        return lines, tuple(places), right.tobytes()

    def system(self, cell: Cell) -> System:
        """Give the system that a cell which is not shown is part of."""
        if cell not in self._systems:
            lines = tuple(self.sums.around([cell], self.known))
            unknown = dict.fromkeys(
                [cell, *(c for line in lines for c in line.cells if c not in self.known)]
            )
            places = {c: place for place, c in enumerate(unknown)}
            found = System(lines, places, *equations(lines, places, self.known))
            self._systems.update(dict.fromkeys(places, found))
        return self._systems[cell]

    def _end(self, cell: Cell, sign: int) -> tuple[int, int]:
        """Return the least (1) or greatest (-1) count of a cell, and from when it is unbounded."""
        if cell in self.known:
            return self.known[cell], self.known[cell]
        _, places, matrix, right = self.system(cell)
        # No hidden cell is larger than all that is shown in its part of the system, unless nothing
        # bounds it.
        cap = 2 * int(np.abs(right).sum()) + 1000
        if not len(right):
            return (0 if sign > 0 else cap), cap
        aim = np.zeros(len(places))
        aim[places[cell]] = sign
        found = whole_solution(
            aim, len(places), Bounds(0, cap), [LinearConstraint(matrix, right, right)]
        )
        if found is None:
            raise ValueError(f"what is shown contradicts itself around {cell}")
        return round(found[places[cell]]), cap


def whole_solution(
    aim: np.ndarray,
    counts: int,
    bounds: Bounds,
    limits: Sequence[LinearConstraint],
    gap: float = 0.0,
) -> np.ndarray | None:
    """Minimise `aim @ x` where the first of the unknowns are counts, that is whole numbers.

    None if nothing fulfils the limits.

    Tables without a third dimension have whole solutions by themselves; only others need the
    slower search.
    """
    for whole in (0, 1):
        integrality = np.zeros(len(aim))
        integrality[:counts] = whole
        found = milp(
            aim,
            integrality=integrality,
            bounds=bounds,
            constraints=limits,
            options={"mip_rel_gap": gap},
        )
        if found.x is None:
            return None
        if whole or np.abs(found.x[:counts] - np.round(found.x[:counts])).max() < 1e-6:
            break
    solution: np.ndarray = found.x
    return solution


def equations(
    sums: Iterable[Sum], places: Mapping[Cell, int], known: Mapping[Cell, int]
) -> tuple[csr_array, np.ndarray]:
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
    return csr_array((values, (rows, columns)), shape=shape, dtype=float), np.array(
        right, dtype=float
    )
