"""Sentences on effects: each says what its numbers say, in both languages."""

import math
from dataclasses import replace

import pandas as pd
import pytest

from evalbook.models import ChangeContrast, SpecificationCurve
from evalbook.text.language import PACKAGED, Text
from nychance.benchmarking import effects as estimate_effects
from nychance.sentences import comparison as effects
from nychance.sentences import statements
from tests.unit.benchmarking.test_benchmarking import made

NAME = Text("Tid i aktivitet", "Time in activity")


@pytest.fixture(scope="module")
def estimate():
    found = estimate_effects(made(), ["y"], draws=99, seed=1)["y"]
    return replace(found, estimate=0.041, interval=(0.017, 0.074), p_wild=0.0082)


def curve(estimates, clear):
    rows = [
        {"a": "x", "estimate": e, "lower": e - 1, "upper": e + 1, "problem": ""} for e in estimates
    ]
    for row in rows[:clear]:
        row["lower"], row["upper"] = row["estimate"] - 1e-9, row["estimate"] + 1e-9
    return SpecificationCurve(pd.DataFrame(rows), ("a",))


def test_an_effect_above_zero(estimate):
    said = effects.effect_sentence(NAME, estimate)
    assert said.da == (
        "Tid i aktivitet: Siden starten er metodekommunerne steget 4,1\N{NO-BREAK SPACE}procentpoint mere end "
        "sammenligningskommunerne (95-pct.-interval 1,7–7,4, p = 0,008). Hele intervallet ligger over nul."
    )
    assert said.en == (
        "Time in activity: since the start the method municipalities have risen 4.1 percentage points more than the comparison "
        "municipalities (95% interval 1.7–7.4, p = 0.008). The whole interval lies above zero."
    )


def test_an_effect_below_zero_is_told_without_a_minus(estimate):
    said = effects.effect_sentence(
        NAME, replace(estimate, estimate=-0.041, interval=(-0.074, -0.017))
    )
    assert "fallen 4.1 percentage points behind" in said.en
    assert "kommet 4,1\N{NO-BREAK SPACE}procentpoint bagud" in said.da


def test_an_interval_that_holds_zero_shows_no_effect(estimate):
    said = effects.effect_sentence(NAME, replace(estimate, interval=(-0.002, 0.08)))
    assert "no effect is shown" in said.en
    assert "ikke påvist nogen effekt" in said.da


def test_an_interval_without_a_bound_is_not_told_as_a_number(estimate):
    said = effects.effect_sentence(NAME, replace(estimate, interval=(-math.inf, 0.08)))
    assert "without a bound on one side" in said.en
    assert "inf" not in said.en.replace("interval", "")
    assert effects.finite((-math.inf, 1.0)) is None


def test_small_p_values_are_not_told_as_zero():
    assert statements.format_p(0.0005).within(PACKAGED) == {"da": "p < 0,001", "en": "p < 0.001"}
    assert statements.format_p(1e-30).within(PACKAGED) == {"da": "p < 0,001", "en": "p < 0.001"}
    assert statements.format_p(0.0214).within(PACKAGED) == {"da": "p = 0,021", "en": "p = 0.021"}
    assert statements.format_p(0.0304).within(PACKAGED) == {"da": "p = 0,030", "en": "p = 0.030"}


def test_few_municipalities_are_warned_of(estimate):
    assert effects.few_sentence(estimate) is None
    few = effects.few_sentence(replace(estimate, clusters_treated=3))
    assert few is not None
    assert few.en.startswith("Only 3 municipalities")


def test_a_course_that_parted_before_the_start_is_warned_of():
    alike = ChangeContrast(0.003, (-0.006, 0.012), 0.5, 8, 24, 99)
    assert "not clearly different" in effects.pre_trend_sentence(NAME, alike).en
    assert (
        "can be more of the same"
        in effects.pre_trend_sentence(NAME, replace(alike, interval=(0.001, 0.005))).en
    )
    assert "differ clearly" in effects.event_study_sentence(NAME, 0.01).en
    assert (
        "no period before the start differs clearly" in effects.event_study_sentence(NAME, 0.2).en
    )
    assert "too few periods" in effects.event_study_sentence(NAME, None).en


def test_how_firm_a_result_is(estimate):
    told = effects.firmness_sentence(estimate, curve([0.1, 0.2, -0.1], 1), 0.3)
    assert (
        told.da
        == "Af 3 forsvarlige måder at regne det ud på peger 2 samme vej, og 1 har et interval, der går fri af nul."
    )
    below = replace(estimate, estimate=-0.04)
    assert "is 1, and" in effects.firmness_sentence(below, curve([0.1, 0.2, -0.1], 1), None).en
    assert (
        "need not be the methods'" in effects.firmness_sentence(estimate, curve([0.1], 1), 0.01).en
    )


def test_one_combination_and_several():
    assert "1 combination of weights" in effects.specification_sentence(NAME, curve([0.1], 1)).en
    assert (
        "3 kombinationer af vægte"
        in effects.specification_sentence(NAME, curve([0.1, 0.2, -0.1], 1)).da
    )


def test_the_furthest_municipality_is_named(estimate):
    without = pd.Series({100: 0.04, 101: 0.05, 102: 0.039})
    found = replace(estimate, leave_one_out=without)
    said = effects.influence_sentence(
        NAME, found, pd.Series({100: "Ålekær", 101: "Duefold", 102: "Slåenø"})
    )
    assert said.en.endswith(
        "runs from 3.9 percentage points to 5.0 percentage points; it moves most without Duefold."
    )


def test_municipalities_beyond_expectation_are_counted():
    shown = pd.DataFrame(
        {
            "role": ["method", "comparison", "method"],
            "lower": [1, 2, -9],
            "upper": [3, 4, -2],
            "rank_lower": 1,
            "rank_upper": 3,
        }
    )
    said = effects.expectation_sentence(shown).en
    assert (
        "2 of the 3 municipalities shown (1 among the method municipalities); clearly below: 1"
        in said
    )
    assert "within 3 places" in said
