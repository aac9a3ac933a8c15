"""The wheel, installed outside the checkout: it brings all that a project needs, and the command starts lightly."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.conftest import ROOT

HEAVY = ("numpy", "pandas", "matplotlib", "pydantic", "yaml", "papermill", "statsmodels", "requests")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """An environment with the wheel; what it depends on is lent by this one, the checkout is not."""
    folder = tmp_path_factory.mktemp("package")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "dist", cwd=ROOT)
    (wheel,) = (folder / "dist").glob("*.whl")
    venv.create(folder / "env", with_pip=False, symlinks=True)
    run(sys.executable, "-m", "pip", "--python", folder / "env", "install", "--no-deps", "--no-index", wheel, cwd=folder)
    (site,) = (folder / "env").glob("lib/python*/site-packages")
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


@pytest.fixture(scope="module")
def nychance(installed):
    return lambda *arguments, cwd: run(installed / "env" / "bin" / "nychance", *arguments, cwd=cwd)


def run(*command, cwd: Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "NYCHANCE_DATA")}
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == status, done.stdout + done.stderr
    return done


def test_the_wheel_is_used_and_not_the_checkout(installed):
    where = run(installed / "env" / "bin" / "python", "-c", "import nychance; print(nychance.__file__)", cwd=installed).stdout
    assert Path(where.strip()).is_relative_to(installed / "env")


def test_a_new_project_builds_with_its_own_synthetic_persons(installed, nychance):
    nychance("init", "own", "--title-en", "The way to work", "-c", "2026-03", "-c", "2026-09", cwd=installed)
    own = installed / "own"
    nychance("synthesize", "--persons", "2000", "--out", "data/demo", cwd=own)
    told = nychance("report", "-c", "2026-09", "--lang", "en", "--renderer", "portable", cwd=own).stdout
    assert "Made: 2026-09 (en)" in told
    page = (own / "_site" / "en" / "2026-09" / "effort.html").read_text(encoding="utf-8")
    assert "The way to work" in page
    assert "Passive persons into activity" in page
    assert (own / "_site" / "en" / "2026-09" / "report.pdf").read_bytes()[:5] == b"%PDF-"


def test_the_whole_demonstration_comes_with_it(installed, nychance):
    nychance("init", "whole", "--demonstration", cwd=installed)
    nychance("synthesize", "--persons", "1000", "--out", "data/demo", cwd=installed / "whole")
    told = nychance("status", "-c", "2007-09", "-t", "dissemination", cwd=installed / "whole")
    assert "dissemination" in told.stdout


def test_outside_a_project_the_command_says_what_to_do(installed):
    done = run(installed / "env" / "bin" / "nychance", "report", cwd=installed, status=2)
    assert "there is no project here" in done.stderr and "nychance init" in done.stderr


def test_type_information_is_shipped(installed):
    assert list((installed / "env").glob("lib/python*/site-packages/nychance/py.typed"))


def test_neither_import_nor_help_loads_a_heavy_package():
    for code in ("import nychance", "import sys; sys.argv = ['nychance', '--help']; import nychance.__main__"):
        command = [sys.executable, "-X", "importtime", "-c", code]
        loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60).stderr
        names = {line.rpartition("|")[2].strip() for line in loaded.splitlines()}
        assert not names & set(HEAVY)
        assert "nychance" in names
