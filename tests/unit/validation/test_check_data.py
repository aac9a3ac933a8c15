"""The command that lists issues, the errors that stop a report, the warnings in it."""

import json

import pytest
from click.testing import CliRunner

from evalbook import plan
from evalbook.commands.main import command_line
from evalbook.errors import DataError
from evalbook.execute.prepared import prepare
from evalbook.text.language import PACKAGED
from nychance.commands import COMMANDS
from nychance.validation import check, listing
from tests.lib.extracts import NUMBERS, tables, write

# The small extract's last week but one is the last before its cut-off.
KNOWN = plan.Checkpoint(number=1, month="2007-03", activities=())


def run(*arguments):
    return CliRunner().invoke(command_line(COMMANDS), ["check-data", *map(str, arguments)])


def warned(folder, weeks):
    content = tables()
    content["dream"].iloc[:weeks, 3] = "298"
    return write(folder, content)


def broken(folder):
    content = tables()
    content["match"].loc[0, "match_category"] = "9"
    content["codes"].loc[0, "state"] = "idle"
    content["interventions"].loc[0, "end"] = "1999-01-01"
    content["municipalities"].loc[0, "role"] = "none"
    return write(folder, content)


def test_status_0_without_errors(tmp_path):
    done = run(warned(tmp_path, 3))
    assert done.exit_code == 0
    assert "0 errors, 1 warning\n" in done.output
    # How the files were read is told with them.
    assert "semicolon" in done.output
    assert "utf-8" in done.output


def test_status_1_with_errors_and_json_for_programs(tmp_path):
    done = run(broken(tmp_path), "--json")
    assert done.exit_code == 1
    content = json.loads(done.output)
    assert content["errors"] == 4
    issues = {issue["rule"]: issue for issue in content["faults"]}
    assert issues["match-category"] | {"remedy": "", "problem": ""} == {
        "rule": "match-category",
        "severity": "error",
        "file": "match.csv",
        "count": 1,
        "counts": "rows",
        "column": "match_category",
        "example": "9",
        "row": 2,
        "remedy": "",
        "problem": "",
    }
    assert all(issue["remedy"] and issue["problem"] for issue in issues.values())


def test_status_2_without_a_directory(tmp_path):
    assert run(tmp_path / "nowhere").exit_code == 2
    (tmp_path / "file").touch()
    assert run(tmp_path / "file").exit_code == 2


def test_errors_stop_the_preparation_and_leave_nothing(tmp_path):
    root, checkpoint = tmp_path / "project", KNOWN
    with pytest.raises(
        DataError, match=r"4 faults: .*match\.csv.*and 1 more(.|\n)*nychance check-data"
    ):
        prepare(root, broken(tmp_path / "extract"), checkpoint)
    assert not root.exists()


def test_warnings_reach_the_data_chapter_in_both_languages_without_small_counts(tmp_path):
    root, checkpoint = tmp_path / "project", KNOWN
    prepare(root, warned(tmp_path / "extract", 3), checkpoint)
    texts = {
        language: (root / "figures" / checkpoint.month / f"_faults.{language}.md").read_text()
        for language in ("da", "en")
    }
    assert "298, first in y_0703" in texts["en"]
    assert "fewer than 10 person-weeks" in texts["en"]
    assert "færre end 10 personuger" in texts["da"]
    # The console repeats what a chapter on the data says.
    warnings = prepare(root, warned(tmp_path / "extract", 12), checkpoint).warnings
    assert "about 10 person-weeks" in warnings
    assert "- Code without a meaning" in warnings
    path = root / "figures" / checkpoint.month / "_faults.da.md"
    assert "ca. 10 personuger" in path.read_text()
    # What is prepared already lays its warnings out again.
    path.unlink()
    prepare(root, tmp_path / "extract", checkpoint)
    assert "ca. 10 personuger" in path.read_text()


def test_the_last_day_told_is_that_of_the_last_week_read(tmp_path):
    folder = write(tmp_path / "extract")
    found = [
        prepare(tmp_path / "project", folder, KNOWN.model_copy(update={"month": month})).until
        for month in ("2007-02", "2007-03", "2007-04")
    ]
    # The checkpoint of April has one week less than it could have.
    assert found == ["2007-02-25", "2007-03-25", "2007-04-01"]


def test_an_extract_that_ends_well_before_the_checkpoint_is_refused(tmp_path):
    folder = write(tmp_path / "extract")
    late = KNOWN.model_copy(update={"month": "2007-05"})
    with pytest.raises(DataError, match=r"ends well before the checkpoint \(8 weeks; ") as refused:
        prepare(tmp_path / "project", folder, late)
    assert "the weeks from y_0714 to y_0721 are not in it" in str(refused.value)


def test_a_checkpoint_is_told_of_what_it_could_know(tmp_path):
    content = tables()
    content["match"].loc[0, ["valid_from", "match_category"]] = ["2008-05-05", "9"]
    folder = write(tmp_path, content)
    first, last = plan.load().checkpoints[0], plan.load().checkpoints[-1]
    assert "match-category" not in {
        issue.rule.key for issue in check(folder, plan.load(), first).issues
    }
    assert "match-category" in {issue.rule.key for issue in check(folder, plan.load(), last).issues}


def test_a_clean_extract_says_so(tmp_path):
    texts = listing.for_chapter(check(write(tmp_path), plan.load()), PACKAGED)
    assert "no faults" in texts["en"]
    assert not any(number in text for text in texts.values() for number in NUMBERS)
