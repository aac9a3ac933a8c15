"""The wild cluster bootstrap with the null imposed: tests that hold with few clusters."""

from itertools import product
from typing import Final, Literal, NamedTuple

import numpy as np
import pandas as pd

from evalbook.errors import DataError
from evalbook.models.base.formula import regression_of
from evalbook.models.base.outcome import Fit, tidy_table
from evalbook.models.base.panel import refuse_draws
from evalbook.models.base.person_input import Floats
from evalbook.models.base.regression import Regression
from evalbook.models.few_clusters.null_distribution import NullDistribution

Weights = Literal["webb", "rademacher"]

MULTIPLIERS: Final[dict[str, Floats]] = {
    "webb": np.array([-np.sqrt(1.5), -1.0, -np.sqrt(0.5), np.sqrt(0.5), 1.0, np.sqrt(1.5)]),
    "rademacher": np.array([-1.0, 1.0]),
}
# So many vectors of multipliers can still be listed.
_MOST = 2**20


class _Test(NamedTuple):
    t: float
    p: float
    interval: tuple[float, float]


class WildBootstrap(_Test, Fit):
    """What `wild_cluster_bootstrap` found: unpacks into t, p and interval.

    Attributes
    ----------
    t : float
        By CRV1.
    p : float
        Two-sided.
    interval : tuple of float
        95 per cent, by inversion of the test.
    estimate : float
        The coefficient.
    n, clusters : int
        Rows and clusters.
    draws, possible : int
        Vectors of multipliers used, and how many different ones there are.
    seed : int
        Of the draws.
    term : str
        The coefficient.
    """

    estimate: float
    n: int
    clusters: int
    draws: int
    possible: int
    seed: int
    term: str

    def tidy(self) -> pd.DataFrame:
        """Return a row: the CRV1 `error`, and `p` and interval by the bootstrap."""
        error = self.estimate / self.t if self.t else np.nan
        low, high = self.interval
        return tidy_table(
            [self.term], self.estimate, error, p=self.p, lower=low, upper=high, n=self.n
        )

    def summary(self) -> str:
        """Return the result in a line of text."""
        low, high = self.interval
        return (
            f"{self.estimate:.4g} (95 % interval {low:.4g} to {high:.4g}), t = {self.t:.3f}, p = "
            f"{self.p:.4f}; "
            f"{self.n} rows, {self.clusters} clusters, {self.draws} of {self.possible:.3g} "
            f"draws, seed {self.seed}"
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a table of one row."""
        low, high = self.interval
        return pd.DataFrame([{"t": self.t, "p": self.p, "lower": low, "upper": high} | vars(self)])


def wild_cluster_bootstrap(
    formula: str,
    data: pd.DataFrame,
    param: str,
    cluster: str,
    *,
    weights: Weights = "webb",
    draws: int = 9999,
    enumerate_all: bool | None = None,
    seed: int = 0,
) -> WildBootstrap:
    """Test a coefficient by the wild cluster bootstrap with the null imposed (WCR).

    Parameters
    ----------
    formula : str
        Such as `"y ~ treated + C(unit) + C(time)"`.
    data : pd.DataFrame
        The rows.
    param : str
        The coefficient, as statsmodels names it.
    cluster : str
        Column: rows of one cluster may depend on each other.
    weights : {"webb", "rademacher"}
        The multipliers: Webb's six points or signs. With fewer than 12 clusters signs give too few
        different draws.
    draws : int
        Random draws, at least 19.
    enumerate_all : bool, optional
        Whether to take all draws once instead (6 or 2 to the power of the clusters); by default if
        there are no more than `draws`.
    seed : int
        Seed of the draws. The result does not depend on the order of the rows.

    Returns
    -------
    WildBootstrap
        Unpacks into t, p and the 95 per cent interval.

    Raises
    ------
    DataError
        If a column is absent or has a missing value, the parameter is not in the formula, terms
        are collinear, there is one cluster only, or there are too many draws to list.

    Notes
    -----
    Cameron, Gelbach & Miller (2008), Review of Economics and Statistics 90:414-427; six points:
    Webb (2014), QED working paper 1315; for all draws at once and the interval by inversion:
    Roodman, MacKinnon, Nielsen & Webb (2019), Stata Journal 19:4-60. The t of a draw has the same
    small-sample factor as the observed one; equal values of t count as extreme. p is (1 + extreme)
    / (1 + draws) for random draws, so that it is never 0.
    """
    refuse_draws(draws, seed)
    if weights not in MULTIPLIERS:
        raise DataError(
            f"there are no weights {weights!r}", remedy=f"Use one of {', '.join(MULTIPLIERS)}"
        )
    regression = regression_of(formula, data, param, cluster)
    null = bootstrap(regression, weights, draws, enumerate_all, seed)
    t = regression.t()
    found = WildBootstrap(t, null.p(t), null.interval(regression))
    found.term = param
    found.estimate, found.n, found.clusters = regression.estimate, len(data), regression.clusters
    found.draws, found.possible, found.seed = (
        null.draws,
        possible(weights, regression.clusters),
        seed,
    )
    return found


def possible(weights: Weights, clusters: int) -> int:
    """Count the different vectors of multipliers."""
    count: int = len(MULTIPLIERS[weights]) ** clusters
    return count


def bootstrap(
    regression: Regression, weights: Weights, draws: int, enumerate_all: bool | None, seed: int
) -> NullDistribution:
    """Draw t under every null: residuals of the restricted model, times one multiplier per cluster.

    Nothing of the size of the rows is drawn: with v the multipliers, the scores of the clusters are
    v a - F (E' v) - b d, where b is the coefficient of the draw (Roodman et al. 2019, section 5).
    """
    multipliers, exhaustive = _multipliers(weights, regression.clusters, draws, enumerate_all, seed)
    treatment, information = regression.treatment, regression.information
    own = regression.by_cluster(treatment**2)
    loading = regression.by_cluster(regression.basis * treatment[:, None])

    def drawn(values: Floats) -> tuple[Floats, Floats]:
        along = regression.by_cluster(treatment * values)
        moved = multipliers @ regression.by_cluster(regression.basis * values[:, None])
        slope = multipliers @ along / information
        return slope, multipliers * along - moved @ loading.T - slope[:, None] * own

    (slope, scores), (unit_slope, unit_scores) = drawn(regression.outcome), drawn(treatment)
    squares = [
        (one * other).sum(axis=1)
        for one, other in ((scores, scores), (scores, unit_scores), (unit_scores, unit_scores))
    ]
    return NullDistribution(
        np.array([slope, unit_slope]),
        np.array(squares) * regression.factor / information**2,
        exhaustive,
    )


def _multipliers(
    weights: Weights, clusters: int, draws: int, enumerate_all: bool | None, seed: int
) -> tuple[Floats, bool]:
    points = MULTIPLIERS[weights]
    count = possible(weights, clusters)
    if enumerate_all and count > _MOST:
        raise DataError(
            f"{count:.2g} draws for {clusters} clusters are too many to list",
            remedy="Leave enumerate_all out",
        )
    if enumerate_all or (enumerate_all is None and count <= draws):
        return np.array(list(product(points, repeat=clusters))), True
    return points[np.random.default_rng(seed).integers(len(points), size=(draws, clusters))], False
