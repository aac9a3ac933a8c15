"""All tables of an edition in one: a zip archive of CSV files, and a workbook.

One value stands in a cell; units and the reason for what is hidden have columns of their own. A
dictionary says what each column holds.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import xlsxwriter

from evalbook import __version__, plan
from evalbook.publish.downloads import cell, csv_text, heads
from evalbook.publish.edition import Edition
from evalbook.publish.values import Results
from evalbook.text.catalogue import tr
from evalbook.text.language import Language, Text, day

ARCHIVE: Final = "data.zip"
WORKBOOK: Final = "data.xlsx"
# As workbooks allow.
LONGEST_NAME: Final = 31
# Files in an archive have a day; always the same one, so that the same results give the same file.
DAY: Final = (1980, 1, 1, 0, 0, 0)
CITE: Final = tr("{title}. {label}. Made with evalbook {version}.")
LICENCE: Final = tr("Text and figures: CC BY 4.0. Code: MIT.")
SYNTHETIC: Final = tr("Demonstration: all numbers on persons are computed from synthetic persons.")
ABOUT: Final = tr(
    "One file or sheet for each table and figure. The dictionary says what each column holds. A "
    "number that is not shown is empty, and its status says why: too-few, it rests on too few "
    "persons; protects-others, others could be worked out from it; empty, there is nobody, or it "
    "cannot be estimated. Shares are from 0 to 1."
)
NAMES: Final = {
    "contents": tr("contents"),
    "dictionary": tr("dictionary"),
    "numbers": tr("numbers"),
}
COLUMNS: Final = {
    "table": tr("Table"),
    "column": tr("Column"),
    "key": tr("Key"),
    "unit": tr("Unit"),
    "source": tr("Source"),
    "rows": tr("Rows"),
    "value": tr("Value"),
    "low": tr("Lower bound"),
    "high": tr("Upper bound"),
    "n": tr("Persons"),
    "status": tr("Status"),
    "method": tr("Method"),
}


class Sheet(NamedTuple):
    """A table: its name, its headings, and its rows."""

    name: str
    heads: list[str]
    rows: list[list[Any]]


def write_package(edition: Edition, found: Mapping[str, Results], folder: Path) -> None:
    """Write an edition's data as an archive and as a workbook.

    Parameters
    ----------
    found : mapping
        Results by theme.
    folder : Path
        Where the two files go.
    """
    language = edition.language
    sheets = [*_overviews(found, language), *(sheet for sheet, _ in _tables(found, language))]
    about = _about(edition, found)
    with zipfile.ZipFile(folder / ARCHIVE, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "README.txt", "\n\n".join(about) + "\n")
        for sheet in sheets:
            _put(archive, f"{sheet.name}.csv", csv_text(sheet.heads, sheet.rows, language))
    _write_workbook(folder / WORKBOOK, edition, about, sheets)


def _put(archive: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, text.encode("utf-8"))


def _about(edition: Edition, found: Mapping[str, Results]) -> list[str]:
    language = edition.language
    cite = CITE.format(title=plan.load().title, label=edition.label, version=__version__)
    synthetic = any(
        entry["synthetic"] for result in found.values() for entry in result["numbers"].values()
    )
    cutoff = tr("Data up to {cutoff}.").format(cutoff=Text.each(day, edition.data_until))
    said = [cite, *([SYNTHETIC] if synthetic else []), cutoff, ABOUT, LICENCE]
    return [text[language] for text in said]


def _tables(
    found: Mapping[str, Results], language: Language
) -> Iterator[tuple[Sheet, Mapping[str, Any]]]:
    for theme, result in found.items():
        tables = {f"{theme}-tbl-{name}": table for name, table in result["tables"].items()}
        tables |= {
            f"{theme}-fig-{name}": figure["data"] | {"source": figure["source"]}
            for name, figure in result["figures"].items()
            if figure.get("data")
        }
        for name, table in tables.items():
            if table.get("columns"):
                rows = [
                    [cell(row[key], language) for key in table["columns"]] for row in table["rows"]
                ]
                yield Sheet(name, heads(table, language), rows), table


def _overviews(found: Mapping[str, Results], language: Language) -> Iterator[Sheet]:
    """Make the sheets that come first: what there is, what columns hold, the report's numbers."""
    tables = list(_tables(found, language))
    listed = [[sheet.name, len(sheet.rows), table["source"][language]] for sheet, table in tables]
    yield _sheet("contents", ("table", "rows", "source"), listed, language)
    described = [
        [sheet.name, head, key, column["unit"] or ""]
        for sheet, table in tables
        for head, (key, column) in zip(sheet.heads, table["columns"].items(), strict=True)
    ]
    yield _sheet("dictionary", ("table", "column", "key", "unit"), described, language)
    numbers = [
        [
            f"{theme}.{key}",
            entry["value"],
            *(entry["interval"] or (None, None)),
            entry["n"],
            entry["unit"],
            entry.get("status", ""),
            entry["method"][language],
            entry["source"][language],
        ]
        for theme, result in found.items()
        for key, entry in result["numbers"].items()
    ]
    columns = ("key", "value", "low", "high", "n", "unit", "status", "method", "source")
    yield _sheet("numbers", columns, numbers, language)


def _sheet(name: str, columns: tuple[str, ...], rows: list[list[Any]], language: Language) -> Sheet:
    return Sheet(NAMES[name][language], [COLUMNS[each][language] for each in columns], rows)


def _write_workbook(path: Path, edition: Edition, about: list[str], sheets: list[Sheet]) -> None:
    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, options) as book:
        cutoff = edition.checkpoint.cutoff
        book.set_properties(
            {
                "title": about[0],
                "comments": about[-1],
                "created": datetime(cutoff.year, cutoff.month, cutoff.day),
            }
        )
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
        first = book.add_worksheet("README")
        first.set_column(0, 0, 100)
        for place, text in enumerate(about):
            first.write_string(place, 0, text, wrapped)
        for sheet, name in zip(sheets, _short([sheet.name for sheet in sheets]), strict=True):
            page = book.add_worksheet(name)
            page.freeze_panes(1, 0)
            page.write_row(0, 0, sheet.heads, bold)
            for place, row in enumerate(sheet.rows, start=1):
                page.write_row(place, 0, row)
            page.autofit(300)
    path.write_bytes(made.getvalue())


def _short(names: list[str]) -> list[str]:
    """Cut names to what a workbook allows; what then is alike gets a number."""
    made: list[str] = []
    for name in names:
        cut, number = name[:LONGEST_NAME], 1
        while cut.lower() in (each.lower() for each in made):
            number += 1
            cut = f"{name[: LONGEST_NAME - 3]}~{number}"
        made.append(cut)
    return made
