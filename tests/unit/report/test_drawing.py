import re
import xml.etree.ElementTree as ElementTree

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
import seaborn as sns

from evalbook.errors import UsageError
from evalbook.report import drawing
from evalbook.report.style import RC, use_report_style
from evalbook.text.language import Text

NAMES = {
    "method": Text(da="Metodekommuner", en="Method municipalities"),
    "comparison": Text(da="Sammenligningskommuner", en="Comparison municipalities"),
    "time": Text(da="Tid i aktivitet", en="Time in activity"),
    "self": Text(da="Selvforsørgelse (andel af personer)", en="Self-support (share of persons)"),
    "target": Text(da="Mål", en="Target"),
    "role": Text(da="Kommuner", en="Municipalities"),
}
DANISH = {"Per cent": "Pct.", "met": "nået"}
FINDING = Text(da="Metodekommunerne er <foran> & nået", en="The method municipalities are <ahead>")


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context(RC):
        yield
    plt.close("all")


def draw(figure, folder, **options):
    given = {
        "name": "targets",
        "finding": FINDING,
        "source": Text(da="Kilde: DREAM", en="Source: DREAM"),
        "names": NAMES,
        "translate": lambda text, language: DANISH.get(text),
        "languages": ["da", "en"],
        "folder": folder,
    }
    return drawing.draw(figure, **(given | options))


def texts(svg):
    root = ElementTree.fromstring(svg)
    return [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]


def shares():
    groups = pd.MultiIndex.from_product([["time", "self"], ["method", "comparison"]])
    return pd.DataFrame(
        {"estimate": [0.39, 0.33, 0.232, 0.19]}, index=groups.set_names(["target", "role"])
    )


def seaborn_axes():
    _, axes = plt.subplots(figsize=(7.2, 3))
    sns.pointplot(
        shares(), y="target", x="estimate", hue="role", linestyle="none", errorbar=None, ax=axes
    )
    axes.set_xlabel("Per cent")
    axes.annotate("23.2% · met", (0.232, 1))
    return axes


def test_a_seaborn_figure_is_said_in_each_language(tmp_path):
    found = draw(seaborn_axes(), tmp_path)
    danish, english = " ".join(texts(found["da"].wide)), " ".join(texts(found["en"].wide))
    for words in ("Tid i aktivitet", "Metodekommuner", "Pct.", "0,25", "· nået", "Mål"):
        assert words in danish
    for words in ("Time in activity", "Method municipalities", "Per cent", "0.25", "23.2% · met"):
        assert words in english
    assert not re.search("[\ue000-\uf8ff]", found["da"].wide + found["en"].wide)


def test_the_files_are_the_drawings(tmp_path):
    found = draw(seaborn_axes(), tmp_path)
    assert (tmp_path / "targets.da.svg").read_text(encoding="utf-8") == found["da"].wide
    assert (tmp_path / "targets.en.narrow.svg").read_text(encoding="utf-8") == found["en"].narrow


def test_the_finding_is_title_and_the_source_stands_below(tmp_path):
    svg = draw(seaborn_axes(), tmp_path, subtitle=Text(da="Andel", en="Share"))["en"].wide
    root = ElementTree.fromstring(svg)
    assert root[0].text == "The method municipalities are <ahead>"
    assert root[1].text == "Share Source: DREAM"
    assert texts(svg)[-3:] == ["The method municipalities are <ahead>", "Share", "Source: DREAM"]


def test_nothing_on_a_phone_is_smaller_than_ten_pixels(tmp_path):
    svg = draw(seaborn_axes(), tmp_path)["da"].narrow
    width = float(re.search(r'viewBox="0 \S+ (\S+) ', svg).group(1))
    sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)px", svg)]
    assert min(sizes) * 358 / width >= 10


def test_a_figure_that_is_legible_on_a_phone_has_no_second_drawing(tmp_path):
    (tmp_path / "targets.da.narrow.svg").write_text("old")
    _, axes = plt.subplots(figsize=(3.6, 2))
    axes.plot([0, 1])
    assert draw(axes, tmp_path)["da"].narrow is None
    assert not (tmp_path / "targets.da.narrow.svg").exists()


def test_panels_side_by_side_go_below_one_another_on_a_phone(tmp_path):
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3), sharey=True)
    for axes, name in ((left, "time"), (right, "self")):
        axes.plot([0, 1])
        axes.set_title(name)
    narrow = draw(figure, tmp_path)["en"].narrow
    places = re.findall(r"translate\(\S+ ([\d.-]+)\)[^>]*>(Time in activity|Self-support)", narrow)
    assert float(places[0][0]) + 100 < float(places[1][0])


def test_the_figure_is_left_as_it_came(tmp_path):
    axes = seaborn_axes()
    figure = axes.get_figure()
    draw(axes, tmp_path)
    assert figure.get_size_inches().tolist() == [7.2, 3]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["method", "comparison"]
    assert axes.yaxis.get_major_formatter().format_ticks([0, 1]) == ["time", "self"]
    assert axes.texts[0].get_text() == "23.2% · met"
    assert axes.get_legend().get_visible()


def test_texts_without_translation_are_named_all_at_once_and_nothing_is_written(tmp_path):
    axes = seaborn_axes()
    axes.set_title("Unknown title")
    axes.set_xlabel("Per cnet")
    with pytest.raises(UsageError) as raised:
        draw(axes, tmp_path)
    assert "'targets'" in str(raised.value)
    assert "'Unknown title' (da)" in str(raised.value)
    assert "'Per cnet' (da)" in str(raised.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("finding", [None, "", Text(da="Fund", en=" ")])
def test_a_figure_without_a_finding_is_refused(tmp_path, finding):
    with pytest.raises(UsageError, match="no finding"):
        draw(seaborn_axes(), tmp_path, finding=finding)


def test_what_is_no_figure_is_refused(tmp_path):
    with pytest.raises(UsageError, match="a DataFrame is no figure"):
        draw(shares(), tmp_path)


def test_the_same_figure_is_the_same_file(tmp_path):
    assert draw(seaborn_axes(), tmp_path) == draw(seaborn_axes(), tmp_path)


def test_a_grid_of_seaborn_is_drawn_without_a_word(tmp_path):
    use_report_style()
    table = shares().reset_index()
    grid = sns.catplot(table, x="estimate", y="role", col="target", kind="strip", height=3)
    grid.set_titles("{col_name}").set_axis_labels("Per cent", "role")
    assert "Tid i aktivitet" in texts(draw(grid, tmp_path)["da"].wide)


def test_a_long_word_is_divided_only_where_it_must(tmp_path):
    long = Text(da="Forberedelses\N{SOFT HYPHEN}forløb", en="Preparation course")
    names = {str(place): long for place in range(4)} | {"one": long}
    figure, axes = plt.subplots(figsize=(7.2, 3))
    axes.bar([str(place) for place in range(4)], range(4))
    assert "Forberedelses-" in texts(draw(figure, tmp_path, names=names)["da"].wide)
    figure, axes = plt.subplots(figsize=(7.2, 3))
    axes.bar(["one"], [1])
    assert "Forberedelsesforløb" in texts(draw(figure, tmp_path, names=names)["da"].wide)
