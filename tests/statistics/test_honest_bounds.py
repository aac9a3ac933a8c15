"""Honest bounds and the power of pre-tests: against the authors' own packages, and coverage."""

import math
import time

import numpy as np
import pytest
from scipy import stats

from evalbook.errors import DataError
from evalbook.models import honest_bounds, pretrend_power
from evalbook.models.did.smoothness import folded_quantile

# Event study of profits in Benzarti & Carloni (2019), as HonestDiD ships it: 2004-2007, 2009-2012.
BC = np.array(
    [
        *(0.006696351804, 0.02934503369, -0.006472972222, 0.0730149895),
        *(0.1959611177, 0.3120639026, 0.2395415455, 0.1260425001),
    ]
)
_LOWER = """
0.0008428358124
0.0004768686777 0.0006425420288
0.0002618051076 0.0003987425007 0.0005229949602
0.0002354220342 0.0002435515198 0.000211768609 0.0003089595411
0.0001676371467 0.0002201960306 0.0001840722252 0.0001197866077 0.000359970436
0.0001128707663 0.0001804591157 0.000145852784 0.0001334081317 0.0002478818642 0.0004263949813
1.992816215e-05 3.84376508e-05 7.005197403e-05 0.0001016335009 0.0001749579242 0.0002171437809 0.0004886697861
-0.0001368265366 -2.960421989e-05 5.952994979e-05 0.0001079051726 0.0001654256921 0.0002892747871 0.0003805322049 0.000761739444
"""  # noqa: E501


def symmetric(text):
    rows = [[float(value) for value in line.split()] for line in text.split("\n") if line]
    matrix = np.zeros((len(rows), len(rows)))
    for place, row in enumerate(rows):
        matrix[place, : len(row)] = matrix[: len(row), place] = row
    return matrix


BC_COVARIANCE = symmetric(_LOWER)


def test_smooth_bounds_are_those_of_the_authors_package():
    # HonestDiD, createSensitivityResults(method = "FLCI"), which simulates the folded normal.
    found = honest_bounds(BC, BC_COVARIANCE, 4, kind="smoothness", m=[0, 0.1, 0.2])
    assert found.lower == pytest.approx([0.1314113, 0.1194440, 0.0194440], abs=1.5e-4)
    assert found.upper == pytest.approx([0.2161696, 0.4185082, 0.5185082], abs=1.5e-4)
    # constructOriginalCS and DeltaSD_upperBound_Mpre.
    assert found.original == pytest.approx((0.15877494, 0.23314729), abs=1e-7)
    default = honest_bounds(BC, BC_COVARIANCE, 4, kind="smoothness").m
    assert len(default) == 10
    assert default[-1] == pytest.approx(0.202169869297069)


def test_relative_bounds_are_those_of_the_authors_package():
    # HonestDiD, computeConditionalCS_DeltaRM(Mbar = 1, hybrid_flag = "LF"), on a grid of 0.0038.
    found = honest_bounds(BC, BC_COVARIANCE, 4, m=[1])
    assert found.lower[0] == pytest.approx(0.0705524, abs=0.005)
    assert found.upper[0] == pytest.approx(0.3184394, abs=0.005)
    assert honest_bounds(BC, BC_COVARIANCE, 4).m.tolist() == np.linspace(0, 2, 10).tolist()


@pytest.mark.parametrize("kind", ["relative", "smoothness"])
def test_the_breakdown_value_is_where_the_interval_meets_zero(kind):
    breakdown = honest_bounds(BC, BC_COVARIANCE, 4, kind=kind).breakdown
    found = honest_bounds(BC, BC_COVARIANCE, 4, kind=kind, m=[0.98 * breakdown, 1.02 * breakdown])
    assert found.lower[0] > 0 > found.lower[1]
    assert (np.diff(found.upper) > 0).all()
    nothing = honest_bounds(BC * [1, 1, 1, 1, 0.1, 1, 1, 1], BC_COVARIANCE, 4, kind=kind)
    assert nothing.breakdown == 0


