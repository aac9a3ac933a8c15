"""A report on a municipality with a strange name: pages, print, search and downloads."""

import csv
import json

import pandas as pd
import pytest
from pypdf import PdfReader

from evalbook.plan.results import results
from evalbook.publish import downloads, pdf, portable
from evalbook.report.column import Column, described
from evalbook.report.pipe_table import pipe_table, plain_rows
from evalbook.text.language import Text
from tests.lib.hostile import NAMES, straight, text_of

LANGUAGES = ("da", "en")
CHAPTER = """
::: {#tbl-places}
{{< include /figures/latest/method/places.en.md >}}

Places.
:::

"""


@pytest.fixture
def chapters(chapters):
    """A report whose only theme tells of a municipality with each of the names."""
    made = chapters.root / "figures" / "2007-09" / "method"
    made.mkdir()
    frame = pd.DataFrame({"name": NAMES, "n": range(5, 5 + len(NAMES))})
    columns = {"name": Column(Text.same("Place")), "n": Column(Text.same("n"), "count")}
    for language in LANGUAGES:
        table = pipe_table(frame, columns, language)
        (made / f"places.{language}.md").write_text(f"{table}\n")
    found = {kind: {} for kind in ("numbers", "labels", "methods", "figures", "tables", "notices")}
    found["labels"] = {f"name-{i}": dict.fromkeys(LANGUAGES, name) for i, name in enumerate(NAMES)}
    data = {"columns": described(columns, LANGUAGES), "rows": plain_rows(frame, columns, LANGUAGES)}
    source = {"da": "Kilde", "en": "From A_b_c* | {{< x >}}"}
    found["tables"] = {"places": {"source": source, **data}}
    (made / "results.json").write_text(json.dumps(found))
    told = "\n\n".join(f"Most in {{{{< meta method.name-{i} >}}}}." for i in range(len(NAMES)))
    chapters.chapter(CHAPTER + told + "\n")
    return chapters


def test_pages_and_their_search_show_the_names(chapters):
    out = portable.render_html(chapters.assemble())
    page = (out / "index.html").read_text(encoding="utf-8")
    shown = straight(text_of(page[page.index("<main") : page.index("</main>")]))
    entries = (out / "search.js").read_text(encoding="utf-8")
    found = json.loads(entries.removeprefix("takeIndex(").removesuffix(");\n"))
    words = straight(" ".join(text for *_, text in found))
    for place, name in enumerate(map(straight, NAMES)):
        assert f"{name} {5 + place} " in shown
        assert f"Most in {name}." in shown
        assert f"Most in {name}." in words
    assert "Places. From A_b_c* | {{< x >}}." in shown
    inside = page[page.index("<main") : page.index("</main>")]
    assert not [tag for tag in ("<img", "<script", "<a href", "<em", "<code") if tag in inside]


def test_print_shows_the_names(chapters):
    target = chapters.root / "report.pdf"
    pdf.render_pdf(chapters.assemble(), target, synthetic=True)
    text = "".join(page.extract_text() for page in PdfReader(target).pages)
    # The fonts have one glyph for both hyphens.
    printed = straight("".join(text.split())).replace("\N{SOFT HYPHEN}", "-")
    for name in NAMES:
        told = "".join(straight(f"Most in {name}.").split())
        assert told in printed


def test_what_quarto_gets_holds_no_shortcode_and_no_html(chapters):
    assembled = chapters.assemble()
    text = assembled.expanded(assembled.chapters[0])
    assert not [sign for sign in ("{{<", "{{%", "<img", "@fig", "![", "$$") if sign in text]


def test_downloads_hold_the_names(chapters):
    made = chapters.root / "figures" / "2007-09"
    downloads.write_tables({"method": results(made / "method")}, made, "en")
    [path] = made.glob("method/*.en.csv")
    with path.open(newline="", encoding="utf-8") as file:
        read = [name for name, _ in list(csv.reader(file))[1:]]
    assert [name.removeprefix("'") for name in read] == list(NAMES)
    assert {name for name in read if name.startswith("'")} == {
        f"'{name}" for name in NAMES if name[0] in "=+-@"
    }
