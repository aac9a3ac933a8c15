"""What goes with an intervention: on from its start, and found where it was built in."""

import numpy as np
import pytest

from evalbook import plan
from nychance.measures.associations import exit_ratios
from nychance.register import read_register

PLAN = plan.load()
KINDS = [kind.key for kind in PLAN.interventions]


@pytest.fixture(scope="module")
def register(extract_folder):
    return read_register(extract_folder, PLAN.checkpoints[-1], PLAN)


def test_a_built_in_job_package_shows_and_a_competence_card_that_does_nothing_does_not(register):
    everybody = np.ones(len(register.persons), dtype=bool)
    model = exit_ratios(register, 0, KINDS, everybody, 4)
    found, events = model.of_kinds, model.events
    assert list(found.index) == KINDS
    assert events > 1000
    assert found.loc["job-package", "lower"] > 1
    # The job package's 1.6 holds while it runs; from the start on, also after its end, it is less.
    assert found.loc["job-package", "hazard_ratio"] < 1.6
    card = found.loc["competence-card"]
    assert card["lower"] < 1 < card["upper"]


def test_what_too_few_exits_followed_is_not_told_and_the_others_still_are(register):
    had = register.interventions.loc[
        register.interventions["kind"] == "competence-card", "person"
    ].unique()
    without = ~np.isin(np.arange(len(register.persons)), had[5:])
    found = exit_ratios(register, len(register.weeks) - 52, KINDS, without, 4).of_kinds
    assert found.loc["competence-card"].isna().all()
    assert found.drop(index="competence-card").notna().all(axis=None)
