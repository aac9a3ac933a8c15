"""Which rows a ledger shows: by their own size, and for others' sake."""

import stat

import numpy as np
import pytest

from evalbook.errors import DisclosureError
from evalbook.sdc.ledger import Ledger, Row


def ids(count, start=0):
    return np.arange(start, start + count)


SIZES = [
    # n, yes, shown
    (4, None, False),
    (5, None, True),
    (0, None, True),
    (100, 4, False),
    (100, 5, True),
    (100, 95, True),
    (100, 96, False),
    (100, 0, False),
    (100, 100, False),
    (10, 5, True),
    (9, 5, False),
]


@pytest.mark.parametrize(("n", "yes", "shown"), SIZES)
def test_few_nobody_and_everybody_are_hidden(n, yes, shown):
    sets = {"n": ids(n)} | ({} if yes is None else {"yes": ids(yes)})
    assert Ledger(5).publish([Row("row", sets)]) == ["" if shown else "too-few"]


@pytest.mark.parametrize(("events", "shown"), [(0, False), (4, False), (5, True), (40, True)])
def test_a_rate_a_term_or_a_step_rests_on_enough_events(events, shown):
    row = Row("model: term = mentor", {"n": ids(40), "events": ids(events)})
    assert Ledger(5).publish([row]) == ["" if shown else "too-few"]


@pytest.mark.parametrize(("lost", "shown"), [(0, True), (1, False), (4, False), (5, True)])
def test_few_lost_at_a_step_are_hidden(lost, shown):
    row = Row("curve: week = 26", {"n": ids(60), "events": ids(8), "lost": ids(lost, 10)})
    assert Ledger(5).publish([row]) == ["" if shown else "too-few"]


def test_a_category_without_anybody_is_shown_where_several_others_are_not_empty():
    parts = {"a": ids(20), "b": ids(30, 20), "c": ids(0)}
    rows = [Row(f"kind: kind = {key}", {"n": ids(50), "yes": part}) for key, part in parts.items()]
    assert Ledger(5).publish(rows) == ["", "", ""]


WEEKS = [
    # weeks that ten persons contribute, each out of 13
    ([3] * 10, ""),
    ([3] * 4 + [0] * 6, "too-few"),
    ([13] * 6 + [3] * 4, "too-few"),
    ([13, 13, 1, 1, 1, 0, 0, 0, 0, 0], "too-few"),
    ([13, 13, 2, 2, 2, 2, 2, 2, 2, 2], ""),
]


@pytest.mark.parametrize(("weeks", "status"), WEEKS)
def test_sums_of_weeks_rest_on_enough_persons_of_whom_no_two_dominate(weeks, status):
    row = Row("time", {"n": ids(10)}, {"yes": weeks, "n": np.full(10, 13)})
    assert Ledger(5).publish([row]) == [status]


def test_spells_of_few_persons_are_few():
    assert Ledger(5).publish([Row("spells", {"n": np.tile(ids(4), 10)})]) == ["too-few"]


def match_rows(sizes, name="match"):
    ends = np.cumsum([0, *sizes])
    return [
        Row(f"{name}: match = {k}", {"n": np.arange(ends[k], ends[k + 1])})
        for k in range(len(sizes))
    ]


def test_a_row_that_a_total_would_reveal_is_hidden_with_another():
    rows = [*match_rows([40, 30, 3]), Row("match", {"n": ids(73)})]
    found = Ledger(5).publish(rows)
    assert found[2] == "too-few"
    assert found.count("protects-others") == 1


def test_readiness_reveals_no_match_category_though_nobody_ties_them():
    sizes = [100, 90, 80, 60, 50, 4]
    ledger = Ledger(5)
    first = ledger.publish([*match_rows(sizes), Row("all", {"n": ids(sum(sizes))})])
    second = ledger.publish(
        [
            Row("exits: readiness = ready", {"n": ids(270)}),
            Row("exits: readiness = not-ready", {"n": ids(114, 270)}),
        ]
    )
    hidden = {k for k, status in enumerate(first) if status}
    # Not ready is match 4, 5 and none: one of the two is hidden besides, or not ready is.
    assert 5 in hidden
    assert hidden & {3, 4} or second[1]


def test_what_one_unit_has_follows_from_no_total_of_weeks():
    rng = np.random.default_rng(1)
    weeks = rng.integers(1, 13, 120).astype(float)
    weeks[100:106] = [9, 8, 0, 0, 0, 0]
    parts = {"A": ids(50), "B": ids(50, 50), "C": ids(6, 100), "D": ids(14, 106)}
    rows = [
        Row(
            f"time: municipality = {key}",
            {"n": part},
            {"yes": weeks[part], "n": np.full(len(part), 13)},
        )
        for key, part in parts.items()
    ]
    whole = Row("time", {"n": ids(120)}, {"yes": weeks, "n": np.full(120, 13)})
    found = Ledger(5).publish([*rows, whole])
    assert found[2] == "too-few"
    assert found.count("protects-others") >= 1


def test_what_was_shown_stays_shown():
    ledger = Ledger(5)
    before = ledger.publish([Row("all", {"n": ids(73)}), *match_rows([40, 33])])
    after = ledger.publish(match_rows([40, 30, 3], "other"))
    assert before == ["", "", ""]
    assert after[2] == "too-few"
    assert [ledger.entries[name].status for name in ("all", "match: match = 0")] == ["", ""]


def test_a_hidden_name_is_hidden_and_a_name_stands_for_one_result():
    ledger = Ledger(5, hidden=["all"])
    assert ledger.publish([Row("all", {"n": ids(73)})]) == ["protects-others"]
    with pytest.raises(DisclosureError, match="'all' was published before"):
        ledger.publish([Row("all", {"n": ids(72)})])


def test_the_secret_decides_which_of_equal_rows_is_hidden_and_nothing_else_does():
    rows = [*match_rows([30, 30, 30, 30, 3]), Row("match", {"n": ids(123)})]
    found = [Ledger(5, secret=bytes([k])).publish(rows) for k in range(24)]
    assert len({tuple(each) for each in found}) > 2
    assert Ledger(5, secret=b"\x07").publish(rows) == found[7]


def test_rounded_counts_hide_nothing_for_others():
    rows = [*match_rows([40, 30, 3]), Row("match", {"n": ids(73)})]
    assert Ledger(5, rounding=5).publish(rows) == ["", "", "too-few", ""]


def test_a_ledger_is_kept_in_a_private_file(tmp_path):
    ledger = Ledger(5)
    ledger.publish([*match_rows([40, 30, 3]), Row("match", {"n": ids(73)})])
    ledger.save(tmp_path / "method.npz")
    again = Ledger.load(tmp_path / "method.npz")
    assert stat.S_IMODE((tmp_path / "method.npz").stat().st_mode) == 0o600
    assert again.entries == ledger.entries
    assert again.sets.sizes == ledger.sets.sizes
