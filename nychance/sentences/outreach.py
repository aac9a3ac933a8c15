"""What the figures on dissemination show."""

from collections.abc import Mapping

import pandas as pd

from evalbook.text.language import Text
from nychance import tr
from nychance.sentences.statements import MORE, compared, format_value


def activities_noun(count: int) -> Text:
    """Write what follows a number of activities."""
    return tr.plural("activity", "activities", count)


def times_noun(count: int) -> Text:
    """Write what follows a number of times."""
    return tr.plural("time", "times", count)


def balance(activities: "pd.Series[int]") -> Text:
    """Write whether there are more activities by broad spread than by spearhead."""
    return compared(activities["spread"], activities["spearhead"], MORE)


def channels_used(channels: pd.DataFrame, names: Mapping[str, Text]) -> Text:
    """Write which channel is used most, and which reaches most.

    Parameters
    ----------
    channels : DataFrame
        `activities` and `reach` by channel, the busiest first.
    """
    widest = channels.sort_values("reach", ascending=False, kind="stable").iloc[0]
    return tr(
        "Of {n} activities, no channel is used for more than “{busiest}” ({most}), and none "
        "reaches more people than “{widest}” ({reach})."
    ).format(
        n=format_value(channels["activities"].sum(), "count", 0),
        busiest=names[str(channels.index[0])],
        most=format_value(channels["activities"].iloc[0], "count", 0),
        widest=names[str(widest.name)],
        reach=format_value(widest["reach"], "count", 0),
    )


def latest_period(period: pd.DataFrame) -> Text:
    """Write how the latest activities and their reach are divided between the two approaches.

    Parameters
    ----------
    period : DataFrame
        `activities` and `reach` by `spread` and `spearhead`.
    """
    return tr(
        "In the latest period: {spread} activities by broad spread, {compared} by spearhead "
        "({spearhead}). Broad spread reached {reach_spread}, the spearhead {reach_spearhead}."
    ).format(
        compared=balance(period["activities"]),
        **{str(key): format_value(n, "count", 0) for key, n in period["activities"].items()},
        **{f"reach_{key}": format_value(n, "count", 0) for key, n in period["reach"].items()},
    )
