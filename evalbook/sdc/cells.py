"""Cells that count persons, and the sums that tie them together."""

import itertools
import math
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from evalbook.errors import UsageError

Subtotals = Mapping[str, Mapping[str, Sequence[str]]]
Seen = Mapping[str, Mapping[str, str]]


def _category(name: object) -> str:
    """Name a category.

    The same whether a table has it as text, as a whole number or, where others are missing, as a
    float.

    Raises
    ------
    UsageError
        If it is missing itself.
    """
    if name is None or (isinstance(name, float) and math.isnan(name)):
        raise UsageError(
            "a group of persons has no name", remedy="Name it, such as `unknown`, or leave it out"
        )
    return f"{name:.15g}" if isinstance(name, float) else str(name)


class Cell(NamedTuple):
    """A group of persons that is counted; the same group is the same cell wherever it is shown.

    Attributes
    ----------
    whom : str
        The population, with its date.
    where : tuple of (dimension, category)
        What narrows it down, in the order of the dimensions' names; a dimension that is missing is
        summed over.
    """

    whom: str
    where: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, whom: str, where: Mapping[str, object]) -> "Cell":
        """Make a cell from its categories by dimension; raises `UsageError` if one is missing."""
        return cls(
            whom, tuple((dimension, _category(where[dimension])) for dimension in sorted(where))
        )

    def narrowed(self, dimension: str, category: str) -> "Cell":
        """Give the part of the group that is in a category of one more dimension."""
        return Cell.of(self.whom, {**dict(self.where), dimension: category})

    def __str__(self) -> str:
        named = ", ".join(f"{dimension} = {category}" for dimension, category in self.where)
        return f"{self.whom} [{named}]" if named else self.whom


class Sum(NamedTuple):
    """The persons of the parts, who are in one part each, make up the total."""

    total: Cell
    parts: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The total and its parts."""
        return (self.total, *self.parts)


class Sums:
    """Sums in the order in which they were declared, each once.

    Parameters
    ----------
    sums : iterable of Sum
        The first of them; more are added.

    Attributes
    ----------
    totals : set of Cell
        The cells that others add up to.
    """

    def __init__(self, sums: Iterable[Sum] = ()) -> None:
        self.totals: set[Cell] = set()
        self._lines: dict[Sum, None] = {}
        self._with: dict[Cell, list[tuple[int, Sum]]] = {}
        self.add(sums)

    def __iter__(self) -> Iterator[Sum]:
        return iter(self._lines)

    def __contains__(self, line: object) -> bool:
        return line in self._lines

    def add(self, sums: Iterable[Sum]) -> None:
        """Take more sums in."""
        for line in sums:
            if line not in self._lines:
                for cell in line.cells:
                    self._with.setdefault(cell, []).append((len(self._lines), line))
                self._lines[line] = None
                self.totals.add(line.total)

    def around(self, cells: Iterable[Cell], known: Container[Cell]) -> list[Sum]:
        """Return the sums that cells are in, and those that unknown cells tie to them."""
        found: dict[int, Sum] = {}
        waiting = list(cells)
        while waiting:
            for place, line in self._with.get(waiting.pop(), ()):
                if place not in found:
                    found[place] = line
                    waiting += [cell for cell in line.cells if cell not in known]
        return [found[place] for place in sorted(found)]


@dataclass(frozen=True)
class Table:
    """A table of counts with all its margins and subtotals.

    Attributes
    ----------
    counts : dict
        Every cell's count.
    sums : tuple of Sum
        Every line of the table, and every subtotal.
    lines : tuple of Sum
        The full lines only: what makes up a margin.
    """

    counts: dict[Cell, int]
    sums: tuple[Sum, ...]
    lines: tuple[Sum, ...]


def table(
    inner: Mapping[Cell, int],
    where: Mapping[str, str],
    subtotals: Subtotals | None = None,
    seen: Seen | None = None,
) -> Table:
    """Make a table with its margins from its inner cells.

    Parameters
    ----------
    inner : mapping
        Cells of one population and the same dimensions; every person is in one of them.
        Combinations that are missing count nobody.
    where : mapping
        Dimensions that all cells have in common, and that the margins keep.
    subtotals : mapping, optional
        Dimension to subtotals to the categories that each adds up.
    seen : mapping, optional
        Dimension to what narrows the sums over it down, where the table holds only a part of its
        categories.
    """
    whom = next(iter(inner)).whom
    dimensions = [name for name, _ in next(iter(inner)).where if name not in where]
    keys = {
        tuple(dict(cell.where)[name] for name in dimensions): count for cell, count in inner.items()
    }
    categories = [list(dict.fromkeys(key[i] for key in keys)) for i in range(len(dimensions))]
    # A None stands for the margin.
    members: list[dict[str | None, tuple[str, ...]]] = [
        {c: (c,) for c in own}
        | {n: tuple(p) for n, p in (subtotals or {}).get(name, {}).items()}
        | {None: tuple(own)}
        for name, own in zip(dimensions, categories, strict=True)
    ]

    def cell(key: tuple[str | None, ...]) -> Cell:
        narrowed = [
            {d: k} if k is not None else (seen or {}).get(d, {})
            for d, k in zip(dimensions, key, strict=True)
        ]
        return Cell.of(
            whom,
            dict(where) | dict(itertools.chain.from_iterable(each.items() for each in narrowed)),
        )

    counts: dict[Cell, int] = {}
    sums: list[Sum] = []
    lines: list[Sum] = []
    for key in itertools.product(*members):
        parts = itertools.product(*(each[k] for each, k in zip(members, key, strict=True)))
        counts[cell(key)] = sum(keys.get(part, 0) for part in parts)
        for i, k in enumerate(key):
            if k in categories[i]:
                continue
            line = Sum(
                cell(key), tuple(cell((*key[:i], part, *key[i + 1 :])) for part in members[i][k])
            )
            sums.append(line)
            if k is None:
                lines.append(line)
    return Table(counts, tuple(sums), tuple(lines))


def single(count: int, cell: Cell) -> Table:
    """Make a table of one count."""
    return Table({cell: count}, (), ())


def concentrated(found: Table) -> Iterator[Cell]:
    """Return the cells that hold everybody in their line, and so describe each person in it."""
    for line in found.lines:
        occupied = [part for part in line.parts if found.counts[part]]
        if len(line.parts) > 1 and len(occupied) == 1:
            yield occupied[0]
