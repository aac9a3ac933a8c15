"""Regression across units, with robust intervals and the leverage of each unit."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from evalbook.errors import DataError
from evalbook.models.base.outcome import Fit, tidy_table
from evalbook.models.method import UNITS, method
from evalbook.text.catalogue import tr

Floats = NDArray[np.float64]

MIN_UNITS: Final = 10
_CONFIDENCE: Final = 0.95


@dataclass(frozen=True, eq=False)
class CrossSection(Fit):
    """A straight line across units. It says nothing about the persons within them.

    Attributes
    ----------
    slope : float
        Change of the outcome per unit of the exposure.
    intercept : float
        The line at exposure 0, with every control at its (weighted) mean.
    interval : tuple of float
        95 per cent interval of the slope: HC3, Student's t with n - k degrees of freedom.
    p : float
        The slope's two-sided p-value, on the same footing.
    n : int
        Units used.
    dropped : int
        Units left out because a figure was missing or not finite.
    r_squared : float
        Share of the outcome's (weighted) variation that the line accounts for.
    leverage : pd.Series
        Each unit's hat value, by unit.
    influential : tuple
        Units whose leverage exceeds 2 k / n, the highest first.
    leave_one_out : tuple of float
        The lowest and highest slope when each unit in turn is left out.
    exposure : str
        What the exposure is called.
    """

    slope: float
    intercept: float
    interval: tuple[float, float]
    p: float
    n: int
    dropped: int
    r_squared: float
    leverage: "pd.Series[float]"
    influential: tuple[object, ...]
    leave_one_out: tuple[float, float]
    _covariance: Floats = field(repr=False)
    _quantile: float = field(repr=False)
    exposure: str = "exposure"

    def tidy(self) -> pd.DataFrame:
        """Return a row for the slope, called by the exposure."""
        return tidy_table(
            [self.exposure],
            self.slope,
            float(np.sqrt(self._covariance[1, 1])),
            p=self.p,
            lower=self.interval[0],
            upper=self.interval[1],
            n=self.n,
        )

    def predict(self, x: ArrayLike) -> tuple[Floats, Floats, Floats]:
        """Draw the line with its pointwise 95 per cent interval (of the mean, not of a new unit).

        Parameters
        ----------
        x : array_like, shape (points,)
            Values of the exposure.

        Returns
        -------
        tuple of ndarray, each of shape (points,)
            The mean, and its lower and upper bound, in the outcome's unit; controls at their mean.
        """
        at = np.asarray(x, dtype=float)
        design = np.column_stack([np.ones_like(at), at])
        mean = self.intercept + self.slope * at
        half = self._quantile * np.sqrt(np.einsum("ij,jk,ik->i", design, self._covariance, design))
        return mean, mean - half, mean + half


@method(
    tr("Linear regression across units"),
    formula=tr("y = α + βx + ε by least squares, weighted where weights are given"),
    unit=UNITS,
    interval=tr("heteroskedasticity-robust, HC3"),
    source="Long and Ervin (2000)",
)
def cross_section(
    data: pd.DataFrame,
    outcome: str,
    exposure: str,
    *,
    weights: str | None = None,
    controls: Sequence[str] = (),
) -> CrossSection:
    """Regress an outcome on an exposure across units, by least squares with HC3 covariance.

    Parameters
    ----------
    data : pd.DataFrame
        One row per unit, indexed by unit.
    outcome, exposure : str
        Columns.
    weights : str, optional
        Column of analytic weights, such as inhabitants; without it every unit counts the same.
    controls : sequence of str
        Columns to hold constant.

    Returns
    -------
    CrossSection
        The slope with its interval, and how much it leans on single units.

    Raises
    ------
    DataError
        If a column is missing, a unit stands twice, fewer than 10 units are complete, a weight is
        not positive, the exposure or the outcome is the same everywhere, the controls are
        collinear with the exposure or with each other, or a single unit alone decides a
        coefficient.

    Notes
    -----
    HC3: MacKinnon & White (1985), Journal of Econometrics 29:305-325; recommended for small
    samples by Long & Ervin (2000), The American Statistician 54:217-224. The limit 2 k / n for
    leverage, where k counts the coefficients: Hoaglin & Welsch (1978), The American Statistician
    32:17-22.
    """
    complete = _complete(data, [outcome, exposure, *controls, *([weights] if weights else [])])
    y = complete[outcome].to_numpy()
    w = complete[weights].to_numpy() if weights else np.ones(len(complete))
    if np.any(w <= 0):
        raise DataError(
            f"units with a weight {weights!r} that is not above 0: {int(np.sum(w <= 0))}",
            remedy="Leave these units out",
        )
    for column in (exposure, outcome):
        if np.ptp(complete[column]) == 0:
            raise DataError(
                f"{column!r} is the same in all units, so there is no line to draw",
                remedy="Choose a column that varies",
            )
    design = _design(complete, exposure, controls, w)
    n, k = design.shape
    root = np.sqrt(w)[:, None]
    leverage = np.sum(np.linalg.qr(root * design)[0] ** 2, axis=1)
    alone = complete.index[leverage > 1 - 1e-9]
    if len(alone):
        raise DataError(
            f"the unit {alone[0]} alone decides a coefficient", remedy="Leave it or a control out"
        )
    fit = sm.WLS(y, design, weights=w).fit(cov_type="HC3", use_t=True)
    lower, upper = fit.conf_int(alpha=1 - _CONFIDENCE)[1]
    by_unit = pd.Series(leverage, index=complete.index, name="leverage")
    high = by_unit[by_unit > 2 * k / n].sort_values(ascending=False, kind="stable")
    without = _slopes_without_each(design, w, fit.params, fit.resid, leverage)
    return CrossSection(
        slope=float(fit.params[1]),
        intercept=float(fit.params[0]),
        interval=(float(lower), float(upper)),
        p=float(fit.pvalues[1]),
        n=n,
        dropped=len(data) - n,
        r_squared=float(fit.rsquared),
        leverage=by_unit,
        influential=tuple(high.index),
        leave_one_out=(float(without.min()), float(without.max())),
        _covariance=np.asarray(fit.cov_params(), dtype=float)[:2, :2],
        _quantile=float(stats.t.ppf((1 + _CONFIDENCE) / 2, n - k)),
        exposure=exposure,
    )


def _complete(data: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    absent = [column for column in columns if column not in data]
    if absent:
        raise DataError(f"no such column: {', '.join(absent)}", remedy="Use a column of the table")
    if not data.index.is_unique:
        raise DataError(
            f"the unit {data.index[data.index.duplicated()][0]} stands twice",
            remedy="Give one row per unit, indexed by unit",
        )
    figures = data[columns].astype(float)
    complete: pd.DataFrame = figures.loc[np.isfinite(figures.to_numpy()).all(axis=1)]
    minimum = max(MIN_UNITS, len(columns) + 2)
    if len(complete) < minimum:
        raise DataError(
            f"units with all figures: {len(complete)}; a regression needs at least {minimum}",
            remedy="Add units, or leave controls out",
        )
    return complete


def _design(data: pd.DataFrame, exposure: str, controls: Sequence[str], weights: Floats) -> Floats:
    """Build the design: constant, exposure, and controls as deviations from their mean."""
    held = data[list(controls)].to_numpy()
    held = held - np.average(held, axis=0, weights=weights) if controls else held
    design = np.column_stack([np.ones(len(data)), data[exposure].to_numpy(), held])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        names = ", ".join(map(repr, controls))
        raise DataError(
            f"the controls {names} are constant or collinear with {exposure!r} or each other",
            remedy="Leave one of them out",
        )
    return design


def _slopes_without_each(
    design: Floats, weights: Floats, coefficients: Floats, residuals: Floats, leverage: Floats
) -> Floats:
    """Find the slope without each unit in turn, from the full fit (Belsley, Kuh & Welsch 1980)."""
    inverse = np.linalg.inv(design.T @ (weights[:, None] * design))
    change = (design @ inverse)[:, 1] * weights * residuals / (1 - leverage)
    without: Floats = coefficients[1] - change
    return without
