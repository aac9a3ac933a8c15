"""A job: one notebook at one checkpoint, what its run needs to know, and its step."""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from evalbook import plan
from evalbook.execute import CELL_SECONDS, dependencies, record, schedule
from evalbook.execute.cutoff import MISSING, digest_at
from evalbook.execute.prepared import Prepared
from evalbook.execute.steps import Digest, Step
from evalbook.execute.watch import Reads, listed
from evalbook.paths import plan_directory
from evalbook.plan import Checkpoint, entries
from evalbook.plan.programme import catalogues
from evalbook.sdc.protection import Shelf

# Inputs that are not named from the project: the extract's tables as the register has them, the
# extract's files, entries of the plan.
TABLES: Final = "table:"
EXTRACT: Final = "extract:"
PLAN: Final = "plan:"
# Where the results of notebooks are, in the project.
FIGURES: Final = "figures"


@dataclass(frozen=True, eq=False)
class Job:
    """One notebook at one checkpoint, with its parameters checked.

    Attributes
    ----------
    root : Path
        The project; results go to `figures/<checkpoint>/<theme>/` under it.
    data : Path
        The extract.
    extract : str
        What the user calls it; empty for the demonstration's.
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
    extract: str = ""
    cell_seconds: int = CELL_SECONDS
    circumstances: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What messages call the job."""
        return f"{self.theme} {self.checkpoint.month}"

    @property
    def place(self) -> Path:
        """Where its results are."""
        return self.root / FIGURES / self.checkpoint.month / self.theme

    @property
    def hidden(self) -> tuple[str, ...]:
        """The rows of its results that an audit has hidden."""
        return Shelf.of(self.root, self.data).hidden(self.checkpoint.month, self.theme)

    def step(self) -> Step:
        """Return the step that runs the notebook."""
        inputs: dict[str, Digest] = {
            "its code cells": functools.partial(dependencies.code_digest, self.notebook),
            "what the plan schedules of it": functools.partial(
                schedule.digest, self.notebook, self.checkpoint
            ),
            "its parameters": functools.partial(_parameters, self.parameters),
            "what is hidden to protect others": lambda: _digest(self.hidden),
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
            self.label,
            size=self.notebook.stat().st_size,
        )

    def overtaken(self) -> bool:
        """Return whether results of another notebook that it read have been made anew since."""
        run = record.read_run(self.place) or {}
        read = {n: d for n, d in run.get("inputs", {}).items() if n.startswith(f"{FIGURES}/")}
        meanwhile = any(name.startswith(f"{FIGURES}/") for name in run.get(record.CHANGED, ()))
        return meanwhile or any(self.digest(name) != digest for name, digest in read.items())

    def inputs(self, reads: Reads) -> dict[str, str]:
        """Return the digests of what the notebook read, by names that `digest` and `label` know.

        The register counts as the extract's tables that it was made from, and as the list of them.
        """
        read_by_plan = {plan_directory() / name for name in type(plan.load()).files}
        names = {self.named(path) for path in reads.files if path not in read_by_plan}
        names |= {f"{self.named(path)}/" for path in reads.folders}
        if any(self._is_register(path) for path in reads.files):
            names = {name for name in names if not self._is_register(self._path(name))}
            names |= {TABLES, *(f"{TABLES}{path.name}" for path in self.prepared.tables)}
        names |= {f"{PLAN}{json.dumps(question)}" for question in reads.plan}
        return {name: self.digest(name) for name in sorted(names)}

    def reads_persons(self, reads: Reads) -> bool:
        """Return whether a notebook read the register, or the extract that it is made from."""
        return any(
            self._is_register(path) or path.is_relative_to(self.data) for path in reads.files
        )

    def digest(self, name: str) -> str:
        """Return the present digest of an input."""
        tables = self.prepared.tables
        if name.startswith(PLAN):
            return entries.answer(plan.load(), json.loads(name.removeprefix(PLAN)))
        if name == TABLES:
            return _digest(sorted(path.name for path in tables))
        if name.startswith(TABLES):
            return tables.get(self.data / name.removeprefix(TABLES), MISSING)
        if name.endswith("/"):
            return _digest(listed(self._path(name)))
        return digest_at(self._path(name), self.checkpoint)

    def label(self, name: str) -> str:
        """Return what messages call an input."""
        if name.startswith(PLAN):
            return entries.label(plan.load(), json.loads(name.removeprefix(PLAN)))
        if name == TABLES or name.endswith("/"):
            return f"the list of files in {self._shown(self._path(name))}"
        return self._shown(self._path(name))

    def named(self, path: Path) -> str:
        """Return the name of a file or folder as an input: from the extract or the project."""
        if path.is_relative_to(self.data):
            return f"{EXTRACT}{path.relative_to(self.data).as_posix()}"
        return (
            path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)
        )

    def record(self, inputs: Mapping[str, str]) -> dict[str, Any]:
        """Return what the record of a run says of its inputs, under the names that users know."""
        kinds: dict[str, dict[str, str]] = {"inputs": {}, "folders": {}, "plan": {}}
        files = {}
        for name, digest in inputs.items():
            listing = name == TABLES or name.endswith("/")
            kind = "plan" if name.startswith(PLAN) else "folders" if listing else "inputs"
            kinds[kind][self.label(name)] = digest
            path = self._path(name)
            if kind == "inputs" and path.is_file():
                files[self.label(name)] = self._fingerprint(path)
        return kinds | {"files": files} | (self._register() if TABLES in inputs else {})

    def _register(self) -> dict[str, Any]:
        """Return what the record of a run says of the extract that it read."""
        extract = [self._shown(path) for path in self.prepared.tables]
        made_with = {"made_with": self.prepared.made_with} if self.prepared.made_with else {}
        return {record.UNTIL: self.prepared.until, "extract": extract, **made_with}

    def _fingerprint(self, path: Path) -> dict[str, Any]:
        found = record.fingerprint(path)
        return found | {"sha256": self.prepared.files.get(path, found["sha256"])}

    def _is_register(self, path: Path) -> bool:
        return self.prepared.holds(path)

    def _path(self, name: str) -> Path:
        for within in (TABLES, EXTRACT):
            if name.startswith(within):
                return self.data / name.removeprefix(within)
        return self.root / name

    def _shown(self, path: Path) -> str:
        if path.is_relative_to(self.data) and self.extract:
            return (Path(self.extract) / path.relative_to(self.data)).as_posix()
        return (
            path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)
        )


def _parameters(parameters: Mapping[str, Any]) -> str:
    # Of the extract counts what is in it, not where it is.
    return repr(sorted((name, value) for name, value in parameters.items() if name != "data"))


def _digest(names: Sequence[str]) -> str:
    return sha256(repr(names).encode()).hexdigest()


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
