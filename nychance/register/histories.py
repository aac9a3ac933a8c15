"""Persons and their histories: residence, match categories and interventions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evalbook.errors import DataError
from nychance import columns as c
from nychance import extract
from nychance.register.states import ORIGINS, SEXES

# The histories with their dates; the first says from when on something is known.
DATES: Final = {
    c.RESIDENCE: (c.VALID_FROM, c.VALID_TO),
    c.MATCH: (c.VALID_FROM,),
    c.INTERVENTIONS: (c.START, c.END),
}

# More days than lie between any two dates of a register.
_DAYS: Final = 200_000


def at(history: pd.DataFrame, column: str, day: pd.Timestamp, persons: int) -> "pd.Series[float]":
    """Return each person's value of a history on a day: the last begun and not ended.

    Parameters
    ----------
    history : DataFrame
        With `person`, `valid_from`, the column, and `valid_to` if values end, sorted by them in
        this order, so that of two values from the same day the greater counts, whichever row of
        the extract it stands in.
    column : str
        The value.
    persons : int
        How many persons there are.
    """
    when = day.to_datetime64()
    person, begins, values = (history[name].to_numpy() for name in ("person", c.VALID_FROM, column))
    valid = (begins <= when) & pd.notna(values)
    if c.VALID_TO in history:
        ends = history[c.VALID_TO].to_numpy()
        valid &= np.isnat(ends) | (ends >= when)
    found = np.full(persons, np.nan)
    # Where a person has several rows, the last one is kept.
    found[person[valid]] = values[valid]
    return pd.Series(found, index=pd.RangeIndex(persons, name="person"), name=column)


def in_force(
    history: pd.DataFrame, column: str, person: NDArray[np.int64], days: pd.DatetimeIndex
) -> NDArray[np.float64]:
    """Return the value in force on each person's own day: the last begun, missing if it has ended.

    Parameters
    ----------
    history : DataFrame
        As for `at`.
    column : str
        The value.
    person : array of int
        Persons; one may be asked for on several days.
    days : DatetimeIndex
        A day for each of them.
    """
    known = history[history[column].notna()].sort_values(
        ["person", c.VALID_FROM, column], kind="stable"
    )
    if known.empty:
        return np.full(len(person), np.nan)
    place = (
        np.searchsorted(
            _moment(known["person"], known[c.VALID_FROM]), _moment(person, days), side="right"
        )
        - 1
    )
    row = np.maximum(place, 0)
    valid = (place >= 0) & (known["person"].to_numpy()[row] == person)
    if c.VALID_TO in known:
        ends = known[c.VALID_TO].to_numpy()[row]
        valid &= np.isnat(ends) | (ends >= days.to_numpy())
    return np.where(valid, known[column].to_numpy(dtype=float)[row], np.nan)


def _moment(person: Any, day: Any) -> NDArray[np.int64]:
    """Return a number for each person's day, in the order of persons and days."""
    days = (
        pd.DatetimeIndex(day).to_numpy().astype("datetime64[D]") - np.datetime64("1800-01-01")
    ).astype(np.int64)
    moment: NDArray[np.int64] = np.asarray(person, dtype=np.int64) * _DAYS + days
    return moment


@dataclass(frozen=True)
class Histories:
    """All persons' records, in the order of DREAM's rows, to take any rows' from.

    Attributes
    ----------
    records : DataFrame
        Of the table of persons: `sex`, `birth_year` (float), `origin`.
    record_of : array of int32, shape (persons,)
        Row of `records` of each person, -1 where there is none.
    tables : dict of DataFrame
        Histories with `person`, sorted by it.
    """

    records: pd.DataFrame
    record_of: NDArray[np.int32]
    tables: dict[str, pd.DataFrame]

    def persons(self, numbers: "pd.Series[str]", first: int) -> pd.DataFrame:
        """Return who the persons of some rows are, from row `first` on."""
        rows = self.record_of[first : first + len(numbers)]
        who = {
            name: pd.api.extensions.take(column.array, rows, allow_fill=True)
            for name, column in self.records.items()
        }
        return pd.DataFrame({c.PERSON: numbers.array, **who})

    def table(self, name: str, first: int, count: int) -> pd.DataFrame:
        """Return the part of a history that belongs to `count` rows from row `first` on."""
        whole = self.tables[name]
        if whole.empty:
            return whole
        begin, end = whole["person"].searchsorted([first, first + count])
        part = whole.iloc[begin:end].reset_index(drop=True)
        part["person"] = part["person"].astype(np.int64) - first
        return part


