"""Estimates on persons that are no counts: percentiles, ranges, amounts, models, curves, rates.

Each rule is applied here, where a result gets its permission to be shown: tables, figures and
numbers take no other.
"""

from typing import TYPE_CHECKING, Final, Protocol, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from evalbook.errors import DisclosureError
from evalbook.sdc.thresholds import (
    MINIMUM,
    ends_allowed,
    is_dominated,
    percentile_allowed,
    regression_allowed,
)

if TYPE_CHECKING:
    from evalbook.models import SurvivalCurves

# Rates are told per hundred weeks.
HUNDRED: Final = 100
RATES: Final = ["hazard", "lower", "upper"]


class Fitted(Protocol):
    """A model of persons: its numbers of observations and events, and its estimates by term."""

    @property
    def n(self) -> int:
        """Observations."""

    @property
    def events(self) -> int:
        """Events among them."""

    def to_frame(self) -> pd.DataFrame:
        """Give the estimates, one row per term."""


class Compared(Protocol):
    """A test of groups of persons: its result, and by group persons `n` and `events`."""

    @property
    def p(self) -> float:
        """How likely the statistic, or a greater one, is where all groups are alike."""

    @property
    def statistic(self) -> float:
        """Chi-squared."""

    @property
    def df(self) -> int:
        """Degrees of freedom."""

    def to_frame(self) -> pd.DataFrame:
        """Give persons and events, one row per group."""


Model = TypeVar("Model", bound=Fitted)
Test = TypeVar("Test", bound=Compared)


class Estimates:
    """Lets results through that rest on enough persons, and remembers their values.

    Parameters
    ----------
    minimum : int
        The least number of persons.
    given_out : set of float
        Takes the values.
    """

    def __init__(self, minimum: int = MINIMUM, given_out: set[float] | None = None) -> None:
        self.minimum = minimum
        self._given_out = set() if given_out is None else given_out

    def percentile(self, values: ArrayLike, percentile: float) -> float | None:
        """Take a percentile over persons.

        None if fewer than the minimum lie on either side of it.
        """
        known = np.asarray(values, dtype=float)
        if not percentile_allowed(len(known), percentile, self.minimum):
            return None
        return self._given(float(np.percentile(known, percentile)))

    def end(self, values: ArrayLike, *, greatest: bool) -> float | None:
        """Take the least or the greatest value over persons.

        None unless enough of them share it.
        """
        known = np.asarray(values, dtype=float)
        if not len(known):
            return None
        found = float(known.max() if greatest else known.min())
        allowed = ends_allowed(
            int((known == found).sum()), single_person=True, minimum=self.minimum
        )
        return self._given(found) if allowed else None

    def total(self, amounts: ArrayLike) -> float | None:
        """Add up what each person contributes.

        None if too few contribute, or two of them nearly all of it.
        """
        known = np.asarray(amounts, dtype=float)
        return self._given(float(known.sum())) if self._spread(known) else None

    def mean(self, amounts: ArrayLike) -> float | None:
        """Return the mean of what each person contributes, under the rule of `total`."""
        known = np.asarray(amounts, dtype=float)
        return self._given(float(known.mean())) if self._spread(known) else None

    def means(self, means: pd.DataFrame) -> pd.DataFrame:
        """Remove the rows of a table of means that rest on too few persons, `n`."""
        if means.empty:
            return means
        shown = means[means["n"] >= self.minimum]
        self._given_out.update(_floats(shown))
        return shown

    def model(self, fitted: Model) -> Model:
        """Let a model of persons through; gives it back.

        Raises
        ------
        DisclosureError
            If its observations, or its events, leave too few residual degrees of freedom.
        """
        table = fitted.to_frame()
        if not regression_allowed(min(fitted.n, fitted.events), len(table), self.minimum):
            raise DisclosureError(
                f"a model of {len(table)} terms ({', '.join(map(str, table.index))}) leaves "
                "too few degrees of freedom",
                remedy="Leave out terms, or join categories",
            )
        self._given_out.update(_floats(table))
        return fitted

    def test(self, compared: Test) -> Test:
        """Let a test of whether groups of persons are alike through; gives it back.

        Raises
        ------
        DisclosureError
            If the persons, or the events, are too few beside the degrees of freedom.
        """
        groups = compared.to_frame()
        if not regression_allowed(
            int(groups[["n", "events"]].sum().min()), compared.df, self.minimum
        ):
            raise DisclosureError(
                f"a test of {len(groups)} groups ({', '.join(map(str, groups.index))}) leaves "
                "too few degrees of freedom",
                remedy="Join groups",
            )
        self._given_out.update((compared.p, compared.statistic))
        return compared

    def curves(self, curves: "SurvivalCurves", times: ArrayLike) -> dict[str, pd.DataFrame]:
        """Return survival curves in steps that rest on enough events and leave enough persons.

        Returns
        -------
        dict of DataFrame
            `survival`, `lower` and `upper`, each indexed by time with a column per curve; missing
            where a curve has ended.
        """
        found = curves.bands(times, k=self.minimum)
        for table in found.values():
            self._given_out.update(_floats(table))
        return found

    def rates(self, rates: pd.DataFrame) -> pd.DataFrame:
        """Hide the rates that rest on too few events or persons.

        Parameters
        ----------
        rates : DataFrame
            With `returns` (events), `persons` at risk, and `hazard`, `lower` and `upper`, which
            may be told per hundred.
        """
        enough = (rates["returns"] >= self.minimum) & (rates["persons"] >= self.minimum)
        shown = rates.where(enough)
        self._given_out.update(_floats(shown[RATES]), _floats(HUNDRED * shown[RATES]))
        return shown

    def _spread(self, amounts: np.ndarray) -> bool:
        return bool((amounts != 0).sum() >= self.minimum and not is_dominated(amounts))

    def _given(self, value: float) -> float:
        self._given_out.add(value)
        return value


def _floats(table: pd.DataFrame) -> set[float]:
    values = table.select_dtypes("number").to_numpy(dtype=float)
    return set(values[np.isfinite(values)].tolist())
