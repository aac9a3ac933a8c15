"""An effect that the design can carry: estimate, drift, bounds, second opinions and reservations.

Each municipality counts alike, in the estimate and in all that stands beside it: it is what was
given the methods, and one that has most of the persons would otherwise decide alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import numpy as np
import pandas as pd
from scipy import stats

from evalbook.errors import DataError
from evalbook.models import (
    Contrast,
    DetectableEffect,
    Estimate,
    EventStudy,
    HonestBounds,
    PretrendPower,
    SyntheticDiD,
    contrast,
    difference_in_differences,
    event_study,
    holm,
    honest_bounds,
    minimum_detectable_effect,
    pretrend_power,
    synthetic_did,
)
from evalbook.models.base.estimate import MIN_CLUSTERS
from evalbook.models.base.person_input import Floats
from evalbook.models.few_clusters.contrast import Weights
from evalbook.models.method import NO_INTERVAL, method
from nychance import MUNICIPALITIES, tr
from nychance import columns as c
from nychance.benchmarking.effects import PERSONS

# The chances with which a slope before the start is found.
CHANCES: Final = (0.5, 0.8)
# Placebos of the synthetic comparison; each solves two quadratic programmes.
PLACEBOS: Final = 499
GROUPS_OF_SIZE: Final = 2
WEIGHTS: Final[tuple[Weights, ...]] = ("equal", "size")
# How many times the largest difference in trends before the start the bounds allow for.
ALLOWED: Final = (0.5, 1.0, 1.5, 2.0)
OPINIONS: Final = {
    "randomisation": tr("Each municipality alike, randomisation test"),
    "cr2": tr("Each municipality alike, CR2 with Satterthwaite's degrees of freedom"),
    "strata": tr("Each municipality alike, randomisation within groups of size"),
    "size": tr("Weighted by persons"),
    "wild": tr("Weighted by persons, wild cluster bootstrap"),
    "synthetic": tr("Synthetic difference-in-differences, placebos"),
    "drift": tr("Less the drift from before the start"),
}
# Of the columns of `effects_table` that are in no unit of an effect.
UNITS: Final = {
    "method_before": "share",
    "method_after": "share",
    "comparison_before": "share",
    "comparison_after": "share",
    "p_adjusted": "p",
}
Reservation = Literal["drift", "breakdown", "weights", "one-municipality", "second-opinion", ""]


@dataclass(frozen=True)
class Drift:
    """The change of the gap before the start, and what it makes of the effect if it goes on.

    Attributes
    ----------
    slope : Contrast
        Of the municipalities' slopes, per period.
    distance : float
        Periods between the mean period before the start and the mean period after it.
    """

    slope: Contrast
    distance: float

    @property
    def carried(self) -> float:
        """How large an effect the drift alone would seem to be."""
        return self.slope.estimate * self.distance

    @property
    def carried_interval(self) -> tuple[float, float] | None:
        """Its 95 per cent interval."""
        if self.slope.interval is None:
            return None
        low, high = self.slope.interval
        return low * self.distance, high * self.distance


@dataclass(frozen=True, eq=False)
class Effect:
    """A difference-in-differences between municipalities, with all that it must be told with.

    Attributes
    ----------
    outcome : str
        What it is of.
    contrast : Contrast
        The effect: changes of municipalities that count alike.
    strata, by_size : Contrast or None, Contrast
        The same with randomisation within groups of size; and weighted by persons, which is not
        tested where one municipality has most of them.
    two_way : Estimate or None
        Weighted by persons, with the wild cluster bootstrap; None where its level would not hold.
    less_drift : Contrast
        The effect less each municipality's own slope from before the start, carried on.
    drift : Drift
        The gap's slope before the start.
    study : EventStudy
        By period, against the last one before the start.
    bounds : HonestBounds or None
        Bounds on the mean effect if trends differ (relative magnitudes).
    detected : dict
        By chance (50 and 80 per cent): the slope that the test before the start would have found.
    synthetic : SyntheticDiD or None
        The second estimator.
    detectable : DetectableEffect or None
        What could be found at all, from the periods before the start.
    p_adjusted : float or None
        Holm's, for the outcomes that were tested together.
    interim : bool
        Whether a later checkpoint looks again.
    """

    outcome: str
    contrast: Contrast
    strata: Contrast | None
    by_size: Contrast
    two_way: Estimate | None
    less_drift: Contrast
    drift: Drift
    study: EventStudy
    bounds: HonestBounds | None
    detected: Mapping[float, PretrendPower] = field(repr=False)
    synthetic: SyntheticDiD | None
    detectable: DetectableEffect | None
    p_adjusted: float | None = None
    interim: bool = False

    @property
    def estimate(self) -> float:
        """The effect, as a share."""
        return self.contrast.estimate

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its 95 per cent interval, or None if nothing can be tested."""
        return self.contrast.interval

    @property
    def p(self) -> float | None:
        """The p to be told: adjusted for the outcomes tested together."""
        return self.contrast.p if self.p_adjusted is None else self.p_adjusted

    @property
    def clear(self) -> bool:
        """Whether an effect may be claimed: interval and adjusted p leave zero out."""
        decided = self.contrast.direction in ("higher", "lower")
        return decided and self.p is not None and self.p <= 0.05

    @property
    def breakdown(self) -> float | None:
        """How many times the largest difference in trends before the start is allowed for."""
        return None if self.bounds is None else self.bounds.breakdown

    @property
    def reservation(self) -> Reservation:
        """The weightiest thing that speaks against the effect; it stands beside it."""
        carried = self.drift.carried_interval
        if self.breakdown == 0:
            return "breakdown"
        if self.less_drift.direction not in ("higher", "lower") or (
            carried is not None and (carried[0] > 0 or carried[1] < 0)
        ):
            return "drift"
        if self.breakdown is not None and self.breakdown < 1:
            return "breakdown"
        if self.by_size.estimate * self.estimate < 0:
            return "weights"
        if self.contrast.largest_share > 0.5:
            return "one-municipality"
        if self.synthetic is not None and self.synthetic.p > 0.05:
            return "second-opinion"
        return ""

    def levels(self) -> dict[str, float]:
        """Return the level of both kinds before and after the start: `method-before` and so on."""
        table = self.contrast.levels.rename({"treated": "method"})
        return {
            f"{role}-{when}": float(table[when][role])
            for role in ("method", "comparison")
            for when in ("before", "after")
        }

    def tidy(self) -> pd.DataFrame:
        """Return the row of the contrast, with the adjusted p and the breakdown value."""
        row = self.contrast.tidy().assign(term=self.outcome)
        return row.assign(p_adjusted=self.p_adjusted, breakdown=self.breakdown)

    def opinions(self) -> pd.DataFrame:
        """Return the estimates side by side.

        Returns
        -------
        DataFrame
            By opinion (keys of `OPINIONS`): `estimate`, `lower`, `upper`, `p`, and `status`, empty
            or `not-tested`.
        """
        found = self.contrast
        rows = {
            "randomisation": (found.estimate, found.interval, found.p),
            "cr2": (found.estimate, found.interval_cr2, found.p_cr2),
            "size": (self.by_size.estimate, self.by_size.interval, self.by_size.p),
            "drift": (self.less_drift.estimate, self.less_drift.interval, self.less_drift.p),
        }
        if self.strata is not None:
            rows["strata"] = (self.strata.estimate, self.strata.interval, self.strata.p)
        if self.two_way is not None:
            rows["wild"] = (self.two_way.estimate, self.two_way.interval, self.two_way.p)
        if self.synthetic is not None:
            second = self.synthetic
            rows["synthetic"] = (second.estimate, second.interval, second.p)
        table = pd.DataFrame.from_dict(
            {
                key: [value, *(interval or (np.nan, np.nan)), np.nan if p is None else p]
                for key, (value, interval, p) in rows.items()
            },
            orient="index",
            columns=["estimate", "lower", "upper", "p"],
        )
        table["status"] = np.where(table["p"].isna(), "not-tested", "")
        return table.reindex([key for key in OPINIONS if key in rows]).rename_axis("opinion")


