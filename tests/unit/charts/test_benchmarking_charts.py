"""Charts of the comparison: what they draw is what the tables hold, in both languages."""

from datetime import date

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from evalbook.models.shares.proportions import share
from evalbook.report.style import report_style
from evalbook.report.underlying import Column, data_of
from evalbook.sdc.thresholds import shown
from evalbook.text.language import Text
from nychance.charts import Side, before_and_after, by_municipality, course_of_shares
from nychance.charts.colours import COMPARISON, METHOD

NAMES = {"time": Text("Tid i aktivitet", "Time in activity")}
DAYS = [date(2007, 4, 2), date(2007, 7, 2), date(2007, 10, 1)]


@pytest.fixture(autouse=True)
def style():
    with report_style():
        yield
    plt.close("all")


def course(language="da"):
    here = [{"method": shown(share(10, 40)), "comparison": shown(share(20, 50))} for _ in DAYS]
    here[1]["method"] = None
    return course_of_shares(
        {"time": dict(zip(DAYS, here, strict=True))},
        NAMES,
        {DAYS[2]: Text("Start", "The start")},
        language,
    )


def test_a_hidden_share_leaves_a_gap_and_no_number():
    figure = course()
    lines = {
        line.get_color(): line
        for line in figure.axes[0].lines
        if len(line.get_xdata()) > 1 and line.get_marker() != "None"
    }
    assert lines[METHOD].get_ydata() == pytest.approx([0.25, 0.25])
    assert lines[COMPARISON].get_ydata() == pytest.approx([0.4, 0.4, 0.4])
    table = data_of(figure).drawn
    assert table["value"].isna().tolist() == [False, False, True, False, False, False]


def test_the_course_speaks_the_language_and_begins_at_zero():
    axes = course("en").axes[0]
    assert axes.get_ylim()[0] == 0
    words = [text.get_text() for text in axes.texts]
    assert "The start" in words
    assert "Time in activity" in words
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["Jul 2007"]


def test_differences_are_drawn_in_points_with_a_hollow_base():
    table = pd.DataFrame(
        {"estimate": [0.01, 0.0, 0.04], "lower": [-0.01, 0.0, -np.inf], "upper": [0.03, 0.0, 0.06]},
        index=[-2, -1, 0],
    )
    figure = before_and_after(
        {"time": table}, NAMES, dict(zip([-2, -1, 0], DAYS, strict=True)), "da"
    )
    axes = figure.axes[0]
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert dots[0].get_ydata() == pytest.approx([1, 4])
    assert dots[1].get_markerfacecolor() == "white"
    assert dots[1].get_xdata() == pytest.approx(mdates.date2num([DAYS[1]]))
    assert axes.get_ylabel() == "Procentpoint"


def test_municipalities_stand_in_order_with_both_results():
    table = pd.DataFrame(
        {
            "name": ["Ålekær", "Duefold", "Slåenø"],
            "role": ["method", "comparison", "comparison"],
            "change": [3.0, -1.0, 2.0],
            "lower": [1.0, -3.0, 0.0],
            "upper": [5.0, 1.0, 4.0],
            "without": [2.0, 2.5, 2.2],
        }
    )
    label = Text("Ændring", "Change")
    sides = (
        Side("change", "lower", "upper", label),
        Side("without", "without", "without", label, line=2.1),
    )
    columns = {"change": Column(label, "number", 1), "without": Column(label, "number", 1)}
    figure = by_municipality(table, sides, columns, "da")
    assert [tick.get_text() for tick in figure.axes[0].get_yticklabels()] == [
        "Duefold",
        "Slåenø",
        "Ålekær",
    ]
    method = next(line for line in figure.axes[1].lines if line.get_color() == METHOD)
    assert (method.get_xdata().tolist(), method.get_ydata().tolist()) == ([2.0], [2])
    assert data_of(figure).drawn["change"].tolist() == [3.0, 2.0, -1.0]
