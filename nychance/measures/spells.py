"""Spells: consecutive weeks in a state, found by run lengths for many persons at once.

A spell is consecutive weeks; one week off ends it, a birthday or a move does not (jobindsats.dk,
12 October 2017, withdrew a measure that split spells so). Interruptions of a spell on benefit
that are shorter than an exit may be bridged (`benefit_spells`).
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nychance.register import STATES, UNKNOWN, Register
from nychance.register.runs import Runs, merged, runs, runs_of


def weekly_transitions(
    states: NDArray[np.int8],
    kinds: int,
    groups: NDArray[np.integer[Any]] | None = None,
    n_groups: int = 1,
) -> NDArray[np.int64]:
    """Count the transitions from each week to the next, including weeks without change.

    Parameters
    ----------
    states : array of int8, shape (persons, weeks)
        From 0 to `kinds` - 1; at least one week.
    kinds : int
        Number of states.
    groups : array of int, shape (persons,), optional
        Each person's group, from 0 to `n_groups` - 1.

    Returns
    -------
    array of int64, shape (groups, kinds, kinds)
        From (second axis) to (third axis).
    """
    return transitions_of(*runs_of(states), kinds, groups, n_groups)


def transitions_of(
    found: Runs,
    state: NDArray[np.int8],
    kinds: int,
    groups: NDArray[np.integer[Any]] | None = None,
    n_groups: int = 1,
) -> NDArray[np.int64]:
    """Count the transitions from week to week of known spells, as returned by `state_spells`.

    Counting spells is faster than counting weeks: a spell of n weeks has n - 1 weeks without change
    and one transition to the person's next spell. Other parameters and the result are those of
    `weekly_transitions`.
    """
    own = state.astype(np.intp)
    if groups is not None:
        own += groups.astype(np.intp)[found.person] * kinds
    stayed = np.bincount(own, weights=found.weeks - 1.0, minlength=n_groups * kinds).astype(
        np.int64
    )
    goes_on = found.person[1:] == found.person[:-1]
    went = np.bincount(own[:-1] * kinds + state[1:], weights=goes_on, minlength=n_groups * kinds**2)
    counts = went.reshape(n_groups, kinds, kinds).astype(np.int64)
    counts[:, np.arange(kinds), np.arange(kinds)] += stayed.reshape(n_groups, kinds)
    return counts


def state_spells(register: Register) -> tuple[Runs, NDArray[np.int8]]:
    """Return every spell in a state, and the state of each."""
    return merged(register.spells, register.situations.state.take(register.situation))


def exits(register: Register, last: int, exit_weeks: int) -> Runs:
    """Return the exits to self-support: long enough runs without transfer after a week on benefit.

    Parameters
    ----------
    last : int
        Last week known. A run that began fewer than `exit_weeks` weeks before its end is no exit
        yet.
    exit_weeks : int
        Consecutive weeks without transfer that make an exit; four is the usual rule (DREAMtoolsR,
        function u.spells).

    Returns
    -------
    Runs
        `first` is the exit's first week; `weeks` how long the person had no transfer, as far as is
        known.
    """
    off = runs(register.self_supporting[:, : last + 1])
    before = np.maximum(off.first - 1, 0)
    from_benefit = (off.first > 0) & register.on_benefit[off.person, before]
    return off.where(from_benefit & (off.weeks >= exit_weeks))


def benefit_spells(register: Register, last: int, exit_weeks: int) -> pd.DataFrame:
    """Return the spells on benefit, where breaks shorter than an exit do not end a spell.

    Parameters
    ----------
    last, exit_weeks : int
        As for `exits`; here any `exit_weeks` weeks in a row without one of the benefits end the
        spell.

    Returns
    -------
    DataFrame
        `person`, `first`, `weeks` (from the first week on benefit to the last), `begun_before`
        where it ran already in the first week, so that its start is unknown, `ended` (False if it
        is not known yet whether it has, or the person was no longer observed) and `to`, the state
        of the week after an ended spell.
    """
    width = last + 1
    on = runs(register.on_benefit[:, :width])
    opens = (on.person[1:] != on.person[:-1]) | (on.first[1:] - on.end[:-1] >= exit_weeks)
    found = on.joined(np.append(0, np.flatnonzero(opens) + 1)[: len(on.first)])
    after = np.minimum(found.end, last)
    ended = (found.end + exit_weeks <= width) & register.observed[found.person, after]
    to = np.where(ended, register.state[found.person, after], STATES.index(UNKNOWN))
    return pd.DataFrame(
        {
            "person": found.person,
            "first": found.first,
            "weeks": found.weeks,
            "begun_before": found.first == 0,
            "ended": ended,
            "to": pd.Series(pd.Categorical.from_codes(to, pd.Index(STATES))).where(ended),
        }
    )


def weeks_to_next(begins: Runs, of: Runs, never: int) -> NDArray[np.int64]:
    """Return, for each run, the weeks until the same person's next run of another kind begins.

    Parameters
    ----------
    begins, of : Runs
        Both in the order of persons and weeks.
    never : int
        The value where there is none.
    """
    width = int(np.iinfo(np.int16).max) + 1
    here = begins.person.astype(np.int64) * width + begins.first
    there = of.person.astype(np.int64) * width + of.first
    place = np.searchsorted(there, here, side="right")
    known = place < len(there)
    found = np.full(len(here), never, dtype=np.int64)
    same = np.zeros(len(here), dtype=bool)
    same[known] = of.person[place[known]] == begins.person[known]
    found[same] = there[place[same]] - here[same]
    return found
