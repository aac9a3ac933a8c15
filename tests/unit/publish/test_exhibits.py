"""Notebooks' figures and tables in chapters: what is put in with each, and what is refused."""

import json
import re

import pytest

from evalbook.errors import ChapterError
from evalbook.publish import pandoc, pdf, portable

FIGURE = "![Dwellings.](/figures/latest/method/dwellings.en.svg){#fig-dwellings}\n"
TABLE = """::: {#tbl-owners}
{{< include /figures/latest/method/owners.en.md >}}

Who *owns* them.
:::
"""
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 30"><rect width="9" height="9"/></svg>'
)
SOURCE = {"da": "Kilde: BBR's tal", "en": "Source: BBR's numbers"}
LATER = {"da": "Begynder senere.", "en": "Begins later."}
RESULTS = {
    "numbers": {},
    "labels": {},
    "methods": {},
    "figures": {
        "dwellings": {
            "alt": {"da": "Der er 3.", "en": "There are 3."},
            "source": SOURCE,
            "data": {
                "columns": {
                    "where": {"heading": {"da": "Hvor", "en": "Where"}, "unit": None},
                    "n": {"heading": {"da": "Antal", "en": "Number"}, "unit": "count"},
                },
                "rows": [{"where": {"da": "Her", "en": "Here"}, "n": 3.0}],
            },
        }
    },
    "tables": {"owners": {"source": SOURCE, "columns": {}, "rows": []}},
    "later": {"use-*": "plan.workshop"},
    "notices": {"rents": LATER, "moves": LATER, "tenants": LATER},
}


@pytest.fixture
def chapters(chapters):
    made = chapters.root / "figures" / "2007-09" / "method"
    made.mkdir()
    for language in ("da", "en"):
        (made / f"dwellings.{language}.svg").write_text(DRAWING)
        (made / f"owners.{language}.md").write_text("| a | b |\n|---|--:|\n| c | 1 |\n")
    (made / "results.json").write_text(json.dumps(RESULTS))
    return chapters


def page(chapters, text, language="en"):
    chapters.chapter(text, language)
    out = portable.render_html(chapters.assemble(language))
    content = (out / "index.html").read_text(encoding="utf-8")
    return content[content.index("<main") : content.index("</main>")]


def typst(chapters, text):
    chapters.chapter(text)
    assembled = chapters.assemble()
    pdf.render_pdf(assembled, chapters.root / "report.pdf", synthetic=True)
    return (assembled.folder / "report.typ").read_text(encoding="utf-8")


def test_a_page_says_alternative_text_source_and_the_numbers_behind(chapters):
    found = page(chapters, f"See @fig-dwellings and @tbl-owners.\n\n{FIGURE}\n{TABLE}")
    assert 'alt="There are 3."' in found
    assert re.search(r"<figcaption><strong>Figure\s1\.</strong> Dwellings\.</figcaption>", found)
    behind = found[found.index('<details class="behind">') : found.index("</details>")]
    assert "<th>Where</th>" in behind and ">3<" in behind
    caption = re.search(r"<caption>(.*?)</caption>", found, re.DOTALL)[1]
    assert "Who <em>owns</em> them. Source: BBR’s numbers." in caption
    assert "<p>Who" not in found


def test_print_says_them_too_without_the_numbers_behind(chapters):
    found = typst(chapters, f"See @fig-dwellings and @tbl-owners.\n\n{FIGURE}\n{TABLE}")
    assert 'alt: "There are 3."' in found
    assert "Who #emph[owns] them. Source: BBR's numbers." in found
    assert "Here" not in found


def test_the_writers_own_alternative_text_stands(chapters):
    own = FIGURE.replace("}", ' fig-alt="Three houses."}')
    assert 'alt="Three houses."' in page(chapters, own)


def test_a_narrow_screen_gets_the_drawing_made_for_it(chapters):
    made = chapters.root / "figures" / "2007-09" / "method" / "dwellings.en.narrow.svg"
    made.write_text(DRAWING)
    found = page(chapters, FIGURE)
    picture = found[found.index("<picture>") : found.index("</picture>")]
    assert 'srcset="figures/latest/method/dwellings.en.narrow.svg"' in picture
    assert 'alt="There are 3."' in picture
    assert (chapters.root / "edition/_site/figures/latest/method/dwellings.en.narrow.svg").is_file()
    assert "narrow" not in typst(chapters, FIGURE)