def read(
    folder: Path, numbers: "pd.Series[str]", cutoff: pd.Timestamp, names: Collection[str]
) -> Histories:
    """Read the tables of persons up to a cut-off.

    Parameters
    ----------
    folder : Path
        The extract.
    numbers : Series of str
        The person numbers of DREAM's rows.
    names : collection of str
        Which tables to read, `persons` among them; the others come out empty.

    Raises
    ------
    DataError
        If a table is missing or broken, or a person stands twice.
    """
    _refuse_twice(folder, c.DREAM, numbers)
    tables = {name: extract.read(folder, name) for name in names}
    if c.PERSONS in tables and not tables[c.PERSONS][c.PERSON].is_unique:
        # Several files, one per year, may say the same of a person.
        tables[c.PERSONS] = tables[c.PERSONS].drop_duplicates(ignore_index=True)
        _refuse_twice(folder, c.PERSONS, tables[c.PERSONS][c.PERSON])
    return of(tables, numbers, cutoff)


def of(
    tables: Mapping[str, pd.DataFrame], numbers: "pd.Series[str]", cutoff: pd.Timestamp
) -> Histories:
    """Return the tables of persons, as `extract.read` gives them, in the order of DREAM."""
    records, record_of = (
        _records(tables[c.PERSONS], numbers) if c.PERSONS in tables else _no_records(numbers)
    )
    known = {
        name: _history(tables[name], name, numbers, cutoff) if name in tables else _empty(name)
        for name in DATES
    }
    return Histories(records, record_of, known)


def _records(
    given: pd.DataFrame, numbers: "pd.Series[str]"
) -> tuple[pd.DataFrame, NDArray[np.int32]]:
    return _who(given[c.SEX], given[c.BIRTH_DATE], given[c.ORIGIN]), places(
        numbers, given[c.PERSON]
    )


def _no_records(numbers: "pd.Series[str]") -> tuple[pd.DataFrame, NDArray[np.int32]]:
    return _nobody(), np.full(len(numbers), -1, dtype=np.int32)


def _nobody() -> pd.DataFrame:
    return _who(pd.Series(dtype="str"), pd.Series(dtype="datetime64[s]"), pd.Series(dtype=float))


def _who(
    sex: "pd.Series[str]", born: "pd.Series[pd.Timestamp]", origin: "pd.Series[Any]"
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "sex": pd.Categorical(
                sex.str.upper().map(SEXES), categories=sorted(set(SEXES.values()))
            ),
            "birth_year": born.dt.year.astype(float),
            "origin": pd.Categorical(origin.map(ORIGINS), categories=list(ORIGINS.values())),
        }
    )


def places(of: "pd.Series[str]", among: "pd.Series[str]") -> NDArray[np.int32]:
    """Find the place of each value among others, -1 where it is not; missing values are nowhere."""
    found: NDArray[np.int32] = (
        pc.index_in(_strings(of), value_set=_strings(among.dropna()))
        .fill_null(-1)
        .to_numpy(zero_copy_only=False)
    )
    return found


def _strings(values: "pd.Series[str]") -> pa.Array:
    return pa.array(values, pa.large_string())


def _refuse_twice(folder: Path, name: str, numbers: "pd.Series[str]") -> None:
    count = len(numbers) - numbers.nunique(dropna=False)
    if count:
        raise DataError(
            f"{count} persons stand twice",
            where=extract.files_of(folder, name)[0],
            remedy="Keep one row per person",
        )


def _history(
    given: pd.DataFrame, name: str, numbers: "pd.Series[str]", cutoff: pd.Timestamp
) -> pd.DataFrame:
    begins, *ends = DATES[name]
    frame = given.drop(columns=c.PERSON).assign(person=places(given[c.PERSON], numbers))
    known = frame[(frame["person"] >= 0) & (frame[begins] <= cutoff)].copy()
    for end in ends:
        # An end after the cut-off is not known yet.
        known[end] = known[end].where(known[end] <= cutoff)
    # However the columns of a file are ordered, what a row says counts before anything else that
    # may stand in it.
    says = [
        column.name
        for column in extract.TABLES[name]
        if column.name in known and column.name != begins
    ]
    rest = [str(column) for column in known if column not in ("person", begins, *says)]
    return known.sort_values(["person", begins, *says, *rest], ignore_index=True)


def _empty(name: str) -> pd.DataFrame:
    return extract.empty(name).drop(columns=c.PERSON).assign(person=pd.Series(dtype=np.int32))
