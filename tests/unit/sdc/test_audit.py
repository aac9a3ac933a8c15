"""The audit of what several notebooks, or several checkpoints, show together."""

import json

import pandas as pd
import pytest

from evalbook.models.shares.proportions import share
from evalbook.sdc.audit import audit
from evalbook.sdc.control import DisclosureControl

THEMES = ("method", "qualification")


def put(figures, month, theme, sdc):
    folder = figures / month / theme
    folder.mkdir(parents=True)
    (folder / "results.json").write_text(json.dumps({"disclosure": sdc.record()}))


def leaks(figures, *months):
    return audit(figures, months, THEMES).leaks


def counts(sdc, whom="group", **cells):
    return sdc.counts(pd.Series(cells).rename_axis("move"), whom)


def test_tables_that_are_safe_together_pass(tmp_path):
    for theme in THEMES:
        sdc = DisclosureControl()
        counts(sdc, up=30, stay=50, down=2)
        put(tmp_path, "2008-03", theme, sdc)
    assert leaks(tmp_path, "2008-03") == {}


def test_a_cell_hidden_in_one_theme_and_shown_in_another_is_a_leak(tmp_path):
    one, other = DisclosureControl(), DisclosureControl()
    counts(one, up=30, stay=50, down=2)
    other.counts(pd.Series({"up": 30, "stay": 50}).rename_axis("move"), "group", overlapping=True)
    put(tmp_path, "2008-03", "method", one)
    put(tmp_path, "2008-03", "qualification", other)
    leak = leaks(tmp_path, "2008-03")["2008-03"]
    assert "group [move = down]" in str(leak)
    assert "hidden_cells" in leak.remedy
    assert not {"2", "30", "50", "82"} & set(str(leak).replace("'", " ").split())


def test_the_remedy_that_a_leak_names_helps(tmp_path):
    def build(folder, hidden):
        one, other = DisclosureControl(5, hidden), DisclosureControl(5, hidden)
        counts(one, up=30, stay=50, down=2)
        other.counts(
            pd.Series({"up": 30, "stay": 50}).rename_axis("move"), "group", overlapping=True
        )
        put(folder, "2008-03", "method", one)
        put(folder, "2008-03", "qualification", other)
        return leaks(folder, "2008-03")

    leak = build(tmp_path / "first", [])["2008-03"]
    named = leak.remedy.split(": ", 1)[1].split("; ")[0].strip("'")
    assert build(tmp_path / "second", [named]) == {}


def test_what_grew_by_a_few_since_the_checkpoint_before_is_a_leak(tmp_path):
    before, now = DisclosureControl(), DisclosureControl()
    before.count(40, "group", {"reached": "by the first"})
    put(tmp_path, "2008-03", "method", before)
    # The later notebook shows its own total, and hides the earlier one, which the earlier edition
    # has shown.
    now.count(43, "group", {"reached": "by the second"})
    later = pd.Series({"first": 40, "second": 3, "never": 57}).rename_axis("reached")
    now.counts(
        later, "group", subtotals={"by the first": ["first"], "by the second": ["first", "second"]}
    )
    put(tmp_path, "2008-09", "method", now)
    assert list(leaks(tmp_path, "2008-03", "2008-09")) == ["2008-09"]


def test_checkpoints_gated_in_order_do_not_leak_growth(tmp_path):
    sdc = DisclosureControl()
    rows = {"first": 40, "second": 3, "never": 57}
    first = pd.Series({"by the first": 40, "later or never": 60}).rename_axis("reached")
    sdc.counts(first, "group")
    put(tmp_path, "2008-03", "method", sdc)
    sdc.counts(
        pd.Series(rows).rename_axis("reached"),
        "group",
        subtotals={
            "by the first": ["first"],
            "later or never": ["second", "never"],
            "by the second": ["first", "second"],
        },
    )
    put(tmp_path, "2008-09", "method", sdc)
    assert leaks(tmp_path, "2008-03", "2008-09") == {}


def test_other_states_of_the_data_are_not_taken_together_and_are_named(tmp_path):
    for month, up in (("2008-03", 30), ("2008-09", 31)):
        sdc = DisclosureControl()
        counts(sdc, up=up, stay=50, down=2)
        put(tmp_path, month, "method", sdc)
    found = audit(tmp_path, ("2008-03", "2008-09"), THEMES)
    assert found.leaks == {}
    assert list(found.apart) == ["2008-09"]
    assert found.apart["2008-09"].whom == "group"


def test_one_population_with_two_counts_in_one_edition_is_named(tmp_path):
    for theme, up in zip(THEMES, (30, 31), strict=True):
        sdc = DisclosureControl()
        counts(sdc, up=up, stay=50)
        put(tmp_path, "2008-03", theme, sdc)
    assert "different counts" in str(leaks(tmp_path, "2008-03")["2008-03"])


@pytest.mark.parametrize("men", [2, 4, 5, 30])
def test_women_and_men_of_one_theme_do_not_reveal_each_other_by_the_total_of_another(tmp_path, men):
    by_role, by_sex = DisclosureControl(), DisclosureControl()
    by_role.shares({"method": share(30 + men, 130)}, "group", by="role", hit="mentor")
    shares = {"K": share(30, 70), "M": share(men, 60)}
    found = by_sex.shares(shares, "group", where={"role": "method"}, by="sex", hit="mentor")
    assert (found["M"] is None) is (men < 5)
    assert (found["K"] is None) is (men < 5)
    put(tmp_path, "2008-03", "method", by_role)
    put(tmp_path, "2008-03", "qualification", by_sex)
    assert leaks(tmp_path, "2008-03") == {}
