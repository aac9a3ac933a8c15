"""A notebook depends on all that it read, whoever opened it, and on nothing else."""

import json
import os
import shutil

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from evalbook.execute import opened
from tests.lib.own_project import OwnProject, own_project

READ = """
import glob, subprocess, sys
from pathlib import Path

import duckdb
import pyarrow.csv
import pyarrow.parquet

import own_measures

sys.path.append("notebooks")
import beside

tables = pyarrow.parquet.read_table("data/arrow.parquet"), pyarrow.csv.read_csv("data/arrow.csv")
rows = duckdb.sql("select * from 'data/duck.csv'").fetchall()
many = sorted(glob.glob("data/many/*.csv"))
text = Path("extra/own.csv").read_text()
said = subprocess.run(["cat", "data/shell.txt"], capture_output=True).stdout
try:
    optional = Path("data/optional.csv").read_text()
except FileNotFoundError:
    optional = ""
Path("data/cache.txt").write_text("made here")
made = Path("data/cache.txt").read_text()
"""
needs_system = pytest.mark.skipif(
    not opened.available(), reason="this system does not report what others than Python open"
)


@pytest.fixture(scope="module")
def read_once(once):
    """A project whose notebook reads in many ways, after its run."""

    def build(place):
        project = own_project(place, "own", "other")
        for folder in ("data/many", "extra"):
            (place / folder).mkdir()
        (place / "own_measures.py").write_text("ANSWER = 41\n")
        (place / "notebooks/beside.py").write_text("BESIDE = 1\n")
        pa.parquet.write_table(pa.table({"a": [1]}), place / "data/arrow.parquet")
        for name in ("data/arrow.csv", "data/duck.csv", "data/many/a.csv", "extra/own.csv"):
            (place / name).write_text("a,b\n1,2\n")
        (place / "data/shell.txt").write_text("said\n")
        (place / "data/unread.csv").write_text("a\n1\n")
        project.theme("own", READ, value="own_measures.ANSWER")
        done = project.run(folder=".")
        assert done.returncode == 0, done.stdout + done.stderr

    return OwnProject(once("read_once", build))


@pytest.fixture
def project(read_once, tmp_path):
    return OwnProject(shutil.copytree(read_once.root, tmp_path / "copy"))


def append(project, name):
    with (project.root / name).open("a") as file:
        file.write("# more\n")


def test_nothing_has_to_run_after_a_copy_to_elsewhere(project):
    assert project.why() == {}


@pytest.mark.parametrize("name", ["own_measures.py", "notebooks/beside.py", "extra/own.csv"])
def test_own_modules_and_files_that_python_opens_are_inputs(project, name):
    append(project, name)
    assert project.why() == {"own": f"{name} changed"}


@needs_system
@pytest.mark.parametrize("name", ["arrow.parquet", "arrow.csv", "duck.csv", "shell.txt"])
def test_what_others_than_python_open_is_an_input(project, name):
    append(project, f"data/{name}")
    assert project.why() == {"own": f"data/{name} changed"}


def test_a_file_that_was_not_there_is_an_input(project):
    append(project, "data/optional.csv")
    assert project.why() == {"own": "data/optional.csv changed"}


def test_a_folder_that_was_listed_is_an_input(project):
    append(project, "data/many/b.csv")
    assert project.why() == {"own": "the list of files in data/many changed"}


def test_what_no_notebook_read_or_what_it_made_is_no_input(project):
    append(project, "data/unread.csv")
    append(project, "data/cache.txt")
    append(project, "unread.py")
    assert project.why() == {}


def test_a_file_replaced_with_size_and_time_kept_is_noticed(project):
    path = project.root / "extra/own.csv"
    before = path.stat()
    path.write_text("a,b\n9,2\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert project.why() == {"own": "extra/own.csv changed"}


def edit(project, name, old, new):
    path = project.root / "data/plan" / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_only_entries_of_the_plan_that_were_used_are_inputs(project):
    edit(
        project,
        "themes.yml",
        "{stem: other,",
        "{stem: new, name: {da: n, en: n}}\n  - {stem: other,",
    )
    project.theme("new")
    edit(
        project,
        "checkpoints.yml",
        "month: 2026-09, activities: []",
        "month: 2026-10, activities: []",
    )
    assert project.why() == {"new": "it has not run yet"}
    edit(project, "checkpoints.yml", "activities: [interviews]}", "activities: []}")
    reasons = project.why()
    assert "checkpoint 2026-03 in data/plan/checkpoints.yml changed" in reasons["own"]
    edit(project, "themes.yml", "name: {da: own, en: own}", "name: {da: own, en: Ours}")
    assert "theme own in data/plan/themes.yml changed" in project.why()["own"]
    assert "theme" not in project.why()["other"]


def test_the_record_has_what_was_read(read_once):
    run = json.loads((read_once.root / "figures/2026-03/own/run.json").read_text())
    assert {"own_measures.py", "notebooks/beside.py", "extra/own.csv"} <= run["inputs"].keys()
    assert not [name for name in run["inputs"] if "__pycache__" in name or "cache.txt" in name]
    assert run["files"]["extra/own.csv"]["bytes"] == 8
    assert run["git"] == {}


def test_an_own_module_that_changes_is_read_anew(project):
    (project.root / "own_measures.py").write_text("ANSWER = 42\n")
    assert project.run().returncode == 0
    results = json.loads((project.root / "figures/2026-03/own/results.json").read_text())
    assert results["numbers"]["found"]["value"] == 42
    assert project.why() == {}


OF_ANOTHER = """import json
from pathlib import Path

found = json.loads(Path("figures/2026-03/other/results.json").read_text())["numbers"]["found"]"""


def found(project, theme):
    results = project.root / f"figures/2026-03/{theme}/results.json"
    return json.loads(results.read_text())["numbers"]["found"]["value"]


def test_results_of_another_theme_are_an_input(tmp_path):
    project = own_project(tmp_path / "project", "own", "other")
    project.theme("own", OF_ANOTHER, value="found['value'] + 1")
    # Nobody knows yet that one waits for the other.
    done = project.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert found(project, "own") == 4
    assert project.why() == {}
    project.theme("other", value="5")
    assert project.why().keys() == {"other"}
    done = project.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "own 2026-03: figures/2026-03/other/results.json changed" in done.stdout
    assert found(project, "own") == 6
    assert project.why() == {}
