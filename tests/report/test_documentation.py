"""The documentation is run: every command in it works, in order, in a new folder.

What it names exists.
"""

import importlib
import re
import shlex

import click
import pytest

from evalbook.commands.main import command_line
from nychance.commands import COMMANDS
from nychance.public_data import tables as public
from tests.conftest import ROOT
from tests.lib.statbank_server import serving
from tests.lib.statbank_tables import service as tables

DOCS = ROOT / "docs"
BLOCK = re.compile(r"^(?:<!-- run by (\S+) -->\n)?```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WRITTEN = sorted(DOCS.rglob("*.md"))
# Pages with commands that need no project before them.
FROM_NOTHING = ("tutorial.md", "add-a-language.md")


def blocks(path):
    return [(by, kind, code) for by, kind, code in BLOCK.findall(path.read_text(encoding="utf-8"))]


def commands(path):
    return "".join(code for _, kind, code in blocks(path) if kind == "sh")


@pytest.fixture(scope="module")
def statbank():
    with serving(
        tables([f"{code:03d}" for code in public.municipalities().index], later=17)
    ) as service:
        yield service


@pytest.fixture(scope="module")
def after_the_tutorial(installed, tmp_path_factory):
    """What the tutorial leaves: a project with two checkpoints built."""
    folder = tmp_path_factory.mktemp("tutorial")
    installed.run("sh", "-eu", "-c", commands(DOCS / "tutorial.md"), cwd=folder)
    return folder / "way"


def test_the_tutorial_leads_from_an_empty_folder_to_a_report(after_the_tutorial):
    page = (after_the_tutorial / "_site" / "en" / "2026-09" / "effort.html").read_text(
        encoding="utf-8"
    )
    assert "The way to work" in page
    assert "Passive persons into activity" in page
    assert (after_the_tutorial / "_site" / "da" / "2026-03" / "report.pdf").read_bytes()[
        :5
    ] == b"%PDF-"


WITH_COMMANDS = [path for path in WRITTEN if commands(path) and path.name not in FROM_NOTHING]


@pytest.mark.parametrize("path", WITH_COMMANDS, ids=lambda path: path.stem)
def test_commands_work_where_the_tutorial_ends(installed, after_the_tutorial, statbank, path):
    installed.run(
        "sh", "-eu", "-c", commands(path), cwd=after_the_tutorial, NYCHANCE_STATBANK=statbank.url
    )


def test_a_language_can_be_left_out_as_told(installed, tmp_path):
    installed.run("sh", "-eu", "-c", commands(DOCS / "how-to" / "add-a-language.md"), cwd=tmp_path)


def test_commands_that_need_more_than_a_folder_name_the_test_that_runs_them():
    for path in WRITTEN:
        for by, kind, code in blocks(path):
            assert kind in ("sh", "console", "python", "yaml", "markdown", "text"), (
                f"{path.name}: a block without a kind"
            )
            if kind == "console":
                assert by and (ROOT / by).is_file(), f"{path.name}: {code}"


@pytest.mark.parametrize("path", [ROOT / "README.md", *WRITTEN], ids=lambda path: path.stem)
def test_every_command_that_is_shown_exists_with_its_options(path):
    for line in re.findall(
        r"^ {4,}nychance ([a-z].*?)(?:\s{2,}#.*)?$", path.read_text(encoding="utf-8"), re.MULTILINE
    ):
        name, *arguments = shlex.split(line, comments=True)
        group = command_line(COMMANDS)
        command = group.get_command(click.Context(group), name)
        assert command, line
        command.make_context(name, arguments)


def test_every_module_that_is_named_exists():
    for path in WRITTEN:
        for name in re.findall(r"`(nychance(?:\.\w+)+)`", path.read_text(encoding="utf-8")):
            assert exists(name), f"{path.name}: {name}"


def exists(name):
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        module, _, attribute = name.rpartition(".")
        return hasattr(importlib.import_module(module), attribute)
    return True
