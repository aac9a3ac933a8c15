"""Targets and definitions that change from a checkpoint on leave the earlier ones alone."""

import shutil

import pytest
import yaml

from evalbook import plan
from evalbook.errors import DataError
from evalbook.paths import plan_directory
from evalbook.plan import entries

FIRST, SECOND, LAST = "2007-09", "2008-01", "2009-03"


@pytest.fixture
def changed(tmp_path):
    """Return a function that loads the plan with changes of a target and of the definitions."""

    def load(target=None, definitions=None):
        folder = tmp_path / "plan"
        shutil.copytree(plan_directory(), folder, dirs_exist_ok=True)
        content = yaml.safe_load((folder / "targets.yml").read_text())
        content["targets"][0]["from"] = target or {}
        content["definitions"]["from"] = definitions or {}
        (folder / "targets.yml").write_text(yaml.safe_dump(content, allow_unicode=True))
        return plan.load(folder)

    return load


def threshold(the_plan, month):
    return the_plan.at(the_plan.checkpoint(month)).targets[0].threshold


def test_a_raised_target_holds_from_its_checkpoint_on(changed):
    raised = changed({"2008-01": {"threshold": 0.3}, "2008-09": {"threshold": 0.35}})
    months = [FIRST, SECOND, "2008-03", "2008-09", LAST]
    assert [threshold(raised, month) for month in months] == [0.25, 0.3, 0.3, 0.35, 0.35]


def test_definitions_change_one_by_one(changed):
    of = changed(definitions={"2008-03": {"window_weeks": 52}, "2008-09": {"exit_weeks": 8}})
    seen = {
        month: of.at(of.checkpoint(month)).definitions for month in (SECOND, "2008-03", "2008-09")
    }
    assert {m: (d.window_weeks, d.exit_weeks) for m, d in seen.items()} == {
        SECOND: (26, 4),
        "2008-03": (52, 4),
        "2008-09": (52, 8),
    }


def test_what_changes_later_is_no_change_for_those_before(changed):
    before = changed()
    asked = {
        month: ["entry", field, {"checkpoint": month}]
        for month in (FIRST, SECOND)
        for field in ("targets",)
    }
    answers = {month: entries.answer(before, each) for month, each in asked.items()}
    after = changed({SECOND: {"threshold": 0.3}})
    assert entries.answer(after, asked[FIRST]) == answers[FIRST]
    assert entries.answer(after, asked[SECOND]) != answers[SECOND]
    assert entries.label(after, asked[SECOND]) == "targets in data/plan/targets.yml"


def test_a_use_of_the_plan_at_a_checkpoint_is_told_with_it(changed, monkeypatch):
    told = []
    monkeypatch.setattr(entries, "_observers", [told.append])
    the_plan = changed()
    told.clear()
    seen = the_plan.at(the_plan.checkpoint(SECOND))
    assert told == [["checkpoint", SECOND]]
    assert seen.targets and seen.definitions
    assert told[1:] == [
        ["entry", "targets", {"checkpoint": SECOND}],
        ["entry", "definitions", {"checkpoint": SECOND}],
    ]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ({"2008-01": {"treshold": 0.3}}, "treshold"),
        ({"2008-01": {"threshold": "much"}}, "threshold"),
        ({"January": {"threshold": 0.3}}, "January"),
        ({"2008-01": 0.3}, "from.2008-01"),
    ],
)
def test_a_change_that_cannot_be_is_named(changed, target, said):
    with pytest.raises(DataError, match=said):
        changed(target)
