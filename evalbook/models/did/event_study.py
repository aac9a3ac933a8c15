"""Event studies: treated against others, time by time, before and after the start."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from evalbook.errors import DataError
from evalbook.models.base.estimate import Estimate, Inference
from evalbook.models.base.outcome import Fit
from evalbook.models.base.panel import Panel, label, read_panel, refuse_draws, refuse_starts
from evalbook.models.base.person_input import Floats
from evalbook.models.base.plots import plot_intervals
from evalbook.models.did.difference_in_differences import TwoWay, infer, reassigned, two_way
from evalbook.models.few_clusters.assignments import Labels
from evalbook.models.few_clusters.null_distribution import p_of
from evalbook.models.few_clusters.wild_bootstrap import bootstrap


@dataclass(frozen=True, eq=False)
class EventStudy(Fit):
    """A difference-in-differences of each time against the base.

    Attributes
    ----------
    base : int
        The event time that the others are compared with: -1 is the last before the start.
    effects : dict of Estimate by int
        By event time: 0 is the first treated time. Those before 0 show whether the groups moved
        alike.
    times : dict by int
        What each event time is called in the data.
    p_before : float or None
        Two-sided p that nothing differed at any time before the start: randomisation inference on
        the largest absolute t of those times. None if the base is the only one, or if gaps leave
        other units to each.
    covariance : pd.DataFrame or None
        Of the effects, cluster-robust (CR1), for `honest_bounds` and `pretrend_power`; None if gaps
        leave other units to each time.
    critical : float or None
        How many errors the simultaneous band reaches to either side: the 95 per cent quantile of
        the largest absolute t of all times, by the wild cluster bootstrap, or by reassignment if
        only that holds; None as the covariance.
    """

    base: int
    effects: dict[int, Estimate]
    times: dict[int, Any]
    p_before: float | None
    covariance: pd.DataFrame | None = None
    critical: float | None = None

    @property
    def estimates(self) -> "pd.Series[float]":
        """The effects by event time, without the base."""
        values = {event: effect.estimate for event, effect in self.effects.items()}
        return pd.Series(values, name="estimate").rename_axis("event_time")

    @property
    def before(self) -> int:
        """How many effects lie before the base."""
        return sum(event < self.base for event in self.effects)

    def bands(self) -> pd.DataFrame:
        """Return simultaneous 95 per cent bands: the whole course lies within, not each time alone.

        Returns
        -------
        pd.DataFrame
            By event time: `lower` and `upper`.

        Raises
        ------
        DataError
            If gaps leave other units to each time, so that they have no joint distribution.
        """
        if self.critical is None:
            raise DataError(
                "gaps leave other units to each time, so that there is no band",
                remedy="Leave out units with gaps, or times at which some have none",
            )
        error = pd.Series({event: effect.error for event, effect in self.effects.items()})
        half = self.critical * error
        table = pd.DataFrame({"lower": self.estimates - half, "upper": self.estimates + half})
        return table.rename_axis("event_time")

    def to_frame(self) -> pd.DataFrame:
        """Return a row per event time, as `Estimate.to_frame`, with the `time` it stands for."""
        table = pd.concat(
            {event: effect.to_frame() for event, effect in self.effects.items()},
            names=["event_time"],
        )
        table = table.droplevel(1)
        table.insert(0, "time", [self.times[event] for event in table.index])
        return table

    def summary(self) -> str:
        """Return a line of text per event time."""
        lines = [f"against event time {self.base} ({label(self.times[self.base])})"]
        for event, effect in self.effects.items():
            low, high = effect.interval
            tests = {"wild": effect.p_wild, "randomisation": effect.p_randomisation}
            told = ", ".join(f"p {name} = {p:.4f}" for name, p in tests.items() if p is not None)
            lines.append(
                f"{event:+d} ({label(self.times[event])}): {effect.estimate:.4g} ({low:.4g} to "
                f"{high:.4g}), {told}"
            )
        if self.p_before is not None:
            lines.append(
                f"all times before the start together: p = {self.p_before:.4f} (randomisation on "
                "the largest t)"
            )
        else:
            lines.append(
                "no test of whether the groups moved alike before the start: it needs two such "
                "times without gaps"
            )
        warnings = {effect.warning: None for effect in self.effects.values() if effect.warning}
        return "\n".join(lines + [f"warning: {warning}" for warning in warnings])

    def tidy(self) -> pd.DataFrame:
        """Return a row per event time, as `Estimate.tidy`, with `event_time` and `time`."""
        rows = [effect.tidy() for effect in self.effects.values()]
        table = pd.concat(rows, ignore_index=True)
        times = [self.times[event] for event in self.effects]
        table = table.assign(event_time=list(self.effects), time=times)
        if self.critical is None:
            return table
        band = self.bands().reset_index(drop=True).add_prefix("band_")
        return table.join(band)

    def _draw(self, ax: Any, unit: str) -> Any:
        """Draw the effects by event time; the base is 0."""
        base = {"event_time": self.base, "time": self.times[self.base]}
        zero = pd.DataFrame([base | dict.fromkeys(("estimate", "error", "lower", "upper"), 0.0)])
        table = pd.concat([self.tidy(), zero]).sort_values("event_time", ignore_index=True)
        return plot_intervals(table, ax, label="time", upright=True, unit=unit)


def event_study(
    data: pd.DataFrame,
    outcome: str,
    unit: str,
    time: str,
    first_treated: str,
    *,
    base: int = -1,
    weights: str | None = None,
    controls: Sequence[str] = (),
    cluster: str | None = None,
    inference: Sequence[Inference] = ("wild", "randomisation"),
    draws: int = 9999,
    seed: int = 0,
) -> EventStudy:
    """Compare the treated with the others time by time, each time against one base.

    Parameters
    ----------
    data, outcome, unit, time, weights, controls, cluster, inference, draws, seed
        As for `difference_in_differences`.
    first_treated : str
        Column: the unit's first treated time, 0 or missing for never; the same for all who are
        treated.
    base : int
        The event time to compare with, counted in times that the data have; -1 is the last before
        the start.

    Returns
    -------
    EventStudy

    Raises
    ------
    DataError
        As for `difference_in_differences`; also if units start at different times, `first_treated`
        varies within a unit or is none of the times, or there is no such base.

    Notes
    -----
    Each effect is the difference-in-differences of two times, that one and the base. Without gaps,
    and with weights that stay the same over time, it equals the coefficient of the regression with
    effects of unit and time and an indicator of the treated for each time but the base. **Gaps**:
    each effect rests on the units seen at both of its times. Controls have coefficients of their
    own in each pair.

    Where units start at different times those coefficients mix effects of different times (Sun &
    Abraham 2021, Journal of Econometrics 225:175-199): use `group_time_att(..., control="never",
    base="universal").aggregate("dynamic")`, which without covariates is their interaction-weighted
    estimator.
    """
    refuse_draws(draws, seed)
    panel = read_panel(data, outcome, unit, time, also=controls, weights=weights, cluster=cluster)
    start = first_times(panel, first_treated, unit)
    begins = np.unique(start[start < len(panel.times)])
    if len(begins) > 1:
        raise DataError(
            f"units start at {len(begins)} different times, so that one event time means "
            "different times",
            remedy=(
                'Use group_time_att(..., control="never", base="universal").aggregate("dynamic")'
            ),
        )
    events = np.arange(len(panel.times)) - begins[0]
    if base not in events or base >= 0:
        raise DataError(
            f"there is no event time {base} before the start",
            remedy=f"Use one from {events[0]} to -1",
        )
    models = {}
    for event in (int(event) for event in events if event != base):
        pair, started = _pair(panel, start, int(begins[0]) + base, int(begins[0]) + event)
        models[event] = two_way(pair, started, controls, f"event time {event}")
    effects = {event: infer(model, inference, draws, seed) for event, model in models.items()}
    names = {int(event): panel.times[place] for place, event in enumerate(events)}
    before = _before([models[event] for event in models if event < 0], draws, seed)
    return EventStudy(base, effects, names, before, *_jointly(models, inference, draws, seed))


def first_times(panel: Panel, first_treated: str, unit: str) -> Labels:
    """Read when each unit's treatment starts: a place among the times, or their number for never.

    Raises
    ------
    DataError
        If the column is absent, varies within a unit, or a start is none of the times; and as
        `refuse_starts`.
    """
    if first_treated not in panel.rows:
        raise DataError(
            f"there is no column {first_treated!r}",
            remedy=f"Use one of {', '.join(map(str, panel.rows))}",
        )
    values = panel.rows[first_treated]
    zero = values == 0
    if zero.any() and (np.asarray(panel.times) == 0)[1:].any():
        raise DataError(
            f"{first_treated!r} is 0, which is a time of the data as well as the mark of never",
            remedy="Number the times from 1, and leave the start of those never treated missing",
        )
    never = values.isna() | zero
    place = panel.times.get_indexer(pd.Index(values.where(~never, panel.times[0])))
    unknown = np.flatnonzero((place < 0) & ~never)
    if len(unknown):
        raise DataError(
            f"{first_treated!r} is {label(values.iloc[unknown[0]])} for {unit} "
            f"{label(panel.units[panel.unit[unknown[0]]])}, "
            "which is none of the times",
            remedy="Give the first treated time that the data have; 0 or nothing for never",
        )
    code = np.where(never, len(panel.times), place)
    first = np.searchsorted(panel.unit, np.arange(len(panel.units)))
    start = code[first]
    varies = np.flatnonzero(code != start[panel.unit])
    if len(varies):
        raise DataError(
            f"{first_treated!r} varies within {unit} {label(panel.units[panel.unit[varies[0]]])}",
            remedy="Give each unit one start",
        )
    refuse_starts(panel, start, panel.time[first])
    return start


def _pair(panel: Panel, start: Labels, base: int, place: int) -> tuple[Panel, Labels]:
    """Select two times, the base first, and the units seen at both.

    The treated count as starting at the second.
    """
    rows = np.isin(panel.time, [base, place])
    seen = np.bincount(panel.unit[rows], minlength=len(panel.units)) == 2
    rows &= seen[panel.unit]
    units, unit = np.unique(panel.unit[rows], return_inverse=True)
    clusters, cluster = np.unique(panel.cluster[rows], return_inverse=True)
    started = np.where(start[units] < len(panel.times), 1, 2)
    if len(np.unique(started)) < 2:
        raise DataError(
            f"treated and others are not both seen at {label(panel.times[base])} and "
            f"{label(panel.times[place])}",
            remedy="Leave that time out, or choose another base",
        )
    pair = Panel(
        panel.rows[rows].reset_index(drop=True),
        unit=unit,
        time=(panel.time[rows] == place).astype(np.int64),
        cluster=cluster,
        units=panel.units[units],
        times=panel.times[[base, place]],
        clusters=panel.clusters[clusters],
        outcome=panel.outcome[rows],
        weight=panel.weight[rows],
    )
    return pair, started


def _before(models: list[TwoWay], draws: int, seed: int) -> float | None:
    """Test all times before the start at once, by the largest t.

    None without such times or with other units in each.
    """
    if not models or any(len(model.panel.rows) != len(models[0].panel.rows) for model in models):
        return None
    nulls = [reassigned(model, draws, seed, nulls=False) for model in models]
    largest = np.max([np.abs(null.t()) for null in nulls], axis=0)
    observed = max(abs(model.regression.t()) for model in models)
    return p_of(largest, observed, exhaustive=nulls[0].exhaustive)


def _jointly(
    models: dict[int, TwoWay], inference: Sequence[Inference], draws: int, seed: int
) -> tuple[pd.DataFrame | None, float | None]:
    """Compute the covariance of all effects, and the critical value of the largest t."""
    first = next(iter(models.values()))
    if any(len(model.panel.rows) != len(first.panel.rows) for model in models.values()):
        return None, None
    # The same clusters in the same order, and so the same multipliers or assignments, in each.
    wild = "wild" in inference and not first.few
    largest: Floats = np.zeros(1)
    influence = []
    for model in models.values():
        regression = model.regression
        left = regression.outcome - regression.estimate * regression.treatment
        scores = regression.by_cluster(regression.treatment * left) / regression.information
        influence.append(scores * np.sqrt(regression.factor))
        null = (
            bootstrap(regression, "webb", draws, None, seed)
            if wild
            else reassigned(model, draws, seed, nulls=False)
        )
        largest = np.maximum(largest, np.abs(null.t()))
    events = pd.Index(list(models), name="event_time")
    covariance = np.array(influence) @ np.array(influence).T
    critical = float(np.quantile(largest, 0.95, method="higher"))
    return pd.DataFrame(covariance, index=events, columns=events), critical
