"""Ratios of hazards or odds: what Cox's model and the discrete-time hazard share."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.errors import DataError
from evalbook.models.base.outcome import Fit, tidy_table
from evalbook.models.base.person_input import Floats
from evalbook.models.base.plots import plot_intervals

# A log ratio whose error exceeds this, per standard deviation of its term, has run away.
_RUNAWAY: Final = 10.0
# Sandwich errors of a term are too small where fewer clusters tell of it.
MIN_INFORMATIVE: Final = 10


class RatioModel(Fit):
    """A log-linear model of an event."""

    n: int
    _table: pd.DataFrame

    @property
    def ratio(self) -> str:
        """The name of the ratios."""
        return "hazard_ratio"

    def tidy(self, *, exponentiate: bool = False) -> pd.DataFrame:
        """Return a row per term.

        Parameters
        ----------
        exponentiate : bool
            Whether `estimate`, `lower` and `upper` are ratios rather than their logarithms, as in
            broom. `error` and `statistic` are those of the logarithm in either case.
        """
        table = self._table
        found = tidy_table(
            list(table.index),
            table["coefficient"],
            table["error"],
            p=table["p"].to_numpy(),
            lower=np.log(table["lower"]).to_numpy(),
            upper=np.log(table["upper"]).to_numpy(),
            n=self.n,
        )
        if exponentiate:
            names = ["estimate", "lower", "upper"]
            found[names] = table[[self.ratio, "lower", "upper"]].to_numpy()
        return found

    def _draw(self, ax: Any, unit: str) -> Any:
        """Draw the ratios on a logarithmic axis."""
        ax = plot_intervals(self.tidy(exponentiate=True), ax, reference=1.0, unit=unit)
        ax.set_xscale("log")
        return ax


def coefficient_table(
    terms: Sequence[str], estimate: Floats, error: Floats, quantile: float, p: Floats, ratio: str
) -> pd.DataFrame:
    """Return the coefficients of a log-linear model with their ratios and intervals."""
    return pd.DataFrame(
        {
            ratio: np.exp(estimate),
            "lower": np.exp(estimate - quantile * error),
            "upper": np.exp(estimate + quantile * error),
            "p": p,
            "coefficient": estimate,
            "error": error,
        },
        index=pd.Index(list(terms), name="term"),
    )


def refuse_undetermined(terms: Sequence[str], errors: Floats, ratio: str = "ratio") -> None:
    """Refuse terms whose log ratio has no finite estimate.

    Parameters
    ----------
    terms : sequence of str
        Names of terms.
    errors : array, shape (terms,)
        The errors of their log ratios, per standard deviation of the term.
    ratio : str
        What the ratio is called.
    """
    for term, error in zip(terms, errors, strict=True):
        if not error < _RUNAWAY:
            raise DataError(
                f"the data do not determine the {ratio} of {term!r}",
                remedy="Join rare categories, or leave the term out",
            )


def refuse_collinear_information(terms: Sequence[str], information: Floats, scale: Floats) -> None:
    """Refuse terms of which the risk sets tell nothing once the others are held constant."""
    scaled = information * np.outer(scale, scale)
    if np.linalg.cond(scaled) > 1e12 or not np.isfinite(scaled).all():
        size = np.diag(scaled)
        term = terms[int(np.argmin(size))]
        raise DataError(
            f"the data do not determine the hazard ratio of {term!r}",
            remedy="Join rare categories, or leave the term out",
        )


def cluster_sums(scores: Floats, members: NDArray[np.int64]) -> Floats:
    """Sum score residuals over the rows of each cluster; refuse a single cluster."""
    count = int(members.max()) + 1
    if count < 2:
        raise DataError(
            "there is one cluster only", remedy="Give a column with at least two, or leave it out"
        )
    sums = np.zeros((count, scores.shape[1]))
    np.add.at(sums, members, scores)
    return sums


def sandwich(sums: Floats, covariance: Floats) -> Floats:
    """Compute cluster-robust errors, with the factor G / (G - 1)."""
    count = len(sums)
    moved = sums @ covariance
    errors: Floats = np.sqrt((moved**2).sum(axis=0) * count / (count - 1))
    return errors


def refuse_singular(terms: Sequence[str], robust: Floats, error: Floats) -> None:
    """Refuse a robust error that is next to nothing beside that of the model."""
    gone = np.flatnonzero(~(robust > 1e-6 * error))
    if len(gone):
        raise DataError(
            f"the clusters do not determine the error of {terms[gone[0]]!r}",
            remedy="Give smaller clusters, more of them, or leave `cluster` out",
        )


def few_clusters_warning(terms: pd.DataFrame, members: NDArray[np.int64]) -> str:
    """Return a warning if fewer than ten clusters tell of a term.

    A term that is the same throughout each cluster is told by the clusters on its rarer side, any
    other by those in which it varies.
    """
    grouped = terms.groupby(members)
    low, high = grouped.min(), grouped.max()
    few = {}
    for term in terms:
        varies = int((high[term] > low[term]).sum())
        counts = low[term].value_counts()
        # Two values that only whole clusters have, such as treated or not.
        known = varies if varies else int(counts.min()) if len(counts) == 2 else len(low)
        if known < MIN_INFORMATIVE:
            few[str(term)] = known
    if not few:
        return ""
    told = ", ".join(f"{term!r} ({known})" for term, known in few.items())
    return (
        f"fewer than {MIN_INFORMATIVE} clusters tell of {told}: the intervals are too narrow and "
        "the p-values too small; compare clusters by `difference_in_differences` or `clustered`"
    )
