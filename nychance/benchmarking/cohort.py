"""Who is compared: a cohort fixed before the start, entrants by quarter, the renewed group."""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.errors import DataError
from evalbook.models.method import NO_INTERVAL, PERSONS, method
from evalbook.sdc import Persons
from nychance import columns as c
from nychance import tr
from nychance.benchmarking.outcome_panel import PERIOD_WEEKS, left_out, start_week, windows
from nychance.definitions import Definitions
from nychance.measures.spells import benefit_spells
from nychance.register import STATES, Register

# Who was in the target group in one of so many weeks before the start is in the cohort.
COHORT_WEEKS: Final = 4
# Entrants are followed for so many weeks.
ENTRY_WEEKS: Final = 26
# Named otherwise than the targets, which are of the renewed target group in a longer window.
ACTIVITY: Final = "activity-of-all-weeks"
ON_BENEFIT: Final = "activity-on-benefit"
SUPPORT: Final = "self-support-of-all-weeks"
OUTCOMES: Final = (ACTIVITY, ON_BENEFIT, SUPPORT)
LEFT, STAYED, NEW = "has-left", "has-stayed", "is-new"

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@method(
    tr("Cohort fixed before the start"),
    formula=tr(
        "the target group of the four weeks before the start, in the municipality of the last of "
        "them, followed over all weeks whatever becomes of them (intention to treat)"
    ),
    unit=PERSONS,
    interval=NO_INTERVAL,
    source="Sant'Anna and Xu (2023)",
)
def cohort(register: Register, definitions: Definitions) -> Persons:
    """Follow the cohort of the start through all periods, before and after the start.

    Whom the methods help off benefit, or who moves, stays in it and in the municipality of that
    time; nobody joins it.

    Returns
    -------
    Persons
        A row per person, period (counted from the start) and outcome of `OUTCOMES`: `person`,
        `row` (of the register), `municipality`, `role`, `period`, `outcome`, and weeks `counted`
        `out_of` weeks. `activity-of-all-weeks` is out of all observed weeks, `activity-on-benefit`
        out of weeks on benefit: who leaves benefit leaves the latter.

    Raises
    ------
    DataError
        If the register has no weeks before the start, or nobody is in the target group then.
    """
    start = start_week(register, definitions)
    if not 0 < start <= len(register.weeks):
        raise DataError(
            "the register has no weeks before the methods' start",
            remedy="Give an extract that reaches back further, or another `method_start`",
        )
    first = max(start - COHORT_WEEKS, 0)
    member = register.minority & register.on_benefit[:, first:start].any(axis=1)
    home = _floats(register.municipality_at(start - 1))
    role = pd.Series(home).map(register.municipalities[c.ROLE])
    person = np.flatnonzero(member & role.isin(["method", "comparison"]).to_numpy())
    if not len(person):
        raise DataError(
            "nobody is in the target group before the start",
            remedy="Look at the code mapping, and at the dates of residence",
        )
    parts = []
    for period, window in windows(register, definitions).items():
        begin = np.full(len(person), window.first)
        parts.append(
            _counted(register, definitions, person, home[person], begin, PERIOD_WEEKS, period)
        )
    return with_role(pd.concat(parts, ignore_index=True), register)


