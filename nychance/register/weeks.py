"""The weekly columns of an extract."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from nychance.extract import dates

WEEK_COLUMN: Final = re.compile(r"[yY]_(\d\d)(\d\d)$")


def week_start(name: str) -> date:
    """Return the Monday of a weekly column such as `y_0953`.

    Raises `ValueError` for a week that is none.
    """
    found = WEEK_COLUMN.match(name)
    if not found:
        raise ValueError(f"{name!r} is no weekly column")
    year, week = (int(part) for part in found.groups())
    return dates.week_start(year, week)


def week_name(monday: date) -> str:
    """Name the weekly column of a Monday, as DREAM does."""
    year, week, _ = monday.isocalendar()
    return f"y_{year % 100:02d}{week:02d}"


def weekly(names: Iterable[str]) -> list[str]:
    """List those names that have the form of a weekly column."""
    return [name for name in names if WEEK_COLUMN.match(name)]


def is_week(name: str) -> bool:
    """Return whether a weekly column names a week of the calendar."""
    try:
        week_start(name)
    except ValueError:
        return False
    return True
