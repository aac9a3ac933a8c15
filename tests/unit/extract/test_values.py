"""Cells as people's programs write them: nothing, numbers, dates, weeks and labels."""

from datetime import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nychance import columns as c
from nychance import extract
from nychance.extract import parse
from nychance.extract.readers import open_source
from nychance.extract.schema import Kind
from nychance.extract.text import layout_of
from tests.lib.extracts import tables, write

FAULTY = "faulty"


def converted(kind, *cells, **layout):
    """Return what each cell becomes: its value, None where missing, or that it is faulty."""
    array = pa.array(list(cells)) if not isinstance(cells[0], pa.Array) else cells[0]
    values, faulty = parse.convert(array, kind, **layout)
    values = [
        str(value.date()) if isinstance(value, pd.Timestamp) else value
        for value in values.astype(object)
    ]
    return [
        FAULTY if wrong else None if pd.isna(value) else value
        for value, wrong in zip(values, faulty, strict=True)
    ]


NOTHING = ["NA", "N/A", "#N/A", "NULL", "NaN", "\\N", ".", "", " ", "<NA>", "null"]


@pytest.mark.parametrize(
    "kind",
    [Kind.PERSON, Kind.TEXT, Kind.KEY, Kind.NUMBER, Kind.COUNT, Kind.DATE, Kind.END, Kind.UNTIL],
)
@pytest.mark.parametrize("word", NOTHING)
def test_words_for_nothing(kind, word):
    assert converted(kind, word, None) == [None, None]


@pytest.mark.parametrize("word", [".a", ".Z", "._", "#n/a", "nat", "..", "na"])
def test_missing_values_of_statistics_programs_where_no_words_stand(word):
    assert converted(Kind.NUMBER, word, "5") == [None, 5]
    assert converted(Kind.DATE, word, "2007-01-31") == [None, "2007-01-31"]


@pytest.mark.parametrize("word", ["NATO", "Nan A/S", "n", "Nullermand", "..x"])
def test_words_that_only_begin_alike_are_words(word):
    assert converted(Kind.TEXT, word) == [word]
    assert converted(Kind.NUMBER, word) == [FAULTY]


@pytest.mark.parametrize("word", NOTHING)
def test_a_week_without_a_code(word):
    values, faulty = parse.codes(pa.array(["730", word, " 890"]), ",")
    assert values.tolist() == [730, 0, 890]
    assert faulty is None


COMMA, POINT = {"decimal": ","}, {"decimal": "."}
UNSURE = {"decimal": ",", "certain": False}
NUMBERS = [
    # What counts is whole: a group of three is thousands where the decimal mark is a comma.
    (Kind.COUNT, COMMA, ["19.865", "346", "1.234.567"], [19865, 346, 1234567]),
    (Kind.COUNT, UNSURE, ["19.865", "346"], [19865, 346]),
    (Kind.COUNT, POINT, ["19,865", "1,234,567"], [19865, 1234567]),
    (Kind.COUNT, POINT, ["19.865", "346"], [FAULTY, 346]),
    (Kind.COUNT, COMMA, ["19,865", "5"], [FAULTY, 5]),
    (Kind.COUNT, POINT, ["1.234.567"], [1234567]),
    (Kind.COUNT, COMMA, ["58 421", "58\u00a0421", "1\u202f058\u202f421"], [58421, 58421, 1058421]),
    (Kind.COUNT, POINT, ["346.0", "2e3", "-5", "3.5"], [346, 2000, FAULTY, FAULTY]),
    (Kind.COUNT, COMMA, ["12.34", "1.23.456", "12.3456"], [FAULTY, FAULTY, FAULTY]),
    # What has decimals.
    (Kind.NUMBER, COMMA, ["4,5", "3,25", "1.234,5"], [4.5, 3.25, 1234.5]),
    (Kind.NUMBER, POINT, ["4.5", "1,234.5"], [4.5, 1234.5]),
    (Kind.NUMBER, COMMA, ["4.125", "4,5"], [4125, 4.5]),
    # A column shows its own mark, whatever the file's.
    (Kind.NUMBER, COMMA, ["4.125", "4.5"], [4.125, 4.5]),
    (Kind.NUMBER, UNSURE, ["4.125", "3.250"], [FAULTY, FAULTY]),
    (Kind.NUMBER, {"decimal": ".", "certain": False}, ["4.125"], [FAULTY]),
    (Kind.NUMBER, POINT, ["4.125", "0.125"], [4.125, 0.125]),
    (Kind.NUMBER, UNSURE, ["0.125", "4"], [0.125, 4]),
    (Kind.NUMBER, COMMA, ["1,5E+03", "-2,5", "+3"], [1500, -2.5, 3]),
    (Kind.NUMBER, POINT, ["inf", "1e999", "4,5 %"], [FAULTY, FAULTY, FAULTY]),
]


