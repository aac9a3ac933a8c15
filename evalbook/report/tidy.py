"""How a table of results is written for readers, and laid out for those who reuse it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from evalbook.report.column import Column
from evalbook.report.units import write, write_interval
from evalbook.text.catalogue import tr
from evalbook.text.language import Text

TIDY: Final = frozenset({"estimate", "status"})
INTERVAL: Final = tr("95% interval")
HEADINGS: Final = {
    "estimate": tr("Estimate"),
    "lower": tr("Lower bound"),
    "upper": tr("Upper bound"),
    "n": tr("Persons"),
    "count": tr("Count"),
    "unit": tr("Unit"),
    "status": tr("Status"),
    "p": Text.same("p"),
}
# What an estimate is called where all are of one unit.
BY_UNIT: Final = {"share": tr("Share"), "count": HEADINGS["n"]}
# What stands in a table in place of a result, by its status.
SIGNS: Final = {
    "too-few": tr("too few"),
    "protects-others": tr("hidden"),
    "empty": Text.same("\N{EN DASH}"),
}
# What stands in place of an interval.
NO_INTERVAL: Final = {"not-tested": tr("not tested")}
# Decimals of a unit where none are asked for.
DECIMALS: Final = {"count": 0, "p": 3, "ratio": 2, "rate": 2, "number": 1}
# No more precise than pages say it: a share to its last digit gives counts away.
KEPT: Final = 2
Say = Callable[[object], Text]
Laid = tuple[pd.DataFrame, dict[str, Column]]


def is_tidy(frame: pd.DataFrame) -> bool:
    """Return whether a table has the shape of results."""
    return set(frame.columns) >= TIDY


def written(frame: pd.DataFrame, say: Say, units: Mapping[str, str], wide: str = "") -> Laid:
    """Lay a table out as readers see it.

    Parameters
    ----------
    frame : DataFrame
        Results, or any other table with named columns.
    say : callable
        Gives the text of a heading or a cell.
    units : mapping
        Units of columns of numbers, where they are not plain numbers.
    wide : str
        A group of results whose categories stand side by side.
    """
    if not is_tidy(frame):
        return _plain(_with_groups(frame), say, units)
    if not wide:
        return _results(frame, say, units, _heading(frame))
    parts = [
        _results(part.droplevel(wide), say, units, say(category))
        for category, part in frame.groupby(level=wide, sort=False)
    ]
    return _side_by_side(parts)


def tidy(frame: pd.DataFrame, say: Say, units: Mapping[str, str]) -> Laid:
    """Lay a table out with one value a cell, for those who reuse it."""
    laid = _with_groups(frame)
    texts = [name for name in laid if not pd.api.types.is_numeric_dtype(laid[name])]
    columns = {}
    for name in laid:
        unit = units.get(str(name)) or (_unit(frame, str(name)) if is_tidy(frame) else "number")
        columns[str(name)] = Column(
            HEADINGS.get(str(name)) or say(name), None if name in texts else unit, _decimals(unit)
        )
    laid = laid.assign(**{str(name): laid[name].map(say) for name in texts})
    places = {
        name: column.decimals + (2 + KEPT if column.unit in ("share", "rate") else KEPT)
        for name, column in columns.items()
        if column.unit
    }
    return laid.round(places), columns


def keys(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Return the keys in a table's groups: names differ between languages, and over time."""
    laid = _with_groups(frame)
    return {
        str(name): list(map(str, laid[name]))
        for name in laid
        if name not in ("unit", "status")
        and not pd.api.types.is_numeric_dtype(laid[name])
        and not any(isinstance(value, Text) for value in laid[name])
    }


def _with_groups(frame: pd.DataFrame) -> pd.DataFrame:
    named = any(name is not None for name in frame.index.names)
    return frame.reset_index() if named else frame.reset_index(drop=True)


