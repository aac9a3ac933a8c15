"""How people move: between states, along the staircase, and back to benefit."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nychance.measures.shares import Share, share
from nychance.register import SELF_SUPPORT, STATES, Register

GROUPS: dict[str, tuple[str, ...]] = {
    "passive": ("passive",),
    "active": ("active",),
    "sick": ("sick",),
    "unemployment-benefit": ("unemployment-benefit",),
    "self-support": (SELF_SUPPORT,),
    "other": ("education", "leave", "supported-job", "pension", "unknown"),
    "left": ("emigrated", "retired", "dead"),
}


def transition_counts(register: Register, first: int, last: int, persons: NDArray[np.bool_]) -> pd.DataFrame:
    """Count persons by where they were and where they are.

    Parameters
    ----------
    first, last : int
        Weeks of the register.
    persons : array of bool, shape (persons,)
        Whom to count.

    Returns
    -------
    DataFrame
        Groups of states (`GROUPS`) in the first week as rows, in the last week as columns.
    """
    lookup = np.array([_group_of(state) for state in STATES])
    names = list(GROUPS)
    before, after = lookup[register.state[persons, first]], lookup[register.state[persons, last]]
    counts = np.bincount(before * len(names) + after, minlength=len(names) ** 2)
    return pd.DataFrame(counts.reshape(len(names), -1), index=names, columns=names)


def standing(register: Register, week: int, persons: NDArray[np.bool_], steps: int) -> NDArray[np.int64]:
    """Count who stands on each step of the staircase in a week; the last step is ordinary work.

    Parameters
    ----------
    steps : int
        Number of steps; persons without transfer count on the last one, people on no step are left out.
    """
    return np.bincount(_step(register, week, steps)[persons] + 1, minlength=steps + 1)[1:]


def moves(register: Register, first: int, last: int, persons: NDArray[np.bool_], steps: int) -> dict[str, int]:
    """Count moves along the staircase between two weeks, of persons who stand on a step in either.

    Returns
    -------
    dict
        `up`, `down`, `stay`, `skip` (up by more than one, also in `up`), `on` (stepped on) and `off`.
    """
    before, after = _step(register, first, steps)[persons], _step(register, last, steps)[persons]
    both = (before >= 0) & (after >= 0)
    return {
        "up": int((both & (after > before)).sum()),
        "skip": int((both & (after > before + 1)).sum()),
        "stay": int((both & (after == before)).sum()),
        "down": int((both & (after < before)).sum()),
        "on": int(((before < 0) & (after >= 0)).sum()),
        "off": int(((before >= 0) & (after < 0)).sum()),
    }


def entries(register: Register, first: int, last: int, persons: NDArray[np.bool_], steps: int) -> NDArray[np.int64]:
    """Count, for persons on no step in the first week, the first step that each of them takes by the last week."""
    counts = np.zeros(steps, dtype=np.int64)
    waiting = persons & (_step(register, first, steps) < 0)
    for week in range(first + 1, last + 1):
        now = _step(register, week, steps)
        arrived = waiting & (now >= 0)
        counts += np.bincount(now[arrived], minlength=steps)
        waiting &= ~arrived
    return counts


def returned_within(
    register: Register, last: int, persons: NDArray[np.bool_], exit_weeks: int, within: Sequence[int]
) -> dict[int, Share | None]:
    """Revolving door: of exits to self-support, the share back on benefit within so many weeks.

    Parameters
    ----------
    last : int
        Last week known.
    exit_weeks : int
        Consecutive weeks without transfer that make an exit.
    within : sequence of int
        Follow-up lengths in weeks, counted from the exit's first week. An exit counts for a length only if it can be
        followed that long, so later exits do not make the share smaller.

    Returns
    -------
    dict
        Follow-up length to the share of exits; None where no exit can be followed that long.
    """
    rows = np.flatnonzero(persons)
    free = (register.state[rows] == STATES.index(SELF_SUPPORT))[:, : last + 1]
    benefit = register.is_state("passive", "active", "sick", "unemployment-benefit")[rows, : last + 1]
    begins = _exit_starts(free, benefit, exit_weeks)
    weeks_back = _weeks_to_next(benefit)
    shares: dict[int, Share | None] = {}
    for length in within:
        person, week = np.nonzero(begins[:, : max(last + 1 - length, 0)])
        back = weeks_back[person, week] <= length
        shares[length] = share(int(back.sum()), len(back)) if len(back) else None
    return shares


def _exit_starts(free: NDArray[np.bool_], benefit: NDArray[np.bool_], exit_weeks: int) -> NDArray[np.bool_]:
    """Mark the first week of each run of at least `exit_weeks` free weeks that follows a week on benefit."""
    starts = np.zeros_like(free)
    if free.shape[1] <= exit_weeks:
        return starts
    long_enough = np.lib.stride_tricks.sliding_window_view(free[:, 1:], exit_weeks, axis=1).all(axis=2)
    starts[:, 1 : 1 + long_enough.shape[1]] = long_enough & benefit[:, : long_enough.shape[1]]
    return starts


def _weeks_to_next(benefit: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Give, per person and week, how many weeks until the next week on benefit; very many if there is none."""
    weeks = np.arange(benefit.shape[1])
    never = 10 * benefit.shape[1] + 10_000
    when = np.where(benefit, weeks, never)
    following = np.minimum.accumulate(when[:, ::-1], axis=1)[:, ::-1]
    return following - weeks


def _group_of(state: str) -> int:
    return next(i for i, members in enumerate(GROUPS.values()) if state in members)


def _step(register: Register, week: int, steps: int) -> NDArray[np.int64]:
    """Give each person's step in a week: the code's own, the last one for persons without transfer, else -1."""
    own = register.step[:, week].astype(np.int64)
    working = (register.state[:, week] == STATES.index(SELF_SUPPORT)) & register.observed[:, week]
    return np.where(working, steps - 1, own)
