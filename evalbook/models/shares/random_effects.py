"""Random effects: the mean of several estimates, and how much their truths differ."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats
from scipy.optimize import brentq, minimize_scalar

from evalbook.errors import DataError
from evalbook.models.base.outcome import Fit, tidy_table
from evalbook.models.base.person_input import Floats, aligned, numbers
from evalbook.models.base.plots import plot_intervals

_Z: Final = float(stats.norm.ppf(0.975))


@dataclass(frozen=True, eq=False)
class RandomEffects(Fit):
    """The distribution of the truths behind several estimates.

    Attributes
    ----------
    mean, error : float
        The mean of the truths, and its standard error.
    interval : tuple of float
        95 per cent, by the normal distribution.
    tau2 : float
        The variance of the truths.
    tau2_interval : tuple of float
        95 per cent, by the Q-profile.
    q, q_p : float
        Cochran's Q, and its p if all truths are alike.
    i2 : float
        Share of the variance of a typical estimate that is due to differences of the truths.
    n : int
        Estimates.
    method : {"reml", "dl"}
        How `tau2` was found.
    """

    mean: float
    error: float
    interval: tuple[float, float]
    tau2: float
    tau2_interval: tuple[float, float]
    q: float
    q_p: float
    i2: float
    n: int
    method: str
    _estimate: "pd.Series[float]" = field(repr=False)
    _error: Floats = field(repr=False)

    def shrunken(self) -> pd.DataFrame:
        """Estimate each truth from its own estimate and from all the others (empirical Bayes).

        Returns
        -------
        pd.DataFrame
            By unit: `estimate` (the best linear unbiased prediction), `error`, `lower` and `upper`
            (95 per cent), and `weight`, how much its own estimate counts.

        Notes
        -----
        Raudenbush & Bryk (1985), Journal of Educational Statistics 10:75-98; the error counts that
        the mean is estimated, as `blup` of R's metafor, but not that `tau2` is.
        """
        weight = self.tau2 / (self.tau2 + self._error**2)
        value = weight * self._estimate + (1 - weight) * self.mean
        error = np.sqrt(weight * self._error**2 + (1 - weight) ** 2 * self.error**2)
        return pd.DataFrame(
            {
                "estimate": value,
                "error": error,
                "lower": value - _Z * error,
                "upper": value + _Z * error,
                "weight": weight,
            },
            index=self._estimate.index,
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row for the mean, called "overall"."""
        low, high = self.interval
        p = 2 * stats.norm.sf(abs(self.mean / self.error))
        row = tidy_table(["overall"], self.mean, self.error, p=p, lower=low, upper=high, n=self.n)
        return row.assign(tau2=self.tau2, i2=self.i2)

    def summary(self) -> str:
        """Return the result in a few lines of text."""
        (low, high), (least, most) = self.interval, self.tau2_interval
        return (
            f"mean {self.mean:.4g} ({low:.4g} to {high:.4g}) of {self.n} estimates, {self.method}\n"
            f"tau2 = {self.tau2:.4g} ({least:.4g} to {most:.4g}), I2 = {self.i2:.0%}, "
            f"Q = {self.q:.4g} (p = {self.q_p:.3g})"
        )

    def _draw(self, ax: Any, unit: str) -> Any:
        """Draw the estimates as they are and shrunken, and the mean."""
        names = [str(name) for name in self._estimate.index]
        plain = tidy_table(names, self._estimate, self._error)
        plain["lower"] = plain["estimate"] - _Z * plain["error"]
        plain["upper"] = plain["estimate"] + _Z * plain["error"]
        shrunken = self.shrunken().reset_index(drop=True).assign(term=names, kind="shrunken")
        both = pd.concat([plain.assign(kind="estimate"), shrunken], ignore_index=True)
        return plot_intervals(both, ax, by="kind", reference=self.mean, unit=unit)


