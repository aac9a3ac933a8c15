"""From transfer codes to situations, by the code mapping of the extract."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.errors import DataError
from nychance import columns as c
from nychance import extract
from nychance.definitions import Evaluation
from nychance.register.runs import Runs, runs_by_week
from nychance.register.states import BLANK, NO_STEP, STATES, UNMAPPED, Meaning, Situations

# Every code that an int16 can hold.
CODES: Final = 1 << 16
# The first situation is a blank week, the second a code that the mapping lacks in that week.
UNKNOWN: Final = 1
NEVER: Final = np.iinfo(np.int16).max
# ISO counts a week to the year that its Thursday lies in; a code means what the mapping says of
# that day.
THURSDAY: Final = pd.Timedelta(days=3)


@dataclass(frozen=True)
class Meanings:
    """What the codes of an extract mean, week by week.

    Attributes
    ----------
    situations : Situations
        The first is a blank week, the second a code that the mapping lacks in that week.
    places : array of uint8, shape (versions, 65536)
        The place among the situations of each code, counted modulo 65,536, by version of the
        mapping.
    version : array of int64, shape (weeks,)
        The version in force in each week.
    """

    situations: Situations
    places: NDArray[np.uint8]
    version: NDArray[np.int64]

    def spells(self, weeks: Iterable[NDArray[np.int16]]) -> "Spells":
        """Find the spells of the codes of each week, shape (persons,), and look them up.

        A new version begins new ones.
        """
        runs, code = runs_by_week(
            weeks, breaks=(np.flatnonzero(np.diff(self.version)) + 1).tolist()
        )
        row = (self.version * CODES).take(runs.first)
        return Spells(runs, code, self.places.ravel().take(row + code.view(np.uint16)))


class Spells(NamedTuple):
    """Spells of one code in one version of the mapping, in the order of persons and weeks.

    Attributes
    ----------
    runs : Runs
        Every week of every person is in one of them.
    code : array of int16, shape (runs,)
    situation : array of uint8, shape (runs,)
        The place of the code's meaning among the situations.
    """

    runs: Runs
    code: NDArray[np.int16]
    situation: NDArray[np.uint8]

    @classmethod
    def joined(cls, parts: Sequence["Spells"], persons: Sequence[int]) -> "Spells":
        """Join the spells of parts with so many persons each."""
        if len(parts) == 1:
            return parts[0]
        begins = np.cumsum([0, *persons[:-1]], dtype=np.int32)
        rows = [part.runs.person + begin for part, begin in zip(parts, begins, strict=True)]
        person, first, weeks, code, situation = (
            np.concatenate(column)
            for column in (
                rows,
                *zip(
                    *((p.runs.first, p.runs.weeks, p.code, p.situation) for p in parts), strict=True
                ),
            )
        )
        return cls(Runs(person, first, weeks), code, situation)

    def unknown(self) -> pd.DataFrame:
        """Return `count` (person-weeks) and `first` week of each code that the mapping lacks."""
        lacking = self.situation == UNKNOWN
        codes, place = np.unique(self.code[lacking], return_inverse=True)
        count, first = (
            np.zeros(len(codes), dtype=np.int64),
            np.full(len(codes), NEVER, dtype=np.int64),
        )
        np.add.at(count, place, self.runs.weeks[lacking])
        np.minimum.at(first, place, self.runs.first[lacking])
        return pd.DataFrame({"count": count, "first": first}, index=codes)


def read(folder: Path, the_plan: Evaluation, weeks: pd.DatetimeIndex) -> Meanings:
    """Read the code mapping.

    Parameters
    ----------
    weeks : DatetimeIndex
        The Mondays for which it is needed.

    Raises
    ------
    DataError
        For a state or a step that is not known, or a code that means two things in the same week.
    """
    frame = extract.read(folder, c.CODES)
    path = extract.files_of(folder, c.CODES)[0]
    steps = [step.key for step in the_plan.staircase]
    for column, known in ((c.STATE, list(STATES)), (c.STEP, steps)):
        wrong = frame[frame[column].notna() & ~frame[column].isin(known)]
        if len(wrong):
            raise DataError(
                f"row {wrong.index[0] + 2}, column {column!r}: {wrong[column].iloc[0]!r} is not "
                "known",
                where=path,
                remedy=f"Use one of {', '.join(known)}",
            )
    twice = overlapping(frame)
    if twice.any():
        raise DataError(
            f"the code {frame.loc[twice, c.CODE].iloc[0]} stands twice in the same period",
            where=path,
            remedy="Keep one row per code and period",
        )
    return of(frame, steps, weeks)


def of(frame: pd.DataFrame, steps: list[str], weeks: pd.DatetimeIndex) -> Meanings:
    """Return the look-up of codes in some weeks, from a mapping without issues."""
    meanings = [
        Meaning(
            STATES.index(state),
            bool(active),
            steps.index(step) if isinstance(step, str) else NO_STEP,
            bool(gone),
        )
        for state, active, step, gone in frame[[c.STATE, c.ACTIVE, c.STEP, c.CENSORING]].itertuples(
            index=False
        )
    ]
    kinds = (BLANK, UNMAPPED, *sorted(set(meanings) - {BLANK, UNMAPPED}))
    place = np.array([kinds.index(meaning) for meaning in meanings], dtype=np.uint8)
    begins, ends = validity(frame)
    days = (weeks + THURSDAY).to_numpy(dtype="datetime64[s]")
    valid = (begins <= days[:, None]) & (days[:, None] <= ends)
    versions, version = np.unique(valid, axis=0, return_inverse=True)
    places = np.full((len(versions), CODES), UNKNOWN, dtype=np.uint8)
    places[:, 0] = 0
    codes = frame[c.CODE].to_numpy(dtype=np.int64)
    for row, rows in zip(places, versions, strict=True):
        row[codes[rows]] = place[rows]
    return Meanings(Situations.of(kinds), places, version.reshape(-1))


def validity(frame: pd.DataFrame) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    """Return the first and the last day of each row of a mapping.

    Where they are blank, days beyond all others.
    """
    limits = {
        c.VALID_FROM: np.datetime64("0001-01-01", "s"),
        c.VALID_TO: np.datetime64("9999-12-31", "s"),
    }
    begins, ends = (
        frame[name].astype("datetime64[s]").fillna(beyond).to_numpy(dtype="datetime64[s]")
        if name in frame
        else np.full(len(frame), beyond)
        for name, beyond in limits.items()
    )
    return begins, ends


def overlapping(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which rows of a mapping begin before an earlier row of the same code ends."""
    begins, ends = validity(frame)
    code = frame[c.CODE].to_numpy(dtype=float)
    order = np.lexsort((ends, begins, code))
    latest = pd.Series(ends[order]).groupby(code[order]).cummax().to_numpy()
    found = np.zeros(len(frame), dtype=bool)
    if len(frame):
        found[order[1:]] = (code[order[1:]] == code[order[:-1]]) & (
            begins[order[1:]] <= latest[:-1]
        )
    return found
