"""A small project for chapters: two pages in each language, no results."""

import pytest

from evalbook import plan
from evalbook.publish.assembly import assemble
from evalbook.publish.edition import Edition

CONFIG = """
website:
  sidebar:
    - id: en
      contents: [chapters/en/index.qmd, chapters/en/more.qmd]
    - id: da
      contents: [chapters/da/index.qmd, chapters/da/more.qmd]
"""
WORKS = "@book{Østergård2009, title={Æbler}, author={Ane Østergård}, year={2009}}\n"
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 30"><rect width="9" height="9"/></svg>'
)


class Chapters:
    """Writes chapters and lays an edition of them out."""

    def __init__(self, root):
        self.root = root
        (root / "figures" / "2007-09").mkdir(parents=True)
        (root / "_quarto.yml").write_text(CONFIG)
        for language in ("da", "en"):
            self.write(f"chapters/{language}/index.qmd", "---\ntitle: One\n---\n")
            self.write(f"chapters/{language}/more.qmd", "---\ntitle: Two\n---\n\n## Far away\n")
        self.write("chapters/references.bib", WORKS)
        self.write("chapters/pictures/dot.svg", DRAWING)

    def write(self, name, text, newline="\n", encoding="utf-8"):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding=encoding, newline=newline)
        return path

    def chapter(self, text, language="en", **how):
        return self.write(
            f"chapters/{language}/index.qmd", f"---\ntitle: One\n---\n\n{text}", **how
        )

    def assemble(self, language="en", *, whole=False):
        edition = Edition(self.root, plan.load().checkpoint("2007-09"), language)
        return assemble(edition, self.root / "edition", whole=whole)


@pytest.fixture
def chapters(tmp_path):
    return Chapters(tmp_path)
