"""Whatever breaks a rule is found, wherever it stands, together with all else.

Nothing that is read crashes the check.
"""

import json
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalbook import plan
from evalbook.errors import DataError
from evalbook.text.language import PACKAGED
from nychance.validation import check, listing, refuse
from nychance.validation.rules import RULES
from tests.lib.extracts import NUMBERS, WEEKS, tables, typed, write

quick = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


def found(content, **layout):
    with tempfile.TemporaryDirectory() as folder:
        return checked(write(Path(folder), content, **layout))


def checked(folder):
    return check(folder, plan.load())


def keys(result):
    return {issue.rule.key for issue in result.issues}


def edited(table, column, value):
    """Make the issue that puts a value into any row of a column."""

    def edit(content, row):
        frame = content[table]
        frame.loc[row % len(frame), column] = value

    return edit


def repeated(table):
    def repeat(content, row):
        frame = content[table]
        content[table] = pd.concat([frame, frame.iloc[[row % len(frame)]]], ignore_index=True)

    return repeat


def appended(table, **values):
    def append(content, row):
        filled = {"PNR": NUMBERS[row % len(NUMBERS)]} | values
        content[table] = pd.concat(
            [content[table], pd.DataFrame([filled], dtype="object")], ignore_index=True
        )

    return append


def without_column(table, column):
    return lambda content, row: content.update({table: content[table].drop(columns=column)})


def without_week(content, row):
    content["dream"] = content["dream"].drop(columns=WEEKS[1 + row % (len(WEEKS) - 2)])


def without_person(content, row):
    content["persons"] = content["persons"].drop(index=row % len(NUMBERS)).reset_index(drop=True)


def with_column(table, name, values="730"):
    return lambda content, row: content[table].insert(
        1 + row % content[table].shape[1], name, values
    )


def from_row_on(table, column, value):
    def change(content, row):
        # The second row at the earliest, and two rows at least: half-way.
        content[table].loc[1 + row % (len(content[table]) - 2) :, column] = value

    return change


def after_death(content, row):
    # Person 8 dies in week 9, person 9 emigrates in week 7.
    person, first = ((8, 10), (9, 8))[row % 2]
    content["dream"].loc[person, WEEKS[first + row % (13 - first)]] = "730"


def ends_before_it_begins(content, row):
    content["codes"].loc[row % len(content["codes"]), ["valid_from", "valid_to"]] = [
        "2007-02-01",
        "2007-01-01",
    ]


