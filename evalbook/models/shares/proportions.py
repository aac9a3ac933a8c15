"""Shares with their intervals, and what an interval says about a target."""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, stdtrit

from evalbook.errors import DataError

Verdict = Literal["met", "not-met", "undecided"]


@dataclass(frozen=True)
class Share:
    """A share between 0 and 1 with its interval.

    Attributes
    ----------
    count : int
        Persons behind the numerator: those counted or, for a share of time, those with any such
        time.
    n : int
        Persons in all.
    value : float
        The share.
    interval : tuple of float
        Its lower and upper bound.
    rest : int
        Persons behind the complement: those not counted or, for a share of time, those with any
        other time. The two groups of a share of time overlap, so this is not `n - count`.
    top_two : tuple of float
        How much of the numerator, and of the complement, the two persons with most of it
        contribute; 0 for a share of persons, who contribute alike.
    """

    count: int
    n: int
    value: float
    interval: tuple[float, float]
    rest: int
    top_two: tuple[float, float] = (0.0, 0.0)
    unit: ClassVar[str] = "share"
    status: ClassVar[str] = ""

    @property
    def estimate(self) -> float:
        """The share, by the name that results have it."""
        return self.value

    @property
    def lower(self) -> float:
        """The interval's lower bound."""
        return self.interval[0]

    @property
    def upper(self) -> float:
        """The interval's upper bound."""
        return self.interval[1]


class Estimated(Protocol):
    """A result with its interval: a share, or a row of a table of results."""

    @property
    def estimate(self) -> float:
        """The result."""

    @property
    def lower(self) -> float:
        """The interval's lower bound."""

    @property
    def upper(self) -> float:
        """The interval's upper bound."""


def share(count: int, n: int, confidence: float = 0.95) -> Share:
    """Compute the share of persons, with Wilson's score interval.

    Parameters
    ----------
    count, n : int
        The persons counted, and all persons.
    confidence : float
        The interval's confidence level.

    Raises
    ------
    DataError
        If there are no persons, or more are counted than there are.

    Notes
    -----
    Wilson (1927), without continuity correction: method 3 of Newcombe (1998), Statistics in
    Medicine 17:857-872.
    """
    if n < 1:
        raise DataError("a share needs at least one person", remedy="Give at least one person")
    if not 0 <= count <= n:
        raise DataError(
            f"{count} of {n} is not a share", remedy="Count at least 0 and at most all persons"
        )
    low, high = _wilson(count, n, confidence)
    # The bounds are exact at the ends, where rounding would leave a trace.
    lower = 0.0 if count == 0 else low
    upper = 1.0 if count == n else high
    return Share(count=count, n=n, value=count / n, interval=(lower, upper), rest=n - count)


