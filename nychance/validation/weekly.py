"""Rules on DREAM's weeks."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import chain, pairwise
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nychance import columns as c
from nychance import tr
from nychance.register.weeks import is_week, week_name, week_start, weekly
from nychance.validation.inputs import Inputs
from nychance.validation.issue import (
    COLUMNS,
    ERROR,
    FILES,
    PERSON_WEEKS,
    PERSONS,
    ROWS,
    WARNING,
    WEEKS,
    Finding,
    about,
    rule,
)

SINCE: Final = tr("{code}, first in {week}")
OTHERS: Final = tr("{count} other codes")
LACKING: Final = tr("the weeks from {first} to {last} are not in it")
# The most frequent ones are listed one by one.
CODES_LISTED: Final = 20


@rule(
    "no-weeks",
    ERROR,
    tr("No weeks"),
    counts=FILES,
    remedy=tr("Add the columns y_YYWW, or code, start and end"),
)
def none(inputs: Inputs) -> Iterator[Finding]:
    """Report a table without weekly columns and without spells."""
    table = inputs.tables[c.DREAM]
    if (
        table.names
        and not {c.CODE, c.START, c.END} <= set(table.frame)
        and not _good(_all_names(inputs))
    ):
        yield Finding(table.file, 1)


@rule(
    "impossible-week",
    ERROR,
    tr("A week that there is not"),
    counts=COLUMNS,
    remedy=tr("Mend the column's name or remove it"),
)
def impossible(inputs: Inputs) -> Iterator[Finding]:
    """List weekly columns that name no week of the calendar."""
    for file, names in inputs.tables[c.DREAM].names.items():
        yield from (Finding(file, 1, name) for name in weekly(names) if not is_week(name))


@rule(
    "week-twice",
    ERROR,
    tr("The week is there twice"),
    counts=COLUMNS,
    remedy=tr("Keep one of the columns"),
)
def twice(inputs: Inputs) -> Iterator[Finding]:
    """List weeks with two columns; where a file is there twice, in one file each."""
    table = inputs.tables[c.DREAM]
    for names in table.names.values() if table.twice else [_all_names(inputs)]:
        times = Counter(week_start(name) for name in _good(names))
        yield from (
            Finding(table.file, count, week_name(monday))
            for monday, count in sorted(times.items())
            if count > 1
        )


@rule(
    "week-gap",
    ERROR,
    tr("Weeks are missing"),
    counts=WEEKS,
    remedy=tr("Add the weeks; blank is a value, too"),
)
def gap(inputs: Inputs) -> Iterator[Finding]:
    """List gaps between weekly columns."""
    mondays = sorted({week_start(name) for name in _good(_all_names(inputs))})
    for before, after in pairwise(mondays):
        missing = (after - before).days // 7 - 1
        if missing:
            yield Finding(
                inputs.tables[c.DREAM].file, missing, f"{week_name(before)} - {week_name(after)}"
            )


@rule(
    "ends-early",
    WARNING,
    tr("The extract ends before the checkpoint"),
    counts=WEEKS,
    remedy=tr("Order a later extract"),
)
def ends_early(inputs: Inputs) -> Iterator[Finding]:
    """Count the weeks by which the extract ends before the checkpoint, as the plan allows."""
    if 0 < _lacking(inputs) <= inputs.plan.definitions.weeks_lacking:
        yield _end(inputs)


@rule(
    "ends-too-early",
    ERROR,
    tr("The extract ends well before the checkpoint"),
    counts=WEEKS,
    remedy=tr(
        "Order a later extract, or allow more with weeks_lacking among the plan's definitions"
    ),
)
def ends_too_early(inputs: Inputs) -> Iterator[Finding]:
    """Count the weeks by which the extract ends before the checkpoint, if too many."""
    if _lacking(inputs) > inputs.plan.definitions.weeks_lacking:
        yield _end(inputs)


@rule(
    "unknown-code",
    WARNING,
    tr("Code without a meaning in the code mapping"),
    counts=PERSON_WEEKS,
    remedy=tr("Add the code to codes; its weeks count as unknown"),
)
def unknown_codes(inputs: Inputs) -> Iterator[Finding]:
    """List codes that the mapping lacks in the weeks in which they stand."""
    if not inputs.weeks:
        return
    file = inputs.tables[c.DREAM].file
    by_size = sorted(inputs.weeks.unknown.items(), key=lambda entry: (-entry[1][0], entry[0]))
    for code, (count, first) in by_size[:CODES_LISTED]:
        since = week_name(inputs.weeks.mondays[first].date())
        yield Finding(
            file, count, since, str(code), detail=SINCE.format(code=str(code), week=since)
        )
    rest = by_size[CODES_LISTED:]
    if rest:
        yield Finding(
            file, sum(count for _, (count, _) in rest), detail=OTHERS.format(count=str(len(rest)))
        )


@rule(
    "after-the-end",
    WARNING,
    tr("A transfer after death or emigration"),
    counts=PERSONS,
    remedy=tr("Look in the source; these weeks do not count"),
)
def after_the_end(inputs: Inputs) -> Iterator[Finding]:
    """Count persons with a transfer after they died or emigrated."""
    if inputs.weeks and inputs.weeks.returned:
        yield Finding(inputs.tables[c.DREAM].file, inputs.weeks.returned)


@rule(
    "spells-overlap",
    ERROR,
    tr("Spells that overlap"),
    counts=ROWS,
    remedy=tr("End the earlier spell before the later one begins"),
)
def overlaps(inputs: Inputs) -> Iterator[Finding]:
    """Count spells that begin before an earlier one of the same person has ended."""
    if inputs.weeks and len(inputs.weeks.overlaps):
        yield _of_spells(inputs, inputs.weeks.overlaps)


@rule(
    "spells-share-week",
    WARNING,
    tr("Spells that begin in the week in which another ends"),
    counts=ROWS,
    remedy=tr("A week has one code: that of the spell that began last"),
)
def sharing(inputs: Inputs) -> Iterator[Finding]:
    """Count spells that begin in the week in which one of another code ends."""
    if inputs.weeks and len(inputs.weeks.sharing):
        rows = len(inputs.tables[c.DREAM].frame)
        share = about(len(inputs.weeks.sharing), rows)
        yield replace(_of_spells(inputs, inputs.weeks.sharing), detail=share)


@rule(
    "spell-backwards",
    ERROR,
    tr("Spells that end before they start"),
    counts=ROWS,
    remedy=tr("Mend or remove them"),
)
def backwards(inputs: Inputs) -> Iterator[Finding]:
    """Count spells that end before they start."""
    frame = inputs.tables[c.DREAM].frame
    if {c.START, c.END} <= set(frame):
        wrong = frame[c.END] < frame[c.START]
        if wrong.any():
            yield Finding(inputs.tables[c.DREAM].file, int(wrong.sum()), c.END)


def _lacking(inputs: Inputs) -> int:
    """Return how many weeks an extract lacks up to the checkpoint; 0 or less if none."""
    if not inputs.weeks or not inputs.until:
        return 0
    return int((pd.Timestamp(inputs.until) - inputs.weeks.mondays[-1]).days // 7)


def _end(inputs: Inputs) -> Finding:
    assert inputs.weeks and inputs.until
    last = inputs.weeks.mondays[-1].date()
    first_lacking = week_name(last + timedelta(days=7))
    lacking = LACKING.format(first=first_lacking, last=week_name(inputs.until))
    return Finding(inputs.tables[c.DREAM].file, _lacking(inputs), week_name(last), detail=lacking)


def _of_spells(inputs: Inputs, rows: NDArray[np.int64]) -> Finding:
    return Finding(inputs.tables[c.DREAM].file, len(rows), c.START, row=int(rows[0]) + 2)


def _all_names(inputs: Inputs) -> Iterator[str]:
    return chain.from_iterable(inputs.tables[c.DREAM].names.values())


def _good(names: Iterable[str]) -> list[str]:
    return [name for name in weekly(names) if is_week(name)]
