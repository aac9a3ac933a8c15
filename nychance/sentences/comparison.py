"""Sentences on effects: what differs, how sure that is, and what it hangs on."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from evalbook.models import ChangeContrast, Estimate, SpecificationCurve
from evalbook.models.base.estimate import MIN_CLUSTERS
from evalbook.plan import Checkpoint
from evalbook.text.language import Text, join, number
from nychance import tr
from nychance.benchmarking import FAR, Balance, p_value
from nychance.columns import INHABITANTS, MINORITY_SHARE, UNEMPLOYMENT
from nychance.definitions import Evaluation
from nychance.public_data.conditions import Agreement
from nychance.sentences.statements import LEVEL, format_interval, format_p, told

Interval = tuple[float, float]
CONDITION_NAMES: Final = {
    UNEMPLOYMENT: tr("Unemployed, per cent"),
    MINORITY_SHARE: tr("Minorities in per cent of those of working age"),
    FAR: tr("Match 4-5, per cent of the target group"),
    INHABITANTS: tr("Inhabitants in thousands (geometric mean)"),
}
CHOICES: Final = {
    "weights": tr("Weights"),
    "controls": tr("Controls"),
    "window": tr("Before the start"),
    "comparison": tr("Compared with"),
}
OPTIONS: Final = {
    "persons": tr("persons"),
    "equal": tr("municipalities alike"),
    "balanced": tr("balanced conditions"),
    "none": tr("none"),
    "conditions": tr("conditions"),
    "all": tr("all periods"),
    "year": tr("one year"),
    "everyone": tr("all"),
    "alike": tr("the half most alike"),
}


def points(shares: Interval) -> Interval:
    """Turn shares into percentage points."""
    low, high = shares
    return 100 * low, 100 * high


def finite(interval: Interval) -> Interval | None:
    """Give an interval that can be told.

    None if an end is infinite, because no test of so few can reject it.
    """
    return interval if bool(np.isfinite(interval).all()) else None


def in_points(curve: SpecificationCurve) -> pd.DataFrame:
    """Give a curve's table in percentage points; an infinite end of an interval is missing."""
    table = curve.to_frame()
    ends = ["estimate", "lower", "upper"]
    table[ends] = (100 * table[ends]).replace([np.inf, -np.inf], np.nan)
    return table


def paragraph(sentences: Sequence[Text]) -> Text:
    """Put sentences after one another."""
    return join(" ", sentences)


def effect_sentence(name: Text, estimate: Estimate) -> Text:
    """Tell by how much the method municipalities moved more than the others, and whether that is clear.

    Parameters
    ----------
    name : Text
        The measure.
    estimate : Estimate
        As a share.
    """
    low, high = estimate.interval
    return _direction(low, high).format(
        name=name,
        value=told(
            100 * abs(estimate.estimate) if low > 0 or high < 0 else 100 * estimate.estimate,
            "points",
        ),
        interval=format_points(estimate.interval),
        p=format_p(p_value(estimate)),
    )


def _direction(low: float, high: float) -> Text:
    if low > 0:
        return tr(
            "{name}: since the start the method municipalities have risen {value} more than the comparison municipalities "
            "(95% interval {interval}, {p}). The whole interval lies above zero."
        )
    if high < 0:
        return tr(
            "{name}: since the start the method municipalities have fallen {value} behind the comparison municipalities "
            "(95% interval {interval}, {p}). The whole interval lies below zero."
        )
    return tr(
        "{name}: the difference in change since the start is {value} (95% interval {interval}, {p}). The interval holds zero: no "
        "effect is shown, which is not to say that there is none."
    )


def format_points(shares: Interval) -> Text:
    """Write an interval of shares in percentage points.

    An end that no test can reject is told as open.
    """
    if finite(shares):
        return format_interval(points(shares), "points")
    return tr("without a bound on one side, as so few municipalities allow")


def few_sentence(estimate: Estimate) -> Text | None:
    """Warn where there are too few municipalities of a kind for the bootstrap.

    None where there are enough.
    """
    fewest = min(estimate.clusters_treated, estimate.clusters - estimate.clusters_treated)
    if fewest >= MIN_CLUSTERS:
        return None
    return tr(
        "Only {few} municipalities of one kind are compared. With so few, only the randomisation test is given, and it assumes "
        "that the two kinds vary alike."
    ).format(few=told(fewest, "count", 0))


def pre_trend_sentence(name: Text, found: ChangeContrast) -> Text:
    """Tell whether the two kinds of municipality moved alike before the start."""
    low, high = found.interval
    alike = tr(
        "{name}: over the periods before the start the gap (method less comparison municipalities) changed by {value} a period "
        "(95% interval {interval}, {p}), which is not clearly different from nothing."
    )
    apart = tr(
        "{name}: over the periods before the start the gap (method less comparison municipalities) already changed by {value} a "
        "period (95% interval {interval}, {p}). What follows the start can be more of the same."
    )
    return (alike if low <= 0 <= high else apart).format(
        name=name,
        value=told(100 * found.estimate, "points"),
        interval=format_interval(points(found.interval), "points"),
        p=format_p(found.p_randomisation),
    )


def event_study_sentence(name: Text, p: float | None) -> Text:
    """Tell the joint test of all periods before the start."""
    if p is None:
        return tr(
            "{name}: too few periods before the start are known for a joint test of them."
        ).format(name=name)
    clear = tr(
        "{name}: taken together, the periods before the start differ clearly from the last of them ({p})."
    )
    alike = tr(
        "{name}: taken together, no period before the start differs clearly from the last of them ({p})."
    )
    return (clear if p <= LEVEL else alike).format(name=name, p=format_p(p))


