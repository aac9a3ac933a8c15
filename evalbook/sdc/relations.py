"""Which sets of persons follow from others: the mathematics of what is published together.

Persons whom the same sets hold form an *atom*. A set is a row of zeros and ones over the atoms,
and its size follows from the sizes of others if its row lies in the span of theirs.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

EXACT = 1e-7


@dataclass
class Sets:
    """Sets of persons, each kept once.

    A sum over persons is the set of pairs of a person and what this one contributes; the pair is
    an element like a person is.
    """

    members: list[NDArray[np.int64]] = field(default_factory=list)
    _places: dict[bytes, int] = field(default_factory=dict)

    def add(self, persons: NDArray[np.int64], amounts: NDArray[np.float64] | None = None) -> int:
        """Take a set, or a sum, in and return its place."""
        elements = np.unique(persons) if amounts is None else _pairs(persons, amounts)
        digest = hashlib.blake2b(elements.tobytes(), digest_size=16).digest()
        place = self._places.setdefault(digest, len(self.members))
        if place == len(self.members):
            self.members.append(elements)
        return place

    def incidence(self, places: Iterable[int]) -> NDArray[np.float64]:
        """Return a row per set and a column per atom."""
        chosen = [self.members[place] for place in places]
        elements, where = np.unique(np.concatenate([*chosen, []]), return_inverse=True)
        owner = np.repeat(np.arange(len(chosen)), [len(each) for each in chosen])
        rng = np.random.default_rng(0)
        marks = rng.integers(1, 2**62, len(chosen), dtype=np.int64)
        signature = np.zeros(len(elements), dtype=np.int64)
        np.add.at(signature, where, marks[owner])
        _, first, atom = np.unique(signature, return_index=True, return_inverse=True)
        found = np.zeros((len(chosen), len(first)))
        found[owner, atom[where]] = 1
        return found


def spanned(sets: Sets, shown: Collection[int], secret: Collection[int]) -> set[int]:
    """Find shown sets from which the size of a secret one follows exactly; none if none does."""
    targets = [place for place in sorted(secret) if len(sets.members[place])]
    if direct := set(targets) & set(shown):
        return {min(direct)}
    rows = sorted(shown)
    if not rows or not targets:
        return set()
    matrix = sets.incidence([*rows, *targets])
    known, wanted = matrix[: len(rows)], matrix[len(rows) :]
    weights = np.linalg.lstsq(known.T, wanted.T, rcond=None)[0]
    missed = np.abs(known.T @ weights - wanted.T).max(axis=0)
    for column in np.flatnonzero(missed < EXACT):
        return {rows[i] for i in np.flatnonzero(np.abs(weights[:, column]) > EXACT)}
    return set()


def _pairs(persons: NDArray[np.int64], amounts: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return an element for each person who contributes, by person and amount: below zero."""
    each, where = np.unique(persons, return_inverse=True)
    total = np.bincount(where, amounts, minlength=len(each))
    kept = total != 0
    mixed = each[kept].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= np.round(total[kept], 6).view(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return np.unique((mixed | np.uint64(2**63)).view(np.int64))
