"""Cluster-robust errors: two libraries, closed forms, the jackknife, and their size."""

import diff_diff.linalg
import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats

from evalbook.errors import DataError
from evalbook.models import clustered

FORMULA = "y ~ treated + x"


def data(seed=1, clusters=14, treated=4):
    random = np.random.default_rng(seed)
    size = random.integers(3, 15, clusters)
    g = np.repeat(np.arange(clusters), size)
    x = random.normal(size=len(g)) + random.normal(size=clusters)[g]
    y = 0.3 * x + random.normal(size=clusters)[g] + random.normal(size=len(g))
    return pd.DataFrame({"y": y, "x": x, "g": g, "treated": (g < treated).astype(int)}).assign(
        w=random.uniform(0.5, 4, len(g)), t=np.arange(len(g)) % 3
    )


@pytest.mark.parametrize("weights", [None, "w"])
def test_cr1_is_statas(weights):
    rows = data()
    ours = clustered(FORMULA, rows, "g", weights=weights).to_frame()
    fit = smf.wls(FORMULA, rows, weights=rows[weights] if weights else 1.0)
    theirs = fit.fit(cov_type="cluster", cov_kwds={"groups": rows["g"], "df_correction": True})
    assert ours["estimate"].to_dict() == pytest.approx(theirs.params.to_dict())
    assert ours["error"].to_dict() == pytest.approx(theirs.bse.to_dict())
    assert (ours["df"] == 13).all()
    t = stats.t.ppf(0.975, 13)
    assert (ours["upper"] - ours["estimate"]).tolist() == pytest.approx(
        (t * ours["error"]).tolist()
    )


@pytest.mark.parametrize("weights", [None, "w"])
def test_cr2_and_its_degrees_of_freedom_agree_with_a_second_library(weights):
    rows = data()
    ours = clustered(FORMULA, rows, "g", kind="CR2", weights=weights).to_frame()
    x = np.column_stack([np.ones(len(rows)), rows["treated"], rows["x"]])
    w = rows[weights].to_numpy() if weights else np.ones(len(rows))
    residual = rows["y"].to_numpy() - x @ ours["estimate"].to_numpy()
    covariance, df = diff_diff.linalg._compute_cr2_bm_vcov_and_dof(
        x,
        rows["g"].to_numpy(),
        (x * w[:, None]).T @ x,
        np.eye(3),
        residuals=residual,
        weights=w if weights else None,
    )
    assert ours["error"].to_numpy() == pytest.approx(np.sqrt(np.diag(covariance)))
    assert ours["df"].to_numpy() == pytest.approx(df)


def test_two_groups_of_clusters_have_welchs_degrees_of_freedom():
    """Single rows in two groups of 3 and 7: the working model's df in closed form.

    Imbens & Kolesár (2016), section 2: with one row per cluster, CR2 is HC2, which is Welch's
    error, and the degrees of freedom are Satterthwaite's with equal variances.
    """
    random = np.random.default_rng(2)
    rows = pd.DataFrame({"y": random.normal(size=10), "d": [1] * 3 + [0] * 7, "g": range(10)})
    found = clustered("y ~ d", rows, "g", kind="CR2").to_frame().loc["d"]
    parts = [rows.loc[rows["d"] == side, "y"] for side in (1, 0)]
    assert found["error"] == pytest.approx(sum(part.var() / len(part) for part in parts) ** 0.5)
    # (1/3 + 1/7)^2 / (1/(3^2 * 2) + 1/(7^2 * 6)).
    assert found["df"] == pytest.approx((1 / 3 + 1 / 7) ** 2 / (1 / 18 + 1 / 294))


def test_cr3_is_the_jackknife_over_clusters():
    rows = data()
    ours = clustered(FORMULA, rows, "g", kind="CR3").to_frame()
    whole = smf.ols(FORMULA, rows).fit().params
    left = [smf.ols(FORMULA, rows[rows["g"] != one]).fit().params - whole for one in range(14)]
    spread = np.sqrt(13 / 14 * (np.array(left) ** 2).sum(axis=0))
    assert ours["error"].to_numpy() == pytest.approx(spread)


def test_effects_after_the_bar_are_held_and_not_shown():
    rows = data()
    rows["treated"] = rows["treated"] * (rows["t"] > 0)
    ours = clustered("y ~ treated + x | g + t", rows, "g").to_frame()
    assert list(ours.index) == ["treated", "x"]
    theirs = smf.ols("y ~ treated + x + C(g) + C(t)", rows).fit(
        cov_type="cluster", cov_kwds={"groups": rows["g"]}
    )
    assert ours["estimate"].to_dict() == pytest.approx(theirs.params[["treated", "x"]].to_dict())
    # They count the effects of g, which are nested in the clusters: 13 parameters fewer here.
    n, k = len(rows), len(theirs.params)
    factor = np.sqrt((n - k) / (n - k + 13))
    assert ours["error"].to_numpy() == pytest.approx(
        factor * theirs.bse[["treated", "x"]].to_numpy()
    )


def test_cr2_is_unbiased_under_a_working_model_of_unequal_variances():
    rows = data(3).assign(v=lambda d: 0.2 + d["g"] % 3)
    random, found = np.random.default_rng(4), []
    for _ in range(1500):
        rows["y"] = random.normal(size=len(rows)) * np.sqrt(rows["v"])
        row = clustered(FORMULA, rows, "g", kind="CR2", working="v").to_frame().loc["treated"]
        found.append((row["estimate"], row["error"] ** 2))
    estimates, variances = np.array(found).T
    assert variances.mean() == pytest.approx(estimates.var(), rel=0.1)


