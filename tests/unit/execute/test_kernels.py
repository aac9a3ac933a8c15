"""Kernels that start warm are real kernels: isolated, killable, and honest about how they ended."""

import os

import nbformat
import pytest

from evalbook.execute import engine, kernels, watch
from evalbook.execute.engine import execute


@pytest.fixture(scope="module", params=["forked", "ordinary"])
def kind(request):
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "ordinary":
            patch.setenv(kernels.SWITCH, "ordinary")
        elif not kernels.forking()[0]:
            pytest.skip(kernels.forking()[1])
        kernels.warm_up([])
        yield request.param


@pytest.fixture
def run(tmp_path, kind):
    """Execute cells; gives the failure, or None, and the executed notebook."""

    def run(*cells, seconds=60, **environment):
        source, target = tmp_path / "in.ipynb", tmp_path / "out.ipynb"
        code = [nbformat.v4.new_code_cell(cell) for cell in cells]
        nbformat.write(nbformat.v4.new_notebook(cells=code), source)
        # Watched, as kernels of notebooks are.
        environment = {watch.NOTES: str(tmp_path / "notes")} | environment
        failure = execute(source, target, {}, tmp_path, os.environ | environment, seconds)
        return failure, nbformat.read(target, as_version=4)

    return run


def output(notebook, cell=-1):
    return "".join(o.get("text", "") for o in notebook.cells[cell].outputs)


def statuses(notebook):
    return [cell.metadata.papermill.status for cell in notebook.cells if cell.cell_type == "code"]


def test_kernel_runs_in_its_own_folder_and_environment(run, tmp_path):
    failure, made = run(
        "import os; print(os.getcwd(), os.environ['GREETING'], os.getpid())", GREETING="hello"
    )
    assert failure is None
    assert str(tmp_path) in output(made)
    assert "hello" in output(made)
    assert str(os.getpid()) not in output(made)


def test_kernels_share_no_state(run):
    run("import json; json.stained = True; import numpy as np; print(np.random.random())")
    _, second = run("import json; print(hasattr(json, 'stained'))")
    assert output(second).strip() == "False"


def test_random_numbers_are_not_the_same_in_every_kernel(run):
    draws = {output(run("import numpy as np; print(np.random.random())")[1]) for _ in range(2)}
    assert len(draws) == 2


def test_cell_that_raises_is_named_and_the_rest_does_not_run(run):
    failure, made = run("1", "print('so far so good')\n1 / 0", "2")
    assert failure.cell == 2
    assert "ZeroDivisionError" in failure.error
    assert statuses(made) == ["completed", "failed", "pending"]


def test_last_words_survive_a_kernel_that_is_killed(run, tmp_path):
    """They are in the log as soon as they are printed: what waits to be sent is lost."""
    log, killed = tmp_path / "kernel.log", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    for _ in range(3):
        run(f"print('last words', flush=True)\n{killed}", EVALBOOK_KERNEL_LOG=str(log))
        assert "last words" in log.read_text()
        log.unlink()


def test_killed_kernel_is_a_failure_of_the_cell_that_ran(run):
    failure, made = run(
        "1",
        "print('last words', flush=True)\nimport os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "2",
    )
    assert failure.cell == 2
    assert "killed or crashed" in failure.error
    assert statuses(made) == ["completed", "failed", "pending"]


def test_cell_over_its_time_limit_is_a_failure(run):
    failure, made = run("1", "import time; time.sleep(60)", "2", seconds=2)
    assert failure.cell == 2
    assert "limit of 2 seconds" in failure.error
    assert statuses(made) == ["completed", "failed", "pending"]


def test_cell_that_leaves_the_notebook_is_a_failure(run):
    failure, _ = run("1", "import sys; sys.exit()", "2")
    assert failure.cell == 2


def test_results_look_as_in_an_ordinary_kernel(run):
    _, made = run(
        "import pandas as pd\n"
        "print(pd.get_option('display.max_columns'), pd.get_option('display.width'))"
    )
    assert output(made).strip() == "20 80"


@pytest.mark.parametrize("deaths, mended", [(1, True), (2, True), (3, False)])
def test_kernel_that_dies_as_it_starts_is_started_again(monkeypatch, tmp_path, deaths, mended):
    """Two builds on one machine may choose the same port."""
    died = engine.Failure(None, "RuntimeError: Kernel died before replying to kernel_info")
    ends = iter([died] * deaths + [None])
    monkeypatch.setattr(engine, "_execute", lambda *_: next(ends))
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "in.ipynb")
    failure = engine.execute(tmp_path / "in.ipynb", tmp_path / "out.ipynb", {}, tmp_path, {}, 1)
    assert (failure is None) == mended
