"""Run many notebooks: in parallel, each in a process of its own, with results that appear whole or not at all."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nychance.execute import record
from nychance.execute.notebooks import checked, notebook_path
from nychance.files import replace_folder
from nychance.plan import Checkpoint, Theme

NOTEBOOK = "notebook.ipynb"


@dataclass(frozen=True)
class Job:
    """One notebook at one checkpoint, with its parameters checked."""

    theme: str
    checkpoint: str
    notebook: Path
    parameters: dict[str, Any]

    @property
    def name(self) -> str:
        """How the job is called in messages."""
        return f"{self.theme} {self.checkpoint}"


@dataclass(frozen=True)
class Outcome:
    """How a job ended; `error` is empty when it completed."""

    job: Job
    seconds: float
    error: str = ""
    cell: int | None = None


@dataclass
class Report:
    """Callbacks that tell a reader what runs; the default says nothing."""

    started: Callable[[Job], None] = lambda _: None
    ended: Callable[[Outcome], None] = lambda _: None


def jobs(root: Path, checkpoints: Sequence[Checkpoint], themes: Sequence[Theme], data: str, extra: dict[str, Any]) -> list[Job]:
    """List the jobs of a selection, every parameter checked before anything starts.

    Parameters
    ----------
    root : Path
        The project.
    data : str
        The register's directory, as notebooks see it; empty for the demonstration data.
    extra : dict
        Further parameters, for every notebook.

    Raises
    ------
    UsageError
        If a notebook lacks its parameters cell, or a parameter is unknown or of the wrong type.
    """
    listed = []
    for checkpoint in checkpoints:
        for theme in themes:
            path = notebook_path(root, theme.stem)
            given = {"checkpoint": checkpoint.month, "data": data} | extra
            listed.append(Job(theme.stem, checkpoint.month, path, checked(path, given)))
    return listed


@dataclass
class Runner:
    """Runs jobs at most `workers` at a time.

    Parameters
    ----------
    root : Path
        The project; results go to `figures/<checkpoint>/<theme>/` under it.
    inputs : sequence of Path
        The data files that notebooks read, for the record.
    workers : int
        How many notebooks run at once.
    """

    root: Path
    inputs: Sequence[Path]
    workers: int
    report: Report = field(default_factory=Report)

    def __post_init__(self) -> None:
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._stopping = False
        self._made_from = {
            "inputs": record.digests(self.root, self.inputs),
            "versions": record.versions(),
            "git": record.git_state(self.root),
        }

    @property
    def staging(self) -> Path:
        """Where results are made before they appear."""
        return self.root / ".nychance" / "staging"

    def run(self, listed: Sequence[Job]) -> list[Outcome]:
        """Run the jobs; on Ctrl-C stop them all and leave nothing half-written."""
        shutil.rmtree(self.staging, ignore_errors=True)
        with ThreadPoolExecutor(self.workers) as pool:
            futures = [pool.submit(self._run_one, job) for job in listed]
            try:
                return [future.result() for future in as_completed(futures)]
            except BaseException:
                self._stopping = True
                pool.shutdown(wait=False, cancel_futures=True)
                self._stop_processes()
                raise
            finally:
                pool.shutdown(wait=True)
                shutil.rmtree(self.staging, ignore_errors=True)

    def _run_one(self, job: Job) -> Outcome:
        self.report.started(job)
        staged = self.staging / job.checkpoint / job.theme
        staged.mkdir(parents=True, exist_ok=True)
        begun, clock = datetime.now(UTC), time.monotonic()
        outcome = self._execute(job, staged)
        seconds = time.monotonic() - clock
        if not self._stopping:
            self._publish(job, staged, outcome, begun, seconds)
        ended = Outcome(job, seconds, outcome.get("error", ""), outcome.get("cell"))
        self.report.ended(ended)
        return ended

    def _execute(self, job: Job, staged: Path) -> dict[str, Any]:
        order = self.staging / f"{job.checkpoint}-{job.theme}.json"
        answer = order.with_suffix(".outcome.json")
        order.write_text(
            json.dumps(
                {
                    "source": str(job.notebook),
                    "target": str(staged / NOTEBOOK),
                    "parameters": job.parameters,
                    "root": str(self.root),
                    "outcome": str(answer),
                }
            ),
            encoding="utf-8",
        )
        output = self._call([sys.executable, "-m", "nychance.execute.worker", str(order)])
        if not answer.exists():
            return {
                "outcome": "failed",
                "error": f"the run ended without an answer: {output[-1500:].strip()}",
            }
        outcome: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        if outcome["outcome"] == "completed" and not (staged / "results.json").exists():
            return {"outcome": "failed", "error": "the notebook ended without closing its findings"}
        return outcome

    def _call(self, command: list[str]) -> str:
        # One thread per kernel: the notebooks share the cores, and sums do not depend on how many there are.
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        environment = os.environ | threads | {"NYCHANCE_FIGURES": str(self.staging)}
        with self._lock:
            if self._stopping:
                return ""
            process = subprocess.Popen(
                command, env=environment, cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                start_new_session=os.name != "nt",
            )  # fmt: skip
            self._processes.add(process)
        output, _ = process.communicate()
        with self._lock:
            self._processes.discard(process)
        return output.decode(errors="replace")

    def _stop_processes(self) -> None:
        with self._lock:
            processes = list(self._processes)
        for process in processes:
            process.send_signal(signal.SIGINT if os.name != "nt" else signal.SIGTERM)
        for process in processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()

    def _publish(self, job: Job, staged: Path, outcome: dict[str, Any], begun: datetime, seconds: float) -> None:
        """Move a run's folder into place; of a failed run only the notebook as far as it came."""
        if outcome["outcome"] != "completed":
            for path in staged.iterdir():
                if path.name != NOTEBOOK:
                    path.unlink()
        record.write_run(
            staged,
            {
                "theme": job.theme,
                "checkpoint": job.checkpoint,
                "parameters": job.parameters,
                "notebook": record.digests(self.root, [job.notebook]),
                **self._made_from,
                "outputs": {path.name: record.digest(path) for path in sorted(staged.iterdir())},
                "begun": begun.isoformat(timespec="seconds"),
                "seconds": round(seconds, 2),
                **outcome,
            },
        )
        place = self.root / "figures" / job.checkpoint / job.theme
        replace_folder(staged, place)
