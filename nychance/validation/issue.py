"""An issue: a rule that an extract breaks, and where."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from evalbook.text.language import Text, join, number
from nychance import tr

if TYPE_CHECKING:
    from nychance.validation.inputs import Inputs

NOTHING: Final = Text.same("")
# Shorter values, and dates, are shown as they are; of others only the shape: a personal number may
# stand in any column.
SHOWN: Final = re.compile(r"[\w .,-]{1,6}|[a-z]+(?:-[a-z]+)*|(?:19|20)\d\d-[01]\d-\d\d|[yY]_\d{4}")
LONGEST: Final = 24
# Readers get counts to the nearest ten: an issue may be one person's, and two checkpoints could be
# subtracted.
ROUNDED: Final = 10
SHARE: Final = tr("about {share} % of them")
LESS: Final = tr("less than {share} % of them")
# What a finding counts.
FILES: Final = tr("files")
COLUMNS: Final = tr("columns")
ROWS: Final = tr("rows")
PERSONS: Final = tr("persons")
VALUES: Final = tr("values")
WEEKS: Final = tr("weeks")
PERSON_WEEKS: Final = tr("person-weeks")


class Severity(StrEnum):
    """Whether an issue stops the report or is listed in it as a warning."""

    ERROR = "error"
    WARNING = "warning"


ERROR, WARNING = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True)
class Finding:
    """Where a rule is broken.

    Attributes
    ----------
    file : str
        Name of the file.
    count : int
        Of what the rule counts.
    column : str
        Name of the column, if it is about one.
    example : str
        One value, made unrecognisable where it could be a personal number.
    row : int
        Line of the first case, the header being line 1; 0 where there is none.
    detail : Text
        More to say of it, fit for publication.
    cause : Text
        Why it is likely so.
    """

    file: str
    count: int
    column: str = ""
    example: str = ""
    row: int = 0
    detail: Text = NOTHING
    cause: Text = NOTHING


Find: TypeAlias = Callable[["Inputs"], Iterator[Finding]]


@dataclass(frozen=True)
class Rule:
    """Something that must not be in an extract.

    Attributes
    ----------
    key : str
        Its name in JSON and in the documentation.
    severity : Severity
    problem : Text
        What is wrong.
    counts : Text
        What a finding's `count` counts.
    remedy : Text
        What to do about it.
    find : callable
        Lists where the rule is broken.
    """

    key: str
    severity: Severity
    problem: Text
    counts: Text
    remedy: Text
    find: Find


def rule(
    key: str, severity: Severity, problem: Text, *, counts: Text, remedy: Text
) -> Callable[[Find], Rule]:
    """Return a decorator that makes a rule of the function that finds where it is broken."""
    return lambda find: Rule(key, severity, problem, counts, remedy, find)


class Issue(NamedTuple):
    """A rule and where it is broken."""

    rule: Rule
    finding: Finding

    @property
    def problem(self) -> Text:
        """What is wrong, and the likely cause."""
        cause = self.finding.cause
        return self.rule.problem if cause == NOTHING else join(": ", [self.rule.problem, cause])

    @property
    def is_error(self) -> bool:
        """Whether it keeps a report from being made."""
        return self.rule.severity is Severity.ERROR


def shown(value: object) -> str:
    """Return a value as an example: short ones, words and dates as they are, else the shape.

    In a shape `9` is a digit and `a` a letter.
    """
    text = str(value).strip()
    if SHOWN.fullmatch(text):
        return text
    shape = "".join(
        "9" if sign.isdigit() else "a" if sign.isalpha() else sign
        for sign in text
        if sign.isprintable()
    )
    return shape if len(shape) <= LONGEST else f"{shape[:LONGEST]}…"


def about(count: int, total: int) -> Text:
    """Return the share that a count has of a total, no more precise than the count is published."""
    form, rounded = (SHARE, round(count / ROUNDED)) if count >= ROUNDED else (LESS, 1)
    percent = max(min(100 * rounded * ROUNDED / max(total, 1), 100), 1)
    return form.format(share=Text.each(number, round(percent)))
