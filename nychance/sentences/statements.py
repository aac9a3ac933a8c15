"""Sentences and formatted values, grammatical in both languages."""

import math
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from evalbook.models import Contrast
from evalbook.models.shares.proportions import Verdict, difference
from evalbook.models.shares.proportions import verdict_of as verdict_within
from evalbook.plan import Checkpoint, Plan
from evalbook.report.units import write, write_interval, write_range
from evalbook.sdc.thresholds import HIDDEN
from evalbook.text.language import Text, join, joined, lowered
from nychance import tr
from nychance.definitions import Target

# The level of tests, which matches 95 per cent intervals.
LEVEL: Final = 0.05
# Smaller p-values are written as a bound.
LEAST_P: Final = 0.001
VERDICTS = {
    "met": tr("met"),
    "not-met": tr("not met"),
    "undecided": tr("inconclusive"),
}

HIGHER = (tr("higher than"), tr("lower than"), tr("level with"))
MORE = (tr("more than"), tr("fewer than"), tr("as many as"))
# The verdict as the end of a sentence about a target.
FOUND = {
    "met": tr("the target is met"),
    "not-met": tr("the target is not met"),
    "undecided": tr("the result is inconclusive"),
}
# By the sign of a slope whose interval excludes zero; 0 where it includes zero.
DIRECTIONS = {
    1: tr("rising"),
    -1: tr("falling"),
    0: tr("neither clearly rising nor clearly falling"),
}
HIDDEN_VERDICT = tr("hidden (too few persons)")
NOT_COMPARED = tr("not comparable (too few persons) with")
UNCLEAR = tr("not clearly different from")
CLOSE = tr("close to")
# Of a checkpoint, by the sign of its distance from the one that is reported.
STAGES = {-1: tr("done"), 0: tr("this checkpoint"), 1: tr("to come")}
BESIDE = tr("to be read beside")
# Shares less than a percentage point apart are close, if the interval includes no difference.
NEAR: Final = 0.01


# A row of results, or a share: `estimate`, `lower`, `upper` and `n`, missing where hidden.
Row = Any


def is_hidden(result: Row) -> bool:
    """Return whether a result is hidden, or cannot be had."""
    return result is None or math.isnan(result.estimate)


def format_value(value: float | None, unit: str, decimals: int = 1) -> Text:
    """Write a value in both languages; a hidden one is None or NaN."""
    if value is None or math.isnan(value):
        return Text.same(HIDDEN)
    return Text.each(write, value, unit, decimals=decimals)


def format_share(share: Row) -> Text:
    """Write a share that has passed disclosure control in both languages."""
    return format_value(value_of(share), "share")


def format_p(p: float) -> Text:
    """Write a p-value; one that rounds to zero is written as a bound."""
    sign, value = ("<", LEAST_P) if p < LEAST_P else ("=", p)
    # Kept on one line by no-break spaces.
    return format_value(value, "p", 3).map(
        f"p\N{NO-BREAK SPACE}{sign}\N{NO-BREAK SPACE}{{}}".format
    )


def value_of(share: Row) -> float | None:
    """Return a share's value for a table; None where it is hidden."""
    return None if is_hidden(share) else share.estimate


def interval_of(share: Row) -> Text:
    """Write a share's interval in both languages."""
    if is_hidden(share):
        return Text.same(HIDDEN)
    return format_interval((share.lower, share.upper), "share")


def format_range(ends: tuple[float, float], unit: str, decimals: int = 1) -> Text:
    """Write a range after the word "from" in both languages."""
    return Text.each(write_range, ends, unit, decimals=decimals)


def format_interval(ends: tuple[float, float], unit: str, decimals: int = 1) -> Text:
    """Write an interval in both languages."""
    return Text.each(write_interval, ends, unit, decimals=decimals)