def _unit(frame: pd.DataFrame, column: str) -> str:
    if column in ("n", "count"):
        return "count"
    if column.startswith("p") and column not in ("points", "percent", "persons"):
        return "p"
    units = frame["unit"].unique()
    return str(units[0]) if column in ("estimate", "lower", "upper") and len(units) else "number"


def _decimals(unit: str) -> int:
    return DECIMALS.get(unit, 1)


def _plain(frame: pd.DataFrame, say: Say, units: Mapping[str, str]) -> Laid:
    columns = {}
    for name in map(str, frame.columns):
        number = pd.api.types.is_numeric_dtype(frame[name])
        unit = units.get(name) or ("count" if _whole(frame[name]) else "number")
        columns[name] = Column(
            HEADINGS.get(name) or say(name), unit if number else None, _decimals(unit)
        )
    texts = {name: frame[name].map(say) for name, column in columns.items() if not column.unit}
    return frame.assign(**texts), columns


def _whole(column: "pd.Series[Any]") -> bool:
    return bool(
        pd.api.types.is_integer_dtype(column)
        or (pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all())
    )


def _results(frame: pd.DataFrame, say: Say, units: Mapping[str, str], value: Text) -> Laid:
    """Write estimate and interval as texts, since units may differ from row to row."""
    rows, counts = _with_groups(frame), set(frame["unit"]) == {"count"}
    parts: dict[str, Any] = {}
    columns: dict[str, Column] = {}
    for name in map(str, rows.columns):
        if name in ("lower", "unit", "status") or (name == "n" and counts):
            continue
        if name == "estimate":
            parts[name], columns[name] = list(_estimates(rows)), Column(value, right=True)
        elif name == "upper" and rows["upper"].notna().any():
            parts[name], columns[name] = list(_intervals(rows)), Column(INTERVAL, right=True)
        elif name in ("n", "count"):
            parts[name], columns[name] = (
                list(map(_count, rows[name])),
                Column(HEADINGS[name], right=True),
            )
        elif name != "upper":
            laid, column = _plain(rows[[name]], say, units)
            parts[name], columns[name] = laid[name], column[name]
    return pd.DataFrame(parts), columns


def _estimates(rows: pd.DataFrame) -> Iterator[Text]:
    for value, unit, status in zip(rows["estimate"], rows["unit"], rows["status"], strict=True):
        yield (
            SIGNS.get(status, SIGNS["empty"])
            if np.isnan(value)
            else Text.each(write, float(value), unit, decimals=_decimals(unit))
        )


def _intervals(rows: pd.DataFrame) -> Iterator[Text]:
    ends = (rows[name] for name in ("lower", "upper", "unit", "status"))
    for low, high, unit, status in zip(*ends, strict=True):
        yield (
            NO_INTERVAL.get(status, Text.same(""))
            if np.isnan(low) or np.isnan(high)
            else Text.each(
                write_interval, (float(low), float(high)), unit, decimals=_decimals(unit)
            )
        )


def _count(value: float) -> Text:
    return Text.same("") if np.isnan(value) else Text.each(write, float(value), "count", decimals=0)


def _heading(frame: pd.DataFrame) -> Text:
    units = set(frame["unit"])
    return (
        BY_UNIT.get(units.pop(), HEADINGS["estimate"]) if len(units) == 1 else HEADINGS["estimate"]
    )


def _side_by_side(parts: list[Laid]) -> Laid:
    """Put tables with the same groups beside each other; the groups stand once."""
    first = parts[0][0]
    shared = [
        name
        for name in parts[0][1]
        if name not in ("estimate", "upper", "n", "count")
        and all(list(first[name]) == list(other.get(name, [])) for other, _ in parts)
    ]
    frame, columns = first[shared], {name: parts[0][1][name] for name in shared}
    for place, (part, own) in enumerate(parts):
        for name in own:
            if name not in shared:
                frame = frame.assign(**{f"{name} {place}": part[name]})
                columns[f"{name} {place}"] = own[name]
    return frame, columns