@pytest.mark.parametrize(("kind", "layout", "cells", "expected"), NUMBERS)
def test_numbers(kind, layout, cells, expected):
    assert converted(kind, *cells, **layout) == expected


@pytest.mark.parametrize("value", [19.865, -3.0, float("inf")])
def test_a_number_that_counts_is_whole_in_any_format(value):
    assert converted(Kind.COUNT, value, 5.0) == [FAULTY, 5]


@pytest.mark.parametrize(
    ("text", "decimal", "certain"),
    [
        ("a;b\n1;19.865\n2;34.967\n", ",", False),
        ("a;b\n1;19.865\n2;3,5\n", ",", True),
        ("a;b\n1;19.865\n2;3.5\n", ".", True),
        ("a;b\n1;0.865\n", ".", True),
        ("a,b\n1,19.865\n", ".", True),
        ("a\tb\n1\t19.865\n", ".", False),
        ("a\tb\n1\t1.234,5\n", ",", True),
    ],
)
def test_the_decimal_mark_of_a_file(tmp_path, text, decimal, certain):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    layout = layout_of(path)
    assert (layout.decimal, layout.certain) == (decimal, certain)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (pa.array([Decimal("101901234"), None], pa.decimal128(38, 10)), ["101901234", None]),
        (pa.array([101901234.0, None]), ["101901234", None]),
        (pa.array(["0101901234 ", "NA"]), ["0101901234", None]),
        (pa.array([b"S00000001", b""]), ["S00000001", None]),
    ],
)
def test_person_numbers_of_any_type(array, expected):
    assert converted(Kind.PERSON, array) == expected


DAYS = [
    (["2007-01-31", "9999-12-31"], ["2007-01-31", "9999-12-31"]),
    (["2007-01-31T00:00:00", "2007-01-31T14:30:00Z"], ["2007-01-31", "2007-01-31"]),
    (["2007-01-31 00:00:00.000", "2007-01-31 14:30:00.0000000"], ["2007-01-31", "2007-01-31"]),
    (["2007-01-31T00:00:00+01:00", "2007-07-31T00:00:00+02:00"], ["2007-01-31", "2007-07-31"]),
    # Danish midnight, as a program that knows universal time only writes it.
    (["2006-12-31T23:00:00.000Z", "2007-06-30T22:00:00.000Z"], ["2007-01-01", "2007-07-01"]),
    (["31-01-2007 00:00:00", "01-02-2007 14.30"], ["2007-01-31", "2007-02-01"]),
    (["31.01.2007", "1.2.2007"], ["2007-01-31", "2007-02-01"]),
    (["31/01/2007", "31/12/9999"], ["2007-01-31", "9999-12-31"]),
    (["2007/01/31"], ["2007-01-31"]),
    (["20070131", "20071001"], ["2007-01-31", "2007-10-01"]),
    (["31012007", "01102007"], ["2007-01-31", "2007-10-01"]),
    (["31JAN2007", "01maj2007", "15okt2007"], ["2007-01-31", "2007-05-01", "2007-10-15"]),
    (["31JAN2007:00:00:00", "01FEB2007:14:30:00.00"], ["2007-01-31", "2007-02-01"]),
    (["39083", "39447,604"], ["2007-01-01", "2007-12-31"]),
    (["39083", "2958465"], ["2007-01-01", "9999-12-31"]),
    # What could be two things, or is none.
    (["200711", "200712"], [FAULTY, FAULTY]),
    (["120385", "010190"], [FAULTY, FAULTY]),
    (["2007"], [FAULTY]),
    (["31-01-07"], [FAULTY]),
    (["12/31/2007", "01/15/2007"], [FAULTY, FAULTY]),
    (["2007-02-30", "2007-02-28"], [FAULTY, "2007-02-28"]),
    # Days counted by SAS from 1960 and by R from 1970.
    (["17167", "17500"], [FAULTY, FAULTY]),
    (["13514"], [FAULTY]),
    # One form a column: which of two it is, nobody knows.
    (["2007-01-31", "31-01-2007", "2007-02-28"], ["2007-01-31", FAULTY, "2007-02-28"]),
]


@pytest.mark.parametrize(("cells", "expected"), DAYS)
def test_days(cells, expected):
    assert converted(Kind.DATE, *cells) == expected


def test_births_that_excel_counts():
    assert converted(Kind.BIRTH, "15342", "29221") == ["1942-01-01", "1980-01-01"]
    # SAS counts from 1960: those born by then have negative numbers, or few digits.
    assert converted(Kind.BIRTH, "3653", "-200") == [FAULTY, FAULTY]