def verdict_of(share: Row, target: Target) -> Text:
    """Write whether a target is met, not met or undecided, or that the share is hidden."""
    if is_hidden(share):
        return HIDDEN_VERDICT
    return VERDICTS[verdict_by(share, target)]


def verdict_sentence(share: Row, target: Target) -> Text:
    """Write a target's result in one sentence: interval and verdict, or that it is hidden."""
    if is_hidden(share):
        hidden = tr("{name}: the number is hidden because it rests on too few persons.")
        return hidden.format(name=target.name)
    ends = tr(
        "{name}: {value} (95% interval {interval}), against a target of at least {threshold}; "
        "{verdict}."
    )
    return ends.format(
        name=target.name,
        value=format_value(share.estimate, "share"),
        interval=format_interval((share.lower, share.upper), "share"),
        threshold=format_value(target.threshold, "share", 0),
        verdict=FOUND[verdict_by(share, target)],
    )


def verdict_by(share: Row, target: Target) -> Verdict:
    """Return whether a share's interval meets a target."""
    return verdict_within((share.lower, share.upper), target.threshold)


def quoted(name: Text) -> Text:
    """Return a name in quotation marks."""
    return tr("“{words}”").format(words=name)


def compared(
    method: float | None, comparison: float | None, words: tuple[Text, Text, Text] = HIGHER
) -> Text:
    """Return whether the method municipalities are above or below the comparison municipalities.

    Parameters
    ----------
    method, comparison : float or None
        The figures; None where hidden.
    words : tuple of Text
        Words for above, below and the same.
    """
    if method is None or comparison is None:
        return NOT_COMPARED
    above, below, same = words
    if method > comparison:
        return above
    return below if method < comparison else same


def compare_shares(one: Row, other: Row) -> Text:
    """Return whether a share is higher or lower than another, within one kind of municipality.

    This requires an interval that excludes no difference; otherwise, whether they are close. The
    units are persons, so method and comparison municipalities are not compared by it:
    `compare_municipalities`.
    """
    if is_hidden(one) or is_hidden(other):
        return NOT_COMPARED
    lower, upper = difference(one, other)
    if lower > 0:
        return HIGHER[0]
    if upper < 0:
        return HIGHER[1]
    return CLOSE if abs(one.estimate - other.estimate) < NEAR else UNCLEAR


def clear_difference(method: Row, comparison: Row, found: Contrast | None = None) -> int | None:
    """Return which of two kinds of municipality clearly has the higher share: 1, -1, or 0.

    None where that was not tested: persons' intervals do not tell kinds of municipality apart.

    Parameters
    ----------
    method, comparison : results
        The two shares.
    found : Contrast, optional
        Of the municipalities' shares; the shares that are told must not point the other way.
    """
    if found is None or found.direction == "not-tested":
        return None
    agree = found.estimate * (method.estimate - comparison.estimate) > 0
    return {"higher": 1, "lower": -1}.get(found.direction, 0) if agree else 0


def compare_municipalities(method: Row, comparison: Row, found: Contrast | None = None) -> Text:
    """Return how the method municipalities' share relates to the comparison municipalities'.

    Only a contrast, whose units are municipalities, says that it is higher or lower.

    Parameters
    ----------
    method, comparison : results
        The two shares; None where hidden.
    found : Contrast, optional
        As for `clear_difference`; without it the two are only put beside each other.
    """
    if is_hidden(method) or is_hidden(comparison):
        return NOT_COMPARED
    sign = clear_difference(method, comparison, found)
    return BESIDE if sign is None else {1: HIGHER[0], -1: HIGHER[1], 0: UNCLEAR}[sign]


