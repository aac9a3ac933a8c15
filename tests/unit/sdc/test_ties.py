"""Populations with different names that are made of the same persons do not reveal each other."""

import json

import pandas as pd
import pytest

from evalbook import plan
from evalbook.errors import DataError, DisclosureError
from evalbook.models.shares.proportions import share
from evalbook.sdc.audit import Knowledge, audit
from evalbook.sdc.cells import Cell
from evalbook.sdc.control import DisclosureControl
from evalbook.sdc.ties import Tie, Ties

ORIGINS = Tie.of(
    "minorities, {week}",
    ["everybody, {week} [origin = immigrant]", "everybody, {week} [origin = descendant]"],
)
REST = Tie.of(
    "target group, {week}",
    ["target group, {week}, followed", "target group, {week}, lost from sight"],
)
THEMES = ("method", "target-group")


def counts(sdc, whom, name="origin", **cells):
    return sdc.counts(pd.Series(cells).rename_axis(name), whom)


def shown(sdc):
    return {str(cell): count for cell, count in Knowledge.of(sdc.record()).known.items()}


def put(figures, month, theme, sdc):
    folder = figures / month / theme
    folder.mkdir(parents=True)
    (folder / "results.json").write_text(json.dumps({"disclosure": sdc.record()}))


def two_themes(figures, first, second, months=("2008-03", "2008-03")):
    """Two notebooks whose gates know nothing of each other.

    What the audit makes of them, with the ties and without.
    """
    for theme, month, state in zip(THEMES, months, (first, second), strict=True):
        sdc = DisclosureControl()
        state(sdc)
        put(figures, month, theme, sdc)
    found = [
        audit(figures, sorted(set(months)), THEMES, ties).leaks.get(months[1])
        for ties in ([ORIGINS, REST], [])
    ]
    return found[0], found[1]


def test_immigrants_and_descendants_are_the_minorities():
    sdc = DisclosureControl(ties=[ORIGINS])
    counts(sdc, "everybody, 2008-W13", immigrant=60, descendant=3, danish=200, unknown=30)
    hidden = {
        "everybody, 2008-W13 [origin = immigrant]",
        "everybody, 2008-W13 [origin = descendant]",
    }
    assert len(hidden - shown(sdc).keys()) >= 1
    # With immigrants shown, minorities would tell the descendants; whichever it is, the two are
    # not shown together.
    sdc.count(63, "minorities, 2008-W13")
    told = shown(sdc)
    assert not {"minorities, 2008-W13", "everybody, 2008-W13 [origin = immigrant]"} <= told.keys()
    assert not list(Knowledge.of(sdc.record()).revealed())


def test_without_the_declaration_they_would_be_shown_together():
    sdc = DisclosureControl()
    sdc.count(63, "minorities, 2008-W13")
    sdc.counts(
        pd.Series({"immigrant": 60}).rename_axis("origin"), "everybody, 2008-W13", overlapping=True
    )
    assert len(shown(sdc)) == 2


def test_a_declaration_holds_in_every_part_and_on_its_own_date_only():
    sdc = DisclosureControl(ties=[ORIGINS])
    people = pd.DataFrame(
        {"immigrant": [60, 50], "descendant": [3, 40], "danish": [90, 90]}, index=["K", "M"]
    )
    sdc.counts(people.rename_axis(index="sex", columns="origin"), "everybody, 2008-W13")
    sdc.count(500, "minorities, 2008-W39")
    assert shown(sdc)["minorities, 2008-W39"] == 500
    women = {"sex": "K"}
    sdc.count(63, "minorities, 2008-W13", women)
    assert (
        not {"minorities, 2008-W13 [sex = K]", "everybody, 2008-W13 [origin = immigrant, sex = K]"}
        <= shown(sdc).keys()
    )
    assert not list(Knowledge.of(sdc.record()).revealed())


def test_the_rest_of_a_population_is_not_worked_out():
    sdc = DisclosureControl(ties=[REST])
    assert sdc.count(100, "target group, 2008-W13") == 100
    assert sdc.count(97, "target group, 2008-W13, followed") is None
    other = DisclosureControl(ties=[REST])
    assert other.count(100, "target group, 2008-W13") == 100
    # Five are enough, and so is nobody.
    assert other.count(95, "target group, 2008-W13, followed") == 95
    assert (
        other.count(70, "target group, 2008-W39")
        == other.count(70, "target group, 2008-W39, followed")
        == 70
    )


def test_a_share_of_the_followed_tells_the_rest_too():
    sdc = DisclosureControl(ties=[REST])
    sdc.counts(
        pd.Series({"method": 100, "comparison": 80}).rename_axis("role"), "target group, 2008-W13"
    )
    given = {"method": share(30, 98), "comparison": share(30, 80)}
    found = sdc.shares(given, "target group, 2008-W13, followed", by="role", hit="out")
    assert found["method"] is None
    assert not list(Knowledge.of(sdc.record()).revealed())


def test_a_subgroup_in_one_theme_and_the_whole_in_another_are_a_leak(tmp_path):
    tied, untied = two_themes(
        tmp_path,
        lambda sdc: sdc.count(100, "target group, 2008-W13"),
        lambda sdc: sdc.count(98, "target group, 2008-W13, followed"),
    )
    assert untied is None
    assert "target group, 2008-W13, lost from sight" in str(tied)
    assert "'target group, 2008-W13, followed'" in tied.remedy
    assert not {"2", "98", "100"} & set(str(tied).replace("'", " ").split())


