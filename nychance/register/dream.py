"""DREAM's weeks, some persons at a time, from weekly columns or spells, in one file or more."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from evalbook.errors import DataError
from nychance import columns as c
from nychance import extract
from nychance.extract import parse
from nychance.extract.parse import Codes, Faulty
from nychance.extract.readers import Source
from nychance.extract.schema import Kind
from nychance.register import episodes
from nychance.register.histories import places
from nychance.register.weeks import is_week, week_name, week_start, weekly

Item = TypeVar("Item")


@dataclass(frozen=True)
class Block:
    """The weeks of some persons.

    Attributes
    ----------
    numbers : Series of str, shape (persons,)
        Person numbers.
    weeks : iterator of Codes, shape (persons,) each
        Transfer codes, one week after another; read as they are asked for, once.
    """

    numbers: "pd.Series[str]"
    weeks: Iterator[Codes]


class Dream:
    """The weekly table of an extract, up to a week.

    Parameters
    ----------
    folder : Path
        The extract.
    until : date, optional
        The last Monday to read; default all there are.
    ragged : list of int, optional
        As for `Source.batches`; with it, faults in the columns are passed over, too: whoever
        checks an extract wants the rest.

    Raises
    ------
    DataError
        If a file is broken, if there is no week, or if a week is missing, impossible or there
        twice.
    """

    def __init__(
        self, folder: Path, until: date | None = None, ragged: list[int] | None = None
    ) -> None:
        self.sources = extract.sources(folder, c.DREAM)
        self._ragged = ragged
        if self.in_spells:
            self._spells = episodes.read(self.sources, until)
            self.mondays = self._spells.mondays
            return
        self._columns = [
            _week_columns(source, until, lenient=ragged is not None) for source in self.sources
        ]
        known = sorted(
            (monday, name) for columns in self._columns for monday, name in columns.items()
        )
        if not known:
            on = f" on or before {until}" if until else ""
            raise DataError(
                f"no weekly column{on}", where=self.sources[0].path, remedy="Add the columns y_YYWW"
            )
        if ragged is None:
            self._refuse_gaps(known)
        self.mondays = pd.DatetimeIndex(sorted({monday for monday, _ in known}))

    @cached_property
    def in_spells(self) -> bool:
        """Whether there is a row per spell: code, start and end, and no weekly columns."""
        return is_in_spells(self.sources)

    @cached_property
    def numbers(self) -> "pd.Series[str]":
        """All persons' numbers, in the order in which `blocks` gives them."""
        if self.in_spells:
            return self._spells.numbers
        if len(self.sources) == 1:
            return self.by_file[0]
        return pd.concat(self.by_file).drop_duplicates(ignore_index=True)

    @cached_property
    def by_file(self) -> list["pd.Series[str]"]:
        """The person numbers of each file, as they stand there."""
        return [_numbers(source, self._ragged) for source in self.sources]

    def blocks(self, persons: int) -> Iterator[Block]:
        """Read the weeks, at most so many persons at a time; reading begins at once.

        Only a chunk is in memory at a time if there is one file with a column per week. Spells,
        and several files, are put together first, at two bytes per person and week.
        """
        _keep_freed_memory()
        if not self.in_spells and len(self.sources) == 1:
            return _wide(self.sources[0], self._columns[0], persons, self._ragged)
        weeks = in_weeks(self._spells.codes()) if self.in_spells else self._joined(persons)
        return (
            _some(self.numbers, weeks, slice(first, first + persons))
            for first in range(0, len(self.numbers), persons)
        )

    def _refuse_gaps(self, known: list[tuple[date, str]]) -> None:
        for (monday, name), (following, other) in pairwise(known):
            if following == monday:
                problem, remedy = (
                    f"the weeks {name!r} and {other!r} are the same",
                    "Keep one of them",
                )
            elif (following - monday).days != 7:
                problem, remedy = (
                    f"weeks are missing between {name!r} and {other!r}",
                    "Add the missing weekly columns",
                )
            else:
                continue
            raise DataError(problem, where=self.sources[0].path, remedy=remedy)

    def _joined(self, persons: int) -> list[Codes]:
        """Join the files of several years by person.

        A person whom a year lacks had no transfer in it.
        """
        codes = np.zeros((len(self.mondays), len(self.numbers)), dtype=np.int16)
        wrong: dict[int, Faulty] = {}
        for source, columns in zip(self.sources, self._columns, strict=True):
            weeks = self.mondays.get_indexer(pd.DatetimeIndex(list(columns)))
            for block in _wide(source, columns, persons, self._ragged):
                rows = places(block.numbers, self.numbers)
                known = rows >= 0
                for week, found in zip(weeks.tolist(), block.weeks, strict=True):
                    codes[week, rows[known]] = found.values[known]
                    if found.faulty is not None:
                        none = np.zeros(len(self.numbers), dtype=bool)
                        faulty = wrong.setdefault(week, Faulty(none, found.faulty.example))
                        faulty.cells[rows[known]] = found.faulty.cells[known]
        return in_weeks(codes, wrong)


