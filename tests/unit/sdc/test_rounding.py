"""Counts rounded before shares are made of them."""

import pytest

from evalbook.errors import UsageError
from evalbook.sdc.rounding import rounded


@pytest.mark.parametrize(
    ("count", "base", "told"),
    [(0, 5, 0), (2, 5, 0), (3, 5, 5), (7, 5, 5), (8, 5, 10), (12, 5, 10), (13, 0, 13), (5, 10, 10)],
)
def test_counts_are_rounded_to_the_nearest(count, base, told):
    assert rounded(count, base) == told


def test_nothing_is_below_zero():
    with pytest.raises(UsageError):
        rounded(-1, 5)
