"""Groups of persons that measures are broken down by."""

from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd

from evalbook.errors import UsageError
from nychance.definitions import Definitions
from nychance.measures.match import categories
from nychance.register import ORIGINS, Register

UNKNOWN: Final = "unknown"
READY, NOT_READY = "ready", "not-ready"


def groups(register: Register, week: int, by: str, definitions: Definitions) -> "pd.Series[Any]":
    """Return each person's group in a week.

    Parameters
    ----------
    week : int
        The week that changing groups refer to. Age is that of the week's year less
        the year of birth, since no birthday is known.
    by : str
        `origin`, `sex`, `age`, `match`, `readiness` (job-ready, or not or not assessed),
        `municipality` or `role` (of the municipality).
    definitions : Definitions
        For the age bands and the match categories.

    Returns
    -------
    Series of category, shape (persons,)
        Groups in their order, with `unknown` last, so that they add up to everybody.

    Raises
    ------
    UsageError
        If `by` is none of these.
    DataError
        For `match` and `readiness`, if the week lies after the end of the model of five.
    """
    if by == "origin":
        return _labelled(register.persons["origin"], list(ORIGINS.values()))
    if by == "sex":
        return _labelled(register.persons["sex"], ["K", "M"])
    if by == "age":
        return _age_bands(
            register.weeks[week].year - register.persons["birth_year"], definitions.age_bands
        )
    if by == "match":
        return _labelled(
            categories(register, week, definitions), list(definitions.match_categories)
        )
    if by == "readiness":
        ready = categories(register, week, definitions).isin(definitions.job_ready_matches)
        return _labelled(ready.map({True: READY, False: NOT_READY}), [READY, NOT_READY])
    if by == "municipality":
        return _labelled(register.municipality_at(week), list(register.municipalities.index))
    if by == "role":
        return _labelled(register.role_at(week), ["method", "comparison"])
    raise UsageError(
        f"no groups by {by!r}",
        remedy="Use origin, sex, age, match, readiness, municipality or role",
    )


def _labelled(values: "pd.Series[Any]", known: list[Any]) -> "pd.Series[Any]":
    found = pd.Categorical(values, categories=[*known, UNKNOWN])
    return pd.Series(found).fillna(UNKNOWN)


def _age_bands(age: "pd.Series[float]", bounds: tuple[int, ...]) -> "pd.Series[Any]":
    """Return the age band of each person, from each bound up to the next.

    The last is open, and younger persons are in none.
    """
    names = [f"{low}-{high - 1}" for low, high in pairwise(bounds)] + [f"{bounds[-1]}+"]
    place = np.searchsorted(bounds, age.fillna(-1), side="right") - 1
    return _labelled(pd.Series(np.where(place >= 0, np.array(names)[place], UNKNOWN)), names)
