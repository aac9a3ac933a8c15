"""The files of a register extract: which there must be, what they must hold, and reading them."""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa

from evalbook.errors import DataError
from nychance import columns as c
from nychance.extract import parse
from nychance.extract.readers import FORMATS, Source, open_source, parts_of
from nychance.extract.schema import MAY_BE_EMPTY, REQUIRED, TABLES, Kind, named

__all__ = [
    "MAY_BE_EMPTY",
    "REQUIRED",
    "TABLES",
    "check",
    "column_names",
    "files_of",
    "is_synthetic",
    "known_columns",
    "parts",
    "read",
    "sources",
]

# The generator writes this beside its persons; nobody asks more than whether it is there, and how
# many persons were made with what seed.
TRUTH: Final = "truth.json"
YEAR: Final = re.compile(r"_\d{4}$")


def check(folder: Path) -> dict[str, list[Path]]:
    """Check that an extract has every table that it must have.

    Parameters
    ----------
    folder : Path
        The extract.

    Returns
    -------
    dict of str to list of Path
        Each table's files, in the order of `REQUIRED`.

    Raises
    ------
    DataError
        If the folder or a table is missing, or a table cannot be read or lacks a column.
    """
    found = tables_of(folder)
    for name, files in found.items():
        if not files and _may_lack(folder, name):
            continue
        for source in sources(folder, name):
            _require(source, name)
    return found


def tables_of(folder: Path) -> dict[str, list[Path]]:
    """List each table's files, of some tables perhaps none.

    Raises `DataError` if the folder is missing or empty.
    """
    require_folder(folder)
    if not any(folder.iterdir()):
        raise DataError(
            "the data directory is empty",
            where=folder,
            remedy="Put an extract in it, or make one: "
            f"nychance synthesize --persons 20000 --out {folder}",
        )
    return {name: files_of(folder, name) for name in REQUIRED}


def require_folder(folder: Path) -> None:
    """Raise `DataError` if the data directory does not exist."""
    if not folder.is_dir():
        raise DataError(
            "the data directory does not exist",
            where=folder,
            remedy="Name an existing one with --data",
        )


def files_of(folder: Path, name: str) -> list[Path]:
    """Return a table's files by name, `dream.csv` or one per year such as `dream_2007.csv`."""
    return [
        path
        for path in sorted(folder.iterdir())
        if YEAR.sub("", path.stem.casefold()) == name
        and (
            path.suffix.casefold() in FORMATS
            if path.is_file()
            else path.suffix.casefold() in ("", ".parquet") and parts_of(path)
        )
    ]


def in_other_formats(folder: Path, name: str) -> list[Path]:
    """Return files named as a table in a format that is not read, such as `dream.csv.gz`."""
    named = (
        path
        for path in sorted(folder.iterdir())
        if YEAR.sub("", path.name.casefold().partition(".")[0]) == name
    )
    return [path for path in named if path.suffix.casefold() not in FORMATS and path.is_file()]


def sources(folder: Path, name: str) -> list[Source]:
    """Open a table's files; raises `DataError` where there is none."""
    found = files_of(folder, name)
    if not found:
        if others := in_other_formats(folder, name):
            raise DataError(
                f"the table '{name}' has a format that is not read",
                where=others[0],
                remedy="Unpack it, or export it as CSV, Parquet, SAS or Stata",
            )
        raise DataError(
            f"the table '{name}' is missing",
            where=folder,
            remedy=f"Add {name}.parquet or {name}.csv; data/README.md lists its columns",
        )
    return [open_source(path) for path in found]


def is_synthetic(folder: Path) -> bool:
    """Return whether an extract holds synthetic persons, by its files or its person numbers."""
    if (folder / TRUTH).exists():
        return True
    source = sources(folder, c.PERSONS)[0]
    given = column_names(source, c.PERSONS)
    if c.PERSON not in given:
        return False
    first = next(source.batches([given[c.PERSON]], 1), None)
    if first is None or not len(first):
        return False
    numbers = parse.convert(first.column(0), Kind.PERSON).values
    return bool(numbers.str.match(r"S\d{8}$").any())


