"""Doubly robust effects, anticipation, and event studies as a whole."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from diff_diff import CallawaySantAnna

from evalbook.errors import DataError
from evalbook.models import event_study, group_time_att, honest_bounds, pretrend_power
from tests.statistics.panels import panel

COLUMNS = ("y", "unit", "time", "first")


def trending(seed=1, units=120, effect=1.0):
    """What moves the trend also moves who starts when; without it, effects are too large."""
    random = np.random.default_rng(seed)
    x, z = random.normal(size=(2, units))
    chance = 1 / (1 + np.exp(-x))
    first = np.where(random.random(units) < chance, random.choice([3, 4], units), 0)
    unit, time = np.indices((units, 6)).reshape(2, -1)
    on = (first[unit] > 0) & (time >= first[unit])
    y = 0.8 * x[unit] * time + 0.3 * time + z[unit] + effect * on
    data = pd.DataFrame({"unit": unit, "time": time, "first": first[unit], "x": x[unit]})
    return data.assign(y=y + random.normal(0, 0.5, len(unit)), w=1 + unit % 3)


@pytest.mark.parametrize("control", ["never", "not_yet"])
@pytest.mark.parametrize("anticipation", [0, 1])
def test_cells_agree_with_a_second_library(control, anticipation):
    data = trending()
    ours = group_time_att(
        data, *COLUMNS, covariates=["x"], control=control, anticipation=anticipation, draws=39
    ).to_frame()
    names = {"never": "never_treated", "not_yet": "not_yet_treated"}
    # Theirs divides the controls' weights by the number of treated rather than by their sum, which
    # is the same in large samples; and without a floor under the chances.
    theirs = CallawaySantAnna(
        control_group=names[control],
        anticipation=anticipation,
        estimation_method="dr",
        pscore_trim=1e-9,
    ).fit(data, outcome="y", unit="unit", time="time", first_treat="first", covariates=["x"])
    cells = dict(theirs.group_time_effects)
    compared = 0
    for row in ours.itertuples():
        if (row.group, row.time) in cells and row.time >= row.group - anticipation:
            cell = cells[row.group, row.time]
            assert row.estimate == pytest.approx(cell["effect"], abs=2e-3)
            assert row.error == pytest.approx(cell["se"], rel=0.02)
            compared += 1
    assert compared >= 5


def test_a_cell_is_that_of_sant_anna_and_zhao():
    """Equation 3.1, with the weights of `drdid_panel`, from statsmodels' two regressions."""
    data = trending()
    ours = group_time_att(data, *COLUMNS, covariates=["x"], draws=39).to_frame()
    y = data.pivot(index="unit", columns="time", values="y")
    fixed = data.groupby("unit")[["first", "x"]].first()
    for row in ours.itertuples():
        pair = fixed["first"].isin([row.group, 0])
        treated = (fixed["first"][pair] == row.group).astype(float)
        terms = sm.add_constant(fixed["x"][pair])
        change = (y[row.time] - y[row.base_time])[pair]
        control = treated == 0
        expected = terms @ sm.OLS(change[control], terms[control]).fit().params
        chance = sm.Logit(treated, terms).fit(disp=0).predict(terms)
        weight = (1 - treated) * chance / (1 - chance)
        left = change - expected
        effect = np.average(left, weights=treated) - np.average(left, weights=weight)
        assert row.estimate == pytest.approx(effect, rel=1e-8, abs=1e-10)


def test_covariates_take_out_the_trend_that_moved_the_starts():
    found, naive = [], []
    for seed in range(25):
        data = trending(seed)
        found.append(group_time_att(data, *COLUMNS, covariates=["x"]).aggregate().estimate)
        naive.append(group_time_att(data, *COLUMNS, draws=39).aggregate().estimate)
    assert np.mean(found) == pytest.approx(1, abs=0.1)
    assert np.mean(naive) > 1.5


def test_intervals_cover_and_say_what_they_are():
    hits = []
    for seed in range(120):
        average = group_time_att(trending(seed), *COLUMNS, covariates=["x"]).aggregate()
        hits.append(average.interval[0] <= 1 <= average.interval[1])
    assert np.mean(hits) == pytest.approx(0.95, abs=0.06)
    assert average.p_randomisation is None
    assert "Student's t" in average.summary()
    assert average.tidy()["p"].item() == average.p
    assert average.plot() is not None


def test_a_response_before_the_start_is_allowed_for():
    data = panel(2, treated=10, comparison=20, times=7, start=4, effect=3.0)
    early = (data["first"] > 0) & (data["time"] == 3)
    data["y"] += 2.0 * early
    plain = group_time_att(data, *COLUMNS, draws=39).aggregate()
    allowed = group_time_att(data, *COLUMNS, draws=39, anticipation=1)
    assert plain.estimate < 2
    assert allowed.aggregate().estimate == pytest.approx(3, abs=0.8)
    assert set(allowed.to_frame().query("time >= 3")["base_time"]) == {2}


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        (lambda d: d, {"covariates": ["age"]}, "no column 'age'"),
        (lambda d: d.assign(x=1), {}, "'x' is the same in all rows"),
        (lambda d: d.assign(z=2 * d["x"]), {"covariates": ["x", "z"]}, "'z' is collinear"),
        (lambda d: d.assign(x=d["first"] > 0), {}, "tell the treated from the controls"),
        (lambda d: d.assign(x=d["x"].where(d["unit"] > 3)), {}, "'x' is missing"),
        (lambda d: d, {"anticipation": -1}, "anticipation = -1"),
    ],
)
def test_covariates_that_cannot_be_held_are_named(change, options, words):
    with pytest.raises(DataError, match=words) as caught:
        group_time_att(change(trending()), *COLUMNS, **({"covariates": ["x"]} | options))
    assert caught.value.remedy


# -- the event study as a whole --------------------------------------------------------------------


def test_the_covariance_has_the_squared_errors_on_its_diagonal():
    found = event_study(panel(3, times=8, start=5), *COLUMNS, draws=199)
    errors = [effect.error for effect in found.effects.values()]
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(errors)
    assert found.before == 4
    bounds = honest_bounds(found.estimates, found.covariance, found.before, m=[0.5])
    assert bounds.estimate == pytest.approx(found.effects[0].estimate)
    assert pretrend_power(found.estimates, found.covariance, found.estimates.index).slope > 0


def test_bands_hold_the_whole_course_as_often_as_they_say():
    whole, single = [], []
    for seed in range(200):
        found = event_study(panel(seed, times=7, start=4, effect=0.0), *COLUMNS, draws=199)
        bands = found.bands()
        whole.append(((bands["lower"] <= 0) & (bands["upper"] >= 0)).all())
        rows = found.tidy()
        single.append(((rows["lower"] <= 0) & (rows["upper"] >= 0)).all())
    assert np.mean(whole) == pytest.approx(0.95, abs=0.045)
    assert np.mean(single) < 0.88
    assert list(rows.columns[-2:]) == ["band_lower", "band_upper"]


def test_with_gaps_there_is_no_band():
    data = panel(4)
    found = event_study(data.drop(index=7), *COLUMNS, draws=39)
    assert found.covariance is None
    assert "band_lower" not in found.tidy()
    with pytest.raises(DataError, match="there is no band"):
        found.bands()
