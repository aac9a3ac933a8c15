"""Three sentences for a steering group to take home, made from the results and grammatical whatever they are."""

from collections.abc import Mapping, Sequence

from evalbook.models.shares.proportions import difference, verdict
from evalbook.plan import Checkpoint
from evalbook.sdc.thresholds import SafeShare, require_safe
from evalbook.text.language import Text, join, joined, lowered
from nychance import tr
from nychance.definitions import Target
from nychance.sentences.statements import compare_shares, format_share, quoted

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
UNCHANGED = tr("has not clearly changed")


def targets_reached(shares: Mapping[str, SafeShare | None], targets: Sequence[Target]) -> Text:
    """Say which of the targets the method municipalities have met, which not, and of which it cannot be told.

    Parameters
    ----------
    shares : mapping
        A target's key to the method municipalities' share; None where hidden.
    """
    names: dict[str, list[Text]] = {"met": [], "not-met": [], "undecided": [], HIDDEN: []}
    for target in targets:
        share = shares[target.key]
        require_safe(share)
        names[HIDDEN if share is None else verdict(share, target.threshold)].append(
            quoted(target.name)
        )
    if len(names["met"]) == len(targets) > 1:
        return tr("All {n} targets are met in the method municipalities.").format(
            n=count_in_words(len(targets))
        )
    met = names.pop("met")
    first = (
        tr.plural(
            "Of the {all} targets, {n} is met in the method municipalities: {names}",
            "Of the {all} targets, {n} are met in the method municipalities: {names}",
            len(met),
        )
        if met
        else tr("Of the {all} targets, none is met in the method municipalities")
    )
    parts = [
        first.format(
            all=count_in_words(len(targets)),
            n=count_in_words(len(met)),
            names=joined(met) if met else "",
        )
    ]
    for found, listed in names.items():
        if listed:
            parts.append(
                _others(found, len(listed)).format(
                    n=count_in_words(len(listed)), names=joined(listed)
                )
            )
    return join("; ", parts).map("{}.".format)


def course_since(
    target: Target,
    course: Mapping[str, Mapping[int, SafeShare | None]],
    first: Checkpoint,
    now: Checkpoint,
) -> Text:
    """Say how a target's share has developed since the first checkpoint.

    At the first, where the two kinds start from.

    Parameters
    ----------
    course : mapping
        `course[role][checkpoint's number]`; None where hidden.
    first, now : Checkpoint
        The first checkpoint and this one. A change counts as one only if its interval is clear of
        none.
    """
    method, comparison = (course[role][now.number] for role in ("method", "comparison"))
    if now.number == first.number:
        return tr(
            "The starting point, before the method municipalities begin: {name} is {method} in the method municipalities, "
            "{apart} the comparison municipalities' {comparison}."
        ).format(
            name=target.name.map(lowered),
            method=format_share(method),
            comparison=format_share(comparison),
            apart=compare_shares(method, comparison),
        )
    earlier = [course[role][first.number] for role in ("method", "comparison")]
    moved, other = (_moved(*ends) for ends in zip(earlier, (method, comparison), strict=True))
    if moved != other:
        said = tr(
            "{name} {moved} in the method municipalities (from {a} to {b}) and {other} in the comparison municipalities (from "
            "{c} to {d}) since checkpoint {number} ({when})."
        )
    elif moved == UNCHANGED:
        said = tr(
            "{name} {moved} in the method municipalities (from {a} to {b}) or in the comparison municipalities (from {c} to {d}) "
            "since checkpoint {number} ({when})."
        )
    else:
        said = tr(
            "{name} {moved} both in the method municipalities (from {a} to {b}) and in the comparison municipalities (from {c} "
            "to {d}) since checkpoint {number} ({when})."
        )
    return said.format(
        number=str(first.number),
        when=first.when,
        name=target.name,
        moved=moved,
        other=other,
        a=format_share(earlier[0]),
        b=format_share(method),
        c=format_share(earlier[1]),
        d=format_share(comparison),
    )


def revolving_door(back: Mapping[str, SafeShare | None], weeks: int) -> Text:
    """Say how many of those who left came back, and whether the two kinds of municipality differ."""
    return tr(
        "Of the exits to self-support in the method municipalities, {method} were followed by a return to benefit within {weeks} "
        "weeks, {apart} the comparison municipalities' {comparison}."
    ).format(
        method=format_share(back["method"]),
        comparison=format_share(back["comparison"]),
        weeks=str(weeks),
        apart=compare_shares(back["method"], back["comparison"]),
    )


def count_in_words(count: int) -> Text:
    """Write a small number as a word; larger ones in digits."""
    return COUNTS[count] if count < len(COUNTS) else Text.same(str(count))


def _others(found: str, count: int) -> Text:
    if found == "not-met":
        return tr.plural("{n} is not met: {names}", "{n} are not met: {names}", count)
    if found == "undecided":
        return tr.plural("{n} is undecided: {names}", "{n} are undecided: {names}", count)
    return tr.plural(
        "{n} rests on too few persons to be told: {names}",
        "{n} rest on too few persons to be told: {names}",
        count,
    )


def _moved(before: SafeShare | None, now: SafeShare | None) -> Text:
    if before is None or now is None:
        return tr("rests on too few persons to be told")
    lower, upper = difference(now, before)
    if lower > 0:
        return tr("has risen")
    return tr("has fallen") if upper < 0 else UNCHANGED
