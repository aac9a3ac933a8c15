"""A project for tests that write: the checkout's files and a small synthetic extract."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from nychance.synthesize import synthesize

ROOT = Path(__file__).parent.parent
PARTS = (
    "_quarto.yml",
    "_quarto-da.yml",
    "_quarto-en.yml",
    "index.qmd",
    "notebooks",
    "chapters",
    "docs",
    "evalbook",
    "nychance",
)


@dataclass(frozen=True)
class Project:
    root: Path

    def nychance(self, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from nychance.__main__ import main; main()", *arguments]
        return subprocess.run(
            command, cwd=self.root, capture_output=True, text=True, timeout=timeout
        )


def copy_project(to: Path, data: Path) -> Project:
    """Copy what a build needs, with the demonstration data in place of the generated one."""
    to.mkdir(parents=True)
    for name in PARTS:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, to / name)
    shutil.copytree(ROOT / "data", to / "data", ignore=shutil.ignore_patterns("demo"))
    shutil.copytree(data, to / "data" / "demo")
    return Project(to)


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """Make something in a folder once, for all processes that run tests side by side.

    Nobody may change it afterwards.
    """
    here = tmp_path_factory.getbasetemp()
    shared = here.parent if "PYTEST_XDIST_WORKER" in os.environ else here

    def made(name: str, make: Callable[[Path], None]) -> Path:
        place, unmade = shared / name, shared / f"{name}.part"
        with FileLock(shared / f"{name}.lock"):
            if not place.exists():
                shutil.rmtree(unmade, ignore_errors=True)
                make(unmade)
                unmade.rename(place)
        return place

    return made


@pytest.fixture(scope="session")
def extract_folder(once):
    return (
        once("extract", lambda folder: synthesize(folder / "demo", persons=8000, seed=1)) / "demo"
    )


@pytest.fixture(scope="session")
def built(once, extract_folder):
    """A project with the first and the last checkpoint built whole, by the portable renderer."""

    def build(place):
        project = copy_project(place, extract_folder)
        done = project.nychance(
            "report", "-c", "2007-09", "-c", "2009-03", "--renderer", "portable", timeout=600
        )
        assert done.returncode == 0, done.stdout + done.stderr

    return Project(once("built", build))


@pytest.fixture(scope="session")
def ran(once, built):
    """A project in which all 25 notebooks have run, those of `built` and the rest.

    It has no pages.
    """

    def run(place):
        shutil.copytree(built.root, place, ignore=shutil.ignore_patterns("_site"))
        done = Project(place).nychance("run", timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr

    return Project(once("ran", run))


@pytest.fixture
def built_copy(built, tmp_path):
    """A copy of `built`, for tests that change it."""
    return Project(Path(shutil.copytree(built.root, tmp_path / "copy")))


@pytest.fixture
def project(tmp_path, extract_folder):
    """A project in which nothing has run yet."""
    return copy_project(tmp_path / "project", extract_folder)


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """An environment with the wheel."""
    from tests.lib.installed import build_wheel, install

    folder = tmp_path_factory.mktemp("installed")
    return install(build_wheel(folder / "dist"), folder / "env")
