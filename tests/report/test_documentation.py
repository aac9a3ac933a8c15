"""The documentation is run: every command in it works, in order, in a new folder; what it names exists."""

import importlib
import re
import shlex
from html.parser import HTMLParser

import pytest

from nychance import public
from nychance.cli import cli
from nychance.manual.make import make_manual, pages
from tests.conftest import ROOT
from tests.statbank_server import serving
from tests.statbank_tables import service as tables

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
    with serving(tables([f"{code:03d}" for code in public.municipalities().index], later=17)) as service:
        yield service


@pytest.fixture(scope="module")
def after_the_tutorial(installed, tmp_path_factory):
    """What the tutorial leaves: a project with two checkpoints built."""
    folder = tmp_path_factory.mktemp("tutorial")
    installed.run("sh", "-eu", "-c", commands(DOCS / "tutorial.md"), cwd=folder)
    return folder / "way"


def test_the_tutorial_leads_from_an_empty_folder_to_a_report(after_the_tutorial):
    page = (after_the_tutorial / "_site" / "en" / "2026-09" / "effort.html").read_text(encoding="utf-8")
    assert "The way to work" in page
    assert "Passive persons into activity" in page
    assert (after_the_tutorial / "_site" / "da" / "2026-03" / "report.pdf").read_bytes()[:5] == b"%PDF-"
    assert (after_the_tutorial / "_site" / "docs" / "reference" / "measures.html").is_file()


WITH_COMMANDS = [path for path in WRITTEN if commands(path) and path.name not in FROM_NOTHING]


@pytest.mark.parametrize("path", WITH_COMMANDS, ids=lambda path: path.stem)
def test_commands_work_where_the_tutorial_ends(installed, after_the_tutorial, statbank, path):
    installed.run("sh", "-eu", "-c", commands(path), cwd=after_the_tutorial, NYCHANCE_STATBANK=statbank.url)


def test_a_language_can_be_left_out_as_told(installed, tmp_path):
    installed.run("sh", "-eu", "-c", commands(DOCS / "how-to" / "add-a-language.md"), cwd=tmp_path)


def test_commands_that_need_more_than_a_folder_name_the_test_that_runs_them():
    for path in WRITTEN:
        for by, kind, code in blocks(path):
            assert kind in ("sh", "console", "python", "yaml", "markdown", "text"), f"{path.name}: a block without a kind"
            if kind == "console":
                assert by and (ROOT / by).is_file(), f"{path.name}: {code}"


@pytest.mark.parametrize("path", [ROOT / "README.md", *WRITTEN], ids=lambda path: path.stem)
def test_every_command_that_is_shown_exists_with_its_options(path):
    for line in re.findall(r"^ {4,}nychance ([a-z].*?)(?:\s{2,}#.*)?$", path.read_text(encoding="utf-8"), re.MULTILINE):
        name, *arguments = shlex.split(line, comments=True)
        assert name in cli.commands, line
        cli.commands[name].make_context(name, arguments)


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


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.headings = [], []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "a" and given.get("href"):
            self.found.append(given["href"])
        if tag in ("h1", "h2"):
            self.headings.append(tag)


def test_pages_are_linked_with_each_other_and_load_nothing_from_elsewhere(tmp_path):
    assert make_manual(tmp_path / "docs")
    assert not make_manual(tmp_path / "docs")
    for path in (tmp_path / "docs").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        links = Links()
        links.feed(text)
        assert links.headings.count("h1") == 1, path.name
        assert "src=" not in text.split("<main>")[0]
        for link in links.found:
            if "://" not in link and not link.startswith("#"):
                assert (path.parent / link.partition("#")[0]).is_file(), f"{path.name}: {link}"


def test_every_command_and_public_function_is_in_the_reference():
    text = pages()
    assert all(f"\n## {name}\n" in text["reference/command-line.md"] for name in cli.commands)
    for name in ("nychance.public", "nychance.measures.shares", "nychance.models.cox"):
        assert f"## {name}\n" in text["reference/python.md"]
    assert "share(count: int, n: int" in text["reference/python.md"]
