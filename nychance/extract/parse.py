"""Convert the cells of a column to values, marking those that cannot be read."""

import re
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evalbook.text.outside import UNSEEN
from nychance.extract import dates, numbers
from nychance.extract.schema import Kind

# What programs write where there is nothing: R, SQL Server, Excel, pandas, PostgreSQL.
BLANKS: Final = (
    *("", ".", "NA", "N/A", "#N/A", "NULL", "null", "(null)", "NaN", "nan"),
    *("NaT", "<NA>", "None", r"\N"),
)
# Where no words stand, these in any case, and the marks of SAS, Stata and StatBank.
NO_VALUE: Final = re.compile(
    r"na|n/a|#n/a|#i/t|null|\(null\)|nan|nat|<na>|none|\\n|\.[a-z_]?|\.\.", re.IGNORECASE
)
SHORT: Final = np.iinfo(np.int16)
# Beyond this a number is no longer exact, and counts or measures nothing that there is.
LARGEST: Final = 2.0**53


class Cells(NamedTuple):
    """The values of a column, missing where blank or unreadable, and which are unreadable."""

    values: "pd.Series[Any]"
    faulty: NDArray[np.bool_]


class Faulty(NamedTuple):
    """Which cells of a column are no codes, and what stands in the first of them."""

    cells: NDArray[np.bool_]
    example: str


class Codes(NamedTuple):
    """The codes of a column, 0 where blank or no code, and which cells are no codes, if any."""

    values: NDArray[np.int16]
    faulty: Faulty | None


def convert(
    column: pa.Array | pa.ChunkedArray, kind: Kind, decimal: str = ".", *, certain: bool = True
) -> Cells:
    """Read a column as a kind of values.

    Parameters
    ----------
    column : Arrow array
        As the file has it.
    kind : Kind
        What the values should be.
    decimal : str
        The decimal mark of numbers written as text.
    certain : bool
        Whether the file shows it; see `numbers.read`.

    Returns
    -------
    Cells
        Persons and text as `str`, numbers as float, dates and weeks as days.
    """
    column = plain(column)
    if kind is Kind.PERSON:
        return Cells(_text(column), np.zeros(len(column), dtype=bool))
    if kind in (Kind.TEXT, Kind.KEY):
        words = _words(_text(column))
        return words._replace(values=words.values.str.lower()) if kind is Kind.KEY else words
    if kind in (Kind.NUMBER, Kind.COUNT):
        return _numbers(column, decimal, certain=certain, whole=kind is Kind.COUNT)
    if column.null_count == len(column):
        # Most mappings hold for all time.
        return Cells(
            pd.Series(pd.NaT, index=range(len(column)), dtype=dates.UNIT),
            np.zeros(len(column), dtype=bool),
        )
    return _days(column, kind)


def codes(column: pa.Array, decimal: str) -> Codes:
    """Read a weekly column: whole numbers of any type, or text; shape (persons,)."""
    quick = column if column.type == pa.int16() else _short(plain(column))
    if quick is not None:
        values = _or_zero(quick)
        if values.size == 0 or values.min() >= 0:
            return Codes(values, None)
        return Codes(values, Faulty(values < 0, str(values[values < 0][0])))
    written, faulty = _numbers(plain(column), decimal)
    found = written.to_numpy(dtype=float, na_value=0.0)
    faulty = faulty | (found < 0) | (found > SHORT.max) | (found != np.floor(found))
    whole = np.where(faulty, 0, found).astype(np.int16)
    if not faulty.any():
        return Codes(whole, None)
    return Codes(whole, Faulty(faulty, str(column[int(faulty.argmax())].as_py())))


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
        column = pc.utf8_trim_whitespace(column)
        try:
            return column.cast(pa.int16())
        except pa.ArrowInvalid:
            column = _without(column, BLANKS)
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
    return _without(trimmed, BLANKS)


def _without(column: pa.Array, words: tuple[str, ...]) -> pa.Array:
    return pc.if_else(pc.is_in(column, pa.array(words)), None, column)


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
    elif pa.types.is_decimal(column.type):
        # Spark and Oracle write whole numbers with ten decimals.
        written = column.cast(pa.string()).to_pandas().astype("str")
        found = written.str.replace(r"\.0+$", "", regex=True)
    else:
        found = pd.Series([None if v is None else str(v) for v in column.to_pylist()], dtype="str")
    found = found.str.strip()
    return found.where(~found.isin(BLANKS))


def _words(text: "pd.Series[Any]") -> Cells:
    """Return names and keys; one with characters that show nothing is no name."""
    unseen = [name for name in text.dropna().unique().tolist() if UNSEEN.search(name)]
    if not unseen:
        return Cells(text, np.zeros(len(text), dtype=bool))
    faulty = text.isin(unseen)
    return Cells(text.mask(faulty), faulty.to_numpy(dtype=bool))


def _values(column: pa.Array) -> "pd.Series[str]":
    """Return what stands where no words should; missing where the cell is blank."""
    text = _text(column)
    return text.where(~text.str.fullmatch(NO_VALUE).fillna(value=False))


def _numbers(column: pa.Array, decimal: str, *, certain: bool = True, whole: bool = False) -> Cells:
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    if (
        pa.types.is_integer(column.type)
        or pa.types.is_floating(column.type)
        or pa.types.is_decimal(column.type)
    ):
        values = column.cast(pa.float64(), safe=False).to_pandas()
        faulty = pd.Series(np.isinf(values.to_numpy()))
    elif (
        pa.types.is_string(column.type) and (quick := _plain_numbers(_trimmed(column))) is not None
    ):
        values, faulty = quick, pd.Series(False, index=quick.index)
    else:
        values, faulty = numbers.read(_values(column), decimal, certain=certain, whole=whole)
    too_large = values.abs() > LARGEST
    values, faulty = values.mask(too_large), faulty | too_large
    if whole:
        wrong = (values < 0) | (values != np.floor(values)) & values.notna()
        values, faulty = values.where(~wrong), faulty | wrong
    return Cells(values, faulty.to_numpy(dtype=bool))


def _plain_numbers(text: pa.Array) -> "pd.Series[float] | None":
    """Read text that is all whole numbers or null at once; None if any is not."""
    try:
        values: pd.Series[float] = text.cast(pa.int64()).cast(pa.float64()).to_pandas()
    except pa.ArrowInvalid:
        return None
    return values


def _days(column: pa.Array, kind: Kind) -> Cells:
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        return Cells(dates.of_type(column), np.zeros(len(column), dtype=bool))
    text = _values(column)
    if kind in (Kind.DATE, Kind.BIRTH):
        days = dates.read(text, birth=kind is Kind.BIRTH)
    else:
        days = dates.read_bounds(
            text, end=kind in (Kind.END, Kind.UNTIL), years=kind in (Kind.SINCE, Kind.UNTIL)
        )
    return Cells(days, (days.isna() & text.notna()).to_numpy(dtype=bool))
