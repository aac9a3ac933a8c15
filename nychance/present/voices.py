"""What is said, laid out for readers: how often, by whom, and beside the measures."""

from collections.abc import Mapping

import pandas as pd

from nychance.catalogue import tr
from nychance.disclosure import HIDDEN, MINIMUM
from nychance.language import Text, join
from nychance.measures.shares import Share, difference
from nychance.present.findings import Column
from nychance.present.quotes import inline
from nychance.present.statements import told, told_interval
from nychance.qualitative.joint import Entry, Expected
from nychance.qualitative.quotations import Quotation

Measured = tuple[Share | None, Share | None] | Text
RELATIONS = {
    "agree": tr("Point the same way"),
    "tension": tr("Pull different ways"),
    "open": tr("The figure does not decide"),
    "side-by-side": tr("To be read side by side"),
}


def mention_matrix(
    mentioned: Mapping[str, Mapping[str, Share]], groups: Mapping[str, Text], minimum: int = MINIMUM
) -> tuple[pd.DataFrame, dict[str, Text]]:
    """Lay out how many per cent of each group's talks mention what.

    Parameters
    ----------
    mentioned : mapping
        `[what][group]`.
    groups : mapping
        Keys to names, in order; a group without talks is left out, one with fewer than `minimum` is missing (NaN).

    Returns
    -------
    DataFrame
        Per cent, indexed by group, one column per `what`.
    dict
        The groups' names with the number of their talks, the denominator.
    """
    sizes = {group: share.n for shares in mentioned.values() for group, share in shares.items()}
    there = {group: name for group, name in groups.items() if group in sizes}
    hidden = {group for group in there if sizes[group] < minimum}
    frame = pd.DataFrame(
        {what: {g: float("nan") if g in hidden else 100 * shares[g].value for g in there} for what, shares in mentioned.items()}
    )
    numbers = {group: HIDDEN if group in hidden else str(sizes[group]) for group in there}
    names = {g: Text.same("{name} (n = {n})").format(name=name, n=numbers[g]) for g, name in there.items()}
    return frame, names


def joint_display(
    entries: list[Entry],
    measured: Mapping[str, Measured],
    quotations: Mapping[str, Quotation],
    mentioned: Mapping[str, Mapping[str, Share]],
) -> tuple[pd.DataFrame, dict[str, Column]]:
    """Set each measure beside what people say about it, and say how the two relate.

    Parameters
    ----------
    measured : mapping
        An entry's measure to a share and the share that it is compared with, as the gate gave them back (None where hidden), or
        to a value as it is told.
    quotations : mapping
        Code to a quotation.
    mentioned : mapping
        `[code]["all"]`: the share of talks in which the code comes up.
    """
    rows = [
        {
            "measure": join(": ", [entry.measure, _value(measured[entry.number])]),
            "voice": join(" ", [Text.each(inline, quotations[entry.code]), _heard(mentioned[entry.code]["all"])]),
            "relation": RELATIONS[relation(entry.expected, measured[entry.number])],
        }
        for entry in entries
        if entry.code in quotations and entry.number in measured
    ]
    columns = {
        "measure": Column(tr("What is measured")),
        "voice": Column(tr("What is said")),
        "relation": Column(tr("The two")),
    }
    return pd.DataFrame(rows, columns=list(columns)), columns


def relation(expected: Expected | None, measured: Measured) -> str:
    """Say how a measure relates to what people expect: only an interval clear of no difference decides."""
    if expected is None or isinstance(measured, Text):
        return "side-by-side"
    one, other = measured
    if one is None or other is None:
        return "open"
    lower, upper = difference(one, other)
    if lower <= 0 <= upper:
        return "open"
    return "agree" if (lower > 0) == (expected == "higher") else "tension"


def _value(measured: Measured) -> Text:
    if isinstance(measured, Text):
        return measured
    one, other = measured
    return tr("{one} against {other}").format(one=_told(one), other=_told(other))


def _heard(share: Share) -> Text:
    return tr("The code comes up in {value} of the talks.").format(value=told(share.value, "share", 0))


def _told(share: Share | None) -> Text:
    if share is None:
        return Text.same(HIDDEN)
    return tr("{value} ({interval})").format(value=told(share.value, "share"), interval=told_interval(share.interval, "share"))
