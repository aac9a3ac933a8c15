"""Where things are outside any project, where a reader runs a notebook that was downloaded."""

import pytest

from evalbook import paths
from nychance import synthesize
from nychance.synthesize import demonstration


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """An empty folder that is in no project."""
    monkeypatch.setattr(paths, "_project", lambda: None)
    monkeypatch.delenv("NYCHANCE_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_demonstration_data_are_made_beside_the_notebook_and_once(nowhere, monkeypatch):
    made = []
    monkeypatch.setattr(
        synthesize, "synthesize", lambda folder: (made.append(folder), folder.mkdir(parents=True))
    )
    assert [demonstration.data_directory(), demonstration.data_directory()] == [
        nowhere / "data" / "demo"
    ] * 2
    assert made == [nowhere / "data" / "demo"]


def test_what_the_demonstration_brings_is_read_from_it_and_results_are_written_here(nowhere):
    assert (paths.notebooks_directory() / "method.ipynb").is_file()
    assert (paths.qualitative_directory() / "recommendations.yml").is_file()
    assert paths.calibration_file().is_file()
    assert paths.figures_directory() == nowhere / "figures"
    assert paths.data_directory("elsewhere").name == "elsewhere"
