"""The wheel, installed outside the checkout: complete, and with a command that starts fast."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

HEAVY = (
    "numpy",
    "pandas",
    "matplotlib",
    "pydantic",
    "yaml",
    "papermill",
    "statsmodels",
    "requests",
)


def test_the_wheel_is_used_and_not_the_checkout(installed, tmp_path):
    where = installed.run(
        "python", "-c", "import nychance; print(nychance.__file__)", cwd=tmp_path
    ).stdout
    assert Path(where.strip()).is_relative_to(installed.folder)


def test_the_whole_demonstration_comes_with_it(installed, tmp_path):
    installed.run("nychance", "init", "whole", "--demonstration", cwd=tmp_path)
    installed.run(
        "nychance", "synthesize", "--persons", "1000", "--out", "data/demo", cwd=tmp_path / "whole"
    )
    told = installed.run("nychance", "status", "-c", "2007-09", cwd=tmp_path / "whole").stdout
    assert "5 of 5 notebooks have to run" in told


def test_outside_a_project_the_command_says_what_to_do(installed, tmp_path):
    done = installed.run("nychance", "report", cwd=tmp_path, status=2)
    assert "there is no project here" in done.stderr and "`init`" in done.stderr


def test_type_information_is_shipped(installed):
    assert (installed.packages / "nychance" / "py.typed").is_file()


def test_neither_import_nor_help_loads_a_heavy_package():
    for code in (
        "import nychance",
        "import sys; sys.argv = ['nychance', '--help']; import nychance.__main__",
    ):
        command = [sys.executable, "-X", "importtime", "-c", code]
        loaded = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=60
        ).stderr
        names = {line.rpartition("|")[2].strip() for line in loaded.splitlines()}
        assert not names & set(HEAVY)
        assert "nychance" in names
