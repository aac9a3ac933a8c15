"""Balance of method and comparison municipalities, and robustness of the estimate."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from evalbook.errors import DataError
from evalbook.models import (
    Estimate,
    SpecificationCurve,
    balance_table,
    difference_in_differences,
    effective_number,
    entropy_balance,
    specification_curve,
)
from evalbook.models.method import NO_INTERVAL, method
from nychance import MUNICIPALITIES, tr
from nychance import columns as c
from nychance.benchmarking.effects import PERSONS
from nychance.benchmarking.outcome_panel import start_week
from nychance.definitions import Definitions
from nychance.measures.match import categories
from nychance.measures.targets import target_group
from nychance.register import Register

# Periods in the short window before the start.
YEAR: Final = 4
FAR: Final = "far_from_work_pct"
CONDITIONS: Final = (c.UNEMPLOYMENT, c.MINORITY_SHARE, FAR, c.INHABITANTS)


def conditions(register: Register, week: int, definitions: Definitions) -> pd.DataFrame:
    """Return the municipalities' framework conditions in a week.

    Returns
    -------
    DataFrame
        By municipality with all conditions known: `method` (1 or 0), unemployment and minority
        share in per cent as the extract has them, the natural logarithm of the inhabitants, and
        `far_from_work_pct`: match 4-5 of 5, in per cent of those in the target group who are
        assessed.
    """
    group = target_group(register, week)
    match = categories(register, week, definitions)[group].dropna()
    far = ~match.isin(definitions.job_ready_matches)
    table = register.municipalities
    return pd.DataFrame(
        {
            "method": (table[c.ROLE] == "method").astype(int),
            c.UNEMPLOYMENT: table[c.UNEMPLOYMENT],
            c.MINORITY_SHARE: table[c.MINORITY_SHARE],
            FAR: 100 * far.groupby(register.municipality_at(week)[match.index]).mean(),
            c.INHABITANTS: np.log(table[c.INHABITANTS]),
        }
    ).dropna()


def conditions_before(register: Register, definitions: Definitions) -> pd.DataFrame:
    """Return the framework conditions in the last week before the start."""
    return conditions(register, start_week(register, definitions) - 1, definitions)


@dataclass(frozen=True)
class Balance:
    """Balance of the two kinds of municipality, without and with weights.

    Attributes
    ----------
    table : DataFrame
        By condition: means of `treated` and `comparison`, the comparison municipalities'
        `weighted` mean, and standardised differences `before` and `after`.
    weights : Series
        By municipality: 1 for method municipalities, entropy-balancing weights for the others.
    effective : float
        The effective number of comparison municipalities, given their weights.
    problem : str
        Why no weights balance the conditions, in which case all weights are 1; else empty.
    """

    table: pd.DataFrame
    weights: "pd.Series[float]"
    effective: float
    problem: str = ""


@method(
    tr("Balance of the framework conditions"),
    formula=tr("standardised mean differences before and after entropy balancing"),
    unit=MUNICIPALITIES,
    interval=NO_INTERVAL,
    source="Hainmueller (2012)",
)
def balance(found: pd.DataFrame) -> Balance:
    """Compute weights that equalise mean conditions of comparison and method municipalities."""
    problem, ones = "", pd.Series(1.0, index=found.index)
    try:
        weights = entropy_balance(found, CONDITIONS, "method")
    except DataError as error:
        problem, weights = error.problem, ones[found["method"] == 0]
    table = balance_table(found, CONDITIONS, "method", weights)
    return Balance(
        table, pd.concat([ones[found["method"] == 1], weights]), effective_number(weights), problem
    )


def nearest_half(found: pd.DataFrame) -> "pd.Series[bool]":
    """Select the half of the comparison municipalities nearest to the method municipalities.

    Distances are from the method municipalities' mean conditions, in standard deviations.
    """
    values = found[list(CONDITIONS)]
    mine = found["method"] == 1
    distance = (((values - values[mine].mean()) / values.std()) ** 2).sum(axis=1)[~mine]
    return mine | (distance.reindex(found.index) <= distance.median())


@method(
    tr("Effect under every combination of choices"),
    formula=tr(
        "difference-in-differences with each choice of weights, control variables and window"
    ),
    unit=MUNICIPALITIES,
    interval=tr(
        "wild cluster bootstrap with the null imposed, inverted; by randomisation where few are "
        "treated"
    ),
    source="Simonsohn, Simmons and Nelson (2020)",
)
def specifications(
    rows: pd.DataFrame, found: pd.DataFrame, outcome: str, *, draws: int, seed: int
) -> SpecificationCurve:
    """Estimate the effect under every combination of defensible choices.

    Parameters
    ----------
    rows : DataFrame
        As returned by `panel`.
    found : DataFrame
        As returned by `conditions`.

    Returns
    -------
    SpecificationCurve
        Over `weights` (each person, each municipality, or balanced conditions), `controls` (none,
        or conditions whose influence may change at the start), `window` (all periods, or a year
        before the start) and `comparison` (all, or the nearest half).
    """
    municipality, weights, near = rows[c.MUNICIPALITY], balance(found).weights, nearest_half(found)
    data = rows.assign(equal=1.0, balanced=municipality.map(weights))
    for name in CONDITIONS:
        data[name] = municipality.map(found[name]) * (rows["period"] >= 0)

    def estimate(
        weights: str, controls: Sequence[str], window: int, comparison: Sequence[int]
    ) -> Estimate:
        chosen = data[(data["period"] >= window) & municipality.isin(comparison)]
        return difference_in_differences(
            chosen,
            outcome,
            c.MUNICIPALITY,
            "period",
            "treated",
            weights=weights,
            controls=controls,
            inference=("wild",),
            draws=draws,
            seed=seed,
        )

    return specification_curve(
        estimate,
        {
            "weights": {"persons": PERSONS, "equal": "equal", "balanced": "balanced"},
            "controls": {"none": (), "conditions": CONDITIONS},
            "window": {"all": int(rows["period"].min()), "year": -YEAR},
            "comparison": {"everyone": list(found.index), "alike": list(near.index[near])},
        },
    )
