"""Inference with few clusters: published p values, brute force, second libraries, size."""

from itertools import combinations, product

import diff_diff.utils
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import stats

from evalbook.errors import DataError
from evalbook.models import difference_in_differences, randomisation_test, wild_cluster_bootstrap
from tests.statistics.panels import panel

SIX = np.array([-np.sqrt(1.5), -1, -np.sqrt(0.5), np.sqrt(0.5), 1, np.sqrt(1.5)])
FORMULA = "y ~ treated + x + C(unit) + C(time)"


def darwin():
    """Darwin's 15 pairs of maize: differences in height in eighths of an inch, from Fisher."""
    difference = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    return pd.DataFrame({"y": difference, "pair": range(15)})


def test_all_signs_give_fishers_p():
    """Fisher (1935), The Design of Experiments, section 21: 863 of 32,768 sums are as large."""
    found = wild_cluster_bootstrap(
        "y ~ 1", darwin(), "Intercept", "pair", weights="rademacher", enumerate_all=True
    )
    assert found.p == 1726 / 32768
    # Fisher's t of the 15 differences; each is a cluster of its own, and CRV1 is his variance.
    assert found.t == pytest.approx(2.148, abs=0.001)
    assert (found.draws, found.possible, found.clusters) == (32768, 32768, 15)


def test_random_signs_come_near_fishers_p():
    found = wild_cluster_bootstrap(
        "y ~ 1", darwin(), "Intercept", "pair", weights="rademacher", draws=9999
    )
    assert found.p == pytest.approx(1726 / 32768, abs=4 * np.sqrt(0.0527 * 0.9473 / 9999))


def test_the_lady_tasting_tea():
    """Fisher (1935), section 5: one of 70 ways to choose four cups; on both sides two."""
    cups = pd.DataFrame({"milk_first": [1] * 4 + [0] * 4, "said": [1] * 4 + [0] * 4})
    found = randomisation_test("said ~ milk_first", cups, "milk_first")
    assert found.value == np.inf
    assert found.p == pytest.approx(2 / 70)
    assert (found.assignments, found.possible) == (70, 70)
    # Three of four right: 1 + 16 ways as good, as many as bad.
    cups["said"] = [1, 1, 1, 0, 1, 0, 0, 0]
    assert randomisation_test("said ~ milk_first", cups, "milk_first").p == pytest.approx(34 / 70)


def by_brute_force(data, multipliers, null):
    """Draw by draw: fit without the parameter, multiply residuals by cluster, fit again."""
    moved = data.assign(y=data["y"] - null * data["treated"])
    restricted = smf.ols(FORMULA.replace("treated + ", ""), moved).fit()

    model = smf.ols(FORMULA, data)
    place = model.exog_names.index("treated")

    def t(outcome):
        fit = sm.OLS(np.asarray(outcome), model.exog).fit(
            cov_type="cluster", cov_kwds={"groups": data["unit"].to_numpy()}
        )
        return fit.tvalues[place]

    drawn = [
        t(restricted.fittedvalues + restricted.resid * np.array(v)[data["unit"]])
        for v in multipliers
    ]
    return np.mean(np.abs(drawn) >= abs(t(moved["y"])) - 1e-8)


@pytest.mark.parametrize("null", [0.0, 0.8])
def test_signs_are_what_brute_force_gives(null):
    data = panel(3, treated=3, comparison=4, times=3, start=2)
    moved = data.assign(y=data["y"] - null * data["treated"])
    found = wild_cluster_bootstrap(FORMULA, moved, "treated", "unit", weights="rademacher")
    assert found.p == pytest.approx(
        by_brute_force(data, product([-1, 1], repeat=7), null), abs=1e-12
    )


def test_six_points_are_what_brute_force_gives():
    data = panel(3, treated=1, comparison=2, times=4, start=2)
    found = wild_cluster_bootstrap(FORMULA, data, "treated", "unit")
    assert (found.draws, found.possible) == (216, 216)
    assert found.p == pytest.approx(by_brute_force(data, product(SIX, repeat=3), 0), abs=1e-12)


