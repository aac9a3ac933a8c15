"""Checks of person-level input: what the models of persons refuse, and with which words."""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from evalbook.errors import DataError

Floats = NDArray[np.float64]


def require(data: pd.DataFrame, columns: Sequence[str]) -> None:
    """Refuse a table without rows, without a column, or with a missing or infinite value.

    Raises
    ------
    DataError
        Naming the column and how many rows are concerned.
    """
    if not len(data):
        raise DataError("the table has no rows", remedy="Give at least one row per person")
    for column in dict.fromkeys(columns):
        if column not in data:
            raise DataError(
                f"there is no column {column!r}",
                remedy=f"Use one of {', '.join(map(str, data.columns))}",
            )
        _refuse_missing(data[column], f"the column {column!r}")


def _refuse_missing(values: "pd.Series[Any]", what: str) -> None:
    missing = int(values.isna().sum())
    if pd.api.types.is_float_dtype(values):
        missing = int((~np.isfinite(values.to_numpy(dtype=float, na_value=np.nan))).sum())
    if missing:
        raise DataError(
            f"{what} is missing or infinite in {missing} of {len(values)} rows",
            remedy="Leave these rows out, or give missing values a category of their own",
        )


def zero_one(values: ArrayLike, name: str) -> NDArray[np.int64]:
    """Return an indicator as 0 and 1; refuse anything else."""
    series = pd.Series(values).reset_index(drop=True)
    _refuse_missing(series, repr(name))
    if not series.isin([0, 1]).all():
        wrong = series[~series.isin([0, 1])].tolist()[0]
        raise DataError(
            f"{name!r} has the value {wrong!r}",
            remedy="Code it 1 where it happened and 0 where it did not",
        )
    return np.asarray(series, dtype=np.int64)


def numbers(values: ArrayLike, name: str, *, minimum: float = 0, exclusive: bool = False) -> Floats:
    """Return finite numbers of at least (or, if `exclusive`, above) `minimum`; refuse others."""
    series = pd.Series(values).reset_index(drop=True)
    _refuse_missing(series, repr(name))
    kinds = pd.api.types
    if kinds.is_datetime64_any_dtype(series) or kinds.is_timedelta64_dtype(series):
        raise DataError(
            f"{name!r} is not numeric: dates and time differences have no unit",
            remedy="Give numbers, such as weeks since the start",
        )
    if kinds.is_complex_dtype(series):
        raise DataError(f"{name!r} is not numeric but complex", remedy="Give real numbers")
    try:
        found = np.asarray(series, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name!r} is not numeric", remedy="Give numbers") from error
    wrong = found[(found <= minimum) if exclusive else (found < minimum)]
    if len(wrong):
        bound = "above" if exclusive else "at least"
        raise DataError(
            f"{name!r} has {len(wrong)} values such as {wrong[0]:g}",
            remedy=f"Give numbers that are {bound} {minimum:g}",
        )
    return found


def aligned(**columns: ArrayLike) -> None:
    """Refuse columns that differ in length or, as Series, in their index.

    Raises
    ------
    DataError
        Naming the two columns.
    """
    (first, reference), *others = columns.items()
    if not len(pd.Series(reference)):
        raise DataError(f"{first!r} has no rows", remedy="Give at least one person")
    for name, values in others:
        if len(pd.Series(values)) != len(pd.Series(reference)):
            raise DataError(
                f"{first!r} and {name!r} differ in length",
                remedy="Give one value per person in each",
            )
        if (
            isinstance(values, pd.Series)
            and isinstance(reference, pd.Series)
            and not values.index.equals(reference.index)
        ):
            raise DataError(
                f"the rows of {first!r} and {name!r} are not the same",
                remedy="Take both from one table",
            )


def groups(by: ArrayLike, name: str = "by") -> dict[Hashable, NDArray[np.bool_]]:
    """Return the rows of each group, in the order of the categories or else of the labels."""
    codes, labels = coded(by, name)
    return {label: codes == code for code, label in enumerate(labels)}


def coded(by: ArrayLike, name: str) -> tuple[NDArray[np.int64], pd.Index]:
    """Return the place of each row's label among the labels, and these; refuse missing ones."""
    series = pd.Series(by).reset_index(drop=True)
    _refuse_missing(series, repr(name))
    codes, labels = pd.factorize(series, sort=True)
    return np.asarray(codes, dtype=np.int64), pd.Index(labels)