def influence_sentence(name: Text, estimate: Estimate, names: "pd.Series[str]") -> Text:
    """Tell how far the estimate moves when each municipality is left out in turn.

    Parameters
    ----------
    names : Series
        The municipalities' names by code.
    """
    without = estimate.leave_one_out.dropna()
    furthest = without.index[int((without - estimate.estimate).abs().argmax())]
    return tr(
        "{name}: when each municipality is left out in turn, the estimate runs from {low} to {high}; it moves most without "
        "{municipality}."
    ).format(
        name=name,
        low=told(100 * without.min(), "points"),
        high=told(100 * without.max(), "points"),
        municipality=str(names[furthest]),
    )


def specification_sentence(name: Text, curve: SpecificationCurve) -> Text:
    """Tell what all combinations of choices give."""
    n = len(curve.estimates)
    said = tr.plural(
        "{name}: {n} combination of weights, controls, window and comparison set can be estimated. The estimates run from {low} "
        "to {high}. Above zero: {above}; with an interval that leaves zero out: {clear}.",
        "{name}: {n} combinations of weights, controls, window and comparison set can be estimated. The estimates run from {low} "
        "to {high}. Above zero: {above}; with an interval that leaves zero out: {clear}.",
        n,
    )
    low, high = points(curve.range)
    return said.format(
        name=name,
        n=told(n, "count", 0),
        low=told(low, "points"),
        high=told(high, "points"),
        above=told(round(n * curve.share_positive), "count", 0),
        clear=told(round(n * curve.share_excluding_zero), "count", 0),
    )


def firmness_sentence(
    estimate: Estimate, curve: SpecificationCurve, p_before: float | None
) -> Text:
    """Tell in short how far a result can be leaned on: all other ways of calculating, and the course before the start."""
    same = curve.share_positive if estimate.estimate > 0 else 1 - curve.share_positive
    n = len(curve.estimates)
    said = tr(
        "Of {n} defensible ways of calculating it, the number that points the same way is {same}, and the number whose interval "
        "leaves zero out is {clear}."
    ).format(
        n=told(n, "count", 0),
        same=told(round(n * same), "count", 0),
        clear=told(round(n * curve.share_excluding_zero), "count", 0),
    )
    if p_before is None or p_before > LEVEL:
        return said
    apart = tr(
        "The two kinds of municipality did not move alike before the start, so the difference need not be the methods'."
    )
    return paragraph([said, apart])


def expectation_sentence(shown: pd.DataFrame) -> Text:
    """Count the municipalities that lie clearly above or below what one expects of them.

    Parameters
    ----------
    shown : DataFrame
        A row per municipality that is shown: `role`, `lower`, `upper`, and its rank's interval.
    """
    above, below = shown["lower"] > 0, shown["upper"] < 0
    width = float((shown["rank_upper"] - shown["rank_lower"] + 1).median())
    return tr(
        "Clearly above what their target group and conditions let one expect: {above} of the {n} municipalities shown ({method} "
        "among the method municipalities); clearly below: {below}. Half of the municipalities' ranks could lie anywhere within "
        "{width} places or more: the order is no league table."
    ).format(
        n=told(len(shown), "count", 0),
        above=told(int(above.sum()), "count", 0),
        method=told(int((above & (shown["role"] == "method")).sum()), "count", 0),
        below=told(int(below.sum()), "count", 0),
        width=told(width, "count", 0),
    )


def agreement_sentence(found: Agreement) -> Text:
    """Tell how far our clusters and neighbours agree with a published grouping."""
    return tr(
        "Of the {pairs} pairs of municipalities that a results audit of 2007 called alike, {neighbours} are neighbours here, "
        "against {by_chance} if the groups were dealt out at random ({p}); {cluster} stand in the same cluster "
        "({cluster_by_chance} at random). The list is incomplete, so the agreement is a hint and no proof."
    ).format(
        pairs=told(found.pairs, "count", 0),
        neighbours=told(found.neighbours, "share", 0),
        by_chance=told(found.neighbours_by_chance, "share", 0),
        p=format_p(found.p_neighbours),
        cluster=told(found.same_cluster, "share", 0),
        cluster_by_chance=told(found.same_cluster_by_chance, "share", 0),
    )


def balance_sentence(found: Balance) -> Text:
    """Tell how alike the two kinds of municipality are, without and with weights, in standard deviations."""
    before, after = (_decimal(float(found.table[side].abs().max())) for side in ("before", "after"))
    if found.problem:
        return tr(
            "No weights make the comparison municipalities' conditions equal the method municipalities': without weights the "
            "largest difference is {before} standard deviations, and the comparison must be read with that in mind."
        ).format(before=before)
    return tr(
        "Without weights the largest difference in a condition is {before} standard deviations, with weights {after}. The "
        "weighted comparison municipalities are worth {effective} with equal weights."
    ).format(before=before, after=after, effective=told(found.effective, "count", 0))


def balance_rows(found: Balance) -> pd.DataFrame:
    """Lay out a balance table in the units that readers know: thousands of inhabitants instead of their logarithm."""
    table = found.table.copy()
    means = ["treated", "comparison", "weighted"]
    table.loc[INHABITANTS, means] = np.exp(table.loc[INHABITANTS, means].astype(float)) / 1000
    return table.assign(condition=table.index.map(CONDITION_NAMES))


def baseline_sentence(plan: Evaluation, checkpoint: Checkpoint) -> Text:
    """Say that the comparison has only begun, and when its result comes."""
    said = tr("The method municipalities are only about to begin: this checkpoint is the baseline.")
    following = plan.first_with("benchmarking", after=checkpoint)
    if following is None:
        return said
    later = tr("{said} The effect is shown from checkpoint {number} ({when}).")
    return later.format(said=said, number=str(following.number), when=following.when)


def _decimal(value: float) -> Text:
    return Text.each(number, value, decimals=2)
