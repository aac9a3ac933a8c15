"""A share, rate or mean of treated against comparison clusters, judged by cluster."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.errors import DataError
from evalbook.models.base.outcome import Fit, holm_adjusted, tidy_table
from evalbook.models.base.panel import label, refuse_draws
from evalbook.models.base.person_input import Floats, coded, numbers, require, zero_one
from evalbook.models.few_clusters.assignments import Labels, assignments, count_assignments
from evalbook.models.few_clusters.clustered import difference_by_cluster
from evalbook.models.few_clusters.null_distribution import NullDistribution, interval_of

Weights = Literal["equal", "size"]
Test = Literal["randomisation", "CR2", "none"]
Direction = Literal["higher", "lower", "undecided", "not-tested"]

# Below these no test that was tried keeps its level (benchmarks/calibration.py).
FEWEST: Final = 4
FEWEST_DF: Final = 3.0
LEVEL: Final = 0.05


@dataclass(frozen=True, eq=False)
class Contrast(Fit):
    """The difference between treated and comparison clusters.

    Attributes
    ----------
    estimate : float
        The treated clusters' mean less that of the others; of changes, if there is a before and an
        after.
    interval : tuple of float or None
        95 per cent: the differences that the test does not reject. None if nothing is tested.
    p : float or None
        Two-sided, by the same test.
    test : {"randomisation", "CR2", "none"}
        Which test holds in this design.
    reason : str
        Why nothing is tested; else empty.
    levels : pd.DataFrame
        By kind (`treated`, `comparison`): the mean over clusters as `level`; or `before`, `after`
        and `change`.
    pooled : float
        The difference if all rows are put together, so that large clusters count for more.
    error, df, p_cr2 : float
        A second opinion: the CR2 error, Satterthwaite's degrees of freedom and their p.
    interval_cr2 : tuple of float
        Its interval.
    clusters, clusters_treated : int
        Clusters.
    effective_treated : float
        How many treated clusters of one size would tell as much if rows were pooled (Kish).
    largest, largest_share : label and float
        The treated cluster with most, and its share of the treated.
    values : pd.DataFrame
        By cluster: `value`, `size` and `treated`.
    assignments, assignments_possible : int
        Assignments used, and how many there are.
    seed : int
        Of the draws.
    term : str
        What is compared.
    p_adjusted : float or None
        Adjusted for contrasts that were tested together (`adjust_contrasts`); the direction then
        follows it.
    """

    estimate: float
    interval: tuple[float, float] | None
    p: float | None
    test: Test
    reason: str
    levels: pd.DataFrame = field(repr=False)
    pooled: float
    error: float
    df: float
    p_cr2: float
    interval_cr2: tuple[float, float]
    clusters: int
    clusters_treated: int
    effective_treated: float
    largest: Any
    largest_share: float
    values: pd.DataFrame = field(repr=False)
    assignments: int
    assignments_possible: int
    seed: int
    term: str
    p_adjusted: float | None = None

    @property
    def direction(self) -> Direction:
        """What may be said of the treated.

        Undecided also where pooled rows point the other way, for then it depends on the weights,
        and where the adjusted p leaves it open.
        """
        if self.interval is None:
            return "not-tested"
        low, high = self.interval
        if low <= 0 <= high or self.pooled * self.estimate < 0:
            return "undecided"
        if self.p_adjusted is not None and self.p_adjusted > LEVEL:
            return "undecided"
        return "higher" if self.estimate > 0 else "lower"

    @property
    def is_change(self) -> bool:
        """Whether changes are compared."""
        return "change" in self.levels

    def tidy(self) -> pd.DataFrame:
        """Return a row: `estimate`, CR2 `error`, and `p` and interval by the test that holds."""
        low, high = self.interval or (np.nan, np.nan)
        return tidy_table(
            [self.term],
            self.estimate,
            self.error,
            p=np.nan if self.p is None else self.p,
            lower=low,
            upper=high,
            n=self.clusters,
            n_treated=self.clusters_treated,
            test=self.test,
            direction=self.direction,
            p_cr2=self.p_cr2,
            pooled=self.pooled,
        )

    def summary(self) -> str:
        """Return the result in a few lines of text."""
        told = self.reason or f"p = {self.p:.4f} by {self.test}"
        low, high = self.interval or (np.nan, np.nan)
        return (
            f"{self.term}: {self.estimate:.4g} ({low:.4g} to {high:.4g}), {told}; "
            f"{self.clusters_treated} of {self.clusters} clusters treated, "
            f"{label(self.largest)} has {self.largest_share:.0%} of the treated\n"
            f"CR2: error {self.error:.4g}, df = {self.df:.1f}, p = {self.p_cr2:.4f}; "
            f"pooled {self.pooled:.4g}"
        )

    def _draw(self, ax: Any, unit: str) -> Any:
        """Draw each cluster's value, the area by its size, and the mean of each kind."""
        for place, kind in enumerate(("comparison", "treated")):
            mine = self.values[self.values["treated"] == place]
            height = np.linspace(-0.2, 0.2, len(mine)) + place
            ax.scatter(mine["value"], height, s=400 * mine["size"] / self.values["size"].max())
            mean = self.levels.loc[kind].iloc[-1]
            ax.plot([mean, mean], [place - 0.35, place + 0.35], color="0.2")
        ax.set_yticks([0, 1], ["comparison", "treated"])
        ax.set_xlabel(unit or self.term)
        return ax


