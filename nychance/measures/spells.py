"""Spells: weeks in an unbroken row, found by run lengths for many persons at once.

A spell is consecutive weeks; one week off ends it, a birthday or a move does not (jobindsats.dk, 12 October 2017,
withdrew a measure that split spells so). What interrupts a spell on benefit for fewer weeks than an exit takes may be
bridged (`benefit_spells`).
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nychance.register import STATES, UNKNOWN, Register

# Persons at a time: their weeks stay in the processor's cache, and memory does not grow with the register. No power of two,
# at which the weeks of one person would compete for the same lines of the cache; less than 65,536.
BLOCK: Final = 5000


class Runs(NamedTuple):
    """Runs of weeks in which something holds, by person and week; arrays of shape (runs,).

    Attributes
    ----------
    person : array of int32
        Row of the register.
    first : array of int16
        The run's first week.
    weeks : array of int16
        Its length.
    """

    person: NDArray[np.int32]
    first: NDArray[np.int16]
    weeks: NDArray[np.int16]

    @property
    def end(self) -> NDArray[np.int16]:
        """The week after the run's last."""
        return self.first + self.weeks

    def where(self, chosen: NDArray[np.bool_]) -> "Runs":
        """Keep some of the runs."""
        return Runs(self.person[chosen], self.first[chosen], self.weeks[chosen])


def runs(holds: NDArray[np.bool_]) -> Runs:
    """Find the runs of weeks in which something holds.

    Parameters
    ----------
    holds : array of bool, shape (persons, weeks)
    """
    parts = []
    for offset, block in _blocks(holds):
        # Where it begins and where it has ended alternate within each person.
        edge = np.empty((len(block) + 1, block.shape[1]), dtype=bool)
        edge[0], edge[-1] = block[0], block[-1]
        np.not_equal(block[1:], block[:-1], out=edge[1:-1])
        person, week, _ = _by_person(edge)
        parts.append((person[::2] + offset, week[::2], week[1::2] - week[::2]))
    return Runs(*_joined(parts, (np.int32, np.int16, np.int16)))


def state_spells(weeks: NDArray[Any], state: NDArray[np.int8] | None = None) -> tuple[Runs, NDArray[np.int8]]:
    """Find the spells in each state, and the state of each.

    Parameters
    ----------
    weeks : array of int, shape (persons, weeks)
        What each week is; at least one week.
    state : array of int8, optional
        The state of each thing that a week can be, so that only the weeks that begin something are looked up: a register's
        `situation` with `situations.state`. Without it, `weeks` holds states.
    """
    parts = []
    for offset, block in _blocks(weeks):
        begins = np.empty(block.shape, dtype=bool)
        begins[0] = True
        np.not_equal(block[1:], block[:-1], out=begins[1:])
        person, first, at = _by_person(begins)
        found = block.ravel()[at]
        if state is not None:
            found = state.take(found, mode="clip")
            goes_on = np.append(False, (found[1:] == found[:-1]) & (person[1:] == person[:-1]))
            person, first, found = person[~goes_on], first[~goes_on], found[~goes_on]
        # The next spell is the same person's, or the next person's, who has one from the first week.
        length = np.diff(first, append=0)
        length[length <= 0] += len(block)
        parts.append((person + offset, first, length, found))
    person, first, length, found = _joined(parts, (np.int32, np.int16, np.int16, np.int8))
    return Runs(person, first, length), found


def weekly_transitions(
    states: NDArray[np.int8], kinds: int, groups: NDArray[np.integer[Any]] | None = None, n_groups: int = 1
) -> NDArray[np.int64]:
    """Count the moves from each week to the next, weeks that change nothing included.

    Parameters
    ----------
    states : array of int8, shape (persons, weeks)
        From 0 to `kinds` - 1; at least one week.
    kinds : int
        How many states there are.
    groups : array of int, shape (persons,), optional
        Each person's group, from 0 to `n_groups` - 1.

    Returns
    -------
    array of int64, shape (groups, kinds, kinds)
        From (second axis) to (third axis).
    """
    return transitions_of(*state_spells(states), kinds, groups, n_groups)


def transitions_of(
    found: Runs,
    state: NDArray[np.int8],
    kinds: int,
    groups: NDArray[np.integer[Any]] | None = None,
    n_groups: int = 1,
) -> NDArray[np.int64]:
    """Count the moves from week to week of spells that are known already, as `state_spells` gives them.

    There are few spells to count: each of so many weeks has stayed one time less, and has gone over to the person's next.
    Other parameters and the result are those of `weekly_transitions`.
    """
    group = np.zeros(len(state), dtype=np.intp) if groups is None else groups.astype(np.intp)[found.person]
    own = group * kinds + state
    stayed = np.bincount(own, weights=found.weeks - 1.0, minlength=n_groups * kinds).astype(np.int64)
    goes_on = found.person[1:] == found.person[:-1]
    went = np.bincount((own[:-1] * kinds + state[1:])[goes_on], minlength=n_groups * kinds**2)
    counts = went.reshape(n_groups, kinds, kinds).astype(np.int64)
    counts[:, np.arange(kinds), np.arange(kinds)] += stayed.reshape(n_groups, kinds)
    return counts


