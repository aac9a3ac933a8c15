"""Sentences on differences between method and comparison municipalities, from the result itself.

Only these say that a share is higher or lower, or moved more or less, in one kind of municipality
than in the other: a result knows what its municipalities can carry.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from evalbook.models import Contrast, DetectableEffect, Funnel
from evalbook.plan import Checkpoint
from evalbook.text.language import Text, join, joined
from nychance import tr
from nychance.benchmarking import Drift, Effect, Study, leave_one_out
from nychance.benchmarking.cohort import ACTIVITY, LEFT, NEW, ON_BENEFIT, SUPPORT
from nychance.benchmarking.effect import CHANCES, Reservation
from nychance.definitions import Evaluation
from nychance.sentences import comparison
from nychance.sentences.statements import (
    format_interval,
    format_p,
    format_range,
    format_share,
    format_value,
)

# Named otherwise than the targets, for they are other numbers: of the cohort, and of all weeks.
OUTCOME_NAMES: Final = {
    ACTIVITY: tr("The cohort's activity (share of all weeks)"),
    ON_BENEFIT: tr("The cohort's activity (share of weeks on benefit)"),
    SUPPORT: tr("The cohort's self-support (share of all weeks)"),
}

# By direction of a contrast; the words stand before "the comparison municipalities".
COMPARED: Final = {
    "higher": tr("higher than in"),
    "lower": tr("lower than in"),
    "undecided": tr("not clearly different from that in"),
    "not-tested": tr("not tested against that in"),
}

RENEWED: Final = tr("The renewed target group's activity (share of all weeks)")
MOVED: Final = {1: tr("rose"), -1: tr("fell"), 0: tr("was unchanged")}
# By direction of both, and whether the method municipalities moved less.
SAME_WAY: Final[Mapping[tuple[int, bool], Text]] = {
    (1, False): tr(
        "{name} rose after the start in both kinds of municipality, and more in the method "
        "municipalities (on average from {a} to {b}) than in the comparison municipalities (from "
        "{c} to {d})."
    ),
    (1, True): tr(
        "{name} rose after the start in both kinds of municipality, and less in the method "
        "municipalities (on average from {a} to {b}) than in the comparison municipalities (from "
        "{c} to {d})."
    ),
    (-1, False): tr(
        "{name} fell after the start in both kinds of municipality, and more in the method "
        "municipalities (on average from {a} to {b}) than in the comparison municipalities (from "
        "{c} to {d})."
    ),
    (-1, True): tr(
        "{name} fell after the start in both kinds of municipality, and less in the method "
        "municipalities (on average from {a} to {b}) than in the comparison municipalities (from "
        "{c} to {d})."
    ),
}
RESERVATIONS: Final[Mapping[Reservation, Text | None]] = {
    "drift": tr(
        "It is an effect of the methods only if the gap would not have gone on changing as before "
        "the start: less that drift, {less} would be left (95% interval {interval})."
    ),
    "breakdown": tr(
        "It is an effect of the methods only if the trends would otherwise have differed less "
        "after the start than {breakdown} times what they did at most before it."
    ),
    "weights": tr(
        "It is an effect on the average municipality; counted by persons, the difference is "
        "{pooled}, the other way."
    ),
    "one-municipality": tr(
        "It is an effect on the average municipality; one municipality has {share} of the method "
        "municipalities' persons."
    ),
    "second-opinion": tr(
        "Synthetic difference-in-differences, a second estimator, finds {synthetic}, which is not "
        "clearly different from zero: the effect is not certain."
    ),
    "": None,
}


def contrast_sentence(name: Text, found: Contrast) -> Text:
    """Write the level in both kinds of municipality, and whether they differ.

    The p that decides is that adjusted for what was tested together, where it was.

    Parameters
    ----------
    name : Text
        The measure.
    found : Contrast
        Of levels or of changes; each municipality counts alike.
    """
    if found.is_change:
        return join(" ", [_course(name, found), _difference(found)])
    levels = found.levels["level"]
    said = tr(
        "{name} is {method} in the average method municipality, {compared} the comparison "
        "municipalities ({comparison})."
    ).format(
        name=name,
        method=_share(levels["treated"]),
        comparison=_share(levels["comparison"]),
        compared=COMPARED[found.direction],
    )
    return join(" ", [said, _uncertainty(found)])


def times_sentence(found: Mapping[str, Contrast], names: Mapping[str, Text]) -> Text:
    """Write of which states the method municipalities have a larger or smaller share of the time.

    Parameters
    ----------
    found : mapping
        By state, the contrast of the municipalities' shares, as adjusted together.
    names : mapping
        What the states are called.
    """
    tested = {state: one for state, one in found.items() if one.interval is not None}
    if not tested:
        return tr("With so few municipalities or weeks, the time in each state is not compared.")
    clear = [state for state, one in tested.items() if one.direction != "undecided"]
    if not clear:
        return tr(
            "Since the start, the cohort's time in the {n} states is not clearly different in "
            "method and comparison municipalities, each of which counts alike."
        ).format(n=format_value(len(tested), "count", 0))
    return join(" ", [contrast_sentence(names[state], tested[state]) for state in clear])


def event_study_sentence(name: Text, found: Effect) -> Text:
    """Write the result of the joint test of all periods before the start."""
    return comparison.event_study_sentence(name, found.study.p_before)


def sentences(
    found: Study, keys: Mapping[str, str], municipalities: "pd.Series[str]"
) -> dict[str, Text]:
    """Write all that is said of the outcomes of a cohort.

    Drift and smallest effect that can be found; and since the start the effect, its sensitivity,
    second opinions, the influence of single municipalities, and the test of the periods before.

    Parameters
    ----------
    keys : mapping
        How the sentences' keys begin, by outcome.
    municipalities : Series
        Their names by code.
    """
    said = {}
    for outcome, drift in found.drifts.items():
        said[f"{keys[outcome]}-drift-sentence"] = drift_sentence(OUTCOME_NAMES[outcome], drift)
    for outcome, smallest in found.detectable.items():
        name = OUTCOME_NAMES[outcome]
        said[f"{keys[outcome]}-detectable"] = detectable_sentence(name, smallest)
    for outcome, effect in found.effects.items():
        name = OUTCOME_NAMES[outcome]
        parts = {
            "sentence": effect_sentence(name, effect),
            "sensitivity": sensitivity_sentence(name, effect),
            "opinions": opinions_sentence(name, effect),
            "influence": influence_sentence(name, effect.contrast, municipalities),
            "before-sentence": event_study_sentence(name, effect),
        }
        said |= {f"{keys[outcome]}-{part}": text for part, text in parts.items()}
    return said


def effect_sentence(name: Text, found: Effect) -> Text:
    """Write an effect: both kinds' levels and changes, the difference, and what speaks against it.

    The word effect stands only where interval and adjusted p exclude zero, and the reservation
    beside it.

    Parameters
    ----------
    name : Text
        The measure.
    """
    parts = [_course(name, found.contrast), _difference(found.contrast, found.p_adjusted)]
    if found.contrast.interval is None:
        return join(" ", parts)
    if found.clear:
        reservation = RESERVATIONS[found.reservation]
        parts.append(_reserved(found, reservation) if reservation else _breakdown(found))
    elif found.contrast.direction != "undecided":
        parts.append(
            tr(
                "Allowing for the number of outcomes tested, this is not clearly different from "
                "zero: no effect is shown."
            )
        )
    else:
        parts.append(_undecided(found.detectable))
    if found.interim:
        parts.append(
            tr(
                "This is an interim result: later checkpoints look again, and each further look "
                "makes a chance finding likelier."
            )
        )
    return join(" ", parts)


def drift_sentence(name: Text, found: Drift) -> Text:
    """Write the drift before the start, and what it would make of the effect if it went on."""
    slope, carried = found.slope, found.carried_interval
    if slope.interval is None or carried is None:
        return tr(
            "{name}: there are too few municipalities to tell whether the gap between the two "
            "kinds was already changing before the start."
        ).format(name=name)
    already = slope.interval[0] > 0 or slope.interval[1] < 0
    said = (
        tr(
            "{name}: before the start, the gap between method and comparison municipalities was "
            "already changing, by {slope} per period. Continued to the mean period after the "
            "start, that alone would make {carried} (95% interval {interval})."
        )
        if already
        else tr(
            "{name}: before the start, the gap between method and comparison municipalities "
            "changed by {slope} per period, not clearly different from zero. Continued to the mean "
            "period after the start, that would still make {carried} (95% interval {interval})."
        )
    )
    return said.format(
        name=name,
        slope=_points(slope.estimate),
        carried=_points(found.carried),
        interval=_interval(carried),
    )


def sensitivity_sentence(name: Text, found: Effect) -> Text:
    """Write what the pre-trend test could have found, and how large a violation is allowed for."""
    if found.bounds is None or set(found.detected) != set(CHANCES):
        return tr(
            "{name}: with so few municipalities or periods, it cannot be said how different the "
            "trends may have been."
        ).format(name=name)
    half, most = (abs(found.detected[chance].slope) for chance in CHANCES)
    return join(
        " ",
        [
            tr(
                "{name}: a test of the periods before the start finds a drift of {half} per period "
                "in one of two cases, and one of {most} in four of five."
            ).format(name=name, half=_points(half), most=_points(most)),
            _breakdown(found),
        ],
    )


def detectable_sentence(name: Text, found: DetectableEffect) -> Text:
    """Write the smallest effect that can be found at all."""
    return tr(
        "{name}: judged by the periods before the start, an effect of {effect} is found with a "
        "chance of {power}; a smaller one will more often be missed."
    ).format(
        name=name,
        effect=_points(found.effect),
        power=format_value(found.power, "share", 0),
    )


def opinions_sentence(name: Text, found: Effect) -> Text:
    """Write what other ways to estimate and test the effect say."""
    table = found.opinions().drop(index="randomisation")
    tested = table[table["status"] == ""]
    same = tested[tested["estimate"] * found.estimate > 0]
    clear = same[(same["lower"] > 0) | (same["upper"] < 0)]
    said = tr(
        "{name}: of {n} other ways to estimate or test the difference, {same} point the same way, "
        "and {clear} exclude zero."
    ).format(
        name=name,
        n=format_value(len(tested), "count", 0),
        same=format_value(len(same), "count", 0),
        clear=format_value(len(clear), "count", 0),
    )
    return join(" ", [said, weight_sentence(found.by_size)])


def weight_sentence(by_size: Contrast) -> Text:
    """Write how much the largest method municipality weighs where persons are counted."""
    said = tr(
        "The largest method municipality has {share} of the method municipalities' persons; "
        "weighted by persons, the difference is {pooled}"
    ).format(
        share=format_value(by_size.largest_share, "share", 0), pooled=_points(by_size.estimate)
    )
    if by_size.interval is None:
        return tr("{said}, which rests on too few municipalities to be tested.").format(said=said)
    return tr("{said} (95% interval {interval}).").format(
        said=said, interval=_interval(by_size.interval)
    )


def left_out_sentence(names: Sequence[str]) -> Text:
    """Write which municipalities are not compared."""
    if not names:
        return tr("All municipalities had enough persons before the start to be compared.")
    return tr.plural(
        "{n} municipality had too few persons before the start and is not compared: {names}.",
        "{n} municipalities had too few persons before the start and are not compared: {names}.",
        len(names),
    ).format(
        n=format_value(len(names), "count", 0), names=joined([Text.same(name) for name in names])
    )


def stage_sentence(plan: Evaluation, checkpoint: Checkpoint, found: Study) -> Text:
    """Write whether the effect is shown yet, and whether a later checkpoint looks again."""
    if found.panel.empty:
        return tr(
            "Too few municipalities have enough persons before the start: they are not compared."
        )
    if not (found.panel["period"] >= 0).any():
        return comparison.baseline_sentence(plan, checkpoint)
    if not found.effects:
        return tr("With so few municipalities or periods, no effect can be estimated.")
    following = plan.first_with("benchmarking", after=checkpoint)
    if following is None:
        return tr("This is the last of the planned looks at the effect.")
    return tr(
        "This is an interim result: checkpoint {number} ({when}) looks again, and each further "
        "look makes a chance finding likelier."
    ).format(number=str(following.number), when=following.when)


def influence_sentence(name: Text, found: Contrast, names: "pd.Series[str]") -> Text:
    """Write how far the difference moves when each municipality is left out in turn.

    Parameters
    ----------
    names : Series
        The municipalities' names by code.
    """
    without = leave_one_out(found)
    furthest = without.index[int((without - found.estimate).abs().argmax())]
    return tr(
        "{name}: when the municipalities are left out one at a time, the estimate ranges from "
        "{range}; it changes most without {municipality}."
    ).format(
        name=name,
        range=format_range((100 * without.min(), 100 * without.max()), "points"),
        municipality=str(names[furthest]),
    )


def latest_sentence(name: Text, shares: pd.DataFrame) -> Text:
    """Write the share in the latest period, in both kinds of municipality.

    Parameters
    ----------
    shares : DataFrame
        Results by period and `role`, in order of the periods.
    """
    last = shares.loc[max(shares.index.get_level_values(0))]
    return tr(
        "{name}: {method} in the method municipalities in the latest period, {comparison} in the "
        "comparison municipalities."
    ).format(
        name=name,
        method=format_share(last.loc["method"]),
        comparison=format_share(last.loc["comparison"]),
    )


def composition_sentence(parts: pd.DataFrame) -> Text:
    """Write how many of the method municipalities' target group are new in the latest period.

    Parameters
    ----------
    parts : DataFrame
        Results by `role`, `period` and `part`, as `benchmarking.composition` has them.
    """
    mine = parts.xs("method", level="role")
    last = mine.loc[max(mine.index.get_level_values(0))]
    return tr(
        "The target group is renewed from period to period: of those who were in it in the latest "
        "period or the one before, {left} have left it and {new} are new (method municipalities)."
    ).format(left=format_share(last.loc[LEFT]), new=format_share(last.loc[NEW]))


def funnel_sentence(found: Funnel) -> Text:
    """Write how many municipalities lie outside the funnel, and how many would by chance."""
    limit = found.limits[0]
    outside = int(found.outside[limit])
    said = tr.plural(
        "{n} of {all} municipalities lies outside the {limit} limits; by chance it would be about "
        "{chance}.",
        "{n} of {all} municipalities lie outside the {limit} limits; by chance it would be about "
        "{chance}.",
        outside,
    ).format(
        n=format_value(outside, "count", 0),
        all=format_value(len(found.table), "count", 0),
        limit=format_value(limit, "share", 0),
        chance=format_value(float(found.expected_outside[limit]), "count", 1),
    )
    if found.overdispersion is None:
        return said
    return join(
        " ",
        [
            said,
            tr(
                "The limits allow for differences between municipalities that neither persons nor "
                "conditions explain."
            ),
        ],
    )


def _course(name: Text, found: Contrast) -> Text:
    """Write whether each kind rose or fell, from which level to which.

    The direction is that of the levels rounded as readers see them.
    """
    ours, theirs = (_change(found, kind) for kind in ("treated", "comparison"))
    method, comparison = ((change > 0) - (change < 0) for change in (ours, theirs))
    if method == comparison == 0:
        said = tr(
            "{name} was unchanged after the start in both kinds of municipality ({b} in the "
            "average method municipality, {d} in the average comparison municipality)."
        )
    elif method == comparison and ours != theirs:
        said = SAME_WAY[method, abs(ours) < abs(theirs)]
    else:
        said = tr(
            "{name} {moved} after the start in the method municipalities (on average from {a} to "
            "{b}) and {other} in the comparison municipalities (from {c} to {d})."
        )
    ends = found.levels.loc[["treated", "comparison"], ["before", "after"]].to_numpy().ravel()
    return said.format(
        name=name,
        moved=MOVED[method],
        other=MOVED[comparison],
        **{key: _share(end) for key, end in zip("abcd", ends, strict=True)},
    )


def _reserved(found: Effect, said: Text) -> Text:
    less = found.less_drift
    return said.format(
        less=_points(less.estimate),
        interval=_interval(less.interval) if less.interval else tr("not tested"),
        breakdown=format_value(found.breakdown, "count", 1),
        pooled=_points(found.by_size.estimate),
        share=format_value(found.contrast.largest_share, "share", 0),
        synthetic=_points(found.synthetic.estimate) if found.synthetic else Text.same(""),
    )


def _breakdown(found: Effect) -> Text:
    """Write how large a violation of parallel trends the effect withstands."""
    if found.breakdown is None:
        return tr("How different the trends may have been cannot be said here.")
    if found.breakdown == 0:
        return tr(
            "Even if the trends had been alike, the mean difference since the last period before "
            "the start would not clearly exclude zero."
        )
    return tr(
        "The difference excludes zero as long as the trends would otherwise have differed by less "
        "than {breakdown} times what they did at most before the start."
    ).format(breakdown=format_value(found.breakdown, "count", 1))


def _undecided(detectable: DetectableEffect | None) -> Text:
    if detectable is None:
        return tr("No effect is shown, which is not to say that there is none.")
    return tr(
        "No effect is shown, which is not to say that there is none: one of less than {effect} "
        "would more often than in one of five cases be missed here."
    ).format(effect=_points(detectable.effect))


def _difference(found: Contrast, adjusted: float | None = None) -> Text:
    """Write the difference of two changes, with the adjusted p if there is one."""
    if found.interval is None:
        return tr(
            "The difference between the two changes is {value}; with so few municipalities it "
            "cannot be tested."
        ).format(value=_points(found.estimate))
    p = format_p(found.p) if found.p is not None else Text.same("")
    if adjusted is not None:
        p = tr("{p} adjusted for the number of outcomes").format(p=format_p(adjusted))
    said = (
        tr(
            "The difference between the two changes is {value} (95% interval {interval}, {p}); the "
            "interval excludes zero."
        )
        if found.direction in ("higher", "lower")
        else tr(
            "The difference between the two changes is {value} (95% interval {interval}, {p}), not "
            "clearly different from zero."
        )
    )
    return said.format(
        value=_points(found.estimate),
        interval=_interval(found.interval),
        p=p,
    )


def _uncertainty(found: Contrast) -> Text:
    if found.interval is None or found.p is None:
        return tr("With so few municipalities, the difference cannot be tested.")
    p = format_p(found.p)
    if found.p_adjusted is not None:
        p = tr("{p} adjusted for the number of outcomes").format(p=format_p(found.p_adjusted))
    return tr(
        "The difference is {value} (95% interval {interval}, {p}), each municipality counted alike."
    ).format(value=_points(found.estimate), interval=_interval(found.interval), p=p)


def _change(found: Contrast, kind: str) -> float:
    ends = found.levels.loc[[kind], ["before", "after"]].to_numpy(dtype=float)[0]
    before, after = (round(100 * end, 1) for end in ends.tolist())
    return float(round(after - before, 1))


def _share(value: float) -> Text:
    return format_value(float(value), "share")


def _points(value: float) -> Text:
    return format_value(100 * value, "points")


def _interval(ends: tuple[float, float]) -> Text:
    low, high = ends
    if abs(low) == float("inf") or abs(high) == float("inf"):
        return tr("open to one side, as there are so few municipalities")
    return format_interval((100 * low, 100 * high), "points")