def adjust_contrasts(found: Mapping[Any, Contrast | None]) -> dict[Any, Contrast | None]:
    """Return contrasts that were tested together with their p adjusted by Holm's method.

    Those that are None or not tested stay as they are.
    """
    tested = {key: one.p for key, one in found.items() if one is not None and one.p is not None}
    if not tested:
        return dict(found)
    p = holm_adjusted(np.array(list(tested.values()), dtype=np.float64))
    new = dict(zip(tested, p.tolist(), strict=True))
    return {
        key: replace(one, p_adjusted=new[key]) if one is not None and key in new else one
        for key, one in found.items()
    }


def contrast(
    data: pd.DataFrame,
    outcome: str,
    cluster: str,
    treated: str,
    *,
    out_of: str | None = None,
    after: str | None = None,
    weights: Weights = "equal",
    strata: int | None = None,
    draws: int = 1999,
    seed: int = 0,
) -> Contrast:
    """Compare a share, rate or mean of treated and comparison clusters.

    Parameters
    ----------
    data : pd.DataFrame
        Any number of rows per cluster, such as one per person.
    outcome : str
        Column: what is counted (0 or 1, weeks, events), or a value whose mean is taken.
    cluster : str
        Column: the unit that treatment was given to, and that counts as one observation.
    treated : str
        Column: 1 in treated clusters, else 0.
    out_of : str, optional
        Column: out of how much (1, weeks, time at risk); a cluster's value is the sum of `outcome`
        over the sum of `out_of`. Without it, each row is out of 1.
    after : str, optional
        Column: 1 after the start, else 0. The changes of the clusters' values are then compared: a
        difference-in-differences.
    weights : {"equal", "size"}
        Whether each cluster counts alike, or by how much it is out of (before the start).
    strata : int, optional
        Reassign treatment only within so many groups of clusters of like size.
    draws, seed : int
        Of the reassignments; all are taken if there are no more.

    Returns
    -------
    Contrast

    Raises
    ------
    DataError
        If a column is absent or has a missing or infinite value, an indicator is not 0 or 1,
        treatment varies within a cluster, a cluster is out of nothing (before or after), there are
        fewer than two clusters of either kind, all clusters have one value, or no reassignment
        within strata is possible.

    Notes
    -----
    With each cluster alike, Welch's t of the clusters' values is compared with its values when
    treatment is given to other clusters (MacKinnon & Webb 2020, Journal of Econometrics
    218:435-450), and the interval inverts that test. It holds from four clusters of either kind,
    whatever their sizes, also if one has ten times the size of the others, for then only its own
    chance error differs; if the treated vary twice as much as the others, it rejects in up to 9 per
    cent. By size, the test is CR2 with Satterthwaite's degrees of freedom (Bell & McCaffrey 2002),
    and only if these are at least three: where one cluster has most of the weight, no test of the
    pooled difference both keeps its level and finds anything, and none is given.
    """
    refuse_draws(draws, seed)
    if weights not in ("equal", "size"):
        raise DataError(f"there are no weights {weights!r}", remedy="Use 'equal' or 'size'")
    table, names = _by_cluster(data, outcome, cluster, treated, out_of, after)
    value, mask = table["value"].to_numpy(), table["treated"].to_numpy() == 1
    size = table["size"].to_numpy()
    if np.ptp(value) == 0:
        raise DataError(
            f"{outcome!r} is the same in all clusters", remedy="Choose an outcome that varies"
        )
    second = difference_by_cluster(value, mask, size if weights == "size" else np.ones(len(size)))
    columns = ["estimate", "error", "df", "p", "lower", "upper"]
    estimate, error, df, p_cr2, *interval_cr2 = (float(number) for number in second[columns])
    bounds = (interval_cr2[0], interval_cr2[1])
    groups = None if strata is None else _strata(size, strata)
    labels = mask.astype(np.int64)
    if groups is not None and count_assignments(labels, groups) < 2:
        raise DataError(
            "within the strata nothing can be reassigned", remedy="Give fewer groups of size"
        )
    test, reason = _test(mask, weights, df)
    interval: tuple[float, float] | None = None
    p: float | None = None
    used = 0
    if test == "randomisation":
        interval, p, used = _randomised(value, labels, groups, draws, seed)
    elif test == "CR2":
        interval, p = bounds, p_cr2
    share = size[mask] / size[mask].sum()
    return Contrast(
        estimate=estimate,
        interval=interval,
        p=p,
        test=test,
        reason=reason,
        levels=_levels(table, weights),
        pooled=_pooled(table),
        error=error,
        df=df,
        p_cr2=p_cr2,
        interval_cr2=bounds,
        clusters=len(table),
        clusters_treated=int(mask.sum()),
        effective_treated=float(1 / (share**2).sum()),
        largest=names[mask][int(share.argmax())],
        largest_share=float(share.max()),
        values=table[["value", "size", "treated"]].set_axis(names, axis=0),
        assignments=used,
        assignments_possible=count_assignments(labels, groups),
        seed=seed,
        term=outcome,
    )


