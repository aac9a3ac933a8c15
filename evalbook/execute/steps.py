"""Notebook runs as steps of the graph: what each depends on, and the state of what it made."""

import functools
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from evalbook import plan
from evalbook.execute import depends, record
from evalbook.execute.graph import Read, Step, as_begun
from evalbook.execute.jobs import Job
from evalbook.plan.programme import catalogues

DATA: Final = "its data"


def notebook_step(job: Job) -> Step:
    """Make the step that runs a job's notebook."""
    reads: dict[str, Read] = {
        "its code cells": functools.partial(depends.code_digest, job.notebook),
        "its parameters": functools.partial(repr, sorted(job.parameters.items())),
        "the package versions": functools.partial(depends.versions_digest, job.root),
    }
    for path in depends.module_files(depends.imported(job.notebook)):
        reads[depends.module_name(path)] = functools.partial(record.file_digest, path)
    for path in catalogues(plan.load().programme, plan.load().languages):
        reads[f"the catalogue {path.name}"] = functools.partial(record.file_digest, path)
    depending = as_begun(reads) | {DATA: functools.partial(_data_state, job)}
    return Step(
        job.name,
        functools.partial(_run, job),
        depending,
        functools.partial(_made, job),
        size=job.notebook.stat().st_size,
        why=functools.partial(_why, job),
    )


def _run(job: Job) -> None:
    # Papermill is slow to import, and often nothing has to run.
    from evalbook.execute.runner import run

    run(job)


def _data_state(job: Job) -> str:
    """Digest what the last run read, as it is now: a run's own record says which files those are."""
    return sha256(repr(job.inputs_now(_read_last(job))).encode()).hexdigest()


def _made(job: Job) -> str | None:
    """Digest the results as they lie there; a run that failed has none."""
    made = record.read_run(job.place)
    if made is None or made["outcome"] != "completed":
        return None
    paths = [job.place / name for name in sorted(made["outputs"])]
    return sha256(
        repr([(p.name, p.is_file() and record.file_digest(p)) for p in paths]).encode()
    ).hexdigest()


def _read_last(job: Job) -> list[Path]:
    names = (record.read_run(job.place) or {}).get("inputs", {})
    tables = {job.named(table) for table in job.prepared.tables or ()}
    others = [job.root / name for name in names if name not in tables]
    return [*others, job.prepared.place] if job.prepared.place and tables & set(names) else others


def _why(job: Job, name: str) -> Sequence[str]:
    made = record.read_run(job.place)
    if not name:
        return ["it failed last time"] if made else []
    if name != DATA or made is None:
        return []
    now = job.inputs_now(_read_last(job))
    return [f"{path} changed" for path in now if now[path] != made["inputs"].get(path)]
