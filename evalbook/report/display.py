"""Tables as the last line of a cell: protected results are shown, others say what protects them."""

from typing import Any, Protocol

import pandas as pd
from IPython.core.getipython import get_ipython

from evalbook.errors import DisclosureError
from evalbook.sdc.about import about
from evalbook.sdc.prose import safe
from evalbook.text.source import Source

Shown = tuple[dict[str, str], dict[str, str]]


class Sourced(Protocol):
    """What knows where figures come from, once that is known."""

    @property
    def source(self) -> Source | None:
        """Where the persons' figures come from; None where no register was opened."""


class NotProtectedError(DisclosureError):
    """A table of unknown origin would have been shown; a notebook tells it in one line."""

    def __init__(self) -> None:
        super().__init__(
            "a table that no protecting call has made would be shown",
            remedy="Show what `report.shares`, `report.counts` or another such call gave back",
        )

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self.problem}. {self.remedy}."]


def show_results(report: Sourced) -> None:
    """Let a notebook show tables and rows of protected results, and refuse others on persons."""
    shell = get_ipython()
    if shell is None or shell.display_formatter is None:
        return
    formatter = shell.display_formatter.mimebundle_formatter
    for kind in (pd.DataFrame, pd.Series):
        formatter.for_type(kind, lambda table, **_: _bundle(table, report.source))


def _bundle(table: "pd.DataFrame | pd.Series[Any]", source: Source | None) -> Shown:
    known = about(table)
    if known is None and source is not None and source.persons:
        raise NotProtectedError
    frame = table.to_frame() if isinstance(table, pd.Series) else table
    line = known.source.line["en"] if known else ""
    return {"text/html": frame.to_html(), "text/plain": frame.to_string()}, safe(line)
