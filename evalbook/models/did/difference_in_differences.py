"""Better than elsewhere? Difference-in-differences with effects of unit and time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.errors import DataError
from evalbook.models.base.design import design
from evalbook.models.base.estimate import MIN_CLUSTERS, Estimate, Inference
from evalbook.models.base.panel import Panel, label, read_panel, refuse_draws, start_of
from evalbook.models.base.person_input import Floats, require, zero_one
from evalbook.models.base.regression import Regression, partial_out, refuse_dependent
from evalbook.models.few_clusters.assignments import Labels, assignments, count_assignments
from evalbook.models.few_clusters.null_distribution import NullDistribution
from evalbook.models.few_clusters.randomisation import Design, reassign
from evalbook.models.few_clusters.wild_bootstrap import bootstrap, possible


@dataclass(frozen=True, eq=False)
class TwoWay:
    """The two-way regression of a panel, and who could have been treated instead.

    Attributes
    ----------
    panel : Panel
        The rows.
    start : array of int, shape (units,)
        When each unit's treatment starts: a place among the times, or their number where it never
        does.
    regression : Regression
        The effect, with effects of unit and time and the controls partialled out.
    assigned : Design
        The courses of treatment, and who got which.
    """

    panel: Panel
    start: Labels
    regression: Regression
    assigned: Design

    @property
    def treated(self) -> NDArray[np.bool_]:
        """Which units are treated at some time."""
        return self.start < len(self.panel.times)

    @property
    def treated_clusters(self) -> int:
        """How many clusters have a treated unit."""
        return len(np.unique(self.panel.cluster_of_unit[self.treated]))

    @property
    def weight_of_cluster(self) -> Floats:
        """Each cluster's weight, summed over its rows."""
        sums = np.bincount(self.panel.cluster, weights=self.panel.weight)
        return np.asarray(sums, dtype=np.float64)

    @property
    def effective_treated(self) -> float:
        """How many treated clusters of equal weight would tell as much (Kish 1965)."""
        weight = self.weight_of_cluster[np.unique(self.panel.cluster_of_unit[self.treated])]
        return float(weight.sum() ** 2 / (weight**2).sum())

    @property
    def few(self) -> bool:
        """Whether there are too few treated clusters, or too few others, for the bootstrap."""
        return (
            min(self.treated_clusters, self.regression.clusters - self.treated_clusters)
            < MIN_CLUSTERS
        )

    @property
    def warning(self) -> str:
        """What the reader must know."""
        warnings = []
        if self.few:
            warnings.append(
                f"{self.treated_clusters} of {self.regression.clusters} clusters are treated: "
                f"with fewer than {MIN_CLUSTERS} on "
                "either side only randomisation inference is given, and it assumes that treated "
                "and others vary alike"
            )
        elif self.effective_treated < MIN_CLUSTERS:
            treated = np.unique(self.panel.cluster_of_unit[self.treated])
            weight = self.weight_of_cluster[treated]
            largest = self.panel.clusters[treated[int(weight.argmax())]]
            warnings.append(
                f"{label(largest)} has {weight.max() / weight.sum():.0%} of the weight of the "
                f"treated, worth {self.effective_treated:.1f} clusters of equal weight: "
                "randomisation rejects too often unless stratified by size, and the estimate is "
                "mostly its own"
            )
        if len(np.unique(self.start[self.treated])) > 1:
            warnings.append(
                "units start at different times: if effects change over time, use group_time_att"
            )
        return "; ".join(warnings)


