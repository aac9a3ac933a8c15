"""Disclosure control: results on too few persons are hidden and cannot be worked out.

`rules` says what is too few, `cells` which counts are tied together by sums, `suppress` what else
has to be hidden, `attack` what an outsider can infer, `sdc` puts a notebook's counts through all
of them, and `audit` attacks a whole edition. `outputs` reads executed notebooks.

Tables of `persons` go another way, which trusts no names: a `ledger` keeps the sets of persons
behind each row (`partition`), `relations` finds what adds up, `secondary` hides what would reveal
others, `leaks` does so for an `edition` of all themes and checkpoints, and a `secret` decides among
near-equal choices. `rounding` is the other way to protect counts.
"""

from evalbook.sdc.thresholds import FLOOR, HIDDEN, MINIMUM, SafeShare

__all__ = ["FLOOR", "HIDDEN", "MINIMUM", "SafeShare"]
