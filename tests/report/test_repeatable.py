"""The same commit and data give the same files, however the run is made or interrupted."""

import json
import os

import pytest

from tests.conftest import copy_project
from tests.lib.processes import kernels_of, start, wait_for_a_kernel

NOT_RESULTS = {"run.json"}


def results(project, month):
    folder = project.root / "figures" / month
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in NOT_RESULTS)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def switched_off(tmp_path_factory, extract_folder):
    """A project whose machine was switched off in the middle of the first checkpoint's run."""
    project = copy_project(tmp_path_factory.mktemp("off") / "project", extract_folder)
    process = start(project, "run", "-c", "1")
    wait_for_a_kernel(project)
    process.kill()
    process.communicate(timeout=60)
    return project


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_machine_switched_off_in_the_middle_leaves_nothing_half_written(switched_off):
    assert not kernels_of(switched_off)
    places = [place for place in (switched_off.root / "figures").glob("*/[!.]*") if place.is_dir()]
    assert all((place / "run.json").is_file() for place in places)


def test_results_do_not_depend_on_hash_seed_on_how_many_run_at_once_or_on_what_ended_before(
    built, switched_off, monkeypatch
):
    monkeypatch.setenv("PYTHONHASHSEED", "20070930")
    # What is hidden at a checkpoint also depends on what the others show.
    done = switched_off.nychance("run", "-c", "1", "-c", "5", "-j", "1", timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not any((switched_off.root / ".evalbook" / "staging").glob("*"))
    first, second = results(built, "2007-09"), results(switched_off, "2007-09")
    assert len(first) > 50
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_record_names_every_result_with_its_hash(built):
    for record in (built.root / "figures").glob("*/*/run.json"):
        made = json.loads(record.read_text())["outputs"]
        there = {
            path.relative_to(record.parent).as_posix()
            for path in record.parent.rglob("*")
            if path.is_file()
        }
        assert set(made) == there - {"run.json"}
