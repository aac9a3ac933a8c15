"""Reading a register, whole or some persons at a time."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.models.method import NO_INTERVAL, method
from evalbook.plan import Checkpoint
from nychance import MUNICIPALITIES, extract, tr
from nychance import columns as c
from nychance.definitions import Evaluation
from nychance.register import histories, meanings, storage
from nychance.register.dream import Block, Dream, without_issue
from nychance.register.histories import DATES, Histories
from nychance.register.in_order import InOrder, ascends, is_in_order
from nychance.register.register import Register
from nychance.register.runs import Runs, merged
from nychance.register.states import Situations

OF_PERSONS: Final = (c.PERSONS, *DATES)
BESIDE: Final = (*OF_PERSONS, c.MUNICIPALITIES, c.POPULATION)
# So many person-weeks at a time, if nothing else is asked for.
CHUNK: Final = 60_000 * 157


@method(
    tr("Municipalities in the register"),
    formula=tr("municipalities with persons in the extract, and those listed"),
    unit=MUNICIPALITIES,
    interval=NO_INTERVAL,
    source=tr("The extract"),
)
def read_register(folder: Path, checkpoint: Checkpoint, the_plan: Evaluation) -> Register:
    """Read an extract and drop everything that lies after the checkpoint's cut-off.

    Parameters
    ----------
    folder : Path
        The extract; `data/README.md` has its tables and columns.
    checkpoint : Checkpoint
        What is known.
    the_plan : Evaluation
        For the steps of the staircase.

    Raises
    ------
    DataError
        If a table is missing or broken; the message names the file and the column.
    """
    return storage.load(folder, checkpoint) or _whole(folder, checkpoint, the_plan)


def chunks(
    folder: Path,
    checkpoint: Checkpoint,
    the_plan: Evaluation,
    *,
    persons: int | None = None,
    beside: Collection[str] = BESIDE,
) -> Iterator[Register]:
    """Read an extract some persons at a time, for counts that add up.

    Parameters
    ----------
    folder, checkpoint, the_plan
        As for `read_register`.
    persons : int, optional
        How many persons at a time at most; by default the fewer, the more weeks there are.
    beside : collection of str
        Which of `persons`, `residence`, `match`, `interventions`, `municipalities` and
        `population` are needed; those left out are empty and take no time.

    Yields
    ------
    Register
        Persons in the order of the extract; together they are the whole register. Only a chunk is
        in memory at a time if DREAM is one file with a column per week, and it and the tables
        needed are in the order of their persons; else the tables beside the weeks are read whole.

    Raises
    ------
    DataError
        As for `read_register`.
    """
    dream, cutoff = Dream(folder, checkpoint.last_week), pd.Timestamp(checkpoint.cutoff)
    blocks = dream.blocks(persons or _at_once(dream))
    mapping = meanings.read(folder, the_plan, dream.mondays)
    common = _Common.read(folder, cutoff, dream.mondays, mapping.situations, beside)
    of_persons = [name for name in OF_PERSONS if name in beside]
    in_order = all(_is_in_order(folder, name) for name in of_persons)
    tables = {name: InOrder(folder, name) for name in of_persons if in_order}
    whole = None if in_order else histories.read(folder, dream.numbers, cutoff, of_persons)
    first, before = 0, pd.Series(dtype="str")
    for weeks in _weeks(_parts(dream, blocks, mapping), persons or _at_once(dream)):
        if whole is None and not ascends(before, weeks.numbers, once=True):
            whole = histories.read(folder, dream.numbers, cutoff, of_persons)
        if whole is None:
            rows = {name: table.until(weeks.numbers.iloc[-1]) for name, table in tables.items()}
            yield common.register(weeks, histories.of(rows, weeks.numbers, cutoff))
        else:
            yield common.register(weeks, whole, first)
        first, before = first + len(weeks.numbers), weeks.numbers[-1:]


def _is_in_order(folder: Path, name: str) -> bool:
    numbers = (part[c.PERSON] for part in extract.parts(folder, name, [c.PERSON]))
    return is_in_order(numbers, once=name == c.PERSONS)


# Some persons' numbers and spells.
_Part: TypeAlias = "tuple[pd.Series[str], meanings.Spells]"


class _Weeks(NamedTuple):
    """The weeks of some persons, as a register has them."""

    numbers: "pd.Series[str]"
    spells: Runs
    situation: NDArray[np.uint8]
    unknown: "pd.Series[int]"

    @classmethod
    def of(cls, parts: Sequence[_Part]) -> "_Weeks":
        """Join some persons' numbers and spells with those of others."""
        numbers, spells = zip(*parts, strict=True)
        found = meanings.Spells.joined(spells, [len(part) for part in numbers])
        return cls(
            pd.concat(numbers, ignore_index=True),
            *merged(found.runs, found.situation),
            found.unknown()["count"],
        )


