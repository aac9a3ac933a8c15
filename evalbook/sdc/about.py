"""What a table of results carries with it: where it comes from, how, and what is counted."""

from dataclasses import dataclass, replace
from typing import Any, Final, Self

import pandas as pd

from evalbook.models.method import METHOD, Declared, Method
from evalbook.text.source import Source

KEY: Final = "about"
# What a table of persons carries under this name is the source of their figures, where it is not
# the register.
SOURCE: Final = "source"
PERSONS: Final = "persons"


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
    """Return what a table or a row carries; None if it carries nothing.

    A table that counts no persons may know its source and its method only.
    """
    carried = getattr(result, "attrs", {})
    found, source = carried.get(KEY), carried.get(SOURCE)
    if isinstance(found, About):
        return found
    if isinstance(source, Source) and not source.persons:
        return About(source, carried.get(METHOD), counted="")
    return None
