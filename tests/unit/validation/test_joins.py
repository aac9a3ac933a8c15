"""How much is left when tables are joined and codes are mapped: errors that name the cause."""

import numpy as np
import pandas as pd
import pytest

from evalbook import plan
from nychance import columns as c
from nychance.validation import check
from tests.lib.extracts import NUMBERS, WEEKS, tables, write, write_csv


def issues(folder):
    return {
        (issue.rule.key, issue.finding.file.partition(".")[0]): issue
        for issue in check(folder, plan.load()).issues
    }


def with_numbers(tmp_path, table, change):
    content = tables()
    content[table] = content[table].assign(PNR=content[table]["PNR"].map(change))
    return issues(write(tmp_path, content))


WRITTEN = {
    "lost zeros": (lambda n: n.lstrip("0"), "leading zeros"),
    "a dash": (lambda n: f"{n[:6]}-{n[6:]}", "dashes"),
    "blanks": (lambda n: f"{n[:6]} {n[6:]}", "spaces"),
    "a float": (lambda n: f"{n}.0", "decimals"),
    "a decimal of Oracle": (lambda n: f"{n}.0000000000", "decimals"),
    "a quotation mark of Excel": (lambda n: f"'{n}", "quotation marks"),
    "a formula of Excel": (lambda n: f'="{n}"', "quotation marks"),
    "a float without zeros": (lambda n: f"{n.lstrip('0')}.0", "zeros, dashes"),
    "shortened": (lambda n: f"{float(n):.2E}".replace(".", ","), "exponent"),
    "other pseudonyms": (
        lambda n: f"P{int(n) * 7 % 99991:05d}",
        "pseudonyms: 6 characters here, 10",
    ),
}


@pytest.mark.parametrize("table", [c.PERSONS, c.RESIDENCE, c.MATCH, c.INTERVENTIONS])
@pytest.mark.parametrize("name", WRITTEN)
def test_numbers_that_match_nobody_are_an_error_with_the_likely_cause(tmp_path, table, name):
    change, cause = WRITTEN[name]
    issue = with_numbers(tmp_path, table, change)["numbers-differ", table]
    assert issue.is_error
    assert cause in issue.problem.en
    assert not any(number in str(issue.problem.en) for number in NUMBERS)


def test_numbers_of_dream_itself(tmp_path):
    found = with_numbers(tmp_path, c.DREAM, lambda n: n.lstrip("0"))
    assert ("numbers-differ", c.PERSONS) in found
    assert "10 characters here, 9 in dream" in found["numbers-differ", c.PERSONS].problem.en


def test_a_part_that_has_lost_its_zeros_is_an_error_too(tmp_path):
    some = set(NUMBERS[:3])
    found = with_numbers(tmp_path, c.PERSONS, lambda n: n.lstrip("0") if n in some else n)
    assert found["numbers-differ", c.PERSONS].finding.count == 3


def test_some_persons_without_a_record_are_a_warning_with_the_share(tmp_path):
    content = tables()
    content[c.PERSONS] = content[c.PERSONS].iloc[:9]
    found = issues(write(tmp_path, content))
    assert not any(issue.is_error for issue in found.values())
    assert "% of them" in found["no-record", c.PERSONS].finding.detail.en


def test_a_register_of_the_whole_country_beside_dream_is_none(tmp_path):
    content = tables()
    others = pd.DataFrame(
        {
            "PNR": [f"{n:010d}" for n in range(5_000_000_001, 5_000_000_201)],
            "municipality": "901",
            "valid_from": "2005-01-01",
        }
    )
    content[c.RESIDENCE] = pd.concat([content[c.RESIDENCE], others], ignore_index=True)
    found = issues(write(tmp_path, content))
    assert not any(issue.is_error for issue in found.values())
    assert "about 94 % of them" in found["of-nobody", c.RESIDENCE].finding.detail.en


def test_years_whose_numbers_are_written_differently(tmp_path):
    folder = write(tmp_path)
    (folder / "dream.csv").unlink()
    dream = tables()[c.DREAM]
    write_csv(dream[["PNR", *WEEKS[:6]]], folder / "dream_2007.csv")
    second = dream[["PNR", *WEEKS[6:]]].assign(PNR=dream["PNR"].str.lstrip("0"))
    write_csv(second, folder / "dream_2008.csv")
    assert "leading zeros" in issues(folder)["years-differ", "dream_2008"].problem.en


def edited(tmp_path, table, **columns):
    content = tables()
    content[table] = content[table].assign(**columns)
    return issues(write(tmp_path, content))


def test_residence_in_other_codes_than_the_municipalities(tmp_path):
    residence = tables()[c.RESIDENCE]
    other = (residence["municipality"].astype(int) + 5000).astype(str)
    issue = edited(tmp_path, c.RESIDENCE, municipality=other)["nowhere", c.RESIDENCE]
    assert issue.is_error
    assert "here 5901-5902, in municipalities 901-902" in issue.problem.en
    assert issue.finding.row == 2


def test_population_in_other_codes_and_some_stays_elsewhere(tmp_path):
    assert ("nowhere", c.POPULATION) in edited(tmp_path, c.POPULATION, municipality=["1", "2"])
    stays = tables()[c.RESIDENCE]["municipality"].where(np.arange(13) != 4, "905")
    found = edited(tmp_path, c.RESIDENCE, municipality=stays)
    assert not any(issue.is_error for issue in found.values())
    warned = found["elsewhere", c.RESIDENCE].finding
    assert (warned.count, warned.row, warned.example) == (1, 6, "905")


