"""JSON-stat as StatBank writes it: from an answer to one row per cell."""

from collections.abc import Mapping, Sequence
from itertools import product
from math import isinf, nan, prod
from typing import Any, Final

import pandas as pd

from evalbook.errors import DataError

VALUE: Final = "value"
MISSING: Final = "missing"
# Why a cell is empty where the answer does not say.
UNTOLD: Final = ".."
# StatBank gives at most a million at once.
MOST_CELLS: Final = 10_000_000


def cells(answer: Mapping[str, Any], where: str) -> pd.DataFrame:
    """Return the cells of a JSON-stat answer.

    Parameters
    ----------
    answer : mapping
        JSON-stat 1 (everything under `dataset`, `id` and `size` within `dimension`), or 2.
    where : str
        What the answer is about, for errors.

    Returns
    -------
    DataFrame
        One row per cell: a column of codes for each dimension, `value` (float, NaN where empty)
        and `missing` (why: `..` or `:` as StatBank writes it; empty text where there is a value).

    Raises
    ------
    DataError
        If the answer is not JSON-stat, or has not as many values as cells.
    """
    dataset = answer.get("dataset", answer)
    try:
        dimensions = dataset["dimension"]
        names = list(dataset.get("id") or dimensions["id"])
        codes = [_codes(dimensions[name]["category"]) for name in names]
        values = [_number(v) for v in _spread(dataset["value"], _cells(codes))]
        reasons = _spread(dataset.get("status") or {}, len(values))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise DataError(
            f"the answer is not JSON-stat ({error})",
            where=where,
            remedy="Run the same command again",
        ) from error
    frame = pd.DataFrame(product(*codes), columns=names)
    frame[VALUE] = pd.Series(values, dtype=float)
    empty = frame[VALUE].isna()
    frame[MISSING] = [
        (str(reason or UNTOLD) if gone else "") for reason, gone in zip(reasons, empty, strict=True)
    ]
    return frame


def _codes(category: Mapping[str, Any]) -> list[str]:
    """List a dimension's codes in order.

    An index may be a list, a mapping to positions, or left out where there is one.
    """
    index = category.get("index")
    if index is None:
        return list(category["label"])
    return list(index) if isinstance(index, Sequence) else sorted(index, key=index.__getitem__)


def _cells(codes: Sequence[Sequence[str]]) -> int:
    """Return how many cells the dimensions have together."""
    count = prod(map(len, codes))
    if count > MOST_CELLS:
        raise ValueError(f"{count:,} cells")
    return count


def _number(value: Any) -> float:
    """Return a cell's value, NaN where it is empty; raises `ValueError` if no table has such."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return nan
    if isinf(number):
        raise ValueError("an infinite value")
    return number


def _spread(content: Any, n: int) -> list[Any]:
    """Return one entry per cell, from a list or from a mapping without the empty ones."""
    if isinstance(content, str):
        return [content] * n
    if isinstance(content, Mapping):
        return [content.get(str(position)) for position in range(n)]
    if len(content) != n:
        raise ValueError(f"{len(content)} values for {n} cells")
    return list(content)