@dataclass(frozen=True)
class _Common:
    """What is the same for all persons."""

    weeks: pd.DatetimeIndex
    situations: Situations
    municipalities: pd.DataFrame
    population: pd.DataFrame
    synthetic: bool

    @classmethod
    def read(
        cls,
        folder: Path,
        cutoff: pd.Timestamp,
        weeks: pd.DatetimeIndex,
        situations: Situations,
        beside: Collection[str] = BESIDE,
    ) -> "_Common":
        municipalities, population = (
            extract.read(folder, name) if name in beside else extract.empty(name)
            for name in (c.MUNICIPALITIES, c.POPULATION)
        )
        known = population[population[c.REFERENCE] <= cutoff]
        return cls(
            weeks=weeks,
            situations=situations,
            municipalities=municipalities.set_index(c.MUNICIPALITY).sort_index(),
            population=known.sort_values([c.REFERENCE, c.MUNICIPALITY, c.GROUP], ignore_index=True),
            synthetic=extract.is_synthetic(folder),
        )

    def register(self, weeks: _Weeks, beside: Histories, first: int = 0) -> Register:
        """Return the register of some persons, those from row `first` of the histories on."""
        return Register(
            weeks=self.weeks,
            spells=weeks.spells,
            situation=weeks.situation,
            situations=self.situations,
            persons=beside.persons(weeks.numbers, first),
            **{name: beside.table(name, first, len(weeks.numbers)) for name in DATES},
            municipalities=self.municipalities,
            population=self.population,
            unknown_codes=weeks.unknown,
            synthetic=self.synthetic,
        )


def _whole(folder: Path, checkpoint: Checkpoint, the_plan: Evaluation) -> Register:
    dream = Dream(folder, checkpoint.last_week)
    blocks = dream.blocks(_at_once(dream))
    mapping = meanings.read(folder, the_plan, dream.mondays)
    weeks = _Weeks.of(list(_parts(dream, blocks, mapping)))
    cutoff = pd.Timestamp(checkpoint.cutoff)
    beside = histories.read(folder, weeks.numbers, cutoff, OF_PERSONS)
    return _Common.read(folder, cutoff, dream.mondays, mapping.situations).register(weeks, beside)


def _at_once(dream: Dream) -> int:
    return max(CHUNK // len(dream.mondays), 1)


def _weeks(parts: Iterator[_Part], persons: int) -> Iterator[_Weeks]:
    """Yield parts joined while they have at most so many persons."""
    together, filled = list[_Part](), 0
    for numbers, spells in parts:
        if together and filled + len(numbers) > persons:
            yield _Weeks.of(together)
            together, filled = [], 0
        together.append((numbers, spells))
        filled += len(numbers)
    if together:
        yield _Weeks.of(together)


def _parts(dream: Dream, blocks: Iterator[Block], mapping: meanings.Meanings) -> Iterator[_Part]:
    return ((block.numbers, mapping.spells(without_issue(dream, block))) for block in blocks)
