"""Each effect of the generator acts on its own hazard, with its own size.

Persons differ as the generator says.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from evalbook import plan
from nychance import columns as c
from nychance.synthesize import _random, careers, interventions, municipalities, persons, population
from nychance.synthesize.clock import WEEKS, week_of
from nychance.synthesize.persons import DANISH, DESCENDANT, IMMIGRANT
from nychance.synthesize.settings import KINDS
from nychance.synthesize.states import FIRST_STEP, LAST_BENEFIT, LAST_STEP, STATES, State
from nychance.synthesize.treatment_effects import Effects

START = week_of(plan.load().definitions.method_start)
PERSONS = 20_000
SEEDS = range(1, 9)
BUILT_IN = Effects()
NAMES = [effect.name for effect in fields(Effects)]


@dataclass(frozen=True)
class Lives:
    """What 20,000 persons lived through; arrays of shape (weeks, persons)."""

    persons: persons.Persons
    states: np.ndarray
    method: np.ndarray
    records: interventions.Records

    @property
    def treated(self):
        return self.method & (np.arange(WEEKS) >= START)[:, None]

    @property
    def on_benefit(self):
        return between(self.states, State.PASSIVE, LAST_BENEFIT)

    @property
    def on_step(self):
        return between(self.states, FIRST_STEP, LAST_STEP)

    def since_start_of(self, *kinds):
        """Whether a course of the kinds has started by the week."""
        begun = np.zeros(self.states.shape, dtype=bool)
        chosen = np.isin(self.records.kind, kinds)
        begun[self.records.start[chosen], self.records.person[chosen]] = True
        return np.logical_or.accumulate(begun, axis=0)

    def during(self, kind):
        """Whether a course of the kind runs in the week."""
        running = np.zeros(self.states.shape, dtype=bool)
        for person, start, end in zip(
            *(part[self.records.kind == kind] for part in self._spans), strict=True
        ):
            running[start:end, person] = True
        return running

    @property
    def _spans(self):
        return self.records.person, self.records.start, self.records.end


def between(states, first, last):
    return (states >= first) & (states <= last)


def live(seed, effects):
    conditions = municipalities.draw_conditions(_random(seed, 0))
    local = municipalities.local_factors(
        conditions, effects, plan.load().definitions.method_start, _random(seed, 1)
    )
    group = persons.draw_persons(PERSONS, conditions, _random(seed, 3, 0))
    lived = careers.run(group, conditions, local, effects, _random(seed, 4, 0))
    method = np.repeat(conditions.method[group.municipality][:, None], WEEKS, axis=1)
    for week, person, target in lived.moves.T:
        method[person, week:] = conditions.method[target]
    return Lives(
        group,
        lived.states,
        np.ascontiguousarray(method.T),
        interventions.records(lived.support, lived.states),
    )


@pytest.fixture(scope="module")
def without():
    """Lives without any effect."""
    return [live(seed, Effects.none()) for seed in SEEDS]


@pytest.fixture(scope="module")
def with_all():
    """The same lives with every effect."""
    return [live(seed, BUILT_IN) for seed in SEEDS]


# -- each effect alone -----------------------------------------------------------------------------


def count(lives, exposed, event):
    """Count events and weeks at risk by the state of the week, shape (2, states)."""
    here = lives.states[exposed]
    return np.array(
        [np.bincount(here[event[exposed]], minlength=STATES), np.bincount(here, minlength=STATES)]
    )


def next_week(happens):
    """Whether it happens in the week after; nothing is known after the last."""
    return np.vstack([happens[1:], np.zeros_like(happens[:1])])


def started(lives, among):
    return count(lives, among & (lives.states == State.PASSIVE), next_week(lives.on_step))


def left(lives, among):
    return count(lives, among & lives.on_benefit, next_week(lives.states == State.SELF))


def first_course(lives, among):
    """Count first courses: later ones may have to wait until an earlier one is over."""
    begun = lives.since_start_of(*range(len(KINDS)))
    before = np.vstack([np.zeros_like(begun[:1]), begun[:-1]])
    return count(lives, among & ~before, begun)


def left_during_package(lives):
    return left(lives, lives.during(interventions.PACKAGE))


def came_back_after_mentor(lives):
    exposed = lives.since_start_of(interventions.MENTOR) & (lives.states == State.SELF)
    return count(lives, exposed, next_week(lives.on_benefit))


def stepped_up_after_competence(lives):
    exposed = lives.since_start_of(interventions.CLARIFICATION, interventions.CARD) & lives.on_step
    higher = np.vstack([lives.states[1:] > lives.states[:-1], np.zeros_like(exposed[:1])])
    return count(lives, exposed, higher & next_week(lives.on_step))


def entered_after_course(lives):
    exposed = lives.since_start_of(interventions.COURSE) & (lives.states == State.PASSIVE)
    return count(lives, exposed, next_week(lives.states == State.PREPARATION))


COUNTS = {
    "passive_to_active": lambda lives: started(lives, lives.treated),
    "exit_to_self_support": lambda lives: left(lives, lives.treated),
    "intervention_use": lambda lives: first_course(lives, lives.treated),
    "job_package_exit": left_during_package,
    "mentor_return": came_back_after_mentor,
    "competence_step_up": stepped_up_after_competence,
    "course_entry": entered_after_course,
}


def log_ratio(counts, with_effect, without):
    """The log ratio of two hazards, states weighted by their precision, and its standard error."""
    (events, weeks), (events_without, weeks_without) = (
        sum(map(counts, group)) for group in (with_effect, without)
    )
    known = (events > 10) & (events_without > 10)
    ratio = np.log(events[known] / weeks[known]) - np.log(
        events_without[known] / weeks_without[known]
    )
    weight = 1 / (1 / events[known] + 1 / events_without[known])
    return np.average(ratio, weights=weight), 1 / np.sqrt(weight.sum())


@pytest.mark.parametrize("name", NAMES)
def test_each_effect_alone_has_its_sign_and_size(without, name):
    value = getattr(BUILT_IN, name)
    alone = [live(seed, replace(Effects.none(), **{name: value})) for seed in SEEDS[:2]]
    found, error = log_ratio(COUNTS[name], alone, without[:2])
    # Those who respond most do so first, so that those who are left respond a little less.
    assert abs(found) > 4 * error
    assert abs(found - np.log(value)) < 2.5 * error + 0.1 * abs(np.log(value))


def test_nothing_differs_before_the_start(without, with_all):
    before = slice(0, START + 1)
    programme = replace(
        Effects.none(), passive_to_active=1.35, exit_to_self_support=1.2, intervention_use=2.0
    )
    started_later = live(SEEDS[0], programme)
    assert (started_later.states[before] == without[0].states[before]).all()
    assert (started_later.states != without[0].states).any()


# -- all effects together, as an evaluator would look for them -------------------------------------


def difference_in_differences(counts, lives):
    """Method less comparison and after less before, of the log weekly hazard."""
    after = (np.arange(WEEKS) >= START)[:, None]

    def log_hazard(among):
        events, weeks = counts(lives, among).sum(axis=1)
        return np.log(events / weeks)

    method = log_hazard(lives.method & after) - log_hazard(lives.method & ~after)
    return method - (log_hazard(~lives.method & after) - log_hazard(~lives.method & ~after))


@pytest.mark.parametrize(
    ("counts", "name"), [(started, "passive_to_active"), (left, "exit_to_self_support")]
)
def test_truth_is_found_again_as_the_change_from_effects_off_to_on(with_all, without, counts, name):
    built_in = np.log(getattr(BUILT_IN, name))
    pairs = zip(with_all, without, strict=True)
    found = [
        difference_in_differences(counts, on) - difference_in_differences(counts, off)
        for on, off in pairs
    ]
    error = stats.sem(found)
    assert np.mean(found) > 5 * error
    assert abs(np.mean(found) - built_in) < 2.5 * error + 0.15 * built_in


@pytest.mark.parametrize("counts", [started, left])
def test_without_effects_differences_in_differences_lie_around_zero(without, counts):
    found = [difference_in_differences(counts, lives) for lives in without]
    assert abs(np.mean(found)) < 2.5 * stats.sem(found)
    # Close enough to tell: the built-in effects are 0.18 and 0.30.
    assert stats.sem(found) < 0.02


# -- differences between persons -------------------------------------------------------------------


@pytest.fixture(scope="module")
def people(without):
    """Everybody's traits and outcomes, without effects."""
    return pd.concat([_people(lives) for lives in without[:4]], ignore_index=True)


