"""A share of persons or of time, with an interval that allows for dependence within clusters."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from evalbook.errors import DataError
from evalbook.models.base.outcome import Fit, tidy_table
from evalbook.models.base.panel import label
from evalbook.models.base.person_input import Floats, aligned, coded, numbers
from evalbook.models.shares.proportions import logit_interval

Interval = Literal["logit", "beta", "wilson", "wald"]
_TAIL: Final = 0.025


@dataclass(frozen=True)
class ClusteredShare(Fit):
    """A share with an interval by cluster.

    Attributes
    ----------
    estimate, error : float
        The share, and its linearised standard error.
    lower, upper : float
        95 per cent interval.
    df : int
        Degrees of freedom: clusters less strata.
    n, clusters : int
        Rows with a denominator above 0, and their clusters.
    effective_n : float
        How many independent persons would tell as much; the clusters, where the share is 0 or 1.
    interval : str
        How the interval was made.
    """

    estimate: float
    error: float
    lower: float
    upper: float
    df: int
    n: int
    clusters: int
    effective_n: float
    interval: str

    def tidy(self) -> pd.DataFrame:
        """Return a row, called "share"; without a p, since no share is the one to test."""
        row = tidy_table(
            ["share"], self.estimate, self.error, lower=self.lower, upper=self.upper, n=self.n
        )
        return row.assign(df=self.df, clusters=self.clusters)


def clustered_share(
    numerator: ArrayLike,
    denominator: ArrayLike,
    cluster: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    interval: Interval = "logit",
) -> ClusteredShare:
    """Estimate a share, the sum of numerators over that of denominators, by cluster.

    Parameters
    ----------
    numerator, denominator : array_like, shape (rows,)
        What is counted, and what could be: 0 or 1 and 1 for shares of persons, weeks for shares of
        time. Rows with a denominator of 0 are left out.
    cluster : array_like, shape (rows,)
        Rows of one cluster, such as a place, may depend on each other.
    strata : array_like, shape (rows,), optional
        Clusters were drawn (or are compared) within these; each needs two clusters.
    weights : array_like, shape (rows,), optional
        Weights above 0.
    interval : {"logit", "beta", "wilson", "wald"}
        The scale of the interval; Student's t with as many degrees of freedom as there are
        clusters less strata. "beta" is Korn and Graubard's, "wilson" that of Wilson, both with the
        effective number of persons.

    Returns
    -------
    ClusteredShare

    Raises
    ------
    DataError
        If a value is missing or infinite, a numerator is negative or above its denominator, no
        denominator is above 0, a stratum has one cluster, a cluster lies in two strata, or a
        weight is not above 0.

    Notes
    -----
    As `svyciprop` of R's survey, whose default is the logit: Korn & Graubard (1998), Survey
    Methodology 24:193-201. Where the share is 0 or 1, no variance can be estimated; the interval
    is then the exact one of a share of as many independent persons as there are clusters.
    """
    if interval not in _INTERVALS:
        raise DataError(
            f"there is no interval {interval!r}", remedy=f"Use one of {', '.join(_INTERVALS)}"
        )
    optional = {"strata": strata, "weights": weights}
    given = {name: values for name, values in optional.items() if values is not None}
    aligned(numerator=numerator, denominator=denominator, cluster=cluster, **given)
    counted, whole = numbers(numerator, "numerator"), numbers(denominator, "denominator")
    weight = np.ones(len(whole)) if weights is None else numbers(weights, "weights", exclusive=True)
    members, _ = coded(cluster, "cluster")
    layer_of, layers = coded(np.zeros(len(whole)) if strata is None else strata, "strata")
    over = np.flatnonzero(counted > whole * (1 + 1e-12))
    if len(over):
        raise DataError(
            f"'numerator' exceeds 'denominator' in {len(over)} rows, first with "
            f"{counted[over[0]]:g} of {whole[over[0]]:g}",
            remedy="Count no more than there is",
        )
    kept = whole > 0
    if not kept.any():
        raise DataError("no 'denominator' is above 0", remedy="Give rows with something to count")
    counted, whole, weight = counted[kept], whole[kept], weight[kept]
    members, layer_of = members[kept], layer_of[kept]
    total = float(weight @ whole)
    value = float(weight @ counted) / total
    variance, df = _variance(weight * (counted - value * whole) / total, members, layer_of, layers)
    clusters, error = len(np.unique(members)), float(np.sqrt(variance))
    if value in (0.0, 1.0):
        effective = float(clusters)
        low = 0.0 if value == 0 else _TAIL ** (1 / clusters)
        high = 1.0 if value == 1 else 1 - _TAIL ** (1 / clusters)
    else:
        if not error > 1e-12:
            raise DataError(
                "the share is the same in all clusters, so that they tell nothing of its error",
                remedy="Give other clusters, such as the persons",
            )
        effective = value * (1 - value) / variance
        scale = stats.t.ppf(_TAIL, max(len(whole) - 1, 1)) / stats.t.ppf(_TAIL, df)
        low, high = _INTERVALS[interval](value, error, df, effective * float(scale) ** 2)
    return ClusteredShare(
        value, error, low, high, df, len(whole), clusters, effective, str(interval)
    )


def _variance(
    score: Floats, members: NDArray[np.int64], layer_of: NDArray[np.int64], layers: pd.Index
) -> tuple[float, int]:
    """Sum the variance between the clusters of each stratum, and count degrees of freedom."""
    variance, df = 0.0, 0
    seen: set[int] = set()
    for place, name in enumerate(layers):
        rows = layer_of == place
        if not rows.any():
            continue
        names, codes = np.unique(members[rows], return_inverse=True)
        if len(names) < 2:
            where = f"the stratum {label(name)} has" if len(layers) > 1 else "there is"
            raise DataError(f"{where} one cluster only", remedy="Give two at least, or join strata")
        if seen & set(names.tolist()):
            raise DataError(
                "a cluster lies in more than one stratum", remedy="Give strata of whole clusters"
            )
        seen |= set(names.tolist())
        sums = np.sort(np.bincount(codes, weights=score[rows]))
        count = len(sums)
        variance += count / (count - 1) * float(((sums - sums.mean()) ** 2).sum())
        df += count - 1
    return variance, df


def _wald(value: float, error: float, df: int, effective: float) -> tuple[float, float]:
    half = float(stats.t.ppf(1 - _TAIL, df)) * error
    return value - half, value + half


def _logit(value: float, error: float, df: int, effective: float) -> tuple[float, float]:
    return logit_interval(value, error, float(stats.t.ppf(1 - _TAIL, df)))


def _beta(value: float, error: float, df: int, effective: float) -> tuple[float, float]:
    hits, misses = effective * value, effective * (1 - value)
    low = float(stats.beta.ppf(_TAIL, hits, misses + 1))
    return low, float(stats.beta.ppf(1 - _TAIL, hits + 1, misses))


def _wilson(value: float, error: float, df: int, effective: float) -> tuple[float, float]:
    z = float(stats.norm.ppf(1 - _TAIL))
    centre = (value + z**2 / (2 * effective)) / (1 + z**2 / effective)
    half = z * np.sqrt(value * (1 - value) / effective + z**2 / (4 * effective**2))
    half = float(half) / (1 + z**2 / effective)
    return centre - half, centre + half


_INTERVALS: Final[dict[str, Callable[[float, float, int, float], tuple[float, float]]]] = {
    "logit": _logit,
    "beta": _beta,
    "wilson": _wilson,
    "wald": _wald,
}