def test_diff_diff_agrees_on_p_and_interval_when_all_signs_are_taken():
    data = panel(6, treated=5, comparison=6, effect=1)
    model = smf.ols(FORMULA, data)
    other = diff_diff.utils.wild_bootstrap_se(
        model.exog,
        model.endog,
        model.endog,
        data["unit"].to_numpy(),
        model.exog_names.index("treated"),
        n_bootstrap=4999,
    )
    found = wild_cluster_bootstrap(FORMULA, data, "treated", "unit", weights="rademacher")
    # They do not count the observed signs and their mirror image as extreme.
    assert found.p - 2 / 2**11 == pytest.approx(other.p_value, abs=1e-9)
    # So their interval is narrower, by a step of p.
    assert found.interval[0] <= other.ci_lower <= found.interval[0] + 0.02
    assert found.interval[1] - 0.02 <= other.ci_upper <= found.interval[1]


def test_the_panel_and_the_formula_give_the_same():
    data = panel(7)
    one = difference_in_differences(data, "y", "unit", "time", "treated", controls=["x"], draws=999)
    other = wild_cluster_bootstrap(FORMULA, data, "treated", "unit", draws=999)
    again = randomisation_test(FORMULA, data, "treated", cluster="unit", time="time", draws=999)
    assert one.p_wild == other.p
    assert one.interval == pytest.approx(other.interval, abs=1e-8)
    assert one.p_randomisation == again.p


@pytest.mark.parametrize("weights", ["webb", "rademacher"])
def test_the_interval_holds_the_nulls_that_are_not_rejected(weights):
    data = panel(8, treated=6, comparison=8)
    found = wild_cluster_bootstrap(FORMULA, data, "treated", "unit", weights=weights, draws=999)
    for bound, inwards in zip(found.interval, (1, -1), strict=True):
        for step, rejected in ((0.02 * inwards, False), (-0.02 * inwards, True)):
            moved = data.assign(y=data["y"] - (bound + step) * data["treated"])
            p = wild_cluster_bootstrap(
                FORMULA, moved, "treated", "unit", weights=weights, draws=999
            ).p
            assert (p <= 0.05) == rejected


def test_with_too_few_different_draws_the_interval_is_unbounded():
    data = panel(1, treated=2, comparison=2, effect=50)
    found = wild_cluster_bootstrap(FORMULA, data, "treated", "unit", weights="rademacher")
    # 16 vectors of signs, and each has a twin of opposite sign: p is never below 1/8.
    assert found.p >= 1 / 8
    assert found.interval == (-np.inf, np.inf)
    only = difference_in_differences(
        panel(1, treated=1, comparison=9), "y", "unit", "time", "treated"
    )
    assert only.p_randomisation >= 1 / 10
    assert only.interval == (-np.inf, np.inf)


# -- randomisation ---------------------------------------------------------------------------------


def test_scipy_agrees_when_all_assignments_are_taken():
    random = np.random.default_rng(4)
    data = pd.DataFrame({"y": random.gamma(1, size=11), "d": [1] * 4 + [0] * 7})

    def t(treated, others, axis):
        spread = (
            ((values - values.mean(axis, keepdims=True)) ** 2).sum(axis) / values.shape[axis] ** 2
            for values in (treated, others)
        )
        return (treated.mean(axis) - others.mean(axis)) / np.sqrt(sum(spread))

    other = stats.permutation_test(
        (data["y"][:4], data["y"][4:]),
        lambda *x, axis: np.abs(t(*x, axis)),
        vectorized=True,
        n_resamples=np.inf,
        alternative="greater",
    )
    found = randomisation_test("y ~ d", data, "d")
    assert found.assignments == 330
    assert found.p == pytest.approx(other.pvalue, abs=1e-12)


