"""Effects by group of starters and time, for any assignment of starts."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from evalbook.errors import DataError
from evalbook.models.base.person_input import Floats
from evalbook.models.did.doubly_robust import doubly_robust
from evalbook.models.few_clusters.assignments import Labels


@dataclass(frozen=True, eq=False)
class Units:
    """Units over time.

    Attributes
    ----------
    outcome : array, shape (units, times)
        The outcome.
    weight : array, shape (units,)
        Weights.
    kind : array of int, shape (units,)
        The group of starters that each belongs to; the last number is never.
    starts : array of int, shape (groups,)
        When each group starts, a place among the times.
    times : pd.Index
        Labels of times.
    cluster : array of int, shape (units,)
        Clusters, in ascending order.
    covariates : array, shape (units, times, terms), optional
        A constant and what is held constant.
    """

    outcome: Floats
    weight: Floats
    kind: Labels
    starts: Labels
    times: pd.Index
    cluster: Labels
    covariates: Floats | None = None

    @property
    def clusters(self) -> int:
        """How many clusters."""
        return int(self.cluster[-1]) + 1

    @property
    def treatment(self) -> Floats:
        """1 where a unit is under treatment, shape (units, times)."""
        begins = np.append(self.starts, len(self.times))[self.kind]
        return (np.arange(len(self.times)) >= begins[:, None]).astype(float)


@dataclass(frozen=True, eq=False)
class Cells:
    """Groups and times, shape (cells,) each; `controls` has the shape (cells, groups + 1)."""

    group: Labels
    time: Labels
    base: Labels
    controls: NDArray[np.bool_]


def cell_effects(
    units: Units, cells: Cells, kind: Labels, outcome: Floats
) -> tuple[Floats, Floats]:
    """Compare changes since the base of each cell's group and its controls.

    Returns
    -------
    tuple of array, shape (cells,) and (units, cells)
        The effects and their influence functions.
    """
    change = outcome[:, cells.time] - outcome[:, cells.base]
    if units.covariates is not None:
        return _with_covariates(units, units.covariates, cells, kind, change)
    mine = (kind[:, None] == cells.group) * units.weight[:, None]
    others = cells.controls.T[kind] * units.weight[:, None]
    effect, influence = np.zeros(len(cells.group)), np.zeros(change.shape)
    for sign, weight in ((1, mine), (-1, others)):
        share = weight / weight.sum(axis=0)
        mean = (share * change).sum(axis=0)
        effect = effect + sign * mean
        influence = influence + sign * len(kind) * share * (change - mean)
    return effect, influence


def _with_covariates(
    units: Units, covariates: Floats, cells: Cells, kind: Labels, change: Floats
) -> tuple[Floats, Floats]:
    """Compare changes of units that are alike in the covariates at the earlier time."""
    count = len(kind)
    effect, influence = np.zeros(len(cells.group)), np.zeros(change.shape)
    for cell, group in enumerate(cells.group):
        mine, others = kind == group, cells.controls[cell][kind]
        rows = mine | others
        when = min(cells.time[cell], cells.base[cell])
        try:
            effect[cell], found = doubly_robust(
                change[rows, cell], mine[rows], covariates[rows, when], units.weight[rows]
            )
        except DataError as error:
            start, now = units.times[units.starts[group]], units.times[cells.time[cell]]
            raise DataError(
                f"{error.problem} (start {start}, time {now})", remedy=error.remedy
            ) from error
        influence[rows, cell] = found * count / rows.sum()
    return effect, influence


def standard_errors(units: Units, influence: Floats) -> Floats:
    """Compute the standard error of each column of influence functions, summed over clusters."""
    first = np.searchsorted(units.cluster, np.arange(units.clusters))
    sums = np.add.reduceat(influence, first, axis=0)
    error: Floats = np.sqrt((sums**2).sum(axis=0)) / len(influence)
    return error


def student(units: Units) -> float:
    """Return the quantile of Student's t with G - 1 degrees of freedom."""
    return float(stats.t.ppf(0.975, units.clusters - 1))


def event_times(units: Units, cells: Cells) -> Floats:
    """Count the times since the start, 0 being the first under treatment.

    Numbers that are not equally far apart are counted in their own unit, so that effects after a
    month and after a year are not averaged; all other times in steps.
    """
    if pd.api.types.is_numeric_dtype(units.times):
        values = np.asarray(units.times, dtype=np.float64)
        if np.ptp(np.diff(values)) > 1e-9 * np.ptp(values):
            return values[cells.time] - values[units.starts[cells.group]]
    return (cells.time - units.starts[cells.group]).astype(np.float64)


def plain(value: float) -> int | float:
    """Return a whole number as such."""
    return int(value) if float(value).is_integer() else float(value)
