"""What a notebook publishes about persons, with the persons behind it: private, and never shown."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalbook.errors import DisclosureError
from evalbook.files import private_file
from evalbook.sdc.equations import WEEKS, Edition, families
from evalbook.sdc.partition import Partition, pairs
from evalbook.sdc.thresholds import DOMINANCE, MINIMUM

Status = Literal["", "too-few", "protects-others"]
SHOWN: Final = ""
TOO_FEW: Final = "too-few"
PROTECTS: Final = "protects-others"


@dataclass(frozen=True)
class Row:
    """One published result: a row of a tidy table.

    Parameters
    ----------
    name : str
        As messages name it: `targets: role = method, target = time-in-activity`. One name, one
        group of persons and one measure.
    sets : mapping
        What the row gives away, and the persons (column `person`) that each counts, in any order:

        - `n`, the group that the row tells of: always. A person may be in it several times, if
          spells are counted;
        - `yes`, those of the group who are counted in the numerator of a share: its complement
          follows, and few, nobody or everybody is too few;
        - `said` in place of `yes`, those who said something: nobody or at least the minimum. The
          others, `unsaid`, are no group of their own and may be few. That all who said one thing
          said another is known to nobody, so that these sets add up only as the rows do;
        - `events`, on which a rate, a term of a model or a step of a curve rests: at least the
          minimum;
        - any other, such as the `lost` of a step: nobody or at least the minimum.
    weeks : mapping, optional
        Where sums are published (a share of time, a mean): what each person of `n` contributes, in
        the order of `sets["n"]`: `yes` to the numerator and `n` to the denominator. `n` may be
        left out where every person counts once.
    """

    name: str
    sets: Mapping[str, ArrayLike]
    weeks: Mapping[str, ArrayLike] | None = None


@dataclass
class Entry:
    """A published row, as the ledger remembers it.

    Attributes
    ----------
    table : int
        Which call published it.
    parts : dict
        What it tells if it is shown, to the set, or the sum, by its place in the ledger.
    secret : tuple of int
        The sets and sums that nobody may work out.
    """

    name: str
    table: int
    parts: dict[str, int]
    secret: tuple[int, ...]
    status: Status


@dataclass(frozen=True)
class _Told:
    """A table that was published: marks of its sets and of what they make up, and its rows."""

    marks: frozenset[int]
    names: Collection[str]
    few: bool


@dataclass
class Ledger:
    """Decides, row after row, what may be shown; what was shown stays shown.

    Parameters
    ----------
    minimum : int
        The least number of persons that a result may rest on.
    hidden : collection of str
        Names of rows to hide in any case: what an audit of the whole edition found.
    secret : bytes
        Decides among near-equal choices, so that who knows the rule cannot tell why a row is
        hidden. The same secret makes the same choices.
    rounding : int
        What counts are rounded to before shares are made of them (`rounding.rounded`); 0 if they
        are not. What is rounded does not add up, so no row is hidden for another's sake, but for
        sums of weeks, which are not rounded.
    audited : bool
        Whether an audit of the whole edition follows, which finds at once what has to be hidden for
        others' sake; then only what is too few and what is `hidden` is hidden here.

    Attributes
    ----------
    entries : dict
        What was published, by name.
    sets : Partition
        The sets of persons, and the sums over persons, that the rows tell or keep secret.
    looked_at : int
        How many combinations of sets were looked at.
    """

    minimum: int = MINIMUM
    hidden: Iterable[str] = ()
    secret: bytes = field(default=b"", repr=False)
    rounding: int = 0
    audited: bool = False
    entries: dict[str, Entry] = field(default_factory=dict, init=False, repr=False)
    sets: Partition = field(default_factory=Partition, init=False, repr=False)
    looked_at: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        self.hidden = frozenset(self.hidden)
        self._tables = 0
        self._told: list[_Told] = []
        self._lost: set[int] = set()

    def publish(self, rows: Iterable[Row]) -> list[Status]:
        """Decide which rows of a table are shown.

        Returns
        -------
        list of str
            For each row `""` if it is shown, `too-few` if it rests on too few persons, and
            `protects-others` if a row that does could be worked out from it.

        Raises
        ------
        DisclosureError
            If a name was published before, of other persons.
        """
        given = list(rows)
        zeros = _allowed_zeros(given)
        new: list[str] = []
        for row in given:
            entry = self._entry(row, zero_allowed=row.name in zeros)
            before = self.entries.setdefault(entry.name, entry)
            if before is entry:
                new.append(entry.name)
            elif self._marks(before) != self._marks(entry):
                raise DisclosureError(
                    f"'{row.name}' was published before, of other persons",
                    remedy="Give results that are not the same different names",
                )
        self._tables += 1
        if new and not self.audited:
            self._protect(frozenset(new))
        return [self.entries[row.name].status for row in given]

    def save(self, path: Path) -> None:
        """Write the ledger to a file that only its owner may read."""
        about = {
            "minimum": self.minimum,
            "rounding": self.rounding,
            "entries": [
                [e.name, e.table, e.parts, e.secret, e.status] for e in self.entries.values()
            ],
        }
        kept: dict[str, Any] = {
            "about": np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
            "elements": self.sets.elements,
            "atoms": self.sets.atoms,
            "held": self.sets.held,
            "sizes": np.array(self.sets.sizes, dtype=np.int64),
            "marks": np.array(self.sets.marks, dtype=np.uint64),
            "alone": np.array(self.sets.alone, dtype=bool),
        }
        with private_file(path) as file:
            np.savez_compressed(file, allow_pickle=False, **kept)

    @classmethod
    def load(cls, path: Path) -> "Ledger":
        """Read a ledger that `save` has written, to audit it."""
        with np.load(path, allow_pickle=False) as kept:
            about = json.loads(kept["about"].tobytes())
            ledger = cls(about["minimum"], rounding=about["rounding"])
            ledger.sets = Partition(
                *(kept[name] for name in ("elements", "atoms", "held")),
                *(kept[name].tolist() for name in ("sizes", "marks", "alone")),
            )
        for name, table, parts, secret, status in about["entries"]:
            ledger.entries[name] = Entry(name, table, parts, tuple(secret), status)
        return ledger

    def _entry(self, row: Row, *, zero_allowed: bool) -> Entry:
        n = np.asarray(row.sets["n"], dtype=np.int64)
        sets = {key: np.unique(np.asarray(ids, dtype=np.int64)) for key, ids in row.sets.items()}
        whole = len(sets["n"])
        if "yes" in sets:
            sets["no"] = np.setdiff1d(sets["n"], sets["yes"], assume_unique=True)
        few = [
            key
            for key, persons in sets.items()
            if self._too_few(key, len(persons), whole, zero_allowed=zero_allowed)
        ]
        # A part that everybody is in is not the whole to an outsider, who does not know it.
        parts = {
            key: self.sets.add(persons, alone=key != "n" and len(persons) == whole)
            for key, persons in sets.items()
        }
        for key, amounts in _amounts(n, row.weeks).items():
            parts[WEEKS + key] = self.sets.add(pairs(n, amounts))
            if self._few_behind(amounts):
                few.append(WEEKS + key)
        secret = tuple(dict.fromkeys(parts[key] for key in few))
        status: Status = TOO_FEW if secret else PROTECTS if row.name in self.hidden else SHOWN
        return Entry(row.name, self._tables, parts, secret, status)

    def _too_few(self, key: str, size: int, n: int, *, zero_allowed: bool) -> bool:
        if key == "unsaid":
            return False
        if 0 < size < self.minimum:
            return True
        if key in {"yes", "no"}:
            return size == 0 < n and not (key == "yes" and zero_allowed)
        return key == "events" and size == 0

    def _few_behind(self, amounts: NDArray[np.float64]) -> bool:
        ordered = np.sort(amounts[amounts > 0])
        return len(ordered) < self.minimum or bool(ordered[-2:].sum() > DOMINANCE * ordered.sum())

    def _marks(self, entry: Entry) -> dict[str, int]:
        return {key: self.sets.marks[place] for key, place in entry.parts.items()}

    def _protect(self, new: Collection[str]) -> None:
        """Hide, of the new rows, those from which secret sets of the same persons follow.

        What else follows is for the audit of the whole edition, which looks at everything.
        """
        marks = self._marks_of(new)
        few = any(self.entries[name].secret for name in new)
        near = [each for each in self._told if each.marks & marks and (few or each.few)]
        self._told.append(_Told(marks, new, few=few))
        if not (few or near):
            return
        names = {name for each in near for name in each.names} | set(new)
        edition = Edition.of({("", ""): self}, names)
        self.looked_at += edition.relations.looked_at
        for _, _, name in edition.to_hide(
            self.secret,
            lambda key: 1.0 if key[2] in new else np.inf,
            self._lost,
        ):
            self.entries[name].status = PROTECTS

    def _marks_of(self, names: Collection[str]) -> frozenset[int]:
        """Return the marks of a table's sets, and of what its rows make up."""
        table = {("", "", name): self.entries[name].parts for name in names}
        marks = np.array(self.sets.marks, dtype=np.uint64)
        alone = {at for parts in table.values() for at in parts.values() if self.sets.sizes[at]}
        unions = {int(marks[[*family]].sum(dtype=np.uint64)) for family in families([table])}
        return frozenset({self.sets.marks[at] for at in alone} | unions)


