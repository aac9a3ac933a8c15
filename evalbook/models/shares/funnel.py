"""Funnel plots: which units lie outside of what chance, and unexplained differences, allow."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from evalbook.errors import DataError
from evalbook.models.base.outcome import Fit, tidy_table
from evalbook.models.base.person_input import Floats, aligned, numbers
from evalbook.models.shares.random_effects import moment_tau2


@dataclass(frozen=True, eq=False)
class Funnel(Fit):
    """Ratios of observed to expected counts beside their limits.

    Attributes
    ----------
    table : pd.DataFrame
        By unit: `observed`, `expected`, their `ratio`, `z` (with the overdispersion, if any),
        `lower_95` and `upper_95` for each limit, and `outside`, the widest limit that the ratio
        lies beyond (0 if none).
    limits : tuple of float
        The limits.
    overdispersion : str or None
        How differences that nothing explains are allowed for.
    phi : float
        Variance of the winsorised z: 1 if chance alone were at work.
    tau2 : float
        Variance of the unexplained differences, on the scale of the square root of the ratio.
    outside : pd.Series
        By limit: how many units lie outside.
    expected_outside : pd.Series
        By limit: how many would by chance.
    """

    table: pd.DataFrame
    limits: tuple[float, ...]
    overdispersion: str | None
    phi: float
    tau2: float
    outside: "pd.Series[int]"
    expected_outside: "pd.Series[float]"
    _trim: float = field(repr=False)

    def tidy(self) -> pd.DataFrame:
        """Return a row per unit, with the ratio as `estimate`, and the limits."""
        rows = self.table.reset_index(drop=True)
        error = 1 / (2 * np.sqrt(rows["expected"]))
        found = tidy_table([str(name) for name in self.table.index], rows["ratio"], 2 * error)
        found["statistic"] = rows["z"]
        found["p"] = 2 * stats.norm.sf(np.abs(rows["z"]))
        narrow = _label(self.limits[0])
        found["lower"], found["upper"] = rows[f"lower_{narrow}"], rows[f"upper_{narrow}"]
        return found.assign(n=rows["expected"], outside=rows["outside"])

    def summary(self) -> str:
        """Return a line of text per limit."""
        allowed = f", {self.overdispersion} overdispersion" if self.overdispersion else ""
        lines = [f"{len(self.table)} units{allowed}: phi = {self.phi:.3g}, tau2 = {self.tau2:.3g}"]
        lines += [
            f"outside {limit:.1%}: {self.outside[limit]} units; by chance "
            f"{self.expected_outside[limit]:.1f}"
            for limit in self.limits
        ]
        return "\n".join(lines)

    def _draw(self, ax: Any, unit: str) -> Any:
        """Draw the ratios over the expected counts, and the funnel."""
        expected = self.table["expected"].to_numpy()
        ax.plot(expected, self.table["ratio"], "o")
        grid = np.geomspace(expected.min(), expected.max(), 100)
        for number, limit in enumerate(self.limits):
            low, high = _bounds(grid, limit, self.overdispersion, self.phi, self.tau2)
            style = {"color": "0.4", "linestyle": ("--", "-", ":")[number % 3], "linewidth": 0.8}
            ax.plot(grid, low, label=f"{limit:.1%}", **style)
            ax.plot(grid, high, **style)
        ax.axhline(1, color="0.4", linewidth=0.8)
        ax.set_ylabel(unit)
        ax.legend()
        return ax


def funnel(
    observed: ArrayLike,
    expected: ArrayLike,
    *,
    limits: Sequence[float] = (0.95, 0.998),
    overdispersion: Literal["multiplicative", "additive"] | None = None,
    trim: float = 0.1,
) -> Funnel:
    """Compare observed with expected counts, with limits that widen where less was expected.

    Parameters
    ----------
    observed, expected : array_like, shape (units,)
        Counts, and what they would be if the unit were like all; expected ones above 0.
    limits : sequence of float
        Shares of units that lie within, if nothing but chance is at work.
    overdispersion : {"multiplicative", "additive"}, optional
        Allow for differences that nothing explains: limits widened by the root of `phi`, where it
        exceeds 1, or by a variance between units. Without, exact Poisson limits.
    trim : float
        Share of the units on either side whose z is drawn in to the next ones (winsorised) before
        the overdispersion is estimated, so that it does not hide who is far off.

    Raises
    ------
    DataError
        If there are fewer than two units, a value is missing, infinite or negative, nothing was
        expected of a unit, a limit is not between 0 and 1, or `trim` not between 0 and 0.5.

    Notes
    -----
    Spiegelhalter (2005), Statistics in Medicine 24:1185-1202; overdispersion: Spiegelhalter,
    Sherlaw-Johnson, Bardsley, Blunt, Wood & Grigg (2012), Journal of the Royal Statistical Society
    A 175:1-47. z is 2 (sqrt(observed) - sqrt(expected)), whose variance does not depend on what is
    expected; the variance between units is that of DerSimonian & Laird.
    """
    aligned(observed=observed, expected=expected)
    counts = numbers(observed, "observed")
    awaited = numbers(expected, "expected", exclusive=True)
    _refuse_options(len(counts), limits, overdispersion, trim)
    z = 2 * (np.sqrt(counts) - np.sqrt(awaited))
    drawn_in = _winsorised(z, trim)
    phi = float((drawn_in**2).mean())
    # On the scale of the root of the ratio, a unit's variance is 1 / (4 expected).
    tau2 = moment_tau2(len(z) * phi, 4 * awaited)
    total = np.ones(len(z))
    if overdispersion == "multiplicative":
        total = np.full(len(z), max(phi, 1.0))
    elif overdispersion == "additive":
        total = 1 + 4 * awaited * tau2
    index = observed.index if isinstance(observed, pd.Series) else pd.RangeIndex(len(z))
    ratio = counts / awaited
    columns: dict[str, Floats] = {
        "observed": counts,
        "expected": awaited,
        "ratio": ratio,
        "z": z / np.sqrt(total),
    }
    beyond = np.zeros(len(z))
    outside, by_chance = {}, {}
    for limit in sorted(limits):
        low, high = _bounds(awaited, limit, overdispersion, phi, tau2)
        columns |= {f"lower_{_label(limit)}": low, f"upper_{_label(limit)}": high}
        out = (ratio < low) | (ratio > high)
        beyond[out] = limit
        outside[limit] = int(out.sum())
        by_chance[limit] = len(z) * (1 - limit)
    return Funnel(
        pd.DataFrame(columns | {"outside": beyond}, index=index),
        tuple(sorted(limits)),
        overdispersion,
        phi,
        tau2,
        pd.Series(outside, name="outside"),
        pd.Series(by_chance, name="expected"),
        trim,
    )


def _refuse_options(
    count: int, limits: Sequence[float], overdispersion: str | None, trim: float
) -> None:
    if count < 2:
        raise DataError("there is one unit only", remedy="Give at least two")
    if not limits or not all(0 < limit < 1 for limit in limits):
        raise DataError(f"limits = {limits!r} cannot be", remedy="Give shares such as 0.95")
    if overdispersion not in (None, "multiplicative", "additive"):
        raise DataError(
            f"there is no overdispersion {overdispersion!r}",
            remedy="Use 'multiplicative', 'additive' or None",
        )
    if not 0 <= trim < 0.5:
        raise DataError(f"trim = {trim!r} cannot be", remedy="Give a share from 0 to below 0.5")


def _winsorised(z: Floats, trim: float) -> Floats:
    low, high = np.quantile(z, [trim, 1 - trim])
    return np.clip(z, low, high)


def _bounds(
    expected: Floats, limit: float, overdispersion: str | None, phi: float, tau2: float
) -> tuple[Floats, Floats]:
    """Compute the limits of the ratio: exact for Poisson counts, else on the root's scale."""
    tail = (1 - limit) / 2
    if overdispersion is None:
        low, high = (_poisson_quantile(expected, p) for p in (tail, 1 - tail))
        return low / expected, high / expected
    spread = 1 / (4 * expected)
    spread = spread * max(phi, 1.0) if overdispersion == "multiplicative" else spread + tau2
    half = float(stats.norm.ppf(1 - tail)) * np.sqrt(spread)
    return np.maximum(1 - half, 0) ** 2, (1 + half) ** 2


def _poisson_quantile(expected: Floats, probability: float) -> Floats:
    """Compute quantiles of the Poisson distribution, interpolated between counts.

    Spiegelhalter (2005), appendix A.1.1: with r the smallest count of which at least the
    probability lies at or below, the quantile is r less the share of r's own probability in
    excess.
    """
    count = stats.poisson.ppf(probability, expected)
    excess = stats.poisson.cdf(count, expected) - probability
    found: Floats = np.maximum(count - excess / stats.poisson.pmf(count, expected), 0)
    return found


def _label(limit: float) -> str:
    return f"{100 * limit:g}"
