"""Specification curves and leaving units out, for any estimator."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from evalbook.errors import DataError
from evalbook.models import leave_one_out, specification_curve

DATA = pd.DataFrame({"unit": ["b", "a", "c", "d"], "y": [2.0, 1.0, 3.0, 10.0], "n": [1, 1, 1, 7]})


def mean(rows, weights=None):
    if len(rows) == 0:
        raise DataError("the table has no rows")
    value = np.average(rows["y"], weights=rows[weights] if weights else None)
    return SimpleNamespace(estimate=value, interval=(value - 1, value + 1))


def curve(**sets):
    sets = sets or {"all": "abcd", "without d": "abc"}
    return specification_curve(
        lambda weights, units: mean(DATA[DATA["unit"].isin(list(units))], weights),
        {"weights": {"equal": None, "size": "n"}, "units": sets},
    )


def test_every_combination_is_estimated_and_sorted():
    found = curve()
    assert found.choices == ("weights", "units")
    table = found.to_frame()
    assert table["estimate"].tolist() == pytest.approx([2, 2, 4, 7.6])
    assert table[["weights", "units"]].to_numpy().tolist()[2:] == [
        ["equal", "all"],
        ["size", "all"],
    ]
    assert (table["upper"] - table["lower"]).to_numpy() == pytest.approx(2)
    assert found.range == pytest.approx((2, 7.6))
    assert found.share_positive == 1
    assert found.share_excluding_zero == 1


def test_a_combination_that_the_data_do_not_allow_stays_with_its_reason():
    found = curve(all="abcd", nobody="")
    table = found.to_frame()
    assert table["problem"].tolist() == ["", "", "the table has no rows", "the table has no rows"]
    assert len(found.estimates) == 2
    assert "2 could not be estimated, the first because the table has no rows" in found.summary()
    with pytest.raises(DataError, match="nothing can be estimated"):
        curve(nobody="")


def test_other_errors_are_not_hidden():
    with pytest.raises(ZeroDivisionError):
        specification_curve(lambda x: 1 / x, {"x": {"zero": 0}})


@pytest.mark.parametrize("choices", [{}, {"weights": {}}])
def test_a_choice_without_options_is_refused(choices):
    with pytest.raises(DataError, match="no option"):
        specification_curve(mean, choices)


def test_each_unit_is_left_out():
    table = leave_one_out(DATA, "unit", mean)
    assert table["estimate"].to_dict() == pytest.approx({"d": 2, "c": 13 / 3, "b": 14 / 3, "a": 5})
    assert list(table.index) == ["d", "c", "b", "a"]
    shuffled = leave_one_out(DATA.sample(frac=1, random_state=1), "unit", mean)
    assert list(shuffled.index) == list(table.index)


def test_without_units_there_is_nothing_to_leave_out():
    with pytest.raises(DataError, match="no column 'place'"):
        leave_one_out(DATA, "place", mean)
    with pytest.raises(DataError, match="one unit"):
        leave_one_out(DATA[:1], "unit", mean)


def test_the_curve_can_be_drawn():
    assert len(curve().plot().lines[0].get_xdata()) == 4
