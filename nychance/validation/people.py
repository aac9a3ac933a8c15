"""Rules on persons: valid attributes, and one row each."""

from collections.abc import Iterator
from typing import Final

import pandas as pd

from nychance import columns as c
from nychance import tr
from nychance.register.states import ORIGINS, SEXES
from nychance.validation.inputs import LEADING_ZERO, Inputs, lacking
from nychance.validation.issue import (
    ERROR,
    FILES,
    PERSONS,
    ROWS,
    WARNING,
    Finding,
    about,
    rule,
    shown,
)

OLDEST: Final = 110


@rule(
    "no-number",
    ERROR,
    tr("Rows without a person number"),
    counts=ROWS,
    remedy=tr("Remove them or add the number"),
)
def without_number(inputs: Inputs) -> Iterator[Finding]:
    """Count rows without a person number."""
    if inputs.weeks and inputs.weeks.blank:
        yield Finding(inputs.tables[c.DREAM].file, inputs.weeks.blank, c.PERSON)
    for table in inputs.person_tables():
        blank = table.frame[c.PERSON].isna()
        if blank.any():
            yield Finding(
                table.file, int(blank.sum()), c.PERSON, row=int(blank.to_numpy().argmax()) + 2
            )


@rule(
    "person-twice",
    ERROR,
    tr("Persons who stand twice"),
    counts=PERSONS,
    remedy=tr("Keep one row per person"),
)
def twice(inputs: Inputs) -> Iterator[Finding]:
    """Count persons with two rows in DREAM, or two different ones among the records."""
    if inputs.weeks and inputs.weeks.twice:
        yield Finding(inputs.tables[c.DREAM].file, inputs.weeks.twice, c.PERSON)
    table = inputs.tables[c.PERSONS]
    rows = table.frame.drop_duplicates() if len(table.sources) > 1 else table.frame
    numbers = rows[c.PERSON].dropna() if c.PERSON in rows else pd.Series(dtype=str)
    repeated = int(numbers.duplicated().sum())
    if repeated:
        yield Finding(table.file, repeated, c.PERSON)


@rule(
    "number-type",
    ERROR,
    tr("Person numbers are numbers here, text elsewhere"),
    counts=FILES,
    remedy=tr("Write them as text everywhere, with leading zeros"),
)
def number_type(inputs: Inputs) -> Iterator[Finding]:
    """List tables whose person numbers are numbers, where others have text with leading zeros."""
    texts = [inputs.weeks.numbers] if inputs.weeks and not inputs.tables[c.DREAM].numeric else []
    texts += [table.frame[c.PERSON] for table in inputs.person_tables() if not table.numeric]
    if any(numbers.str.match(LEADING_ZERO).any() for numbers in texts if len(numbers)):
        yield from (
            Finding(table.file, 1, c.PERSON) for table in inputs.person_tables() if table.numeric
        )


@rule(
    "partly",
    WARNING,
    tr("Persons whom not all years' files have"),
    counts=PERSONS,
    remedy=tr("See whether they are missing; their weeks count as blank"),
)
def partly(inputs: Inputs) -> Iterator[Finding]:
    """Count persons whom some years' files have and others have not."""
    if inputs.weeks and inputs.weeks.partly:
        yield Finding(inputs.tables[c.DREAM].file, inputs.weeks.partly)


@rule(
    "no-record",
    WARNING,
    tr("Persons without a record"),
    counts=PERSONS,
    remedy=tr("Add them to persons; sex, age and origin are missing"),
)
def without_record(inputs: Inputs) -> Iterator[Finding]:
    """Count persons of DREAM without a record."""
    frame = inputs.tables[c.PERSONS].frame
    if c.PERSON in frame and len(frame):
        yield from _unmatched(inputs, inputs.numbers, frame[c.PERSON])


@rule(
    "no-row",
    WARNING,
    tr("Records of persons without a row in dream"),
    counts=PERSONS,
    remedy=tr("See whether dream is cut short; they do not count"),
)
def without_row(inputs: Inputs) -> Iterator[Finding]:
    """Count records of persons whom DREAM lacks."""
    frame = inputs.tables[c.PERSONS].frame
    if c.PERSON in frame and len(inputs.numbers):
        yield from _unmatched(inputs, frame[c.PERSON], inputs.numbers)


@rule(
    "over-110",
    WARNING,
    tr("Persons aged over 110"),
    counts=PERSONS,
    remedy=tr("Look in the source"),
)
def too_old(inputs: Inputs) -> Iterator[Finding]:
    """Count persons aged over 110 in the first week and not gone by then."""
    table = inputs.tables[c.PERSONS]
    if inputs.weeks and c.BIRTH_DATE in table.frame:
        born = table.column(c.BIRTH_DATE)
        limit = inputs.weeks.mondays[0] - pd.DateOffset(years=OLDEST)
        wrong = born < limit
        if wrong.any():
            yield Finding(table.file, int(wrong.sum()), c.BIRTH_DATE)


@rule(
    "born-later",
    WARNING,
    tr("Persons born after the extract's last week"),
    counts=PERSONS,
    remedy=tr("Look in the source"),
)
def born_later(inputs: Inputs) -> Iterator[Finding]:
    """Count persons born after the last week there is."""
    table = inputs.tables[c.PERSONS]
    if inputs.weeks and c.BIRTH_DATE in table.frame:
        wrong = table.column(c.BIRTH_DATE) > inputs.weeks.last_day
        if wrong.any():
            yield Finding(table.file, int(wrong.sum()), c.BIRTH_DATE)


@rule(
    "unknown-sex",
    WARNING,
    tr("Sex that is not M, K, 1 or 2"),
    counts=PERSONS,
    remedy=tr("Mend it; it counts as missing"),
)
def unknown_sex(inputs: Inputs) -> Iterator[Finding]:
    """Count persons with a sex that is not known."""
    table = inputs.tables[c.PERSONS]
    given = table.column(c.SEX).dropna().astype(str)
    yield from _odd(table.file, c.SEX, given, given.str.upper().isin(SEXES))


@rule(
    "unknown-origin",
    WARNING,
    tr("Origin that is not 1, 2 or 3"),
    counts=PERSONS,
    remedy=tr("Mend it; it counts as missing"),
)
def unknown_origin(inputs: Inputs) -> Iterator[Finding]:
    """Count persons with an origin that is not known."""
    table = inputs.tables[c.PERSONS]
    given = table.column(c.ORIGIN).dropna()
    yield from _odd(table.file, c.ORIGIN, given, given.isin(ORIGINS))


def _odd(
    file: str, column: str, given: "pd.Series[str]", known: "pd.Series[bool]"
) -> Iterator[Finding]:
    wrong = given[~known]
    if len(wrong):
        detail = about(len(wrong), len(given))
        row = int(wrong.index[0]) + 2
        yield Finding(file, len(wrong), column, shown(wrong.iloc[0]), row, detail)


def _unmatched(
    inputs: Inputs, numbers: "pd.Series[str]", others: "pd.Series[str]"
) -> Iterator[Finding]:
    """Count the person numbers that others lack."""
    missing = int(lacking(numbers, others).sum())
    if missing:
        detail = about(missing, len(numbers))
        yield Finding(inputs.tables[c.PERSONS].file, missing, c.PERSON, detail=detail)
