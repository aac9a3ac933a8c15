"""Before and after, method and comparison: difference-in-differences on municipalities' changes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from evalbook.models.few_clusters.assignments import assignments
from evalbook.models.few_clusters.null_distribution import p_of


@dataclass(frozen=True)
class ChangeContrast:
    """How much more the method municipalities changed.

    Attributes
    ----------
    estimate : float
        Mean change of the method municipalities less that of the comparison municipalities.
    interval : tuple of float
        95 per cent interval (Welch's t over municipalities).
    p_randomisation : float
        Two-sided p of the t statistic over reassignments of the municipalities.
    n_treated, n_comparison : int
        Municipalities.
    assignments : int
        Reassignments that the p rests on; all of them if there are few enough.
    """

    estimate: float
    interval: tuple[float, float]
    p_randomisation: float
    n_treated: int
    n_comparison: int
    assignments: int


def contrast_changes(
    changes: "pd.Series[float]", treated: "pd.Series[bool]", *, draws: int = 9999, seed: int = 0
) -> ChangeContrast:
    """Compare municipalities' changes: the two-period difference-in-differences with municipalities as units.

    Parameters
    ----------
    changes : Series, shape (municipalities,)
        After less before.
    treated : Series of bool, shape (municipalities,)
        Whether it is a method municipality; same index.
    draws : int
        Random reassignments where there are too many to list.
    seed : int
        Seed of the draws; the result does not depend on the order of the rows.

    Raises
    ------
    ValueError
        If fewer than two municipalities of either kind, or a change is missing.

    Notes
    -----
    With two periods and a common start, two-way fixed effects equals the contrast of mean changes (Angrist & Pischke
    2009, section 5.2). With few treated units, randomisation inference on t keeps its size where cluster-robust
    tests do not (MacKinnon & Webb, QED working paper 1355).
    """
    ordered = pd.DataFrame({"change": changes, "treated": treated.astype(bool)}).sort_index()
    if ordered["change"].isna().any():
        raise ValueError("a municipality's change is missing")
    values, mask = ordered["change"].to_numpy(dtype=float), ordered["treated"].to_numpy()
    few = min(int(mask.sum()), int((~mask).sum()))
    if few < 2:
        raise ValueError("at least two method and two comparison municipalities are needed")
    result = stats.ttest_ind(values[mask], values[~mask], equal_var=False)
    interval = result.confidence_interval(0.95)
    reassigned, exhaustive = assignments(mask.astype(np.int64), None, draws, seed)
    observed = abs(welch_t(values, mask[None, :])[0])
    p = p_of(np.abs(welch_t(values, reassigned == 1)), observed, exhaustive=exhaustive)
    return ChangeContrast(
        estimate=float(values[mask].mean() - values[~mask].mean()),
        interval=(float(interval.low), float(interval.high)),
        p_randomisation=p,
        n_treated=int(mask.sum()),
        n_comparison=int((~mask).sum()),
        assignments=len(reassigned),
    )


def welch_t(values: NDArray[np.float64], masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Compute Welch's t of the units chosen by each row of `masks` against the others.

    0 where nothing varies.
    """
    means, variances = [], []
    for mask in (masks, ~masks):
        count = mask.sum(axis=1)
        mean = (mask @ values) / count
        squares = mask @ values**2 - count * mean**2
        means.append(mean)
        variances.append(np.maximum(squares, 0) / (count - 1) / count)
    error = np.sqrt(variances[0] + variances[1])
    t: NDArray[np.float64] = np.divide(
        means[0] - means[1], error, out=np.zeros(len(masks)), where=error > 0
    )
    return t
