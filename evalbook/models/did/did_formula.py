"""Difference-in-differences by formula, in the grammar of fixest and pyfixest."""

from collections.abc import Sequence

import pandas as pd

from evalbook.errors import DataError
from evalbook.models.base.estimate import Estimate, Inference
from evalbook.models.base.formula import split_effects
from evalbook.models.did.difference_in_differences import difference_in_differences


def did(
    formula: str,
    data: pd.DataFrame,
    *,
    weights: str | None = None,
    cluster: str | None = None,
    strata: str | int | None = None,
    inference: Sequence[Inference] = ("wild", "randomisation"),
    draws: int = 9999,
    seed: int = 0,
) -> Estimate:
    """Estimate a difference-in-differences from a formula.

    Parameters
    ----------
    formula : str
        `"y ~ treated | unit + time"`: the outcome, the treatment, after it any controls that vary
        over time (`"y ~ treated + x | unit + time"`), and behind the bar unit and time.
    data, weights, cluster, strata, inference, draws, seed
        As for `difference_in_differences`.

    Returns
    -------
    Estimate

    Raises
    ------
    DataError
        If the formula is not of this kind; and as `difference_in_differences`.

    Examples
    --------
    >>> did("share ~ treated | unit + period", panel, weights="persons")  # doctest: +SKIP
    """
    model, effects = split_effects(formula)
    outcome, tilde, terms = model.partition("~")
    names = [term.strip() for term in terms.split("+")]
    plain = all(name.isidentifier() for name in [outcome.strip(), *names])
    if not tilde or not plain or len(effects) != 2 or len(set(names)) < len(names):
        raise DataError(
            f"the formula {formula!r} is no difference-in-differences",
            remedy='Give such as "y ~ treated + x | unit + time", columns only',
        )
    treated, *controls = names
    unit, time = effects
    return difference_in_differences(
        data,
        outcome.strip(),
        unit,
        time,
        treated,
        weights=weights,
        controls=controls,
        cluster=cluster,
        strata=strata,
        inference=inference,
        draws=draws,
        seed=seed,
    )