@method(
    tr("Entrants to the target group, by quarter"),
    formula=tr(
        "persons whose spell on benefit begins in the quarter, in the municipality of its first "
        "week, followed for 26 weeks"
    ),
    unit=PERSONS,
    interval=NO_INTERVAL,
    source="Sant'Anna and Xu (2023)",
)
def entrants(register: Register, definitions: Definitions, followed: int = ENTRY_WEEKS) -> Persons:
    """Follow those who enter the target group, each for as many weeks.

    Only quarters all of whose entrants can be followed so long count; and of those before the
    start, only where all are followed before it, so that the methods reach none of them. A spell
    that ran in the first week is no entry. Of several entries in a quarter the first counts.

    Returns
    -------
    Persons
        As `cohort`; `period` is the quarter of the entry.
    """
    start, last = start_week(register, definitions), len(register.weeks) - 1
    spells = benefit_spells(register, last, definitions.exit_weeks)
    spells = spells[~spells["begun_before"] & register.minority[spells["person"]]]
    first = spells["first"].to_numpy(dtype=np.int64)
    period = np.floor_divide(first - start, PERIOD_WEEKS)
    # The week after the last of whom enters in the last week of a quarter.
    end = start + (period + 1) * PERIOD_WEEKS - 1 + followed
    whole = (end <= last + 1) & ((period >= 0) | (end <= start))
    quarters = np.array(list(windows(register, definitions)))
    spells = spells.assign(period=period)[whole & np.isin(period, quarters)]
    spells = spells.drop_duplicates(["person", "period"])
    person, begin = (spells[name].to_numpy(dtype=np.int64) for name in ("person", "first"))
    home = register.municipality_of(person, begin)
    quarter = spells["period"].to_numpy(dtype=np.int64)
    rows = _counted(register, definitions, person, home, begin, followed, quarter)
    return with_role(rows, register)


@method(
    tr("The target group of each period"),
    formula=tr("the target group of each period's first week, followed for the period"),
    unit=PERSONS,
    interval=NO_INTERVAL,
    source=tr("Own definition"),
)
def renewed(register: Register, definitions: Definitions) -> Persons:
    """Follow each period's own target group, which is drawn anew: a description, not a comparison.

    Returns
    -------
    Persons
        As `cohort`, by `outcome` of `OUTCOMES` and `period`.
    """
    parts = []
    for period, window in windows(register, definitions).items():
        home = _floats(register.municipality_at(window.first))
        person = np.flatnonzero(register.minority & register.on_benefit[:, window.first])
        begin = np.full(len(person), window.first)
        parts.append(
            _counted(register, definitions, person, home[person], begin, PERIOD_WEEKS, period)
        )
    return with_role(pd.concat(parts, ignore_index=True), register)


@method(
    tr("Composition of the renewed target group"),
    formula=tr(
        "of the target group in a period's first week, those who were in that of the period "
        "before, and those who are new; of that of the period before, those who have left"
    ),
    unit=PERSONS,
    interval=NO_INTERVAL,
    source=tr("Own definition"),
)
def composition(register: Register, definitions: Definitions) -> Persons:
    """Tell of each period's target group who stayed, who is new, and who has left it.

    Returns
    -------
    Persons
        A row per person and period after the first: `person`, `row`, `municipality` (of the
        period's first week; of those who left, of the period before), `role`, `period`, and `part`:
        `has-stayed`, `is-new` or `has-left`.
    """
    before: NDArray[np.bool_] | None = None
    home: Floats = np.empty(0)
    parts = []
    for period, window in windows(register, definitions).items():
        now = register.minority & register.on_benefit[:, window.first]
        there = _floats(register.municipality_at(window.first))
        if before is not None:
            part = np.select([before & now, now, before], [STAYED, NEW, LEFT], "")
            place = np.where(part == LEFT, home, there)
            who = np.flatnonzero(part != "")
            parts.append(
                pd.DataFrame(
                    {
                        "person": who,
                        c.MUNICIPALITY: place[who],
                        "period": period,
                        "part": part[who],
                    }
                )
            )
        before, home = now, there
    return with_role(pd.concat(parts, ignore_index=True), register)


