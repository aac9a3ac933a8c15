from datetime import date

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import seaborn as sns

from evalbook.report.drawing import draw
from evalbook.report.style import RC
from evalbook.report.wording import catalogued
from evalbook.text.catalogue import tr as engine
from evalbook.text.language import Text
from nychance import plots, tr

ROLES = ["method", "comparison"]
DAYS = [date(2007, 9, 30), date(2008, 3, 31), date(2008, 9, 30)]


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context(RC):
        yield
    plt.close("all")


def tidy(hidden=(), unit="share", **groups):
    index = pd.MultiIndex.from_product(list(groups.values()), names=list(groups))
    estimate = np.linspace(0.1, 0.5, len(index))
    table = pd.DataFrame(
        {"estimate": estimate, "lower": estimate - 0.03, "upper": estimate + 0.03}, index=index
    ).assign(n=100.0, unit=unit, status="")
    for place, status in hidden:
        table.iloc[place, :4] = np.nan
        table.iloc[place, 5] = status
    return table


def written(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def drawn_values(axes):
    return [value for line in axes.get_lines() for value in np.asarray(line.get_xdata())]


MIXED = tidy(
    hidden=[(1, "too-few"), (2, "protects-others"), (5, "empty")], a=list("xyz"), role=ROLES
)
MOVES = tidy(hidden=[(1, "too-few")], unit="count", before=["a", "b"], after=["a", "b"])
EVERY = {
    "dots": lambda: plots.dots(MIXED, "a", "role"),
    "dots-in-panels": lambda: plots.dots(MIXED, "role", panel="a"),
    "against-targets": lambda: plots.dots(MIXED, "a", "role", targets={"x": 0.2, "z": 0.4}),
    "by-unit": lambda: plots.by_unit(MIXED, "a", "role", target=0.3),
    "forest": lambda: plots.forest(tidy(hidden=[(0, "too-few")], unit="ratio", a=list("xyz")), "a"),
    "lines": lambda: plots.lines(
        tidy(hidden=[(1, "too-few")], day=DAYS, role=ROLES), "day", "role", events={DAYS[1]: "met"}
    ),
    "event-study": lambda: plots.event_study(tidy(unit="points", period=[-2, -1, 0, 1])),
    "survival": lambda: plots.survival(tidy(role=ROLES, week=range(20)), hue="role"),
    "bars": lambda: plots.bars(MIXED, "a", "role"),
    "counts": lambda: plots.bars(pd.Series({"x": 12, "y": 1204})),
    "stacked": lambda: plots.stacked(MIXED, "role", "a"),
    "staircase": lambda: plots.staircase(MIXED, "a"),
    "alluvial": lambda: plots.alluvial(MOVES),
    "heatmap": lambda: plots.heatmap(MIXED, "a", "role"),
    "small-multiples": lambda: plots.small_multiples(
        tidy(m=["x", "y"], a=list("xyz"), role=ROLES), "m", "a", ranges={"x": (0.1, 0.2)}
    ),
    "love": lambda: plots.love(pd.DataFrame({"before": [0.3], "after": [0.0]}, index=["x"])),
    "specifications": lambda: plots.specification_curve(
        pd.DataFrame({"a": ["x", "y"], "estimate": [1, 2], "lower": [0.5, -1], "upper": [2, 3]}),
        ["a"],
    ),
    "saturation": lambda: plots.saturation(
        pd.DataFrame({"observed": [1, 2], "expected": [1, 2]}), 3
    ),
    "network": lambda: plots.network(
        pd.DataFrame({"kind": ["a"], "one": ["x"], "other": ["y"]}),
        pd.Series({"x": "method", "y": "comparison"}),
    ),
}
NAMES = plots.COLUMN_NAMES | {
    key: Text.same(key.upper()) for key in ("a", "b", "m", "x", "y", "z", *ROLES)
}


@pytest.mark.parametrize("name", EVERY)
def test_every_plot_is_said_in_both_languages(tmp_path, name):
    drawings = draw(
        EVERY[name](),
        name=name,
        finding=Text(da="Fund", en="Finding"),
        source=Text(da="Kilde", en="Source"),
        names=NAMES,
        translate=catalogued(tr, engine),
        languages=["da", "en"],
        folder=tmp_path,
    )
    assert all(drawing.narrow for drawing in drawings.values())


@pytest.mark.parametrize("name", ["dots", "bars", "staircase", "heatmap"])
def test_a_hidden_number_is_a_word_for_its_reason(name):
    words = written(EVERY[name]())
    assert {"too few", "hidden", "\N{EN DASH}"} <= set(words)
    assert "nan%" not in words


def test_a_hidden_number_is_no_mark():
    axes = plots.dots(MIXED, "a", "role").axes[0]
    shown = MIXED["estimate"].dropna()
    drawn = [value for value in drawn_values(axes) if np.isfinite(value)]
    assert sorted(drawn) == pytest.approx(sorted(shown))


def test_hidden_parts_of_a_whole_leave_one_rest_without_their_widths():
    table = tidy(a=["x"], part=["1", "2", "3", "4"])
    table["estimate"] = [0.4, np.nan, np.nan, 0.3]
    table.loc[table["estimate"].isna(), "status"] = "too-few"
    widths = [patch.get_width() for patch in plots.stacked(table, "a", "part").axes[0].patches]
    assert [width for width in widths if width > 0] == pytest.approx([0.4, 0.3, 0.3])


def test_a_mark_against_a_target_has_its_verdict_in_words():
    table = tidy(a=["x"], role=["1", "2", "3"])
    table[["estimate", "lower", "upper"]] = [[0.5, 0.45, 0.55], [0.4, 0.3, 0.5], [0.1, 0.05, 0.2]]
    words = written(plots.dots(table, "a", "role", targets={"x": 0.4}))
    assert words == ["50% · met", "40% · inconclusive", "10% · not met"]


def test_units_stand_in_order_of_their_estimate_and_hidden_ones_last():
    table = tidy(hidden=[(0, "too-few")], a=list("xyz"))
    axes = plots.by_unit(table, "a", hue=None).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["z", "y", "x"]


def test_kinds_of_municipality_look_the_same_in_all_figures():
    for table in (tidy(a=["x"], role=ROLES), tidy(a=["x"], role=ROLES[::-1])):
        lines = plots.dots(table, "a", "role").axes[0].get_lines()
        colours = {line.get_label(): line.get_color() for line in lines}
        assert {role: colours[role] for role in ROLES} == plots.ROLE_PALETTE


def test_intervals_go_through_the_marks_that_seaborn_drew():
    table = tidy(hidden=[(1, "too-few")], a=list("xyz"), role=ROLES)
    _, axes = plt.subplots()
    sns.pointplot(table, y="a", x="estimate", hue="role", dodge=0.4, errorbar=None, ax=axes)
    plots.intervals(axes, table)
    ends = sorted(path.vertices[:, 0].tolist() for c in axes.collections for path in c.get_paths())
    wanted = table[["lower", "upper"]].dropna().to_numpy().tolist()
    np.testing.assert_allclose(ends, sorted(wanted))
    assert "too few" in [text.get_text() for text in axes.texts]


def test_lines_of_seaborn_are_named_at_their_ends():
    _, axes = plt.subplots()
    sns.lineplot(tidy(week=range(5), role=ROLES), x="week", y="estimate", hue="role", ax=axes)
    plots.label_ends(axes)
    assert sorted(text.get_text() for text in axes.texts) == sorted(ROLES)
    assert axes.get_legend() is None


def test_targets_are_drawn_in_their_rows():
    _, axes = plt.subplots()
    sns.stripplot(tidy(a=["x", "y"]), y="a", x="estimate", ax=axes)
    plots.thresholds(axes, {"y": 0.4})
    (path,) = axes.collections[-1].get_paths()
    np.testing.assert_allclose(path.vertices, [[0.4, 0.58], [0.4, 1.42]])


def test_an_axis_of_shares_is_written_in_per_cent_with_the_decimals_it_needs():
    _, axes = plt.subplots()
    plots.percent_axis(axes)
    write = axes.xaxis.get_major_formatter().format_ticks
    assert write([0.0, 0.2, 0.4]) == ["0", "20", "40"]
    assert write([0.0, 0.025]) == ["0.0", "2.5"]


def test_the_map_draws_each_municipality_once_and_the_capital_again():
    from nychance.public_data import boundaries

    codes = list(boundaries.read())
    figure = plots.choropleth(pd.Series(range(len(codes)), index=codes), "Per cent")
    country, inset = figure.axes[0], figure.axes[0].child_axes[0]
    assert len(country.collections[0].get_paths()) == len(codes)
    assert 15 < len(inset.collections[0].get_paths()) < 30