def test_minorities_in_one_checkpoint_and_their_origins_in_an_earlier_one_are_a_leak(tmp_path):
    def origins(sdc):
        shown = pd.Series({"immigrant": 60, "danish": 200}).rename_axis("origin")
        sdc.counts(shown, "everybody, 2008-W13", overlapping=True)

    tied, untied = two_themes(
        tmp_path,
        origins,
        lambda sdc: sdc.count(62, "minorities, 2008-W13"),
        ("2008-03", "2008-09"),
    )
    assert untied is None
    assert "everybody, 2008-W13 [origin = descendant]" in str(tied)


def test_two_themes_that_leave_room_enough_pass(tmp_path):
    tied, _ = two_themes(
        tmp_path,
        lambda sdc: sdc.count(100, "target group, 2008-W13"),
        lambda sdc: sdc.count(90, "target group, 2008-W13, followed"),
    )
    assert tied is None


def test_a_declaration_that_is_not_true_is_refused():
    sdc = DisclosureControl(ties=[ORIGINS])
    counts(sdc, "everybody, 2008-W13", immigrant=60, descendant=30, danish=200)
    with pytest.raises(DisclosureError, match="do not add up") as caught:
        sdc.count(95, "minorities, 2008-W13")
    assert "populations" in caught.value.remedy
    part = DisclosureControl(ties=[REST])
    part.count(90, "target group, 2008-W13")
    with pytest.raises(DisclosureError, match="do not add up"):
        part.count(95, "target group, 2008-W13, followed")


def test_words_in_braces_stand_in_the_whole_and_in_every_part():
    with pytest.raises(DataError, match="words in braces"):
        Tie.of("target group, {week}", ["target group, {week}, over {n} weeks", "rest, {week}"])


def test_cells_are_named_as_messages_name_them():
    cell = Cell.of("everybody, 2008-W13", {"origin": "immigrant", "sex": "K"})
    assert ORIGINS.instances(cell) == [((("week", "2008-W13"),), (("sex", "K"),))]
    (instance,) = ORIGINS.instances(cell)
    assert str(ORIGINS.sum(instance).total) == "minorities, 2008-W13 [sex = K]"
    assert not ORIGINS.instances(Cell.of("minorities, 2008-W13, followed", {}))
    # A minority by origin is none of these.
    assert not ORIGINS.instances(Cell.of("minorities, 2008-W13", {"origin": "immigrant"}))


# The target group by role, and the same by match category; 4 and 3 persons have none.
BY_ROLE = pd.Series({"method": 900, "comparison": 2677}).rename_axis("role")
BY_MATCH = pd.DataFrame(
    {"1": [86, 253], "2": [116, 360], "3": [187, 606], "4": [268, 789], "5": [239, 666]},
    index=["method", "comparison"],
).rename_axis(index="role", columns="match")
READINESS = {"ready": ["1", "2", "3"], "not-ready": ["4", "5"]}


def ties_of_the_plan():
    return [
        Tie.of(population.whole, population.parts)
        for population in plan.load().protection.populations
    ]


def persons_with_a_match_category(sdc):
    return sdc.counts(BY_MATCH, "target group with a match category, 2008-W13", subtotals=READINESS)


def test_persons_without_a_match_category_are_not_worked_out():
    bare, sdc = DisclosureControl(), DisclosureControl(ties=ties_of_the_plan())
    for each in (bare, sdc):
        assert each.counts(BY_ROLE, "target group, 2008-W13").totals.tolist() == [3577]
    assert BY_ROLE["method"] - persons_with_a_match_category(bare).totals["method"] == 4
    found = persons_with_a_match_category(sdc)
    assert found.totals[["method", "comparison"]].isna().all()
    known = Knowledge.of(sdc.record())
    assert not list(known.tied(Ties(ties_of_the_plan()).with_cells(known.cells())).revealed())


@pytest.mark.parametrize("order", [1, -1])
def test_two_themes_do_not_tell_who_has_no_match_category(tmp_path, order):
    states = [
        lambda sdc: sdc.counts(BY_ROLE, "target group, 2008-W13"),
        persons_with_a_match_category,
    ][::order]
    for theme, state in zip(THEMES, states, strict=True):
        sdc = DisclosureControl(ties=ties_of_the_plan())
        state(sdc)
        put(tmp_path, "2008-03", theme, sdc)
    assert audit(tmp_path, ["2008-03"], THEMES).leaks == {}
    leak = audit(tmp_path, ["2008-03"], THEMES, ties_of_the_plan()).leaks["2008-03"]
    assert "target group, 2008-W13 [match = unknown, role = " in str(leak)


def test_nothing_is_hidden_where_those_without_a_match_category_count_with_the_last(tmp_path):
    folded = BY_MATCH.assign(**{"5 or unknown": BY_MATCH["5"] + [4, 3]}).drop(columns="5")
    sdc = DisclosureControl(ties=ties_of_the_plan())
    sdc.counts(BY_ROLE, "target group, 2008-W13")
    found = sdc.counts(
        folded,
        "target group, 2008-W13",
        subtotals={**READINESS, "not-ready": ["4", "5 or unknown"]},
    )
    pd.testing.assert_frame_equal(found.counts, folded.astype(float), check_names=False)
    assert found.totals.tolist() == [900, 2677]
    put(tmp_path, "2008-03", "method", sdc)
    assert audit(tmp_path, ["2008-03"], THEMES, ties_of_the_plan()).leaks == {}


def test_the_plan_ties_origins_and_transfers_to_the_target_group():
    ties = ties_of_the_plan()
    named = [
        Cell.of("on benefit, origin known, 2008-W13", {"origin": "descendant", "role": "method"}),
        Cell.of(
            "publicly supported of minority origin, 2008-W13",
            {"transfer": "passive", "role": "method"},
        ),
    ]
    whole = Cell.of("target group, 2008-W13", {"role": "method"})
    for cell in named:
        assert whole in {
            tie.sum(instance).total for tie in ties for instance in tie.instances(cell)
        }
