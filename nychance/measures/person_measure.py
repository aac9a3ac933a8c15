"""A measure person by person, so that its share can be taken over any group, and told in one kind of table."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.models.shares.proportions import Share, ratio, share

COLUMNS = ["count", "n", "rest", "value", "lower", "upper"]


@dataclass(frozen=True)
class PersonMeasure:
    """What counts for each person at risk.

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
        """Make a share of persons: of those at risk, those counted.

        Both are masks over all persons.
        """
        persons = np.flatnonzero(at_risk)
        return cls(persons, counted[persons].astype(float), np.ones(len(persons)))

    def over(self, group: NDArray[np.bool_] | None = None) -> Share | None:
        """Take the share over the persons at risk in a group (a mask over all persons).

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
        """Take the share over each group, for the gate; None where nobody of the group is at risk.

        Parameters
        ----------
        groups : Series of category, shape (persons,)
            As given by `groups`.
        within : array of bool, shape (persons,), optional
            Only these persons.
        """
        everybody = np.ones(len(groups), dtype=bool) if within is None else within
        return {
            str(label): self.over(everybody & (groups == label).to_numpy())
            for label in groups.cat.categories
        }

    def by(self, key: "pd.Series[Any]", minimum: int = 0) -> "pd.Series[float]":
        """Take the share over each group; `key` has a value per person, in the register's order.

        A share is missing where fewer than `minimum` persons stand behind its numerator or its
        complement.
        """
        frame = pd.DataFrame(
            {
                "key": key.to_numpy()[self.persons],
                "numerator": self.numerator,
                "denominator": self.denominator,
                "some": self.numerator > 0,
                "other": self.numerator < self.denominator,
            }
        )
        sums = frame.groupby("key").sum()
        enough = (sums["denominator"] > 0) & (sums[["some", "other"]].min(axis=1) >= minimum)
        return sums["numerator"] / sums["denominator"].where(enough)

    def table(self, groups: "pd.Series[Any]") -> pd.DataFrame:
        """Tell the share of each group with its interval.

        Parameters
        ----------
        groups : Series, shape (persons,)
            A label per person of the register; persons without one are left out.

        Returns
        -------
        DataFrame
            Indexed by group, in the order of its categories or else of its labels: `count` and
            `rest` (persons behind the numerator and behind the complement), `n` (persons),
            `value`, `lower`, `upper`. Groups with nobody at risk have no row.
        """
        codes, labels = pd.factorize(groups.iloc[self.persons], sort=True)
        rows = {}
        for code, label in enumerate(labels):
            mine = codes == code
            found = PersonMeasure(
                self.persons[mine], self.numerator[mine], self.denominator[mine]
            ).over()
            if found is not None:
                rows[label] = _row(found)
        return pd.DataFrame.from_dict(rows, orient="index", columns=COLUMNS).rename_axis("group")


def tabulated(
    measures: Mapping[Hashable, PersonMeasure], groups: "pd.Series[Any] | None" = None
) -> pd.DataFrame:
    """Tell several measures in one table: targets, interventions, windows one after the other.

    Parameters
    ----------
    measures : mapping
        Measures by what tells them apart: a key, a date.
    groups : Series, shape (persons,), optional
        As for `PersonMeasure.table`; without it everybody is one group.

    Returns
    -------
    DataFrame
        The columns of `PersonMeasure.table`, indexed by `measure` and, if there are groups, by
        `group`. What nobody is at risk of has no row.
    """
    if groups is not None:
        return pd.concat(
            {key: measure.table(groups) for key, measure in measures.items()}, names=["measure"]
        )
    found = {key: measure.over() for key, measure in measures.items()}
    rows = {key: _row(known) for key, known in found.items() if known is not None}
    return pd.DataFrame.from_dict(rows, orient="index", columns=COLUMNS).rename_axis("measure")


def _row(found: Share) -> list[float]:
    return [found.count, found.n, found.rest, found.value, *found.interval]
