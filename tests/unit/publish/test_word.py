"""The Word file: one document of all chapters, with pictures, tables, captions and references."""

import re
import zipfile
from xml.etree import ElementTree

import pytest

from evalbook.errors import RenderError, UsageError
from evalbook.publish.word import REFERENCE, render_docx

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PICTURE = "![A dot.](../pictures/dot.svg){#fig-dot fig-alt='One dot'}\n"
TABLE = "| a | b |\n|---|--:|\n| c | 1 |\n\n: Two letters. {#tbl-own}\n"


def written(chapters, text, language="en"):
    """Return the parts of a Word file made of a chapter."""
    chapters.chapter(text, language)
    target = chapters.root / "report.docx"
    render_docx(chapters.assemble(language), target)
    with zipfile.ZipFile(target) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def document(parts):
    return ElementTree.fromstring(parts["word/document.xml"])


def paragraphs(parts, style):
    """Return the texts of the paragraphs of a style."""
    return [
        "".join(each.text or "" for each in paragraph.iter(f"{W}t"))
        for paragraph in document(parts).iter(f"{W}p")
        if (named := paragraph.find(f"{W}pPr/{W}pStyle")) is not None
        and named.get(f"{W}val") == style
    ]


def test_all_chapters_are_one_document_under_the_title_of_the_plan(chapters):
    parts = written(chapters, "## A section\n\nText.\n")
    assert paragraphs(parts, "Heading1")[:2] == ["One", "Two"]
    assert paragraphs(parts, "Heading2")[:2] == ["A section", "Far away"]
    assert paragraphs(parts, "Title") == ["New chance for minorities with complex needs"]
    assert paragraphs(parts, "Subtitle") == ["Evaluation checkpoint 1, September 2007"]
    assert paragraphs(parts, "TOCHeading") == ["Contents"]


@pytest.mark.parametrize(
    ("language", "tag", "figure", "table"),
    [("en", "en-GB", "Figure", "Table"), ("da", "da-DK", "Figur", "Tabel")],
)
def test_figures_and_tables_are_numbered_in_the_language(chapters, language, tag, figure, table):
    parts = written(chapters, f"See @fig-dot and @tbl-own.\n\n{PICTURE}\n{TABLE}", language)
    space = "\N{NO-BREAK SPACE}"
    assert paragraphs(parts, "ImageCaption") == [f"{figure}{space}1. A dot."]
    assert paragraphs(parts, "TableCaption") == [f"{table}{space}1. Two letters."]
    assert f"See {figure}{space}1 and {table}{space}1." in paragraphs(parts, "FirstParagraph")
    assert f'w:val="{tag}"' in parts["word/styles.xml"].decode()


def test_a_drawing_is_a_picture_with_its_alternative_text(chapters):
    parts = written(chapters, PICTURE)
    pictures = [name for name in parts if name.startswith("word/media/")]
    assert [name.rpartition(".")[2] for name in pictures] == ["png"]
    assert parts[pictures[0]].startswith(b"\x89PNG")
    assert 'descr="One dot"' in parts["word/document.xml"].decode()


def test_what_is_referred_to_is_there(chapters):
    text = "See @fig-dot, @tbl-own, @sec-here, [there](more.qmd) and [far](more.qmd#far-away).\n"
    parts = written(chapters, f"{text}\n## Here {{#sec-here}}\n\n{PICTURE}\n{TABLE}")
    named = {each.get(f"{W}name") for each in document(parts).iter(f"{W}bookmarkStart")}
    targets = {each.get(f"{W}anchor") for each in document(parts).iter(f"{W}hyperlink")} - {None}
    assert len(targets) == 5
    assert targets <= named


def test_the_heading_row_of_a_table_is_repeated_on_each_page(chapters):
    table = next(document(written(chapters, TABLE)).iter(f"{W}tbl"))
    rows = list(table.iter(f"{W}tr"))
    assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True, False]


def test_callouts_and_content_for_word_are_carried(chapters):
    parts = written(
        chapters,
        '::: {.callout-note title="Beware"}\nOf the dog.\n:::\n\n'
        '::: {.content-visible when-format="docx"}\nOnly in Word.\n:::\n\n'
        '::: {.content-visible when-format="pdf"}\nOnly in print.\n:::\n',
    )
    assert paragraphs(parts, "CalloutTitle") == ["Beware"]
    assert paragraphs(parts, "Callout") == ["Of the dog."]
    text = parts["word/document.xml"].decode()
    assert "Only in Word." in text
    assert "Only in print." not in text


def test_an_equation_can_be_edited(chapters):
    text = written(chapters, "$$ y = \\frac{a}{b} $$ {#eq-share}\n\nSee @eq-share.\n")
    assert "<m:oMath" in text["word/document.xml"].decode()


def test_the_same_report_gives_the_same_bytes(chapters):
    target = chapters.root / "report.docx"
    written(chapters, f"{PICTURE}\n{TABLE}")
    first = target.read_bytes()
    written(chapters, f"{PICTURE}\n{TABLE}")
    assert target.read_bytes() == first


def test_the_styles_are_those_of_the_project_s_own_document(chapters):
    own = chapters.root / "house.docx"
    with zipfile.ZipFile(REFERENCE) as source, zipfile.ZipFile(own, "w") as copy:
        for name in source.namelist():
            copy.writestr(name, source.read(name).replace(b"Calibri", b"Georgia"))
    config = chapters.root / "_quarto.yml"
    config.write_text(f"{config.read_text()}\nformat:\n  docx:\n    reference-doc: house.docx\n")
    styles = written(chapters, "Text.\n")["word/styles.xml"].decode()
    assert "Georgia" in styles
    assert "Calibri" not in styles
    own.unlink()
    with pytest.raises(UsageError, match=re.escape("'house.docx' does not exist")):
        written(chapters, "Text.\n")


def test_a_drawing_that_cannot_be_read_is_refused(chapters):
    chapters.write("chapters/pictures/dot.svg", "no drawing")
    with pytest.raises(RenderError, match="a drawing cannot be read"):
        written(chapters, PICTURE)
    assert not (chapters.root / "report.docx").exists()
