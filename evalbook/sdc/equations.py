"""What is published together: the rows of several ledgers over one set of persons."""

import itertools
import re
from collections.abc import Callable, Collection, Iterator, Mapping, MutableSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from evalbook.sdc.partition import joined
from evalbook.sdc.relations import Bitmaps, Relations, find_relations
from evalbook.sdc.secondary import Outsider, Publication
from evalbook.sdc.secret import drawn

if TYPE_CHECKING:
    from evalbook.sdc.ledger import Entry, Ledger

# Checkpoint, theme and the row's name.
Key = tuple[str, str, str]
DIMENSION: Final = re.compile(r"\s*,\s*(?=[^,=]+\s=\s)")
WEEKS: Final = "weeks "
# What divides a group up, and the sets that are told by others or by the rows' names.
COMPLEMENTS: Final = {"yes": "no", "said": "unsaid"}
DERIVED: Final = frozenset({"no", "said", "unsaid"})
# A family is looked for along up to this many dimensions at once.
VARIED: Final = 2


@dataclass
class Edition:
    """The rows of ledgers, with each set once.

    Attributes
    ----------
    ledgers : mapping
        By checkpoint and theme.
    rows : dict
        Each row's sets by what they tell.
    secret : dict
        Sets that nobody may work out, to the first row that keeps them.
    relations : Relations
        What adds up.
    """

    ledgers: "Mapping[tuple[str, str], Ledger]"
    rows: dict[Key, dict[str, int]]
    secret: dict[int, Key]
    relations: Relations

    @classmethod
    def of(
        cls, ledgers: "Mapping[tuple[str, str], Ledger]", only: Collection[str] | None = None
    ) -> "Edition":
        """Lay ledgers side by side and find what adds up; among some rows only, by name."""
        bits, _ = joined([ledger.sets for ledger in ledgers.values()])
        sizes = np.concatenate([ledger.sets.sizes for ledger in ledgers.values()]).astype(np.int64)
        marks = np.concatenate(
            [np.array(ledger.sets.marks, dtype=np.uint64) for ledger in ledgers.values()]
        )
        alone = np.concatenate([ledger.sets.alone for ledger in ledgers.values()]).astype(bool)
        # The same set in several ledgers is one cell; sets that are told apart stay so.
        names = np.where(alone | (sizes == 0), np.arange(len(sizes)), -1)
        label = np.zeros(len(sizes), dtype=[("mark", np.uint64), ("name", np.int64)])
        label["mark"], label["name"] = marks, names
        _, first, cell = np.unique(label, return_index=True, return_inverse=True)
        rows: dict[Key, dict[str, int]] = {}
        secret: dict[int, Key] = {}
        start = 0
        for place, ledger in ledgers.items():
            for entry in ledger.entries.values():
                if only is not None and entry.name not in only:
                    continue
                key = (*place, entry.name)
                # Rounded counts follow from nothing, and nothing from them; sums are exact.
                parts = {
                    part: int(cell[start + at])
                    for part, at in entry.parts.items()
                    if not ledger.rounding or part.startswith(WEEKS)
                }
                rows[key] = parts
                for at in entry.secret:
                    if (told := int(cell[start + at])) in parts.values():
                        secret.setdefault(told, key)
            start += len(ledger.sets.sizes)
        if only is not None:
            tells = {int(at) for parts in rows.values() for at in parts.values()}
            used = np.array(sorted(tells), dtype=np.intp)
            place_of = dict(zip(used.tolist(), range(len(used)), strict=True))
            rows = {key: {p: place_of[at] for p, at in each.items()} for key, each in rows.items()}
            secret = {place_of[at]: key for at, key in secret.items()}
            first = first[used]
        sets = Bitmaps(bits[first], sizes[first], marks[first])
        tables = _tables(ledgers, rows)
        complements = [
            (parts["n"], parts[yes], parts[no])
            for parts in rows.values()
            for yes, no in COMPLEMENTS.items()
            if yes in parts
        ]
        unsearched, searched = (
            {at for row in rows.values() for part, at in row.items() if (part in DERIVED) == wanted}
            for wanted in (True, False)
        )
        derived = unsearched - searched
        apart = np.flatnonzero(alone[first])
        found = cls(ledgers, rows, secret, Relations([], []))
        found.relations = find_relations(
            sets, families(tables), complements, found.minimum, derived, apart
        )
        found._tell_copies()
        return found

    def _tell_copies(self) -> None:
        """Let rows tell what a table makes up whose rows are all nobody but one."""
        telling: dict[int, list[Key]] = {}
        for key, parts in self.rows.items():
            for cell in parts.values():
                telling.setdefault(cell, []).append(key)
        for copy, family in self.relations.copies.items():
            tables = {self._table(key) for cell in family for key in telling[cell][:1]}
            for cell in family:
                if self.relations.sizes[cell]:
                    own = next((k for k in telling[cell] if self._table(k) in tables), None)
                    for key in telling[cell]:
                        if key != own:
                            self.rows[key][f"whole {copy}"] = copy

    def _table(self, key: Key) -> tuple[str, str, int]:
        return (*key[:2], self.entry(key).table)

    def entry(self, key: Key) -> "Entry":
        """Return the ledger's entry of a row."""
        return self.ledgers[key[:2]].entries[key[2]]

    def to_hide(
        self,
        secret: bytes,
        cost: Callable[[Key], float],
        lost: MutableSet[int] | None = None,
    ) -> dict[Key, Key | None]:
        """Choose which shown rows to hide so that nothing secret can be worked out.

        Parameters
        ----------
        cost : callable
            What it costs to hide a row, infinite if it must stay shown; among near-equal choices
            the secret decides.
        lost : set of int, optional
            Marks of secret sets that follow from what must stay shown, which nothing helps; takes
            more in.

        Returns
        -------
        dict
            The rows to hide, each with the row that it would reveal; None for persons who are
            left when others are taken from a group, and are in no row.
        """
        shown = [key for key in self.rows if not self.entry(key).status]
        published = [
            Publication(
                tuple(set(self.rows[key].values())),
                cost(key) * self._missed(key) * (1 + drawn(secret, *key)),
            )
            for key in shown
        ]
        outsider = Outsider(self.relations, published, self.minimum)
        marks, lost = self.relations.marks, set() if lost is None else lost
        few = {cell for cell, size in enumerate(self.relations.sizes) if 0 < size < self.minimum}
        unsaid = {parts["unsaid"] for parts in self.rows.values() if "unsaid" in parts}
        targets = [cell for cell in {*self.secret, *(few - unsaid)} if marks[cell] not in lost]
        found = outsider.protect(targets, lambda cell: (drawn(secret, str(marks[cell])), cell))
        lost |= {marks[cell] for cell in found if marks[cell]}
        return {shown[row]: self.secret.get(cell) for row, cell in outsider.hidden.items()}

    def _missed(self, key: Key) -> float:
        """Say how much a row is missed: one that tells of many more than one that tells of few."""
        parts = self.rows[key]
        told = parts.get("yes", parts.get("n"))
        return 5 + (0 if told is None else self.relations.sizes[told] ** 0.5)

    @property
    def minimum(self) -> int:
        """The least number of persons that a result may rest on."""
        return max(ledger.minimum for ledger in self.ledgers.values())


