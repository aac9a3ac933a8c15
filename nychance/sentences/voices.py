"""What is said in interviews: how often, by whom, and alongside the measures."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from evalbook.models.shares.proportions import difference
from evalbook.plan import Checkpoint
from evalbook.qualitative.joint import Expected, joint_entries
from evalbook.qualitative.quotations import by_code, quotations
from evalbook.report.quotes import inline
from evalbook.sdc import HIDDEN
from evalbook.text.language import Text, join, joined
from nychance import tr
from nychance.sentences.statements import (
    Row,
    clear_difference,
    format_interval,
    format_share,
    format_value,
    is_hidden,
    quoted,
)

RELATIONS = {
    "agree": tr("Yes"),
    "tension": tr("No"),
    "open": tr("Inconclusive"),
    "untested": tr("Not tested"),
    "side-by-side": tr("Not comparable"),
}
MEASURED = tr("What is measured")
SAID = tr("What is said")
RELATED = tr("Do they point the same way?")
# Of how many interviews; a figure writes it below a group's name.
INTERVIEWS = tr("{number} interviews")


def with_interviews(table: pd.DataFrame, level: str) -> pd.DataFrame:
    """Write under the name of each group of a table the number of its interviews.

    Parameters
    ----------
    table : DataFrame
        Results, of which `level` is a group; hidden ones do not tell the number.
    """
    sizes = table["n"].groupby(level=level, observed=True).max().dropna()
    named = {group: f"{group}\n{INTERVIEWS.en.format(number=int(n))}" for group, n in sizes.items()}
    return table.rename(index=named, level=level)


def most_mentioned(mentioned: pd.DataFrame) -> Row:
    """Return the row of what most interviews mention, the first of equals; hidden come last."""
    return mentioned.sort_values("estimate", ascending=False, kind="stable").iloc[0]


def mentioned_by(mentioned: pd.DataFrame, names: Mapping[str, Text]) -> Text:
    """Write which theme comes up in most interviews.

    Parameters
    ----------
    mentioned : DataFrame
        Shares of all interviews by theme.
    names : mapping
        What the themes are called.
    """
    top = most_mentioned(mentioned)
    return tr("No theme comes up in more interviews than “{top}”: {share}.").format(
        top=names[str(top.name)], share=format_share(top)
    )


def mentions_course(course: pd.DataFrame, names: Mapping[str, Text]) -> Text:
    """Write which theme the latest interviews mention most, and which more or less than the first.

    Parameters
    ----------
    course : DataFrame
        Shares of each checkpoint's own interviews, by `checkpoint` and theme.
    """
    latest = course.loc[max(course.index.unique("checkpoint"))]
    top = tr("No theme comes up in more of the latest interviews than “{top}”.").format(
        top=names[str(most_mentioned(latest).name)]
    )
    return join(" ", [top, mentions_changed(course, names)])


def mentions_changed(course: pd.DataFrame, names: Mapping[str, Text]) -> Text:
    """Write which themes are mentioned clearly more or less often than at the first checkpoint.

    Parameters
    ----------
    course : DataFrame
        Shares of each checkpoint's own interviews, by `checkpoint` and theme.
    """
    checkpoints = sorted(course.index.unique("checkpoint"))
    if len(checkpoints) < 2:
        return tr("Only one checkpoint has interviews so far.")
    first, latest = (course.loc[checkpoints[place]] for place in (0, -1))
    found: dict[bool, list[Text]] = {True: [], False: []}
    for theme in first.index:
        then, now = first.loc[theme], latest.loc[theme]
        if is_hidden(then) or is_hidden(now):
            continue
        lower, upper = difference(now, then)
        if lower > 0 or upper < 0:
            found[lower > 0].append(quoted(names[theme]))
    more, fewer = found[True], found[False]
    if not more and not fewer:
        return tr(
            "No theme is mentioned in clearly more or clearly fewer of the latest interviews than "
            "of the first."
        )
    said = {
        tr("Clearly more of the latest interviews than of the first mention {themes}."): more,
        tr("Clearly fewer of the latest interviews than of the first mention {themes}."): fewer,
    }
    clauses = [words.format(themes=joined(themes)) for words, themes in said.items() if themes]
    return join(" ", clauses)


def most_said(passages: pd.DataFrame, names: Mapping[str, Text]) -> Text:
    """Write which place has most passages on which theme.

    Rows are places and columns themes; hidden cells are missing.
    """
    counts = passages.to_numpy(dtype=float)
    if np.isnan(counts).all():
        return tr("No municipality has enough interviews to be shown.")
    most = np.nanmax(counts)
    where = [
        Text.same("{place} ({theme})").format(
            place=str(passages.index[row]), theme=quoted(names[str(passages.columns[column])])
        )
        for row, column in np.argwhere(counts == most)
    ]
    said = tr(
        "Among the {n} municipalities shown, the highest number of passages on one theme is "
        "{count}: {where}."
    )
    return said.format(
        n=str((~np.isnan(counts).all(axis=1)).sum()), count=str(int(most)), where=joined(where)
    )


def new_codes_noun(new: int) -> Text:
    """Write what follows a number of new codes."""
    return tr.plural("code that had", "codes that had", new)


def saturated(curve: pd.DataFrame, recent: int, new: int) -> Text:
    """Write how many codes have come up, and how many of them in the latest interviews only.

    Parameters
    ----------
    curve : DataFrame
        As made by `counts.saturation`.
    recent, new : int
        How many interviews are the latest, and the codes first heard in them.
    """
    brought = (
        tr.plural("one new code", "{n} new codes", new).format(n=str(new))
        if new
        else tr("no new codes")
    )
    return tr(
        "{n} codes have come up in {talks} interviews; the latest {recent} interviews brought "
        "{new}."
    ).format(
        n=str(int(curve["observed"].iloc[-1])),
        talks=str(int(curve.index[-1])),
        recent=str(recent),
        new=brought,
    )


def side_by_side(
    theme: str,
    checkpoint: Checkpoint,
    measured: Mapping[str, tuple[Row, Row] | Text],
    mentioned: pd.DataFrame,
) -> pd.DataFrame:
    """Return each measure of a theme with what people say about it, and how the two relate.

    Parameters
    ----------
    theme : str
        The theme's stem; `joint.yml` lists which measures stand beside which codes.
    measured : mapping
        A measure to the method municipalities' result and the comparison municipalities', or to
        a formatted value.
    mentioned : DataFrame
        Shares of the interviews, by code.
    """
    said = by_code(quotations(None, checkpoint), theme)
    rows = [
        {
            MEASURED.en: join(": ", [entry.measure, _told(measured[entry.number])]),
            SAID.en: join(
                " ", [Text.each(inline, said[entry.code]), _mentioned(mentioned.loc[entry.code])]
            ),
            RELATED.en: RELATIONS[related(entry.expected, measured[entry.number])],
        }
        for entry in joint_entries(theme)
        if entry.code in said and entry.number in measured
    ]
    return pd.DataFrame(rows, columns=[MEASURED.en, SAID.en, RELATED.en])


def related(expected: Expected | None, measured: tuple[Row, Row] | Text) -> str:
    """Return how a measure relates to what people expect: a key of `RELATIONS`."""
    if expected is None or isinstance(measured, Text):
        return "side-by-side"
    method, comparison = measured
    if is_hidden(method) or is_hidden(comparison):
        return "open"
    found = clear_difference(method, comparison)
    if not found:
        return "untested" if found is None else "open"
    return "agree" if (found > 0) == (expected == "higher") else "tension"


def _told(measured: tuple[Row, Row] | Text) -> Text:
    if isinstance(measured, Text):
        return measured
    one, other = (
        Text.same(HIDDEN)
        if is_hidden(row)
        else tr("{value} ({interval})").format(
            value=format_share(row), interval=format_interval((row.lower, row.upper), "share")
        )
        for row in measured
    )
    return tr("{one} against {other}").format(one=one, other=other)


def _mentioned(share: Row) -> Text:
    return tr("Mentioned in {value} of the interviews.").format(
        value=format_value(None if is_hidden(share) else share.estimate, "share", 0)
    )
