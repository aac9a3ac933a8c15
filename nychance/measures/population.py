"""The population of the municipalities, and the transfers of the publicly supported."""

from typing import Final

import numpy as np
import pandas as pd

from evalbook.models.method import NO_INTERVAL, PERSONS, WILSON, method
from evalbook.sdc import Persons
from nychance import MUNICIPALITIES, tr
from nychance import columns as c
from nychance.register import MINORITY, SELF_SUPPORT, STATES, Register

# All states in which a transfer is paid, in the order of the register's states.
SUPPORTED: Final = tuple(
    state for state in STATES if state not in (SELF_SUPPORT, "emigrated", "retired", "dead")
)

# Rare states, and codes that nobody knows, are one.
OTHER: Final = "other"
FOLDED: Final = ("leave", "unknown")
TRANSFERS: Final = [*(state for state in SUPPORTED if state not in FOLDED), OTHER]
# Of each measure: whom the part counts and what of them, and the same of the whole.
MEASURES: Final = {
    "minority_share": ("minority", c.WORKING_AGE, "everybody", c.WORKING_AGE),
    "employment_rate": ("minority", c.EMPLOYED, "minority", c.WORKING_AGE),
    "outside": ("minority", c.OUTSIDE, "minority", c.WORKING_AGE),
    "target_share": ("minority", c.NYCHANCE_TARGET, "everybody", c.NYCHANCE_TARGET),
    "support_share": ("minority", c.PUBLIC_SUPPORT, "everybody", c.PUBLIC_SUPPORT),
}


@method(
    tr("Counts of the population, latest quarter"),
    formula=tr("counts of each group ÷ counts of the whole, by municipality"),
    unit=MUNICIPALITIES,
    interval=NO_INTERVAL,
    source=tr("The evaluation's brief"),
)
def population_counts(register: Register) -> pd.DataFrame:
    """Return part and whole of each population measure in the newest count, by municipality.

    Returns
    -------
    DataFrame
        Indexed by `measure`, `municipality` (its code, as text) and `role`: `counted` out of
        `out_of`, for the minorities' share of the working-age population (`minority_share`), their
        employment rate (`employment_rate`) and share outside the labour force (`outside`), and
        their share of the Ny Chance target group (`target_share`) and of the publicly supported
        (`support_share`). Empty if the cut-off has no count.
    """
    frame = register.population
    newest = frame[frame[c.REFERENCE] == frame[c.REFERENCE].max()]
    sums = {
        "everybody": newest.groupby(c.MUNICIPALITY).sum(numeric_only=True),
        "minority": newest[newest[c.GROUP].isin(MINORITY)]
        .groupby(c.MUNICIPALITY)
        .sum(numeric_only=True),
    }
    counts = pd.concat(
        {
            measure: pd.DataFrame({"counted": sums[part][what], "out_of": sums[whole][of]})
            for measure, (part, what, whole, of) in MEASURES.items()
        },
        names=["measure"],
    ).reset_index()
    counts["role"] = counts[c.MUNICIPALITY].map(register.municipalities[c.ROLE])
    counts["municipality"] = counts[c.MUNICIPALITY].astype(str)
    return counts.set_index(["measure", "municipality", "role"])[["counted", "out_of"]]


@method(
    tr("Publicly supported immigrants and descendants, by benefit"),
    formula=tr("n(benefit) ÷ n(publicly supported immigrants and descendants)"),
    unit=PERSONS,
    interval=WILSON,
    source=tr("The evaluation's brief"),
)
def supported(register: Register, week: int) -> Persons:
    """Return the publicly supported immigrants and descendants by kind of transfer in a week.

    Counted are the observed ones with a transfer in the week. DREAM has one code a week, set by
    any one of its days and the more important one where there are two (DREAM's description, June
    2015), so this is a week's composition, not a stock on a day.

    Returns
    -------
    Persons
        Everybody with a transfer, and `transfer`, a category: a state of `SUPPORTED`, where leave
        and unknown codes are `other`.
    """
    state = pd.Series(np.array(STATES, dtype=object)[register.state[:, week]])
    there = state.isin(SUPPORTED).to_numpy() & register.observed[:, week] & register.minority
    transfer = state[there].replace(dict.fromkeys(FOLDED, OTHER))
    return register.people(there, transfer=pd.Categorical(transfer, TRANSFERS))
