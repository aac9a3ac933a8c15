"""Measures by group of the fifteen persons of `tests/lib/paper.py`.

Flow, staircase, match categories, interventions, sickness and population.
"""

import numpy as np
import pandas as pd
import pytest

from evalbook.errors import DataError, UsageError
from evalbook.models import transition_matrix
from evalbook.models.shares.proportions import share
from nychance.measures import (
    courses,
    exits,
    flow,
    insurance,
    interventions,
    match,
    population,
    sickness,
    staircase,
    targets,
)
from nychance.measures.groups import groups
from tests.lib import paper
from tests.lib.paper import LAST, NAMES

DEFINITIONS = paper.PLAN.definitions
STEPS = [step.key for step in paper.PLAN.staircase]
WINDOW = targets.Window(35, LAST)
EVERYBODY = np.ones(len(NAMES), dtype=bool)


@pytest.fixture(scope="module")
def register(tmp_path_factory):
    return paper.read(paper.write(tmp_path_factory.mktemp("paper") / "extract"))


@pytest.fixture(scope="module")
def group(register):
    """The target group of week 35: A B C D E G H I J K L."""
    return targets.target_group(register, 35)


def filled(counts):
    """The cells of a table that are not 0."""
    return {cell: int(count) for cell, count in counts.stack().items() if count}


# -- flow ------------------------------------------------------------------------------------------


def test_transitions_between_two_weeks(register, group):
    # C is active, I sick, the others passive in week 35. In week 60 E is dead, H off, I still
    # sick, the others passive.
    assert filled(flow.transition_counts(register, 35, LAST, group)) == {
        ("passive", "passive"): 7,
        ("passive", "self-support"): 1,
        ("passive", "left"): 1,
        ("active", "passive"): 1,
        ("sick", "sick"): 1,
    }


def test_transitions_by_group(register, group):
    states = flow.states_at(register, [35, LAST], group)
    by_origin = transition_matrix(states, by=groups(register, 35, "origin", DEFINITIONS)[group])
    # Descendants: B, G and K.
    assert filled(by_origin["descendant"].counts) == {("passive", "passive"): 3}
    assert by_origin["immigrant"].counts.to_numpy().sum() == 8
    assert by_origin["immigrant"].loc["passive", "passive"] == pytest.approx(4 / 6)


def test_nobody_makes_no_transition(register):
    assert filled(flow.transition_counts(register, 0, LAST, ~EVERYBODY)) == {}


def test_shares_by_group_leave_nobody_out(register, group):
    measure = targets.passive_into_activity(register, WINDOW)
    labels = groups(register, 35, "sex", DEFINITIONS)
    found = measure.shares(labels)
    assert set(found) == {"K", "M", "unknown"}
    assert found["unknown"] is None
    assert sum(each.n for each in found.values() if each) == len(measure.persons)
    assert found["K"] == measure.over((register.persons["sex"] == "K").to_numpy())
    nobody = measure.shares(labels, ~EVERYBODY)
    assert not any(nobody.values())


# -- staircase -------------------------------------------------------------------------------------


def test_structure(register, group):
    # Week 45: C in a work trial, H in a job package. Week 39, of everybody: H in preparation, C in
    # a work trial, A and B off benefit, which is the top step.
    assert staircase.occupancy(register, 45, group, 6).tolist() == [0, 0, 1, 1, 0, 0]
    assert staircase.occupancy(register, 39, EVERYBODY, 6).tolist() == [1, 0, 1, 0, 0, 2]
    # The dead and the emigrated stand nowhere: H alone is left of the group, O of the others.
    assert staircase.occupancy(register, LAST, EVERYBODY, 6).tolist() == [0, 0, 0, 0, 0, 2]


