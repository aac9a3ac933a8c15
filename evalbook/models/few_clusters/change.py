"""Changes of treated and other units: the two-period difference-in-differences."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from evalbook.errors import DataError
from evalbook.models.base.outcome import Fit, tidy_table
from evalbook.models.base.panel import refuse_draws
from evalbook.models.base.person_input import aligned, zero_one
from evalbook.models.few_clusters.assignments import assignments
from evalbook.models.few_clusters.null_distribution import p_of


@dataclass(frozen=True)
class ChangeContrast(Fit):
    """How much more the treated units changed.

    Attributes
    ----------
    estimate : float
        Mean change of the treated units less that of the others.
    interval : tuple of float
        95 per cent interval (Welch's t over units).
    p_randomisation : float
        Two-sided p of the t statistic over reassignments of the units.
    n_treated, n_comparison : int
        Units.
    assignments : int
        Reassignments that the p rests on; all of them if there are few enough.
    error : float
        Welch's standard error.
    """

    estimate: float
    interval: tuple[float, float]
    p_randomisation: float
    n_treated: int
    n_comparison: int
    assignments: int
    error: float = math.nan

    def tidy(self) -> pd.DataFrame:
        """Return a row: Welch's error and interval, and the p by randomisation."""
        return tidy_table(
            ["treated"],
            self.estimate,
            self.error,
            p=self.p_randomisation,
            lower=self.interval[0],
            upper=self.interval[1],
            n=self.n_treated + self.n_comparison,
            n_treated=self.n_treated,
        )


def contrast_changes(
    changes: "pd.Series[float]", treated: "pd.Series[bool]", *, draws: int = 9999, seed: int = 0
) -> ChangeContrast:
    """Compare the changes of treated and other units: a two-period difference-in-differences.

    Parameters
    ----------
    changes : Series, shape (units,)
        After less before.
    treated : Series, shape (units,)
        1 or True for treated units, else 0 or False; same index.
    draws : int
        Random reassignments where there are too many to list, at least 19.
    seed : int
        Seed of the draws; the result does not depend on the order of the rows.

    Raises
    ------
    DataError
        If there are fewer than two units of either kind, a change is missing or infinite, a unit
        stands twice, `treated` is neither 0 nor 1, or the indices differ.

    Notes
    -----
    With two periods and a common start, two-way fixed effects equals the contrast of mean changes
    (Angrist & Pischke 2009, section 5.2). With few treated units, randomisation inference on t
    keeps its size where cluster-robust tests do not (MacKinnon & Webb, QED working paper 1355).
    """
    refuse_draws(draws, seed)
    if treated.index.is_unique and set(treated.index) == set(changes.index):
        treated = treated[changes.index]
    values, mask = checked_changes(changes.to_frame("change"), treated)
    values = values[:, 0]
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
        error=math.sqrt(
            sum(part.var(ddof=1) / len(part) for part in (values[mask], values[~mask]))
        ),
    )


def checked_changes(
    changes: pd.DataFrame, treated: "pd.Series[Any]"
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return changes, shape (units, outcomes), and who was treated, sorted by unit.

    Raises
    ------
    DataError
        As `contrast_changes`, naming the outcome.
    """
    if changes.index.has_duplicates:
        twice = changes.index[changes.index.duplicated()][0]
        raise DataError(f"the unit {twice!r} stands twice", remedy="Give one row per unit")
    aligned(changes=pd.Series(0, index=changes.index), treated=treated)
    mask = zero_one(treated, "treated") == 1
    for outcome, column in changes.items():
        values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        if not np.isfinite(values).all():
            unit = changes.index[int(np.argmin(np.isfinite(values)))]
            raise DataError(
                f"a change of {outcome!r} is missing or infinite, first that of {unit!r}",
                remedy="Leave the unit or the outcome out",
            )
    if min(mask.sum(), (~mask).sum()) < 2:
        raise DataError(
            "there are fewer than two units of either kind",
            remedy="Give at least two treated and two others",
        )
    order = np.argsort(changes.index.to_numpy())
    return changes.to_numpy(dtype=float)[order], mask[order]


def welch_t(values: NDArray[np.float64], masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Compute Welch's t of the units chosen by each row of `masks` against the others.

    0 where nothing varies.
    """
    # Values far from 0 would lose their digits in the squares.
    values = values - values.mean()
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
