"""Names as no municipality has them: each appears as it is, and nothing beside it moves."""

import re
from xml.etree import ElementTree as ET

import matplotlib.pyplot as plt
import pandas as pd
import pypandoc
import pytest

from evalbook.publish.plain_tables import with_plain_tables
from evalbook.report.column import Column
from evalbook.report.drawing import draw
from evalbook.report.markdown import attribute, escaped
from evalbook.report.pipe_table import pipe_table
from evalbook.text.language import Text
from evalbook.text.outside import spreadsheet_safe
from tests.lib.hostile import NAMES, straight, text_of


def rows_of(page):
    return [
        [
            straight(text_of(cell))
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL)
    ]


def as_html(text):
    return pypandoc.convert_text(text, "html", format="markdown", extra_args=["--wrap=none"])


@pytest.mark.parametrize("around", [str, lambda table: with_plain_tables(table, "Table")])
def test_names_in_a_table_stay_in_their_cells(around):
    tables = []
    for name in NAMES:
        frame = pd.DataFrame({"name": [name, "Øst"], "n": [7, 8]})
        columns = {"name": Column(Text.same(name)), "n": Column(Text.same("n"), "count")}
        tables.append(pipe_table(frame, columns, "en") + "\n")
    page = as_html("\n\n".join(map(around, tables)))
    assert rows_of(page) == [
        row for name in map(straight, NAMES) for row in ([name, "n"], [name, "7"], ["Øst", "8"])
    ]
    assert set(re.findall(r"<(\w+)", page)) <= {
        *("table", "colgroup", "col", "thead", "tbody", "tr", "th", "td", "div")
    }


@pytest.mark.parametrize("sentence", ["{}", "Det gælder {} alene."])
def test_names_in_sentences_are_words(sentence):
    said = [sentence.format(name) for name in NAMES]
    page = as_html("\n\n".join(map(escaped, said)))
    assert [straight(text_of(each)) for each in page.splitlines()] == list(map(straight, said))
    assert set(re.findall(r"<(\w+)", page)) == {"p"}


def test_names_in_attributes_stay_in_them():
    page = as_html("\n\n".join(f'[x]{{.y title="{attribute(name)}" data-z="1"}}' for name in NAMES))
    found = [ET.fromstring(each).find("span").attrib for each in page.splitlines()]
    assert found == [{"class": "y", "title": name, "data-z": "1"} for name in NAMES]


def test_names_in_print_are_words():
    text = "\n\n".join(map(escaped, NAMES))
    written = pypandoc.convert_text(text, "typst", format="markdown")
    again = pypandoc.convert_text(written, "plain", format="typst", extra_args=["--wrap=none"])
    assert [straight(each) for each in again.strip().split("\n\n")] == list(map(straight, NAMES))


def test_characters_that_show_nothing_are_left_out():
    assert escaped("Nord\x00by\x1b[31m \u202eO/A\u2066") == "Nordby&#91;31m O/A"
    assert escaped("10\N{NO-BREAK SPACE}000\r\n  kr.") == "10\N{NO-BREAK SPACE}000 kr."


@pytest.mark.parametrize(
    "before", ["", "\t", "\r", "\n", " ", "\N{NO-BREAK SPACE}", "\N{ZERO WIDTH NO-BREAK SPACE}"]
)
@pytest.mark.parametrize("sign", "=+-@")
def test_no_cell_of_a_download_is_a_formula(before, sign):
    assert spreadsheet_safe(f"{before}{sign}1") == f"'{before}{sign}1"


@pytest.mark.parametrize("cell", ["\tNord", "\rNord", "\nNord"])
def test_no_cell_of_a_download_begins_with_a_tab_or_a_new_line(cell):
    assert spreadsheet_safe(cell) == f"'{cell}"


@pytest.mark.parametrize("name", [*NAMES, "$\\frac{$", "Nord\x00by \x1b[31m"])
def test_name_in_a_drawing_is_text(name, tmp_path):
    figure, axes = plt.subplots()
    axes.barh([name, "Øst"], [1, 2])
    draw(
        axes,
        name="places",
        finding=Text.same(f"Flest i {name}."),
        source=Text.same(name),
        names={name: Text.same(name), "Øst": Text.same("Øst")},
        translate=lambda words, language: None,
        languages=["da", "en"],
        folder=tmp_path,
    )
    plt.close(figure)
    drawing = ET.fromstring((tmp_path / "places.en.svg").read_text(encoding="utf-8"))
    words = " ".join(" ".join(drawing.itertext()).split())
    seen = " ".join(name.replace("\x00", "").replace("\x1b", "").split())
    assert words.count(seen) >= 3
    tags = {element.tag.rpartition("}")[2] for element in drawing.iter()}
    assert not tags & {"image", "img", "script", "a", "foreignObject"}