def _people(lives):
    group = lives.persons
    benefit = lives.on_benefit.sum(axis=0)
    return pd.DataFrame(
        {
            "origin": group.origin,
            "woman": group.woman,
            "age": -group.born / 365.25 + 36,
            "match": group.match,
            "benefit": benefit,
            "self_support": (lives.states == State.SELF).sum(axis=0),
            "active": lives.on_step.sum(axis=0),
            "sick": (lives.states == State.SICK).sum(axis=0),
            "pension": (lives.states == State.PENSION).any(axis=0),
        }
    )


def time_shares(people, by):
    sums = people.groupby(by, observed=True)[["self_support", "benefit", "active", "sick"]].sum()
    return sums[["self_support", "active", "sick"]].div(
        sums["benefit"] + sums["self_support"], axis=0
    )


def test_the_further_from_work_the_less_self_support_and_the_more_sickness(people):
    shares = time_shares(people, "match")
    assert shares["self_support"].is_monotonic_decreasing
    assert shares["sick"].is_monotonic_increasing
    assert people.groupby("match")["pension"].mean().is_monotonic_increasing


def test_immigrants_are_further_from_work_less_self_supporting_and_more_often_sick(people):
    young = people[people["age"].between(25, 38)]
    match = young.groupby("origin")["match"].mean()
    assert match[IMMIGRANT] > match[DANISH] + 0.1
    shares = time_shares(young, "origin")
    assert shares["self_support"][IMMIGRANT] < shares["self_support"][DANISH] - 0.02
    assert shares["sick"][IMMIGRANT] > shares["sick"][DANISH] + 0.01