def random_effects(
    estimate: ArrayLike, error: ArrayLike, *, method: Literal["reml", "dl"] = "reml"
) -> RandomEffects:
    """Estimate the mean and the variance of the truths behind several estimates.

    Parameters
    ----------
    estimate, error : array_like, shape (units,)
        Estimates of different units, such as places, and their standard errors.
    method : {"reml", "dl"}
        Restricted maximum likelihood, or DerSimonian and Laird's moments.

    Raises
    ------
    DataError
        If there are fewer than two estimates, a value is missing or infinite, an error is not
        above 0, or the columns do not belong together.

    Notes
    -----
    Viechtbauer (2005), Journal of Educational and Behavioral Statistics 30:261-293; DerSimonian &
    Laird (1986), Controlled Clinical Trials 7:177-188; the Q-profile: Viechtbauer (2007),
    Statistics in Medicine 26:37-52. As `rma` of R's metafor.
    """
    if method not in ("reml", "dl"):
        raise DataError(f"there is no method {method!r}", remedy="Use 'reml' or 'dl'")
    aligned(estimate=estimate, error=error)
    y = numbers(estimate, "estimate", minimum=-np.inf)
    spread = numbers(error, "error", exclusive=True)
    if len(y) < 2:
        raise DataError("there is one estimate only", remedy="Give at least two")
    variance = spread**2
    tau2 = _dl(y, variance) if method == "dl" else _reml(y, variance)
    weight = 1 / (variance + tau2)
    mean = float(weight @ y / weight.sum())
    se = float(1 / np.sqrt(weight.sum()))
    fixed = 1 / variance
    q = _q(y, variance, 0.0)
    typical = (len(y) - 1) * fixed.sum() / (fixed.sum() ** 2 - (fixed**2).sum())
    index = estimate.index if isinstance(estimate, pd.Series) else pd.RangeIndex(len(y))
    return RandomEffects(
        mean=mean,
        error=se,
        interval=(mean - _Z * se, mean + _Z * se),
        tau2=tau2,
        tau2_interval=_q_profile(y, variance),
        q=q,
        q_p=float(stats.chi2.sf(q, len(y) - 1)),
        i2=float(tau2 / (tau2 + typical)),
        n=len(y),
        method=method,
        _estimate=pd.Series(y, index=index, name="estimate"),
        _error=spread,
    )


def moment_tau2(q: float, weight: Floats) -> float:
    """Compute the variance of the truths from Cochran's Q, as DerSimonian & Laird do."""
    scale = weight.sum() - (weight**2).sum() / weight.sum()
    return float(max(0.0, (q - (len(weight) - 1)) / scale))


def _dl(y: Floats, variance: Floats) -> float:
    return moment_tau2(_q(y, variance, 0.0), 1 / variance)


def _q(y: Floats, variance: Floats, tau2: float) -> float:
    weight = 1 / (variance + tau2)
    return float(weight @ (y - weight @ y / weight.sum()) ** 2)


def _reml(y: Floats, variance: Floats) -> float:
    """Maximise the restricted likelihood: from the best of a grid, then within its neighbours."""

    def loss(tau2: float) -> float:
        total = variance + tau2
        return float(np.log(total).sum() + np.log((1 / total).sum()) + _q(y, variance, tau2))

    scale = float(y.var(ddof=1)) + float(variance.max())
    grid = scale * np.append(0.0, np.logspace(-8, 2, 101))
    best = int(np.argmin([loss(float(tau2)) for tau2 in grid]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    found = minimize_scalar(
        loss, bounds=(low, high), method="bounded", options={"xatol": 1e-12 * scale}
    )
    # At the edge of what can be, the truths are alike.
    return 0.0 if loss(0.0) <= found.fun else float(found.x)


def _q_profile(y: Floats, variance: Floats) -> tuple[float, float]:
    """Find the variances at which Q has the quantiles of its distribution."""
    return _where_q_is(y, variance, 0.975), _where_q_is(y, variance, 0.025)


def _where_q_is(y: Floats, variance: Floats, probability: float) -> float:
    goal = float(stats.chi2.ppf(probability, len(y) - 1))

    def excess(tau2: float) -> float:
        return _q(y, variance, tau2) - goal

    if excess(0.0) <= 0:
        return 0.0
    high = float(y.var(ddof=1)) + float(variance.max())
    while excess(high) > 0:
        high *= 2
    return float(brentq(excess, 0, high, xtol=1e-14))
