"""The synthetic persons of one chunk: who they are, before the first week."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from nychance.synthesize.clock import FIRST_MONDAY, epoch_day
from nychance.synthesize.municipalities import Conditions
from nychance.synthesize.settings import (
    FIRST_STEP,
    START_SHARES,
    STARTS,
    STEP_SHARES,
    Baseline,
    State,
)

Factor = NDArray[np.float32]
DANISH, IMMIGRANT, DESCENDANT = 1, 2, 3
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Persons:
    """Arrays of shape (persons,): traits that do not change, the first week, and factors on hazards."""

    municipality: NDArray[np.int64]
    woman: NDArray[np.bool_]
    born: NDArray[np.int64]
    origin: NDArray[np.int64]
    western: NDArray[np.bool_]
    match: NDArray[np.int8]
    state: NDArray[np.int8]
    since: NDArray[np.int16]
    newcomer: NDArray[np.bool_]
    exit: Factor
    activation: Factor
    back: Factor
    sickness: Factor
    recovery: Factor
    study: Factor
    leave: Factor
    pension: Factor
    death: Factor
    emigration: Factor

    def __len__(self) -> int:
        return len(self.municipality)


def draw_persons(count: int, conditions: Conditions, baseline: Baseline, rng: np.random.Generator) -> Persons:
    """Draw persons on the fringe of the labour market.

    Parameters
    ----------
    count : int
        How many.
    conditions : Conditions
        Where they live: large municipalities with much unemployment have more of them, and their origin
        follows the municipality's minority share.
    baseline : Baseline
        The differences between persons.
    rng : numpy.random.Generator
        The source of all draws.

    Returns
    -------
    Persons
        `born` in days since 1970-01-01, `since` in weeks; factors without unit.
    """
    municipality = rng.choice(len(conditions.code), size=count, p=_weights(conditions))
    origin = _origin(municipality, conditions, baseline, rng)
    born = _birth(origin, rng)
    age = (epoch_day(FIRST_MONDAY) - born) / DAYS_PER_YEAR
    woman = rng.random(count) < np.where(origin == IMMIGRANT, 0.55, 0.48)
    western = (origin != DANISH) & (rng.random(count) < baseline.western_of_minority)
    fragile = rng.random(count) < np.clip(0.05 + 0.009 * (age - 18), 0.02, 0.6)
    match = _match(age, origin, fragile, rng)
    state = _start(match, rng)
    immigrant = origin == IMMIGRANT
    young = np.clip((32 - age) / 8, 0.05, 2)
    fertile = (age >= 19) & (age <= 40)
    return Persons(
        municipality=municipality,
        woman=woman,
        born=born,
        origin=origin,
        western=western,
        match=match,
        state=state,
        since=_since(state, rng),
        newcomer=immigrant & ~western & (rng.random(count) < 0.14),
        exit=_factor(
            np.asarray(baseline.exit_by_origin)[origin - 1],
            np.exp(-0.018 * (age - 38)),
            np.where(woman, np.where(immigrant, 0.85, 0.95), 1.05),
            np.where(fragile, 0.7, 1.1),
            _frailty(baseline, count, rng),
        ),
        activation=_factor(
            np.asarray(baseline.activation_by_origin)[origin - 1],
            np.exp(-0.010 * (age - 38)),
            np.where(fragile, 0.75, 1.1),
            _frailty(baseline, count, rng),
        ),
        back=_factor(
            np.asarray(baseline.return_by_origin)[origin - 1],
            np.where(fragile, 1.25, 0.95),
            _frailty(baseline, count, rng),
        ),
        sickness=_factor(np.where(fragile, 1.8, 0.75), np.where(woman, 1.15, 0.9), np.exp(0.012 * (age - 38))),
        recovery=_factor(np.asarray(baseline.sick_recovery_by_origin)[origin - 1], np.where(fragile, 0.9, 1.05)),
        study=_factor(young),
        leave=_factor(np.where(woman & fertile, 2.6, np.where(fertile, 0.15, 0.0))),
        pension=_factor(np.exp(0.07 * (age - 45)), np.where(fragile, 2.0, 0.6)),
        death=_factor(np.exp(0.08 * (age - 42)), np.where(fragile, 2.0, 0.8)),
        emigration=_factor(np.where(western, 4.0, np.where(immigrant, 1.8, 0.7))),
    )


def retirement_day(persons: Persons, age: int) -> NDArray[np.int64]:
    """Tell the day on which each person reaches an age, in days since 1970-01-01."""
    return (persons.born + round(age * DAYS_PER_YEAR)).astype(np.int64)


def _factor(*parts: NDArray[np.float64]) -> Factor:
    product: Factor = np.prod(np.vstack(parts), axis=0).astype(np.float32)
    return product


def _frailty(baseline: Baseline, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    factor: NDArray[np.float64] = rng.lognormal(0, baseline.frailty_sd, count)
    return factor


def _weights(conditions: Conditions) -> NDArray[np.float64]:
    weight = conditions.inhabitants * (1 + conditions.unemployment / conditions.unemployment.mean())
    normalised: NDArray[np.float64] = weight / weight.sum()
    return normalised


def _origin(
    municipality: NDArray[np.int64], conditions: Conditions, baseline: Baseline, rng: np.random.Generator
) -> NDArray[np.int64]:
    middle = np.average(conditions.minority, weights=conditions.inhabitants)
    odds = baseline.minority_share / (1 - baseline.minority_share) * (conditions.minority / middle) ** 0.7
    minority = rng.random(len(municipality)) < (odds / (1 + odds))[municipality]
    descendant = rng.random(len(municipality)) < baseline.descendants_of_minority
    return np.where(minority, np.where(descendant, DESCENDANT, IMMIGRANT), DANISH)


def _birth(origin: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    shape = rng.beta(1.5, 1.7, len(origin))
    low = np.where(origin == IMMIGRANT, 20, 17)
    high = np.where(origin == DESCENDANT, 38, 63)
    age = low + shape * (high - low)
    return np.asarray(epoch_day(date(2006, 1, 1)) - np.rint(age * DAYS_PER_YEAR), dtype=np.int64)


def _match(
    age: NDArray[np.float64], origin: NDArray[np.int64], fragile: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.int8]:
    distance = 0.02 * (age - 38) + 0.25 * (origin == IMMIGRANT) + 0.9 * fragile + rng.normal(0, 0.8, len(age))
    return np.asarray(1 + np.searchsorted([-0.85, -0.25, 0.4, 1.35], distance), dtype=np.int8)


def _start(match: NDArray[np.int8], rng: np.random.Generator) -> NDArray[np.int8]:
    shares = np.cumsum(START_SHARES, axis=1)[match - 1]
    chosen = (shares < rng.random(len(match))[:, None]).sum(axis=1).clip(max=len(STARTS) - 1)
    state = np.asarray(STARTS)[chosen]
    steps = FIRST_STEP + rng.choice(len(STEP_SHARES), size=len(match), p=STEP_SHARES)
    return np.where(state == State.WORK_TRIAL, steps, state).astype(np.int8)


def _since(state: NDArray[np.int8], rng: np.random.Generator) -> NDArray[np.int16]:
    mean = np.where(state == State.SELF, 60, np.where(state == State.SICK, 14, 25))
    return np.minimum(rng.exponential(mean), 200).astype(np.int16)
