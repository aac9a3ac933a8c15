"""Cells that count persons, and the sums that tie them together."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

Subtotals = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True, order=True)
class Cell:
    """A group of persons that is counted; the same group is the same cell wherever it is shown.

    Attributes
    ----------
    whom : str
        The population, with its date.
    where : tuple of (dimension, category)
        What narrows it down, in the order of the dimensions' names; a dimension that is missing is summed over.
    """

    whom: str
    where: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, whom: str, where: Mapping[str, str]) -> "Cell":
        """Make a cell from its categories by dimension."""
        return cls(whom, tuple(sorted(where.items())))

    def __str__(self) -> str:
        named = ", ".join(f"{dimension} = {category}" for dimension, category in self.where)
        return f"{self.whom} [{named}]" if named else self.whom


class Sum(NamedTuple):
    """The persons of the parts, who are in one part each, make up the total."""

    total: Cell
    parts: tuple[Cell, ...]


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


def table(counts: "pd.Series[int]", whom: str, where: Mapping[str, str], subtotals: Subtotals | None = None) -> Table:
    """Make a table with its margins from its inner cells.

    Parameters
    ----------
    counts : Series
        Whole numbers, with an index that has one named level per dimension; every person is in one cell.
    whom : str
        The population that the table counts.
    where : mapping
        Dimension to category, for a table of a part of the population.
    subtotals : mapping, optional
        Dimension to subtotals to the categories that each adds up. Cumulative counts are subtotals, too.
    """
    grouped = subtotals or {}
    dimensions = [str(name) for name in counts.index.names]
    keys = [key if isinstance(key, tuple) else (key,) for key in counts.index]
    inner = {tuple(map(str, key)): int(count) for key, count in zip(keys, counts, strict=True)}
    categories = [list(dict.fromkeys(key[i] for key in inner)) for i in range(len(dimensions))]
    # A None stands for the margin.
    members: list[dict[str | None, tuple[str, ...]]] = [
        {c: (c,) for c in own} | {n: tuple(p) for n, p in grouped.get(d, {}).items()} | {None: tuple(own)}
        for d, own in zip(dimensions, categories, strict=True)
    ]

    def cell(key: tuple[str | None, ...]) -> Cell:
        return Cell.of(whom, dict(where) | {d: k for d, k in zip(dimensions, key, strict=True) if k is not None})

    found: dict[Cell, int] = {}
    sums: list[Sum] = []
    lines: list[Sum] = []
    for key in itertools.product(*members):
        parts = itertools.product(*(each[k] for each, k in zip(members, key, strict=True)))
        found[cell(key)] = sum(inner.get(part, 0) for part in parts)
        for i, k in enumerate(key):
            if k in categories[i]:
                continue
            line = Sum(cell(key), tuple(cell((*key[:i], part, *key[i + 1 :])) for part in members[i][k]))
            sums.append(line)
            if k is None:
                lines.append(line)
    return Table(found, tuple(sums), tuple(lines))


def single(count: int, cell: Cell) -> Table:
    """Make a table of one count."""
    return Table({cell: count}, (), ())


def concentrated(found: Table) -> Iterator[Cell]:
    """Find the cells that hold everybody of their line: they tell something about each person in it."""
    for line in found.lines:
        occupied = [part for part in line.parts if found.counts[part]]
        if len(line.parts) > 1 and len(occupied) == 1:
            yield occupied[0]
