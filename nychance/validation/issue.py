"""What a fault is: a rule that an extract breaks, and where it does."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from evalbook.text.language import Text

if TYPE_CHECKING:
    from nychance.validation.inputs import Inputs

NOTHING: Final = Text.same("")
# Shorter values, and dates, are shown as they are; of others only the shape: a personal number may
# stand in any column.
SHOWN: Final = re.compile(r"[\w .,-]{1,6}|[a-z]+(?:-[a-z]+)*|(?:19|20)\d\d-[01]\d-\d\d|[yY]_\d{4}")
LONGEST: Final = 24


class Severity(StrEnum):
    """Whether a fault keeps a report from being made, or is told in its data chapter."""

    ERROR = "error"
    WARNING = "warning"


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
    """

    file: str
    count: int
    column: str = ""
    example: str = ""
    row: int = 0
    detail: Text = NOTHING


@dataclass(frozen=True)
class Rule:
    """Something that must not be in an extract.

    Attributes
    ----------
    key : str
        Its name in JSON and in the documentation.
    severity : Severity
    says : Text
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
    says: Text
    counts: Text
    remedy: Text
    find: Callable[["Inputs"], Iterator[Finding]]


class Issue(NamedTuple):
    """A rule and where it is broken."""

    rule: Rule
    finding: Finding

    @property
    def is_error(self) -> bool:
        """Whether it keeps a report from being made."""
        return self.rule.severity is Severity.ERROR


def shown(value: object) -> str:
    """Write a value as an example: as it is where it is short, a word or a date, else its shape (`9` digit, `a` letter)."""
    text = str(value).strip()
    if SHOWN.fullmatch(text):
        return text
    shape = "".join(
        "9" if sign.isdigit() else "a" if sign.isalpha() else sign
        for sign in text
        if sign.isprintable()
    )
    return shape if len(shape) <= LONGEST else f"{shape[:LONGEST]}…"
