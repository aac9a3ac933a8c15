"""Shares: published intervals, the share of time against simulated truth, and verdicts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from evalbook.errors import DataError
from evalbook.models.shares.proportions import Share, ratio, share, verdict


# Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3.
@pytest.mark.parametrize(
    ("count", "n", "lower", "upper"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_wilson_intervals(count, n, lower, upper):
    assert share(count, n).interval == pytest.approx((lower, upper), abs=5e-5)


@given(
    st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.floats(0.5, 0.99),
)
def test_interval_agrees_with_statsmodels_and_holds_the_share(case, confidence):
    count, n = case
    found = share(count, n, confidence)
    reference = proportion_confint(count, n, alpha=1 - confidence, method="wilson")
    assert found.interval == pytest.approx(reference, abs=1e-9)
    assert 0 <= found.interval[0] <= found.value <= found.interval[1] <= 1
    assert found.count + found.rest == found.n


def test_the_complement_has_the_mirrored_interval():
    lower, upper = share(7, 90).interval
    assert share(83, 90).interval == pytest.approx((1 - upper, 1 - lower))


@pytest.mark.parametrize(("count", "n"), [(0, 0), (-1, 5), (6, 5)])
def test_impossible_counts_are_refused(count, n):
    with pytest.raises(DataError, match="share"):
        share(count, n)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95])
def test_impossible_confidence_is_refused(confidence):
    with pytest.raises(DataError, match="confidence"):
        share(1, 5, confidence)


# -- verdicts --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        (0.26, 0.30, "met"),
        (0.25, 0.30, "met"),
        (0.2499, 0.30, "undecided"),
        (0.20, 0.25, "undecided"),
        (0.20, 0.2499, "not-met"),
    ],
)
def test_only_an_interval_on_one_side_decides(lower, upper, expected):
    found = Share(count=50, n=200, value=0.25, interval=(lower, upper), rest=150)
    assert verdict(found, 0.25) == expected


def test_the_same_share_is_undecided_among_few_and_decided_among_many():
    assert verdict(share(6, 20), 0.25) == "undecided"
    assert verdict(share(600, 2000), 0.25) == "met"


# -- shares of time --------------------------------------------------------------------------------
def test_share_of_time_is_all_counted_weeks_over_all_weeks():
    found = ratio([10, 0, 26], [26, 4, 26])
    assert found.value == pytest.approx(36 / 56)
    assert (found.count, found.rest, found.n) == (2, 2, 3)


@pytest.mark.parametrize(("alike", "tolerance"), [(1, 0.006), (20, 0.002)])
def test_interval_agrees_with_the_bootstrap_over_persons(alike, tolerance):
    rng = np.random.default_rng(1)
    weeks = rng.integers(1, 157, 400)
    counted = rng.binomial(weeks, rng.beta(0.8 * alike, 1.2 * alike, 400))
    draws = rng.integers(0, 400, (4000, 400))
    resampled = counted[draws].sum(axis=1) / weeks[draws].sum(axis=1)
    expected = np.quantile(resampled, [0.025, 0.975])
    assert ratio(counted, weeks).interval == pytest.approx(expected, abs=tolerance)


def test_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(2)
    hits, draws, persons = 0, 1500, 60
    for _ in range(draws):
        weeks = rng.integers(4, 27, persons)
        # Beta(1, 2) has mean 1/3, the same for long and short; weeks of one person go together.
        lower, upper = ratio(rng.binomial(weeks, rng.beta(1, 2, persons)), weeks).interval
        hits += lower <= 1 / 3 <= upper
    # Four standard errors of a simulation with this many draws.
    assert abs(hits / draws - 0.95) < 4 * np.sqrt(0.95 * 0.05 / draws)


def test_weeks_of_one_person_are_not_independent():
    always_or_never = np.repeat([26, 0], 30)
    weeks = np.full(60, 26)
    by_person, by_week = ratio(always_or_never, weeks), share(30 * 26, 60 * 26)
    width = np.diff(by_person.interval)[0]
    assert width > 4 * np.diff(by_week.interval)[0]
    assert width == pytest.approx(np.diff(share(30, 60).interval)[0], rel=0.1)


def test_persons_without_a_week_change_nothing():
    assert ratio([3, 0, 5, 0], [10, 0, 9, 8]) == ratio([3, 5, 0], [10, 9, 8])


@pytest.mark.parametrize(("counted", "expected"), [(0, 0), (26, 25)])
def test_a_share_of_time_at_the_end_still_has_an_interval(counted, expected):
    assert ratio(np.full(25, counted), np.full(25, 26)).interval == share(expected, 25).interval


def test_one_person_tells_nothing_about_others():
    assert ratio([5], [26]).interval == (0, 1)


def test_bounds_stay_between_0_and_1():
    lower, upper = ratio([26, 0, 0, 0, 0, 0], [26, 5, 5, 5, 5, 5]).interval
    assert 0 < lower < 0.05
    assert 0.95 < upper < 1


@pytest.mark.parametrize("persons", [8, 15, 30, 100])
@pytest.mark.parametrize("truth", [0.03, 0.08, 0.21])
def test_few_persons_and_small_shares_are_covered(persons, truth):
    """Half of the persons have any counted week; misses lie on both sides."""
    rng, draws = np.random.default_rng(persons), 1500
    hits, above = 0, 0
    for _ in range(draws):
        weeks = rng.integers(4, 27, persons)
        lower, upper = ratio(
            rng.binomial(weeks, rng.beta(1, 1 / truth - 1, persons)), weeks
        ).interval
        hits += lower <= truth <= upper
        above += lower > truth
    assert 0.925 <= hits / draws <= 0.985


def test_persons_who_are_all_alike_do_not_give_certainty():
    lower, upper = ratio([13] * 10, [26] * 10).interval
    assert (lower, upper) == pytest.approx(share(5, 10).interval)


@pytest.mark.parametrize(
    ("counted", "weeks"),
    [
        ([], []),
        ([0], [0]),
        ([5], [4]),
        ([-1], [4]),
        ([np.nan], [4]),
        ([1], [np.nan]),
        ([1, 2], [4]),
    ],
)
def test_impossible_weeks_are_refused(counted, weeks):
    with pytest.raises(DataError, match=r"person"):
        ratio(counted, weeks)
