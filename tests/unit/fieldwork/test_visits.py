"""Who was asked and who answered."""

import pandas as pd
import pytest

from evalbook import plan
from evalbook.errors import DataError
from evalbook.qualitative.codings import read_material
from nychance.fieldwork import visits

THE_PLAN = plan.load()
HEAD = "date,activity,municipality,asked,answered\n"


def of(tmp_path, monkeypatch, *rows):
    (tmp_path / "fieldwork-example.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    monkeypatch.setattr(visits, "folder", lambda: tmp_path)
    return visits.visits(THE_PLAN.checkpoint(5), THE_PLAN)


def test_response_is_answers_of_those_asked_and_coverage_counts_places_with_an_answer(
    tmp_path, monkeypatch
):
    log = of(
        tmp_path,
        monkeypatch,
        "2007-09-12,municipality-interviews,Rønne,4,3",
        "2007-09-13,municipality-interviews,Alsted,6,0",
        "2007-09-13,municipality-interviews,Elsewhere,2,2",
        "2008-02-01,workshop,Rønne,2,2",
    )
    found = visits.response(log, THE_PLAN, ["Rønne", "Alsted"])
    assert found["checkpoint"].tolist() == [1, 3]
    assert found["response"].tolist() == pytest.approx([5 / 12, 1.0])
    assert found["reached"].tolist() == [1, 1]


def test_a_checkpoint_knows_only_what_was_done_by_then():
    seen = visits.visits(THE_PLAN.checkpoint(2), THE_PLAN)
    assert set(seen["activity"]) == {"municipality-interviews"}
    assert seen["date"].max() <= pd.Timestamp(THE_PLAN.checkpoint(2).cutoff)


def test_activities_are_those_of_their_checkpoint():
    found = visits.response(visits.visits(THE_PLAN.checkpoint(5), THE_PLAN), THE_PLAN, [])
    of_the_register = {"benchmarking", "flow-analysis"}
    for checkpoint in THE_PLAN.checkpoints:
        done = set(found.loc[found["checkpoint"] == checkpoint.number, "activity"])
        assert done == set(checkpoint.activities) - of_the_register


def test_as_many_answered_as_talks_were_coded():
    last = THE_PLAN.checkpoint(5)
    log = visits.visits(last, THE_PLAN)
    talks = read_material(last, THE_PLAN).talks.groupby("activity").size()
    assert log.groupby("activity")["answered"].sum().reindex(talks.index).tolist() == talks.tolist()


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ("2007-09-12,dancing,Rønne,4,3", "row 2: an activity"),
        ("2007-09-12,workshop,Rønne,3,4", "row 2: fewer asked"),
    ],
)
def test_a_broken_row_is_named(tmp_path, monkeypatch, row, named):
    with pytest.raises(DataError, match=named):
        of(tmp_path, monkeypatch, row)


def test_a_missing_file_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(visits, "folder", lambda: tmp_path)
    with pytest.raises(DataError, match="fieldwork"):
        visits.visits(THE_PLAN.checkpoint(1), THE_PLAN)
