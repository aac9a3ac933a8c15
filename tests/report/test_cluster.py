"""The same steps on a Dask cluster: a real scheduler with two workers on this machine."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from evalbook.errors import UsageError
from evalbook.execute import cluster

THEMES = ("target-group", "method", "organisation", "qualification", "dissemination")


def start(project, *arguments):
    command = [sys.executable, "-m", *arguments]
    return subprocess.Popen(
        command, cwd=project.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


@pytest.fixture
def address(project, tmp_path):
    """Start a scheduler; gives its address."""
    file = tmp_path / "scheduler.json"
    process = start(
        project,
        "distributed.cli.dask_scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
        "--scheduler-file",
        str(file),
    )
    deadline = time.monotonic() + 60
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    yield json.loads(file.read_text())["address"]
    process.kill()
    process.communicate()


@pytest.fixture
def workers(project, address, tmp_path):
    """Start two workers."""
    started = [
        start(
            project,
            "distributed.cli.dask_worker",
            address,
            "--no-nanny",
            "--nthreads",
            "1",
            "--no-dashboard",
            "--local-directory",
            str(tmp_path / f"worker{i}"),
        )
        for i in range(2)
    ]
    yield started
    for process in started:
        process.kill()
        process.communicate()


def at_work(project):
    """List the notebooks that run: each kernel notes what it reads."""
    return list((project.root / ".evalbook" / "staging").glob("*/reads"))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_build_on_a_cluster_outlives_a_worker(project, address, workers):
    selection = (
        "-c",
        "1",
        "-c",
        "2",
        "-t",
        "method",
        "-t",
        "organisation",
        "--lang",
        "da",
        "--format",
        "html",
    )
    build = start(project, "nychance", "report", *selection, "--cluster", address)
    deadline = time.monotonic() + 120
    while len(at_work(project)) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(at_work(project)) == 2
    workers[0].send_signal(signal.SIGKILL)
    told, _ = build.communicate(timeout=300)
    assert build.returncode == 0, told
    runs = {
        path: json.loads(path.read_text())
        for path in (project.root / "figures").glob("*/*/run.json")
    }
    assert len(runs) == 4
    assert {made["outcome"] for made in runs.values()} == {"completed"}
    assert (project.root / "_site/da/2008-01/method.html").is_file()
    assert not at_work(project)
    assert "Everything is up to date" in project.nychance("status", *selection).stdout


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_cluster_that_lost_all_its_workers_is_told_within_seconds(project, address, workers):
    chosen = ("-c", "1", "-t", "method", "-t", "organisation")
    build = start(project, "nychance", "run", *chosen, "--cluster", address)
    deadline = time.monotonic() + 120
    while len(at_work(project)) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    for worker in workers:
        worker.send_signal(signal.SIGKILL)
    told, _ = build.communicate(timeout=60)
    assert build.returncode == 1, told
    assert "the cluster has no worker left" in told
    assert f"dask worker {address}" in told


def test_workers_of_slurm_are_asked_for_and_let_go(project, tmp_path, monkeypatch):
    """Stand-ins for Slurm's `sbatch` and `scancel`: a shell starts and ends the same script."""
    scripts = {
        "sbatch": (
            'job=$(cat "$1"); setsid sh -c "$job" >/dev/null 2>&1 & echo "Submitted batch job $!"'
        ),
        "scancel": 'kill -- "-$1"',
    }
    for name, script in scripts.items():
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    for name, value in {"CORES": "1", "MEMORY": "2GB", "WALLTIME": "00:10:00"}.items():
        monkeypatch.setenv(f"DASK_JOBQUEUE__SLURM__{name}", value)
    done = project.nychance(
        "run", "-c", "1", "-t", "dissemination", "-j", "1", "--cluster", "slurm", timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (project.root / "figures/2007-09/dissemination/results.json").is_file()


def test_worker_that_does_not_see_the_project_is_named(project):
    class Client:
        def run(self, function, token):
            return {
                "tcp://10.0.0.1:1": function(token),
                "tcp://10.0.0.2:1": function(project.root / "elsewhere"),
            }

    with pytest.raises(UsageError, match=r"10\.0\.0\.2.*does not see this project"):
        cluster._check(Client(), project.root)
    assert not list((project.root / ".evalbook").glob("cluster-*"))


def test_no_scheduler_is_told_with_the_remedy(project):
    done = project.nychance("run", "-c", "1", "--cluster", "tcp://127.0.0.1:9")
    assert done.returncode == 2
    assert "no cluster answers there" in done.stderr
    assert "dask scheduler" in done.stderr
