"""Charts of balance and of specifications: what they draw is what the table holds."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from evalbook.report.style import report_style
from evalbook.text.language import Text
from nychance.charts import love_plot, specification_chart

BALANCE = pd.DataFrame(
    {"before": [0.2, -0.9, 0.5], "after": [0.01, 0.0, 0.15]}, index=["size", "jobless", "share"]
)
CURVE = pd.DataFrame(
    {
        "weights": ["equal", "persons", "equal", "persons"],
        "window": ["long", "long", "short", "short"],
        "estimate": [-0.01, 0.02, 0.04, float("nan")],
        "lower": [-0.03, -0.01, 0.01, float("nan")],
        "upper": [0.01, 0.05, 0.07, float("nan")],
        "problem": ["", "", "", "there is no time before"],
    }
)
CHOICES = {"weights": Text("Vægte", "Weights"), "window": Text("Vindue", "Window")}
OPTIONS = {
    "equal": Text("ens", "equal"),
    "persons": Text("personer", "persons"),
    "long": Text("langt", "long"),
}


@pytest.fixture(autouse=True)
def style():
    with report_style():
        yield
    plt.close("all")


def draw(language="da"):
    return specification_chart(CURVE, CHOICES, OPTIONS, Text("Effekt", "Effect"), language)


def test_the_love_plot_shows_the_widest_difference_on_top():
    figure = love_plot(BALANCE, {"jobless": Text("Ledighed", "Unemployment")}, "da")
    axes = figure.axes[0]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["size", "share", "Ledighed"]
    before, after = axes.lines[1:3]
    assert list(before.get_xdata()) == [0.2, 0.5, -0.9]
    assert list(after.get_xdata()) == [0.01, 0.15, 0.0]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["Uvægtet", "Vægtet"]


def test_every_specification_stands_over_its_choices():
    figure = draw()
    above, below = figure.axes
    names = [tick.get_text() for tick in below.get_yticklabels()]
    assert names == ["Vægte: ens", "Vægte: personer", "Vindue: langt", "Vindue: short"]
    marks = {name: list(line.get_xdata()) for name, line in zip(names, below.lines, strict=True)}
    assert marks == {
        "Vægte: ens": [0, 2],
        "Vægte: personer": [1],
        "Vindue: langt": [0, 1],
        "Vindue: short": [2],
    }
    without, with_zero = above.lines[1:3]
    assert list(without.get_ydata()) == [0.04]
    assert list(with_zero.get_ydata()) == [-0.01, 0.02]


def test_words_follow_the_language():
    assert draw("da").axes[0].get_ylabel() == "Effekt"
    assert draw("en").axes[1].get_xlabel() == "Specifications, by size of the estimate"
    assert (
        love_plot(BALANCE, {}, "en")
        .axes[0]
        .get_xlabel()
        .startswith("Difference in standard deviations")
    )
