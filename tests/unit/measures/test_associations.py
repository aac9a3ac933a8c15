"""What goes with an intervention: on from its start, and found where it was built in."""

import numpy as np
import pytest

from evalbook import plan
from nychance.measures.associations import BACKGROUND, EVENTS, exit_ratios, weeks_at_risk
from nychance.measures.person_weeks import person_weeks
from nychance.register import read_register

PLAN = plan.load()
KINDS = [kind.key for kind in PLAN.interventions]


@pytest.fixture(scope="module")
def register(extract_folder):
    return read_register(extract_folder, PLAN.checkpoints[-1], PLAN)


def test_a_built_in_job_package_shows_and_a_competence_card_that_does_nothing_does_not(register):
    everybody = np.ones(len(register.persons), dtype=bool)
    found = exit_ratios(weeks_at_risk(register, 0, KINDS, everybody, 4), KINDS)
    ratios = found.to_frame()
    assert set(KINDS) <= set(ratios.index)
    assert found.events > 1000
    assert ratios.loc["job-package", "lower"] > 1
    # The job package's 1.6 holds while it runs; from the start on, also after its end, it is less.
    assert ratios.loc["job-package", "hazard_ratio"] < 1.6
    card = ratios.loc["competence-card"]
    assert card["lower"] < 1 < card["upper"]


def test_spells_that_ran_already_are_left_out_and_how_many_is_told(register):
    everybody = np.ones(len(register.persons), dtype=bool)
    weeks = weeks_at_risk(register, 0, KINDS, everybody, 4)
    listed = person_weeks(register, len(register.weeks) - 1, exit_weeks=4)
    begun_before = listed["begun_before"]
    found = exit_ratios(weeks, KINDS)
    assert found.n == len(weeks) == (~begun_before).sum()
    assert found.left_out == pytest.approx(begun_before.mean())
    assert 0 < found.left_out < 1


def test_levels_with_too_few_exits_are_joined_with_the_most_frequent_one(register):
    everybody = np.ones(len(register.persons), dtype=bool)
    weeks = weeks_at_risk(register, len(register.weeks) - 40, KINDS, everybody, 4).frame()
    for column in BACKGROUND:
        events = weeks.groupby(column, observed=True)["event"].sum()
        assert (events >= EVENTS).all()


def test_what_too_few_exits_followed_is_not_told_and_the_others_still_are(register):
    had = register.interventions.loc[
        register.interventions["kind"] == "competence-card", "person"
    ].unique()
    without = ~np.isin(np.arange(len(register.persons)), had[5:])
    weeks = weeks_at_risk(register, len(register.weeks) - 52, KINDS, without, 4)
    found = exit_ratios(weeks, KINDS).to_frame()
    assert "competence-card" not in found.index
    assert found.loc[[kind for kind in KINDS if kind != "competence-card"]].notna().all(axis=None)


def test_where_no_intervention_has_enough_exits_there_are_no_ratios(register):
    nobody_had = ~np.isin(
        np.arange(len(register.persons)), register.interventions["person"].unique()
    )
    weeks = weeks_at_risk(register, 0, KINDS, nobody_had, 4)
    found = exit_ratios(weeks, KINDS)
    assert found.to_frame().empty and list(found.to_frame()) == ["hazard_ratio", "lower", "upper"]
    assert found.n == len(weeks)
