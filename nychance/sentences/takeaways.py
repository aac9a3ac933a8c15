"""Three sentences for a steering group, grammatical whatever the results."""

from collections.abc import Mapping, Sequence

import pandas as pd

from evalbook.models.shares.proportions import difference
from evalbook.plan import Checkpoint
from evalbook.text.language import Text, join, joined, lowered
from nychance import tr
from nychance.definitions import Target
from nychance.sentences.statements import (
    VERDICTS,
    Row,
    compare_municipalities,
    format_share,
    is_hidden,
    quoted,
    verdict_by,
)

COUNTS = (
    tr("none"),
    tr("one"),
    tr("two"),
    tr("three"),
    tr("four"),
    tr("five"),
    tr("six"),
    tr("seven"),
    tr("eight"),
    tr("nine"),
    tr("ten"),
)
HIDDEN = "hidden"
BY_READING = "by-reading"
UNITS = {"persons": tr("share of persons"), "time": tr("share of time")}
UNCHANGED = tr("has not clearly changed")


def targets_reached(shares: pd.DataFrame | Mapping[str, Row], targets: Sequence[Target]) -> Text:
    """Write which of the targets the method municipalities have met, and which not.

    The readings of one target (`Target.reading_of`) count as one target.

    Parameters
    ----------
    shares : DataFrame or mapping
        The method municipalities' shares by the targets' keys.
    """
    rows = shares.loc if isinstance(shares, pd.DataFrame) else shares
    found = {target.key: _finding(rows[target.key], target) for target in targets}
    by_finding: dict[str, list[Text]] = {
        kind: [] for kind in ("met", "not-met", "undecided", BY_READING, HIDDEN)
    }
    several = _readings(targets)
    for name, readings in several.items():
        kinds = {found[target.key] for target in readings}
        if len(kinds) == 1:
            by_finding[kinds.pop()].append(quoted(name))
        else:
            each = join(", ", [_reading(target, found[target.key]) for target in readings])
            by_finding[BY_READING].append(
                Text.same("{name} ({each})").format(name=quoted(name), each=each)
            )
    met = by_finding.pop("met")
    if len(met) == len(several) > 1:
        return tr("All {n} targets are met in the method municipalities.").format(
            n=count_in_words(len(several))
        )
    parts = [_first(met, len(several), plainly=set(found.values()) == {"not-met"})]
    parts += [_others(kind, listed) for kind, listed in by_finding.items() if listed]
    return join("; ", parts).map("{}.".format)


def met_by_each(shares: pd.DataFrame, target: Target) -> Text:
    """Write how many method municipalities clearly meet a target, clearly miss it or neither.

    Parameters
    ----------
    shares : DataFrame
        The method municipalities' shares, a row each.
    """
    found = [_finding(share, target) for _, share in shares.iterrows()]
    counts = {kind: found.count(kind) for kind in ("met", "not-met", "undecided", HIDDEN)}
    said = {
        "met": tr.plural(
            "Of the {all} method municipalities, one clearly meets the target {name}",
            "Of the {all} method municipalities, {n} clearly meet the target {name}",
            counts["met"],
        ),
        "not-met": tr.plural("one clearly misses it", "{n} clearly miss it", counts["not-met"]),
        "undecided": tr.plural(
            "for one the result is inconclusive",
            "for {n} the result is inconclusive",
            counts["undecided"],
        ),
        HIDDEN: tr.plural(
            "one has too few persons to be shown",
            "{n} have too few persons to be shown",
            counts[HIDDEN],
        ),
    }
    parts = [
        words.format(
            all=count_in_words(len(found)), n=count_in_words(counts[kind]), name=quoted(target.name)
        )
        for kind, words in said.items()
        if kind == "met" or counts[kind]
    ]
    return join("; ", parts).map("{}.".format)


