"""Competence profiles and exchanges of methods: read as of a checkpoint, counted completely."""

import pandas as pd
import pytest
from scipy import stats

from evalbook import plan
from evalbook.errors import DataError
from evalbook.models.shares.proportions import share
from evalbook.sdc import Persons
from evalbook.sdc.about import SOURCE
from evalbook.sdc.leaks import find_leaks
from evalbook.sdc.ledger import Ledger
from evalbook.sdc.protected import ProtectedTables
from nychance.fieldwork import exchanges, profiles

PLAN = plan.load()
HEAD = "profile,clarified,area,before,after\n"
AREAS = ("danish", "practical")


def written(tmp_path, *rows, head=HEAD):
    path = tmp_path / "profiles.csv"
    path.write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def people(*levels, day="2008-01-10", first=1):
    """Profiles as (before, after) for Danish and for practical skills."""
    rows = [
        (number, pd.Timestamp(day), area, *pair)
        for number, both in enumerate(levels, first)
        for area, pair in zip(AREAS, both, strict=True)
    ]
    table = Persons(pd.DataFrame(rows, columns=["person", "clarified", "area", "before", "after"]))
    table["area"] = pd.Categorical(table["area"], AREAS)
    table.attrs[SOURCE] = profiles.PROFILES
    return table


def report(hidden=()):
    return ProtectedTables(Ledger(5, hidden, b"secret"))


def test_checkpoint_sees_only_profiles_clarified_by_then_and_counts_them_as_persons(tmp_path):
    path = written(tmp_path, "1,2008-01-31,danish,2,3", "2,2008-02-01,danish,4,5")
    known = profiles.profiles(PLAN.checkpoint("2008-01"), path)
    assert known["before"].to_numpy().tolist() == [2]
    assert len(profiles.profiles(PLAN.checkpoint("2008-03"), path).persons) == 2
    source = known.attrs[SOURCE]
    assert source.persons and not source.synthetic


def test_demonstration_is_marked_as_invented_and_protected():
    known = profiles.profiles(PLAN.checkpoint(5))
    assert isinstance(known, Persons)
    source = known.attrs[SOURCE]
    assert source.persons and source.synthetic and "opdigtet" in source.line.da


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("2,10.1.2008,danish,2,3", "clarified"),
        ("2,2008-01-10,cooking,2,3", "area"),
        ("1,2008-01-10,danish,2,3", "area"),
        ("2,2008-01-10,danish,0,3", "before"),
        ("2,2008-01-10,danish,2,3.5", "after"),
    ],
)
def test_broken_row_is_named(tmp_path, row, column):
    with pytest.raises(DataError, match=f"row 3, column '{column}'"):
        profiles.profiles(PLAN.checkpoint(5), written(tmp_path, "1,2008-01-09,danish,2,3", row))


def test_missing_column_is_named(tmp_path):
    with pytest.raises(DataError, match="area"):
        profiles.profiles(
            PLAN.checkpoint(5), written(tmp_path, "1,2008-01-09", head="profile,clarified\n")
        )


@pytest.mark.parametrize(
    ("danish", "practical", "expected"),
    [(2, 4, True), (1, 5, True), (3, 5, False), (2, 3, False), (4, 4, False), (2, 2, False)],
)
def test_asymmetric_is_strong_here_and_weak_there(danish, practical, expected):
    table = people(((3, danish), (3, practical)))
    found = profiles.asymmetric(table, [PLAN.checkpoint(5)]).frame().set_index("when")["counted"]
    assert found.to_dict() == {"before": False, "after": expected}


def test_change_has_the_interval_of_paired_observations():
    table = people(
        *[
            ((before, after), (2, 4 + before % 2))
            for before, after in [(1, 2), (2, 2), (3, 5), (2, 4), (4, 4), (1, 3)]
        ]
    )
    found = report().means(profiles.changes(table), by="area", scale=(-4, 4))
    mine = table[table["area"] == "danish"]
    paired = stats.ttest_rel(mine["after"].to_numpy(), mine["before"].to_numpy())
    assert found.loc["danish", ["lower", "upper"]].tolist() == pytest.approx(
        list(paired.confidence_interval(0.95))
    )
    assert found.loc["danish", "n"] == 6


def test_area_with_too_few_profiles_is_hidden():
    found = report().means(profiles.changes(people(((1, 2), (3, 4)))), by="area", scale=(-4, 4))
    assert found["status"].tolist() == ["too-few", "too-few"]
    assert found["estimate"].isna().all()


