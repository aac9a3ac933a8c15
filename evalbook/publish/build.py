"""From a selection to a finished report: the order of the work, and what the user is told of it."""

import functools
import importlib.metadata
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from filelock import FileLock, Timeout
from rich.console import Console
from rich.markup import escape

from evalbook import __version__, plan
from evalbook.errors import DisclosureError, UsageError
from evalbook.execute import CELL_SECONDS, graph, pools, record
from evalbook.execute.depends import imported, module_files
from evalbook.execute.jobs import Job
from evalbook.execute.notebooks import checked, notebook_path
from evalbook.execute.prepared import prepare
from evalbook.execute.steps import notebook_step
from evalbook.files import write_whole
from evalbook.paths import data_directory, plan_directory, project_root
from evalbook.plan import programme
from evalbook.plan.results import RESULTS
from evalbook.publish import translation
from evalbook.publish.edition_steps import FORMATS, EditionSteps, Format
from evalbook.publish.renderer import Renderer, choose_renderer, find_quarto, version
from evalbook.text.language import PACKAGED, Language

if TYPE_CHECKING:
    from evalbook.sdc.cells import Cell


@dataclass(frozen=True)
class Selection:
    """What the user asked for, checked."""

    checkpoints: tuple[plan.Checkpoint, ...]
    themes: tuple[plan.Theme, ...]
    data: str
    parameters: dict[str, Any]
    workers: int
    cell_seconds: int = CELL_SECONDS
    languages: tuple[Language, ...] = PACKAGED
    formats: tuple[Format, ...] = FORMATS
    renderer: str = "auto"
    cluster: str = ""
    # An excerpt has only the chapters named; no names mean the whole edition.
    excerpt: bool = False


def select(
    checkpoints: Sequence[str] = ("all",),
    themes: Sequence[str] = (),
    data: str | None = None,
    parameters: Sequence[str] = (),
    workers: int = 1,
    languages: Sequence[str] = (),
    formats: Sequence[str] = (),
    renderer: str = "auto",
    cell_seconds: int = CELL_SECONDS,
    cluster: str = "",
) -> Selection:
    """Check the selectors of the command line.

    Raises
    ------
    UsageError
        For anything unknown, with the nearest known name.
    """
    the_plan = plan.load()
    chosen = (
        the_plan.checkpoints
        if "all" in checkpoints
        else tuple(map(the_plan.checkpoint, checkpoints))
    )
    for language in the_plan.languages:
        translation.check(language)
    if renderer not in ("auto", "quarto", "portable"):
        raise plan.unknown("renderer", renderer, ["auto", "quarto", "portable"])
    return Selection(
        checkpoints=tuple(sorted(set(chosen), key=lambda c: c.number)),
        themes=tuple(map(the_plan.theme, dict.fromkeys(themes))) or the_plan.themes,
        data=data or os.environ.get(f"{the_plan.command.upper()}_DATA", ""),
        parameters=dict(map(_assignment, parameters)),
        workers=workers,
        cell_seconds=cell_seconds,
        languages=tuple(_known("language", languages, the_plan.languages)),
        formats=tuple(_known("format", formats, FORMATS)),
        renderer=renderer,
        cluster=cluster,
        excerpt=bool(themes),
    )


