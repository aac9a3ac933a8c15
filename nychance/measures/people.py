"""Tables of persons, from which a report makes its tables: a row a person, and who each is."""

from typing import Any, Final

import numpy as np
import pandas as pd

from evalbook.sdc import Persons
from nychance.definitions import Definitions, Evaluation
from nychance.measures.groups import groups
from nychance.measures.match import categories
from nychance.measures.targets import Window, all_targets
from nychance.register import ORIGINS, Register

ROLES: Final = ["method", "comparison"]
ORIGIN_KEYS: Final = [*ORIGINS.values(), "origin-unknown"]
SEX_KEYS: Final = ["women", "men", "sex-unknown"]


def background(register: Register, week: int, definitions: Definitions) -> Persons:
    """Return who everybody is in a week: what measures are broken down by.

    Returns
    -------
    Persons
        A row a person: `municipality` (its code, as text); and as categories `role` of it
        (`method`, `comparison`, else missing), `origin`, `sex`, `age` (in bands), and until the
        model of five ends `match` (`match-1` to `match-5`, `match-unknown`) and `readiness`.
    """
    columns = {
        "municipality": _text(register.municipality_at(week)),
        "role": _among(register.role_at(week), ROLES),
        "origin": _among(register.persons["origin"], ORIGIN_KEYS, "origin-unknown"),
        "sex": _among(
            register.persons["sex"].astype(object).map({"K": "women", "M": "men"}),
            SEX_KEYS,
            "sex-unknown",
        ),
        "age": groups(register, week, "age", definitions),
    }
    if register.weeks[week].date() < definitions.match_model_ends:
        match = "match-" + _text(categories(register, week, definitions))
        known = [f"match-{each}" for each in definitions.match_categories]
        columns["match"] = _among(match, [*known, "match-unknown"], "match-unknown")
        columns["readiness"] = groups(register, week, "readiness", definitions)
    return register.people(np.ones(len(register.persons), dtype=bool), **columns)


def residence(register: Register, week: int) -> Persons:
    """Return where everybody lives in a week: `municipality` (its code, as text) and its `role`."""
    return register.people(
        np.arange(len(register.persons)),
        municipality=_text(register.municipality_at(week)).array,
        role=_among(register.role_at(week), ROLES),
    )


def _text(codes: "pd.Series[Any]") -> "pd.Series[str]":
    return codes.astype("Int64").astype("string")


def _among(values: "pd.Series[Any]", known: list[str], other: str | None = None) -> pd.Categorical:
    plain = values.astype(object)
    kept = plain.where(plain.isin(known), other)
    return pd.Categorical(kept, categories=known)


def targets(register: Register, window: Window, the_plan: Evaluation) -> Persons:
    """Return who is at risk of each target in a window, and what counts.

    Returns
    -------
    Persons
        A row a person and target: `target` (a category), `counted` out of `out_of`, which are
        persons or weeks, and the person's `role` and `municipality` in the window's first week.
    """
    definitions = the_plan.definitions
    measured = all_targets(
        register, window, definitions.exit_weeks, education=definitions.education_is_self_support
    )
    keys = [target.key for target in the_plan.targets]
    tables = [
        measured[key].people(
            register, target=pd.Categorical([key] * len(measured[key].persons), keys)
        )
        for key in keys
    ]
    where = background(register, window.first, definitions)[["person", "role", "municipality"]]
    return pd.concat(tables, ignore_index=True).merge(where, on="person")
