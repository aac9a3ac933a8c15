"""From transfer codes to situations, by the code mapping of the extract."""

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


@dataclass(frozen=True)
class Meanings:
    """What the codes of an extract mean.

    Attributes
    ----------
    situations : Situations
        The first is a blank week, the second a code that the mapping lacks.
    place : array of uint8, shape (65536,)
        The place among the situations of each code, counted modulo 65,536.
    """

    situations: Situations
    place: NDArray[np.uint8]

    def situation(self, codes: NDArray[np.int16]) -> NDArray[np.uint8]:
        """Look codes up, shape (persons, weeks)."""
        return self.place[codes.view(np.uint16)]

    def unknown(self, codes: NDArray[np.int16], situation: NDArray[np.uint8]) -> "pd.Series[int]":
        """Count the person-weeks of each code that the mapping lacks."""
        present, counts = np.unique(codes[situation == 1], return_counts=True)
        return pd.Series(counts, index=present, dtype=np.int64)


def read(folder: Path, the_plan: Plan) -> Meanings:
    """Read the code mapping; raises `DataError` for a state or a step that is not known, or a code that stands twice."""
    frame = extract.read(folder, c.CODES)
    path = extract.table_path(folder, c.CODES)
    steps = [step.key for step in the_plan.staircase]
    for column, known in ((c.STATE, list(STATES)), (c.STEP, steps)):
        wrong = frame[frame[column].notna() & ~frame[column].isin(known)]
        if len(wrong):
            raise DataError(
                f"row {wrong.index[0] + 2}, column {column!r}: {wrong[column].iloc[0]!r} is not known",
                where=path,
                remedy=f"Use one of {', '.join(known)}",
            )
    if frame[c.CODE].duplicated().any():
        code = frame.loc[frame[c.CODE].duplicated(), c.CODE].iloc[0]
        raise DataError(f"the code {code} stands twice", where=path, remedy="Keep one row per code")
    meanings = {
        int(code): Meaning(STATES.index(state), bool(active), steps.index(step) if isinstance(step, str) else NO_STEP, bool(gone))
        for code, state, active, step, gone in frame[[c.CODE, c.STATE, c.ACTIVE, c.STEP, c.CENSORING]].itertuples(index=False)
    }
    kinds = (BLANK, UNMAPPED, *sorted(set(meanings.values()) - {BLANK, UNMAPPED}))
    place = np.full(CODES, 1, dtype=np.uint8)
    place[0] = 0
    place[list(meanings)] = [kinds.index(meaning) for meaning in meanings.values()]
    return Meanings(Situations.of(kinds), place)
