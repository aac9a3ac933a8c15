"""The companies that the municipalities work with: those that host interventions."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.models.method import NO_INTERVAL, PERSONS, WILSON, method
from evalbook.sdc import Persons
from nychance import MUNICIPALITIES, tr
from nychance import columns as c
from nychance.measures.people import ROLES, residence
from nychance.measures.targets import Window, target_group
from nychance.register import Register

UNKNOWN = "unknown"


def placements(
    register: Register, window: Window, persons: NDArray[np.bool_] | None = None
) -> Persons:
    """Return the interventions with a company that run at any time in a window.

    Parameters
    ----------
    persons : array of bool, shape (persons,), optional
        The group whose interventions count; default everybody's.

    Returns
    -------
    Persons
        A row an intervention: `start`, `company`, `sector`, and `municipality` and `role` of the
        person's municipality in the window's first week.
    """
    records = register.interventions
    start, end = register.weeks[window.first], register.weeks[window.last]
    running = (records[c.START] <= end) & (records[c.END].isna() | (records[c.END] >= start))
    theirs = True if persons is None else persons[records["person"].to_numpy()]
    chosen = records[running & theirs & records[c.COMPANY].notna()]
    found = register.people(
        chosen["person"].to_numpy(),
        **{column: chosen[column].to_numpy() for column in (c.START, c.COMPANY, c.SECTOR)},
    )
    return found.merge(residence(register, window.first), on="person")


@method(
    tr("Company placement"),
    formula=tr("n(a company placement in the window) ÷ n(target group)"),
    unit=PERSONS,
    interval=WILSON,
    source=tr("The evaluation's brief"),
)
def reached(register: Register, window: Window) -> Persons:
    """Return who of the target group has a placement with a company in a window.

    Returns
    -------
    Persons
        A row a person: `counted`, 1 if there is a placement, out of `out_of`, 1; the `sector` of
        the first one, `unknown` where the extract does not tell and missing where there is none;
        and `municipality` and `role` in the window's first week.
    """
    group = target_group(register, window.first)
    first = (
        placements(register, window, group)
        .sort_values(c.START, kind="stable")
        .drop_duplicates("person")
    )
    found = register.people(group, out_of=1).merge(residence(register, window.first), on="person")
    sectors = first[["person", c.SECTOR]].fillna({c.SECTOR: UNKNOWN}).assign(counted=1)
    return found.merge(sectors, how="left", on="person").fillna({"counted": 0})


@method(
    tr("Sector of the first company placement"),
    formula=tr("persons by the sector of their first placement in the window"),
    unit=PERSONS,
    interval=NO_INTERVAL,
    source=tr("The evaluation's brief"),
)
def by_sector(people: Persons) -> Persons:
    """Return those who have a placement, each with the sector of the first one.

    Parameters
    ----------
    people : Persons
        As returned by `reached`.
    """
    found: Persons = people[people["counted"] == 1]
    # What follows is not the share of those reached.
    found.attrs.clear()
    return found


@method(
    tr("Different companies per municipality"),
    formula=tr("mean over municipalities of the number of companies with placements"),
    unit=MUNICIPALITIES,
    interval=NO_INTERVAL,
    source=tr("The evaluation's brief"),
)
def per_municipality(found: Persons, register: Register) -> dict[str, float]:
    """Compute the mean number of distinct companies per municipality, by role.

    Municipalities without any count as 0.

    Parameters
    ----------
    found : Persons
        As returned by `placements`.
    """
    roles = register.municipalities[c.ROLE].rename(index=str)
    counts = per_place(found).reindex(roles.index, fill_value=0)
    means = counts.groupby(roles).mean()
    return {role: float(means[role]) for role in ROLES}


def per_place(found: Persons) -> "pd.Series[int]":
    """Count the distinct companies of each municipality."""
    return found.frame().groupby("municipality")[c.COMPANY].nunique()