def describe_two_shares(words: Text, found: Contrast | None = None, **shares: Row) -> Text:
    """Write a sentence with two shares, and a second one that compares them.

    Parameters
    ----------
    words : Text
        With a placeholder for each share.
    found : Contrast, optional
        Of the municipalities' shares, where the two are those of method and comparison
        municipalities: `compare_municipalities` then decides.
    **shares : results
        Two shares by their placeholders, the first one first; None where hidden. Those of `method`
        and `comparison` are told apart by a contrast only, others by `compare_shares`.
    """
    values = words.format(**{blank: format_share(share) for blank, share in shares.items()})
    one, other = shares.values()
    kinds = found is not None or list(shares) == ["method", "comparison"]
    how = compare_municipalities(one, other, found) if kinds else compare_shares(one, other)
    if how is BESIDE:
        return values
    comparison = tr("The first share is {compared} the second.").format(compared=how)
    return join(" ", [values, comparison])


def describe_ratios(table: pd.DataFrame, names: Mapping[str, Text]) -> Text:
    """Write with which interventions exits were clearly more or less frequent, and with which not.

    Parameters
    ----------
    table : DataFrame
        Indexed by key: `lower` and `upper` ends of a ratio's interval; missing where there are too
        few exits.
    names : mapping
        What the keys are called.
    """
    found: dict[str, list[Text]] = {"more": [], "less": [], "open": []}
    ends = table.loc[list(names), ["lower", "upper"]].to_numpy(dtype=float)
    for name, (lower, upper) in zip(names.values(), ends, strict=True):
        found["more" if lower > 1 else "less" if upper < 1 else "open"].append(name.map(lowered))
    said = {
        "more": tr.plural(
            "Participants in this intervention left benefit for self-support clearly more often "
            "than others: {names}.",
            "Participants in these interventions left benefit for self-support clearly more often "
            "than others: {names}.",
            len(found["more"]),
        ),
        "less": tr.plural(
            "Participants in this intervention left benefit for self-support clearly less often "
            "than others: {names}.",
            "Participants in these interventions left benefit for self-support clearly less often "
            "than others: {names}.",
            len(found["less"]),
        ),
        "open": tr("No clear difference: {names}."),
    }
    return join(
        " ", (said[way].format(names=joined(listed)) for way, listed in found.items() if listed)
    )


def describe_spread(shares: Mapping[Text, Row]) -> Text:
    """Write the lowest and the highest of named shares; hidden ones are left out."""
    known = {name: share for name, share in shares.items() if not is_hidden(share)}
    if not known:
        return tr("All are hidden (too few persons).")
    least, most = (ends(known, key=lambda name: known[name].estimate) for ends in (min, max))
    said = tr("From {low} in {least} to {high} in {most}.")
    return said.format(
        low=format_share(known[least]), least=least, high=format_share(known[most]), most=most
    )


def describe_slopes(by_unit: tuple[float, float], by_inhabitant: tuple[float, float]) -> Text:
    """Write the direction of a line across municipalities, unweighted and weighted.

    Parameters
    ----------
    by_unit, by_inhabitant : tuple of float
        The slope's interval; one that includes zero leaves its direction open.
    """
    one, other = (_direction(interval) for interval in (by_unit, by_inhabitant))
    if one == other:
        return tr(
            "The line is {one}, whether each municipality or each inhabitant counts equally."
        ).format(one=one)
    return tr(
        "Unweighted, the line is {one}; weighted, it is {other}. The conclusion depends on whether "
        "each municipality or each inhabitant should count equally."
    ).format(one=one, other=other)


def _direction(interval: tuple[float, float]) -> Text:
    lower, upper = interval
    return DIRECTIONS[(lower > 0) - (upper < 0)]


def schedule(plan: Plan, now: Checkpoint) -> pd.DataFrame:
    """Return the plan's checkpoints with their activities, and whether each is behind or ahead."""
    rows = [
        {
            "checkpoint": each.number,
            "time": each.when,
            "activities": joined([plan.activities[key] for key in each.activities]),
            "stage": STAGES[(each.number > now.number) - (each.number < now.number)],
        }
        for each in plan.checkpoints
    ]
    return pd.DataFrame(rows)
