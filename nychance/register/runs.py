"""Run lengths: weeks in an unbroken row, found for many persons at once."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

# Persons at a time, so that memory does not grow with the register. No power of two, at which the
# weeks of one person would compete for the same lines of the cache; less than 65,536.
BLOCK: Final = 20_000

Value = TypeVar("Value", bound=np.generic)


class Runs(NamedTuple):
    """Runs of weeks in which something holds, by person and week; arrays of shape (runs,).

    Attributes
    ----------
    person : array of int32
        Row of the register.
    first : array of int16
        The run's first week.
    weeks : array of int16
        Its length.
    """

    person: NDArray[np.int32]
    first: NDArray[np.int16]
    weeks: NDArray[np.int16]

    @property
    def end(self) -> NDArray[np.int16]:
        """The week after the run's last."""
        return self.first + self.weeks

    def where(self, chosen: NDArray[np.bool_]) -> "Runs":
        """Keep some of the runs."""
        return Runs(self.person[chosen], self.first[chosen], self.weeks[chosen])

    def joined(self, opens: NDArray[np.intp]) -> "Runs":
        """Make one run of all from each of some places, the first among them, to the next."""
        first, closes = self.first[opens], np.append(opens[1:], len(self.first)) - 1
        return Runs(self.person[opens], first, self.end[closes[: len(opens)]] - first)


def runs(holds: NDArray[np.bool_]) -> Runs:
    """Find the runs of weeks in which something holds.

    Parameters
    ----------
    holds : array of bool, shape (persons, weeks)
    """
    parts = []
    for offset, block in _blocks(holds):
        # Where it begins and where it has ended alternate within each person.
        edge = np.empty((len(block) + 1, block.shape[1]), dtype=bool)
        edge[0], edge[-1] = block[0], block[-1]
        np.not_equal(block[1:], block[:-1], out=edge[1:-1])
        person, week = _by_person(edge)
        parts.append((person[::2] + offset, week[::2], week[1::2] - week[::2]))
    return Runs(*_concatenated(parts, (np.int32, np.int16, np.int16)))


def runs_of(values: NDArray[Value], breaks: Sequence[int] = ()) -> tuple[Runs, NDArray[Value]]:
    """Find the runs of weeks with the same value, and the value of each.

    Parameters
    ----------
    values : array, shape (persons, weeks)
        What each week is; at least one week.
    breaks : sequence of int, optional
        Weeks in which a run begins in any case.
    """
    parts = []
    for offset, block in _blocks(values):
        found, value = runs_by_week(block, breaks)
        parts.append((found.person + np.int32(offset), found.first, found.weeks, value))
    person, first, weeks, value = _concatenated(
        parts, (np.int32, np.int16, np.int16, values.dtype.type)
    )
    return Runs(person, first, weeks), value


def runs_by_week(
    weeks: Iterable[NDArray[Value]], breaks: Sequence[int] = ()
) -> tuple[Runs, NDArray[Value]]:
    """Find runs as `runs_of` does, from weeks of shape (persons,), keeping two at a time."""
    persons, values, before = list[NDArray[np.intp]](), list[NDArray[Value]](), None
    for number, week in enumerate(weeks):
        begins = (
            np.arange(len(week))
            if before is None or number in breaks
            else (week != before).nonzero()[0]
        )
        persons.append(begins)
        values.append(week.take(begins))
        before = week
    # Up to 65,535 persons fit into 16 bits, which numpy sorts in linear time.
    person = np.concatenate(persons, dtype=np.min_scalar_type(len(persons[0])), casting="unsafe")
    order = np.argsort(person, kind="stable")
    first = np.repeat(np.arange(len(persons), dtype=np.int16), list(map(len, persons))).take(order)
    # The next run is the same person's, or the next person's, who has one from the first week.
    length = np.diff(first, append=np.int16(0))
    length += (length <= 0) * np.int16(len(persons))
    return Runs(person.take(order).astype(np.int32), first, length), np.concatenate(values).take(
        order
    )


def merged(found: Runs, value: NDArray[Value]) -> tuple[Runs, NDArray[Value]]:
    """Make one run of neighbours with the same value.

    Runs as `runs_of` gives them, and what each now is.
    """
    differs = (value[1:] != value[:-1]) | (found.person[1:] != found.person[:-1])
    if differs.all():
        return found, value
    opens = np.append(0, np.flatnonzero(differs) + 1)
    return found.joined(opens), value[opens]


def _blocks(weeks: NDArray[Any]) -> Iterator[tuple[int, NDArray[Any]]]:
    """Yield some persons at a time: the first row, and weeks of shape (weeks, persons)."""
    for first in range(0, len(weeks), BLOCK):
        yield first, np.ascontiguousarray(weeks[first : first + BLOCK].T)


def _by_person(marks: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.int16]]:
    """Return person and week of each mark of a block, shape (weeks, persons)."""
    at, count = np.flatnonzero(marks), marks.shape[1]
    week = at // count
    # Persons of a block fit into 16 bits, which numpy sorts in linear time.
    person = (at - week * count).astype(np.uint16)
    order = np.argsort(person, kind="stable")
    return person.take(order).astype(np.int32), week.astype(np.int16).take(order)


def _concatenated(
    parts: Sequence[tuple[NDArray[Any], ...]], kinds: tuple[type, ...]
) -> list[NDArray[Any]]:
    """Return the blocks' columns joined, in their compact types."""
    if not parts:
        return [np.zeros(0, dtype=kind) for kind in kinds]
    return [
        np.concatenate(column).astype(kind, copy=False)
        for column, kind in zip(zip(*parts, strict=True), kinds, strict=True)
    ]
