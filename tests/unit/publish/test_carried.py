"""What chapters may hold beside text: the same as pages, in print and before Quarto."""

import json
import re

import pytest
from pypdf import PdfReader

from evalbook.errors import ChapterError
from evalbook.publish import pandoc, pdf, portable
from evalbook.publish.attachments import own_files

FORMATS = """
::: {.content-visible when-format="pdf"}
Only in print.
:::

::: {.content-visible unless-format="html"}
Not on pages.
:::

::: {.content-hidden when-format="pdf"}
Not in print.
:::

::: {.content-hidden}
Never shown.
:::

::: {.hidden}
Out of sight.
:::

[Only on pages]{.content-visible when-format="html"},
[in print]{.content-hidden when-format="html"}.
"""
PICTURE = "![A dot.](../pictures/dot.svg){#fig-dot}\n"
TABLE = "| a | b |\n|---|--:|\n| c | 1 |\n\n: Two letters. {#tbl-own}\n"
EQUATION = "$$ y = \\frac{a}{b} $$ {#eq-share}\n"


def page(chapters, text, language="en"):
    """Make a page and return its content."""
    chapters.chapter(text, language)
    out = portable.render_html(chapters.assemble(language, whole=True))
    content = (out / "index.html").read_text(encoding="utf-8")
    return content[content.index("<main") : content.index("</main>")]


def typst(chapters, text, language="en"):
    """Return the Typst of a chapter whose PDF can be made."""
    chapters.chapter(text, language)
    assembled = chapters.assemble(language)
    pdf.render_pdf(assembled, chapters.root / "report.pdf", synthetic=True)
    return (assembled.folder / "report.typ").read_text(encoding="utf-8")


def printed(chapters, text):
    typst(chapters, text)
    return "\n".join(p.extract_text() for p in PdfReader(chapters.root / "report.pdf").pages)


def test_content_for_one_format_is_not_in_another(chapters):
    shown, in_print = page(chapters, FORMATS), printed(chapters, FORMATS)
    assert "Not in print." in shown
    assert "Only on pages" in shown
    assert not re.search(r"Only in print|Not on pages|Never shown|Out of sight|,\s+in print", shown)
    assert re.search(r"Only in print\.\s+Not on pages\.", in_print)
    assert not re.search(r"Not in print|Only on pages|Never shown|Out of sight", in_print)


def test_page_break_is_one(chapters):
    text = "Before.\n\n{{< pagebreak >}}\n\nAfter.\n"
    assert "{{" not in page(chapters, text)
    typst(chapters, text)
    pages = [p.extract_text() for p in PdfReader(chapters.root / "report.pdf").pages]
    before, after = (
        next(n for n, content in enumerate(pages) if word in content)
        for word in ("Before.", "After.")
    )
    assert after == before + 1


def test_variables_and_own_includes_are_read(chapters):
    chapters.write("_variables.yml", "contact:\n  mail: a@example.org\n")
    chapters.write("chapters/en/_own.md", "\ufeffFrom {{< var contact.mail >}}.\r\n<!-- no -->\r\n")
    shown = page(chapters, "{{< include _own.md >}}\n")
    assert "a@example.org" in shown
    assert "no -->" not in shown


@pytest.mark.parametrize("name", ["_nothing.md", "../../../outside.md"])
def test_an_include_that_does_not_exist_is_named(chapters, name):
    (chapters.root.parent / "outside.md").write_text("secret")
    with pytest.raises(ChapterError, match=re.escape(f"'{name}' does not exist")):
        page(chapters, f"{{{{< include {name} >}}}}\n")


def test_a_picture_beside_a_chapter_goes_along_and_is_a_dependency(chapters):
    shown = page(chapters, f"See @fig-dot.\n\n{PICTURE}")
    source = re.search(r'<img src="([^"]+)"', shown)[1]
    assert (chapters.root / "edition" / "_site" / source).is_file()
    assert 'width="80" height="40"' in shown
    assert '<a href="#figure-dot" class="reference">Figure\N{NO-BREAK SPACE}1</a>' in shown
    path = chapters.root / "chapters/en/index.qmd"
    assert own_files(path, chapters.root) == [chapters.root / "chapters/pictures/dot.svg"]
    assert 'alt: "A dot."' in typst(chapters, PICTURE).replace("Figure~1. ", "")


def test_a_picture_that_does_not_exist_is_named_with_its_line(chapters):
    with pytest.raises(ChapterError, match=r"index\.qmd, line 7: the picture 'images/no\.png'"):
        page(chapters, "Text.\n\n![No](images/no.png)\n")


@pytest.mark.parametrize(("language", "name"), [("en", "Table"), ("da", "Tabel")])
def test_own_tables_are_numbered_and_referred_to(chapters, language, name):
    text = f"See @tbl-own.\n\n{TABLE}"
    label = f"{name}\N{NO-BREAK SPACE}1"
    shown = page(chapters, text, language)
    assert f'<a href="#table-own" class="reference">{label}</a>' in shown
    assert f"<strong>{label}.</strong> Two letters." in shown
    assert 'id="table-own"' in shown
    assert "<table-own>" in typst(chapters, text, language)