@method(
    tr("Difference-in-differences, each municipality alike"),
    formula=tr(
        "mean change of the method municipalities − mean change of the comparison municipalities, "
        "from the periods before the start to those after it"
    ),
    unit=MUNICIPALITIES,
    interval=tr(
        "randomisation of the roles on Welch's t, inverted; with drift, honest bounds, CR2 and "
        "synthetic difference-in-differences beside it"
    ),
    source="MacKinnon and Webb (2020); Rambachan and Roth (2023); Arkhangelsky et al. (2021)",
)
def effect(
    panel: pd.DataFrame,
    outcome: str,
    *,
    draws: int,
    seed: int,
    interim: bool = False,
) -> Effect:
    """Estimate the effect on an outcome from a panel of municipalities.

    Parameters
    ----------
    panel : DataFrame
        As returned by `cohort_panel` or `panel`, with periods before and after the start.
    outcome : str
        A column of shares.
    interim : bool
        Whether a later checkpoint looks again.

    Raises
    ------
    DataError
        As `evalbook.models.contrast`; also if there are no periods before, or after, the start.
    """
    rows = panel.assign(late=(panel["period"] >= 0).astype(int), on=panel["method"].astype(int))
    rows["counted"] = rows[outcome] * rows[PERSONS]
    found, by_size = (
        _compare(rows, "counted", draws, seed, out_of=PERSONS, weights=weights)
        for weights in WEIGHTS
    )
    try:
        strata = _compare(rows, "counted", draws, seed, out_of=PERSONS, strata=GROUPS_OF_SIZE)
    except DataError:
        # One of the groups holds one kind only.
        strata = None
    drifted, slopes = drift(panel, outcome, draws=draws, seed=seed)
    rows["straight"] = rows[outcome] - rows[c.MUNICIPALITY].map(slopes) * rows["period"]
    study = _study(panel, outcome, draws, seed)
    bounds, detected = _sensitivity(panel, outcome)
    return Effect(
        outcome=outcome,
        contrast=replace(found, term=outcome),
        strata=strata,
        by_size=by_size,
        two_way=_two_way(panel, outcome, by_size, draws, seed),
        less_drift=_compare(rows, "straight", draws, seed),
        drift=drifted,
        study=study,
        bounds=bounds,
        detected=detected,
        synthetic=_synthetic(panel, outcome, seed),
        detectable=_detectable(panel, outcome),
        interim=interim,
    )