def test_effective_clusters_of_equal_and_of_unequal_ones():
    equal = pd.DataFrame({"g": np.repeat(range(12), 5)}).assign(
        d=lambda f: f["g"] % 2, y=np.random.default_rng(1).normal(size=60)
    )
    assert clustered("y ~ d", equal, "g").effective_clusters("d") == pytest.approx(12)
    assert clustered("y ~ d", equal, "g").effective_clusters("d", 1.0) == pytest.approx(12)
    # One treated of n: gamma is 1 for it, 1/(n - 1)^2 for the others, summing to n / (n - 1).
    one = equal.assign(d=(equal["g"] == 0).astype(int))
    gamma = np.array([1.0, *[1 / 121] * 11])
    expected = 12 / (1 + gamma.var() / gamma.mean() ** 2)
    found = clustered("y ~ d", one, "g")
    assert found.effective_clusters("d", 1.0) == pytest.approx(expected)
    assert "fewer than five effective clusters" in found.warning


def test_leverage_sums_to_the_coefficients_and_partial_leverage_to_one():
    table = clustered(FORMULA, data(), "g", weights="w").leverage()
    assert table["leverage"].sum() == pytest.approx(3)
    assert table[["Intercept", "treated", "x"]].sum().tolist() == pytest.approx([1, 1, 1])
    rows = data()
    left = rows["x"] - smf.ols("x ~ treated", rows).fit().fittedvalues
    share = (left**2).groupby(rows["g"]).sum() / (left**2).sum()
    assert clustered(FORMULA, rows, "g").leverage()["x"].to_numpy() == pytest.approx(share)


@pytest.mark.parametrize("treated", [3, 4])
def test_size_with_few_treated_clusters(treated):
    rejected = {"CR1": 0, "CR2": 0}
    for seed in range(400):
        rows = data(seed, 20, treated)
        for kind in rejected:
            rejected[kind] += (
                clustered(FORMULA, rows, "g", kind=kind).to_frame().loc["treated", "p"] < 0.05
            )
    assert rejected["CR1"] > 400 * 0.09
    assert rejected["CR2"] < 400 * 0.075


def test_kinds_of_columns_that_pandas_has_are_taken():
    rows = data()
    plain = clustered(FORMULA, rows, "g").tidy()
    for dtypes in (rows.convert_dtypes(), rows.convert_dtypes(dtype_backend="pyarrow")):
        pd.testing.assert_frame_equal(clustered(FORMULA, dtypes, "g").tidy(), plain)


def test_order_of_rows_changes_nothing():
    rows = data()
    for kind in ("CR1", "CR2", "CR3"):
        one, other = (
            clustered(FORMULA, d, "g", kind=kind).tidy() for d in (rows, rows.sample(frac=1))
        )
        pd.testing.assert_frame_equal(one, other, rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        (lambda d: d.assign(g=1), {}, "one cluster only"),
        (lambda d: d.assign(z=d["x"] * 2), {"formula": "y ~ x + z"}, "'z' is collinear"),
        (lambda d: d.assign(x=d["x"].where(d["x"] < 1)), {}, "missing or infinite"),
        (lambda d: d.assign(g=d["g"].where(d["g"] > 1)), {}, "'g' is missing"),
        (lambda d: d, {"weights": "t"}, "'t' has .* values such as 0"),
        (lambda d: d, {"kind": "CR4"}, "no kind 'CR4'"),
        (lambda d: d, {"formula": "y ~ treated | g | t"}, "2 bars"),
        (lambda d: d, {"formula": "y ~ treated | g * t"}, "not different names of columns"),
        (lambda d: d.assign(treated=d["g"] == 0), {"kind": "CR3"}, "without the cluster 0 nothing"),
        (lambda d: d, {"working": [1.0]}, "differ in length"),
        (lambda d: d.iloc[[0, 1, -1]], {}, "leave nothing to judge by"),
    ],
)
def test_bad_input_is_named(change, options, words):
    options = {"formula": FORMULA, "data": change(data()), "cluster": "g"} | options
    with pytest.raises(DataError, match=words) as caught:
        clustered(**options)
    assert caught.value.remedy


def test_controls_far_from_zero_are_not_collinear():
    rows = data().assign(big=lambda d: 1e6 + 5 * np.sin(np.arange(len(d))))
    small = rows.assign(big=rows["big"] - 1e6)
    formula = "y ~ treated + big"
    one, other = (clustered(formula, d, "g").to_frame().loc["treated"] for d in (rows, small))
    assert one["estimate"] == pytest.approx(other["estimate"], rel=1e-6)
    assert one["error"] == pytest.approx(other["error"], rel=1e-5)


def test_effective_clusters_refuses_what_effects_hold():
    rows = data()
    rows["treated"] = rows["treated"] * (rows["t"] > 0)
    found = clustered("y ~ treated | g + t", rows, "g")
    with pytest.raises(DataError, match="nothing is left of 'treated'"):
        found.effective_clusters("treated", 1.0)
    with pytest.raises(DataError, match="no term 'age'"):
        found.effective_clusters("age")
    with pytest.raises(DataError, match="rho = 2"):
        found.effective_clusters("treated", 2)
