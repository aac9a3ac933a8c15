"""Sets of persons, kept as the finest groups that they divide the persons into.

Persons whom the same sets hold form an *atom*. A set is the atoms in it, so that half a million
persons and hundreds of sets take little room, and sets of several notebooks can be laid side by
side.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

WORD = 64
ONE = np.uint64(1)


@dataclass
class Partition:
    """Sets of elements, and the atoms that they divide these into.

    An element is a person, or a person with what this one contributes to a sum (`pairs`).

    Attributes
    ----------
    elements : ndarray of int64
        All elements, in order.
    atoms : ndarray of int32, shape (elements,)
        Each element's atom; atom 0 is in no set.
    held : ndarray of uint64, shape (atoms, words)
        A bit for each set that an atom is in.
    sizes : list of int
        Elements in each set.
    marks : list of int
        A number for each set: the sum of a fixed random number for each element, modulo 2**64.
        What adds up in sets adds up in marks, and hardly anything else does.
    alone : list of bool
        Whether a set is to be told apart from others with the same elements.
    """

    elements: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    atoms: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    held: NDArray[np.uint64] = field(default_factory=lambda: np.zeros((1, 1), dtype=np.uint64))
    sizes: list[int] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    alone: list[bool] = field(default_factory=list)
    _places: dict[int, int] = field(default_factory=dict)

    def add(self, members: NDArray[np.int64], *, alone: bool = False) -> int:
        """Take a set in and return its place; a set that is there already keeps it.

        Parameters
        ----------
        members : ndarray of int64
            Its elements, each once, in order.
        alone : bool
            Whether it is to be told apart from others of the same elements, as sets without any
            always are.
        """
        mark = int(marked(members).sum(dtype=np.uint64))
        alone = alone or not len(members)
        place = None if alone else self._places.get(mark)
        if place is None:
            place = len(self.sizes)
            self.sizes.append(len(members))
            self.marks.append(mark)
            self.alone.append(alone)
            if not alone:
                self._places[mark] = place
            self._refine(members, place)
        return place

    def bits(self) -> NDArray[np.uint64]:
        """Return a row for each set with a bit for each atom in it."""
        return transposed(self.held, len(self.sizes))

    def _refine(self, members: NDArray[np.int64], place: int) -> None:
        where = np.searchsorted(self.elements, members)
        inside = where < len(self.elements)
        inside[inside] = self.elements[where[inside]] == members[inside]
        if not inside.all():
            self._append(members[~inside])
            where = np.searchsorted(self.elements, members)
        if place // WORD >= self.held.shape[1]:
            self.held = np.pad(self.held, ((0, 0), (0, self.held.shape[1])))
        touched = self.atoms[where]
        count = np.bincount(touched, minlength=len(self.held))
        split = (count > 0) & (count < np.bincount(self.atoms, minlength=len(self.held)))
        # Nobody is ever made a member of atom 0.
        split[0] = count[0] > 0
        renamed = np.arange(len(self.held), dtype=np.int32)
        renamed[split] = len(self.held) + np.arange(split.sum(), dtype=np.int32)
        self.held = np.concatenate([self.held, self.held[split]])
        self.atoms[where] = renamed[touched]
        self.held[renamed[count > 0], place // WORD] |= ONE << np.uint64(place % WORD)

    def _append(self, new: NDArray[np.int64]) -> None:
        both = np.concatenate([self.elements, new])
        order = np.argsort(both, kind="stable")
        self.elements = both[order]
        self.atoms = np.concatenate([self.atoms, np.zeros(len(new), dtype=np.int32)])[order]


def joined(partitions: Sequence[Partition]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Lay the sets of several partitions side by side.

    Returns
    -------
    bits : ndarray of uint64, shape (sets, words)
        All sets, partition after partition, with a bit for each atom that all of them make.
    elements : ndarray of int64, shape (atoms,)
        How many elements each atom has.
    """
    everybody = np.unique(np.concatenate([each.elements for each in partitions]))
    signature = np.zeros(len(everybody), dtype=np.uint64)
    where = [np.searchsorted(everybody, each.elements) for each in partitions]
    rng = np.random.default_rng(2007)
    for each, place in zip(partitions, where, strict=True):
        drawn = rng.integers(0, 2**64, len(each.held), dtype=np.uint64)
        signature[place] += drawn[each.atoms]
    _, first, sizes = np.unique(signature, return_index=True, return_counts=True)
    rows = []
    for each, place in zip(partitions, where, strict=True):
        own = np.zeros(len(everybody), dtype=np.int32)
        own[place] = each.atoms
        rows.append(transposed(each.held[own[first]], len(each.sizes)))
    return np.concatenate(rows), sizes


def transposed(held: NDArray[np.uint64], sets: int) -> NDArray[np.uint64]:
    """Turn bits of sets by atom into bits of atoms by set."""
    atoms = len(held)
    found = np.zeros((sets, -(-atoms // WORD)), dtype=np.uint64)
    for start in range(0, sets, WORD):
        word = np.ascontiguousarray(held[:, start // WORD]).view(np.uint8).reshape(atoms, 8)
        columns = np.unpackbits(word, axis=1, bitorder="little")[:, : sets - start]
        packed = np.packbits(columns.T, axis=1, bitorder="little")
        padded = np.zeros((packed.shape[0], found.shape[1] * 8), dtype=np.uint8)
        padded[:, : packed.shape[1]] = packed
        found[start : start + WORD] = padded.view(np.uint64)
    return found


def pairs(persons: NDArray[np.int64], amounts: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return an element for each person who contributes to a sum, by person and amount."""
    each, where = np.unique(persons, return_inverse=True)
    total = np.round(np.bincount(where, amounts, minlength=len(each)), 6)
    kept = total != 0
    mixed = marked(each[kept]) ^ marked(total[kept].view(np.int64) + 1)
    return np.unique((mixed | np.uint64(2**63)).view(np.int64))


def marked(members: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return a fixed random number for each element (Steele, Lea & Flood 2014: SplitMix)."""
    mixed = members.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(
        0x9E3779B97F4A7C15
    )
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))
