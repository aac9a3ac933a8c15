"""Sentences of the chapter on qualification: profiles, exchanges, codes that go together."""

from collections.abc import Hashable, Mapping

import pandas as pd

from evalbook.text.language import Text
from nychance import tr
from nychance.sentences.statements import (
    Row,
    describe_two_shares,
    format_value,
    quoted,
)

NO_PROFILES = tr(
    "There are no profiles yet: nobody had completed a skills assessment by this checkpoint."
)
NO_PATHWAYS = tr("Too few pathways can be followed for a typical one to be described.")
# What a figure writes below a checkpoint.
EXCHANGES = tr("{number} exchanges")


def describe_levels(after: "pd.Series[float]", names: Mapping[str, Text]) -> Text:
    """Write in which areas the profiles are strongest and weakest after the assessment.

    Parameters
    ----------
    after : Series
        The mean level by area; missing where hidden.
    names : mapping
        What the areas are called.
    """
    return tr(
        "After the assessment, the profiles are strongest in {strongest} and weakest in {weakest}."
    ).format(
        strongest=quoted(names[str(after.idxmax())]), weakest=quoted(names[str(after.idxmin())])
    )


def describe_assessed(women: Row, men: Row) -> Text:
    """Write how many women and how many men had a skills assessment, and whether that differs."""
    return describe_two_shares(
        tr("{women} of the women and {men} of the men had a skills assessment."),
        women=women,
        men=men,
    )


def describe_depth(now: Row) -> Text:
    """Write how many of the latest exchanges went beyond what is done."""
    return tr("{now} of the latest exchanges went beyond what is done.").format(
        now=format_value(None if now.status else float(now.estimate), "share", 0)
    )


def describe_overlap(
    one: Hashable, other: Hashable, overlap: float, names: Mapping[str, Text]
) -> Text:
    """Write which two codes overlap most."""
    return tr("No pair of codes overlaps more than {one} and {other} ({most}).").format(
        one=quoted(names[str(one)]),
        other=quoted(names[str(other)]),
        most=format_value(overlap, "ratio", 2),
    )
