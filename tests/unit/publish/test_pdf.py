"""What Typst says of a chapter reaches the user with its place."""

import pytest
from pypdf import PdfReader

from evalbook.errors import RenderError
from evalbook.publish import pdf


def refused(chapters, text):
    chapters.chapter(text)
    target = chapters.root / "report.pdf"
    with pytest.raises(RenderError) as caught:
        pdf.render_pdf(chapters.assemble(), target, synthetic=True)
    assert not target.exists()
    return str(caught.value)


def test_a_refusal_names_the_chapter_and_the_section(chapters):
    said = refused(chapters, "## First\n\nText\n\n## Second\n\n#### Too deep\n")
    assert "index.qmd, section 'Too deep'" in said
    assert "heading level 2 to 4" in said


def test_a_warning_is_an_error(chapters):
    said = refused(chapters, '```{=typst}\n#text(font: "No such font")[x]\n```\n')
    assert "index.qmd" in said
    assert "unknown font family" in said


def test_a_layout_that_does_not_settle_is_an_error(chapters):
    restless = (
        "#context { for _ in range(query(heading).len() + 1) { pagebreak(); heading[More] } }"
    )
    assert "converge" in refused(chapters, f"```{{=typst}}\n{restless}\n```\n")


def test_a_brief_has_the_summary_alone(chapters):
    chapters.chapter("## Findings\n\nSee [more](more.qmd).")
    target = chapters.root / "brief.pdf"
    pdf.render_pdf(chapters.assemble(), target, synthetic=True, brief=True)
    pages = [page.extract_text() for page in PdfReader(target).pages]
    assert len(pages) == 1
    assert "Findings" in pages[0]
    assert "Far away" not in pages[0]
    assert "Contents" not in pages[0]
    assert "synthetic persons" in pages[0]
