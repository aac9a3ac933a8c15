"""A measure person by person, so that its share can be computed for any group."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.models.shares.proportions import Share, ratio, share
from evalbook.sdc import Persons
from nychance.register import Register


@dataclass(frozen=True)
class PersonMeasure:
    """Numerator and denominator of each person at risk.

    Attributes
    ----------
    persons : array of int
        Rows of the register.
    numerator, denominator : array of float
        Per person at risk: 0 or 1 out of 1 for a share of persons, weeks out of weeks for a share
        of time, exits out of exits for a share of exits.
    """

    persons: NDArray[np.int64]
    numerator: NDArray[np.float64]
    denominator: NDArray[np.float64]

    @classmethod
    def who(cls, at_risk: NDArray[np.bool_], counted: NDArray[np.bool_]) -> "PersonMeasure":
        """Return the measure of a share of persons: of those at risk, those counted.

        Both are masks over all persons.
        """
        persons = np.flatnonzero(at_risk)
        return cls(persons, counted[persons].astype(float), np.ones(len(persons)))

    def over(self, group: NDArray[np.bool_] | None = None) -> Share | None:
        """Compute the share over the persons at risk in a group (a mask over all persons).

        None if there are none.

        Persons get Wilson's interval; time and exits one that is clustered by person.
        """
        chosen = slice(None) if group is None else group[self.persons]
        numerator, denominator = self.numerator[chosen], self.denominator[chosen]
        if denominator.sum() == 0:
            return None
        if np.all(denominator == 1):
            return share(int(numerator.sum()), len(numerator))
        return ratio(numerator, denominator)

    def shares(
        self, groups: "pd.Series[Any]", within: NDArray[np.bool_] | None = None
    ) -> dict[str, Share | None]:
        """Compute the share over each group; None where nobody of the group is at risk.

        Parameters
        ----------
        groups : Series of category, shape (persons,)
            As returned by `groups`.
        within : array of bool, shape (persons,), optional
            Only these persons.
        """
        everybody = np.ones(len(groups), dtype=bool) if within is None else within
        return {
            str(label): self.over(everybody & (groups == label).to_numpy())
            for label in groups.cat.categories
        }

    def people(self, register: Register, **columns: Any) -> Persons:
        """Return the measure as a table of persons: `person`, `counted`, `out_of` and more columns.

        A column over all persons of the register is taken at those at risk.
        """
        return register.people(
            self.persons, counted=self.numerator, out_of=self.denominator, **columns
        )
