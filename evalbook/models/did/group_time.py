"""Effects by group of starters and time, where units start at different times."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from evalbook.errors import DataError
from evalbook.models.base.design import design
from evalbook.models.base.outcome import Fit, tidy_table
from evalbook.models.base.panel import Panel, label, read_panel, refuse_draws
from evalbook.models.base.person_input import Floats
from evalbook.models.base.plots import plot_intervals
from evalbook.models.base.regression import refuse_dependent
from evalbook.models.did.event_study import first_times
from evalbook.models.did.group_time_averages import Aggregate, Kind, aggregate
from evalbook.models.did.group_time_cells import (
    Cells,
    Units,
    cell_effects,
    event_times,
    plain,
    standard_errors,
    student,
)
from evalbook.models.few_clusters.assignments import Labels


@dataclass(frozen=True, eq=False)
class GroupTimeATT(Fit):
    """Average effects on the treated, by group of starters and time.

    Attributes
    ----------
    n, clusters, n_treated : int
        Units, clusters of them, and units that are treated at some time.
    control, base : str
        Whom the groups are compared with, and since when.
    omitted : list of (group, time)
        Those that nobody is left to compare with.
    """

    n: int
    clusters: int
    n_treated: int
    control: str
    base: str
    omitted: list[tuple[Any, Any]]
    _table: pd.DataFrame = field(repr=False)
    _units: Units = field(repr=False)
    _cells: Cells = field(repr=False)
    _draws: int = field(repr=False)
    _seed: int = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return a row per group and time.

        Returns
        -------
        pd.DataFrame
            `group`, `time`, `base_time`, `event_time` (0 is the first treated; in the unit of the
            times where these are numbers that are not equally far apart), `estimate`, its standard
            `error` by the influence function, `lower` and `upper` (95 per cent, Student's t with
            G - 1 degrees of freedom), `n_treated`
            and `n_control`.
        """
        return self._table.copy()

    def aggregate(self, kind: Kind = "simple") -> Aggregate:
        """Average the effects.

        Parameters
        ----------
        kind : {"simple", "group", "dynamic", "calendar"}
            Over all groups and times under treatment, by the group's size; or first within each
            group, event time or time, and then over the groups by size, over event times from 0 on
            or over times alike.

        Raises
        ------
        DataError
            If there is no such kind.

        Notes
        -----
        Callaway & Sant'Anna (2021), section 3.1. Errors count that the groups' shares are
        estimated. p is by randomisation inference on t: units (or clusters) change places with
        their starts; the interval of the whole inverts it for an effect that is the same for all.
        """
        return aggregate(self._units, self._cells, kind, self._draws, self._seed)

    def summary(self) -> str:
        """Return a line of text per group and time."""
        lines = [
            f"{self.n} units, {self.n_treated} treated, {self.clusters} clusters; control "
            f"{self.control}, base {self.base}; "
            "errors by the influence function"
        ]
        for row in self._table.itertuples():
            lines.append(
                f"{row.group}, {row.time}: {row.estimate:.4g} ({row.lower:.4g} to {row.upper:.4g})"
            )
        omitted = ", ".join(f"{label(group)} at {label(time)}" for group, time in self.omitted)
        return "\n".join(lines + ([f"nobody to compare with: {omitted}"] if omitted else []))

    def tidy(self) -> pd.DataFrame:
        """Return a row per group and time."""
        table = self._table
        terms = [f"{row.group}, {row.time}" for row in table.itertuples()]
        p = 2 * stats.t.sf(np.abs(table["estimate"] / table["error"]), self.clusters - 1)
        found = tidy_table(terms, table["estimate"], table["error"], p=p, n=self.n)
        return found.assign(**table.drop(columns=["estimate", "error"]))

    def _draw(self, ax: Any, unit: str) -> Any:
        """Draw the effects over time, a colour per group."""
        table = self._table.sort_values("time", kind="stable", ignore_index=True)
        return plot_intervals(table, ax, label="time", by="group", upright=True, unit=unit)


