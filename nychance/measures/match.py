"""Match categories: how far from work persons are."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nychance.errors import DataError
from nychance.measures.shares import Share, share
from nychance.plan import Definitions
from nychance.register import Register


def categories(register: Register, week: int, definitions: Definitions) -> "pd.Series[float]":
    """Give each person's match category in a week; missing where none was assessed.

    Raises
    ------
    DataError
        If the week lies after the end of the model of five: from 2010 three groups take its place (jobklar, indsatsklar,
        midlertidigt passiv; Cabi 2011), to which the five do not map, so that a series must end there. Also for a
        category that the plan does not list.
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


def counts(register: Register, week: int, persons: NDArray[np.bool_], definitions: Definitions) -> "pd.Series[int]":
    """Count persons by match category in a week; those without an assessment are left out.

    Raises `DataError` as `categories` does.
    """
    found = categories(register, week, definitions)[persons].dropna().astype(int)
    return found.value_counts().reindex(definitions.match_categories, fill_value=0)


def by_group(
    register: Register, week: int, persons: NDArray[np.bool_], groups: "pd.Series[str]", definitions: Definitions
) -> pd.DataFrame:
    """Count persons by group (a label per person) and match category in a week, as `counts`; a row per group."""
    found = categories(register, week, definitions)[persons].dropna().astype(int)
    counted = pd.crosstab(groups[persons].loc[found.index].to_numpy(), found.to_numpy())
    labels = sorted(groups.dropna().unique())
    return counted.reindex(index=labels, columns=definitions.match_categories, fill_value=0).rename_axis(
        index=None, columns="match"
    )


def job_ready(counted: "pd.Series[int]", ready: tuple[int, ...]) -> Share | None:
    """Take the share who are job-ready (arbejdsmarkedsparat), of those assessed; None if nobody is.

    Source: match 1-3 of 5 (Madsen, Mortensøn & Rosdahl 2006, SFI 06:29).
    """
    n = int(counted.sum())
    return share(int(counted[list(ready)].sum()), n) if n else None
