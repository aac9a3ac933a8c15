"""The hazard in discrete time: how likely the event is in a week, if it has not happened."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from evalbook.errors import DataError
from evalbook.models.base.design import design, refuse_collinear, refuse_separated
from evalbook.models.base.patterns import Patterns, cluster_scores, patterns
from evalbook.models.base.person_input import Floats, numbers, require, zero_one
from evalbook.models.survival.curves import Z
from evalbook.models.survival.ratios import (
    RatioModel,
    coefficient_table,
    few_clusters_warning,
    refuse_singular,
    refuse_undetermined,
)

Link = Literal["cloglog", "logit"]
# Weeks at which a new stretch of the baseline begins: by the month at first, then by half and
# whole years.
BANDS: Final = (0, 4, 13, 26, 52, 104)
RATIOS: Final[dict[Link, str]] = {"cloglog": "hazard_ratio", "logit": "odds_ratio"}
_STEPS, _SHORTEST, _TOLERANCE = 60, 1e-6, 1e-10
# From here on a hazard is as good as certain, and its exponential too large to compute.
_HIGHEST: Final[dict[Link, float]] = {"cloglog": 6.0, "logit": 30.0}
_BAND = "duration band"


@dataclass(frozen=True, eq=False)
class HazardModel(RatioModel):
    """Ratios of weekly hazards, and the baseline hazard by duration.

    Attributes
    ----------
    n : int
        Person-weeks at risk.
    events : int
        Events among them.
    clusters : int or None
        Clusters, if the intervals are robust to dependence within them.
    link : {"cloglog", "logit"}
        Whether the ratios are of hazards or of odds.
    loglikelihood : float
        At the estimate.
    baseline : pd.DataFrame
        Indexed by the first and last week of each stretch of duration: `hazard` of a week with its
        95 per cent interval `lower` to `upper`, for covariates at their mean, and `n` and
        `events`.
    warning : str
        Empty, or what the reader must know.
    """

    n: int
    events: int
    clusters: int | None
    link: Link
    loglikelihood: float
    baseline: pd.DataFrame
    _table: pd.DataFrame = field(repr=False)
    warning: str = ""

    @property
    def ratio(self) -> str:
        """The name of the ratios: of hazards, or of odds with the logit."""
        return RATIOS[self.link]

    def to_frame(self) -> pd.DataFrame:
        """Return the estimates by term.

        Returns
        -------
        pd.DataFrame
            `hazard_ratio` (`odds_ratio` with the logit), its 95 per cent interval `lower` to
            `upper`, `p`, the log ratio `coefficient` with its standard `error`, whether it is
            `time_varying`, and the `n` and `events` of the whole.
        """
        return self._table.assign(n=self.n, events=self.events)

    def summary(self) -> str:
        """Return a line of text per term."""
        robust = f", {self.clusters} clusters" if self.clusters else ""
        lines = [f"person-weeks = {self.n}, events = {self.events}{robust}, {self.link}"]
        for term, row in self._table.iterrows():
            interval = f"{row['lower']:.3g} to {row['upper']:.3g}"
            lines.append(f"{term}: {row[RATIOS[self.link]]:.3g} ({interval}), p = {row['p']:.3g}")
        return "\n".join(lines + ([f"warning: {self.warning}"] if self.warning else []))


def discrete_time_hazard(
    person_weeks: pd.DataFrame,
    event: str,
    duration: str,
    covariates: Sequence[str],
    *,
    time_varying: Sequence[str] = (),
    cluster: str | None = None,
    link: Link = "cloglog",
    bands: Sequence[float] = BANDS,
) -> HazardModel:
    """Estimate by what factor a condition raises or lowers the hazard of a week.

    Parameters
    ----------
    person_weeks : pd.DataFrame
        One row per person and week at risk. Any unit of time will do.
    event : str
        Column: 1 in the week in which it happened, else 0; no rows after it.
    duration : str
        Column: weeks at risk before this one, at least 0.
    covariates : sequence of str
        Columns, fixed from the start. Text and categories become indicators against their first
        level.
    time_varying : sequence of str
        Columns that may change from week to week: an intervention is 0 before the week in which it
        starts. Coded 1 from the beginning for whoever gets it later, the weeks survived until then
        would speak for it (immortal time).
    cluster : str, optional
        Column: rows of one cluster, such as a person or a place, may depend on each other.
    link : {"cloglog", "logit"}
        The complementary log-log gives ratios of hazards, the same whatever the unit of time; the
        logit gives odds ratios.
    bands : sequence of float
        Durations at which a new stretch of the baseline begins. A stretch in which nothing or
        always something happened is joined with the one before (the first with the one after).

    Raises
    ------
    DataError
        If a column is absent, has a missing value or is the same in all rows, a duration is
        negative, terms are collinear, nothing happens (or always something) in a category, or the
        data do not determine a ratio.

    Notes
    -----
    Prentice & Gloeckler (1978), Biometrics 34:57-67; Allison (1982), Sociological Methodology
    13:61-98. Rows that are alike are counted and fitted as binomial counts, which is the same
    likelihood. Errors without clusters from the expected information; with clusters, the sandwich
    with the observed information and the factor G / (G - 1), and Student's t with G - 1 degrees of
    freedom.
    """
    columns = list(dict.fromkeys([*covariates, *time_varying]))
    require(person_weeks, [event, duration, *columns, *([cluster] if cluster else [])])
    if not columns:
        raise DataError(
            "there are no covariates", remedy="Name at least one column, or use kaplan_meier"
        )
    happened = zero_one(person_weeks[event], event)
    edges = _joined_bands(numbers(person_weeks[duration], duration), happened, bands)
    band = np.searchsorted(edges, person_weeks[duration].to_numpy(), side="right") - 1
    found = patterns(person_weeks[columns].assign(**{_BAND: band}), [_BAND, *columns], happened)
    terms = design(found.rows, columns)
    refuse_separated(terms, found.events, found.trials)
    stretches = pd.get_dummies(found.rows[_BAND], dtype=float).to_numpy()
    centred = (terms - np.average(terms, axis=0, weights=found.trials)).to_numpy()
    whole = np.column_stack([stretches, centred])
    names = [f"{_BAND} {band}" for band in range(stretches.shape[1])] + [
        str(term) for term in terms
    ]
    refuse_collinear(names, (whole * found.trials[:, None]).T @ whole)
    estimate, information = _fit(whole, found, link)
    eta, groups = whole @ estimate, None
    covariance: Floats = np.asarray(np.linalg.inv(information), dtype=np.float64)
    if cluster:
        scores = cluster_scores(found, happened, person_weeks[cluster], whole, _slopes(eta, link))
        model_error = np.sqrt(np.diag(covariance))
        covariance, groups = _sandwich(whole, eta, found, scores, link), len(scores)
    error: Floats = np.sqrt(np.diag(covariance))
    spread = np.sqrt(np.average(centred**2, axis=0, weights=found.trials))
    first = stretches.shape[1]
    refuse_undetermined(names[first:], error[first:] * spread)
    warning = ""
    if cluster:
        refuse_singular(names[first:], error[first:], model_error[first:])
        members = pd.factorize(person_weeks[cluster], sort=True)[0]
        warning = few_clusters_warning(*_by_cluster(terms, found.of, members))
    quantile = Z if groups is None else float(stats.t.ppf(0.975, groups - 1))
    p = 2 * (stats.norm.sf if groups is None else stats.t(groups - 1).sf)(np.abs(estimate / error))
    table = coefficient_table(
        names[first:], estimate[first:], error[first:], quantile, p[first:], RATIOS[link]
    )
    table["time_varying"] = [_column_of(term, columns) in time_varying for term in names[first:]]
    likelihood = _loglikelihood(eta, found, link)
    baseline = _baseline(edges, estimate[:first], error[:first] * quantile, band, happened, link)
    return HazardModel(
        len(person_weeks), int(happened.sum()), groups, link, likelihood, baseline, table, warning
    )


def _by_cluster(
    terms: pd.DataFrame, pattern: NDArray[np.int64], members: NDArray[np.int64]
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Return the different patterns of terms in each cluster, and whose they are."""
    pairs = np.unique(members.astype(np.int64) * len(terms) + pattern)
    return terms.iloc[pairs % len(terms)].reset_index(drop=True), pairs // len(terms)


