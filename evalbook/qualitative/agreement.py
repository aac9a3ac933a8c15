"""Whether two coders see the same: Cohen's kappa and Krippendorff's alpha with their intervals."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from evalbook.models.method import Declared, method
from evalbook.qualitative.codings import Material
from evalbook.text.catalogue import tr

Floats = NDArray[np.float64]
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
    unit: ClassVar[str] = "ratio"

    @property
    def estimate(self) -> float:
        """The coefficient, by the name that results have it."""
        return self.value

    @property
    def n(self) -> int:
        """The passages, by the name that results have it."""
        return self.units


def ratings(material: Material, what: str = "theme") -> pd.DataFrame:
    """Lay the coders' judgements side by side.

    A unit is a passage together with a theme (or code), for talks that at least two coders read. A
    coder who read a talk judges every passage of it that anybody marked; a coder who did not is
    missing there.

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
    given = (
        double.loc[double[what] != "", ["talk", "start", "end", what, "coder"]]
        .drop_duplicates()
        .assign(given=1.0)
    )
    units = passages.merge(pd.DataFrame({what: sorted(given[what].unique())}), how="cross")
    coders = sorted(double["coder"].unique())
    read = double[["talk", "coder"]].drop_duplicates()
    full = units.merge(read, on="talk").merge(
        given, how="left", on=["talk", "start", "end", what, "coder"]
    )
    table = full.assign(given=full["given"].fillna(0.0)).pivot_table(
        index=["talk", "start", "end", what], columns="coder", values="given"
    )
    return table.reindex(columns=coders)


def best_known_pair(table: pd.DataFrame) -> pd.DataFrame | None:
    """Choose the two coders who judged most of the same units, and give their judgements of these.

    None if no two did.

    Parameters
    ----------
    table : DataFrame
        As made by `ratings`.

    Returns
    -------
    DataFrame or None
        The rows that both judged, in the two coders' columns.
    """
    common = {pair: table[list(pair)].dropna() for pair in itertools.combinations(table.columns, 2)}
    if not any(len(judged) for judged in common.values()):
        return None
    return max(common.values(), key=len)


