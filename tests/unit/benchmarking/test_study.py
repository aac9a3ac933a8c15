"""A study of all outcomes, and contrasts by group for the other themes."""

import numpy as np
import pandas as pd
import pytest

from evalbook import plan
from nychance import benchmarking
from nychance.register import read_register

THE_PLAN = plan.load()
DEFINITIONS = THE_PLAN.definitions


@pytest.fixture(scope="module")
def register(extract_folder):
    return read_register(extract_folder, THE_PLAN.checkpoint("2009-03"), THE_PLAN)


@pytest.fixture(scope="module")
def people(register):
    return benchmarking.cohort(register, DEFINITIONS)


def test_a_study_has_everything_of_each_outcome(register, people):
    found = benchmarking.study(people, register.municipalities, draws=199, seed=1)
    assert list(found.effects) == list(found.drifts) == list(benchmarking.OUTCOMES)
    table = found.table()
    assert (table["unit"] == "points").all()
    assert table.loc[benchmarking.OUTCOMES[0], "estimate"] == pytest.approx(
        100 * found.effects[benchmarking.OUTCOMES[0]].estimate
    )
    assert (found.p_values()["estimate"] == table["p_adjusted"]).all()
    for part in (found.opinions(), found.bounds(), found.event_studies()):
        assert set(part.index.get_level_values("outcome")) == set(benchmarking.OUTCOMES)


def test_before_the_start_there_is_a_drift_and_no_effect(register, people):
    early = people[people["period"] < 0]
    found = benchmarking.study(early, register.municipalities, draws=199, seed=1)
    assert found.drifts and found.detectable and not found.effects
    assert found.table().empty
    assert found.p_values().empty


def test_too_few_persons_make_an_empty_study(people, register):
    few = people[people["person"].isin(people.frame()["person"].unique()[:3])]
    found = benchmarking.study(few, register.municipalities)
    assert found.panel.empty and not found.effects and not found.left_out


def made(groups, hidden=()):
    random = np.random.default_rng(2)
    rows = [
        {"municipality": place, "role": role, "group": group, "counted": counted, "out_of": 1}
        for place in range(12)
        for role in ["method" if place < 5 else "comparison"]
        for group, gap in groups.items()
        for counted in random.binomial(1, 0.3 + gap * (role == "method"), 60)
    ]
    people = pd.DataFrame(rows)
    shares = people.groupby(["group", "role"])[["counted"]].mean()
    shares["status"] = ["too-few" if key in hidden else "" for key in shares.index]
    return people, shares


def test_each_group_has_a_contrast_where_both_shares_are_shown():
    people, shares = made({"a": 0.4, "b": 0.0, "c": 0.0}, hidden=[("c", "comparison")])
    found = benchmarking.contrasts(people, shares, draws=999, seed=1)
    assert list(found) == ["a", "b", "c"]
    assert found["a"].direction == "higher"
    assert found["b"].direction == "undecided"
    assert found["c"] is None
    assert found["a"].p_adjusted >= found["a"].p


def test_one_contrast_of_a_table_by_role():
    people, shares = made({"a": 0.4})
    by_role = shares.droplevel("group")
    assert benchmarking.contrast_of(people, by_role, draws=999).direction == "higher"
    assert benchmarking.contrast_of(people, by_role.loc[["method"]]) is None


def test_the_renewed_group_is_the_target_group_of_each_period(register):
    drawn = benchmarking.renewed(register, DEFINITIONS).frame()
    parts = benchmarking.composition(register, DEFINITIONS).frame()
    last = max(drawn["period"])
    now = parts[(parts["period"] == last) & (parts["part"] != "has-left")]
    outcome = drawn["outcome"] == benchmarking.OUTCOMES[0]
    assert set(drawn[outcome & (drawn["period"] == last)]["row"]) <= set(now["row"])


def test_states_and_times_cover_the_cohort(register, people):
    states = benchmarking.states_since(register, people, DEFINITIONS).frame()
    assert set(states["row"]) <= set(people.frame()["row"])
    assert states["weeks"].min() == 0
    times = benchmarking.time_in_state(register, people, DEFINITIONS, draws=199, seed=1)
    table = benchmarking.contrast_table(times)
    assert (table["p_adjusted"] >= table["p"]).all()
