"""Rules on files and columns."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from nychance import columns as c
from nychance import extract, tr
from nychance.extract.readers import Text
from nychance.extract.schema import REQUIRED, Kind, named
from nychance.extract.text import ends_within_line
from nychance.validation.inputs import Inputs, Table
from nychance.validation.issue import COLUMNS, ERROR, FILES, ROWS, VALUES, WARNING, Finding, rule
from nychance.validation.weekly_scan import Unreadable

MAY_BE_EMPTY: Final = extract.MAY_BE_EMPTY
# More columns than these with the same fault are listed as one.
FEW_COLUMNS: Final = 3
MANY: Final = tr("{count} columns")


@rule(
    "missing-table",
    ERROR,
    tr("The table is missing"),
    counts=FILES,
    remedy=tr("Add it; data/README.md lists its columns"),
)
def missing_table(inputs: Inputs) -> Iterator[Finding]:
    """List tables that are needed and have no file of any format."""
    yield from (Finding(name, 1) for name in _missing(inputs) if name not in MAY_BE_EMPTY)


@rule(
    "missing-table",
    WARNING,
    tr("The table is missing"),
    counts=FILES,
    remedy=tr("Add it if there are such data; the report leaves out what needs it"),
)
def missing_records(inputs: Inputs) -> Iterator[Finding]:
    """List tables that an evaluation may lack and that have no file of any format."""
    yield from (Finding(name, 1) for name in _missing(inputs) if name in MAY_BE_EMPTY)


@rule(
    "other-format",
    ERROR,
    tr("The file has a format that is not read"),
    counts=FILES,
    remedy=tr("Unpack it, or export it as CSV, Parquet, SAS or Stata"),
)
def other_format(inputs: Inputs) -> Iterator[Finding]:
    """List the files of tables that there are in formats only that are not read."""
    for name, table in inputs.tables.items():
        if not table.sources:
            yield from (
                Finding(path.name, 1) for path in extract.in_other_formats(inputs.folder, name)
            )


@rule(
    "table-twice",
    ERROR,
    tr("The table is there twice"),
    counts=FILES,
    remedy=tr("Keep one file, or one per year"),
)
def table_twice(inputs: Inputs) -> Iterator[Finding]:
    """List tables with two files that are not of different years."""
    yield from (
        Finding(table.file, len(table.sources)) for table in inputs.tables.values() if table.twice
    )


@rule(
    "unreadable-file",
    ERROR,
    tr("The file cannot be read"),
    counts=FILES,
    remedy=tr("Export the file again"),
)
def unreadable(inputs: Inputs) -> Iterator[Finding]:
    """List files that cannot be read."""
    for table in inputs.tables.values():
        yield from (
            Finding(file, 1)
            for file, why in table.broken.items()
            if not _said_elsewhere(table, why)
        )


@rule(
    "ragged-rows",
    ERROR,
    tr("Rows with too few or too many fields"),
    counts=ROWS,
    remedy=tr("Export it again; it is cut short, or a value holds the delimiter"),
)
def ragged(inputs: Inputs) -> Iterator[Finding]:
    """List files with rows of another length than the header."""
    for table in inputs.tables.values():
        for file, lines in table.ragged.items():
            if lines:
                yield Finding(file, len(lines), row=max(min(lines), 0))


@rule(
    "cut-short",
    WARNING,
    tr("The file ends within a line"),
    counts=FILES,
    remedy=tr("See whether it is cut short"),
)
def cut_short(inputs: Inputs) -> Iterator[Finding]:
    """List text files that end without a line end."""
    for table in inputs.tables.values():
        for source in table.sources:
            if isinstance(source, Text) and ends_within_line(source.path):
                yield Finding(source.path.name, 1)


@rule(
    "misread-letters",
    WARNING,
    tr("Letters in a wrong encoding"),
    counts=VALUES,
    remedy=tr("Save the file as UTF-8"),
)
def misread(inputs: Inputs) -> Iterator[Finding]:
    """List files with letters that look like those of another encoding."""
    for table in inputs.tables.values():
        yield from (Finding(file, count) for file, count in table.misread.items() if count)


@rule(
    "missing-column",
    ERROR,
    tr("The column is missing"),
    counts=COLUMNS,
    remedy=tr("Add it; data/README.md lists the table's columns"),
)
def missing_column(inputs: Inputs) -> Iterator[Finding]:
    """List columns that a table must have and has not."""
    for name, table in inputs.tables.items():
        for file, names in table.names.items():
            present = set(named(name, names))
            yield from (
                Finding(file, 1, column) for column in REQUIRED[name] if column not in present
            )


@rule(
    "column-twice",
    ERROR,
    tr("The column is there twice"),
    counts=COLUMNS,
    remedy=tr("Keep one; upper and lower case are the same"),
)
def column_twice(inputs: Inputs) -> Iterator[Finding]:
    """List columns that differ at most in case; weekly ones have a rule of their own."""
    for name, table in inputs.tables.items():
        known = {column.name for column in extract.TABLES[name]}
        for file, names in table.names.items():
            times = Counter(named(name, names))
            yield from (
                Finding(file, count, column)
                for column, count in times.items()
                if count > 1 and column in known
            )


@rule(
    "empty-table",
    ERROR,
    tr("The table is empty"),
    counts=FILES,
    remedy=tr("Export the file again"),
)
def empty_needed(inputs: Inputs) -> Iterator[Finding]:
    """List empty tables without which there is no report."""
    yield from (
        Finding(table.file, 1) for table in _empty(inputs) if table.name not in MAY_BE_EMPTY
    )


@rule(
    "empty-records",
    WARNING,
    tr("The table is empty"),
    counts=FILES,
    remedy=tr("See whether that is right"),
)
def empty_optional(inputs: Inputs) -> Iterator[Finding]:
    """List empty tables without which there can be a report."""
    yield from (Finding(table.file, 1) for table in _empty(inputs) if table.name in MAY_BE_EMPTY)


@rule(
    "type-change",
    ERROR,
    tr("The column changes its type half-way"),
    counts=VALUES,
    remedy=tr("Export it again with one type throughout the column"),
)
def type_change(inputs: Inputs) -> Iterator[Finding]:
    """List columns that can be read up to some row and then never again."""
    yield from _together(entry for entry in _cells(inputs) if entry.cells.changed)


@rule(
    "unreadable-value",
    ERROR,
    tr("Values that cannot be read"),
    counts=VALUES,
    remedy=tr("Write dates as YYYY-MM-DD, numbers and codes as numbers"),
)
def unreadable_value(inputs: Inputs) -> Iterator[Finding]:
    """List columns with values that cannot be read, here and there."""
    yield from _together(
        entry for entry in _cells(inputs) if entry.cells.count and not entry.cells.changed
    )


class _Column(NamedTuple):
    """A column of a file with cells that cannot be read."""

    file: str
    name: str
    cells: Unreadable


def _cells(inputs: Inputs) -> Iterator[_Column]:
    for table in inputs.tables.values():
        kinds = {column.name: column.kind for column in extract.TABLES[table.name]}
        for (file, column), cells in table.unreadable.items():
            # A birth date tells much about a person, a person number everything.
            hidden = column == c.BIRTH_DATE or kinds[column] is Kind.PERSON
            yield _Column(file, column, replace(cells, example="") if hidden else cells)
    if inputs.weeks:
        for column, cells in inputs.weeks.unreadable.items():
            yield _Column(inputs.tables[c.DREAM].file, column, cells)


def _together(columns: Iterable[_Column]) -> Iterator[Finding]:
    """Yield a finding for each column, or one for many columns with the same fault."""
    alike: dict[tuple[str, str], list[_Column]] = {}
    for column in columns:
        alike.setdefault((column.file, column.cells.example), []).append(column)
    for (file, example), group in alike.items():
        if len(group) > FEW_COLUMNS:
            first, last = group[0].name, group[-1].name
            count, row = (
                sum(each.cells.count for each in group),
                min(each.cells.first for each in group),
            )
            detail, cause = MANY.format(count=str(len(group))), group[0].cells.cause
            yield Finding(file, count, f"{first} … {last}", example, row, detail, cause)
        else:
            for _, name, cells in group:
                yield Finding(
                    file, cells.count, name, cells.example, cells.first, cause=cells.cause
                )


def _missing(inputs: Inputs) -> Iterator[str]:
    for name, table in inputs.tables.items():
        if not table.sources and not extract.in_other_formats(inputs.folder, name):
            yield name


def _empty(inputs: Inputs) -> Iterator[Table]:
    for name, table in inputs.tables.items():
        if not table.sources or table.broken:
            continue
        rows = len(inputs.weeks.numbers) if name == c.DREAM and inputs.weeks else len(table.frame)
        whole = set(REQUIRED[name]) <= {
            column for names in table.names.values() for column in named(name, names)
        }
        if rows == 0 and whole:
            yield table


def _said_elsewhere(table: Table, why: str) -> bool:
    """Return whether another rule reports why a table could not be read."""
    if table.name != c.DREAM:
        return False
    return not table.sources or why.startswith(
        ("no weekly column", "no spells", f"the column {c.PERSON!r}")
    )
