"""Response and coverage of the visits: persons asked, persons who answered, municipalities."""

from collections.abc import Collection
from typing import Final

import pandas as pd

from evalbook.errors import DataError
from evalbook.models.method import NO_INTERVAL, RECORDS, method
from evalbook.plan import Checkpoint, Plan
from evalbook.qualitative.records import folder
from nychance import tr

COLUMNS: Final = ("date", "activity", "municipality", "asked", "answered")


def visits(checkpoint: Checkpoint, plan: Plan) -> pd.DataFrame:
    """Read who was asked and who answered, up to the checkpoint's cut-off.

    Returns
    -------
    DataFrame
        One row per day, activity and municipality: `date`, `activity` (key of the plan's
        activities), `municipality`, `asked` and `answered` (persons).

    Raises
    ------
    DataError
        If the file is missing, a row has an unknown activity, or more answered than were asked.
    """
    path = folder() / "fieldwork-example.csv"
    try:
        log = pd.read_csv(path, parse_dates=["date"], encoding="utf-8")[list(COLUMNS)]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"the fieldwork cannot be read ({error})",
            where=path,
            remedy=f"Give it the columns {', '.join(COLUMNS)}",
        ) from error
    for wrong, why in (
        (~log["activity"].isin(list(plan.activities)), "an activity that the plan does not know"),
        ((log["answered"] < 0) | (log["answered"] > log["asked"]), "fewer asked than answered"),
    ):
        if wrong.any():
            raise DataError(
                f"row {log.index[wrong][0] + 2}: {why}", where=path, remedy="Mend the row"
            )
    return log[log["date"] <= pd.Timestamp(checkpoint.cutoff)].reset_index(drop=True)


@method(
    tr("Response to the activities"),
    formula=tr("those who took part ÷ those asked"),
    unit=RECORDS,
    interval=NO_INTERVAL,
    source=tr("The evaluation's log"),
)
def response(log: pd.DataFrame, plan: Plan, expected: Collection[str]) -> pd.DataFrame:
    """Compute the response and the coverage of each activity of each checkpoint.

    Parameters
    ----------
    log : DataFrame
        As returned by `visits`.
    expected : collection of str
        The municipalities that an activity in all of them would reach.

    Returns
    -------
    DataFrame
        `checkpoint` (number), `activity`, `asked`, `answered` (persons), `response` (share of
        those asked) and `reached` (municipalities with an answer), in order of time.
    """
    ends = [pd.Timestamp(c.cutoff) for c in plan.checkpoints]
    log = log.assign(
        checkpoint=[
            next(c.number for c, end in zip(plan.checkpoints, ends, strict=True) if day <= end)
            for day in log["date"]
        ],
        reached=(log["answered"] > 0) & log["municipality"].isin(list(expected)),
    )
    sums = (
        log.groupby(["checkpoint", "activity"], sort=False)[["asked", "answered", "reached"]]
        .sum()
        .reset_index()
    )
    return sums.assign(response=sums["answered"] / sums["asked"])[
        ["checkpoint", "activity", "asked", "answered", "response", "reached"]
    ]
