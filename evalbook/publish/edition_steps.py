"""Editions as steps: what each depends on, and the digest of what was made."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from evalbook import plan
from evalbook.execute import dependencies, record
from evalbook.execute.steps import Digest, Step
from evalbook.paths import PACKAGE, plan_directory
from evalbook.plan.programme import catalogues
from evalbook.plan.results import WARNINGS
from evalbook.publish.attachments import own_files
from evalbook.publish.chapters import chapter_order
from evalbook.publish.edition import BIBLIOGRAPHY, BRIEF, REPORT, UNIT_PAGE, VARIABLES, Edition
from evalbook.publish.renderer import Renderer
from evalbook.publish.switch import without_links
from evalbook.text.language import Language

Format = Literal["html", "pdf", "docx"]
FORMATS: tuple[Format, ...] = ("html", "pdf", "docx")
# What is made where nothing else is asked for.
USUAL: tuple[Format, ...] = ("html", "pdf")
LOOKS = (".css", ".js", ".svg", ".lua", ".typ", ".html", ".docx")


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
        """Return the steps: each edition in each format."""
        editions = [
            Edition(self.root, c, language, self.themes)
            for c in self.checkpoints
            for language in self.languages
        ]
        return [self._step(edition, form) for edition in editions for form in self.formats]

    def _step(self, edition: Edition, form: Format) -> Step:
        chapters = f" ({', '.join(edition.themes)})" if edition.themes else ""
        act = functools.partial(_make, edition, form, self.renderer.program, self.synthetic)
        made: dict[Format, Digest] = {
            "html": functools.partial(_pages_digest, edition),
            "pdf": functools.partial(_pdf_digest, edition),
            "docx": functools.partial(_file_digest, edition.pages / "report.docx"),
        }
        return Step(
            f"{edition.name} {form}{chapters}", act, self._inputs(edition, form), made[form]
        )

    def _inputs(self, edition: Edition, form: Format) -> dict[str, Digest]:
        inputs: dict[str, Digest] = {
            f"the result of {theme.stem}": functools.partial(
                _result_digest, edition.figures, theme.stem
            )
            for theme in plan.load().themes
        }
        for before in self._told(edition, form):
            for theme in plan.load().themes:
                inputs[f"the result of {theme.stem} at {before.month}"] = functools.partial(
                    _result_digest, self.root / "figures" / before.month, theme.stem
                )
        templates = sorted(p for p in (PACKAGE / "publish").iterdir() if p.suffix in LOOKS)
        catalogue = catalogues(plan.load().programme, [edition.language])
        inputs["the code that makes pages"] = functools.partial(
            dependencies.modules_digest,
            ("evalbook.publish.write_edition",),
            (*templates, *catalogue),
        )
        inputs["the package versions"] = functools.partial(dependencies.versions_digest, self.root)
        if form == "html":
            inputs["the renderer"] = functools.partial(
                "{} {}".format, self.renderer.name, self.renderer.version
            )
        files = [
            self.root / "_quarto.yml",
            *(plan_directory() / name for name in (*plan.Plan.files, "glossary.yml")),
            *sorted(self.root.glob("notebooks/*.ipynb")),
        ]
        chapters = [self.root / path for path in chapter_order(edition.config(), edition.language)]
        if plan.load().units and form == "html":
            chapters.append(self.root / UNIT_PAGE.format(language=edition.language))
        files += [*chapters, *(each for path in chapters for each in self._beside(path))]
        files += [path for path in [self.root / VARIABLES] if path.is_file()]
        inputs["the warnings about the data"] = _digest_of(
            [edition.figures / WARNINGS.format(language=edition.language)]
        )
        files += [path for path in [self.root / BIBLIOGRAPHY] if path.is_file()]
        if form == "docx" and (own := edition.reference_document()):
            files.append(own)
        return inputs | {
            path.relative_to(self.root).as_posix(): _digest_of([path]) for path in files
        }

    @functools.cached_property
    def _beside(self) -> Callable[[Path], list[Path]]:
        # The same chapters are part of the edition of each checkpoint and in each format.
        return functools.cache(functools.partial(own_files, root=self.root))

    @staticmethod
    def _told(edition: Edition, form: Format) -> Sequence[plan.Checkpoint]:
        """Return the earlier checkpoints that an edition tells of."""
        earlier = plan.load().until(edition.checkpoint)[:-1]
        # All of them are what units came to, on pages; the last is what has changed since.
        return earlier if plan.load().units and form == "html" else earlier[-1:]


def _make(edition: Edition, form: Format, program: str | None, synthetic: bool) -> dict[str, str]:
    # The renderers are slow to import, and often nothing has to be made.
    from evalbook.publish import write_edition as make

    if form == "html":
        make.make_html(edition, program)
    elif form == "pdf":
        make.make_pdf(edition, synthetic=synthetic)
    else:
        make.make_docx(edition)
    return {}


def _digest_of(paths: Sequence[Path]) -> Digest:
    return functools.partial(record.digest_of, tuple(paths))


def _result_digest(figures: Path, theme: str) -> str:
    made = record.read_run(figures / theme) or {}
    parts = [
        made.get(key)
        for key in ("outcome", "outputs", "error", "parameters", "inputs", "versions", "git")
    ] + [made.get(record.UNTIL)]
    return sha256(repr(parts).encode()).hexdigest()


def _pages_digest(edition: Edition) -> str | None:
    """Digest the pages without the line that links editions, which changes when others are made."""
    pages = sorted(edition.pages.rglob("*.html"))
    shown = [p for p in pages if not edition.themes or p.stem in edition.themes]
    if not shown:
        return None
    texts = [without_links(page.read_text(encoding="utf-8")) for page in shown]
    return sha256("".join(texts).encode()).hexdigest()


def _file_digest(path: Path) -> str | None:
    return record.file_digest(path) if path.is_file() else None


def _pdf_digest(edition: Edition) -> str | None:
    paths = [edition.pages / REPORT]
    if not edition.themes:
        paths.append(edition.pages / BRIEF)
    return record.digest_of(tuple(paths)) if all(path.is_file() for path in paths) else None
