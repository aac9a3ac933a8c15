"""Moves between states: tables for `models.transition_matrix`, and the counts between two weeks."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.models.method import PERSONS, WILSON, method
from evalbook.sdc import Persons
from nychance import tr
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


def states_at(register: Register, weeks: Sequence[int], persons: NDArray[np.bool_]) -> pd.DataFrame:
    """Return the state of persons in some weeks, as `models.transition_matrix` takes it.

    Parameters
    ----------
    weeks : sequence of int
        Weeks of the register, in order.
    persons : array of bool, shape (persons,)
        Whom to include.

    Returns
    -------
    DataFrame of category, shape (persons, weeks)
        Groups of states (`GROUPS`), indexed by row of the register; columns are the weeks'
        Mondays. A person who is no longer observed is `left`.
    """
    place = np.array([_group_of(state) for state in STATES], dtype=np.int8)
    rows = np.flatnonzero(persons)
    left = np.int8(list(GROUPS).index("left"))
    columns = {}
    for week in weeks:
        codes = np.where(register.observed[rows, week], place[register.state[rows, week]], left)
        columns[register.weeks[week]] = pd.Categorical.from_codes(codes, pd.Index(GROUPS))
    return pd.DataFrame(columns, index=rows)


@method(
    tr("Transitions between states"),
    formula=tr("n(from one state to another) ÷ n(in the first state then)"),
    unit=PERSONS,
    interval=WILSON,
    source="Anderson and Goodman (1957)",
)
def transitions(register: Register, first: int, last: int, persons: NDArray[np.bool_]) -> Persons:
    """Return persons by their state in a first and in a last week.

    Parameters
    ----------
    first, last : int
        Weeks of the register.
    persons : array of bool, shape (persons,)
        Whom to follow.

    Returns
    -------
    Persons
        A row a person, and as categories `before` and `after`, groups of states (`GROUPS`).
    """
    states = states_at(register, [first, last], persons)
    before, after = (states.iloc[:, place].array for place in (0, 1))
    return register.people(persons, before=before, after=after)


def _group_of(state: str) -> int:
    return next(i for i, members in enumerate(GROUPS.values()) if state in members)