@dataclass
class Build:
    """Does the work of a selection."""

    selection: Selection

    def __post_init__(self) -> None:
        # Reading notebooks would bring in a grammar of web addresses, which takes longer to build
        # than all else to import.
        sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
        self.root = project_root()
        self.console = Console(stderr=False, soft_wrap=True)

    def run(self) -> int:
        """Run the notebooks that have to run; gives the exit status."""
        with self._alone():
            jobs = self._ready()
            outcomes = self._notebooks(jobs)
            leaks = self._leaks()
        failed = _failed(outcomes)
        self._tell_failures(jobs, failed)
        self._tell_leaks(leaks)
        if not failed:
            ran = sum(outcome.ran for outcome in outcomes)
            self._say(
                f"{ran} of {len(jobs)} notebooks had to run; results are in {self.root / 'figures'}"
            )
        return 1 if failed or leaks else 0

    def report(self) -> int:
        """Run the notebooks that have to run and make the pages that have changed.

        Gives the exit status.
        """
        renderer = choose_renderer(self.selection.renderer)
        with self._alone():
            jobs = self._ready()
            failed = _failed(self._notebooks(jobs))
            leaks = self._leaks()
            # What leaks is not published; pages of an earlier build stay as they were.
            safe = tuple(c for c in self.selection.checkpoints if c.month not in leaks)
            unmade = _failed(self._pages(self._press(renderer, safe, jobs)))
        self._tell_failures(jobs, failed)
        self._tell_leaks(leaks)
        for name, error in unmade.items():
            self._say(f"[red]{name} was not made:[/red] {error}")
        if safe and not unmade:
            self._tell_where(renderer, safe)
        return 1 if failed or leaks or unmade else 0

    def status(self) -> int:
        """Say what is out of date, and why, without running anything; gives the exit status."""
        jobs = self._jobs()
        reasons = graph.stale([notebook_step(job) for job in jobs], self._memory("notebooks"))
        press = self._press(
            choose_renderer(self.selection.renderer), self.selection.checkpoints, jobs
        )
        pages = graph.stale(press.steps(), self._memory("editions"))
        for step, why in (reasons | pages).items():
            self._say(f"{step.name}: {'; '.join(why)}")
        stale = f"{len(reasons)} of {len(jobs)} notebooks have to run; {len(pages)} editions have to be made"
        self._say(stale if reasons or pages else "Everything is up to date")
        return 0

    def _notebooks(self, jobs: Sequence[Job]) -> list[graph.Outcome]:
        return self._make([notebook_step(job) for job in jobs], "notebooks")

    def _pages(self, press: EditionSteps) -> list[graph.Outcome]:
        outcomes = self._make(press.steps(), "editions")
        if any(outcome.ran for outcome in outcomes):
            from evalbook.publish.write_edition import finish

            finish(self.root, press.checkpoints)
        return outcomes

    def _leaks(self) -> dict[str, DisclosureError]:
        """Attack the selection's results together with all others.

        Gives the checkpoints that tell too much, and why.
        """
        the_plan = plan.load()
        months, themes = [c.month for c in the_plan.checkpoints], [t.stem for t in the_plan.themes]
        figures, withstood = self.root / "figures", self._memory("audit")
        results = [figures / month / theme / RESULTS for month in months for theme in themes]
        ties_in = plan_directory() / "targets.yml"
        attacked = record.digest_of([ties_in, *results, *module_files(["evalbook.sdc.audit"])])
        if withstood.is_file() and withstood.read_text(encoding="utf-8") == attacked:
            return {}
        from evalbook.sdc.audit import audit
        from evalbook.sdc.ties import Tie

        ties = [
            Tie.of(population.whole, population.parts)
            for population in the_plan.protection.populations
        ]
        found = audit(figures, months, themes, ties)
        self._tell_apart(found.apart)
        if not found.leaks and not found.apart:
            write_whole(withstood, attacked)
        return {
            c.month: found.leaks[c.month]
            for c in self.selection.checkpoints
            if c.month in found.leaks
        }

    def _make(
        self, steps: Sequence[graph.Step], kind: Literal["notebooks", "editions"]
    ) -> list[graph.Outcome]:
        """Make what has to be made, and say why."""
        reasons = graph.stale(steps, self._memory(kind))
        for step, why in reasons.items():
            self._say(f"{step.name}: {'; '.join(why)}")
        if not reasons:
            self._say(f"{kind.capitalize()}: all {len(steps)} are up to date")
            return []
        return graph.run_all(steps, self._memory(kind), self._pool(kind))

    def _pool(self, kind: Literal["notebooks", "editions"]) -> pools.Pool:
        if self.selection.cluster:
            return self._cluster
        if kind == "editions":
            return pools.for_editions(self.selection.workers)
        return pools.for_notebooks(self.selection.workers, self._modules())

    @functools.cached_property
    def _cluster(self) -> pools.Pool:
        # Dask is an optional package.
        from evalbook.execute.cluster import on_cluster

        return on_cluster(
            self.selection.cluster, self.root, self.selection.workers, self._modules()
        )

    def _modules(self) -> list[str]:
        """List what the notebooks import."""
        notebooks = [notebook_path(self.root, theme.stem) for theme in self.selection.themes]
        return sorted({name for notebook in notebooks for name in imported(notebook)})

    def _memory(self, kind: str) -> Path:
        return self.root / ".evalbook" / "memory" / kind

    def _press(
        self, renderer: Renderer, checkpoints: Sequence[plan.Checkpoint], jobs: Sequence[Job]
    ) -> EditionSteps:
        chosen = self.selection
        return EditionSteps(
            self.root,
            checkpoints,
            chosen.languages,
            chosen.formats,
            renderer,
            themes=[t.stem for t in chosen.themes] if chosen.excerpt else [],
            synthetic=any(job.prepared.synthetic for job in jobs),
        )

    def _ready(self) -> list[Job]:
        """List the jobs.

        Where results are missing, so that something will run, kernels warm up meanwhile.
        """
        figures = self.root / "figures"
        chosen = self.selection
        places = [figures / c.month / t.stem for c in chosen.checkpoints for t in chosen.themes]
        if not chosen.cluster and not all((place / record.RUN).is_file() for place in places):
            self._pool("notebooks")
        return self._jobs()

    def _jobs(self) -> list[Job]:
        """List the selection's jobs, every parameter checked and every register read before anything starts."""
        chosen = self.selection
        pairs = [
            (checkpoint, theme.stem) for checkpoint in chosen.checkpoints for theme in chosen.themes
        ]
        parameters = {pair: self._parameters(*pair) for pair in pairs}
        folder = self._data()
        prepared = {
            checkpoint: prepare(self.root, folder, checkpoint) for checkpoint in chosen.checkpoints
        }
        latest = chosen.checkpoints[-1]
        if prepared[latest].warnings:
            self._say(f"The check of the extract warned ({latest.month}):")
            self._say(prepared[latest].warnings)
        circumstances = {"versions": record.versions(), "git": record.git_state(self.root)}
        return [
            Job(
                stem,
                checkpoint,
                notebook_path(self.root, stem),
                parameters[checkpoint, stem],
                self.root,
                folder,
                prepared[checkpoint],
                chosen.cell_seconds,
                circumstances,
            )
            for checkpoint, stem in pairs
        ]

    def _parameters(self, checkpoint: plan.Checkpoint, stem: str) -> dict[str, Any]:
        given = {
            "checkpoint": checkpoint.month,
            "data": self.selection.data,
        } | self.selection.parameters
        return checked(notebook_path(self.root, stem), given)

    def _data(self) -> Path:
        folder = data_directory(self.selection.data)
        demonstrate = programme.named(plan.load().programme).demonstrate
        if demonstrate and not self.selection.data and not folder.exists():
            self._say(f"Making the demonstration data in {folder}")
            demonstrate(folder)
        return folder

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let a second build in this checkout wait for the first."""
        self._check_writable()
        lock = FileLock(self.root / ".evalbook" / "build.lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            self._say("Another build runs in this checkout; waiting for it to end")
            lock.acquire()
        try:
            self._clear()
            yield
        finally:
            if "_cluster" in vars(self):
                self._cluster.close()
            self._clear()
            lock.release()

    def _clear(self) -> None:
        """Remove what an earlier build left when it was interrupted or the machine switched off."""
        for name in ("staging", "editions"):
            shutil.rmtree(self.root / ".evalbook" / name, ignore_errors=True)

    def _say(self, text: str) -> None:
        self.console.print(text, highlight=False)

    def _check_writable(self) -> None:
        for name in ("figures", "_site", ".evalbook"):
            folder = self.root / name
            try:
                folder.mkdir(exist_ok=True)
                probe = folder / ".write-probe"
                probe.touch()
                probe.unlink()
            except OSError as error:
                raise UsageError(
                    f"cannot write here ({error.strerror})",
                    where=folder,
                    remedy="Give yourself write permission, or work in a copy of the project",
                ) from error

    def _tell_failures(self, jobs: Sequence[Job], failed: Mapping[str, str]) -> None:
        broken = [job for job in jobs if job.name in failed]
        for job in broken:
            made = record.read_run(job.place) or {}
            where = f" in cell {made['cell']}" if "cell" in made else ""
            self._say(
                f"[red]{job.name} failed{where}:[/red] {escape(made.get('error', failed[job.name]))}"
            )
            for line in made.get("output", []):
                self._say(f"    {line}")
        if broken:
            self._say(f"Run what failed again with: {_again(broken, self.selection)}")

    def _tell_leaks(self, leaks: Mapping[str, DisclosureError]) -> None:
        for month, leak in leaks.items():
            self._say(f"[red]{month} is not published:[/red] {escape(str(leak))}")

    def _tell_apart(self, apart: "Mapping[str, Cell]") -> None:
        for month, cell in apart.items():
            self._say(
                f"[yellow]{month} counts '{escape(str(cell))}' otherwise than the checkpoints before it:[/yellow] they come from "
                "another state of the data, and what they tell together with it is not known. Make all again with: "
                f"{plan.load().command} run"
            )

    def _tell_where(self, renderer: Renderer, checkpoints: Sequence[plan.Checkpoint]) -> None:
        site = self.root / "_site"
        made = ", ".join(
            f"{c.month} ({language})" for c in checkpoints for language in self.selection.languages
        )
        self._say(f"Made: {made}")
        if "html" in self.selection.formats:
            self._say(f"Renderer: {renderer.name} ({renderer.why})")
        self._say(f"Open {site / 'index.html'}")


def diagnosis() -> list[str]:
    """Say what is installed: one line per finding."""
    quarto = find_quarto()
    root = project_root()
    return [
        f"evalbook {__version__} in {root}",
        f"Quarto: {version(quarto) if quarto else 'not installed; the portable renderer is used'}",
        *(f"{name}: {importlib.metadata.version(name)}" for name in ("pypandoc-binary", "typst")),
        f"Demonstration data: {'there' if (root / 'data' / 'demo').exists() else 'made by the first report'}",
    ]


def _known(kind: str, given: Sequence[str], known: Sequence[Any]) -> Sequence[Any]:
    for name in given:
        if name not in known:
            raise plan.unknown(kind, name, list(known))
    return [name for name in known if name in given] if given else known


def _failed(outcomes: Sequence[graph.Outcome]) -> dict[str, str]:
    return {outcome.step.name: outcome.error for outcome in outcomes if outcome.error}


def _assignment(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise UsageError(f"parameter {text!r} has no value", remedy="Write it as NAME=VALUE")
    return name.strip(), value.strip()


def _again(failed: Sequence[Job], selection: Selection) -> str:
    checkpoints = " ".join(f"-c {c}" for c in sorted({job.checkpoint.month for job in failed}))
    themes = " ".join(f"-t {t}" for t in sorted({job.theme for job in failed}))
    data = f" --data {selection.data}" if selection.data else ""
    return f"{plan.load().command} report {checkpoints} {themes}{data}"
