"""Cox's regression: by what factor a condition raises or lowers the hazard."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from statsmodels.duration.hazard_regression import PHReg

from evalbook.errors import DataError
from evalbook.models.base.design import design, refuse_collinear, refuse_separated
from evalbook.models.base.person_input import Floats, numbers, require, zero_one
from evalbook.models.survival.curves import Z
from evalbook.models.survival.ratios import RatioModel, coefficient_table, refuse_undetermined


@dataclass(frozen=True, eq=False)
class CoxModel(RatioModel):
    """Hazard ratios by Cox's partial likelihood.

    Attributes
    ----------
    n : int
        Persons.
    events : int
        Events among them.
    clusters : int or None
        Clusters, if the intervals are robust to dependence within them.
    loglikelihood : float
        Of the partial likelihood, at the estimate.
    """

    n: int
    events: int
    clusters: int | None
    loglikelihood: float
    _table: pd.DataFrame = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the estimates by term.

        Returns
        -------
        pd.DataFrame
            `hazard_ratio`, its 95 per cent interval `lower` to `upper`, `p`, the log ratio
            `coefficient` with its standard `error`, and the `n` and `events` of the whole.
        """
        return self._table.assign(n=self.n, events=self.events)

    def summary(self) -> str:
        """Return a line of text per term."""
        robust = f", {self.clusters} clusters" if self.clusters else ""
        lines = [f"n = {self.n}, events = {self.events}{robust}"]
        for term, row in self._table.iterrows():
            lines.append(
                f"{term}: {row['hazard_ratio']:.3g} ({row['lower']:.3g} to {row['upper']:.3g}), "
                f"p = {row['p']:.3g}"
            )
        return "\n".join(lines)


def cox(
    data: pd.DataFrame,
    duration: str,
    event: str,
    covariates: Sequence[str],
    *,
    strata: str | None = None,
    cluster: str | None = None,
    ties: Literal["efron", "breslow"] = "efron",
) -> CoxModel:
    """Estimate hazard ratios with the baseline hazard left free.

    Parameters
    ----------
    data : pd.DataFrame
        One row per person or spell.
    duration : str
        Column: time from the start to the event or to the end of observation, at least 0.
    event : str
        Column: 1 where the event happened, 0 where observation ended before.
    covariates : sequence of str
        Columns, fixed at the start. Text and categories become indicators against their first
        level. What begins later, such as a job package, belongs in `discrete_time_hazard`.
    strata : str, optional
        Column: groups with a baseline hazard of their own.
    cluster : str, optional
        Column: rows of one cluster may depend on each other.
    ties : {"efron", "breslow"}
        How simultaneous events are taken; weekly data have many, where Efron's way is the more
        accurate.

    Raises
    ------
    DataError
        If a column is absent, has a missing value or is the same in all rows, terms are collinear,
        nothing happens in a category, or the data do not determine a ratio.

    Notes
    -----
    Cox (1972), Journal of the Royal Statistical Society B 34:187-220; Efron (1977), Journal of the
    American Statistical Association 72:557-565. With clusters, the sandwich of Lin & Wei (1989),
    from the score residuals of Breslow's likelihood, with the factor G / (G - 1) and Student's t
    with G - 1 degrees of freedom.
    """
    keys = [name for name in (strata, cluster) if name]
    require(data, [duration, event, *covariates, *keys])
    if not covariates:
        raise DataError(
            "there are no covariates", remedy="Name at least one column, or use kaplan_meier"
        )
    # In one order whatever the rows', so that sums are rounded alike.
    data = data.sort_values([duration, event, *covariates, *keys], kind="stable", ignore_index=True)
    time, happened = numbers(data[duration], duration), zero_one(data[event], event)
    terms = design(data, covariates)
    centred = (terms - terms.mean()).to_numpy()
    names = [str(term) for term in terms]
    refuse_collinear(names, centred.T @ centred)
    if not happened.any():
        raise DataError(
            f"nothing happened: {event!r} is 0 in all rows", remedy="Follow them for longer"
        )
    refuse_separated(terms, happened)
    layers = None if strata is None else pd.factorize(data[strata], sort=True)[0]
    model = PHReg(time, centred, status=happened, strata=layers, ties=ties)
    fit = model.fit()
    members = None if cluster is None else pd.factorize(data[cluster], sort=True)[0]
    error = (
        np.asarray(fit.bse, dtype=float) if members is None else _robust_error(model, fit, members)
    )
    refuse_undetermined(names, error * centred.std(axis=0), "hazard ratio")
    groups = None if members is None else int(members.max()) + 1
    p = 2 * (stats.norm.sf if groups is None else stats.t(groups - 1).sf)(
        np.abs(fit.params / error)
    )
    quantile = Z if groups is None else float(stats.t.ppf(0.975, groups - 1))
    table = coefficient_table(names, fit.params, error, quantile, p, "hazard_ratio")
    return CoxModel(len(data), int(happened.sum()), groups, float(fit.llf), table)


def _robust_error(model: Any, fit: Any, members: NDArray[np.int64]) -> Floats:
    count = int(members.max()) + 1
    if count < 2:
        raise DataError(
            "there is one cluster only", remedy="Give a column with at least two, or leave it out"
        )
    # Who was censored before the first event was in no risk set and has no score.
    scores = np.nan_to_num(model.score_residuals(fit.params))
    sums = np.zeros((count, scores.shape[1]))
    np.add.at(sums, members, scores)
    bread = np.linalg.inv(model.hessian(fit.params))
    covariance = bread @ (sums.T @ sums) @ bread * count / (count - 1)
    error: Floats = np.sqrt(np.diag(covariance))
    return error
