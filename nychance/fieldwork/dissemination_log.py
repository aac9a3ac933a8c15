"""The dissemination log: what was published, through which channels, to how many."""

from collections.abc import Sequence
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
    until = log[log["date"] <= pd.Timestamp(checkpoints[-1].cutoff)].drop(columns=list(spoken))
    keys = {checkpoint.month: checkpoint.key for checkpoint in checkpoints}
    seen = first_seen(until["date"], checkpoints).map(keys)
    return until.assign(checkpoint=pd.Categorical(seen, list(keys.values()))).reset_index(drop=True)


def shifts(log: pd.DataFrame) -> int:
    """Count how often, in order of time, an activity is followed by one of the other approach.

    Entries of one day keep the log's order.
    """
    order = log.sort_values("date", kind="stable")["approach"]
    return int((order != order.shift()).iloc[1:].sum())


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
    sums = log.groupby("channel").agg(activities=("reach", "size"), reach=("reach", "sum"))
    found: pd.DataFrame = sums.join(by_approach)[["activities", *APPROACHES, "reach"]]
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
    return groups.agg(activities=("reach", "size"), reach=("reach", "sum"))
