"""The weeks and months that the demonstration extract covers."""

from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evalbook import plan
from nychance import definitions

# From the year in which the programme starts to that of the last checkpoint, in whole ISO weeks.
FIRST_YEAR: Final = definitions.load().definitions.programme_start.year
LAST_YEAR: Final = plan.load().checkpoints[-1].cutoff.year
FIRST_MONDAY: Final = date.fromisocalendar(FIRST_YEAR, 1, 1)
# 28 December always lies in a year's last week.
LAST_MONDAY: Final = date(LAST_YEAR, 12, 28) - timedelta(days=date(LAST_YEAR, 12, 28).weekday())
MONDAYS: Final = tuple(
    FIRST_MONDAY + timedelta(weeks=week)
    for week in range((LAST_MONDAY - FIRST_MONDAY).days // 7 + 1)
)
WEEKS: Final = len(MONDAYS)
# DREAM has employment from 2008 only.
MONTHS: Final = tuple(
    date(year, month, 15)
    for year in range(max(FIRST_YEAR, 2008), LAST_YEAR + 1)
    for month in range(1, 13)
)
QUARTERS: Final = tuple(
    date(year, month, 1) for year in range(FIRST_YEAR, LAST_YEAR + 1) for month in (1, 4, 7, 10)
)
EPOCH: Final = date(1970, 1, 1)


def week_column(monday: date) -> str:
    """Name the register's column of an ISO week: `y_0953`."""
    year, week, _ = monday.isocalendar()
    return f"y_{year % 100:02d}{week:02d}"


def week_of(day: date) -> int:
    """Count the weeks from the extract's first Monday to the week that holds a day."""
    return (day - FIRST_MONDAY).days // 7


def epoch_day(day: date) -> int:
    """Count the days from 1970-01-01, as Arrow's dates do."""
    return (day - EPOCH).days


def quarter_of_week() -> NDArray[np.int64]:
    """Return each week's quarter.

    Returns
    -------
    ndarray of int, shape (weeks,)
        Index into `QUARTERS` of the quarter in which the week's Thursday lies.
    """
    thursdays = [monday + timedelta(days=3) for monday in MONDAYS]
    return np.array([4 * (day.year - QUARTERS[0].year) + (day.month - 1) // 3 for day in thursdays])
