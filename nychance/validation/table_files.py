"""Rules on files and columns."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from nychance import columns as c
from nychance import extract
from nychance.extract.readers import Text
from nychance.extract.schema import REQUIRED, Kind, canonical
from nychance.extract.text import ends_within_line
from nychance.validation.inputs import Inputs, Table
from nychance.validation.issue import Finding
from nychance.validation.weekly_scan import Unreadable

# An evaluation may have none of these yet.
MAY_BE_EMPTY: Final = (c.MATCH, c.INTERVENTIONS, c.POPULATION)


def missing_table(evidence: Inputs) -> Iterator[Finding]:
    """List tables without a file of any format."""
    for name, table in evidence.tables.items():
        if not table.sources and not extract.in_other_formats(evidence.folder, name):
            yield Finding(name, 1)


def other_format(evidence: Inputs) -> Iterator[Finding]:
    """List the files of tables that there are in formats only that are not read."""
    for name, table in evidence.tables.items():
        if not table.sources:
            yield from (
                Finding(path.name, 1) for path in extract.in_other_formats(evidence.folder, name)
            )


def table_twice(evidence: Inputs) -> Iterator[Finding]:
    """List tables with two files that are not of different years."""
    yield from (
        Finding(table.file, len(table.sources)) for table in evidence.tables.values() if table.twice
    )


def unreadable(evidence: Inputs) -> Iterator[Finding]:
    """List files that cannot be read."""
    for table in evidence.tables.values():
        yield from (
            Finding(file, 1)
            for file, why in table.broken.items()
            if not _said_elsewhere(table, why)
        )


def ragged(evidence: Inputs) -> Iterator[Finding]:
    """List files with rows of another length than the header."""
    for table in evidence.tables.values():
        for file, lines in table.ragged.items():
            if lines:
                yield Finding(file, len(lines), row=max(min(lines), 0))


def cut_short(evidence: Inputs) -> Iterator[Finding]:
    """List text files that end without a line end."""
    for table in evidence.tables.values():
        for source in table.sources:
            if isinstance(source, Text) and ends_within_line(source.path):
                yield Finding(source.path.name, 1)


def misread(evidence: Inputs) -> Iterator[Finding]:
    """List files with letters that look like those of another encoding."""
    for table in evidence.tables.values():
        yield from (Finding(file, count) for file, count in table.misread.items() if count)


def missing_column(evidence: Inputs) -> Iterator[Finding]:
    """List columns that a table must have and has not."""
    for name, table in evidence.tables.items():
        for file, names in table.names.items():
            present = {canonical(name, given) for given in names}
            yield from (
                Finding(file, 1, column) for column in REQUIRED[name] if column not in present
            )


def column_twice(evidence: Inputs) -> Iterator[Finding]:
    """List columns that differ at most in case; weekly ones have a rule of their own."""
    for name, table in evidence.tables.items():
        known = {column.name for column in extract.TABLES[name]}
        for file, names in table.names.items():
            times = Counter(canonical(name, given) for given in names)
            yield from (
                Finding(file, count, column)
                for column, count in times.items()
                if count > 1 and column in known
            )


def empty_needed(evidence: Inputs) -> Iterator[Finding]:
    """List empty tables without which there is no report."""
    yield from (
        Finding(table.file, 1) for table in _empty(evidence) if table.name not in MAY_BE_EMPTY
    )


def empty_optional(evidence: Inputs) -> Iterator[Finding]:
    """List empty tables without which there can be a report."""
    yield from (Finding(table.file, 1) for table in _empty(evidence) if table.name in MAY_BE_EMPTY)


def type_change(evidence: Inputs) -> Iterator[Finding]:
    """List columns that can be read up to some row and then never again."""
    for file, column, cells in _cells(evidence):
        if cells.changed:
            yield Finding(file, cells.count, column, cells.example, cells.first)


def unreadable_value(evidence: Inputs) -> Iterator[Finding]:
    """List columns with values that cannot be read, here and there."""
    for file, column, cells in _cells(evidence):
        if cells.count and not cells.changed:
            yield Finding(file, cells.count, column, cells.example, cells.first)


def _cells(evidence: Inputs) -> Iterator[tuple[str, str, Unreadable]]:
    for table in evidence.tables.values():
        kinds = {column.name: column.kind for column in extract.TABLES[table.name]}
        for (file, column), cells in table.unreadable.items():
            # A birth date tells much about a person, a person number everything.
            hidden = column == c.BIRTH_DATE or kinds[column] is Kind.PERSON
            yield file, column, replace(cells, example="") if hidden else cells
    if evidence.weeks:
        for column, cells in evidence.weeks.unreadable.items():
            yield evidence.tables[c.DREAM].file, column, cells


def _empty(evidence: Inputs) -> Iterator[Table]:
    for name, table in evidence.tables.items():
        if not table.sources or table.broken:
            continue
        rows = (
            len(evidence.weeks.numbers) if name == c.DREAM and evidence.weeks else len(table.frame)
        )
        whole = set(REQUIRED[name]) <= {
            canonical(name, given) for names in table.names.values() for given in names
        }
        if rows == 0 and whole:
            yield table


def _said_elsewhere(table: Table, why: str) -> bool:
    """Tell whether a table could not be read because of what other rules say."""
    if table.name != c.DREAM:
        return False
    return not table.sources or why.startswith(
        ("no weekly column", "no spells", f"the column {c.PERSON!r}")
    )
