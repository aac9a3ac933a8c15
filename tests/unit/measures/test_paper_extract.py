"""Measures of fifteen persons, worked out on paper; `tests/lib/paper.py` shows their weeks."""

import numpy as np
import pandas as pd
import pytest

from evalbook.models import aalen_johansen, kaplan_meier
from evalbook.models.shares.proportions import ratio, share, verdict
from nychance.measures import exits, spells, targets
from nychance.measures.groups import groups
from nychance.register import SELF_SUPPORT, STATES
from tests.lib import paper
from tests.lib.paper import LAST, NAMES

DEFINITIONS = paper.PLAN.definitions
EXIT_WEEKS = DEFINITIONS.exit_weeks
# The window of 26 weeks that ends with the extract: columns 35 to 60.
WINDOW = targets.Window(35, LAST)
EVERYBODY = np.ones(len(NAMES), dtype=bool)


@pytest.fixture(scope="module")
def register(tmp_path_factory):
    return paper.read(paper.write(tmp_path_factory.mktemp("paper") / "extract"))


def mask(names):
    return np.isin(NAMES, list(names))


def names(rows):
    return "".join(NAMES[row] for row in rows)


# -- reading ---------------------------------------------------------------------------------------


def test_2009_has_a_week_53(register):
    assert len(register.weeks) == 61
    assert register.weeks[52] == pd.Timestamp("2009-12-28")
    assert register.weeks[53] == pd.Timestamp("2010-01-04")


def test_a_code_that_the_mapping_lacks_is_counted_as_unknown(register):
    # G, weeks 40 and 41.
    assert register.unknown_codes.to_numpy().sum() == 2
    assert np.argwhere(register.is_state("unknown")).tolist() == [[6, 40], [6, 41]]


def test_who_died_or_emigrated_is_not_observed_from_then_on(register):
    # E from week 45, F from week 31.
    assert register.observed.sum(axis=1).tolist() == [61, 61, 61, 61, 45, 31, *[61] * 9]


# -- spells and exits ------------------------------------------------------------------------------


def test_spells_of_one_who_climbs_and_leaves(register):
    found, state = spells.state_spells(register)
    mine = found.person == NAMES.index("H")
    # Three active steps are one spell of activity: 36-39, 40-43 and 44-51.
    assert [STATES[code] for code in state[mine]] == ["passive", "active", SELF_SUPPORT]
    assert found.first[mine].tolist() == [0, 36, 52]
    assert found.weeks[mine].tolist() == [36, 16, 9]


def test_a_spell_may_last_from_the_first_week_to_the_last(register):
    found, _ = spells.state_spells(register)
    mine = found.person == NAMES.index("I")
    assert (found.first[mine].tolist(), found.weeks[mine].tolist()) == ([0], [61])


def test_four_weeks_off_are_an_exit_and_three_are_not(register):
    found = spells.exits(register, LAST, EXIT_WEEKS)
    # O's first weeks off do not follow a week on benefit.
    assert names(found.person) == "BFHJKLO"
    assert found.first.tolist() == [38, 21, 52, 8, 8, 8, 47]
    assert found.weeks.tolist() == [4, 10, 9, 12, 13, 27, 14]


def test_the_rule_of_four_weeks_is_configuration(register):
    assert "A" in names(spells.exits(register, LAST, 3).person)
    assert "B" not in names(spells.exits(register, LAST, 5).person)


def test_an_exit_counts_only_when_its_weeks_are_known(register):
    # H is off from week 52: four weeks are known in week 55, not in week 54.
    assert "H" not in names(spells.exits(register, 54, EXIT_WEEKS).person)
    assert "H" in names(spells.exits(register, 55, EXIT_WEEKS).person)


def test_benefit_spells_bridge_short_breaks_moves_and_unknown_weeks(register):
    found = spells.benefit_spells(register, LAST, EXIT_WEEKS)
    once = found.drop_duplicates("person", keep=False)
    # A's three weeks off, D's move and G's two unknown weeks end nothing; B, J, K and L have two
    # spells each.
    assert names(once["person"]) == "ACDEFGHIMNO"
    assert once.set_index("person")["weeks"][[NAMES.index(name) for name in "ADG"]].tolist() == [
        61,
        61,
        61,
    ]
    # E died on benefit, which is no exit.
    ended = found[found["ended"]]
    assert names(ended["person"]) == "BFHJKLNO"
    assert ended["to"].tolist() == [SELF_SUPPORT] * 6 + ["education", SELF_SUPPORT]


