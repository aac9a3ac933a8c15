"""Ranges over municipalities."""

import numpy as np
import pandas as pd
import pytest

from evalbook.plan import Checkpoint
from nychance.public_data import tables as public
from nychance.public_data.ranges import range_over

NAMES = pd.Series({1: "Øby", 2: "Aby", 3: "Eby", 4: "Iby"})


def test_both_ends_with_their_municipality():
    found = range_over(pd.Series({1: 57.0, 2: 43.0, 3: 44.0}), NAMES)
    assert (found.lowest, found.lowest_at) == (43.0, ("Aby",))
    assert (found.highest, found.highest_at) == (57.0, ("Øby",))
    assert (found.median, found.n) == (44.0, 3)


def test_all_who_tie_are_named_in_order():
    found = range_over(pd.Series({3: 1.0, 2: 1.0, 1: 5.0, 4: 5.0}), NAMES)
    assert found.lowest_at == ("Aby", "Eby")
    assert found.highest_at == ("Iby", "Øby")


def test_the_order_of_rows_does_not_matter():
    values = pd.Series({1: 1.0, 2: 1.0, 3: 2.0, 4: 7.0})
    assert range_over(values, NAMES) == range_over(values[::-1], NAMES[::-1])


def test_one_unit_is_both_ends():
    found = range_over(pd.Series({4: 2.5}), NAMES)
    assert found.lowest_at == found.highest_at == ("Iby",)
    assert found.lowest == found.highest == found.median == 2.5


def test_units_without_a_value_are_not_counted():
    found = range_over(pd.Series({1: np.nan, 2: 3.0, 3: 4.0, 9: np.nan}), NAMES)
    assert (found.n, found.median, found.lowest_at) == (2, 3.5, ("Aby",))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (pd.Series([], dtype=float), "at least one value"),
        (pd.Series({1: np.nan}), "at least one value"),
        (pd.Series({1: 1.0, 77: 2.0}), "without a name: 77"),
        (pd.Series([1.0, 2.0], index=[1, 1]), "stands twice"),
    ],
)
def test_what_has_no_range_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        range_over(values, NAMES)


def test_ishoej_has_most_non_western_citizens():
    key_figures = public.read("key-figures", Checkpoint(number=9, month="2007-09", activities=()))
    citizens = public.latest(key_figures, "nonwestern_citizens_per_10000")["value"]
    found = range_over(citizens, public.municipalities()["name"])
    assert (found.highest, found.highest_at, found.n) == (1243, ("Ishøj",), 98)