def test_coherence_step_by_step(register, group):
    # H from preparation to a job package, C stays in its work trial; A and B come down from the
    # top to no step.
    found = staircase.moves_by_step(register, 39, 45, group, STEPS)
    assert filled(found) == {
        ("preparation", "skip"): 1,
        ("work-trial", "stay"): 1,
        ("ordinary-work", "off"): 2,
    }
    assert list(found) == list(staircase.MOVES)
    # Backwards, H comes down from the job package.
    assert filled(staircase.moves_by_step(register, 45, 39, group, STEPS)) == {
        ("job-package", "down"): 1,
        ("work-trial", "stay"): 1,
    }
    # From 35 to the end, C goes from its work trial to no step. H was on none and is not counted.
    assert filled(staircase.moves_by_step(register, 35, LAST, group, STEPS)) == {
        ("work-trial", "off"): 1
    }


def test_the_revolving_door_by_the_step_that_was_left(register):
    # H left from a job package and cannot be followed 13 weeks. All other exits are from no step:
    # of those that can be followed so long, B and J and K are back within 13 weeks, F and L and O
    # are not.
    followed = exits.returns(register, LAST, 4)
    found = staircase.returns_by_step(register, followed, 13, EVERYBODY, STEPS)
    assert set(found) == {*STEPS, staircase.OFF}
    assert {step for step, back in found.items() if back} == {staircase.OFF}
    assert found[staircase.OFF] == exits.back_within(followed, 13, LAST, EVERYBODY).over()
    within_8 = staircase.returns_by_step(register, followed, 8, EVERYBODY, STEPS)
    assert within_8["job-package"] == share(0, 1)


def test_entry_from_both_ends(register, group):
    # From the bottom H; in the middle D; from the top A and B. C stands on a step already.
    assert staircase.entries(register, 35, LAST, group, 6).tolist() == [1, 0, 1, 0, 0, 2]


def test_a_course_leads_to_a_higher_step(register):
    # J's course began in week 2 and no step follows; H's in week 36, a work trial from week 40.
    # Both can be followed 24 weeks; J is off benefit, the top step, from week 8.
    def reached(within):
        return courses.reached_step_after(
            register,
            "preparation-course",
            above=0,
            within=within,
            persons=EVERYBODY,
            steps=len(STEPS),
        )

    assert reached(5) == share(1, 2)
    assert reached(24) == share(2, 2)
    # H's cannot be followed 25 weeks.
    assert reached(25) == share(1, 1)


# -- match categories ------------------------------------------------------------------------------


def one_group():
    return pd.Series("all", index=range(len(NAMES)))


def test_job_ready_before_and_after_a_category_changes(register, group):
    # A 3, B 2, C 4, D 3, E 5, H 4 until week 30 and 3 from then on, I 5, J 1, K 4, L 3; G was
    # never assessed.
    before, after = (
        match.by_group(register, week, group, one_group(), DEFINITIONS) for week in (29, 30)
    )
    assert before.loc["all"].tolist() == [1, 1, 3, 3, 2, 1]
    assert after.loc["all"].tolist() == [1, 1, 4, 2, 2, 1]
    ready = match.readiness(before.rename(columns=str), DEFINITIONS.job_ready_matches)["ready"]
    assert [table.rename(columns=str).loc["all", ready].sum() for table in (before, after)] == [
        5,
        6,
    ]


def test_match_categories_end_where_another_model_begins(register, group):
    # The last week of the five categories is week 53 of 2009, which begins on 28 December.
    assert match.categories(register, 52, DEFINITIONS)[group].count() == 10
    with pytest.raises(DataError, match="another model than those before 2010-01-01"):
        match.by_group(register, 53, group, one_group(), DEFINITIONS)
    with pytest.raises(DataError, match="another model"):
        groups(register, 53, "match", DEFINITIONS)


def test_a_category_of_no_model_is_refused(register, group):
    few = DEFINITIONS.model_copy(update={"match_categories": (1, 2, 3)})
    with pytest.raises(DataError, match="have a match category such as 4"):
        match.by_group(register, 35, group, one_group(), few)


