"""Who they are and what is done with them: match categories, sickness, interventions, population."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from statsmodels.duration.survfunc import SurvfuncRight

from nychance import columns as c
from nychance.measures.shares import Share, share
from nychance.register import MINORITY, STATES, Register


def match_counts(register: Register, week: int, persons: NDArray[np.bool_]) -> "pd.Series[int]":
    """Count persons by match category 1 to 5 in a week; those without an assessment are left out."""
    categories = register.match_at(week)[persons].dropna().astype(int)
    return categories.value_counts().reindex(range(1, 6), fill_value=0)


def job_ready(counts: "pd.Series[int]", ready: tuple[int, ...]) -> Share:
    """Take the share who are job-ready (arbejdsmarkedsparat): match 1-3 of 5 until the model of 2010."""
    return share(int(counts[list(ready)].sum()), int(counts.sum()))


def intervention_use(
    register: Register, kind: str, persons: NDArray[np.bool_], start: pd.Timestamp, end: pd.Timestamp
) -> Share | None:
    """Take the share of persons with an intervention that runs at some time between two days.

    Parameters
    ----------
    kind : str
        Key of the intervention.
    persons : array of bool, shape (persons,)
        The group; None is given back if it is empty.
    """
    records = register.interventions
    running = (records[c.KIND] == kind) & (records[c.START] <= end) & (records[c.END].isna() | (records[c.END] >= start))
    users = np.zeros(len(persons), dtype=bool)
    users[records.loc[running, "person"].to_numpy()] = True
    n = int(persons.sum())
    return share(int((users & persons).sum()), n) if n else None


def sickness_spells(register: Register) -> pd.DataFrame:
    """List the spells of sickness benefit.

    Returns
    -------
    DataFrame
        `person`, `origin`, `weeks` (length) and `ended` (False if the spell still runs at the cut-off, or the person
        could no longer be observed). Spells already running in the first week are left out: their start is unknown.
    """
    sick = register.state == STATES.index("sick")
    padded = np.zeros((sick.shape[0], sick.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = sick
    change = np.diff(padded, axis=1)
    person, start = np.nonzero(change == 1)
    _, end = np.nonzero(change == -1)
    last = sick.shape[1]
    still_observed = np.append(register.observed, np.zeros((len(sick), 1), dtype=bool), axis=1)
    frame = pd.DataFrame(
        {
            "person": person,
            "origin": register.persons["origin"].to_numpy()[person],
            "start": start,
            "weeks": end - start,
            "ended": (end < last) & still_observed[person, end],
        }
    )
    return frame[frame["start"] > 0].drop(columns="start").reset_index(drop=True)


def spell_survival(spells: pd.DataFrame, weeks: NDArray[np.int64]) -> pd.DataFrame:
    """Estimate, by origin, the share of spells that still run after so many weeks (Kaplan-Meier).

    Parameters
    ----------
    spells : DataFrame
        As made by `sickness_spells`.
    weeks : array of int
        When to read the curve.

    Returns
    -------
    DataFrame
        Indexed by week, one column per origin that has spells.
    """
    curves = {}
    for origin, group in spells.dropna(subset=["origin"]).groupby("origin"):
        curve = SurvfuncRight(group["weeks"], group["ended"].astype(int))
        steps = pd.Series(curve.surv_prob, index=curve.surv_times)
        curves[str(origin)] = [float(steps[:week].iloc[-1]) if len(steps[:week]) else 1.0 for week in weeks]
    return pd.DataFrame(curves, index=weeks)


def population_shares(register: Register) -> pd.DataFrame:
    """Compute the population measures of the newest count, per municipality.

    Returns
    -------
    DataFrame
        Indexed by municipality: minorities' share of the working-age population (`minority_share`), their employment
        rate (`employment_rate`) and share outside the labour force (`outside`), and their share of the Ny Chance
        target group (`target_share`) and of the publicly supported (`support_share`), all from 0 to 1. Empty if the
        cut-off has no count.
    """
    frame = register.population
    newest = frame[frame[c.REFERENCE] == frame[c.REFERENCE].max()]
    whole = newest.groupby(c.MUNICIPALITY).sum(numeric_only=True)
    minority = newest[newest[c.GROUP].isin(MINORITY)].groupby(c.MUNICIPALITY).sum(numeric_only=True)
    return pd.DataFrame(
        {
            "minority_share": minority[c.WORKING_AGE] / whole[c.WORKING_AGE],
            "employment_rate": minority[c.EMPLOYED] / minority[c.WORKING_AGE],
            "outside": minority[c.OUTSIDE] / minority[c.WORKING_AGE],
            "target_share": minority[c.NYCHANCE_TARGET] / whole[c.NYCHANCE_TARGET],
            "support_share": minority[c.PUBLIC_SUPPORT] / whole[c.PUBLIC_SUPPORT],
        }
    )
