"""From a selection to a finished report: the order of the work, and what the user reads of it."""

import functools
import importlib.metadata
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from filelock import FileLock, Timeout
from rich.console import Console
from rich.text import Text

from evalbook import __version__, plan
from evalbook.errors import DataError, UsageError
from evalbook.execute import dependencies, opened, pools, record, schedule, steps
from evalbook.execute.jobs import Job
from evalbook.execute.notebooks import checked, notebook_path
from evalbook.execute.prepared import Prepared, prepare
from evalbook.files import write_whole
from evalbook.paths import data_directory, project_root
from evalbook.plan import programme
from evalbook.publish.edition_steps import EditionSteps
from evalbook.publish.renderer import Renderer, choose_renderer, find_quarto, version
from evalbook.publish.selection import Selection
from evalbook.sdc.equations import Key
from evalbook.sdc.leaks import Leaks, find_leaks
from evalbook.sdc.protection import Shelf
from evalbook.sdc.secret import secret_of

# Hiding a row can make others follow; more rounds than this were never seen.
ROUNDS: Final = 8
Kind = Literal["notebooks", "editions"]


@dataclass
class Build:
    """Does the work of a selection."""

    selection: Selection

    def __post_init__(self) -> None:
        self.root = project_root()
        self.console = Console(soft_wrap=True)
        self.messages: list[str] = []
        # Checkpoints whose extract cannot be used, by month.
        self.refused: dict[str, DataError] = {}
        # Rows that can be worked out from what this build leaves as it is.
        self.lost: list[Key] = []

    def run(self) -> int:
        """Run the notebooks that have to run; return the exit status."""
        with self._alone():
            jobs = self._ready()
            outcomes = self._notebooks(jobs)
        failed = _failed(outcomes)
        self._say_failed(jobs, failed)
        self._say_lost()
        if not failed:
            self._say(
                f"{len(outcomes)} of {len(jobs)} notebooks had to run; "
                f"results are in {self.root / 'figures'}"
            )
        return 1 if failed or self.lost or self.refused else 0

    def report(self) -> int:
        """Run what has to run and make the pages that have changed; return the exit status."""
        renderer = choose_renderer(self.selection.renderer)
        with self._alone():
            jobs = self._ready()
            failed = _failed(self._notebooks(jobs))
            # What reveals others is not published; pages of an earlier build stay as they were.
            safe = () if self.lost else self._usable()
            outcomes = self._pages(self._editions(renderer, safe, jobs))
            unmade = _failed(outcomes)
        self._say_failed(jobs, failed)
        self._say_lost()
        for name, error in unmade.items():
            self._say(error, lead=f"{name} was not made:")
        if safe and not unmade:
            self._say_made(renderer, outcomes)
        return 1 if failed or self.lost or unmade or self.refused else 0

    def status(self) -> int:
        """Say what is out of date, and why, without running anything; return the exit status."""
        jobs = self._jobs()
        renderer = choose_renderer(self.selection.renderer)
        editions = self._editions(renderer, self._usable(), jobs)
        notebooks = self._outdated([job.step() for job in jobs], "notebooks")
        pages = self._outdated(editions.steps(), "editions")
        self._say(
            f"{len(notebooks)} of {len(jobs)} notebooks have to run; "
            f"{len(pages)} editions have to be made"
            if notebooks or pages
            else "Everything is up to date"
        )
        if unseen := opened.unseen():
            self._say(unseen)
        return 1 if self.refused else 0

    def _notebooks(self, jobs: Sequence[Job]) -> list[steps.Outcome]:
        """Run what has to run, until nothing that is published reveals what is hidden."""
        if not jobs:
            return []
        shelf = Shelf.of(self.root, jobs[0].data)
        outcomes = {each.step.name: each for each in self._in_turn(jobs)}
        for _ in range(ROUNDS):
            leaks = self._audit(jobs, shelf)
            self.lost = leaks.lost
            concerned = {(leak.checkpoint, leak.theme) for leak in leaks.rows}
            failed = _failed(list(outcomes.values()))
            again = [
                job
                for job in jobs
                if (job.checkpoint.month, job.theme) in concerned and job.name not in failed
            ]
            if not again:
                break
            shelf.hide(leaks.rows)
            self._say(
                f"{len(leaks.rows)} rows of {len(concerned)} notebooks are hidden, so that others "
                f"cannot be worked out; {shelf.log.relative_to(self.root)} names them"
            )
            outcomes |= {each.step.name: each for each in self._in_turn(again)}
        return list(outcomes.values())

    def _in_turn(self, jobs: Sequence[Job]) -> list[steps.Outcome]:
        """Run what has to run, and again what read the results of another that was made later."""
        outcomes = {o.step.name: o for o in self._make([job.step() for job in jobs], "notebooks")}
        for _ in self.selection.themes:
            late = [job.step() for job in jobs if outcomes and job.overtaken()]
            if not late:
                break
            outcomes |= {o.step.name: o for o in self._make(late, "notebooks")}
        return list(outcomes.values())

    def _audit(self, jobs: Sequence[Job], shelf: Shelf) -> Leaks:
        """Find what follows from all that is published; what withstood is not tried again."""
        files, passed = shelf.files(), self._memory("audit")
        attacked = dependencies.modules_digest(["evalbook.sdc.leaks"], list(files.values()))
        if passed.is_file() and passed.read_text(encoding="utf-8") == attacked:
            return Leaks([], [])
        if not files:
            return Leaks([], [])
        mine = {(job.checkpoint.month, job.theme) for job in jobs}
        secret = secret_of(jobs[0].data, self.root, synthetic=jobs[0].prepared.synthetic)
        found = find_leaks(shelf.ledgers(), secret, files.keys() - mine)
        if not found.rows and not found.lost:
            write_whole(passed, attacked)
        return found

    def _pages(self, editions: EditionSteps) -> list[steps.Outcome]:
        outcomes = self._make(editions.steps(), "editions")
        if outcomes:
            from evalbook.publish.write_edition import finish

            finish(self.root, editions.checkpoints)
        return outcomes

    def _outdated(self, known: Sequence[steps.Step], kind: Kind) -> list[steps.Step]:
        """Return the steps that have to run, and say why."""
        reasons = steps.outdated(known, self._memory(kind))
        for step, why in reasons.items():
            self._say(f"{step.name}: {'; '.join(why)}")
        return list(reasons)

    def _make(self, known: Sequence[steps.Step], kind: Kind) -> list[steps.Outcome]:
        """Make what has to be made."""
        outdated = self._outdated(known, kind)
        if not outdated:
            self._say(f"{kind.capitalize()}: all {len(known)} are up to date")
            return []
        # Nothing of it is needed where all is up to date.
        from evalbook.execute.progress import Line

        with Line(self.console, kind.capitalize(), len(outdated)) as line:
            return steps.run(outdated, self._memory(kind), self._pool(kind), line)

    def _pool(self, kind: Kind) -> pools.Pool:
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
        """Return what the notebooks import, without the project's own modules."""
        notebooks = [notebook_path(self.root, theme.stem) for theme in self.selection.themes]
        named = {name for notebook in notebooks for name in dependencies.imported(notebook)}
        return dependencies.installed(sorted(named))

    def _memory(self, kind: str) -> Path:
        return self.root / ".evalbook" / "memory" / kind

    def _editions(
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
        """Return the jobs; kernels warm up meanwhile where results are missing."""
        figures = self.root / "figures"
        chosen = self.selection
        places = [figures / c.month / t.stem for c in chosen.checkpoints for t in chosen.themes]
        if not chosen.cluster and not all((place / record.RUN).is_file() for place in places):
            self._pool("notebooks")
        return self._jobs()

    def _jobs(self) -> list[Job]:
        """Return the selection's jobs, with every parameter checked and every register read."""
        chosen = self.selection
        pairs = [
            (checkpoint, theme.stem) for checkpoint in chosen.checkpoints for theme in chosen.themes
        ]
        parameters = {pair: self._parameters(*pair) for pair in pairs}
        folder = self._data().absolute()
        prepared = self._prepared(folder)
        latest = list(prepared)[-1]
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
                chosen.data,
                chosen.cell_seconds,
                circumstances,
            )
            for checkpoint, stem in pairs
            if checkpoint in prepared
        ]

    def _prepared(self, folder: Path) -> dict[plan.Checkpoint, Prepared]:
        """Return the register of each checkpoint that the extract can be used for.

        Raises `DataError` if there is none.
        """
        prepared: dict[plan.Checkpoint, Prepared] = {}
        for checkpoint in self.selection.checkpoints:
            try:
                prepared[checkpoint] = prepare(self.root, folder, checkpoint)
            except PermissionError as error:
                raise _not_writable(error, self.root) from error
            except DataError as error:
                self.refused[checkpoint.month] = error
        if not prepared:
            raise next(iter(self.refused.values()))
        for month, refused in self.refused.items():
            self._say(str(refused), lead=f"{month} is left out:")
        return prepared

    def _usable(self) -> tuple[plan.Checkpoint, ...]:
        return tuple(c for c in self.selection.checkpoints if c.month not in self.refused)

    def _parameters(self, checkpoint: plan.Checkpoint, stem: str) -> dict[str, Any]:
        given = {
            "checkpoint": checkpoint.month,
            "data": self.selection.extract,
        } | self.selection.parameters
        path = notebook_path(self.root, stem)
        schedule.skipped(path, checkpoint)
        return checked(path, given)

    def _data(self) -> Path:
        folder = data_directory(self.selection.extract)
        demonstrate = programme.named(plan.load().programme).demonstrate
        if demonstrate and not self.selection.data and not folder.exists():
            self._say(f"Making the demonstration data in {folder}")
            demonstrate(folder)
        return folder

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let a second build in this checkout wait for the first."""
        check_writable(self.root)
        lock = FileLock(self.root / ".evalbook" / "build.lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            self._say("Another build runs in this checkout; waiting for it to end")
            lock.acquire()
        except PermissionError as error:
            raise UsageError(
                "another user built here, and the lock is theirs",
                where=lock.lock_file,
                remedy="Ask them to remove it, or work in a copy of the project",
            ) from error
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

    def _say(self, text: str, lead: str = "", style: str = "red") -> None:
        """Print a message as it stands: it may quote what others wrote."""
        message = Text.assemble((lead, style), " " if lead else "", text)
        self.messages.append(message.plain)
        self.console.print(message, soft_wrap=True)

    def _say_failed(self, jobs: Sequence[Job], failed: Mapping[str, str]) -> None:
        broken = [job for job in jobs if job.name in failed]
        for job in broken:
            made = record.read_run(job.place) or {}
            where = f" in cell {made['cell']}" if "cell" in made else ""
            self._say(made.get("error", failed[job.name]), lead=f"{job.name} failed{where}:")
            for line in made.get("output", []):
                self._say(f"    {line}")
        if broken:
            self._say(f"Run what failed again with: {_again(broken, self.selection)}")

    def _say_lost(self) -> None:
        for month, theme, row in self.lost:
            self._say(
                f"'{row}' ({theme}, {month}) could be worked out from what is shown together. "
                f"Make all checkpoints together: {plan.load().command} report",
                lead="Nothing is published:",
            )

    def _say_made(self, renderer: Renderer, outcomes: Sequence[steps.Outcome]) -> None:
        """Say what this build made, and where the report is."""
        names = [outcome.step.name for outcome in outcomes]
        made = [
            f"{c.month} ({language})"
            for c in self.selection.checkpoints
            for language in self.selection.languages
            if any(name.startswith(f"{language}/{c.month} ") for name in names)
        ]
        if made:
            self._say(f"Made: {', '.join(made)}")
        if made and "html" in self.selection.formats:
            self._say(f"Renderer: {renderer.name} ({renderer.why})")
        self._say(f"Open {self.root / '_site' / 'index.html'}")


def diagnosis() -> list[str]:
    """Return what is installed: one line per finding."""
    quarto = find_quarto()
    root = project_root()
    there = (root / "data" / "demo").exists()
    return [
        f"evalbook {__version__} in {root}",
        f"Quarto: {version(quarto) if quarto else 'not installed; the portable renderer is used'}",
        *(f"{name}: {importlib.metadata.version(name)}" for name in ("pypandoc-binary", "typst")),
        f"Demonstration data: {'there' if there else 'made by the first report'}",
    ]


def check_writable(root: Path) -> None:
    """Refuse a project that nothing can be made in.

    Raises
    ------
    UsageError
        If results, pages or memory cannot be written.
    """
    for name in ("figures", "_site", ".evalbook"):
        folder = root / name
        try:
            folder.mkdir(exist_ok=True)
            probe = folder / ".write-probe"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise _not_writable(error, folder) from error


def _not_writable(error: OSError, folder: Path) -> UsageError:
    return UsageError(
        f"cannot write here ({error.strerror})",
        where=folder,
        remedy="Give yourself write permission, or work in a copy of the project",
    )


def _failed(outcomes: Sequence[steps.Outcome]) -> dict[str, str]:
    return {outcome.step.name: outcome.error for outcome in outcomes if outcome.error}


def _again(failed: Sequence[Job], selection: Selection) -> str:
    checkpoints = " ".join(f"-c {c}" for c in sorted({job.checkpoint.month for job in failed}))
    themes = " ".join(f"-t {t}" for t in sorted({job.theme for job in failed}))
    data = f" --data {selection.data}" if selection.data else ""
    return f"{plan.load().command} report {checkpoints} {themes}{data}"
