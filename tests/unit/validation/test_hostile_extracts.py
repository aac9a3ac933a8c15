"""Cells that no register holds: named as faults, and never shown."""

import pytest

from evalbook import plan
from nychance.validation import check
from tests.lib.extracts import tables, write


def faults(folder, table, column, value, kind):
    content = tables()
    content[table][column] = content[table][column].astype(object)
    content[table].loc[0, column] = value
    write(folder, content)
    if kind == "parquet":
        (folder / f"{table}.csv").unlink()
        content[table].astype("str").to_parquet(folder / f"{table}.parquet")
    return [
        (issue.finding.file, issue.finding.cause.en, issue.finding.example)
        for issue in check(folder, plan.load()).issues
        if issue.rule.key == "unreadable-value" and issue.is_error
    ]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("table", "column"),
    [
        *(("municipalities", "name"), ("municipalities", "role")),
        *(("interventions", "company"), ("interventions", "sector"), ("interventions", "kind")),
    ],
)
@pytest.mark.parametrize("sign", ["\x00", "\x1b[31m", "\x7f", "\u202e"])
def test_control_characters_in_a_name_are_a_fault(tmp_path, table, column, sign, kind):
    found = faults(tmp_path / "extract", table, column, f"Nord{sign}by", kind)
    [(file, cause, example)] = found
    assert file == f"{table}.{kind}"
    assert cause == "control characters in a text"
    assert example.isprintable()


@pytest.mark.parametrize(
    ("table", "column"),
    [
        *(("municipalities", "inhabitants"), ("municipalities", "unemployment_pct")),
        *(("residence", "municipality"), ("population", "working_age")),
    ],
)
@pytest.mark.parametrize("digits", [30, 400, 5000])
def test_a_number_of_hundreds_of_digits_is_a_fault(tmp_path, table, column, digits):
    [(file, cause, example)] = faults(tmp_path / "extract", table, column, "9" * digits, "csv")
    assert file == f"{table}.csv"
    assert cause == "a number larger than any that there is"
    assert len(example) < 30


def test_strange_names_without_control_characters_are_names(tmp_path):
    for name in ("Nord | Syd", "=1+1", "{{< meta title >}}", "Ærø\N{NO-BREAK SPACE}& Ø"):
        assert faults(tmp_path / str(len(name)), "municipalities", "name", name, "csv") == []


def test_a_large_decimal_of_another_program_is_a_fault(tmp_path):
    folder = tmp_path / "extract"
    assert faults(folder, "municipalities", "name", "Nord", "csv") == []
    content = tables()["municipalities"].assign(inhabitants=1e300)
    (folder / "municipalities.csv").unlink()
    content.astype({"municipality": "int64"}).to_parquet(folder / "municipalities.parquet")
    keys = {issue.rule.key for issue in check(folder, plan.load()).issues}
    assert "unreadable-value" in keys
