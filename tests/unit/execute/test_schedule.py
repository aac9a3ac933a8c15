"""Cells that a checkpoint does not schedule are skipped, and chapters can say when they begin."""

import json

import pytest

from evalbook import plan
from evalbook.errors import UsageError
from evalbook.execute import schedule

OPEN = 'from evalbook.report import Report\nreport = Report("method", checkpoint)'
FLOWS = """
moved = 1
report.figure("moves", ax, finding=text)
report.table(name="streams", table=table)
report.number("up", moved)
for key in ("a", "b"):
    report.number(f"{key}-share", moved)
    report.numbers(f"{key}-of-{{role}}", table)
report.numbers("out-{role}-{to}", table)
report.numbers(keys="back-{role}", results=table)
report.sentence("moved", text)
ax.table("other")
plt.figure("another")
"""


def notebook(folder, **cells):
    """Write a notebook; each cell is its code, or its code and tags."""
    listed = [
        {
            "cell_type": "code",
            "id": name,
            "source": given if isinstance(given, str) else given[0],
            "metadata": {} if isinstance(given, str) else {"tags": list(given[1:])},
            "outputs": [],
            "execution_count": None,
        }
        for name, given in cells.items()
    ]
    path = folder / "method.ipynb"
    path.write_text(json.dumps({"cells": listed, "metadata": {}, "nbformat": 4}))
    return path


def at(number):
    return plan.load().checkpoint(number)


def test_a_cell_runs_from_the_checkpoint_that_has_its_activity(tmp_path):
    path = notebook(tmp_path, open=OPEN, flows=(FLOWS, "activity:flow-analysis"))
    (found,) = schedule.skipped(path, at(1))
    assert found.cell == "flows"
    assert found.exhibits == ("moves", "streams")
    several = {"*-of-*", "out-*-*", "back-*"}
    assert set(found.values) == {"up", "*-share", "moved", *several}
    assert found.said["en"] == plan.load().begins(at(1), "flow-analysis")["en"]
    assert "checkpoint 2" in found.said["en"] and "2. nedslag" in found.said["da"]
    assert not schedule.skipped(path, at(2))
    assert schedule.digest(path, at(1)) != schedule.digest(path, at(2))


def test_a_cell_may_begin_at_a_checkpoint(tmp_path):
    path = notebook(tmp_path, open=OPEN, late=('report.table("late", t)', "from:3"))
    (found,) = schedule.skipped(path, at(2))
    assert found.said["en"] == "Begins at checkpoint 3 (March 2008)."
    assert not schedule.skipped(path, at(3))


def test_all_tags_of_a_cell_count(tmp_path):
    tags = ("activity:flow-analysis", "from:3")
    path = notebook(tmp_path, open=OPEN, late=('report.table("late", t)', *tags))
    assert "checkpoint 3" in schedule.skipped(path, at(2))[0].said["en"]


@pytest.mark.parametrize(
    "opened",
    [
        "import evalbook.report as r\nmine = r.Report('method', checkpoint)",
        "with Report('method', checkpoint) as mine:\n    pass",
        "mine: Report = Report('method', checkpoint)",
    ],
)
def test_a_notebook_may_call_its_report_as_it_likes(tmp_path, opened):
    cell = 'mine.figure("moves", draw)\nmine.number("up", share)'
    path = notebook(tmp_path, open=opened, flows=(cell, "activity:flow-analysis"))
    (found,) = schedule.skipped(path, at(1))
    assert (found.exhibits, found.values) == (("moves",), ("up",))


@pytest.mark.parametrize(
    ("tag", "said", "remedy"),
    [
        ("activity:flow-anlysis", "unknown activity 'flow-anlysis'", "'flow-analysis'?"),
        ("activity:", "unknown activity ''", "Known: "),
        ("from:9", "unknown checkpoint '9'", "Known: 1, 2, 3, 4, 5"),
        ("from:march", "unknown checkpoint 'march'", "Known: "),
    ],
)
@pytest.mark.parametrize("checkpoint", [1, 5])
def test_an_unknown_tag_is_refused_at_each_checkpoint(tmp_path, tag, said, remedy, checkpoint):
    path = notebook(tmp_path, open=OPEN, late=("x = 1", tag))
    with pytest.raises(UsageError) as caught:
        schedule.skipped(path, at(checkpoint))
    assert said in caught.value.problem
    assert remedy in caught.value.remedy
    assert str(caught.value.where).endswith("method.ipynb, cell late")


def test_a_skipped_cell_that_works_out_what_it_shows_is_refused(tmp_path):
    cell = 'for key in keys:\n    report.figure(f"curve-{key}", ax, finding=text)'
    path = notebook(tmp_path, open=OPEN, late=(cell, "from:2"))
    with pytest.raises(UsageError, match="works out the name of a figure") as caught:
        schedule.skipped(path, at(1))
    assert str(caught.value.where).endswith("cell late")
    assert not schedule.skipped(path, at(2))


def test_results_say_what_begins_later_and_keep_what_is_there(tmp_path):
    results = {"notices": {"moves": {"en": "Too few."}}, "numbers": {}}
    (tmp_path / "results.json").write_text(json.dumps(results))
    said = {"en": "Later."}
    cells = [
        schedule.Skipped("flows", said, "flow-analysis", ("moves", "streams"), ("up",)),
        schedule.Skipped("late", said, "", (), ("end",)),
    ]
    schedule.record(tmp_path, "method", cells)
    found = json.loads((tmp_path / "results.json").read_text())
    assert found["notices"] == {"moves": {"en": "Too few."}, "streams": said}
    assert found["later"] == {"up": "plan.flow-analysis", "end": "has.method.end"}
