"""The whole comparison, from a register to the effect: built-in effects are recovered."""

import time

import pytest

from evalbook import plan
from nychance import benchmarking
from nychance.register import read_register
from nychance.synthesize import synthesize

THE_PLAN = plan.load()
OUTCOMES = ["passive-into-activity", "time-in-activity", "self-supporting-time"]


@pytest.fixture(scope="module")
def registers(tmp_path_factory):
    """The same persons with all effects and without any."""
    folder, found = tmp_path_factory.mktemp("registers"), {}
    for built_in in (True, False):
        synthesize(folder / str(built_in), persons=40_000, seed=2007, effects=built_in)
        found[built_in] = read_register(
            folder / str(built_in), THE_PLAN.checkpoint("2009-03"), THE_PLAN
        )
    return found


@pytest.fixture(scope="module")
def panels(registers):
    """The renewed target group of each period."""
    found = {}
    for built_in, register in registers.items():
        periods = benchmarking.course(register, THE_PLAN.definitions)
        found[built_in] = benchmarking.panel(register, periods, OUTCOMES, least=5)
    return found


@pytest.fixture(scope="module")
def fixed(registers):
    """The cohort of the start and entrants by quarter, by kind and whether effects are built in."""
    found = {}
    for built_in, register in registers.items():
        for kind in (benchmarking.cohort, benchmarking.entrants):
            people = kind(register, THE_PLAN.definitions)
            found[kind.__name__, built_in] = benchmarking.cohort_panel(
                people, register.municipalities, least=20
            )
    return found


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_effect_that_was_built_in_lies_in_the_interval(panels, outcome):
    on, off = (panels[built_in].set_index(["municipality", "period"]) for built_in in (True, False))
    # What each method municipality would have had without the programme is in the other register.
    gained = (on[outcome] - off[outcome]).dropna()[on["treated"] == 1]
    truth = (gained * on["persons"][gained.index]).sum() / on["persons"][gained.index].sum()
    found = benchmarking.effects(panels[True], [outcome], draws=999, seed=1)[outcome]
    assert truth > 0
    assert found.interval[0] < truth < found.interval[1]


def test_what_the_programme_acts_on_first_is_clear_for_all_outcomes_together(panels):
    found = benchmarking.effects(panels[True], OUTCOMES, draws=999, seed=1)
    assert found["passive-into-activity"].interval[0] > 0
    assert benchmarking.effect_table(found).loc["passive-into-activity", "p_adjusted"] < 0.05


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_nothing_is_found_where_nothing_was_built_in(panels, outcome):
    found = benchmarking.effects(panels[False], [outcome], draws=999, seed=1)[outcome]
    assert found.interval[0] < 0 < found.interval[1]
    assert found.p_wild > 0.05


def test_method_and_comparison_municipalities_moved_alike_before_the_start(panels):
    for outcome in OUTCOMES:
        found = benchmarking.pre_trend(panels[True], outcome, draws=999, seed=1)
        assert found.interval[0] < 0 < found.interval[1]


@pytest.mark.parametrize("outcome", benchmarking.OUTCOMES)
@pytest.mark.parametrize("kind", ["cohort", "entrants"])
def test_built_in_effects_are_recovered_in_cohort_and_entrants(fixed, kind, outcome):
    on, off = (fixed[kind, built].set_index(["municipality", "period"]) for built in (True, False))
    gained = (on[outcome] - off[outcome])[on["treated"] == 1]
    truth = gained.groupby("municipality").mean().mean()
    found = benchmarking.effect(fixed[kind, True], outcome, draws=499, seed=1)
    assert found.interval[0] < truth < found.interval[1]


@pytest.mark.parametrize("kind", ["cohort", "entrants"])
def test_nothing_is_claimed_where_nothing_was_built_in(fixed, kind):
    found = benchmarking.effects_adjusted(
        {
            outcome: benchmarking.effect(fixed[kind, False], outcome, draws=499, seed=1)
            for outcome in benchmarking.OUTCOMES
        }
    )
    assert not any(one.clear for one in found.values())


def test_everything_beside_an_effect_takes_less_than_five_seconds(fixed):
    begin = time.process_time()
    benchmarking.effect(fixed["cohort", True], benchmarking.OUTCOMES[-1], draws=1999, seed=1)
    assert time.process_time() - begin < 5
