"""The population of the municipalities, and the transfers of the publicly supported."""

from typing import Any, Final

import pandas as pd

from evalbook.models.method import NO_INTERVAL, PERSONS, WILSON, method
from nychance import MUNICIPALITIES, tr
from nychance import columns as c
from nychance.register import MINORITY, SELF_SUPPORT, STATES, Register

# All states in which a transfer is paid, in the order of the register's states.
SUPPORTED: Final = tuple(
    state for state in STATES if state not in (SELF_SUPPORT, "emigrated", "retired", "dead")
)

OTHER: Final = "other"
FOLDED: Final = ("leave", "unknown")


@method(
    tr("Counts of the population, latest quarter"),
    formula=tr("counts of each group ÷ counts of the whole, by municipality"),
    unit=MUNICIPALITIES,
    interval=NO_INTERVAL,
    source="The evaluation's brief",
)
def population_shares(register: Register, minimum: int = 0) -> pd.DataFrame:
    """Compute the population measures of the newest count, per municipality.

    Parameters
    ----------
    minimum : int
        A share is missing where its numerator or its complement counts fewer persons.

    Returns
    -------
    DataFrame
        Indexed by municipality: minorities' share of the working-age population
        (`minority_share`), their employment rate (`employment_rate`) and share outside the labour
        force (`outside`), and their share of the Ny Chance target group (`target_share`) and of
        the publicly supported (`support_share`), all from 0 to 1. Empty if the cut-off has no
        count.
    """
    frame = register.population
    newest = frame[frame[c.REFERENCE] == frame[c.REFERENCE].max()]
    whole = newest.groupby(c.MUNICIPALITY).sum(numeric_only=True)
    minority = newest[newest[c.GROUP].isin(MINORITY)].groupby(c.MUNICIPALITY).sum(numeric_only=True)

    def share(part: "pd.Series[float]", total: "pd.Series[float]") -> "pd.Series[float]":
        return (part / total).where((part >= minimum) & (total - part >= minimum))

    return pd.DataFrame(
        {
            "minority_share": share(minority[c.WORKING_AGE], whole[c.WORKING_AGE]),
            "employment_rate": share(minority[c.EMPLOYED], minority[c.WORKING_AGE]),
            "outside": share(minority[c.OUTSIDE], minority[c.WORKING_AGE]),
            "target_share": share(minority[c.NYCHANCE_TARGET], whole[c.NYCHANCE_TARGET]),
            "support_share": share(minority[c.PUBLIC_SUPPORT], whole[c.PUBLIC_SUPPORT]),
        }
    )


@method(
    tr("Publicly supported immigrants and descendants, by benefit"),
    formula=tr("n(benefit) ÷ n(publicly supported immigrants and descendants)"),
    unit=PERSONS,
    interval=WILSON,
    source="The evaluation's brief",
)
def support_counts(register: Register, week: int, groups: "pd.Series[Any]") -> pd.DataFrame:
    """Count the publicly supported by kind of transfer in a week.

    Counted are the observed persons with a transfer in the week. DREAM has one code a week, set by
    any one of its days and the more important one where there are two (DREAM's description, June
    2015), so this is a week's composition, not a stock on a day.

    Parameters
    ----------
    groups : Series, shape (persons,)
        A label per person; missing for persons who are left out.

    Returns
    -------
    DataFrame
        Groups as rows, a column per state of `SUPPORTED`, the rare ones `folded`.
    """
    state = pd.Series(pd.Categorical.from_codes(register.state[:, week], pd.Index(STATES))).astype(
        object
    )
    state = state.where(state.isin(SUPPORTED) & register.observed[:, week])
    found = pd.crosstab(groups.reset_index(drop=True), state).reindex(
        columns=list(SUPPORTED), fill_value=0
    )
    return folded(found)


def folded(counts: pd.DataFrame) -> pd.DataFrame:
    """Return counts with leave and unmapped codes merged into one last column, `other`."""
    rest = counts[list(FOLDED)].sum(axis=1)
    return counts.drop(columns=list(FOLDED)).assign(**{OTHER: rest})