def made_with(folder: Path) -> dict[str, int]:
    """Return size and seed of an extract that the generator made; empty for any other."""
    try:
        truth = json.loads((folder / TRUTH).read_text(encoding="utf-8"))
        return {name: int(truth[name]) for name in ("persons", "seed")}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def column_names(source: Source, name: str) -> dict[str, str]:
    """Return a file's columns by the names that the package uses.

    Of two with the same name, the first.
    """
    found: dict[str, str] = {}
    for given, column in zip(source.names, named(name, source.names), strict=True):
        found.setdefault(column, given)
    return found


def known_columns(source: Source, name: str) -> dict[str, str]:
    """Return the columns of a file that the package knows."""
    given = column_names(source, name)
    return {column.name: given[column.name] for column in TABLES[name] if column.name in given}


def read(folder: Path, name: str, columns: list[str] | None = None) -> pd.DataFrame:
    """Read a table whole, all its files after one another.

    Parameters
    ----------
    folder : Path
        The extract.
    name : str
        A key of `REQUIRED`.
    columns : list of str, optional
        Only these columns, under the package's names; default all that it knows.

    Returns
    -------
    DataFrame
        Known columns as their kind says; whole numbers without blanks as int64. Columns that the
        package does not know are not read.

    Raises
    ------
    DataError
        If the table is missing, broken or lacks a required column, or a value cannot be read.
    """
    found = list(parts(folder, name, columns))
    frame = pd.concat(found, ignore_index=True) if len(found) > 1 else found[0]
    for column in frame.select_dtypes("float"):
        if len(frame) and (frame[column] == frame[column].round()).all():
            frame[column] = frame[column].astype("int64")
    return frame


def empty(name: str) -> pd.DataFrame:
    """Return a table with its required columns and no rows."""
    nothing = pa.array([], pa.string())
    return pd.DataFrame(
        {
            column.name: parse.convert(nothing, column.kind).values
            for column in TABLES[name]
            if column.required
        }
    )


def parts(folder: Path, name: str, columns: list[str] | None = None) -> Iterator[pd.DataFrame]:
    """Read a table as `read` does, some rows at a time; whole numbers stay float."""
    if not files_of(folder, name) and _may_lack(folder, name):
        yield empty(name) if columns is None else empty(name)[columns]
        return
    for source in sources(folder, name):
        yield from _parts(source, name, columns)


def _may_lack(folder: Path, name: str) -> bool:
    return name in MAY_BE_EMPTY and not in_other_formats(folder, name)


def _parts(source: Source, name: str, columns: list[str] | None) -> Iterator[pd.DataFrame]:
    _require(source, name)
    given = known_columns(source, name)
    chosen = list(given) if columns is None else columns
    kinds = {column.name: column.kind for column in TABLES[name]}
    row = 2
    batches = source.batches([given[column] for column in chosen])
    empty = pa.RecordBatch.from_pydict(
        {given[column]: pa.array([], pa.string()) for column in chosen}
    )
    for batch in itertools.chain([next(batches, empty)], batches):
        frame = {}
        for column in chosen:
            values, faulty = source.cells(batch.column(given[column]), given[column], kinds[column])
            if faulty.any():
                raise DataError(
                    f"row {row + int(faulty.argmax())}, column {column!r}: the value cannot be "
                    f"read as {kinds[column].name.lower()}",
                    where=source.path,
                    remedy="`nychance check-data` lists all such faults and says what is expected",
                )
            frame[column] = values
        yield pd.DataFrame(frame)
        row += len(batch)


def _require(source: Source, name: str) -> None:
    present = column_names(source, name)
    missing = [column for column in REQUIRED[name] if column not in present]
    if missing:
        raise DataError(
            f"the column {missing[0]!r} is missing",
            where=source.path,
            remedy=f"Add it; the columns are {', '.join(REQUIRED[name])}",
        )