@method(
    tr("Agreement between coders (Cohen's kappa)"),
    formula=tr(
        "(observed − expected agreement) ÷ (1 − expected agreement), over passages and themes"
    ),
    unit=tr("passages"),
    interval=tr("bootstrap over interviews, expanded percentiles"),
    source="Cohen (1960)",
)
def cohens_kappa(
    one: ArrayLike,
    other: ArrayLike,
    sources: ArrayLike | None = None,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Agreement:
    """Compute Cohen's kappa of two coders who judged the same units.

    Parameters
    ----------
    one, other : array_like, shape (units,)
        Each coder's categories.
    sources : array_like, shape (units,), optional
        What each unit was taken from, such as the talk. Units of one source are alike, so the
        interval then takes sources, not units, as the sample; without it the units must be
        independent.
    draws, seed : int
        Bootstrap samples of sources, and the seed of their random numbers.

    Raises
    ------
    ValueError
        If they did not judge the same number of units, or none.

    Notes
    -----
    Cohen (1960), Educational and Psychological Measurement 20:37-46. With sources, the interval is
    that of `_interval`, for kappa studied by Kang et al. (2013), Statistics in Medicine
    32:3700-3719. Without, it is from the large-sample standard error of Fleiss, Cohen & Everitt
    (1969), Psychological Bulletin 72:323-327, as statsmodels has it.
    """
    first, second = np.asarray(one), np.asarray(other)
    if first.shape != second.shape or first.ndim != 1 or len(first) == 0:
        raise ValueError("two coders must have judged the same units, and at least one")
    categories, codes = np.unique(np.concatenate([first, second]), return_inverse=True)
    if len(categories) < 2:
        return Agreement(float("nan"), (-1.0, 1.0), len(first))
    names, place = np.unique(
        np.zeros(len(first)) if sources is None else np.asarray(sources), return_inverse=True
    )
    tables = np.zeros((len(names), len(categories), len(categories)))
    np.add.at(tables, (place, codes[: len(first)], codes[len(first) :]), 1)
    value = float(_kappa(tables.sum(axis=0)))
    interval = (
        _large_sample(tables[0])
        if sources is None
        else _interval(lambda w: _kappa(_weighed(w, tables)), len(names), draws, seed)
    )
    return Agreement(value, interval, len(first))


@method(
    tr("Agreement between coders (Krippendorff's alpha)"),
    formula=tr("1 − observed disagreement ÷ expected disagreement, over passages and themes"),
    unit=tr("passages"),
    interval=tr("bootstrap over interviews, expanded percentiles"),
    source="Krippendorff (2004)",
)
def krippendorffs_alpha(
    judged: ArrayLike, sources: ArrayLike | None = None, *, draws: int = DRAWS, seed: int = SEED
) -> Agreement:
    """Compute Krippendorff's alpha for nominal categories.

    Parameters
    ----------
    judged : array_like, shape (units, coders)
        Categories as numbers; NaN where a coder did not judge a unit. Units judged by fewer than
        two do not count.
    sources : array_like, shape (units,), optional
        As for `cohens_kappa`; without it each unit is a source of its own.
    draws, seed : int
        As for `cohens_kappa`.

    Notes
    -----
    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, sections C and D: one minus
    the observed over the expected disagreement in the coincidence matrix. The interval is that of
    `_interval`.
    """
    values = np.asarray(judged, dtype=float)
    pairable = (~np.isnan(values)).sum(axis=1) >= 2
    counts = _counts(values[pairable])
    value = float(_alpha(counts.sum(axis=0), _coincidences(counts).sum(axis=0)))
    if len(counts) == 0 or np.isnan(value):
        return Agreement(float("nan"), (-1.0, 1.0), len(counts))
    source = np.arange(len(counts)) if sources is None else np.asarray(sources)[pairable]
    names, place = np.unique(source, return_inverse=True)
    both = np.zeros((len(names), 2, counts.shape[1]))
    np.add.at(both, place, np.stack([counts, _coincidences(counts)], axis=1))
    return Agreement(
        value,
        _interval(lambda w: _alpha(*np.moveaxis(_weighed(w, both), 1, 0)), len(names), draws, seed),
        len(counts),
    )


def coefficients(material: Material) -> dict[str, tuple[Agreement, Declared[..., Agreement]]]:
    """Compute how far the coders of themes agree, and name the function that computes it.

    Returns
    -------
    dict
        `alpha` over all coders and `kappa` of the two who judged most of the same passages, by
        interviews; empty if no two judged the same.
    """
    judged = ratings(material)
    pair = best_known_pair(judged)
    if pair is None:
        return {}
    alpha = krippendorffs_alpha(judged.to_numpy(), judged.index.get_level_values("talk"))
    one, other = pair.to_numpy().T
    kappa = cohens_kappa(one, other, pair.index.get_level_values("talk"))
    return {"alpha": (alpha, krippendorffs_alpha), "kappa": (kappa, cohens_kappa)}


def _interval(
    of_weights: Callable[[Floats], Floats], sources: int, draws: int, seed: int
) -> tuple[float, float]:
    """Compute the expanded percentile interval from bootstrap samples of whole sources.

    The cluster bootstrap: Field & Welsh (2007), Journal of the Royal Statistical Society B
    69:369-390. The percentiles are moved out so far that with few sources they cover as often as
    Student's interval for a mean would: Hesterberg (2015), The American Statistician 69:371-386.
    One source alone tells nothing.
    """
    if sources < 2:
        return -1.0, 1.0
    weights = (
        np.random.default_rng(seed)
        .multinomial(sources, np.full(sources, 1 / sources), size=draws)
        .astype(float)
    )
    tail = float(
        stats.norm.cdf(-np.sqrt(sources / (sources - 1)) * stats.t.ppf(0.975, sources - 1))
    )
    low, high = np.nanquantile(of_weights(weights), [tail, 1 - tail])
    return _within(float(low), float(high))


def _weighed(weights: Floats, parts: Floats) -> Floats:
    """Add the sources' parts up, each as often as it was drawn.

    Shape (draws, *parts of one source).
    """
    total: Floats = np.tensordot(weights, parts, axes=1)
    return total


def _large_sample(table: Floats) -> tuple[float, float]:
    from statsmodels.stats.inter_rater import cohens_kappa as kappa

    found = kappa(table)
    return _within(float(found.kappa_low), float(found.kappa_upp))


def _kappa(table: Floats) -> Floats:
    """Compute kappa from tables of two coders' categories, along the last two axes.

    NaN where nothing varies.
    """
    n = table.sum(axis=(-2, -1))
    observed = np.trace(table, axis1=-2, axis2=-1) / n
    expected = (table.sum(axis=-1) * table.sum(axis=-2)).sum(axis=-1) / n**2
    kappa: Floats = np.divide(
        observed - expected, 1 - expected, out=np.full(np.shape(n), np.nan), where=expected < 1
    )
    return kappa


def _counts(values: Floats) -> Floats:
    categories = np.unique(values[~np.isnan(values)])
    counts: Floats = (values[:, :, None] == categories).sum(axis=1).astype(float)
    return counts


def _coincidences(counts: Floats) -> Floats:
    """Give each unit's pairable values that agree, by category."""
    pairs: Floats = counts * (counts - 1) / (counts.sum(axis=1, keepdims=True) - 1)
    return pairs


def _alpha(totals: Floats, same: Floats) -> Floats:
    """Compute alpha from the categories' totals and agreeing values, along the last axis.

    NaN where nothing varies.
    """
    n = totals.sum(axis=-1)
    expected = n * (n - 1) - (totals * (totals - 1)).sum(axis=-1)
    observed = (n - same.sum(axis=-1)) * (n - 1)
    alpha: Floats = 1 - np.divide(
        observed, expected, out=np.full(np.shape(expected), np.nan), where=expected > 0
    )
    return alpha


def _within(low: float, high: float) -> tuple[float, float]:
    return max(low, -1.0), min(high, 1.0)
