"""Several outcomes at once: p-values that keep down the chance of even one false finding."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from evalbook.errors import DataError
from evalbook.models.base.outcome import holm_adjusted
from evalbook.models.base.panel import refuse_draws
from evalbook.models.base.person_input import Floats
from evalbook.models.few_clusters.assignments import assignments
from evalbook.models.few_clusters.change import checked_changes, welch_t
from evalbook.models.few_clusters.null_distribution import p_of


def holm(p: "Mapping[str, float] | pd.Series[float]") -> pd.DataFrame:
    """Adjust p-values of any kind, whatever the dependence between them.

    Parameters
    ----------
    p : mapping or Series
        The raw p by outcome; all outcomes that were looked at, not only those that are shown.

    Returns
    -------
    pd.DataFrame
        By outcome, in the order given: `p` and `p_holm`.

    Raises
    ------
    DataError
        If there are none, or one is missing or not between 0 and 1.

    Notes
    -----
    Holm (1979), Scandinavian Journal of Statistics 6:65-70.
    """
    raw = pd.Series(dict(p), dtype=float, name="p")
    wrong = raw[~raw.between(0, 1)]
    if raw.empty or len(wrong):
        which = (
            f"the p of {wrong.index[0]!r} is {wrong.iloc[0]}"
            if len(wrong)
            else "there are no p-values"
        )
        raise DataError(which, remedy="Give a p between 0 and 1 for every outcome")
    return pd.DataFrame(
        {"p": raw, "p_holm": holm_adjusted(raw.to_numpy())}, index=raw.index
    ).rename_axis("outcome")


def family_wise(
    changes: pd.DataFrame, treated: "pd.Series[bool]", *, draws: int = 9999, seed: int = 0
) -> pd.DataFrame:
    """Compare the changes of several outcomes, with p-values for them all together.

    Parameters
    ----------
    changes : pd.DataFrame, shape (units, outcomes)
        After less before.
    treated : Series of bool, shape (units,)
        Which units were treated; same index.
    draws : int
        Random reassignments where there are too many to list.
    seed : int
        Seed of the draws; the result does not depend on the order of the rows.

    Returns
    -------
    pd.DataFrame
        By outcome, in the order given: `estimate` (difference of mean changes), `t` (Welch), `p`
        (by randomisation), `p_holm`, and `p_adjusted`, which knows how the outcomes depend on each
        other and is the sharper one.

    Raises
    ------
    DataError
        If the indices differ, there are fewer than two units of either kind, or an outcome has a
        missing value or the same change in all units.

    Notes
    -----
    Step-down maximum of |t|: Westfall & Young (1993), Resampling-Based Multiple Testing, algorithm
    4.1. The units are reassigned once for all outcomes, so that their dependence stays. The same
    idea by bootstrap: Romano & Wolf (2005), Econometrica 73:1237-1282.
    """
    refuse_draws(draws, seed)
    values, mask = checked_changes(changes, treated)
    for outcome, column in zip(changes, values.T, strict=True):
        if np.ptp(column) == 0:
            raise DataError(
                f"the change of {outcome!r} is the same in all units",
                remedy="Leave the outcome out",
            )
    labels, exhaustive = assignments(mask.astype(np.int64), None, draws, seed)
    t = np.array([welch_t(column, mask[None, :])[0] for column in values.T])
    reassigned = np.abs([welch_t(column, labels == 1) for column in values.T])
    table = pd.DataFrame(
        {
            "estimate": values[mask].mean(axis=0) - values[~mask].mean(axis=0),
            "t": t,
            "p": [
                p_of(own, abs(one), exhaustive=exhaustive)
                for own, one in zip(reassigned, t, strict=True)
            ],
        },
        index=changes.columns,
    ).rename_axis("outcome")
    table["p_holm"] = holm_adjusted(table["p"].to_numpy())
    table["p_adjusted"] = _step_down(np.abs(t), reassigned, exhaustive)
    return table


def _step_down(observed: Floats, reassigned: Floats, exhaustive: bool) -> Floats:
    """Compare each absolute t with the largest of its own and all smaller ones, reassigned."""
    descending = np.argsort(-observed, kind="stable")
    largest = np.maximum.accumulate(reassigned[descending[::-1]], axis=0)[::-1]
    p = [
        p_of(draws, observed[outcome], exhaustive=exhaustive)
        for outcome, draws in zip(descending, largest, strict=True)
    ]
    adjusted = np.empty(len(observed))
    adjusted[descending] = np.maximum.accumulate(p)
    return adjusted
