"""Cox's regression: by what factor a condition raises or lowers the hazard."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from evalbook.errors import DataError
from evalbook.models.base.design import design, refuse_collinear, refuse_separated
from evalbook.models.base.person_input import Floats, require, zero_one
from evalbook.models.survival.curves import Z
from evalbook.models.survival.partial_likelihood import partial_likelihood
from evalbook.models.survival.ratios import (
    RatioModel,
    cluster_sums,
    coefficient_table,
    few_clusters_warning,
    refuse_collinear_information,
    refuse_singular,
    refuse_undetermined,
    sandwich,
)
from evalbook.models.survival.risk_sets import durations


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
    warning : str
        Empty, or what the reader must know.
    """

    n: int
    events: int
    clusters: int | None
    loglikelihood: float
    _table: pd.DataFrame = field(repr=False)
    warning: str = ""

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
        return "\n".join(lines + ([f"warning: {self.warning}"] if self.warning else []))


def cox(
    data: pd.DataFrame,
    duration: str,
    event: str,
    covariates: Sequence[str],
    *,
    entry: str | None = None,
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
    entry : str, optional
        Column: when observation began, before `duration` (left truncation), as for spells that
        ran before the first week that is known.
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
        If a column is absent, has a missing value or is the same in all rows, an entry does not
        come before the exit, terms are collinear, nothing happens in a category, or the data or
        the clusters do not determine a ratio or its error.

    Notes
    -----
    Cox (1972), Journal of the Royal Statistical Society B 34:187-220; Efron (1977), Journal of the
    American Statistical Association 72:557-565. Times that differ by rounding only are tied. With
    clusters, the sandwich of Lin & Wei (1989), Journal of the American Statistical Association
    84:1074-1078, from the score residuals of the same likelihood (Therneau & Grambsch 2000,
    section 7.2), with the factor G / (G - 1) and Student's t with G - 1 degrees of freedom. It is
    too small where few clusters tell of a term, such as few treated ones; `.warning` says so.
    """
    keys = [name for name in (entry, strata, cluster) if name]
    require(data, [duration, event, *covariates, *keys])
    if not covariates:
        raise DataError(
            "there are no covariates", remedy="Name at least one column, or use kaplan_meier"
        )
    # In one order whatever the rows', so that sums are rounded alike.
    data = data.sort_values([duration, event, *covariates, *keys], kind="stable", ignore_index=True)
    time = durations(data[duration], data[entry] if entry else None, duration, entry or "entry")
    happened = zero_one(data[event], event)
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
    sets = partial_likelihood(time, happened, centred, layers, efron=ties == "efron")
    slope, likelihood, residuals, information = sets.fit()
    scale = centred.std(axis=0)
    refuse_collinear_information(names, information, scale)
    covariance: Floats = np.asarray(np.linalg.inv(information), dtype=np.float64)
    error = np.sqrt(np.diag(covariance))
    refuse_undetermined(names, error * scale, "hazard ratio")
    count, warning = None, ""
    if cluster is not None:
        members = pd.factorize(data[cluster], sort=True)[0]
        sums = cluster_sums(residuals, members)
        robust = sandwich(sums, covariance)
        refuse_singular(names, robust, error)
        error, count = robust, len(sums)
        warning = few_clusters_warning(terms, members)
    p = 2 * (stats.norm.sf if count is None else stats.t(count - 1).sf)(np.abs(slope / error))
    quantile = Z if count is None else float(stats.t.ppf(0.975, count - 1))
    table = coefficient_table(names, slope, error, quantile, p, "hazard_ratio")
    return CoxModel(len(data), int(happened.sum()), count, likelihood, table, warning)
