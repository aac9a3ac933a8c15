"""A job: one notebook at one checkpoint, what its run needs to know, and its step."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from evalbook import plan
from evalbook.execute import CELL_SECONDS, dependencies, record
from evalbook.execute.cutoff import digest_at
from evalbook.execute.prepared import Prepared
from evalbook.execute.steps import Digest, Step
from evalbook.plan import Checkpoint
from evalbook.plan.programme import catalogues


@dataclass(frozen=True, eq=False)
class Job:
    """One notebook at one checkpoint, with its parameters checked.

    Attributes
    ----------
    root : Path
        The project; results go to `figures/<checkpoint>/<theme>/` under it.
    data : Path
        The extract.
    prepared : Prepared
        The register, read already.
    cell_seconds : int
        The longest that a cell may take.
    circumstances : dict
        Versions and git state, for the record.
    """

    theme: str
    checkpoint: Checkpoint
    notebook: Path
    parameters: dict[str, Any]
    root: Path
    data: Path
    prepared: Prepared
    cell_seconds: int = CELL_SECONDS
    circumstances: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What messages call the job."""
        return f"{self.theme} {self.checkpoint.month}"

    @property
    def place(self) -> Path:
        """Where its results are."""
        return self.root / "figures" / self.checkpoint.month / self.theme

    def step(self) -> Step:
        """Return the step that runs the notebook."""
        inputs: dict[str, Digest] = {
            "its code cells": functools.partial(dependencies.code_digest, self.notebook),
            "its parameters": functools.partial(repr, sorted(self.parameters.items())),
            "the package versions": functools.partial(dependencies.versions_digest, self.root),
        }
        for path in dependencies.module_files(dependencies.imported(self.notebook)):
            name = dependencies.module_name(path)
            inputs[name] = functools.partial(dependencies.module_digest, path)
        for path in catalogues(plan.load().programme, plan.load().languages):
            inputs[f"the catalogue {path.name}"] = functools.partial(record.file_digest, path)
        return Step(
            self.name,
            functools.partial(_run, self),
            inputs,
            functools.partial(_output, self),
            self.digest,
            size=self.notebook.stat().st_size,
        )

    def inputs(self, paths: Iterable[Path]) -> dict[str, str]:
        """Return the digests of files, by name, as far as the checkpoint may know them.

        The register counts as the extract's tables that it was made from, and as the list of them.
        """
        read = set(paths)
        if any(self.prepared.holds(path) for path in read):
            read = {path for path in read if not self.prepared.holds(path)}
            read |= {self.data, *self.prepared.tables}
        return {name: self.digest(name) for name in sorted(map(self.named, read))}

    def digest(self, name: str) -> str:
        """Return the digest of a file, by the name that `named` gave it."""
        path, tables = self.root / name, self.prepared.tables
        if path == self.data:
            return sha256(repr(sorted(table.name for table in tables)).encode()).hexdigest()
        return tables.get(path) or digest_at(path, self.checkpoint)

    def files(self, paths: Iterable[Path]) -> dict[str, dict[str, Any]]:
        """Return SHA-256 and size of files; for the register those of the extract's tables."""
        read: set[Path] = set()
        for path in paths:
            read |= self.prepared.tables.keys() if self.prepared.holds(path) else {path}
        return {
            self.named(path): record.fingerprint(path) for path in sorted(read) if path.is_file()
        }

    def named(self, path: Path) -> str:
        """Return a file's name from the project's root, where it lies in it."""
        return (
            path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)
        )


def _run(job: Job) -> dict[str, str]:
    # Papermill is slow to import, and often nothing has to run.
    from evalbook.execute.runner import run

    return run(job)


def _output(job: Job) -> str | None:
    """Digest the results as they lie there; a run that failed has none."""
    made = record.read_run(job.place)
    if made is None or made["outcome"] != "completed":
        return None
    paths = [job.place / name for name in sorted(made["outputs"])]
    found = [(path.name, path.is_file() and record.file_digest(path)) for path in paths]
    return sha256(repr(found).encode()).hexdigest()
