"""What users do every day by mistake, or on machines of their own, harms nothing else."""

import json
import os
import socket
import subprocess

import nbformat
import pytest

from evalbook.errors import DataError, UsageError
from evalbook.execute.prepared import prepare
from evalbook.publish import build
from evalbook.publish.build import Build
from evalbook.publish.selection import select
from tests.lib.own_project import own_project
from tests.lib.processes import as_anybody


@pytest.fixture
def project(tmp_path):
    return own_project(tmp_path / "project", "own", "other")


def results(project, theme="own"):
    return (project.root / f"figures/2026-03/{theme}/results.json").read_bytes()


def test_magics_are_legal(project):
    project.theme("own", "%matplotlib inline\n!true", "import sys")
    assert project.why().keys() == {"own", "other"}
    done = project.run()
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_syntax_error_fails_its_notebook_in_its_cell(project):
    project.theme("own", "1", "x = (1")
    assert project.why().keys() == {"own", "other"}
    done = project.run()
    assert done.returncode == 1
    assert "own 2026-03 failed in cell 4: SyntaxError" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert results(project, "other")


def test_text_of_others_is_shown_as_it_stands(project):
    project.theme(
        "own",
        "import sys, duckdb\nprint('read [/data/own.csv]', file=sys.stderr, flush=True)\n"
        "raise ValueError('[/red] is not [bold]')",
    )
    done = project.run()
    assert done.returncode == 1
    assert "ValueError: [/red] is not [bold]" in done.stdout
    assert "read [/data/own.csv]" in done.stdout
    assert "NOTE: When using" not in done.stdout
    assert "IPKernelApp" not in done.stdout
    # Libraries say of themselves at the end what concerns nobody.
    assert not done.stderr


def test_a_notebook_of_an_older_format_with_a_mark_in_front_gives_the_same_each_time(project):
    path = project.root / "notebooks/own.ipynb"
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        del cell["id"]
    notebook |= {"nbformat_minor": 4}
    notebook["metadata"]["kernelspec"] = {"name": "my-env", "display_name": "My own"}
    path.write_text("\ufeff" + json.dumps(notebook))
    made = []
    for _ in range(2):
        done = project.run("-t", "own")
        assert done.returncode == 0, done.stdout + done.stderr
        made.append((project.root / "figures/2026-03/own/notebook.ipynb").read_bytes())
        (project.root / "figures/2026-03/own/results.json").unlink()
    assert made[0] == made[1]
    assert [cell.id for cell in nbformat.reads(made[0].decode(), 4).cells][:2] == [
        "cell-1",
        "injected-parameters",
    ]


SETTINGS = """import locale
import matplotlib as mpl, pandas as pd
settings = [
    mpl.rcParams["lines.linewidth"],
    mpl.rcParams["text.usetex"],
    pd.get_option("display.precision"),
    locale.setlocale(locale.LC_ALL, ""), mpl.get_backend(),
]"""


