"""What is said, laid out for readers: how often, by whom, and beside the measures."""

from collections.abc import Mapping

import pandas as pd

from nychance.disclosure import HIDDEN, MINIMUM, publishable
from nychance.language import LANGUAGES, Text
from nychance.measures.shares import Share, difference
from nychance.present.findings import Column
from nychance.present.quotes import inline
from nychance.present.statements import told, told_interval
from nychance.qualitative.joint import Entry, Expected
from nychance.qualitative.quotations import Quotation

RELATIONS = {
    "agree": Text("Peger samme vej", "Point the same way"),
    "tension": Text("Trækker hver sin vej", "Pull different ways"),
    "open": Text("Tallet afgør det ikke", "The figure does not decide"),
    "side-by-side": Text("Læses side om side", "To be read side by side"),
}


def mention_table(
    mentioned: Mapping[str, Mapping[str, Share]], names: Mapping[str, Text], groups: Mapping[str, Text], minimum: int = MINIMUM
) -> tuple[pd.DataFrame, dict[str, Column]]:
    """Lay out how many per cent of each group's talks mention what, with the talks in the heading.

    Parameters
    ----------
    mentioned : mapping
        `[what][group]`.
    names, groups : mapping
        Keys to names, in order; a group without talks is left out, one with fewer than `minimum` has dots.
    """
    sizes = {group: share.n for shares in mentioned.values() for group, share in shares.items()}
    there = {group: name for group, name in groups.items() if group in sizes}
    rows = [
        {"what": name} | {g: mentioned[key][g].value if sizes[g] >= minimum else None for g in there}
        for key, name in names.items()
    ]
    columns = {"what": Column(Text("Tema", "Theme"))}
    for group, name in there.items():
        n = str(sizes[group]) if sizes[group] >= minimum else HIDDEN
        columns[group] = Column(Text(f"{name.da} (n = {n})", f"{name.en} (n = {n})"), "share")
    return pd.DataFrame(rows), columns


def joint_display(
    entries: list[Entry],
    measured: Mapping[str, tuple[Share, Share] | Text],
    quotations: Mapping[str, Quotation],
    mentioned: Mapping[str, Mapping[str, Share]],
) -> tuple[pd.DataFrame, dict[str, Column]]:
    """Set each measure beside what people say about it, and say how the two relate.

    Parameters
    ----------
    measured : mapping
        An entry's measure to a share and the share that it is compared with, or to a value as it is told.
    quotations : mapping
        Code to a quotation.
    mentioned : mapping
        `[code]["all"]`: the share of talks in which the code comes up.
    """
    rows = [
        {
            "measure": entry.measure,
            "value": _value(measured[entry.number]),
            "voice": Text(*(inline(quotations[entry.code], language) for language in LANGUAGES)),
            "heard": told(mentioned[entry.code]["all"].value, "share", 0),
            "relation": RELATIONS[relation(entry.expected, measured[entry.number])],
        }
        for entry in entries
        if entry.code in quotations and entry.number in measured
    ]
    columns = {
        "measure": Column(Text("Mål", "Measure")),
        "value": Column(Text("Hvad der er målt", "What is measured")),
        "voice": Column(Text("Hvad der siges", "What is said")),
        "heard": Column(Text("Samtaler med koden", "Talks with the code")),
        "relation": Column(Text("De to", "The two")),
    }
    return pd.DataFrame(rows, columns=list(columns)), columns


def relation(expected: Expected | None, measured: tuple[Share, Share] | Text) -> str:
    """Say how a measure relates to what people expect: only an interval clear of no difference decides."""
    if expected is None or isinstance(measured, Text):
        return "side-by-side"
    lower, upper = difference(*measured)
    if lower <= 0 <= upper:
        return "open"
    return "agree" if (lower > 0) == (expected == "higher") else "tension"


def _value(measured: tuple[Share, Share] | Text) -> Text:
    if isinstance(measured, Text):
        return measured
    one, other = measured
    return Text("{one} mod {other}", "{one} against {other}").format(one=_told(one), other=_told(other))


def _told(share: Share) -> Text:
    if not publishable(share):
        return Text(HIDDEN, HIDDEN)
    return Text("{value} ({interval})", "{value} ({interval})").format(
        value=told(share.value, "share"), interval=told_interval(share.interval, "share")
    )
