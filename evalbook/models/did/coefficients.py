"""Coefficients of an event study with their covariance: what cannot be is refused."""

import numpy as np
from numpy.typing import ArrayLike

from evalbook.errors import DataError
from evalbook.models.base.person_input import Floats


def checked_coefficients(
    estimates: ArrayLike, covariance: ArrayLike, before: int, *, after: int = 1
) -> tuple[Floats, Floats]:
    """Return coefficients and their covariance.

    Parameters
    ----------
    estimates, covariance : array_like
        Shapes (times,) and (times, times).
    before, after : int
        How many lie before the reference, and how many must lie after it at least.

    Raises
    ------
    DataError
        If an estimate is missing or infinite, the covariance is not one, or there are too few
        times before or after.
    """
    beta, sigma = (np.asarray(values, dtype=float) for values in (estimates, covariance))
    if beta.ndim != 1 or not np.isfinite(beta).all():
        wrong = int((~np.isfinite(beta)).sum())
        raise DataError(
            f"'estimates' is missing or infinite in {wrong} places, or no plain list",
            remedy="Give one number per time, the reference left out",
        )
    count = len(beta)
    if sigma.shape != (count, count):
        raise DataError(
            f"'covariance' has the shape {sigma.shape} for {count} estimates",
            remedy="Give a square matrix with the reference left out",
        )
    if not np.isfinite(sigma).all() or not np.allclose(sigma, sigma.T, rtol=1e-6, atol=0):
        raise DataError(
            "'covariance' is not symmetric, or a value is missing or infinite",
            remedy="Give the covariance of the estimates",
        )
    sigma = (sigma + sigma.T) / 2
    value = np.linalg.eigvalsh(sigma)
    if not (np.diag(sigma) > 0).all() or value[0] < -1e-8 * value[-1]:
        raise DataError(
            "'covariance' is not positive semidefinite, or a variance is 0",
            remedy="Give the covariance of the estimates, the reference left out",
        )
    whole = isinstance(before, (int, np.integer)) and not isinstance(before, bool)
    if not whole or not 1 <= before <= count - after:
        raise DataError(
            f"before = {before!r} of {count} estimates cannot be",
            remedy="Give how many lie before the reference; at least one, and one after it",
        )
    return beta, sigma
