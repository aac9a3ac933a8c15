"""The staircase model: its structure (who stands on which step) and its coherence (how people move between steps).

Steps count from 0 in the plan's order. The last is ordinary work: who has no transfer stands
there, though a blank week says no more than "no transfer". People step on from either end and may
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
from nychance.measures.targets import Window
from nychance.register import SELF_SUPPORT, STATES, Register
from nychance.register.runs import runs_of

OFF: Final = "off"
# From a step, and from none.
MOVES: Final = ("down", "off", "stay", "one", "skip")


@method(
    tr("On a step of the staircase"),
    formula=tr("n(on the step) ÷ n(target group)"),
    unit=PERSONS,
    interval=WILSON,
    source="The staircase model",
)
def standing(
    register: Register, week: int, persons: NDArray[np.bool_], steps: int
) -> NDArray[np.int64]:
    """Count who stands on each step of the staircase in a week.

    Parameters
    ----------
    steps : int
        Number of steps. Persons on no step are left out.
    """
    return np.bincount(
        steps_in(register, slice(week, week + 1), persons, steps)[:, 0] + 1, minlength=steps + 1
    )[1:]


def steps_at(
    register: Register, weeks: Sequence[int], persons: NDArray[np.bool_], keys: Sequence[str]
) -> pd.DataFrame:
    """Tell on which step persons stand in some weeks, for `models.transition_matrix`: the coherence, step by step.

    Parameters
    ----------
    weeks : sequence of int
        Weeks of the register, in order.
    keys : sequence of str
        The steps' keys, from the bottom.

    Returns
    -------
    DataFrame of category, shape (persons, weeks)
        A step's key, or `off`; indexed by row of the register, columns are the weeks' Mondays.
    """
    names = pd.Index([*keys, OFF])
    columns = {}
    for week in weeks:
        step = steps_in(register, slice(week, week + 1), persons, len(keys))[:, 0]
        columns[register.weeks[week]] = pd.Categorical.from_codes(
            np.where(step < 0, len(keys), step), names
        )
    return pd.DataFrame(columns, index=np.flatnonzero(persons))


def moves(
    register: Register, first: int, last: int, persons: NDArray[np.bool_], steps: int
) -> dict[str, int]:
    """Count moves along the staircase between two weeks, of persons who stand on a step in either.

    Returns
    -------
    dict
        `up`, `skip` (up by more than one, also in `up`), `stay`, `down`, `on` (stepped on) and
        `off`.
    """
    before, after = (
        steps_in(register, slice(week, week + 1), persons, steps)[:, 0] for week in (first, last)
    )
    both = (before >= 0) & (after >= 0)
    return {
        "up": int((both & (after > before)).sum()),
        "skip": int((both & (after > before + 1)).sum()),
        "stay": int((both & (after == before)).sum()),
        "down": int((both & (after < before)).sum()),
        "on": int(((before < 0) & (after >= 0)).sum()),
        "off": int(((before >= 0) & (after < 0)).sum()),
    }


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
    """Take the revolving door by step: of the exits from each step, the share back on benefit within so many weeks.

    Parameters
    ----------
    followed : DataFrame
        Exits up to the register's last week, as given by `exits.returns`.
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


def walks(
    register: Register, window: Window, persons: NDArray[np.bool_], steps: int
) -> pd.DataFrame:
    """Count the moves from each step to the next step that the person stands on, whatever lies between.

    Two weeks compared (`moves`) miss what happened between them; here each stay on a step in the
    window counts, and weeks on no step between two stays (sickness, a passive spell) are passed
    over.

    Returns
    -------
    DataFrame
        Indexed by move (`up`, `skip`, `down`, `skip-down`, `again`: back on the same step after
        weeks on none; a skip is also in `up` or `down`): `moves`, and `persons` who made any.
    """
    stays, step = runs_of(steps_in(register, window.weeks, persons, steps))
    person, step = stays.person[step >= 0], step[step >= 0].astype(np.int64)
    same = person[1:] == person[:-1]
    who, by = person[1:][same], np.diff(step)[same]
    kinds = {"up": by > 0, "skip": by > 1, "down": by < 0, "skip-down": by < -1, "again": by == 0}
    return pd.DataFrame(
        {
            "moves": {kind: int(made.sum()) for kind, made in kinds.items()},
            "persons": {kind: len(np.unique(who[made])) for kind, made in kinds.items()},
        }
    )


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
    """Count, for persons on no step in the first week, the first step that each of them takes by the last week.

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
    """Give each person's step by week: the code's own, the last one without transfer, else -1.

    Shape (persons, weeks).
    """
    rows = np.flatnonzero(persons)
    state, observed = register.state[rows, weeks], register.observed[rows, weeks]
    own = np.where(observed, register.step[rows, weeks], -1)
    return np.where(observed & (state == STATES.index(SELF_SUPPORT)), steps - 1, own).astype(
        np.int8
    )
