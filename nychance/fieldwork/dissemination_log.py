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

CHANNELS: Final = {
    "newsletter": tr("Newsletter"),
    "website": tr("Website"),
    "leaflet": tr("Leaflet"),
    "local-media": tr("Local media"),
    "meeting": tr("Meeting and workshop"),
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
    source="The evaluation's log",
)
def dissemination(checkpoint: Checkpoint) -> pd.DataFrame:
    """Read the dissemination log up to the checkpoint's cut-off.

    Returns
    -------
    DataFrame
        `date`, `channel` (key of `CHANNELS`), `approach` (`spread` or `spearhead`), `title`
        (`Text`), `reach`.

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
    return (
        log[log["date"] <= pd.Timestamp(checkpoint.cutoff)]
        .drop(columns=list(spoken))
        .reset_index(drop=True)
    )


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
    source="The evaluation's log",
)
def by_channel(log: pd.DataFrame) -> pd.DataFrame:
    """Compute the number of activities and their reach by channel, the busiest first.

    Returns
    -------
    DataFrame
        `channel`, `activities`, `spread`, `spearhead`, `reach`.
    """
    marked = log.assign(**{key: log["approach"] == key for key in APPROACHES})
    sums = {
        "activities": ("date", "size"),
        **{key: (key, "sum") for key in APPROACHES},
        "reach": ("reach", "sum"),
    }
    return (
        marked.groupby("channel")
        .agg(**sums)
        .sort_values("activities", ascending=False, kind="stable")
        .reset_index()
    )


def by_checkpoint(log: pd.DataFrame, checkpoints: Sequence[Checkpoint]) -> pd.DataFrame:
    """Compute activities and their reach by the checkpoint at which they were first known.

    Returns
    -------
    DataFrame
        Indexed by month, `spread`, `spearhead`, `reach-spread` and `reach-spearhead`.
    """
    seen, months = (
        first_seen(log["date"], checkpoints),
        [checkpoint.month for checkpoint in checkpoints],
    )
    activities = pd.crosstab(seen, log["approach"])
    reach = pd.crosstab(seen, log["approach"], values=log["reach"], aggfunc="sum").add_prefix(
        "reach-"
    )
    columns = [*APPROACHES, *(f"reach-{key}" for key in APPROACHES)]
    return activities.join(reach).reindex(index=months, columns=columns).fillna(0).astype(int)
