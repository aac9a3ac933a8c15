"""Populations with different names that are made of the same persons: which groups add up to which.

The plan declares them once (`populations` in `data/plan/protection.yml`). A declaration holds on
every date and in every part of the populations that cells have in common: if parts
A and B add up to C, then so do those of them who are women.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Final

from evalbook.errors import DataError, DisclosureError
from evalbook.sdc.cells import Cell, Sum, Sums

NAMED: Final = re.compile(r"(?P<whom>.*?)(?: \[(?P<where>.*)\])?", re.DOTALL)
PLACE: Final = re.compile(r"\\\{(\w+)\\\}")

# What stands for the words in braces, and what narrows the cells down beyond the declaration.
Words = tuple[tuple[str, str], ...]
Instance = tuple[Words, tuple[tuple[str, str], ...]]


# Many cells are of few populations.
@cache
def _words(pattern: str, whom: str) -> Words | None:
    found = re.fullmatch(PLACE.sub(r"(?P<\1>[^,]+)", re.escape(pattern)), whom, re.DOTALL)
    return tuple(sorted(found.groupdict().items())) if found else None


@dataclass(frozen=True)
class Pattern:
    """Cells as declared: `on benefit, {week} [origin = x]`; `{week}` is any words."""

    text: str

    @cached_property
    def where(self) -> dict[str, str]:
        """The categories that the cells have."""
        named = NAMED.fullmatch(self.text)
        inside = named["where"] if named else None
        return dict(part.split(" = ", 1) for part in inside.split(", ")) if inside else {}

    @cached_property
    def _whom(self) -> str:
        named = NAMED.fullmatch(self.text)
        return named["whom"] if named else self.text

    def words(self, whom: str) -> Words | None:
        """Find what stands in a population's name for the words in braces.

        None if the name is another.
        """
        return _words(self._whom, whom)

    def matched(self, cell: Cell) -> Instance | None:
        """Tell of which instance of the declaration a cell is; None if of none."""
        words = self.words(cell.whom)
        if words is None or not self.where.items() <= dict(cell.where).items():
            return None
        return words, tuple(part for part in cell.where if part[0] not in self.where)

    def cell(self, instance: Instance) -> Cell:
        """Name the cell of an instance."""
        words, rest = instance
        return Cell.of(self._whom.format(**dict(words)), dict(rest) | self.where)


@dataclass(frozen=True)
class Tie:
    """The persons of the parts, who are in one part each, make up the whole."""

    whole: Pattern
    parts: tuple[Pattern, ...]

    @classmethod
    def of(cls, whole: str, parts: Sequence[str]) -> "Tie":
        """Read a declaration.

        Raises `DataError` if its cells differ in the words that stand for others.
        """
        if len({frozenset(PLACE.findall(re.escape(text))) for text in (whole, *parts)}) > 1:
            raise DataError(
                f"`populations`: the parts of '{whole}' have other words in braces than it has",
                where="data/plan/protection.yml",
                remedy="Write the same words in braces in the whole and in each part",
            )
        return cls(Pattern(whole), tuple(map(Pattern, parts)))

    @cached_property
    def _dimensions(self) -> set[str]:
        return {name for pattern in (self.whole, *self.parts) for name in pattern.where}

    def tells_of(self, whom: str) -> bool:
        """Tell whether a population is one of those that are declared."""
        return any(pattern.words(whom) is not None for pattern in (self.whole, *self.parts))

    def instances(self, cell: Cell) -> list[Instance]:
        """Find the instances that a cell takes part in, each once."""
        found = dict.fromkeys(pattern.matched(cell) for pattern in (self.whole, *self.parts))
        return [
            instance
            for instance in found
            if instance and not self._dimensions & {name for name, _ in instance[1]}
        ]

    def sum(self, instance: Instance) -> Sum:
        """Give an instance as a sum."""
        return Sum(self.whole.cell(instance), tuple(part.cell(instance) for part in self.parts))


@dataclass
class Ties:
    """Declared ties, and the sums of those in which two cells or more are told of.

    Attributes
    ----------
    declared : sequence of Tie
        What the plan declares.
    sums : Sums
        In the order in which they were found.
    """

    declared: Sequence[Tie]
    sums: Sums = field(default_factory=Sums)
    _seen: dict[tuple[int, Instance], set[Cell]] = field(default_factory=dict)

    def with_cells(self, cells: Iterable[Cell]) -> list[Sum]:
        """Take cells in, and give the sums that these make known."""
        new: list[Sum] = []
        cells = list(cells)
        populations = dict.fromkeys(cell.whom for cell in cells)
        for place, tie in enumerate(self.declared):
            told_of = {whom for whom in populations if tie.tells_of(whom)}
            for cell in (cell for cell in cells if cell.whom in told_of):
                for instance in tie.instances(cell):
                    seen = self._seen.setdefault((place, instance), set())
                    seen.add(cell)
                    if len(seen) > 1 and (line := tie.sum(instance)) not in self.sums:
                        self.sums.add([line])
                        new.append(line)
        return new


def implied(sums: Iterable[Sum], counts: Mapping[Cell, int]) -> dict[Cell, int]:
    """Work out the cells that nothing counts where a sum leaves one of them only."""
    return {
        cell: count for cell, count in _completed(list(sums), counts).items() if cell not in counts
    }


def refuse_untrue(sums: Iterable[Sum], counts: Mapping[Cell, int]) -> None:
    """Raise `DisclosureError` for a declaration that the counts contradict.

    It would protect nobody.
    """
    sums = list(sums)
    known = _completed(sums, counts)
    for line in sums:
        parts = [known[part] for part in line.parts if part in known]
        whole = known.get(line.total, sum(parts))
        if (
            min([whole, *parts]) < 0
            or sum(parts) > whole
            or (len(parts) == len(line.parts) and sum(parts) < whole)
        ):
            raise DisclosureError(
                f"the populations declared to make up '{line.total}' do not add up to it",
                remedy="Mend `populations` in data/plan/protection.yml, or the names that "
                "notebooks give to their populations",
            )


def _completed(sums: Sequence[Sum], counts: Mapping[Cell, int]) -> dict[Cell, int]:
    """Give the counts of the cells of sums, also of those that a sum leaves one of only."""
    known = {cell: counts[cell] for line in sums for cell in line.cells if cell in counts}
    before = -1
    while len(known) > before:
        before = len(known)
        for line in sums:
            missing = [cell for cell in line.cells if cell not in known]
            if len(missing) == 1:
                parts = sum(known[part] for part in line.parts if part in known)
                known[missing[0]] = parts if missing[0] == line.total else known[line.total] - parts
    return known
