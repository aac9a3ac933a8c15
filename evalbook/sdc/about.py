"""What a table of results carries with it: where it comes from, how, and what is counted."""

from dataclasses import dataclass, replace
from typing import Any, Final, Self

import pandas as pd

from evalbook.models.method import Declared, Method
from evalbook.text.source import Source

KEY: Final = "about"
PERSONS: Final = "persons"
# What a table of persons carries under this name says where it comes from.
SOURCE: Final = "source"


@dataclass(frozen=True)
class About:
    """What is known of the results in a table, or in a row of one.

    Attributes
    ----------
    source : Source
        Where the figures come from.
    method : Method or None
        How they are worked out; None where several methods meet in one table.
    counted : str
        What `n` counts.
    """

    source: Source
    method: Method | None = None
    counted: str = PERSONS

    # pandas copies what a table carries with each operation.
    def __deepcopy__(self, memo: object) -> Self:
        return self

    def on(self, table: pd.DataFrame) -> pd.DataFrame:
        """Let a table carry it; gives the table."""
        table.attrs[KEY] = self
        return table

    def by(self, method: Declared[..., Any] | Method | None) -> "About":
        """Return it with another method; None keeps the one it has."""
        if method is None:
            return self
        return replace(self, method=method.method if isinstance(method, Declared) else method)


def about(result: object) -> About | None:
    """Return what a table or a row carries; None if it carries nothing."""
    found = getattr(result, "attrs", {}).get(KEY)
    return found if isinstance(found, About) else None
