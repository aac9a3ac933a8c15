"""A project made when there was one package gets one message that says what to change."""

import subprocess
import sys

import pytest

PLAN = "title: {da: Vejen, en: The way}\nthemes: []\n"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "data" / "plan").mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "_quarto.yml").write_text("project: {type: website}\n")
    (tmp_path / "data" / "plan" / "themes.yml").write_text(PLAN)
    return tmp_path


def nychance(project, *arguments):
    command = [sys.executable, "-m", "nychance", *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True)


@pytest.mark.parametrize("command", ["status", "report", "run", "preview"])
def test_it_is_refused_once_with_what_to_change(project, command):
    done = nychance(project, command)
    assert done.returncode == 2
    assert "earlier version" in done.stderr
    assert "programme: nychance" in done.stderr and "protection.yml" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (project / "figures").exists()


def test_help_and_a_new_project_need_no_change(project):
    assert nychance(project, "--help").returncode == 0
    done = nychance(project, "init", "new", "--lang", "en")
    assert done.returncode == 0, done.stderr
