"""The distribution of t under any null, and the interval of nulls that it does not reject."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from evalbook.models.base.person_input import Floats
from evalbook.models.base.regression import Regression

# Values of t this close, relatively, are the same: sums were rounded differently.
_TIE = 1e-7
_ZERO = 1e-18
_STEPS = 32


@dataclass(frozen=True, eq=False)
class NullDistribution:
    """Draws of t for every null: numerators are linear in it, squared errors quadratic.

    Attributes
    ----------
    numerator : array, shape (2, draws)
        Of the outcome, and of the treatment that the null takes away from it.
    square : array, shape (3, draws)
        The squared standard error at the null 0, minus half its slope, and its curvature.
    exhaustive : bool
        Whether the draws are all that there are.
    """

    numerator: Floats = field(repr=False)
    square: Floats = field(repr=False)
    exhaustive: bool

    @property
    def draws(self) -> int:
        """How many draws."""
        return int(self.numerator.shape[1])

    def t(self, null: float = 0.0) -> Floats:
        """Compute each draw's t under a null."""
        gap = self.numerator[0] - null * self.numerator[1]
        zero, half, two = self.square
        square = zero - 2 * null * half + null**2 * two
        nothing = square <= _ZERO * (zero + null**2 * two).max()
        if not nothing.any():
            return np.asarray(gap / np.sqrt(square), dtype=np.float64)
        still = (
            np.abs(gap)
            <= _TIE * (np.abs(self.numerator[0]) + abs(null) * np.abs(self.numerator[1])).max()
        )
        perfect = np.where(still, 0.0, np.copysign(np.inf, gap))
        return np.where(nothing, perfect, gap / np.sqrt(np.where(nothing, 1.0, square)))

    def p(self, observed: float, null: float = 0.0) -> float:
        """Compute the two-sided p of an observed t."""
        return p_of(np.abs(self.t(null)), abs(observed), exhaustive=self.exhaustive)

    def interval(self, regression: Regression) -> tuple[float, float]:
        """Find the effects that are not rejected."""
        return interval_of(self, regression.estimate, regression.error, regression.t)


def interval_of(
    distribution: NullDistribution, estimate: float, error: float, t: Callable[[float], float]
) -> tuple[float, float]:
    """Invert a test: find the nulls that it does not reject at 5 per cent.

    Parameters
    ----------
    distribution : NullDistribution
        The draws.
    estimate, error : float
        As observed; the error tells how far to step.
    t : callable
        Gives the observed t of a null.

    Returns
    -------
    tuple of float
        A bound is infinite where no null on that side is rejected, as with so few draws that p
        cannot become small.
    """

    def rejected(null: float) -> bool:
        return distribution.p(t(null), null) <= 0.05 + 1e-12

    step = error or 1e-3 * (abs(estimate) or 1.0)
    return _bound(rejected, estimate, -step), _bound(rejected, estimate, step)


def p_of(draws: Floats, observed: float, *, exhaustive: bool) -> float:
    """Compute the share of draws at least as large, plus one on either side unless exhaustive.

    Source: Phipson & Smyth (2010), Statistical Applications in Genetics and Molecular Biology 9:39.
    """
    extreme = int((draws >= observed * (1 - _TIE)).sum())
    return extreme / len(draws) if exhaustive else (extreme + 1) / (len(draws) + 1)


def _bound(rejected: Callable[[float], bool], estimate: float, step: float) -> float:
    """Step out from the estimate until a null is rejected, then halve."""
    inside, outside = estimate, estimate + step
    for _ in range(20):
        if rejected(outside):
            break
        inside, outside = outside, outside + 2 * (outside - inside)
    else:
        return float(np.copysign(np.inf, step))
    for _ in range(_STEPS):
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if rejected(middle) else (middle, outside)
    return (inside + outside) / 2