def test_a_straight_violation_is_extrapolated_as_by_least_squares():
    """With m = 0 the estimator is the best linear one that takes out a line."""
    times = np.array([-4, -3, -2, -1, 1])
    covariance = np.diag([0.04, 0.01, 0.02, 0.03, 0.01])
    found = honest_bounds(0.5 * times + [0, 0, 0, 0, 2], covariance, 4, kind="smoothness", m=[0])
    weight = 1 / np.diag(covariance)[:4]
    variance = 0.01 + 1 / (weight @ times[:4] ** 2)
    assert (found.lower[0] + found.upper[0]) / 2 == pytest.approx(2)
    half = (found.upper[0] - found.lower[0]) / 2
    assert half == pytest.approx(stats.norm.ppf(0.975) * variance**0.5)


def test_the_folded_normal():
    assert folded_quantile(0.0) == pytest.approx(stats.norm.ppf(0.975))
    for bias in (0.3, 1.0, 4.0, 20.0):
        inside = stats.foldnorm.cdf(folded_quantile(bias), bias)
        assert inside == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("kind", "violation", "m"),
    [
        ("relative", [0.6, 0.4, 0.2, -0.2], 1.0),
        ("relative", [0.6, 0.4, 0.2, 0.2], 1.0),
        ("relative", [0.1, 0.05, 0.02, -0.1], 2.0),
        ("smoothness", [0.6, 0.4, 0.2, -0.4], 0.2),
        ("smoothness", [0.9, 0.5, 0.2, 0.0], 0.2),
    ],
)
def test_violations_of_the_size_allowed_for_are_covered(kind, violation, m):
    random = np.random.default_rng(1)
    root = 0.1 * (np.eye(4) + 0.3)
    hits, rounds = 0, 100
    for _ in range(rounds):
        estimates = np.array(violation) + root @ random.normal(size=4)
        found = honest_bounds(estimates, root @ root.T, 3, kind=kind, m=[m])
        hits += found.lower[0] <= 0 <= found.upper[0]
    assert hits / rounds > 0.89


def test_means_of_effects_and_later_ones():
    mean = honest_bounds(BC, BC_COVARIANCE, 4, m=[0.5], after=[0.25] * 4)
    assert mean.estimate == pytest.approx(BC[4:].mean())
    last = honest_bounds(BC, BC_COVARIANCE, 4, m=[0.5], after=3)
    first = honest_bounds(BC, BC_COVARIANCE, 4, m=[0.5])
    assert last.upper[0] - last.lower[0] > 2 * (first.upper[0] - first.lower[0])


def test_it_is_told_tidied_drawn_and_fast():
    random = np.random.default_rng(2)
    root = random.normal(size=(12, 24))
    began = time.perf_counter()
    found = honest_bounds(random.normal(size=12), root @ root.T / 24, 6)
    assert time.perf_counter() - began < 20
    assert "breakdown value" in found.summary()
    assert list(found.tidy()["m"]) == list(found.m)
    assert found.plot() is not None


BAD = BC_COVARIANCE - 0.01 * np.eye(8)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"covariance": BAD}, "not positive semidefinite"),
        ({"covariance": BC_COVARIANCE[:7]}, r"the shape \(7, 8\)"),
        ({"covariance": np.triu(BC_COVARIANCE)}, "not symmetric"),
        ({"estimates": np.where(BC > 0.3, np.nan, BC)}, "'estimates' is missing"),
        ({"before": 0}, "before = 0"),
        ({"before": 8}, "before = 8"),
        ({"m": [-1]}, "m = "),
        ({"after": 4}, "after = 4"),
        ({"after": [1, 0]}, "after = "),
        ({"kind": "smooth"}, "no kind 'smooth'"),
    ],
)
def test_what_cannot_be_is_refused(options, words):
    given = {"estimates": BC, "covariance": BC_COVARIANCE, "before": 4} | options
    with pytest.raises(DataError, match=words) as caught:
        honest_bounds(**given)
    assert caught.value.remedy


# -- power -----------------------------------------------------------------------------------------

# Event study of He & Wang (2017), figure 2C, as the package pretrends ships it.
HW = np.array(
    [0.066703148, -0.007701792, -0.030769054, 0.084030658, 0.242441818, 0.219878986, 0.191092536]
)
HW_COVARIANCE = symmetric("""
0.00890657119
0.00448831357 0.00593691692
0.00145870249 0.00275007915 0.00303862477
0.00121576886 0.00135058584 0.00090561662 0.00392474094
0.00203276449 0.00143154594 0.00067912985 0.00259611802 0.00806589704
0.00132250146 0.00120677915 0.00101676362 0.00173261494 0.00587537512 0.00788157899
0.0019617728 0.00138471578 0.00070901442 0.00223455252 0.00374143594 0.00365070952 0.00978842657
""")
TIMES = [-4, -3, -2, 0, 1, 2, 3]