def _joined_bands(duration: Floats, happened: NDArray[np.int64], bands: Sequence[float]) -> Floats:
    """Drop the edges between stretches of duration that cannot have a hazard of their own."""
    edges = np.unique(np.asarray([min(0.0, *bands), *bands], dtype=float))
    if not happened.any():
        raise DataError(
            "nothing happened: the event is 0 in all rows", remedy="Follow them for longer"
        )
    if happened.all():
        raise DataError(
            "the event happened in all rows",
            remedy="Give a row for every week at risk, not for the last only",
        )
    kept: list[float] = []
    first_takes_next = False
    for edge, until in zip(edges, [*edges[1:], np.inf], strict=True):
        inside = happened[(duration >= edge) & (duration < until)]
        own = inside.any() and not inside.all()
        if own and first_takes_next:
            first_takes_next = False
        elif own or not kept:
            kept.append(edge)
            first_takes_next = not own
    return np.asarray(kept)


def _fit(whole: Floats, found: Patterns, link: Link) -> tuple[Floats, Floats]:
    """Find the estimate by Fisher's scoring; give it with the expected information.

    Solving for the few terms takes a fraction of the time of statsmodels' decomposition of all
    rows in each step.
    """
    mean = found.events.sum() / found.trials.sum()
    level = np.log(mean / (1 - mean)) if link == "logit" else np.log(-np.log1p(-mean))
    # The stretches of duration come first, and one of them holds in each row.
    estimate = np.zeros(whole.shape[1])
    estimate[: found.rows[_BAND].nunique()] = level
    value = _loglikelihood(whole @ estimate, found, link)
    scale = np.sqrt(np.average(whole**2, axis=0, weights=found.trials))
    for _ in range(_STEPS):
        score, information = _score(whole, whole @ estimate, found, link)
        step = (
            np.linalg.lstsq(information / np.outer(scale, scale), score / scale, rcond=None)[0]
            / scale
        )
        if np.abs(step * scale).max() < _TOLERANCE:
            return estimate, information
        length = 1.0
        while not (
            ahead := _loglikelihood(whole @ (estimate + length * step), found, link)
        ) >= value - 1e-9 * abs(value):
            length /= 2
            if length < _SHORTEST:
                raise _no_estimate()
        estimate, value = estimate + length * step, ahead
    raise _no_estimate()


