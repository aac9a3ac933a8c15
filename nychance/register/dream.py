"""DREAM's weeks, some persons at a time: one file or one per year, one column per week or one row per spell."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nychance import columns as c
from nychance import extract
from nychance.errors import DataError
from nychance.extract import cells
from nychance.extract.schema import Kind
from nychance.extract.sources import Source
from nychance.register import episodes
from nychance.register.histories import places
from nychance.register.weeks import is_week, week_name, week_start, weekly

Codes = NDArray[np.int16]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Block:
    """The weeks of some persons.

    Attributes
    ----------
    numbers : Series of str, shape (persons,)
        Person numbers.
    codes : array of int16, shape (weeks, persons)
        Transfer codes, 0 where there was none.
    faulty : dict of array of bool, shape (persons,)
        By number of the week, which persons' cells are no codes.
    """

    numbers: "pd.Series[str]"
    codes: Codes
    faulty: dict[int, NDArray[np.bool_]] = field(default_factory=dict)


class Dream:
    """The weekly table of an extract, up to a week.

    Parameters
    ----------
    folder : Path
        The extract.
    until : date, optional
        The last Monday to read; default all there are.
    ragged : list of int, optional
        As for `Source.batches`; with it, faults in the columns are passed over, too: whoever checks an extract wants the rest.

    Raises
    ------
    DataError
        If a file is broken, if there is no week, or if a week is missing, impossible or there twice.
    """

    def __init__(self, folder: Path, until: date | None = None, ragged: list[int] | None = None) -> None:
        self.sources = extract.sources(folder, c.DREAM)
        self._ragged = ragged
        if self.in_spells:
            self._spells = episodes.read(self.sources, until)
            self.mondays = self._spells.mondays
            return
        self._columns = [_week_columns(source, until, lenient=ragged is not None) for source in self.sources]
        known = sorted((monday, name) for columns in self._columns for monday, name in columns.items())
        if not known:
            on = f" on or before {until}" if until else ""
            raise DataError(f"no weekly column{on}", where=self.sources[0].path, remedy="Add the columns y_YYWW")
        if ragged is None:
            self._refuse_gaps(known)
        self.mondays = pd.DatetimeIndex(sorted({monday for monday, _ in known}))

    @cached_property
    def in_spells(self) -> bool:
        """Whether there is a row per spell: columns of a code with its beginning and end, and no weekly columns."""
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
        """Read the weeks, at most so many persons at a time.

        Only a chunk is in memory at a time if there is one file with a column per week. Spells, and several files, are put
        together first, at two bytes per person and week.
        """
        if not self.in_spells and len(self.sources) == 1:
            yield from _wide(self.sources[0], self._columns[0], persons, self._ragged)
            return
        whole = Block(self.numbers, self._spells.codes()) if self.in_spells else self._joined(persons)
        for first in range(0, len(whole.numbers), persons):
            part = slice(first, first + persons)
            yield Block(
                whole.numbers.iloc[part].reset_index(drop=True),
                np.ascontiguousarray(whole.codes[:, part]),
                {week: cell[part] for week, cell in whole.faulty.items() if cell[part].any()},
            )

    def _refuse_gaps(self, known: list[tuple[date, str]]) -> None:
        for (monday, name), (following, other) in pairwise(known):
            if following == monday:
                problem, remedy = f"the weeks {name!r} and {other!r} are the same", "Keep one of them"
            elif (following - monday).days != 7:
                problem, remedy = f"weeks are missing between {name!r} and {other!r}", "Add the missing weekly columns"
            else:
                continue
            raise DataError(problem, where=self.sources[0].path, remedy=remedy)

    def _joined(self, persons: int) -> Block:
        """Lay the files of several years side by side, by person; a person whom a year lacks had no transfer in it."""
        numbers = self.numbers
        codes = np.zeros((len(self.mondays), len(numbers)), dtype=np.int16)
        faulty: dict[int, NDArray[np.bool_]] = {}
        for source, columns in zip(self.sources, self._columns, strict=True):
            weeks = self.mondays.get_indexer(pd.DatetimeIndex(list(columns)))
            for block in _wide(source, columns, persons, self._ragged):
                rows = places(block.numbers, numbers)
                known = rows >= 0
                codes[np.ix_(weeks, rows[known])] = block.codes[:, known]
                for week, cell in block.faulty.items():
                    faulty.setdefault(int(weeks[week]), np.zeros(len(numbers), dtype=bool))[rows[known]] = cell[known]
        return Block(numbers, codes, faulty)


def is_in_spells(sources: list[Source]) -> bool:
    """Tell whether DREAM's files have a row per spell instead of a column per week."""
    names = extract.known_columns(sources[0], c.DREAM)
    return {c.CODE, c.START, c.END} <= set(names) and not weekly(sources[0].names)


def refuse_faulty(dream: Dream, block: Block) -> None:
    """Raise `DataError` if a cell of a block is no code."""
    for week, cell in sorted(block.faulty.items()):
        raise DataError(
            f"column {week_name(dream.mondays[week].date())!r}: {int(cell.sum())} values are no codes",
            where=dream.sources[0].path,
            remedy="`nychance check-data` lists all such faults; codes are whole numbers",
        )


def _week_columns(source: Source, until: date | None, *, lenient: bool) -> dict[date, str]:
    found: dict[date, str] = {}
    for name in weekly(source.names):
        if not is_week(name):
            if lenient:
                continue
            raise DataError(f"the column {name!r} is no week of the calendar", where=source.path, remedy="Remove it")
        monday = week_start(name)
        if monday in found and not lenient:
            raise DataError(f"the week {name!r} is there twice", where=source.path, remedy="Keep one of the columns")
        if until is None or monday <= until:
            found.setdefault(monday, name)
    return dict(sorted(found.items()))


def _person_column(source: Source) -> str:
    names = extract.column_names(source, c.DREAM)
    if c.PERSON not in names:
        raise DataError(f"the column {c.PERSON!r} is missing", where=source.path, remedy="Add it: the person number")
    return names[c.PERSON]


def _numbers(source: Source, ragged: list[int] | None) -> "pd.Series[str]":
    name = _person_column(source)
    parts = [cells.convert(batch.column(0), Kind.PERSON).values for batch in source.batches([name], ragged=ragged)]
    return pd.concat(parts, ignore_index=True) if parts else pd.Series(dtype="str")


def _wide(source: Source, columns: dict[date, str], persons: int, ragged: list[int] | None) -> Iterator[Block]:
    person = _person_column(source)
    for batch in _ahead(source.batches([person, *columns.values()], persons, ragged)):
        codes = np.empty((len(columns), len(batch)), dtype=np.int16)
        faulty = {}
        for week in range(len(columns)):
            wrong = cells.codes(batch.column(week + 1), source.decimal, codes[week])
            if wrong is not None:
                faulty[week] = wrong
        yield Block(cells.convert(batch.column(0), Kind.PERSON).values, codes, faulty)


def _ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Make the next item in another thread while one is used."""
    with ThreadPoolExecutor(1) as thread:
        following = thread.submit(next, items, None)
        while (item := following.result()) is not None:
            following = thread.submit(next, items, None)
            yield item