def _test(mask: NDArray[np.bool_], weights: Weights, df: float) -> tuple[Test, str]:
    """Choose the test that keeps its level in a design, whatever the outcome."""
    fewest = int(min(mask.sum(), (~mask).sum()))
    if fewest < FEWEST:
        return "none", f"{fewest} clusters of a kind are fewer than {FEWEST}"
    if weights == "equal":
        return "randomisation", ""
    if df < FEWEST_DF:
        return "none", f"by size there are {df:.1f} degrees of freedom, fewer than {FEWEST_DF:g}"
    return "CR2", ""


def _by_cluster(
    data: pd.DataFrame,
    outcome: str,
    cluster: str,
    treated: str,
    out_of: str | None,
    after: str | None,
) -> tuple[pd.DataFrame, pd.Index]:
    """Sum up by cluster: `value`, `size`, `treated`, and sums before and after."""
    require(data, [name for name in (outcome, cluster, treated, out_of, after) if name])
    counted = numbers(data[outcome], outcome, minimum=-np.inf)
    base = numbers(data[out_of], out_of) if out_of else np.ones(len(data))
    member, names = coded(data[cluster], cluster)
    given = zero_one(data[treated], treated)
    late = zero_one(data[after], after) if after else np.ones(len(data), dtype=np.int64)
    mask = np.zeros(len(names), dtype=np.int64)
    mask[member] = given
    if (mask[member] != given).any():
        wrong = names[member[mask[member] != given][0]]
        raise DataError(
            f"{treated!r} varies within {cluster} {label(wrong)}",
            remedy="Mark all rows of a treated cluster; name the time in `after`",
        )
    if min(mask.sum(), (1 - mask).sum()) < 2:
        raise DataError(
            "there are fewer than two clusters of either kind",
            remedy="Give at least two treated and two others",
        )
    table = pd.DataFrame({"treated": mask})
    for when, name in ((0, "before"), (1, "after")) if after else ((1, "after"),):
        chosen = late == when
        sums, size = (
            np.bincount(member[chosen], weights=part[chosen], minlength=len(names))
            for part in (counted, base)
        )
        if (size == 0).any():
            raise DataError(
                f"{cluster} {label(names[int(size.argmin())])} is out of nothing"
                + (f" {name} the start" if after else ""),
                remedy="Leave the cluster out, or join it to another",
            )
        table[f"sum_{name}"], table[f"size_{name}"] = sums, size
        table[name] = sums / size
    if after:
        return table.assign(
            value=table["after"] - table["before"], size=table["size_before"]
        ), names
    return table.assign(value=table["after"], size=table["size_after"]), names


