"""DREAM as it is published, one wide file, taken apart into the tables of an extract."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from evalbook.errors import DataError, UsageError
from nychance import columns as c
from nychance.extract.readers import FORMATS, Source, open_source
from nychance.extract.schema import Kind, canonical

WEEK: Final = re.compile(r"Y_\d{4}", re.IGNORECASE)
# The municipality, by the codes of 2007, of each year; the match category of each quarter.
MUNICIPALITY: Final = re.compile(r"NYKOM(\d{4})", re.IGNORECASE)
MATCH: Final = re.compile(r"MATCH_([1-4])KV(\d{4})", re.IGNORECASE)
ON_PERSONS: Final = (c.SEX, c.BIRTH_DATE, c.ORIGIN)
PERSONS_AT_ONCE: Final = 20_000


class Period(NamedTuple):
    """A column of a year or a quarter, with its first and its last day."""

    column: str
    first: date
    last: date


def adapt(path: Path, out: Path) -> dict[str, int]:
    """Write the tables that DREAM's published file holds.

    Columns that no table needs are not read.

    Parameters
    ----------
    path : Path
        The file, in any format, or a folder of Parquet parts.
    out : Path
        The folder to write; it must not hold a table already.

    Returns
    -------
    dict of int
        The rows of each table: `dream`, `persons`, and `residence` and `match` where the file
        has their columns.

    Raises
    ------
    UsageError
        If the folder holds one of the tables.
    DataError
        If the file cannot be read, or has no person number or no week.
    """
    if not path.is_dir() and path.suffix.casefold() not in FORMATS:
        raise UsageError(
            f"{path.name} has a format that is not read",
            remedy="Export it as CSV, Parquet, SAS or Stata",
        )
    source = open_source(path)
    weeks = [name for name in source.names if WEEK.fullmatch(name)]
    person = next((n for n in source.names if canonical(c.DREAM, n) == c.PERSON), None)
    if person is None or not weeks:
        raise DataError(
            "no DREAM file: it needs PNR and weekly columns Y_YYWW",
            where=path,
            remedy="Name the wide file as Statistics Denmark delivers it",
        )
    on_persons = {canonical(c.PERSONS, name): name for name in source.names}
    makers: dict[str, tuple[list[str], Callable[[pa.RecordBatch], pd.DataFrame]]] = {
        c.DREAM: ([person, *weeks], lambda batch: _weeks(source, batch, weeks)),
    }
    if set(ON_PERSONS) <= set(on_persons):
        given = [on_persons[name] for name in ON_PERSONS]
        makers[c.PERSONS] = ([person, *given], _persons)
    if years := list(_periods(source.names, MUNICIPALITY, _year)):
        makers[c.RESIDENCE] = _needed(person, years), lambda batch: _residence(source, batch, years)
    if quarters := list(_periods(source.names, MATCH, _quarter)):
        makers[c.MATCH] = _needed(person, quarters), lambda batch: _match(source, batch, quarters)
    out.mkdir(parents=True, exist_ok=True)
    taken = [name for name in makers if list(out.glob(f"{name}.*"))]
    if taken:
        raise UsageError(f"{out} holds {taken[0]} already", remedy="Name another folder")
    return {
        name: _written(out / f"{name}.parquet", source, columns, make)
        for name, (columns, make) in makers.items()
    }


def _written(
    path: Path,
    source: Source,
    columns: list[str],
    make: Callable[[pa.RecordBatch], pd.DataFrame],
) -> int:
    rows, writer = 0, None
    try:
        for batch in source.batches(columns, PERSONS_AT_ONCE):
            table = pa.Table.from_pandas(make(batch), preserve_index=False)
            writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table.cast(writer.schema))
            rows += len(table)
    finally:
        if writer is not None:
            writer.close()
    return rows


def _weeks(source: Source, batch: pa.RecordBatch, weeks: Sequence[str]) -> pd.DataFrame:
    codes = {name.lower(): _numbers(source, batch, name).astype("Int16") for name in weeks}
    return pd.DataFrame({c.PERSON: _persons_of(source, batch), **codes})


def _persons(batch: pa.RecordBatch) -> pd.DataFrame:
    frame: pd.DataFrame = batch.to_pandas()
    return frame.set_axis([c.PERSON, *ON_PERSONS], axis=1)


def _residence(source: Source, batch: pa.RecordBatch, years: Sequence[Period]) -> pd.DataFrame:
    """Return a row per stay: years in the same municipality, one after another."""
    long = _long(source, batch, years)
    begins = long[c.PERSON].ne(long[c.PERSON].shift()) | long["value"].ne(long["value"].shift())
    begins |= long["first"] != long["last"].shift() + pd.Timedelta(days=1)
    stays = long.groupby(begins.cumsum()).agg(
        {c.PERSON: "first", "value": "first", "first": "first", "last": "last"}
    )
    return stays.set_axis([c.PERSON, c.MUNICIPALITY, c.VALID_FROM, c.VALID_TO], axis=1)


def _match(source: Source, batch: pa.RecordBatch, quarters: Sequence[Period]) -> pd.DataFrame:
    """Return a row per assessment that differs from the one before."""
    long = _long(source, batch, quarters)
    differs = long[c.PERSON].ne(long[c.PERSON].shift()) | long["value"].ne(long["value"].shift())
    found = long.loc[differs, [c.PERSON, "first", "value"]]
    return found.set_axis([c.PERSON, c.VALID_FROM, c.MATCH_CATEGORY], axis=1)


def _long(source: Source, batch: pa.RecordBatch, periods: Sequence[Period]) -> pd.DataFrame:
    """Return a row per person and period with a value, in this order."""
    persons = _persons_of(source, batch)
    parts = [
        pd.DataFrame(
            {
                c.PERSON: persons,
                "value": _numbers(source, batch, period.column),
                "first": pd.Timestamp(period.first).as_unit("s"),
                "last": pd.Timestamp(period.last).as_unit("s"),
            }
        )
        for period in periods
    ]
    long = pd.concat(parts)
    long = long[long["value"].fillna(0) > 0].rename_axis("row").reset_index()
    long = long.sort_values(["row", "first"], ignore_index=True).drop(columns="row")
    return long.astype({"value": "int16"})


def _persons_of(source: Source, batch: pa.RecordBatch) -> "pd.Series[str]":
    return source.cells(batch.column(0), batch.schema.names[0], Kind.PERSON).values


def _numbers(source: Source, batch: pa.RecordBatch, name: str) -> "pd.Series[float]":
    values, faulty = source.cells(batch.column(name), name, Kind.NUMBER)
    if faulty.any():
        raise DataError(
            f"column {name!r}: {int(faulty.sum())} values are no numbers",
            where=source.path,
            remedy="Export the file again",
        )
    return values


def _needed(person: str, periods: Sequence[Period]) -> list[str]:
    return [person, *(period.column for period in periods)]


def _periods(
    names: Sequence[str],
    pattern: re.Pattern[str],
    days: Callable[["re.Match[str]"], tuple[date, date]],
) -> Iterator[Period]:
    found = ((name, pattern.fullmatch(name)) for name in names)
    periods = (Period(name, *days(match)) for name, match in found if match)
    yield from sorted(periods, key=lambda period: period.first)


def _year(match: "re.Match[str]") -> tuple[date, date]:
    year = int(match[1])
    return date(year, 1, 1), date(year, 12, 31)


def _quarter(match: "re.Match[str]") -> tuple[date, date]:
    quarter = pd.Period(f"{match[2]}Q{match[1]}")
    return quarter.start_time.date(), quarter.end_time.date()