def test_among_immigrants_women_are_less_self_supporting(people):
    shares = time_shares(people[people["origin"] == IMMIGRANT], "woman")["self_support"]
    assert shares[True] < shares[False] - 0.02


def test_the_older_the_further_from_work_and_the_less_active(people):
    ages = pd.cut(people["age"], [20, 30, 40, 50, 60])
    assert people.groupby(ages, observed=True)["match"].mean().is_monotonic_increasing
    shares = time_shares(people, ages)
    assert shares["self_support"].is_monotonic_decreasing
    assert (
        people[people["origin"] == DESCENDANT]["age"].mean()
        < people[people["origin"] == IMMIGRANT]["age"].mean() - 5
    )


def test_lengths_of_sickness_spells_are_near_those_of_2009(without):
    lengths = {origin: [] for origin in (DANISH, IMMIGRANT)}
    for lives in without[:4]:
        sick = np.pad(lives.states == State.SICK, ((1, 1), (0, 0))).astype(np.int8)
        for origin, found in lengths.items():
            change = np.diff(sick[:, lives.persons.origin[: sick.shape[1]] == origin], axis=0).T
            begins, ends = (np.nonzero(change == sign)[1] for sign in (1, -1))
            whole = (begins > 0) & (begins < WEEKS - 52)
            found.extend((ends - begins)[whole])
    half_a_year = {origin: np.mean(np.array(found) >= 26) for origin, found in lengths.items()}
    a_year = {origin: np.mean(np.array(found) >= 52) for origin, found in lengths.items()}
    # 7.5 and 14, 4 and 10 per cent (Cabi, jobindsats.dk).
    assert half_a_year[DANISH] == pytest.approx(0.075, abs=0.015)
    assert half_a_year[IMMIGRANT] == pytest.approx(0.14, abs=0.02)
    assert a_year[DANISH] == pytest.approx(0.04, abs=0.015)
    assert a_year[IMMIGRANT] == pytest.approx(0.10, abs=0.03)


