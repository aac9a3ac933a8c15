"""The weekly process: transitions between states, week by week, for a chunk of persons."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nychance.synthesize import interventions
from nychance.synthesize.clock import FIRST_MONDAY, WEEKS, epoch_day
from nychance.synthesize.interventions import CARD, CLARIFICATION, COURSE, MENTOR, PACKAGE, Support
from nychance.synthesize.municipalities import Conditions, Local
from nychance.synthesize.persons import Factor, Persons, retirement_day
from nychance.synthesize.settings import BASELINE, DIFFERENCES, HAZARDS
from nychance.synthesize.states import (
    DESTINATIONS,
    FIRST_ABSORBING,
    FIRST_STEP,
    LAST_BENEFIT,
    LAST_STEP,
    STATES,
    State,
)
from nychance.synthesize.treatment_effects import Effects

Ints = NDArray[np.int64]
States = NDArray[np.int8]


@dataclass(frozen=True)
class Careers:
    """What happened to the persons of a chunk.

    `states` has shape (weeks, persons). `moves` and `reviews` have the rows week, person, value; a
    review before the first week has a negative week.
    """

    states: States
    moves: Ints
    reviews: Ints
    support: Support


@dataclass
class _Now:
    """The persons' situation in the current week; every array has shape (persons,).

    `since` counts the weeks in the state, `before` is the state that sickness or leave
    interrupted, and `review` the week of the next assessment.
    """

    state: States
    since: NDArray[np.int16]
    before: States
    match: NDArray[np.int8]
    review: NDArray[np.int16]
    municipality: Ints
    support: Support
    moves: list[Ints] = field(default_factory=list)
    reviews: list[Ints] = field(default_factory=list)


@dataclass(frozen=True)
class _Tables:
    """Hazards and factors as arrays to look up in.

    Shapes: `hazards` (destinations, states); `back` (weeks since the exit,); `recovery` (weeks
    since the sickness began,); `match` (categories,) by name of the hazard, category 0 unused;
    `draw_of_place` (municipalities,), cumulated.
    """

    hazards: NDArray[np.float32]
    back: Factor
    recovery: Factor
    match: dict[str, Factor]
    draw_of_place: NDArray[np.float64]


def run(
    persons: Persons,
    conditions: Conditions,
    local: Local,
    effects: Effects,
    rng: np.random.Generator,
) -> Careers:
    """Simulate all weeks of a chunk of persons.

    Parameters
    ----------
    persons : Persons
        The chunk.
    conditions : Conditions
        The municipalities; large ones draw more of those who move.
    local : Local
        Factors by week and municipality.
    effects : Effects
        Factors that interventions put on a person's hazards.
    rng : numpy.random.Generator
        The source of all draws.
    """
    tables = _tables(conditions)
    retires = (retirement_day(persons) - epoch_day(FIRST_MONDAY)) // 7
    states = np.empty((WEEKS, len(persons)), dtype=np.int8)
    now = _begin(persons, rng)
    for week in range(WEEKS):
        now.state[(retires <= week) & (now.state < FIRST_ABSORBING)] = State.RETIRED
        states[week] = now.state
        _move_house(now, week, tables, rng)
        _assess(now, week, rng)
        interventions.begin(now.support, week, now.state, local.use[week, now.municipality], rng)
        _step(now, _hazards(now, week, persons, tables, local, effects), rng)
    return Careers(states, np.hstack(now.moves), np.hstack(now.reviews), now.support)


def _tables(conditions: Conditions) -> _Tables:
    hazards = np.zeros((DESTINATIONS, STATES), dtype=np.float32)
    for origin, row in HAZARDS.items():
        for destination, hazard in row.items():
            hazards[destination, origin] = hazard
    since = np.arange(WEEKS + BASELINE.longest_before)
    starts, levels = zip(*BASELINE.sick_recovery, strict=True)
    back = 1 + BASELINE.return_peak * np.exp(-since / BASELINE.return_decay_weeks)
    return _Tables(
        hazards=hazards,
        back=back.astype(np.float32),
        recovery=np.asarray(levels, dtype=np.float32)[
            np.searchsorted(starts, since, side="right") - 1
        ],
        match={
            name: np.array([1, *found.by_match], dtype=np.float32)
            for name, found in DIFFERENCES.items()
        },
        draw_of_place=np.cumsum(conditions.inhabitants) / conditions.inhabitants.sum(),
    )


def _begin(persons: Persons, rng: np.random.Generator) -> _Now:
    count = len(persons)
    assessed = np.flatnonzero(_assessed(persons.state))
    interval = BASELINE.reassessment_weeks[1] - 1
    past = rng.integers(1, interval, len(assessed))
    review = np.zeros(count, dtype=np.int16)
    review[assessed] = interval - past
    return _Now(
        state=persons.state.copy(),
        since=persons.since.copy(),
        before=np.full(count, State.PASSIVE, dtype=np.int8),
        match=persons.match.copy(),
        review=review,
        municipality=persons.municipality.copy(),
        support=Support.none(count),
        reviews=[np.vstack([-past, assessed, persons.match[assessed]])],
    )


def _assessed(state: States) -> NDArray[np.bool_]:
    return (state >= State.PASSIVE) & (state <= LAST_BENEFIT)


def _active(state: States) -> NDArray[np.bool_]:
    return (state >= FIRST_STEP) & (state <= LAST_STEP)


def _if(condition: NDArray[np.bool_], factor: float | Factor) -> Factor:
    return np.where(condition, np.asarray(factor, dtype=np.float32), np.float32(1))


def _move_house(now: _Now, week: int, tables: _Tables, rng: np.random.Generator) -> None:
    leaving = rng.random(len(now.state), dtype=np.float32) < BASELINE.moves_per_year / 52
    movers = np.flatnonzero(leaving & (now.state != State.DEAD) & (now.state != State.EMIGRATED))
    target = np.searchsorted(tables.draw_of_place, rng.random(len(movers)), side="right")
    other = target != now.municipality[movers]
    movers, target = movers[other], target[other]
    now.municipality[movers] = target
    now.moves.append(np.vstack([np.full(len(movers), week), movers, target]))


def _assess(now: _Now, week: int, rng: np.random.Generator) -> None:
    due = np.flatnonzero((now.review <= week) & _assessed(now.state))
    active = _active(now.state[due])
    better = np.where(active, BASELINE.better_active, BASELINE.better_passive)
    worse = np.where(active, BASELINE.worse_active, BASELINE.worse_passive)
    draw = rng.random(len(due))
    # 1 is the best category.
    change = (draw > 1 - worse).astype(np.int8) - (draw < better)
    now.match[due] = np.clip(now.match[due] + change, 1, 5)
    now.review[due] = week + rng.integers(*BASELINE.reassessment_weeks, size=len(due))
    now.reviews.append(np.vstack([np.full(len(due), week), due, now.match[due]]))


def _hazards(
    now: _Now, week: int, persons: Persons, tables: _Tables, local: Local, effects: Effects
) -> NDArray[np.float32]:
    """Return weekly hazards, shape (destinations, persons)."""
    state, match, own, support = now.state, now.match, persons.factors, now.support
    passive, blank, sick = state == State.PASSIVE, state == State.SELF, state == State.SICK
    result = np.take(tables.hazards, state, axis=1)
    steps, benefits = result[FIRST_STEP : LAST_STEP + 1], result[State.PASSIVE : LAST_BENEFIT + 1]

    result[State.SELF] *= (
        own.exit * tables.match["exit"][match] * local.exit[week, now.municipality]
    )
    result[State.SELF] *= _if(support.until[PACKAGE] > week, effects.job_package_exit)

    activation = local.activation[week, now.municipality]
    steps *= _if(passive, own.activation * tables.match["activation"][match] * activation)
    steps *= _if(
        _climbing(state) & (support.had[CLARIFICATION] | support.had[CARD]),
        effects.competence_step_up,
    )
    result[FIRST_STEP] *= _if(passive & support.had[COURSE], effects.course_entry)
    result[State.UNEMPLOYED_OFFER] *= activation

    benefits *= _if(blank, own.back * tables.back[now.since] * local.back[week, now.municipality])
    benefits *= _if(blank & support.had[MENTOR], effects.mentor_return)

    result[State.SICK] *= own.sickness * tables.match["sickness"][match]
    result[State.RESUME] *= np.where(
        sick, own.recovery * tables.recovery[now.since], 1 / BASELINE.leave_weeks
    )
    result[State.EDUCATION] *= own.study
    result[State.LEAVE] *= own.leave
    result[State.SUPPORTED : State.PENSION + 1] *= own.pension * tables.match["pension"][match]
    result[State.EMIGRATED] *= own.emigration
    result[State.DEAD] *= own.death
    return result


def _climbing(state: States) -> NDArray[np.bool_]:
    """Return which steps lie above a person's, shape (steps, persons)."""
    steps = np.arange(FIRST_STEP, LAST_STEP + 1)[:, None]
    return (state >= FIRST_STEP) & (state < steps)


