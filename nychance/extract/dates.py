"""Dates and weeks as other programs write them, read as days."""

import re
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

UNIT: Final = "datetime64[s]"
# How a day may be written, and how it is parsed; a column has one of these forms.
FORMS: Final = (
    (r"\d{4}-\d{1,2}-\d{1,2}", "%Y-%m-%d"),
    (r"\d{8}", "%Y%m%d"),
    (r"\d{1,2}-\d{1,2}-\d{4}", "%d-%m-%Y"),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    (r"\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y"),
    (r"\d{4}/\d{1,2}/\d{1,2}", "%Y/%m/%d"),
    (r"\d{8}", "%d%m%Y"),
    (r"\d{1,2}[A-Za-z]{3}\d{4}", "%d%b%Y"),
    (r"\d{1,2}-[A-Za-z]{3}-\d{4}", "%d-%b-%Y"),
)
DANISH_MONTHS: Final = {"maj": "may", "okt": "oct"}
# A time of day after a date: of ISO 8601, SQL Server, Danish Excel, SAS.
TIMED: Final = (
    r"^(?P<day>.*?\d)(?:[T ]\s*|:)(?P<time>\d{1,2}[:.]\d\d(?:[:.]\d\d(?:[.,]\d+)?)?)"
    r"\s?(?P<zone>Z|UTC|[+-]\d\d:?\d\d)?$"
)
# What is midnight in Denmark, in winter and in summer, written in universal time.
UTC: Final = ("Z", "UTC", "+00:00", "+0000")
DANISH_MIDNIGHT: Final = r"2[23][:.]00(?:[:.]00(?:[.,]0+)?)?"
DANISH_TIME: Final = "Europe/Copenhagen"
# Excel counts days; its day 60 is one that there was not. 2,958,465 is the end of the year 9999.
SERIAL: Final = r"(?:\d{5}|2958465)(?:[.,]\d+)?"
EXCEL_EPOCH: Final = pd.Timestamp("1899-12-30")
# Other programs count days from later years on, so that their numbers would be earlier days.
EARLIEST_SERIAL: Final = pd.Timestamp("1980-01-01")
EARLIEST_BIRTH: Final = pd.Timestamp("1927-05-18")
WEEK: Final = re.compile(
    r"(?:[yY]_?)?(?P<yy>\d\d)(?P<ww>\d\d)|(?P<year>\d{4})-?[wW](?P<week>\d{1,2})(?:-[1-7])?"
)
MONTH: Final = re.compile(r"(?P<year>\d{4})(?:-|[mM])(?P<month>\d{1,2})")
YEAR: Final = re.compile(r"(?:19|20)\d\d")
# DREAM begins in mid-1991: a two-digit year from 90 on belongs to the last century.
CENTURY_TURN: Final = 90


def week_start(year: int, week: int) -> date:
    """Return the Monday of an ISO week.

    A two-digit year is one from 1990 to 2089. Raises `ValueError` if there is none.
    """
    if year < 100:
        year += 1900 if year >= CENTURY_TURN else 2000
    return date.fromisocalendar(year, week, 1)


def of_type(column: pa.Array) -> "pd.Series[Any]":
    """Return the days of a column of dates or timestamps, by the clock of its time zone.

    Danish midnights that a program has written in universal time are taken for what they are.
    """
    if pa.types.is_timestamp(column.type) and column.type.tz:
        column = _local(column)
    if pa.types.is_timestamp(column.type):
        column = pc.floor_temporal(column, unit="day")
    days: pd.Series[Any] = column.cast(pa.timestamp("s"), safe=False).to_pandas()
    return days.astype(UNIT)


def _local(column: pa.Array) -> pa.Array:
    there = pc.local_timestamp(column)
    danish = pc.local_timestamp(column.cast(pa.timestamp(column.type.unit, DANISH_TIME)))
    universal = column.type.tz in (*UTC, "Etc/UTC", "GMT")
    return danish if universal and _midnights(danish) and not _midnights(there) else there


