"""Sickness benefit by origin: who receives it, and for how long."""

from typing import Final

import numpy as np
import pandas as pd

from evalbook.models import CoxModel, LogRank, SurvivalCurves, cox, kaplan_meier, log_rank
from evalbook.models.method import PERSONS, WILSON, method
from evalbook.sdc import Persons
from nychance import tr
from nychance.measures.insurance import insured
from nychance.register import ORIGINS, STATES, Register
from nychance.register.runs import runs

INSURANCE: Final = ["insured", "not-insured"]


@method(
    tr("On sick leave"),
    formula=tr("n(on sickness benefit) ÷ n(on benefit)"),
    unit=PERSONS,
    interval=WILSON,
    source=tr("The evaluation's brief"),
)
def sick_listed(register: Register, week: int, exit_weeks: int) -> Persons:
    """Return everybody of known origin on benefit in a week, and who is on sickness benefit.

    Sickness overrides other benefits in DREAM: one day of it makes the week's code.

    Parameters
    ----------
    exit_weeks : int
        The weeks before a spell that tell who is insured; see `insurance.insured`.

    Returns
    -------
    Persons
        `counted` (on sickness benefit) out of `out_of`, which is 1, and as categories `origin` and
        `insurance` (`insured`, or `not-insured`, also where that is unknown).
    """
    on = register.on_benefit[:, week] & register.persons["origin"].notna().to_numpy()
    origin = register.persons["origin"].astype(object)[on]
    known = insured(register, week, exit_weeks)[on] == "insured"
    return register.people(
        on,
        origin=pd.Categorical(origin, list(ORIGINS.values())),
        insurance=pd.Categorical(np.where(known, *INSURANCE), INSURANCE),
        counted=(register.state[on, week] == STATES.index("sick")).astype(float),
        out_of=1.0,
    )


def sickness_spells(register: Register) -> Persons:
    """Return the spells of sickness benefit.

    Returns
    -------
    Persons
        A row a spell: `origin`, `sex`, `age` (in the year of the spell's first week), `weeks`
        (length) and `ended` (False if the spell still runs at the cut-off, or the person could no
        longer be observed). Spells already running in the first week are left out: their start is
        unknown.
    """
    found = runs(register.is_state("sick") & register.observed)
    found = found.where(found.first > 0)
    last = len(register.weeks)
    after = np.minimum(found.end, last - 1)
    who = register.persons.iloc[found.person]
    return register.people(
        found.person,
        origin=who["origin"].to_numpy(),
        sex=who["sex"].to_numpy(),
        age=register.weeks.year.to_numpy()[found.first] - who["birth_year"].to_numpy(),
        weeks=found.weeks,
        ended=(found.end < last) & register.observed[found.person, after],
    )


@method(
    tr("Spells of sickness that have not ended (Kaplan-Meier)"),
    formula=tr("Π (1 − ended ÷ at risk) over the weeks since the spell began; n is spells"),
    unit=tr("spells on sickness benefit"),
    interval=tr("Greenwood's variance on the log-log scale, pointwise"),
    source="Kaplan and Meier (1958)",
)
def spell_curves(spells: pd.DataFrame) -> SurvivalCurves:
    """Estimate the share of spells that still run, by origin (Kaplan-Meier).

    Unknown origins are left out.

    All spells count, a person's second as well as the first: the unit is the spell. The
    intervals assume independent spells, and are somewhat too narrow where the same persons have
    several.

    `in_steps(k)` of the curves returns what may be published: steps that rest on at least `k`
    events each.
    """
    known = pd.DataFrame(spells).dropna(subset=["origin"])
    return kaplan_meier(known["weeks"], known["ended"].astype(int), by=known["origin"])


@method(
    tr("Whether the curves of spells of sickness differ by origin (log-rank)"),
    formula=tr("observed − expected ends over the weeks, each person's first spell"),
    unit=tr("persons with a spell on sickness benefit"),
    interval=tr("chi-squared test"),
    source="Mantel (1966)",
)
def origins_differ(spells: pd.DataFrame) -> LogRank:
    """Test whether spells last equally long for all origins (log-rank), by first spells.

    The test assumes independent observations, and the spells of one person are not: with all of
    them it would reject too often. Each person counts with the first spell whose beginning is
    known.

    Parameters
    ----------
    spells : DataFrame
        As made by `sickness_spells`: a person's spells in the order of time.
    """
    first = pd.DataFrame(spells).dropna(subset=["origin"]).drop_duplicates("person")
    return log_rank(first["weeks"], first["ended"].astype(int), by=first["origin"])


@method(
    tr("How fast spells of sickness end (Cox)"),
    formula=tr("hazard ratio to Danish origin, given age and sex; n is spells"),
    unit=tr("spells on sickness benefit"),
    interval=tr("clustered by person"),
    source="Cox (1972); ties as Efron (1977)",
)
def ending_ratios(spells: pd.DataFrame) -> CoxModel:
    """Estimate how fast spells end by origin, given age and sex (Cox).

    A hazard ratio below 1 means longer spells than those of persons of Danish origin.
    Intervals are clustered by person, who may have several spells; spells with something unknown
    are left out.
    """
    known = pd.DataFrame(spells).dropna(subset=["origin", "sex", "age"])
    known["ended"] = known["ended"].astype(int)
    # Persons are numbered by the content of their spells, so that sums over them round the same
    # whatever the order of rows.
    content = pd.util.hash_pandas_object(
        known[["weeks", "ended", "origin", "sex", "age"]], index=False
    )
    known["person"] = known["person"].map(
        content.groupby(known["person"]).sum().rank(method="first")
    )
    return cox(known, "weeks", "ended", ["origin", "sex", "age"], cluster="person")
