"""Rules on the code mapping."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from nychance import columns as c
from nychance import tr
from nychance.register import meanings
from nychance.register.states import STATES
from nychance.validation.inputs import Inputs
from nychance.validation.issue import ERROR, ROWS, Finding, rule, shown


@rule(
    "mapping-code",
    ERROR,
    tr("The code is no whole number from 1 to 32767"),
    counts=ROWS,
    remedy=tr("Mend the code"),
)
def code(inputs: Inputs) -> Iterator[Finding]:
    """Count rows whose code is no whole number; text is another rule's."""
    given = inputs.tables[c.CODES].column(c.CODE)
    values = pd.to_numeric(given, errors="coerce")
    readable = (
        sum(
            cells.count
            for (_, column), cells in inputs.tables[c.CODES].unreadable.items()
            if column == c.CODE
        )
        == 0
    )
    wrong = ~(values.between(1, np.iinfo(np.int16).max) & (values == values.round())) & (
        given.notna() | readable
    )
    yield from _rows(inputs, c.CODE, wrong)


@rule(
    "mapping-state",
    ERROR,
    tr("Unknown state"),
    counts=ROWS,
    remedy=tr("Use a state of data/codes/README.md"),
)
def state(inputs: Inputs) -> Iterator[Finding]:
    """Count rows whose state is not known."""
    yield from _rows(inputs, c.STATE, ~inputs.tables[c.CODES].column(c.STATE).isin(STATES))


@rule(
    "mapping-step",
    ERROR,
    tr("Unknown step"),
    counts=ROWS,
    remedy=tr("Use the plan's keys in data/plan/targets.yml"),
)
def step(inputs: Inputs) -> Iterator[Finding]:
    """Count rows whose step is none of the plan's."""
    given = inputs.tables[c.CODES].column(c.STEP)
    yield from _rows(inputs, c.STEP, given.notna() & ~given.isin(inputs.steps))


@rule(
    "mapping-flag",
    ERROR,
    tr("active or censoring is not 0 or 1"),
    counts=ROWS,
    remedy=tr("Write 0 or 1"),
)
def flag(inputs: Inputs) -> Iterator[Finding]:
    """Count rows whose flags are not 0 or 1."""
    for name in (c.ACTIVE, c.CENSORING):
        yield from _rows(inputs, name, ~inputs.tables[c.CODES].column(name).isin([0, 1]))


@rule(
    "mapping-backwards",
    ERROR,
    tr("Validity that ends before it begins"),
    counts=ROWS,
    remedy=tr("Mend the dates"),
)
def backwards(inputs: Inputs) -> Iterator[Finding]:
    """Count rows whose validity ends before it begins."""
    frame = inputs.tables[c.CODES].frame
    if {c.VALID_FROM, c.VALID_TO} <= set(frame):
        yield from _rows(inputs, c.VALID_TO, frame[c.VALID_TO] < frame[c.VALID_FROM])


@rule(
    "mapping-overlap",
    ERROR,
    tr("The code has two meanings in the same week"),
    counts=ROWS,
    remedy=tr("Let the validities follow each other"),
)
def overlap(inputs: Inputs) -> Iterator[Finding]:
    """Count rows that hold in a time for which the same code has another row."""
    frame = inputs.tables[c.CODES].frame
    if c.CODE in frame and len(frame):
        known = frame[frame[c.CODE].notna()].reset_index(drop=True)
        yield from _rows(inputs, c.CODE, pd.Series(meanings.overlapping(known), index=known.index))


def _rows(inputs: Inputs, column: str, wrong: "pd.Series[bool]") -> Iterator[Finding]:
    table = inputs.tables[c.CODES]
    found = np.flatnonzero(wrong.to_numpy(dtype=bool))
    if len(found) and column in table.frame:
        value = table.column(column).iloc[found[0]]
        example = (
            ""
            if pd.isna(value)
            else shown(int(value) if isinstance(value, float) and value == value // 1 else value)
        )
        yield Finding(table.file, len(found), column, example, int(found[0]) + 2)
