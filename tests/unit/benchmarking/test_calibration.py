"""The calibration as the methods chapter shows it."""

import pytest

from evalbook.errors import DataError
from evalbook.text.language import Text
from nychance.benchmarking import calibration


def test_every_design_is_a_row_with_a_name_in_both_languages():
    table = calibration.rejections()
    assert not table.duplicated(["treated", "comparison", "scenario"]).any()
    assert {(6, 26), (8, 24), (12, 40)} <= set(
        zip(table["treated"], table["comparison"], strict=True)
    )
    assert all(isinstance(name, Text) for name in table["scenario"])
    assert table["randomisation"].between(0, 1).all()
    # Where fewer than four are treated there is no bootstrap.
    assert (table["wild"].isna() == (table["treated"] < 4)).all()


def test_a_missing_table_says_how_to_make_it(tmp_path, monkeypatch):
    monkeypatch.setattr(calibration, "calibration_file", lambda: tmp_path / "calibration.csv")
    with pytest.raises(DataError, match=r"calibration\.csv") as error:
        calibration.rejections()
    assert "benchmarks/calibration.py --write" in str(error.value)
