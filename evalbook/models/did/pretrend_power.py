"""What a test of trends before the start could have found, and what remains after it."""

from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri
from scipy.stats import qmc

from evalbook.errors import DataError
from evalbook.models.base.outcome import Fit, tidy_table
from evalbook.models.base.person_input import Floats
from evalbook.models.base.plots import plot_intervals
from evalbook.models.did.coefficients import checked_coefficients

# The test passes if no coefficient before the start exceeds so many errors, as in pretrends.
_THRESHOLD: Final = 1.96
_REFERENCE: Final = -1
# Up to so many dimensions scipy's integration is fast.
_FEW: Final = 3


@dataclass(frozen=True, eq=False)
class PretrendPower(Fit):
    """The power of the test that no coefficient before the start is significant.

    Attributes
    ----------
    slope : float
        The slope of a straight violation that is found with the chance `target`.
    target : float
        The chance asked for.
    path : pd.Series
        By time: the violation in question, the straight one of `slope` unless another was given.
    """

    slope: float
    target: float
    path: "pd.Series[float]"
    _estimate: Floats = field(repr=False)
    _sigma: Floats = field(repr=False)
    _test: "_Test" = field(repr=False)

    @cached_property
    def power(self) -> float:
        """The chance that the violation in question is found."""
        return self._test.power(self._early)

    @cached_property
    def bayes_factor(self) -> float:
        """How much likelier the test passes under it than under parallel trends."""
        return (1 - self.power) / (1 - self._test.size)

    @cached_property
    def likelihood_ratio(self) -> float:
        """How much likelier the estimates before the start are than under parallel trends."""
        return self._test.likelihood_ratio(self._estimate[: len(self._early)], self._early)

    @cached_property
    def after_passing(self) -> "pd.Series[float]":
        """By time: what the estimates are on average, given that the test passes."""
        added: Floats = self._sigma[:, : len(self._early)] @ self._test.drift(self._early)
        return (self.path + added).rename("after_passing")

    @property
    def _early(self) -> Floats:
        return np.asarray(self.path, dtype=np.float64)[: len(self._test.sigma)]

    @property
    def _error(self) -> Floats:
        return np.asarray(np.sqrt(np.diag(self._sigma)), dtype=np.float64)

    def tidy(self) -> pd.DataFrame:
        """Return a row per time: the estimate, the violation, and what remains after passing."""
        z = float(stats.norm.ppf(0.975))
        return tidy_table(
            [f"{time:g}" for time in self.path.index],
            self._estimate,
            self._error,
            p=2 * stats.norm.sf(np.abs(self._estimate / self._error)),
            lower=self._estimate - z * self._error,
            upper=self._estimate + z * self._error,
            n=len(self.path),
            path=self.path.to_numpy(),
            after_passing=self.after_passing.to_numpy(),
        )

    def summary(self) -> str:
        """Return the result in a few lines of text."""
        return (
            f"a slope of {self.slope:.4g} is found with a chance of {self.target:.0%}\n"
            f"violation in question: power {self.power:.1%}, Bayes factor {self.bayes_factor:.3g}, "
            f"likelihood ratio {self.likelihood_ratio:.3g}"
        )

    def _draw(self, ax: Any, unit: str) -> Any:
        """Draw the estimates, the violation, and what remains after passing."""
        table = self.tidy()
        ax = plot_intervals(table, ax, upright=True, unit=unit)
        ax.plot(range(len(table)), table["path"], "-", label="path")
        ax.plot(range(len(table)), table["after_passing"], "--", label="after passing")
        ax.legend()
        return ax


def pretrend_power(
    estimates: ArrayLike,
    covariance: ArrayLike,
    times: ArrayLike,
    *,
    power: float = 0.5,
    path: ArrayLike | None = None,
) -> PretrendPower:
    """Compute which differences in trends a test before the start would have found.

    Parameters
    ----------
    estimates, covariance : array_like, shapes (times,) and (times, times)
        Of an event study, in the order of time, without the reference.
    times : array_like, shape (times,)
        Event times, 0 being the first under treatment; -1 is the reference and left out.
    power : float
        The chance with which a straight violation is to be found.
    path : array_like, shape (times,), optional
        Another violation to judge, at each of the times; 0 at the reference.

    Returns
    -------
    PretrendPower

    Raises
    ------
    DataError
        If an estimate or time is missing or infinite, the covariance is not one, times do not
        ascend, hold the reference or do not lie on both sides of it, or the power is not between
        0.05 and 1.

    Notes
    -----
    Roth (2022), American Economic Review: Insights 4:305-322, as his package pretrends: the test
    fails if any coefficient before the start exceeds 1.96 errors.
    """
    when = np.asarray(times, dtype=float)
    if when.ndim != 1 or not np.isfinite(when).all() or not (np.diff(when) > 0).all():
        raise DataError("'times' do not ascend", remedy="Give event times in order, without -1")
    if (when == _REFERENCE).any():
        raise DataError("'times' hold the reference -1", remedy="Leave it out everywhere")
    before = int((when < _REFERENCE).sum())
    beta, sigma = checked_coefficients(estimates, covariance, before)
    if len(when) != len(beta):
        raise DataError(
            f"{len(when)} times for {len(beta)} estimates", remedy="Give one time per estimate"
        )
    test = _Test(sigma[:before, :before])
    if not test.size < power < 1:
        raise DataError(
            f"power = {power!r} cannot be: parallel trends fail with {test.size:.1%}",
            remedy="Give a chance above that and below 1",
        )
    line = when - _REFERENCE
    slope = test.slope(line[:before], power)
    bend = slope * line if path is None else np.asarray(path, dtype=float)
    if bend.shape != beta.shape or not np.isfinite(bend).all():
        raise DataError("'path' does not fit the times", remedy=f"Give {len(beta)} finite numbers")
    return PretrendPower(slope, power, pd.Series(bend, index=when, name="path"), beta, sigma, test)