def _midnights(column: pa.Array) -> bool:
    return bool(pc.all(pc.equal(pc.floor_temporal(column, unit="day"), column)).as_py())


def read(text: "pd.Series[str]", *, birth: bool) -> "pd.Series[Any]":
    """Read dates written as text; what cannot be read is missing, times of day are dropped.

    Parameters
    ----------
    text : Series of str
        The cells, missing where blank.
    birth : bool
        Whether the days are dates of birth, so that Excel's numbers may lie far back.
    """
    written = pd.Series(text.dropna().unique(), dtype="str")
    if written.empty:
        return pd.Series(pd.NaT, index=text.index, dtype=UNIT)
    parts = written.str.extract(TIMED)
    universal = parts["zone"].isin(UTC)
    shifted = (
        universal.all() and parts["time"].str.fullmatch(DANISH_MIDNIGHT).fillna(value=False).all()
    )
    day = parts["day"].fillna(written).str.strip()
    best = _best(day, birth=birth)
    if shifted:
        best = best + pd.Timedelta(days=1)
    found = pd.Series(best.to_numpy(), index=written.to_numpy())
    return text.map(found).astype(UNIT)


def _best(day: "pd.Series[str]", *, birth: bool) -> "pd.Series[Any]":
    best = _serials(day, EARLIEST_BIRTH if birth else EARLIEST_SERIAL)
    for pattern, form in FORMS:
        if best.notna().all():
            break
        fits = day.where(day.str.fullmatch(pattern))
        if "%b" in form:
            fits = fits.str.lower().replace(DANISH_MONTHS, regex=True)
        parsed = pd.to_datetime(fits, format=form, errors="coerce").astype(UNIT)
        if parsed.notna().sum() > best.notna().sum():
            best = parsed
    return best


def _serials(day: "pd.Series[str]", earliest: pd.Timestamp) -> "pd.Series[Any]":
    nothing = pd.Series(pd.NaT, index=day.index, dtype=UNIT)
    if not day.str.fullmatch(SERIAL).all():
        return nothing
    count = np.floor(day.str.replace(",", ".").astype(float))
    days = pd.Series(EXCEL_EPOCH.as_unit("s"), index=day.index) + pd.to_timedelta(count, unit="D")
    return days.astype(UNIT) if (days >= earliest).all() else nothing


def read_bounds(text: "pd.Series[str]", *, end: bool, years: bool) -> "pd.Series[Any]":
    """Read dates, weeks or months, or several of them in one column.

    Parameters
    ----------
    text : Series of str
        The cells, missing where blank.
    end : bool
        Whether something ends: a week is then its Sunday and a month its last day.
    years : bool
        Whether four digits are a year where all of them can be; else they are year and week.
    """
    written = text.dropna().unique().tolist()
    four = [value for value in written if value.isdecimal() and len(value) == len("2007")]
    in_years = years and all(map(YEAR.fullmatch, four))
    days = {value: _period(value, end=end, in_years=in_years) for value in written}
    days = {value: day for value, day in days.items() if day is not None}
    rest = read(text.where(~text.isin(list(days))), birth=False)
    return text.map(days).astype(UNIT).fillna(rest) if days else rest


def _period(value: str, *, end: bool, in_years: bool) -> pd.Timestamp | None:
    if in_years and YEAR.fullmatch(value):
        return pd.Timestamp(int(value), 12, 31) if end else pd.Timestamp(int(value), 1, 1)
    try:
        if month := MONTH.fullmatch(value):
            first = pd.Timestamp(int(month["year"]), int(month["month"]), 1)
            return first + pd.offsets.MonthEnd() if end else first
        if week := WEEK.fullmatch(value.zfill(4) if value.isdecimal() else value):
            year, number = week["yy"] or week["year"], week["ww"] or week["week"]
            monday = pd.Timestamp(week_start(int(year), int(number)))
            return monday + pd.Timedelta(days=6) if end else monday
    except ValueError:
        return None
    return None
