"""Whether two coders see the same: Cohen's kappa and Krippendorff's alpha with their intervals."""

import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from nychance.qualitative.codings import Material

DRAWS: Final = 2_000
SEED: Final = 2011


@dataclass(frozen=True)
class Agreement:
    """A coefficient of agreement: 1 is perfect, 0 what chance would give.

    Attributes
    ----------
    value : float
        NaN where nothing varies, so that there is nothing to agree on.
    interval : tuple of float
        95 per cent.
    units : int
        Passages that were judged by at least two.
    """

    value: float
    interval: tuple[float, float]
    units: int


def ratings(material: Material, what: str = "theme") -> pd.DataFrame:
    """Lay the coders' judgements side by side.

    A unit is a passage together with a theme (or code), for talks that at least two coders read. A coder who read a talk judges
    every passage of it that anybody marked; a coder who did not is missing there.

    Parameters
    ----------
    what : str
        `theme` or `code`.

    Returns
    -------
    DataFrame
        One row per passage and theme, one column per coder: 1 given, 0 not given, NaN not read.
    """
    codings = material.codings
    readers = codings.groupby("talk")["coder"].nunique()
    double = codings[codings["talk"].isin(readers[readers > 1].index)]
    passages = double[["talk", "start", "end"]].drop_duplicates()
    given = double.loc[double[what] != "", ["talk", "start", "end", what, "coder"]].drop_duplicates().assign(given=1.0)
    units = passages.merge(pd.DataFrame({what: sorted(given[what].unique())}), how="cross")
    coders = sorted(double["coder"].unique())
    read = double[["talk", "coder"]].drop_duplicates()
    full = units.merge(read, on="talk").merge(given, how="left", on=["talk", "start", "end", what, "coder"])
    table = full.assign(given=full["given"].fillna(0.0)).pivot_table(
        index=["talk", "start", "end", what], columns="coder", values="given"
    )
    return table.reindex(columns=coders)


def best_known_pair(table: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Choose the two coders who judged most of the same units, and give their judgements of these; None if no two did.

    Parameters
    ----------
    table : DataFrame
        As made by `ratings`.
    """
    common = {pair: table[list(pair)].dropna() for pair in itertools.combinations(table.columns, 2)}
    if not any(len(judged) for judged in common.values()):
        return None
    judged = max(common.values(), key=len)
    return judged.iloc[:, 0].to_numpy(dtype=float), judged.iloc[:, 1].to_numpy(dtype=float)


def cohens_kappa(one: ArrayLike, other: ArrayLike) -> Agreement:
    """Compute Cohen's kappa of two coders who judged the same units.

    Parameters
    ----------
    one, other : array_like, shape (units,)
        Each coder's categories.

    Raises
    ------
    ValueError
        If they did not judge the same number of units, or none.

    Notes
    -----
    Cohen (1960), Educational and Psychological Measurement 20:37-46; the interval from the large-sample standard error of Fleiss,
    Cohen & Everitt (1969), Psychological Bulletin 72:323-327, as statsmodels has it, kept within -1 to 1.
    """
    from statsmodels.stats.inter_rater import cohens_kappa as kappa

    first, second = np.asarray(one), np.asarray(other)
    if first.shape != second.shape or first.ndim != 1 or len(first) == 0:
        raise ValueError("two coders must have judged the same units, and at least one")
    categories, codes = np.unique(np.concatenate([first, second]), return_inverse=True)
    if len(categories) < 2:
        return Agreement(float("nan"), (-1.0, 1.0), len(first))
    table = np.zeros((len(categories), len(categories)))
    np.add.at(table, (codes[: len(first)], codes[len(first) :]), 1)
    found = kappa(table)
    return Agreement(float(found.kappa), _within(float(found.kappa_low), float(found.kappa_upp)), len(first))


def krippendorffs_alpha(judged: ArrayLike, draws: int = DRAWS, seed: int = SEED) -> Agreement:
    """Compute Krippendorff's alpha for nominal categories.

    Parameters
    ----------
    judged : array_like, shape (units, coders)
        Categories as numbers; NaN where a coder did not judge a unit. Units judged by fewer than two do not count.
    draws : int
        Bootstrap samples of units behind the interval.
    seed : int
        Of their random numbers.

    Notes
    -----
    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, sections C and D: one minus the observed over the expected
    disagreement in the coincidence matrix. The interval is the percentile bootstrap over units.
    """
    values = np.asarray(judged, dtype=float)
    counts = _counts(values[(~np.isnan(values)).sum(axis=1) >= 2])
    value = float(_alpha(counts.sum(axis=0), _coincidences(counts).sum(axis=0)))
    if len(counts) == 0 or np.isnan(value):
        return Agreement(float("nan"), (-1.0, 1.0), len(counts))
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=draws)
    low, high = np.nanquantile(_alpha(weights @ counts, weights @ _coincidences(counts)), [0.025, 0.975])
    return Agreement(value, _within(float(low), float(high)), len(counts))


def _counts(values: NDArray[np.float64]) -> NDArray[np.float64]:
    categories = np.unique(values[~np.isnan(values)])
    counts: NDArray[np.float64] = (values[:, :, None] == categories).sum(axis=1).astype(float)
    return counts


def _coincidences(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give each unit's pairable values that agree, by category."""
    pairs: NDArray[np.float64] = counts * (counts - 1) / (counts.sum(axis=1, keepdims=True) - 1)
    return pairs


def _alpha(totals: NDArray[np.float64], same: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute alpha from the categories' totals and agreeing values, along the last axis; NaN where nothing varies."""
    n = totals.sum(axis=-1)
    expected = n * (n - 1) - (totals * (totals - 1)).sum(axis=-1)
    observed = (n - same.sum(axis=-1)) * (n - 1)
    alpha: NDArray[np.float64] = 1 - np.divide(observed, expected, out=np.full(np.shape(expected), np.nan), where=expected > 0)
    return alpha


def _within(low: float, high: float) -> tuple[float, float]:
    return max(low, -1.0), min(high, 1.0)
