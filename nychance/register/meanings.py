"""From transfer codes to situations, by the code mapping of the extract."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nychance import columns as c
from nychance import extract
from nychance.errors import DataError
from nychance.plan import Plan
from nychance.register.states import BLANK, NO_STEP, STATES, UNMAPPED, Meaning, Situations

# Every code that an int16 can hold.
CODES: Final = 1 << 16
# The first situation is a blank week, the second a code that the mapping lacks in that week.
UNKNOWN: Final = 1
# ISO counts a week to the year that its Thursday lies in; a code means what the mapping says of that day.
THURSDAY: Final = pd.Timedelta(days=3)


@dataclass(frozen=True)
class Meanings:
    """What the codes of an extract mean, week by week.

    Attributes
    ----------
    situations : Situations
        The first is a blank week, the second a code that the mapping lacks in that week.
    places : array of uint8, shape (versions, 65536)
        The place among the situations of each code, counted modulo 65,536, by version of the mapping.
    version : array of int64, shape (weeks,)
        The version in force in each week.
    """

    situations: Situations
    places: NDArray[np.uint8]
    version: NDArray[np.int64]

    def situation(self, codes: NDArray[np.int16]) -> NDArray[np.uint8]:
        """Look codes up, shape (weeks, persons)."""
        found = np.empty(codes.shape, dtype=np.uint8)
        for version, first, last in self._stretches():
            place = self.places[version]
            place.take(codes[first].view(np.uint16), out=found[first], mode="clip")
            for week in range(first + 1, last):
                # Few codes differ from those of the week before; only they are looked up.
                found[week] = found[week - 1]
                changed = np.flatnonzero(codes[week] != codes[week - 1])
                found[week, changed] = place[codes[week, changed].view(np.uint16)]
        return found

    def _stretches(self) -> Iterator[tuple[int, int, int]]:
        """List runs of weeks with one version: the version, the first week, the week after the last."""
        ends = [*(np.flatnonzero(np.diff(self.version)) + 1).tolist(), len(self.version)]
        for first, last in zip([0, *ends[:-1]], ends, strict=True):
            if last > first:
                yield int(self.version[first]), first, last


def unknown(codes: NDArray[np.int16], situation: NDArray[np.uint8]) -> "pd.Series[int]":
    """Count the person-weeks of each code that the mapping lacks."""
    lacking = situation == UNKNOWN
    present, counts = np.unique(codes[lacking] if lacking.any() else [], return_counts=True)
    return pd.Series(counts, index=present, dtype=np.int64)


def read(folder: Path, the_plan: Plan, weeks: pd.DatetimeIndex) -> Meanings:
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
                f"row {wrong.index[0] + 2}, column {column!r}: {wrong[column].iloc[0]!r} is not known",
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
    """Lay a mapping without faults out for looking codes up in some weeks."""
    meanings = [
        Meaning(STATES.index(state), bool(active), steps.index(step) if isinstance(step, str) else NO_STEP, bool(gone))
        for state, active, step, gone in frame[[c.STATE, c.ACTIVE, c.STEP, c.CENSORING]].itertuples(index=False)
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
    """Give the first and the last day of each row of a mapping; where they are blank, days beyond all others."""
    limits = {c.VALID_FROM: np.datetime64("0001-01-01", "s"), c.VALID_TO: np.datetime64("9999-12-31", "s")}
    begins, ends = (
        frame[name].astype("datetime64[s]").fillna(beyond).to_numpy(dtype="datetime64[s]")
        if name in frame else np.full(len(frame), beyond)
        for name, beyond in limits.items()
    )  # fmt: skip
    return begins, ends


def overlapping(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which rows of a mapping begin before an earlier row of the same code has ended."""
    begins, ends = validity(frame)
    code = frame[c.CODE].to_numpy(dtype=float)
    order = np.lexsort((ends, begins, code))
    latest = pd.Series(ends[order]).groupby(code[order]).cummax().to_numpy()
    found = np.zeros(len(frame), dtype=bool)
    if len(frame):
        found[order[1:]] = (code[order[1:]] == code[order[:-1]]) & (begins[order[1:]] <= latest[:-1])
    return found
