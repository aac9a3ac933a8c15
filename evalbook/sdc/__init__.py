"""Disclosure control: results on too few persons are hidden and cannot be worked out.

`rules` says what is too few, `cells` which counts are tied together by sums, `suppress` what else
has to be hidden, `attack` what an outsider can infer, `sdc` puts a notebook's counts through all
of them, and `audit` attacks a whole edition. `outputs` reads executed notebooks.
"""

from evalbook.sdc.thresholds import FLOOR, HIDDEN, MINIMUM, SafeShare

__all__ = ["FLOOR", "HIDDEN", "MINIMUM", "SafeShare"]
