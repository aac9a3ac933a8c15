"""The register in memory: one byte per person and week, and the histories beside it."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nychance import columns as c
from nychance.register.histories import at
from nychance.register.states import BENEFIT, MINORITY, SELF_SUPPORT, STATES, Situations
from nychance.source import EXTRACT, SYNTHETIC, Source

Value = TypeVar("Value", bound=np.generic)


@dataclass(frozen=True)
class Register:
    """An extract, or some of its persons, up to a checkpoint's cut-off.

    Attributes
    ----------
    weeks : pd.DatetimeIndex, shape (weeks,)
        Mondays of the ISO weeks, in order and without gaps.
    situation : array of uint8, shape (persons, weeks)
        Index into `situations`. The persons of a week lie side by side in memory, as in a file with a column per week.
    situations : Situations
        What a week can be.
    persons : DataFrame
        One row per person, in the order of the arrays: `PNR`, `sex` and `origin` (category), `birth_year`
        (float).
    residence, match, interventions : DataFrame
        Histories, with `person` (row of the arrays) instead of the person number.
    municipalities : DataFrame
        Indexed by code: `name`, `role` and conditions.
    population : DataFrame
        Population counts with reference dates up to the cut-off.
    unknown_codes : Series
        Codes that the mapping lacks, with their number of person-weeks.
    synthetic : bool
        Whether the persons are invented.
    """

    weeks: pd.DatetimeIndex
    situation: NDArray[np.uint8]
    situations: Situations
    persons: pd.DataFrame
    residence: pd.DataFrame
    match: pd.DataFrame
    interventions: pd.DataFrame
    municipalities: pd.DataFrame
    population: pd.DataFrame
    unknown_codes: "pd.Series[int]"
    synthetic: bool
    # What histories say in a week is asked for again and again.
    _said: dict[tuple[str, int], "pd.Series[float]"] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def source(self) -> Source:
        """Where the figures come from."""
        return SYNTHETIC if self.synthetic else EXTRACT

    @cached_property
    def state(self) -> NDArray[np.int8]:
        """Index into `STATES` by person and week."""
        return self._looked_up(self.situations.state)

    @cached_property
    def active(self) -> NDArray[np.bool_]:
        """Whether a person's week counts as a week in activity."""
        return self._looked_up(self.situations.active)

    @cached_property
    def step(self) -> NDArray[np.int8]:
        """Step of the staircase from 0 by person and week, or -1."""
        return self._looked_up(self.situations.step)

    @cached_property
    def observed(self) -> NDArray[np.bool_]:
        """Whether a person could still be observed in a week: alive, in the country, not retired, and never gone before."""
        gone = self._looked_up(self.situations.censoring)
        lost = np.flatnonzero(gone.any(axis=1))
        gone[lost] = np.logical_or.accumulate(gone[lost], axis=1)
        return np.logical_not(gone, out=gone)

    @cached_property
    def on_benefit(self) -> NDArray[np.bool_]:
        """Whether an observed person got one of the benefits (`BENEFIT`) in a week."""
        return self.is_state(*BENEFIT) & self.observed

    @cached_property
    def self_supporting(self) -> NDArray[np.bool_]:
        """Whether an observed person got no transfer in a week."""
        return self.is_state(SELF_SUPPORT) & self.observed

    @property
    def minority(self) -> NDArray[np.bool_]:
        """Which persons are immigrants or descendants."""
        return self.persons["origin"].isin(MINORITY).to_numpy()

    def week_at(self, day: date) -> int:
        """Find the column of the last whole week on or before a day, limited to the weeks there are."""
        position = int(self.weeks.searchsorted(pd.Timestamp(day - timedelta(days=6)), side="right")) - 1
        return max(position, 0)

    def is_state(self, *states: str) -> NDArray[np.bool_]:
        """Tell, per person and week, whether the person is in one of the states."""
        return self._looked_up(np.isin(STATES, states)[self.situations.state])

    def _looked_up(self, values: NDArray[Value]) -> NDArray[Value]:
        """Give each week its situation's value; week by week, for numpy makes eight bytes of each index that it looks up."""
        found = np.empty(self.situation.shape[::-1], dtype=values.dtype).T
        for week in range(found.shape[1]):
            np.take(values, self.situation[:, week], out=found[:, week], mode="clip")
        return found

    def municipality_at(self, week: int) -> "pd.Series[float]":
        """Give each person's municipality code in a week; missing where nowhere in the country."""
        return self._at(self.residence, c.MUNICIPALITY, week)

    def match_at(self, week: int) -> "pd.Series[float]":
        """Give each person's match category in a week; missing where none was assessed."""
        return self._at(self.match, c.MATCH_CATEGORY, week)

    def _at(self, history: pd.DataFrame, column: str, week: int) -> "pd.Series[float]":
        if (column, week) not in self._said:
            self._said[column, week] = at(history, column, self.weeks[week], len(self.persons))
        # A copy that shares its values until one of the two is changed.
        return self._said[column, week].copy(deep=False)

    def role_at(self, week: int) -> "pd.Series[str]":
        """Give the role of each person's municipality in a week: `method`, `comparison` or missing."""
        return self.municipality_at(week).map(self.municipalities[c.ROLE])