def difference_in_differences(
    data: pd.DataFrame,
    outcome: str,
    unit: str,
    time: str,
    treated: str,
    *,
    weights: str | None = None,
    controls: Sequence[str] = (),
    cluster: str | None = None,
    strata: str | int | None = None,
    inference: Sequence[Inference] = ("wild", "randomisation"),
    draws: int = 9999,
    seed: int = 0,
) -> Estimate:
    """Estimate how much more the treated units changed, net of effects of unit and time.

    Parameters
    ----------
    data : pd.DataFrame
        One row per unit and time.
    outcome, unit, time : str
        Columns; times are ordered by their values.
    treated : str
        Column: 1 in the unit-times under treatment, else 0. Units may start at different times; a
        treatment does not end.
    weights : str, optional
        Column of weights above 0, such as persons behind each share.
    controls : sequence of str
        Columns held constant, varying over time; text becomes indicators.
    cluster : str, optional
        Column: units of one cluster may depend on each other. Default `unit`.
    strata : str or int, optional
        Treatment is reassigned only within these: a column that is the same throughout a cluster,
        or a number of groups of like size by the clusters' weight.
    inference : sequence of {"wild", "randomisation"}
        Tests to make. The interval is that of the first one that holds.
    draws : int
        Draws of each test, at least 19; all different ones are taken instead if there are no more.
    seed : int
        Of the draws. The result does not depend on the order of the rows.

    Returns
    -------
    Estimate

    Raises
    ------
    DataError
        If a column is absent or has a missing value, a unit stands twice at one time, lies in two
        clusters, is treated throughout or stops being treated, nobody is treated, the outcome is
        the same everywhere, a weight is not above 0, a control is collinear with the others or
        with the effects of unit and time, or units and times fall apart into parts that share
        neither.

    Notes
    -----
    Weighted least squares with effects of unit and time, exact for gaps and weights too: unit
    means are taken out, then the times and controls that are left. **Gaps**: a unit-time without a
    row is left out and counted in `.gaps`.

    Where units start at different times and the effect changes over time, this weighs comparisons
    with units treated earlier, some negatively (Goodman-Bacon 2021, Journal of Econometrics
    225:254-277); the estimate then says so in `.warning`, and `group_time_att` is the estimator to
    use.

    Inference: the wild cluster bootstrap as in `wild_cluster_bootstrap`, and randomisation on t as
    in `randomisation_test`, where units change places with their whole course of treatment; whole
    clusters, if all units of each cluster share theirs. With fewer than five treated clusters, or
    fewer than five others, the bootstrap does not hold (MacKinnon & Webb 2018, Econometrics
    Journal 21:114-135): then there is only randomisation, whatever was asked for, with a warning.
    CRV1 counts the effects of unit as nested in the clusters; CRV3 is the jackknife of MacKinnon,
    Nielsen & Webb (2023), Journal of Econometrics 232:272-299.
    """
    refuse_draws(draws, seed)
    wrong = [name for name in inference if name not in ("wild", "randomisation")]
    if wrong or not inference or isinstance(inference, str):
        raise DataError(
            f"inference = {inference!r} cannot be",
            remedy="Give a list of 'wild', 'randomisation' or both",
        )
    panel = read_panel(
        data, outcome, unit, time, also=[treated, *controls], weights=weights, cluster=cluster
    )
    start = start_of(panel, zero_one(panel.rows[treated], treated))
    model = two_way(panel, start, controls, treated)
    if strata is not None:
        model = stratified(model, strata)
    return infer(model, inference, draws, seed)


def two_way(panel: Panel, start: Labels, controls: Sequence[str], term: str) -> TwoWay:
    """Partial effects of unit and time and the controls out.

    Parameters
    ----------
    panel : Panel
        The rows.
    start : array of int, shape (units,)
        When each unit's treatment starts, or the number of times.
    controls : sequence of str
        Columns of the panel's rows.
    term : str
        What the treatment is called.
    """
    root = np.sqrt(panel.weight)
    # The latest, or never, comes first.
    starts, kind = np.unique(-start, return_inverse=True)
    courses = np.array([within_units(panel, (panel.time >= -begins) * root) for begins in starts])
    treatment = courses[kind[panel.unit], np.arange(len(panel.rows))]
    indicators = (panel.time[:, None] == np.arange(1, len(panel.times))) * root[:, None]
    held = design(panel.rows, controls) if controls else pd.DataFrame(index=panel.rows.index)
    others = within_units(
        panel, np.column_stack([indicators, held.to_numpy(dtype=float) * root[:, None]])
    )
    _refuse_absorbed(held, others[:, indicators.shape[1] :])
    names = [f"time {value}" for value in panel.times[1:]] + [str(column) for column in held]
    refuse_dependent(names, others)
    regression = partial_out(
        within_units(panel, panel.outcome * root),
        treatment,
        others,
        panel.cluster,
        term=term,
        parameters=others.shape[1] + 2,
        lengths=(
            _length((panel.outcome - panel.outcome.mean()) * root),
            _length(root[panel.time >= start[panel.unit]]),
        ),
    )
    return TwoWay(panel, start, regression, _assigned(panel, kind, courses))


