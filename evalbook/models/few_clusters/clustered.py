"""Least squares with cluster-robust errors: CR1, CR2 with its degrees of freedom, CR3."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from evalbook.errors import DataError
from evalbook.models.base.formula import matrices, split_effects
from evalbook.models.base.outcome import Fit, tidy_table
from evalbook.models.base.panel import label
from evalbook.models.base.person_input import Floats, numbers, require
from evalbook.models.base.regression import refuse_dependent

Kind = Literal["CR1", "CR2", "CR3"]


@dataclass(frozen=True, eq=False)
class Clustered(Fit):
    """A least-squares regression with cluster-robust errors.

    Attributes
    ----------
    kind : {"CR1", "CR2", "CR3"}
        The errors.
    n, clusters : int
        Rows and clusters.
    warning : str
        Empty, or what the reader must know.
    """

    kind: Kind
    n: int
    clusters: int
    warning: str
    _table: pd.DataFrame = field(repr=False)
    _design: "_Design" = field(repr=False)

    def tidy(self) -> pd.DataFrame:
        """Return a row per term: `estimate`, `error`, `statistic`, `df`, `p`, `lower`, `upper`."""
        return self._table.copy()

    def to_frame(self) -> pd.DataFrame:
        """Return the tidy table, indexed by term."""
        return self._table.set_index("term")

    def summary(self) -> str:
        """Return the table as text, and the warning."""
        lines = [f"{self.kind}, n = {self.n}, {self.clusters} clusters", super().summary()]
        return "\n".join(lines + ([f"warning: {self.warning}"] if self.warning else []))

    def effective_clusters(self, term: str, rho: float = 0.0) -> float:
        """Compute how many clusters of equal size and design would tell as much of a term.

        Parameters
        ----------
        term : str
            The term.
        rho : float
            The correlation of errors within clusters, from 0 to 1. At 1, effects of the clusters
            leave nothing, which is refused.

        Notes
        -----
        G / (1 + Gamma), with Gamma the squared coefficient of variation of what each cluster adds
        to the variance: Carter, Schnepel & Steigerwald (2017), Review of Economics and Statistics
        99:698-709, without their factor for the unknown correlation.
        """
        if not 0 <= rho <= 1:
            raise DataError(f"rho = {rho!r} cannot be", remedy="Give a number from 0 to 1")
        loading = self._design.rows @ self._design.bread[:, self._place(term)]
        own = self._design.by_cluster(loading**2)
        common = self._design.by_cluster(loading) ** 2
        part = (1 - rho) * own + rho * common
        if not part.sum() > 1e-12 * own.sum():
            raise DataError(
                f"with rho = {rho:g} nothing is left of {term!r}",
                remedy="Give a smaller rho: effects of the clusters hold what they have in common",
            )
        share = part / part.mean()
        return float(len(part) / (1 + ((share - 1) ** 2).mean()))

    def leverage(self) -> pd.DataFrame:
        """Compute the leverage of each cluster.

        Returns
        -------
        pd.DataFrame
            By cluster: rows `n`, `leverage` (the trace of its part of the hat matrix; they sum to
            the number of coefficients), and for each term its partial leverage, the share of the
            term's variation that lies in the cluster (each column sums to 1).

        Notes
        -----
        MacKinnon, Nielsen & Webb (2023), Journal of Applied Econometrics 38:1095-1114.
        """
        found = self._design
        hat = np.einsum("ij,jk,ik->i", found.rows, found.bread, found.rows)
        # What is left of a term once the others are taken out is along its row of the bread.
        alone = found.rows @ found.bread / np.diag(found.bread)
        table = pd.DataFrame(
            {"n": np.bincount(found.member), "leverage": found.by_cluster(hat)},
            index=pd.Index(found.labels, name="cluster"),
        )
        for term in self._table["term"]:
            place = found.terms.index(term)
            part = found.by_cluster(alone[:, place] ** 2)
            table[term] = part / part.sum()
        return table

    def _place(self, term: str) -> int:
        if term not in set(self._table["term"]):
            raise DataError(
                f"there is no term {term!r}", remedy=f"Use one of {', '.join(self._table['term'])}"
            )
        return self._design.terms.index(term)


@dataclass(frozen=True, eq=False)
class _Design:
    """The rows of a weighted regression, by cluster; `rows` and `outcome` scaled by the root."""

    terms: list[str]
    labels: pd.Index
    member: NDArray[np.int64]
    rows: Floats
    outcome: Floats
    weight: Floats
    # The working variance of each row, scaled by the weight as the rows are.
    working: Floats

    @cached_property
    def bread(self) -> Floats:
        """The inverse of the cross products."""
        inverse: Floats = np.asarray(np.linalg.inv(self.rows.T @ self.rows), dtype=np.float64)
        return inverse

    @cached_property
    def estimate(self) -> Floats:
        """The coefficients."""
        found = np.linalg.lstsq(self.rows, self.outcome, rcond=None)[0]
        return np.asarray(found, dtype=np.float64)

    @cached_property
    def residual(self) -> Floats:
        """What the coefficients leave."""
        return self.outcome - self.rows @ self.estimate

    def by_cluster(self, values: Floats) -> Floats:
        """Sum values over the rows of each cluster."""
        sums = np.zeros((len(self.labels), *values.shape[1:]))
        np.add.at(sums, self.member, values)
        return sums


def clustered(
    formula: str,
    data: pd.DataFrame,
    cluster: str,
    *,
    kind: Kind = "CR1",
    weights: str | None = None,
    working: str | ArrayLike | None = None,
) -> Clustered:
    """Estimate a least-squares regression with errors that allow for dependence within clusters.

    Parameters
    ----------
    formula : str
        Such as `"y ~ treated + x"`, or `"y ~ treated | unit + time"` with effects of categories.
    data : pd.DataFrame
        The rows.
    cluster : str
        Column: rows of one cluster may depend on each other.
    kind : {"CR1", "CR2", "CR3"}
        CR1, with G / (G - 1) times (n - 1) / (n - k) as in Stata and statsmodels; CR2, unbiased
        under the working model, with Satterthwaite's degrees of freedom (Bell-McCaffrey); CR3, the
        jackknife over clusters. CR1 and CR3 take Student's t with G - 1.
    weights : str, optional
        Column of weights above 0.
    working : str or array_like, optional
        Variance of each row under the working model of CR2, a column or values; by default the
        same for all, as in clubSandwich.

    Returns
    -------
    Clustered

    Raises
    ------
    DataError
        If the formula cannot be read, a value is missing or infinite, a weight or variance is not
        above 0, terms are collinear, there are fewer than two clusters or too few rows, or, with
        CR3, the other clusters do not determine a term.

    Notes
    -----
    Bell & McCaffrey (2002), Survey Methodology 28:169-181; Imbens & Kolesár (2016), Review of
    Economics and Statistics 98:701-712; with weights, Pustejovsky & Tipton (2018), Journal of
    Business & Economic Statistics 36:672-683. CR3: MacKinnon, Nielsen & Webb (2023), Journal of
    Econometrics 232:272-299, around the estimate of all, times (G - 1) / G. Effects after the bar
    that are nested in the clusters are not counted in k.
    """
    if kind not in ("CR1", "CR2", "CR3"):
        raise DataError(f"there is no kind {kind!r}", remedy="Use CR1, CR2 or CR3")
    require(data, [cluster, *([weights] if weights else [])])
    model, effects = split_effects(formula)
    outcome, design = matrices(model, data, effects)
    terms = matrices(model, data)[1] if effects else design
    shown = [str(term) for term in terms if not (effects and term == "Intercept")]
    found = _designed(
        outcome,
        design,
        data[cluster],
        numbers(data[weights], weights, exclusive=True) if weights else np.ones(len(data)),
        _variance(working, data),
    )
    nested = sum(
        data[effect].nunique() - 1
        for effect in effects
        if (data.groupby(effect)[cluster].nunique() == 1).all()
    )
    return _estimated(found, kind, shown, nested)


def difference_by_cluster(
    outcome: Floats, treated: NDArray[np.bool_], weight: Floats
) -> "pd.Series[float]":
    """Return the row `treated` of `"outcome ~ treated"` with CR2, each row a cluster.

    What `clustered` would find; without the reading of a formula, which takes most of its time.
    """
    design = pd.DataFrame({"Intercept": 1.0, "treated": treated.astype(float)})
    found = _designed(outcome, design, np.arange(len(outcome)), weight, np.ones(len(outcome)))
    table = _estimated(found, "CR2", found.terms, 0).to_frame()
    row: pd.Series[float] = table.iloc[1]
    return row


def _estimated(found: _Design, kind: Kind, shown: list[str], nested: int) -> Clustered:
    """Estimate errors and intervals; so many effects are nested in the clusters."""
    count, (n, width) = len(found.labels), found.rows.shape
    if kind == "CR2":
        variance, df = _cr2(found)
    else:
        df = np.full(width, count - 1.0)
        factor = count / (count - 1) * (n - 1) / (n - width + nested)
        variance = _cr1(found) * factor if kind == "CR1" else _cr3(found, shown)
    error = np.sqrt(variance)
    with np.errstate(divide="ignore"):
        p = 2 * stats.t.sf(np.abs(found.estimate / error), df)
    half = stats.t.ppf(0.975, df) * error
    table = tidy_table(
        found.terms,
        found.estimate,
        error,
        p=p,
        lower=found.estimate - half,
        upper=found.estimate + half,
        n=n,
    )
    table.insert(4, "df", df)
    table = table[table["term"].isin(shown)].reset_index(drop=True)
    result = Clustered(kind, n, count, "", table, found)
    return Clustered(kind, n, count, _warning(result, shown), table, found)


def _variance(working: str | ArrayLike | None, data: pd.DataFrame) -> Floats:
    """Read the working variance of each row."""
    if working is None:
        return np.ones(len(data))
    if isinstance(working, str):
        require(data, [working])
        working = data[working]
    variance = numbers(working, "working", exclusive=True)
    if len(variance) != len(data):
        raise DataError("'working' and the rows differ in length", remedy="Give one per row")
    return variance


def _designed(
    outcome: Floats, design: pd.DataFrame, cluster: Any, weight: Floats, variance: Floats
) -> _Design:
    terms = [str(term) for term in design]
    refuse_dependent(terms, design.to_numpy())
    if len(design) <= len(terms):
        raise DataError(
            f"{len(design)} rows for {len(terms)} coefficients leave nothing to judge by",
            remedy="Leave terms out",
        )
    member, labels = pd.factorize(pd.Series(cluster), sort=True)
    if len(labels) < 2:
        raise DataError("there is one cluster only", remedy="Give at least two")
    root = np.sqrt(weight)
    values = design.to_numpy(dtype=float)
    # In one order whatever the rows', so that sums are rounded alike.
    order = np.lexsort([*values.T, outcome, member])
    return _Design(
        terms,
        pd.Index(labels),
        np.asarray(member[order], dtype=np.int64),
        (values * root[:, None])[order],
        (outcome * root)[order],
        weight[order],
        (variance * weight)[order],
    )


def _cr1(found: _Design) -> Floats:
    sums = found.by_cluster(found.rows * found.residual[:, None]) @ found.bread
    total: Floats = (sums**2).sum(axis=0)
    return total


def _cr3(found: _Design, shown: list[str]) -> Floats:
    whole, total = found.rows.T @ found.rows, found.rows.T @ found.outcome
    count = len(found.labels)
    moved = np.zeros((count, len(found.terms)))
    for place in range(count):
        rows = found.rows[found.member == place]
        gram = whole - rows.T @ rows
        inverse = np.linalg.pinv(gram, rcond=1e-10, hermitian=True)
        known = np.abs(np.einsum("jk,kj->j", inverse, gram) - 1) < 1e-6
        lost = [term for term, is_known in zip(found.terms, known, strict=True) if not is_known]
        if set(lost) & set(shown):
            raise DataError(
                f"without the cluster {label(found.labels[place])} nothing determines "
                f"{next(term for term in lost if term in shown)!r}",
                remedy="Use CR2, or `difference_in_differences` with randomisation inference",
            )
        left = total - rows.T @ found.outcome[found.member == place]
        moved[place] = inverse @ left - found.estimate
    variance: Floats = (count - 1) / count * (moved**2).sum(axis=0)
    return variance


def _cr2(found: _Design) -> tuple[Floats, Floats]:
    """Compute variances and degrees of freedom.

    In rows scaled by the root of the weight, the hat matrix is symmetric and the working variance
    is times the weight.
    """
    bread, width = found.bread, len(found.terms)
    spread = found.rows * found.working[:, None]
    meat = found.rows.T @ spread
    count = len(found.labels)
    sums, own = np.zeros((count, width)), np.zeros((count, width))
    through, scaled = np.zeros((count, width, width)), np.zeros((count, width, width))
    for place in range(count):
        chosen = found.member == place
        rows, variance = found.rows[chosen], found.working[chosen]
        hat = rows @ bread
        cross = hat @ (rows * variance[:, None]).T
        left = np.diag(variance) - cross - cross.T + hat @ meat @ hat.T
        # The adjustment is symmetric for rows that are not scaled.
        scale = np.sqrt(found.weight[chosen])
        root = np.sqrt(variance) / scale
        inner = (root / scale)[:, None] * left * (root / scale)
        adjust = root[:, None] * _inverse_root(inner) * root
        loading = (adjust @ (hat * scale[:, None])) / scale[:, None]
        sums[place] = loading.T @ found.residual[chosen]
        own[place] = (loading**2 * variance[:, None]).sum(axis=0)
        through[place], scaled[place] = rows.T @ loading, spread[chosen].T @ loading
    df = np.empty(width)
    for term in range(width):
        one, other = through[:, :, term], scaled[:, :, term]
        product = other @ bread @ one.T
        omega = np.diag(own[:, term]) - product - product.T
        omega += one @ bread @ meat @ bread @ one.T
        df[term] = np.trace(omega) ** 2 / (omega**2).sum()
    return (sums**2).sum(axis=0), df


def _inverse_root(matrix: Floats) -> Floats:
    """Return the symmetric inverse root; 0 where the matrix has nothing."""
    value, vector = np.linalg.eigh(matrix)
    known = value > 1e-10 * max(value.max(), 0)
    power = np.where(known, 1 / np.sqrt(np.where(known, value, 1.0)), 0.0)
    found: Floats = (vector * power) @ vector.T
    return found


def _warning(result: Clustered, shown: list[str]) -> str:
    """Warn of terms that few clusters tell of; CR2 allows for that."""
    if result.kind == "CR2":
        return ""
    few = {
        term: number
        for term in shown
        if term != "Intercept" and (number := result.effective_clusters(term)) < 5
    }
    if not few:
        return ""
    told = ", ".join(f"{term!r} ({number:.1f})" for term, number in few.items())
    return (
        f"fewer than five effective clusters tell of {told}: Student's t with G - 1 degrees of "
        'freedom rejects too often; use kind="CR2"'
    )
