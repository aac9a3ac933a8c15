"""The weekly process: who moves from which state to which, week by week, for a chunk of persons at once."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nychance.synthesize import interventions
from nychance.synthesize.clock import FIRST_MONDAY, WEEKS, epoch_day
from nychance.synthesize.interventions import Support
from nychance.synthesize.municipalities import Conditions, Local
from nychance.synthesize.persons import Factor, Persons, retirement_day
from nychance.synthesize.settings import (
    FIRST_ABSORBING,
    FIRST_STEP,
    HAZARDS,
    LAST_BENEFIT,
    LAST_STEP,
    STATES,
    Baseline,
    Effects,
    State,
)

Ints = NDArray[np.int64]
Rows = list[tuple[NDArray[np.int16], Ints, Ints]]


@dataclass(frozen=True)
class Careers:
    """What happened to the persons of a chunk.

    `states` and `exits` have shape (weeks, persons); `gone` is the first week dead or
    emigrated (`WEEKS`: none).
    `moves` and `reviews` are rows of (week, person, value); a review before the first week
    has a negative week.
    """

    states: NDArray[np.int8]
    exits: NDArray[np.int8]
    gone: NDArray[np.int16]
    moves: NDArray[np.int64]
    reviews: NDArray[np.int64]
    support: Support


@dataclass
class _Now:
    """The persons' situation in the current week; every array has shape (persons,)."""

    state: NDArray[np.int8]
    since: NDArray[np.int16]
    before: NDArray[np.int8]
    match: NDArray[np.int8]
    review: NDArray[np.int16]
    municipality: Ints
    exits: NDArray[np.int8]
    support: Support
    moves: Rows = field(default_factory=list)
    reviews: Rows = field(default_factory=list)


@dataclass(frozen=True)
class _Tables:
    """Hazards and factors as arrays to look up in."""

    hazards: NDArray[np.float32]
    back: Factor
    recovery: Factor
    exit_match: Factor
    activation_match: Factor
    sickness_match: Factor
    pension_match: Factor
    destination: NDArray[np.float64]


def run(
    persons: Persons,
    conditions: Conditions,
    local: Local,
    effects: Effects,
    baseline: Baseline,
    rng: np.random.Generator,
) -> Careers:
    """Let a chunk of persons live through all weeks.

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
    baseline : Baseline
        What holds for all.
    rng : numpy.random.Generator
        The source of all draws.

    Returns
    -------
    Careers
        States, moves, match categories and interventions.
    """
    tables = _tables(conditions, baseline)
    retires = (retirement_day(persons, baseline.retirement_age) - epoch_day(FIRST_MONDAY)) // 7
    states = np.empty((WEEKS, len(persons)), dtype=np.int8)
    exits = np.empty_like(states)
    now = _begin(persons, rng)
    for week in range(WEEKS):
        now.state[(retires <= week) & (now.state < FIRST_ABSORBING)] = State.RETIRED
        states[week], exits[week] = now.state, now.exits
        _move_house(now, week, tables, baseline, rng)
        _assess(now, week, baseline, rng)
        interventions.begin(now.support, week, now.state, local.use[week][now.municipality], rng)
        _step(now, week, persons, tables, local, effects, rng)
    gone = _first_week_gone(states)
    return Careers(states, exits, gone, _stack(now.moves), _stack(now.reviews), now.support)


def _tables(conditions: Conditions, baseline: Baseline) -> _Tables:
    hazards = np.zeros((State.FREE + 1, STATES), dtype=np.float32)
    for origin, row in HAZARDS.items():
        for destination, hazard in row.items():
            hazards[destination, origin] = hazard
    weeks = np.arange(WEEKS + 220)
    starts, levels = zip(*baseline.sick_recovery, strict=True)
    recovery = np.asarray(levels)[np.searchsorted(starts, weeks, side="right") - 1]
    back = 1 + baseline.return_peak * np.exp(-weeks / baseline.return_decay_weeks)

    def by_match(values: tuple[float, ...]) -> Factor:
        return np.array([1, *values], dtype=np.float32)

    return _Tables(
        hazards=hazards,
        back=back.astype(np.float32),
        recovery=np.vstack([recovery, np.full(len(weeks), 1 / baseline.leave_weeks)]).astype(np.float32),
        exit_match=by_match(baseline.exit_by_match),
        activation_match=by_match(baseline.activation_by_match),
        sickness_match=by_match(baseline.sickness_by_match),
        pension_match=by_match(baseline.pension_by_match),
        destination=np.cumsum(conditions.inhabitants / conditions.inhabitants.sum()),
    )


def _begin(persons: Persons, rng: np.random.Generator) -> _Now:
    count = len(persons)
    on_benefit = np.flatnonzero(_assessed(persons.state))
    past = rng.integers(1, 26, len(on_benefit))
    review = np.zeros(count, dtype=np.int16)
    review[on_benefit] = 26 - past
    return _Now(
        state=persons.state.copy(),
        since=persons.since.copy(),
        before=np.full(count, State.PASSIVE, dtype=np.int8),
        match=persons.match.copy(),
        review=review,
        municipality=persons.municipality.copy(),
        exits=np.zeros(count, dtype=np.int8),
        support=Support.none(count),
        reviews=[((-past).astype(np.int16), on_benefit, persons.match[on_benefit].astype(np.int64))],
    )


def _assessed(state: NDArray[np.int8]) -> NDArray[np.bool_]:
    return (state >= State.PASSIVE) & (state <= LAST_BENEFIT)


