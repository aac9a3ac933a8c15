"""The doubly robust difference-in-differences of two times, with covariates."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from evalbook.errors import DataError
from evalbook.models.base.person_input import Floats

_STEPS: Final = 50
# Controls whose chance to be treated is above this are left out, as in DRDID.
_TRIM: Final = 0.995


def doubly_robust(
    change: Floats, treated: NDArray[np.bool_], covariates: Floats, weight: Floats
) -> tuple[float, Floats]:
    """Estimate the effect on the treated from changes, right if one of two models is.

    Parameters
    ----------
    change : array, shape (units,)
        The outcome after less before.
    treated : array of bool, shape (units,)
        The treated; all others are controls.
    covariates : array, shape (units, terms)
        A constant and what changes and treatment may depend on.
    weight : array, shape (units,)
        Weights.

    Returns
    -------
    tuple of float and array, shape (units,)
        The effect, and its influence function.

    Raises
    ------
    DataError
        If the covariates tell treated from controls for certain, or the controls are too few to
        estimate how changes depend on them.

    Notes
    -----
    Sant'Anna & Zhao (2020), Journal of Econometrics 219:101-122, section 2: the chance of treatment
    by logit, changes of controls by least squares, as `drdid_panel` of their package.
    """
    n = len(change)
    weight = weight / weight.mean()
    chance, hessian = _logit(covariates, treated, weight)
    control = ~treated & (chance < _TRIM)
    bare = covariates * (weight * control)[:, None]
    gram = bare.T @ covariates / n
    if np.linalg.cond(gram) > 1e10:
        raise DataError(
            "the controls are too few, or too alike, to hold the covariates constant",
            remedy="Leave covariates out, or widen the comparison",
        )
    slope = np.linalg.solve(gram, bare.T @ change / n)
    left = change - covariates @ slope
    by_outcome = bare * left[:, None] @ np.linalg.inv(gram)
    by_chance = covariates * (weight * (treated - chance))[:, None] @ hessian
    mine = weight * treated
    theirs = weight * control * chance / (1 - chance)
    effect, level = (weights @ left / weights.sum() for weights in (mine, theirs))
    first = mine * (left - effect) - by_outcome @ (mine @ covariates / n)
    second = (
        theirs * (left - level)
        + by_chance @ ((theirs * (left - level)) @ covariates / n)
        - by_outcome @ (theirs @ covariates / n)
    )
    influence: Floats = first / mine.mean() - second / theirs.mean()
    return float(effect - level), influence


def _logit(covariates: Floats, treated: NDArray[np.bool_], weight: Floats) -> tuple[Floats, Floats]:
    """Fit the chance of treatment; return it with the inverse of the mean information."""
    slope = np.zeros(covariates.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-covariates @ slope))
        information = (covariates * (weight * chance * (1 - chance))[:, None]).T @ covariates
        if np.linalg.cond(information) > 1e12 or np.abs(slope).max() > 1e4:
            break
        step = np.linalg.solve(information, covariates.T @ (weight * (treated - chance)))
        slope = slope + step
        if np.abs(covariates @ step).max() < 1e-9:
            return chance, np.asarray(np.linalg.inv(information / len(weight)), dtype=np.float64)
    raise DataError(
        "the covariates tell the treated from the controls for certain",
        remedy="Leave covariates out, or join groups of starters",
    )
