"""Convert the cells of a column to values, marking those that cannot be read."""

import re
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from nychance.extract.schema import Kind

# What programs write where there is nothing.
BLANKS: Final = ("", ".")
SHORT: Final = np.iinfo(np.int16)
DATE_FORMATS: Final = (
    "%Y-%m-%d",
    "%Y%m%d",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%Y-%m-%d %H:%M:%S",
    "%d%b%Y",
)
WEEK: Final = re.compile(r"(?:[yY]_?)?(?P<yy>\d\d)(?P<ww>\d\d)|(?P<year>\d{4})-?[wW](?P<week>\d\d)")
# DREAM begins in mid-1991: a two-digit year from 90 on belongs to the last century.
CENTURY_TURN: Final = 90


class Cells(NamedTuple):
    """The values of a column, missing where blank or unreadable, and which are unreadable."""

    values: "pd.Series[Any]"
    faulty: NDArray[np.bool_]


class Codes(NamedTuple):
    """The codes of a column, 0 where the cell is blank or is no code, and which cells are no codes.

    None where all are well.
    """

    values: NDArray[np.int16]
    faulty: NDArray[np.bool_] | None


def convert(column: pa.Array | pa.ChunkedArray, kind: Kind, decimal: str = ".") -> Cells:
    """Read a column as a kind of values.

    Parameters
    ----------
    column : Arrow array
        As the file has it.
    kind : Kind
        What the values should be.
    decimal : str
        The decimal mark of numbers written as text.

    Returns
    -------
    Cells
        Persons and text as `str`, numbers as float, dates and weeks as days.
    """
    column = plain(column)
    if kind in (Kind.PERSON, Kind.TEXT):
        return Cells(_text(column), np.zeros(len(column), dtype=bool))
    if kind is Kind.NUMBER:
        return _numbers(column, decimal)
    if column.null_count == len(column):
        # Most mappings hold for all time.
        return Cells(
            pd.Series(pd.NaT, index=range(len(column)), dtype="datetime64[s]"),
            np.zeros(len(column), dtype=bool),
        )
    if kind is Kind.DATE:
        return _dates(column)
    return _bounds(column, end=kind is Kind.END)


def codes(column: pa.Array, decimal: str) -> Codes:
    """Read a weekly column: whole numbers of any type, or text; shape (persons,)."""
    quick = column if column.type == pa.int16() else _short(plain(column))
    if quick is not None:
        values = _or_zero(quick)
        return Codes(values, None if values.size == 0 or values.min() >= 0 else values < 0)
    numbers, faulty = _numbers(plain(column), decimal)
    found = numbers.to_numpy(dtype=float, na_value=0.0)
    faulty = faulty | (found < 0) | (found > SHORT.max) | (found != np.floor(found))
    return Codes(np.where(faulty, 0, found).astype(np.int16), faulty if faulty.any() else None)


def week_start(year: int, week: int) -> date:
    """Return the Monday of an ISO week.

    A two-digit year is one from 1990 to 2089. Raises `ValueError` if there is none.
    """
    if year < 100:
        year += 1900 if year >= CENTURY_TURN else 2000
    return date.fromisocalendar(year, week, 1)


