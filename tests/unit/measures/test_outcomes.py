"""Outcomes of spells, transfers and readiness of the fifteen persons of `tests/lib/paper.py`."""

from types import SimpleNamespace

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


def test_a_few_without_a_match_category_at_one_checkpoint_count_so_at_all(register):
    # In week 40, G, who was never assessed, is off benefit.
    checkpoints = tuple(
        SimpleNamespace(number=place, month=month, cutoff=register.weeks[week + 1].date())
        for place, (month, week) in enumerate((("2009-08", 35), ("2009-10", 40)))
    )
    the_plan = paper.PLAN.model_copy(update={"checkpoints": checkpoints})

    def counted(minimum, match_category):
        found = match.by_checkpoint(register, the_plan, checkpoints[-1], minimum).frame()
        mine = found[(found["match"] == match_category) & (found["role"] == "comparison")]
        return mine.groupby("checkpoint", observed=False).size().to_dict()

    assert counted(1, "match-unknown") == {"2009-08": 1, "2009-10": 0}
    assert counted(1, "match-5") == {"2009-08": 1, "2009-10": 1}
    assert counted(2, "match-unknown") == {"2009-08": 0, "2009-10": 0}
    assert counted(2, "match-5-or-unknown") == {"2009-08": 2, "2009-10": 1}


def test_intervals_lie_around_the_curve_that_may_be_published():
    random = np.random.default_rng(11)
    count = 400
    spells = pd.DataFrame(
        {"weeks": random.geometric(0.1, count), "ended": random.random(count) < 0.9}
    )
    spells["origin"] = np.where(random.random(count) < 0.5, "danish", "immigrant")
    bands = sickness.spell_curves(spells).bands(np.arange(0, 27), k=5)
    known = bands["survival"].notna()
    assert known.loc[20].all()
    assert (
        ((bands["lower"] <= bands["survival"]) & (bands["survival"] <= bands["upper"]))[known]
        .loc[1:20]
        .all(axis=None)
    )