# -- targets ---------------------------------------------------------------------------------------


def test_target_group_is_minorities_on_benefit(register):
    # In week 35 F has emigrated and N studies; M and O are of Danish origin.
    assert names(np.flatnonzero(targets.target_group(register, 35))) == "ABCDEGHIJKL"


def test_passive_into_activity(register):
    found = targets.passive_into_activity(register, WINDOW)
    # Passive in week 35: not C, who is active, nor I, who is sick. Active later: D from 50, H from
    # 36.
    assert names(found.persons) == "ABDEGHJKL"
    assert names(found.persons[found.numerator == 1]) == "DH"
    assert found.over() == share(2, 9)


def test_self_supporting_as_a_share_of_persons(register):
    found = targets.self_supporting_persons(register, WINDOW, EXIT_WEEKS)
    # Four weeks or more off in the window: B from 38, H from 52. A has three.
    assert names(found.persons[found.numerator == 1]) == "BH"
    assert found.over() == share(2, 11)


def test_self_supporting_as_a_share_of_time(register):
    found = targets.self_supporting_time(register, WINDOW)
    # A 3, B 4 and H 9 weeks off; 26 weeks each, of which E lived 10.
    assert found.numerator.tolist() == [3, 4, 0, 0, 0, 0, 9, 0, 0, 0, 0]
    assert found.denominator.tolist() == [26, 26, 26, 26, 10, 26, 26, 26, 26, 26, 26]
    assert found.over().value == pytest.approx(16 / 270)
    assert (found.over().count, found.over().rest, found.over().n) == (3, 11, 11)


def test_education_counts_as_self_support_if_the_plan_says_so(register):
    window = targets.Window(30, LAST)
    only, either = (
        targets.self_supporting_time(register, window, education=counts) for counts in (False, True)
    )
    # N: sick 30-34, in education 35-60.
    assert only.over(mask("N")).value == 0
    assert either.over(mask("N")).value == pytest.approx(26 / 31)
    assert either.over(mask("ABH")) == only.over(mask("ABH"))


def test_time_in_activity(register):
    found = targets.time_in_activity(register, WINDOW)
    # C 5 + 4 active weeks (two more are hidden by sickness), D 4, H 4 + 4 + 8. Weeks on benefit: A
    # and B less their weeks off, E until death, G less the unknown weeks, H until 51.
    assert found.numerator.tolist() == [0, 0, 9, 4, 0, 0, 16, 0, 0, 0, 0]
    assert found.denominator.tolist() == [23, 22, 26, 26, 10, 24, 17, 26, 26, 26, 26]
    assert found.over().value == pytest.approx(29 / 252)


def test_targets_are_judged_by_group(register):
    measured = targets.all_targets(register, WINDOW, EXIT_WEEKS)
    thresholds = {target.key: target.threshold for target in paper.PLAN.targets}
    started = measured["passive-into-activity"].shares(
        groups(register, 35, "municipality", DEFINITIONS)
    )
    # D has moved to 201 by then: A, B, E in 101; D, G, H, J, K, L in 201.
    assert started == {"101": share(0, 3), "201": share(2, 6), "unknown": None}
    threshold = thresholds["passive-into-activity"]
    assert [verdict(started[place], threshold) for place in ("101", "201")] == ["undecided"] * 2
    # 29 of 252 weeks; the interval over eleven persons ends below 40 per cent.
    whole = measured["time-in-activity"].over()
    assert whole == ratio(
        [0, 0, 9, 4, 0, 0, 16, 0, 0, 0, 0], [23, 22, 26, 26, 10, 24, 17, 26, 26, 26, 26]
    )
    assert verdict(whole, thresholds["time-in-activity"]) == "not-met"


# -- exits and returns -----------------------------------------------------------------------------


