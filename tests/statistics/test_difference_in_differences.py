"""Difference-in-differences and event studies against two libraries and published tables."""

import warnings

import diff_diff
import numpy as np
import pandas as pd
import pyfixest
import pytest
import statsmodels.formula.api as smf
from scipy import stats

from evalbook.errors import DataError
from evalbook.models import difference_in_differences, event_study
from tests.statistics.panels import panel, staggered

FEW = {"draws": 99}


def estimate(data, **options):
    return difference_in_differences(data, "y", "unit", "time", "treated", **(FEW | options))


def quietly(function, *arguments, **options):
    """Call another library, whose warnings about its own use of pandas are not ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*arguments, **options)


def with_gaps(data):
    return data.drop(data.index[[3, 40, 77, 101]])


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("weights", [None, "w", "varying"])
@pytest.mark.parametrize("controls", [(), ("x",)])
def test_estimate_and_error_are_those_of_the_regression_with_all_indicators(
    gaps, weights, controls
):
    data = panel().assign(varying=lambda d: d["w"] * (1 + d["time"]))
    data = with_gaps(data) if gaps else data
    formula = "y ~ treated + C(unit) + C(time)" + "".join(f" + {name}" for name in controls)
    fit = smf.wls(formula, data, weights=data[weights] if weights else np.ones(len(data)))
    fit = fit.fit(cov_type="cluster", cov_kwds={"groups": data["unit"]})
    # statsmodels counts the effects of unit among the coefficients; they are nested in the
    # clusters.
    everything = fit.df_model + 1
    factor = np.sqrt((len(data) - everything) / (len(data) - everything + 31))
    found = estimate(data, weights=weights, controls=controls)
    assert found.estimate == pytest.approx(fit.params["treated"], abs=1e-10)
    assert found.error == pytest.approx(fit.bse["treated"] * factor, abs=1e-10)
    half = stats.t.ppf(0.975, 31) * found.error
    assert found.interval_crv1 == pytest.approx((found.estimate - half, found.estimate + half))
    assert (found.n, found.n_treated, found.clusters, found.gaps) == (
        len(data),
        8,
        32,
        160 - len(data),
    )


@pytest.mark.parametrize("weights", [None, "w"])
def test_leaving_a_cluster_out_is_what_refitting_gives(weights):
    data = with_gaps(panel())
    found = estimate(data, weights=weights, controls=["x"])
    for unit in (0, 7, 20, 31):
        without = estimate(data[data["unit"] != unit], weights=weights, controls=["x"])
        assert found.leave_one_out[unit] == pytest.approx(without.estimate, abs=1e-10)
    spread = found.leave_one_out - found.estimate
    half = stats.t.ppf(0.975, 31) * np.sqrt(31 / 32 * (spread**2).sum())
    assert found.interval_crv3 == pytest.approx((found.estimate - half, found.estimate + half))


@pytest.mark.parametrize("weights", [None, "w"])
def test_pyfixest_agrees(weights):
    data = with_gaps(panel(seed=5))
    fit = quietly(
        pyfixest.feols, "y ~ treated + x | unit + time", data, vcov="iid", weights=weights
    )
    assert estimate(data, weights=weights, controls=["x"]).estimate == pytest.approx(
        fit.coef()["treated"], abs=1e-6
    )


def test_pyfixest_agrees_on_the_jackknife():
    data = panel(seed=5)
    # Without its small-sample factors, which follow the order of a set.
    ssc = pyfixest.ssc(k_adj=False, G_adj=False)
    fit = quietly(pyfixest.feols, "y ~ treated | unit + time", data, vcov={"CRV3": "unit"}, ssc=ssc)
    half = stats.t.ppf(0.975, 31) * fit.se()["treated"] * np.sqrt(31 / 32)
    found = estimate(data)
    assert found.interval_crv3 == pytest.approx(
        (found.estimate - half, found.estimate + half), rel=1e-6
    )


def test_diff_diff_agrees():
    data = panel(seed=6)
    ever = data.assign(post=(data["time"] >= 2).astype(int), ever=(data["first"] > 0).astype(int))
    fit = quietly(
        diff_diff.TwoWayFixedEffects().fit,
        ever,
        outcome="y",
        treatment="ever",
        post="post",
        unit="unit",
    )
    # With a common start, effects of time and of before and after give the same.
    assert estimate(data).estimate == pytest.approx(fit.att, abs=1e-6)


def test_card_and_krueger_from_their_published_changes():
    """Card & Krueger (1994), American Economic Review 84, table 3, balanced sample."""
    rows = []
    for first, (mean, error, stores) in enumerate([(0.4667, 0.48, 309), (-2.2833, 1.25, 75)]):
        change = stats.norm.ppf((np.arange(stores) + 0.5) / stores)
        change = mean + error * np.sqrt(stores) * (change - change.mean()) / change.std(ddof=1)
        for store, value in enumerate(change):
            rows += [
                (f"{first}-{store}", 0, 20.0, 0),
                (f"{first}-{store}", 1, 20.0 + value, int(first == 0)),
            ]
    found = estimate(pd.DataFrame(rows, columns=["unit", "time", "y", "treated"]))
    assert round(found.estimate, 2) == 2.75
    assert round(found.error, 2) == pytest.approx(1.34, abs=0.011)


def test_an_effect_without_noise_is_found_exactly():
    data = panel(effect=0)
    data["y"] = data["unit"] + 2.0 * data["time"] + 3.0 * data["treated"]
    found = estimate(data)
    assert found.estimate == pytest.approx(3, abs=1e-9)
    assert found.interval == pytest.approx((3, 3), abs=1e-6)
    assert (found.p_wild, found.p_randomisation) == (0.01, 0.01)


def test_an_outcome_that_units_and_times_explain_is_refused():
    for outcome in (lambda d: d["unit"] + 2.0 * d["time"], lambda d: d["unit"] * 1.1):
        with pytest.raises(DataError, match="nothing of the outcome is left"):
            estimate(panel().assign(y=outcome))


# -- event studies ---------------------------------------------------------------------------------


@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize("base", [-1, -2])
def test_effects_by_time_are_those_of_the_regression_with_indicators(weights, base):
    data = panel(seed=4, start=3).assign(ever=lambda d: d["first"] > 0)
    marks = {
        f"e{time}": (data["ever"] & (data["time"] == time)).astype(float)
        for time in range(5)
        if time != 3 + base
    }
    marked = data.assign(**marks)
    formula = f"y ~ {' + '.join(marks)} + C(unit) + C(time)"
    fit = smf.wls(
        formula, marked, weights=marked[weights] if weights else np.ones(len(marked))
    ).fit()
    found = event_study(data, "y", "unit", "time", "first", base=base, weights=weights, **FEW)
    assert list(found.effects) == [event for event in range(-3, 2) if event != base]
    for event, effect in found.effects.items():
        assert effect.estimate == pytest.approx(fit.params[f"e{event + 3}"], abs=1e-9)


def test_two_libraries_agree_on_the_effects_by_time():
    data = panel(seed=4, start=3).assign(ever=lambda d: (d["first"] > 0).astype(int))
    found = event_study(data, "y", "unit", "time", "first", **FEW)
    fit = quietly(pyfixest.feols, "y ~ i(time, ever, ref=2) | unit + time", data, vcov="iid")
    assert [effect.estimate for effect in found.effects.values()] == pytest.approx(
        list(fit.coef()), abs=1e-6
    )
    other = quietly(
        diff_diff.SunAbraham().fit, data, outcome="y", unit="unit", time="time", first_treat="first"
    )
    for event, effect in other.event_study_effects.items():
        if event in found.effects:
            assert found.effects[event].estimate == pytest.approx(effect["effect"], abs=1e-6)


def test_times_before_the_start_are_tested_together():
    together = [
        event_study(panel(seed, start=3), "y", "unit", "time", "first", draws=199).p_before
        for seed in range(60)
    ]
    # Nothing differs before the start: p is uniform.
    assert stats.kstest(together, "uniform").pvalue > 0.01
    data = panel(3, start=3)
    data["y"] += 3 * data["time"] * (data["first"] > 0)
    assert event_study(data, "y", "unit", "time", "first", draws=199).p_before < 0.05
    assert event_study(panel(3, start=1), "y", "unit", "time", "first", **FEW).p_before is None


def test_units_that_start_at_different_times_need_another_estimator():
    with pytest.raises(DataError, match="group_time_att"):
        event_study(staggered(), "y", "unit", "time", "first", **FEW)
    assert "group_time_att" in estimate(staggered()).warning


# -- what is told ----------------------------------------------------------------------------------


def test_results_say_what_they_rest_on():
    found = estimate(panel())
    assert (found.wild_draws, found.wild_possible) == (99, 6**32)
    assert (found.assignments, found.assignments_possible) == (99, 10_518_300)
    row = found.to_frame().iloc[0]
    assert (row["lower"], row["upper"]) == found.interval
    assert row["assignments_possible"] == 10_518_300
    for told in ("95 % interval", "32 clusters, 8 treated", "wild cluster bootstrap", "CRV1"):
        assert told in found.summary()
    (main, *_) = found.plot().collections[0].get_segments()
    assert tuple(main[:, 0]) == found.interval


def test_an_event_study_tells_and_draws_each_time():
    found = event_study(panel(), "y", "unit", "time", "first", **FEW)
    assert list(found.to_frame().index) == [-2, 0, 1, 2]
    assert list(found.to_frame()["time"]) == [0, 2, 3, 4]
    assert "+1 (3): " in found.summary()
    heights = found.plot().get_lines()[0].get_ydata()
    assert heights == pytest.approx(
        [found.effects[-2].estimate, 0, *(found.effects[event].estimate for event in (0, 1, 2))]
    )
