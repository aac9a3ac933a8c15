"""Rules on persons: who they are, and that each stands once."""

from collections.abc import Iterator
from typing import Final

import pandas as pd

from nychance import columns as c
from nychance.register.states import ORIGINS, SEXES
from nychance.validation.inputs import LEADING_ZERO, Inputs, lacking
from nychance.validation.issue import Finding, shown

OLDEST: Final = 110


def without_number(evidence: Inputs) -> Iterator[Finding]:
    """Count rows without a person number."""
    if evidence.weeks and evidence.weeks.blank:
        yield Finding(evidence.tables[c.DREAM].file, evidence.weeks.blank, c.PERSON)
    for table in evidence.person_tables():
        blank = table.frame[c.PERSON].isna()
        if blank.any():
            yield Finding(
                table.file, int(blank.sum()), c.PERSON, row=int(blank.to_numpy().argmax()) + 2
            )


def twice(evidence: Inputs) -> Iterator[Finding]:
    """Count persons with two rows in DREAM, or two different ones among the records."""
    if evidence.weeks and evidence.weeks.twice:
        yield Finding(evidence.tables[c.DREAM].file, evidence.weeks.twice, c.PERSON)
    table = evidence.tables[c.PERSONS]
    rows = table.frame.drop_duplicates() if len(table.sources) > 1 else table.frame
    numbers = rows[c.PERSON].dropna() if c.PERSON in rows else pd.Series(dtype=str)
    repeated = int(numbers.duplicated().sum())
    if repeated:
        yield Finding(table.file, repeated, c.PERSON)


def number_type(evidence: Inputs) -> Iterator[Finding]:
    """List tables whose person numbers are numbers, where others have text with leading zeros."""
    texts = (
        [evidence.weeks.numbers] if evidence.weeks and not evidence.tables[c.DREAM].numeric else []
    )
    texts += [table.frame[c.PERSON] for table in evidence.person_tables() if not table.numeric]
    if any(numbers.str.match(LEADING_ZERO).any() for numbers in texts if len(numbers)):
        yield from (
            Finding(table.file, 1, c.PERSON) for table in evidence.person_tables() if table.numeric
        )


def partly(evidence: Inputs) -> Iterator[Finding]:
    """Count persons whom some years' files have and others have not."""
    if evidence.weeks and evidence.weeks.partly:
        yield Finding(evidence.tables[c.DREAM].file, evidence.weeks.partly)


def without_record(evidence: Inputs) -> Iterator[Finding]:
    """Count persons of DREAM without a record."""
    table = evidence.tables[c.PERSONS]
    if c.PERSON in table.frame and len(table.frame):
        missing = int(lacking(evidence.numbers, table.frame[c.PERSON]).sum())
        if missing:
            yield Finding(table.file, missing, c.PERSON)


def without_row(evidence: Inputs) -> Iterator[Finding]:
    """Count records of persons whom DREAM lacks."""
    table = evidence.tables[c.PERSONS]
    if c.PERSON in table.frame and len(evidence.numbers):
        missing = int(lacking(table.frame[c.PERSON], evidence.numbers).sum())
        if missing:
            yield Finding(table.file, missing, c.PERSON)


def too_old(evidence: Inputs) -> Iterator[Finding]:
    """Count persons aged over 110 in the first week and not gone by then."""
    table = evidence.tables[c.PERSONS]
    if evidence.weeks and c.BIRTH_DATE in table.frame:
        born = table.column(c.BIRTH_DATE)
        limit = evidence.weeks.mondays[0] - pd.DateOffset(years=OLDEST)
        wrong = born < limit
        if wrong.any():
            yield Finding(table.file, int(wrong.sum()), c.BIRTH_DATE)


def born_later(evidence: Inputs) -> Iterator[Finding]:
    """Count persons born after the last week there is."""
    table = evidence.tables[c.PERSONS]
    if evidence.weeks and c.BIRTH_DATE in table.frame:
        wrong = table.column(c.BIRTH_DATE) > evidence.weeks.last_day
        if wrong.any():
            yield Finding(table.file, int(wrong.sum()), c.BIRTH_DATE)


def unknown_sex(evidence: Inputs) -> Iterator[Finding]:
    """Count persons with a sex that is not known."""
    table = evidence.tables[c.PERSONS]
    given = table.column(c.SEX).dropna().astype(str)
    yield from _odd(table.file, c.SEX, given, given.str.upper().isin(SEXES))


def unknown_origin(evidence: Inputs) -> Iterator[Finding]:
    """Count persons with an origin that is not known."""
    table = evidence.tables[c.PERSONS]
    given = table.column(c.ORIGIN).dropna()
    yield from _odd(table.file, c.ORIGIN, given, given.isin(ORIGINS))


def _odd(
    file: str, column: str, given: "pd.Series[str]", known: "pd.Series[bool]"
) -> Iterator[Finding]:
    wrong = given[~known]
    if len(wrong):
        yield Finding(file, len(wrong), column, shown(wrong.iloc[0]), int(wrong.index[0]) + 2)
