"""Parts of pages by themselves: anchors, glossary, downloads, drawings."""

import csv
import io
import json
import re

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from evalbook import plan
from evalbook.errors import DataError
from evalbook.paths import plan_directory
from evalbook.publish import appendices, downloads, glossary
from evalbook.publish.chapters import HEADING, slug, with_anchors
from evalbook.publish.edition import Edition
from evalbook.publish.notebook_pages import as_markdown, localised
from evalbook.report.style import report_style
from evalbook.report.svg import save
from evalbook.text.language import PACKAGED
from tests.unit.publish.test_chapters import PAGES, chapter


def test_headings_have_the_same_anchor_in_both_languages():
    danish, english = (
        "## Målene\n\nTekst\n\n### Øvrige {#others}\n\n## Målene\n",
        "## The targets\n\n### Other\n\n## The targets\n",
    )
    assert with_anchors(danish, english) == (
        "## Målene {#the-targets}\n\nTekst\n\n### Øvrige {#others}\n\n## Målene {#the-targets-2}\n"
    )


def test_headings_that_do_not_match_keep_words_of_their_own():
    assert (
        with_anchors("## Æbler og ører\n", "## Apples\n\n## Ears\n")
        == "## Æbler og ører {#aebler-og-oerer}\n"
    )


@pytest.mark.parametrize("page", PAGES)
def test_chapters_have_the_same_headings_in_the_same_order(page):
    danish, english = (
        [level for level, _, _ in HEADING.findall(chapter(language, page))]
        for language in ("da", "en")
    )
    assert danish == english


@pytest.mark.parametrize("language", PACKAGED)
def test_glossary_is_in_alphabetical_order_with_the_same_anchors(language):
    path = plan_directory() / "glossary.yml"
    body = glossary.glossary_page(path, language).body
    terms = re.findall(r"^\[([^\]]+)\]\{#([\w-]+)\}", body, re.MULTILINE)
    assert {anchor for _, anchor in terms} == {
        slug(entry["en"].term) for entry in glossary.read(path)
    }
    assert len(terms) == len(glossary.read(path)) > 25
    names = [term for term, _ in terms]
    assert names.index(
        {"da": "håndholdt indsats", "en": "one-to-one support"}[language]
    ) > names.index({"da": "fleksjob", "en": "flex job"}[language])
    assert names == sorted(
        names, key=lambda term: term.lower().replace("æ", "{").replace("ø", "|").replace("å", "}")
    )


def test_glossary_without_a_language_is_named(tmp_path):
    broken = tmp_path / "glossary.yml"
    broken.write_text("- da: {term: ord, meaning: betydning}\n")
    with pytest.raises(DataError, match=r"glossary.yml.*en"):
        glossary.read(broken)


def test_downloaded_table_holds_plain_numbers_and_runs_no_formula(tmp_path):
    heading = {"da": "Kommune", "en": "Municipality"}
    columns = {"name": {"heading": heading}, "share": {"heading": {"da": "Andel", "en": "Share"}}}
    rows = [
        {"name": "=cmd()", "share": 0.25},
        {"name": {"da": "Møn; Vest", "en": "Møn, West"}, "share": None},
    ]
    found = {"method": {"figures": {}, "tables": {"use": {"columns": columns, "rows": rows}}}}
    (tmp_path / "method").mkdir()
    downloads.write_tables(found, tmp_path, "en")
    text = (tmp_path / "method/tbl-use.en.csv").read_text(encoding="utf-8")
    assert list(csv.reader(io.StringIO(text))) == [
        ["Municipality", "Share"],
        ["'=cmd()", "0.25"],
        ["Møn, West", ""],
    ]


def test_rounded_drawing_shows_the_same_in_less(tmp_path):
    angle = np.linspace(0, 2 * np.pi, 5000)
    with report_style():
        figure, axes = plt.subplots()
        axes.fill(np.cos(angle), np.sin(angle))
        save(figure, tmp_path / "rounded.svg")
        figure.savefig(tmp_path / "exact.svg")
        plt.close(figure)
    rounded, exact = ((tmp_path / f"{name}.svg").read_text() for name in ("rounded", "exact"))
    assert len(rounded) < len(exact) / 3
    # No point of the coast is farther than half a step, a quarter of a point, from where it was.
    kept, all_points = points(rounded), points(exact)
    nearest = np.sqrt(((kept[:, None] - all_points[None]) ** 2).sum(axis=2)).min(axis=1)
    assert nearest.max() < 0.4


def points(svg):
    """Follow the longest line from point to point, by whole addresses (M, L) or by steps (l)."""
    coast = max(re.findall(r'd="([^"]+)"', svg), key=len)
    found = [np.zeros(2)]
    for kind, x, y in re.findall(r"([MLl]) ?(-?[\d.]+) ?(-?[\d.]+)", coast):
        found.append(np.array([float(x), float(y)]) + (found[-1] if kind == "l" else 0))
    return np.array(found[1:])


@pytest.mark.parametrize("language", PACKAGED)
def test_readers_are_told_the_name_of_the_data_folder_but_not_where_it_is(tmp_path, language):
    parameters = {"checkpoint": "2009-03", "data": "/home/ane/secret/extract-2009"}
    cell = nbformat.v4.new_code_cell(f'data = "{parameters["data"]}"', id="injected-parameters")
    notebook = nbformat.v4.new_notebook(
        cells=[cell], metadata={"papermill": {"parameters": parameters}}
    )
    nbformat.write(notebook, tmp_path / "notebook.ipynb")
    run = {
        "parameters": parameters,
        "inputs": {"/home/ane/secret/extract-2009/dream.csv": "0" * 64},
        "files": {},
    }
    shown = localised(tmp_path / "notebook.ipynb", language, appendices.run_line(run, language))
    told = [
        nbformat.writes(shown),
        as_markdown(shown, "method", {}, language),
        shown.cells[0].source,
    ]
    assert all("secret" not in text for text in told)
    assert 'data = "extract-2009"' in told[1]
    assert "`data = 'extract-2009'`" in told[2]


def test_how_this_was_made_does_not_say_where_the_data_are(tmp_path):
    run = {
        "outcome": "completed",
        "parameters": {"data": "/home/ane/secret/extract-2009"},
        "notebook": {},
        "outputs": {},
        "inputs": {
            "/home/ane/secret/extract-2009/dream.csv": "0" * 64,
            "data/public/fam.csv": "0" * 64,
        },
        "files": {},
    }
    edition = Edition(tmp_path, plan.load().checkpoints[0], "en")
    place = edition.figures / "method"
    place.mkdir(parents=True)
    (place / "run.json").write_text(json.dumps(run))
    page = appendices.provenance_page(edition).body
    assert "secret" not in page
    assert "`extract-2009/dream.csv`" in page
    assert "`data/public/fam.csv`" in page
