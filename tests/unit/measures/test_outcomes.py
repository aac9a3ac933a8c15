"""Outcomes of spells, transfers and readiness of the fifteen persons of `tests/lib/paper.py`."""

import numpy as np
import pandas as pd
import pytest

from evalbook.plan import Checkpoint
from nychance.measures import exits, match, population, sickness, targets
from nychance.measures.groups import groups
from tests.lib import paper
from tests.lib.paper import LAST, NAMES

DEFINITIONS = paper.PLAN.definitions
WINDOW = targets.Window(35, LAST)


@pytest.fixture(scope="module")
def register(tmp_path_factory):
    return paper.read(paper.write(tmp_path_factory.mktemp("paper") / "extract"))


def row(found, name):
    return {column: int(count) for column, count in found.loc[name].items() if count}


def by_origin(people, column, register):
    origin = pd.Series(register.persons["origin"].to_numpy(), index=register.identities)
    plain = people.frame()
    return pd.crosstab(plain["person"].map(origin), plain[column])


def test_what_came_of_the_spells_that_ran_in_the_first_week(register):
    people = exits.outcomes(register, WINDOW, DEFINITIONS.exit_weeks)
    found = by_origin(people, "destination", register)
    # On benefit in week 35, besides M and O of Danish origin: A, C, D, E, H, I, J and L; B, G and
    # K. N is in education already.
    assert list(found.index) == ["descendant", "immigrant"]
    assert row(found, "immigrant") == {"stayed": 6, "self-support": 1, "left": 1}
    assert row(found, "descendant") == {"stayed": 2, "self-support": 1}
    assert set(people.persons) == set(
        register.identities[targets.target_group(register, WINDOW.first)]
    )


def test_an_exit_counts_once_it_has_lasted(register):
    # B leaves in week 38: four weeks later it is an exit, before that B has stayed, and H and O
    # have not left yet.
    for last, out in ((40, 0), (41, 1)):
        found = exits.outcomes(register, targets.Window(35, last), DEFINITIONS.exit_weeks)
        assert (found.frame()["destination"] == "self-support").sum() == out


def test_transfers_of_the_publicly_supported(register):
    found = by_origin(population.supported(register, LAST), "transfer", register)
    # E has died, F emigrated, and H has no transfer in the last week.
    assert list(found.index) == ["descendant", "immigrant"]
    assert row(found, "immigrant") == {"passive": 5, "sick": 1, "education": 1}
    assert row(found, "descendant") == {"passive": 3}


def test_codes_that_nobody_knows_are_other_transfers(register):
    line = next(line for line in paper.WEEKS.split("\n") if line.startswith("G"))
    week = line.split()[1].index("?")
    people = population.supported(register, week)
    assert by_origin(people, "transfer", register).loc["descendant", population.OTHER] == 1
    assert not set(population.FOLDED) & set(people["transfer"].cat.categories)


def test_readiness_follows_the_match_category_of_the_week(register):
    early, late = (
        dict(zip(NAMES, groups(register, week, "readiness", DEFINITIONS), strict=True))
        for week in (29, 35)
    )
    assert early["A"] == "ready"
    assert early["C"] == "not-ready"
    # H is in match 4 until week 30, then in 3; G has never been assessed.
    assert (early["H"], late["H"]) == ("not-ready", "ready")
    assert early["G"] == "not-ready"


def test_match_categories_by_group_add_up_to_everybody(register):
    group = targets.target_group(register, 35)
    found = match.by_group(register, 35, group, register.role_at(35), DEFINITIONS)
    # A, B, C and E in 101; D, H, I, J, K and L in 201, and G without a category.
    assert found.sum(axis=1).to_dict() == {"comparison": 7, "method": 4}
    assert row(found, "method") == {2: 1, 3: 1, 4: 1, 5: 1}
    assert row(found, "comparison") == {1: 1, 3: 3, 4: 1, 5: 1, "unknown": 1}


def test_how_far_from_work_persons_are_at_each_checkpoint(register):
    checkpoint = Checkpoint(number=1, month=f"{register.weeks[36]:%Y-%m}", activities=())
    week = register.week_at(checkpoint.cutoff)
    the_plan = paper.PLAN.model_copy(update={"checkpoints": (checkpoint,)})
    apart = match.by_checkpoint(register, the_plan, checkpoint, minimum=1).frame()
    assert len(apart) == targets.target_group(register, week).sum()
    known = apart["match"] != "match-unknown"
    assert apart["out_of"].tolist() == known.astype(float).tolist()
    assert (apart["counted"] == apart["match"].isin(["match-1", "match-2", "match-3"])).all()
    assert (apart.loc[~known, "role"] == "comparison").all()
    together = match.by_checkpoint(register, the_plan, checkpoint, minimum=5).frame()
    # Who has no category counts with those farthest from work.
    assert together.loc[~known, "match"].tolist() == ["match-5-or-unknown"] * (~known).sum()
    assert (
        together["match"].isin(["match-5-or-unknown"]).sum()
        == ((~known) | (apart["match"] == "match-5")).sum()
    )
    assert (together["out_of"] == 1).all()


def test_a_few_without_a_match_category_count_with_the_one_farthest_from_work(register):
    day, roles = register.weeks[36].date(), ["method", "comparison"]
    (apart,) = match.over_time(register, [day], roles, DEFINITIONS, minimum=1).values()
    assert row(apart, "comparison") == {1: 1, 3: 3, 4: 1, 5: 1, "unknown": 1}
    assert match.readiness(apart, (1, 2, 3)) == {"ready": ["1", "2", "3"], "not-ready": ["4", "5"]}
    (together,) = match.over_time(register, [day], roles, DEFINITIONS, minimum=5).values()
    assert row(together, "comparison") == {1: 1, 3: 3, 4: 1, "5 or unknown": 2}
    assert row(together, "method") == {2: 1, 3: 1, 4: 1, "5 or unknown": 1}
    assert match.readiness(together, (1, 2, 3)) == {
        "ready": ["1", "2", "3"],
        "not-ready": ["4", "5 or unknown"],
    }


def test_a_few_without_a_match_category_on_one_day_count_so_on_all_days(register):
    # G is off benefit in week 40.
    days = [register.weeks[week + 1].date() for week in (40, 35)]
    without, with_one = match.over_time(
        register, days, ["comparison"], DEFINITIONS, minimum=1
    ).values()
    assert (without["unknown"].tolist(), with_one["unknown"].tolist()) == ([0], [1])
    early, late = match.over_time(register, days, ["comparison"], DEFINITIONS, minimum=2).values()
    assert list(early) == list(late) == [1, 2, 3, 4, "5 or unknown"]


def test_intervals_lie_around_the_curve_that_may_be_published():
    random = np.random.default_rng(11)
    count = 400
    spells = pd.DataFrame(
        {"weeks": random.geometric(0.1, count), "ended": random.random(count) < 0.9}
    )
    spells["origin"] = np.where(random.random(count) < 0.5, "danish", "immigrant")
    bands = sickness.spell_bands(spells, np.arange(0, 27), k=5)
    known = bands["survival"].notna()
    assert known.loc[20].all()
    assert (
        ((bands["lower"] <= bands["survival"]) & (bands["survival"] <= bands["upper"]))[known]
        .loc[1:20]
        .all(axis=None)
    )