def ratio(numerators: ArrayLike, denominators: ArrayLike, confidence: float = 0.95) -> Share:
    """Compute a share of time: persons' counted weeks over all their weeks.

    Parameters
    ----------
    numerators, denominators : array_like, shape (persons,)
        Each person's counted weeks and weeks in all. Persons without any week are left out.
    confidence : float
        The interval's confidence level.

    Returns
    -------
    Share
        Its interval treats persons, not weeks, as the sample. One person alone gives the interval
        0 to 1; a share of exactly 0 or 1 gets Wilson's interval for as many persons.

    Raises
    ------
    DataError
        If nobody has a week, or a person has more counted weeks than weeks, or something is
        missing.

    Notes
    -----
    The ratio estimator with its linearised standard error, Cochran (1977), Sampling Techniques,
    section 2.11, and Student's t with one degree of freedom less than there are persons, on the
    logit scale: around few persons or small shares an interval that is alike on both sides lies
    below the truth too often. If all persons have the same share, nothing tells how much they
    differ; the interval is then Wilson's for as many persons.
    """
    counted, weeks = np.asarray(numerators, dtype=float), np.asarray(denominators, dtype=float)
    if counted.shape != weeks.shape or counted.ndim != 1:
        raise DataError(
            "each person needs one numerator and one denominator",
            remedy="Give two columns of the same length",
        )
    if not (np.all(counted >= 0) and np.all(counted <= weeks)):
        raise DataError(
            "a person's counted weeks must lie between 0 and the person's weeks",
            remedy="Check the weeks of each person",
        )
    counted, weeks = counted[weeks > 0], weeks[weeks > 0]
    n = len(weeks)
    if n == 0:
        raise DataError(
            "a share of time needs at least one person with a week",
            remedy="Give at least one person with a week",
        )
    value = float(counted.sum() / weeks.sum())
    some, other = int(np.sum(counted > 0)), int(np.sum(counted < weeks))
    if some == 0 or other == 0:
        interval = share(some, n, confidence).interval
    elif n == 1:
        interval = (0.0, 1.0)
    else:
        residuals = counted - value * weeks
        # Summed exactly, so that the order of persons leaves no trace.
        error = math.sqrt(n / (n - 1) * math.fsum(residuals**2)) / float(weeks.sum())
        quantile = float(stdtrit(n - 1, (1 + confidence) / 2))
        interval = logit_interval(value, error, quantile)
        if error <= 1e-12:
            interval = _wilson(value * n, n, confidence)
    top_two = (_top_two(counted), _top_two(weeks - counted))
    return Share(count=some, n=n, value=value, interval=interval, rest=other, top_two=top_two)


def logit_interval(value: float, error: float, quantile: float) -> tuple[float, float]:
    """Return the interval of a share between 0 and 1 on the logit scale.

    Parameters
    ----------
    value, error : float
        The share and its standard error.
    quantile : float
        How many errors the interval reaches, by the delta method.
    """
    centre, half = math.log(value / (1 - value)), quantile * error / (value * (1 - value))
    return float(expit(centre - half)), float(expit(centre + half))


def verdict(share: Share, threshold: float) -> Verdict:
    """Return whether a share meets a target: only an interval wholly on one side decides.

    Parameters
    ----------
    share : Share
        The share.
    threshold : float
        The least that it should be, between 0 and 1.
    """
    return verdict_of(share.interval, threshold)


def verdict_of(interval: tuple[float, float], threshold: float) -> Verdict:
    """Return whether an interval meets a target; as `verdict`."""
    lower, upper = interval
    if lower >= threshold:
        return "met"
    return "not-met" if upper < threshold else "undecided"


def difference(one: Estimated, other: Estimated) -> tuple[float, float]:
    """Compute the interval of the difference between two shares of different persons.

    Parameters
    ----------
    one, other : Share, or a row of a table of results
        The first minus the second is meant. Persons who are in both make the interval too wide,
        not too narrow.

    Returns
    -------
    tuple of float
        Lower and upper bound, on the confidence level that the shares' own intervals have.

    Notes
    -----
    The square-and-add interval, made of the shares' own: method 10 of Newcombe (1998), Statistics
    in Medicine 17:873-890; for other than Wilson's intervals see Zou & Donner (2008), Statistics
    in Medicine 27:1693-1702.
    """
    gap = one.estimate - other.estimate
    down = math.hypot(one.estimate - one.lower, other.upper - other.estimate)
    up = math.hypot(one.upper - one.estimate, other.estimate - other.lower)
    return gap - down, gap + up


def _wilson(count: float, n: int, confidence: float) -> tuple[float, float]:
    z = _quantile(confidence)
    centre = (count + z**2 / 2) / (n + z**2)
    half = z * math.sqrt(count * (n - count) / n + z**2 / 4) / (n + z**2)
    return centre - half, centre + half


def _top_two(amounts: NDArray[np.float64]) -> float:
    total = float(amounts.sum())
    return float(np.sort(amounts)[-2:].sum()) / total if total else 0.0


def _quantile(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise DataError(
            f"a confidence level lies between 0 and 1, not {confidence}",
            remedy="Give a number such as 0.95",
        )
    return NormalDist().inv_cdf((1 + confidence) / 2)
