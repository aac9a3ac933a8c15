"""Differences between shares against published intervals, and the words made of them."""

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from evalbook.models.shares.proportions import difference, share
from nychance.sentences.statements import (
    BESIDE,
    MORE,
    NOT_COMPARED,
    compare_municipalities,
    compare_shares,
    compared,
    describe_slopes,
)
from tests.lib.rows import hidden, row


# Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10.
@pytest.mark.parametrize(
    ("one", "other", "lower", "upper"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_published_intervals_of_a_difference(one, other, lower, upper):
    assert difference(share(*one), share(*other)) == pytest.approx((lower, upper), abs=5e-5)


def test_interval_of_a_difference_agrees_with_statsmodels():
    for one, other in (((17, 371), (40, 461)), ((300, 803), (1100, 2464))):
        reference = confint_proportions_2indep(*one, *other, method="newcomb")
        assert difference(share(*one), share(*other)) == pytest.approx(reference, abs=1e-9)


def test_the_difference_turned_round_has_the_mirrored_interval():
    lower, upper = difference(share(12, 90), share(40, 120))
    assert difference(share(40, 120), share(12, 90)) == pytest.approx((-upper, -lower))


def test_only_an_interval_clear_of_zero_tells_shares_apart():
    assert compare_shares(row(300, 1000), row(200, 1000)).en == "higher than"
    assert compare_shares(row(200, 1000), row(300, 1000)).da == "lavere end"
    assert compare_shares(row(30, 100), row(25, 100)).en == "not clearly different from"
    assert compare_shares(row(300, 1000), row(305, 1000)).en == "close to"


@pytest.mark.parametrize("pair", [(hidden(), row(30, 100)), (row(30, 100), hidden())])
def test_what_is_hidden_is_not_compared(pair):
    assert compare_shares(*pair) == compare_municipalities(*pair) == NOT_COMPARED


def test_persons_intervals_say_of_no_kind_of_municipality_that_it_is_higher():
    assert compare_municipalities(row(900, 1000), row(100, 1000)) == BESIDE


@pytest.mark.parametrize(
    ("one", "expected"), [(3, "more than"), (1, "fewer than"), (2, "as many as")]
)
def test_counts_are_compared_in_words_of_their_own(one, expected):
    assert compared(one, 2, MORE).en == expected


def test_the_reading_of_two_slopes_says_whether_they_agree():
    open_one, falling = (-0.56, 0.22), (-1.25, -0.14)
    assert "The conclusion depends" in describe_slopes(open_one, falling).en
    assert describe_slopes(falling, falling).da.startswith("Linjen er faldende")
    assert describe_slopes(open_one, open_one).en.startswith(
        "The line is neither clearly rising nor clearly falling, "
    )
