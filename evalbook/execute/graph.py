"""Which steps have to run, and why: pytask compares, runs in parallel, and remembers what each step depended on.

A step is one node to pytask, whose bookkeeping takes longer for fifty files than a short notebook
runs; what the step's digest was made of is remembered beside it, to say which part changed.
"""

import functools
import hashlib
import json
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pytask
from pytask import ExitCode, TaskOutcome, TaskWithoutPath
from pytask_parallel import ParallelBackend, WorkerType, registry
from pytask_parallel import execute as parallel

from evalbook.execute.pools import Act, Pool
from evalbook.files import write_whole

Read = Callable[[], str | None]
# Left to itself, pytask looks for what has ended once a second.
parallel._Sleeper = functools.partial(parallel._Sleeper, timings=[0.05])  # type: ignore[misc,assignment]
DEPENDS: Final = "depends"
CHANGED: Final = "its results were changed or removed"


@dataclass(frozen=True, eq=False)
class Step:
    """A piece of work that runs again only if something that it depends on has changed.

    Attributes
    ----------
    name : str
        Unique, and what users see.
    act : callable
        Does the work; raises if it fails.
    reads : mapping
        What it depends on: a name that makes a sentence with "changed", and how to find the
        present state.
    made : callable
        The state of what it made, None if that is not there.
    size : int
        How long it takes, compared with others; what takes long is begun first, so that nothing
        long runs on alone.
    why : callable, optional
        Says more about why a dependency of a name changed, or, for an empty name, why nothing is
        there; gives nothing where there is no more to say.
    """

    name: str
    act: Act
    reads: Mapping[str, Read]
    made: Read
    size: int = 0
    why: Callable[[str], Sequence[str]] = field(default=lambda _: ())

    def parts(self) -> dict[str, str | None]:
        """Read the present state of everything that it depends on."""
        return {name: read() for name, read in self.reads.items()}


@dataclass(frozen=True)
class Outcome:
    """How a step ended; `error` is empty when its results are there and current."""

    step: Step
    ran: bool
    error: str = ""


class GraphError(RuntimeError):
    """The graph could not be made: a fault of this package, not of its user."""


@dataclass(kw_only=True)
class _Node:
    """A dependency or product, as pytask sees it."""

    name: str
    signature: str
    read: Read
    attributes: dict[Any, Any] = field(default_factory=dict)

    def state(self) -> str | None:
        return self.read()

    def load(self, is_product: bool = False) -> "_Node":
        return self

    def save(self, value: object) -> None:
        pass


def as_begun(reads: Mapping[str, Read]) -> dict[str, Read]:
    """Read each dependency once only, at the latest before a step begins.

    pytask remembers what it finds when a step has ended; an edit in the meantime must not pass for
    what was worked from.
    """
    return {name: functools.cache(read) for name, read in reads.items()}


def stale(steps: Sequence[Step], memory: Path) -> dict[Step, list[str]]:
    """Find the steps that have to run, each with the reasons; runs nothing.

    Parameters
    ----------
    memory : Path
        The folder in which pytask remembers earlier runs.
    """
    with _quiet():
        session = _session(steps, memory, dry_run=True)
    # pytask ends quietly when it is interrupted.
    if len(session.execution_reports) < len(steps):
        raise KeyboardInterrupt
    for report in session.execution_reports:
        if report.outcome == TaskOutcome.FAIL:
            raise GraphError(f"{report.task.name}: {_error(report)}")
    named = {step.name: step for step in steps}
    return {
        named[report.task.name]: _reasons(
            named[report.task.name], report.task.attributes["explanation"].reasons, memory
        )
        for report in session.execution_reports
        if report.outcome == TaskOutcome.WOULD_BE_EXECUTED
    }


def run_all(steps: Sequence[Step], memory: Path, pool: Pool) -> list[Outcome]:
    """Run the steps that have to run; one that fails does not stop the others.

    Raises
    ------
    KeyboardInterrupt
        If it was interrupted.
    """
    executor = ThreadPoolExecutor(pool.workers)
    # pytask names the number of workers by keyword; the pool has its own.
    registry.register_parallel_backend(
        ParallelBackend.CUSTOM, lambda n_workers: executor, worker_type=WorkerType.THREADS
    )
    # A few steps in the queue keep the workers busy while pytask looks for what has ended.
    queue = pool.workers + max(pool.workers, 4)
    carried_out = [
        replace(step, act=functools.partial(_carry_out, step, pool, memory)) for step in steps
    ]
    with _stopping(pool, executor) as interrupted:
        session = _session(
            carried_out,
            memory,
            n_workers=queue,
            parallel_backend="custom",
            n_entries_in_table=len(steps),
        )
    # pytask ends quietly when it is interrupted.
    if interrupted.is_set():
        raise KeyboardInterrupt
    if len(session.execution_reports) < len(steps):
        raise GraphError("pytask did not come to all steps; its message is above")
    named = {step.name: step for step in steps}
    return [_outcome(named[report.task.name], report) for report in session.execution_reports]


