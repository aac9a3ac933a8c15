"""What follows from all that is published together: every theme at every checkpoint.

A notebook's ledger knows its own rows. Here the ledgers of all notebooks lie side by side, and what
has to be hidden besides is named; the notebooks concerned run again with it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import inf
from typing import Final, NamedTuple

from evalbook.sdc.equations import Edition, Key
from evalbook.sdc.ledger import PROTECTS, SHOWN, TOO_FEW, Ledger

# How much more it costs, per checkpoint since, to hide what has been published before.
PUBLISHED_BEFORE: Final = 5.0


class Leak(NamedTuple):
    """A row to hide, and why; never a value."""

    checkpoint: str
    theme: str
    row: str
    reason: str


class Leaks(NamedTuple):
    """What an audit found.

    Attributes
    ----------
    rows : list of Leak
        What has to be hidden; then nothing can be worked out, but for what is `lost`.
    lost : list of (str, str, str)
        Checkpoint, theme and name of rows that can be worked out from what must stay shown.
    """

    rows: list[Leak]
    lost: list[Key]


def find_leaks(
    ledgers: Mapping[tuple[str, str], Ledger],
    secret: bytes = b"",
    fixed: Collection[tuple[str, str]] = (),
) -> Leaks:
    """Find which rows have to be hidden besides, so that nothing secret can be worked out.

    Parameters
    ----------
    ledgers : mapping
        Checkpoint and theme to its ledger; checkpoints sort by date.
    secret : bytes
        Decides among near-equal choices.
    fixed : collection
        Checkpoints and themes whose rows stay as they are.

    Returns
    -------
    Leaks
        What earlier checkpoints have shown stays shown where later ones can be hidden instead.
    """
    if not ledgers:
        return Leaks([], [])
    order = {name: place for place, name in enumerate(sorted({c for c, _ in ledgers}))}
    last = len(order) - 1

    def cost(key: Key) -> float:
        return inf if key[:2] in fixed else 1 + PUBLISHED_BEFORE * (last - order[key[0]])

    edition, lost = Edition.of(ledgers), set[int]()
    found = edition.to_hide(secret, cost, lost)
    keys = {edition.relations.marks[cell]: key for cell, key in edition.secret.items()}
    return Leaks(
        [Leak(*row, _reason(revealed)) for row, revealed in found.items()],
        [keys[mark] for mark in lost if mark in keys],
    )


def _reason(revealed: Key | None) -> str:
    if revealed is None:
        return "few persons would be left when others are taken from a group"
    checkpoint, theme, row = revealed
    return f"'{row}' ({theme}, {checkpoint}) could be worked out"


@dataclass(frozen=True)
class Counts:
    """How many rows are shown, hidden for their own size, and hidden for others' sake."""

    shown: int
    too_few: int
    protect_others: int


def report_counts(ledgers: Mapping[tuple[str, str], Ledger]) -> Counts:
    """Count the rows of ledgers by what became of them."""
    found = [entry.status for ledger in ledgers.values() for entry in ledger.entries.values()]
    return Counts(*(found.count(status) for status in (SHOWN, TOO_FEW, PROTECTS)))
