"""Text from outside the report: what is in it is shown, and does nothing."""

import re
from typing import Final

# Control characters, which no drawing may hold, and those that turn the direction of what follows.
UNSEEN: Final = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)
# What a spreadsheet takes for a formula, whatever blanks or marks it skips before.
FORMULA: Final = re.compile(r"[\t\r\n]|[\s\u200b\u2060\ufeff]*[-=+@\uff0d\uff1d\uff0b\uff20]")


def printable(text: str) -> str:
    """Return a text without characters that show nothing and disturb what stands beside them."""
    return UNSEEN.sub("", text)


def spreadsheet_safe(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, by an apostrophe before it."""
    return f"'{text}" if FORMULA.match(text) else text
