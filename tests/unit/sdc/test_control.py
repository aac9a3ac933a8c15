"""The gate: what it hides, and that what it shows does not tell the rest."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalbook.errors import DisclosureError, UsageError
from evalbook.models.shares.proportions import ratio, share
from evalbook.sdc.control import DisclosureControl
from tests.lib.attacks import Seen, widths


def table(rows, index="municipality", columns="activity"):
    frame = pd.DataFrame(rows, dtype=int)
    frame.index, frame.columns = [f"r{i}" for i in frame.index], [f"c{i}" for i in frame.columns]
    return frame.rename_axis(index=index, columns=columns)


def hidden_cells(found):
    return found.counts.isna().to_numpy()


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("minimum", [3, 5])
def test_only_counts_below_the_minimum_hide_a_table_of_large_ones(count, minimum):
    found = DisclosureControl(minimum).counts(
        table([[count, 40, 50], [60, 70, 80], [90, 30, 20]]), "all"
    )
    assert bool(hidden_cells(found).any()) == (count < minimum)


def test_totals_do_not_reveal_what_is_hidden():
    """Totals give one hidden cell away unless others are hidden, too (ACRO, issue 198)."""
    found = DisclosureControl(10).counts(table([[5, 20, 30], [40, 50, 60], [70, 80, 90]]), "all")
    hidden = hidden_cells(found)
    assert hidden[0, 0]
    assert hidden.sum() == 4
    assert set(hidden.sum(axis=0)) <= {0, 2}
    assert set(hidden.sum(axis=1)) <= {0, 2}
    assert found.totals.notna().all()


def test_two_small_counts_in_a_line_may_still_need_a_third():
    # 1 + 1 known to be 2 would tell that both are at most 2: the line's other cells have to widen
    # the range.
    found = DisclosureControl(5).counts(
        pd.Series({"a": 1, "b": 1, "c": 30, "d": 50}).rename_axis("step"), "all"
    )
    assert hidden_cells(found).sum() == 3
    assert not np.isnan(found.counts["d"].iloc[0])


def test_a_share_of_everybody_is_told_where_both_counts_are():
    found = DisclosureControl().counts(table([[20, 30], [40, 10]]), "group")
    assert found.of_all(found.counts.index[0], found.counts.columns[1]).value == pytest.approx(0.3)
    small = DisclosureControl().counts(table([[2, 30], [40, 10]]), "group")
    assert small.of_all(small.counts.index[0], small.counts.columns[0]) is None


def test_a_group_that_is_all_in_one_cell_is_hidden():
    found = DisclosureControl().counts(table([[40, 0, 0], [20, 30, 25], [10, 12, 15]]), "all")
    assert hidden_cells(found)[0].sum() >= 2
    assert np.isnan(found.row_shares.iloc[0, 0])


@pytest.mark.parametrize(
    ("count", "n", "shown"),
    [
        (0, 40, False),
        (4, 40, False),
        (5, 40, True),
        (35, 40, True),
        (36, 40, False),
        (40, 40, False),
        (5, 10, True),
        (2, 4, False),
    ],
)
def test_a_share_needs_enough_persons_on_both_sides(count, n, shown):
    assert (DisclosureControl().share(share(count, n), "all") is not None) is shown


def test_a_hidden_share_of_one_sex_hides_the_other_if_the_total_is_known():
    sdc = DisclosureControl()
    total = sdc.shares({"method": share(33, 100)}, "group", by="role", hit="mentor")
    by_sex = sdc.shares(
        {"K": share(30, 60), "M": share(3, 40)},
        "group",
        where={"role": "method"},
        by="sex",
        hit="mentor",
    )
    assert total["method"] is not None
    assert by_sex == {"K": None, "M": None}


def test_shares_of_time_need_enough_persons_on_both_sides():
    weeks = np.full(30, 26)
    few = ratio(np.array([13] * 4 + [0] * 26), weeks)
    many = ratio(np.array([13] * 20 + [0] * 10), weeks)
    found = DisclosureControl().shares({"a": few, "b": many}, "group", by="role", hit="active")
    assert found["a"] is None
    assert found["b"] is not None
    assert found["b"].value == many.value


def test_a_group_in_which_nobody_has_any_such_time_is_counted_like_the_others():
    weeks, some = np.full(30, 26), np.array([13] * 20 + [0] * 10)
    groups = {"a": ratio(np.zeros(30), weeks), "b": ratio(some, weeks)}
    sdc = DisclosureControl()
    sdc.shares(
        {"method": ratio(np.append(np.zeros(30), some), np.tile(weeks, 2))},
        "group",
        by="role",
        hit="active",
    )
    found = sdc.shares(groups, "group", where={"role": "method"}, by="municipality", hit="active")
    assert found["a"] is None
    assert found["b"] is not None


@pytest.mark.parametrize("code", [902, 902.0, np.float64(902), np.int64(902)])
def test_a_group_is_the_same_whether_its_code_is_a_number_or_text(code):
    sdc = DisclosureControl()
    sdc.shares({"902": share(20, 60)}, "group", by="municipality", hit="a")
    sdc.shares({code: share(30, 60)}, "group", by="municipality", hit="b")
    with pytest.raises(DisclosureError, match="counted twice"):
        sdc.shares({code: share(30, 61)}, "group", by="municipality", hit="c")
    with pytest.raises(DisclosureError, match="counted twice"):
        sdc.counts(pd.Series({code: 50}).rename_axis("municipality"), "group")


def test_a_group_has_a_name():
    with pytest.raises(UsageError, match="no name"):
        DisclosureControl().shares(
            {"a": share(20, 60), float("nan"): share(30, 60)}, "group", by="municipality", hit="a"
        )


def test_nobody_is_not_a_share():
    assert (
        DisclosureControl().shares({"a": None, "b": share(30, 60)}, "group", by="role", hit="x")[
            "a"
        ]
        is None
    )


def test_a_count_from_another_table_counts_as_known():
    sdc = DisclosureControl()
    sdc.counts(pd.Series({"up": 20, "stay": 38}).rename_axis("move"), "group")
    # The same population by another dimension: 58 is known.
    found = sdc.counts(pd.Series({"a": 2, "b": 50, "c": 6}).rename_axis("origin"), "group")
    assert found.totals.iloc[0] == 58
    assert hidden_cells(found).sum() == 2


def test_subtotals_do_not_reveal_either():
    sdc = DisclosureControl()
    match = pd.Series({"1": 40, "2": 30, "3": 2, "4": 30, "5": 50}).rename_axis("match")
    found = sdc.counts(
        match, "group", subtotals={"ready": ["1", "2", "3"], "not-ready": ["4", "5"]}
    )
    hidden = set(found.counts.columns[hidden_cells(found)[0]])
    assert "3" in hidden
    assert hidden & {"1", "2"} or found.subtotals["ready"].isna().all()
    assert found.share(found.counts.index[0], "ready", "not-ready") is not None


def test_growth_of_a_cumulative_count_by_a_few_is_not_shown():
    """What a later checkpoint shows less what an earlier one showed would be three persons."""
    sdc = DisclosureControl()
    until_first = pd.Series({"first": 40, "never": 60}).rename_axis("reached")
    sdc.counts(until_first, "group", subtotals={"by the first": ["first"]})
    later = pd.Series({"first": 40, "second": 3, "never": 57}).rename_axis("reached")
    found = DisclosureControl().counts(
        later, "group", subtotals={"by the second": ["first", "second"]}
    )
    assert found.subtotals["by the second"].isna().all() or found.counts["first"].isna().all()


def test_the_same_cell_with_two_counts_is_an_error():
    sdc = DisclosureControl()
    sdc.count(40, "group")
    with pytest.raises(DisclosureError, match=r"group is counted twice") as caught:
        sdc.count(41, "group")
    assert "41" not in str(caught.value)


def test_what_was_shown_before_and_now_turns_out_to_tell_too_much_is_named_without_its_count():
    sdc = DisclosureControl()
    sdc.count(40, "group")
    sdc.counts(pd.Series({"K": 38}).rename_axis("sex"), "group", overlapping=True)
    with pytest.raises(DisclosureError, match=r"group \[sex = M\]") as caught:
        sdc.counts(pd.Series({"K": 38, "M": 2}).rename_axis("sex"), "group")
    assert not {"2", "38", "40"} & set(str(caught.value).replace("]", " ").split())


def test_cells_that_the_plan_names_are_hidden():
    found = DisclosureControl(5, ["group [sex = K]"]).counts(
        pd.Series({"K": 38, "M": 22}).rename_axis("sex"), "group"
    )
    assert np.isnan(found.counts["K"].iloc[0])


def test_the_record_holds_no_hidden_count():
    sdc = DisclosureControl()
    found = sdc.counts(table([[2, 20, 30], [40, 50, 60], [70, 80, 90]]), "group")
    cells = {tuple(map(tuple, cell["where"])): cell["count"] for cell in sdc.record()["cells"]}
    for (row, column), hidden in np.ndenumerate(hidden_cells(found)):
        count = cells[("activity", f"c{column}"), ("municipality", f"r{row}")]
        assert (count is None) is bool(hidden)


def test_order_of_rows_and_columns_does_not_matter():
    frame = table([[2, 20, 30], [40, 3, 60], [70, 80, 90]])
    turned = frame.iloc[::-1, ::-1]
    one, other = (
        DisclosureControl().counts(frame, "group").counts,
        DisclosureControl().counts(turned, "group").counts,
    )
    assert one.notna().sum().sum() == other.notna().sum().sum()


def random_table(rng):
    rows, columns = rng.integers(2, 6, 2)
    return rng.negative_binomial(0.7, 0.05, (rows, columns))


def attacked(tables, minimum=5):
    """Return, for each sensitive cell of tables that passed, the range that an outsider finds."""
    seen, targets = [], []
    for inner in tables:
        sdc = DisclosureControl(minimum)
        found = sdc.counts(table(inner), "all")
        hides = {
            tuple(map(tuple, cell["where"])): cell["count"] is None
            for cell in sdc.record()["cells"]
        }
        rows = [hides[(("municipality", f"r{i}"),)] for i in range(len(inner))]
        columns = [hides[(("activity", f"c{j}"),)] for j in range(len(inner[0]))]
        one = Seen.of(inner, hidden_cells(found), rows, columns, hides[()])
        for cell, count in np.ndenumerate(one.counts):
            if 0 < count < minimum:
                seen.append(one)
                targets.append(cell)
    return widths(seen, targets)


def test_an_attack_on_random_tables_finds_nothing():
    rng = np.random.default_rng(20261124)
    found = attacked([random_table(rng) for _ in range(200)])
    assert len(found) > 400
    assert found.min() >= 5


def test_the_attack_finds_what_naive_hiding_leaves():
    """Without secondary suppression the very same attack works out most hidden cells."""
    rng = np.random.default_rng(1)
    tables = [random_table(rng) for _ in range(30)]
    seen = [
        Seen.of(t, (t > 0) & (t < 5), np.zeros(len(t), bool), np.zeros(len(t[0]), bool))
        for t in tables
    ]
    targets = [
        (one, cell)
        for one, t in zip(seen, tables, strict=True)
        for cell, n in np.ndenumerate(t)
        if 0 < n < 5
    ]
    found = widths(*map(list, zip(*targets, strict=True)))
    assert (found == 0).mean() > 0.3


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=3))
def test_every_whole_table_that_agrees_with_what_is_shown_is_counted(rows):
    """The strictest attack: list every table of whole numbers that agrees with what is shown."""
    inner = np.array(rows)
    sdc = DisclosureControl(3)
    found = sdc.counts(table(rows), "all")
    hidden, totals = hidden_cells(found), found.totals.to_numpy()
    choices = [range(15) if h else [n] for h, n in zip(hidden.ravel(), inner.ravel(), strict=True)]
    if hidden.sum() > 4 or np.isnan(totals).any():
        return
    columns_known = {
        j: cell["count"]
        for j in range(3)
        for cell in sdc.record()["cells"]
        if cell["where"] == (("activity", f"c{j}"),) and cell["count"] is not None
    }
    worlds = [
        w
        for w in (np.array(c).reshape(inner.shape) for c in itertools.product(*choices))
        if (w.sum(axis=1) == totals).all()
        and all(w[:, j].sum() == n for j, n in columns_known.items())
    ]
    for cell, count in np.ndenumerate(inner):
        if 0 < count < 3:
            values = {int(world[cell]) for world in worlds}
            assert max(values) - min(values) >= 3
