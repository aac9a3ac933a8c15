"""Bounds if the slope of the difference in trends changes by at most so much (Delta SD)."""

from functools import cached_property

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import ndtr, ndtri

from evalbook.models.base.person_input import Floats

_Z = float(ndtri(0.975))


class Smoothness:
    """The shortest intervals of fixed length around affine estimators.

    With second differences d of the violation, an estimator that adds v to the weights of the
    times before is biased by sums of d, as long as it takes out what is linear. Times -j before
    the reference add kappa_j d, with kappa the tail sums of tail sums of v, so that the worst bias
    is m (constant + |kappa|_1): the estimators to choose from are those that minimise variance for
    a given sum of |kappa|, which is a lasso and does not depend on m.
    """

    def __init__(self, beta: Floats, sigma: Floats, before: int, weights: Floats) -> None:
        self.beta, self.sigma, self.before, self.weights = beta, sigma, before, weights
        steps = np.arange(1, len(weights) + 1)
        # The bias of what changes from the reference on, per unit of m.
        ahead = np.maximum(steps[None, :] - np.arange(len(weights))[:, None], 0)
        self.constant = float(np.abs(ahead @ weights).sum())
        # v by distance 1, 2, … before the reference: v = base + back @ kappa.
        distance = np.arange(1, before + 1)
        tail = np.maximum(distance[None, :] - np.arange(1, before)[:, None], 0)
        system = np.vstack([distance, tail])
        inverse = np.linalg.inv(system)
        self.base, self.back = inverse[:, 0] * float(weights @ steps), inverse[:, 1:]
        self.unit = float(np.sqrt(np.diag(sigma).max()))

    @cached_property
    def default(self) -> Floats:
        """Sizes from 0 to the largest second difference before that cannot be rejected."""
        if self.before == 1:
            return np.linspace(0, float(self.sigma[0, 0]), 10)
        count = self.before
        # Second differences over the times before and the reference, which is 0.
        rows = np.zeros((count - 1, count + 1))
        for row in range(count - 1):
            rows[row, row : row + 3] = 1, -2, 1
        rows = rows[:, :count]
        values = rows @ self.beta[:count]
        error = np.sqrt(np.diag(rows @ self.sigma[:count, :count] @ rows.T))
        quantile = float(ndtri(0.95))
        return np.linspace(0, float((np.abs(values) + quantile * error).max()), 10)

    @cached_property
    def _quadratic(self) -> tuple[Floats, Floats, float]:
        """The variance as a quadratic form in kappa."""
        fixed = np.concatenate([self.base[::-1], self.weights])
        loading = np.vstack([self.back[::-1], np.zeros((len(self.weights), self.before - 1))])
        return (
            loading.T @ self.sigma @ loading,
            loading.T @ self.sigma @ fixed,
            float(fixed @ self.sigma @ fixed),
        )

    def _estimator(self, penalty: float) -> tuple[float, float, float]:
        """Return the estimate, its error, and the sum of |kappa| at a penalty."""
        square, line, constant = self._quadratic
        kappa = _lasso(square, line, penalty)
        variance = constant + 2 * line @ kappa + kappa @ square @ kappa
        v = self.base + self.back @ kappa
        estimate = self.weights @ self.beta[self.before :] + v[::-1] @ self.beta[: self.before]
        return float(estimate), float(np.sqrt(variance)), float(np.abs(kappa).sum())

    @cached_property
    def _path(self) -> tuple[Floats, list[tuple[float, float, float]]]:
        """Estimators from the one of least variance to the one of least bias."""
        line = self._quadratic[1]
        most = float(np.abs(line).max(initial=0.0))
        penalties = most * np.append(0.0, np.logspace(-8, 0, 41)) if most else np.zeros(1)
        return penalties, [self._estimator(float(penalty)) for penalty in penalties]

    def interval(self, m: float) -> tuple[float, float]:
        """Return the shortest interval if second differences are at most m."""
        penalties, path = self._path
        best = int(np.argmin([self._half(row, m) for row in path]))
        chosen = path[best]
        if len(penalties) > 1 and m > 0:
            low, high = penalties[max(best - 1, 0)], penalties[min(best + 1, len(penalties) - 1)]
            found = minimize_scalar(
                lambda penalty: self._half(self._estimator(float(penalty)), m),
                bounds=(low, high),
                method="bounded",
            )
            finer = self._estimator(float(found.x))
            chosen = min(chosen, finer, key=lambda row: self._half(row, m))
        half = self._half(chosen, m)
        return chosen[0] - half, chosen[0] + half

    def excludes_zero(self, m: float) -> bool:
        """Return whether the interval leaves 0 out."""
        low, high = self.interval(m)
        return low > 0 or high < 0

    def _half(self, row: tuple[float, float, float], m: float) -> float:
        _, error, kappa = row
        return error * folded_quantile(m * (self.constant + kappa) / error)


def folded_quantile(bias: float) -> float:
    """Compute the 95 per cent quantile of the absolute value of a normal of mean `bias`."""
    if bias > 8:
        return bias + float(ndtri(0.95))

    def short(value: float) -> float:
        return float(ndtr(value - bias) - ndtr(-value - bias)) - 0.95

    return float(brentq(short, 0, bias + _Z + 1e-9, xtol=1e-12))


def _lasso(square: Floats, line: Floats, penalty: float) -> Floats:
    """Minimise x'Sx/2 + l'x + penalty |x|_1 by coordinate descent."""
    found = np.zeros(len(line))
    if not len(line):
        return found
    if penalty == 0:
        return np.asarray(np.linalg.lstsq(square, -line, rcond=None)[0], dtype=np.float64)
    size = np.diag(square)
    for _ in range(20_000):
        moved = 0.0
        for place in range(len(line)):
            slope = line[place] + square[place] @ found - size[place] * found[place]
            value = -np.sign(slope) * max(abs(slope) - penalty, 0) / size[place]
            moved = max(moved, abs(value - found[place]) * float(np.sqrt(size[place])))
            found[place] = value
        if moved <= 1e-10 * float(np.sqrt(size.max())) * max(1.0, float(np.abs(found).max())):
            break
    return found