def _no_estimate() -> DataError:
    return DataError(
        "the model has no finite estimate", remedy="Join rare categories, or leave a covariate out"
    )


def _score(whole: Floats, eta: Floats, found: Patterns, link: Link) -> tuple[Floats, Floats]:
    """Return the score and the expected information."""
    without, within = _slopes(eta, link)
    probability = _probability(eta, link)
    misses = found.trials - found.events
    weight = found.trials * (probability * within**2 + (1 - probability) * without**2)
    return whole.T @ (found.events * within + misses * without), (whole * weight[:, None]).T @ whole


def _slopes(eta: Floats, link: Link) -> tuple[Floats, Floats]:
    """Compute the slope of a row's log-likelihood without the event and with it."""
    if link == "logit":
        probability = _probability(eta, link)
        return -probability, 1 - probability
    hazard = np.exp(eta)
    return -hazard, hazard / np.expm1(hazard)


def _probability(eta: Any, link: Link) -> Any:
    return 1 / (1 + np.exp(-eta)) if link == "logit" else -np.expm1(-np.exp(eta))


def _loglikelihood(eta: Floats, found: Patterns, link: Link) -> float:
    if eta.max() > _HIGHEST[link]:
        return -np.inf
    if link == "logit":
        return float(found.events @ eta - found.trials @ np.logaddexp(0, eta))
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.exp(eta)
        return float(
            found.events @ np.log(-np.expm1(-hazard)) - (found.trials - found.events) @ hazard
        )


def _sandwich(whole: Floats, eta: Floats, found: Patterns, scores: Floats, link: Link) -> Floats:
    """Compute the cluster-robust covariance, from the observed information and the scores."""
    without, within = _slopes(eta, link)
    if link == "logit":
        curvature = found.trials * within * -without
    else:
        hazard = -without
        curvature = (
            found.events * within * (hazard / -np.expm1(-hazard) - 1)
            + (found.trials - found.events) * hazard
        )
    bread = np.linalg.inv((whole * curvature[:, None]).T @ whole)
    count = len(scores)
    covariance: Floats = bread @ (scores.T @ scores) @ bread * count / (count - 1)
    return covariance


def _column_of(term: str, columns: Sequence[str]) -> str:
    return term if term in columns else term.rpartition("[")[0]


def _baseline(
    edges: Floats,
    level: Floats,
    half: Floats,
    band: NDArray[np.int64],
    happened: NDArray[np.int64],
    link: Link,
) -> pd.DataFrame:
    present = np.unique(band)
    until = np.append(edges[1:] - 1, np.inf)[present]
    return pd.DataFrame(
        {
            "hazard": _probability(level, link),
            "lower": _probability(level - half, link),
            "upper": _probability(level + half, link),
            "n": np.bincount(band)[present],
            "events": np.bincount(band, weights=happened)[present].astype(int),
        },
        index=pd.MultiIndex.from_arrays([edges[present], until], names=["from", "to"]),
    )
