"""Likely causes of values that cannot be read, in words."""

import re
from typing import Final

from evalbook.text.language import Text
from nychance import tr
from nychance.extract.dates import FORMS
from nychance.extract.numbers import MARKS, is_ambiguous
from nychance.extract.schema import Kind
from nychance.validation.issue import NOTHING, shown

NUMBERS: Final = (Kind.NUMBER, Kind.COUNT)
WORDS: Final = (Kind.TEXT, Kind.KEY)
UNSEEN: Final = tr("control characters in a text")
TOO_LARGE: Final = tr("a number larger than any that there is")
READINGS: Final = tr("{value} may be {whole} or {decimal}")
AMBIGUOUS: Final = tr("a point or comma that may separate thousands or decimals")
OF_NUMBERS: Final = (
    (r"[\d.,]*[OolI][\d.,OolI]*", tr("a letter among the digits")),
    (r".*%", tr("a per cent sign")),
    (r"-\d.*", tr("what is counted cannot be negative")),
    (r"\d+[.,]\d+", tr("what is counted must be whole")),
    (r"[^\d]+", tr("words where a number is expected")),
)
OF_DAYS: Final = (
    (r"\d{6}", tr("six digits may be day, month and year or year and month")),
    (r"\d{4}", tr("a year without a day")),
    (r"-?\d{1,5}([.,]\d+)?", tr("a number of days; give the column a date format in its program")),
    (r"\d{1,2}[-./]\d{1,2}[-./]\d{2}", tr("a year of two digits")),
    (r"\d{1,2}[-./]\d{2}[-./]\d{4}.*", tr("no day of the calendar, or month before day")),
    (r"\d{4}[-/]\d{1,2}[-/]\d{1,2}.*", tr("no day of the calendar")),
    (r"[^\d]+", tr("words where a date is expected")),
)
ANOTHER_FORM: Final = tr("a date written in another way than the rest of the column")


def likely(value: str, kind: Kind) -> Text:
    """Return the likely cause of a value that cannot be read as its kind; empty if not known."""
    value = value.strip()
    if kind in WORDS:
        return UNSEEN
    if kind in NUMBERS and re.fullmatch(r"\d{16,}", value):
        return TOO_LARGE
    if kind in NUMBERS:
        return _readings(value) if is_ambiguous(value) else _first(OF_NUMBERS, value)
    if any(re.fullmatch(pattern, value) for pattern, _ in FORMS) and _is_day(value):
        return ANOTHER_FORM
    return _first(OF_DAYS, value)


def _readings(value: str) -> Text:
    if shown(value) != value:
        return AMBIGUOUS
    mark = next(mark for mark in MARKS if mark in value)
    whole = Text.same(value.replace(mark, ""))
    decimal = Text(da=value.replace(mark, ","), en=value.replace(mark, "."))
    return READINGS.format(value=value, whole=whole, decimal=decimal)


def _is_day(value: str) -> bool:
    numbers = [int(part) for part in re.findall(r"\d+", value)]
    day, month = (numbers[-1], numbers[1]) if len(str(numbers[0])) > 2 else numbers[:2]
    return len(numbers) == len(("y", "m", "d")) and 1 <= month <= 12 and 1 <= day <= 28


def _first(causes: tuple[tuple[str, Text], ...], value: str) -> Text:
    return next((cause for pattern, cause in causes if re.fullmatch(pattern, value)), NOTHING)