def test_levels_without_the_programme_lie_near_its_targets(without):
    lives = without[0]
    year = slice(START, START + 52)
    passive = lives.states[START] == State.PASSIVE
    assert 0.25 < lives.on_step[START : START + 26, passive].any(axis=0).mean() < 0.40
    assert 0.12 < (lives.states[year, passive] == State.SELF).mean() < 0.25
    assert 0.25 < lives.on_step[year].sum() / lives.on_benefit[year].sum() < 0.45


# -- municipalities --------------------------------------------------------------------------------

MANY_SEEDS = range(15)


@pytest.mark.parametrize("seed", MANY_SEEDS)
def test_method_municipalities_lie_within_the_ranges_of_the_programme_in_every_quarter(seed):
    conditions = municipalities.draw_conditions(_random(seed, 0))
    counts = population.population(conditions, _random(seed, 2))
    counts = counts[counts[c.MUNICIPALITY].isin(conditions.code[conditions.method])]
    key = [c.MUNICIPALITY, c.REFERENCE]
    everyone = counts.groupby(key).sum(numeric_only=True)
    minority = counts[counts[c.GROUP] != "danish"].groupby(key).sum(numeric_only=True)
    shares = {
        "minorities": (minority[c.WORKING_AGE] / everyone[c.WORKING_AGE], 0.05, 0.25),
        "employed": (minority[c.EMPLOYED] / minority[c.WORKING_AGE], 0.43, 0.57),
        "outside": (minority[c.OUTSIDE] / minority[c.WORKING_AGE], 1 / 3, 1 / 2),
        "target": (minority[c.NYCHANCE_TARGET] / everyone[c.NYCHANCE_TARGET], 0.25, 0.50),
        "supported": (minority[c.PUBLIC_SUPPORT] / everyone[c.PUBLIC_SUPPORT], 0.10, 0.25),
    }
    assert {
        name: (s.min(), s.max())
        for name, (s, least, most) in shares.items()
        if s.min() < least or s.max() > most
    } == {}
    assert len(everyone) == 8 * 16
    # The ranges are used, not only kept: some municipality lies at each end of the minority share.
    assert shares["minorities"][0].min() < 0.07
    assert shares["minorities"][0].max() > 0.23
    assert np.corrcoef(shares["minorities"][0], shares["employed"][0])[0, 1] > 0.5
    sums = counts[[c.EMPLOYED, c.UNEMPLOYED, c.OUTSIDE]].sum(axis=1)
    assert (sums == counts[c.WORKING_AGE]).all()
    assert (counts.select_dtypes("number") >= 0).all(axis=None)


@pytest.mark.parametrize("seed", MANY_SEEDS)
def test_municipalities_are_very_unequal_in_size_and_alike_in_both_roles(seed):
    conditions = municipalities.draw_conditions(_random(seed, 0))
    assert conditions.inhabitants.max() > 15 * conditions.inhabitants.min()
    for values in (conditions.inhabitants, conditions.unemployment):
        assert (
            stats.mannwhitneyu(values[conditions.method], values[~conditions.method]).pvalue > 0.2
        )


def test_minorities_live_where_the_municipality_says_so(without):
    group, conditions = without[0].persons, municipalities.draw_conditions(_random(SEEDS[0], 0))
    share = pd.Series(group.origin != DANISH).groupby(group.municipality).mean()
    assert stats.spearmanr(share, conditions.minority[share.index]).statistic > 0.6
