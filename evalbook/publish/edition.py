"""One edition: a checkpoint in a language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from evalbook import plan
from evalbook.errors import UsageError
from evalbook.execute.record import data_until
from evalbook.plan.results import RESULTS
from evalbook.publish.chapters import (
    Chapter,
    chapter_order,
    read_chapter,
    read_text,
    read_yaml,
    with_anchors,
)
from evalbook.text.catalogue import SOURCE, tr
from evalbook.text.language import Language, Text

# What an edition is beside its pages, and what it is called.
BIBLIOGRAPHY = "chapters/references.bib"
VARIABLES = "_variables.yml"
# What the page of each unit begins with.
UNIT_PAGE = "chapters/{language}/_unit.qmd"
# What is printed: the report, and its summary alone.
REPORT = "report.pdf"
BRIEF = "brief.pdf"
# What lies beside the pages to be printed, and what it is called.
PRINTED: Final = {
    REPORT: Text.same("PDF"),
    BRIEF: tr("Summary (PDF)"),
    "report.docx": Text.same("Word"),
}
WORK = re.compile(r"^\s*@\w+\s*\{\s*([^,\s]+)\s*,", re.MULTILINE)


@dataclass(frozen=True)
class Edition:
    """A checkpoint in a language, and which of its pages to make.

    Parameters
    ----------
    root : Path
        The project.
    themes : sequence of str, optional
        Only these chapters; empty for all.
    """

    root: Path
    checkpoint: plan.Checkpoint
    language: Language
    themes: Sequence[str] = field(default=())

    @property
    def name(self) -> str:
        """Language and checkpoint, as in the site's folders: `da/2008-03`."""
        return f"{self.language}/{self.checkpoint.month}"

    @property
    def figures(self) -> Path:
        """The checkpoint's results."""
        return self.root / "figures" / self.checkpoint.month

    @property
    def data_until(self) -> date:
        """The last day that its data tell of."""
        return data_until(map(self.figures.joinpath, self.finished()), self.checkpoint.cutoff)

    @property
    def pages(self) -> Path:
        """Where its pages are."""
        return self.root / "_site" / self.name

    def config(self) -> dict[str, Any]:
        """Read the project's `_quarto.yml`."""
        path = self.root / "_quarto.yml"
        content: dict[str, Any] = read_yaml(read_text(path), path)
        return content

    def reference_document(self) -> Path | None:
        """Return the project's own Word file whose styles the report takes, if it names one.

        Raises
        ------
        UsageError
            If it is not there.
        """
        formats = self.config().get("format")
        word = formats.get("docx") if isinstance(formats, dict) else None
        name = word.get("reference-doc") if isinstance(word, dict) else None
        if not name:
            return None
        path = self.root / str(name)
        if not path.is_file():
            raise UsageError(
                f"'{name}' does not exist",
                where=self.root / "_quarto.yml",
                remedy="Correct `reference-doc`, or leave it out",
            )
        return path

    def chapters(self) -> list[Chapter]:
        """Read the edition's chapters in order; raises `ChapterError` for a broken one."""
        config = self.config()
        source = SOURCE if SOURCE in plan.load().languages else self.language
        anchors = {Path(path).stem: self.root / path for path in chapter_order(config, source)}
        paths = [self.root / path for path in chapter_order(config, self.language)]
        wanted = [
            read_chapter(path) for path in paths if not self.themes or path.stem in self.themes
        ]
        return [
            replace(c, body=with_anchors(c.body, _body(anchors.get(c.page), c))) for c in wanted
        ]

    def all_pages(self) -> frozenset[str]:
        """Return the names of all pages that the edition has when it is whole."""
        chapters = {Path(path).stem for path in chapter_order(self.config(), self.language)}
        notebooks = {f"notebooks/{theme.stem}" for theme in plan.load().themes}
        return frozenset(chapters | notebooks | {"glossary", "provenance", "changes"})

    def works(self) -> list[str]:
        """List the keys of the works that chapters may cite."""
        path = self.root / BIBLIOGRAPHY
        return WORK.findall(path.read_text(encoding="utf-8")) if path.is_file() else []

    def variables(self) -> dict[str, Any]:
        """Read the project's `_variables.yml`, if there is one."""
        path = self.root / VARIABLES
        return dict(read_yaml(read_text(path), path) or {}) if path.is_file() else {}

    @property
    def label(self) -> str:
        """What a reader calls it: `3. evalueringsnedslag, marts 2008`."""
        words = tr("Evaluation checkpoint {number}, {month}")
        return words.format(number=str(self.checkpoint.number), month=self.checkpoint.when)[
            self.language
        ]

    def finished(self) -> list[str]:
        """List the themes whose results are there."""
        stems = [theme.stem for theme in plan.load().themes]
        return [stem for stem in stems if (self.figures / stem / RESULTS).is_file()]

    def failed(self) -> frozenset[str]:
        """List the themes without results."""
        return frozenset(theme.stem for theme in plan.load().themes) - set(self.finished())


def _body(path: Path | None, otherwise: Chapter) -> str:
    return read_chapter(path).body if path and path.is_file() else otherwise.body