STAY = {"municipality": "901", "valid_from": "2006-01-01", "valid_to": "2006-12-31"}
COURSE = {"kind": "mentor", "company": None, "sector": None}
BREAKS = {
    "missing-table": lambda content, row: content.pop(sorted(content)[row % len(content)]),
    "missing-column": without_column("residence", "valid_to"),
    "column-twice": with_column("persons", "kon", "M"),
    "empty-table": lambda content, row: content.update(persons=content["persons"].head(0)),
    "empty-records": lambda content, row: content.update(match=content["match"].head(0)),
    "type-change": from_row_on("dream", WEEKS[0], "A1"),
    "unreadable-value": edited("dream", WEEKS[3], "73O"),
    "unreadable-value ": edited("dream", WEEKS[5], "730.5"),
    "unreadable-value  ": edited("dream", WEEKS[5], "-1"),
    "unreadable-value   ": edited("residence", "valid_from", "2006-02-30"),
    "unreadable-value    ": edited("persons", "FOEDDT", "12.13.1970"),
    "no-weeks": lambda content, row: content.update(dream=content["dream"][["PNR"]]),
    "impossible-week": with_column("dream", "y_0754"),
    "impossible-week ": with_column("dream", "y_0853"),
    "week-twice": with_column("dream", "Y_0705"),
    "week-gap": without_week,
    "unknown-code": edited("dream", WEEKS[6], "298"),
    "after-the-end": after_death,
    "no-number": edited("persons", "PNR", None),
    "no-number ": edited("dream", "PNR", None),
    "person-twice": repeated("dream"),
    "person-twice ": repeated("persons"),
    "no-record": without_person,
    "no-row": appended("persons", PNR="9901701234", KON="M", FOEDDT="1970-01-01", HERKOMST="1"),
    "over-110": edited("persons", "FOEDDT", "1893-05-05"),
    "born-later": edited("persons", "FOEDDT", "2031-05-05"),
    "unknown-sex": edited("persons", "KON", "X"),
    "unknown-origin": edited("persons", "HERKOMST", "7"),
    "of-nobody": appended("interventions", PNR="9901701234", start="2007-01-08", **COURSE),
    "no-begin": edited("match", "valid_from", None),
    "ends-before-start": edited("interventions", "end", "2006-12-01"),
    "residence-overlap": appended("residence", **STAY),
    "record-after-the-end": appended(
        "interventions", PNR=NUMBERS[8], start="2007-03-08", **COURSE, end=None
    ),
    "old-municipality": edited("residence", "municipality", "213"),
    "old-municipality ": edited("municipalities", "municipality", "345"),
    "match-category": edited("match", "match_category", "6"),
    "unknown-kind": edited("interventions", "kind", "jobpackage"),
    "unknown-role": edited("municipalities", "role", "other"),
    "municipality-twice": repeated("municipalities"),
    "unknown-group": edited("population", "group", "other"),
    "population-sum": edited("population", "employed", "77"),
    "mapping-code": edited("codes", "code", "730.5"),
    "mapping-state": edited("codes", "state", "idle"),
    "mapping-step": edited("codes", "step", "ladder"),
    "mapping-flag": edited("codes", "active", "2"),
    "mapping-backwards": ends_before_it_begins,
    "mapping-overlap": repeated("codes"),
}


def test_the_extract_itself_has_no_faults():
    assert not found(tables()).issues


@pytest.mark.parametrize("name", BREAKS)
def test_each_rule_is_broken_by_what_it_forbids(name):
    content = tables()
    BREAKS[name](content, 1)
    assert name.strip() in keys(found(content))


# What takes a table or a column away hides what stood in it, and rows that are added may mend it.
WHOLE = {
    "missing-table",
    "missing-column",
    "empty-table",
    "empty-records",
    "no-weeks",
    "column-twice",
    "week-gap",
    "no-record",
}
BIRTHS = {"unreadable-value    ", "over-110", "born-later"}
# Beside which other breaks one cannot be seen.
HIDDEN = {
    **{birth: BIRTHS - {birth} for birth in BIRTHS},  # They write into the same cell.
    "mapping-overlap": {
        "mapping-backwards"
    },  # A row that ends before it begins overlaps with none.
    "residence-overlap": {"unreadable-value   "},  # Nor does a stay that begins on no day.
    "person-twice": {"no-number "},  # Who has no number is nobody twice.
    "person-twice ": {"no-number"},
    "record-after-the-end": {"no-number "},  # Whose death is not known.
}
ENDS = tables()["codes"]["censoring"] == "1"
# These take the meaning of death or emigration from the mapping, where they hit its row.
MEANINGS = {"mapping-code", "mapping-state", "mapping-step", "mapping-backwards"}
HIDDEN_WITHOUT_MEANING = {"after-the-end", "record-after-the-end"}
# One and the same issue, of single cells and of all to the last row: a last row that is repeated
# makes the one the other.
SAME = {"type-change": "unreadable-value"}


def seen(chosen, row):
    """Tell the rules that breaks in the same row break beside each other."""
    shown = {name for name in chosen if not HIDDEN.get(name, set()) & set(chosen)}
    if ENDS[row % len(ENDS)] and MEANINGS & set(chosen):
        shown -= HIDDEN_WITHOUT_MEANING
    return same(name.strip() for name in shown)


def same(rules):
    return {SAME.get(rule, rule) for rule in rules}


