"""Outcomes after participation in an intervention."""

import numpy as np
from numpy.typing import NDArray

from evalbook.models.method import PERSONS, WILSON, method
from evalbook.models.shares.proportions import Share, share
from nychance import columns as c
from nychance import tr
from nychance.measures.staircase import steps_in
from nychance.register import Register


@method(
    tr("A higher step after the course began"),
    formula=tr("n(a higher step within the weeks) ÷ n(courses that can be followed so long)"),
    unit=PERSONS,
    interval=WILSON,
    source="The evaluation's brief: preparation as a springboard",
)
def reached_step_after(
    register: Register,
    kind: str,
    *,
    above: int,
    within: int,
    persons: NDArray[np.bool_],
    steps: int,
) -> Share | None:
    """Compute the share of participants who reached a higher step within a number of weeks.

    Parameters
    ----------
    kind : str
        Key of the intervention.
    above : int
        Index of the step that must be exceeded.
    within : int
        Weeks of follow-up; only courses that can be followed that long count.
    persons : array of bool, shape (persons,)
        The group.
    steps : int
        Number of steps; the last is ordinary work, which includes persons without transfer.

    Returns
    -------
    Share or None
        Over each person's first such course; None if nobody began one early enough.
    """
    records = register.interventions
    first = records[records[c.KIND] == kind].groupby("person")[c.START].min()
    first = first[persons[first.index.to_numpy()]]
    begin = register.weeks.searchsorted(first.to_numpy(), side="right") - 1
    followed = (begin >= 0) & (begin + within < len(register.weeks))
    rows, weeks = first.index.to_numpy()[followed], begin[followed]
    if len(rows) == 0:
        return None
    columns = weeks[:, None] + np.arange(1, within + 1)
    seen = steps_in(register, slice(None), np.isin(np.arange(len(persons)), rows), steps)
    higher = (seen[np.arange(len(rows))[:, None], columns] > above).any(axis=1)
    return share(int(higher.sum()), len(rows))
