"""`nychance fetch` at the command line: exit status, messages and effect on published numbers."""

import os
import subprocess
import sys

import pytest

from nychance.public_data import tables as public
from tests.lib.statbank_server import serving
from tests.lib.statbank_tables import service as tables


@pytest.fixture
def statbank(monkeypatch):
    with serving(tables([f"{code:03d}" for code in public.municipalities().index])) as service:
        monkeypatch.setenv("NYCHANCE_STATBANK", service.url)
        yield service


def test_new_figures_move_published_numbers_and_the_move_is_shown(project, statbank):
    done = project.nychance("run", "-c", "2009-03", "-t", "target-group")
    assert done.returncode == 0, done.stdout + done.stderr
    done = project.nychance("fetch", "FOLK1E")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "population-origin: FOLK1E" in done.stdout
    assert "population-origin.csv" in done.stdout  # why the notebook has to run
    moved = [line for line in done.stdout.splitlines() if "target-group.minority-highest" in line]
    assert moved and "changed" in moved[0]
    # Nothing has changed since: nothing is fetched, nothing runs.
    again = project.nychance("fetch", "FOLK1E")
    assert again.returncode == 0
    assert "has not changed" in again.stdout
    assert "has to run" not in again.stdout


def test_one_table_that_fails_gives_status_1_and_the_rest_is_done(project, statbank):
    del statbank.tables["RAS200"]
    done = project.nychance("fetch", "--no-run")
    assert done.returncode == 1
    assert "RAS200" in done.stdout and "not refreshed" in done.stdout
    assert (project.root / "data" / "public" / "population-origin.csv").is_file()


def test_an_unknown_table_gives_status_2(project, statbank):
    done = project.nychance("fetch", "RAS20")
    assert done.returncode == 2
    assert "Did you mean 'RAS200'?" in done.stderr


def test_fetch_works_in_a_program_of_its_own_without_the_network(project):
    environment = os.environ | {"NYCHANCE_STATBANK": "http://127.0.0.1:9/v1"}
    command = [sys.executable, "-m", "nychance", "fetch", "FOLK2", "--dry-run"]
    done = subprocess.run(
        command, cwd=project.root, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    assert "does not answer" in done.stdout
