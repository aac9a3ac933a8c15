"""Averages of effects by group and time."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from scipy import stats

from evalbook.errors import DataError
from evalbook.models.base.estimate import MIN_CLUSTERS
from evalbook.models.base.outcome import Fit, tidy_table
from evalbook.models.base.person_input import Floats
from evalbook.models.base.plots import plot_intervals
from evalbook.models.did.group_time_cells import (
    Cells,
    Units,
    cell_effects,
    event_times,
    plain,
    standard_errors,
    student,
)
from evalbook.models.few_clusters.assignments import Labels, assignments, count_assignments
from evalbook.models.few_clusters.null_distribution import NullDistribution, interval_of

Kind = Literal["simple", "group", "dynamic", "calendar"]
KINDS: Final = ("simple", "group", "dynamic", "calendar")


@dataclass(frozen=True, eq=False)
class Aggregate(Fit):
    """Effects by group and time, averaged.

    Attributes
    ----------
    kind : str
        How.
    estimate, error : float
        The whole, and its standard error by the influence function.
    interval : tuple of float
        95 per cent, by inversion of the randomisation test: effects, the same for all, that it
        does not reject. With covariates by the influence function and Student's t.
    p : float
        Two-sided; the same test as the interval.
    p_randomisation : float or None
        Two-sided p of randomisation inference on t; None with covariates.
    n, n_treated, clusters : int
        Units, treated units, clusters.
    assignments, assignments_possible : int
        Assignments used, and how many different ones there are.
    seed : int
        Of the draws.
    warning : str
        Empty, or what the reader must know.
    """

    kind: Kind
    estimate: float
    error: float
    interval: tuple[float, float]
    p: float
    p_randomisation: float | None
    n: int
    n_treated: int
    clusters: int
    assignments: int
    assignments_possible: int
    seed: int
    warning: str
    _parts: pd.DataFrame = field(repr=False)

    @property
    def _by(self) -> str:
        return "Student's t" if self.p_randomisation is None else "inverted randomisation inference"

    def to_frame(self) -> pd.DataFrame:
        """Return the parts, by group, event time or time.

        Returns
        -------
        pd.DataFrame
            `estimate`, standard `error`, `lower` and `upper` by the influence function with
            Student's t of G - 1 (too narrow with few treated units), and `p_randomisation` (`p` by
            the same Student's t with covariates). For "simple", the whole only.
        """
        return self._parts.copy()

    def summary(self) -> str:
        """Return a line of text, and one more per part."""
        low, high = self.interval
        lines = [
            f"{self.kind} average {self.estimate:.4g}, 95 % interval {low:.4g} to {high:.4g} "
            f"({self._by}), "
            f"p = {self.p:.4f}; {self.n} units, {self.n_treated} treated, "
            f"{self.clusters} clusters; "
            f"{self.assignments} of {self.assignments_possible:.4g} assignments, seed {self.seed}"
        ]
        if self.kind != "simple":
            for place, row in self._parts.iterrows():
                lines.append(
                    f"{place}: {row['estimate']:.4g} ({row['lower']:.4g} to {row['upper']:.4g}), "
                    f"p = {row.iloc[-1]:.4f}"
                )
        return "\n".join(lines + ([f"warning: {self.warning}"] if self.warning else []))

    def tidy(self) -> pd.DataFrame:
        """Return a row per part and one for the whole, which is called by the kind of average."""
        parts = self._parts.iloc[:0] if self.kind == "simple" else self._parts
        rows = tidy_table(
            [str(place) for place in parts.index],
            parts["estimate"],
            parts["error"],
            p=parts.iloc[:, -1].to_numpy(),
            lower=parts["lower"].to_numpy(),
            upper=parts["upper"].to_numpy(),
            n=self.n,
        )
        whole = tidy_table(
            [self.kind],
            self.estimate,
            self.error,
            p=self.p,
            lower=self.interval[0],
            upper=self.interval[1],
            n=self.n,
        )
        return pd.concat([whole, rows], ignore_index=True) if len(rows) else whole

    def _draw(self, ax: Any, unit: str) -> Any:
        """Draw the parts."""
        table = self._parts.reset_index(names="term")
        return plot_intervals(table, ax, upright=True, unit=unit)


def aggregate(units: Units, cells: Cells, kind: Kind, draws: int, seed: int) -> Aggregate:
    """Average the effects, and test the averages by giving the starts to other units."""
    if kind not in KINDS:
        raise DataError(
            f"there is no aggregation {kind!r}", remedy=f"Use one of {', '.join(KINDS)}"
        )
    names, parts = _parts(units, cells, kind)
    value, influence = _averages(units, cells, kind, parts, units.kind, units.outcome)
    error = standard_errors(units, influence)
    half = student(units) * error
    columns = {"estimate": value, "error": error, "lower": value - half, "upper": value + half}
    # The whole stands last; without parts it stands for itself.
    table = pd.DataFrame(columns, index=pd.Index([*names, "overall"], name=kind))
    whole, size = float(value[-1]), float(error[-1])
    treated = units.kind < len(units.starts)
    few = len(np.unique(units.cluster[treated])) < MIN_CLUSTERS
    interval = (whole - float(half[-1]), whole + float(half[-1]))
    used = possible = 0
    if units.covariates is None:
        labels, owner = _assigned(units)
        drawn, exhaustive = assignments(labels, None, draws, seed)
        nulls = _nulls(units, cells, kind, parts, drawn[:, owner], exhaustive)
        used, possible = len(drawn), count_assignments(labels)
        t = [_t(*pair) for pair in zip(value, error, strict=True)]
        p = [null.p(observed) for null, observed in zip(nulls, t, strict=True)]
        table["p_randomisation"] = p
        interval = interval_of(nulls[-1], whole, size, lambda null: _t(whole - null, size))
        told = "only the randomisation inference holds"
    else:
        # Who starts when depends on the covariates: starts are not exchangeable.
        p = list(2 * stats.t.sf(np.abs(value / error), units.clusters - 1))
        table["p"] = p
        told = "errors by the influence function are too small"
    return Aggregate(
        kind=kind,
        estimate=whole,
        error=size,
        interval=interval,
        p=float(p[-1]),
        p_randomisation=float(p[-1]) if used else None,
        n=len(units.kind),
        n_treated=int(treated.sum()),
        clusters=units.clusters,
        assignments=used,
        assignments_possible=possible,
        seed=seed,
        warning=f"fewer than {MIN_CLUSTERS} clusters are treated: {told}" if few else "",
        _parts=table.iloc[: len(names) or 1],
    )


def _t(value: float, error: float) -> float:
    if error > 1e-12 * abs(value):
        return value / error
    return float(np.copysign(np.inf, value)) if value else 0.0


def _assigned(units: Units) -> tuple[Labels, Labels]:
    """Reassign whole clusters if the units of each share their start, else units."""
    of_cluster = np.zeros(units.clusters, dtype=np.int64)
    of_cluster[units.cluster] = units.kind
    if (of_cluster[units.cluster] == units.kind).all():
        return of_cluster, units.cluster
    return units.kind, np.arange(len(units.kind))


def _parts(units: Units, cells: Cells, kind: Kind) -> tuple[list[Any], list[Labels]]:
    """List the parts and the cells of each; "simple" has only the cells under treatment."""
    event = event_times(units, cells)
    under = event >= 0
    if kind == "simple":
        return [], [np.flatnonzero(under)]
    key = {"group": cells.group, "dynamic": event, "calendar": cells.time}[kind]
    values = np.unique(key if kind == "dynamic" else key[under])
    parts = [np.flatnonzero((key == value) & (under | (kind == "dynamic"))) for value in values]
    named = {"group": units.times[units.starts], "dynamic": None, "calendar": units.times}[kind]
    return [plain(value) if named is None else named[value] for value in values], parts


def _averages(
    units: Units, cells: Cells, kind: Kind, parts: list[Labels], assigned: Labels, outcome: Floats
) -> tuple[Floats, Floats]:
    """Average the effects within the parts and then over them; the whole comes last."""
    effect, influence = cell_effects(units, cells, assigned, outcome)
    # What each unit weighs in its group, relative to the mean weight; its mean is the group's
    # share of all units.
    member = (assigned[:, None] == np.arange(len(units.starts))) * (
        units.weight / units.weight.mean()
    )[:, None]
    within = [
        _average(
            effect[part],
            influence[:, part],
            None if kind == "group" else member[:, cells.group[part]],
        )
        for part in parts
    ]
    if kind == "simple":
        return np.array([within[0][0]]), within[0][1][:, None]
    values, influences = (
        np.array([one for one, _ in within]),
        np.column_stack([other for _, other in within]),
    )
    if kind == "dynamic":
        counted = [
            place
            for place, part in enumerate(parts)
            if (cells.time >= units.starts[cells.group])[part[0]]
        ]
    else:
        counted = list(range(len(parts)))
    weights = member[:, [cells.group[part[0]] for part in parts]] if kind == "group" else None
    whole, of_whole = _average(values[counted], influences[:, counted], weights)
    return np.append(values, whole), np.column_stack([influences, of_whole])


def _average(values: Floats, influence: Floats, member: Floats | None) -> tuple[float, Floats]:
    """Average over columns, alike or by the share of units.

    The share is estimated, which the influence function counts.
    """
    if member is None:
        return float(values.mean()), influence.mean(axis=1)
    share = member.mean(axis=0)
    mean = float(share @ values / share.sum())
    return mean, (influence @ share + (member - share) @ (values - mean)) / share.sum()


def _nulls(
    units: Units, cells: Cells, kind: Kind, parts: list[Labels], drawn: Labels, exhaustive: bool
) -> list[NullDistribution]:
    """Compute each average and its squared error for every assignment."""
    first = np.searchsorted(units.cluster, np.arange(units.clusters))
    count = (len(parts) if kind != "simple" else 0) + 1
    numerator, square = np.empty((2, len(drawn), count)), np.empty((3, len(drawn), count))
    values = (units.outcome - units.outcome.mean(axis=1, keepdims=True), units.treatment)
    for row, assigned in enumerate(drawn):
        (one, by_one), (other, by_other) = (
            _averages(units, cells, kind, parts, assigned, value) for value in values
        )
        sums, unit_sums = (
            np.add.reduceat(influence, first, axis=0) for influence in (by_one, by_other)
        )
        numerator[:, row] = one, other
        square[:, row] = (
            (sums**2).sum(axis=0),
            (sums * unit_sums).sum(axis=0),
            (unit_sums**2).sum(axis=0),
        )
    square /= len(units.kind) ** 2
    return [
        NullDistribution(numerator[:, :, place], square[:, :, place], exhaustive)
        for place in range(count)
    ]
