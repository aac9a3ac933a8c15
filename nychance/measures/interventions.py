"""Use of interventions: job packages, competence clarification, mentors."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.models.method import PERSONS, WILSON, method
from nychance import columns as c
from nychance import tr
from nychance.measures.person_measure import PersonMeasure
from nychance.register import Register


@method(
    tr("Use of an intervention"),
    formula=tr("n(participation that runs in the window) ÷ n(target group)"),
    unit=PERSONS,
    interval=WILSON,
    source="The evaluation's brief",
)
def use(
    register: Register,
    kind: str,
    persons: NDArray[np.bool_],
    start: pd.Timestamp,
    end: pd.Timestamp,
) -> PersonMeasure:
    """Measure the use of an intervention: a group's persons with one between two days.

    An intervention whose end is not recorded runs until the cut-off. Source: the evaluation's brief
    (brug af jobpakker, kompetenceafklaring, mentorordning).

    Parameters
    ----------
    kind : str
        Key of the intervention.
    persons : array of bool, shape (persons,)
        The group.
    start, end : Timestamp
        First and last day.
    """
    records = register.interventions
    running = (
        (records[c.KIND] == kind)
        & (records[c.START] <= end)
        & (records[c.END].isna() | (records[c.END] >= start))
    )
    users = np.zeros(len(persons), dtype=bool)
    users[records.loc[running, "person"].to_numpy(dtype=np.int64)] = True
    return PersonMeasure.who(persons, users)
