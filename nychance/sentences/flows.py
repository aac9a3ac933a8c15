"""Sentences on the staircase: who is on which step, how they move, who comes back."""

import pandas as pd

from evalbook.text.language import Text
from nychance import tr
from nychance.sentences.statements import Row, format_share
from nychance.sentences.target_group import in_both


def describe_top(on_top: pd.DataFrame) -> Text:
    """Write how many are on the top step; the results are by role."""
    return in_both(
        tr(
            "{m} are on the top step, off benefit, in the method municipalities, and {c} in the "
            "comparison municipalities."
        ),
        on_top,
    )


def describe_moved(up: Row) -> Text:
    """Write how many have moved up the staircase."""
    return tr("Of those on a step then and now, {up} have moved up.").format(up=format_share(up))


def describe_entries(bottom: Row, top: Row) -> Text:
    """Write how many step on at either end of the staircase."""
    return tr("{low} step on at the bottom and {high} at the top, straight off benefit.").format(
        low=format_share(bottom), high=format_share(top)
    )


def describe_streams(to_activity: Row, to_self_support: Row) -> Text:
    """Write where the passive and those in activity have gone since the previous checkpoint."""
    return tr(
        "{a} of the passive are in activity now, and {b} of those in activity are self-supporting."
    ).format(a=format_share(to_activity), b=format_share(to_self_support))


def describe_returns(from_trial: pd.DataFrame) -> Text:
    """Write how many who left from a work trial are back; the results are by role."""
    return in_both(
        tr(
            "Of those who left from a work trial, {m} are back on benefit in the method "
            "municipalities and {c} in the comparison municipalities."
        ),
        from_trial,
    )


def describe_packages(with_package: pd.DataFrame) -> Text:
    """Write how many had a job package; the results are by role."""
    return in_both(
        tr(
            "{m} of the target group in the method municipalities had a job package, and {c} in "
            "the comparison municipalities."
        ),
        with_package,
    )
