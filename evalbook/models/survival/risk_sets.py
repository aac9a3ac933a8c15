"""Who is at risk when: durations with delayed entry, equal times made equal."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalbook.errors import DataError
from evalbook.models.base.person_input import Floats, aligned, numbers

# Times this close, relative to their mean, differ by rounding only (as `timefix` of R's survival).
_SAME = float(np.sqrt(np.finfo(float).eps))


@dataclass(frozen=True, eq=False)
class Durations:
    """Times at which observation begins and ends, in a common unit.

    Attributes
    ----------
    exit : array, shape (rows,)
        Time of the event or of the end of observation.
    entry : array, shape (rows,), or None
        Time at which observation begins; None if all are observed from the start.
    """

    exit: Floats = field(repr=False)
    entry: Floats | None = field(default=None, repr=False)

    def of(self, rows: NDArray[np.bool_]) -> "Durations":
        """Return the chosen rows."""
        return Durations(self.exit[rows], None if self.entry is None else self.entry[rows])

    def at_risk(self, times: Floats) -> NDArray[np.int64]:
        """Count those at risk just before each time: observed from earlier, up to it at least."""
        gone = np.searchsorted(np.sort(self.exit), times)
        if self.entry is None:
            return np.asarray(len(self.exit) - gone, dtype=np.int64)
        entered = np.searchsorted(np.sort(self.entry), times)
        return np.asarray(entered - gone, dtype=np.int64)

    def emptied(self, times: Floats, survival: Floats) -> str:
        """Return a warning if a curve reached 0 before the last person came under observation."""
        gone = np.flatnonzero(survival <= 0)
        if self.entry is None or not len(gone) or self.entry.max() < times[gone[0]]:
            return ""
        return (
            f"everybody at risk had the event at {times[gone[0]]:g}, before others came under "
            "observation: the curve says nothing after it; begin later, where more are at risk"
        )


def durations(
    duration: ArrayLike,
    entry: ArrayLike | None,
    name: str = "duration",
    entry_name: str = "entry",
) -> Durations:
    """Return checked durations, with times that differ by rounding only made equal.

    Parameters
    ----------
    duration : array_like, shape (rows,)
        Time of the event or the end of observation, at least 0.
    entry : array_like, shape (rows,), optional
        Time at which observation begins, at least 0 and before `duration`.
    name, entry_name : str
        What the two are called.

    Raises
    ------
    DataError
        If a time is missing, infinite, negative or not a number, or an entry does not come before
        the exit.
    """
    ends = numbers(duration, name)
    if entry is None:
        return Durations(_snapped(ends))
    aligned(**{name: duration, entry_name: entry})
    begins = numbers(entry, entry_name)
    both = _snapped(np.concatenate([ends, begins]))
    ends, begins = both[: len(ends)], both[len(ends) :]
    late = np.flatnonzero(begins >= ends)
    if len(late):
        raise DataError(
            f"{entry_name!r} does not come before {name!r} in {len(late)} rows, "
            f"first with {begins[late[0]]:g} and {ends[late[0]]:g}",
            remedy="Leave these rows out: they are never seen at risk",
        )
    return Durations(ends, begins)


def _snapped(times: Floats) -> Floats:
    values = np.unique(times)
    scale = np.abs(values).mean()
    first = np.append(True, np.diff(values) > _SAME * scale)
    found: Floats = values[first][np.cumsum(first) - 1][np.searchsorted(values, times)]
    return found