def _amounts(
    n: NDArray[np.int64], weeks: Mapping[str, ArrayLike] | None
) -> dict[str, NDArray[np.float64]]:
    if weeks is None:
        return {} if len(np.unique(n)) == len(n) else {"n": np.ones(len(n))}
    amounts = {key: np.asarray(each, dtype=np.float64) for key, each in weeks.items()}
    whole = amounts.get("n", np.ones(len(n)))
    return amounts | {"no": whole - amounts["yes"]} if "yes" in amounts else amounts


def _allowed_zeros(rows: Sequence[Row]) -> set[str]:
    """Find the shares of nobody that are harmless: of a group that other shares of it divide up."""
    groups: dict[bytes, list[Row]] = {}
    for row in rows:
        if "yes" in row.sets and row.weeks is None:
            groups.setdefault(np.unique(np.asarray(row.sets["n"])).tobytes(), []).append(row)
    found: set[str] = set()
    for group in groups.values():
        parts = [np.unique(np.asarray(row.sets["yes"], dtype=np.int64)) for row in group]
        whole = np.unique(np.asarray(group[0].sets["n"]))
        occupied = sum(len(part) > 0 for part in parts)
        if occupied > 1 and sum(map(len, parts)) == len(whole) == len(
            np.unique(np.concatenate(parts))
        ):
            found |= {row.name for row, part in zip(group, parts, strict=True) if not len(part)}
    return found
