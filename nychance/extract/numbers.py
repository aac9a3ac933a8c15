"""Numbers as other programs write them: decimal marks, thousands separators, exponents."""

import re
from typing import Any, Final

import numpy as np
import pandas as pd

MARKS: Final = (",", ".")
SPACES: Final = " \u00a0\u2009\u202f'\u2019"
# Nought before a separator is no group of thousands.
_GROUPS: Final = r"[+-]?[1-9]\d{{0,2}}(?:[{mark}]\d{{3}}){times}"
_DECIMAL: Final = r"[+-]?(?:\d+[{mark}]\d*|[{mark}]\d+|\d+)(?:[eE][+-]?\d+)?"
SPACED: Final = re.compile(
    _GROUPS.format(mark=re.escape(SPACES), times="+") + rf"(?:[{re.escape(''.join(MARKS))}]\d+)?"
)
ONE_GROUP: Final = {m: re.compile(_GROUPS.format(mark=re.escape(m), times="")) for m in MARKS}
MORE_GROUPS: Final = {m: re.compile(_GROUPS.format(mark=re.escape(m), times="{2,}")) for m in MARKS}
MIXED: Final = {
    m: re.compile(
        _GROUPS.format(mark=re.escape(other), times="+") + rf"[{re.escape(m)}]\d+(?:[eE][+-]?\d+)?"
    )
    for m, other in zip(MARKS, reversed(MARKS), strict=True)
}
DECIMAL: Final = {m: re.compile(_DECIMAL.format(mark=re.escape(m))) for m in MARKS}


def other_mark(decimal: str) -> str:
    """Return the mark that separates thousands where the other separates decimals."""
    return MARKS[1 - MARKS.index(decimal)]


def shows_decimal(text: str, mark: str) -> bool:
    """Return whether a number has a decimal mark that can be no thousands separator."""
    found = bool(DECIMAL[mark].fullmatch(text) or MIXED[mark].fullmatch(text)) and mark in text
    return found and not ONE_GROUP[mark].fullmatch(text)


def is_ambiguous(text: str) -> bool:
    """Return whether a number may have thousands or three decimals, such as 19.865."""
    return any(pattern.fullmatch(text) for pattern in ONE_GROUP.values())


def read(
    text: "pd.Series[str]", decimal: str, *, certain: bool, whole: bool
) -> "tuple[pd.Series[Any], pd.Series[bool]]":
    """Read numbers written as text.

    Parameters
    ----------
    text : Series of str
        The cells, missing where blank.
    decimal : str
        The decimal mark of the file.
    certain : bool
        Whether the file shows it; else it is what most files of this kind have.
    whole : bool
        Whether the numbers count something.

    Returns
    -------
    values, faulty : Series of float, Series of bool
        What is ambiguous is faulty: in a column of counts 19.865 where the decimal mark is a
        point, elsewhere any number with three decimals where nothing shows the decimal mark.
    """
    written = text.dropna().unique().tolist()
    shown = [mark for mark in MARKS if any(shows_decimal(value, mark) for value in written)]
    if len(shown) == 1:
        decimal, certain = shown[0], True
    values = text.map({value: _value(value, decimal, certain, whole) for value in written})
    values = values.astype(float)
    values = values.where(np.isfinite(values))
    return values, values.isna() & text.notna()


def _value(text: str, decimal: str, certain: bool, whole: bool) -> float:
    other = other_mark(decimal)
    if SPACED.fullmatch(text):
        text = re.sub(f"[{SPACES}]", "", text)
    if any(pattern.fullmatch(text) for pattern in MORE_GROUPS.values()):
        return float(re.sub("[,.]", "", text))
    if ONE_GROUP[other].fullmatch(text):
        return float(text.replace(other, "")) if whole or certain else np.nan
    if ONE_GROUP[decimal].fullmatch(text) and (whole or not certain):
        return np.nan
    if MIXED[decimal].fullmatch(text):
        text = text.replace(other, "")
    return float(text.replace(decimal, ".")) if DECIMAL[decimal].fullmatch(text) else np.nan
