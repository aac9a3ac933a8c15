"""Random effects, funnels and shares by cluster: published figures, closed forms, known truth."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.proportion import proportion_confint

from evalbook.errors import DataError
from evalbook.models import clustered_share, funnel, random_effects

# Tuberculosis with and without, vaccinated and not, in 13 trials of BCG (Colditz et al. 1994,
# Journal of the American Medical Association 271:698-702).
BCG = np.array(
    [
        [4, 119, 11, 128],
        [6, 300, 29, 274],
        [3, 228, 11, 209],
        [62, 13536, 248, 12619],
        [33, 5036, 47, 5761],
        [180, 1361, 372, 1079],
        [8, 2537, 10, 619],
        [505, 87886, 499, 87892],
        [29, 7470, 45, 7232],
        [17, 1699, 65, 1600],
        [186, 50448, 141, 27197],
        [5, 2493, 3, 2338],
        [27, 16886, 29, 17825],
    ]
)


def bcg():
    a, b, c, d = BCG.T
    return np.log(a / (a + b) / (c / (c + d))), np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))


def test_bcg_as_published():
    # Viechtbauer (2010), Journal of Statistical Software 36(3), section 3.1: rma(yi, vi).
    found = random_effects(*bcg())
    assert found.mean == pytest.approx(-0.7145, abs=5e-5)
    assert found.error == pytest.approx(0.1798, abs=5e-5)
    assert found.interval == pytest.approx((-1.0669, -0.3622), abs=5e-5)
    assert found.tau2 == pytest.approx(0.3132, abs=5e-5)
    assert found.i2 == pytest.approx(0.9222, abs=5e-5)
    assert found.q == pytest.approx(152.2330, abs=5e-5)
    # The same, confint().
    assert found.tau2_interval == pytest.approx((0.1197, 1.1115), abs=5e-5)


def test_moments_agree_with_a_second_library():
    y, error = bcg()
    found, theirs = (
        random_effects(y, error, method="dl"),
        combine_effects(y, error**2, method_re="chi2"),
    )
    assert found.tau2 == pytest.approx(theirs.tau2)
    assert found.mean == pytest.approx(theirs.summary_frame().loc["random effect", "eff"])
    assert found.tau2 == pytest.approx(0.3088, abs=5e-5)


def test_equal_errors_have_a_closed_form():
    y = np.array([1.0, 3.0, 4.0, 8.0])
    found = random_effects(y, np.ones(4))
    assert found.tau2 == pytest.approx(y.var(ddof=1) - 1, rel=1e-6)
    weight = found.tau2 / (found.tau2 + 1)
    shrunken = found.shrunken()
    assert shrunken["estimate"].to_numpy() == pytest.approx(weight * y + (1 - weight) * 4)
    assert (shrunken["weight"] - weight).abs().max() < 1e-12


def test_without_differences_the_truths_are_alike():
    found = random_effects([1.0, 1.1, 0.9], [1.0, 1.0, 1.0])
    assert found.tau2 == 0
    assert found.tau2_interval[0] == 0
    assert found.shrunken()["estimate"].tolist() == pytest.approx([1, 1, 1])


def test_truths_are_recovered_and_better_told_when_shrunken():
    random = np.random.default_rng(1)
    truth = random.normal(0, 0.4, 60)
    error = random.uniform(0.2, 0.8, 60)
    y = truth + random.normal(0, error)
    found = random_effects(pd.Series(y, index=[f"u{i}" for i in range(60)]), error)
    assert found.tau2_interval[0] < 0.16 < found.tau2_interval[1]
    shrunken = found.shrunken()
    assert shrunken.index[0] == "u0"
    assert ((shrunken["estimate"] - truth) ** 2).mean() < ((y - truth) ** 2).mean() * 0.7
    inside = (shrunken["lower"] < truth) & (truth < shrunken["upper"])
    assert inside.mean() > 0.85
    assert found.plot().get_legend() is not None


@pytest.mark.parametrize(
    ("y", "error", "words"),
    [
        ([1.0], [1.0], "one estimate only"),
        ([1.0, 2.0], [1.0, 0.0], "'error'"),
        ([1.0, np.nan], [1.0, 1.0], "'estimate' is missing"),
        ([1.0, 2.0], [1.0], "differ in length"),
    ],
)
def test_estimates_that_cannot_be_are_named(y, error, words):
    with pytest.raises(DataError, match=words):
        random_effects(y, error)


# -- funnels ---------------------------------------------------------------------------------------


def test_exact_limits_are_those_of_poisson_counts():
    found = funnel([10, 20, 30], [20.0, 20.0, 20.0])
    low, high = found.table["lower_95"].iloc[0] * 20, found.table["upper_95"].iloc[0] * 20
    assert stats.poisson.ppf(0.025, 20) - 1 <= low <= stats.poisson.ppf(0.025, 20)
    assert stats.poisson.ppf(0.975, 20) - 1 <= high <= stats.poisson.ppf(0.975, 20)
    assert found.table["outside"].tolist() == [0.95, 0, 0.95]
    assert found.outside.to_dict() == {0.95: 2, 0.998: 0}
    assert found.expected_outside[0.95] == pytest.approx(0.15)


def differing(tau, units=400, seed=1):
    random = np.random.default_rng(seed)
    expected = random.uniform(20, 400, units)
    return random.poisson(expected * (1 + tau * random.normal(size=units)) ** 2), expected


@pytest.mark.parametrize(
    ("tau", "overdispersion"),
    [(0.0, None), (0.0, "additive"), (0.1, "additive"), (0.1, "multiplicative")],
)
def test_as_many_lie_outside_as_chance_would_have(tau, overdispersion):
    found = funnel(*differing(tau), overdispersion=overdispersion, trim=0.0)
    assert found.outside[0.95] == pytest.approx(found.expected_outside[0.95], abs=15)


def test_differences_that_nothing_explains_are_found_and_without_them_too_many_lie_outside():
    found = funnel(*differing(0.1))
    assert found.outside[0.95] > 4 * found.expected_outside[0.95]
    wide = funnel(*differing(0.1), overdispersion="additive")
    assert wide.tau2 == pytest.approx(0.01, rel=0.4)
    assert wide.phi == pytest.approx(found.phi)
    assert (wide.table["upper_95"] > found.table["upper_95"]).all()
    assert "by chance 20.0" in wide.summary()
    assert len(wide.plot().lines) == 6


def test_the_variance_of_the_winsorised_z_by_hand():
    expected = np.full(10, 100.0)
    z = np.array([-9, -1, -0.8, -0.5, 0, 0.3, 0.5, 0.9, 1.1, 8])
    observed = (np.sqrt(expected) + z / 2) ** 2
    found = funnel(observed, expected, overdispersion="additive", trim=0.1)
    low, high = np.quantile(z, [0.1, 0.9])
    phi = (np.clip(z, low, high) ** 2).mean()
    assert found.phi == pytest.approx(phi)
    # Equal weights of 400: (10 phi - 9) / (4000 - 400).
    assert found.tau2 == pytest.approx(max(0, (10 * phi - 9) / 3600))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"limits": (95,)}, "limits"),
        ({"trim": 0.5}, "trim"),
        ({"overdispersion": "both"}, "no overdispersion 'both'"),
        ({"expected": [1.0, 0.0]}, "'expected'"),
        ({"observed": [1, -1]}, "'observed'"),
        ({"observed": [1], "expected": [1.0]}, "one unit only"),
    ],
)
def test_funnels_that_cannot_be_are_named(options, words):
    given = {"observed": [1, 2], "expected": [1.0, 2.0]} | options
    with pytest.raises(DataError, match=words):
        funnel(given.pop("observed"), given.pop("expected"), **given)


# -- shares by cluster -----------------------------------------------------------------------------


def rows(seed=1, clusters=24, spread=2.0, truth=0.1, size=30):
    random = np.random.default_rng(seed)
    place = np.repeat(np.arange(clusters), size)
    p = random.beta(truth * 50 / spread, (1 - truth) * 50 / spread, clusters)
    return (random.random(len(place)) < p[place]).astype(int), np.ones(len(place)), place


def test_single_persons_have_the_error_of_a_share():
    hits = np.array([1] * 12 + [0] * 28)
    found = clustered_share(hits, np.ones(40), range(40))
    assert found.estimate == pytest.approx(0.3)
    assert found.error == pytest.approx(np.sqrt(0.3 * 0.7 / 39))
    assert (found.df, found.n, found.clusters) == (39, 40, 40)
    wald = clustered_share(hits, np.ones(40), range(40), interval="wald")
    assert wald.upper - 0.3 == pytest.approx(stats.t.ppf(0.975, 39) * wald.error)


def test_persons_in_pairs_who_are_alike_count_once():
    hits, ones = np.repeat([1] * 6 + [0] * 14, 2), np.ones(40)
    pairs = clustered_share(hits, ones, np.repeat(range(20), 2))
    single = clustered_share([1] * 6 + [0] * 14, np.ones(20), range(20))
    assert (pairs.estimate, pairs.error, pairs.df) == pytest.approx(
        (single.estimate, single.error, 19)
    )
    assert (pairs.lower, pairs.upper) == pytest.approx((single.lower, single.upper))


@pytest.mark.parametrize(("interval", "theirs"), [("beta", "beta"), ("wilson", "wilson")])
def test_of_independent_persons_intervals_are_nearly_the_usual_ones(interval, theirs):
    hits = np.array([1] * 9 + [0] * 91)
    found = clustered_share(hits, np.ones(100), range(100), interval=interval)
    # n - 1 in place of n persons.
    assert (found.lower, found.upper) == pytest.approx(
        proportion_confint(9, 100, method=theirs), abs=0.002
    )


@pytest.mark.parametrize("interval", ["logit", "beta", "wilson", "wald"])
def test_between_places_that_differ_the_truth_is_covered(interval):
    hits = []
    for seed in range(500):
        found = clustered_share(*rows(seed), interval=interval)
        hits.append(found.lower <= 0.1 <= found.upper)
    assert np.mean(hits) == pytest.approx(0.95, abs=0.035)
    naive = [clustered_share(r[0], r[1], range(len(r[0]))) for r in (rows(s) for s in range(200))]
    assert np.mean([n.lower <= 0.1 <= n.upper for n in naive]) < 0.9


def test_strata_take_out_what_lies_between_them():
    hits, ones, place = rows(3)
    strata = place % 2
    whole = clustered_share(hits, ones, place)
    part = clustered_share(hits, ones, place, strata=strata)
    assert part.df == whole.df - 1
    sums = pd.Series((hits - part.estimate) / len(hits)).groupby(place).sum()
    by_hand = sum(12 / 11 * ((s - s.mean()) ** 2).sum() for s in (sums[::2], sums[1::2]))
    assert part.error == pytest.approx(by_hand**0.5)


def test_weights_count_persons_so_many_times():
    hits, ones, place = rows(4)
    weighted = clustered_share(hits, ones, place, weights=1 + place % 2)
    twice = np.concatenate([np.arange(len(hits)), np.flatnonzero(place % 2)])
    plain = clustered_share(hits[twice], ones[twice], place[twice])
    assert (weighted.estimate, weighted.error) == pytest.approx((plain.estimate, plain.error))


def test_nobody_counted_still_leaves_an_upper_bound():
    found = clustered_share(np.zeros(50), np.ones(50), np.repeat(range(10), 5))
    assert found.lower == 0
    assert found.upper == pytest.approx(1 - 0.025 ** (1 / 10))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cluster": [1, 1, 1, 1]}, "there is one cluster only"),
        ({"strata": [1, 1, 1, 2]}, "stratum 2 has one cluster"),
        ({"strata": [1, 2, 1, 2], "cluster": [1, 1, 2, 2]}, "more than one stratum"),
        ({"numerator": [2, 0, 1, 0]}, "'numerator' exceeds 'denominator' in 1 rows"),
        ({"denominator": [0, 0, 0, 0], "numerator": [0] * 4}, "no 'denominator' is above 0"),
        ({"numerator": [1, None, 0, 0]}, "'numerator' is missing"),
        ({"weights": [1, 1, 0, 1]}, "'weights'"),
        ({"interval": "exact"}, "no interval 'exact'"),
        ({"numerator": [1, 0, 1, 0], "cluster": [1, 1, 2, 2]}, "the same in all clusters"),
    ],
)
def test_shares_that_cannot_be_are_named(change, words):
    given = {
        "numerator": [1, 0, 1, 1],
        "denominator": [1, 1, 1, 1],
        "cluster": [1, 2, 3, 4],
    } | change
    with pytest.raises(DataError, match=words) as caught:
        clustered_share(**given)
    assert caught.value.remedy