EARLY = people(*[((2, 2), (4, 4))] * 7, *[((3, 3), (3, 3))] * 6)


def told(table, until, hidden=()):
    """What the notebook of a checkpoint shows of asymmetric profiles, and its ledger."""
    seen = PLAN.until(PLAN.checkpoint(until))
    protected = report(hidden)
    known = profiles.asymmetric(table, seen)
    return protected.shares(known, by=["checkpoint", "when"]), protected.ledger


def test_what_each_checkpoint_saw_does_not_move():
    late = people(*[((2, 2), (4, 4))] * 8, *[((3, 3), (3, 3))] * 9, day="2008-03-05", first=100)
    then, first = told(EARLY, "2008-01")
    now, second = told(pd.concat([EARLY, late]), "2008-03")
    # Nobody had been clarified by the first checkpoint.
    assert "2007-09" not in now.index.unique("checkpoint")
    assert now.loc[("2008-01", "after")].equals(then.loc[("2008-01", "after")])
    assert now.loc[("2008-03", "after"), ["estimate", "n"]].tolist() == [0.5, 30]
    # The two checkpoints are attacked together.
    ledgers = {("2008-01", "qualification"): first, ("2008-03", "qualification"): second}
    assert find_leaks(ledgers).rows == []


def test_a_few_new_profiles_are_not_told_by_subtraction():
    late = people(((2, 2), (4, 4)), ((2, 2), (4, 4)), day="2008-03-05", first=100)
    early = people(*[((2, 2), (4, 4))] * 10, *[((3, 3), (3, 3))] * 10)
    hidden = set()
    for _ in range(3):
        shown, ledger = told(pd.concat([early, late]), "2008-03", hidden)
        leaks = find_leaks({("2008-03", "qualification"): ledger}, b"secret").rows
        hidden |= {leak.row for leak in leaks}
    assert not leaks
    both = shown.xs("after", level="when").loc[["2008-01", "2008-03"], "estimate"]
    assert both.isna().any()


def test_exchanges_are_counted_by_the_checkpoint_that_saw_them_first_and_by_depth(tmp_path):
    rows = [
        "2007-09-30,A,B,mentor,what",
        "2007-10-01,A,B,mentor,why",
        "2008-02-01,B,C,mentor,how",
        "2008-04-01,B,C,mentor,how",
    ]
    path = written(tmp_path, *rows, head="date,giver,receiver,method,depth\n")
    checkpoint = PLAN.checkpoint("2008-03")
    found = exchanges.by_depth(
        exchanges.exchanges(checkpoint, path), PLAN.until(PLAN.checkpoint("2008-09"))
    )
    assert found.loc["2007-09", "estimate"].to_dict() == {
        "what": 1,
        "how": 0,
        "why": 0,
        exchanges.DEEPER: 0,
    }
    assert found.loc["2008-01", "estimate"].to_dict() == {
        "what": 0,
        "how": 0,
        "why": 1,
        exchanges.DEEPER: 1,
    }
    assert found.loc[("2008-03", "how"), ["estimate", "n"]].tolist() == [1, 1]
    assert found.loc[("2008-03", exchanges.DEEPER), ["lower", "upper"]].tolist() == pytest.approx(
        share(1, 1).interval
    )


def test_a_checkpoint_without_exchanges_is_empty_and_not_nothing(tmp_path):
    path = written(
        tmp_path, "2007-09-30,A,B,mentor,what", head="date,giver,receiver,method,depth\n"
    )
    checkpoint = PLAN.checkpoint("2008-01")
    found = exchanges.by_depth(exchanges.exchanges(checkpoint, path), PLAN.until(checkpoint))
    assert set(found.loc["2008-01", "status"]) == {"empty"}
    assert found.loc["2008-01", "estimate"].isna().all()


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("x,A,B,m,how", "date"),
        ("2008-01-01,A,A,m,how", "receiver"),
        ("2008-01-01,A,B,m,deep", "depth"),
    ],
)
def test_broken_exchange_is_named(tmp_path, row, column):
    path = written(tmp_path, row, head="date,giver,receiver,method,depth\n")
    with pytest.raises(DataError, match=f"row 2, column '{column}'"):
        exchanges.exchanges(PLAN.checkpoint(5), path)
