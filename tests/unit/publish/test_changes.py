"""What changed: by importance, on the numbers as pages write them."""

import pytest

from evalbook.publish.changes import standing_out
from evalbook.report.compare import Difference
from evalbook.report.differences import moved


def entry(value, interval=None, unit="share", name="Time in activity", groups=()):
    method = {"da": name, "en": name}
    return {
        "value": value,
        "interval": interval,
        "unit": unit,
        "decimals": 1,
        "n": None,
        "method": method,
        "groups": [{"da": group, "en": group} for group in groups],
    }


def change(before, after, wide=0.05, **how):
    ends = ([value - wide, value + wide] for value in (before, after))
    sides = (entry(v, e, **how) for v, e in zip((before, after), ends, strict=True))
    return Difference("method.x", *sides)


def test_a_number_that_rounds_to_the_same_has_not_changed():
    assert change(0.05612, 0.05588).seen == "same"
    assert change(0.05612, 0.05588).status == "changed"
    assert change(0.056, 0.058).seen == "changed"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [(-0.1749, 0.0004, "17.5 percentage points"), (0.2, 0.3, "10.0 percentage points")],
)
def test_the_change_is_that_of_the_numbers_as_they_are_written(before, after, said):
    assert moved(change(before, after), "en") == said


def test_a_change_may_carry_its_sign():
    assert moved(change(0.2, 0.3), "en", signed=True) == "+10.0 percentage points"
    assert moved(change(0.3, 0.2), "en", signed=True) == "−10.0 percentage points"


def test_what_stands_out_is_large_beside_its_uncertainty():
    sure = change(0.20, 0.25, wide=0.01, name="Sure")
    large = change(0.20, 0.40, wide=0.2, name="Large")
    assert standing_out([large, sure]) == [sure, large]


def test_one_name_stands_out_once_and_five_at_most():
    alike = [change(0.2, 0.3 + each / 100) for each in range(3)]
    assert standing_out(alike) == alike[2:]
    others = [change(0.2, 0.4, groups=[f"Group {each}"]) for each in range(9)]
    assert len(standing_out(others)) == 5


def test_what_has_no_interval_or_is_no_share_does_not_stand_out():
    plain = Difference("method.x", entry(0.2), entry(0.3))
    assert standing_out([plain, change(1.0, 2.0, unit="ratio")]) == []
