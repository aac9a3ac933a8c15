"""Entropy balancing: weights that make comparison units resemble the treated on average."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linprog

from evalbook.errors import DataError
from evalbook.models.base.design import design
from evalbook.models.base.person_input import Floats, numbers, require, zero_one

# Moments agree to this part of a standard deviation.
_TOLERANCE: Final = 1e-9
_STEPS: Final = 500


def entropy_balance(
    data: pd.DataFrame,
    covariates: Sequence[str],
    treated: str,
    *,
    moments: int = 1,
    weights: str | None = None,
) -> "pd.Series[float]":
    """Compute weights that give comparison units the moments of the treated units.

    Parameters
    ----------
    data : pd.DataFrame
        One row per unit.
    covariates : sequence of str
        Columns to balance. Text and categories become indicators, of which the mean is balanced.
    treated : str
        Column: 1 for treated units, 0 for comparison units.
    moments : int
        1 balances means, 2 variances as well, 3 skewness too; of two-valued columns always the
        mean alone.
    weights : str, optional
        Column of weights to start from, such as inhabitants; without it every unit counts the same.

    Returns
    -------
    pd.Series
        A weight per comparison row, indexed as the data; they sum to the treated units' weight,
        which without `weights` is their number. Where the target lies at the edge of what
        comparison units span, some weights are next to nothing.

    Raises
    ------
    DataError
        If a column is absent or has a missing value, `treated` is the same in all rows, a
        covariate is the same in all rows, or no weights balance the covariates because the treated
        units' moments lie outside what comparison units span. Covariates that follow from others
        are balanced with them.

    Notes
    -----
    Hainmueller (2012), Political Analysis 20:25-46: of all weights that balance, those with the
    least Kullback-Leibler divergence from the given ones. Found by Newton's method on the convex
    dual, whose solution is unique.
    """
    require(data, [*covariates, treated, *([weights] if weights else [])])
    if not covariates:
        raise DataError("there are no covariates to balance", remedy="Name at least one column")
    if moments < 1:
        raise DataError(f"{moments} moments cannot be balanced", remedy="Ask for 1, 2 or 3")
    chosen = _sides(data[treated], treated)
    base = numbers(data[weights], weights, exclusive=True) if weights else np.ones(len(data))
    terms = design(data, covariates)
    # In one order whatever the rows', so that sums are rounded alike.
    order = np.lexsort([base, *terms.to_numpy().T])
    columns = _powers(terms.iloc[order], moments)
    values, mass, mask = columns.to_numpy(), base[order], chosen[order]
    target = np.average(values[mask], axis=0, weights=mass[mask])
    off_target, start = values[~mask] - target, mass[~mask] / mass[~mask].sum()
    _refuse_outside(off_target, [str(column) for column in columns])
    found = np.zeros(len(data))
    found[order[~mask]] = _tilt(off_target, start) * mass[mask].sum()
    return pd.Series(found[~chosen], index=data.index[~chosen], name="weight")


def balance_table(
    data: pd.DataFrame,
    covariates: Sequence[str],
    treated: str,
    weights: "pd.Series[float] | None" = None,
) -> pd.DataFrame:
    """Compare treated and comparison units before and after weighting.

    A love plot draws it.

    Parameters
    ----------
    data : pd.DataFrame
        One row per unit.
    covariates : sequence of str
        Columns, as for `entropy_balance`.
    treated : str
        Column: 1 for treated units, 0 for comparison units.
    weights : pd.Series, optional
        A weight per comparison row, as `entropy_balance` gives it.

    Returns
    -------
    pd.DataFrame
        By term: `treated` and `comparison` (means), `weighted` (the comparison units' weighted
        mean), and the standardised differences `before` and `after`, in standard deviations of the
        treated units (of all units where treated ones do not vary). Without weights, `weighted`
        equals `comparison`. Below 0.1 is usually taken for balanced.

    Raises
    ------
    DataError
        As `entropy_balance`; also if the weights are not those of the comparison rows.

    Notes
    -----
    Austin (2009), Statistics in Medicine 28:3083-3107.
    """
    require(data, [*covariates, treated])
    chosen = _sides(data[treated], treated)
    terms = design(data, covariates)
    if weights is not None and not weights.index.equals(data.index[~chosen]):
        raise DataError(
            "the weights are not those of the comparison rows",
            remedy="Take both from the same table",
        )
    mine, theirs = terms[chosen], terms[~chosen]
    spread = mine.std().where(mine.std() > 0, terms.std())
    balanced = (
        theirs.mean() if weights is None else theirs.mul(weights, axis=0).sum() / weights.sum()
    )
    table = pd.DataFrame(
        {"treated": mine.mean(), "comparison": theirs.mean(), "weighted": balanced}
    )
    table["before"] = (table["treated"] - table["comparison"]) / spread
    table["after"] = (table["treated"] - table["weighted"]) / spread
    return table.rename_axis("term")


def effective_number(weights: "pd.Series[float]") -> float:
    """Compute the effective number of units (Kish 1965, Survey Sampling)."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def _sides(values: "pd.Series[int]", name: str) -> NDArray[np.bool_]:
    chosen: NDArray[np.bool_] = zero_one(values, name) == 1
    if chosen.all() or not chosen.any():
        raise DataError(
            f"{name!r} is the same in all rows", remedy="Give treated and comparison units"
        )
    return chosen


