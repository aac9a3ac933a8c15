"""DREAM with a row per spell: person, code, first and last week."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.errors import DataError
from nychance import columns as c
from nychance import extract
from nychance.extract.readers import Source
from nychance.extract.schema import Kind
from nychance.register.histories import places

KINDS: Final = {c.PERSON: Kind.PERSON, c.CODE: Kind.NUMBER, c.START: Kind.BEGIN, c.END: Kind.END}
# So many person-weeks are written at a time.
AT_ONCE: Final = 1 << 22


@dataclass(frozen=True)
class Spells:
    """Spells, each with its place in the table of persons and weeks.

    Attributes
    ----------
    mondays : DatetimeIndex, shape (weeks,)
        From the first week of any spell to the last.
    numbers : Series of str, shape (persons,)
        Those who have a spell, in order of their numbers.
    person, first, last : array of int64, shape (spells,)
        Index of the person; of the first and of the last week.
    begins, ends : array of int64, shape (spells,)
        The first and the last day, counted from the first Monday.
    code : array of int16, shape (spells,)
    row : array of int64, shape (spells,)
        Row of the table.
    """

    mondays: pd.DatetimeIndex
    numbers: "pd.Series[str]"
    person: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    code: NDArray[np.int16]
    row: NDArray[np.int64]

    def codes(self) -> NDArray[np.int16]:
        """Return the code of each week and person, shape (weeks, persons).

        Of two in the same week the one that began on the later day counts.
        """
        count = len(self.numbers)
        laid = np.zeros(len(self.mondays) * count, dtype=np.int16)
        order = np.lexsort((self.code, self.begins))
        length = self.last[order] - self.first[order] + 1
        begins = self.first[order] * count + self.person[order]
        for part in np.split(
            np.arange(len(order)), np.flatnonzero(np.diff(np.cumsum(length) // AT_ONCE)) + 1
        ):
            within = np.arange(length[part].sum()) - np.repeat(
                np.cumsum(length[part]) - length[part], length[part]
            )
            laid[np.repeat(begins[part], length[part]) + within * count] = np.repeat(
                self.code[order[part]], length[part]
            )
        return laid.reshape(len(self.mondays), count)

    def overlapping(self) -> NDArray[np.int64]:
        """Return the rows of spells that begin before an earlier one of the person has ended."""
        order, follows, latest = self._in_order()
        return np.sort(self.row[order[1:][follows & (self.begins[order[1:]] <= latest[:-1])]])

    def sharing(self) -> NDArray[np.int64]:
        """Return the rows of spells that begin in the week in which one of another code ends.

        On another day, that is; they take the week.
        """
        order, follows, latest = self._in_order()
        before, after = order[:-1], order[1:]
        meets = follows & (self.begins[after] > latest[:-1])
        meets &= (self.first[after] == self.last[before]) & (self.code[after] != self.code[before])
        return np.sort(self.row[after[meets]])

    def _in_order(self) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
        """Return the spells' order, which follow one of the same person, and the latest end yet."""
        order = np.lexsort((self.ends, self.begins, self.person)).astype(np.int64)
        person = self.person[order]
        latest = pd.Series(self.ends[order]).groupby(person).cummax().to_numpy(dtype=np.int64)
        return order, person[1:] == person[:-1], latest


def read(sources: list[Source], until: date | None = None) -> Spells:
    """Read spells up to a week.

    Raises `DataError` for a value that cannot be read or a spell that ends before it starts.
    """
    parts = []
    for source in sources:
        names = extract.known_columns(source, c.DREAM)
        for batch in source.batches([names[name] for name in KINDS]):
            read = {
                name: source.cells(batch.column(names[name]), names[name], kind)
                for name, kind in KINDS.items()
            }
            for name, (_, faulty) in read.items():
                if faulty.any():
                    raise DataError(
                        f"column {name!r}: {int(faulty.sum())} values cannot be read",
                        where=source.path,
                        remedy="`nychance check-data` lists all such faults",
                    )
            parts.append(pd.DataFrame({name: values for name, (values, _) in read.items()}))
    if not sum(map(len, parts)):
        raise DataError("no spells", where=sources[0].path, remedy="Export it again")
    return lay_out(pd.concat(parts, ignore_index=True), until)


def lay_out(frame: pd.DataFrame, until: date | None = None) -> Spells:
    """Find each spell's weeks; one whose end is blank goes on to the last week of all.

    Raises
    ------
    DataError
        For a spell that ends before it starts.
    """
    begins = _monday(frame[c.START])
    last = _monday(frame[c.END]).max()
    last = max(last, begins.max()) if pd.notna(last) else begins.max()
    if until is not None:
        last = min(last, pd.Timestamp(until))
    ends = _monday(frame[c.END]).fillna(last)
    ends = ends.where(ends <= last, last)
    known = (begins <= last).to_numpy(dtype=bool)
    if (ends < begins)[known].any():
        raise DataError(
            f"{int((ends < begins)[known].sum())} spells end before they start",
            where=c.DREAM,
            remedy="`nychance check-data` tells where",
        )
    if not known.any():
        raise DataError(f"no spells on or before {until}", where=c.DREAM, remedy="Add earlier ones")
    mondays = pd.date_range(begins.min(), last, freq="7D", unit="s")
    numbers = pd.Series(sorted(frame[c.PERSON].dropna().unique()), dtype="str")
    person = places(frame[c.PERSON], numbers)
    known = known & (person >= 0)

    first_day = mondays[0].as_unit("s")
    far = pd.Timestamp("9999-12-31").as_unit("s")

    def place(days: "pd.Series[Any]") -> NDArray[np.int64]:
        """Count the days from the first Monday on."""
        counted = (days[known].astype("datetime64[s]").to_numpy() - first_day.to_numpy()).astype(
            "timedelta64[D]"
        )
        found: NDArray[np.int64] = counted.astype(np.int64)
        return found

    return Spells(
        mondays,
        numbers,
        person[known].astype(np.int64),
        place(begins) // 7,
        place(ends) // 7,
        place(frame[c.START]),
        place(frame[c.END].astype("datetime64[s]").fillna(far)),
        frame.loc[known, c.CODE].fillna(0).to_numpy(dtype=np.int16),
        np.flatnonzero(known),
    )


def _monday(days: "pd.Series[Any]") -> "pd.Series[Any]":
    days = days.astype("datetime64[s]")
    return days - pd.to_timedelta(days.dt.day_of_week, unit="D")
