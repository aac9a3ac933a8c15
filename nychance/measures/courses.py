"""Outcomes after participation in an intervention."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.models.method import PERSONS, WILSON, method
from evalbook.sdc import Persons
from nychance import columns as c
from nychance import tr
from nychance.definitions import Evaluation
from nychance.measures.staircase import steps_in
from nychance.register import Register


@method(
    tr("A higher step after the course began"),
    formula=tr("n(a higher step within the weeks) ÷ n(courses that can be followed so long)"),
    unit=PERSONS,
    interval=WILSON,
    source=tr("The evaluation's brief: preparation as a springboard"),
)
def reached_step_after(
    register: Register,
    kind: str,
    lengths: Sequence[int],
    persons: NDArray[np.bool_],
    plan: Evaluation,
    *,
    above: int = 0,
) -> Persons:
    """Return who reached a higher step within some weeks after their first such course began.

    Parameters
    ----------
    kind : str
        Key of the intervention.
    lengths : sequence of int
        Weeks of follow-up; only courses that can be followed that long count.
    persons : array of bool, shape (persons,)
        The group.
    plan : Evaluation
        Its staircase; the last step is ordinary work, which includes persons without transfer.
    above : int
        Index of the step that must be exceeded.

    Returns
    -------
    Persons
        A row a participant and length: `followed`, the length as a category (`within-26`), and
        `counted` (whether on a higher step by then) out of `out_of`, which is 1.
    """
    records = register.interventions
    first = records[records[c.KIND] == kind].groupby("person")[c.START].min()
    first = first[persons[first.index.to_numpy()]]
    rows = first.index.to_numpy()
    begin = register.weeks.searchsorted(first.to_numpy(), side="right") - 1
    higher = (
        steps_in(register, slice(None), np.isin(np.arange(len(persons)), rows), len(plan.staircase))
        > above
    )
    names = [f"within-{length}" for length in lengths]
    tables = []
    for length, name in zip(lengths, names, strict=True):
        followed = np.flatnonzero((begin >= 0) & (begin + length < len(register.weeks)))
        after = begin[followed, None] + np.arange(1, length + 1)
        tables.append(
            register.people(
                rows[followed],
                followed=pd.Categorical([name] * len(followed), names),
                counted=higher[followed[:, None], after].any(axis=1).astype(float),
                out_of=1.0,
            )
        )
    return pd.concat(tables, ignore_index=True)