def effects_adjusted(found: Mapping[str, Effect]) -> dict[str, Effect]:
    """Return effects with their p adjusted for all of them; not tested ones stay as they are.

    A single one needs no adjustment.
    """
    tested = {name: one.contrast.p for name, one in found.items() if one.contrast.p is not None}
    if len(tested) <= 1:
        return dict(found)
    adjusted = holm(tested)["p_holm"]
    return {
        name: replace(one, p_adjusted=float(adjusted[name])) if name in tested else one
        for name, one in found.items()
    }


def _compare(
    rows: pd.DataFrame,
    outcome: str,
    draws: int,
    seed: int,
    *,
    out_of: str | None = None,
    weights: Weights = "equal",
    strata: int | None = None,
) -> Contrast:
    """Compare the changes of the municipalities."""
    return contrast(
        rows,
        outcome,
        c.MUNICIPALITY,
        "on",
        out_of=out_of,
        after="late",
        weights=weights,
        strata=strata,
        draws=draws,
        seed=seed,
    )


@method(
    tr("Drift before the start"),
    formula=tr(
        "mean slope of the method municipalities − mean slope of the comparison municipalities, "
        "per period before the start"
    ),
    unit=MUNICIPALITIES,
    interval=tr("randomisation of the roles on Welch's t, inverted"),
    source="MacKinnon and Webb (2020)",
)
def drift(
    panel: pd.DataFrame, outcome: str, *, draws: int, seed: int
) -> tuple[Drift, "pd.Series[float]"]:
    """Compare the slopes of the municipalities before the start.

    Returns
    -------
    tuple of Drift and Series
        The drift, and each municipality's least-squares slope per period.

    Raises
    ------
    DataError
        If there are fewer than two periods before the start; and as `evalbook.models.contrast`.
    """
    early = panel[panel["period"] < 0]
    if early["period"].nunique() < 2:
        raise DataError(
            "there are fewer than two periods before the start",
            remedy="Give an extract that reaches back further",
        )
    keys = early[c.MUNICIPALITY]
    time = early["period"] - early.groupby(keys)["period"].transform("mean")
    slopes = (time * early[outcome]).groupby(keys).sum() / (time**2).groupby(keys).sum()
    is_method = panel.groupby(c.MUNICIPALITY)["method"].first().astype(int)
    rows = pd.DataFrame({"slope": slopes, "on": is_method}).rename_axis(c.MUNICIPALITY)
    found = contrast(rows.reset_index(), "slope", c.MUNICIPALITY, "on", draws=draws, seed=seed)
    late = panel.loc[panel["period"] >= 0, "period"]
    apart = float(late.mean() - early["period"].mean()) if len(late) else 0.0
    return Drift(found, apart), slopes