def _levels(table: pd.DataFrame, weights: Weights) -> pd.DataFrame:
    """Return the mean of each kind of cluster."""
    names = ["before", "after"] if "before" in table else ["after"]
    rows = {}
    for kind, mark in (("treated", 1), ("comparison", 0)):
        mine = table[table["treated"] == mark]
        share = mine["size"] if weights == "size" else None
        rows[kind] = [float(np.average(mine[name], weights=share)) for name in names]
    found = pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("kind")
    if len(names) == 2:
        return found.assign(change=found["after"] - found["before"])
    return found.set_axis(["level"], axis=1)


def _pooled(table: pd.DataFrame) -> float:
    """Return the difference with the rows of each kind put together."""

    def of(name: str) -> float:
        sums = table.groupby("treated")[[f"sum_{name}", f"size_{name}"]].sum()
        share = sums[f"sum_{name}"] / sums[f"size_{name}"]
        return float(share[1] - share[0])

    return of("after") - (of("before") if "before" in table else 0.0)


def _strata(size: Floats, count: int) -> Labels:
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= len(size):
        raise DataError(f"strata = {count!r} cannot be", remedy=f"Give 1 to {len(size)} groups")
    place = np.lexsort([np.arange(len(size)), size]).argsort()
    return np.asarray(place * count // len(size), dtype=np.int64)


def _randomised(
    value: Floats, labels: Labels, groups: Labels | None, draws: int, seed: int
) -> tuple[tuple[float, float], float, int]:
    """Test by reassignment, and invert the test."""
    null, estimate, error = welch_null(value, labels, groups, draws, seed)
    t = _t(estimate, error)
    return interval_of(null, estimate, error, t), null.p(t(0.0)), null.draws


def welch_null(
    value: Floats, labels: Labels, groups: Labels | None, draws: int, seed: int
) -> tuple[NullDistribution, float, float]:
    """Return the distribution of Welch's t over assignments, the difference, and its error."""
    drawn, exhaustive = assignments(labels, groups, draws, seed)
    centred = value - value.mean()
    given = labels.astype(float)
    null = NullDistribution(*_welch(centred, given, drawn.astype(float)), exhaustive)
    numerator, square = _welch(centred, given, given[None, :])
    return null, float(numerator[0, 0]), float(np.sqrt(square[0, 0]))


def _t(estimate: float, error: float) -> Callable[[float], float]:
    def of(null: float) -> float:
        gap = estimate - null
        if error > 0:
            return gap / error
        return 0.0 if gap == 0 else float(np.copysign(np.inf, gap))

    return of


def _welch(value: Floats, given: Floats, masks: Floats) -> tuple[Floats, Floats]:
    """Compute the parts of Welch's t of `value - null * given` for each assignment and null.

    Returns
    -------
    tuple of array, shape (2, assignments) and (3, assignments)
        As `NullDistribution` takes them.
    """
    gaps, squares = np.zeros((2, len(masks))), np.zeros((3, len(masks)))
    for sign, mask in ((1, masks), (-1, 1 - masks)):
        count = mask.sum(axis=1)
        mean, share = mask @ value / count, mask @ given / count
        gaps += sign * np.array([mean, share])
        factor = 1 / (count * (count - 1))
        squares += factor * np.array(
            [
                mask @ value**2 - count * mean**2,
                mask @ (value * given) - count * mean * share,
                mask @ given**2 - count * share**2,
            ]
        )
    return gaps, np.maximum(squares, [[0.0], [-np.inf], [0.0]])
