"""Linked tables with relations that nobody declares, and an outsider who knows what counts mean.

The outsider knows every variable and how each published count is made of them, so a whole number
not below zero for every combination of values that can exist, be anybody in it or not; and every
count that is shown. What a hidden count can then be is found by integer programming. Nothing here
is taken from the package but the row that is handed to it.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from evalbook.sdc.leaks import find_leaks
from evalbook.sdc.ledger import Ledger, Row

MATCHES = ("1", "2", "3", "4", "5", "none")
AGES = ("-24", "25-29", "30-49", "50-")
# Coarser and overlapping groupings of the same variables: what nobody ties to them.
COARSER = {
    "readiness": ("match", {"ready": (0, 1, 2), "not-ready": (3, 4, 5)}),
    "young": ("age", {"-29": (0, 1), "30-": (2, 3)}),
    "grown": ("age", {"-24": (0,), "25-49": (1, 2), "50-": (3,)}),
    "role": ("municipality", {"method": (0, 1), "comparison": (2, 3)}),
}
LEVELS = {
    "municipality": ("A", "B", "C", "D"),
    "match": MATCHES,
    "age": AGES,
    "sex": ("K", "M"),
    # Left by the first checkpoint, by the second, or never: an absorbing outcome.
    "left": ("first", "second", "never"),
}


@dataclass
class Linked:
    """Persons, what of them is published, and how the outsider sees it.

    Attributes
    ----------
    cells : ndarray, shape (variables, combinations)
        Every combination of values that can exist.
    person : ndarray, shape (persons,)
        Each person's combination.
    tables : list of list of Row
    meaning : dict
        Row's name and part to the combinations that it counts.
    """

    variables: tuple[str, ...]
    cells: np.ndarray
    person: np.ndarray
    tables: list[list[Row]] = field(default_factory=list)
    meaning: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)

    def labels(self, dimension: str) -> tuple[tuple[str, ...], np.ndarray]:
        """Name the categories of a dimension, and give each combination's."""
        if dimension in COARSER:
            finer, groups = COARSER[dimension]
            of_level = np.zeros(len(LEVELS[finer]), dtype=int)
            for place, levels in enumerate(groups.values()):
                of_level[list(levels)] = place
            return tuple(groups), of_level[self.cells[self.variables.index(finer)]]
        return LEVELS[dimension], self.cells[self.variables.index(dimension)]

    def publish(self, name: str, dimensions: tuple[str, ...], hit: np.ndarray | None) -> None:
        """Publish a table: counts, or shares of those who have something."""
        labels = [self.labels(dimension) for dimension in dimensions]
        table = []
        for key in np.ndindex(*[len(names) for names, _ in labels]):
            inside = np.ones(self.cells.shape[1], dtype=bool)
            for (_, of_cell), place in zip(labels, key, strict=True):
                inside &= of_cell == place
            told = ", ".join(
                f"{dimension} = {names[place]}"
                for dimension, (names, _), place in zip(dimensions, labels, key, strict=True)
            )
            row = f"{name}: {told}" if told else name
            self.meaning[row, "n"] = inside
            sets = {"n": np.flatnonzero(inside[self.person])}
            if hit is not None:
                self.meaning[row, "yes"], self.meaning[row, "no"] = inside & hit, inside & ~hit
                sets["yes"] = np.flatnonzero((inside & hit)[self.person])
            table.append(Row(row, sets))
        self.tables.append(table)


def draw(rng: np.random.Generator, persons: int | None = None) -> Linked:
    """Draw persons and three to six tables of them."""
    chosen = ["municipality", "match", "sex", "left", "age"]
    variables = tuple(v for v in chosen if v == "municipality" or rng.random() < 0.6)
    grid = np.indices([len(LEVELS[v]) for v in variables]).reshape(len(variables), -1)
    persons = int(rng.integers(60, 400)) if persons is None else persons
    weight = np.ones(grid.shape[1])
    for variable, levels in zip(variables, grid, strict=True):
        size = len(LEVELS[variable])
        weight *= rng.dirichlet(np.full(size, rng.uniform(0.5, 3.0)))[levels]
    weight *= rng.gamma(1.0, size=len(weight))
    found = Linked(variables, grid, rng.choice(grid.shape[1], persons, p=weight / weight.sum()))
    possible = [d for d in (*variables, *COARSER) if COARSER.get(d, (d,))[0] in variables]
    for place in range(rng.integers(3, 7)):
        count = min(int(rng.integers(0, 3)), len(possible))
        dimensions = tuple(str(d) for d in rng.choice(possible, count, replace=False))
        found.publish(f"table {place}", dimensions, _hit(found, rng))
    return found


