"""The companies that the municipalities work with: those that host interventions."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.models.method import NO_INTERVAL, PERSONS, WILSON, method
from evalbook.models.shares.proportions import Share, share
from nychance import MUNICIPALITIES, tr
from nychance import columns as c
from nychance.measures.targets import Window
from nychance.register import Register

UNKNOWN, NOWHERE = "unknown", "none"


def contacts(
    register: Register, window: Window, persons: NDArray[np.bool_] | None = None
) -> pd.DataFrame:
    """Return the interventions with a company that run at any time in a window.

    Parameters
    ----------
    persons : array of bool, shape (persons,), optional
        The group whose interventions count; default everybody's.

    Returns
    -------
    DataFrame
        `person`, `start`, `company`, `sector`, `municipality` and `role` of the person's
        municipality at the window's start.
    """
    records = register.interventions
    start, end = register.weeks[window.first], register.weeks[window.last]
    running = (records[c.START] <= end) & (records[c.END].isna() | (records[c.END] >= start))
    theirs = True if persons is None else persons[records["person"].to_numpy()]
    chosen = records.loc[
        running & theirs & records[c.COMPANY].notna(), ["person", c.START, c.COMPANY, c.SECTOR]
    ]
    places = register.municipality_at(window.first)
    where = places.loc[chosen["person"]].to_numpy()
    roles = register.role_at(window.first).loc[chosen["person"]].to_numpy()
    return chosen.assign(municipality=where, role=roles).reset_index(drop=True)


@method(
    tr("Different companies per municipality"),
    formula=tr("mean over municipalities of the number of companies with placements"),
    unit=MUNICIPALITIES,
    interval=NO_INTERVAL,
    source="The evaluation's brief",
)
def per_municipality(found: pd.DataFrame, register: Register) -> dict[str, float]:
    """Compute the mean number of distinct companies per municipality, by role.

    Municipalities without any count as 0.
    """
    counts = (
        found.groupby("municipality")[c.COMPANY]
        .nunique()
        .reindex(register.municipalities.index, fill_value=0)
    )
    means = counts.groupby(register.municipalities[c.ROLE]).mean()
    return {role: float(means[role]) for role in ("method", "comparison")}


@method(
    tr("Sector of the first company placement"),
    formula=tr("persons by the sector of their first placement in the window"),
    unit=PERSONS,
    interval=NO_INTERVAL,
    source="The evaluation's brief",
)
def first_sectors(found: pd.DataFrame, persons: NDArray[np.bool_]) -> "pd.Series[int]":
    """Count a group's persons by the sector of their first course with a company.

    Each person is counted once, also those without a course, so that the counts add up to the
    group.

    Returns
    -------
    Series
        By sector (`sector`), then `UNKNOWN` and `NOWHERE`.
    """
    first = (
        found.sort_values(c.START, kind="stable")
        .drop_duplicates("person")
        .set_index("person")[c.SECTOR]
    )
    sector = first.astype(object).fillna(UNKNOWN).reindex(np.flatnonzero(persons)).fillna(NOWHERE)
    counted = sector.value_counts()
    order = [*sorted(counted.index.difference([UNKNOWN, NOWHERE])), UNKNOWN, NOWHERE]
    return counted.reindex(order, fill_value=0).rename_axis("sector")


def per_place(found: pd.DataFrame) -> "pd.Series[int]":
    """Count the distinct companies of each municipality."""
    return found.groupby("municipality")[c.COMPANY].nunique()


@method(
    tr("Company placement"),
    formula=tr("n(a company placement in the window) ÷ n(target group)"),
    unit=PERSONS,
    interval=WILSON,
    source="The evaluation's brief",
)
def reached(found: pd.DataFrame, persons: NDArray[np.bool_]) -> Share:
    """Compute the share of a group who are among the contacts, each person counted once.

    Parameters
    ----------
    found : DataFrame
        As returned by `contacts`.
    persons : array of bool, shape (persons,)
        The group; it must not be empty.
    """
    return share(int(np.isin(np.flatnonzero(persons), found["person"]).sum()), int(persons.sum()))
