"""Disclosure control: results on too few persons are hidden and cannot be worked out.

`thresholds` says what is too few, `cells` and `ties` which counts are tied together by sums,
`suppress` what else has to be hidden, `attack` what an outsider can infer, `control` puts a
notebook's counts through all of them, and `audit` attacks a whole edition. `outputs` and `prose`
read executed notebooks.

A second way, which trusts no names, is built and not yet used by notebooks: tables of persons
(`persons_frame`), whose `ledger` keeps the sets of persons behind each row (`partition`).
`relations` finds what adds up, `secondary` hides what would reveal others, `equations` and `leaks`
do so for all themes and checkpoints, and a `secret` decides among near-equal choices. `rounding`
is the other way to protect counts.
"""

from evalbook.sdc.persons_frame import Persons, PersonsColumn
from evalbook.sdc.thresholds import FLOOR, HIDDEN, MINIMUM, SafeShare

__all__ = ["FLOOR", "HIDDEN", "MINIMUM", "Persons", "PersonsColumn", "SafeShare"]
