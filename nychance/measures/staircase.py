"""The staircase model: occupancy of its steps, and moves between them.

Steps count from 0 in the plan's order. The last is ordinary work: it includes persons without
transfer, though a blank week means no more than "no transfer". People enter from either end and may
skip steps (the evaluation's first results).
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.models.method import PERSONS, RATIO, WILSON, method
from evalbook.sdc import Persons
from nychance import tr
from nychance.measures.exits import BACK, EXITS, returns
from nychance.measures.targets import Window
from nychance.register import SELF_SUPPORT, STATES, Register

# The step of those who are on none.
OFF: Final = "on-no-step"
# Moves from a step.
MOVES: Final = ["moved-down", "moved-off", "same-step", "one-up", "several-up"]


@method(
    tr("On a step of the staircase"),
    formula=tr("n(on the step) ÷ n(target group)"),
    unit=PERSONS,
    interval=WILSON,
    source=tr("The staircase model"),
)
def occupancy(
    register: Register, week: int, persons: NDArray[np.bool_], keys: Sequence[str]
) -> Persons:
    """Return which step of the staircase each of a group's persons is on in a week.

    Parameters
    ----------
    keys : sequence of str
        The steps' keys, from the bottom.

    Returns
    -------
    Persons
        A row a person, and `step`, a category; missing for those on no step.
    """
    step = steps_in(register, slice(week, week + 1), persons, len(keys))[:, 0]
    return register.people(persons, step=_named(step, keys))


@method(
    tr("Moved up the staircase"),
    formula=tr("n(a higher step) ÷ n(on a step at both ends of the window)"),
    unit=PERSONS,
    interval=WILSON,
    source=tr("The staircase model"),
)
def moves(
    register: Register, window: Window, persons: NDArray[np.bool_], keys: Sequence[str]
) -> Persons:
    """Return how those on a step in a window's first week have moved by its last.

    Parameters
    ----------
    keys : sequence of str
        The steps' keys, from the bottom.

    Returns
    -------
    Persons
        A row a person on a step in the first week; as categories `step`, the one then, and `move`,
        one of `MOVES`; and `counted`, 1 who has moved up, out of `out_of`, 1 who is on a step at
        both ends.
    """
    before, after = (
        steps_in(register, slice(week, week + 1), persons, len(keys))[:, 0]
        for week in (window.first, window.last)
    )
    on = before >= 0
    moved = np.select(
        [after < 0, after < before, after == before, after == before + 1],
        ["moved-off", "moved-down", "same-step", "one-up"],
        "several-up",
    )
    return register.people(
        np.flatnonzero(persons)[on],
        step=_named(before[on], keys),
        move=pd.Categorical(moved[on], MOVES),
        counted=(after > before)[on].astype(float),
        out_of=(after >= 0)[on].astype(float),
    )


@method(
    tr("Back on benefit, by the step left"),
    formula=tr("n(exits from the step followed by a return) ÷ n(exits from the step)"),
    unit=EXITS,
    interval=RATIO,
    source=tr("The staircase model"),
)
def returns_by_step(
    register: Register, exit_weeks: int, length: int, keys: Sequence[str]
) -> Persons:
    """Return each exit that can be followed so long, the step left, and whether it was followed.

    Parameters
    ----------
    exit_weeks, length : int
        As for `exits.returns`, and weeks of follow-up as for `exits.back_within`.
    keys : sequence of str
        The steps' keys, from the bottom.

    Returns
    -------
    Persons
        A row an exit; `step`, a category, is that in the last week before it, or `OFF` for exits
        from no step (nobody leaves from the last, which is ordinary work), and `counted`, 1 for a
        return, out of `out_of`, which is 1.
    """
    last = len(register.weeks) - 1
    found = returns(register, last, exit_weeks)
    followed = found[found["first"] + length <= last]
    left = register.step[followed["person"], followed["first"] - 1]
    step = np.array([*keys, OFF], dtype=object)[left]
    back = (followed["outcome"] == BACK) & (followed["weeks"] <= length)
    return register.people(
        followed["person"].to_numpy(),
        step=pd.Categorical(step, [*keys[:-1], OFF]),
        counted=back.to_numpy(dtype=float),
        out_of=1.0,
    )


@method(
    tr("First step on the staircase"),
    formula=tr("n(first step) ÷ n(stepped on in the window, of those on none at its start)"),
    unit=PERSONS,
    interval=WILSON,
    source=tr("The staircase model"),
)
def entries(
    register: Register, window: Window, persons: NDArray[np.bool_], keys: Sequence[str]
) -> Persons:
    """Return who was on no step in a window's first week and has stepped on since, and where.

    Parameters
    ----------
    keys : sequence of str
        The steps' keys, from the bottom.

    Returns
    -------
    Persons
        A row a person; `step`, a category, is the first step: the first key is entry from the
        bottom, the last from the top (straight into ordinary work). `counted`, 1 who stepped on
        above the first step, out of `out_of`, which is 1.
    """
    seen = steps_in(register, window.weeks, persons, len(keys))
    on = seen >= 0
    waiting = ~on[:, 0] & on.any(axis=1)
    arrived = seen[waiting, on[waiting].argmax(axis=1)]
    return register.people(
        np.flatnonzero(persons)[waiting],
        step=_named(arrived, keys),
        counted=(arrived > 0).astype(float),
        out_of=1.0,
    )


def steps_in(
    register: Register, weeks: slice, persons: NDArray[np.bool_], steps: int
) -> NDArray[np.int8]:
    """Return each person's step by week: the code's own, the last one without transfer, else -1.

    Shape (persons, weeks).
    """
    rows = np.flatnonzero(persons)
    state, observed = register.state[rows, weeks], register.observed[rows, weeks]
    own = np.where(observed, register.step[rows, weeks], -1)
    return np.where(observed & (state == STATES.index(SELF_SUPPORT)), steps - 1, own).astype(
        np.int8
    )


def _named(steps: NDArray[np.int8], keys: Sequence[str]) -> "pd.Categorical[Any]":
    return pd.Categorical.from_codes(steps, pd.Index(list(keys)))
