"""What changed since the checkpoint before: a page of it, and the changes that stand out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from evalbook import plan
from evalbook.errors import UsageError
from evalbook.publish.chapters import Chapter
from evalbook.publish.edition import Edition
from evalbook.report.compare import Difference, differences, numbers_of
from evalbook.report.differences import format_entry, moved
from evalbook.report.markdown import escaped
from evalbook.text.catalogue import tr
from evalbook.text.language import Language, Text, join, lowered

CHANGES: Final = tr("What changed since last time")
STATUS: Final = {
    "same": tr("same"),
    "changed": tr("changed"),
    "appeared": tr("new"),
    "vanished": tr("gone"),
}
FIRST: Final = tr(
    "This is the first checkpoint with results: there is nothing to compare with yet."
)
NONE: Final = tr("No number has changed by more than it is rounded.")
LINE: Final = tr("**{name}:** {after}, against {before} in {then} ({change}).")
# So many changes stand in the summary; the page has all of them.
MOST: Final = 5


def changes_page(edition: Edition, previous: plan.Checkpoint) -> Chapter | None:
    """Write the page that compares the estimates with those of the previous checkpoint.

    Returns
    -------
    Chapter or None
        None where the previous checkpoint has no results.
    """
    language = edition.language
    found = _differences(edition, previous)
    if found is None:
        return None
    intro = tr(
        "All numbers of this checkpoint ({now}) beside those of the one before ({then}), as they "
        "are rounded in the report. {counts}. In each theme, the changes that are largest beside "
        "their uncertainty come first. A number that changed did not thereby change by more than "
        "chance: see the intervals, and remember that the target group and the window move on."
    ).format(
        now=edition.checkpoint.when,
        then=previous.when,
        counts=_counts(found),
    )
    sections = [_theme_section(theme, found, language) for theme in plan.load().themes]
    body = "\n\n".join(
        [
            f"{{{{< include /figures/latest/_notice.{language}.md >}}}}",
            intro[language],
            *filter(None, sections),
        ]
    )
    return Chapter(
        "changes", edition.root / "changes.qmd", {"title": CHANGES[language]}, body + "\n"
    )


def write_changes(edition: Edition, latest: Path) -> None:
    """Write the changes that stand out most, for a chapter to include."""
    previous = plan.load().before(edition.checkpoint)
    found = _differences(edition, previous) if previous else None
    for language in plan.load().languages:
        text = FIRST[language]
        if previous and found is not None:
            lines = [_line(each, previous, language) for each in standing_out(found)]
            text = "\n".join(f"- {line}" for line in lines) or NONE[language]
        (latest / f"_changes.{language}.md").write_text(f"{text}\n", encoding="utf-8")


def standing_out(found: Sequence[Difference]) -> list[Difference]:
    """Return the shares that changed most beside their uncertainty; one of each name."""
    changed = (
        each
        for each in found
        if each.seen == "changed" and each.weight and each.entry["unit"] in ("share", "percent")
    )
    named: dict[str, Difference] = {}
    for difference in sorted(changed, key=lambda each: -each.weight):
        named.setdefault(_name(difference, "en"), difference)
    return list(named.values())[:MOST]


def _differences(edition: Edition, previous: plan.Checkpoint) -> list[Difference] | None:
    try:
        before = numbers_of(edition.root, previous.month)
        after = numbers_of(edition.root, edition.checkpoint.month)
    except UsageError:
        return None
    return differences(before, after)


def _counts(found: Sequence[Difference]) -> Text:
    counted = {status: sum(d.seen == status for d in found) for status in STATUS}
    listed = (
        Text.same("{name}: {count}").format(name=name, count=str(counted[status]))
        for status, name in STATUS.items()
    )
    return join("; ", listed).map(str.capitalize)


def _theme_section(theme: plan.Theme, found: Sequence[Difference], language: Language) -> str:
    own = [d for d in found if d.key.startswith(f"{theme.stem}.") and d.seen != "same"]
    if not own:
        return ""
    head = tr(
        "| Number | Before | Now | Change | Status |\n"
        "|:----------------------------|-------:|-------:|-----:|:---|"
    )
    rows = "\n".join(_row(d, language) for d in sorted(own, key=lambda each: -each.weight))
    return f"## {theme.name[language]} {{#{theme.stem}}}\n\n{head[language]}\n{rows}"


def _row(difference: Difference, language: Language) -> str:
    sides = " | ".join(
        format_entry(side, language) for side in (difference.before, difference.after)
    )
    status = STATUS[difference.seen][language]
    change = moved(difference, language)
    return f"| {_name(difference, language)} | {sides} | {change} | {status} |"


def _line(difference: Difference, previous: plan.Checkpoint, language: Language) -> str:
    before, after = (
        format_entry({**side, "n": None}, language) if side else ""
        for side in (difference.before, difference.after)
    )
    return LINE.format(
        name=_name(difference, language),
        before=before,
        after=after,
        then=previous.when,
        change=moved(difference, language, signed=True),
    )[language]


def _name(difference: Difference, language: Language) -> str:
    """Name a number by how it was worked out, and by the groups that it is about."""
    method = difference.entry["method"][language]
    groups = [group[language] for group in difference.entry.get("groups", [])]
    rest = [lowered(group) for group in groups if group != method]
    return escaped(", ".join([method, *rest]))