def _step(now: _Now, hazards: NDArray[np.float32], rng: np.random.Generator) -> None:
    """Draw next week's states from the competing hazards of this week."""
    draw = rng.random(len(now.state), dtype=np.float32)
    cumulated = _cumulated(hazards)
    changing = np.flatnonzero(draw < cumulated[-1])
    to = _resolve((cumulated[:, changing] <= draw[changing]).sum(axis=0), now, changing)
    aside = (to == State.SICK) | (to == State.LEAVE)
    now.before[changing[aside]] = now.state[changing[aside]]
    now.since += 1
    now.since[changing] = 0
    now.state[changing] = to


def _cumulated(hazards: NDArray[np.float32]) -> NDArray[np.float32]:
    """Add up over the destinations in place, ten times as fast as `np.cumsum` across rows."""
    for destination in range(1, len(hazards)):
        hazards[destination] += hazards[destination - 1]
    return hazards


def _resolve(to: Ints, now: _Now, changing: Ints) -> States:
    """Return states, with "back to where one came from" and "out" resolved.

    A long absence ends the active step.
    """
    before = now.before[changing]
    lost = _active(before) & (now.since[changing] > BASELINE.long_absence_weeks)
    before = np.where(lost, State.PASSIVE, before)
    return np.where(to == State.RESUME, before, np.where(to == State.FREE, State.SELF, to)).astype(
        np.int8
    )
