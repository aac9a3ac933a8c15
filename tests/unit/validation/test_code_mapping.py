"""Codes mean what the mapping says of their week; one that it lacks is counted as unknown."""

import numpy as np
import pandas as pd
import pytest

from evalbook import plan
from evalbook.errors import DataError
from nychance.register import read_register
from nychance.validation import check
from tests.lib.extracts import LIVES, tables, write


def read(folder):
    the_plan = plan.load()
    return read_register(folder, the_plan.checkpoints[0], the_plan)


def with_codes(*rows):
    content = tables()
    kept = content["codes"][content["codes"]["code"] != "730"]
    new = pd.DataFrame(
        [dict(zip(content["codes"], row, strict=True)) for row in rows],
        columns=content["codes"].columns,
    )
    return content | {"codes": pd.concat([new.astype("object"), kept], ignore_index=True)}


def signs(sign):
    return np.array([[found == sign for found in life] for life in LIVES])


@pytest.mark.parametrize(
    ("ends", "begins"), [("2007-01-28", "2007-01-29"), ("y_0704", "y_0705"), ("0704", "0705")]
)
def test_a_code_may_change_its_meaning(tmp_path, ends, begins):
    content = with_codes(
        ("730", "passive", "0", None, "0", None, ends),
        ("730", "unemployment-benefit", "0", None, "0", begins, None),
    )
    register = read(write(tmp_path, content))
    before, after = signs("p"), signs("p")
    before[:, 4:], after[:, :4] = False, False
    np.testing.assert_array_equal(register.is_state("passive"), before)
    np.testing.assert_array_equal(register.is_state("unemployment-benefit"), after)
    assert not check(tmp_path, plan.load()).issues


def test_a_week_goes_by_its_thursday(tmp_path):
    # Week 5 of 2007 runs from Monday 29 January to Sunday 4 February; its Thursday is 1 February.
    content = with_codes(
        ("730", "passive", "0", None, "0", None, "2007-01-31"),
        ("730", "education", "0", None, "0", "2007-02-01", None),
    )
    register = read(write(tmp_path, content))
    assert register.is_state("passive")[0].tolist() == [True] * 4 + [False] * 9


def test_a_code_out_of_its_validity_is_unknown_and_told_with_count_and_first_week(tmp_path):
    content = with_codes(("730", "passive", "0", None, "0", None, "y_0710"))
    content["dream"].loc[6, "y_0703"] = "298"
    folder = write(tmp_path, content)
    register = read(folder)
    late = signs("p")
    late[:, :10] = False
    unknown = late.copy()
    unknown[6, 2] = True
    np.testing.assert_array_equal(register.is_state("unknown"), unknown)
    assert register.unknown_codes.to_dict() == {298: 1, 730: late.sum()}
    told = [
        (f.finding.example, f.finding.count, f.finding.column)
        for f in check(folder, plan.load()).issues
    ]
    assert told == [("730", late.sum(), "y_0711"), ("298", 1, "y_0703")]


def test_two_meanings_in_the_same_week_are_refused(tmp_path):
    content = with_codes(
        ("730", "passive", "0", None, "0", None, "2007-02-28"),
        ("730", "education", "0", None, "0", "2007-02-01", None),
    )
    with pytest.raises(DataError, match="730 stands twice"):
        read(write(tmp_path, content))
