"""Competence profiles and exchanges of methods: read as of a checkpoint, counted completely."""

import pandas as pd
import pytest
from evalbook.sdc.audit import Knowledge
from evalbook.sdc.control import DisclosureControl
from scipy import stats

from evalbook import plan
from evalbook.errors import DataError
from nychance.fieldwork import exchanges, profiles

PLAN = plan.load()
HEAD = "profile,clarified,area,before,after\n"
AREAS = ("danish", "practical")


def written(tmp_path, *rows, head=HEAD):
    path = tmp_path / "profiles.csv"
    path.write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def people(*levels, day="2008-01-10"):
    """Profiles as (before, after) for Danish and for practical skills."""
    rows = [
        (number, pd.Timestamp(day), area, *pair)
        for number, both in enumerate(levels, 1)
        for area, pair in zip(AREAS, both, strict=True)
    ]
    return pd.DataFrame(rows, columns=["profile", "clarified", "area", "before", "after"])


def test_checkpoint_sees_only_profiles_clarified_by_then_and_counts_them_as_persons(tmp_path):
    path = written(tmp_path, "1,2008-01-31,danish,2,3", "2,2008-02-01,danish,2,3")
    known, source = profiles.profiles(PLAN.checkpoint("2008-01"), path)
    assert known["profile"].tolist() == ["1"]
    assert source.persons and not source.synthetic


def test_demonstration_is_marked_as_invented_and_protected():
    _, source = profiles.profiles(PLAN.checkpoint(5))
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
    assert profiles.asymmetric(table, "after").tolist() == [expected]
    assert profiles.asymmetric(table, "before").tolist() == [False]


def test_change_has_the_interval_of_paired_observations():
    table = people(
        *[
            ((before, after), (2, 5))
            for before, after in [(1, 2), (2, 2), (3, 5), (2, 4), (4, 4), (1, 3)]
        ]
    )
    found = profiles.levels(table, AREAS, minimum=5)
    assert found.index.tolist() == ["practical", "danish"], (
        "the strongest after clarification comes first"
    )
    mine = table[table["area"] == "danish"]
    expected = stats.ttest_rel(mine["after"], mine["before"]).confidence_interval(0.95)
    assert found.loc["danish", ["change_low", "change_high"]].tolist() == pytest.approx(
        list(expected)
    )
    assert found.loc["danish", "n"] == 6


def test_area_with_too_few_profiles_is_left_out():
    assert profiles.levels(people(((1, 2), (3, 4))), AREAS, minimum=5).empty


def test_what_each_checkpoint_saw_adds_up_and_does_not_move():
    early = people(*[((2, 2), (4, 4))] * 7, *[((3, 3), (3, 3))] * 6)
    late = people(*[((2, 2), (4, 4))] * 8, *[((3, 3), (3, 3))] * 9, day="2008-03-05").assign(
        profile=lambda t: t["profile"] + 100
    )
    seen = PLAN.until(PLAN.checkpoint("2008-03"))
    told, known = {}, []
    for checkpoints, table in ((seen[:2], early), (seen, pd.concat([early, late]))):
        counted, subtotals = profiles.by_checkpoint(table, "after", checkpoints)
        sdc, until = DisclosureControl(), {"seen": f"until {checkpoints[-1].month}"}
        passed = sdc.counts(counted, "competence profiles", subtotals=subtotals, seen=until)
        known.append(Knowledge.of(sdc.record()))
        told[checkpoints[-1].month] = [
            passed.share("count", f"asymmetric until {c.month}", f"other until {c.month}")
            for c in checkpoints
        ]
    assert told["2008-03"][0] is None, "nobody had been clarified"
    assert told["2008-03"][1] == told["2008-01"][1]
    assert (told["2008-03"][2].n, told["2008-03"][2].value) == (30, 0.5)
    assert known[0].disagrees(known[1]) is None, "the two checkpoints are attacked together"


def test_a_few_new_profiles_are_not_told_by_subtraction():
    early = people(*[((2, 2), (4, 4))] * 10, *[((3, 3), (3, 3))] * 10)
    late = people(((2, 2), (4, 4)), ((2, 2), (4, 4)), day="2008-03-05").assign(
        profile=lambda t: t["profile"] + 100
    )
    counted, subtotals = profiles.by_checkpoint(
        pd.concat([early, late]), "after", PLAN.until(PLAN.checkpoint("2008-03"))
    )
    passed = DisclosureControl().counts(counted, "competence profiles", subtotals=subtotals)
    both = [
        passed.share("count", f"asymmetric until {month}", f"other until {month}")
        for month in ("2008-01", "2008-03")
    ]
    assert None in both


def test_exchanges_are_counted_by_the_checkpoint_that_saw_them_first_and_by_depth(tmp_path):
    rows = [
        "2007-09-30,A,B,mentor,what",
        "2007-10-01,A,B,mentor,why",
        "2008-02-01,B,C,mentor,how",
        "2008-04-01,B,C,mentor,how",
    ]
    path = written(tmp_path, *rows, head="date,giver,receiver,method,depth\n")
    checkpoint = PLAN.checkpoint("2008-03")
    known, _ = exchanges.exchanges(checkpoint, path)
    counted = exchanges.by_depth(known, PLAN.until(checkpoint))
    assert counted.loc["2007-09"].to_dict() == {"what": 1, "how": 0, "why": 0}
    assert counted.loc["2008-01"].to_dict() == {"what": 0, "how": 0, "why": 1}
    assert counted.loc["2008-03"].to_dict() == {"what": 0, "how": 1, "why": 0}


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
