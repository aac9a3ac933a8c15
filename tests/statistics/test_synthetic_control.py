"""The synthetic control against its publication, a second library and simulated truth."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pysyncon import Dataprep, Synth

from evalbook.errors import DataError
from evalbook.models import synthetic_control

BASQUE = "Basque Country (Pais Vasco)"
SCHOOLING = [
    "school.illit",
    "school.prim",
    "school.med",
    "school.high",
    "school.post.high",
    "invest",
]
SECTORS = [
    "agriculture",
    "energy",
    "industry",
    "construction",
    "services.venta",
    "services.nonventa",
]
PREDICTORS = [
    *((column, range(1964, 1970)) for column in SCHOOLING),
    "gdpcap",
    *((f"sec.{sector}", range(1961, 1970, 2)) for sector in SECTORS),
    ("popdens", [1969]),
]


@pytest.fixture(scope="module")
def basque():
    data = pd.read_csv(Path(__file__).parent / "data" / "basque.csv")
    return synthetic_control(
        data, "gdpcap", "regionname", "year", BASQUE, 1970, PREDICTORS, placebos=False
    )


def panel(seed=0, units=12, times=20, start=14, effect=0.0):
    """Outcomes with common shocks, two predictors, the first unit treated from `start` on."""
    random = np.random.default_rng(seed)
    loadings = random.uniform(0.2, 1, (units, 2))
    # The treated unit lies among the others.
    loadings[0] = random.dirichlet(np.ones(4)) @ loadings[1:5]
    shocks = np.cumsum(random.normal(0.2, 1, (2, times)), axis=1)
    outcome = 10 + loadings @ shocks + random.normal(0, 0.05, (units, times))
    outcome[0, start:] += effect
    unit, time = np.divmod(np.arange(units * times), times)
    a, b = (loadings[unit].T + random.normal(0, 0.02, (2, len(unit)))).round(6)
    names = np.array([f"u{i:02d}" for i in range(units)])
    return pd.DataFrame({"unit": names[unit], "time": time, "y": outcome.ravel(), "a": a, "b": b})


def fit(data, predictors=("a", "b", "y"), **options):
    options = {"treated_unit": "u00", "treated_from": 14, "placebos": False} | options
    return synthetic_control(data, "y", "unit", "time", predictors=list(predictors), **options)


# -- published -------------------------------------------------------------------------------------


def test_the_basque_country_is_made_of_catalonia_and_madrid_as_published(basque):
    # Abadie & Gardeazabal (2003): Catalonia 0.8508, Madrid 0.1492.
    assert basque.weights["Cataluna"] == pytest.approx(0.8508, abs=5e-4)
    assert basque.weights["Madrid (Comunidad De)"] == pytest.approx(0.1492, abs=5e-4)
    assert basque.weights.drop(["Cataluna", "Madrid (Comunidad De)"]).max() < 5e-4
    # Predictor means as in table 3 there, in its order; mean gap from 1975 on as pysyncon's
    # documentation has it.
    assert basque.predictors.loc["school.high 1964-1969", "treated"] == pytest.approx(
        25.728, abs=1e-3
    )
    assert basque.predictors.loc["popdens 1969", "synthetic"] == pytest.approx(196.283, abs=0.05)
    assert basque.gaps[basque.gaps.index >= 1975].mean() == pytest.approx(-0.69956, abs=5e-4)
    assert "0.851 Cataluna, 0.149 Madrid" in basque.summary()


# -- agreement -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_weights_agree_with_a_second_library(seed):
    # As many predictors as it takes for one set of weights alone to be best.
    data, times = panel(seed, units=6), range(14)
    predictors = [("y", [t]) for t in times]
    importance = np.random.default_rng(seed).uniform(0.2, 1, len(predictors))
    prepared = Dataprep(
        foo=data,
        predictors=[],
        predictors_op="mean",
        dependent="y",
        unit_variable="unit",
        time_variable="time",
        treatment_identifier="u00",
        controls_identifier=[f"u{i:02d}" for i in range(1, 6)],
        time_predictors_prior=times,
        time_optimize_ssr=times,
        special_predictors=[("y", [t], "mean") for t in times],
    )
    theirs = Synth()
    theirs.fit(prepared, custom_V=importance / importance.sum())
    ours = fit(data, predictors, importance=importance)
    expected = theirs.weights(round=10)
    assert ours.weights[expected.index].to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_the_search_comes_about_as_close_before_the_treatment_as_a_second_library_does(seed):
    data = panel(seed, units=8)
    prepared = Dataprep(
        foo=data,
        predictors=["a", "b", "y"],
        predictors_op="mean",
        dependent="y",
        unit_variable="unit",
        time_variable="time",
        treatment_identifier="u00",
        controls_identifier=[f"u{i:02d}" for i in range(1, 8)],
        time_predictors_prior=range(14),
        time_optimize_ssr=range(14),
    )
    theirs = Synth()
    theirs.fit(prepared, optim_method="Nelder-Mead", optim_initial="equal")
    gaps = fit(data).gaps
    assert (gaps[gaps.index < 14] ** 2).mean() <= theirs.loss_V * 1.1


# -- closed forms ----------------------------------------------------------------------------------


def test_a_mixture_of_two_units_is_found():
    data = panel(units=5)
    wide = data.pivot(index="time", columns="unit", values="y")
    data.loc[data["unit"] == "u00", "y"] = (0.3 * wide["u02"] + 0.7 * wide["u04"]).to_numpy()
    found = fit(data, [("y", [t]) for t in range(14)])
    assert found.weights.to_numpy() == pytest.approx([0, 0.3, 0, 0.7], abs=1e-6)
    assert found.gaps.abs().max() < 1e-6


def test_one_predictor_and_two_units_have_a_closed_form():
    rows = [
        ("t", 0, 4.0),
        ("t", 1, 9.0),
        ("p", 0, 2.0),
        ("p", 1, 3.0),
        ("q", 0, 12.0),
        ("q", 1, 8.0),
    ]
    data = pd.DataFrame(rows, columns=["unit", "time", "y"])
    found = fit(data, ["y"], treated_unit="t", treated_from=1)
    assert found.weights.to_dict() == pytest.approx({"p": 0.8, "q": 0.2})
    assert found.gaps.to_dict() == pytest.approx({0: 0, 1: 9 - 4})
    assert found.estimate == pytest.approx(5)


# -- known truth -----------------------------------------------------------------------------------


def test_an_effect_is_found_and_ranks_first():
    found = [fit(panel(seed, effect=2.0)).estimate for seed in range(10)]
    assert np.mean(found) == pytest.approx(2.0, abs=0.1)
    control = fit(panel(3, effect=2.0), placebos=True)
    assert control.rank == 1
    assert control.p == pytest.approx(1 / 12)
    assert len(control.placebo_ranks) == 12
    assert control.placebo_ranks["rank"].tolist() == list(range(1, 13))


def test_without_an_effect_every_rank_is_as_likely():
    def alike(seed):
        random = np.random.default_rng(seed)
        data = panel(seed, units=6)
        return data.assign(y=np.cumsum(random.normal(size=(6, 20)), axis=1).ravel())

    ranks = [
        fit(alike(seed), ["a", "y"], importance=[0.5, 0.5], placebos=True).rank
        for seed in range(60)
    ]
    assert np.mean(ranks) == pytest.approx(3.5, abs=3 * np.sqrt(35 / 12 / 60))
    assert np.mean(np.array(ranks) == 1) == pytest.approx(1 / 6, abs=0.15)


def test_order_of_rows_changes_nothing():
    data = panel()
    one, other = fit(data, placebos=True), fit(data.sample(frac=1, random_state=2), placebos=True)
    pd.testing.assert_series_equal(one.weights, other.weights, check_exact=True)
    pd.testing.assert_frame_equal(one.placebo_ranks, other.placebo_ranks, check_exact=True)


# -- bad input -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "options", "named"),
    [
        (lambda d: d, {"treated_unit": "u99"}, "no unit 'u99'"),
        (lambda d: d, {"treated_from": 0}, "no time before 0"),
        (lambda d: d, {"treated_from": 99}, "no time from 99"),
        (lambda d: d, {"predictors": []}, "no predictors"),
        (lambda d: d, {"predictors": ["height"]}, "no column 'height'"),
        (lambda d: d, {"predictors": [("y", [15])]}, "'y' is not to be taken at"),
        (lambda d: d, {"importance": [1]}, "importance does not fit"),
        (lambda d: d.assign(a=1.0), {}, "'a' is the same in all units"),
        (lambda d: d[(d["unit"] != "u03") | (d["time"] != 5)], {}, "u03 has no row at 5"),
        (lambda d: pd.concat([d, d.iloc[[7]]]), {}, "u00 stands twice at 7"),
        (lambda d: d[d["unit"].isin(["u00", "u01"])], {}, "fewer than two comparison units"),
        (lambda d: d.assign(y=d["y"].where(d["time"] != 3)), {}, "'y' is missing"),
        (
            lambda d: d.assign(a=d["a"].where((d["time"] != 3) | (d["unit"] != "u04"))),
            {},
            "'a' is missing in u04 at 3",
        ),
        (lambda d: d[:0], {}, "no rows"),
    ],
)
def test_bad_input_is_named(change, options, named):
    with pytest.raises(DataError, match=named):
        fit(change(panel()), **({"predictors": ["a", "b", "y"]} | options))


def test_without_placebos_there_is_no_rank():
    with pytest.raises(DataError, match="no placebos"):
        _ = fit(panel()).p


def test_the_frame_and_the_picture_show_the_gap():
    control = fit(panel(effect=2.0), placebos=True)
    frame = control.to_frame()
    assert (frame["treated"] - frame["synthetic"]).to_numpy() == pytest.approx(
        control.gaps.to_numpy()
    )
    assert len(control.plot().lines) == 12 + 2