def spells(register: Register, last: int | None = None) -> pd.DataFrame:
    """List every spell in a state.

    Parameters
    ----------
    last : int, optional
        Last week known; default the register's last.

    Returns
    -------
    DataFrame
        In the order of persons and weeks: `person`, `state`, `first` (week), `weeks`; `begun_before` where it ran
        already in the first week, so that its start is unknown, and `running` where it still ran in the last.
    """
    known = register.situation[:, : _after(register, last)]
    found, state = state_spells(known, register.situations.state)
    return pd.DataFrame(
        {
            "person": found.person,
            "state": pd.Categorical.from_codes(state, pd.Index(STATES)),
            "first": found.first,
            "weeks": found.weeks,
            "begun_before": found.first == 0,
            "running": found.end == known.shape[1],
        }
    )


def exits(register: Register, last: int, exit_weeks: int) -> Runs:
    """Find the exits to self-support: runs without any transfer, right after a week on benefit and long enough.

    Parameters
    ----------
    last : int
        Last week known. A run that began fewer than `exit_weeks` weeks before its end is no exit yet.
    exit_weeks : int
        Consecutive weeks without transfer that make an exit; four is the usual rule (DREAMtoolsR, function u.spells).

    Returns
    -------
    Runs
        `first` is the exit's first week; `weeks` how long the person had no transfer, as far as is known.
    """
    off = runs(register.self_supporting[:, : last + 1])
    before = np.maximum(off.first - 1, 0)
    from_benefit = (off.first > 0) & register.on_benefit[off.person, before]
    return off.where(from_benefit & (off.weeks >= exit_weeks))


def benefit_spells(register: Register, last: int, exit_weeks: int) -> pd.DataFrame:
    """List the spells on benefit, where fewer weeks off than an exit takes do not end a spell.

    Parameters
    ----------
    last, exit_weeks : int
        As for `exits`; here any `exit_weeks` weeks in a row without one of the benefits end the spell.

    Returns
    -------
    DataFrame
        `person`, `first`, `weeks` (from the first week on benefit to the last), `begun_before` as in `spells`, `ended`
        (False if it is not known yet whether it has, or the person was lost from sight) and `to`, the state of the
        week after an ended spell.
    """
    width = last + 1
    on = runs(register.on_benefit[:, :width])
    goes_on = (on.person[1:] == on.person[:-1]) & (on.first[1:] - on.end[:-1] < exit_weeks)
    opens, closes = np.append(True, ~goes_on)[: len(on.first)], np.append(~goes_on, True)[: len(on.first)]
    person, first, end = on.person[opens], on.first[opens], on.end[closes]
    after = np.minimum(end, last)
    ended = (end + exit_weeks <= width) & register.observed[person, after]
    to = np.where(ended, register.state[person, after], STATES.index(UNKNOWN))
    return pd.DataFrame(
        {
            "person": person,
            "first": first,
            "weeks": end - first,
            "begun_before": first == 0,
            "ended": ended,
            "to": pd.Series(pd.Categorical.from_codes(to, pd.Index(STATES))).where(ended),
        }
    )


def weeks_to_next(begins: Runs, of: Runs, never: int) -> NDArray[np.int64]:
    """Count, for each run, the weeks until the same person's next run of another kind begins.

    Parameters
    ----------
    begins, of : Runs
        Both in the order of persons and weeks.
    never : int
        What to give where there is none.
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


def _after(register: Register, last: int | None) -> int:
    return len(register.weeks) if last is None else last + 1


def _blocks(weeks: NDArray[Any]) -> Iterator[tuple[int, NDArray[Any]]]:
    """Give some persons at a time: the first one's row, and their weeks, shape (weeks, persons)."""
    for first in range(0, len(weeks), BLOCK):
        yield first, np.ascontiguousarray(weeks[first : first + BLOCK].T)


def _by_person(marks: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.int16], NDArray[np.int64]]:
    """List the marks of a block, shape (weeks, persons), by person and week: the person, the week and the place of each."""
    at, count = np.flatnonzero(marks), marks.shape[1]
    week = at // count
    # Persons of a block fit into 16 bits, which numpy sorts in linear time.
    person = (at - week * count).astype(np.uint16)
    order = np.argsort(person, kind="stable")
    return person[order].astype(np.int32), week.astype(np.int16)[order], at[order]


def _joined(parts: Sequence[tuple[NDArray[Any], ...]], kinds: tuple[type, ...]) -> list[NDArray[Any]]:
    """Join the blocks' columns in their compact types."""
    if not parts:
        return [np.zeros(0, dtype=kind) for kind in kinds]
    return [np.concatenate(column).astype(kind, copy=False) for column, kind in zip(zip(*parts, strict=True), kinds, strict=True)]