def plain(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return an array in one piece, without dictionary or view."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
        if isinstance(column, pa.ChunkedArray):
            column = (
                pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
            )
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string_view(column.type) or pa.types.is_large_string(column.type):
        column = column.cast(pa.string())
    return pa.array([None] * len(column), pa.string()) if pa.types.is_null(column.type) else column


def _or_zero(column: pa.Array) -> NDArray[np.int16]:
    """Return the codes of a column, 0 where there is none.

    By numpy it takes a tenth of Arrow's `fill_null`.
    """
    validity, data = column.buffers()
    begin, count = column.offset, len(column)
    written = (
        np.frombuffer(data, dtype=np.int16, count=count, offset=2 * begin)
        if count
        else np.zeros(0, dtype=np.int16)
    )
    if not column.null_count:
        return written
    bits = np.unpackbits(
        np.frombuffer(validity, dtype=np.uint8), count=begin + count, bitorder="little"
    )
    return written * bits[begin:].astype(np.int16)


def _short(column: pa.Array) -> pa.Array | None:
    """Read whole numbers, or text that is all short whole numbers or blank, at once.

    None if any is not.
    """
    if pa.types.is_string(column.type):
        column = _trimmed(column)
    elif not pa.types.is_integer(column.type):
        return None
    try:
        return column.cast(pa.int16())
    except pa.ArrowInvalid:
        return None


def _trimmed(column: pa.Array) -> pa.Array:
    """Return text without surrounding spaces; null where blank."""
    trimmed = pc.utf8_trim_whitespace(column)
    shortest = pc.min(pc.binary_length(trimmed)).as_py()
    # Person numbers are never short enough to be a blank, and looking each of them up takes as
    # long as all else here.
    if shortest is None or shortest > max(map(len, BLANKS)):
        return trimmed
    return pc.if_else(pc.is_in(trimmed, pa.array(BLANKS)), None, trimmed)


def _text(column: pa.Array) -> "pd.Series[Any]":
    """Return values as text: whole numbers without decimals, None where blank."""
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        found = pd.Series(
            [None if v is None else v.decode("latin-1") for v in column.to_pylist()], dtype="str"
        )
    elif pa.types.is_floating(column.type):
        values = column.to_pandas()
        whole = values.notna() & np.isfinite(values) & (values == np.floor(values))
        found = values.astype("str").where(values.notna())
        if whole.any():
            found = found.mask(whole, values.where(whole, 0).astype(np.int64).astype("str"))
    elif pa.types.is_string(column.type):
        return pd.Series(_trimmed(column).to_pandas(), dtype="str")
    else:
        found = pd.Series([None if v is None else str(v) for v in column.to_pylist()], dtype="str")
    found = found.str.strip()
    return found.where(~found.isin(BLANKS))


def _numbers(column: pa.Array, decimal: str) -> Cells:
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    if (
        pa.types.is_integer(column.type)
        or pa.types.is_floating(column.type)
        or pa.types.is_decimal(column.type)
    ):
        values = column.cast(pa.float64(), safe=False).to_pandas()
        return Cells(values, np.isinf(values.to_numpy()))
    if (
        pa.types.is_string(column.type)
        and (quick := _plain_numbers(_trimmed(column), decimal)) is not None
    ):
        return Cells(quick, np.zeros(len(column), dtype=bool))
    text = _text(column)
    written = text.str.replace(decimal, ".", regex=False) if decimal != "." else text
    values = pd.to_numeric(written, errors="coerce").astype(float)
    values = values.where(np.isfinite(values))
    return Cells(values, (values.isna() & text.notna()).to_numpy(dtype=bool))


def _plain_numbers(text: pa.Array, decimal: str) -> "pd.Series[float] | None":
    """Read text that is all finite numbers or null at once; None if any is not."""
    try:
        values = pc.replace_substring(text, decimal, ".").cast(pa.float64())
    except pa.ArrowInvalid:
        return None
    return None if pc.any(pc.invert(pc.is_finite(values))).as_py() else values.to_pandas()


def _dates(column: pa.Array) -> Cells:
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        column = (
            column.cast(pa.timestamp("s"), safe=False)
            if pa.types.is_timestamp(column.type)
            else column.cast(pa.timestamp("s"))
        )
        return Cells(column.to_pandas().astype("datetime64[s]"), np.zeros(len(column), dtype=bool))
    text = _text(column)
    written = text.dropna()
    best = pd.Series(pd.NaT, index=written.index, dtype="datetime64[s]")
    for form in DATE_FORMATS:
        parsed = pd.to_datetime(written, format=form, errors="coerce").astype("datetime64[s]")
        if parsed.notna().sum() > best.notna().sum():
            best = parsed
        if best.notna().all():
            break
    values = best.reindex(text.index)
    return Cells(values, (values.isna() & text.notna()).to_numpy(dtype=bool))


def _bounds(column: pa.Array, *, end: bool) -> Cells:
    """Read dates or weeks, or both in one column; a week is taken by its first or its last day."""
    text = _text(column)
    weeks = {value: _week(value, end=end) for value in text.dropna().unique()}
    weeks = {value: day for value, day in weeks.items() if day is not None}
    if not weeks:
        return _dates(column)
    found = text.map(weeks).astype("datetime64[s]")
    rest = _dates(pa.array(text.where(~text.isin(list(weeks))), pa.string()))
    return Cells(found.fillna(rest.values), rest.faulty)


def _week(value: str, *, end: bool) -> pd.Timestamp | None:
    found = WEEK.fullmatch(value.zfill(4) if value.isdecimal() else value)
    if not found:
        return None
    year, week = found["yy"] or found["year"], found["ww"] or found["week"]
    try:
        monday = pd.Timestamp(week_start(int(year), int(week)))
    except ValueError:
        return None
    return monday + pd.Timedelta(days=6) if end else monday
