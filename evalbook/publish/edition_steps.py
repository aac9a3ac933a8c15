"""Editions as steps of the graph: what each depends on, and the state of what was made."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from evalbook import plan
from evalbook.execute import depends, record
from evalbook.execute.graph import Read, Step, as_begun
from evalbook.paths import PACKAGE, plan_directory
from evalbook.plan.programme import catalogues
from evalbook.plan.results import WARNINGS
from evalbook.publish.chapters import chapter_order
from evalbook.publish.edition import BIBLIOGRAPHY, Edition
from evalbook.publish.renderer import Renderer
from evalbook.publish.switch import without_links
from evalbook.text.language import Language

Format = Literal["html", "pdf"]
FORMATS: tuple[Format, ...] = ("html", "pdf")
LOOKS = (".css", ".js", ".svg", ".lua", ".typ", ".html")


@dataclass(frozen=True)
class EditionSteps:
    """What to make of the results.

    Parameters
    ----------
    root : Path
        The project.
    themes : sequence of str
        Only these chapters; empty for the whole edition.
    synthetic : bool
        Whether the persons behind the results are synthetic.
    """

    root: Path
    checkpoints: Sequence[plan.Checkpoint]
    languages: Sequence[Language]
    formats: Sequence[Format]
    renderer: Renderer
    themes: Sequence[str] = ()
    synthetic: bool = True

    def steps(self) -> list[Step]:
        """List the steps: each edition in each format."""
        editions = [
            Edition(self.root, c, language, self.themes)
            for c in self.checkpoints
            for language in self.languages
        ]
        return [self._step(edition, form) for edition in editions for form in self.formats]

    def _step(self, edition: Edition, form: Format) -> Step:
        chapters = f" ({', '.join(edition.themes)})" if edition.themes else ""
        act = functools.partial(_make, edition, form, self.renderer.program, self.synthetic)
        made = _pages_state if form == "html" else _pdf_state
        return Step(
            f"{edition.name} {form}{chapters}",
            act,
            self._reads(edition, form),
            functools.partial(made, edition),
        )

    def _reads(self, edition: Edition, form: Format) -> dict[str, Read]:
        reads: dict[str, Read] = {
            f"the result of {theme.stem}": functools.partial(
                _result_state, edition.figures, theme.stem
            )
            for theme in plan.load().themes
        }
        previous = plan.load().before(edition.checkpoint)
        # Only the pages tell what has changed since.
        if previous and form == "html":
            before = self.root / "figures" / previous.month
            for theme in plan.load().themes:
                reads[f"the result of {theme.stem} at {previous.month}"] = functools.partial(
                    _result_state, before, theme.stem
                )
        templates = sorted(p for p in (PACKAGE / "publish").iterdir() if p.suffix in LOOKS)
        modules = depends.module_files(["evalbook.publish.write_edition"])
        reads["the code that makes pages"] = _digest_of(
            [*modules, *templates, *catalogues(plan.load().programme, [edition.language])]
        )
        reads["the package versions"] = functools.partial(depends.versions_digest, self.root)
        if form == "html":
            reads["the renderer"] = functools.partial(
                "{} {}".format, self.renderer.name, self.renderer.version
            )
        files = [
            self.root / "_quarto.yml",
            *sorted(plan_directory().glob("*.yml")),
            *sorted(self.root.glob("notebooks/*.ipynb")),
        ]
        files += [self.root / path for path in chapter_order(edition.config(), edition.language)]
        reads["the warnings about the data"] = _digest_of(
            [edition.figures / WARNINGS.format(language=edition.language)]
        )
        files += [path for path in [self.root / BIBLIOGRAPHY] if path.is_file()]
        return as_begun(
            reads | {path.relative_to(self.root).as_posix(): _digest_of([path]) for path in files}
        )


def _make(edition: Edition, form: Format, program: str | None, synthetic: bool) -> None:
    # The renderers are slow to import, and often nothing has to be made.
    from evalbook.publish import write_edition as make

    if form == "html":
        make.make_html(edition, program)
    else:
        make.make_pdf(edition, synthetic=synthetic)


def _digest_of(paths: Sequence[Path]) -> Callable[[], str]:
    return functools.partial(record.digest_of, tuple(paths))


def _result_state(figures: Path, theme: str) -> str:
    made = record.read_run(figures / theme) or {}
    told = [
        made.get(key)
        for key in ("outcome", "outputs", "error", "parameters", "inputs", "versions", "git")
    ]
    return sha256(repr(told).encode()).hexdigest()


def _pages_state(edition: Edition) -> str | None:
    """Digest the pages without the line that links editions, which changes when others are made."""
    pages = sorted(edition.pages.rglob("*.html"))
    shown = [p for p in pages if not edition.themes or p.stem in edition.themes]
    if not shown:
        return None
    texts = [without_links(page.read_text(encoding="utf-8")) for page in shown]
    return sha256("".join(texts).encode()).hexdigest()


def _pdf_state(edition: Edition) -> str | None:
    path = edition.pages / "report.pdf"
    return record.file_digest(path) if path.is_file() else None
