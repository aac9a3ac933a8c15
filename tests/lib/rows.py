"""Rows of results, as sentences take them."""

import numpy as np
import pandas as pd

from evalbook.models.shares.proportions import share

COLUMNS = ["estimate", "lower", "upper", "n", "unit", "status"]


def row(count: int, n: int) -> "pd.Series[object]":
    """Make the row of a share of persons that is shown."""
    found = share(count, n)
    return pd.Series([found.value, *found.interval, n, "share", ""], COLUMNS, dtype=object)


def hidden(status: str = "too-few") -> "pd.Series[object]":
    """Make the row of a share that is not."""
    return pd.Series([*[np.nan] * 4, "share", status], COLUMNS, dtype=object)
