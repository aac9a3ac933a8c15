"""Rules on the code mapping."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from nychance import columns as c
from nychance.register import meanings
from nychance.register.states import STATES
from nychance.validation.inputs import Inputs
from nychance.validation.issue import Finding, shown


def code(evidence: Inputs) -> Iterator[Finding]:
    """Count rows whose code is no whole number; what is no number at all is told elsewhere."""
    given = evidence.tables[c.CODES].column(c.CODE)
    values = pd.to_numeric(given, errors="coerce")
    readable = (
        sum(
            cells.count
            for (_, column), cells in evidence.tables[c.CODES].unreadable.items()
            if column == c.CODE
        )
        == 0
    )
    wrong = ~(values.between(1, np.iinfo(np.int16).max) & (values == values.round())) & (
        given.notna() | readable
    )
    yield from _rows(evidence, c.CODE, wrong)


def state(evidence: Inputs) -> Iterator[Finding]:
    """Count rows whose state is not known."""
    yield from _rows(evidence, c.STATE, ~evidence.tables[c.CODES].column(c.STATE).isin(STATES))


def step(evidence: Inputs) -> Iterator[Finding]:
    """Count rows whose step is none of the plan's."""
    given = evidence.tables[c.CODES].column(c.STEP)
    yield from _rows(evidence, c.STEP, given.notna() & ~given.isin(evidence.steps))


def flag(evidence: Inputs) -> Iterator[Finding]:
    """Count rows whose flags are not 0 or 1."""
    for name in (c.ACTIVE, c.CENSORING):
        yield from _rows(evidence, name, ~evidence.tables[c.CODES].column(name).isin([0, 1]))


def backwards(evidence: Inputs) -> Iterator[Finding]:
    """Count rows whose validity ends before it begins."""
    frame = evidence.tables[c.CODES].frame
    if {c.VALID_FROM, c.VALID_TO} <= set(frame):
        yield from _rows(evidence, c.VALID_TO, frame[c.VALID_TO] < frame[c.VALID_FROM])


def overlap(evidence: Inputs) -> Iterator[Finding]:
    """Count rows that hold in a time for which the same code has another row."""
    frame = evidence.tables[c.CODES].frame
    if c.CODE in frame and len(frame):
        known = frame[frame[c.CODE].notna()].reset_index(drop=True)
        yield from _rows(
            evidence, c.CODE, pd.Series(meanings.overlapping(known), index=known.index)
        )


def _rows(evidence: Inputs, column: str, wrong: "pd.Series[bool]") -> Iterator[Finding]:
    table = evidence.tables[c.CODES]
    found = np.flatnonzero(wrong.to_numpy(dtype=bool))
    if len(found) and column in table.frame:
        value = table.column(column).iloc[found[0]]
        told = (
            ""
            if pd.isna(value)
            else shown(int(value) if isinstance(value, float) and value == value // 1 else value)
        )
        yield Finding(table.file, len(found), column, told, int(found[0]) + 2)
