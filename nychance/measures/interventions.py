"""Use of interventions: job packages, competence clarification, mentors."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.models.method import PERSONS, WILSON, method
from evalbook.sdc import Persons
from nychance import columns as c
from nychance import tr
from nychance.measures.targets import Window
from nychance.register import Register


@method(
    tr("Use of an intervention"),
    formula=tr("n(participation that runs in the window) ÷ n(target group)"),
    unit=PERSONS,
    interval=WILSON,
    source=tr("The evaluation's brief"),
)
def use(
    register: Register, kinds: Sequence[str], persons: NDArray[np.bool_], window: Window
) -> Persons:
    """Return who of a group has had each intervention in a window.

    An intervention whose end is not recorded runs until the cut-off. Source: the evaluation's brief
    (brug af jobpakker, kompetenceafklaring, mentorordning).

    Parameters
    ----------
    kinds : sequence of str
        Keys of the interventions.
    persons : array of bool, shape (persons,)
        The group.

    Returns
    -------
    Persons
        A row a person and intervention: `intervention` (a category), and `counted` out of `out_of`,
        which is 1.
    """
    records, rows = register.interventions, np.flatnonzero(persons)
    start, end = register.weeks[window.first], register.weeks[window.last]
    running = records[
        (records[c.START] <= end) & (records[c.END].isna() | (records[c.END] >= start))
    ]
    tables = [
        register.people(
            rows,
            intervention=pd.Categorical([kind] * len(rows), list(kinds)),
            counted=np.isin(rows, running.loc[running[c.KIND] == kind, "person"]).astype(float),
            out_of=1.0,
        )
        for kind in kinds
    ]
    return pd.concat(tables, ignore_index=True)
