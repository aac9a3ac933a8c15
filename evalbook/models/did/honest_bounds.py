"""Honest bounds: what an event study says if parallel trends may be violated by so much."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from evalbook.errors import DataError
from evalbook.models.base.outcome import Fit, tidy_table
from evalbook.models.base.person_input import Floats
from evalbook.models.base.plots import plot_intervals
from evalbook.models.did.coefficients import checked_coefficients
from evalbook.models.did.relative_magnitudes import RelativeMagnitudes
from evalbook.models.did.smoothness import Smoothness

Kind = Literal["relative", "smoothness"]
_LARGEST: Final = 1e6


@dataclass(frozen=True, eq=False)
class HonestBounds(Fit):
    """Robust 95 per cent intervals of an effect, by how much trends may differ.

    Attributes
    ----------
    kind : {"relative", "smoothness"}
        How violations are bounded.
    m, lower, upper : array
        How large they may be, and the interval that allows for it.
    estimate, error : float
        The effect and its error if trends are parallel.
    original : tuple of float
        Its interval if trends are parallel.
    """

    kind: Kind
    m: Floats
    lower: Floats
    upper: Floats
    estimate: float
    error: float
    original: tuple[float, float]
    _model: RelativeMagnitudes | Smoothness = field(repr=False)

    @cached_property
    def breakdown(self) -> float:
        """The largest `m` at which the interval leaves 0 out.

        0 if it never does, infinite if it always does.
        """
        return _breakdown(self._model)

    def to_frame(self) -> pd.DataFrame:
        """Return the intervals: `m`, `lower` and `upper`."""
        return pd.DataFrame({"m": self.m, "lower": self.lower, "upper": self.upper})

    def tidy(self) -> pd.DataFrame:
        """Return a row per `m`, and the estimate; without errors, for the intervals have none."""
        return tidy_table(
            [f"m = {value:g}" for value in self.m],
            self.estimate,
            np.full(len(self.m), np.nan),
            lower=self.lower,
            upper=self.upper,
            n=len(self._model.beta),
            m=self.m,
        )

    def summary(self) -> str:
        """Return a line of text per `m`, and the breakdown value."""
        low, high = self.original
        lines = [f"parallel trends: {self.estimate:.4g} ({low:.4g} to {high:.4g})"]
        for row in self.to_frame().itertuples():
            lines.append(f"{self.kind}, m = {row.m:.3g}: {row.lower:.4g} to {row.upper:.4g}")
        return "\n".join([*lines, f"breakdown value {self.breakdown:.3g}"])

    def _draw(self, ax: Any, unit: str) -> Any:
        """Draw the intervals over `m`, that of parallel trends first."""
        low, high = self.original
        first = {"term": "parallel", "estimate": self.estimate, "lower": low, "upper": high}
        rows = self.tidy().assign(term=[f"{value:.3g}" for value in self.m])
        rows["estimate"] = (rows["lower"] + rows["upper"]) / 2
        table = pd.concat([pd.DataFrame([first]), rows], ignore_index=True)
        return plot_intervals(table, ax, upright=True, unit=unit)


def honest_bounds(
    estimates: ArrayLike,
    covariance: ArrayLike,
    before: int,
    *,
    kind: Kind = "relative",
    m: Sequence[float] | None = None,
    after: int | Sequence[float] = 0,
    draws: int = 1000,
    seed: int = 0,
) -> HonestBounds:
    """Bound an effect of an event study for violations of parallel trends of a given size.

    Parameters
    ----------
    estimates : array_like, shape (times,)
        Coefficients of the event study in the order of time, without the reference, which is the
        last time before the start.
    covariance : array_like, shape (times, times)
        Their covariance.
    before : int
        How many of them lie before the reference.
    kind : {"relative", "smoothness"}
        "relative": from one time to the next, trends differ after the start by at most `m` times
        what they do at most before it. "smoothness": the slope of the difference in trends changes
        by at most `m` from one time to the next; 0 means that it is a straight line.
    m : sequence of float, optional
        Sizes of the violation. By default, as in HonestDiD, 10 values from 0: up to 2 if relative,
        else up to the largest change of slope before the start that cannot be rejected.
    after : int or sequence of float
        Which effect: the place among the times from the start on; or weights of all of these, such
        as 1/3, 1/3, 1/3 for their mean.
    draws, seed : int
        Of the least favourable critical value, if relative.

    Returns
    -------
    HonestBounds

    Raises
    ------
    DataError
        If an estimate is missing or infinite, the covariance is not one (shape, symmetry, no
        negative eigenvalue, no variance of 0), there are too few times before or after, or `m` or
        `after` cannot be.

    Notes
    -----
    Rambachan & Roth (2023), Review of Economic Studies 90:2555-2591. If relative, the hybrid of
    the conditional and the least favourable test of Andrews, Roth & Pakes (2023), Review of
    Economic Studies 90:2763-2791, inverted for each place and sign of the largest difference
    before the start. Later times say nothing of an effect, so that they are left out first, and
    the nuisance parameters are solved for; this may differ from HonestDiD in the third digit. If
    smooth, the shortest interval of fixed length around an affine estimator.

    The interval takes the covariance as known and the estimates as normal: with few clusters give
    one that is not too small.
    """
    if kind not in ("relative", "smoothness"):
        raise DataError(f"there is no kind {kind!r}", remedy="Use 'relative' or 'smoothness'")
    beta, sigma = checked_coefficients(estimates, covariance, before)
    weights = _weights(after, len(beta) - before)
    model: RelativeMagnitudes | Smoothness
    if kind == "relative":
        model = RelativeMagnitudes(beta, sigma, before, weights, draws, seed)
    else:
        model = Smoothness(beta, sigma, before, weights)
    sizes = _sizes(m, model.default)
    bounds = np.array([model.interval(float(size)) for size in sizes])
    estimate = float(weights @ beta[before:])
    error = float(np.sqrt(weights @ sigma[before:, before:] @ weights))
    half = float(stats.norm.ppf(0.975)) * error
    return HonestBounds(
        kind,
        sizes,
        bounds[:, 0],
        bounds[:, 1],
        estimate,
        error,
        (estimate - half, estimate + half),
        model,
    )


def _weights(after: int | Sequence[float], count: int) -> Floats:
    if isinstance(after, (int, np.integer)) and not isinstance(after, bool):
        if not 0 <= after < count:
            raise DataError(
                f"after = {after} cannot be", remedy=f"Give a place from 0 to {count - 1}"
            )
        return np.asarray(np.eye(count)[after], dtype=np.float64)
    weights = np.asarray(after, dtype=float)
    if weights.shape != (count,) or not np.isfinite(weights).all() or not weights.any():
        raise DataError(
            f"after = {after!r} cannot be",
            remedy=f"Give a place, or {count} weights that are not all 0",
        )
    return weights


def _sizes(m: Sequence[float] | None, default: Floats) -> Floats:
    if m is None:
        return default
    sizes = np.atleast_1d(np.asarray(m, dtype=float))
    if not len(sizes) or not (sizes >= 0).all() or not np.isfinite(sizes).all():
        raise DataError(f"m = {m!r} cannot be", remedy="Give finite numbers of at least 0")
    return sizes


def _breakdown(model: RelativeMagnitudes | Smoothness) -> float:
    """Find the largest size at which 0 is left out."""
    if not model.excludes_zero(0.0):
        return 0.0
    low, high = 0.0, 1.0
    while model.excludes_zero(high):
        low, high = high, 2 * high
        if high > _LARGEST * model.unit:
            return math.inf
    while high - low > 1e-5 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if model.excludes_zero(middle) else (low, middle)
    return low
