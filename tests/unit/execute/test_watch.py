"""What a process opens is noted, by the system or by Python; what is no input is not."""

import json
import multiprocessing
import os
from pathlib import Path

import pytest

from evalbook.execute import opened, watch

WAYS = ["system", "python"]


def _act(folder, notes, way, act):
    os.chdir(folder)
    os.environ[watch.NOTES] = str(notes)
    if way == "python":
        opened.available = lambda: False
    watch.begin()
    act()
    os._exit(3)


@pytest.fixture(params=WAYS)
def reads(tmp_path, request):
    """Do something in a process that is watched; return what was noted."""
    if request.param == "system" and not opened.available():
        pytest.skip("this system does not report what is opened")
    (tmp_path / "project").mkdir()

    def reads(act):
        notes = tmp_path / "notes"
        arguments = (tmp_path / "project", notes, request.param, act)
        process = multiprocessing.get_context("fork").Process(target=_act, args=arguments)
        process.start()
        process.join(60)
        # The process ends as what it watched did.
        assert process.exitcode == 3
        return watch.read(notes)

    return reads


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "project"


def test_files_read_are_noted_as_they_were(reads, folder):
    def act():
        Path("a.csv").read_text()
        Path("a.csv").write_text("changed")
        Path("lacking.csv").exists()
        try:
            Path("missing.csv").read_text()
        except FileNotFoundError:
            os.chdir("/")

    (folder / "a.csv").write_text("a")
    found = reads(act)
    assert set(found.files) == {folder / "a.csv", folder / "missing.csv"}
    assert found.changed() == [folder / "a.csv"]


def test_what_a_notebook_made_itself_is_no_input(reads, folder):
    def act():
        Path("made.csv").write_text("a")
        Path("made.csv").read_text()
        Path("old.csv").open("a").close()

    (folder / "old.csv").write_text("a")
    assert reads(act).files == {}


def test_a_database_that_the_notebook_updates_is_an_input(reads, folder):
    def act():
        with Path("own.db").open("r+") as file:
            file.read()
            file.write("more")

    (folder / "own.db").write_text("a")
    found = reads(act)
    assert set(found.files) == {folder / "own.db"}
    assert found.changed() == []


def test_modules_count_as_their_sources(reads, folder):
    def act():
        import sys

        sys.path.insert(0, ".")
        # Pytest reads modules in a way of its own.
        sys.meta_path[:] = [each for each in sys.meta_path if "pytest" not in type(each).__module__]
        import own_module_of_a_test  # noqa: F401

    (folder / "own_module_of_a_test.py").write_text("A = 1\n")
    for _ in range(2):
        found = reads(act)
        assert set(found.files) == {folder / "own_module_of_a_test.py"}
        assert found.folders == {}


def test_folders_listed_are_noted_without_hidden_names(reads, folder):
    def act():
        list(Path("many").glob("*.csv"))

    (folder / "many").mkdir()
    for name in ("b.csv", "a.csv", ".hidden"):
        (folder / "many" / name).touch()
    assert reads(act).folders == {folder / "many": ["a.csv", "b.csv"]}


def test_hidden_files_and_those_of_the_system_are_no_inputs(reads, folder):
    def act():
        Path(".env").read_text()
        Path(json.__file__).read_text()
        Path("/etc/passwd").read_text()

    (folder / ".env").write_text("a")
    assert reads(act).files == {}
