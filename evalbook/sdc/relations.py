"""Which published sets of persons add up to which: found from the persons, not declared.

An outsider knows what is counted, so knows that match categories 4, 5 and none make up *not
ready*, that who had left by March had left by September, and that the rows of a table are its
total. All such relations show in the persons, and are looked for there:

- a set and one within it, of which few or another set are left;
- a whole less two sets, likewise;
- a whole less those rows of one table that lie within it, be they two or ninety;
- two unions of rows, or two sums of two sets, of the same persons.

What follows from several relations together is for `secondary`, which solves them as equations.

A relation of this kind can also hold by accident, because a group that could exist has nobody in
it; an outsider does not know that it has not. Such accidents are rare where relations are this
short and sets hold `minimum` persons and more: that one set of 40 lies in another of 42 by chance,
or that two sets are disjoint and make up a third exactly. They count as relations here, which
hides a row now and then that need not be. Longer combinations of sets, which in a small group
nearly always hold by accident (twelve persons and forty sets leave nobody undetermined), count only
along the rows of one table.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Indexes = NDArray[np.intp]
FILTER_BITS = 20
# So many sets are paired with the others at a time.
PAIRED = 256


class Bitmaps(NamedTuple):
    """Distinct sets: a bit for each atom, how many persons, and the mark of each (`Partition`)."""

    bits: NDArray[np.uint64]
    sizes: NDArray[np.int64]
    marks: NDArray[np.uint64]


class Equation(NamedTuple):
    """Sizes of cells that add up to zero, each with its sign."""

    cells: tuple[int, ...]
    signs: tuple[int, ...]


@dataclass
class Relations:
    """What adds up.

    Attributes
    ----------
    sizes, marks : list of int
        Of the sets, and behind them of what tables make up, and of what is left of some sets when
        others are taken away.
    equations : dict
        Each once, in the order in which they were found.
    looked_at : int
        How many candidate combinations were looked at.
    copies : dict
        What the rows of a table make up where everybody is in one of them, to the rows' sets: a
        cell of its own, which tells of the others as soon as the whole is told somewhere else.
    """

    sizes: list[int]
    marks: list[int]
    equations: dict[Equation, None] = field(default_factory=dict)
    looked_at: int = 0
    copies: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _left: dict[int, int] = field(default_factory=dict)

    def add(self, whole: int, parts: Sequence[int]) -> None:
        """Take in that parts make up a whole."""
        if len(parts) > 1 or whole not in parts:
            cells = (whole, *sorted(parts))
            self.equations[Equation(cells, (-1, *[1] * len(parts)))] = None

    def balance(self, left: Sequence[int], right: Sequence[int]) -> None:
        """Take in that two sums are of the same persons."""
        cells = (*sorted(left), *sorted(right))
        self.equations[Equation(cells, (*[1] * len(left), *[-1] * len(right)))] = None

    def cell(self, mark: int, size: int) -> int:
        """Return the cell of persons who are in no set of their own, made when first asked for."""
        if mark not in self._left:
            self._left[mark] = len(self.sizes)
            self.sizes.append(size)
            self.marks.append(mark)
        return self._left[mark]


class _Known:
    """Finds the set that has a mark."""

    def __init__(self, marks: NDArray[np.uint64], sizes: NDArray[np.int64]) -> None:
        # Sets of nobody all have the mark zero, and are not one another.
        real = np.flatnonzero(sizes)
        self._order = real[np.argsort(marks[real])]
        self._sorted = marks[self._order]
        self._maybe = np.zeros(1 << FILTER_BITS, dtype=bool)
        self._maybe[marks[real] >> np.uint64(64 - FILTER_BITS)] = True

    def find(self, marks: NDArray[np.uint64]) -> tuple[Indexes, Indexes]:
        """Return where a known mark stands, and the set that has it."""
        hits = np.flatnonzero(self._maybe[marks >> np.uint64(64 - FILTER_BITS)])
        place = np.minimum(np.searchsorted(self._sorted, marks[hits]), len(self._sorted) - 1)
        same = self._sorted[place] == marks[hits] if len(self._sorted) else hits < 0
        return hits[same], self._order[place[same]]


def find_relations(
    sets: Bitmaps,
    families: Iterable[Sequence[int]],
    complements: Iterable[tuple[int, int, int]],
    minimum: int,
    derived: Iterable[int] = (),
    alone: Iterable[int] = (),
) -> Relations:
    """Find what adds up among sets of persons.

    Parameters
    ----------
    families : iterable of sequence of int
        Sets that lie side by side in a table; those that overlap are passed over.
    complements : iterable of tuple of int
        A set, and two that it is divided into.
    minimum : int
        What is left counts if it is less than twice as large.
    derived : iterable of int
        Sets that are another less a third, and so need no search of their own.
    alone : iterable of int
        Sets that are equal to another by accident, for all that an outsider knows.
    """
    apart = np.fromiter(alone, dtype=np.intp)
    disjoint = list(_disjoint(sets, families))
    count = len(sets.sizes)
    lonely = sets.sizes.copy()
    lonely[apart] = 0
    sets, wholes = _with_unions(sets, _Known(sets.marks, lonely), disjoint)
    found = Relations(sets.sizes.tolist(), sets.marks.tolist())
    for whole, *parts in complements:
        found.add(whole, parts)
    for whole, family in zip(wholes, disjoint, strict=True):
        if whole not in family:
            found.add(whole, family)
        else:
            # Everybody is in one row; who is told the whole besides knows that the others are none.
            found.copies[copy := found.cell(-len(found.copies) - 1, found.sizes[whole])] = family
            found.add(copy, family)
    lonely = sets.sizes.copy()
    lonely[apart] = 0
    known = _Known(sets.marks, lonely)
    own = np.setdiff1d(np.flatnonzero(lonely), np.fromiter(derived, dtype=np.intp))
    inner, outer = _nested(sets, own)
    _differences(found, sets, known, inner, outer, 2 * minimum)
    _without_two(found, sets, known, inner, outer, minimum)
    _families(found, sets, known, inner, outer, disjoint, minimum)
    _balanced_pairs(found, sets, own[own < count])
    return found


def _disjoint(sets: Bitmaps, families: Iterable[Sequence[int]]) -> Iterator[tuple[int, ...]]:
    """Give the families, each once, of which no person is in two sets."""
    for family in dict.fromkeys(tuple(dict.fromkeys(family)) for family in families):
        members = [cell for cell in family if sets.sizes[cell]]
        if members and len(family) > 1 and not _overlap(sets, members):
            yield family


def _with_unions(
    sets: Bitmaps, known: _Known, families: Sequence[tuple[int, ...]]
) -> tuple[Bitmaps, list[int]]:
    """Add what families make up, where it is not a set already; return its place for each too."""
    marks = np.array([sets.marks[[*f]].sum(dtype=np.uint64) for f in families], dtype=np.uint64)
    places = dict(zip(*(each.tolist() for each in known.find(marks)), strict=True))
    new = [i for i in np.sort(np.unique(marks, return_index=True)[1]).tolist() if i not in places]
    added = {int(marks[i]): len(sets.sizes) + k for k, i in enumerate(new)}
    wholes = [places[i] if i in places else added[int(mark)] for i, mark in enumerate(marks)]
    bits = [np.bitwise_or.reduce(sets.bits[[*families[i]]])[None] for i in new]
    sizes = [sets.sizes[[*families[i]]].sum() for i in new]
    return (
        Bitmaps(
            np.concatenate([sets.bits, *bits]),
            np.concatenate([sets.sizes, np.array(sizes, dtype=np.int64)]),
            np.concatenate([sets.marks, marks[new]]),
        ),
        wholes,
    )


def _nested(sets: Bitmaps, own: Indexes) -> tuple[Indexes, Indexes]:
    """Find all pairs of a set and one that holds it and more."""
    bits, sizes = sets.bits[own], sets.sizes[own]
    inner: list[Indexes] = []
    outer: list[Indexes] = []
    for i, row in enumerate(bits):
        filled = np.flatnonzero(row)
        candidates = np.flatnonzero(sizes > sizes[i])
        # Most sets miss one of a few atoms already.
        for word in filled[np.linspace(0, len(filled) - 1, min(len(filled), 6)).astype(int)]:
            candidates = candidates[(row[word] & ~bits[candidates, word]) == 0]
        held = row[filled]
        for start in range(0, len(candidates), 256):
            some = candidates[start : start + 256]
            holds = ((bits[np.ix_(some, filled)] & held) == held).all(axis=1)
            outer.append(own[some[holds]])
            inner.append(np.full(holds.sum(), own[i]))
    empty = np.zeros(0, dtype=np.intp)
    return np.concatenate([*inner, empty]), np.concatenate([*outer, empty])


def _differences(
    found: Relations, sets: Bitmaps, known: _Known, inner: Indexes, outer: Indexes, near: int
) -> None:
    """Take in what is left of a set without one in it: few, a set, or the same as elsewhere."""
    marks, sizes = sets.marks[outer] - sets.marks[inner], sets.sizes[outer] - sets.sizes[inner]
    found.looked_at += len(marks)
    hits, others = known.find(marks)
    for pair, other in zip(hits.tolist(), others.tolist(), strict=True):
        found.add(int(outer[pair]), (int(inner[pair]), other))
    rest = np.setdiff1d(np.arange(len(marks)), hits)
    _, where, times = np.unique(marks[rest], return_inverse=True, return_counts=True)
    for pair in rest[(times[where] > 1) | (sizes[rest] < near)].tolist():
        left = found.cell(int(marks[pair]), int(sizes[pair]))
        found.add(int(outer[pair]), (int(inner[pair]), left))


def _without_two(
    found: Relations, sets: Bitmaps, known: _Known, inner: Indexes, outer: Indexes, minimum: int
) -> None:
    """Take in what is left of a set without two that lie in it side by side: few, or a set."""
    order = np.argsort(outer, kind="stable")
    wholes, starts = np.unique(outer[order], return_index=True)
    for whole, start, end in zip(wholes, starts, np.append(starts, len(order))[1:], strict=True):
        children = inner[order[start:end]]
        for first in range(0, len(children), PAIRED):
            i, j = np.triu_indices(min(PAIRED, len(children) - first), 1, len(children) - first)
            i, j = children[first + i], children[first + j]
            few = sets.sizes[whole] - sets.sizes[i] - sets.sizes[j]
            i, j, few = i[few > 0], j[few > 0], few[few > 0]
            found.looked_at += len(few)
            left = sets.marks[whole : whole + 1] - sets.marks[i] - sets.marks[j]
            hits, others = known.find(left)
            for place, other in zip(hits.tolist(), others.tolist(), strict=True):
                found.add(int(whole), (int(i[place]), int(j[place]), other))
            few[hits] = minimum
            for place in np.flatnonzero(few < minimum).tolist():
                if not (sets.bits[i[place]] & sets.bits[j[place]]).any():
                    cell = found.cell(int(left[place]), int(few[place]))
                    found.add(int(whole), (int(i[place]), int(j[place]), cell))


def _families(
    found: Relations,
    sets: Bitmaps,
    known: _Known,
    inner: Indexes,
    outer: Indexes,
    families: Sequence[tuple[int, ...]],
    minimum: int,
) -> None:
    """Take in what is left of a set without the rows of a table that lie in it: few, or a set."""
    order = np.argsort(inner, kind="stable")
    starts = np.searchsorted(inner[order], np.arange(len(sets.sizes) + 1))
    for family in families:
        members = np.array([cell for cell in family if sets.sizes[cell]])
        nobody = [cell for cell in family if not sets.sizes[cell]]
        holding = [outer[order[starts[m] : starts[m + 1]]] for m in members]
        owner = np.repeat(np.arange(len(members)), list(map(len, holding)))
        wholes, where, times = np.unique(
            np.concatenate(holding), return_inverse=True, return_counts=True
        )
        found.looked_at += len(wholes)
        taken = np.zeros(len(wholes), dtype=np.uint64)
        np.add.at(taken, where, sets.marks[members[owner]])
        left = sets.marks[wholes] - taken
        few = sets.sizes[wholes] - np.bincount(where, sets.sizes[members[owner]])
        rest = dict(zip(*(each.tolist() for each in known.find(left)), strict=True))
        # What is left of a set without one other is looked for elsewhere.
        for i in np.flatnonzero((times > 1) & ((few < 2 * minimum) | _is_key(few, rest))):
            parts = members[owner[where == i]].tolist()
            parts += nobody if times[i] == len(members) else []
            if few[i]:
                parts.append(
                    rest[int(i)] if int(i) in rest else found.cell(int(left[i]), int(few[i]))
                )
            found.add(int(wholes[i]), parts)


def _is_key(like: NDArray[Any], keys: Iterable[int]) -> NDArray[np.bool_]:
    found = np.zeros(len(like), dtype=bool)
    found[list(keys)] = True
    return found


def _balanced_pairs(found: Relations, sets: Bitmaps, own: Indexes) -> None:
    """Take in two sums of two sets that are of the same persons."""
    first, second = np.triu_indices(len(own), 1)
    sums = sets.marks[own[first]] + sets.marks[own[second]]
    found.looked_at += len(sums)
    order = np.argsort(sums, kind="stable")
    same = np.flatnonzero(sums[order[1:]] == sums[order[:-1]])
    for i in same.tolist():
        left, right = ((own[first[order[k]]], own[second[order[k]]]) for k in (i, i + 1))
        found.balance([int(c) for c in left], [int(c) for c in right])


def _overlap(sets: Bitmaps, members: Sequence[int]) -> bool:
    taken = sets.bits[members[0]].copy()
    for member in members[1:]:
        if (taken & sets.bits[member]).any():
            return True
        taken |= sets.bits[member]
    return False
