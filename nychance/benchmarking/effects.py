"""Effects of the programme: difference-in-differences, pre-trends and event studies."""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from evalbook.models import (
    ChangeContrast,
    Estimate,
    contrast_changes,
    difference_in_differences,
    event_study,
    holm,
)
from evalbook.models.method import NO_INTERVAL, method
from nychance import MUNICIPALITIES, tr
from nychance import columns as c

PERSONS: Final = "persons"


@method(
    tr("Difference of slopes before the start"),
    formula=tr(
        "mean slope of the method municipalities − mean slope of the comparison municipalities, "
        "per period before the start"
    ),
    unit=MUNICIPALITIES,
    interval=tr("Welch's t; p by assigning the roles at random"),
    source="MacKinnon and Webb, QED Working Paper 1355",
)
def pre_trend(rows: pd.DataFrame, outcome: str, *, draws: int, seed: int) -> ChangeContrast:
    """Compare the slopes of method and comparison municipalities before the start.

    Returns
    -------
    ChangeContrast
        Of each municipality's least-squares slope over the periods before the start, per period;
        municipalities are unweighted.
    """
    before = rows[rows["period"] < 0].pivot(index=c.MUNICIPALITY, columns="period", values=outcome)
    times = before.columns.to_numpy(dtype=float)
    centred = times - times.mean()
    slopes = pd.Series(before.to_numpy() @ centred / (centred @ centred), index=before.index)
    return contrast_changes(
        slopes, rows.groupby(c.MUNICIPALITY)["method"].first(), draws=draws, seed=seed
    )


@method(
    tr("Difference-in-differences"),
    formula=tr(
        "two-way effects of municipality and period, weighted by persons: change of the method "
        "municipalities − change of the comparison municipalities"
    ),
    unit=tr("municipalities, as clusters"),
    interval=tr(
        "wild cluster bootstrap with the null imposed, inverted; by randomisation where few are "
        "treated"
    ),
    source="Cameron, Gelbach and Miller (2008); Webb (2014)",
)
def effects(
    rows: pd.DataFrame, outcomes: Sequence[str], *, draws: int, seed: int
) -> dict[str, Estimate]:
    """Estimate the difference-in-differences of each outcome.

    The weights are the persons before the start.
    """
    return {
        outcome: difference_in_differences(
            rows,
            outcome,
            c.MUNICIPALITY,
            "period",
            "treated",
            weights=PERSONS,
            draws=draws,
            seed=seed,
        )
        for outcome in outcomes
    }


@method(
    tr("Level before and after the start"),
    formula=tr("mean over municipalities and periods, weighted by persons"),
    unit=MUNICIPALITIES,
    interval=NO_INTERVAL,
    source="Own definition",
)
def levels(rows: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Compute the mean level before and after the start, in both kinds of municipality.

    Weighted as in `effects`, so that the method municipalities' change less that of the others is
    the estimate.

    Returns
    -------
    DataFrame
        By role (`method`, `comparison`): `before` and `after`, as shares.
    """
    parts = rows.assign(
        role=rows["method"].map({True: "method", False: "comparison"}),
        when=(rows["period"] >= 0).map({False: "before", True: "after"}),
        weighted=rows[outcome] * rows[PERSONS],
    ).groupby(["role", "when"])[["weighted", PERSONS]]
    sums = parts.sum()
    found: pd.DataFrame = (sums["weighted"] / sums[PERSONS]).unstack("when")
    return found[["before", "after"]]


def p_value(estimate: Estimate) -> float:
    """Return the reported p: by wild cluster bootstrap or, with few treated, by randomisation."""
    p = estimate.p_wild if estimate.p_wild is not None else estimate.p_randomisation
    assert p is not None
    return p


def effect_table(estimates: Mapping[str, Estimate]) -> pd.DataFrame:
    """Return several outcomes' effects in one table, with p-values adjusted for their number.

    Returns
    -------
    DataFrame
        By outcome: `estimate` and its interval `lower` to `upper`, `p_wild`, `p_randomisation`,
        and `p_adjusted`: Holm's, of the reported p (`p_value`), valid under any dependence between
        the outcomes.
    """
    table = pd.concat(
        {outcome: found.to_frame() for outcome, found in estimates.items()}
    ).droplevel(1)
    adjusted = holm({outcome: p_value(found) for outcome, found in estimates.items()})["p_holm"]
    shown = ["estimate", "lower", "upper", "p_wild", "p_randomisation"]
    return table[shown].assign(p_adjusted=adjusted).rename_axis("outcome")


@method(
    tr("Event study, periods before the start tested jointly"),
    formula=tr(
        "differences between the two kinds of municipality by period, against the last one before "
        "the start"
    ),
    unit=MUNICIPALITIES,
    interval=tr(
        "largest |t| of the periods before the start, over random assignments of the roles"
    ),
    source="MacKinnon and Webb, QED Working Paper 1355",
)
def event_studies(
    rows: pd.DataFrame, outcomes: Sequence[str], *, draws: int, seed: int
) -> tuple[dict[str, pd.DataFrame], dict[str, float | None]]:
    """Estimate the difference in each period against the last one before the start.

    Returns
    -------
    tuple of dict
        By outcome: a table by period with `estimate`, `lower` and `upper`, the base with zeros;
        and the p of the joint test that no period before the start differs (randomisation on the
        largest t), None where too few periods are known.
    """
    # The event study treats a start of 0 as never treated, so periods are shifted to avoid 0.
    shift = 1 - int(rows["period"].min())
    data = rows.assign(period=rows["period"] + shift, starts=rows["starts"] + shift)
    tables, ps = {}, {}
    for outcome in outcomes:
        found = event_study(
            data,
            outcome,
            c.MUNICIPALITY,
            "period",
            "starts",
            weights=PERSONS,
            inference=("wild",),
            draws=draws,
            seed=seed,
        )
        table = found.to_frame()[["estimate", "lower", "upper"]]
        table.loc[found.base] = 0.0
        tables[outcome], ps[outcome] = table.sort_index().rename_axis("period"), found.p_before
    return tables, ps
