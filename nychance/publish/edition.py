"""One edition: a checkpoint in a language."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from nychance import plan
from nychance.language import Language
from nychance.publish.chapters import Chapter, chapter_order, read_chapter
from nychance.results import RESULTS


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
    def pages(self) -> Path:
        """Where its pages are."""
        return self.root / "_site" / self.name

    def config(self) -> dict[str, Any]:
        """Read the project's `_quarto.yml`."""
        content: dict[str, Any] = yaml.load((self.root / "_quarto.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
        return content

    def chapters(self) -> list[Chapter]:
        """Read the edition's chapters in order; raises `ChapterError` for a broken one."""
        paths = [self.root / path for path in chapter_order(self.config(), self.language)]
        return [read_chapter(path) for path in paths if not self.themes or path.stem in self.themes]

    def finished(self) -> list[str]:
        """List the themes whose results are there."""
        stems = [theme.stem for theme in plan.load().themes]
        return [stem for stem in stems if (self.figures / stem / RESULTS).is_file()]

    def failed(self) -> frozenset[str]:
        """List the themes without results."""
        return frozenset(theme.stem for theme in plan.load().themes) - set(self.finished())
