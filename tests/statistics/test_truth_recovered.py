"""Effects built into synthetic extracts are recovered from the files that an evaluator has.

`test_synthesize_effects.py` compares the generator's lives with and without an effect. Here
nothing is known but the extract: estimates come with an interval, and `truth.json` is opened only
to see whether the interval holds the truth.
"""

import json
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pytest

from evalbook import plan
from evalbook.models import contrast_changes, cox
from nychance import columns as c
from nychance.measures import exits, sickness, spells
from nychance.register import STATES, read_register
from nychance.synthesize import synthesize

THE_PLAN = plan.load()
CHECKPOINT = THE_PLAN.checkpoint("2009-03")
SEEDS = range(1, 5)
PERSONS = 20_000
STATE = {name: place for place, name in enumerate(STATES)}


@dataclass(frozen=True)
class Extract:
    """A register with what a person-week can be compared by."""

    register: object
    truth: dict

    @property
    def start(self):
        return int(
            self.register.weeks.searchsorted(pd.Timestamp(THE_PLAN.definitions.method_start))
        )

    @cached_property
    def home(self):
        """Each person's municipality when the method municipalities begin."""
        return self.register.municipality_at(self.start)

    @cached_property
    def method(self):
        """Who lives in a method municipality then."""
        return (self.register.role_at(self.start) == "method").to_numpy()

    @cached_property
    def alike(self):
        """The strata of a person-week: match category and step, origin, and quarter."""
        weeks = len(self.register.weeks)
        match = np.column_stack(
            [self.register.match_at(week).fillna(0) for week in range(0, weeks, 13)]
        ).astype(int)
        origin = pd.factorize(self.register.persons["origin"], sort=True)[0] + 1
        here = np.repeat(match, 13, axis=1)[:, :weeks] * 4 + origin[:, None]
        return (here * 8 + self.register.step + 1) * 32 + np.arange(weeks) // 13

    def since_start_of(self, *kinds):
        """Whether an intervention of the kinds has begun before the week."""
        records = self.register.interventions[self.register.interventions[c.KIND].isin(kinds)]
        begun = np.zeros(self.register.state.shape, dtype=bool)
        begun[
            records["person"], self.register.weeks.searchsorted(records[c.START], side="right") - 1
        ] = True
        return np.logical_or.accumulate(begun, axis=1)

    def during(self, kind):
        """Whether an intervention runs in the week, and for whom all its ends are known."""
        records = self.register.interventions[self.register.interventions[c.KIND] == kind]
        running, known = (
            np.zeros(self.register.state.shape, dtype=bool),
            np.ones(len(self.register.persons), dtype=bool),
        )
        first = self.register.weeks.searchsorted(records[c.START], side="right") - 1
        last = self.register.weeks.searchsorted(
            records[c.END].fillna(self.register.weeks[-1]), side="right"
        )
        for person, begin, end in zip(records["person"], first, last, strict=True):
            running[person, begin:end] = True
        known[records.loc[records[c.END].isna(), "person"]] = False
        return running, known


@pytest.fixture(scope="module")
def extracts(tmp_path_factory):
    found = []
    for seed in SEEDS:
        folder = tmp_path_factory.mktemp("truth") / str(seed)
        synthesize(folder, persons=PERSONS, seed=seed)
        truth = json.loads((folder / "truth.json").read_text())
        found.append(Extract(read_register(folder, CHECKPOINT, THE_PLAN), truth))
    return found


def by_municipality(extract, source, target):
    """The change in each municipality's log weekly hazard of a move, from before to after."""
    codes, labels = pd.factorize(extract.home, sort=True)
    known = codes >= 0
    parts = (slice(0, extract.start + 1), slice(extract.start, None))
    hazards = []
    for weeks in parts:
        counts = spells.weekly_transitions(
            extract.register.state[known, weeks], len(STATES), codes[known], len(labels)
        )
        happened = sum(counts[:, STATE[name], STATE[target]] for name in source)
        hazards.append(
            np.log(happened / sum(counts[:, STATE[name]].sum(axis=1) for name in source))
        )
    return pd.Series(hazards[1] - hazards[0], index=labels)


def difference_in_differences(extract, source, target):
    changes = by_municipality(extract, source, target)
    method = extract.register.municipalities[c.ROLE].reindex(changes.index) == "method"
    found = contrast_changes(changes, method, draws=99)
    return found.estimate, found.interval


def rate_ratio(strata, exposed, event, at_risk):
    """The log ratio of weekly hazards by Mantel and Haenszel, and its interval.

    Rows are person-weeks that are followed by a week; `event` tells of that week.
    """
    rows = at_risk[:, :-1]
    place, exposed, event = (
        np.unique(strata[:, :-1][rows], return_inverse=True)[1],
        exposed[:, :-1][rows],
        event[:, 1:][rows],
    )
    a, t1, b, t0 = (
        np.bincount(place, weights=part)
        for part in (exposed & event, exposed, ~exposed & event, ~exposed)
    )
    total = t1 + t0
    with_it, without = (a * t0 / total).sum(), (b * t1 / total).sum()
    error = np.sqrt((t1 * t0 * (a + b) / total**2).sum() / (with_it * without))
    log = np.log(with_it / without)
    return log, (log - 1.96 * error, log + 1.96 * error)


