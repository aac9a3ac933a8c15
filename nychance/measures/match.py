"""Match categories: how far from work persons are."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.errors import DataError
from evalbook.models.method import PERSONS, WILSON, method
from evalbook.plan import Checkpoint
from evalbook.sdc import Persons
from nychance import tr
from nychance.definitions import Definitions, Evaluation
from nychance.measures.targets import target_group
from nychance.register import UNKNOWN, Register

ROLES: Final = ["method", "comparison"]
# The role of municipalities that take no part.
ELSEWHERE: Final = "elsewhere"
# Codes a missing category among the numbers of the categories.
NEVER: Final = 0


def categories(register: Register, week: int, definitions: Definitions) -> "pd.Series[float]":
    """Return each person's match category in a week; missing where none was assessed.

    Raises
    ------
    DataError
        If the week lies after the end of the model of five: from 2010 three groups take its place
        (jobklar, indsatsklar, midlertidigt passiv; Cabi 2011). The five do not map to them, so a
        series must end there. Also for a category that the plan does not list.
    """
    monday = register.weeks[week].date()
    if monday >= definitions.match_model_ends:
        raise DataError(
            f"match categories of the week of {monday} belong to another model than those before "
            f"{definitions.match_model_ends}, and the two do not compare",
            remedy="End the series before it, or change match_model_ends in data/plan/targets.yml",
        )
    found = register.match_at(week)
    odd = found.dropna()[~found.dropna().isin(definitions.match_categories)]
    if len(odd):
        raise DataError(
            f"{len(odd)} persons have a match category such as {odd.iloc[0]:g}",
            remedy=f"Use {', '.join(map(str, definitions.match_categories))}",
        )
    return found


def by_group(
    register: Register,
    week: int,
    persons: NDArray[np.bool_],
    groups: "pd.Series[str]",
    definitions: Definitions,
) -> pd.DataFrame:
    """Count persons by group (a label per person) and match category in a week; a row per group.

    The last column, `unknown`, counts those without an assessment, so that everybody is counted.
    Raises `DataError` as `categories` does.
    """
    found = categories(register, week, definitions)[persons].fillna(NEVER).astype(int)
    counted = pd.crosstab(groups[persons].to_numpy(), found.to_numpy())
    counted = counted.reindex(
        index=sorted(groups.dropna().unique()),
        columns=[*definitions.match_categories, NEVER],
        fill_value=0,
    )
    return counted.rename(columns={NEVER: UNKNOWN}).rename_axis(index=None, columns="match")


JOB_READY: Final = tr("Job-ready (match categories 1\N{EN DASH}3 of 5)")
FORMULA: Final = tr(
    "n(categories 1\N{EN DASH}3) ÷ n(categories 1\N{EN DASH}5); fewer than five without a "
    "category count with category 5"
)
SOURCE: Final = tr("Arbejdsmarkedsstyrelsen's five match categories")


@method(JOB_READY, formula=FORMULA, unit=PERSONS, interval=WILSON, source=SOURCE)
def by_checkpoint(
    register: Register, the_plan: Evaluation, until: Checkpoint, minimum: int
) -> Persons:
    """Return the target group of each checkpoint's last week, and how far from work they are.

    If those without a category are fewer than `minimum` in one kind of municipality at any
    checkpoint, they count with the category that is farthest from work, at all of them. By
    themselves they would have to be hidden, and a category with them.

    Returns
    -------
    Persons
        A row a person and checkpoint: as categories `checkpoint` (its month), `role` of the
        municipality and `match` (`match-1` to `match-5` and `match-unknown`, or the last two as
        `match-5-or-unknown`), and `counted` (whether job-ready) out of `out_of`, which is 1, or 0
        without a category.
    """
    checkpoints, definitions = the_plan.until(until), the_plan.definitions
    months = [each.month for each in checkpoints]
    tables = []
    for checkpoint in checkpoints:
        week = register.week_at(checkpoint.cutoff)
        group = target_group(register, week)
        found = categories(register, week, definitions)[group].to_numpy()
        tables.append(
            register.people(
                group,
                checkpoint=pd.Categorical([checkpoint.month] * len(found), months),
                role=pd.Categorical(register.role_at(week)[group], ROLES),
                category=found,
                counted=np.isin(found, definitions.job_ready_matches).astype(float),
            )
        )
    people = pd.concat(tables, ignore_index=True)
    return _named(people, definitions.match_categories, minimum).drop(columns="category")


def _named(people: Persons, known: Sequence[int], minimum: int) -> Persons:
    """Name the categories, and join those who have none with the last if they are too few."""
    names = {category: f"match-{category}" for category in known}
    none = people["category"].isna().to_numpy()
    without = people[none].groupby(["checkpoint", "role"], observed=True).size()
    if without.between(1, minimum - 1).any():
        names[known[-1]] = unknown = f"match-{known[-1]}-or-{UNKNOWN}"
        counts = np.ones(len(people))
    else:
        unknown, counts = f"match-{UNKNOWN}", (~none).astype(float)
    match = people["category"].map(names).astype(object).where(~none, unknown)
    listed = list(dict.fromkeys([*names.values(), unknown]))
    return people.assign(match=pd.Categorical(match, listed), out_of=counts)


@method(JOB_READY, formula=FORMULA, unit=PERSONS, interval=WILSON, source=SOURCE)
def over_time(
    register: Register,
    days: Iterable[date],
    roles: Sequence[str],
    definitions: Definitions,
    minimum: int,
) -> dict[date, pd.DataFrame]:
    """Count the target group of each day by role of the municipality and match category.

    Roles may include `elsewhere`. If those without a category are fewer than `minimum` in any row,
    they count with the category that is farthest from work, in all tables. By themselves they would
    have to be suppressed, and a category with them; merging the two loses no information.

    Returns
    -------
    dict of DataFrame
        As `by_group` returns them; the last two columns are one, `5 or unknown`, where they count
        together.
    """
    tables = {}
    for day in days:
        week = register.week_at(day)
        role = register.role_at(week).fillna(ELSEWHERE)
        counted = by_group(register, week, target_group(register, week), role, definitions)
        tables[day] = counted.reindex(list(roles), fill_value=0).rename_axis(index="role")
    without = np.array([table[UNKNOWN] for table in tables.values()])
    if not ((without > 0) & (without < minimum)).any():
        return tables
    last = definitions.match_categories[-1]
    both = f"{last} or {UNKNOWN}"
    return {
        day: t.assign(**{both: t[last] + t[UNKNOWN]}).drop(columns=[last, UNKNOWN])
        for day, t in tables.items()
    }


def readiness(table: pd.DataFrame, ready: tuple[int, ...]) -> dict[str, list[str]]:
    """Return which columns of a table by match category are job-ready and which are not.

    Those without an assessment are in neither.
    """
    near = [str(category) for category in ready]
    return {
        "ready": near,
        "not-ready": [name for name in map(str, table) if name not in (*near, UNKNOWN)],
    }
