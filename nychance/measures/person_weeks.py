"""Person-weeks at risk of an exit to self-support, the data for a hazard model."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.errors import UsageError
from nychance import columns as c
from nychance.measures.spells import benefit_spells, exits
from nychance.register import STATES, Register
from nychance.register.histories import in_force

UNKNOWN: Final = "unknown"
AGES: Final = {"16-29": 0, "30-39": 30, "40-49": 40, "50-64": 50}
_STEPS = pd.Index(["none", *(str(step + 1) for step in range(np.iinfo(np.int8).max))])

Ints = NDArray[np.int64]


def person_weeks(
    register: Register,
    last: int,
    *,
    exit_weeks: int,
    first: int = 0,
    since: Sequence[str] = (),
    during: Sequence[str] = (),
    persons: NDArray[np.bool_] | None = None,
) -> pd.DataFrame:
    """Return the weeks on benefit, with the exits to self-support that follow them.

    Parameters
    ----------
    register : Register
        Persons and weeks; large extracts in chunks of persons.
    last : int
        Last week known. Weeks after which an exit could not be known yet, the last `exit_weeks`,
        are left out.
    exit_weeks : int
        Consecutive weeks without transfer that make an exit.
    first : int
        The first week to list. Spells that run already keep their duration, and interventions
        count from their start.
    since : sequence of str
        Kinds of intervention that count from the week in which the person's first one starts, also
        after its end.
    during : sequence of str
        Kinds that count in the weeks in which one runs.
    persons : array of bool, shape (persons,), optional
        Whose weeks; default everybody's.

    Returns
    -------
    DataFrame
        In the order of persons and weeks. `person` and `week` (of the register), `spell` (number
        of the person's spell on benefit, from 0), `duration` (weeks since the spell began),
        `begun_before` (it ran in the first week already, so that its duration is too short),
        `event` (1 if the next week begins an exit), `sex`, `origin`, `age` and `match` at the
        beginning of the spell, `state`, `step` of the staircase (from 1, or `none`),
        `municipality` (0 if unknown) and `role` in the week, and 0 or 1 for each kind of `since`
        and `during`. What is missing is `unknown`.

    Raises
    ------
    UsageError
        If a kind is both in `since` and `during`.

    Notes
    -----
    An intervention is 0 in every week before the one in which it starts, so that the weeks that
    somebody had to stay on benefit to get it are not credited to it (immortal time; Suissa 2008,
    American Journal of Epidemiology 167:492-499). A person who is no longer observed or leaves for
    anything but self-support is no longer at risk.
    """
    if twice := sorted(set(since) & set(during)):
        raise UsageError(
            f"{twice[0]!r} cannot count both since its start and during it", remedy="Name it once"
        )
    until = max(last + 1 - exit_weeks, 0)
    at_risk = register.on_benefit[:, :until]
    person, week = np.nonzero(
        at_risk[:, first:] if persons is None else at_risk[:, first:] & persons[:, None]
    )
    week = week + first
    spells = benefit_spells(register, last, exit_weeks)
    width = len(register.weeks) + 1
    begins = spells["person"].to_numpy(dtype=np.int64) * width + spells["first"].to_numpy()
    place = np.searchsorted(begins, person * width + week, side="right") - 1
    begun = spells["first"].to_numpy(dtype=np.int64)[place]
    leaves = exits(register, last, exit_weeks)
    left = np.zeros(at_risk.shape, dtype=bool)
    known = leaves.first <= until
    left[leaves.person[known], leaves.first[known] - 1] = True
    own_first = np.searchsorted(begins, person * width)
    municipality = in_force(register.residence, c.MUNICIPALITY, person, register.weeks[week])
    at_begin = (
        spells["person"].to_numpy(dtype=np.int64),
        register.weeks[spells["first"].to_numpy(dtype=np.int64)],
    )
    # The last place, -1, is that of an unknown municipality.
    roles = _category([*register.municipalities[c.ROLE], None])
    frame = {
        "person": person,
        "week": week,
        "spell": place - own_first,
        "duration": week - begun,
        "begun_before": begun == 0,
        "event": left[person, week].astype(np.int8),
        "sex": _category(register.persons["sex"])[person].remove_unused_categories(),
        "origin": _category(register.persons["origin"])[person].remove_unused_categories(),
        "age": _ages(
            register.weeks[begun].year - register.persons["birth_year"].to_numpy()[person]
        ),
        "match": _category(_match_labels(in_force(register.match, c.MATCH_CATEGORY, *at_begin)))[
            place
        ].remove_unused_categories(),
        "state": pd.Categorical.from_codes(
            register.state[person, week], pd.Index(STATES)
        ).remove_unused_categories(),
        "step": pd.Categorical.from_codes(
            register.step[person, week] + 1, _STEPS
        ).remove_unused_categories(),
        "municipality": np.nan_to_num(municipality).astype(np.int32),
        "role": roles[
            register.municipalities.index.get_indexer(pd.Index(municipality))
        ].remove_unused_categories(),
    }
    frame |= {
        kind: (week >= _first_start(register, kind)[person]).astype(np.int8) for kind in since
    }
    frame |= {
        kind: _running(register, kind, until)[person, week].astype(np.int8) for kind in during
    }
    return pd.DataFrame(frame)


def _match_labels(match: NDArray[np.float64]) -> NDArray[np.object_]:
    return (
        pd.Series(match)
        .map({float(category): str(category) for category in range(1, 6)})
        .to_numpy(dtype=object)
    )


def _ages(years: Any) -> Any:
    years = np.asarray(years, dtype=float)
    codes = np.searchsorted(list(AGES.values()), np.nan_to_num(years), side="right") - 1
    codes = np.where(np.isnan(years), len(AGES), np.maximum(codes, 0))
    return pd.Categorical.from_codes(codes, pd.Index([*AGES, UNKNOWN])).remove_unused_categories()


def _category(values: Any) -> Any:
    """Return a categorical of labels, with `unknown` as the last category."""
    codes, labels = pd.factorize(pd.Series(values, dtype=object), sort=True)
    missing = codes < 0
    names = [str(label) for label in labels]
    return pd.Categorical.from_codes(
        np.where(missing, len(names), codes), pd.Index([*names, UNKNOWN])
    ).remove_unused_categories()


def _weeks_of(register: Register, days: "pd.Series[pd.Timestamp]") -> Ints:
    """Return the week of each day; 0 for days before the first week."""
    found = register.weeks.searchsorted(pd.DatetimeIndex(days), side="right") - 1
    return np.maximum(found, 0)


def _first_start(register: Register, kind: str) -> Ints:
    records = register.interventions[register.interventions[c.KIND] == kind]
    first = np.full(len(register.persons), len(register.weeks), dtype=np.int64)
    np.minimum.at(first, records["person"].to_numpy(), _weeks_of(register, records[c.START]))
    return first


def _running(register: Register, kind: str, until: int) -> NDArray[np.bool_]:
    """Return, per person and week, whether an intervention of a kind runs.

    Without an end, it still does.
    """
    records = register.interventions[register.interventions[c.KIND] == kind]
    change = np.zeros((len(register.persons), until + 1), dtype=np.int8)
    person = records["person"].to_numpy()
    end = records[c.END].fillna(register.weeks[-1])
    for weeks, sign in (
        (_weeks_of(register, records[c.START]), 1),
        (_weeks_of(register, end) + 1, -1),
    ):
        np.add.at(change, (person, np.minimum(weeks, until)), sign)
    running: NDArray[np.bool_] = np.cumsum(change, axis=1, dtype=np.int8) > 0
    return running
