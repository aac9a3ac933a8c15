"""The weekly columns of an extract."""

import re
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from nychance import columns as c
from nychance import extract
from nychance.errors import DataError
from nychance.plan import Checkpoint

WEEK_COLUMN: Final = re.compile(r"[yY]_(\d\d)(\d\d)$")
# DREAM begins in mid-1991: a two-digit year from 90 on belongs to the last century.
CENTURY_TURN: Final = 90


def week_start(name: str) -> date:
    """Give the Monday of a weekly column such as `y_0953`; raises `ValueError` for a week that is none."""
    found = WEEK_COLUMN.match(name)
    if not found:
        raise ValueError(f"{name!r} is no weekly column")
    year, week = (int(part) for part in found.groups())
    return date.fromisocalendar((1900 if year >= CENTURY_TURN else 2000) + year, week, 1)


def week_columns(folder: Path, checkpoint: Checkpoint) -> tuple[list[str], pd.DatetimeIndex]:
    """List the weekly columns that a checkpoint knows of, with their Mondays; raises `DataError` if there is a gap."""
    path = extract.table_path(folder, c.DREAM)
    starts = {}
    for name in extract.column_names(path):
        if WEEK_COLUMN.match(name):
            try:
                starts[name] = week_start(name)
            except ValueError as error:
                raise DataError(f"the column {name!r} is no week ({error})", where=path, remedy="Remove it") from error
    known = sorted((start, name) for name, start in starts.items() if start <= checkpoint.last_week)
    if not known:
        raise DataError(f"no weekly column on or before {checkpoint.cutoff}", where=path, remedy="Add the columns y_YYWW")
    weeks = pd.DatetimeIndex([start for start, _ in known])
    gaps = np.flatnonzero(np.diff(weeks.to_numpy()) != np.timedelta64(7, "D"))
    if len(gaps):
        raise DataError(
            f"weeks are missing between {known[gaps[0]][1]!r} and {known[gaps[0] + 1][1]!r}",
            where=path,
            remedy="Add the missing weekly columns",
        )
    return [name for _, name in known], weeks
