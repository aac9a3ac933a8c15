"""Plain tables of dated observations: read, checked by row, grouped by checkpoint."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from evalbook.errors import DataError
from evalbook.plan import Checkpoint


def read(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Read columns of a table as text; raises `DataError` if it is missing or lacks one."""
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")[
            list(columns)
        ]
    except (OSError, ValueError, KeyError) as error:
        listed = f"{', '.join(columns[:-1])} and {columns[-1]}"
        raise DataError(
            f"cannot be read ({error})", where=path, remedy=f"Give it {listed}, in UTF-8"
        ) from error


def days(text: "pd.Series[str]") -> "pd.Series[pd.Timestamp]":
    """Read days written YYYY-MM-DD; what is none is missing."""
    return pd.to_datetime(text.where(text != ""), format="%Y-%m-%d", errors="coerce")


def refuse(table: pd.DataFrame, faults: Mapping[str, "pd.Series[bool]"], path: Path) -> None:
    """Raise `DataError` for the first row that has a fault; the faults are given by column."""
    for column, fault in faults.items():
        if fault.any():
            row = int(fault.to_numpy().argmax())
            value = table[column].iloc[row]
            raise DataError(
                f"row {row + 2}, column {column!r}: {value!r} does not fit",
                where=path,
                remedy="Mend the row",
            )


def first_seen(
    days: "pd.Series[pd.Timestamp]", checkpoints: Sequence[Checkpoint]
) -> "pd.Series[str]":
    """Tell the month of the checkpoint that saw each day first.

    All must be over by the last one's cut-off.
    """
    cutoffs = pd.DatetimeIndex([checkpoint.cutoff for checkpoint in checkpoints])
    months = np.array([checkpoint.month for checkpoint in checkpoints])
    return pd.Series(months[cutoffs.searchsorted(days)], index=days.index, dtype=str)