def is_in_spells(sources: list[Source]) -> bool:
    """Return whether DREAM's files have a row per spell instead of a column per week."""
    names = extract.known_columns(sources[0], c.DREAM)
    return {c.CODE, c.START, c.END} <= set(names) and not weekly(sources[0].names)


def in_weeks(
    codes: NDArray[np.int16], wrong: Mapping[int, Faulty] = MappingProxyType({})
) -> list[Codes]:
    """Return the weeks of a table of codes, shape (weeks, persons).

    `wrong` has the cells that are no codes, of some weeks.
    """
    return [Codes(week, wrong.get(number)) for number, week in enumerate(codes)]


def without_issue(dream: Dream, block: Block) -> Iterator[NDArray[np.int16]]:
    """Yield the weeks of a block; raises `DataError` at a cell that is no code."""
    for monday, (values, faulty) in zip(dream.mondays, block.weeks, strict=True):
        if faulty is not None:
            raise DataError(
                f"column {week_name(monday.date())!r}: {int(faulty.cells.sum())} values are no "
                "codes",
                where=dream.sources[0].path,
                remedy="`nychance check-data` lists all such faults; codes are whole numbers",
            )
        yield values


def _week_columns(source: Source, until: date | None, *, lenient: bool) -> dict[date, str]:
    found: dict[date, str] = {}
    for name in weekly(source.names):
        if not is_week(name):
            if lenient:
                continue
            raise DataError(
                f"the column {name!r} is no week of the calendar",
                where=source.path,
                remedy="Remove it",
            )
        monday = week_start(name)
        if monday in found and not lenient:
            raise DataError(
                f"the week {name!r} is there twice",
                where=source.path,
                remedy="Keep one of the columns",
            )
        if until is None or monday <= until:
            found.setdefault(monday, name)
    return dict(sorted(found.items()))


def _person_column(source: Source) -> str:
    names = extract.column_names(source, c.DREAM)
    if c.PERSON not in names:
        raise DataError(
            f"the column {c.PERSON!r} is missing",
            where=source.path,
            remedy="Add it: the person number",
        )
    return names[c.PERSON]


def _numbers(source: Source, ragged: list[int] | None) -> "pd.Series[str]":
    name = _person_column(source)
    parts = [
        parse.convert(batch.column(0), Kind.PERSON).values
        for batch in source.batches([name], ragged=ragged)
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.Series(dtype="str")


def _wide(
    source: Source, columns: dict[date, str], persons: int, ragged: list[int] | None
) -> Iterator[Block]:
    names = [_person_column(source), *columns.values()]
    return (
        _block(batch, source.decimal) for batch in _ahead(source.batches(names, persons, ragged))
    )


def _block(batch: pa.RecordBatch, decimal: str) -> Block:
    numbers, *weeks = batch.columns
    return Block(
        parse.convert(numbers, Kind.PERSON).values, (parse.codes(week, decimal) for week in weeks)
    )


def _some(numbers: "pd.Series[str]", weeks: list[Codes], persons: slice) -> Block:
    return Block(
        numbers.iloc[persons].reset_index(drop=True), (_cut(week, persons) for week in weeks)
    )


def _cut(week: Codes, persons: slice) -> Codes:
    if week.faulty is None or not week.faulty.cells[persons].any():
        return Codes(week.values[persons], None)
    return Codes(week.values[persons], week.faulty._replace(cells=week.faulty.cells[persons]))


def _keep_freed_memory() -> None:
    """Make the C library keep freed memory for the next block.

    The system would have to clear it anew.

    glibc gives memory back until a large piece, at most 32 MiB, has come and gone; from then on it
    keeps twice as much. That takes a twentieth off the time for reading, and does nothing
    elsewhere.
    """
    np.empty(31 << 20, dtype=np.uint8)


def _ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Make the next item in another thread while one is used; the first is begun at once."""
    thread = ThreadPoolExecutor(1)
    first = thread.submit(next, items, None)

    def following() -> Iterator[Item]:
        coming = first
        with thread:
            while (item := coming.result()) is not None:
                coming = thread.submit(next, items, None)
                yield item

    return following()
