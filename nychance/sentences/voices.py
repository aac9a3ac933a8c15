"""What is said in interviews: how often, by whom, and alongside the measures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from evalbook.models.shares.proportions import Share, difference, share
from evalbook.qualitative.joint import Entry, Expected
from evalbook.qualitative.quotations import Quotation
from evalbook.report.findings import Column
from evalbook.report.quotes import inline
from evalbook.sdc import HIDDEN, MINIMUM
from evalbook.sdc.control import DisclosureControl
from evalbook.sdc.thresholds import SafeShare, shown
from evalbook.text.language import Text, join, joined
from nychance import tr
from nychance.sentences.statements import format_interval, format_value, quoted

SO_FAR: Final = "so far"
Measured = tuple[Share | None, Share | None] | Text
RELATIONS = {
    "agree": tr("Yes"),
    "tension": tr("No"),
    "open": tr("Inconclusive"),
    "side-by-side": tr("Not comparable"),
}


@dataclass(frozen=True)
class Mentions:
    """The share of talks that mention each thing, after disclosure control; None where hidden.

    Attributes
    ----------
    by_checkpoint : dict
        `[what][month]`, of each checkpoint's own talks.
    so_far : dict
        `[what]`, of all talks up to now.
    """

    by_checkpoint: dict[str, dict[str, SafeShare | None]]
    so_far: dict[str, SafeShare | None]


def mention_matrix(
    mentioned: Mapping[str, Mapping[str, Share | None]],
    groups: Mapping[str, Text],
    minimum: int = MINIMUM,
) -> tuple[pd.DataFrame, dict[str, Text]]:
    """Compute the per cent of each group's talks that mention each thing.

    Parameters
    ----------
    mentioned : mapping
        `[what][group]`; None where hidden.
    groups : mapping
        Keys to names, in order; a group without talks is left out, one with fewer than `minimum`
        is missing (NaN).

    Returns
    -------
    DataFrame
        Per cent, indexed by group, one column per `what`.
    dict
        The groups' names with the number of their talks, the denominator.
    """
    sizes = {
        group: share.n
        for shares in mentioned.values()
        for group, share in shares.items()
        if share is not None
    }
    there = {group: name for group, name in groups.items() if group in sizes}
    hidden = {group for group in there if sizes[group] < minimum}
    frame = pd.DataFrame(
        {
            what: {g: _per_cent(None if g in hidden else shares[g]) for g in there}
            for what, shares in mentioned.items()
        }
    )
    numbers = {group: HIDDEN if group in hidden else str(sizes[group]) for group in there}
    names = {
        g: Text.same("{name} (n = {n})").format(name=name, n=numbers[g])
        for g, name in there.items()
    }
    return frame, names


def protected_mentions(
    talks: "pd.Series[int]", mentioned: pd.DataFrame, sdc: DisclosureControl
) -> Mentions:
    """Apply disclosure control to the talks that mention each thing, by checkpoint.

    Those who mentioned something are a group of persons, and a group below the minimum may be
    identified; those who did not mention it are not. Earlier checkpoints are passed first, in
    order, so that nothing can be derived from two reports.

    Parameters
    ----------
    talks, mentioned : Series and DataFrame
        As made by `counts.by_checkpoint`.
    """
    sizes = _passed(talks, "talks", sdc)
    by_checkpoint, so_far = {}, {}
    for value in mentioned:
        counts = _passed(mentioned[value], f"talks that mention {value}", sdc)
        shares = {month: _share(count, sizes[month]) for month, count in counts.items()}
        so_far[str(value)], by_checkpoint[str(value)] = shares.pop(SO_FAR), shares
    return Mentions(by_checkpoint, so_far)


def protected_by_group(
    mentioned: Mapping[str, Mapping[str, Share]], by: str, whom: str, sdc: DisclosureControl
) -> dict[str, dict[str, SafeShare | None]]:
    """Apply disclosure control to the talks that mention each thing, by group.

    Parameters
    ----------
    mentioned : mapping
        `[what][group]`, as made by `counts.mentions` of talks that may be published by group
        (`informants.released`).
    by : str
        What the groups are categories of, such as `role`.
    whom : str
        The talks, with their date.
    """

    def passed(counts: Mapping[str, int], name: str) -> dict[str, float]:
        return dict(sdc.counts(pd.Series(counts).rename_axis(by), name).counts.iloc[0])

    found = {}
    for value, shares in mentioned.items():
        sizes = passed({group: share.n for group, share in shares.items()}, whom)
        counts = passed(
            {group: share.count for group, share in shares.items()}, f"{whom}, that mention {value}"
        )
        found[value] = {group: _share(counts[group], sizes[group]) for group in shares}
    return found


def mentions_changed(mentions: Mentions, names: Mapping[str, Text]) -> Text:
    """Write which themes are mentioned clearly more or less often than at the first checkpoint."""
    if any(len(shares) < 2 for shares in mentions.by_checkpoint.values()):
        return tr("Only one checkpoint has interviews so far.")
    more: list[Text] = []
    fewer: list[Text] = []
    for value, shares in mentions.by_checkpoint.items():
        then, now = (shares[month] for month in (min(shares), max(shares)))
        if then is None or now is None:
            continue
        lower, upper = difference(now, then)
        if lower > 0 or upper < 0:
            (more if lower > 0 else fewer).append(quoted(names[value]))
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


def most_said(passages: pd.DataFrame, themes: Mapping[str, Text]) -> Text:
    """Write which place has most passages on which theme.

    Rows are places and columns themes; hidden cells are missing.
    """
    counts = passages[list(themes)].to_numpy(dtype=float)
    if np.isnan(counts).all():
        return tr("No municipality has enough interviews to be shown.")
    most, names = np.nanmax(counts), list(themes.values())
    where = [
        Text.same("{place} ({theme})").format(
            place=str(passages.index[row]), theme=quoted(names[column])
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


def _passed(counts: "pd.Series[int]", whom: str, sdc: DisclosureControl) -> dict[str, float]:
    """Return protected counts by checkpoint and their sum so far, missing where hidden."""
    passed: dict[str, float] = {}
    for month in map(str, counts.index):
        known = counts.loc[:month].rename_axis("checkpoint")
        found = sdc.counts(known, whom, seen={"seen": f"until {month}"})
        passed = dict(found.counts.iloc[0]) | {SO_FAR: float(found.totals.iloc[0])}
    return passed


def _share(count: float, size: float) -> SafeShare | None:
    return shown(share(int(count), int(size))) if count >= 0 and size > 0 else None


def joint_display(
    entries: list[Entry],
    measured: Mapping[str, Measured],
    quotations: Mapping[str, Quotation],
    mentioned: Mapping[str, Mapping[str, Share]],
    minimum: int = MINIMUM,
) -> tuple[pd.DataFrame, dict[str, Column]]:
    """Return each measure with what people say about it, and how the two relate.

    Parameters
    ----------
    measured : mapping
        An entry's measure to a share and the share that it is compared with, after disclosure
        control (None where hidden), or to a formatted value.
    quotations : mapping
        Code to a quotation.
    mentioned : mapping
        `[code]["all"]`: the share of talks in which the code comes up.
    minimum : int
        The share is hidden where it comes up in fewer talks.
    """
    rows = [
        {
            "measure": join(": ", [entry.measure, _value(measured[entry.number])]),
            "voice": join(
                " ",
                [
                    Text.each(inline, quotations[entry.code]),
                    _heard(mentioned[entry.code]["all"], minimum),
                ],
            ),
            "relation": RELATIONS[relation(entry.expected, measured[entry.number])],
        }
        for entry in entries
        if entry.code in quotations and entry.number in measured
    ]
    columns = {
        "measure": Column(tr("What is measured")),
        "voice": Column(tr("What is said")),
        "relation": Column(tr("Do they point the same way?")),
    }
    return pd.DataFrame(rows, columns=list(columns)), columns


def relation(expected: Expected | None, measured: Measured) -> str:
    """Return how a measure relates to what people expect.

    Agreement or tension requires an interval that excludes no difference.
    """
    if expected is None or isinstance(measured, Text):
        return "side-by-side"
    one, other = measured
    if one is None or other is None:
        return "open"
    lower, upper = difference(one, other)
    if lower <= 0 <= upper:
        return "open"
    return "agree" if (lower > 0) == (expected == "higher") else "tension"


def _per_cent(share: Share | None) -> float:
    return float("nan") if share is None else 100 * share.value


def _value(measured: Measured) -> Text:
    if isinstance(measured, Text):
        return measured
    one, other = measured
    return tr("{one} against {other}").format(
        one=_share_with_interval(one), other=_share_with_interval(other)
    )


def _heard(share: Share, minimum: int) -> Text:
    known = share.value if not 0 < share.count < minimum else None
    return tr("Mentioned in {value} of the interviews.").format(
        value=format_value(known, "share", 0)
    )


def _share_with_interval(share: Share | None) -> Text:
    if share is None:
        return Text.same(HIDDEN)
    return tr("{value} ({interval})").format(
        value=format_value(share.value, "share"), interval=format_interval(share.interval, "share")
    )
