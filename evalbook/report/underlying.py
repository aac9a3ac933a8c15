"""The data underlying a figure: charts attach them, and pages unfold them below it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from evalbook import plan
from evalbook.errors import UsageError
from evalbook.models.shares.proportions import Share
from evalbook.plan import programme
from evalbook.text.catalogue import tr
from evalbook.text.language import Language, Text

PERSONS = "persons"
# What else a number from a register may count, without telling of persons.
NO_PERSONS = ("units", "weeks", "targets", "ties")
_ATTRIBUTE = "_evalbook_behind"


@dataclass(frozen=True)
class Column:
    """How a table shows a column: its heading, its unit and decimals; no unit means text.

    Text that writes numbers out is set `right`, as numbers are.

    Counts and shares of a source that counts persons must come from the gate, unless the column
    counts something else.
    """

    heading: Text
    unit: str | None = None
    decimals: int = 0
    counted: str = PERSONS
    right: bool = False


@dataclass(frozen=True)
class UnderlyingData:
    """A figure's data as a table, with how each column is shown; `drawn` is unrounded."""

    frame: pd.DataFrame
    columns: Mapping[str, Column]
    drawn: pd.DataFrame


def attach_data(figure: Figure, frame: pd.DataFrame, columns: Mapping[str, Column]) -> Figure:
    """Keep the numbers that a figure shows with it; gives the figure.

    Parameters
    ----------
    figure : Figure
        The finished figure.
    frame : DataFrame
        One row per line; text columns hold `Text` or strings, number columns numbers, missing
        where hidden.
    columns : mapping
        Column name to how it is shown, in order.
    """
    # No more precise than the page tells it: a share to its last digit gives counts away.
    decimals = {
        name: column.decimals + (2 if column.unit == "share" else 0)
        for name, column in columns.items()
        if column.unit
    }
    setattr(
        figure,
        _ATTRIBUTE,
        UnderlyingData(frame.reindex(columns=list(columns)).round(decimals), columns, frame),
    )
    return figure


def data_of(figure: Figure) -> UnderlyingData | None:
    """Find the numbers that a chart has laid behind its figure."""
    found: UnderlyingData | None = getattr(figure, _ATTRIBUTE, None)
    return found


def described(columns: Mapping[str, Column], languages: Sequence[Language]) -> dict[str, Any]:
    """Describe columns for `results.json`."""
    return {
        name: vars(column) | {"heading": column.heading.within(languages)}
        for name, column in columns.items()
    }


def of_persons(columns: Mapping[str, Column]) -> list[str]:
    """Name the columns of numbers that are about persons.

    Raises `UsageError` for one that counts something unheard of.
    """
    return [
        name
        for name, column in columns.items()
        if column.unit and of_what(column.counted) == PERSONS
    ]


def of_texts(columns: Mapping[str, Column]) -> list[str]:
    """Name the columns of texts."""
    return [name for name, column in columns.items() if not column.unit]


def of_what(counted: str) -> str:
    """Return what is counted.

    Raises `UsageError` if it is neither persons nor known to the engine or the programme.
    """
    known = (*NO_PERSONS, *programme.named(plan.load().programme).counted)
    if counted not in (PERSONS, *known):
        remedy = f"Count one of {', '.join(known)}, or leave `counted` out"
        raise UsageError(f"{counted!r} may be persons", remedy=remedy)
    return counted


LOW = tr("Lower bound")
HIGH = tr("Upper bound")
VALUE = tr("Share")
SHARE_COLUMNS = {
    "value": Column(VALUE, "share", 1),
    "low": Column(LOW, "share", 1),
    "high": Column(HIGH, "share", 1),
}


def share_rows(shares: Sequence[tuple[Mapping[str, Any], Share | None]]) -> pd.DataFrame:
    """Lay out shares with their intervals, one row each, beside what names them.

    Hidden ones are missing.
    """
    rows = []
    for names, share in shares:
        low, high = share.interval if share else (None, None)
        rows.append({**names, "value": share.value if share else None, "low": low, "high": high})
    return pd.DataFrame(rows)
