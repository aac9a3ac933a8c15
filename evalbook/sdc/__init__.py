"""Disclosure control: results on too few persons are hidden and cannot be worked out.

Tables of persons (`persons_frame`) become tidy tables of results (`protected`), whose `ledger`
keeps the sets of persons behind each row (`partition`). `thresholds` says what is too few,
`relations` finds what adds up, `secondary` hides what would reveal others, `equations` and `leaks`
do so for all themes and checkpoints, `protection` keeps what notebooks leave for that, and a
`secret` decides among near-equal choices. `rounding` is the other way to protect counts. `outputs`
and `prose` read executed notebooks.
"""

from evalbook.sdc.persons_frame import Persons, PersonsColumn
from evalbook.sdc.thresholds import FLOOR, HIDDEN, MINIMUM

__all__ = ["FLOOR", "HIDDEN", "MINIMUM", "Persons", "PersonsColumn"]
