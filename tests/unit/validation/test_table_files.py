"""Rules on files and columns: each is broken by what it forbids."""

import pandas as pd
import pytest

from evalbook import plan
from evalbook.errors import DataError
from nychance import extract
from nychance.validation import check
from tests.lib.extracts import NUMBERS, WEEKS, tables, write, write_csv


def keys(folder, until=None):
    return {issue.rule.key for issue in check(folder, plan.load(), until).issues}


def as_spells(*extra):
    """Give the same lives as spells of the first code, for persons 1 to 12, and some more rows."""
    rows = [(number, "730", WEEKS[0], WEEKS[-1]) for number in NUMBERS]
    return tables() | {
        "dream": pd.DataFrame(
            [*rows, *extra], columns=["PNR", "code", "start", "end"], dtype="object"
        )
    }


def test_whole_extract_as_spells_has_no_fault(tmp_path):
    assert keys(write(tmp_path / "spells", as_spells())) <= {"week-gap"}


def test_spells_of_one_person_that_overlap_are_found(tmp_path):
    folder = write(tmp_path / "spells", as_spells((NUMBERS[3], "733", WEEKS[5], WEEKS[6])))
    assert "spells-overlap" in keys(folder)


def test_spell_that_ends_before_it_starts_is_found(tmp_path):
    content = as_spells()
    content["dream"].loc[2, ["start", "end"]] = [WEEKS[6], WEEKS[5]]
    assert "spell-backwards" in keys(write(tmp_path / "spells", content))


def by_year(folder, *, without=None):
    """Write the weeks as two files; the second may lack a person."""
    write(folder)
    (folder / "dream.csv").unlink()
    whole = tables()["dream"]
    write_csv(whole[["PNR", *WEEKS]], folder / "dream_2007.csv")
    later = whole[["PNR"]].assign(**{name.replace("y_07", "y_08"): None for name in WEEKS})
    write_csv(later if without is None else later.drop(index=without), folder / "dream_2008.csv")
    return folder


def test_persons_whom_one_years_file_lacks_are_counted(tmp_path):
    assert "partly" not in keys(by_year(tmp_path / "whole"))
    assert "partly" in keys(by_year(tmp_path / "partly", without=4))


def test_table_with_two_files_is_not_guessed(tmp_path):
    folder = write(tmp_path / "twice")
    tables()["match"].to_parquet(folder / "match.parquet")
    assert "table-twice" in keys(folder)


def test_a_file_that_is_there_twice_is_told_once_and_not_by_each_of_its_weeks(tmp_path):
    folder = write(tmp_path / "twice")
    tables()["dream"].to_parquet(folder / "dream.parquet")
    assert {"table-twice"} <= keys(folder) <= {"table-twice", "person-twice"}
    write_csv(tables()["dream"].assign(Y_0703="730"), folder / "dream.csv")
    assert "week-twice" in keys(folder)


@pytest.mark.parametrize("name", ["dream.csv.gz", "dream_2007.xlsx", "Match.ods"])
def test_a_format_that_is_not_read_is_named_in_place_of_a_missing_table(tmp_path, name):
    folder = write(tmp_path / "other")
    table = name[:5].lower()
    (folder / f"{table}.csv").rename(folder / name)
    issues = check(folder, plan.load()).issues
    about = {
        issue.rule.key: issue.finding.file
        for issue in issues
        if issue.finding.file.lower().startswith(table)
    }
    assert about == {"other-format": name}
    with pytest.raises(DataError, match=f"{name}.*not read"):
        extract.check(folder)


@pytest.mark.parametrize(
    "name, content", [("match.parquet", b"PAR1 and no more"), ("match.dta", b"no Stata file")]
)
def test_file_that_is_none_is_named(tmp_path, name, content):
    folder = write(tmp_path / "broken")
    (folder / "match.csv").unlink()
    (folder / name).write_bytes(content)
    issues = check(folder, plan.load()).issues
    assert [issue.finding.file for issue in issues if issue.rule.key == "unreadable-file"] == [name]


def test_row_with_a_field_too_many_is_found_with_its_line(tmp_path):
    folder = write(tmp_path / "ragged")
    path = folder / "interventions.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[2] += ";one more"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    issues = [
        issue for issue in check(folder, plan.load()).issues if issue.rule.key == "ragged-rows"
    ]
    assert [(issue.finding.file, issue.finding.row) for issue in issues] == [
        ("interventions.csv", 3)
    ]


def test_file_that_ends_within_a_line_is_found(tmp_path):
    folder = write(tmp_path / "short")
    path = folder / "interventions.csv"
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert "cut-short" in keys(folder)


def test_letters_saved_twice_in_utf_8_are_found(tmp_path):
    folder = write(tmp_path / "letters")
    path = folder / "interventions.csv"
    path.write_bytes(
        path.read_bytes().decode("utf-8").encode("utf-8").decode("latin-1").encode("utf-8")
    )
    assert "misread-letters" in keys(folder)


@pytest.mark.parametrize(
    ("lacking", "found"),
    [
        (0, "ends-too-early"),
        (4, "ends-too-early"),
        (25, "ends-too-early"),
        (26, "ends-early"),
        (100, "ends-early"),
    ],
)
def test_extract_that_ends_before_the_checkpoint_is_told_or_refused(tmp_path, lacking, found):
    folder = write(tmp_path / "early")
    assert not {"ends-early", "ends-too-early"} & keys(folder)
    the_plan = plan.load()
    allowed = the_plan.definitions.model_copy(update={"weeks_lacking": lacking})
    # It lacks 26 weeks.
    issues = check(
        folder, the_plan.model_copy(update={"definitions": allowed}), the_plan.checkpoints[0]
    ).issues
    (issue,) = [issue for issue in issues if issue.rule.key.startswith("ends-")]
    assert (issue.rule.key, issue.finding.count) == (found, 26)
    assert issue.finding.detail.en == "the weeks from y_0714 to y_0739 are not in it"


def test_person_numbers_as_numbers_beside_text_with_zeros_are_found(tmp_path):
    folder = write(tmp_path / "numbers")
    (folder / "match.csv").unlink()
    frame = tables()["match"].assign(PNR=[int(number) for number in NUMBERS], match_category=1)
    frame.to_parquet(folder / "match.parquet")
    assert "number-type" in keys(folder)
