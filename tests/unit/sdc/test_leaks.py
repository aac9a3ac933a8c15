"""What follows from all themes and checkpoints together."""

import re

import numpy as np

from evalbook.sdc.leaks import find_leaks, report_counts
from evalbook.sdc.ledger import Ledger, Row

FIRST, SECOND = ("2008-01", "target-group"), ("2008-03", "target-group")


def ids(count, start=0):
    return np.arange(start, start + count)


def run(tables, hidden=()):
    """Publish rows by checkpoint and theme, again as long as anything follows."""
    hidden = {place: set() for place in tables}
    rounds = 0
    while True:
        ledgers = {}
        for place, rows in tables.items():
            ledgers[place] = Ledger(5, hidden[place], b"secret", audited=True)
            ledgers[place].publish(rows)
        leaks = find_leaks(ledgers, b"secret").rows
        if not leaks:
            return ledgers, rounds
        rounds += 1
        for leak in leaks:
            hidden[leak.checkpoint, leak.theme].add(leak.row)


def test_one_audit_finds_all_that_has_to_be_hidden_in_a_table():
    sizes = {"a": 40, "b": 30, "c": 20, "d": 3}
    ends = dict(zip(sizes, np.cumsum(list(sizes.values())), strict=True))
    rows = [Row(f"t: k = {k}", {"n": np.arange(ends[k] - n, ends[k])}) for k, n in sizes.items()]
    ledgers, rounds = run({FIRST: [*rows, Row("t", {"n": ids(93)})]})
    assert rounds == 1
    assert len(shown(ledgers, FIRST)) == 3


def shown(ledgers, place):
    return {entry.name for entry in ledgers[place].entries.values() if not entry.status}


def exits(count):
    return [Row("exits: outcome = pension", {"n": ids(500), "yes": ids(count)})]


def test_the_few_who_left_between_two_checkpoints_cannot_be_told():
    ledgers, rounds = run({FIRST: exits(40), SECOND: exits(43)})
    assert rounds == 1
    assert shown(ledgers, FIRST) and not shown(ledgers, SECOND)


def test_enough_who_left_may_be_told():
    ledgers, rounds = run({FIRST: exits(40), SECOND: exits(45)})
    assert rounds == 0
    assert shown(ledgers, SECOND)


def test_two_themes_that_group_one_variable_differently_reveal_nothing():
    sizes = {"1": 100, "2": 90, "3": 80, "4": 60, "5": 50, "none": 4}
    ends = dict(zip(sizes, np.cumsum(list(sizes.values())), strict=True))
    match = [
        Row(f"use: match = {key}", {"n": np.arange(ends[key] - size, ends[key])})
        for key, size in sizes.items()
    ]
    ready = [
        Row("exits: readiness = ready", {"n": ids(270)}),
        Row("exits: readiness = not-ready", {"n": ids(114, 270)}),
    ]
    ledgers, _ = run({("2009-03", "method"): match, ("2009-03", "target-group"): ready})
    told = shown(ledgers, ("2009-03", "method")) | shown(ledgers, ("2009-03", "target-group"))
    assert not {"use: match = 4", "use: match = 5", "exits: readiness = not-ready"} <= told
    assert "use: match = none" not in told
    assert len(told) == 6


def test_a_reason_names_the_row_and_no_count():
    first = [
        Row(f"a: k = {k}", {"n": ids(size, start)})
        for k, (size, start) in enumerate([(40, 0), (30, 40), (3, 70)])
    ]
    ledgers = {}
    for place, rows in {FIRST: first, ("2008-01", "method"): [Row("all", {"n": ids(73)})]}.items():
        ledgers[place] = Ledger(5)
        ledgers[place].publish(rows)
    leaks = find_leaks(ledgers).rows
    assert len(leaks) == 1
    assert "a: k = 2" in leaks[0].reason
    assert not re.search(r"\b(3|73)\b", leaks[0].reason)


def test_rows_are_counted_by_why_they_are_hidden():
    ledgers, _ = run({FIRST: exits(40), SECOND: exits(43)})
    counts = report_counts(ledgers)
    assert (counts.shown, counts.too_few, counts.protect_others) == (1, 0, 1)


def test_what_follows_from_checkpoints_that_stay_as_they_are_is_said_to_be_lost():
    ledgers = {}
    for place, rows in {FIRST: exits(40), SECOND: exits(43)}.items():
        ledgers[place] = Ledger(5)
        ledgers[place].publish(rows)
    assert find_leaks(ledgers, fixed=[FIRST]).rows[0][:2] == SECOND
    assert find_leaks(ledgers, fixed=[SECOND]).rows[0][:2] == FIRST
