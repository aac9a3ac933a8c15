"""Histories: stretches of time that persons spend in one state after another."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.errors import DataError
from evalbook.models.base.panel import label
from evalbook.models.base.person_input import Floats, numbers
from evalbook.models.survival.risk_sets import durations


@dataclass(frozen=True, eq=False)
class Stretches:
    """Stretches of time in one state, by number of state and of cluster."""

    start: Floats
    stop: Floats
    origin: NDArray[np.int64]
    target: NDArray[np.int64]
    member: NDArray[np.int64]
    states: int


def read_stretches(data: pd.DataFrame, id: str, start: str, stop: str) -> pd.DataFrame:
    """Return the stretches by person and time, with times that differ by rounding made equal."""
    begins, ends = (numbers(data[name], name, minimum=-np.inf) for name in (start, stop))
    shift = min(0.0, float(begins.min()), float(ends.min()))
    found = durations(ends - shift, begins - shift, stop, start)
    assert found.entry is not None
    rows = data.assign(**{start: found.entry + shift, stop: found.exit + shift})
    return rows.sort_values([id, start], kind="stable", ignore_index=True)


def refuse_impossible(
    rows: pd.DataFrame, id: str, times: tuple[str, str], states: tuple[str, str]
) -> None:
    """Refuse stretches of a person that overlap, or that do not follow from each other."""
    (start, stop), (origin, target) = times, states
    same = (rows[id] == rows[id].shift(-1)).to_numpy()
    begins = rows[start].shift(-1).to_numpy()
    overlap = np.flatnonzero(same & (begins < rows[stop].to_numpy()))
    if len(overlap):
        raise DataError(
            f"two stretches of {id} {label(rows[id].iloc[overlap[0]])} overlap, first at "
            f"{begins[overlap[0]]:g}",
            remedy="Give each person one state at a time",
        )
    led_to = rows[target].where(rows[target].notna(), rows[origin])
    follows = same & (begins == rows[stop].to_numpy())
    apart = np.flatnonzero(follows & (led_to.astype(str) != rows[origin].shift(-1).astype(str)))
    if len(apart):
        row = int(apart[0])
        raise DataError(
            f"{id} {label(rows[id].iloc[row])} goes on in {label(rows[origin].iloc[row + 1])} at "
            f"{begins[row]:g}, but {target!r} says {label(rows[target].iloc[row])}",
            remedy="Give the next state as the target",
        )


def refuse_two_groups(rows: pd.DataFrame, id: str, by: str) -> None:
    """Refuse persons who lie in more than one group."""
    several = rows.groupby(id)[by].nunique()
    if (several > 1).any():
        raise DataError(
            f"{id} {label(several.index[several > 1][0])} lies in more than one {by!r}",
            remedy="Give each person the group of one date, such as the start",
        )