def course_since(target: Target, course: pd.DataFrame, first: Checkpoint, now: Checkpoint) -> Text:
    """Write how a target's share has changed since the first checkpoint.

    At the first checkpoint, write the starting point of the two kinds of municipality.

    Parameters
    ----------
    course : DataFrame
        Shares by `checkpoint` (its month) and `role`.
    first, now : Checkpoint
        The first checkpoint and this one. A change counts as one only if its interval excludes
        zero.
    """
    method, comparison = (course.loc[(now.month, role)] for role in ("method", "comparison"))
    if now.number == first.number:
        return tr(
            "The starting point, before the method municipalities begin: {name} is {method} in the "
            "method municipalities; the share is {apart} the comparison municipalities' "
            "{comparison}."
        ).format(
            name=target.name.map(lowered),
            method=format_share(method),
            comparison=format_share(comparison),
            apart=compare_municipalities(method, comparison),
        )
    earlier = [course.loc[(first.month, role)] for role in ("method", "comparison")]
    moved, other = (_moved(*ends) for ends in zip(earlier, (method, comparison), strict=True))
    if moved != other:
        said = tr(
            "Since checkpoint {number} ({when}), {name} {moved} in the method municipalities (from "
            "{a} to {b}) and {other} in the comparison municipalities (from {c} to {d})."
        )
    elif moved == UNCHANGED:
        said = tr(
            "Since checkpoint {number} ({when}), {name} {moved} in either the method "
            "municipalities (from {a} to {b}) or the comparison municipalities (from {c} to {d})."
        )
    else:
        said = tr(
            "Since checkpoint {number} ({when}), {name} {moved} in both the method municipalities "
            "(from {a} to {b}) and the comparison municipalities (from {c} to {d})."
        )
    return said.format(
        number=str(first.number),
        when=first.when,
        name=target.name.map(lowered),
        moved=moved,
        other=other,
        a=format_share(earlier[0]),
        b=format_share(method),
        c=format_share(earlier[1]),
        d=format_share(comparison),
    )


def revolving_door(back: pd.DataFrame, weeks: int) -> Text:
    """Write how many of those who left returned, in each kind of municipality.

    Parameters
    ----------
    back : DataFrame
        Shares by role.
    """
    method, comparison = back.loc["method"], back.loc["comparison"]
    return tr(
        "Of those who left benefit for self-support in the method municipalities, {method} were "
        "back on benefit within {weeks} weeks; the share is {apart} the comparison municipalities' "
        "{comparison}."
    ).format(
        method=format_share(method),
        comparison=format_share(comparison),
        weeks=str(weeks),
        apart=compare_municipalities(method, comparison),
    )


def count_in_words(count: int) -> Text:
    """Write a small number as a word; larger ones in digits."""
    return COUNTS[count] if count < len(COUNTS) else Text.same(str(count))


def _finding(share: Row, target: Target) -> str:
    return HIDDEN if is_hidden(share) else verdict_by(share, target)


def _readings(targets: Sequence[Target]) -> dict[Text, list[Target]]:
    """Return the readings of each target by its name."""
    found: dict[Text, list[Target]] = {}
    for target in targets:
        found.setdefault(target.reading_of or target.name, []).append(target)
    return found


def _reading(target: Target, finding: str) -> Text:
    said = tr("too few persons to tell") if finding == HIDDEN else VERDICTS[finding]
    return Text.same("{unit}: {said}").format(unit=UNITS[target.unit], said=said)


def _first(met: Sequence[Text], targets: int, *, plainly: bool) -> Text:
    """Write which targets are met.

    That none is met is stated without qualification only where all are missed.
    """
    if met:
        said = tr.plural(
            "Of the {all} targets, {n} is met in the method municipalities: {names}",
            "Of the {all} targets, {n} are met in the method municipalities: {names}",
            len(met),
        )
    elif plainly:
        said = tr("None of the {all} targets is met in the method municipalities")
    else:
        said = tr("None of the {all} targets is clearly met in the method municipalities")
    return said.format(
        all=count_in_words(targets),
        n=count_in_words(len(met)),
        names=joined(met) if met else "",
    )


def _others(found: str, names: Sequence[Text]) -> Text:
    said = {
        "not-met": tr.plural("{n} is not met: {names}", "{n} are not met: {names}", len(names)),
        "undecided": tr.plural(
            "for {n} the result is inconclusive: {names}",
            "for {n} the result is inconclusive: {names}",
            len(names),
        ),
        BY_READING: tr.plural(
            "{n} depends on how it is measured: {names}",
            "{n} depend on how they are measured: {names}",
            len(names),
        ),
        HIDDEN: tr.plural(
            "{n} has too few persons to be shown: {names}",
            "{n} have too few persons to be shown: {names}",
            len(names),
        ),
    }
    return said[found].format(n=count_in_words(len(names)), names=joined(names))


def _moved(before: Row, now: Row) -> Text:
    if is_hidden(before) or is_hidden(now):
        return tr("cannot be followed (too few persons)")
    lower, upper = difference(now, before)
    if lower > 0:
        return tr("has risen")
    return tr("has fallen") if upper < 0 else UNCHANGED
