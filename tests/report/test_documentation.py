"""The documentation is run: every command in it works, in order, in a new folder.

What it names exists.
"""

import importlib
import json
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

import click
import pytest
import yaml

from evalbook.commands.main import command_line
from nychance.commands import COMMANDS
from nychance.public_data import tables as public
from tests.conftest import ROOT
from tests.lib.statbank_server import serving
from tests.lib.statbank_tables import service as tables

DOCS = ROOT / "docs"
BLOCK = re.compile(r"^(?:<!-- run by (\S+) -->\n)?```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
WRITTEN = sorted(DOCS.rglob("*.md"))
ON_TOP = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "GLOSSARY.md", "CHANGELOG.md")),
    *sorted((ROOT / "data").glob("**/README.md")),
]
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


def test_the_target_raised_in_the_tutorial_leaves_the_first_visit_alone(
    installed, after_the_tutorial
):
    said = installed.run("nychance", "status", "-c", "2026-03", cwd=after_the_tutorial).stdout
    assert "Everything is up to date" in said


def test_pages_tell_the_last_day_of_the_last_week_read(after_the_tutorial):
    # The month ends on a Wednesday.
    page = (after_the_tutorial / "_site/en/2026-09/index.html").read_text(encoding="utf-8")
    assert "27 September 2026" in page
    assert "30 September 2026" not in page
    data = json.loads((after_the_tutorial / "_site/data/2026-09.json").read_text(encoding="utf-8"))
    assert data["cutoff"] == "2026-09-27"


def test_a_notebook_of_ones_own_evaluation_finds_the_same_elsewhere(
    installed, after_the_tutorial, tmp_path
):
    shutil.copy(after_the_tutorial / "_site/en/2026-09/notebooks/effort.ipynb", tmp_path)
    run = "from nbclient.cli import main; main()"
    installed.run("python", "-c", run, "effort.ipynb", "--inplace", cwd=tmp_path)
    last = json.loads((tmp_path / "effort.ipynb").read_text(encoding="utf-8"))["cells"][-1]
    assert "results are the same as in the report" in "".join(last["outputs"][0]["text"])


WITH_COMMANDS = [path for path in WRITTEN if commands(path) and path.name not in FROM_NOTHING]


@pytest.mark.parametrize("path", WITH_COMMANDS, ids=lambda path: path.stem)
def test_commands_work_where_the_tutorial_ends(installed, after_the_tutorial, statbank, path):
    done = installed.run(
        "sh", "-eu", "-c", commands(path), cwd=after_the_tutorial, NYCHANCE_STATBANK=statbank.url
    )
    if path.stem == "change-a-definition":
        same, numbers = re.search(r"(\d+) of (\d+) numbers are the same", done.stdout).groups()
        assert int(same) < int(numbers), "the change that the page shows is not to be seen"


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


OPENED = """
from evalbook.report import Report
from nychance.register import read_register
from nychance.synthesize.demonstration import data_directory

report = Report("target-group", "2009-03")
definitions = report.plan.definitions
register = report.open(read_register(data_directory(""), report.checkpoint, report.plan))
today = len(register.weeks) - 1
"""


def test_an_indicator_of_ones_own_takes_twelve_lines(project):
    page = DOCS / "how-to" / "add-an-indicator.md"
    imports, indicator, _ = [code for _, kind, code in blocks(page) if kind == "python"]
    lines = indicator.splitlines()
    assert len(lines) <= 12
    assert all(len(line) <= 100 for line in lines)
    code = "\n".join([OPENED, imports, indicator, "report.close()"])
    subprocess.run([sys.executable, "-c", code], cwd=project.root, check=True, timeout=300)
    folder = project.root / "figures/2009-03/target-group"
    found = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    assert 0 < found["numbers"]["all-year-method"]["value"] < 1
    assert (folder / "all-year.da.svg").is_file()


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


MODULE = re.compile(r"`((?:evalbook|nychance)(?:\.\w+)+)`")


def modules_named(path):
    """List the modules that a page names; of the table of old and new names, the new ones."""
    text = path.read_text(encoding="utf-8")
    if path.stem == "upgrade":
        text = "\n".join(line.rpartition(" | ")[2] for line in text.splitlines() if line[:1] == "|")
    return MODULE.findall(text)


@pytest.mark.parametrize("path", [*ON_TOP, *WRITTEN], ids=lambda path: path.stem)
def test_every_module_that_is_named_exists(path):
    assert [name for name in modules_named(path) if not exists(name)] == []


def exists(name):
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        module, _, attribute = name.rpartition(".")
        return hasattr(importlib.import_module(module), attribute)
    return True


def test_the_page_on_upgrading_names_new_modules():
    assert len(modules_named(DOCS / "how-to" / "upgrade.md")) > 10


@pytest.mark.parametrize("package", ["evalbook", "nychance"])
def test_the_design_says_what_each_room_is_for(package):
    rooms = {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}
    rows = re.findall(
        r"^\| (`.*?) \|", (DOCS / "explanation" / "design.md").read_text(), re.MULTILINE
    )
    told = {room for row in rows for room in re.findall(r"`(\w+)`", row)}
    assert rooms - told == set()


@pytest.mark.parametrize("path", [*ON_TOP, *WRITTEN], ids=lambda path: path.stem)
def test_every_link_leads_somewhere(path):
    # What a page shows as an example leads somewhere in the reader's project.
    without_examples = EXAMPLE.sub("", path.read_text(encoding="utf-8"))
    prose = re.sub(r"`[^`\n]*`", "", without_examples)
    links = re.findall(r"\]\(([^)#\s]+)", prose)
    broken = [to for to in links if "://" not in to and not (path.parent / to).exists()]
    assert broken == []


def test_every_page_is_in_the_sites_navigation():
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    listed = [name for section in config["nav"] for pages in section.values() for name in pages]
    made = {"reference/command-line.md"}
    assert {path.relative_to(DOCS).as_posix() for path in WRITTEN} <= set(listed)
    places = {name: (DOCS / name, ROOT / name) for name in listed if name not in made}
    assert [
        name for name, where in places.items() if not any(map(pathlib.Path.is_file, where))
    ] == []