@pytest.mark.parametrize("kind", ["forked", "ordinary"])
def test_settings_of_ones_own_do_not_reach_kernels(project, tmp_path, kind):
    project.theme("own", SETTINGS, value="abs(hash(repr(settings))) % 10**9")
    home = tmp_path / "home"
    startup = home / "ipython/profile_default/startup"
    kernel = home / "jupyter/kernels/python3"
    for folder in (startup, kernel, home / "mpl"):
        folder.mkdir(parents=True)
    (startup / "mine.py").write_text("import pandas\npandas.set_option('display.precision', 2)\n")
    (home / "ipython/profile_default/ipython_config.py").write_text("raise SystemExit(3)\n")
    (home / "mine.py").write_text("import pandas\npandas.set_option('display.precision', 3)\n")
    spec = {"argv": ["false", "{connection_file}"], "display_name": "Mine", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    (home / "mpl/matplotlibrc").write_text("lines.linewidth: 9\ntext.usetex: True\n")
    mine = {
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_PATH": str(home / "jupyter"),
        "MATPLOTLIBRC": str(home / "mpl/matplotlibrc"),
        "PYTHONSTARTUP": str(home / "mine.py"),
        "MPLBACKEND": "TkAgg",
        "LC_ALL": "C",
    }
    made = []
    for settings in ({}, mine):
        environment = os.environ | {"PYTHONHASHSEED": "0", "EVALBOOK_KERNELS": kind}
        done = project.run("-t", "own", **(environment | settings))
        assert done.returncode == 0, done.stdout + done.stderr
        made.append(results(project))
        (project.root / "figures/2026-03/own/results.json").unlink()
    assert made[0] == made[1]


def test_relative_data_is_the_callers(project):
    (project.root / "mydata").mkdir()
    (project.root / "mydata/x.csv").write_text("7")
    project.theme("own", "value = int(open(f'{data}/x.csv').read())", value="value")
    done = project.run("-t", "own", "--data", "../mydata", folder="notebooks")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(results(project))["numbers"]["found"]["value"] == 7
    # The same folder by another name is the same data; another folder is not.
    assert project.why("-t", "own", "--data", "mydata") == {}
    assert project.why("-t", "own", "--data", f"{project.root}/./mydata") == {}
    (project.root / "mydata/x.csv").write_text("8")
    assert project.why("-t", "own", "--data", "mydata") == {"own": "mydata/x.csv changed"}


def test_a_repository_around_the_project_is_not_the_codes(project):
    git = ["git", "-c", "user.name=n", "-c", "user.email=e@x", "-C", str(project.root.parent)]
    for arguments in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "dotfiles"]):
        subprocess.run([*git, *arguments], check=True)
    assert project.run("-t", "own").returncode == 0
    run = json.loads((project.root / "figures/2026-03/own/run.json").read_text())
    assert run["git"] == {}
    subprocess.run([*git, "add", "project/_quarto.yml"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "project"], check=True)
    (project.root / "figures/2026-03/own/results.json").unlink()
    assert project.run("-t", "own").returncode == 0
    run = json.loads((project.root / "figures/2026-03/own/run.json").read_text())
    assert len(run["git"]["commit"]) == 40


def test_a_port_in_use_is_one_line(project):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = project.command("preview", "--port", str(port))
    assert done.returncode == 2
    assert f"port {port} is taken" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def of_another(project):
    """A project in which one may read but not write."""
    folders = [project.root, *(path for path in project.root.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    yield project
    for folder in folders:
        folder.chmod(0o755)


@pytest.mark.parametrize(("command", "option"), [("run", "-j1"), ("preview", "--port=0")])
def test_a_project_that_is_read_only_is_one_line(of_another, command, option):
    done = of_another.command(command, option, within=as_anybody())
    assert done.returncode == 2
    assert f"{of_another.root}/figures: cannot write here (Permission denied)" in done.stderr
    assert "work in a copy of the project" in done.stderr
    assert "Traceback" not in done.stderr


def test_status_of_a_project_that_is_read_only(of_another):
    done = of_another.command("status", "-c", "1", within=as_anybody())
    assert done.returncode == 0, done.stderr
    assert "own 2026-03: it has not run yet" in done.stdout


def test_a_lock_of_another_user_is_one_line(project):
    lock = project.root / ".evalbook/build.lock"
    lock.parent.mkdir()
    lock.touch(mode=0o400)
    done = project.run(within=as_anybody())
    assert done.returncode == 2
    assert "build.lock: another user built here" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_register_that_cannot_be_kept_is_one_line(project, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.chdir(project.root)
    monkeypatch.setattr(build, "prepare", refuse)
    with pytest.raises(UsageError, match=r"cannot write here \(Permission denied\)"):
        Build(select()).status()


def test_a_checkpoint_that_the_data_do_not_reach_is_left_out(project, monkeypatch):
    def known(root, folder, checkpoint):
        if checkpoint.month == "2026-09":
            raise DataError("the extract ends well before the checkpoint")
        return prepare(root, folder, checkpoint)

    monkeypatch.chdir(project.root)
    monkeypatch.setattr(build, "prepare", known)
    asked = Build(select())
    assert asked.status() == 1
    said = "\n".join(asked.messages)
    assert "2026-09 is left out: the extract ends well before the checkpoint" in said
    assert "own 2026-03: it has not run yet" in said
    assert not [line for line in asked.messages[1:] if "2026-09" in line]
    with pytest.raises(DataError, match="ends well before"):
        Build(select(checkpoints=["2026-09"])).status()
