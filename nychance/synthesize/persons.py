"""The synthetic persons of one chunk: who they are, before the first week."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nychance.synthesize.clock import FIRST_MONDAY, epoch_day
from nychance.synthesize.municipalities import Conditions
from nychance.synthesize.settings import (
    BASELINE,
    DIFFERENCES,
    START_SHARES,
    STARTS,
    STEP_SHARES,
    Differences,
)
from nychance.synthesize.states import FIRST_STEP, State

Bools = NDArray[np.bool_]
Factor = NDArray[np.float32]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# As Statistics Denmark codes them.
DANISH, IMMIGRANT, DESCENDANT = 1, 2, 3
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Factors:
    """What a person's traits put on the weekly hazards, arrays of shape (persons,) without unit."""

    exit: Factor
    activation: Factor
    back: Factor
    sickness: Factor
    recovery: Factor
    pension: Factor
    death: Factor
    study: Factor
    leave: Factor
    emigration: Factor


@dataclass(frozen=True)
class Persons:
    """Fixed traits and the situation before the first week, arrays of shape (persons,).

    `municipality` is a position in `Conditions`, `born` in days since 1970-01-01, `since` the
    weeks already spent in `state`; `fragile` is known to no register.
    """

    municipality: Ints
    woman: Bools
    born: Ints
    origin: Ints
    western: Bools
    newcomer: Bools
    fragile: Bools
    match: NDArray[np.int8]
    state: NDArray[np.int8]
    since: NDArray[np.int16]
    factors: Factors

    def __len__(self) -> int:
        return len(self.municipality)


def draw_persons(count: int, conditions: Conditions, rng: np.random.Generator) -> Persons:
    """Draw persons on the fringe of the labour market.

    Parameters
    ----------
    count : int
        How many.
    conditions : Conditions
        Where they live: large municipalities with much unemployment have more of them, and their
        origin follows the municipality's minority share.
    rng : numpy.random.Generator
        The source of all draws.
    """
    municipality = rng.choice(len(conditions.code), size=count, p=_weights(conditions))
    origin = _origin(municipality, conditions, rng)
    immigrant = origin == IMMIGRANT
    woman = rng.random(count) < np.where(
        immigrant, BASELINE.women_of_immigrants, BASELINE.women_of_others
    )
    western = (origin != DANISH) & (rng.random(count) < BASELINE.western_of_minority)
    newcomer = (
        immigrant & ~western & (rng.random(count) < BASELINE.newcomers_of_nonwestern_immigrants)
    )
    age = _age(origin, rng)
    fragile = rng.random(count) < BASELINE.fragile_at_18 + BASELINE.fragile_per_year * (age - 18)
    match = _match(age, immigrant, fragile, rng)
    state = _start(match, rng)
    return Persons(
        municipality=municipality,
        woman=woman,
        born=(epoch_day(FIRST_MONDAY) - np.rint(age * DAYS_PER_YEAR)).astype(np.int64),
        origin=origin,
        western=western,
        newcomer=newcomer,
        fragile=fragile,
        match=match,
        state=state,
        since=_since(state, rng),
        factors=_factors(age, origin, woman, western, fragile, rng),
    )


def retirement_day(persons: Persons) -> Ints:
    """Return the day of each person's retirement age, in days since 1970-01-01."""
    return (persons.born + round(BASELINE.retirement_age * DAYS_PER_YEAR)).astype(np.int64)


def _weights(conditions: Conditions) -> Floats:
    weight = conditions.inhabitants * (1 + conditions.unemployment / conditions.unemployment.mean())
    normalised: Floats = weight / weight.sum()
    return normalised


def _origin(municipality: Ints, conditions: Conditions, rng: np.random.Generator) -> Ints:
    middle = np.average(conditions.minority, weights=conditions.inhabitants)
    usual = BASELINE.minority_share / (1 - BASELINE.minority_share)
    odds = usual * (conditions.minority / middle) ** BASELINE.minority_elasticity
    minority = rng.random(len(municipality)) < (odds / (1 + odds))[municipality]
    descendant = rng.random(len(municipality)) < BASELINE.descendants_of_minority
    return np.where(minority, np.where(descendant, DESCENDANT, IMMIGRANT), DANISH)


def _age(origin: Ints, rng: np.random.Generator) -> Floats:
    """Draw ages in years on the first Monday."""
    youngest = np.where(origin == IMMIGRANT, BASELINE.youngest_immigrant, BASELINE.youngest)
    oldest = np.where(origin == DESCENDANT, BASELINE.oldest_descendant, BASELINE.oldest)
    return np.asarray(youngest + rng.beta(*BASELINE.age_shape, len(origin)) * (oldest - youngest))


def _match(
    age: Floats, immigrant: Bools, fragile: Bools, rng: np.random.Generator
) -> NDArray[np.int8]:
    distance = (
        BASELINE.distance_per_year * (age - BASELINE.distance_at_age)
        + BASELINE.distance_immigrant * immigrant
        + BASELINE.distance_fragile * fragile
        + rng.normal(0, BASELINE.distance_sd, len(age))
    )
    return np.asarray(1 + np.searchsorted(BASELINE.match_cuts, distance), dtype=np.int8)


def _start(match: NDArray[np.int8], rng: np.random.Generator) -> NDArray[np.int8]:
    shares = np.cumsum(START_SHARES, axis=1)[match - 1]
    chosen = (shares < rng.random(len(match))[:, None]).sum(axis=1).clip(max=len(STARTS) - 1)
    state = np.asarray(STARTS)[chosen]
    steps = FIRST_STEP + rng.choice(len(STEP_SHARES), size=len(match), p=STEP_SHARES)
    return np.where(state == State.WORK_TRIAL, steps, state).astype(np.int8)


def _since(state: NDArray[np.int8], rng: np.random.Generator) -> NDArray[np.int16]:
    absent = np.where(state == State.SICK, BASELINE.weeks_before_sick, BASELINE.weeks_before_other)
    mean = np.where(state == State.SELF, BASELINE.weeks_before_self, absent)
    return np.minimum(rng.exponential(mean), BASELINE.longest_before).astype(np.int16)


def _factors(
    age: Floats,
    origin: Ints,
    woman: Bools,
    western: Bools,
    fragile: Bools,
    rng: np.random.Generator,
) -> Factors:
    first, last = BASELINE.fertile_ages
    fertile = (age >= first) & (age <= last)
    study = np.clip((BASELINE.study_until_age - age) / BASELINE.study_span, *BASELINE.study_range)
    leave = fertile * np.where(woman, BASELINE.leave_woman, BASELINE.leave_man)
    moved = np.where(origin == IMMIGRANT, BASELINE.emigration_immigrant, BASELINE.emigration_other)
    emigration = np.where(western, BASELINE.emigration_western, moved)
    return Factors(
        **{
            name: _factor(found, age, origin, woman, fragile, rng)
            for name, found in DIFFERENCES.items()
        },
        study=study.astype(np.float32),
        leave=leave.astype(np.float32),
        emigration=emigration.astype(np.float32),
    )


def _factor(
    found: Differences,
    age: Floats,
    origin: Ints,
    woman: Bools,
    fragile: Bools,
    rng: np.random.Generator,
) -> Factor:
    factor: Factor = (
        np.asarray(found.by_origin)[origin - 1]
        * np.where(woman, np.asarray(found.woman_by_origin)[origin - 1], found.man)
        * np.where(fragile, found.fragile, found.robust)
        * np.exp(
            found.log_per_year * (age - found.at_age)
            + found.frailty_sd * rng.standard_normal(len(age))
        )
    ).astype(np.float32)
    return factor
