"""Files of an extract, some rows at a time, whatever their format."""

import abc
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from evalbook.errors import DataError
from nychance.extract import parse
from nychance.extract.parse import Cells
from nychance.extract.schema import Kind
from nychance.extract.text import Layout, header_of, layout_of

ROWS: Final = 100_000
TEXT_BLOCK: Final = 1 << 23
# So many cells are read in the thread that asks for them, which need not wait until others'
# columns are read.
SMALL: Final = 1 << 20


class Source(abc.ABC):
    """A file that holds a table, or a part of one.

    Attributes
    ----------
    path : Path
        The file.
    format : str
        What it is called to users.
    decimal : str
        The decimal mark of numbers that are written as text.
    certain : bool
        Whether the file shows it.
    """

    format: str
    decimal = "."
    certain = True

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    @abc.abstractmethod
    def names(self) -> list[str]:
        """The columns as the file names them; raises `DataError` if the file is broken."""

    @abc.abstractmethod
    def batches(
        self, names: Sequence[str], rows: int = ROWS, ragged: list[int] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Read some columns, at most so many rows at a time.

        Parameters
        ----------
        names : sequence of str
            The columns, as the file names them.
        rows : int
            The most rows of a batch.
        ragged : list of int, optional
            Takes the line numbers of text rows with too many or too few fields, which are then
            left out (a number is -1 where it is not known); without a list they are an error.

        Raises
        ------
        DataError
            If the file is broken. The message never quotes the file.
        """

    def cells(self, column: pa.Array, name: str, kind: Kind) -> Cells:
        """Read a column, as the file names it, as a kind of values."""
        if kind in (Kind.TEXT, Kind.KEY) and (labels := self.labels(name)):
            column = pa.array(
                [labels.get(value, value) for value in parse.plain(column).to_pylist()]
            )
        return parse.convert(column, kind, self.decimal, certain=self.certain)

    def labels(self, name: str) -> dict[Any, str]:
        """Return the words that the codes of a column stand for; empty if the file has none."""
        return {}

    def broken(self, why: str) -> DataError:
        """Make the error for a file that cannot be read."""
        return DataError(
            f"the table cannot be read ({why})",
            where=self.path,
            remedy="Export it again, or restore it",
        )


class Parquet(Source):
    """A Parquet file."""

    format = "Parquet"

    @cached_property
    def names(self) -> list[str]:
        """The columns."""
        return list(self._metadata.schema.to_arrow_schema().names)

    def batches(
        self, names: Sequence[str], rows: int = ROWS, ragged: list[int] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Read some columns; see `Source.batches`."""
        metadata = self._metadata
        try:
            # Spark writes days up to 9999 in 96 bits, which nanoseconds cannot hold.
            file = pq.ParquetFile(self.path, metadata=metadata, coerce_int96_timestamp_unit="us")
            # Arrow keeps what it has read of a file until it has read all that it was asked for.
            for groups, count in _row_groups(file, rows):
                if count <= rows:
                    # What is read as a whole need not be copied into batches.
                    aside = count * len(names) <= SMALL
                    yield from file.read_row_groups(
                        groups, columns=list(names), use_threads=not aside
                    ).to_batches()
                else:
                    yield from file.iter_batches(
                        batch_size=rows, row_groups=groups, columns=list(names)
                    )
        except (pa.ArrowException, OSError) as error:
            raise self.broken("damaged inside") from error

    @cached_property
    def _metadata(self) -> pq.FileMetaData:
        try:
            return pq.read_metadata(self.path)
        except (pa.ArrowException, OSError) as error:
            raise self.broken("no Parquet file, or cut short") from error


class ParquetFolder(Source):
    """A folder with the parts of a table, as Spark and Dask write it."""

    format = "Parquet"

    @cached_property
    def names(self) -> list[str]:
        """The columns."""
        return self.parts[0].names

    @cached_property
    def parts(self) -> list[Parquet]:
        """The parts, in order of their names; raises `DataError` if there is none."""
        found = parts_of(self.path)
        if not found:
            raise self.broken("a folder without Parquet files")
        return list(map(Parquet, found))

    def batches(
        self, names: Sequence[str], rows: int = ROWS, ragged: list[int] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Read some columns; see `Source.batches`."""
        for part in self.parts:
            if missing := set(names) - set(part.names):
                raise part.broken(f"it lacks {sorted(missing)[0]!r}, which other parts have")
            yield from part.batches(names, rows)


def parts_of(folder: Path) -> list[Path]:
    """Return the Parquet files of a folder, but for those that programs keep for themselves."""
    return [
        path
        for path in sorted(folder.rglob("*.parquet"))
        if path.is_file() and not path.name.startswith(("_", "."))
    ]


def _row_groups(file: pq.ParquetFile, rows: int) -> Iterator[tuple[list[int], int]]:
    """Yield neighbouring row groups that together have at most so many rows, or one.

    With each comes its number of rows.
    """
    together, filled = list[int](), 0
    for group in range(file.num_row_groups):
        count = file.metadata.row_group(group).num_rows
        if together and filled + count > rows:
            yield together, filled
            together, filled = [], 0
        together.append(group)
        filled += count
    if together:
        yield together, filled


class Text(Source):
    """A text table; every column is read as text."""

    format = "CSV"

    @cached_property
    def layout(self) -> Layout:
        """Its encoding, delimiter and decimal mark."""
        try:
            return layout_of(self.path)
        except (UnicodeError, OSError) as error:
            raise self.broken("its letters fit no encoding") from error

    @property
    def decimal(self) -> str:  # type: ignore[override]
        """The decimal mark."""
        return self.layout.decimal

    @property
    def certain(self) -> bool:  # type: ignore[override]
        """Whether its numbers show the decimal mark."""
        return self.layout.certain

    @cached_property
    def names(self) -> list[str]:
        """The columns, without what a byte-order mark left in the first."""
        try:
            header = header_of(self.path, self.layout)
        except Exception as error:
            raise self.broken("no line of column names") from error
        names = [name.strip().lstrip("\ufeff") for name in header]
        if not any(names):
            raise self.broken("empty")
        return names

    def batches(
        self, names: Sequence[str], rows: int = ROWS, ragged: list[int] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Read some columns; see `Source.batches`."""
        found: list[int] = [] if ragged is None else ragged
        # A name that stands twice is read by its place.
        places = [str(self.names.index(name)) for name in names]
        try:
            for batch in self._whole(found):
                part = pa.RecordBatch.from_arrays(
                    [batch.column(place) for place in places], names=list(names)
                )
                yield from (part.slice(first, rows) for first in range(0, len(part), rows))
        except (pa.ArrowException, UnicodeError, OSError, ValueError) as error:
            raise self.broken("no text table, or cut short") from error
        if found and ragged is None:
            raise self.broken(f"{len(found)} rows have too many or too few fields")

    def _whole(self, ragged: list[int]) -> Iterator[pa.RecordBatch]:
        """Read all columns, named by their places."""
        if self.path.stat().st_size <= TEXT_BLOCK:
            yield from pa_csv.read_csv(*self._asked(ragged)).to_batches()
            return
        with pa_csv.open_csv(*self._asked(ragged)) as reader:
            yield from reader

    def _asked(self, ragged: list[int]) -> tuple[Any, ...]:
        def skip(row: Any) -> str:
            ragged.append(row.number if row.number is not None else -1)
            return "skip"

        columns = [str(place) for place in range(len(self.names))]
        return (
            self.path,
            pa_csv.ReadOptions(
                use_threads=False,
                block_size=TEXT_BLOCK,
                column_names=columns,
                skip_rows=1,
                encoding=self.layout.encoding.removesuffix("-sig"),
            ),
            pa_csv.ParseOptions(
                delimiter=self.layout.delimiter, newlines_in_values=True, invalid_row_handler=skip
            ),
            pa_csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()),
                strings_can_be_null=True,
                null_values=[""],
                quoted_strings_can_be_null=True,
            ),
        )


