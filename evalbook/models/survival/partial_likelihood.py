"""Cox's partial likelihood with strata, delayed entry and ties, and its score residuals."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evalbook.errors import DataError
from evalbook.models.base.person_input import Floats
from evalbook.models.survival.risk_sets import Durations

_STEPS: Final = 50
_TOLERANCE: Final = 1e-10


@dataclass(frozen=True, eq=False)
class PartialLikelihood:
    """The risk sets of all event times, those of one stratum after those of another.

    Attributes
    ----------
    terms : array, shape (rows, terms)
        The design.
    event : array of bool, shape (rows,)
        Who had the event.
    first, last : array of int, shape (rows,)
        The first and the last event time that each row is at risk at; none where first > last.
    ends : array of int, shape (strata,)
        Where each stratum's event times end.
    deaths : array of int, shape (times,)
        Events at each time.
    efron : bool
        Whether ties are taken as Efron does, or as Breslow.
    """

    terms: Floats = field(repr=False)
    event: NDArray[np.bool_] = field(repr=False)
    first: NDArray[np.int64] = field(repr=False)
    last: NDArray[np.int64] = field(repr=False)
    ends: NDArray[np.int64] = field(repr=False)
    deaths: NDArray[np.int64] = field(repr=False)
    efron: bool

    def at_risk(self, values: Floats) -> Floats:
        """Sum values over those at risk at each time, from the end of each stratum on."""
        count = len(self.deaths)
        change = np.zeros((count + 1, *values.shape[1:]))
        seen = self.first <= self.last
        np.add.at(change, self.last[seen], values[seen])
        stratum = np.searchsorted(self.ends, self.first, side="right")
        late = seen & (self.first > np.append(0, self.ends)[stratum])
        # Who enters late is not at risk at the times before.
        np.subtract.at(change, self.first[late] - 1, values[late])
        sums = np.empty((count, *values.shape[1:]))
        start = 0
        for end in self.ends:
            sums[start:end] = np.cumsum(change[start:end][::-1], axis=0)[::-1]
            start = end
        return sums

    def at_events(self, values: Floats) -> Floats:
        """Sum values over those who have the event at each time."""
        sums = np.zeros((len(self.deaths), *values.shape[1:]))
        np.add.at(sums, self.last[self.event], values[self.event])
        return sums

    def evaluate(self, slope: Floats) -> tuple[float, Floats, Floats]:
        """Compute the log-likelihood, the rows' score residuals and the information.

        Parameters
        ----------
        slope : array, shape (terms,)
            Log ratios.
        """
        eta = self.terms @ slope
        level = eta.max()
        ratio = np.exp(eta - level)
        weighted = self.terms * ratio[:, None]
        product = np.einsum("ij,ik->ijk", weighted, self.terms)
        whole = [self.at_risk(values) for values in (ratio, weighted, product)]
        tied = [self.at_events(values) for values in (ratio, weighted, product)]
        likelihood = float((eta - level)[self.event].sum())
        width = self.terms.shape[1]
        count = len(self.deaths)
        # Per time: hazard and hazard-weighted mean, for those at risk and for those in the tie.
        hazard, tied_hazard, mean = np.zeros(count), np.zeros(count), np.zeros((count, width))
        moved, tied_moved = np.zeros((count, width)), np.zeros((count, width))
        information = np.zeros((width, width))
        for place in range(int(self.deaths.max(initial=0))):
            at = self.deaths > place
            part = (place / self.deaths[at]) if self.efron else np.zeros(int(at.sum()))
            zero, one, two = (
                total[at] - part.reshape(-1, *[1] * (total.ndim - 1)) * some[at]
                for total, some in zip(whole, tied, strict=True)
            )
            average = one / zero[:, None]
            likelihood -= float(np.log(zero).sum())
            information += (two / zero[:, None, None]).sum(axis=0) - average.T @ average
            hazard[at] += 1 / zero
            tied_hazard[at] += (1 - part) / zero
            moved[at] += average / zero[:, None]
            tied_moved[at] += average * ((1 - part) / zero)[:, None]
            mean[at] += average / self.deaths[at][:, None]
        residuals = self._between(hazard, moved, ratio)
        rows, times = np.flatnonzero(self.event), self.last[self.event]
        residuals[rows] += self.terms[rows] - mean[times]
        # Those in the tie are at risk for a part of it only.
        spared = (hazard - tied_hazard)[times][:, None], (moved - tied_moved)[times]
        residuals[rows] += ratio[rows, None] * (self.terms[rows] * spared[0] - spared[1])
        return likelihood, residuals, information

    def _between(self, hazard: Floats, moved: Floats, ratio: Floats) -> Floats:
        """Subtract what each row was exposed to, over the times at which it was at risk."""
        exposure = np.append(0.0, np.cumsum(hazard))
        centre = np.vstack([np.zeros(self.terms.shape[1]), np.cumsum(moved, axis=0)])
        until, since = np.maximum(self.last + 1, self.first), self.first
        passed = (exposure[until] - exposure[since])[:, None]
        found: Floats = -ratio[:, None] * (self.terms * passed - (centre[until] - centre[since]))
        return found

    def fit(self) -> tuple[Floats, float, Floats, Floats]:
        """Maximise by Newton's method: log ratios, log-likelihood, residuals and information.

        Raises
        ------
        DataError
            If the data do not determine the log ratios.
        """
        slope = np.zeros(self.terms.shape[1])
        likelihood, residuals, information = self.evaluate(slope)
        for _ in range(_STEPS):
            step = np.linalg.lstsq(information, residuals.sum(axis=0), rcond=None)[0]
            length = 1.0
            while True:
                ahead = self.evaluate(slope + length * step)
                if ahead[0] >= likelihood - 1e-10 * abs(likelihood) or length < 1e-6:
                    break
                length /= 2
            slope = slope + length * step
            gain, (likelihood, residuals, information) = ahead[0] - likelihood, ahead
            if abs(gain) <= _TOLERANCE * abs(likelihood) and np.abs(step).max() < 1e-6:
                break
        return slope, likelihood, residuals, information


def partial_likelihood(
    time: Durations,
    event: NDArray[np.int64],
    terms: Floats,
    strata: NDArray[np.int64] | None,
    *,
    efron: bool,
) -> PartialLikelihood:
    """Lay out the risk sets.

    Raises
    ------
    DataError
        If nobody else was at risk at any event, so that nothing can be compared.
    """
    layer = np.zeros(len(event), dtype=np.int64) if strata is None else strata
    first, last = np.zeros((2, len(event)), dtype=np.int64)
    deaths, ends = [], []
    start = 0
    for number in range(int(layer.max()) + 1):
        rows = layer == number
        times, counts = np.unique(time.exit[rows & (event == 1)], return_counts=True)
        last[rows] = start + np.searchsorted(times, time.exit[rows], side="right") - 1
        first[rows] = start
        if time.entry is not None:
            first[rows] += np.searchsorted(times, time.entry[rows], side="right")
        start += len(times)
        ends.append(start)
        deaths.append(counts)
    found = PartialLikelihood(
        terms,
        event == 1,
        first,
        last,
        np.unique(ends),
        np.concatenate(deaths).astype(np.int64),
        efron,
    )
    size = found.at_risk(np.ones(len(event)))
    if not (size > 1).any():
        raise DataError(
            "nobody was at risk beside whoever had an event",
            remedy="Compare within larger strata, or follow them over the same time",
        )
    return found
