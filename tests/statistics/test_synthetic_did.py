"""Synthetic difference-in-differences: published figures, a second library, closed forms, truth."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from diff_diff import SyntheticDiD as TheirSyntheticDiD
from scipy import stats

from evalbook.errors import DataError
from evalbook.models import difference_in_differences, minimum_detectable_effect, synthetic_did
from tests.statistics.panels import panel

COLUMNS = ("y", "unit", "time", "treated")


@pytest.fixture(scope="module")
def smoking():
    data = pd.read_csv(Path(__file__).parent / "data" / "prop99.csv", sep=";")
    return data.set_axis(["unit", "time", "y", "treated"], axis=1)


@pytest.mark.parametrize(
    ("method", "published", "error"),
    [("sdid", -15.6, 8.4), ("sc", -19.6, 9.9), ("did", -27.3, 17.7)],
)
def test_californias_cigarettes_as_published(smoking, method, published, error):
    # Arkhangelsky et al. (2021), table 1; their errors are by placebo, of random draws.
    found = synthetic_did(smoking, *COLUMNS, method=method, draws=500)
    assert found.estimate == pytest.approx(published, abs=0.12)
    assert found.error == pytest.approx(error, rel=0.2)
    assert (found.n_treated, found.n_comparison) == (1, 38)


def test_weights_are_those_of_the_authors_package(smoking):
    found = synthetic_did(smoking, *COLUMNS, inference=None)
    # synthdid, vignette: summary(tau.hat)$controls and $periods.
    units = {"Nevada": 0.124, "New Hampshire": 0.105, "Connecticut": 0.078, "Delaware": 0.070}
    for state, weight in units.items():
        assert found.unit_weights[state] == pytest.approx(weight, abs=0.001)
    years = found.time_weights[found.time_weights > 0.001]
    assert years.to_dict() == pytest.approx({1986: 0.366, 1987: 0.206, 1988: 0.427}, abs=0.001)
    assert np.isnan(found.error)
    assert np.isnan(found.p)


def test_several_treated_agree_with_a_second_library():
    data = panel(3, treated=6, comparison=20, times=9, start=6)
    found = synthetic_did(data, *COLUMNS, inference=None)
    theirs = TheirSyntheticDiD(n_bootstrap=50, variance_method="placebo", seed=1).fit(
        data.assign(treated=lambda d: (d["unit"] < 6).astype(int)),
        outcome="y",
        treatment="treated",
        unit="unit",
        time="time",
        post_periods=[6, 7, 8],
    )
    assert found.estimate == pytest.approx(theirs.att, abs=0.01)


def test_without_weights_it_is_the_two_way_regression():
    data = panel(4, times=6, start=3)
    ours = synthetic_did(data, *COLUMNS, method="did", draws=19)
    theirs = difference_in_differences(data, *COLUMNS, draws=99)
    assert ours.estimate == pytest.approx(theirs.estimate)


def factors(seed, treated=5, comparison=25, times=20, start=14, effect=0.0):
    """Units with loadings on two trends, of which the treated have more, within others' range."""
    random = np.random.default_rng(seed)
    units = treated + comparison
    loading = random.normal(size=(units, 2)) + 0.7 * (np.arange(units) < treated)[:, None]
    trend = np.cumsum(random.normal(size=(2, times)), axis=1)
    y = loading @ trend + random.normal(size=(units, 1)) + 0.5 * random.normal(size=(units, times))
    on = (np.arange(units) < treated)[:, None] & (np.arange(times) >= start)
    unit, time = np.indices((units, times)).reshape(2, -1)
    return pd.DataFrame(
        {
            "unit": unit,
            "time": time,
            "y": (y + effect * on).ravel(),
            "treated": on.ravel().astype(int),
        }
    )


def test_effects_are_recovered_where_trends_are_not_parallel():
    gaps = {"sdid": [], "did": []}
    for seed in range(40):
        data = factors(seed, effect=2.0)
        for method, found in gaps.items():
            found.append(synthetic_did(data, *COLUMNS, method=method, inference=None).estimate - 2)
    rms = {method: np.sqrt(np.mean(np.square(gap))) for method, gap in gaps.items()}
    assert rms["sdid"] < 0.5 * rms["did"]
    assert abs(np.mean(gaps["sdid"])) < 0.35


def test_placebos_have_their_size_and_cover():
    rejected, covered = 0, 0
    for seed in range(120):
        found = synthetic_did(panel(seed, treated=4, comparison=20, effect=0.0), *COLUMNS, draws=99)
        rejected += found.p <= 0.05
        covered += found.interval[0] <= 0 <= found.interval[1]
    assert 0 <= rejected <= 14
    assert covered >= 106