def _move_house(now: _Now, week: int, tables: _Tables, baseline: Baseline, rng: np.random.Generator) -> None:
    leaving = rng.random(len(now.state), dtype=np.float32) < baseline.moves_per_year / 52
    movers = np.flatnonzero(leaving & (now.state != State.DEAD) & (now.state != State.EMIGRATED))
    target = np.searchsorted(tables.destination, rng.random(len(movers))).clip(max=len(tables.destination) - 1)
    other = target != now.municipality[movers]
    movers, target = movers[other], target[other]
    now.municipality[movers] = target
    now.moves.append((np.full(len(movers), week, dtype=np.int16), movers, target))


def _assess(now: _Now, week: int, baseline: Baseline, rng: np.random.Generator) -> None:
    due = np.flatnonzero((now.review <= week) & _assessed(now.state))
    state = now.state[due]
    active = (state >= FIRST_STEP) & (state <= LAST_STEP)
    better = np.where(active, baseline.better_active, baseline.better_passive)
    worse = np.where(active, baseline.worse_active, baseline.worse_passive)
    draw = rng.random(len(due))
    change = np.where(draw < better, -1, np.where(draw > 1 - worse, 1, 0))
    now.match[due] = np.clip(now.match[due] + change, 1, 5)
    now.review[due] = week + rng.integers(*baseline.reassessment_weeks, size=len(due))
    now.reviews.append((np.full(len(due), week, dtype=np.int16), due, now.match[due].astype(np.int64)))


def _step(
    now: _Now,
    week: int,
    persons: Persons,
    tables: _Tables,
    local: Local,
    effects: Effects,
    rng: np.random.Generator,
) -> None:
    """Draw next week's states from the competing hazards of this week."""
    hazards = _hazards(now, week, persons, tables, local, effects)
    draw = rng.random(len(now.state), dtype=np.float32)
    changing = np.flatnonzero(draw < hazards.sum(axis=0))
    passed = np.cumsum(hazards[:, changing], axis=0) <= draw[changing]
    to = passed.sum(axis=0).clip(max=State.FREE).astype(np.int8)
    origin = now.state[changing]
    to = _resolve(to, now, changing)
    aside = ((to == State.SICK) | (to == State.LEAVE)) & (origin != State.SICK) & (origin != State.LEAVE)
    now.before[changing[aside]] = origin[aside]
    now.since += 1
    now.since[changing[to != origin]] = 0
    now.state[changing] = to
    out = changing[(to == State.SELF) & (origin != State.SELF)]
    now.exits[out] += 1
    now.support.package_until[out] = np.minimum(now.support.package_until[out], week + 1)


def _hazards(now: _Now, week: int, persons: Persons, tables: _Tables, local: Local, effects: Effects) -> NDArray[np.float32]:
    """Weekly hazards of shape (destinations, persons)."""
    state, match, support = now.state, now.match, now.support
    result = np.take(tables.hazards, state, axis=1)
    passive, blank = state == State.PASSIVE, state == State.SELF

    leave = persons.exit * tables.exit_match[match] * local.exit[week][now.municipality]
    leave[support.package_until > week] *= np.float32(effects.job_package_exit)
    result[State.SELF] *= leave

    start = persons.activation * tables.activation_match[match] * local.activation[week][now.municipality]
    first = np.where(support.had_course, np.float32(effects.course_entry), np.float32(1))
    climb = np.where(support.had_competence, np.float32(effects.competence_step_up), np.float32(1))
    for step in range(FIRST_STEP, LAST_STEP + 1):
        climbing = (state >= FIRST_STEP) & (state < step)
        result[step] *= np.where(passive, start, np.where(climbing, climb, np.float32(1)))
    result[FIRST_STEP] *= np.where(passive, first, np.float32(1))
    result[State.UNEMPLOYED_OFFER] *= local.activation[week][now.municipality]

    back = persons.back * tables.back[now.since] * local.back[week][now.municipality]
    back[support.had_mentor] *= np.float32(effects.mentor_return)
    result[State.PASSIVE : LAST_BENEFIT + 1] *= np.where(blank, back, np.float32(1))

    result[State.SICK] *= persons.sickness * tables.sickness_match[match]
    recovery = tables.recovery[(state == State.LEAVE).astype(np.int8), now.since]
    result[State.RESUME] *= np.where(state == State.SICK, persons.recovery, np.float32(1)) * recovery
    result[State.EDUCATION] *= persons.study
    result[State.LEAVE] *= persons.leave
    result[State.SUPPORTED : State.PENSION + 1] *= persons.pension * tables.pension_match[match]
    result[State.EMIGRATED] *= persons.emigration
    result[State.DEAD] *= persons.death
    return result


def _resolve(to: NDArray[np.int8], now: _Now, changing: Ints) -> NDArray[np.int8]:
    """Turn "back to where one came from" and "out" into states; a long absence ends the active step."""
    before = now.before[changing]
    lost = (before >= FIRST_STEP) & (before <= LAST_STEP) & (now.since[changing] > Baseline.long_sickness_weeks)
    before = np.where(lost, State.PASSIVE, before)
    return np.where(to == State.RESUME, before, np.where(to == State.FREE, State.SELF, to)).astype(np.int8)


def _first_week_gone(states: NDArray[np.int8]) -> NDArray[np.int16]:
    gone = (states == State.DEAD) | (states == State.EMIGRATED)
    first: NDArray[np.int16] = np.where(gone[-1], gone.argmax(axis=0), WEEKS).astype(np.int16)
    return first


def _stack(rows: Rows) -> NDArray[np.int64]:
    return np.vstack([np.concatenate([row[part] for row in rows]).astype(np.int64) for part in range(3)])
