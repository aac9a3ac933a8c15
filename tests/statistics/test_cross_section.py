"""The regression across municipalities: against formulas, references and simulated truth."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats

from evalbook import plan
from evalbook.errors import DataError
from evalbook.models import cross_section
from nychance.public_data import tables as public


def simulated(n=98, slope=-0.5, seed=3):
    """Few units with a high exposure and noise that grows with it, as municipalities are."""
    rng = np.random.default_rng(seed)
    exposure = rng.gamma(1.5, 1.5, n)
    outcome = 77 + slope * exposure + rng.normal(0, 1 + exposure / 2)
    columns = {
        "y": outcome,
        "x": exposure,
        "w": rng.integers(2_000, 300_000, n),
        "z": rng.normal(size=n),
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(101, 101 + n))


def hc3(design, outcome, weights):
    """MacKinnon & White's formula, written out."""
    root = np.sqrt(weights)
    x, y = design * root[:, None], outcome * root
    bread = np.linalg.inv(x.T @ x)
    coefficients = bread @ x.T @ y
    hat = np.diag(x @ bread @ x.T)
    scaled = (y - x @ coefficients) / (1 - hat)
    return coefficients, bread @ (x.T * scaled**2) @ x @ bread, hat


@pytest.mark.parametrize("weights", [None, "w"])
def test_slope_interval_and_leverage_follow_the_formula(weights):
    data = simulated()
    w = data[weights].to_numpy(dtype=float) if weights else np.ones(len(data))
    design = np.column_stack([np.ones(len(data)), data["x"]])
    coefficients, covariance, hat = hc3(design, data["y"].to_numpy(), w)
    half = stats.t.ppf(0.975, len(data) - 2) * np.sqrt(covariance[1, 1])
    found = cross_section(data, "y", "x", weights=weights)
    assert (found.intercept, found.slope) == pytest.approx(tuple(coefficients))
    assert found.interval == pytest.approx((coefficients[1] - half, coefficients[1] + half))
    assert found.leverage.to_numpy() == pytest.approx(hat)


def test_leverage_of_a_simple_regression_has_its_closed_form():
    data = simulated()
    away = data["x"] - data["x"].mean()
    assert np.allclose(
        cross_section(data, "y", "x").leverage, 1 / len(data) + away**2 / (away**2).sum()
    )


def test_controls_agree_with_statsmodels():
    data = simulated()
    reference = smf.ols("y ~ x + z", data).fit(cov_type="HC3", use_t=True)
    found = cross_section(data, "y", "x", controls=["z"])
    assert found.slope == pytest.approx(reference.params["x"])
    assert found.interval == pytest.approx(tuple(reference.conf_int().loc["x"]))
    assert found.p == pytest.approx(reference.pvalues["x"])
    assert found.r_squared == pytest.approx(reference.rsquared)


def test_the_line_and_its_band_agree_with_statsmodels():
    data = simulated()
    at = pd.DataFrame({"x": [0.0, 2.0, 12.0], "z": data["z"].mean()})
    reference = smf.ols("y ~ x + z", data).fit(cov_type="HC3", use_t=True).get_prediction(at)
    mean, lower, upper = cross_section(data, "y", "x", controls=["z"]).predict(at["x"])
    expected = reference.summary_frame(alpha=0.05)
    assert mean == pytest.approx(expected["mean"].to_numpy())
    assert lower == pytest.approx(expected["mean_ci_lower"].to_numpy())
    assert upper == pytest.approx(expected["mean_ci_upper"].to_numpy())


@pytest.mark.parametrize(("weights", "controls"), [(None, ()), ("w", ()), ("w", ("z",))])
def test_leave_one_out_is_what_refitting_gives(weights, controls):
    data = simulated(n=30)
    refitted = [
        cross_section(data.drop(unit), "y", "x", weights=weights, controls=controls).slope
        for unit in data.index
    ]
    found = cross_section(data, "y", "x", weights=weights, controls=controls)
    assert found.leave_one_out == pytest.approx((min(refitted), max(refitted)))


def test_interval_covers_the_true_slope_where_noise_is_unequal():
    draws = 500
    hits = 0
    for seed in range(draws):
        lower, upper = cross_section(simulated(seed=seed), "y", "x").interval
        hits += lower <= -0.5 <= upper
    # HC3 may be a little wide or narrow; the plain interval covers three in four here.
    assert 0.92 < hits / draws < 0.98


