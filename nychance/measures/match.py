"""Match categories: how far from work persons are."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.errors import DataError
from evalbook.models.method import PERSONS, WILSON, method
from evalbook.models.shares.proportions import Share, share
from nychance import tr
from nychance.definitions import Definitions
from nychance.measures.targets import target_group
from nychance.register import UNKNOWN, Register

# The role of municipalities that take no part.
ELSEWHERE: Final = "elsewhere"
# Stands for no category among the categories' numbers.
NEVER: Final = 0


def categories(register: Register, week: int, definitions: Definitions) -> "pd.Series[float]":
    """Give each person's match category in a week; missing where none was assessed.

    Raises
    ------
    DataError
        If the week lies after the end of the model of five: from 2010 three groups take its place
        (jobklar, indsatsklar, midlertidigt passiv; Cabi 2011), to which the five do not map, so
        that a series must end there. Also for a category that the plan does not list.
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


def counts(
    register: Register, week: int, persons: NDArray[np.bool_], definitions: Definitions
) -> "pd.Series[int]":
    """Count persons by match category in a week; those without an assessment are left out.

    Raises `DataError` as `categories` does.
    """
    found = categories(register, week, definitions)[persons].dropna().astype(int)
    return found.value_counts().reindex(definitions.match_categories, fill_value=0)


def by_group(
    register: Register,
    week: int,
    persons: NDArray[np.bool_],
    groups: "pd.Series[str]",
    definitions: Definitions,
) -> pd.DataFrame:
    """Count persons by group (a label per person) and match category in a week; a row per group.

    The last column, `unknown`, has those without an assessment, so that everybody is in a cell.
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


@method(
    tr("Job-ready (match categories 1\N{EN DASH}3 of 5)"),
    formula=tr(
        "n(categories 1\N{EN DASH}3) ÷ n(categories 1\N{EN DASH}5); fewer than five without a category count with category 5"
    ),
    unit=PERSONS,
    interval=WILSON,
    source="Arbejdsmarkedsstyrelsen's five match categories",
)
def over_time(
    register: Register,
    days: Iterable[date],
    roles: Sequence[str],
    definitions: Definitions,
    minimum: int,
) -> dict[date, pd.DataFrame]:
    """Count the target group by role of the municipality (also `elsewhere`) and match category, each day as it was then.

    If those without a category are fewer than `minimum` in any row, they count with the category
    that is farthest from work, in all tables. By themselves they would have to be hidden, and a
    category with them; the sum of the two tells as much.

    Returns
    -------
    dict of DataFrame
        As `by_group` gives them; the last two columns are one, `5 or unknown`, where they count
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
    """Tell which columns of a table by match category are the job-ready, and which the others who were assessed."""
    near = [str(category) for category in ready]
    return {
        "ready": near,
        "not-ready": [name for name in map(str, table) if name not in (*near, UNKNOWN)],
    }


def job_ready(counted: "pd.Series[int]", ready: tuple[int, ...]) -> Share | None:
    """Take the share who are job-ready (arbejdsmarkedsparat), of those assessed; None if nobody is.

    Source: match 1-3 of 5 (Madsen, Mortensøn & Rosdahl 2006, SFI 06:29).
    """
    n = int(counted.sum())
    return share(int(counted[list(ready)].sum()), n) if n else None
