"""Exchanges of methods between municipalities: what they do, how they do it, why it works."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from evalbook.models.method import NO_INTERVAL, RECORDS, WILSON, method
from evalbook.plan import Checkpoint
from evalbook.qualitative import csv_tables as tables
from evalbook.qualitative.codebook import NAME, codebook
from evalbook.qualitative.records import folder
from evalbook.qualitative.source_lines import EXAMPLE, MATERIAL
from evalbook.text.source import Source
from nychance import tr

DEPTHS: Final = {"what": tr("What is done"), "how": tr("How it is done"), "why": tr("Why it works")}


@method(
    tr("Exchanges of methods"),
    formula=tr("exchanges up to the checkpoint"),
    unit=RECORDS,
    interval=NO_INTERVAL,
    source="The evaluation's log",
)
def exchanges(checkpoint: Checkpoint, path: Path | None = None) -> tuple[pd.DataFrame, Source]:
    """Read the exchanges on methods known at a checkpoint.

    Parameters
    ----------
    path : Path, optional
        A table with `date`, `giver`, `receiver` (municipalities), `method` and `depth` (`what`,
        `how` or `why`, the deepest that was reached); default the file that `material.yml` names.

    Raises
    ------
    DataError
        If the table is missing or lacks a column, or a row has no date, an unknown depth or one
        municipality alone.
    """
    path = path or folder() / "material" / codebook(folder() / "material" / NAME).exchanges
    table = tables.read(path, ["date", "giver", "receiver", "method", "depth"])
    date = tables.days(table["date"])
    alone = (
        (table["giver"] == table["receiver"]) | (table["giver"] == "") | (table["receiver"] == "")
    )
    tables.refuse(
        table, {"date": date.isna(), "receiver": alone, "depth": ~table["depth"].isin(DEPTHS)}, path
    )
    known = table.assign(date=date)[date <= pd.Timestamp(checkpoint.cutoff)].reset_index(drop=True)
    return known, EXAMPLE if path.name.endswith("-example.csv") else MATERIAL


@method(
    tr("Exchanges that reached how or why"),
    formula=tr("n(how or why) ÷ n(exchanges since the previous checkpoint)"),
    unit=RECORDS,
    interval=WILSON,
    source="The evaluation's brief: from what to how and why",
)
def by_depth(table: pd.DataFrame, checkpoints: Sequence[Checkpoint]) -> pd.DataFrame:
    """Count exchanges by the checkpoint at which they were first known and by depth.

    Rows are the checkpoints' months, columns the keys of `DEPTHS`.
    """
    seen = tables.first_seen(table["date"], checkpoints)
    return pd.crosstab(seen, table["depth"]).reindex(
        index=[c.month for c in checkpoints], columns=list(DEPTHS), fill_value=0
    )
