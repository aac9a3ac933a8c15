"""What Typst says of a chapter reaches the user with its place."""

import pytest

from evalbook import plan
from evalbook.errors import RenderError
from evalbook.publish import pdf
from evalbook.publish.assembly import assemble
from evalbook.publish.edition import Edition


@pytest.fixture
def assembled(tmp_path):
    """An edition of one chapter, without results."""
    (tmp_path / "chapters" / "en").mkdir(parents=True)
    (tmp_path / "figures" / "2007-09").mkdir(parents=True)
    config = "website:\n  sidebar:\n    - id: en\n      contents: [chapters/en/index.qmd]\n"
    (tmp_path / "_quarto.yml").write_text(config)

    def write(text):
        chapter = f"---\ntitle: One\n---\n\n{text}"
        (tmp_path / "chapters" / "en" / "index.qmd").write_text(chapter)
        edition = Edition(tmp_path, plan.load().checkpoint("2007-09"), "en")
        return assemble(edition, tmp_path / "edition", whole=False)

    return write


def test_a_refusal_names_the_chapter_and_the_section(assembled, tmp_path):
    skipping = assembled("## First\n\nText\n\n## Second\n\n#### Too deep\n")
    with pytest.raises(
        RenderError, match=r"index\.qmd, section 'Too deep': .*heading level 2 to 4"
    ):
        pdf.render_pdf(skipping, tmp_path / "report.pdf", synthetic=True)
    assert not (tmp_path / "report.pdf").exists()


def test_a_warning_is_an_error(assembled, tmp_path):
    unknown_font = '```{=typst}\n#text(font: "No such font")[x]\n```\n'
    with pytest.raises(RenderError, match=r"index\.qmd.*unknown font family"):
        pdf.render_pdf(assembled(unknown_font), tmp_path / "report.pdf", synthetic=True)


def test_a_layout_that_does_not_settle_is_an_error(assembled, tmp_path):
    restless = (
        "```{=typst}\n"
        "#context { for _ in range(query(heading).len() + 1) { pagebreak(); heading[More] } }\n"
        "```\n"
    )
    with pytest.raises(RenderError, match="converge"):
        pdf.render_pdf(assembled(restless), tmp_path / "report.pdf", synthetic=True)
