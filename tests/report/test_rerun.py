"""A downloaded notebook of an evaluation of one's own runs elsewhere as it did at home."""

import json
import shutil
import subprocess
import sys

import nbformat
import pytest

from tests.lib.own_project import OwnProject, own_project

RUN = "from nbclient.cli import main; main()"
READ = 'value = len(open("shared/own.csv").read()) + report.plan.protection.minimum_count'


@pytest.fixture(scope="module")
def published(once):
    """A project with a plan and a file of its own, after its report."""

    def build(place):
        project = own_project(place, "own")
        (place / "shared").mkdir()
        (place / "shared/own.csv").write_text("a,b\n1,2\n")
        (place / "data/plan/protection.yml").write_text("protection: {minimum_count: 7}\n")
        project.theme("own", READ, value="value")
        done = project.command("report", "-c", "1", "--lang", "en", "--format", "html")
        assert done.returncode == 0, done.stdout + done.stderr

    return OwnProject(once("published", build))


@pytest.fixture
def downloaded(published, tmp_path):
    """The notebook alone in an empty folder, with the file that it reads."""
    shutil.copy(published.root / "_site/en/2026-03/notebooks/own.ipynb", tmp_path)
    shutil.copytree(published.root / "shared", tmp_path / "shared")
    return tmp_path / "own.ipynb"


def rerun(path):
    """Run a notebook as Jupyter does; return what its first and last cell say."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, path.name, "--inplace"],
        cwd=path.parent,
        capture_output=True,
        text=True,
        timeout=120,
    )
    cells = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
    said = [
        "".join(output.get("text", "") for output in cells[name].outputs)
        for name in ("evalbook-begin", "evalbook-end")
    ]
    return done, *said


def test_it_carries_plan_seeds_versions_and_digests(published, downloaded):
    carried = nbformat.read(downloaded, as_version=4).metadata["evalbook"]
    run = json.loads((published.root / "figures/2026-03/own/run.json").read_text())
    assert carried["plan"]["protection.yml"] == "protection: {minimum_count: 7}\n"
    assert set(carried["plan"]) == {"checkpoints.yml", "themes.yml", "protection.yml"}
    assert carried["versions"] == run["versions"]
    assert carried["inputs"] == run["inputs"]
    assert carried["outputs"] == {
        name: about["sha256"] for name, about in run["outputs"].items() if name != "notebook.ipynb"
    }
    assert str(published.root) not in downloaded.read_text()


def test_it_finds_the_same_elsewhere_with_the_plan_that_it_carries(published, downloaded):
    done, begun, ended = rerun(downloaded.rename(downloaded.with_name("renamed.ipynb")))
    assert done.returncode == 0, done.stderr
    assert begun == "The plan is the report's, which this notebook carries.\n"
    assert ended == "All 1 results are the same as in the report.\n"
    here, there = (
        root / "figures/2026-03/own/results.json" for root in (published.root, downloaded.parent)
    )
    assert here.read_bytes() == there.read_bytes()


def test_it_says_what_differs(downloaded):
    (downloaded.parent / "shared/own.csv").write_text("a,b\n1,2\n3,4\n")
    done, _, ended = rerun(downloaded)
    assert done.returncode == 0, done.stderr
    assert "1 of 1 results differ from the report's: results.json." in ended


def test_without_what_it_carries_it_takes_no_other_plan(downloaded):
    notebook = nbformat.read(downloaded, as_version=4)
    del notebook.metadata["evalbook"]
    nbformat.write(notebook, downloaded)
    done, *_ = rerun(downloaded)
    assert done.returncode != 0
    assert "the notebook was made with another plan" in done.stderr


def test_beside_its_own_plan_it_takes_that(published, tmp_path):
    project = shutil.copytree(published.root, tmp_path / "copy")
    shutil.copy(project / "_site/en/2026-03/notebooks/own.ipynb", project / "own.ipynb")
    done, begun, ended = rerun(project / "own.ipynb")
    assert done.returncode == 0, done.stderr
    assert (begun, ended) == ("", "All 1 results are the same as in the report.\n")
