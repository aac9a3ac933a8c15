"""The joint display's plan: which measure stands beside which voice."""

from typing import Literal

from evalbook.qualitative.records import Record, listed
from evalbook.text.language import Text

Expected = Literal["higher", "lower"]


class Entry(Record):
    """A measure of a theme and the code of what people say about it.

    Attributes
    ----------
    number : str
        The measure's name in the notebook.
    expected : str or None
        What those who speak expect of the first share against the second; None where their words
        hold no such expectation.
    """

    theme: str
    number: str
    code: str
    measure: Text
    expected: Expected | None = None


def joint_entries(theme: str) -> list[Entry]:
    """Read a theme's entries of `joint.yml`.

    Raises `DataError` if the file is missing or broken.
    """
    return [entry for entry in listed(Entry, "joint.yml", "joint") if entry.theme == theme]
