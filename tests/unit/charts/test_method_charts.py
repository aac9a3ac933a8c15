"""Charts of the method theme: what they draw is what the table holds, on honest scales."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from evalbook.models.shares.proportions import share
from evalbook.report.style import report_style
from evalbook.sdc.thresholds import HIDDEN, shown
from evalbook.text.language import Text
from nychance import charts
from nychance.charts.axes import broken
from nychance.charts.staircase import RISE

NAMES = {"low": Text("Lavt trin", "Low step"), "high": Text("Højt trin", "High step")}
SHARES = {
    "method": {"low": shown(share(20, 100)), "high": None},
    "comparison": {"low": shown(share(10, 100)), "high": shown(share(40, 100))},
}
STATES = {"work": Text("Arbejde", "Work"), "home": Text("Hjemme", "At home")}
DATES = (Text("før", "before"), Text("nu", "now"))


@pytest.fixture(autouse=True)
def style():
    with report_style():
        yield
    plt.close("all")


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_bars_on_the_staircase_have_one_scale_and_each_step_is_higher():
    figure = charts.staircase(SHARES, NAMES, "da")
    bars = [bar for bar in figure.axes[0].patches if bar.get_width() == pytest.approx(0.32)]
    assert [bar.get_height() for bar in bars] == [0.2, 0.1, 0.4]
    assert [bar.get_y() for bar in bars] == pytest.approx([RISE, RISE, 2 * RISE])
    assert HIDDEN in texts(figure)
    assert {"20", "10", "40"} <= set(texts(figure))


def test_bullets_say_the_verdict_in_the_language():
    bullet = charts.Bullet(
        NAMES["low"],
        0.15,
        {"method": shown(share(400, 1000)), "comparison": shown(share(10, 1000))},
    )
    assert texts(charts.target_bullets([bullet], "en")) == ["40.0% · met", "1.0% · not met"]
    assert texts(charts.target_bullets([bullet], "da")) == [
        "40,0\N{NO-BREAK SPACE}pct. · nået",
        "1,0\N{NO-BREAK SPACE}pct. · ikke nået",
    ]


def test_the_course_begins_at_zero_and_stands_only_where_there_is_one():
    now = {"method": shown(share(40, 100)), "comparison": None}
    alone = charts.Bullet(NAMES["low"], 0.15, now, {role: {1: each} for role, each in now.items()})
    assert len(charts.target_bullets([alone], "da").axes) == 1
    two = charts.Bullet(
        NAMES["low"],
        0.15,
        now,
        {"method": {1: shown(share(20, 100)), 2: now["method"]}, "comparison": {1: None, 2: None}},
    )
    course = charts.target_bullets([two], "da").axes[1]
    method = next(line for line in course.lines if line.get_marker() == "o")
    earlier, later = (0.4 - y for y in method.get_ydata())
    assert later == pytest.approx(2 * earlier)


def test_streams_are_as_wide_as_they_are_many_and_hidden_ones_are_not_drawn():
    counts = pd.DataFrame(
        [[60.0, float("nan")], [10.0, 25.0]], index=["work", "home"], columns=["work", "home"]
    )
    figure = charts.alluvial(
        counts,
        pd.Series({"work": 65.0, "home": 35.0}),
        pd.Series({"work": 70.0, "home": 30.0}),
        STATES,
        DATES,
        "en",
    )
    streams = [
        patch
        for patch in figure.axes[0].patches
        if hasattr(patch, "get_path") and patch.get_alpha()
    ]
    heights = [
        patch.get_path().vertices[0, 1] - patch.get_path().vertices[-1, 1] for patch in streams
    ]
    assert heights == pytest.approx([0.6, 0.1, 0.25])
    assert {"Work 65%", "At home 35%", "Work 70%", "At home 30%", "before", "now"} == set(
        texts(figure)
    )


def test_ratios_lie_around_the_line_of_no_difference():
    table = pd.DataFrame(
        {"hazard_ratio": [1.5, 0.9], "lower": [1.2, 0.6], "upper": [1.9, 1.3]},
        index=["low", "high"],
    )
    axes = charts.ratios(table, NAMES, Text("Forhold", "Ratio"), "da").axes[0]
    low, high = axes.get_xlim()
    assert low < 0.6 < 1 < 1.9 < high
    assert [text.get_text() for text in axes.texts] == ["1,50", "0,90"]


def test_hidden_parts_are_the_hatched_rest_of_a_bar():
    parts = pd.DataFrame({"a": [0.5, 0.5], "b": [0.5, float("nan")]}, index=["low", "high"])
    axes = charts.stacked_bars(parts, NAMES, list(STATES.values()), "da").axes[0]
    rest = [bar for bar in axes.patches if bar.get_hatch()]
    assert [(bar.get_x(), bar.get_width()) for bar in rest] == [(0.5, 0.5)]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Kompetenceafklaring", "Kompetence-\nafklaring"),
        ("Løntilskud med mentor", "Løntilskud\nmed\nmentor"),
        ("Competence card", "Competence\ncard"),
        ("Mentor", "Mentor"),
    ],
)
def test_long_names_are_broken_where_words_are_joined(name, lines):
    assert broken(name) == lines
