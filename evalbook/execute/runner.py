"""One notebook at one checkpoint: executed aside, recorded, and put in place whole.

The record, `run.json`, follows orderly2's packet metadata: what went in, what came out, and how it
ended.
"""

import json
import shutil
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from evalbook.errors import DisclosureError, EvalbookError
from evalbook.execute import dependencies, kernels, opened, record, schedule, watch
from evalbook.execute.engine import Failure, execute
from evalbook.execute.notebooks import declared
from evalbook.files import replace_folder, write_whole
from evalbook.plan.programme import VINTAGE
from evalbook.plan.results import RESULTS
from evalbook.sdc.outputs import check_files, check_notebook
from evalbook.sdc.protection import PLACE, Orders, Shelf
from evalbook.sdc.secret import secret_of

if TYPE_CHECKING:
    from evalbook.execute.jobs import Job

KERNEL_TAIL: Final = 20


class NotebookFailedError(EvalbookError):
    """A notebook did not finish; its `run.json` says where and why."""


def run(job: "Job") -> dict[str, str]:
    """Run a notebook and put its results, or the record of its failure, in place.

    Returns
    -------
    dict
        The digests of the files that it read, by name.

    Raises
    ------
    NotebookFailedError
        If it did not finish. The partial notebook and the record are in place then, and no result
        of an earlier run.
    """
    staging = job.root / ".evalbook" / "staging" / uuid.uuid4().hex
    made = staging / job.checkpoint.month / job.theme
    try:
        made.mkdir(parents=True)
        failure, inputs = _execute(job, staging, made)
        if kernels.stopped():
            raise NotebookFailedError("interrupted", where=job.name)
        replace_folder(made, job.place)
    except OSError as error:
        # Such as a full disk: what an earlier run left is not passed off as this one's.
        shutil.rmtree(job.place, ignore_errors=True)
        raise NotebookFailedError(str(error), where=job.name) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    if failure:
        raise NotebookFailedError(failure.error, where=job.name)
    return inputs


def _execute(job: "Job", staging: Path, made: Path) -> tuple[Failure | None, dict[str, str]]:
    begun, clock = datetime.now(UTC), time.monotonic()
    notebook = record.fingerprint(job.notebook)
    skipped = schedule.skipped(job.notebook, job.checkpoint)
    notes, log = staging / "reads", staging / "kernel.log"
    protection = staging / "protection"
    Orders(job.hidden, secret_of(job.data, job.root, synthetic=job.prepared.synthetic)).write(
        protection
    )
    environment = kernels.environment(
        {
            record.STAGED: str(staging),
            VINTAGE: str(job.prepared.place or ""),
            watch.NOTES: str(notes),
            watch.KEPT: "\n".join(map(str, _kept(job))),
            watch.IGNORED: "\n".join(map(str, _ignored(job))),
            kernels.LOG: str(log),
            PLACE: str(protection),
        }
    )
    failure = execute(
        job.notebook,
        made / record.NOTEBOOK,
        job.parameters,
        job.root,
        environment,
        job.cell_seconds,
        skipped,
    )
    if failure is None and not (made / RESULTS).is_file():
        failure = Failure(None, "the notebook ended without closing its findings")
    if failure is None and skipped:
        schedule.record(made, job.theme, skipped)
    warnings: list[str] = []
    reads = watch.read(notes)
    if failure is None:
        failure, warnings = _sdc(made, persons=job.reads_persons(reads))
    changed = [job.label(job.named(path)) for path in reads.changed()]
    if failure is None and changed:
        failure = Failure(None, f"{changed[0]} changed while the notebook read it; run it again")
    if failure:
        _keep_only_the_notebook(made)
    else:
        Shelf.of(job.root, job.data).take(protection, job.checkpoint.month, job.theme)
    inputs = job.inputs(reads)
    content = {
        "theme": job.theme,
        "checkpoint": job.checkpoint.month,
        "outcome": "failed" if failure else "completed",
        **_given(job),
        "notebook": {job.named(job.notebook): notebook},
        **job.record(inputs),
        "outputs": {path.name: record.fingerprint(path) for path in sorted(made.iterdir())},
        **job.circumstances,
        "kernels": kernels.forking()[1],
        "reads": opened.unseen() or "the system reports each file that is opened",
        "begun": begun.isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - clock, 2),
    }
    if failure:
        content |= {record.CHANGED: changed} if changed else {}
        why = {
            "cell": failure.cell,
            "error": failure.error,
            "source": failure.source,
            "output": _tail(log),
        }
        content |= {key: value for key, value in why.items() if value}
    elif warnings:
        content["warnings"] = warnings[-KERNEL_TAIL:]
    write_whole(made / record.RUN, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    return failure, inputs


def _sdc(made: Path, *, persons: bool) -> tuple[Failure | None, list[str]]:
    """Check that what would be published has passed disclosure control.

    What has not is not kept.
    """
    try:
        warnings = check_notebook(made / record.NOTEBOOK, persons=persons)
        check_files(made)
    except DisclosureError as error:
        (made / record.NOTEBOOK).unlink()
        return Failure(None, str(error)), []
    return None, warnings


def _given(job: "Job") -> dict[str, dict[str, Any]]:
    """Return all parameters of a run, also those left at what the notebook declares.

    Seeds stand once more by themselves.
    """
    parameters = {p.name: p.default for p in declared(job.notebook).values()} | job.parameters
    return {
        "parameters": parameters,
        "seeds": {name: value for name, value in parameters.items() if "seed" in name},
    }


def _kept(job: "Job") -> list[Path]:
    """Return folders whose files are inputs wherever they lie."""
    return [job.data, job.data.resolve(), *([job.prepared.place] if job.prepared.place else [])]


def _ignored(job: "Job") -> list[Path]:
    """Return folders whose files are no inputs: what is made of them, and code noted otherwise."""
    made = [job.place, *(job.root / name for name in ("figures/latest", "_site", "_quarto_site"))]
    return [*made, *dependencies.packages().values()]


def _keep_only_the_notebook(made: Path) -> None:
    for path in made.iterdir():
        if path.name != record.NOTEBOOK:
            path.unlink()


def _tail(log: Path) -> list[str]:
    """Return the last that the cells printed; all that there is of a kernel that did not start."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    parts = text.split(f"{kernels.MARK}\n")
    printed = parts[1] if len(parts) > 1 else parts[0]
    lines = [line for line in printed.splitlines() if not line.startswith("[IPKernelApp]")]
    return lines[-KERNEL_TAIL:]
