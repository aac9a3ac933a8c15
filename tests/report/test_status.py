"""What `status` says of each kind of change, as docs/reference/files.md lists it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evalbook.execute import opened
from tests.conftest import ROOT
from tests.lib.own_project import OwnProject, own_project

ROW = re.compile(r"^\| (?P<change>.+?) \| (?P<said>nothing|`.+`) \|$", re.MULTILINE)
SECTION = "## What `status` says"
READ = """import glob
import json
from pathlib import Path

import pyarrow.csv

import own_measures

table = pyarrow.csv.read_csv("data/arrow.csv")
many = sorted(glob.glob("data/many/*.csv"))
optional = Path("data/optional.csv")
try:
    optional.read_text()
except FileNotFoundError:
    pass
text = Path(data, "x.csv").read_text()"""
OTHER = 'found = __import__("json").load(open("figures/2026-03/own/results.json"))'
CHAPTER = """---
title: Own
---

![A picture.](photo.png)

{{< include part.md >}}
"""
ASKED = ("--lang", "en", "--format", "html", "--renderer", "portable")


@pytest.fixture(scope="module")
def reported(once):
    """A project after its report, which depends on something of every kind."""

    def build(place):
        project = own_project(place, "own", "other")
        for folder in ("data/many", "mydata", "requirements"):
            (place / folder).mkdir()
        for name in ("data/arrow.csv", "data/many/a.csv", "data/unread.csv", "mydata/x.csv"):
            (place / name).write_text("a,b\n1,2\n")
        (place / "own_measures.py").write_text("ANSWER = 41\n")
        (place / "requirements/run.txt").write_text("numpy==2\n")
        shutil.copy(ROOT / "tests/fixtures/dot.png", place / "chapters/en/photo.png")
        (place / "chapters/en/part.md").write_text("A part.\n")
        (place / "chapters/en/index.qmd").write_text(CHAPTER)
        project.theme("own", READ, value="own_measures.ANSWER")
        project.theme("other", OTHER)
        done = project.command("report", "-c", "1", *ASKED, "--data", "mydata")
        assert done.returncode == 0, done.stdout + done.stderr

    return OwnProject(once("reported", build))


def append(name, what="# more\n"):
    def change(root):
        with (root / name).open("a") as file:
            file.write(what)

    return change


def replace(name, old, new):
    def change(root):
        path = root / name
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    return change


def remove(name):
    return lambda root: (root / name).unlink()


def replaced_alike(root):
    path = root / "data/arrow.csv"
    before = path.stat()
    path.write_text("a,b\n9,2\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def touched(root):
    os.utime(root / "data/arrow.csv", ns=(1, 1))


def of_another(root):
    replace("figures/2026-03/own/results.json", "41", "42")(root)


def failed(root):
    project = OwnProject(root)
    project.theme("other", "raise ValueError")
    assert project.run("-t", "other", "--data", "mydata").returncode == 1


CHANGES = {
    "a code cell of `notebooks/own.ipynb`": replace(
        "notebooks/own.ipynb", "import json", "import re"
    ),
    "a text cell of it": replace(
        "notebooks/own.ipynb",
        '"cells": [',
        '"cells": [{"cell_type": "markdown", "id": "t", "metadata": {}, "source": "Text"},',
    ),
    "a module of the project that it imports": append("own_measures.py"),
    "a file that Arrow opened": append("data/arrow.csv", "3,4\n"),
    "the same, replaced with size and time kept": replaced_alike,
    "the same, removed": remove("data/arrow.csv"),
    "the same, touched but not changed": touched,
    "a file that it looked for and that was not there": append("data/optional.csv"),
    "a new file in a folder that it listed": append("data/many/b.csv"),
    "a file that nobody read": append("data/unread.csv"),
    "a file of the extract": append("mydata/x.csv"),
    "the name of its theme in the plan": replace("data/plan/themes.yml", "en: own", "en: Ours"),
    "another checkpoint of the plan": replace("data/plan/checkpoints.yml", "2026-09", "2026-10"),
    "the results of another notebook that `other` read": of_another,
    "a result removed": remove("figures/2026-03/other/results.json"),
    "a run that failed": failed,
    "the locked versions": append("requirements/run.txt"),
    "`.evalbook/` removed": lambda root: shutil.rmtree(root / ".evalbook"),
    "a chapter": append("chapters/en/index.qmd", "More.\n"),
    "a picture beside a chapter": lambda root: (root / "chapters/en/photo.png").write_bytes(b"x"),
    "a text that a chapter includes": append("chapters/en/part.md", "More.\n"),
    "a chapter in another language": append("chapters/da/index.qmd", "Mere.\n"),
    "the title of the report": replace("_quarto.yml", "title: Own", "title: Ours"),
    "a page": append("_site/en/2026-03/index.html"),
}
BY_SYSTEM = "a file that Arrow opened"


def documented():
    text = (ROOT / "docs/reference/files.md").read_text(encoding="utf-8")
    _, _, section = text.partition(SECTION)
    return {
        row["change"]: set(re.findall(r"`([^`]+)`", row["said"])) for row in ROW.finditer(section)
    }


@pytest.mark.parametrize(("change", "said"), documented().items())
def test_status_says_what_is_documented(reported, tmp_path, change, said):
    if not opened.available() and change in (BY_SYSTEM, *list(CHANGES)[4:6]):
        pytest.skip("this system does not report what Arrow opens")
    root = Path(shutil.copytree(reported.root, tmp_path / "copy"))
    CHANGES[change](root)
    told = OwnProject(root).status(*ASKED, "--data", "mydata")
    assert {line for line in told if line.startswith(("own", "other", "en/"))} == said


def test_every_kind_of_change_is_documented():
    assert documented().keys() == CHANGES.keys()


def test_status_waits_for_no_library_that_only_results_need():
    asked = "import sys, evalbook.publish.build; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"matplotlib", "statsmodels", "papermill", "distributed"} & set(loaded)
