"""Results by municipality beyond expectation, with their ranks and a funnel."""

import pandas as pd

from evalbook.models import Funnel, funnel, observed_minus_expected
from evalbook.models.method import method
from evalbook.models.shares.observed_minus_expected import MIN_PERSONS
from nychance import MUNICIPALITIES, tr
from nychance import columns as c
from nychance.definitions import Definitions
from nychance.measures.groups import groups
from nychance.measures.person_measure import PersonMeasure
from nychance.register import Register


@method(
    tr("Self-supporting beyond expectation"),
    formula=tr(
        "observed share − share expected from the persons' characteristics and the municipality's "
        "conditions"
    ),
    unit=MUNICIPALITIES,
    interval=tr("parametric, to first order; ranks by draws from the joint normal distribution"),
    source="Husted, Nielsen and Heinesen (2007), AKF",
)
def standardised_difference(
    register: Register,
    measure: PersonMeasure,
    week: int,
    definitions: Definitions,
    *,
    draws: int,
    seed: int,
) -> pd.DataFrame | None:
    """Compare each municipality's share with the share expected of its persons and conditions.

    Parameters
    ----------
    measure : PersonMeasure
        A share of persons.
    week : int
        The week of the persons' municipality, age and match category: the window's first.

    Returns
    -------
    DataFrame or None
        None where fewer than two municipalities have `MIN_PERSONS` persons. Else as returned by
        `observed_minus_expected`, with these covariates: sex, origin, age and match category of the
        persons, unemployment and minority share of the municipality.
    """
    personal = ["sex", "origin", "age", "match"]
    who = measure.persons
    persons = pd.DataFrame(
        {
            by: _joined(groups(register, week, by, definitions).iloc[who].reset_index(drop=True))
            for by in personal
        }
    )
    persons["reached"] = measure.numerator.astype(int)
    persons[c.MUNICIPALITY] = register.municipality_at(week).to_numpy()[who]
    local = [c.UNEMPLOYMENT, c.MINORITY_SHARE]
    for name in local:
        persons[name] = persons[c.MUNICIPALITY].map(register.municipalities[name])
    known = persons.dropna().astype({c.MUNICIPALITY: int})
    if (known[c.MUNICIPALITY].value_counts() >= MIN_PERSONS).sum() < 2:
        return None
    varied = [name for name in personal if known[name].nunique() > 1]
    return observed_minus_expected(
        known, "reached", varied, local, c.MUNICIPALITY, least=MIN_PERSONS, draws=draws, seed=seed
    )


@method(
    tr("Funnel plot of observed over expected"),
    formula=tr(
        "observed ÷ expected count, with limits that allow for differences between municipalities "
        "that nothing explains (additive overdispersion)"
    ),
    unit=MUNICIPALITIES,
    interval=tr("limits of 95 and 99.8 per cent; the number outside by chance beside them"),
    source="Spiegelhalter (2005), Statistics in Medicine 24",
)
def funnel_of(expected: pd.DataFrame, *, allowed: bool = True) -> Funnel:
    """Judge which municipalities lie beyond what chance and unexplained differences allow.

    Parameters
    ----------
    expected : DataFrame
        As returned by `standardised_difference`; suppressed municipalities are left out.
    allowed : bool
        Whether differences between municipalities that no covariate explains are allowed for.
    """
    shown = expected[~expected["suppressed"].astype(bool)]
    return funnel(
        (shown["observed"] * shown["n"]).round(),
        shown["expected"] * shown["n"],
        overdispersion="additive" if allowed else None,
    )


def ranking_table(
    register: Register, expected: pd.DataFrame | None, known: pd.DataFrame
) -> pd.DataFrame:
    """Return the differences from expectation, in percentage points, that may be published.

    Parameters
    ----------
    expected : DataFrame
        As returned by `standardised_difference`; None gives an empty table.
    known : DataFrame
        The results behind it by municipality; those that are hidden are left out.

    Returns
    -------
    DataFrame
        By municipality and `role`: the difference as `estimate` with its interval `lower` to
        `upper`, `n`, `unit` and `status`, and `rank` with its interval `rank_lower` to
        `rank_upper`. Empty where fewer than two municipalities are left.
    """
    names = ["estimate", "lower", "upper", "n", "rank", "rank_lower", "rank_upper"]
    if expected is None:
        return pd.DataFrame(columns=[*names, "unit", "status"])
    shown = known.index[known["status"] == ""].astype(int)
    table = expected.rename_axis(c.MUNICIPALITY).join(register.municipalities[c.ROLE], how="inner")
    table = table[table.index.isin(shown) & ~table["suppressed"].astype(bool)]
    table = table.rename(columns={"difference": "estimate"}).set_index(c.ROLE, append=True)
    table[["estimate", "lower", "upper"]] *= 100
    return (table if len(table) > 1 else table.iloc[:0])[names].assign(unit="points", status="")


def _joined(labels: "pd.Series[str]", least: int = 30) -> "pd.Series[str]":
    """Merge categories with few persons into the largest, so that estimates are finite."""
    counts = labels.value_counts()
    rare = counts.index[counts < least]
    return labels.astype(object).where(~labels.isin(rare), counts.index[0]).astype(str)
