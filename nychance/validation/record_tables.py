"""Rules on the tables beside DREAM, from residence to population."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pandas as pd

from evalbook.text.language import Text
from nychance import columns as c
from nychance import tr
from nychance.public_data import tables as public
from nychance.register.histories import DATES, places
from nychance.register.states import ORIGINS
from nychance.validation.inputs import Inputs, Table, lacking
from nychance.validation.issue import ERROR, NOTHING, ROWS, WARNING, Finding, about, rule, shown
from nychance.validation.weekly_scan import NEVER

ROLES: Final = ("method", "comparison")
MATCHES: Final = (1, 2, 3, 4, 5)
# Christiansø is no municipality, yet has a code among those of the municipalities.
CHRISTIANSOE: Final = 411
# Codes of Danish municipalities, those of before the reform too, lie in between.
LEAST, GREATEST = 101, 860
ENDS: Final = {c.RESIDENCE: (c.VALID_FROM, c.VALID_TO), c.INTERVENTIONS: (c.START, c.END)}


@rule(
    "of-nobody",
    WARNING,
    tr("Rows that belong to nobody in dream"),
    counts=ROWS,
    remedy=tr("See whether dream is cut short; they do not count"),
)
def of_nobody(inputs: Inputs) -> Iterator[Finding]:
    """Count rows of persons whom DREAM lacks."""
    if not len(inputs.numbers):
        return
    for table in _histories(inputs):
        wrong = pd.Series(lacking(table.frame[c.PERSON], inputs.numbers), index=table.frame.index)
        share = about(int(wrong.sum()), len(wrong))
        yield from _rows(table, c.PERSON, wrong, example=False, detail=share)


@rule(
    "no-begin",
    WARNING,
    tr("Rows without a beginning"),
    counts=ROWS,
    remedy=tr("Add the date; they do not count"),
)
def without_begin(inputs: Inputs) -> Iterator[Finding]:
    """Count rows that do not say from when on they hold.

    What could not be read is another rule's.
    """
    for table in _histories(inputs):
        begin = DATES[table.name][0]
        unreadable = sum(
            cells.count for (_, column), cells in table.unreadable.items() if column == begin
        )
        blank = int(table.column(begin).isna().sum()) - unreadable
        if begin in table.frame and blank > 0:
            yield Finding(table.file, blank, begin)


@rule(
    "ends-before-start",
    ERROR,
    tr("Rows that end before they start"),
    counts=ROWS,
    remedy=tr("Mend or remove them"),
)
def backwards(inputs: Inputs) -> Iterator[Finding]:
    """Count stays and courses that end before they start."""
    for name, (begin, end) in ENDS.items():
        table = inputs.tables[name]
        if {begin, end} <= set(table.frame):
            yield from _rows(table, end, table.frame[end] < table.frame[begin], example=False)


@rule(
    "residence-overlap",
    WARNING,
    tr("Stays that overlap"),
    counts=ROWS,
    remedy=tr("Look in the source; the one that began last counts"),
)
def residence_overlap(inputs: Inputs) -> Iterator[Finding]:
    """Count stays that begin before an earlier one of the same person has ended."""
    table = inputs.tables[c.RESIDENCE]
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


@rule(
    "record-after-the-end",
    WARNING,
    tr("Rows that begin after death or emigration"),
    counts=ROWS,
    remedy=tr("Look in the source"),
)
def after_the_end(inputs: Inputs) -> Iterator[Finding]:
    """Count rows that begin after the week in which the person died or emigrated."""
    if not inputs.weeks or not len(inputs.weeks.mondays):
        return
    lost = inputs.weeks.gone != NEVER
    lost &= inputs.weeks.numbers.notna().to_numpy(dtype=bool)
    numbers = inputs.weeks.numbers[lost]
    ends = (inputs.weeks.mondays[inputs.weeks.gone[lost]] + pd.Timedelta(days=6)).to_numpy()
    for table in _histories(inputs):
        begin = DATES[table.name][0]
        if begin in table.frame and len(ends):
            place = places(table.frame[c.PERSON], numbers)
            named = table.frame[c.PERSON].notna() & (place >= 0)
            yield from _rows(
                table, begin, named & (table.frame[begin] > ends[place]), example=False
            )


@rule(
    "old-municipality",
    ERROR,
    tr("Municipality codes that are not in force after the reform of 1 January 2007"),
    counts=ROWS,
    remedy=tr("Translate them to the municipalities of 2007"),
)
def old_municipality(inputs: Inputs) -> Iterator[Finding]:
    """Count rows with a municipality code that ended with the reform of 2007.

    Stays that had ended by then do not count.
    """
    old = set(range(LEAST, GREATEST + 1)) - {*public.municipalities().index, CHRISTIANSOE}
    for name in (c.RESIDENCE, c.MUNICIPALITIES, c.POPULATION):
        table = inputs.tables[name]
        wrong = table.column(c.MUNICIPALITY).isin(old)
        if name == c.RESIDENCE and inputs.weeks and c.VALID_TO in table.frame:
            wrong &= ~(table.frame[c.VALID_TO] < inputs.weeks.mondays[0])
        yield from _rows(table, c.MUNICIPALITY, wrong)


@rule(
    "match-category",
    ERROR,
    tr("Match category outside 1-5"),
    counts=ROWS,
    remedy=tr("Only the five categories can be used"),
)
def match_category(inputs: Inputs) -> Iterator[Finding]:
    """Count assessments outside the five categories."""
    yield from _unknown(inputs.tables[c.MATCH], c.MATCH_CATEGORY, MATCHES)


@rule(
    "unknown-kind",
    ERROR,
    tr("Unknown kind of intervention"),
    counts=ROWS,
    remedy=tr("Use the plan's keys in data/plan/targets.yml"),
)
def unknown_kind(inputs: Inputs) -> Iterator[Finding]:
    """Count courses of a kind that the plan lacks."""
    table = inputs.tables[c.INTERVENTIONS]
    yield from _unknown(table, c.KIND, [kind.key for kind in inputs.plan.interventions], blank=True)


@rule(
    "unknown-role",
    ERROR,
    tr("The municipality's role is neither method nor comparison"),
    counts=ROWS,
    remedy=tr("Mend the role"),
)
def unknown_role(inputs: Inputs) -> Iterator[Finding]:
    """Count municipalities with another role than these two."""
    yield from _unknown(inputs.tables[c.MUNICIPALITIES], c.ROLE, ROLES, blank=True)


@rule(
    "municipality-twice",
    ERROR,
    tr("Municipalities that stand twice"),
    counts=ROWS,
    remedy=tr("Keep one row per municipality"),
)
def municipality_twice(inputs: Inputs) -> Iterator[Finding]:
    """Count municipalities with two rows."""
    table = inputs.tables[c.MUNICIPALITIES]
    given = table.column(c.MUNICIPALITY)
    yield from _rows(table, c.MUNICIPALITY, given.notna() & given.duplicated())


@rule(
    "unknown-group",
    ERROR,
    tr("Group that is not danish, immigrant or descendant"),
    counts=ROWS,
    remedy=tr("Mend the group"),
)
def unknown_group(inputs: Inputs) -> Iterator[Finding]:
    """Count population figures of another group than the three."""
    yield from _unknown(inputs.tables[c.POPULATION], c.GROUP, list(ORIGINS.values()), blank=True)


@rule(
    "population-sum",
    WARNING,
    tr("Employed, unemployed and persons outside the labour force are not the population"),
    counts=ROWS,
    remedy=tr("Look in the source"),
)
def population_sum(inputs: Inputs) -> Iterator[Finding]:
    """Count population figures whose parts are not the whole."""
    table = inputs.tables[c.POPULATION]
    parts = [c.EMPLOYED, c.UNEMPLOYED, c.OUTSIDE]
    if {*parts, c.WORKING_AGE} <= set(table.frame):
        total = table.frame[parts].sum(axis=1, skipna=False)
        yield from _rows(
            table, c.WORKING_AGE, total.notna() & (total != table.frame[c.WORKING_AGE])
        )


def _histories(inputs: Inputs) -> Iterator[Table]:
    yield from (table for table in inputs.person_tables() if table.name in DATES)


def _unknown(table: Table, column: str, known: Any, *, blank: bool = False) -> Iterator[Finding]:
    given = table.column(column)
    wrong = ~given.isin(known) & (given.notna() | blank)
    yield from _rows(table, column, wrong if column in table.frame else given.isin([]))


def _rows(
    table: Table,
    column: str,
    wrong: "pd.Series[bool]",
    *,
    example: bool = True,
    detail: Text = NOTHING,
) -> Iterator[Finding]:
    found = np.flatnonzero(wrong.to_numpy(dtype=bool))
    if len(found):
        value = table.column(column).iloc[found[0]]
        if isinstance(value, float) and value == value // 1:
            value = int(value)
        yield Finding(
            table.file,
            len(found),
            column,
            shown(value) if example else "",
            int(wrong.index[found[0]]) + 2,
            detail,
        )