def test_a_function_and_a_formula_agree_on_the_coefficient():
    random = np.random.default_rng(2)
    data = pd.DataFrame({"y": random.normal(size=9), "d": [1, 0, 0] * 3})
    by_hand = randomisation_test(
        lambda d: d.loc[d["d"] == 1, "y"].mean() - d.loc[d["d"] == 0, "y"].mean(), data, "d"
    )
    found = randomisation_test("y ~ d", data, "d", on="coefficient")
    assert tuple(by_hand) == pytest.approx(tuple(found))


def test_assignments_stay_within_strata_and_move_whole_clusters():
    random = np.random.default_rng(3)
    data = pd.DataFrame({"school": np.repeat(np.arange(8), 3), "y": random.normal(size=24)})
    data["town"], data["d"] = data["school"] // 4, data["school"].isin([0, 5, 6]).astype(int)
    seen = set()

    def remember(table):
        treated = table.groupby("school")["d"].agg(["min", "max"])
        assert (treated["min"] == treated["max"]).all()
        seen.add(tuple(treated.index[treated["max"] == 1]))
        return float(table.loc[table["d"] == 1, "y"].mean())

    found = randomisation_test(remember, data, "d", cluster="school", strata="town")
    assert seen == {(a, b, c) for a in range(4) for b, c in combinations(range(4, 8), 2)}
    assert (found.assignments, found.possible, found.n_treated) == (24, 24, 3)


def test_units_that_start_at_different_times_change_places_with_their_course():
    data = panel(2, treated=3, comparison=3, times=4)
    data.loc[(data["unit"] == 0) & (data["time"] == 1), "treated"] = 1
    found = difference_in_differences(
        data, "y", "unit", "time", "treated", inference=["randomisation"]
    )
    assert found.assignments == found.assignments_possible == 6 * 10
    again = randomisation_test(
        "y ~ treated + C(unit) + C(time)", data, "treated", cluster="unit", time="time"
    )
    assert found.p_randomisation == again.p


def test_below_five_treated_only_randomisation_is_given():
    for treated, comparison in ((4, 20), (20, 4)):
        found = difference_in_differences(
            panel(1, treated, comparison),
            "y",
            "unit",
            "time",
            "treated",
            inference=["wild"],
            draws=999,
        )
        assert found.p_wild is None
        assert found.interval_by == "randomisation"
        assert found.p_randomisation is not None
        assert "only randomisation inference" in found.summary()
    five = difference_in_differences(
        panel(1, 5, 20), "y", "unit", "time", "treated", inference=["wild"], draws=999
    )
    assert (five.interval_by, five.p_randomisation, five.warning) == ("wild", None, "")


def test_clusters_of_units_are_reassigned_whole():
    data = panel(5, treated=8, comparison=8).assign(region=lambda d: d["unit"] // 2)
    found = difference_in_differences(data, "y", "unit", "time", "treated", cluster="region")
    assert (found.clusters, found.clusters_treated, found.n_treated, found.assignments) == (
        8,
        4,
        8,
        70,
    )
    mixed = data.assign(region=lambda d: d["unit"] % 4)
    assert (
        difference_in_differences(
            mixed, "y", "unit", "time", "treated", cluster="region", draws=99
        ).assignments_possible
        == 12870
    )


# -- the same again --------------------------------------------------------------------------------


def test_order_of_rows_changes_nothing_at_all():
    data = panel(4).assign(unit=lambda d: "m" + d["unit"].astype(str))
    mixed = data.sample(frac=1, random_state=2)
    one, other = (
        difference_in_differences(d, "y", "unit", "time", "treated", controls=["x"], draws=199)
        for d in (data, mixed)
    )
    pd.testing.assert_frame_equal(one.to_frame(), other.to_frame(), check_exact=True)
    one, other = (
        wild_cluster_bootstrap(FORMULA, d, "treated", "unit", draws=199) for d in (data, mixed)
    )
    assert tuple(one) == tuple(other)
    one, other = (
        randomisation_test(FORMULA, d, "treated", cluster="unit", time="time", draws=199)
        for d in (data, mixed)
    )
    assert tuple(one) == tuple(other)


def test_another_seed_gives_other_draws():
    first, second = (
        difference_in_differences(
            panel(4, effect=0.3), "y", "unit", "time", "treated", draws=199, seed=s
        )
        for s in (1, 2)
    )
    assert (first.p_wild, first.p_randomisation) != (second.p_wild, second.p_randomisation)
    assert first.estimate == second.estimate


# -- size and cover --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("treated", "comparison", "options"), [(6, 26, {}), (8, 24, {"size_spread": 0.5})]
)
def test_five_per_cent_are_significant_when_nothing_happens_and_intervals_cover(
    treated, comparison, options
):
    wild = randomised = missed = 0
    for seed in range(250):
        data = panel(1000 + seed, treated, comparison, effect=0, **options)
        found = difference_in_differences(data, "y", "unit", "time", "treated", draws=99, seed=seed)
        wild, randomised = (
            wild + (found.p_wild <= 0.05),
            randomised + (found.p_randomisation <= 0.05),
        )
        missed += not found.interval[0] <= 0 <= found.interval[1]
    # Binomial(250, 0.05) has mean 12.5 and standard deviation 3.4; the larger simulation is in
    # benchmarks/calibration.py.
    for count in (wild, randomised, missed):
        assert 3 <= count <= 22