@method(
    tr("Smallest effect that can be found"),
    formula=tr("the effect that a 5% test of as many periods finds with a chance of 80 per cent"),
    unit=MUNICIPALITIES,
    interval=NO_INTERVAL,
    source="Bloom (1995)",
)
def detectable(panel: pd.DataFrame, outcome: str, power: float = 0.8) -> DetectableEffect:
    """Compute the smallest effect that the design finds, from the periods before the start.

    As many periods before as after the start, as many as there are.
    """
    rows = panel[panel["period"] < 0].assign(on=panel["method"].astype(int))
    return minimum_detectable_effect(rows, outcome, c.MUNICIPALITY, "period", "on", power=power)


def effects_table(found: Mapping[str, Effect]) -> pd.DataFrame:
    """Return several effects in one table.

    Returns
    -------
    DataFrame
        By outcome: levels of both kinds `before` and `after` the start (`method_before` to
        `comparison_after`), `estimate` with its interval `lower` to `upper`, `p`, `p_adjusted`
        (Holm), `carried` (what the drift alone would be), `breakdown`, `n` municipalities, `unit`,
        and `status`: empty or `not-tested`.
    """
    rows = {}
    for name, one in effects_adjusted(found).items():
        low, high = one.interval or (np.nan, np.nan)
        rows[name] = {
            **{key.replace("-", "_"): level for key, level in one.levels().items()},
            "estimate": one.estimate,
            "lower": low,
            "upper": high,
            "p": one.contrast.p,
            "p_adjusted": one.p_adjusted,
            "carried": one.drift.carried,
            "breakdown": one.breakdown,
            "n": one.contrast.clusters,
            "unit": "share",
            "status": "" if one.interval else "not-tested",
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("outcome")


def study_table(found: Effect) -> pd.DataFrame:
    """Return an event study with its simultaneous band, the base with zeros.

    Returns
    -------
    DataFrame
        By period: `estimate`, pointwise `lower` and `upper`, and the band `band_lower` to
        `band_upper`, missing where gaps leave none.
    """
    rows = found.study.to_frame()[["estimate", "lower", "upper"]]
    band = ["band_lower", "band_upper"]
    if found.study.critical is None:
        rows[band] = np.nan
    else:
        rows[band] = found.study.bands().set_axis(band, axis=1)
    rows.loc[found.study.base] = 0.0
    period = {event: int(time) for event, time in found.study.times.items()}
    shift = period[0]
    return rows.rename(index=lambda event: period[event] - shift).sort_index().rename_axis("period")


def _study(panel: pd.DataFrame, outcome: str, draws: int, seed: int) -> EventStudy:
    # The event study takes a start of 0 for never treated, so periods are shifted to avoid it.
    shift = 1 - int(panel["period"].min())
    return event_study(
        panel.assign(period=panel["period"] + shift, starts=panel["starts"] + shift),
        outcome,
        c.MUNICIPALITY,
        "period",
        "starts",
        inference=("wild",),
        draws=draws,
        seed=seed,
    )


def _sensitivity(
    panel: pd.DataFrame, outcome: str
) -> tuple[HonestBounds | None, dict[float, PretrendPower]]:
    """Bound the mean effect, and tell what slope the test before the start would have found."""
    wide = panel.pivot(index=c.MUNICIPALITY, columns="period", values=outcome).dropna()
    # Periods are counted in the order that they have: entrants have none right before the start.
    before = int((wide.columns.to_numpy() < 0).sum()) - 1
    times = np.arange(wide.shape[1]) - before - 1
    values = wide.to_numpy()
    is_method = panel.groupby(c.MUNICIPALITY)["method"].first()[wide.index].to_numpy()
    if min(is_method.sum(), (~is_method).sum()) < 2:
        return None, {}
    changes = (values - values[:, [before]])[:, times != -1]
    covariance = _covariance(changes, is_method)
    estimates = changes[is_method].mean(axis=0) - changes[~is_method].mean(axis=0)
    after = len(estimates) - before
    if before < 1 or after < 1 or np.linalg.matrix_rank(covariance) < len(covariance):
        return None, {}
    mean = [1 / after] * after
    bounds = honest_bounds(estimates, covariance, before, m=ALLOWED, after=mean)
    detected = {
        chance: pretrend_power(estimates, covariance, times[times != -1], power=chance)
        for chance in CHANCES
    }
    return bounds, detected


def _covariance(changes: Floats, is_method: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Floats:
    """Estimate the covariance of the differences between the kinds, for a normal distribution.

    Unbiased (CR2), and stretched so that its normal intervals are those of Student's t with
    Satterthwaite's degrees of freedom.
    """
    total, square, size = np.zeros((2, changes.shape[1], changes.shape[1])), 0.0, 0.0
    for part, mask in enumerate((is_method, ~is_method)):
        n = int(mask.sum())
        total[part] = np.atleast_2d(np.cov(changes[mask], rowvar=False)) / n
        size += 1 / n
        square += 1 / (n**2 * (n - 1))
    stretch = stats.t.ppf(0.975, size**2 / square) / stats.norm.ppf(0.975)
    return np.asarray(total.sum(axis=0) * stretch**2, dtype=np.float64)


def _two_way(
    panel: pd.DataFrame, outcome: str, by_size: Contrast, draws: int, seed: int
) -> Estimate | None:
    """Estimate by persons with the bootstrap, if enough municipalities count (calibration)."""
    others = by_size.clusters - by_size.clusters_treated
    # Municipalities of one size are as many as they are, but for rounding.
    if min(round(by_size.effective_treated, 6), others) < MIN_CLUSTERS:
        return None
    return difference_in_differences(
        panel,
        outcome,
        c.MUNICIPALITY,
        "period",
        "treated",
        weights=PERSONS,
        inference=("wild",),
        draws=draws,
        seed=seed,
    )


def _synthetic(panel: pd.DataFrame, outcome: str, seed: int) -> SyntheticDiD | None:
    """Estimate by synthetic difference-in-differences, without municipalities that have gaps."""
    seen = panel.groupby(c.MUNICIPALITY)["period"].transform("size")
    whole = panel[seen == panel["period"].nunique()]
    kinds = whole.groupby("method")[c.MUNICIPALITY].nunique()
    if len(kinds) < 2 or kinds[False] <= kinds[True] or (whole["period"] < 0).sum() < 2:
        return None
    return synthetic_did(
        whole, outcome, c.MUNICIPALITY, "period", "treated", draws=PLACEBOS, seed=seed
    )


def _detectable(panel: pd.DataFrame, outcome: str) -> DetectableEffect | None:
    try:
        return detectable(panel, outcome)
    except DataError:
        # Gaps, or too few periods: the effect stands without it.
        return None
