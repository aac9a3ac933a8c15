"""Steps that run again only when something that they depend on has changed.

A memory keeps one JSON file a step: the digests of all that the step was made from, and of what it
made.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from evalbook.errors import EvalbookError
from evalbook.execute.pools import Act, Pool
from evalbook.files import write_whole

Digest = Callable[[], str | None]
NEVER_RAN: Final = "it has not run yet"
FAILED: Final = "it failed last time"
NOT_REMEMBERED: Final = "there is no memory of how its results were made"
CHANGED: Final = "its results were changed or removed"


@dataclass(frozen=True, eq=False)
class Step:
    """A piece of work that runs again only if something that it depends on has changed.

    Attributes
    ----------
    name : str
        Unique, and what users see.
    act : callable
        Does the work; returns the digests of what else it read, by name. Raises if it fails.
    inputs : mapping
        What it depends on, as far as that is known beforehand: a name that makes a sentence with
        "changed", and its present digest.
    output : callable
        The digest of what it made; None if that is not there.
    digest : callable
        The present digest of something that `act` turned out to read, by the name that it gave.
    label : callable
        What messages call that.
    size : int
        How long it takes, compared with others: what takes long is begun first, so that nothing
        long runs on alone.
    """

    name: str
    act: Act
    inputs: Mapping[str, Digest]
    output: Digest
    digest: Callable[[str], str | None] = field(default=lambda _: None)
    label: Callable[[str], str] = str
    size: int = 0


@dataclass(frozen=True)
class Outcome:
    """How a step ended; `error` is empty when its results are there."""

    step: Step
    error: str = ""


class Progress(Protocol):
    """Something that shows how far the work has come."""

    def begin(self, step: Step) -> None:
        """Show that a step runs."""

    def end(self, step: Step) -> None:
        """Show that a step has ended."""


def outdated(steps: Sequence[Step], memory: Path) -> dict[Step, list[str]]:
    """Return the steps that have to run, each with the reasons; run nothing.

    Parameters
    ----------
    steps : sequence of Step
        The steps to look at.
    memory : Path
        The folder that remembers earlier runs.
    """
    reasons = {step: _reasons(step, memory) for step in steps}
    return {step: why for step, why in reasons.items() if why}


def run(steps: Sequence[Step], memory: Path, pool: Pool, progress: Progress) -> list[Outcome]:
    """Run steps, the longest first; one that fails does not stop the others.

    Parameters
    ----------
    steps : sequence of Step
        The steps to run, whether outdated or not.
    memory : Path
        The folder that remembers what each was made from.
    pool : Pool
        Where they run.
    progress : Progress
        Told when a step begins and ends.

    Raises
    ------
    KeyboardInterrupt
        If it was interrupted; then nothing runs any more.
    """
    executor = ThreadPoolExecutor(pool.workers)
    try:
        waiting = [
            executor.submit(_run, step, memory, pool, progress)
            for step in sorted(steps, key=lambda step: step.size, reverse=True)
        ]
        return [done.result() for done in as_completed(waiting)]
    except BaseException:
        pool.stop()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def _run(step: Step, memory: Path, pool: Pool, progress: Progress) -> Outcome:
    progress.begin(step)
    # Digests of before: an edit while the step runs must not pass for what it was made from.
    inputs = _inputs(step)
    try:
        read = pool.carry_out(step.act)
        _remember(step, memory, inputs=inputs, read=dict(read), output=step.output())
    except Exception as error:
        # A full disk may be what it failed of.
        with contextlib.suppress(OSError):
            _remember(step, memory, failed=True)
        return Outcome(step, _message(error))
    finally:
        progress.end(step)
    return Outcome(step)


def _message(error: Exception) -> str:
    expected = isinstance(error, EvalbookError)
    return str(error) if expected else f"{type(error).__name__}: {error}"


def _inputs(step: Step) -> dict[str, str | None]:
    return {name: digest() for name, digest in step.inputs.items()}


def _reasons(step: Step, memory: Path) -> list[str]:
    """Return why a step has to run; nothing if all is as it was."""
    before = _remembered(step, memory)
    output = step.output()
    if before.get("failed"):
        return [FAILED]
    if output is None:
        return [NEVER_RAN]
    if not before:
        return [NOT_REMEMBERED]
    found = [CHANGED] if output != before["output"] else []
    now, inputs = _inputs(step), before["inputs"]
    found += [f"{name} changed" for name in sorted(now) if now[name] != inputs.get(name)]
    found += [f"{name} is no longer read" for name in sorted(inputs.keys() - now.keys())]
    read = sorted(before["read"].items())
    names = [step.label(name) for name, digest in read if step.digest(name) != digest]
    return found + [f"{name} changed" for name in dict.fromkeys(names)]


def _remembered(step: Step, memory: Path) -> dict[str, Any]:
    """Return what is remembered of a step; empty if nothing is."""
    try:
        content: dict[str, Any] = json.loads(_file(step, memory).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content


def _remember(step: Step, memory: Path, **content: Any) -> None:
    write_whole(_file(step, memory), json.dumps({"step": step.name} | content, indent=1))


def _file(step: Step, memory: Path) -> Path:
    return memory / f"{hashlib.sha256(step.name.encode()).hexdigest()[:16]}.json"
