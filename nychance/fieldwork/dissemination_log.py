"""The dissemination log: what was published, through which channels, to how many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from evalbook.errors import DataError
from evalbook.models.method import NO_INTERVAL, RECORDS, method
from evalbook.plan import Checkpoint
from evalbook.qualitative.csv_tables import first_seen
from evalbook.qualitative.records import folder
from evalbook.text.language import Text
from nychance import tr
from nychance.sentences.names import NAMES

CHANNELS: Final = {
    channel: NAMES[channel]
    for channel in ("newsletter", "website", "leaflet", "local-media", "meeting")
}
APPROACHES: Final = ("spread", "spearhead")
PRESS: Final = "local-media"
# Prefix of the columns with the titles in each language, such as `title_da`.
TITLE: Final = "title_"


@method(
    tr("Entries in the dissemination log"),
    formula=tr("entries up to the checkpoint"),
    unit=RECORDS,
    interval=NO_INTERVAL,
    source=tr("The evaluation's log"),
)
def dissemination(checkpoints: Sequence[Checkpoint]) -> pd.DataFrame:
    """Read the dissemination log up to the last checkpoint's cut-off.

    Parameters
    ----------
    checkpoints : sequence of Checkpoint
        All up to the one that is reported.

    Returns
    -------
    DataFrame
        `date`, `channel` (key of `CHANNELS`), `approach` (`spread` or `spearhead`), `title`
        (`Text`), `reach`, and the `checkpoint` that could first know of it (a category).

    Raises
    ------
    DataError
        If the file is missing, or a row has an unknown channel or approach.
    """
    path = folder() / "dissemination-example.csv"
    try:
        log = pd.read_csv(path, parse_dates=["date"], encoding="utf-8")
    except (OSError, ValueError) as error:
        raise DataError(
            f"the log cannot be read ({error})", where=path, remedy="Restore it"
        ) from error
    for column, known in (("channel", tuple(CHANNELS)), ("approach", APPROACHES)):
        strange = log[~log[column].isin(known)]
        if len(strange):
            raise DataError(
                f"row {strange.index[0] + 2}, column {column!r}: "
                f"{strange[column].iloc[0]!r} is not known",
                where=path,
                remedy=f"Use one of {', '.join(known)}",
            )
    spoken = {
        column: str(column).removeprefix(TITLE) for column in log if str(column).startswith(TITLE)
    }
    titles = log[list(spoken)].rename(columns=spoken).to_dict("records")
    log["title"] = pd.Series(
        [Text(**{str(language): words for language, words in row.items()}) for row in titles],
        dtype=object,
    )
    known = log[log["date"] <= pd.Timestamp(checkpoints[-1].cutoff)].drop(columns=list(spoken))
    keys = {checkpoint.month: checkpoint.key for checkpoint in checkpoints}
    seen = first_seen(known["date"], checkpoints).map(keys)
    return known.assign(checkpoint=pd.Categorical(seen, list(keys.values()))).reset_index(drop=True)


@dataclass(frozen=True)
class Balance:
    """Balance of the two approaches, broad spread and spearhead.

    Attributes
    ----------
    activities, reach : dict
        By approach.
    shifts : int
        How often, in order of time, an activity is followed by one of the other approach.
    """

    activities: dict[str, int]
    reach: dict[str, int]
    shifts: int


def balance(log: pd.DataFrame) -> Balance:
    """Compute the balance of the two approaches; entries of one day keep the log's order."""
    by = {key: log.loc[log["approach"] == key, "reach"] for key in APPROACHES}
    order = log.sort_values("date", kind="stable")["approach"]
    return Balance(
        activities={key: len(by[key]) for key in APPROACHES},
        reach={key: int(by[key].sum()) for key in APPROACHES},
        shifts=int((order != order.shift()).iloc[1:].sum()),
    )


def press(log: pd.DataFrame) -> pd.DataFrame:
    """Return the entries on local media."""
    return log[log["channel"] == PRESS]


@method(
    tr("Reach as logged"),
    formula=tr("reach of the entries, added up"),
    unit=RECORDS,
    interval=NO_INTERVAL,
    source=tr("The evaluation's log"),
)
def by_channel(log: pd.DataFrame) -> pd.DataFrame:
    """Compute the number of activities and their reach by channel, the busiest first.

    Returns
    -------
    DataFrame
        By `channel`: `activities`, `spread`, `spearhead`, `reach`.
    """
    by_approach = pd.crosstab(log["channel"], log["approach"]).reindex(
        columns=list(APPROACHES), fill_value=0
    )
    sums = log.groupby("channel")["reach"].agg(activities="size", reach="sum")
    found = sums.join(by_approach)[["activities", *APPROACHES, "reach"]]
    return found.sort_values("activities", ascending=False, kind="stable")


def by_checkpoint(log: pd.DataFrame) -> pd.DataFrame:
    """Compute activities and their reach by the checkpoint at which they were first known.

    Returns
    -------
    DataFrame
        By `checkpoint` and `approach`: `activities` and `reach`.
    """
    approach = pd.Categorical(log["approach"], list(APPROACHES))
    groups = log.assign(approach=approach).groupby(["checkpoint", "approach"], observed=False)
    return groups["reach"].agg(activities="size", reach="sum")
