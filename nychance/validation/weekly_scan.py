"""Scan DREAM's weeks in chunks for what is wrong with them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.text.language import Text
from nychance import columns as c
from nychance.definitions import Evaluation
from nychance.extract.parse import Faulty
from nychance.extract.schema import Kind
from nychance.register import episodes, meanings
from nychance.register.dream import Block, Dream, in_weeks
from nychance.register.states import STATES
from nychance.register.weeks import week_name
from nychance.validation.causes import likely
from nychance.validation.issue import NOTHING, shown

if TYPE_CHECKING:
    from nychance.validation.inputs import Table

CHUNK: Final = 50_000
NEVER: Final = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Unreadable:
    """Unreadable cells of a column: count, first line, last readable line, an example."""

    count: int = 0
    first: int = 0
    last_good: int = 0
    example: str = ""
    cause: Text = NOTHING

    @property
    def changed(self) -> bool:
        """Whether the column changed its type half-way: readable to some row, never after."""
        return 0 < self.last_good < self.first and self.count > 1

    def with_cells(
        self,
        faulty: NDArray[np.bool_],
        good: NDArray[np.bool_],
        row: int,
        example: str,
        kind: Kind,
    ) -> "Unreadable":
        """Add cells that begin at a line, with what stands in the first that is unreadable."""
        last_good = row + int(np.flatnonzero(good)[-1]) if good.any() else self.last_good
        if not faulty.any():
            return replace(self, last_good=last_good)
        place = int(faulty.argmax())
        if self.count:
            return replace(self, count=self.count + int(faulty.sum()), last_good=last_good)
        return Unreadable(
            int(faulty.sum()),
            row + place,
            last_good,
            shown(example),
            likely(example, kind),
        )


@dataclass
class Weeks:
    """What DREAM's weeks hold.

    Attributes
    ----------
    mondays : DatetimeIndex
        The weeks that could be read.
    numbers : Series of str
        Person numbers, in the order of `gone`.
    twice, blank : int
        Persons that stand twice in a file; rows without a number.
    by_file : dict of Series
        The person numbers of each file, if there are several.
    partly : int
        Persons that only some of several files have.
    coded : int
        Person-weeks with a code.
    unreadable : dict of Unreadable
        By weekly column.
    unknown : dict of (int, int)
        By code that the mapping lacks: its person-weeks, and the index of its first week.
    gone : array of int32, shape (persons,)
        Index of the first week dead or emigrated, `NEVER` if there is none.
    returned : int
        Persons with a transfer after they died or emigrated.
    rows : dict of int
        By file.
    overlaps, sharing : array of int
        Rows of spells that begin before an earlier one of the same person has ended; of those
        that begin in the week in which another ends.
    """

    mondays: pd.DatetimeIndex
    numbers: "pd.Series[str]"
    twice: int = 0
    blank: int = 0
    by_file: dict[str, "pd.Series[str]"] = field(default_factory=dict)
    partly: int = 0
    coded: int = 0
    unreadable: dict[str, Unreadable] = field(default_factory=dict)
    unknown: dict[int, tuple[int, int]] = field(default_factory=dict)
    gone: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    returned: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    overlaps: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    sharing: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def last_day(self) -> pd.Timestamp:
        """The Sunday of the last week."""
        return self.mondays[-1] + pd.Timedelta(days=6)


def weeks(
    folder: Path, table: "Table", mapping: pd.DataFrame, the_plan: Evaluation, until: date | None
) -> Weeks:
    """Read the weeks of all persons, some at a time.

    Raises
    ------
    DataError
        If a file is broken or there is no week.
    """
    if {c.PERSON, c.CODE, c.START, c.END} <= set(table.frame):
        return _of_spells(table.frame, mapping, the_plan, until)
    ragged: list[int] = []
    dream = Dream(folder, until, ragged)
    given = [numbers.dropna() for numbers in dream.by_file]
    found = Weeks(
        dream.mondays,
        dream.numbers,
        twice=sum(len(numbers) - numbers.nunique() for numbers in given),
        blank=sum(int(numbers.isna().sum()) for numbers in dream.by_file),
        rows={
            source.path.name: len(numbers)
            for source, numbers in zip(dream.sources, dream.by_file, strict=True)
        },
    )
    if len(given) > 1:
        found.by_file = dict(zip(found.rows, given, strict=True))
        found.partly = int(
            (pd.concat([n.drop_duplicates() for n in given]).value_counts() < len(given)).sum()
        )
    _look(found, dream.blocks(CHUNK), mapping, the_plan)
    table.ragged[table.file] = sorted(set(ragged))
    return found


def _of_spells(
    frame: pd.DataFrame, mapping: pd.DataFrame, the_plan: Evaluation, until: date | None
) -> Weeks:
    backwards = (frame[c.END] < frame[c.START]).to_numpy(dtype=bool)
    whole = frame[
        frame[c.PERSON].notna()
        & frame[c.START].notna()
        & ~backwards
        & frame[c.CODE].between(0, NEVER)
    ]
    whole = whole[whole[c.CODE] <= np.iinfo(np.int16).max]
    spells = episodes.lay_out(whole, until)
    rows = whole.index.to_numpy(dtype=np.int64)
    found = Weeks(
        spells.mondays,
        spells.numbers,
        blank=int(frame[c.PERSON].isna().sum()),
        overlaps=rows[spells.overlapping()],
        sharing=rows[spells.sharing()],
    )
    _look(found, [Block(spells.numbers, iter(in_weeks(spells.codes())))], mapping, the_plan)
    return found


def _look(
    found: Weeks, blocks: Iterable[Block], mapping: pd.DataFrame, the_plan: Evaluation
) -> None:
    """Scan each block once for invalid codes, unmapped codes and persons who had gone."""
    known = meanings.of(
        _usable(mapping, the_plan), [step.key for step in the_plan.staircase], found.mondays
    )
    away = (
        np.isin(known.situations.state, [STATES.index("dead"), STATES.index("emigrated")])
        & known.situations.censoring
    )
    gone, row = [], 2
    for block in blocks:
        spells = known.spells(_readable(found, block, row))
        found.coded += int(spells.runs.weeks[spells.code != 0].sum())
        for code, count, first in spells.unknown().itertuples():
            before, since = found.unknown.get(code, (0, first))
            found.unknown[code] = (before + count, min(since, first))
        gone.append(_gone(found, away, known.situations.censoring, spells, len(block.numbers)))
        row += len(block.numbers)
    found.gone = np.concatenate(gone) if gone else found.gone


def _readable(found: Weeks, block: Block, row: int) -> Iterator[NDArray[np.int16]]:
    """Yield the weeks of a block that begins at a line, noting cells that are no codes."""
    for monday, (values, faulty) in zip(found.mondays, block.weeks, strict=True):
        name = week_name(monday.date())
        if faulty is not None or name in found.unreadable:
            # Earlier chunks of the column could be read.
            before = found.unreadable.get(name, Unreadable(last_good=row - 1 if row > 2 else 0))
            wrong, example = faulty or Faulty(np.zeros(len(values), dtype=bool), "")
            found.unreadable[name] = before.with_cells(
                wrong, (values != 0) & ~wrong, row, example, Kind.NUMBER
            )
        yield values


def _gone(
    found: Weeks,
    away: NDArray[np.bool_],
    censoring: NDArray[np.bool_],
    spells: meanings.Spells,
    persons: int,
) -> NDArray[np.int32]:
    person, begun, situation = spells.runs.person, spells.runs.first, spells.situation
    first = np.full(persons, NEVER, dtype=np.int32)
    np.minimum.at(first, person[away[situation]], begun[away[situation]])
    active = (situation != 0) & ~censoring[situation] & (begun > first[person])
    found.returned += len(np.unique(person[active]))
    return first


def _usable(mapping: pd.DataFrame, the_plan: Evaluation) -> pd.DataFrame:
    """Return the valid rows of a mapping."""
    needed = [c.CODE, c.STATE, c.ACTIVE, c.STEP, c.CENSORING]
    if not set(needed) <= set(mapping) or not len(mapping):
        return pd.DataFrame({name: pd.Series(dtype=float) for name in needed})
    steps = [step.key for step in the_plan.staircase]
    code = mapping[c.CODE]
    whole = mapping[
        code.between(1, np.iinfo(np.int16).max)
        & (code == code.round())
        & mapping[c.STATE].isin(STATES)
    ]
    whole = whole[whole[c.STEP].isna() | whole[c.STEP].isin(steps)].copy()
    whole[[c.ACTIVE, c.CENSORING]] = whole[[c.ACTIVE, c.CENSORING]].fillna(0).astype(bool)
    return whole