def _session(steps: Sequence[Step], memory: Path, **options: Any) -> pytask.Session:
    memory.mkdir(parents=True, exist_ok=True)
    # Without it pytask would take the project for its own and write beside its files.
    (memory / "pyproject.toml").write_text("[tool.pytask.ini_options]\n", encoding="utf-8")
    # pytask remembers in its lock file; its database would say the same again, with a commit to
    # disk for every node.
    sizes = sorted({step.size for step in steps})
    session = pytask.build(
        tasks=[_task(step, sizes) for step in steps],
        paths=memory,
        explain="dry_run" in options,
        capture="no",
        show_traceback=False,
        disable_warnings=True,
        database_url="sqlite:///:memory:",
        **options,
    )
    if session.exit_code not in (ExitCode.OK, ExitCode.FAILED):
        raise GraphError(f"pytask could not make the graph ({session.exit_code})")
    return session


@contextmanager
def _stopping(pool: Pool, executor: Executor) -> Iterator[threading.Event]:
    """Let Ctrl-C end what runs and forget what waits, instead of working off the queue."""
    interrupted = threading.Event()

    def interrupt(*_: object) -> None:
        interrupted.set()
        pool.stop()
        executor.shutdown(wait=False, cancel_futures=True)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _quiet() -> Iterator[None]:
    before, pytask.console.quiet = pytask.console.quiet, True
    try:
        yield
    finally:
        pytask.console.quiet = before


def _task(step: Step, sizes: Sequence[int]) -> TaskWithoutPath:
    def node(name: str, read: Read) -> _Node:
        return _Node(name=name, signature=f"{step.name}: {name}", read=read)

    work = step.act

    def act(**_: object) -> None:
        work()

    return TaskWithoutPath(
        name=step.name,
        function=act,
        depends_on={DEPENDS: node(DEPENDS, functools.partial(_digest, step))},
        produces={"made": node("made", step.made)},
        markers=[pytask.Mark(name, (), {}) for name in _turn(sizes.index(step.size), len(sizes))],
    )


def _turn(place: int, of: int) -> list[str]:
    """Say in pytask's words when a step's turn is; it knows no more than three."""
    if place > 0.6 * (of - 1):
        return ["try_first"]
    return ["try_last"] if place < 0.4 * (of - 1) else []


def _digest(step: Step) -> str:
    return hashlib.sha256(json.dumps(step.parts()).encode()).hexdigest()


def _carry_out(step: Step, pool: Pool, memory: Path) -> None:
    pool.carry_out(step.act)
    write_whole(_parts_file(step, memory), json.dumps(step.parts()))


def _parts_file(step: Step, memory: Path) -> Path:
    return memory / "parts" / f"{hashlib.sha256(step.name.encode()).hexdigest()[:16]}.json"


def _reasons(step: Step, changes: Sequence[Any], memory: Path) -> list[str]:
    if step.made() is None:
        return list(step.why("")) or ["it has not run yet"]
    remembered = _parts_file(step, memory)
    if not remembered.is_file() or any(
        change.reason == "not_in_db" and change.node_type == "source" for change in changes
    ):
        return ["there is no memory of how its results were made"]
    told = [CHANGED] if any(change.node_type == "product" for change in changes) else []
    before = json.loads(remembered.read_text(encoding="utf-8"))
    for name, state in sorted(step.parts().items()):
        if state != before.get(name):
            told += step.why(name) or [f"{name} changed"]
    told += [f"{name} is no longer read" for name in sorted(before.keys() - step.reads.keys())]
    return told or ["it was made by another version of evalbook"]


def _outcome(step: Step, report: Any) -> Outcome:
    if report.outcome == TaskOutcome.FAIL:
        return Outcome(step, ran=True, error=_error(report))
    return Outcome(step, ran=report.outcome == TaskOutcome.SUCCESS)


def _error(report: Any) -> str:
    return str(report.exc_info[1]) or type(report.exc_info[1]).__name__