# -- interventions ---------------------------------------------------------------------------------


def used(register, kind, group, window=WINDOW):
    return interventions.use(
        register, kind, group, register.weeks[window.first], register.weeks[window.last]
    )


def test_use_of_each_intervention(register, group):
    # H's job package, C's mentor without an end, D's clarification, H's course; J's course ended
    # before the window.
    assert {
        kind.key: used(register, kind.key, group).over().count for kind in paper.PLAN.interventions
    } == {
        "job-package": 1,
        "competence-clarification": 1,
        "competence-card": 0,
        "mentor": 1,
        "preparation-course": 1,
    }
    assert used(register, "mentor", group).over() == share(1, 11)


def test_use_by_group(register, group):
    by_sex = used(register, "job-package", group).shares(groups(register, 35, "sex", DEFINITIONS))
    # Women A, D, G, I, K; men B, C, E, H, J, L, of whom H.
    assert by_sex == {"K": share(0, 5), "M": share(1, 6), "unknown": None}
    by_match = used(register, "job-package", group).shares(
        groups(register, 35, "match", DEFINITIONS)
    )
    assert {key: found.n for key, found in by_match.items()} == {
        "1": 1,
        "2": 1,
        "3": 4,
        "4": 2,
        "5": 2,
        "unknown": 1,
    }
    # In 2009: E 61; I 54; C 49; A 39, L 40; D 34, H 30; B 24, K 25, J 27; G 19.
    by_age = used(register, "job-package", group).shares(groups(register, 35, "age", DEFINITIONS))
    assert by_age == {
        "16-24": share(0, 2),
        "25-29": share(0, 2),
        "30-39": share(1, 3),
        "40-49": share(0, 2),
        "50-59": share(0, 1),
        "60+": share(0, 1),
        "unknown": None,
    }


def test_use_over_time(register, group):
    windows = [targets.window_to(register, last, 13) for last in (21, 34, 47, LAST)]
    # H's job package runs from week 44 to week 51.
    by_window = [used(register, "job-package", group, window).over() for window in windows]
    assert by_window == [share(0, 11), share(0, 11), share(1, 11), share(1, 11)]


def test_groups_add_up_to_everybody(register):
    for by in ("origin", "sex", "age", "match", "municipality", "role"):
        found = groups(register, 40, by, DEFINITIONS)
        assert found.notna().all()
        assert found.value_counts().sum() == len(NAMES)
    # F has emigrated, yet is registered in 101 all the same.
    assert groups(register, 40, "municipality", DEFINITIONS).value_counts().to_dict() == {
        201: 10,
        101: 5,
        "unknown": 0,
    }
    with pytest.raises(UsageError, match="'shoe size'"):
        groups(register, 40, "shoe size", DEFINITIONS)


# -- sickness --------------------------------------------------------------------------------------


def test_sickness_spells(register):
    found = sickness.sickness_spells(register)
    # I's spell ran before the first week. M's second still runs.
    names = dict(zip(register.identities, NAMES, strict=True))
    plain = found.frame()
    assert plain["person"].map(names).tolist() == ["C", "M", "M", "N", "O"]
    assert plain["weeks"].tolist() == [2, 6, 25, 30, 27]
    assert plain["ended"].tolist() == [True, True, False, True, True]
    assert plain["age"].tolist() == [49, 44, 44, 26, 41]


def survival(spells, weeks, k=1):
    return sickness.spell_bands(spells, weeks, k=k)["survival"]


def test_survival_of_sickness_spells(register):
    found = sickness.sickness_spells(register)
    # Danish origin: 6, 25 and running, 27. Immigrants: 2 and 30.
    curves = survival(found, [0, 2, 6, 26, 27, 52])
    assert curves["danish"].tolist() == pytest.approx([1, 1, 2 / 3, 2 / 3, 0, 0])
    assert curves["immigrant"].tolist() == pytest.approx([1, 0.5, 0.5, 0.5, 0.5, 0])


