"""One coefficient of a least-squares regression with clusters, all other terms partialled out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from evalbook.errors import DataError
from evalbook.models.base.design import refuse_collinear
from evalbook.models.base.person_input import Floats

# Below this share of its own length, what is left of a term after the others is rounding.
_NOTHING = 1e-9


@dataclass(frozen=True, eq=False)
class Regression:
    """What is left to estimate one coefficient from.

    Rows are sorted by cluster and scaled by the root of their weights.

    Attributes
    ----------
    treatment, outcome : array, shape (rows,)
        Free of the other terms.
    basis : array, shape (rows, terms)
        Orthonormal basis of the other terms, but for effects that lie within clusters and that
        both are free of already.
    starts : array of int, shape (clusters,)
        The first row of each cluster.
    parameters : int
        Coefficients that the small-sample factor counts.
    """

    treatment: Floats = field(repr=False)
    outcome: Floats = field(repr=False)
    basis: Floats = field(repr=False)
    starts: NDArray[np.int64] = field(repr=False)
    parameters: int

    @property
    def clusters(self) -> int:
        """How many clusters."""
        return len(self.starts)

    @cached_property
    def information(self) -> float:
        """The sum of squares of the treatment."""
        return float(self.treatment @ self.treatment)

    @cached_property
    def estimate(self) -> float:
        """The coefficient."""
        return float(self.treatment @ self.outcome) / self.information

    @property
    def factor(self) -> float:
        """The small-sample factor of CRV1: G / (G - 1) times (n - 1) / (n - k)."""
        n, groups = len(self.outcome), self.clusters
        return groups / (groups - 1) * (n - 1) / (n - self.parameters)

    @cached_property
    def error(self) -> float:
        """The cluster-robust standard error, CRV1; 0 where the fit is perfect."""
        residual = self.outcome - self.estimate * self.treatment
        if np.abs(residual).max() <= _NOTHING * np.abs(self.outcome).max():
            return 0.0
        scores = self.by_cluster(self.treatment * residual)
        return float(np.sqrt(self.factor * (scores @ scores))) / self.information

    def t(self, null: float = 0.0) -> float:
        """Compute the t of a null; infinite where the fit is perfect and the null is not true."""
        gap, error = self.estimate - null, self.error
        if error > 0:
            return gap / error
        return 0.0 if abs(gap) <= _NOTHING * abs(self.estimate) else float(np.copysign(np.inf, gap))

    def by_cluster(self, rows: Floats) -> Floats:
        """Sum over the rows of each cluster."""
        sums: Floats = np.add.reduceat(rows, self.starts, axis=0)
        return sums

    def interval(self, error: float) -> tuple[float, float]:
        """Return the 95 per cent interval of Student's t with G - 1 degrees of freedom."""
        half = float(stats.t.ppf(0.975, self.clusters - 1)) * error
        return self.estimate - half, self.estimate + half

    def without_each(self) -> Floats:
        """Estimate without each cluster in turn; NaN where the others do not determine it."""
        design = np.column_stack([self.treatment, self.basis])
        whole, total = design.T @ design, design.T @ self.outcome
        ends = [*self.starts[1:], len(design)]
        parts = [
            (design[first:last], self.outcome[first:last])
            for first, last in zip(self.starts, ends, strict=True)
        ]
        grams = np.array([whole - part.T @ part for part, _ in parts])
        rights = np.array([total - part.T @ outcome for part, outcome in parts])
        # A time that only one cluster was seen at leaves with it, hence the pseudoinverse.
        inverses = np.linalg.pinv(grams, rcond=1e-10, hermitian=True)
        determined = np.abs(np.einsum("gk,gk->g", inverses[:, 0], grams[:, :, 0]) - 1) < 1e-6
        return np.where(determined, np.einsum("gk,gk->g", inverses[:, 0], rights), np.nan)


def partial_out(
    outcome: Floats,
    treatment: Floats,
    others: Floats,
    cluster: NDArray[np.int64],
    *,
    term: str,
    parameters: int,
    lengths: tuple[float, float] | None = None,
) -> Regression:
    """Free the outcome and the treatment of the other terms.

    Parameters
    ----------
    outcome, treatment : array, shape (rows,)
        Scaled by the root of the weights; rows sorted by cluster.
    others : array, shape (rows, terms)
        The other terms, linearly independent, scaled alike.
    cluster : array of int, shape (rows,)
        Clusters, in ascending order.
    term : str
        What the treatment is called.
    parameters : int
        Coefficients that the small-sample factor counts.
    lengths : tuple of float, optional
        Lengths of outcome and treatment before anything was taken out of them; by default what
        they are now.

    Raises
    ------
    DataError
        If nothing of the outcome or the treatment is left, there is one cluster, or there are no
        more rows than coefficients.
    """
    starts = np.flatnonzero(np.r_[True, np.diff(cluster) > 0])
    if len(starts) < 2:
        raise DataError("there is one cluster only", remedy="Give at least two")
    if len(outcome) <= parameters:
        raise DataError(
            f"{len(outcome)} rows for {parameters} coefficients leave nothing to judge by",
            remedy="Leave terms out",
        )
    basis = np.linalg.qr(others)[0] if others.shape[1] else others
    left = [_projected(values, basis) for values in (outcome, treatment)]
    whole = lengths or (float(np.linalg.norm(outcome)), float(np.linalg.norm(treatment)))
    for name, rest, length in zip(("the outcome", repr(term)), left, whole, strict=True):
        if np.linalg.norm(rest) <= _NOTHING * length:
            raise DataError(
                f"nothing of {name} is left once the other terms are held constant",
                remedy="Leave out what it is collinear with, or give units or times that differ",
            )
    return Regression(left[1], left[0], basis, starts, parameters)


def refuse_dependent(terms: Sequence[str], design: Floats) -> None:
    """Refuse terms that are 0 throughout, or sums of those before them."""
    nothing = np.flatnonzero(~design.any(axis=0))
    if len(nothing):
        raise DataError(f"the term {terms[nothing[0]]!r} is 0 in all rows", remedy="Leave it out")
    # Far from 0, a column that varies little is next to parallel to the constant.
    constant = np.ptp(design, axis=0) == 0
    centred = design - np.where(constant, 0, design.mean(axis=0)) if constant.any() else design
    refuse_collinear(terms, centred.T @ centred)


def _projected(values: Floats, basis: Floats) -> Floats:
    """Project the basis out, twice, so that rounding leaves no trace of it."""
    for _ in range(2):
        values = values - basis @ (basis.T @ values)
    return values
