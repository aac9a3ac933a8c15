"""Rules on DREAM's weeks."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from typing import Final

import pandas as pd

from nychance import columns as c
from nychance import tr
from nychance.register.weeks import is_week, week_name, week_start, weekly
from nychance.validation.inputs import Inputs
from nychance.validation.issue import Finding

SINCE: Final = tr("{code}, first in {week}")
OTHERS: Final = tr("{count} other codes")
# The most frequent ones are told one by one.
CODES_TOLD: Final = 20


def none(evidence: Inputs) -> Iterator[Finding]:
    """Say whether there are neither weekly columns nor spells."""
    table = evidence.tables[c.DREAM]
    if (
        table.names
        and not {c.CODE, c.START, c.END} <= set(table.frame)
        and not _good(_all_names(evidence))
    ):
        yield Finding(table.file, 1)


def impossible(evidence: Inputs) -> Iterator[Finding]:
    """List weekly columns that name no week of the calendar."""
    for file, names in evidence.tables[c.DREAM].names.items():
        yield from (Finding(file, 1, name) for name in weekly(names) if not is_week(name))


def twice(evidence: Inputs) -> Iterator[Finding]:
    """List weeks with two columns; where a file is there twice, in one file each."""
    table = evidence.tables[c.DREAM]
    for names in table.names.values() if table.twice else [_all_names(evidence)]:
        times = Counter(week_start(name) for name in _good(names))
        yield from (
            Finding(table.file, count, week_name(monday))
            for monday, count in sorted(times.items())
            if count > 1
        )


def gap(evidence: Inputs) -> Iterator[Finding]:
    """List gaps between weekly columns."""
    mondays = sorted({week_start(name) for name in _good(_all_names(evidence))})
    for before, after in pairwise(mondays):
        missing = (after - before).days // 7 - 1
        if missing:
            yield Finding(
                evidence.tables[c.DREAM].file, missing, f"{week_name(before)} - {week_name(after)}"
            )


def ends_early(evidence: Inputs) -> Iterator[Finding]:
    """Say by how many weeks the extract ends before the checkpoint."""
    if evidence.weeks and evidence.until:
        short = (pd.Timestamp(evidence.until) - evidence.weeks.mondays[-1]).days // 7
        if short > 0:
            yield Finding(
                evidence.tables[c.DREAM].file, short, week_name(evidence.weeks.mondays[-1].date())
            )


def unknown_codes(evidence: Inputs) -> Iterator[Finding]:
    """List codes that the mapping lacks in the weeks in which they stand."""
    if not evidence.weeks:
        return
    file = evidence.tables[c.DREAM].file
    by_size = sorted(evidence.weeks.unknown.items(), key=lambda entry: (-entry[1][0], entry[0]))
    for code, (count, first) in by_size[:CODES_TOLD]:
        since = week_name(evidence.weeks.mondays[first].date())
        yield Finding(
            file, count, since, str(code), detail=SINCE.format(code=str(code), week=since)
        )
    rest = by_size[CODES_TOLD:]
    if rest:
        yield Finding(
            file, sum(count for _, (count, _) in rest), detail=OTHERS.format(count=str(len(rest)))
        )


def after_the_end(evidence: Inputs) -> Iterator[Finding]:
    """Count persons with a transfer after they died or emigrated."""
    if evidence.weeks and evidence.weeks.returned:
        yield Finding(evidence.tables[c.DREAM].file, evidence.weeks.returned)


def overlaps(evidence: Inputs) -> Iterator[Finding]:
    """Count spells that begin before an earlier one of the same person has ended."""
    if evidence.weeks and evidence.weeks.overlaps:
        yield Finding(evidence.tables[c.DREAM].file, evidence.weeks.overlaps)


def backwards(evidence: Inputs) -> Iterator[Finding]:
    """Count spells that end before they start."""
    frame = evidence.tables[c.DREAM].frame
    if {c.START, c.END} <= set(frame):
        wrong = frame[c.END] < frame[c.START]
        if wrong.any():
            yield Finding(evidence.tables[c.DREAM].file, int(wrong.sum()), c.END)


def _all_names(evidence: Inputs) -> Iterator[str]:
    return chain.from_iterable(evidence.tables[c.DREAM].names.values())


def _good(names: Iterable[str]) -> list[str]:
    return [name for name in weekly(names) if is_week(name)]
