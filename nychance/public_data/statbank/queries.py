"""Queries to StatBank for each table, from `data/public/statbank.yml`, and their checks."""

import fnmatch
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from math import prod
from pathlib import Path
from typing import Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from evalbook.errors import DataError
from evalbook.text.language import Text
from nychance.public_data.statbank.service import TableInfo

FILE: Final = "statbank.yml"
MUNICIPALITIES: Final = "municipalities"
# The limit of formats that are not streamed, in cells.
LIMIT: Final = 1_000_000
PERIOD: Final = re.compile(r"(\d{4})(?:K([1-4])|M(0[1-9]|1[0-2]))?")
SPAN: Final = re.compile(r"(\d+)\.\.(\d+)")
COUNTED: Final = ("number", "antal")

Selection = dict[str, list[str]]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rows(_Record):
    """What a row is about: our column, the table's variable, and its codes.

    The codes are all municipalities, or codes with our names.
    """

    column: Literal["municipality", "group", "region"]
    variable: str
    codes: Literal["municipalities"] | dict[str, str]


class Time(_Record):
    """Which periods are taken, and the day that a period's figure refers to.

    Attributes
    ----------
    variable : str
        The table's variable of time.
    periods : str
        A pattern of period codes: `*`, or `*K1` for first quarters.
    reference : str
        `first` or `last` day of the period, or a day of its year as `MM-DD`.
    """

    variable: str = "Tid"
    periods: str = "*"
    reference: str = "last"

    def day(self, period: str) -> date:
        """Return the day that a period's figure refers to.

        Raises
        ------
        DataError
            If the period is neither a year, a quarter (2008K1) nor a month (2008M01).
        """
        found = PERIOD.fullmatch(period)
        if not found:
            raise DataError(
                f"the period {period!r} is neither a year, a quarter nor a month",
                where=FILE,
                remedy="Narrow `time.periods`",
            )
        year, quarter, month = (int(part) if part else None for part in found.groups())
        if self.reference not in ("first", "last"):
            return date.fromisoformat(f"{year}-{self.reference}")
        begins, months = (3 * quarter - 2, 3) if quarter else (month, 1) if month else (1, 12)
        first = date(year or 1, begins, 1)
        following = date(first.year + (begins + months > 12), (begins + months - 1) % 12 + 1, 1)
        return first if self.reference == "first" else following - timedelta(days=1)


class Figure(_Record):
    """A variable of our table: its name, its unit, and the codes whose sum it is.

    `values` has a code, a list of codes, or a span of numbers (`16..64`) for each variable of the
    table that is neither the rows', nor time, nor summed over.
    """

    label: Text
    unit: Text
    values: dict[str, tuple[str, ...]]

    @field_validator("values", mode="before")
    @classmethod
    def _expand(cls, given: Mapping[str, str | Sequence[str]]) -> dict[str, tuple[str, ...]]:
        return {name: tuple(_expanded(codes)) for name, codes in given.items()}


