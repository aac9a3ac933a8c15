"""Benchmarking: each unit's result against what its people and conditions lead one to expect."""

from collections.abc import Sequence
from typing import Final
from warnings import catch_warnings, simplefilter

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray

from evalbook.errors import DataError
from evalbook.models.base.design import design, refuse_collinear, refuse_separated
from evalbook.models.base.panel import refuse_draws
from evalbook.models.base.patterns import Patterns, patterns
from evalbook.models.base.person_input import Floats, require, zero_one
from evalbook.models.survival.curves import Z

# AKF's benchmarks of integration showed places with 80 persons or more (programme
# facts, note 10).
MIN_PERSONS: Final = 30


def observed_minus_expected(
    persons: pd.DataFrame,
    outcome: str,
    personal: Sequence[str],
    local: Sequence[str],
    unit: str,
    *,
    least: int = MIN_PERSONS,
    draws: int = 9999,
    seed: int = 0,
) -> pd.DataFrame:
    """Compare each unit's share with the expected one (indirect standardisation).

    Parameters
    ----------
    persons : pd.DataFrame
        One row per person.
    outcome : str
        Column: 1 where it was reached, else 0.
    personal, local : sequence of str
        Columns of the person and of the place. Text and categories become indicators. Either may
        be empty: without both, every unit is expected to have the overall share.
    unit : str
        Column: the unit.
    least : int
        Units with fewer persons are part of the model, but their figures and ranks are left out:
        they would be too uncertain.
    draws, seed : int
        Of the ranks' intervals.

    Returns
    -------
    pd.DataFrame
        By unit: `n` (persons), `suppressed` (fewer than `least`; all that follows is then
        missing), `observed` and `expected` share, their `difference` with its 95 per cent interval
        `lower` to `upper`, `ratio` (observed to expected), `rank` (1 is furthest above
        expectation) and its 95 per cent interval `rank_lower` to `rank_upper`.

    Raises
    ------
    DataError
        If a column is absent, has a missing value or is the same in all rows, conditions are
        collinear or as many as the units tell apart, the outcome is the same in all rows or in a
        category, or fewer than two units are large enough.

    Notes
    -----
    A logit of the outcome, fitted to all persons; observed and expected agree over all units.
    Intervals are parametric, to first order: they hold for these units as they are, count the
    chance in who reached it, and that the model was fitted to the same persons (the binomial
    variance V of a unit becomes V - D'I^-1 D, D the derivative of what is expected there and I the
    information). They do not count that conditions left out of the model differ. Ranks are drawn
    from the joint normal distribution of the differences: Goldstein & Spiegelhalter (1996),
    Journal of the Royal Statistical Society A 159:385-443.
    """
    columns = list(dict.fromkeys([*personal, *local]))
    require(persons, [outcome, unit, *columns])
    refuse_draws(draws, seed)
    reached = zero_one(persons[outcome], outcome)
    if reached.all() or not reached.any():
        raise DataError(
            f"{outcome!r} is the same in all rows", remedy="There is nothing to compare"
        )
    found = patterns(persons, [unit, *columns], reached)
    terms = _terms(found, columns, local, unit)
    probability, information = _fit(terms, found)
    codes, names = pd.factorize(found.rows[unit], sort=True)
    n = np.bincount(codes, weights=found.trials)
    observed, expected = (
        np.bincount(codes, weights=w) / n for w in (found.events, found.trials * probability)
    )
    covariance = _covariance(
        terms.to_numpy(), found.trials * probability * (1 - probability), codes, information
    ) / np.outer(n, n)
    table = pd.DataFrame(
        {"n": n.astype(int), "suppressed": n < least}, index=pd.Index(names, name=unit)
    )
    shown = n >= least
    if shown.sum() < 2:
        raise DataError(
            f"fewer than two units have {least} persons", remedy="Join units, or lower 'least'"
        )
    difference, half = observed - expected, Z * np.sqrt(np.diag(covariance))
    figures = {
        "observed": observed,
        "expected": expected,
        "difference": difference,
        "lower": difference - half,
        "upper": difference + half,
        "ratio": observed / expected,
    }
    for name, values in figures.items():
        table[name] = np.where(shown, values, np.nan)
    ranks = _ranks(difference[shown], covariance[np.ix_(shown, shown)], draws, seed)
    table.loc[shown, ["rank", "rank_lower", "rank_upper"]] = ranks
    return table


def _terms(
    found: Patterns, columns: Sequence[str], local: Sequence[str], unit: str
) -> pd.DataFrame:
    """Return the design, a constant first; refuse what the units cannot identify."""
    terms = design(found.rows, columns) if columns else pd.DataFrame(index=found.rows.index)
    refuse_separated(terms, found.events, found.trials)
    centred = terms - np.average(terms, axis=0, weights=found.trials) if columns else terms
    centred.insert(0, "constant", 1.0)
    values = centred.to_numpy()
    refuse_collinear([str(term) for term in centred], (values * found.trials[:, None]).T @ values)
    fixed = [column for column in local if (found.rows.groupby(unit)[column].nunique() == 1).all()]
    if fixed and 1 + design(found.rows, fixed).shape[1] >= found.rows[unit].nunique():
        raise DataError(
            "there are as many local conditions as units, so that nothing is left to compare: "
            f"{', '.join(fixed)}",
            remedy="Leave some of the conditions out",
        )
    return centred


def _fit(terms: pd.DataFrame, found: Patterns) -> tuple[Floats, Floats]:
    """Fit the logit; give the probability of each pattern, and the information."""
    values = terms.to_numpy()
    counts = np.column_stack([found.events, found.trials - found.events])
    with catch_warnings(), np.errstate(all="ignore"):
        simplefilter("ignore")
        fit = sm.GLM(counts, values, family=sm.families.Binomial()).fit(
            tol_criterion="params", tol=1e-10
        )
    probability = np.asarray(fit.fittedvalues, dtype=float)
    variance = found.trials * probability * (1 - probability)
    information = (values * variance[:, None]).T @ values
    # Separated data drive a coefficient, and with it its variance, without bound.
    spread = np.sqrt(np.average(values**2, axis=0, weights=found.trials))
    if not (fit.converged and (np.sqrt(np.diag(np.linalg.pinv(information))) * spread < 10).all()):
        raise DataError(
            "the model has no finite estimate",
            remedy="Join rare categories, or leave a condition out",
        )
    return probability, information


def _covariance(
    values: Floats, variance: Floats, codes: NDArray[np.intp], information: Floats
) -> Floats:
    """Compute the covariance of the units' counts, observed less expected."""
    of_unit = pd.get_dummies(codes, dtype=float).to_numpy()
    slope = of_unit.T @ (values * variance[:, None])
    covariance: Floats = np.diag(of_unit.T @ variance) - slope @ np.linalg.solve(
        information, slope.T
    )
    return covariance


def _ranks(difference: Floats, covariance: Floats, draws: int, seed: int) -> Floats:
    """Rank the units, the highest first, with 95 per cent intervals of the ranks."""
    value, direction = np.linalg.eigh(covariance)
    root = direction * np.sqrt(np.maximum(value, 0))
    drawn = (
        difference + np.random.default_rng(seed).standard_normal((draws, len(difference))) @ root.T
    )
    places = (-drawn).argsort(axis=1).argsort(axis=1) + 1
    low, high = np.quantile(places, [0.025, 0.975], axis=0, method="nearest")
    own = pd.Series(-difference).rank(method="min").to_numpy()
    return np.column_stack([own, low, high])
