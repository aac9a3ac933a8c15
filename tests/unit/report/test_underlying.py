"""Each chart attaches the data that it shows, in both languages, hidden ones as hidden."""

from collections.abc import Mapping
from datetime import date

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from evalbook.models.shares.proportions import share
from evalbook.report.underlying import data_of
from evalbook.sdc.thresholds import shown
from evalbook.text.language import Text
from nychance import charts

NAMES = {"a": Text("Alfa", "Alpha"), "b": Text("Beta", "Beta")}
ROLES = {"method": Text("Metode", "Method"), "comparison": Text("Sammenligning", "Comparison")}
HALF = shown(share(50, 100))
LABEL = Text("Antal", "Number")
COURSE = charts.Bullet(
    NAMES["a"],
    0.4,
    {"method": HALF, "comparison": None},
    {"method": {1: HALF, 2: HALF}, "comparison": {1: HALF, 2: None}},
)
DRAWN = {
    "grouped": lambda: charts.grouped_bars(
        {"a": {"method": HALF, "comparison": None}, "b": {"method": HALF, "comparison": HALF}},
        NAMES,
        ROLES,
        charts.GROUP_COLOURS,
        "da",
    ),
    "stacked": lambda: charts.stacked_bars(
        pd.DataFrame({1: [0.4, 0.5], 2: [0.6, 0.5]}, index=["a", "b"]),
        NAMES,
        list(NAMES.values()),
        "da",
    ),
    "ranked": lambda: charts.ranked_bars(pd.Series({"a": 3.0, "b": 7.0}), NAMES, LABEL, "da"),
    "bullets": lambda: charts.target_bullets(
        [charts.Bullet(NAMES["a"], 0.4, {"method": HALF, "comparison": None})], "da"
    ),
    "staircase": lambda: charts.staircase(
        {"method": {"a": HALF, "b": None}, "comparison": {"a": HALF, "b": HALF}}, NAMES, "da"
    ),
    "course": lambda: charts.target_bullets([COURSE], "da"),
    "municipalities": lambda: charts.municipality_bullets(
        [charts.Bullet(LABEL, 0.4, {"a": HALF, "b": None})] * 2, NAMES, "da"
    ),
    "alluvial": lambda: charts.alluvial(
        pd.DataFrame([[60.0, None], [20.0, 20.0]], index=["a", "b"], columns=["a", "b"]),
        pd.Series({"a": 70.0, "b": 40.0}),
        pd.Series({"a": 80.0, "b": 30.0}),
        NAMES,
        (LABEL, LABEL),
        "da",
    ),
    "use": lambda: charts.use_by_group(
        {"a": {"b": {"method": HALF, "comparison": None}}, "b": {"b": {"method": HALF}}},
        NAMES,
        {"b": LABEL},
        "da",
    ),
    "ratios": lambda: charts.ratios(
        pd.DataFrame(
            {"hazard_ratio": [1.2, None], "lower": [1.1, None], "upper": [1.4, None]},
            index=["a", "b"],
        ),
        NAMES,
        LABEL,
        "da",
    ),
    "curves": lambda: charts.curves(
        pd.DataFrame({"a": [1.0, 0.5], "b": [1.0, 0.4]}, index=[0, 13]), NAMES, LABEL, "da"
    ),
    "over time": lambda: charts.share_over_time(
        {"method": {date(2008, 3, 31): HALF}, "comparison": {date(2008, 3, 31): HALF}}, "da"
    ),
}
ROWS = {
    "grouped": 4,
    "stacked": 2,
    "ranked": 2,
    "bullets": 2,
    "staircase": 4,
    "course": 2,
    "municipalities": 4,
    "alluvial": 2,
    "use": 4,
    "ratios": 2,
    "curves": 2,
    "over time": 2,
}


@pytest.mark.parametrize("name", DRAWN)
def test_numbers_lie_behind_the_figure(name):
    figure = DRAWN[name]()
    found = data_of(figure)
    plt.close(figure)
    assert found is not None
    assert len(found.frame) == ROWS[name]
    assert list(found.frame.columns) == list(found.columns)
    assert all(isinstance(column.heading, Text) for column in found.columns.values())


def test_a_hidden_share_stays_hidden_and_no_number_is_more_precise_than_it_is_told():
    figure = DRAWN["bullets"]()
    found = data_of(figure)
    plt.close(figure)
    assert isinstance(found.columns, Mapping)
    method, comparison = found.frame.to_dict("records")
    assert pd.isna(comparison["value"])
    assert method["value"] == 0.5
    assert method["low"] == round(HALF.interval[0], 3)
