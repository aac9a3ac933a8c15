"""The cohort of the start, entrants and flows, against slow ways."""

import numpy as np
import pandas as pd
import pytest

from evalbook import plan
from evalbook.errors import DataError
from nychance import benchmarking
from nychance.benchmarking.cohort import ACTIVITY, COHORT_WEEKS, ENTRY_WEEKS, SUPPORT
from nychance.benchmarking.outcome_panel import start_week, windows
from nychance.measures.spells import exits
from nychance.register import read_register

THE_PLAN = plan.load()
DEFINITIONS = THE_PLAN.definitions


@pytest.fixture(scope="module")
def register(extract_folder):
    return read_register(extract_folder, THE_PLAN.checkpoint("2009-03"), THE_PLAN)


@pytest.fixture(scope="module")
def people(register):
    return benchmarking.cohort(register, DEFINITIONS).frame()


@pytest.fixture(scope="module")
def panel(register, people):
    return benchmarking.cohort_panel(people, register.municipalities)


def test_the_cohort_is_who_was_in_the_target_group_before_the_start(register, people):
    start = start_week(register, DEFINITIONS)
    weeks = range(start - COHORT_WEEKS, start)
    home = register.municipality_at(start - 1)
    role = home.map(register.municipalities["role"])
    expected = {
        person
        for person in np.flatnonzero(register.minority)
        if any(register.on_benefit[person, week] for week in weeks)
        and role[person] in ("method", "comparison")
    }
    assert set(people["row"]) == expected
    assert (people["person"] == register.identities[people["row"]]).all()
    # Whoever moves later stays where he was.
    assert (people["municipality"] == people["row"].map(home)).all()
    assert (people["role"] == people["row"].map(role)).all()


def test_its_weeks_are_counted_by_hand(register, people):
    window = windows(register, DEFINITIONS)[1]
    rows = people[people["period"] == 1].set_index(["row", "outcome"])
    for person in people["row"].unique()[:40]:
        weeks = range(window.first, window.last + 1)
        observed = [week for week in weeks if register.observed[person, week]]
        active = [week for week in observed if register.active[person, week]]
        free = [week for week in observed if register.self_supporting[person, week]]
        if not observed:
            assert (person, ACTIVITY) not in rows.index
            continue
        for outcome, counted in ((ACTIVITY, active), (SUPPORT, free)):
            row = rows.loc[(person, outcome)]
            assert (row["counted"], row["out_of"]) == (len(counted), len(observed))


def test_who_leaves_benefit_stays_in_the_cohort(people):
    """The renewed group loses them; the cohort has as many in all periods, but for the lost."""
    persons = people[people["outcome"] == ACTIVITY].groupby("period")["person"].nunique()
    assert persons.loc[5] > 0.9 * persons.loc[-1]


def test_entrants_are_followed_for_as_long_and_not_across_the_start(register):
    found = benchmarking.entrants(register, DEFINITIONS).frame()
    start = start_week(register, DEFINITIONS)
    assert not found.duplicated(["person", "period", "outcome"]).any()
    assert found["out_of"].max() == ENTRY_WEEKS
    assert set(found["period"]) & {-1, -2} == set()
    assert found["period"].max() * 13 + 12 + ENTRY_WEEKS <= len(register.weeks) - start
    first = found.query("period == 0")["row"].iloc[0]
    assert not register.on_benefit[first, start - 1] or register.on_benefit[first, start]


def test_a_group_s_composition_adds_up(register):
    found = benchmarking.composition(register, DEFINITIONS).frame()
    every = windows(register, DEFINITIONS)
    counts = found.groupby(["period", "part"]).size().unstack()
    assert not found.duplicated(["person", "period"]).any()
    for period, window in every.items():
        if period not in counts.index:
            continue
        member = register.minority & register.on_benefit[:, window.first]
        there = register.role_at(window.first).isin(["method", "comparison"]).to_numpy()
        row = counts.loc[period]
        assert row["has-stayed"] + row["is-new"] == (member & there).sum()


def test_the_panel_s_municipalities_are_chosen_before_the_start(register, people):
    some = people.copy()
    late = (some["municipality"] == some["municipality"].iloc[0]) & (some["period"] >= 3)
    panel = benchmarking.cohort_panel(some[~late], register.municipalities)
    assert some["municipality"].iloc[0] in set(panel["municipality"])
    fewer = benchmarking.cohort_panel(people, register.municipalities, least=60)
    names = register.municipalities["name"]
    assert len(fewer.attrs["left_out"]) == names.nunique() - fewer["municipality"].nunique()
    assert set(fewer.attrs["left_out"]) <= set(names)
    with pytest.raises(DataError, match="no method or no comparison municipality"):
        benchmarking.cohort_panel(people, register.municipalities, least=10_000)