def group_time_att(
    data: pd.DataFrame,
    outcome: str,
    unit: str,
    time: str,
    first_treated: str,
    *,
    control: Literal["never", "not_yet"] = "never",
    base: Literal["varying", "universal"] = "varying",
    covariates: Sequence[str] = (),
    anticipation: int = 0,
    weights: str | None = None,
    cluster: str | None = None,
    draws: int = 999,
    seed: int = 0,
) -> GroupTimeATT:
    """Estimate the effect on each group of starters at each time.

    Parameters
    ----------
    data : pd.DataFrame
        One row per unit and time, without gaps.
    outcome, unit, time : str
        Columns; times are ordered by their values.
    first_treated : str
        Column: the unit's first treated time, 0 or missing for never.
    control : {"never", "not_yet"}
        Compare with units never treated, or with all that are not treated yet at either time.
    base : {"varying", "universal"}
        Since when: the last time before the start; or, with "varying", before the start the time
        before each.
    covariates : sequence of str
        Columns that changes, and the start, may depend on; their values at the earlier of the two
        times compared are taken. Text becomes indicators. Effects are then doubly robust.
    anticipation : int
        How many times before its start a group may already respond: the base lies so much earlier,
        and units that start within so many times are no controls.
    weights : str, optional
        Column of weights above 0 that stay the same for a unit.
    cluster : str, optional
        Column: units of one cluster may depend on each other. Default `unit`.
    draws, seed
        As for `difference_in_differences`; used by `.aggregate`, at some 0.2 ms per draw.

    Returns
    -------
    GroupTimeATT

    Raises
    ------
    DataError
        As for `difference_in_differences`; also if there are gaps, weights change over time,
        `first_treated` varies within a unit or is none of the times, or nobody is left to compare
        with.

    Notes
    -----
    Callaway & Sant'Anna (2021), Journal of Econometrics 225:200-230; with covariates, each effect
    is that of Sant'Anna & Zhao (2020), Journal of Econometrics 219:101-122. Errors
    are those of the influence function, summed over clusters, without a small-sample factor: with
    few treated units they are too small, and a group of one unit adds nothing to them at all, so
    rely on the randomisation inference of `.aggregate`.
    """
    refuse_draws(draws, seed)
    for name, value, known in (
        ("control", control, ("never", "not_yet")),
        ("base", base, ("varying", "universal")),
    ):
        if value not in known:
            raise DataError(f"there is no {name} {value!r}", remedy=f"Use {' or '.join(known)}")
    if isinstance(anticipation, bool) or not isinstance(anticipation, int) or anticipation < 0:
        raise DataError(
            f"anticipation = {anticipation!r} cannot be", remedy="Give a whole number of times"
        )
    panel = read_panel(data, outcome, unit, time, also=covariates, weights=weights, cluster=cluster)
    start = first_times(panel, first_treated, unit)
    units = _units(panel, start, unit, weights, covariates)
    cells, omitted = _cells(units, control, base, anticipation)
    effects, influence = cell_effects(units, cells, units.kind, units.outcome)
    error = standard_errors(units, influence)
    return GroupTimeATT(
        n=len(panel.units),
        clusters=len(panel.clusters),
        n_treated=int((start < len(panel.times)).sum()),
        control=control,
        base=base,
        omitted=omitted,
        _table=_tabled(units, cells, effects, error),
        _units=units,
        _cells=cells,
        _draws=draws,
        _seed=seed,
    )


def _units(
    panel: Panel, start: Labels, unit: str, weights: str | None, covariates: Sequence[str]
) -> Units:
    outcome, weight = panel.by_unit(panel.outcome), panel.by_unit(panel.weight)
    if panel.gaps:
        place, when = np.argwhere(np.isnan(outcome))[0]
        raise DataError(
            f"{unit} {label(panel.units[place])} has no row at {label(panel.times[when])} "
            f"({panel.gaps} gaps in all)",
            remedy="Leave out units with gaps, or times at which some have none",
        )
    if np.ptp(weight, axis=1).any():
        place = int(np.flatnonzero(np.ptp(weight, axis=1))[0])
        raise DataError(
            f"the weight {weights!r} of {unit} {label(panel.units[place])} changes over time",
            remedy="Give each unit one weight, such as that of the first time",
        )
    starts = np.unique(start[start < len(panel.times)])
    return Units(
        outcome,
        weight[:, 0],
        np.searchsorted(starts, start),
        starts,
        panel.times,
        panel.cluster_of_unit,
        _covariates(panel, covariates) if covariates else None,
    )


def _covariates(panel: Panel, columns: Sequence[str]) -> Floats:
    """Return a constant and the covariates, shape (units, times, terms), each near 0."""
    terms = design(panel.rows, columns)
    refuse_dependent([str(term) for term in terms], (terms - terms.mean()).to_numpy())
    layers = [panel.by_unit(np.ones(len(terms)))]
    for _, values in terms.items():
        centred = values.to_numpy(dtype=float) - values.mean()
        layers.append(panel.by_unit(centred / centred.std()))
    return np.stack(layers, axis=2)


def _cells(
    units: Units, control: str, base: str, anticipation: int
) -> tuple[Cells, list[tuple[Any, Any]]]:
    """List groups and times, with the base of each and the groups it is compared with."""
    times, never = len(units.times), len(units.starts)
    begins = np.append(units.starts, times)
    there = np.isin(np.arange(never + 1), units.kind)
    found: list[tuple[int, int, int, NDArray[np.bool_]]] = []
    omitted = []
    for group, starts in enumerate(units.starts):
        for time in range(times):
            responds = int(starts) - anticipation
            since = time - 1 if base == "varying" and time < responds else responds - 1
            if since < 0 or since == time:
                continue
            controls = begins == times
            if control == "not_yet":
                controls |= begins > max(time, since) + anticipation
            controls = controls & there & (np.arange(never + 1) != group)
            if controls.any():
                found.append((group, time, since, controls))
            else:
                omitted.append((units.times[starts], units.times[time]))
    if not any(time >= units.starts[group] for group, time, _, _ in found):
        raise DataError(
            "nobody is left to compare the treated with",
            remedy="Give units never treated, or control='not_yet'",
        )
    return Cells(*(np.array(part) for part in zip(*found, strict=True))), omitted


def _tabled(units: Units, cells: Cells, effects: Floats, error: Floats) -> pd.DataFrame:
    half = student(units) * error
    size = np.bincount(units.kind, minlength=len(units.starts) + 1)
    return pd.DataFrame(
        {
            "group": units.times[units.starts[cells.group]],
            "time": units.times[cells.time],
            "base_time": units.times[cells.base],
            "event_time": [plain(value) for value in event_times(units, cells)],
            "estimate": effects,
            "error": error,
            "lower": effects - half,
            "upper": effects + half,
            "n_treated": size[cells.group],
            "n_control": cells.controls @ size,
        }
    )