class Frames(Source):
    """A file of another statistics program, read by pandas."""

    @cached_property
    def names(self) -> list[str]:
        """The columns."""
        first = next(self._frames(1), None)
        if first is None:
            raise self.broken("empty")
        return [str(name) for name in first]

    def batches(
        self, names: Sequence[str], rows: int = ROWS, ragged: list[int] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Read some columns; see `Source.batches`."""
        for frame in self._frames(rows):
            yield pa.RecordBatch.from_pandas(frame[list(names)], preserve_index=False)

    @abc.abstractmethod
    def _open(self, rows: int) -> Any:
        """Open the file for reading so many rows at a time."""

    def _frames(self, rows: int) -> Iterator[pd.DataFrame]:
        try:
            with self._open(rows) as reader:
                yield from reader
        # pandas raises whatever its parser stumbles over: struct.error, IndexError, KeyError,
        # OverflowError, ValueError …
        except Exception as error:
            raise self.broken(f"no {self.format} file, or cut short") from error


class Sas(Frames):
    """A SAS data set."""

    format = "SAS"

    def _open(self, rows: int) -> Any:
        return pd.read_sas(self.path, format="sas7bdat", chunksize=rows, encoding="infer")


class Stata(Frames):
    """A Stata data set."""

    format = "Stata"

    def _open(self, rows: int) -> Any:
        return pd.read_stata(self.path, chunksize=rows, convert_categoricals=False)

    def labels(self, name: str) -> dict[Any, str]:
        """Return the words that the codes of a column stand for; empty if the file has none."""
        if name not in self._labels:
            self._labels[name] = self._read_labels(name)
        return self._labels[name]

    @cached_property
    def _labels(self) -> dict[str, dict[Any, str]]:
        return {}

    def _read_labels(self, name: str) -> dict[Any, str]:
        try:
            codes, words = (
                pd.read_stata(self.path, columns=[name], convert_categoricals=labelled)[name]
                for labelled in (False, True)
            )
        except ValueError:
            # Two codes with the same word: the codes tell more.
            return {}
        if not pd.api.types.is_numeric_dtype(codes) or pd.api.types.is_numeric_dtype(words):
            return {}
        return {code: str(word) for code, word in zip(codes, words, strict=True) if pd.notna(word)}


# Both other formats are read by pandas: with 157 weekly columns it was 2 to 3 times as fast as
# pyreadstat, in chunks.
FORMATS: Final[dict[str, type[Source]]] = {
    ".parquet": Parquet,
    ".csv": Text,
    ".txt": Text,
    ".tsv": Text,
    ".sas7bdat": Sas,
    ".dta": Stata,
}


def open_source(path: Path) -> Source:
    """Open a file by its suffix; nothing is read yet."""
    return ParquetFolder(path) if path.is_dir() else FORMATS[path.suffix.casefold()](path)