class Query(_Record):
    """What is asked of StatBank for one of our tables."""

    table: str
    title: Text
    rows: Rows
    time: Time
    summed_over: tuple[str, ...] = ()
    reference: Text
    caveats: tuple[Text, ...] = ()
    variables: dict[str, Figure] = Field(min_length=1)

    def selection(self, info: TableInfo, municipalities: Sequence[str], since: int) -> Selection:
        """Return the codes to request, after checking that the table still has what it had.

        Parameters
        ----------
        info : TableInfo
            What StatBank says of the table.
        municipalities : sequence of str
            Their three-digit codes.
        since : int
            The first year.

        Raises
        ------
        DataError
            If a variable has come or gone, a code has gone, no period is left, or figures that are
            not counts would be summed; every such fault is named.
        """
        wanted = self._wanted(municipalities)
        faults = [*self._changed_shape(info), *_gone(info, wanted), *self._not_counts(info)]
        periods = [] if faults else self._periods(info, since)
        if not faults and not periods:
            faults = [f"it has no period that fits {self.time.periods!r} from {since} on"]
        if faults:
            raise DataError(
                f"the table has changed: {'; '.join(faults)}",
                where=f"StatBank {self.table}",
                remedy="Look at the table in StatBank and mend its entry in "
                f"data/public/{FILE}; the earlier figures stay",
            )
        return wanted | {self.time.variable: periods}

    @property
    def digest(self) -> str:
        """A digest of what is asked, by which a changed query is known."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def codes(self) -> Selection:
        """The codes that the query itself names, by variable."""
        return {name: codes for name, codes in self._wanted(()).items() if codes}

    def _wanted(self, municipalities: Sequence[str]) -> Selection:
        rows = list(municipalities) if self.rows.codes == MUNICIPALITIES else list(self.rows.codes)
        wanted = {self.rows.variable: rows}
        for figure in self.variables.values():
            for name, codes in figure.values.items():
                wanted[name] = list(dict.fromkeys([*wanted.get(name, []), *codes]))
        return wanted

    def _changed_shape(self, info: TableInfo) -> Iterator[str]:
        named = [*self._wanted(()), self.time.variable, *self.summed_over]
        for name in named:
            if info.variable(name) is None:
                yield f"the variable {name} has gone"
        known = {name.casefold() for name in named}
        for variable in info.variables:
            if variable.id.casefold() not in known:
                yield f"the variable {variable.id} ({variable.text}) is new"
        for name in self.summed_over:
            found = info.variable(name)
            if found is not None and not found.elimination:
                yield f"the variable {name} can no longer be summed over"
        for key, figure in self.variables.items():
            for name in self._wanted(()).keys() - {self.rows.variable} - figure.values.keys():
                yield f"{key} names no value of {name}"

    def _not_counts(self, info: TableInfo) -> Iterator[str]:
        if info.unit.casefold() in COUNTED:
            return
        for key, figure in self.variables.items():
            for name, codes in figure.values.items():
                if len(codes) > 1:
                    yield f"{key} would sum {name}, but the unit is {info.unit!r}, not a count"

    def _periods(self, info: TableInfo, since: int) -> list[str]:
        time = info.variable(self.time.variable)
        codes = time.codes if time else []
        return [
            code
            for code in codes
            if fnmatch.fnmatchcase(code, self.time.periods) and self.time.day(code).year >= since
        ]


def load(directory: Path) -> dict[str, Query]:
    """Read the queries, by the name of our table.

    Raises
    ------
    DataError
        If the file is missing or broken; the message names the field.
    """
    path = directory / FILE
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        return {name: Query.model_validate(entry) for name, entry in content["tables"].items()}
    except FileNotFoundError as error:
        raise DataError(
            "the file does not exist", where=path, remedy="Restore it from the repository"
        ) from error
    except (yaml.YAMLError, KeyError, AttributeError, TypeError) as error:
        raise DataError(
            f"not a list of queries ({error})", where=path, remedy="Mend the line named"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise DataError(
            f"{field}: {first['msg']}", where=path, remedy="Mend the field named"
        ) from error


def size(selection: Selection) -> int:
    """Count the cells that a selection asks for."""
    return prod(map(len, selection.values()))


def halves(selection: Selection, time: str) -> tuple[Selection, Selection]:
    """Return the halves of a selection: by period, or else by its longest variable.

    Raises
    ------
    ValueError
        If it asks for a single cell.
    """
    name = (
        time if len(selection[time]) > 1 else max(selection, key=lambda each: len(selection[each]))
    )
    codes = selection[name]
    if len(codes) == 1:
        raise ValueError("a single cell cannot be split")
    middle = (len(codes) + 1) // 2
    return selection | {name: codes[:middle]}, selection | {name: codes[middle:]}


def _gone(info: TableInfo, wanted: Selection) -> Iterator[str]:
    for name, codes in wanted.items():
        variable = info.variable(name)
        gone = [code for code in codes if variable is not None and code not in variable.codes]
        if gone:
            there = (
                ", ".join(f"{value.id} ({value.text})" for value in variable.values[:8])
                if variable
                else ""
            )
            more = " and more" if len(gone) > 8 else ""
            yield f"{name} has no code {', '.join(gone[:8])}{more}; it begins with {there}"


def _expanded(codes: str | Sequence[str]) -> list[str]:
    listed = [codes] if isinstance(codes, str) else list(codes)
    spans = [(code, SPAN.fullmatch(code)) for code in map(str, listed)]
    return [each for code, span in spans for each in (_span(span) if span else [code])]


def _span(found: re.Match[str]) -> list[str]:
    return [str(number) for number in range(int(found.group(1)), int(found.group(2)) + 1)]
