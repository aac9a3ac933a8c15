"""Measures by group of the fifteen persons of `tests/lib/paper.py`.

Flow, staircase, match categories, interventions, sickness and population.
"""

import numpy as np
import pandas as pd
import pytest

from evalbook.errors import DataError, UsageError
from evalbook.models import transition_matrix
from evalbook.plan import Checkpoint
from nychance.measures import (
    courses,
    exits,
    flow,
    insurance,
    interventions,
    match,
    people,
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


def cells(people, *by):
    """How many persons there are by group, without the groups that nobody is in."""
    return people.frame().groupby(list(by), observed=True).size().to_dict()


def shares(people, *by):
    """How many are counted, and out of how many, by group."""
    sums = people.frame().groupby(list(by), observed=True)[["counted", "out_of"]].sum()
    return {key: (counted, out_of) for key, counted, out_of in sums.itertuples(name=None)}


def counted(people):
    """How many are counted, and out of how many."""
    return people["counted"].sum(), people["out_of"].sum()


# -- flow ------------------------------------------------------------------------------------------


def test_transitions_between_two_weeks(register, group):
    # C is active, I sick, the others passive in week 35. In week 60 E is dead, H off, I still
    # sick, the others passive.
    found = flow.transitions(register, 35, LAST, group)
    assert cells(found, "before", "after") == {
        ("passive", "passive"): 7,
        ("passive", "self-support"): 1,
        ("passive", "left"): 1,
        ("active", "passive"): 1,
        ("sick", "sick"): 1,
    }
    # States that nobody is in have their place in a table all the same.
    assert list(found["before"].cat.categories) == list(flow.GROUPS)


def test_transitions_by_group(register, group):
    states = flow.states_at(register, [35, LAST], group)
    by_origin = transition_matrix(states, by=groups(register, 35, "origin", DEFINITIONS)[group])
    # Descendants: B, G and K.
    assert by_origin["descendant"].counts.to_numpy().sum() == 3
    assert by_origin["descendant"].counts.loc["passive", "passive"] == 3
    assert by_origin["immigrant"].counts.to_numpy().sum() == 8
    assert by_origin["immigrant"].loc["passive", "passive"] == pytest.approx(4 / 6)


def test_nobody_makes_no_transition(register):
    assert len(flow.transitions(register, 0, LAST, ~EVERYBODY)) == 0


def test_shares_by_group_leave_nobody_out(register, group):
    measure = targets.passive_into_activity(register, WINDOW)
    sex = groups(register, 35, "sex", DEFINITIONS)
    found = shares(measure.people(register, sex=sex), "sex")
    # Women A, D, G, K; men B, E, H, J, L. D and H become active.
    assert found == {"K": (1, 4), "M": (1, 5)}
    assert sum(out_of for _, out_of in found.values()) == len(measure.persons)


# -- staircase -------------------------------------------------------------------------------------


def test_structure(register, group):
    # Week 45: C in a work trial, H in a job package. Week 39, of everybody: H in preparation, C in
    # a work trial, A and B off benefit, which is the top step.
    found = staircase.occupancy(register, 45, group, STEPS)
    assert cells(found, "step") == {"work-trial": 1, "job-package": 1}
    assert len(found) == group.sum()
    assert list(found["step"].cat.categories) == STEPS
    assert cells(staircase.occupancy(register, 39, EVERYBODY, STEPS), "step") == {
        "preparation": 1,
        "work-trial": 1,
        "ordinary-work": 2,
    }
    # The dead and the emigrated stand nowhere: H alone is left of the group, O of the others.
    assert cells(staircase.occupancy(register, LAST, EVERYBODY, STEPS), "step") == {
        "ordinary-work": 2
    }


def test_coherence_step_by_step(register, group):
    # H from preparation to a job package, C stays in its work trial; A and B come down from the
    # top to no step.
    found = staircase.moves(register, targets.Window(39, 45), group, STEPS)
    assert cells(found, "step", "move") == {
        ("preparation", "several-up"): 1,
        ("work-trial", "same-step"): 1,
        ("ordinary-work", "moved-off"): 2,
    }
    assert list(found["move"].cat.categories) == staircase.MOVES
    # Of the two that are on a step at both ends, H has moved up.
    assert counted(found) == (1, 2)
    # Backwards, H comes down from the job package.
    assert cells(
        staircase.moves(register, targets.Window(45, 39), group, STEPS), "step", "move"
    ) == {
        ("job-package", "moved-down"): 1,
        ("work-trial", "same-step"): 1,
    }
    # From 35 to the end, C goes from its work trial to no step. H was on none and is not counted.
    found = staircase.moves(register, WINDOW, group, STEPS)
    assert cells(found, "step", "move") == {("work-trial", "moved-off"): 1}
    assert counted(found) == (0, 0)


def test_the_revolving_door_by_the_step_that_was_left(register):
    # H left from a job package and cannot be followed 13 weeks. All other exits are from no step:
    # of those that can be followed so long, B and J and K are back within 13 weeks, F and L and O
    # are not.
    found = staircase.returns_by_step(register, 4, 13, STEPS)
    assert list(found["step"].cat.categories) == [*STEPS[:-1], staircase.OFF]
    whole = exits.back_within(exits.returns(register, LAST, 4), 13, LAST, EVERYBODY)
    assert shares(found, "step") == {
        staircase.OFF: (whole.numerator.sum(), whole.denominator.sum())
    }
    within_8 = staircase.returns_by_step(register, 4, 8, STEPS)
    assert shares(within_8, "step")["job-package"] == (0, 1)


def test_entry_from_both_ends(register, group):
    # From the bottom H; in the middle D; from the top A and B. C stands on a step already.
    found = staircase.entries(register, WINDOW, group, STEPS)
    assert cells(found, "step") == {"preparation": 1, "work-trial": 1, "ordinary-work": 2}
    assert counted(found) == (3, 4)


def test_a_course_leads_to_a_higher_step(register):
    # J's course began in week 2 and no step follows; H's in week 36, a work trial from week 40.
    # Both can be followed 24 weeks; J is off benefit, the top step, from week 8.
    # H's cannot be followed 25 weeks.
    found = courses.reached_step_after(
        register, "preparation-course", [5, 24, 25], EVERYBODY, paper.PLAN
    )
    assert shares(found, "followed") == {
        "within-5": (1, 2),
        "within-24": (2, 2),
        "within-25": (1, 1),
    }


# -- match categories ------------------------------------------------------------------------------


# The last whole weeks of these months are the weeks 29 and 34.
CHECKPOINTS = tuple(
    Checkpoint(number=number, month=month, activities=())
    for number, month in ((1, "2009-07"), (2, "2009-08"))
)
TWO_CHECKPOINTS = paper.PLAN.model_copy(update={"checkpoints": CHECKPOINTS})


def by_checkpoint(register, minimum):
    return match.by_checkpoint(register, TWO_CHECKPOINTS, CHECKPOINTS[-1], minimum)


def test_job_ready_before_and_after_a_category_changes(register):
    # In 101 A 3, B 2, C 4, E 5, and D 3 until it moves in week 30. In 201 H 4 until week 30 and 3
    # from then on, I 5, J 1, K 4, N 2; G was never assessed.
    found = by_checkpoint(register, minimum=1)
    assert cells(found, "checkpoint", "role", "match") == {
        ("2009-07", "method", "match-2"): 1,
        ("2009-07", "method", "match-3"): 2,
        ("2009-07", "method", "match-4"): 1,
        ("2009-07", "method", "match-5"): 1,
        ("2009-07", "comparison", "match-1"): 1,
        ("2009-07", "comparison", "match-2"): 1,
        ("2009-07", "comparison", "match-4"): 2,
        ("2009-07", "comparison", "match-5"): 1,
        ("2009-07", "comparison", "match-unknown"): 1,
        ("2009-08", "method", "match-2"): 1,
        ("2009-08", "method", "match-3"): 1,
        ("2009-08", "method", "match-4"): 1,
        ("2009-08", "method", "match-5"): 1,
        ("2009-08", "comparison", "match-1"): 1,
        ("2009-08", "comparison", "match-2"): 1,
        ("2009-08", "comparison", "match-3"): 2,
        ("2009-08", "comparison", "match-4"): 1,
        ("2009-08", "comparison", "match-5"): 1,
        ("2009-08", "comparison", "match-unknown"): 1,
    }
    # Without G, of whom it is not known.
    assert shares(found, "checkpoint", "role") == {
        ("2009-07", "method"): (3, 5),
        ("2009-07", "comparison"): (2, 5),
        ("2009-08", "method"): (2, 4),
        ("2009-08", "comparison"): (4, 6),
    }


def test_too_few_without_a_category_count_with_the_one_farthest_from_work(register):
    found = by_checkpoint(register, minimum=2)
    assert list(found["match"].cat.categories) == [
        *(f"match-{category}" for category in (1, 2, 3, 4)),
        "match-5-or-unknown",
    ]
    together = found[found["match"] == "match-5-or-unknown"]
    # E; I and G: at both checkpoints and in both kinds of municipality, as all tables must agree.
    assert cells(together, "checkpoint", "role") == {
        (month, role): count
        for month in ("2009-07", "2009-08")
        for role, count in (("method", 1), ("comparison", 2))
    }
    # So they are none of the job-ready.
    assert shares(found, "checkpoint", "role")["2009-07", "comparison"] == (2, 6)


def test_match_categories_end_where_another_model_begins(register, group):
    # The last week of the five categories is week 53 of 2009, which begins on 28 December.
    assert match.categories(register, 52, DEFINITIONS)[group].count() == 10
    with pytest.raises(DataError, match="another model than those before 2010-01-01"):
        match.categories(register, 53, DEFINITIONS)
    with pytest.raises(DataError, match="another model"):
        groups(register, 53, "match", DEFINITIONS)


def test_a_category_of_no_model_is_refused(register):
    few = DEFINITIONS.model_copy(update={"match_categories": (1, 2, 3)})
    with pytest.raises(DataError, match="have a match category such as 4"):
        match.categories(register, 35, few)


# -- interventions ---------------------------------------------------------------------------------


KINDS = [kind.key for kind in paper.PLAN.interventions]


def test_use_of_each_intervention(register, group):
    # H's job package, C's mentor without an end, D's clarification, H's course; J's course ended
    # before the window.
    found = interventions.use(register, KINDS, group, WINDOW)
    assert shares(found, "intervention") == {
        "job-package": (1, 11),
        "competence-clarification": (1, 11),
        "competence-card": (0, 11),
        "mentor": (1, 11),
        "preparation-course": (1, 11),
    }


def test_use_by_group(register, group):
    who = people.background(register, 35, DEFINITIONS)
    found = interventions.use(register, ["job-package"], group, WINDOW).merge(who, on="person")
    # Women A, D, G, I, K; men B, C, E, H, J, L, of whom H.
    assert shares(found, "sex") == {"women": (0, 5), "men": (1, 6)}
    assert cells(found, "match") == {
        "match-1": 1,
        "match-2": 1,
        "match-3": 4,
        "match-4": 2,
        "match-5": 2,
        "match-unknown": 1,
    }
    # In 2009: E 61; I 54; C 49; A 39, L 40; D 34, H 30; B 24, K 25, J 27; G 19.
    assert shares(found, "age") == {
        "16-24": (0, 2),
        "25-29": (0, 2),
        "30-39": (1, 3),
        "40-49": (0, 2),
        "50-59": (0, 1),
        "60+": (0, 1),
    }
    # A, B, C and E live in 101; D has moved to 201.
    assert shares(found, "role", "municipality") == {
        ("method", "101"): (0, 4),
        ("comparison", "201"): (1, 7),
    }
    # 1 to 3 are job-ready; G was not assessed.
    assert shares(found, "readiness") == {"ready": (1, 6), "not-ready": (0, 5)}


def test_use_over_time(register, group):
    windows = [targets.window_to(register, last, 13) for last in (21, 34, 47, LAST)]
    # H's job package runs from week 44 to week 51.
    by_window = [
        counted(interventions.use(register, ["job-package"], group, window)) for window in windows
    ]
    assert by_window == [(0, 11), (0, 11), (1, 11), (1, 11)]


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
    return sickness.spell_curves(spells).bands(weeks, k=k)["survival"]


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
