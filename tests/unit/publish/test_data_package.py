"""An edition's data in one: an archive of CSV files and a workbook."""

import csv
import io
import zipfile
from xml.etree import ElementTree

import pytest

from evalbook import plan
from evalbook.publish.data_package import ARCHIVE, WORKBOOK, write_package
from evalbook.publish.downloads import csv_text, heads
from evalbook.publish.edition import Edition

CELLS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def said(da, en):
    return {"da": da, "en": en}


def results():
    columns = {
        "place": {"heading": said("Kommune", "Municipality"), "unit": None, "decimals": 0},
        "estimate": {"heading": said("Estimat", "Estimate"), "unit": "share", "decimals": 1},
        "n": {"heading": said("Estimat", "Estimate"), "unit": "count", "decimals": 0},
    }
    rows = [
        {"place": said("Ålekær", "Ålekær"), "estimate": 0.125, "n": 40.0},
        {"place": said("=A1", "=A1"), "estimate": None, "n": None},
    ]
    number = {
        "value": None,
        "interval": None,
        "n": None,
        "unit": "share",
        "status": "too-few",
        "synthetic": True,
        "method": said("Måling", "Measure"),
        "source": said("Kilde", "Source"),
    }
    long = "a-table-with-a-name-that-no-workbook-takes"
    table = {"columns": columns, "rows": rows, "source": said("Kilde", "Source")}
    tables = {long: table, f"{long}-too": table}
    return {"method": {"tables": tables, "figures": {}, "numbers": {"share": number}}}


@pytest.fixture(params=["da", "en"])
def made(request, tmp_path):
    edition = Edition(tmp_path, plan.load().checkpoint("2009-03"), request.param)
    write_package(edition, results(), tmp_path)
    return request.param, tmp_path


def test_the_archive_has_each_table_as_the_language_reads_it(made):
    language, folder = made
    with zipfile.ZipFile(folder / ARCHIVE) as archive:
        names = [name for name in archive.namelist() if name.startswith("method-tbl")]
        text = archive.read(names[0]).decode("utf-8")
    assert len(names) == 2
    assert text.startswith("\ufeff") == (language == "da")
    rows = list(
        csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";" if language == "da" else ",")
    )
    assert rows[1] == ["Ålekær", "0,125" if language == "da" else "0.125", "40"]
    assert rows[2] == ["'=A1", "", ""]
    assert len(set(rows[0])) == 3


def test_the_archive_says_what_it_is_and_what_columns_hold(made):
    language, folder = made
    with zipfile.ZipFile(folder / ARCHIVE) as archive:
        files = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    assert "CC BY 4.0" in files["README.txt"]
    assert "2009" in files["README.txt"]
    numbers = files["tal.csv" if language == "da" else "numbers.csv"]
    assert "method.share" in numbers
    assert "too-few" in numbers
    assert "place" in files["ordbog.csv" if language == "da" else "dictionary.csv"]


def test_the_archive_tells_the_last_day_of_the_data(tmp_path):
    results_of = tmp_path / "figures/2009-03/method"
    results_of.mkdir(parents=True)
    (results_of / "results.json").write_text("{}")
    (results_of / "run.json").write_text('{"data_until": "2009-02-22"}')
    write_package(Edition(tmp_path, plan.load().checkpoint("2009-03"), "en"), results(), tmp_path)
    with zipfile.ZipFile(tmp_path / ARCHIVE) as archive:
        assert "Data up to 22 February 2009." in archive.read("README.txt").decode()


def test_the_workbook_has_a_sheet_for_each_and_no_formula(made):
    _, folder = made
    with zipfile.ZipFile(folder / WORKBOOK) as book:
        index = ElementTree.fromstring(book.read("xl/workbook.xml"))
        sheets = [name for name in book.namelist() if "worksheets/" in name]
        assert not any(b"<f>" in book.read(name) for name in sheets)
    names = [sheet.get("name") for sheet in index.iter(f"{CELLS}sheet")]
    assert len(names) == len(set(names)) == 6
    assert max(map(len, names)) <= 31


def test_the_same_results_give_the_same_files(made):
    language, folder = made
    before = [(folder / name).read_bytes() for name in (ARCHIVE, WORKBOOK)]
    edition = Edition(folder, plan.load().checkpoint("2009-03"), language)
    write_package(edition, results(), folder)
    assert before == [(folder / name).read_bytes() for name in (ARCHIVE, WORKBOOK)]


def test_a_heading_that_comes_again_has_its_key_beside_it():
    assert heads(results()["method"]["tables"].popitem()[1], "en")[1:] == [
        "Estimate",
        "Estimate (n)",
    ]


def test_whole_numbers_are_whole():
    assert csv_text(["a"], [[3.0], [None], [0.5]], "en") == "a\r\n3\r\n\r\n0.5\r\n".replace(
        "\r\n\r\n", '\r\n""\r\n'
    )