def stratified(model: TwoWay, strata: str | int) -> TwoWay:
    """Return the model with treatment reassigned within strata only.

    Raises
    ------
    DataError
        If there is no such column, it has a missing value or varies within a cluster, units of a
        cluster differ in treatment, or nothing could be reassigned.
    """
    panel, assigned = model.panel, model.assigned
    count = len(assigned.labels)
    first = np.searchsorted(np.sort(assigned.owner), np.arange(count))
    first = np.argsort(assigned.owner, kind="stable")[first]
    if isinstance(strata, str):
        require(panel.rows, [strata])
        codes = pd.factorize(panel.rows[strata], sort=True)[0]
        found = codes[first]
        if (codes != found[assigned.owner]).any():
            raise DataError(
                f"{strata!r} varies within a unit or cluster", remedy="Give each one stratum"
            )
    else:
        if isinstance(strata, bool) or not 1 <= strata <= count:
            raise DataError(
                f"strata = {strata!r} cannot be", remedy=f"Give a column, or 1 to {count} groups"
            )
        weight = np.bincount(assigned.owner, weights=panel.weight)
        place = np.lexsort([np.arange(count), weight]).argsort()
        found = place * strata // count
    if count_assignments(assigned.labels, found) < 2:
        raise DataError(
            "within the strata nothing can be reassigned",
            remedy="Give larger strata, with treated and others in at least one",
        )
    return replace(model, assigned=replace(assigned, strata=found))


def within_units(panel: Panel, values: Floats) -> Floats:
    """Subtract each unit's weighted mean from values scaled by the root of the weight."""
    root = np.sqrt(panel.weight)
    columns = values.reshape(len(values), -1)
    first = np.searchsorted(panel.unit, np.arange(len(panel.units)))
    means = (
        np.add.reduceat(columns * root[:, None], first, axis=0)
        / np.add.reduceat(panel.weight, first)[:, None]
    )
    left = columns - means[panel.unit] * root[:, None]
    return left.reshape(values.shape)


def infer(model: TwoWay, inference: Sequence[Inference], draws: int, seed: int) -> Estimate:
    """Test the effect, and invert the first test for its interval."""
    panel, regression = model.panel, model.regression
    asked: tuple[Inference, ...] = (
        ("randomisation",) if model.few else tuple(dict.fromkeys(inference))
    )
    wild = bootstrap(regression, "webb", draws, None, seed) if "wild" in asked else None
    randomised = (
        reassigned(model, draws, seed, nulls=asked[0] == "randomisation")
        if "randomisation" in asked
        else None
    )
    inverted = wild if asked[0] == "wild" else randomised
    assert inverted is not None
    t = regression.t()
    without = pd.Series(regression.without_each(), index=panel.clusters, name="estimate")
    return Estimate(
        estimate=regression.estimate,
        interval=inverted.interval(regression),
        interval_by=asked[0],
        p_wild=wild.p(t) if wild else None,
        p_randomisation=randomised.p(t) if randomised else None,
        n=len(panel.rows),
        n_treated=int(model.treated.sum()),
        units=len(panel.units),
        clusters=regression.clusters,
        clusters_treated=model.treated_clusters,
        effective_treated=model.effective_treated,
        gaps=panel.gaps,
        error=regression.error,
        interval_crv1=regression.interval(regression.error),
        interval_crv3=_jackknife(regression, np.asarray(without, dtype=np.float64)),
        wild_draws=wild.draws if wild else None,
        wild_possible=possible("webb", regression.clusters) if wild else None,
        assignments=randomised.draws if randomised else None,
        assignments_possible=count_assignments(model.assigned.labels, model.assigned.strata)
        if randomised
        else None,
        seed=seed,
        warning=model.warning,
        leave_one_out=without,
    )


def reassigned(model: TwoWay, draws: int, seed: int, *, nulls: bool) -> NullDistribution:
    """Reassign the treatment; the same units, draws and seed give the same assignments."""
    assigned = model.assigned
    labels, exhaustive = assignments(assigned.labels, assigned.strata, draws, seed)
    return reassign(model.regression, model.assigned, labels, exhaustive, nulls=nulls)


def _length(values: Floats) -> float:
    return float(np.linalg.norm(values))


def _assigned(panel: Panel, kind: Labels, courses: Floats) -> Design:
    """Reassign whole clusters if the units of each share their course, else units."""
    of_unit = panel.cluster_of_unit
    of_cluster = np.zeros(len(panel.clusters), dtype=np.int64)
    of_cluster[of_unit] = kind
    if (of_cluster[of_unit] == kind).all():
        return Design(of_cluster, panel.cluster, courses)
    return Design(kind, panel.unit, courses)


def _refuse_absorbed(held: pd.DataFrame, left: Floats) -> None:
    for column, (name, before) in zip(left.T, held.items(), strict=True):
        if np.linalg.norm(column) <= 1e-9 * np.linalg.norm(before):
            raise DataError(
                f"the control {name!r} does not change over time in any unit",
                remedy="Leave it out: effects of unit hold it",
            )


def _jackknife(regression: Regression, without: Floats) -> tuple[float, float] | None:
    """CRV3: the spread of the estimates without each cluster around the whole one."""
    if np.isnan(without).any():
        return None
    groups = len(without)
    return regression.interval(
        float(np.sqrt((groups - 1) / groups * ((without - regression.estimate) ** 2).sum()))
    )