def _powers(terms: pd.DataFrame, moments: int) -> pd.DataFrame:
    """Add powers of each standardised column that has more than two values."""
    columns = {}
    for name, values in terms.items():
        standard = (values - values.mean()) / values.std()
        for power in range(1, (moments if values.nunique() > 2 else 1) + 1):
            columns[f"{name}^{power}" if power > 1 else str(name)] = standard**power
    return pd.DataFrame(columns)


def _refuse_outside(off_target: Floats, names: Sequence[str]) -> None:
    """Refuse a target outside the convex hull of the comparison units, naming the covariate."""
    for place, name in enumerate(names):
        if off_target[:, place].min() > _TOLERANCE or off_target[:, place].max() < -_TOLERANCE:
            raise DataError(
                f"no weights balance {name!r}: the treated units' mean lies outside the "
                "comparison units' range",
                remedy="Leave it out, or widen the comparison set",
            )
    rows = np.vstack([off_target.T, np.ones(len(off_target))])
    least = linprog(
        np.zeros(len(off_target)),
        A_eq=rows,
        b_eq=np.append(np.zeros(off_target.shape[1]), 1),
        method="highs",
    )
    if not least.success:
        raise DataError(
            "no weights balance all covariates at once: the comparison units do not span the "
            "treated units' means",
            remedy="Balance fewer covariates or moments, or widen the comparison set",
        )


def _tilt(off_target: Floats, start: Floats) -> Floats:
    """Find the weights start * exp(-x'l), scaled to 1, with which x sums to nothing.

    X is what lies off target.
    """
    # An orthonormal basis: collinear columns fall away, and Newton's steps are well scaled.
    left, size, _ = np.linalg.svd(off_target, full_matrices=False)
    basis = left[:, size > size[0] * 1e-10] * np.sqrt(len(start))
    slope = np.zeros(basis.shape[1])
    value, weights = _dual(basis, start, slope)
    for _ in range(_STEPS):
        gradient = weights @ basis
        if np.abs(gradient).max() < _TOLERANCE:
            return weights
        centred = basis - gradient
        step = np.linalg.lstsq((centred * weights[:, None]).T @ centred, gradient, rcond=None)[0]
        length = 1.0
        while length > 1e-12:
            ahead, there = _dual(basis, start, slope + length * step)
            if ahead <= value - 1e-4 * length * gradient @ step + 1e-14:
                break
            length /= 2
        slope, value, weights = slope + length * step, ahead, there
    raise DataError(
        "no balancing weights were found: the treated units' means lie at the edge of what "
        "comparison units span",
        remedy="Balance fewer covariates or moments, or widen the comparison set",
    )


def _dual(basis: Floats, start: Floats, slope: Floats) -> tuple[float, Floats]:
    exponent = -basis @ slope
    highest = exponent.max()
    tilted = start * np.exp(exponent - highest)
    total = tilted.sum()
    return float(np.log(total) + highest), tilted / total