# -- bad input -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "options", "named"),
    [
        (("y ~ treated + nowhere", "treated", "unit"), {}, "nowhere"),
        (("y ~ treated", "other", "unit"), {}, "no term 'other'"),
        (("y ~ treated", "treated", "nowhere"), {}, "no column 'nowhere'"),
        (("y ~ treated + twice", "treated", "unit"), {}, "'treated' is collinear"),
        (("y ~ treated + holes", "treated", "unit"), {}, "missing or infinite"),
        (("same ~ treated", "treated", "unit"), {}, "same in all rows"),
        (("y ~ treated", "treated", "same"), {}, "one cluster only"),
        (("y ~ treated", "treated", "unit"), {"weights": "mammen"}, "webb, rademacher"),
        (("y ~ treated", "treated", "unit"), {"draws": 10}, "at least 19"),
        (("y ~ treated", "treated", "unit"), {"seed": -1}, "seed = -1"),
        (("y ~ treated", "treated", "unit"), {"enumerate_all": True}, "too many to list"),
    ],
)
def test_what_the_bootstrap_refuses(arguments, options, named):
    formula, param, cluster = arguments
    data = panel().assign(
        twice=lambda d: 2 * d["treated"] + 1, same=1.0, holes=lambda d: d["x"].where(d.index > 3)
    )
    with pytest.raises(DataError, match=named):
        wild_cluster_bootstrap(formula, data, param, cluster, **options)


@pytest.mark.parametrize(
    ("statistic", "options", "named"),
    [
        ("y ~ treated", {"cluster": "unit"}, "varies within a 'unit'"),
        ("y ~ treated", {"cluster": "unit", "time": "x"}, "not all clusters are seen"),
        ("y ~ treated * x", {}, "not one plain term"),
        ("y ~ x", {}, "not one plain term"),
        ("y ~ treated", {"on": "z"}, "t or coefficient"),
        ("y ~ treated", {"strata": "nowhere"}, "no column 'nowhere'"),
        (
            "y ~ treated",
            {"cluster": "unit", "time": "time", "strata": "treated"},
            "more than one 'treated'",
        ),
        (lambda d: np.nan, {"draws": 19}, "missing or infinite"),
    ],
)
def test_what_the_randomisation_test_refuses(statistic, options, named):
    with pytest.raises(DataError, match=named):
        randomisation_test(statistic, panel(), "treated", **options)


def test_a_treatment_that_is_no_choice_is_refused():
    for value, named in ((1, "same for all"), (0, "same for all"), (2, "value 2")):
        with pytest.raises(DataError, match=named):
            randomisation_test("y ~ treated", panel().assign(treated=value), "treated")