def test_the_effect_is_the_difference_of_mean_changes(panel):
    found = benchmarking.effect(panel, ACTIVITY, draws=199, seed=1)
    wide = panel.assign(late=panel["period"] >= 0).pivot_table(
        index="municipality", columns="late", values=ACTIVITY
    )
    change = wide[True] - wide[False]
    method = panel.groupby("municipality")["method"].first()
    assert found.estimate == pytest.approx(change[method].mean() - change[~method].mean())
    assert found.contrast.test == "randomisation"
    table = benchmarking.study_table(found)
    assert list(table.index) == sorted(panel["period"].unique())
    after = table.loc[0:, "estimate"].mean() - table.loc[:-1, "estimate"].mean()
    assert found.estimate == pytest.approx(after)
    wider = table["band_upper"] - table["band_lower"] >= table["upper"] - table["lower"] - 0.02
    assert wider.mean() > 0.8


def test_opinions_say_what_is_not_tested(panel):
    found = benchmarking.effect(panel, ACTIVITY, draws=199, seed=1)
    opinions = found.opinions()
    assert opinions.index[0] == "randomisation"
    assert set(opinions["status"]) <= {"", "not-tested"}
    assert opinions["p"].isna().equals(opinions["status"] == "not-tested")
    assert (opinions.loc["size", "status"] == "") == (found.by_size.df >= 3)


def test_the_outcomes_are_adjusted_together(panel):
    found = {
        outcome: benchmarking.effect(panel, outcome, draws=199, seed=1)
        for outcome in (ACTIVITY, SUPPORT)
    }
    adjusted = benchmarking.effects_adjusted(found)
    for name, one in adjusted.items():
        assert found[name].contrast.p <= one.p_adjusted <= 2 * found[name].contrast.p + 1e-12
    table = benchmarking.effects_table(found)
    assert table["p_adjusted"].to_list() == [one.p_adjusted for one in adjusted.values()]
    assert {"method_before", "comparison_after", "carried", "breakdown"} <= set(table)


def test_exits_count_from_the_start_with_the_role_of_their_week(register):
    found = benchmarking.returns_since(register, DEFINITIONS, 13).frame()
    start, last = start_week(register, DEFINITIONS), len(register.weeks) - 1
    assert found["week"].between(start, last - 13).all()
    leaves = exits(register, last, DEFINITIONS.exit_weeks)
    known = set(zip(leaves.person.tolist(), leaves.first.tolist(), strict=True))
    assert set(zip(found["row"], found["week"], strict=True)) <= known
    row = found.iloc[5]
    back = register.on_benefit[row["row"], row["week"] : row["week"] + 14].any()
    assert row["counted"] == back
    assert row["municipality"] == register.municipality_at(row["week"])[row["row"]]
    both = benchmarking.returns_since(register, DEFINITIONS, 13, before=True).frame()
    assert (both.query("after == 0")["week"] + 13 <= start).all()
    assert len(both.query("after == 1")) == len(found)
    level = benchmarking.compared(both, draws=99)
    change = benchmarking.compared(both, change=True, draws=99)
    assert not level.is_change
    assert change.is_change


def test_stretches_are_the_weeks_in_each_state(register, people):
    first, last = start_week(register, DEFINITIONS), len(register.weeks) - 1
    some = people[people["row"].isin(people["row"].unique()[:60])]
    found = benchmarking.stretches(register, some, first, last).frame()
    weeks = found.assign(weeks=found["stop"] - found["start"]).groupby(["row", "origin"])
    for (person, state), count in weeks["weeks"].sum().items():
        if state == "self-support":
            assert count == register.self_supporting[person, first:].sum()
        elif state == "passive":
            assert count == register.is_state("passive")[person, first:].sum()


def test_time_in_a_state_is_compared_by_municipality(register, people):
    found = benchmarking.time_in_state(register, people, DEFINITIONS, draws=99)
    assert set(found) == {"self-support", "active", "passive", "sick"}
    shares = pd.DataFrame({name: one.values["value"] for name, one in found.items()})
    assert ((shares >= 0) & (shares <= 1)).all(axis=None)
    assert (shares.sum(axis=1) < 1).all()
    flow = benchmarking.flow_by_role(register, people, DEFINITIONS)
    assert set(flow.n.index) == {"comparison", "method"}
