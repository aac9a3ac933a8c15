"""A register of few persons: much is hidden, and nothing fails."""

import pytest

from nychance.synthesize import synthesize
from tests.conftest import copy_project


@pytest.mark.parametrize(
    ("persons", "seed", "checkpoint"), [(4000, 16, "2008-09"), (1000, 7, "2009-03")]
)
def test_every_notebook_runs_on_few_persons(tmp_path, persons, seed, checkpoint):
    synthesize(tmp_path / "extract", persons=persons, seed=seed)
    done = copy_project(tmp_path / "project", tmp_path / "extract").nychance(
        "run", "-c", checkpoint
    )
    assert done.returncode == 0, done.stdout
    assert "5 of 5 notebooks" in done.stdout
