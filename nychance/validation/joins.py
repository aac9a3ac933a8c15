"""Rules on what is left when tables are joined and codes are mapped.

Where hardly anything is left, the report would be made from nothing: an error with the likely
cause. Where some is lost, a warning with the share.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
import pandas as pd

from evalbook.text.language import Text
from nychance import columns as c
from nychance import tr
from nychance.register.states import ORIGINS, SEXES
from nychance.validation.inputs import Inputs, Table, lacking
from nychance.validation.issue import (
    ERROR,
    NOTHING,
    PERSON_WEEKS,
    PERSONS,
    ROWS,
    VALUES,
    WARNING,
    Finding,
    about,
    rule,
    shown,
)

# Less than this part is hardly anything.
HARDLY: Final = 0.1
# A cause that explains this part of what does not match is taken for it.
MOST: Final = 0.5
ZEROS: Final = tr("leading zeros are lost: {here} characters here, {there} in dream")
SHORTENED: Final = tr("Excel has shortened them to numbers with an exponent")
OTHERS: Final = tr("other persons, or other pseudonyms: {here} characters here, {there} in dream")
# Ways in which the same number is written differently, and what becomes of it without them.
WAYS: Final[tuple[tuple[Text, Callable[["pd.Series[str]"], "pd.Series[str]"]], ...]] = (
    (tr("quotation marks around them"), lambda n: n.str.strip("'\"=\u2019`")),
    (tr("decimals after them, such as .0"), lambda n: n.str.replace(r"[.,]0+$", "", regex=True)),
    (tr("dashes or spaces in them"), lambda n: n.str.replace(r"[\s\-\u2013.]", "", regex=True)),
    (ZEROS, lambda n: n.str.lstrip("0")),
    (tr("capital and small letters"), lambda n: n.str.upper()),
)
SEVERAL: Final = tr("zeros, dashes, quotation marks or decimals in some files only")
CODES_ELSEWHEN: Final = tr("the mapping has these codes, but not in these weeks")
CODES_ELSEWHERE: Final = tr("the mapping has other codes, such as {code}")
STATBANK_ORIGINS: Final = tr(
    "StatBank's codes 5 (Danish origin), 4 (immigrant) and 3 (descendant) in place of 1, 2 and 3"
)
OTHER_AREAS: Final = tr("here {here}, in municipalities {there}")


def cause_of_mismatch(here: "pd.Series[str]", there: "pd.Series[str]") -> Text | None:
    """Return why person numbers do not match those of DREAM.

    Parameters
    ----------
    here, there : Series of str
        The numbers of a table and of DREAM, each once.

    Returns
    -------
    Text or None
        None if enough of them match and nothing explains those that do not.
    """
    if not len(here) or not len(there):
        return None
    mine, others = here[lacking(here, there)], there[lacking(there, here)]
    # Numbers that both lack cannot be the same, written in two ways.
    cause = _way(mine, others) if len(mine) and len(others) else None
    matched = len(here) - len(mine)
    if cause is None and matched >= HARDLY * min(len(here), len(there)):
        return None
    if cause is None:
        shortened = mine.str.fullmatch(r"\d[.,]\d+[eE]\+?\d+").mean() > MOST
        cause = SHORTENED if shortened else OTHERS
    usual = (str(numbers.str.len().mode().iloc[0]) for numbers in (here, there))
    return cause.format(**dict(zip(("here", "there"), usual, strict=True)))


def _way(mine: "pd.Series[str]", others: "pd.Series[str]") -> Text | None:
    """Return the way in which most of the numbers are written differently, if there is one."""
    explained = MOST * min(len(mine), len(others))
    together = mine, others
    for cause, written in WAYS:
        if _same(written(mine), written(others)) >= explained:
            return cause
        together = written(together[0]), written(together[1])
    return SEVERAL if _same(*together) >= explained else None


@rule(
    "numbers-differ",
    ERROR,
    tr("Person numbers that do not match those of dream"),
    counts=PERSONS,
    remedy=tr("Write person numbers alike in all files, as text"),
)
def numbers_differ(inputs: Inputs) -> Iterator[Finding]:
    """List tables whose person numbers are not written as DREAM's, or are other ones."""
    for file, numbers in _numbers_by_file(inputs):
        cause = cause_of_mismatch(numbers, inputs.numbers)
        if cause is not None:
            lost = int(lacking(numbers, inputs.numbers).sum())
            yield Finding(file, lost, c.PERSON, cause=cause)


@rule(
    "years-differ",
    ERROR,
    tr("Person numbers that do not match those of another year's file"),
    counts=PERSONS,
    remedy=tr("Write person numbers alike in all files, as text"),
)
def years_differ(inputs: Inputs) -> Iterator[Finding]:
    """List files of DREAM whose person numbers are not written as those of the first."""
    by_file = list(inputs.weeks.by_file.items()) if inputs.weeks else []
    for file, numbers in by_file[1:]:
        given, first = (n.dropna().drop_duplicates() for n in (numbers, by_file[0][1]))
        cause = cause_of_mismatch(given, first)
        if cause is not None:
            yield Finding(file, int(lacking(given, first).sum()), c.PERSON, cause=cause)


