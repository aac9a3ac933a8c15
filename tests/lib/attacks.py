"""An attack of its own on a table as readers see it: linear programming over many tables at once.

For a table with rows, columns and margins the equations are totally unimodular, so that the ends
of a range are whole numbers by themselves (Hoffman & Kruskal 1956). Nothing of the package is
used.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import block_diag, csr_array


@dataclass(frozen=True)
class Seen:
    """A table with its margins in the last row and column, and what of it is hidden.

    Margins, too, may be.
    """

    counts: np.ndarray
    hidden: np.ndarray

    @classmethod
    def of(cls, inner, hidden_inner, hidden_rows, hidden_columns, hidden_total=False):
        counts = np.pad(np.asarray(inner, dtype=float), ((0, 1), (0, 1)))
        counts[-1, :] = counts.sum(axis=0)
        counts[:, -1] = counts.sum(axis=1)
        hidden = np.zeros(counts.shape, dtype=bool)
        hidden[:-1, :-1], hidden[:-1, -1], hidden[-1, :-1], hidden[-1, -1] = (
            hidden_inner,
            hidden_rows,
            hidden_columns,
            hidden_total,
        )
        return cls(counts, hidden)

    def equations(self) -> csr_array:
        """Each row and each column, the margins among them, makes up its margin."""
        rows, columns = self.counts.shape
        places = np.arange(rows * columns).reshape(rows, columns)
        lines = [*places, *places.T]
        matrix = np.zeros((len(lines), places.size))
        for equation, line in zip(matrix, lines, strict=True):
            equation[line[:-1]] = 1
            equation[line[-1]] = -1
        return csr_array(matrix)


def widths(tables, targets):
    """Return the width of an outsider's bounds on a cell of each table; `inf` where unbounded."""
    far = 1e6
    matrix = block_diag([table.equations() for table in tables], format="csr")
    low = np.concatenate([np.where(t.hidden, 0, t.counts).ravel() for t in tables])
    high = np.concatenate([np.where(t.hidden, far, t.counts).ravel() for t in tables])
    starts = np.cumsum([0, *(t.counts.size for t in tables)])[:-1]
    places = starts + [
        np.ravel_multi_index(cell, t.counts.shape) for t, cell in zip(tables, targets, strict=True)
    ]
    aim = np.zeros(len(low))
    aim[places] = 1
    bounds = np.column_stack([low, high])
    ends = []
    for sign in (1, -1):
        found = linprog(
            sign * aim, A_eq=matrix, b_eq=np.zeros(matrix.shape[0]), bounds=bounds, method="highs"
        )
        assert found.success, found.message
        ends.append(found.x[places])
    span = np.round(ends[1] - ends[0], 6)
    return np.where(ends[1] >= far / 2, np.inf, span)
