"""Exchanges of methods between municipalities: what they do, how they do it, why it works."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from evalbook.models.method import NO_INTERVAL, RECORDS, WILSON, method
from evalbook.models.shares.proportions import share
from evalbook.plan import Checkpoint
from evalbook.qualitative import csv_tables as tables
from evalbook.qualitative.codebook import NAME, codebook
from evalbook.qualitative.records import folder
from evalbook.qualitative.source_lines import EXAMPLE, MATERIAL
from evalbook.sdc.about import SOURCE, About
from nychance import tr

DEPTHS: Final = {"what": tr("What is done"), "how": tr("How it is done"), "why": tr("Why it works")}
DEEPER: Final = "how or why"
EMPTY: Final = (float("nan"),) * 3 + (0,)


@method(
    tr("Exchanges of methods"),
    formula=tr("exchanges up to the checkpoint"),
    unit=RECORDS,
    interval=NO_INTERVAL,
    source=tr("The evaluation's log"),
)
def exchanges(checkpoint: Checkpoint, path: Path | None = None) -> pd.DataFrame:
    """Read the exchanges on methods known at a checkpoint; the table knows its source.

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
    known.attrs[SOURCE] = EXAMPLE if path.name.endswith("-example.csv") else MATERIAL
    return known


@method(
    tr("Exchanges that reached how or why"),
    formula=tr("n(how or why) ÷ n(exchanges since the previous checkpoint)"),
    unit=RECORDS,
    interval=WILSON,
    source=tr("The evaluation's brief: from what to how and why"),
)
def by_depth(table: pd.DataFrame, checkpoints: Sequence[Checkpoint]) -> pd.DataFrame:
    """Compute how deep the exchanges went, by the checkpoint at which they were first known.

    Returns
    -------
    DataFrame
        Results by `checkpoint` (its month) and `depth`: the shares of `what`, `how` and `why`, and
        of `how or why` together, with Wilson's intervals; empty where there were no exchanges.
    """
    seen = tables.first_seen(table["date"], checkpoints)
    counts = pd.crosstab(seen, table["depth"]).reindex(
        index=[checkpoint.month for checkpoint in checkpoints], columns=list(DEPTHS), fill_value=0
    )
    sizes = counts.sum(axis=1)
    counts[DEEPER] = counts[["how", "why"]].sum(axis=1)
    shares = {
        (month, depth): share(int(counts.loc[month, depth]), int(sizes[month]))
        if sizes[month]
        else None
        for month in counts.index
        for depth in counts.columns
    }
    found = pd.DataFrame(
        [
            [each.value, *each.interval, each.n, "share", ""]
            if each
            else [*EMPTY, "share", "empty"]
            for each in shares.values()
        ],
        index=pd.MultiIndex.from_tuples(list(shares), names=["checkpoint", "depth"]),
        columns=["estimate", "lower", "upper", "n", "unit", "status"],
    )
    return About(table.attrs[SOURCE], by_depth.method, "exchanges").on(found)
