"""The staircase model: occupancy of its steps, and moves between them.

Steps count from 0 in the plan's order. The last is ordinary work: it includes persons without
transfer, though a blank week means no more than "no transfer". People enter from either end and may
skip steps (the evaluation's first results).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.models.method import PERSONS, RATIO, WILSON, method
from evalbook.models.shares.proportions import Share
from nychance import tr
from nychance.measures.exits import back_within
from nychance.register import SELF_SUPPORT, STATES, Register

OFF: Final = "off"
# Moves from a step, in the order of the columns of `moves_by_step`.
MOVES: Final = ("down", "off", "stay", "one", "skip")


@method(
    tr("On a step of the staircase"),
    formula=tr("n(on the step) ÷ n(target group)"),
    unit=PERSONS,
    interval=WILSON,
    source="The staircase model",
)
def occupancy(
    register: Register, week: int, persons: NDArray[np.bool_], steps: int
) -> NDArray[np.int64]:
    """Count the persons on each step of the staircase in a week.

    Parameters
    ----------
    steps : int
        Number of steps. Persons on no step are left out.
    """
    return np.bincount(
        steps_in(register, slice(week, week + 1), persons, steps)[:, 0] + 1, minlength=steps + 1
    )[1:]


@method(
    tr("Moved up the staircase"),
    formula=tr("n(a higher step) ÷ n(on a step at both ends of the window)"),
    unit=PERSONS,
    interval=WILSON,
    source="The staircase model",
)
def moves_by_step(
    register: Register, first: int, last: int, persons: NDArray[np.bool_], keys: Sequence[str]
) -> pd.DataFrame:
    """Count the moves between two weeks by the step in the first.

    Parameters
    ----------
    keys : sequence of str
        The steps' keys, from the bottom.

    Returns
    -------
    DataFrame
        A row per step: `down`, `off` (on no step any more), `stay`, `one` (one step up) and `skip`
        (several steps up). Those on no step in the first week are left out.
    """
    before, after = (
        steps_in(register, slice(week, week + 1), persons, len(keys))[:, 0]
        for week in (first, last)
    )
    on = before >= 0
    moved = np.select(
        [after < 0, after < before, after == before, after == before + 1],
        ["off", "down", "stay", "one"],
        "skip",
    )
    step = pd.Categorical.from_codes(before[on], pd.Index(keys))
    return pd.crosstab(step, pd.Categorical(moved[on], MOVES), dropna=False).rename_axis(
        index="step", columns="move"
    )


@method(
    tr("Back on benefit, by the step left"),
    formula=tr("n(exits from the step followed by a return) ÷ n(exits from the step)"),
    unit=tr("exits to self-support"),
    interval=RATIO,
    source="The staircase model",
)
def returns_by_step(
    register: Register,
    followed: pd.DataFrame,
    length: int,
    persons: NDArray[np.bool_],
    keys: Sequence[str],
) -> dict[str, Share | None]:
    """Compute the share of exits from each step that are followed by a return within some weeks.

    Parameters
    ----------
    followed : DataFrame
        Exits up to the register's last week, as returned by `exits.returns`.
    length : int
        As for `exits.back_within`.
    keys : sequence of str
        The steps' keys, from the bottom.

    Returns
    -------
    dict
        Step in the last week before the exit, or `off` for exits from no step, to the share; None
        where nobody left from it.
    """
    left = register.step[followed["person"], followed["first"] - 1]
    places = {**{key: place for place, key in enumerate(keys)}, OFF: -1}
    last = len(register.weeks) - 1
    return {
        key: back_within(followed[left == place], length, last, persons).over()
        for key, place in places.items()
    }


@method(
    tr("First step on the staircase"),
    formula=tr("n(first step) ÷ n(stepped on in the window, of those on none at its start)"),
    unit=PERSONS,
    interval=WILSON,
    source="The staircase model",
)
def entries(
    register: Register, first: int, last: int, persons: NDArray[np.bool_], steps: int
) -> NDArray[np.int64]:
    """Count the first step by the last week of persons who are on no step in the first week.

    Returns
    -------
    array of int, shape (steps,)
        The first cell is entry from the bottom, the last from the top (straight into ordinary
        work).
    """
    seen = steps_in(register, slice(first, last + 1), persons, steps)
    on = seen >= 0
    waiting = ~on[:, 0] & on.any(axis=1)
    arrived = seen[waiting, on[waiting].argmax(axis=1)]
    return np.bincount(arrived, minlength=steps)


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