def test_starts_that_differ_are_averaged_by_treated_unit_times():
    data = panel(5, treated=0, comparison=24, times=8, effect=0.0)
    begins = np.select([data["unit"] < 4, data["unit"] < 7], [4, 6], 99)
    data["treated"] = (data["time"] >= begins).astype(int)
    both = synthetic_did(data, *COLUMNS, draws=39)
    parts = [
        synthetic_did(data[(begins == start) | (begins == 99)], *COLUMNS, inference=None).estimate
        for start in (4, 6)
    ]
    assert both.estimate == pytest.approx(np.average(parts, weights=[4 * 4, 3 * 2]))
    assert list(both.effects.index.get_level_values("start").unique()) == [4, 6]
    assert both.n_treated == 7


def test_a_start_that_never_was_has_no_effect():
    data = factors(1, effect=5.0)
    found = synthetic_did(data, *COLUMNS, draws=99)
    placebo = found.in_time(10)
    assert found.interval[0] > 2
    assert abs(placebo.estimate) < 1.5
    assert placebo.draws == 99
    with pytest.raises(DataError, match="15 is no time"):
        found.in_time(15)


def test_order_of_rows_and_seed():
    data = factors(2)
    one, other = (synthetic_did(d, *COLUMNS, draws=39) for d in (data, data.sample(frac=1)))
    assert (one.estimate, one.error, one.p) == (other.estimate, other.error, other.p)
    assert synthetic_did(data, *COLUMNS, draws=39, seed=1).error != one.error


def test_it_is_told_tidied_and_drawn():
    found = synthetic_did(factors(3), *COLUMNS, draws=39)
    assert "39 placebos" in found.summary()
    assert found.tidy()["term"].item() == "sdid"
    assert len(found.plot().lines[0].get_xdata()) == 20


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        (lambda d: d.drop(index=7), {}, "unit 1 has no row at 2"),
        (lambda d: d[d["unit"] < 9], {}, "fewer than two comparison units"),
        (lambda d: d[d["unit"] < 15], {}, "too few for placebos of 8 treated"),
        (lambda d: d[d["time"] > 0], {}, "fewer than two times before"),
        (lambda d: d, {"method": "scm"}, "no method 'scm'"),
        (lambda d: d, {"inference": "jackknife"}, "inference = 'jackknife'"),
        (lambda d: d, {"draws": 5}, "draws = 5"),
        (lambda d: d.assign(y=d["y"].where(d["unit"] != 3)), {}, "'y' is missing"),
    ],
)
def test_bad_input_is_named(change, options, words):
    data = panel(times=5, start=2).sort_values(["unit", "time"], ignore_index=True)
    with pytest.raises(DataError, match=words):
        synthetic_did(change(data), *COLUMNS, **options)


# -- what could be found ---------------------------------------------------------------------------


def test_the_smallest_effect_that_is_found_in_closed_form():
    """One time before and after: 2.8 errors or so, with Student's t of the two groups' changes."""
    data = panel(6, treated=8, comparison=24, times=2, effect=0.0)
    data["treated"] = (data["unit"] < 8).astype(int)
    found = minimum_detectable_effect(data, *COLUMNS, before=1, after=1)
    change = data.pivot(index="unit", columns="time", values="y")
    change = change[1] - change[0]
    error = np.sqrt(change[:8].var() / 8 + change[8:].var() / 24)
    assert found.error == pytest.approx(error)
    assert found.df == pytest.approx((1 / 8 + 1 / 24) ** 2 / (1 / (64 * 7) + 1 / (576 * 23)))
    t = stats.t(found.df)
    assert found.effect == pytest.approx((t.ppf(0.975) + t.ppf(0.8)) * error)


def test_an_effect_of_that_size_is_found_as_often_as_asked_for():
    history = panel(7, treated=8, comparison=24, times=60, effect=0.0)
    history["treated"] = (history["unit"] < 8).astype(int)
    effect = minimum_detectable_effect(history, *COLUMNS, before=3, after=3).effect
    hits = []
    for seed in range(200):
        data = panel(1000 + seed, treated=8, comparison=24, times=6, start=3, effect=effect)
        low, _ = difference_in_differences(data, *COLUMNS, inference=["wild"], draws=199).interval
        hits.append(low > 0)
    assert np.mean(hits) == pytest.approx(0.8, abs=0.1)


def test_only_times_before_the_start_count():
    data = panel(8, times=10, start=6, effect=50.0)
    whole = minimum_detectable_effect(data, *COLUMNS, before=2, after=2)
    before = data[data["time"] < 6].assign(treated=lambda d: (d["unit"] < 8).astype(int))
    assert whole.effect == minimum_detectable_effect(before, *COLUMNS, before=2, after=2).effect
    assert whole.windows == 3
    assert "can be found with a chance of 80%" in whole.summary()
    assert whole.tidy()["estimate"].item() == whole.effect


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"before": 9, "after": 9}, "9 times before and 9 after"),
        ({"power": 1.0}, "power = 1"),
        ({"level": 0}, "level = 0"),
        ({"before": 0}, "before = 0"),
    ],
)
def test_designs_that_cannot_be_are_refused(options, words):
    data = panel(times=10, start=6)
    with pytest.raises(DataError, match=words):
        minimum_detectable_effect(data, *COLUMNS, **options)