@quick
@given(
    names=st.sets(st.sampled_from(sorted(BREAKS)), min_size=1, max_size=4), row=st.integers(0, 11)
)
def test_all_faults_are_found_at_once(names, row):
    content = tables()
    names = sorted(names)
    chosen = [name for name in names if name.strip() not in WHOLE][:3] or names[:1]
    for name in sorted(
        chosen,
        key=lambda name: name.strip() in ("person-twice", "mapping-overlap", "municipality-twice"),
    ):
        BREAKS[name](content, row)
    assert seen(chosen, row) <= same(keys(found(content)))


@quick
@given(
    table=st.sampled_from(sorted(tables())),
    column=st.integers(0, 20),
    row=st.integers(0, 11),
    number=st.sampled_from(NUMBERS),
    around=st.sampled_from(["{}", "{}x", "nr. {}", " {}", "{}-{}"]),
)
def test_no_personal_number_is_told_wherever_it_stands(table, column, row, number, around):
    content = tables()
    frame = content[table]
    frame.iloc[row % len(frame), column % frame.shape[1]] = around.replace("{}", number)
    result = found(content)
    said = listing.as_json(result) + str(listing.for_chapter(result, PACKAGED))
    if result.errors:
        with pytest.raises(DataError) as refused:
            refuse(result)
        said += str(refused.value)
    assert not any(each in said or f"{each[:6]}-{each[6:]}" in said for each in NUMBERS)


@quick
@given(data=st.data(), name=st.sampled_from(sorted(tables())))
def test_a_file_cut_anywhere_does_not_pass(data, name):
    with tempfile.TemporaryDirectory() as place:
        folder = write(Path(place))
        path = folder / f"{name}.csv"
        whole = path.read_bytes()
        # Cut between two rows, a table of other things than persons may pass for a shorter one.
        path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 2))])
        result = checked(folder)
        assert result.issues or path.read_bytes().endswith(b"\n")
        if name in ("dream", "persons"):
            assert result.issues


@quick
@given(
    name=st.sampled_from(sorted(tables())),
    suffix=st.sampled_from(["csv", "parquet", "dta", "sas7bdat", "tsv"]),
    content=st.binary(max_size=400),
    keep=st.booleans(),
)
def test_no_bytes_crash_the_check(name, suffix, content, keep):
    with tempfile.TemporaryDirectory() as place:
        folder = write(Path(place))
        if not keep:
            (folder / f"{name}.csv").unlink()
        (folder / f"{name}.{suffix}").write_bytes(content)
        result = checked(folder)
        assert result.errors
        json.loads(listing.as_json(result))


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    """The extract's files of persons in binary formats."""
    folder = tmp_path_factory.mktemp("others")
    typed(tables()["dream"]).to_parquet(folder / "dream.parquet")
    typed(tables()["dream"]).to_stata(folder / "dream.dta", write_index=False)
    for path in (Path(__file__).parents[2] / "fixtures").glob("dream.sas7bdat"):
        (folder / path.name).write_bytes(path.read_bytes())
    return {path.suffix: path.read_bytes() for path in folder.iterdir()}


@quick
@given(data=st.data(), suffix=st.sampled_from([".parquet", ".dta", ".sas7bdat"]))
def test_a_damaged_binary_file_never_crashes_the_check(others, data, suffix):
    whole = others[suffix]
    cut = data.draw(st.integers(0, len(whole)))
    flips = data.draw(
        st.lists(st.tuples(st.integers(0, max(cut - 1, 0)), st.integers(0, 255)), max_size=3)
    )
    content = bytearray(whole[:cut])
    for place, byte in flips if content else ():
        content[place] = byte
    with tempfile.TemporaryDirectory() as place:
        folder = write(Path(place))
        (folder / "dream.csv").unlink()
        (folder / f"dream{suffix}").write_bytes(bytes(content))
        result = checked(folder)
        assert result.issues or flips or cut == len(whole)


def test_each_rule_is_documented():
    from tests.conftest import ROOT

    said = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert [rule.key for rule in RULES if f"`{rule.key}`" not in said] == []
