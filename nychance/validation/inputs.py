"""What the rules examine, read once: the tables, and DREAM's weeks in chunks."""

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from evalbook.errors import DataError
from nychance import columns as c
from nychance import extract
from nychance.definitions import Evaluation
from nychance.extract import parse
from nychance.extract.readers import Source, Text, open_source
from nychance.extract.schema import TABLES, Kind
from nychance.extract.text import MISREAD
from nychance.register.dream import is_in_spells
from nychance.register.histories import DATES, places
from nychance.validation import weekly_scan as scan
from nychance.validation.weekly_scan import Unreadable, Weeks

Read = TypeVar("Read")
# A damaged file can make any of the libraries that read files stumble anywhere; whatever it is,
# the file cannot be read.
STUMBLES: Final = (
    DataError,
    ArithmeticError,
    LookupError,
    MemoryError,
    OSError,
    TypeError,
    ValueError,
    pa.ArrowException,
)
LEADING_ZERO: Final = re.compile(r"0\d+")


class TableFile(NamedTuple):
    """A file: its name, layout and number of rows (-1 where not counted)."""

    file: str
    format: str
    rows: int
    columns: int
    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""


@dataclass
class Table:
    """A table with all its files.

    Attributes
    ----------
    frame : DataFrame
        The columns that the package knows; what could not be read is missing.
    names : dict of list of str
        By file, the columns as the file has them; without files that cannot be read.
    unreadable : dict of Unreadable
        By file and column, the cells that could not be read.
    misread : dict of str to int
        By file, how many values have letters that look like those of another encoding.
    numeric : bool
        Whether the person numbers are numbers, not text.
    """

    name: str
    sources: list[Source]
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    names: dict[str, list[str]] = field(default_factory=dict)
    unreadable: dict[tuple[str, str], Unreadable] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    ragged: dict[str, list[int]] = field(default_factory=dict)
    misread: dict[str, int] = field(default_factory=dict)
    files: list[TableFile] = field(default_factory=list)
    numeric: bool = False

    @property
    def file(self) -> str:
        """The name of its first file, or what it should be."""
        return self.sources[0].path.name if self.sources else self.name

    @property
    def twice(self) -> bool:
        """Whether it has two files that are not of different years."""
        stems = Counter(source.path.stem.casefold() for source in self.sources)
        return len(self.sources) > 1 and (self.name in stems or max(stems.values()) > 1)

    def column(self, name: str) -> "pd.Series[Any]":
        """Return a column, all missing if the table lacks it."""
        return self.frame[name] if name in self.frame else pd.Series(np.nan, index=self.frame.index)


@dataclass
class Inputs:
    """An extract, read once for all rules.

    Attributes
    ----------
    until, cutoff : date, optional
        The last Monday and the last day that count; None: all there is.
    tables : dict of Table
        By the names of `TABLES`.
    weeks : Weeks or None
        What DREAM's weeks hold; None if they cannot be read.
    """

    folder: Path
    plan: Evaluation
    until: date | None
    cutoff: date | None
    tables: dict[str, Table]
    weeks: Weeks | None

    @cached_property
    def numbers(self) -> "pd.Series[str]":
        """The person numbers of DREAM, each once; empty if they cannot be read."""
        return (
            self.weeks.numbers.dropna().drop_duplicates() if self.weeks else pd.Series(dtype="str")
        )

    @property
    def steps(self) -> list[str]:
        """The steps of the staircase."""
        return [step.key for step in self.plan.staircase]

    def person_tables(self) -> Iterator[Table]:
        """List the tables beside DREAM that have a person in each row and can be read."""
        for name in (c.PERSONS, *DATES):
            if c.PERSON in self.tables[name].frame:
                yield self.tables[name]


def lacking(given: "pd.Series[str]", among: "pd.Series[str]") -> NDArray[np.bool_]:
    """Return which person numbers are not among others; a missing one never counts."""
    found: NDArray[np.bool_] = (places(given, among) < 0) & given.notna().to_numpy(dtype=bool)
    return found


def gather(
    folder: Path, the_plan: Evaluation, until: date | None = None, cutoff: date | None = None
) -> Inputs:
    """Read everything that there is in an extract, up to a checkpoint if one is given."""
    tables = {name: _table(folder, name) for name in TABLES}
    if cutoff:
        for name, (begin, *ends) in DATES.items():
            tables[name].frame = _known(tables[name].frame, begin, ends, pd.Timestamp(cutoff))
    inputs = Inputs(folder, the_plan, until, cutoff, tables, None)
    inputs.weeks = _attempt(
        tables[c.DREAM],
        functools.partial(
            scan.weeks, folder, tables[c.DREAM], tables[c.CODES].frame, the_plan, until
        ),
    )
    return inputs


def _table(folder: Path, name: str) -> Table:
    table = Table(name, [open_source(path) for path in extract.files_of(folder, name)])
    parts = []
    for source in table.sources:
        found = _attempt(table, functools.partial(_read, table, source), source)
        if found is not None:
            parts.append(found)
    table.frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return table


def _attempt(table: Table, work: Callable[[], Read], source: Source | None = None) -> Read | None:
    try:
        return work()
    except STUMBLES as error:
        where = source.path.name if source else table.file
        table.broken.setdefault(
            where, error.problem if isinstance(error, DataError) else "the table cannot be read"
        )
        return None


def _read(table: Table, source: Source) -> pd.DataFrame:
    """Read a file's known columns.

    Of DREAM with a column per week nothing, its weeks are read in chunks.
    """
    file = source.path.name
    table.names[file] = source.names
    names = extract.known_columns(source, table.name)
    kinds = {column.name: column.kind for column in TABLES[table.name] if column.name in names}
    if table.name == c.DREAM and not is_in_spells([source]):
        kinds = {}
    ragged: list[int] = []
    parts: list[dict[str, pd.Series[Any]]] = []
    row = 2
    for batch in source.batches([names[name] for name in kinds], ragged=ragged) if kinds else ():
        part = {}
        for name, kind in kinds.items():
            array = batch.column(names[name])
            part[name], faulty = source.cells(array, names[name], kind)
            example = str(array[int(faulty.argmax())].as_py()) if faulty.any() else ""
            table.unreadable[file, name] = table.unreadable.get(
                (file, name), Unreadable()
            ).with_cells(faulty, part[name].notna().to_numpy(dtype=bool), row, example, kind)
            if kind is Kind.PERSON and not pa.types.is_string(parse.plain(array).type):
                table.numeric = True
            if kind is Kind.TEXT:
                table.misread[file] = table.misread.get(file, 0) + int(
                    part[name].str.contains(MISREAD, na=False).sum()
                )
        parts.append(part)
        row += len(batch)
    table.ragged[file] = ragged
    written = (
        (source.layout.encoding, source.layout.delimiter, source.layout.decimal)
        if isinstance(source, Text)
        else ()
    )
    table.files.append(
        TableFile(file, source.format, row - 2 if kinds else -1, len(source.names), *written)
    )
    if not parts:
        nothing = pa.array([], pa.string())
        return pd.DataFrame(
            {name: parse.convert(nothing, kind).values for name, kind in kinds.items()}
        )
    return pd.concat([pd.DataFrame(part) for part in parts], ignore_index=True)


def _known(frame: pd.DataFrame, begin: str, ends: list[str], cutoff: pd.Timestamp) -> pd.DataFrame:
    """Leave out what a checkpoint cannot know of a history."""
    if begin not in frame or not len(frame):
        return frame
    known = frame[~(frame[begin] > cutoff)].copy()
    for end in ends:
        if end in known:
            known[end] = known[end].where(~(known[end] > cutoff))
    return known