def test_curves_end_with_what_was_observed(register):
    found = sickness.sickness_spells(register)
    without_o = found[found["person"] != register.identities[NAMES.index("O")]]
    # M's 6 weeks ended, and M's other spell was seen for 25.
    assert survival(without_o, [25, 26])["danish"].tolist() == pytest.approx(
        [0.5, np.nan], nan_ok=True
    )


def test_published_steps_rest_on_enough_events(register):
    found = pd.concat(
        [sickness.sickness_spells(register).query("origin == 'immigrant'")] * 3, ignore_index=True
    )
    # Three ends at 2 weeks fill a step of three and leave three; the three at 30 weeks leave
    # nobody.
    assert survival(found, [1, 2], k=3)["immigrant"].tolist() == pytest.approx([1, 0.5])
    assert survival(found, [30], k=3)["immigrant"].isna().all()


def test_sick_listed_by_origin(register):
    listed = sickness.sick_listed(register, 40, 4).frame()
    by_origin = listed.groupby("origin", observed=False)[["counted", "out_of"]].sum()
    # On benefit in week 40: M and O; C, D, E, H, I, J, L; K. Sick: M, O; C, I.
    assert by_origin.to_dict("split")["data"] == [[2, 2], [2, 7], [0, 1]]
    assert by_origin.index.tolist() == ["danish", "immigrant", "descendant"]


def named(found, labels):
    """Who is what."""
    return {label: "".join(np.array(NAMES)[found == label]) for label in labels}


def test_who_is_insured_goes_by_the_weeks_before_the_sickness(register):
    # Sick in week 40: C after work trials, M after unemployment benefit, O after work; I since
    # before the register begins. The others on benefit then: D, E, J, K, L passive, H in a course.
    found = insurance.insured(register, 40, 4)
    assert named(found, insurance.INSURED) == {
        "insured": "MO",
        "not-insured": "CDEHJKL",
        "unknown": "I",
    }
    # N was on unemployment benefit before week 5; M still is. F is off benefit until week 21, J
    # until week 21 too.
    found = insurance.insured(register, 8, 4)
    assert named(found, insurance.INSURED) == {
        "insured": "MN",
        "not-insured": "ABCDEFGH",
        "unknown": "I",
    }


def test_work_counts_only_where_it_is_known_for_that_many_weeks(register):
    # O fell ill in week 20, after the twenty weeks without transfer that are known.
    assert insurance.insured(register, 20, 20)[NAMES.index("O")] == "insured"
    assert insurance.insured(register, 20, 21)[NAMES.index("O")] == "unknown"


def test_sick_listed_by_origin_and_insurance(register):
    listed = sickness.sick_listed(register, 40, 4).frame()
    found = listed.groupby(["insurance", "origin"], observed=True)[["counted", "out_of"]].sum()
    # M and O, of Danish origin, are the only insured ones, and both are sick. Of C, D, E, H, J and
    # L, who are not, C is, and I, of whom it is unknown.
    assert {key: tuple(row) for key, row in zip(found.index, found.to_numpy(), strict=True)} == {
        ("insured", "danish"): (2, 2),
        ("not-insured", "immigrant"): (2, 7),
        ("not-insured", "descendant"): (0, 1),
    }


# -- population ------------------------------------------------------------------------------------


def test_population_shares_of_a_municipality(register):
    counts = population.population_counts(register).xs(("101", "method"), level=(1, 2))
    shares = counts["counted"] / counts["out_of"]
    # Of 100 persons 20 are minorities: 10 employed, 8 outside, 8 of 20 supported, 3 of 12 in the
    # target group.
    assert shares.to_dict() == pytest.approx(
        {
            "minority_share": 0.2,
            "employment_rate": 0.5,
            "outside": 0.4,
            "target_share": 0.25,
            "support_share": 0.4,
        }
    )