@pytest.mark.parametrize(
    ("column", "values", "cause"),
    [
        ("KON", ["x", "y"] * 6, ""),
        ("HERKOMST", ["5", "4", "3"] * 4, "StatBank"),
        ("HERKOMST", ["1", "1", "4"] * 4, "StatBank"),
        ("HERKOMST", ["dansk"] * 12, None),
        ("HERKOMST", ["11"] * 12, ""),
    ],
)
def test_values_that_mean_nothing(tmp_path, column, values, cause):
    found = edited(tmp_path, c.PERSONS, **{column: values})
    if cause is None:
        assert "words where a number is expected" in found["unreadable-value", c.PERSONS].problem.en
    else:
        assert cause in found["values-lost", c.PERSONS].problem.en


@pytest.mark.parametrize("values", [["Mand", "kvinde"], ["1", "2"], ["m", "K"], ["Male", "Female"]])
def test_sex_in_words_and_numbers(tmp_path, values):
    assert not edited(tmp_path, c.PERSONS, KON=values * 6)


def test_columns_that_were_not_exported(tmp_path):
    assert ("mostly-blank", c.PERSONS) in edited(tmp_path, c.PERSONS, KON="NA")
    assert ("mostly-blank", c.MATCH) in edited(tmp_path, c.MATCH, match_category=None)


@pytest.mark.parametrize(
    ("columns", "cause"),
    [
        ({"code": ["1730", "1733", "1890", "1997", "1999"]}, "the mapping has other codes"),
        ({"valid_from": "2020-01-01"}, "but not in these weeks"),
    ],
)
def test_a_mapping_that_fits_no_code(tmp_path, columns, cause):
    issue = edited(tmp_path, c.CODES, **columns)["codes-lost", c.CODES]
    assert issue.is_error
    assert cause in issue.problem.en


@pytest.mark.parametrize("table", [c.MATCH, c.INTERVENTIONS, c.POPULATION])
@pytest.mark.parametrize("how", ["absent", "empty", "only a header"])
def test_tables_that_an_evaluation_may_lack(tmp_path, table, how):
    from nychance import extract
    from nychance.register import chunks, read_register

    content = tables()
    whole = content.pop(table)
    if how != "absent":
        content[table] = whole.iloc[:0]
        if how == "only a header":
            content[table] = content[table][list(extract.REQUIRED[table])]
    folder = write(tmp_path, content)
    found = issues(folder)
    assert set(found) == {("missing-table" if how == "absent" else "empty-records", table)}
    assert not any(issue.is_error for issue in found.values())
    extract.check(folder)
    the_plan = plan.load()
    register = read_register(folder, the_plan.checkpoints[0], the_plan)
    assert len(register.persons) == len(NUMBERS)
    assert not len(getattr(register, table))
    assert register.match_at(0).isna().all() or table != c.MATCH
    parts = list(chunks(folder, the_plan.checkpoints[0], the_plan, persons=5))
    assert sum(len(part.persons) for part in parts) == len(NUMBERS)


def test_weeks_with_the_same_fault_are_listed_once_with_an_example(tmp_path):
    content = tables()
    content[c.DREAM].loc[2:5, WEEKS[1:9]] = "730.5"
    content[c.DREAM].loc[7, WEEKS[12]] = "73O"
    checked = check(write(tmp_path, content), plan.load())
    found = [issue.finding for issue in checked.issues if issue.rule.key == "unreadable-value"]
    assert [(f.column, f.count, f.row, f.example) for f in found] == [
        (f"{WEEKS[1]} … {WEEKS[8]}", 32, 4, "730.5"),
        (WEEKS[12], 1, 9, "73O"),
    ]
    assert found[0].detail.en == "8 columns"
    assert found[1].cause.en == "a letter among the digits"


@pytest.mark.parametrize(
    ("table", "column", "value", "cause"),
    [
        (c.MUNICIPALITIES, "inhabitants", "-20000", "cannot be negative"),
        (c.MUNICIPALITIES, "inhabitants", "34.5", "must be whole"),
        (c.PERSONS, "FOEDDT", "120385", "six digits"),
        (c.PERSONS, "FOEDDT", "12-03-85", "two digits"),
        (c.PERSONS, "FOEDDT", "12-13-1985", "month before day"),
        (c.RESIDENCE, "valid_from", "2007", "a year without a day"),
        (c.RESIDENCE, "valid_from", "17167", "a number of days"),
        (c.RESIDENCE, "valid_from", "02-01-2005", "another way"),
        (c.RESIDENCE, "valid_from", "soon", "words where a date"),
    ],
)
def test_the_likely_cause_of_a_value(tmp_path, table, column, value, cause):
    content = tables()
    content[table].loc[1, column] = value
    issue = issues(write(tmp_path, content))["unreadable-value", table]
    assert cause in issue.problem.en
    assert (issue.finding.row, issue.finding.column) == (3, column)


def test_both_readings_of_an_ambiguous_number(tmp_path):
    content = tables()
    content[c.POPULATION].loc[0, "working_age"] = "19.865"
    folder = write(tmp_path, content, delimiter=",")
    problem = issues(folder)["unreadable-value", c.POPULATION].problem
    assert "19.865 may be 19865 or 19.865" in problem.en
    # With semicolons, as Danish Excel saves it, the point can only separate thousands.
    assert ("unreadable-value", c.POPULATION) not in issues(write(tmp_path / "da", content))
