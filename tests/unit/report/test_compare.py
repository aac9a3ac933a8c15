"""Estimates side by side: what changed, appeared, vanished."""

import json

import pytest

from evalbook.errors import UsageError
from evalbook.report.compare import differences, numbers_of
from evalbook.report.differences import as_json, as_page, format_entry, moved


def entry(value, interval=None, n=100, unit="share"):
    return {
        "value": value,
        "interval": interval,
        "n": n,
        "unit": unit,
        "decimals": 1,
        "method": {"da": "M", "en": "M"},
    }


BEFORE = {
    "method.kept": entry(0.25),
    "method.moved": entry(0.25, [0.2, 0.3]),
    "method.gone": entry(0.5),
}
AFTER = {
    "method.kept": entry(0.25),
    "method.moved": entry(0.31, [0.26, 0.36]),
    "method.new": entry(3.0, unit="count"),
}


def by_key():
    return {difference.key: difference for difference in differences(BEFORE, AFTER)}


def test_each_estimate_has_a_status():
    assert {key: d.status for key, d in by_key().items()} == {
        "method.kept": "same",
        "method.moved": "changed",
        "method.new": "appeared",
        "method.gone": "vanished",
    }


def test_change_of_a_share_is_told_in_percentage_points():
    assert moved(by_key()["method.moved"], "en") == "6.0 percentage points"
    assert (
        moved(by_key()["method.moved"], "da").replace("\N{NO-BREAK SPACE}", " ")
        == "6,0 procentpoint"
    )
    assert moved(by_key()["method.new"], "en") == ""


def test_another_interval_is_a_change():
    (only,) = differences({"a": entry(0.2, [0.1, 0.3])}, {"a": entry(0.2, [0.15, 0.25])})
    assert only.status == "changed"


def test_hidden_number_stays_hidden():
    (only,) = differences({"a": entry(None)}, {"a": entry(0.2)})
    assert only.change is None
    assert "0" not in format_entry(only.before, "en").replace("n = 100", "")


def test_page_and_json_hold_every_number():
    found = differences(BEFORE, AFTER)
    page = as_page(found, ("<then>", "now"))
    assert "<then>" not in page
    assert all(d.key in page for d in found)
    assert [d["key"] for d in json.loads(as_json(found, ("then", "now")))["differences"]] == [
        d.key for d in found
    ]


def test_place_without_results_is_refused(tmp_path):
    (tmp_path / "figures" / "2008-03").mkdir(parents=True)
    with pytest.raises(UsageError, match="nychance run -c 2008-03"):
        numbers_of(tmp_path, "3")
    with pytest.raises(UsageError, match="Known"):
        numbers_of(tmp_path, "2008-04")
