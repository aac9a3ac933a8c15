"""How columns of published tables are shown, and what they count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evalbook import plan
from evalbook.errors import UsageError
from evalbook.plan import programme
from evalbook.text.language import Language, Text

PERSONS = "persons"
# What else a number from a register may count, without telling of persons.
NO_PERSONS = ("units", "weeks", "targets", "ties")


@dataclass(frozen=True)
class Column:
    """How a table shows a column: its heading, its unit and decimals; no unit means text.

    Text that writes numbers out is set `right`, as numbers are.
    """

    heading: Text
    unit: str | None = None
    decimals: int = 0
    counted: str = PERSONS
    right: bool = False


def described(columns: Mapping[str, Column], languages: Sequence[Language]) -> dict[str, Any]:
    """Describe columns for `results.json`."""
    return {
        name: vars(column) | {"heading": column.heading.within(languages)}
        for name, column in columns.items()
    }


def of_what(counted: str) -> str:
    """Return what is counted.

    Raises `UsageError` if it is neither persons nor known to the engine or the programme.
    """
    known = (*NO_PERSONS, *programme.named(plan.load().programme).counted)
    if counted not in (PERSONS, *known):
        remedy = f"Count one of {', '.join(known)}, or leave `counted` out"
        raise UsageError(f"{counted!r} may be persons", remedy=remedy)
    return counted
