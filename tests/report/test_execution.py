"""Nothing runs twice, and what has to run is named with the reason.

A fault is told, kept apart and mended by the next run.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import nbformat
import pandas as pd
import pytest

from tests.lib.processes import start, wait_for_a_kernel

THEMES = ("target-group", "method", "organisation", "qualification", "dissemination")
MONTHS = ("2007-09", "2008-01", "2008-03", "2008-09", "2009-03")
READ_THE_REGISTER = THEMES[:-1]


def stale(project, *selectors):
    """Ask for the status; gives the notebooks that have to run, with their reasons."""
    done = project.nychance("status", *selectors)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = (re.match(r"([a-z-]+ \d{4}-\d{2}): (.*)", line) for line in done.stdout.splitlines())
    return {line.group(1): line.group(2) for line in lines if line}


def edit_text(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def edit_cell(path, kind, addition):
    notebook = nbformat.read(path, as_version=4)
    cell = next(
        c
        for c in notebook.cells
        if c.cell_type == kind and "parameters" not in c.metadata.get("tags", [])
    )
    cell.source += addition
    nbformat.write(notebook, path)


def add_to_cell(path, cell, source):
    """Let a cell do something more at its end."""
    notebook = nbformat.read(path, as_version=4)
    next(c for c in notebook.cells if c.id == cell).source += f"\n{source}"
    nbformat.write(notebook, path)


def add_line(path, line):
    path.write_bytes(path.read_bytes() + line.encode("latin-1"))


def one_more_intervention(root):
    path = root / "data/demo/interventions.csv"
    last = path.read_text("latin-1").splitlines()[-1].split(";")
    columns = path.read_text("latin-1").splitlines()[0].split(";")
    row = dict(zip(columns, last, strict=True)) | {columns[2]: "2008-07-07", columns[3]: ""}
    add_line(path, ";".join(row.values()) + "\n")


def at(themes, months, reason):
    return {f"{theme} {month}": reason for theme in themes for month in months}


def what_no_notebook_reads(root):
    add_line(root / "chapters/da/method.qmd", "\nMere.\n")
    add_line(root / "evalbook/commands/main.py", "# changed\n")
    edit_cell(root / "notebooks/method.ipynb", "markdown", " More.")


def something_of_each_theme(root):
    """Its code, a module that it imports, a row of a table, of October and of November 2008."""
    edit_cell(root / "notebooks/method.ipynb", "code", "\n_ = 1 + 1")
    add_line(root / "nychance/measures/companies.py", "# changed\n")
    add_line(
        root / "data/qualitative/dissemination-example.csv",
        "2008-10-01,newsletter,spread,Nyt,News,100\n",
    )
    add_line(root / "data/public/employment-rate.csv", "101,2008-11-29,employment_rate_pct,70.0,\n")


def an_intervention_replaced_with_size_and_time_kept(root):
    """As `cp -p` and `unzip` keep them; every checkpoint knows of the one changed."""
    path = root / "data/demo/interventions.csv"
    before, lines = path.stat(), path.read_text("latin-1").splitlines(keepends=True)
    place = next(
        i for i, line in enumerate(lines) if re.search(r"^[^;]*;[^;]*;2007-0[1-8]-0[3-5];", line)
    )
    lines[place] = re.sub(r"-0[3-5];", "-06;", lines[place], count=1)
    path.write_text("".join(lines), "latin-1")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def a_target_is_raised(root):
    edit_text(root / "data/plan/targets.yml", "threshold: 0.", "threshold: 0.9")


def other_locked_versions(root):
    (root / "requirements").mkdir()
    (root / "requirements/run.txt").write_text("pandas==9\n")


def a_result_is_gone(root):
    (root / "figures/2008-03/method/targets.da.svg").unlink()


CHANGES = {
    what_no_notebook_reads: {},
    something_of_each_theme: at(["method"], MONTHS, "its code cells changed")
    | at(["organisation"], MONTHS, "nychance/measures/companies.py changed")
    | at(["dissemination"], MONTHS[4:], "data/qualitative/dissemination-example.csv changed")
    | at(["target-group"], MONTHS[4:], "data/public/employment-rate.csv changed"),
    one_more_intervention: at(READ_THE_REGISTER, MONTHS[3:], "data/demo/interventions.csv changed"),
    an_intervention_replaced_with_size_and_time_kept: at(
        READ_THE_REGISTER, MONTHS, "data/demo/interventions.csv changed"
    ),
    a_target_is_raised: at(["method"], MONTHS, "targets in data/plan/targets.yml changed"),
    other_locked_versions: at(THEMES, MONTHS, "the package versions changed"),
    a_result_is_gone: at(["method"], ["2008-03"], "its results were changed or removed"),
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_status_names_what_has_to_run_and_why(ran, tmp_path, change):
    project = type(ran)(shutil.copytree(ran.root, tmp_path / "project", copy_function=shutil.copy2))
    change(project.root)
    found = stale(project)
    assert found.keys() == CHANGES[change].keys()
    assert [name for name, reason in CHANGES[change].items() if reason not in found[name]] == []


def test_status_of_what_is_as_it_was(ran):
    assert stale(ran) == {}


def test_status_tells_a_changed_parameter(ran):
    assert stale(ran, "-t", "method", "-c", "3", "-p", "draws=99") == {
        "method 2008-03": "its parameters changed"
    }


def test_nothing_changed_starts_no_kernel(ran):
    before = {path: path.stat().st_mtime_ns for path in (ran.root / "figures").rglob("*")}
    done = ran.nychance("run")
    assert "all 25 are up to date" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in (ran.root / "figures").rglob("*")} == before


def test_register_without_a_checkpoints_future_gives_the_same(ran, tmp_path):
    """What a checkpoint may not know cannot make it stale: all weeks after it blanked."""
    project = type(ran)(shutil.copytree(ran.root, tmp_path / "project", copy_function=shutil.copy2))
    path = project.root / "data/demo/dream.parquet"
    table = pd.read_parquet(path)
    later = [name for name in table.columns if re.match(r"y_(08(4|5)|09)", name)]
    table.loc[table.index[:50], later] = None
    table.to_parquet(path)
    assert stale(project).keys() == at(READ_THE_REGISTER, ["2009-03"], "").keys()


def record(project, name):
    theme, month = name.split()
    return json.loads((project.root / "figures" / month / theme / "run.json").read_text())


def test_fault_is_told_kept_apart_and_mended(built_copy):
    project = built_copy
    report = (
        "report",
        "-c",
        "1",
        "-t",
        "dissemination",
        "-t",
        "organisation",
        "--lang",
        "da",
        "--format",
        "html",
    )
    path = project.root / "notebooks/dissemination.ipynb"
    whole = path.read_text()
    add_to_cell(
        path,
        "data-and-cutoff",
        "print('last words', flush=True); import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    )
    failed = project.nychance(*report)
    assert failed.returncode == 1
    assert "dissemination 2007-09 failed in cell 3: DeadKernel" in failed.stdout
    assert "last words" in failed.stdout
    assert "nychance report -c 2007-09 -t dissemination" in failed.stdout
    made = record(project, "dissemination 2007-09")
    assert (made["outcome"], made["cell"]) == ("failed", 3)
    assert record(project, "organisation 2007-09")["outcome"] == "completed"
    # The partial notebook is kept; no result of the earlier run stays to be taken for new.
    assert {p.name for p in (project.root / "figures/2007-09/dissemination").iterdir()} == {
        "run.json",
        "notebook.ipynb",
    }
    assert "Kapitlet mangler" in (project.root / "_site/da/2007-09/dissemination.html").read_text()
    path.write_text(whole)
    assert stale(project, "-c", "1", "-t", "dissemination") == {
        "dissemination 2007-09": "it failed last time"
    }
    assert project.nychance(*report).returncode == 0
    assert (
        "Kapitlet mangler" not in (project.root / "_site/da/2007-09/dissemination.html").read_text()
    )


def test_edition_without_one_theme_is_whole_but_for_it(built_copy):
    """The summary marks figures and numbers of a theme that failed as missing."""
    project = built_copy
    shutil.rmtree(project.root / "_site")
    edit_text(
        project.root / "notebooks/method.ipynb",
        "#| label: window",
        "#| label: window\\nraise RuntimeError",
    )
    done = project.nychance("report", "-c", "1", "--lang", "en", "--renderer", "portable")
    assert done.returncode == 1
    assert "method 2007-09 failed" in done.stdout and "Made: 2007-09 (en)" in done.stdout
    pages = project.root / "_site/en/2007-09"
    assert "(missing)" in (pages / "index.html").read_text()
    assert "This chapter is missing" in (pages / "method.html").read_text()
    assert (pages / "report.pdf").is_file()


def test_second_build_waits_for_the_first(project):
    add_to_cell(
        project.root / "notebooks/dissemination.ipynb",
        "data-and-cutoff",
        "import time; time.sleep(10)",
    )
    first = start(project, "run", "-c", "1", "-t", "dissemination", "-t", "organisation")
    wait_for_a_kernel(project)
    second = start(project, "run", "-c", "1", "-t", "dissemination", "-t", "organisation")
    told, _ = second.communicate(timeout=120)
    first.communicate(timeout=120)
    assert (first.returncode, second.returncode) == (0, 0)
    assert "Another build runs" in told
    assert "all 2 are up to date" in told


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
def test_interrupt_while_pages_are_made_leaves_whole_editions_only(project):
    chosen = ("-c", "1", "-c", "2", "-t", "dissemination")
    assert project.nychance("run", *chosen).returncode == 0
    process = start(project, "report", *chosen, "--format", "html", "-j", "1")
    deadline = time.monotonic() + 60
    while (
        not any((project.root / ".evalbook" / "editions").glob("*")) and time.monotonic() < deadline
    ):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert not any((project.root / ".evalbook" / "editions").glob("*"))
    made = list((project.root / "_site").glob("*/*"))
    assert len(made) < 4
    assert all((edition / "dissemination.html").is_file() for edition in made)
    assert project.nychance("report", *chosen, "--format", "html").returncode == 0
    assert len(list((project.root / "_site").glob("*/*/dissemination.html"))) == 4


def test_cell_over_the_limit_given_is_named(project):
    path = project.root / "notebooks/dissemination.ipynb"
    add_to_cell(path, "data-and-cutoff", "import time; time.sleep(60)")
    done = project.nychance("run", "-c", "1", "-t", "dissemination", "--cell-seconds", "2")
    assert done.returncode == 1
    assert (
        "failed in cell 3: Timeout: the cell ran longer than its limit of 2 seconds" in done.stdout
    )


def test_data_changed_while_a_notebook_reads_it_fails_that_notebook(project):
    """Otherwise results of the old data would be remembered as those of the new."""
    path = project.root / "notebooks/dissemination.ipynb"
    add_to_cell(
        path, "close", "_ = open('data/qualitative/dissemination-example.csv', 'a').write(chr(10))"
    )
    done = project.nychance("run", "-c", "1", "-t", "dissemination")
    assert done.returncode == 1
    assert (
        "data/qualitative/dissemination-example.csv changed while the notebook read it"
        in done.stdout
    )
    assert record(project, "dissemination 2007-09")["outcome"] == "failed"
    assert not (project.root / "figures/2007-09/dissemination/results.json").exists()


def test_notebook_edited_while_it_runs_runs_again(project):
    path = project.root / "notebooks/dissemination.ipynb"
    add_to_cell(path, "data-and-cutoff", "import time; time.sleep(5)")
    process = start(project, "run", "-c", "1", "-t", "dissemination")
    wait_for_a_kernel(project)
    edit_text(path, "time.sleep(5)", "time.sleep(0)")
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 0, told
    assert stale(project, "-c", "1", "-t", "dissemination") == {
        "dissemination 2007-09": "its code cells changed"
    }


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot limit the size of files")
def test_full_disk_leaves_no_earlier_result_and_the_next_run_mends_it(project):
    chosen = ("run", "-c", "1", "-t", "dissemination", "-t", "organisation")
    assert project.nychance(*chosen).returncode == 0
    edit_cell(project.root / "notebooks/organisation.ipynb", "code", "\n_ = 1 + 1")
    command = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000)); "
        "from nychance.__main__ import main; main()"
    )
    full = subprocess.run(
        [sys.executable, "-c", command, *chosen], cwd=project.root, capture_output=True, text=True
    )
    assert full.returncode == 1, full.stdout + full.stderr
    assert "File too large" in full.stdout
    assert record(project, "organisation 2007-09")["outcome"] == "failed"
    assert not list((project.root / "figures/2007-09/organisation").glob("*.svg"))
    assert record(project, "dissemination 2007-09")["outcome"] == "completed"
    assert project.nychance(*chosen).returncode == 0
    assert record(project, "organisation 2007-09")["outcome"] == "completed"
