"""From a selection to a finished report: the order of the work, and what the user is told of it."""

import importlib.metadata
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from nychance import extract, plan
from nychance.errors import UsageError
from nychance.execute.runner import Job, Outcome, Report, Runner, jobs
from nychance.language import LANGUAGES, Language
from nychance.paths import data_directory, project_root
from nychance.progress import Display
from nychance.publish.press import FORMATS, Format, Press, Renderer, choose_renderer
from nychance.publish.quarto import find_quarto, version


@dataclass(frozen=True)
class Selection:
    """What the user asked for, checked."""

    checkpoints: tuple[plan.Checkpoint, ...]
    themes: tuple[plan.Theme, ...]
    data: str
    parameters: dict[str, Any]
    workers: int
    languages: tuple[Language, ...] = LANGUAGES
    formats: tuple[Format, ...] = FORMATS
    renderer: str = "auto"
    # An excerpt has only the chapters named; no names mean the whole edition.
    excerpt: bool = False


def select(
    checkpoints: Sequence[str],
    themes: Sequence[str],
    data: str | None,
    parameters: Sequence[str],
    workers: int,
    languages: Sequence[str] = (),
    formats: Sequence[str] = (),
    renderer: str = "auto",
) -> Selection:
    """Check the selectors of the command line.

    Raises
    ------
    UsageError
        For anything unknown, with the nearest known name.
    """
    the_plan = plan.load()
    chosen = the_plan.checkpoints if "all" in checkpoints else tuple(map(the_plan.checkpoint, checkpoints))
    if renderer not in ("auto", "quarto", "portable"):
        raise plan.unknown("renderer", renderer, ["auto", "quarto", "portable"])
    return Selection(
        checkpoints=tuple(sorted(set(chosen), key=lambda c: c.number)),
        themes=tuple(map(the_plan.theme, dict.fromkeys(themes))) or the_plan.themes,
        data=data or os.environ.get("NYCHANCE_DATA", ""),
        parameters=dict(map(_assignment, parameters)),
        workers=workers,
        languages=tuple(_known("language", languages, LANGUAGES)),
        formats=tuple(_known("format", formats, FORMATS)),
        renderer=renderer,
        excerpt=bool(themes),
    )


@dataclass
class Build:
    """Does the work of a selection."""

    selection: Selection

    def __post_init__(self) -> None:
        self.root = project_root()
        self.console = Console(stderr=False, soft_wrap=True)

    def run(self) -> int:
        """Run the notebooks; gives the exit status."""
        outcomes = self._notebooks()
        failures = [o for o in outcomes if o.error]
        self._tell_failures(failures)
        if not failures:
            self.console.print(f"{len(outcomes)} notebooks ran; their results are in {self.root / 'figures'}")
        return 1 if failures else 0

    def report(self) -> int:
        """Run the notebooks and make the site; gives the exit status."""
        renderer = choose_renderer(self.selection.renderer)
        failures = [o for o in self._notebooks() if o.error]
        errors = self._pages(renderer)
        self._tell_failures(failures)
        for name, error in errors.items():
            self.console.print(f"[red]{name} was not made:[/red] {error}", highlight=False)
        if not errors:
            self._tell_where(renderer)
        return 1 if failures or errors else 0

    def _notebooks(self) -> list[Outcome]:
        chosen = self.selection
        listed = jobs(self.root, chosen.checkpoints, chosen.themes, chosen.data, chosen.parameters)
        self._check_writable()
        inputs = self._inputs()
        display = Display(self.console, "Notebooks", len(listed))
        with display.live():
            told = Report(
                started=lambda job: display.started(job.name),
                ended=lambda o: display.ended(o.job.name, f"in {o.seconds:.0f} s ", bool(o.error)),
            )
            return Runner(self.root, inputs, chosen.workers, told).run(listed)

    def _inputs(self) -> list[Path]:
        folder = data_directory(self.selection.data)
        if not self.selection.data and not folder.exists():
            from nychance.synthesize import synthesize

            self.console.print(f"Making the demonstration data in {folder}")
            synthesize(folder)
        return [*extract.check(folder), *_tracked(self.root)]

    def _check_writable(self) -> None:
        for name in ("figures", "_site", ".nychance"):
            folder = self.root / name
            try:
                folder.mkdir(exist_ok=True)
                probe = folder / ".write-probe"
                probe.touch()
                probe.unlink()
            except OSError as error:
                raise UsageError(
                    f"cannot write here ({error.strerror})", where=folder,
                    remedy="Give yourself write permission, or work in a copy of the project",
                ) from error  # fmt: skip

    def _pages(self, renderer: Renderer) -> dict[str, str]:
        chosen = self.selection
        press = Press(
            self.root, chosen.checkpoints, chosen.languages, chosen.formats, renderer,
            themes=[t.stem for t in chosen.themes] if chosen.excerpt else [],
            synthetic=extract.is_synthetic(data_directory(chosen.data)),
        )  # fmt: skip
        display = Display(self.console, "Editions", len(press.editions()))
        with display.live():
            return press.make(chosen.workers, lambda e, error: display.ended(e.name, failed=bool(error)))

    def _tell_failures(self, failures: Sequence[Outcome]) -> None:
        for outcome in failures:
            where = f" in cell {outcome.cell}" if outcome.cell else ""
            self.console.print(f"[red]{outcome.job.name} failed{where}:[/red] {outcome.error}", highlight=False)
        if failures:
            again = _again([o.job for o in failures], self.selection)
            self.console.print(f"Run what failed again with: {again}", highlight=False)

    def _tell_where(self, renderer: Renderer) -> None:
        site = self.root / "_site"
        made = ", ".join(f"{c.month} ({language})" for c in self.selection.checkpoints for language in self.selection.languages)
        self.console.print(f"Made: {made}", highlight=False)
        if "html" in self.selection.formats:
            self.console.print(f"Renderer: {renderer.name} ({renderer.why})", highlight=False)
        self.console.print(f"Open {site / 'index.html'}", highlight=False)


def diagnosis() -> list[str]:
    """Say what is installed: one line per finding."""
    quarto = find_quarto()
    root = project_root()
    return [
        f"nychance {importlib.metadata.version('nychance')} in {root}",
        f"Quarto: {version(quarto) if quarto else 'not installed; the portable renderer is used'}",
        *(f"{name}: {importlib.metadata.version(name)}" for name in ("pypandoc-binary", "typst", "smalldocs")),
        f"Demonstration data: {'there' if (root / 'data' / 'demo').exists() else 'made by the first report'}",
    ]


def _known(kind: str, given: Sequence[str], known: Sequence[Any]) -> Sequence[Any]:
    for name in given:
        if name not in known:
            raise plan.unknown(kind, name, list(known))
    return [name for name in known if name in given] if given else known


def _assignment(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise UsageError(f"parameter {text!r} has no value", remedy="Write it as NAME=VALUE")
    return name.strip(), value.strip()


def _tracked(root: Path) -> list[Path]:
    folders = (root / "data" / name for name in ("plan", "public", "qualitative", "codes"))
    return [path for folder in folders if folder.is_dir() for path in folder.rglob("*") if path.is_file()]


def _again(failed: Sequence[Job], selection: Selection) -> str:
    checkpoints = " ".join(f"-c {c}" for c in sorted({job.checkpoint for job in failed}))
    themes = " ".join(f"-t {t}" for t in sorted({job.theme for job in failed}))
    data = f" --data {selection.data}" if selection.data else ""
    return f"nychance report {checkpoints} {themes}{data}"