def test_an_interval_in_a_table_stays_on_one_line(chapters):
    rows = "| 26.9–42.6 | −2.8 to 10.6 | 1,027 | 3 of the persons asked |"
    shown = page(chapters, f"| a | b | c | d |\n|--:|--:|--:|---|\n{rows}\n\n: Own. {{#tbl-own}}\n")
    assert re.findall(r'<span\s+class="number">(.*?)</span>', shown, re.DOTALL) == [
        "26.9–42.6",
        "−2.8 to 10.6",
    ]


@pytest.mark.parametrize(("language", "name"), [("en", "Equation"), ("da", "Ligning")])
def test_equations_are_numbered_referred_to_and_spoken(chapters, language, name):
    text = f"By @eq-share, with $a > 0$:\n\n{EQUATION}"
    shown = page(chapters, text, language)
    assert f'<a href="#equation-share" class="reference">{name}\N{NO-BREAK SPACE}1</a>' in shown
    assert re.search(r'id="equation-share".*<math.*\(1\)', shown, re.DOTALL)
    assert "{#eq-" not in shown
    written = typst(chapters, text, language)
    assert "<equation-share>" in written
    assert r'alt: "a > 0"' in written
    assert r"\\frac{a}{b}" in written


def test_a_formula_that_cannot_be_read_is_refused(chapters):
    with pytest.raises(ChapterError, match="formula"):
        page(chapters, "$\\frac{a$\n")


@pytest.mark.parametrize(
    ("language", "named"), [("en", "section “Limits”"), ("da", "afsnittet »Limits«")]
)
def test_sections_are_referred_to_by_title(chapters, language, named):
    text = "See @sec-limits and @sec-limits.\n\n## Limits {#sec-limits}\n\nText.\n"
    assert f'<a href="#sec-limits" class="reference">{named}</a>' in page(chapters, text, language)
    assert "<index--sec-limits>" in typst(chapters, text, language)


def test_a_section_of_another_chapter_is_referred_to(chapters):
    chapters.write("chapters/en/more.qmd", "---\ntitle: Two\n---\n\n## Far {#sec-far}\n")
    assert 'href="more.html#sec-far"' in page(chapters, "See @sec-far.\n")
    assert re.search(r"section “Far”\s+\(page \d+\)", printed(chapters, "See @sec-far.\n"))


@pytest.mark.parametrize("name", ["fig-no", "tbl-no", "eq-no", "sec-no", "no-such-work", "lst-no"])
def test_what_is_referred_to_and_does_not_exist_is_named(chapters, name):
    with pytest.raises(ChapterError, match=name):
        page(chapters, f"See @{name}.\n")


def test_the_check_before_quarto_is_the_same(chapters):
    chapters.chapter("See @sec-no and [@no-such-work].\n")
    assembled = chapters.assemble()
    sources = [pandoc.Source(assembled.expanded(c), c.path) for c in assembled.chapters]
    with pytest.raises(ChapterError, match=r"sec-no.*no-such-work"):
        pandoc.convert(sources, to="plain", context=assembled.context, folder=assembled.folder)


def test_works_with_danish_letters_are_cited(chapters):
    shown = page(chapters, "As written [@Østergård2009].\n")
    assert "Østergård" in shown
    assert "@Øster" not in shown
    assert "Østergård 2009" in printed(chapters, "As written [@Østergård2009].\n")


def test_code_is_left_alone(chapters):
    code = "```bash\n# not a heading\n![no](no.png) [x](nowhere.qmd) <!-- kept -->\n```\n"
    shown = page(chapters, f"## First\n\n{code}\n## Second\n")
    assert "# not a heading" in re.sub(r"<[^>]+>", "", shown)
    assert "kept" in shown
    assert "{#" not in shown
    assert re.findall(r'<h2[^>]* id="([^"]+)"', shown) == ["first", "second"]


def test_comments_do_not_reach_readers(chapters):
    text = "Before<!-- ask Ane\nagain --> after.\n"
    assert "Ane" not in page(chapters, text)
    chapters.assemble()
    assert "Ane" not in (chapters.root / "edition" / "context.json").read_text()


@pytest.mark.parametrize(
    "target", ["nothere.qmd", "more.qmd#nowhere", "#nowhere", "files/table.xlsx"]
)
def test_dead_links_are_refused(chapters, target):
    with pytest.raises(ChapterError, match=r"index\.qmd, line 7: the link to .* leads nowhere"):
        page(chapters, f"Text.\n\n[There]({target})\n")


@pytest.mark.parametrize(
    "target",
    ["more.qmd", "more.qmd#far-away", "#here", "https://example.org/x.qmd", "glossary.qmd"],
)
def test_living_links_are_not(chapters, target):
    assert "There" in page(chapters, f"## Here\n\n[There]({target})\n")


def test_a_footnote_of_one_word_is_no_link(chapters):
    assert "Ibid." in page(chapters, "Text.[^1]\n\n[^1]: Ibid.\n")


def test_a_heading_is_the_title_of_a_callout(chapters):
    shown = page(chapters, "::: {.callout-note}\n## Mind\n\nText.\n:::\n")
    assert re.search(r'<div class="callout-title">\s*Mind\s*</div>', shown)
    assert "<h2" not in shown


def test_context_holds_the_works(chapters):
    chapters.assemble()
    known = json.loads((chapters.root / "edition" / "context.json").read_text())
    assert known["works"] == ["Østergård2009"]
