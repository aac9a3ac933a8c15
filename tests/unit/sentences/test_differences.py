"""Sentences on differences: each says what its result says, in both languages."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evalbook.models import adjust_contrasts, contrast, funnel
from evalbook.text.language import Text
from nychance import benchmarking
from nychance.sentences import differences, statements
from tests.unit.benchmarking.test_benchmarking import made

NAME = Text("Tid i aktivitet", "Time in activity")


def course(method, comparison, noise=0.002):
    """A panel of five method and seven comparison municipalities with given levels."""
    rows = made(jump=0.0)
    random = np.random.default_rng(1)
    before, after = (
        np.where(rows["method"], *ends) for ends in zip(method, comparison, strict=True)
    )
    level = np.where(rows["period"] < 0, before, after)
    return rows.assign(y=level + noise * random.normal(size=len(rows)))


def fitted(method, comparison, **options):
    return benchmarking.effect(course(method, comparison, **options), "y", draws=199, seed=1)


@pytest.mark.parametrize(
    ("method", "comparison", "english", "danish"),
    [
        (
            (0.30, 0.38),
            (0.30, 0.32),
            "rose after the start in both kinds of municipality, and more",
            "steg efter starten i begge slags kommuner, og mere",
        ),
        (
            (0.30, 0.32),
            (0.30, 0.38),
            "rose after the start in both kinds of municipality, and less",
            "steg efter starten i begge slags kommuner, og mindre",
        ),
        (
            (0.50, 0.47),
            (0.50, 0.42),
            "fell after the start in both kinds of municipality, and less",
            "faldt efter starten i begge slags kommuner, og mindre",
        ),
        (
            (0.50, 0.42),
            (0.50, 0.47),
            "fell after the start in both kinds of municipality, and more",
            "faldt efter starten i begge slags kommuner, og mere",
        ),
        (
            (0.30, 0.35),
            (0.30, 0.28),
            "rose after the start in the method municipalities",
            "steg efter starten i metodekommunerne",
        ),
    ],
)
def test_the_direction_is_that_of_the_levels(method, comparison, english, danish):
    said = differences.effect_sentence(NAME, fitted(method, comparison))
    assert english in said.en
    assert danish in said.da


def test_an_effect_is_told_with_its_reservation():
    found = replace(fitted((0.30, 0.38), (0.30, 0.32)), p_adjusted=0.01)
    assert found.clear
    said = differences.effect_sentence(NAME, found).en
    assert "6.0 percentage points" in said
    assert "adjusted for the number of outcomes" in said
    assert "as long as the trends would otherwise" in said or "It is an effect" in said


def test_a_drift_is_told_beside_the_effect():
    rows = made(jump=0.0, trend=0.02)
    found = benchmarking.effect(
        rows.assign(y=rows["y"] + 0.002 * np.random.default_rng(2).normal(size=len(rows))),
        "y",
        draws=199,
        seed=1,
    )
    assert found.contrast.direction == "higher"
    assert found.reservation in ("drift", "breakdown")
    assert "already changing" in differences.drift_sentence(NAME, found.drift).en
    assert found.drift.carried == pytest.approx(found.estimate, abs=0.01)
    assert found.less_drift.direction == "undecided"


def test_undecided_is_no_lack_of_an_effect():
    found = fitted((0.30, 0.31), (0.30, 0.31), noise=0.02)
    said = differences.effect_sentence(NAME, found).en
    assert "No effect is shown, which is not to say that there is none" in said
    assert "It is an effect" not in said


def test_after_adjustment_nothing_may_be_left():
    found = replace(fitted((0.30, 0.38), (0.30, 0.32)), p_adjusted=0.2)
    said = differences.effect_sentence(NAME, found).en
    assert "no effect is shown" in said


def test_an_interim_result_is_called_so():
    found = replace(fitted((0.30, 0.38), (0.30, 0.32)), interim=True)
    assert "interim result" in differences.effect_sentence(NAME, found).en


def test_too_few_municipalities_are_not_tested():
    rows = course((0.3, 0.4), (0.3, 0.3))
    few = rows[~rows["municipality"].isin([103, 104])]
    found = benchmarking.effect(few, "y", draws=199, seed=1)
    assert found.interval is None
    assert not found.clear
    assert "cannot be tested" in differences.effect_sentence(NAME, found).en
    table = benchmarking.effects_table({"y": found})
    assert table["status"].item() == "not-tested"


@pytest.mark.parametrize(
    ("gap", "words"), [(0.2, "higher than in"), (-0.2, "lower than in"), (0, "not clearly")]
)
def test_levels_are_compared(gap, words):
    random = np.random.default_rng(3)
    data = pd.DataFrame({"place": range(12), "on": [1] * 5 + [0] * 7})
    data["y"] = 0.4 + gap * data["on"] + 0.02 * random.normal(size=12)
    said = differences.contrast_sentence(NAME, contrast(data, "y", "place", "on"))
    assert words in said.en
    assert said.da


def test_who_is_left_out_is_named():
    assert "All municipalities" in differences.left_out_sentence(()).en
    assert "is not compared: Nørhavn." in differences.left_out_sentence(["Nørhavn"]).en
    assert "Nørhavn" in differences.left_out_sentence(["Nørhavn", "Ålekær"]).da


def test_the_funnel_says_how_many_by_chance():
    random = np.random.default_rng(5)
    found = funnel(random.poisson(100, 30), np.full(30, 100.0), overdispersion="additive")
    said = differences.funnel_sentence(found).en
    assert "by chance it would be about 1.5" in said
    assert "limits allow for differences" in said


def test_every_other_sentence_is_in_both_languages():
    found = fitted((0.30, 0.38), (0.30, 0.32))
    for said in (
        differences.drift_sentence(NAME, found.drift),
        differences.sensitivity_sentence(NAME, found),
        differences.opinions_sentence(NAME, found),
        differences.weight_sentence(found.by_size),
    ):
        assert said.da
        assert said.en
        assert "{" not in said.da + said.en


def test_the_furthest_municipality_is_named():
    data = pd.DataFrame({"place": range(12), "on": [1] * 5 + [0] * 7, "y": 0.1})
    data.loc[0, "y"] = 0.6
    names = pd.Series({place: f"Place {place}" for place in range(12)})
    said = differences.influence_sentence(NAME, contrast(data, "y", "place", "on"), names)
    assert said.en.endswith("from 0.0 to 12.5 percentage points; it changes most without Place 0.")


def row(share):
    return pd.Series({"estimate": share, "lower": share - 0.01, "upper": share + 0.01, "n": 900})


@pytest.mark.parametrize(
    ("gap", "words"), [(0.2, "higher than"), (-0.2, "lower than"), (0, "not clearly different")]
)
def test_only_a_contrast_says_higher_or_lower(gap, words):
    random = np.random.default_rng(3)
    data = pd.DataFrame({"place": range(12), "on": [1] * 5 + [0] * 7})
    data["y"] = 0.4 + gap * data["on"] + 0.02 * random.normal(size=12)
    found = contrast(data, "y", "place", "on")
    both = row(0.4 + gap), row(0.4)
    assert words in statements.compare_municipalities(*both, found).en
    assert statements.compare_municipalities(*both).en == "to be read beside"
    assert "not comparable" in statements.compare_municipalities(None, both[1], found).en
    # Where the shares that are told point the other way, nothing is said of either.
    if gap:
        assert "not clearly" in statements.compare_municipalities(*both[::-1], found).en
    # What was tested together is judged by the adjusted p.
    many = adjust_contrasts({0: replace(found, p=0.03), 1: replace(found, p=0.04), 2: None})
    assert many[0].p_adjusted == pytest.approx(0.06)
    assert "not clearly" in statements.compare_municipalities(*both, many[0]).en


def test_two_kinds_of_municipality_are_beside_each_other_without_a_contrast():
    words = Text("{method} mod {comparison}.", "{method} against {comparison}.")
    said = statements.describe_two_shares(words, method=row(0.6), comparison=row(0.4)).en
    assert said == "60.0% against 40.0%."
    sexes = Text("{women} og {men}.", "{women} and {men}.")
    said = statements.describe_two_shares(sexes, women=row(0.6), men=row(0.4)).en
    assert "higher than" in said
