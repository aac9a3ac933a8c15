"""The register in memory: the spells of each person, and the histories beside them."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.sdc.persons_frame import Persons
from evalbook.text.source import Source
from nychance import columns as c
from nychance.register.histories import at, in_force
from nychance.register.provenance import EXTRACT, SYNTHETIC
from nychance.register.runs import Runs
from nychance.register.states import BENEFIT, MINORITY, SELF_SUPPORT, STATES, Situations

Value = TypeVar("Value", bound=np.generic)


@dataclass(frozen=True)
class Register:
    """An extract, or some of its persons, up to a checkpoint's cut-off.

    Attributes
    ----------
    weeks : pd.DatetimeIndex, shape (weeks,)
        Mondays of the ISO weeks, in order and without gaps.
    spells : Runs
        In the order of persons and weeks; every week of every person is in one, and the next says
        something else.
    situation : array of uint8, shape (spells,)
        What each week of a spell is: index into `situations`.
    situations : Situations
        What a week can be.
    persons : DataFrame
        One row per person, in the order of the arrays: `PNR`, `sex` and `origin` (category),
        `birth_year` (float).
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
    spells: Runs
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
    _said: dict[tuple[str, int], "pd.Series[float]"] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def source(self) -> Source:
        """Where the figures come from."""
        return SYNTHETIC if self.synthetic else EXTRACT

    @property
    def until(self) -> date:
        """The last day of its last week."""
        return (self.weeks[-1] + timedelta(days=6)).date()

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
        """Whether a person is still observed in a week: alive, in the country, not retired."""
        lost = self.situations.censoring[self.situation]
        until = np.full(len(self.persons), len(self.weeks), dtype=np.int16)
        np.minimum.at(until, self.spells.person[lost], self.spells.first[lost])
        return np.less.outer(np.arange(len(self.weeks), dtype=np.int16), until).T

    @cached_property
    def on_benefit(self) -> NDArray[np.bool_]:
        """Whether an observed person got one of the benefits (`BENEFIT`) in a week."""
        return self.is_state(*BENEFIT) & self.observed

    @cached_property
    def self_supporting(self) -> NDArray[np.bool_]:
        """Whether an observed person got no transfer in a week."""
        return self.is_state(SELF_SUPPORT) & self.observed

    @cached_property
    def identities(self) -> NDArray[np.int64]:
        """A number for each person that stays the same in every extract, and tells nothing."""
        hashed = pd.util.hash_array(self.persons[c.PERSON].to_numpy(dtype=object))
        return (hashed >> np.uint64(1)).astype(np.int64)

    @property
    def names(self) -> dict[str, str]:
        """The municipalities' names by code."""
        return {str(code): str(name) for code, name in self.municipalities["name"].items()}

    @property
    def units(self) -> dict[str, str]:
        """The method municipalities' names by code."""
        method = self.municipalities.index[self.municipalities["role"] == "method"]
        return {code: name for code, name in self.names.items() if code in set(map(str, method))}

    def people(self, rows: NDArray[Any], **columns: Any) -> Persons:
        """Make a table of persons.

        Parameters
        ----------
        rows : array of int or bool
            Rows of the register, or a mask over all of them; a person may come several times.
        **columns : array_like
            What is known of each; a Series over all persons is taken at the rows.

        Returns
        -------
        Persons
            `person`, which is the person's `identities`, and the columns.
        """
        places = np.flatnonzero(rows) if rows.dtype == bool else rows
        everybody = len(self.persons)
        series = {
            name: values.iloc[places] if len(values) == everybody != len(places) else values
            for name, values in columns.items()
            if isinstance(values, pd.Series)
        }
        # Rows belong together by their order; an index would be in the way.
        unindexed = {name: values.reset_index(drop=True) for name, values in series.items()}
        return Persons({"person": self.identities[places]} | columns | unindexed)

    @property
    def minority(self) -> NDArray[np.bool_]:
        """Which persons are immigrants or descendants."""
        return self.persons["origin"].isin(MINORITY).to_numpy()

    def week_at(self, day: date) -> int:
        """Return the column of the last whole week on or before a day, 0 if there is none."""
        position = (
            int(self.weeks.searchsorted(pd.Timestamp(day - timedelta(days=6)), side="right")) - 1
        )
        return max(position, 0)

    def is_state(self, *states: str) -> NDArray[np.bool_]:
        """Return whether a person is in one of the states, by person and week."""
        return self._looked_up(np.isin(STATES, states)[self.situations.state])

    @cached_property
    def _begun(self) -> list[tuple[NDArray[np.int32], NDArray[np.uint8]]]:
        """Whose spells begin in each week, and in what situation."""
        order = np.argsort(self.spells.first, kind="stable")
        ends = np.searchsorted(self.spells.first, np.arange(1, len(self.weeks)), sorter=order)
        return list(
            zip(
                np.split(self.spells.person[order], ends),
                np.split(self.situation[order], ends),
                strict=True,
            )
        )

    def _looked_up(self, values: NDArray[Value]) -> NDArray[Value]:
        """Return the value of each week's situation.

        The persons of a week lie side by side, as in a file with a column per week.
        """
        found = np.empty((len(self.weeks), len(self.persons)), dtype=values.dtype)
        for week, (persons, situations) in enumerate(self._begun):
            # Few weeks differ from the one before.
            found[week] = found[week - 1]
            found[week, persons] = values[situations]
        return found.T

    def municipality_at(self, week: int) -> "pd.Series[float]":
        """Return each person's municipality in a week; missing where nowhere in the country."""
        return self._at(self.residence, c.MUNICIPALITY, week)

    def municipality_of(
        self, person: NDArray[np.int64], week: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return each person's municipality in a week of their own; missing where nowhere."""
        return in_force(self.residence, c.MUNICIPALITY, person, self.weeks[week])

    def match_at(self, week: int) -> "pd.Series[float]":
        """Return each person's match category in a week; missing where none was assessed."""
        return self._at(self.match, c.MATCH_CATEGORY, week)

    def _at(self, history: pd.DataFrame, column: str, week: int) -> "pd.Series[float]":
        if (column, week) not in self._said:
            self._said[column, week] = at(history, column, self.weeks[week], len(self.persons))
        # A copy that shares its values until one of the two is changed.
        return self._said[column, week].copy(deep=False)

    def role_at(self, week: int) -> "pd.Series[str]":
        """Return the role of each person's municipality in a week: `method`, `comparison`, none."""
        return self.municipality_at(week).map(self.municipalities[c.ROLE])