def test_power_is_that_of_the_authors_package():
    # pretrends, README: slope_for_power(), then df_power and df_eventplot of that slope.
    found = pretrend_power(HW, HW_COVARIANCE, TIMES)
    assert found.slope == pytest.approx(0.05205871, abs=2e-5)
    assert found.power == pytest.approx(0.5, abs=1e-4)
    assert found.bayes_factor == pytest.approx(0.56901, abs=2e-4)
    assert found.likelihood_ratio == pytest.approx(0.1057627, abs=3e-4)
    published = [
        -0.09230764,
        -0.05555285,
        -0.02790950,
        0.06490184,
        0.12084694,
        0.16946498,
        0.22453827,
    ]
    assert found.after_passing.to_numpy() == pytest.approx(published, abs=1e-4)


def test_another_path_as_published():
    # The same README: a quadratic violation.
    path = 0.024 * (np.array(TIMES) + 1.0) ** 2
    found = pretrend_power(HW, HW_COVARIANCE, TIMES, path=path)
    assert found.power == pytest.approx(0.6624282, abs=1e-4)
    assert found.bayes_factor == pytest.approx(0.3841516, abs=2e-4)
    assert found.likelihood_ratio == pytest.approx(0.4332635, abs=1e-4)


def test_power_of_one_coefficient_in_closed_form():
    found = pretrend_power([0.3, 0.4], np.diag([0.04, 0.04]), [-2, 0], power=0.8)
    by_hand = stats.norm.sf(1.96 - found.slope / 0.2) + stats.norm.cdf(-1.96 - found.slope / 0.2)
    assert by_hand == pytest.approx(0.8)
    random = np.random.default_rng(3).normal(found.path[-2], 0.2, 400_000)
    passed = random[np.abs(random) <= 1.96 * 0.2]
    assert found.after_passing[-2] == pytest.approx(passed.mean(), abs=0.002)
    # What lies after does not depend on what lies before here.
    assert found.after_passing[0] == pytest.approx(found.slope)
    assert math.isclose(
        found.likelihood_ratio, stats.norm.pdf(0.3, -found.slope, 0.2) / stats.norm.pdf(0.3, 0, 0.2)
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"times": [-4, -3, -2, -1, 1, 2, 3]}, "hold the reference"),
        ({"times": [-4, -2, -3, 0, 1, 2, 3]}, "do not ascend"),
        ({"times": [0, 1, 2, 3, 4, 5, 6]}, "before = 0"),
        ({"times": [-4, -3, -2, 0, 1, 2]}, "6 times for 7"),
        ({"power": 0.05}, "power = 0.05"),
        ({"power": 1}, "power = 1"),
        ({"path": [0.1]}, "'path'"),
        ({"covariance": -HW_COVARIANCE}, "not positive semidefinite"),
    ],
)
def test_power_that_cannot_be_is_refused(options, words):
    given = {"estimates": HW, "covariance": HW_COVARIANCE, "times": TIMES} | options
    with pytest.raises(DataError, match=words):
        pretrend_power(**given)


def test_power_is_told_tidied_and_drawn():
    found = pretrend_power(HW, HW_COVARIANCE, TIMES)
    assert "found with a chance of 50%" in found.summary()
    assert list(found.tidy()["path"]) == list(found.path)
    assert len(found.plot().get_legend().get_texts()) == 2


def test_the_power_of_many_periods_is_the_chance_of_leaving_the_box():
    times = np.array([-8, -7, -6, -5, -4, -3, -2, 0, 1])
    covariance = 0.01 * (0.5 + 0.5 * np.eye(len(times)))
    found = pretrend_power(np.zeros(len(times)), covariance, times, power=0.8)
    draws = np.random.default_rng(1).multivariate_normal(found.path, covariance, size=200_000)
    outside = (np.abs(draws[:, :7]) > 0.196).any(axis=1)
    assert outside.mean() == pytest.approx(0.8, abs=0.004)
    passed = draws[~outside, -1].mean()
    assert found.after_passing.iloc[-1] == pytest.approx(passed, abs=0.003)
