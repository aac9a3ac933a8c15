"""Insurance status of persons on benefit: in work or in an unemployment fund before."""

from typing import Any, Final

import numpy as np
import pandas as pd

from evalbook.models.method import NO_INTERVAL, PERSONS, method
from nychance import tr
from nychance.register import SELF_SUPPORT, STATES, UNKNOWN, Register

INSURED: Final = ("insured", "not-insured", UNKNOWN)
_SICK, _FUND, _WORK = (
    STATES.index(state) for state in ("sick", "unemployment-benefit", SELF_SUPPORT)
)
_INFORMATIVE: Final = (_FUND, STATES.index("passive"), STATES.index("active"))


@method(
    tr("Insured among those on sick leave"),
    formula=tr("on unemployment benefit, or on no benefit at all, in the weeks before the spell"),
    unit=PERSONS,
    interval=NO_INTERVAL,
    source="Own definition",
)
def insured(register: Register, week: int, weeks: int) -> "pd.Series[Any]":
    """Return who among those on benefit in a week is insured, by the weeks before a sickness spell.

    Of the weeks before a spell of sickness benefit (for others: of the week itself and those
    before), the nearest on another benefit decides. Unemployment benefit means insured; cash
    benefit, start help, introduction benefit or rehabilitation, in an offer or not, does not.
    Whoever got no transfer in any of those weeks counts as a wage earner, and so as insured. All
    others, such as those in a flex job or whose spell began before there were so many weeks, are
    unknown.

    Parameters
    ----------
    week : int
        The week of interest.
    weeks : int
        How many weeks to look at: as many without transfer as make an exit to self-support.

    Returns
    -------
    Series of category, shape (persons,)
        `insured`, `not-insured` or `unknown`; missing for those who are not on benefit.

    Notes
    -----
    The evaluation's brief speaks of insured immigrants and does not define them. The definition is
    our own, from one code a week: membership of an unemployment fund is not in the extract; no
    transfer is no proof of work; and a person who goes from cash benefit to work and falls ill
    before that many weeks have passed counts as not insured.
    """
    on = np.flatnonzero(register.on_benefit[:, week])
    well = register.state[on, week::-1] != _SICK
    spell = np.where(well.any(axis=1), well.argmax(axis=1), week + 1)
    place = week - spell[:, None] - np.arange(weeks)
    before = np.where(
        place >= 0, register.state[on[:, None], np.maximum(place, 0)], STATES.index(UNKNOWN)
    )
    informative = np.isin(before, _INFORMATIVE)
    nearest = np.take_along_axis(before, informative.argmax(axis=1)[:, None], axis=1)[:, 0]
    code = np.where(informative.any(axis=1), np.where(nearest == _FUND, 0, 1), 2)
    code[(before == _WORK).all(axis=1)] = 0
    return pd.Series(pd.Categorical.from_codes(code, pd.Index(INSURED)), index=on).reindex(
        range(len(register.persons))
    )