def passive_to_active(extract):
    return difference_in_differences(extract, ("passive", "unemployment-benefit"), "active")


def exit_to_self_support(extract):
    # From sickness one goes back to where one came from, which the programme does not change.
    return difference_in_differences(
        extract, ("passive", "active", "unemployment-benefit"), "self-support"
    )


def intervention_use(extract):
    """First interventions: the log ratio after the start less that before it."""
    begun = extract.since_start_of(*(kind.key for kind in THE_PLAN.interventions))
    method = np.repeat(extract.method[:, None], begun.shape[1], axis=1)
    after = np.arange(begun.shape[1]) >= extract.start
    # What begins in a week depends on that week's state, so the event is moved one week on.
    later = np.column_stack([np.zeros(len(begun), dtype=bool), begun[:, :-1]])
    at_risk = extract.register.on_benefit & ~later
    (was, (low, high)), (now, (lower, upper)) = (
        rate_ratio(extract.alike, method, later, at_risk & period) for period in (~after, after)
    )
    half = np.hypot(high - low, upper - lower) / 2
    return now - was, (now - was - half, now - was + half)


def job_package_exit(extract):
    running, known = extract.during("job-package")
    at_risk = extract.register.is_state("active") & known[:, None]
    # The programme raises both packages and exits.
    strata = extract.alike * 2 + extract.method[:, None]
    return rate_ratio(strata, running, extract.register.self_supporting, at_risk)


def mentor_return(extract):
    register, last = extract.register, len(extract.register.weeks) - 1
    found = exits.returns(register, last, THE_PLAN.definitions.exit_weeks)
    found["mentor"] = extract.since_start_of("mentor")[found["person"], found["first"]].astype(int)
    found["origin"] = register.persons["origin"].to_numpy()[found["person"]]
    found["back"] = (found["outcome"] == exits.BACK).astype(int)
    return of_cox(
        cox(found.dropna(), "weeks", "back", ["mentor", "origin"], cluster="person"), "mentor"
    )


def competence_step_up(extract):
    step = extract.register.step
    higher = np.zeros(step.shape, dtype=bool)
    higher[:, 1:] = step[:, 1:] > step[:, :-1]
    exposed = extract.since_start_of("competence-clarification", "competence-card")
    return rate_ratio(extract.alike * 2 + extract.method[:, None], exposed, higher, step >= 0)


def course_entry(extract):
    exposed, register = extract.since_start_of("preparation-course"), extract.register
    return rate_ratio(
        extract.alike * 2 + extract.method[:, None],
        exposed,
        register.step == 0,
        register.is_state("passive"),
    )


def of_cox(model, term):
    row = model.to_frame().loc[term]
    return row["coefficient"], (np.log(row["lower"]), np.log(row["upper"]))


def in_all(extracts, estimate):
    """The estimates of all extracts, and their intervals."""
    values, intervals = zip(*map(estimate, extracts), strict=True)
    return np.array(values), np.array(intervals)


ESTIMATES = [
    passive_to_active,
    exit_to_self_support,
    intervention_use,
    job_package_exit,
    mentor_return,
    course_entry,
]


@pytest.mark.parametrize("estimate", ESTIMATES, ids=lambda estimate: estimate.__name__)
def test_intervals_hold_the_truth(extracts, estimate):
    truth = np.log(extracts[0].truth["effects"][estimate.__name__]["value"])
    values, intervals = in_all(extracts, estimate)
    held = (intervals[:, 0] <= truth) & (truth <= intervals[:, 1])
    assert held.sum() >= len(extracts) - 1
    # Together they tell the effect from none. Those who respond most do so first, so that it is
    # found a little too small.
    error = np.diff(intervals).mean() / (2 * 1.96) / np.sqrt(len(extracts))
    assert abs(values.mean()) > 3 * error
    assert abs(values.mean() - truth) < 2.5 * error + 0.15 * abs(truth)


def test_an_effect_on_those_who_are_selected_is_found_too_large(extracts):
    # Who climbs anyway is longer where clarification is offered, and what makes them climb stands
    # in no column.
    truth = np.log(extracts[0].truth["effects"]["competence_step_up"]["value"])
    values, _ = in_all(extracts, competence_step_up)
    assert truth < values.mean() < truth + 0.1


def test_immigrants_sickness_ends_more_slowly_by_the_factor_built_in(extracts):
    _, immigrant, descendant = extracts[0].truth["differences"]["recovery"]["by_origin"]
    models = [
        sickness.ending_ratios(sickness.sickness_spells(extract.register)) for extract in extracts
    ]
    for origin, factor in (("immigrant", immigrant), ("descendant", descendant)):
        _, intervals = in_all(models, lambda model, term=f"origin[{origin}]": of_cox(model, term))
        assert (
            (intervals[:, 0] <= np.log(factor)) & (np.log(factor) <= intervals[:, 1])
        ).sum() >= len(models) - 1