class _Test:
    """The estimates before the start lie in a box around 0, or the test fails."""

    def __init__(self, sigma: Floats) -> None:
        self.sigma = sigma
        self.bound = _THRESHOLD * np.sqrt(np.diag(sigma))

    @cached_property
    def size(self) -> float:
        """The chance to fail under parallel trends."""
        return self.power(np.zeros(len(self.sigma)))

    def power(self, mean: Floats) -> float:
        """Compute the chance to fail under a violation."""
        return 1 - _inside(mean, self.sigma, self.bound)

    def slope(self, line: Floats, power: float) -> float:
        """Find the slope of a straight violation that fails with some chance."""

        @cache
        def beyond(slope: float) -> float:
            return (self.power(slope * line) if slope else self.size) - power

        high = float((self.bound / np.abs(line)).min())
        while beyond(high) < 0:
            high *= 2
        return float(brentq(beyond, 0, high, xtol=1e-12))

    def drift(self, mean: Floats) -> Floats:
        """Compute the slope of the log chance to pass by the violation.

        Times the covariance it is what passing adds to the means (Tallis 1961, Journal of the
        Royal Statistical Society B 23:223-229).
        """
        slope = np.zeros(len(mean))
        for place in range(len(mean)):
            variance = self.sigma[place, place]
            others = np.delete(np.arange(len(mean)), place)
            along = self.sigma[others, place] / variance
            left = self.sigma[np.ix_(others, others)] - np.outer(along, self.sigma[place, others])
            for side in (-1, 1):
                edge = side * self.bound[place]
                density = stats.norm.pdf(edge, mean[place], np.sqrt(variance))
                rest = mean[others] + along * (edge - mean[place])
                slope[place] -= side * density * _inside(rest, left, self.bound[others])
        return slope / _inside(mean, self.sigma, self.bound)

    def likelihood_ratio(self, beta: Floats, mean: Floats) -> float:
        """Compute how much likelier estimates are under a violation than under parallel trends."""
        solve = np.linalg.lstsq(self.sigma, np.column_stack([beta, mean]), rcond=None)[0]
        return float(np.exp(mean @ solve[:, 0] - mean @ solve[:, 1] / 2))


def _inside(mean: Floats, sigma: Floats, bound: Floats) -> float:
    """Compute the chance that a normal vector lies in a box around 0."""
    if not len(mean):
        return 1.0
    if len(mean) > _FEW and np.linalg.eigvalsh(sigma)[0] > 1e-10 * np.trace(sigma):
        root = np.asarray(np.linalg.cholesky(sigma), dtype=np.float64)
        return _by_points(mean, root, bound)
    normal = stats.multivariate_normal(mean, sigma, allow_singular=True, seed=0)
    return float(normal.cdf(bound, lower_limit=-bound))


def _by_points(mean: Floats, root: Floats, bound: Floats) -> float:
    """Compute the same by separation of variables, which is faster than scipy in many dimensions.

    Genz (1992), Journal of Computational and Graphical Statistics 1:141-149, with points of Sobol.
    """
    points = _points(len(mean) - 1)
    drawn = np.empty_like(points)
    chance: Floats | float = 1.0
    for place, (centre, edge) in enumerate(zip(mean, bound, strict=True)):
        # A number for the first, which depends on no other.
        shift = centre + root[place, :place] @ drawn[:place] if place else centre
        scale = root[place, place]
        low, high = ndtr((-edge - shift) / scale), ndtr((edge - shift) / scale)
        chance = chance * (high - low)
        if place < len(drawn):
            between = low + points[place] * (high - low)
            drawn[place] = ndtri(np.clip(between, 1e-300, 1 - 1e-16))
    return float(np.mean(chance))


@cache
def _points(count: int) -> Floats:
    return np.asarray(qmc.Sobol(count, seed=0).random_base2(14).T, dtype=np.float64, order="C")