def test_what_exits_led_to(register):
    found = exits.destinations(
        register, WINDOW, EXIT_WEEKS, groups(register, 35, "origin", DEFINITIONS)
    )
    # From week 35 on: B, H and O to self-support, N to education. F, J, K and L left earlier.
    assert found.loc["danish"].loc[lambda row: row > 0].to_dict() == {SELF_SUPPORT: 1}
    assert found.loc["immigrant"].loc[lambda row: row > 0].to_dict() == {
        SELF_SUPPORT: 1,
        "education": 1,
    }
    assert found.loc["descendant"].loc[lambda row: row > 0].to_dict() == {SELF_SUPPORT: 1}


def test_what_followed_each_exit(register):
    found = exits.returns(register, LAST, EXIT_WEEKS)
    assert names(found["person"]) == "BFHJKLO"
    # F emigrates 10 weeks after; H and O are still off after 8 and 13 weeks.
    assert found["outcome"].tolist() == ["back", "left", "out", "back", "back", "back", "out"]
    assert found["weeks"].tolist() == [4, 10, 8, 12, 13, 27, 13]


def test_revolving_door(register):
    followed = exits.returns(register, LAST, EXIT_WEEKS)
    found = {
        weeks: exits.back_within(followed, weeks, LAST, EVERYBODY).over()
        for weeks in DEFINITIONS.revolving_door_weeks
    }
    # 13 weeks: all but H can be followed, B, J and K are back. 26 weeks: F, J, K, L, of whom J and
    # K are back. 52 weeks: J, K and L, all back.
    assert found == {13: share(3, 6), 26: share(2, 4), 52: share(3, 3)}


def test_share_back_with_exits_that_cannot_be_followed_long(register):
    found = exits.returns(register, LAST, EXIT_WEEKS)
    incidence = aalen_johansen(found["weeks"], found["outcome"], censored="out").at([4, 13, 27])
    # Weeks 4 (7 at risk), 10 (F leaves; 5 at risk, H not any more), 12 (4), 13 (3, O among them)
    # and 27 (1).
    back = [1 / 7, 1 / 7 + 24 / 35 / 4 + 18 / 35 / 3, 1 / 7 + 24 / 35 / 4 + 18 / 35 / 3 + 12 / 35]
    assert incidence["back"].tolist() == pytest.approx(back)
    assert incidence["left"].tolist() == pytest.approx([0, 6 / 7 / 5, 6 / 7 / 5])
    curve = kaplan_meier(found["weeks"], found["outcome"] == "back")
    assert curve.at([4, 12, 13, 27]) == pytest.approx(
        [6 / 7, 6 / 7 * 3 / 4, 6 / 7 * 3 / 4 * 2 / 3, 0]
    )


def test_hazard_of_return(register):
    exits_of = exits.returns_by_time(register, EXIT_WEEKS, DEFINITIONS.revolving_door_weeks)
    found = exits_of.frame()
    names_of = dict(zip(register.identities, NAMES, strict=True))
    # O, of Danish origin, does not count.
    assert "".join(found["person"].map(names_of).unique()) == "BFHJKL"
    at_risk = found[found["time"] > 0].groupby("since", observed=True)
    # Weeks 1-13: B 4, F 10, H 8, J 12, K 13, L 13; B, J and K came back. Then L alone, 13 weeks
    # and 1 week.
    assert at_risk[["events", "time"]].sum().to_dict("index") == {
        "weeks-1-13": {"events": 3, "time": 60},
        "weeks-14-26": {"events": 0, "time": 13},
        "weeks-27-52": {"events": 1, "time": 1},
    }
    assert at_risk.size().tolist() == [6, 1, 1]


def test_who_is_back_within_some_weeks(register):
    lengths = DEFINITIONS.revolving_door_weeks
    found = exits.back_on_benefit(register, EXIT_WEEKS, lengths).frame()
    # Of minority origin, and followed so long: B, F, J, K and L, of whom B, J and K are back after
    # 13 weeks; F, J, K and L; J, K and L.
    by_length = found.groupby("within", observed=True)[["counted", "out_of"]].sum()
    assert by_length.to_numpy().tolist() == [[3, 5], [2, 4], [3, 3]]
    assert by_length.index.tolist() == [f"within-{length}" for length in lengths]
