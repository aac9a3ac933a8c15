"""Exits from benefit: where they lead, and who returns (the revolving door, svingdørseffekten)."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.models.method import PERSONS, RATIO, WILSON, method
from evalbook.sdc import Persons
from nychance import tr
from nychance.measures.person_measure import PersonMeasure
from nychance.measures.population import FOLDED, OTHER
from nychance.measures.spells import benefit_spells, exits, weeks_to_next
from nychance.measures.targets import Window, target_group
from nychance.register import BENEFIT, STATES, Register
from nychance.register.runs import runs

BACK: Final = "back"
LEFT: Final = "left"
OUT: Final = "out"
STAYED: Final = "stayed"
DESTINATIONS: Final = tuple(state for state in STATES if state not in BENEFIT)
# A person in one of these states is no longer observed, so no exit leads to them.
CENSORED: Final = ("emigrated", "retired", "dead")
OUTCOMES: Final = [
    STAYED,
    *(state for state in DESTINATIONS if state not in (*CENSORED, *FOLDED)),
    OTHER,
    LEFT,
]
EXITS: Final = tr("exits to self-support")
BACK_FORMULA: Final = tr(
    "n(exits followed by a return within the weeks) ÷ n(exits that can be followed so long)"
)


def destinations(
    register: Register, window: Window, exit_weeks: int, groups: "pd.Series[Any]"
) -> pd.DataFrame:
    """Count persons by the destination of their first exit from benefit in a window.

    An exit is `exit_weeks` weeks in a row without one of the benefits, all of them known at the
    window's end; it leads to the state of its first week. Death and emigration are not exits: the
    person is censored.

    Parameters
    ----------
    groups : Series, shape (persons,)
        A label per person, as returned by `groups`.

    Returns
    -------
    DataFrame
        Groups as rows; a column per state that is no benefit, including those that nobody went to.
    """
    spells = benefit_spells(register, window.last, exit_weeks)
    begin = spells["first"] + spells["weeks"]
    ended = spells[spells["ended"] & (begin >= window.first)].drop_duplicates("person")
    who = groups.iloc[ended["person"]].reset_index(drop=True).rename("group")
    found = pd.crosstab(who, ended["to"].reset_index(drop=True))
    return found.reindex(columns=pd.Index(DESTINATIONS, name="to"), fill_value=0)


@method(
    tr("Outcome of the spell on benefit"),
    formula=tr("n(outcome) ÷ n(target group at the start)"),
    unit=PERSONS,
    interval=WILSON,
    source=tr("The evaluation's brief"),
)
def outcomes(register: Register, window: Window, exit_weeks: int) -> Persons:
    """Return the target group of a window's first week, with the outcome of that spell on benefit.

    Parameters
    ----------
    exit_weeks : int
        As for `destinations`.

    Returns
    -------
    Persons
        Whoever is in the target group in the first week, and `destination`, a category: `stayed`
        (no exit that is known at the window's end), the state that an exit led to, where leave and
        unknown codes are `other`, or `left` (dead, emigrated or retired while on benefit).
    """
    spells = benefit_spells(register, window.last, exit_weeks)
    begin, end = spells["first"], spells["first"] + spells["weeks"]
    mine = spells[
        target_group(register, window.first)[spells["person"]]
        & (begin <= window.first)
        & (end > window.first)
    ]
    lost = ~register.observed[mine["person"], window.last]
    outcome = mine["to"].astype(object).where(mine["ended"], np.where(lost, LEFT, STAYED))
    return register.people(
        mine["person"].to_numpy(),
        destination=pd.Categorical(outcome.replace(dict.fromkeys(FOLDED, OTHER)), OUTCOMES),
    )


def returns(register: Register, last: int, exit_weeks: int) -> pd.DataFrame:
    """Return every exit to self-support with what followed it.

    Parameters
    ----------
    last : int
        Last week known.
    exit_weeks : int
        Consecutive weeks without transfer that make an exit.

    Returns
    -------
    DataFrame
        `person`, `first` (the exit's first week), `weeks` from there to what followed, and
        `outcome`: `back` on benefit, `left` (dead, emigrated or retired, so that no return can be
        seen) or `out` so far. Weeks and outcome are arguments of `models.aalen_johansen`
        (`censored="out"`, leaving competes with returning) and of `models.kaplan_meier` (event:
        `back`), so that exits with a short follow-up count for as long as they are followed. Other
        transfers, such as an education grant, are neither.
    """
    found = exits(register, last, exit_weeks)
    never = len(register.weeks)
    until_back = weeks_to_next(found, runs(register.on_benefit[:, : last + 1]), never)
    gone = np.column_stack(
        [~register.observed[found.person, : last + 1], np.ones(len(found.person), dtype=bool)]
    )
    lost = gone.argmax(axis=1)
    known = last - found.first.astype(np.int64)
    until_left = np.where(lost <= last, lost - found.first, never)
    outcome = np.select([until_back <= known, until_left <= known], [BACK, LEFT], OUT)
    weeks = np.minimum(np.minimum(until_back, until_left), known)
    return pd.DataFrame(
        {"person": found.person, "first": found.first, "weeks": weeks, "outcome": outcome}
    )


@method(
    tr("Back on benefit"),
    formula=BACK_FORMULA,
    unit=EXITS,
    interval=RATIO,
    source=tr("The evaluation's brief; an exit lasts at least four weeks"),
)
def back_within(
    followed: pd.DataFrame, length: int, last: int, persons: NDArray[np.bool_]
) -> PersonMeasure:
    """Measure the revolving door: exits to self-support followed by a return within some weeks.

    Source: the evaluation's brief; 26 weeks as in Lejre's measure of returns (tilbageløb inden for
    6 måneder).

    Parameters
    ----------
    followed : DataFrame
        As returned by `returns`.
    length : int
        Weeks of follow-up, counted from the exit's first week. An exit counts only if the week
        `length` weeks after is known, so that later exits do not make the share smaller. Who left
        within that time has not come back.
    last : int
        Last week known.
    persons : array of bool, shape (persons,)
        The group.

    Returns
    -------
    PersonMeasure
        Returns out of exits, by person; the complement is the exits that lasted.
    """
    counted = followed[(followed["first"] + length <= last) & persons[followed["person"]]]
    back = (counted["outcome"] == BACK) & (counted["weeks"] <= length)
    exited, place = np.unique(counted["person"], return_inverse=True)
    return PersonMeasure(
        exited.astype(np.int64), _sums(back, place), _sums(np.ones(len(back)), place)
    )


@method(
    tr("Back on benefit"),
    formula=BACK_FORMULA,
    unit=EXITS,
    interval=RATIO,
    source=tr("The evaluation's brief; an exit lasts at least four weeks"),
)
def back_on_benefit(register: Register, exit_weeks: int, lengths: Sequence[int]) -> Persons:
    """Return exits to self-support that can be followed some weeks, and who has returned by then.

    Counted are immigrants and descendants. An exit counts only if the week that lies so many weeks
    after its first is known; see `back_within`.

    Returns
    -------
    Persons
        A row an exit and length: `within`, the length as a category (`within-26`), and `counted`
        (whether there was a return) out of `out_of`, which is 1.
    """
    last = len(register.weeks) - 1
    found = _of_minority(register, returns(register, last, exit_weeks))
    followed = pd.concat(
        {length: found[found["first"] + length <= last] for length in lengths}, names=["length"]
    ).reset_index("length")
    back = (followed["outcome"] == BACK) & (followed["weeks"] <= followed["length"])
    return register.people(
        followed["person"].to_numpy(),
        within=_named("within-", followed["length"], lengths),
        counted=back.to_numpy(dtype=float),
        out_of=1.0,
    )


@method(
    tr("Hazard of a return to benefit"),
    formula=tr(
        "returns ÷ weeks at risk, in weeks 1\N{EN DASH}13, 14\N{EN DASH}26 and 27\N{EN DASH}52 "
        "after the exit"
    ),
    unit=EXITS,
    interval=tr("ratio estimator, clustered by person"),
    source=tr("Own definition"),
)
def returns_by_time(register: Register, exit_weeks: int, bounds: Sequence[int]) -> Persons:
    """Return how long each exit was at risk of a return, by time since the exit, and the returns.

    They give the hazard of return (the recurrence hazard) of immigrants and descendants.

    Parameters
    ----------
    bounds : sequence of int
        Ends of the bands in weeks, such as 13, 26 and 52: weeks 1-13, 14-26 and 27-52.

    Returns
    -------
    Persons
        A row an exit and band: `since`, the band as a category (`weeks-1-13`), returns (`events`)
        and weeks at risk (`time`). An exit is at risk for as long as it is followed.
    """
    found = _of_minority(register, returns(register, len(register.weeks) - 1, exit_weeks))
    bands = {f"weeks-{low + 1}-{high}": (low, high) for low, high in pairwise([0, *bounds])}
    weeks, back = found["weeks"], found["outcome"] == BACK
    tables = [
        register.people(
            found["person"].to_numpy(),
            since=pd.Categorical([band] * len(found), list(bands)),
            events=(back & weeks.between(low, high, inclusive="right")).to_numpy(dtype=float),
            time=(weeks - low).clip(0, high - low).to_numpy(dtype=float),
        )
        for band, (low, high) in bands.items()
    ]
    return pd.concat(tables, ignore_index=True)


def _of_minority(register: Register, found: pd.DataFrame) -> pd.DataFrame:
    return found[register.minority[found["person"]]]


def _named(stem: str, values: "pd.Series[Any]", known: Sequence[int]) -> "pd.Categorical[Any]":
    names = [f"{stem}{each}" for each in known]
    return pd.Categorical((stem + values.astype(str)).astype(object), categories=names)


def _sums(values: "NDArray[Any] | pd.Series[Any]", place: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the sum of the values at each place."""
    return np.bincount(place, weights=values).astype(np.float64)
