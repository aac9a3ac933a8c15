"""Sentences on effects: the differences, their uncertainty and their robustness."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from evalbook.models import Estimate, SpecificationCurve
from evalbook.plan import Checkpoint
from evalbook.text.language import Text, join, number
from nychance import tr
from nychance.benchmarking import FAR, Balance, p_value
from nychance.columns import INHABITANTS, MINORITY_SHARE, UNEMPLOYMENT
from nychance.definitions import Evaluation
from nychance.public_data.conditions import Agreement
from nychance.sentences.statements import (
    LEVEL,
    format_interval,
    format_p,
    format_range,
    format_value,
)

Interval = tuple[float, float]
# Of the intervals of municipalities' differences from what is expected of them.
CONFIDENCE: Final = 0.95
CONDITION_NAMES: Final = {
    UNEMPLOYMENT: tr("Unemployed, %"),
    MINORITY_SHARE: tr("Minorities, % of persons of working age"),
    FAR: tr("Match categories 4\N{EN DASH}5, % of the target group"),
    INHABITANTS: tr("Inhabitants in thousands (geometric mean)"),
}
CONDITION: Final = tr("Framework condition")
BALANCE_COLUMNS: Final = {
    "treated": tr("Method").en,
    "comparison": tr("Comparison").en,
    "weighted": tr("Comparison, weighted").en,
    "before": tr("Difference").en,
    "after": tr("Weighted difference").en,
}
CHOICES: Final = {
    "weights": tr("Weights"),
    "controls": tr("Control variables"),
    "window": tr("Before the start"),
    "comparison": tr("Comparison group"),
}
OPTIONS: Final = {
    "persons": tr("persons"),
    "equal": tr("all municipalities equally"),
    "balanced": tr("balanced conditions"),
    "none": tr("none"),
    "conditions": tr("conditions"),
    "all": tr("all periods"),
    "year": tr("one year"),
    "everyone": tr("all"),
    "alike": tr("the most similar half"),
}


def points(shares: Interval) -> Interval:
    """Return shares in percentage points."""
    low, high = shares
    return 100 * low, 100 * high


def finite(interval: Interval) -> Interval | None:
    """Return an interval, or None if an end is infinite.

    An end is infinite where a test of so few units rejects no value.
    """
    return interval if bool(np.isfinite(interval).all()) else None


def in_points(curve: SpecificationCurve) -> pd.DataFrame:
    """Return a curve's table in percentage points, its choices in words.

    An infinite end of an interval is missing.
    """
    table = curve.to_frame()
    ends = ["estimate", "lower", "upper"]
    table[ends] = (100 * table[ends]).replace([np.inf, -np.inf], np.nan)
    for choice in CHOICES:
        if choice in table:
            table[choice] = [OPTIONS[str(option)].en for option in table[choice]]
    return table.rename(columns={choice: name.en for choice, name in CHOICES.items()})


def paragraph(sentences: Sequence[Text]) -> Text:
    """Join sentences into a paragraph."""
    return join(" ", sentences)


def effect_sentence(name: Text, estimate: Estimate, levels: pd.DataFrame) -> Text:
    """Write the changes in both kinds of municipality, and by how much they differ.

    Parameters
    ----------
    name : Text
        The measure.
    estimate : Estimate
        As a share.
    levels : DataFrame
        As returned by `benchmarking.levels`, from which the estimate follows.
    """
    return paragraph([_course(name, levels), _difference(estimate)])


def _course(name: Text, levels: pd.DataFrame) -> Text:
    """Write whether the level of each kind rose or fell.

    The direction is that of the levels: a positive difference does not mean that either rose.
    """
    method, comparison = (_direction_of(levels, role) for role in ("method", "comparison"))
    if method == comparison:
        said = tr(
            "{name}, averaged over periods of 13 weeks, {moved} after the start in both kinds of "
            "municipality (from {a} to {b} in the method municipalities and from {c} to {d} in the "
            "comparison municipalities)."
        )
    else:
        said = tr(
            "{name}, averaged over periods of 13 weeks, {moved} after the start in the method "
            "municipalities (from {a} to {b}) and {other} in the comparison municipalities (from "
            "{c} to {d})."
        )
    ends = levels.loc[["method", "comparison"], ["before", "after"]].to_numpy().ravel()
    return said.format(
        name=name,
        moved=method,
        other=comparison,
        **{key: format_value(float(end), "share") for key, end in zip("abcd", ends, strict=True)},
    )


def _direction_of(levels: pd.DataFrame, role: str) -> Text:
    """Return the direction of a change in levels rounded as readers see them."""
    before, after = (round(100 * float(levels[end][role]), 1) for end in ("before", "after"))
    if before == after:
        return tr("was unchanged")
    return tr("rose") if before < after else tr("fell")


def _difference(estimate: Estimate) -> Text:
    low, high = estimate.interval
    value, interval = estimate.estimate, estimate.interval
    if low > 0:
        said = tr(
            "The change was {value} more favourable in the method municipalities (95% interval "
            "{interval}, {p}); the interval excludes zero."
        )
    elif high < 0:
        value, interval = -value, (-high, -low)
        said = tr(
            "The change was {value} less favourable in the method municipalities (95% interval "
            "{interval}, {p}); the interval excludes zero."
        )
    else:
        said = tr(
            "The difference between the two changes is {value} (95% interval {interval}, {p}). The "
            "interval includes zero: no effect is shown, which is not to say that there is none."
        )
    return said.format(
        value=format_value(100 * value, "points"),
        interval=format_points(interval),
        p=format_p(p_value(estimate)),
    )


def format_points(shares: Interval) -> Text:
    """Write an interval of shares in percentage points.

    An interval with an infinite end is written as open.
    """
    if finite(shares):
        return format_interval(points(shares), "points")
    return tr("open to one side, as there are so few municipalities")


def event_study_sentence(name: Text, p: float | None) -> Text:
    """Write the result of the joint test of all periods before the start."""
    if p is None:
        return tr("{name}: there are too few periods before the start for a joint test.").format(
            name=name
        )
    clear = tr(
        "{name}: taken together, the periods before the start differ clearly from the last one "
        "({p})."
    )
    alike = tr(
        "{name}: taken together, the periods before the start do not differ clearly from the last "
        "one ({p})."
    )
    return (clear if p <= LEVEL else alike).format(name=name, p=format_p(p))


def specification_sentence(name: Text, curve: SpecificationCurve) -> Text:
    """Write the range of the estimates over all combinations of choices."""
    n = len(curve.estimates)
    said = tr.plural(
        "{name}: {n} combination of weights, control variables, time before the start and "
        "comparison group can be estimated. The estimates range from {range}. Estimates above "
        "zero: {above}. Intervals that exclude zero: {clear}.",
        "{name}: {n} combinations of weights, control variables, time before the start and "
        "comparison group can be estimated. The estimates range from {range}. Estimates above "
        "zero: {above}. Intervals that exclude zero: {clear}.",
        n,
    )
    return said.format(
        name=name,
        n=format_value(n, "count", 0),
        range=format_range(points(curve.range), "points"),
        above=format_value(round(n * curve.share_positive), "count", 0),
        clear=format_value(_clear(curve), "count", 0),
    )


def _clear(curve: SpecificationCurve) -> int:
    return round(len(curve.estimates) * curve.share_excluding_zero)


def _same_way(same: int, n: int) -> Text:
    counts = {"n": format_value(n, "count", 0), "same": format_value(same, "count", 0)}
    if same == n > 1:
        return tr(
            "All {n} defensible ways of calculating the difference point the same way."
        ).format(**counts)
    return tr.plural(
        "{same} of {n} defensible ways of calculating the difference points this way.",
        "{same} of {n} defensible ways of calculating the difference point this way.",
        same,
    ).format(**counts)


def _excluding(clear: int, n: int) -> Text:
    """Write how many intervals exclude zero, with a warning where most do not."""
    counts = {"n": format_value(n, "count", 0), "clear": format_value(clear, "count", 0)}
    if clear == n > 1:
        return tr("All {n} intervals exclude zero.").format(**counts)
    if not clear:
        return tr("None of the intervals excludes zero.")
    if 2 * clear >= n:
        return tr.plural(
            "{clear} of {n} intervals excludes zero.",
            "{clear} of {n} intervals exclude zero.",
            clear,
        ).format(**counts)
    return tr.plural(
        "Only {clear} of {n} intervals excludes zero: how sure the result is depends on the "
        "choices made.",
        "Only {clear} of {n} intervals exclude zero: how sure the result is depends on the "
        "choices made.",
        clear,
    ).format(**counts)


def expectation_sentence(shown: pd.DataFrame) -> Text:
    """Write how many municipalities are clearly above or below what is expected of them.

    Parameters
    ----------
    shown : DataFrame
        A row per municipality that is shown, with `role` as index: `lower`, `upper`, and its
        rank's interval.
    """
    if shown.empty:
        return tr(
            "Too few municipalities have enough persons who can be followed for this comparison."
        )
    role = shown.index.get_level_values("role")
    above, below = shown["lower"] > 0, shown["upper"] < 0
    width = round(float((shown["rank_upper"] - shown["rank_lower"] + 1).median()))
    counted = tr(
        "Given their target group and framework conditions, {above} of the {n} municipalities "
        "shown did clearly better than expected (method municipalities among them: {method}), and "
        "{below} did clearly worse. Chance alone would place about {chance} outside the interval."
    ).format(
        n=format_value(len(shown), "count", 0),
        above=_count_or_none(above),
        method=format_value(int((above & (role == "method")).sum()), "count", 0),
        below=_count_or_none(below),
        chance=format_value((1 - CONFIDENCE) * len(shown), "count", 1),
    )
    uncertain = tr.plural(
        "The ranks are uncertain: for half of the municipalities the interval spans at least "
        "{width} rank, so the order is no league table.",
        "The ranks are uncertain: for half of the municipalities the interval spans at least "
        "{width} ranks, so the order is no league table.",
        width,
    ).format(width=format_value(width, "count", 0))
    return paragraph([counted, uncertain])


def _count_or_none(which: "pd.Series[bool]") -> Text:
    count = int(which.sum())
    return format_value(count, "count", 0) if count else tr("none")


def agreement_sentence(found: Agreement) -> Text:
    """Write how far our groups and neighbours agree with a published grouping."""
    return tr(
        "Of the {pairs} pairs of municipalities that a results audit of 2007 rated as comparable, "
        "{neighbours} are neighbours here, against {by_chance} if the groups were formed at random "
        "({p}); {cluster} are in the same group ({cluster_by_chance} at random). The list is "
        "incomplete, so the agreement is an indication, not proof."
    ).format(
        pairs=format_value(found.pairs, "count", 0),
        neighbours=format_value(found.neighbours, "share", 0),
        by_chance=format_value(found.neighbours_by_chance, "share", 0),
        p=format_p(found.p_neighbours),
        cluster=format_value(found.same_cluster, "share", 0),
        cluster_by_chance=format_value(found.same_cluster_by_chance, "share", 0),
    )


def balance_sentence(found: Balance) -> Text:
    """Write how well the two kinds of municipality balance, without and with weights."""
    before, after = (_decimal(float(found.table[side].abs().max())) for side in ("before", "after"))
    if found.problem:
        return tr(
            "No weights make the comparison municipalities' framework conditions equal the method "
            "municipalities': without weights the largest difference is {before} standard "
            "deviations, and the comparison must be read with that in mind."
        ).format(before=before)
    return tr(
        "Without weights, the largest difference in a framework condition is {before} standard "
        "deviations; with weights it is {after}. The weighted comparison municipalities are worth "
        "{effective} with equal weights."
    ).format(before=before, after=after, effective=format_value(found.effective, "count", 0))


def balance_rows(found: Balance) -> pd.DataFrame:
    """Return a balance table in readers' units: thousands of inhabitants, not their logarithm."""
    table = found.table.copy()
    means = ["treated", "comparison", "weighted"]
    table.loc[INHABITANTS, means] = np.exp(table.loc[INHABITANTS, means].astype(float)) / 1000
    table.index = pd.Index([CONDITION_NAMES[str(name)] for name in table.index], name=CONDITION.en)
    return table.rename(columns=BALANCE_COLUMNS)


def baseline_sentence(plan: Evaluation, checkpoint: Checkpoint) -> Text:
    """Write that this checkpoint is the baseline, and when the effect will be shown."""
    said = tr("The method municipalities have not begun yet: this checkpoint is the baseline.")
    following = plan.first_with("benchmarking", after=checkpoint)
    if following is None:
        return said
    later = tr("{said} The effect is shown from checkpoint {number} ({when}).")
    return later.format(said=said, number=str(following.number), when=following.when)


def _decimal(value: float) -> Text:
    return Text.each(number, value, decimals=2)