PERIODS = [
    ("2007-W1", "2007-01-01", "2007-01-07"),
    ("2007-W01", "2007-01-01", "2007-01-07"),
    ("2007W53", FAULTY, FAULTY),
    ("2009-W53", "2009-12-28", "2010-01-03"),
    ("2007-W01-3", "2007-01-01", "2007-01-07"),
    ("y_0901", "2008-12-29", "2009-01-04"),
    ("0701", "2007-01-01", "2007-01-07"),
    ("701", "2007-01-01", "2007-01-07"),
    ("2007-02", "2007-02-01", "2007-02-28"),
    ("2008M02", "2008-02-01", "2008-02-29"),
    ("2008m2", "2008-02-01", "2008-02-29"),
    ("2008-13", FAULTY, FAULTY),
    ("2007-01-03T00:00:00", "2007-01-03", "2007-01-03"),
]


@pytest.mark.parametrize(("cell", "begin", "end"), PERIODS)
def test_weeks_and_months(cell, begin, end):
    assert converted(Kind.BEGIN, cell) + converted(Kind.END, cell) == [begin, end]
    assert converted(Kind.SINCE, cell) + converted(Kind.UNTIL, cell) == [begin, end]


def test_years_are_years_where_validity_is_meant():
    assert converted(Kind.SINCE, "2007", "1998", None) == ["2007-01-01", "1998-01-01", None]
    assert converted(Kind.UNTIL, "2007", "2009") == ["2007-12-31", "2009-12-31"]
    # Beside weeks that can be no years, all are weeks; so are those of spells.
    assert converted(Kind.SINCE, "2007", "0732") == ["2020-02-10", "2007-08-06"]
    assert converted(Kind.BEGIN, "2007") == ["2020-02-10"]


@pytest.mark.parametrize(
    ("values", "zone", "expected"),
    [
        (["1985-01-01", "1985-07-01"], "Europe/Copenhagen", ["1985-01-01", "1985-07-01"]),
        (["1984-12-31 23:00", "1985-06-30 22:00"], "UTC", ["1985-01-01", "1985-07-01"]),
        (["1985-01-01", "1985-07-01"], "UTC", ["1985-01-01", "1985-07-01"]),
        (["1985-01-01 14:30:00", "1985-07-01 23:59:59"], None, ["1985-01-01", "1985-07-01"]),
    ],
)
def test_days_of_timestamps(values, zone, expected):
    stamps = pd.to_datetime(pd.Series(values)).dt.tz_localize(zone)
    assert converted(Kind.DATE, pa.array(stamps)) == expected


def test_the_last_day_of_all_in_a_file_of_spark(tmp_path):
    path = tmp_path / "residence.parquet"
    days = [datetime(2007, 1, 31), datetime(9999, 12, 31)]
    table = pa.table({"valid_to": pa.array(days, pa.timestamp("us"))})
    pq.write_table(table, path, use_deprecated_int96_timestamps=True)
    (batch,) = open_source(path).batches(["valid_to"])
    assert converted(Kind.DATE, batch.column(0)) == ["2007-01-31", "9999-12-31"]


def test_labels_of_stata_are_read_where_words_stand_and_codes_where_numbers_do(tmp_path):
    municipalities = tables()[c.MUNICIPALITIES]
    labelled = municipalities.assign(
        municipality=pd.Categorical.from_codes([1, 0], ["Ålekær", "Nørhavn"]),
        name=pd.Categorical(["Nørhavn", "Ålekær"]),
        role=pd.Categorical(["Method", "Comparison "]),
        inhabitants=[20000, 30000],
        unemployment_pct=[4.5, 3.25],
        minority_share_pct=[8.0, 6.5],
    )
    labelled.to_stata(tmp_path / "municipalities.dta", write_index=False, version=118)
    found = extract.read(tmp_path, c.MUNICIPALITIES)
    assert found["name"].tolist() == ["Nørhavn", "Ålekær"]
    assert found["role"].tolist() == ["method", "comparison"]
    assert found["municipality"].tolist() == [1, 0]
    assert found["inhabitants"].tolist() == [20000, 30000]


def test_columns_that_nobody_needs_are_not_read(tmp_path):
    folder = write(tmp_path)
    (folder / "residence.csv").unlink()
    frame = tables()[c.RESIDENCE].assign(notes=[[1, 2]] * len(tables()[c.RESIDENCE]))
    frame.to_parquet(folder / "residence.parquet")
    assert list(extract.read(folder, c.RESIDENCE)) == [
        *("PNR", "municipality", "valid_from", "valid_to")
    ]
    assert np.issubdtype(extract.read(folder, c.RESIDENCE)["municipality"].dtype, np.integer)
