"""Sentences on effects: each says what its numbers say, in both languages."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evalbook.models import SpecificationCurve
from evalbook.text.language import Text
from nychance.benchmarking import effects as estimate_effects
from nychance.benchmarking import levels as levels_of
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


def levels(method, comparison):
    """Levels before and after the start, in both kinds of municipality."""
    return pd.DataFrame(
        [method, comparison], index=["method", "comparison"], columns=["before", "after"]
    )


def with_change(estimate, method, comparison, half=0.02):
    """An estimate that follows from the levels, with an interval around it."""
    difference = (method[1] - method[0]) - (comparison[1] - comparison[0])
    return replace(
        estimate, estimate=difference, interval=(difference - half, difference + half)
    ), levels(method, comparison)


@pytest.mark.parametrize(
    ("method", "comparison", "english", "danish"),
    [
        (
            (0.30, 0.38),
            (0.30, 0.32),
            ("rose after the start in both", "6.0 percentage points more favourable"),
            ("steg efter starten i begge", "6,0 procentpoint gunstigere"),
        ),
        (
            (0.501, 0.464),
            (0.499, 0.425),
            ("fell after the start in both", "3.7 percentage points more favourable"),
            ("faldt efter starten i begge", "3,7 procentpoint gunstigere"),
        ),
        (
            (0.30, 0.32),
            (0.30, 0.38),
            ("rose after the start in both", "6.0 percentage points less favourable"),
            ("steg efter starten i begge", "6,0 procentpoint mindre gunstig"),
        ),
        (
            (0.30, 0.35),
            (0.30, 0.28),
            (
                "rose after the start in the method municipalities (from 30.0%",
                "fell in the comparison",
            ),
            ("steg efter starten i metodekommunerne (fra 30,0 pct.", "faldt i sammenlig"),
        ),
        (
            (0.30, 0.28),
            (0.30, 0.30),
            ("fell after the start in the method", "was unchanged in the comparison"),
            ("faldt efter starten i metodekommunerne", "var uændret i sammenlig"),
        ),
    ],
)
def test_the_sentence_says_what_each_kind_did_whatever_the_difference(
    estimate, method, comparison, english, danish
):
    said = effects.effect_sentence(NAME, *with_change(estimate, method, comparison))
    for words in english:
        assert words in said.en
    for words in danish:
        assert words in said.da.replace("\N{NO-BREAK SPACE}", " ")
    # The kinds of change that did not happen are not mentioned.
    moves = {np.sign(round(after - before, 3)) for before, after in (method, comparison)}
    assert ("rose" in said.en) == (1 in moves) and ("fell" in said.en) == (-1 in moves)


def test_a_change_is_less_favourable_by_a_positive_number_with_its_interval(estimate):
    said = effects.effect_sentence(NAME, *with_change(estimate, (0.3, 0.32), (0.3, 0.38)))
    assert "(95% interval 4.0–8.0, p\N{NO-BREAK SPACE}=" in said.en
    assert "the interval excludes zero" in said.en and "intervallet udelukker nul" in said.da


def test_an_interval_that_holds_zero_shows_no_effect(estimate):
    said = effects.effect_sentence(NAME, *with_change(estimate, (0.3, 0.34), (0.3, 0.33)))
    assert "no effect is shown" in said.en
    assert "ikke påvist nogen effekt" in said.da


def test_an_interval_without_a_bound_is_not_told_as_a_number(estimate):
    open_below = replace(estimate, interval=(-math.inf, 0.08))
    said = effects.effect_sentence(NAME, open_below, levels((0.3, 0.4), (0.3, 0.3)))
    assert "open to one side" in said.en
    assert "inf" not in said.en.replace("interval", "")
    assert effects.finite((-math.inf, 1.0)) is None


def test_the_estimate_is_the_difference_between_the_changes_of_the_levels():
    rows = made(jump=0.07)
    found = estimate_effects(rows, ["y"], draws=99, seed=1)["y"]
    change = levels_of(rows, "y").diff(axis="columns")["after"]
    assert found.estimate == pytest.approx(change["method"] - change["comparison"], abs=1e-12)


def test_small_p_values_are_not_told_as_zero():
    for p, danish in {0.0005: "p < 0,001", 1e-30: "p < 0,001", 0.0304: "p = 0,030"}.items():
        said = statements.format_p(p)
        # No line breaks within it.
        assert " " not in said.da
        assert said.da.replace("\N{NO-BREAK SPACE}", " ") == danish
        assert said.en == said.da.replace(",", ".")


def test_one_combination_and_several():
    assert "1 combination of weights" in effects.specification_sentence(NAME, curve([0.1], 1)).en
    assert (
        "3 kombinationer af vægte"
        in effects.specification_sentence(NAME, curve([0.1, 0.2, -0.1], 1)).da
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
    ).set_index("role")
    said = effects.expectation_sentence(shown)
    assert "2 of the 3 municipalities shown did clearly better" in said.en
    assert "(method municipalities among them: 1), and 1 did clearly worse" in said.en
    assert "at least 3 ranks" in said.en and "mindst 3 pladser" in said.da
    nobody = effects.expectation_sentence(shown.assign(lower=-1, upper=1, rank_upper=1))
    assert "none of the 3 municipalities shown did clearly better" in nobody.en
    assert "at least 1 rank," in nobody.en and "mindst 1 plads," in nobody.da


@pytest.mark.parametrize("ends", [(0.10, 0.30), (-0.3, 0.1), (-0.3, -0.1)])
def test_a_range_reads_well_after_the_word_from_whatever_its_signs(ends):
    said = statements.format_range(ends, "ratio", 2)
    assert " to " in said.en and " til " in said.da
    assert "\N{EN DASH}" not in said.en + said.da