def cohort_panel(
    people: pd.DataFrame, municipalities: pd.DataFrame, *, least: int = 5
) -> pd.DataFrame:
    """Build the panel of municipalities' shares from persons that were followed.

    Parameters
    ----------
    people : Persons
        As returned by `cohort` or `entrants`.
    municipalities : DataFrame
        Of the register; for the names of those left out.
    least : int
        Municipalities with fewer persons before the start are left out. What happens after the
        start leaves nobody out.

    Returns
    -------
    DataFrame
        A row per municipality and period as `benchmarking.panel` returns them: `municipality`,
        `period`, `method`, `treated`, `starts`, `persons` and a column per outcome. A period in
        which nothing can be counted is a missing row. `attrs["left_out"]` names the municipalities
        that were left out.

    Raises
    ------
    DataError
        If no municipality of either kind is left.
    """
    people = plain(people)
    keys = [c.MUNICIPALITY, "period"]
    early = people[people["period"] < 0]
    persons = early.groupby(c.MUNICIPALITY)["person"].nunique()
    enough = persons[persons >= least]
    sums = people.groupby([*keys, "outcome"])[["counted", "out_of"]].sum()
    shares = (sums["counted"] / sums["out_of"].where(sums["out_of"] > 0)).unstack("outcome")
    shares = shares.dropna().reset_index().rename_axis(columns=None)
    rows = shares[shares[c.MUNICIPALITY].isin(enough.index)]
    rows = rows[rows[c.MUNICIPALITY].isin(rows.loc[rows["period"] < 0, c.MUNICIPALITY])]
    role = people.groupby(c.MUNICIPALITY)["role"].first()
    is_method = rows[c.MUNICIPALITY].map(role) == "method"
    if is_method.nunique() < 2:
        raise DataError(
            f"no method or no comparison municipality has {least} persons before the start",
            remedy="Join municipalities in the extract",
        )
    panel = rows.assign(
        method=is_method,
        treated=(is_method & (rows["period"] >= 0)).astype(int),
        starts=np.where(is_method, 0.0, np.nan),
        persons=rows[c.MUNICIPALITY].map(persons).astype(float),
    ).reset_index(drop=True)
    panel.attrs["left_out"] = left_out(role.index, panel, municipalities)
    return panel


def _counted(
    register: Register,
    definitions: Definitions,
    person: Ints,
    home: Floats,
    begin: Ints,
    length: int,
    period: "int | Ints",
) -> pd.DataFrame:
    """Count each person's weeks from a week of their own on, out of weeks, by outcome."""
    columns = begin[:, None] + np.arange(length)
    row = person[:, None]
    observed = register.observed[row, columns]
    active = register.active[row, columns] & observed
    benefit = register.on_benefit[row, columns] | active
    free = register.self_supporting[row, columns]
    if definitions.education_is_self_support:
        free = free | (observed & (register.state[row, columns] == STATES.index("education")))
    parts = {
        ACTIVITY: (active, observed),
        ON_BENEFIT: (active, benefit),
        SUPPORT: (free, observed),
    }
    tables = [
        pd.DataFrame(
            {
                "person": person,
                c.MUNICIPALITY: home,
                "period": period,
                "outcome": outcome,
                "counted": counted.sum(axis=1).astype(float),
                "out_of": whole.sum(axis=1).astype(float),
            }
        )
        for outcome, (counted, whole) in parts.items()
    ]
    found = pd.concat(tables, ignore_index=True)
    return found[found["out_of"] > 0]


def with_role(rows: pd.DataFrame, register: Register) -> Persons:
    """Keep method and comparison municipalities, add their role, and name persons for good.

    What stands as `person` is the register's row, and goes on as `row`.
    """
    role = rows[c.MUNICIPALITY].map(register.municipalities[c.ROLE])
    kept = rows.assign(role=role)[role.isin(["method", "comparison"])]
    row = kept["person"].to_numpy(dtype=np.int64)
    named = kept.assign(person=register.identities[row], row=row)
    return Persons(named.astype({c.MUNICIPALITY: int}).reset_index(drop=True))


def plain(people: pd.DataFrame) -> pd.DataFrame:
    """Return a plain copy of a table of persons, to be summed up by municipality."""
    return people.frame() if isinstance(people, Persons) else people


def _floats(values: "pd.Series[float]") -> Floats:
    return np.asarray(values, dtype=np.float64)