Table = dict[Key, dict[str, int]]


def _tables(
    ledgers: "Mapping[tuple[str, str], Ledger]", rows: Mapping[Key, dict[str, int]]
) -> list[Table]:
    tables: dict[tuple[str, str, int], Table] = {}
    for key, parts in rows.items():
        table = ledgers[key[:2]].entries[key[2]].table
        tables.setdefault((*key[:2], table), {})[key] = parts
    return list(tables.values())


def families(tables: list[Table]) -> Iterator[list[int]]:
    """Give the groups of rows that may divide persons up: alike but for one dimension or two.

    Where names tell no dimensions, those of a table that have everybody in common, and all.
    """
    for table in tables:
        parts = dict.fromkeys(part for found in table.values() for part in found)
        for part in parts:
            yield [found[part] for found in table.values() if part in found]
        by_group: dict[int, list[int]] = {}
        for found in table.values():
            if "yes" in found:
                by_group.setdefault(found["n"], []).append(found["yes"])
        yield from by_group.values()
        named = {key: dimensions(key[2]) for key in table}
        names = dict.fromkeys(name for found in named.values() for name in found)
        for count in range(1, VARIED + 1):
            for varied in itertools.combinations(names, count):
                for part in parts:
                    groups: dict[tuple[tuple[str, str], ...], list[int]] = {}
                    for key, found in table.items():
                        if part in found and set(varied) <= named[key].keys():
                            rest = tuple(i for i in named[key].items() if i[0] not in varied)
                            groups.setdefault(rest, []).append(found[part])
                    yield from groups.values()


def dimensions(name: str) -> dict[str, str]:
    """Read the dimensions of a row from its name: `targets: role = method, target = education`."""
    _, _, told = name.partition(": ")
    pairs = (part.split(" = ", 1) for part in DIMENSION.split(told) if " = " in part)
    return {pair[0].strip(): pair[1].strip() for pair in pairs}
