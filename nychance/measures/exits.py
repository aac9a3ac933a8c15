"""Exits from benefit: where they lead, and who returns (the revolving door, svingdørseffekten)."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.models.method import PERSONS, WILSON, method
from nychance import tr
from nychance.measures.person_measure import PersonMeasure
from nychance.measures.spells import benefit_spells, exits, weeks_to_next
from nychance.measures.targets import Window
from nychance.register import BENEFIT, STATES, Register
from nychance.register.runs import runs

BACK: Final = "back"
LEFT: Final = "left"
OUT: Final = "out"
STAYED: Final = "stayed"
DESTINATIONS: Final = tuple(state for state in STATES if state not in BENEFIT)
# A person in one of these states is no longer observed, so no exit leads to them.
CENSORED: Final = ("emigrated", "retired", "dead")


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
    source="The evaluation's brief",
)
def outcomes(
    register: Register, window: Window, exit_weeks: int, groups: "pd.Series[Any]"
) -> pd.DataFrame:
    """Count those on benefit in a window's first week by the outcome of that spell in the window.

    Parameters
    ----------
    exit_weeks : int
        As for `destinations`.
    groups : Series, shape (persons,)
        A label per person; missing for persons who are left out.

    Returns
    -------
    DataFrame
        Groups as rows; `stayed` (no exit that is known at the window's end), a column per state
        that an exit led to, as in `destinations`, and `left` (dead, emigrated or retired while on
        benefit). Together they are everybody on benefit in the first week.
    """
    spells = benefit_spells(register, window.last, exit_weeks)
    begin, end = spells["first"], spells["first"] + spells["weeks"]
    mine = spells[
        register.on_benefit[spells["person"], window.first]
        & (begin <= window.first)
        & (end > window.first)
    ]
    lost = ~register.observed[mine["person"], window.last]
    outcome = mine["to"].astype(object).where(mine["ended"], np.where(lost, LEFT, STAYED))
    who = groups.iloc[mine["person"]].reset_index(drop=True).rename("group")
    found = pd.crosstab(who, outcome.reset_index(drop=True))
    seen = [state for state in DESTINATIONS if state not in CENSORED]
    return found.reindex(columns=pd.Index([STAYED, *seen, LEFT], name="outcome"), fill_value=0)


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
    formula=tr(
        "n(exits followed by a return within the weeks) ÷ n(exits that can be followed so long)"
    ),
    unit=tr("exits to self-support"),
    interval=tr("ratio estimator, persons as units (Cochran 1977, section 2.11), Student's t"),
    source="The evaluation's brief; an exit lasts at least four weeks",
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
    tr("Hazard of a return to benefit"),
    formula=tr(
        "returns ÷ weeks at risk, in weeks 1\N{EN DASH}13, 14\N{EN DASH}26 and 27\N{EN DASH}52 after the exit"
    ),
    unit=tr("exits to self-support"),
    interval=tr("ratio estimator, clustered by person"),
    source="Own definition",
)
def return_hazard(
    followed: pd.DataFrame, bounds: Sequence[int], persons: NDArray[np.bool_]
) -> pd.DataFrame:
    """Estimate the weekly hazard of return by time since the exit (the recurrence hazard).

    Parameters
    ----------
    followed : DataFrame
        As returned by `returns`.
    bounds : sequence of int
        Ends of the bands in weeks, such as 13, 26 and 52: weeks 1-13, 14-26 and 27-52.
    persons : array of bool, shape (persons,)
        The group.

    Returns
    -------
    DataFrame
        Indexed by the band's last week: `returns`, `weeks` at risk, `persons` at risk, `hazard`,
        which is returns per week at risk, and its 95 per cent interval `lower` to `upper`,
        clustered by person. An exit is at risk for as long as it is followed. Bands that nobody
        reached are left out.
    """
    mine = followed[persons[followed["person"]]]
    exited, place = np.unique(mine["person"], return_inverse=True)
    weeks, back = mine["weeks"].to_numpy(), (mine["outcome"] == BACK).to_numpy()
    rows = {}
    for low, high in pairwise([0, *bounds]):
        at_risk = _sums(np.clip(weeks - low, 0, high - low), place)
        came = _sums(back & (weeks > low) & (weeks <= high), place)
        found = PersonMeasure(exited, came, at_risk).over()
        if found is not None:
            rows[high] = [
                int(came.sum()),
                int(at_risk.sum()),
                found.n,
                found.value,
                *found.interval,
            ]
    names = ["returns", "weeks", "persons", "hazard", "lower", "upper"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("to_week")


def _sums(values: "NDArray[Any] | pd.Series[Any]", place: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the sum of the values at each place."""
    return np.bincount(place, weights=values).astype(np.float64)
