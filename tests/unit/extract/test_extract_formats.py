"""The same extract gives the same register in any format, layout and number of files."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from evalbook import plan
from evalbook.errors import DataError
from nychance import columns as c
from nychance import extract
from nychance.extract import parse
from nychance.extract.text import layout_of
from nychance.register import Register, chunks, read_register
from nychance.validation import check
from tests.lib.extracts import CODES, LIVES, NUMBERS, WEEKS, tables, typed, write, write_csv

FIXTURES = Path(__file__).parents[2] / "fixtures"
STATES = {
    ".": "self-support",
    "p": "passive",
    "a": "active",
    "s": "sick",
    "d": "dead",
    "e": "emigrated",
}


def read(folder) -> Register:
    the_plan = plan.load()
    return read_register(folder, the_plan.checkpoints[0], the_plan)


def assert_is_the_extract(register, numbers=NUMBERS):
    order = [numbers.index(number) for number in register.persons[c.PERSON]]
    assert sorted(order) == list(range(len(numbers)))
    for state in set(STATES.values()):
        expected = np.array([[STATES[sign] == state for sign in LIVES[person]] for person in order])
        np.testing.assert_array_equal(register.is_state(state), expected)
    by_number = register.persons.set_index(c.PERSON)
    assert by_number.loc[NUMBERS[0], ["sex", "birth_year", "origin"]].tolist() == [
        "M",
        1940,
        "danish",
    ]
    assert register.municipalities[c.UNEMPLOYMENT].tolist() == [4.5, 3.25]
    assert register.interventions[c.COMPANY].dropna().tolist() == ["Ærø Rengøring", "Grønt & Co"]
    assert not len(register.unknown_codes)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
@pytest.mark.parametrize("decimal", [",", "."])
def test_text_of_any_layout(tmp_path, delimiter, encoding, decimal):
    folder = write(tmp_path, delimiter=delimiter, encoding=encoding, decimal=decimal)
    assert_is_the_extract(read(folder))
    layout = layout_of(folder / "municipalities.csv")
    assert (layout.delimiter, layout.decimal) == (delimiter, decimal)
    # No byte of the small table tells cp1252 from latin-1.
    assert layout.encoding == {"cp1252": "latin-1"}.get(encoding, encoding)
    assert not check(folder, plan.load()).issues


def test_letters_of_windows_are_told_from_latin_1(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("name;price\nNørhavn – by;5 €\n".encode("cp1252"))
    assert layout_of(path).encoding == "cp1252"


@pytest.mark.filterwarnings("ignore::pandas.errors.InvalidColumnName")
@pytest.mark.parametrize("suffix", ["parquet", "dta"])
def test_files_of_other_programs(tmp_path, suffix):
    for name, frame in tables().items():
        frame = typed(frame)
        if suffix == "parquet":
            frame.to_parquet(tmp_path / f"{name}.parquet")
        else:
            frame.fillna(dict.fromkeys(frame.select_dtypes(object), "")).to_stata(
                tmp_path / f"{name}.dta", write_index=False, version=118
            )
    assert_is_the_extract(read(tmp_path))
    assert not check(tmp_path, plan.load()).issues


def test_sas(tmp_path):
    write(tmp_path)
    for name in ("dream", "persons"):
        (tmp_path / f"{name}.csv").unlink()
        shutil.copy(FIXTURES / f"{name}.sas7bdat", tmp_path)
    assert_is_the_extract(read(tmp_path))
    checked = check(tmp_path, plan.load())
    assert not checked.issues
    assert {file.format for file in checked.files} == {"SAS", "CSV"}


@pytest.mark.parametrize("kind", ["int16", "Int16", "Int64", "float64", "text", "category"])
def test_codes_of_any_type(tmp_path, kind):
    folder = write(tmp_path)
    (folder / "dream.csv").unlink()
    dream = tables()["dream"]
    for week in WEEKS:
        codes = pd.to_numeric(dream[week])
        dream[week] = {
            "int16": lambda codes=codes: codes.fillna(0).astype("int16"),
            "Int16": lambda codes=codes: codes.astype("Int16"),
            "Int64": lambda codes=codes: codes.astype("Int64"),
            "float64": lambda codes=codes: codes.astype(float),
            "text": lambda week=week: dream[week].map(lambda code: f" {code} " if code else "."),
            "category": lambda week=week: dream[week].astype("category"),
        }[kind]()
    dream.to_parquet(folder / "dream.parquet")
    assert_is_the_extract(read(folder))


def test_what_lies_under_a_blank_is_no_code():
    blank = np.array([False, True, False, True, True, False])
    under = pa.array(np.array([130, -7, 0, 997, 999, 720], dtype=np.int16), mask=blank)
    for begin in range(len(under)):
        codes, faulty = parse.codes(under.slice(begin), ".")
        assert codes.tolist() == [130, 0, 0, 0, 0, 720][begin:]
        assert faulty is None


def test_names_of_columns_in_any_case(tmp_path):
    content = {name: frame.rename(columns=str.lower) for name, frame in tables().items()}
    content["dream"] = content["dream"].rename(columns=str.upper)
    assert_is_the_extract(read(write(tmp_path, content)))


@pytest.mark.parametrize("other_order", [False, True])
def test_one_file_per_year(tmp_path, other_order):
    dream = tables()["dream"]
    folder = write(tmp_path)
    (folder / "dream.csv").unlink()
    halves = dream[["PNR", *WEEKS[:6]]], dream[["PNR", *WEEKS[6:]]]
    for year, half in zip((2007, 2008), halves, strict=True):
        half = half.iloc[::-1] if other_order and year == 2008 else half
        typed(half).to_parquet(folder / f"dream_{year}.parquet")
    assert_is_the_extract(read(folder))
    assert not check(folder, plan.load()).issues


def test_a_cell_that_is_no_code_in_the_file_of_one_year(tmp_path):
    dream = tables()["dream"].astype(object)
    dream.loc[3, WEEKS[8]] = "sick"
    folder = write(tmp_path)
    (folder / "dream.csv").unlink()
    for year, weeks in ((2007, WEEKS[:6]), (2008, WEEKS[6:])):
        write_csv(dream[["PNR", *weeks]], folder / f"dream_{year}.csv")
    with pytest.raises(DataError, match=f"column '{WEEKS[8]}': 1 values are no codes"):
        read(folder)
    (issue,) = check(folder, plan.load()).issues
    assert (issue.rule.key, issue.finding.column, issue.finding.count) == (
        "unreadable-value",
        WEEKS[8],
        1,
    )


def spells(as_week):
    rows = []
    for number, life in zip(NUMBERS, LIVES, strict=True):
        ends = [n for n in range(len(life)) if n + 1 == len(life) or life[n + 1] != life[n]]
        begin = 0
        for end in ends:
            if life[begin] != ".":
                rows.append(
                    (
                        number,
                        str(CODES[life[begin]]),
                        as_week(begin, 0),
                        as_week(end, 6) if end < 12 else None,
                    )
                )
            begin = end + 1
    return pd.DataFrame(rows, columns=["pnr", "code", "start", "end"])


@pytest.mark.parametrize(
    "as_week",
    [
        lambda week, _: f"y_07{week + 1:02d}",
        lambda week, _: f"2007-W{week + 1:02d}",
        lambda week, day: str(
            (pd.Timestamp("2007-01-01") + pd.Timedelta(days=7 * week + day)).date()
        ),
        # A code holds for the whole week that any of its days lies in.
        lambda week, day: (
            f"{pd.Timestamp('2007-01-03') + pd.Timedelta(days=7 * week + day // 6):%d-%m-%Y}"
        ),
    ],
)
def test_spells(tmp_path, as_week):
    content = tables() | {"dream": spells(as_week)}
    register = read(write(tmp_path, content))
    # Those without any transfer have no spell.
    seen = [number for number, life in zip(NUMBERS, LIVES, strict=True) if set(life) != {"."}]
    place = [NUMBERS.index(number) for number in register.persons[c.PERSON]]
    assert [NUMBERS[n] for n in place] == seen
    expected = [[STATES[sign] == "passive" for sign in LIVES[person]] for person in place]
    np.testing.assert_array_equal(register.is_state("passive"), np.array(expected))
    assert {issue.rule.key for issue in check(tmp_path, plan.load()).issues} == {
        "no-row",
        "of-nobody",
    }


def test_chunks_are_the_whole_whatever_the_files(tmp_path):
    the_plan = plan.load()
    folder = write(tmp_path)
    whole = read(folder)
    for persons in (1, 5, 100):
        parts = list(chunks(folder, the_plan.checkpoints[0], the_plan, persons=persons))
        assert max(len(part.persons) for part in parts) <= persons
        np.testing.assert_array_equal(np.concatenate([part.state for part in parts]), whole.state)
        pd.testing.assert_frame_equal(
            pd.concat([part.persons for part in parts], ignore_index=True), whole.persons
        )


def test_weeks_without_what_stands_beside_them(tmp_path):
    the_plan = plan.load()
    folder = write(tmp_path)
    whole = read(folder)
    (part,) = chunks(folder, the_plan.checkpoints[0], the_plan, beside=())
    np.testing.assert_array_equal(part.state, whole.state)
    assert part.persons[c.PERSON].tolist() == whole.persons[c.PERSON].tolist()
    assert part.persons["origin"].isna().all()
    assert not len(part.residence)
    assert not len(part.municipalities)
    assert set(part.municipalities) <= set(whole.municipalities)
    assert part.role_at(0).isna().all()


def test_week_53_and_both_centuries(tmp_path):
    content = tables()
    names = ["y_9952", "y_0001", "y_0852", "y_0901", "y_0952", "y_0953", "y_1001"]
    content["dream"] = pd.DataFrame({"PNR": NUMBERS} | dict.fromkeys(names, "730"))
    folder = write(tmp_path, content)
    gaps = [f.finding.column for f in check(folder, plan.load()).issues if f.rule.key == "week-gap"]
    assert gaps == ["y_0001 - y_0852", "y_0901 - y_0952"]
    assert "impossible-week" not in {f.rule.key for f in check(folder, plan.load()).issues}


def test_a_value_that_is_no_code_stops_reading(tmp_path):
    content = tables()
    content["dream"].loc[3, "y_0705"] = "73O"
    with pytest.raises(DataError, match="y_0705"):
        read(write(tmp_path, content))


def test_dates_as_other_programs_write_them(tmp_path):
    path = tmp_path / "persons.csv"
    for form in ("%Y%m%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d 00:00:00"):
        frame = tables()["persons"]
        born = pd.to_datetime(frame["FOEDDT"])
        write_csv(frame.assign(FOEDDT=born.dt.strftime(form)), path)
        assert (extract.read(tmp_path, c.PERSONS)["FOEDDT"] == born).all()


@pytest.mark.parametrize("place", ["dream.parquet", "dream", "Dream.parquet"])
@pytest.mark.parametrize("hive", [False, True])
def test_a_folder_of_parts_is_a_table(tmp_path, place, hive):
    folder = write(tmp_path / "extract")
    (folder / "dream.csv").unlink()
    dream = typed(tables()["dream"])
    for number, part in enumerate((dream.iloc[:5], dream.iloc[5:])):
        into = folder / place / (f"year={2007 + number}" if hive else "")
        into.mkdir(parents=True, exist_ok=True)
        part.to_parquet(into / f"part-{number:05d}.snappy.parquet")
    (folder / place / "_SUCCESS").touch()
    assert_is_the_extract(read(folder))
    assert not check(folder, plan.load()).issues


def test_a_folder_whose_parts_differ(tmp_path):
    folder = write(tmp_path / "extract")
    (folder / "match.csv").unlink()
    match = tables()["match"]
    (folder / "match").mkdir()
    match.iloc[:5].to_parquet(folder / "match" / "part-0.parquet")
    match.iloc[5:].drop(columns="valid_from").to_parquet(folder / "match" / "part-1.parquet")
    (issue,) = (i for i in check(folder, plan.load()).issues if i.rule.key == "unreadable-file")
    assert issue.finding.file == "match"
    with pytest.raises(DataError, match="lacks 'valid_from'"):
        read(folder)