@pytest.mark.parametrize("made", [page, typst])
def test_what_the_checkpoint_does_not_have_is_a_notice_that_references_lead_to(chapters, made):
    rents = FIGURE.replace("dwellings", "rents").replace("Dwellings", "{{< meta method.none >}}")
    moves = TABLE.replace("owners", "moves")
    found = made(chapters, f"See @fig-rents and @tbl-moves.\n\n{rents}\n{moves}\nThen.\n\n{FIGURE}")
    assert found.count("Begins later.") == 1
    assert "Figure 1, Table 1" in found.replace("\N{NO-BREAK SPACE}", " ").replace("~", " ")
    assert "figure-rents" in found and "table-moves" in found
    assert "Who" not in found
    assert "Figure 2" in found.replace("\N{NO-BREAK SPACE}", " ").replace("~", " ")


def test_paragraphs_that_the_checkpoint_does_not_have_are_a_notice(chapters):
    text = "{{< include /figures/latest/method/_tenants.en.md >}}\n"
    assert "Begins later." in page(chapters, text)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("text", "said", "remedy"),
    [
        (FIGURE.replace("dwellings", "dwelings"), "no notebook makes the figure", "'dwellings'?"),
        (TABLE.replace("owners", "ouners"), "no notebook makes the table", "'owners'?"),
        (FIGURE.replace("Dwellings.", ""), "has no caption", "![Caption.]"),
        (TABLE.replace("Who *owns* them.", ""), "has no caption", "#tbl-owners"),
        (FIGURE.replace("{#fig-dwellings}", ""), "has no identifier", "{#fig-dwellings}"),
        (FIGURE.replace("#fig-", "#tbl-"), "has no identifier", "{#fig-dwellings}"),
        (TABLE.replace("::: {#tbl-owners}", "::: {.wide}"), "has no identifier", "#tbl-owners"),
        (FIGURE.replace(".en.svg", ".da.svg"), "is in 'da'", "'en'"),
        (TABLE.replace(".en.md", ".da.md"), "is in 'da'", "'en'"),
        (FIGURE.replace("/method/", "/metod/"), "of no theme 'metod'", "method"),
        (
            "{{< include /figures/latest/method/_fig-dwellings.en.md >}}\n",
            "'fig-dwellings' is included",
            "![Caption.](/figures/latest/method/dwellings.en.svg){#fig-dwellings}",
        ),
    ],
)
def test_what_cannot_be_completed_is_refused_with_its_line(chapters, text, said, remedy, newline):
    chapters.chapter(f"Before.\n\n{text}", newline=newline)
    with pytest.raises(ChapterError) as caught:
        chapters.assemble()
    line = 8 if "include" in text and "_fig" not in text else 7
    assert said in caught.value.problem and f"line {line}: " in caught.value.problem
    assert remedy in caught.value.remedy
    assert str(caught.value.where).endswith("index.qmd")
    assert not (chapters.root / "edition").exists()


def test_own_includes_are_checked_and_what_is_hidden_is_not(chapters):
    chapters.write("chapters/en/_own.md", FIGURE.replace("Dwellings.", ""))
    chapters.chapter("{{< include _own.md >}}\n")
    with pytest.raises(ChapterError, match=r"_own\.md.*no caption"):
        chapters.assemble()
    hidden = FIGURE.replace("dwellings", "nothing")
    chapters.chapter(f'::: {{.content-visible when-meta="has.method.x"}}\n{hidden}\n:::\n')
    chapters.assemble()


def test_a_figure_of_a_theme_that_failed_leaves_a_mark(chapters):
    chapters.chapter(f"See @fig-dwellings.\n\n{FIGURE.replace('/method/', '/organisation/')}")
    assembled = chapters.assemble()
    source = pandoc.Source(assembled.expanded(assembled.chapters[0]), chapters.root)
    (found,) = pandoc.convert(
        [source], to="html5", context=assembled.context, folder=assembled.folder
    )
    assert found.count("(missing)") == 2
    assert "<img" not in found


def test_a_value_that_is_not_due_yet_is_refused_with_its_condition(chapters):
    chapters.chapter("{{< meta method.use-mentor.value >}}\n")
    assembled = chapters.assemble()
    source = pandoc.Source(assembled.expanded(assembled.chapters[0]), chapters.root)
    with pytest.raises(
        ChapterError, match=r"not due at this checkpoint \(plan\.workshop\)"
    ) as told:
        pandoc.convert([source], to="html5", context=assembled.context, folder=assembled.folder)
    assert "when-meta" in told.value.remedy
