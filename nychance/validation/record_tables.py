"""Rules on what stands beside the weeks: residence, match, interventions, municipalities, population."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pandas as pd

from nychance import columns as c
from nychance.public_data import tables as public
from nychance.register.histories import DATES, places
from nychance.register.states import ORIGINS
from nychance.validation.inputs import Inputs, Table, lacking
from nychance.validation.issue import Finding, shown
from nychance.validation.weekly_scan import NEVER

ROLES: Final = ("method", "comparison")
MATCHES: Final = (1, 2, 3, 4, 5)
# Christiansø is no municipality, yet has a code among those of the municipalities.
CHRISTIANSOE: Final = 411
# Codes of Danish municipalities, those of before the reform too, lie in between.
LEAST, GREATEST = 101, 860
ENDS: Final = {c.RESIDENCE: (c.VALID_FROM, c.VALID_TO), c.INTERVENTIONS: (c.START, c.END)}


def of_nobody(evidence: Inputs) -> Iterator[Finding]:
    """Count rows of persons whom DREAM lacks."""
    if not len(evidence.numbers):
        return
    for table in _histories(evidence):
        wrong = pd.Series(lacking(table.frame[c.PERSON], evidence.numbers), index=table.frame.index)
        yield from _rows(table, c.PERSON, wrong, example=False)


def without_begin(evidence: Inputs) -> Iterator[Finding]:
    """Count rows that do not say from when on they hold.

    What could not be read is told elsewhere.
    """
    for table in _histories(evidence):
        begin = DATES[table.name][0]
        unreadable = sum(
            cells.count for (_, column), cells in table.unreadable.items() if column == begin
        )
        blank = int(table.column(begin).isna().sum()) - unreadable
        if begin in table.frame and blank > 0:
            yield Finding(table.file, blank, begin)


def backwards(evidence: Inputs) -> Iterator[Finding]:
    """Count stays and courses that end before they start."""
    for name, (begin, end) in ENDS.items():
        table = evidence.tables[name]
        if {begin, end} <= set(table.frame):
            yield from _rows(table, end, table.frame[end] < table.frame[begin], example=False)


def residence_overlap(evidence: Inputs) -> Iterator[Finding]:
    """Count stays that begin before an earlier one of the same person has ended."""
    table = evidence.tables[c.RESIDENCE]
    if not {c.PERSON, c.VALID_FROM, c.VALID_TO} <= set(table.frame):
        return
    stays = table.frame[[c.PERSON, c.VALID_FROM, c.VALID_TO]].dropna(
        subset=[c.PERSON, c.VALID_FROM]
    )
    stays = stays[~(stays[c.VALID_TO] < stays[c.VALID_FROM])].sort_values(
        [c.PERSON, c.VALID_FROM, c.VALID_TO]
    )
    ends = stays[c.VALID_TO].astype("datetime64[s]").fillna(pd.Timestamp("9999-12-31").as_unit("s"))
    latest = ends.astype("int64").groupby(stays[c.PERSON]).cummax()
    begins = stays[c.VALID_FROM].astype("datetime64[s]").astype("int64")
    wrong = stays[c.PERSON].eq(stays[c.PERSON].shift()) & (begins <= latest.shift())
    if wrong.any():
        yield Finding(
            table.file, int(wrong.sum()), c.VALID_FROM, row=int(wrong[wrong].index.min()) + 2
        )


def after_the_end(evidence: Inputs) -> Iterator[Finding]:
    """Count rows that begin after the week in which the person died or emigrated."""
    if not evidence.weeks or not len(evidence.weeks.mondays):
        return
    lost = evidence.weeks.gone != NEVER
    lost &= evidence.weeks.numbers.notna().to_numpy(dtype=bool)
    numbers = evidence.weeks.numbers[lost]
    ends = (evidence.weeks.mondays[evidence.weeks.gone[lost]] + pd.Timedelta(days=6)).to_numpy()
    for table in _histories(evidence):
        begin = DATES[table.name][0]
        if begin in table.frame and len(ends):
            place = places(table.frame[c.PERSON], numbers)
            named = table.frame[c.PERSON].notna() & (place >= 0)
            yield from _rows(
                table, begin, named & (table.frame[begin] > ends[place]), example=False
            )


def old_municipality(evidence: Inputs) -> Iterator[Finding]:
    """Count rows with the code of a municipality that the reform of 2007 ended, unless the stay had ended by then."""
    old = set(range(LEAST, GREATEST + 1)) - {*public.municipalities().index, CHRISTIANSOE}
    for name in (c.RESIDENCE, c.MUNICIPALITIES, c.POPULATION):
        table = evidence.tables[name]
        wrong = table.column(c.MUNICIPALITY).isin(old)
        if name == c.RESIDENCE and evidence.weeks and c.VALID_TO in table.frame:
            wrong &= ~(table.frame[c.VALID_TO] < evidence.weeks.mondays[0])
        yield from _rows(table, c.MUNICIPALITY, wrong)


def match_category(evidence: Inputs) -> Iterator[Finding]:
    """Count assessments outside the five categories."""
    yield from _unknown(evidence.tables[c.MATCH], c.MATCH_CATEGORY, MATCHES)


def unknown_kind(evidence: Inputs) -> Iterator[Finding]:
    """Count courses of a kind that the plan lacks."""
    table = evidence.tables[c.INTERVENTIONS]
    yield from _unknown(
        table, c.KIND, [kind.key for kind in evidence.plan.interventions], blank=True
    )


def unknown_role(evidence: Inputs) -> Iterator[Finding]:
    """Count municipalities with another role than these two."""
    yield from _unknown(evidence.tables[c.MUNICIPALITIES], c.ROLE, ROLES, blank=True)


def municipality_twice(evidence: Inputs) -> Iterator[Finding]:
    """Count municipalities with two rows."""
    table = evidence.tables[c.MUNICIPALITIES]
    given = table.column(c.MUNICIPALITY)
    yield from _rows(table, c.MUNICIPALITY, given.notna() & given.duplicated())


def unknown_group(evidence: Inputs) -> Iterator[Finding]:
    """Count population figures of another group than the three."""
    yield from _unknown(evidence.tables[c.POPULATION], c.GROUP, list(ORIGINS.values()), blank=True)


def population_sum(evidence: Inputs) -> Iterator[Finding]:
    """Count population figures whose parts are not the whole."""
    table = evidence.tables[c.POPULATION]
    parts = [c.EMPLOYED, c.UNEMPLOYED, c.OUTSIDE]
    if {*parts, c.WORKING_AGE} <= set(table.frame):
        total = table.frame[parts].sum(axis=1, skipna=False)
        yield from _rows(
            table, c.WORKING_AGE, total.notna() & (total != table.frame[c.WORKING_AGE])
        )


def _histories(evidence: Inputs) -> Iterator[Table]:
    yield from (table for table in evidence.person_tables() if table.name in DATES)


def _unknown(table: Table, column: str, known: Any, *, blank: bool = False) -> Iterator[Finding]:
    given = table.column(column)
    wrong = ~given.isin(known) & (given.notna() | blank)
    yield from _rows(table, column, wrong if column in table.frame else given.isin([]))


def _rows(
    table: Table, column: str, wrong: "pd.Series[bool]", *, example: bool = True
) -> Iterator[Finding]:
    found = np.flatnonzero(wrong.to_numpy(dtype=bool))
    if len(found):
        value = table.column(column).iloc[found[0]]
        told = (
            shown(int(value) if isinstance(value, float) and value == value // 1 else value)
            if example
            else ""
        )
        yield Finding(table.file, len(found), column, told, int(wrong.index[found[0]]) + 2)