def test_the_far_out_unit_is_influential():
    data = simulated()
    data.loc[250] = {"y": 60.0, "x": 40.0, "w": 1.0, "z": 0.0}
    found = cross_section(data, "y", "x")
    assert found.influential[0] == 250
    assert found.leave_one_out[0] < found.slope < found.leave_one_out[1]


@pytest.mark.parametrize("controls", [(), ("z",)])
def test_influential_are_those_above_twice_the_mean_leverage(controls):
    found = cross_section(simulated(), "y", "x", controls=controls)
    # Hat values sum to the number of coefficients, so their mean is k / n.
    assert found.leverage.sum() == pytest.approx(2 + len(controls))
    high = found.leverage[found.leverage > 2 * found.leverage.mean()]
    assert 0 < len(high) < found.n
    assert list(found.influential) == list(high.sort_values(ascending=False).index)


def test_incomplete_units_are_dropped_and_counted():
    data = simulated()
    data.loc[[101, 102], "y"] = np.nan
    data.loc[103, "x"] = np.inf
    found = cross_section(data, "y", "x")
    assert (found.n, found.dropped) == (95, 3)
    assert found.slope == cross_section(data.drop([101, 102, 103]), "y", "x").slope


def test_the_unit_of_the_exposure_changes_the_slope_alone():
    data = simulated()
    by_percent = cross_section(data, "y", "x", controls=["z"])
    by_10000 = cross_section(data.assign(x=data["x"] * 100), "y", "x", controls=["z"])
    assert by_10000.slope * 100 == pytest.approx(by_percent.slope)
    assert by_10000.p == pytest.approx(by_percent.p)


def test_the_order_of_units_does_not_matter():
    data = simulated()
    one, other = cross_section(data, "y", "x"), cross_section(data[::-1], "y", "x")
    assert one.interval == pytest.approx(other.interval)
    assert one.influential == other.influential


# -- refusals --------------------------------------------------------------------------------------
def test_ten_units_are_enough_and_nine_are_not():
    assert cross_section(simulated(10), "y", "x").n == 10
    with pytest.raises(DataError, match="all figures: 9;"):
        cross_section(simulated(9), "y", "x")
    with pytest.raises(DataError, match="all figures: 9;"):
        cross_section(simulated(10).assign(y=lambda d: d["y"].where(d.index > 101)), "y", "x")


@pytest.mark.parametrize("column", ["x", "y"])
def test_a_constant_is_refused(column):
    with pytest.raises(DataError, match=f"'{column}' is the same"):
        cross_section(simulated().assign(**{column: 0.1}), "y", "x")


@pytest.mark.parametrize("weight", [0, -1])
def test_a_weight_that_is_not_positive_is_refused(weight):
    data = simulated()
    data.loc[101, "w"] = weight
    with pytest.raises(DataError, match="weight 'w' that is not above 0: 1"):
        cross_section(data, "y", "x", weights="w")


@pytest.mark.parametrize("z", ["twice", "same", "sum"])
def test_collinear_controls_are_refused(z):
    data = simulated()
    data = data.assign(twice=2 * data["x"] + 3, same=5.0, sum=data["x"] * 1e-6 + data["z"])
    with pytest.raises(DataError, match="collinear"):
        cross_section(data, "y", "x", controls=["z", z])


def test_a_control_that_singles_out_one_unit_is_refused():
    data = simulated()
    data["capital"] = (data.index == 101).astype(float)
    with pytest.raises(DataError, match="101 alone decides"):
        cross_section(data, "y", "x", controls=["capital"])


def test_a_unit_that_stands_twice_and_a_column_that_is_not_there_are_refused():
    data = simulated()
    with pytest.raises(DataError, match="101 stands twice"):
        cross_section(pd.concat([data, data.head(1)]), "y", "x")
    with pytest.raises(DataError, match="no such column: nowhere"):
        cross_section(data, "y", "nowhere")


# -- the real municipalities -----------------------------------------------------------------------
def test_ishoej_has_the_highest_leverage_among_the_real_municipalities():
    checkpoint = plan.load().checkpoint("2009-03")
    key_figures = public.read("key-figures", checkpoint)
    employment = public.latest(public.read("employment-rate", checkpoint), "employment_rate_pct")[
        "value"
    ]
    citizens = public.latest(key_figures, "nonwestern_citizens_per_10000")["value"] / 100
    found = cross_section(pd.DataFrame({"y": employment, "x": citizens}), "y", "x")
    assert (found.n, found.dropped) == (98, 0)
    names = public.municipalities()["name"]
    # Leverage depends on the exposure alone: the order is that of the published shares.
    assert [names[code] for code in found.influential[:3]] == ["Ishøj", "Albertslund", "Brøndby"]
