"""Reading a register, whole or some persons at a time."""

import os
import pickle
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nychance import columns as c
from nychance import extract
from nychance.plan import Checkpoint, Plan
from nychance.register import histories, meanings
from nychance.register.dream import Dream, refuse_faulty
from nychance.register.histories import DATES, Histories
from nychance.register.register import Register

# A runner that has read the register for all its notebooks names here where it lies.
PREPARED: Final = "NYCHANCE_PREPARED_REGISTER"
Item = TypeVar("Item")
BESIDE: Final = (c.PERSONS, *DATES)
CHUNK: Final = 100_000


def read_register(folder: Path, checkpoint: Checkpoint, the_plan: Plan) -> Register:
    """Read an extract and drop everything that lies after the checkpoint's cut-off.

    Parameters
    ----------
    folder : Path
        The extract; `data/README.md` has its tables and columns.
    checkpoint : Checkpoint
        What is known.
    the_plan : Plan
        For the steps of the staircase.

    Raises
    ------
    DataError
        If a table is missing or broken; the message names the file and the column.
    """
    return _prepared(folder, checkpoint) or _whole(folder, checkpoint, the_plan)


def chunks(
    folder: Path,
    checkpoint: Checkpoint,
    the_plan: Plan,
    *,
    persons: int = CHUNK,
    beside: Collection[str] = BESIDE,
) -> Iterator[Register]:
    """Read an extract some persons at a time, for counts that add up.

    Parameters
    ----------
    folder, checkpoint, the_plan
        As for `read_register`.
    persons : int
        How many persons at a time at most.
    beside : collection of str
        Which of `persons`, `residence`, `match` and `interventions` are needed; those left out are empty and take no time.

    Yields
    ------
    Register
        Persons in the order of the extract; together they are the whole register. The weeks of one chunk are in memory
        at a time, of the tables beside them all that is needed.

    Raises
    ------
    DataError
        As for `read_register`.
    """
    numbers = Dream(folder, checkpoint.last_week).numbers
    tables = _Beside.read(folder, checkpoint, numbers, beside)
    first = 0
    for weeks in _ahead(_weeks(folder, checkpoint, the_plan, persons)):
        yield tables.register(weeks, first)
        first += len(weeks.numbers)


@dataclass(frozen=True)
class _Weeks:
    """The weeks of some persons."""

    mondays: pd.DatetimeIndex
    numbers: "pd.Series[str]"
    situation: NDArray[np.uint8]
    meanings: meanings.Meanings
    unknown: "pd.Series[int]"


@dataclass(frozen=True)
class _Beside:
    """All that stands beside the weeks."""

    histories: Histories
    municipalities: pd.DataFrame
    population: pd.DataFrame
    synthetic: bool

    @classmethod
    def read(cls, folder: Path, checkpoint: Checkpoint, numbers: "pd.Series[str]", names: Collection[str]) -> "_Beside":
        cutoff = pd.Timestamp(checkpoint.cutoff)
        return cls(
            histories=histories.read(folder, numbers, cutoff, names),
            municipalities=extract.read(folder, c.MUNICIPALITIES).set_index(c.MUNICIPALITY).sort_index(),
            population=_population(folder, cutoff),
            synthetic=extract.is_synthetic(folder),
        )

    def register(self, weeks: _Weeks, first: int) -> Register:
        """Put the weeks of some persons, from row `first` on, together with their histories."""
        return Register(
            weeks=weeks.mondays,
            situation=weeks.situation,
            situations=weeks.meanings.situations,
            persons=self.histories.persons(weeks.numbers, first),
            **{name: self.histories.table(name, first, len(weeks.numbers)) for name in DATES},
            municipalities=self.municipalities,
            population=self.population,
            unknown_codes=weeks.unknown,
            synthetic=self.synthetic,
        )


def _prepared(folder: Path, checkpoint: Checkpoint) -> Register | None:
    path = os.environ.get(PREPARED)
    if not path:
        return None
    with Path(path).open("rb") as file:
        read_from, month, register = pickle.load(file)
    found: Register = register
    return found if (read_from, month) == (str(folder.resolve()), checkpoint.month) else None


def _whole(folder: Path, checkpoint: Checkpoint, the_plan: Plan) -> Register:
    parts = list(_weeks(folder, checkpoint, the_plan, CHUNK))
    unknown = pd.concat([part.unknown for part in parts])
    weeks = _Weeks(
        mondays=parts[0].mondays,
        numbers=pd.concat([part.numbers for part in parts], ignore_index=True),
        situation=np.concatenate([part.situation for part in parts]),
        meanings=parts[0].meanings,
        unknown=unknown.groupby(level=0).sum(),
    )
    return _Beside.read(folder, checkpoint, weeks.numbers, BESIDE).register(weeks, 0)


def _weeks(folder: Path, checkpoint: Checkpoint, the_plan: Plan, persons: int) -> Iterator[_Weeks]:
    weeks = Dream(folder, checkpoint.last_week)
    mapping = meanings.read(folder, the_plan, weeks.mondays)
    for block in weeks.blocks(persons):
        refuse_faulty(weeks, block)
        situation = mapping.situation(block.codes)
        unknown = meanings.unknown(block.codes, situation)
        yield _Weeks(weeks.mondays, block.numbers, np.ascontiguousarray(situation.T), mapping, unknown)


def _ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Make the next item in another thread while one is used."""
    with ThreadPoolExecutor(1) as thread:
        following = thread.submit(next, items, None)
        while (item := following.result()) is not None:
            following = thread.submit(next, items, None)
            yield item


def _population(folder: Path, cutoff: pd.Timestamp) -> pd.DataFrame:
    frame = extract.read(folder, c.POPULATION)
    known = frame[frame[c.REFERENCE] <= cutoff]
    return known.sort_values([c.REFERENCE, c.MUNICIPALITY, c.GROUP], ignore_index=True)
