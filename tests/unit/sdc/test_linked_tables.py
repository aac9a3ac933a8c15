"""Random linked tables with relations that nobody declares, attacked by integer programming."""

import numpy as np
import pytest

from evalbook.sdc.ledger import Ledger, Row
from tests.lib.linked_tables import attack, draw, protected

MINIMUM = 5


# The last were found by attacking many more.
@pytest.mark.parametrize("seed", [*range(12), *([2007, place] for place in (6, 50, 101, 200))])
def test_no_small_count_can_be_worked_out(seed):
    linked = draw(np.random.default_rng(seed))
    ledger = protected(linked, MINIMUM, b"secret")
    shown = {entry.name for entry in ledger.entries.values() if not entry.status}
    found = attack(linked, shown, MINIMUM)
    assert found.open == 0
    assert [key for key, (low, high) in found.ranges.items() if high - low < MINIMUM] == []


def test_the_attack_succeeds_where_only_few_are_hidden():
    recovered = 0
    for seed in range(12):
        linked = draw(np.random.default_rng(seed))
        ledger = Ledger(MINIMUM, rounding=1)
        for table in linked.tables:
            ledger.publish(table)
        shown = {entry.name for entry in ledger.entries.values() if not entry.status}
        found = attack(linked, shown, MINIMUM)
        recovered += found.open + sum(low == high for low, high in found.ranges.values())
    assert recovered >= 5


def test_who_knows_the_rule_cannot_tell_which_of_four_counts_are_small():
    """Of all lines that could be behind what is seen, several are hidden alike by some secret."""
    for counts in ([4, 4, 9, 0], [5, 6, 4, 3], [7, 3, 9, 12]):
        seen = _line(counts, b"secret")
        hidden = [k for k, shown in enumerate(seen) if shown is None]
        rest = sum(counts) - sum(n for n in seen if n is not None)
        possible = set()
        for secret in range(40):
            for first in range(rest + 1):
                if len(hidden) == 2:
                    other = list(counts)
                    other[hidden[0]], other[hidden[1]] = first, rest - first
                    if _line(other, bytes([secret])) == seen:
                        possible.add(first)
        if len(hidden) == 2:
            assert max(possible) - min(possible) >= 2, counts


def _line(counts, secret):
    ends = np.cumsum([0, *counts])
    rows = [Row(f"line: k = {k}", {"n": np.arange(ends[k], ends[k + 1])}) for k in range(4)]
    rows.append(Row("line", {"n": np.arange(ends[-1])}))
    found = Ledger(MINIMUM, secret=secret).publish(rows)
    return [None if status else count for count, status in zip(counts, found[:4], strict=True)]
