"""One notebook at one checkpoint: executed aside, recorded, and put in place whole.

The record, `run.json`, follows orderly2's packet metadata: what went in, what came out, and how it ended.
"""

import json
import os
import shutil
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from nychance.errors import NychanceError
from nychance.execute import kernels, reads, record
from nychance.execute.engine import Failure, execute
from nychance.execute.jobs import Job
from nychance.files import replace_folder, write_whole
from nychance.register import PREPARED
from nychance.results import RESULTS

KERNEL_TAIL: Final = 20


class NotebookFailedError(NychanceError):
    """A notebook did not finish; its `run.json` says where and why."""


def run(job: Job) -> None:
    """Run a notebook and put its results, or the record of its failure, in place.

    Raises
    ------
    NotebookFailedError
        If it did not finish. The partial notebook and the record are in place then, and no result of an earlier run.
    """
    staging = job.root / ".nychance" / "staging" / uuid.uuid4().hex
    made = staging / job.checkpoint.month / job.theme
    made.mkdir(parents=True)
    try:
        failure = _execute(job, staging, made)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    try:
        if kernels.stopped():
            raise NotebookFailedError("interrupted", where=job.name)
        replace_folder(made, job.place)
    except OSError:
        shutil.rmtree(job.place, ignore_errors=True)
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    if failure:
        raise NotebookFailedError(failure.error, where=job.name)


def _execute(job: Job, staging: Path, made: Path) -> Failure | None:
    begun, clock = datetime.now(UTC), time.monotonic()
    notes, log = staging / "reads", staging / "kernel.log"
    environment = os.environ | kernels.ONE_THREAD | {
        "NYCHANCE_FIGURES": str(staging),
        PREPARED: str(job.prepared.path),
        reads.NOTES: str(notes),
        reads.FOLDERS: "\n".join(str(folder) for folder in _watched(job)),
        kernels.LOG: str(log),
    }  # fmt: skip
    failure = execute(job.notebook, made / record.NOTEBOOK, job.parameters, job.root, environment, job.cell_seconds)
    if failure is None and not (made / RESULTS).is_file():
        failure = Failure(None, "the notebook ended without closing its findings")
    if failure:
        _keep_only_the_notebook(made)
    inputs = job.inputs_now(reads.noted(notes))
    _write_run(job, made, failure, inputs, begun, time.monotonic() - clock, _tail(log))
    return failure


def _watched(job: Job) -> list[Path]:
    return [job.root / "data", job.data.resolve(), job.prepared.path.parent]


def _keep_only_the_notebook(made: Path) -> None:
    for path in made.iterdir():
        if path.name != record.NOTEBOOK:
            path.unlink()


def _tail(log: Path) -> list[str]:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []
    return lines[-KERNEL_TAIL:]


def _write_run(
    job: Job, made: Path, failure: Failure | None, inputs: dict[str, str], begun: datetime, seconds: float, last: list[str]
) -> None:
    content = {
        "theme": job.theme,
        "checkpoint": job.checkpoint.month,
        "outcome": "failed" if failure else "completed",
        "parameters": job.parameters,
        "notebook": record.digests(job.root, [job.notebook]),
        "inputs": inputs,
        "outputs": {path.name: record.digest(path) for path in sorted(made.iterdir())},
        **job.circumstances,
        "kernels": kernels.forking()[1],
        "begun": begun.isoformat(timespec="seconds"),
        "seconds": round(seconds, 2),
    }
    if failure:
        told = {"cell": failure.cell, "error": failure.error, "source": failure.source, "output": last}
        content |= {key: value for key, value in told.items() if value}
    write_whole(made / record.RUN, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