@rule(
    "nowhere",
    ERROR,
    tr("Hardly any row is of a municipality of the table municipalities"),
    counts=ROWS,
    remedy=tr("Use the same municipality codes in all tables"),
)
def nowhere(inputs: Inputs) -> Iterator[Finding]:
    """List tables whose municipalities are not those of the table of municipalities."""
    for table, wrong, known in _elsewhere(inputs):
        if wrong.mean() > 1 - HARDLY:
            given = table.frame[c.MUNICIPALITY]
            cause = OTHER_AREAS.format(here=_range(given), there=_range(known))
            example = shown(int(given[wrong].iloc[0]))
            row = int(wrong.to_numpy().argmax()) + 2
            yield Finding(table.file, int(wrong.sum()), c.MUNICIPALITY, example, row, cause=cause)


@rule(
    "elsewhere",
    WARNING,
    tr("Rows of municipalities that the table municipalities lacks"),
    counts=ROWS,
    remedy=tr("Add the municipalities; without them these rows do not count"),
)
def elsewhere(inputs: Inputs) -> Iterator[Finding]:
    """Count rows of municipalities that the table of municipalities lacks."""
    for table, wrong, _ in _elsewhere(inputs):
        if wrong.any() and wrong.mean() <= 1 - HARDLY:
            example = shown(int(table.frame.loc[wrong, c.MUNICIPALITY].iloc[0]))
            row = int(wrong.to_numpy().argmax()) + 2
            count = int(wrong.sum())
            yield Finding(table.file, count, c.MUNICIPALITY, example, row, about(count, len(wrong)))


@rule(
    "values-lost",
    ERROR,
    tr("Hardly any value has a known meaning"),
    counts=VALUES,
    remedy=tr("Translate the values to those that data/README.md lists"),
)
def values_lost(inputs: Inputs) -> Iterator[Finding]:
    """List columns on persons of which hardly any value is known."""
    table = inputs.tables[c.PERSONS]
    for column, known in ((c.SEX, SEXES), (c.ORIGIN, ORIGINS)):
        given = table.column(column).dropna()
        values = given.astype(str).str.upper() if column == c.SEX else given
        wrong = given[~values.isin(list(known))]
        statbank = column == c.ORIGIN and set(wrong.unique()) <= {4, 5} and len(wrong) > 0
        if len(given) and (len(wrong) > (1 - HARDLY) * len(given) or statbank):
            cause = STATBANK_ORIGINS if statbank else NOTHING
            example = wrong.iloc[0]
            example = int(example) if isinstance(example, float) else example
            row = int(wrong.index[0]) + 2
            yield Finding(table.file, len(wrong), column, shown(example), row, cause=cause)


@rule(
    "mostly-blank",
    WARNING,
    tr("Hardly any value is given"),
    counts=VALUES,
    remedy=tr("See whether the column was exported"),
)
def mostly_blank(inputs: Inputs) -> Iterator[Finding]:
    """List columns that most of a report rests on and that are nearly all blank."""
    wanted = {
        c.PERSONS: (c.SEX, c.BIRTH_DATE, c.ORIGIN),
        c.RESIDENCE: (c.MUNICIPALITY,),
        c.MATCH: (c.MATCH_CATEGORY,),
        c.CODES: (c.STATE,),
    }
    for name, columns in wanted.items():
        table = inputs.tables[name]
        unreadable = {column for (_, column), cells in table.unreadable.items() if cells.count}
        for column in set(columns) & set(table.frame) - unreadable:
            blank = table.frame[column].isna()
            if len(blank) and blank.mean() > 1 - HARDLY:
                count = int(blank.sum())
                yield Finding(table.file, count, column, detail=about(count, len(blank)))


@rule(
    "codes-lost",
    ERROR,
    tr("Hardly any week's code has a meaning in the code mapping"),
    counts=PERSON_WEEKS,
    remedy=tr("Use the code mapping that belongs to the extract"),
)
def codes_lost(inputs: Inputs) -> Iterator[Finding]:
    """Report a code mapping that fits hardly any of DREAM's codes."""
    weeks = inputs.weeks
    lost = sum(count for count, _ in weeks.unknown.values()) if weeks else 0
    if not weeks or not lost or lost <= (1 - HARDLY) * weeks.coded:
        return
    table = inputs.tables[c.CODES]
    known = table.column(c.CODE).dropna()
    most = max(weeks.unknown, key=lambda code: weeks.unknown[code][0])
    if known.isin(list(weeks.unknown)).any():
        cause = CODES_ELSEWHEN
    else:
        first = known.iloc[0] if len(known) else 0
        cause = CODES_ELSEWHERE.format(code=shown(int(first) if first == first // 1 else first))
    yield Finding(table.file, lost, c.CODE, shown(most), cause=cause if len(known) else NOTHING)


def _same(some: "pd.Series[str]", others: "pd.Series[str]") -> int:
    return int(some.isin(set(others)).sum())


def _numbers_by_file(inputs: Inputs) -> Iterator[tuple[str, "pd.Series[str]"]]:
    if len(inputs.numbers):
        for table in inputs.person_tables():
            yield table.file, table.frame[c.PERSON].dropna().drop_duplicates()


def _elsewhere(inputs: Inputs) -> Iterator[tuple[Table, "pd.Series[bool]", "pd.Series[Any]"]]:
    known = inputs.tables[c.MUNICIPALITIES].column(c.MUNICIPALITY).dropna()
    for name in (c.RESIDENCE, c.POPULATION):
        table = inputs.tables[name]
        given = table.column(c.MUNICIPALITY)
        if len(known) and given.notna().any():
            yield table, given.notna() & ~given.isin(known), known


def _range(codes: "pd.Series[Any]") -> str:
    least, greatest = np.nanmin(codes), np.nanmax(codes)
    return f"{least:.0f}-{greatest:.0f}" if least != greatest else f"{least:.0f}"