def _hit(found: Linked, rng: np.random.Generator) -> np.ndarray | None:
    """Choose what shares are of: nothing, an absorbing outcome, or a group of another variable."""
    if rng.random() < 0.4:
        return None
    variable = str(rng.choice(found.variables))
    levels = found.cells[found.variables.index(variable)]
    if variable == "left":
        return levels <= rng.integers(0, 2)
    return levels == rng.integers(len(LEVELS[variable]))


@dataclass(frozen=True)
class Attack:
    """What an outsider found out.

    Attributes
    ----------
    ranges : dict
        Hidden row and part to the least and the greatest count, where the true one is 1 to
        `minimum` - 1.
    open : int
        Small counts that are simply shown, or the difference of two shown ones of which the one
        lies within the other.
    """

    ranges: dict[tuple[str, str], tuple[int, int]]
    open: int


def attack(linked: Linked, shown: set[str], minimum: int) -> Attack:
    """Work out what every small hidden count can be."""
    sizes = np.bincount(linked.person, minlength=linked.cells.shape[1])
    told = {key: each for key, each in linked.meaning.items() if key[0] in shown}
    known = np.array(list(told.values()), dtype=float).reshape(len(told), len(sizes))
    known = np.unique(known, axis=0)
    counts = known @ sizes
    small = {
        key: each
        for key, each in linked.meaning.items()
        if key[0] not in shown and 0 < each @ sizes < minimum
    }
    inside = (known @ known.T == known.sum(axis=1)[:, None]) & ~np.eye(len(known), dtype=bool)
    apart = counts[None, :] - counts[:, None]
    open_ = int((inside & (apart > 0) & (apart < minimum)).sum())
    open_ += int(((counts > 0) & (counts < minimum)).sum())
    ranges = {}
    done: dict[bytes, tuple[int, int]] = {}
    for key, each in small.items():
        if each.tobytes() not in done:
            done[each.tobytes()] = _range(each.astype(float), known, counts)
        ranges[key] = done[each.tobytes()]
    return Attack(ranges, open_)


def _range(aim: np.ndarray, known: np.ndarray, counts: np.ndarray) -> tuple[int, int]:
    # Combinations that every count takes alike are one unknown.
    columns, where = np.unique(np.vstack([known, aim]), axis=1, return_inverse=True)
    del where
    ends = []
    for sign in (1, -1):
        found = milp(
            sign * columns[-1],
            integrality=np.ones(columns.shape[1]),
            bounds=Bounds(0, counts.sum() + 1000 if len(counts) else 1000),
            constraints=[LinearConstraint(columns[:-1], counts, counts)] if len(counts) else [],
        )
        assert found.x is not None, found.message
        ends.append(round(columns[-1] @ found.x))
    return ends[0], ends[1]


def protected(linked: Linked, minimum: int, secret: bytes = b"") -> Ledger:
    """Publish all tables through a ledger, again as long as an audit finds more to hide."""
    return audited(linked.tables, minimum, secret)


def audited(tables: list[list[Row]], minimum: int, secret: bytes = b"") -> Ledger:
    """Publish tables through a ledger, again as long as an audit finds more to hide."""
    hidden: set[str] = set()
    while True:
        ledger = Ledger(minimum, hidden, secret, audited=True)
        for table in tables:
            ledger.publish(table)
        leaks = find_leaks({("", ""): ledger}, secret).rows
        if not leaks:
            return ledger
        assert not hidden & {leak.row for leak in leaks}
        hidden |= {leak.row for leak in leaks}
