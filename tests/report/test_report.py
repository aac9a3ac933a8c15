"""The report as a reader gets it: pages, numbers, references, languages."""

import importlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser

import pytest
from pypdf import PdfReader

EDITIONS = [(language, month) for language in ("da", "en") for month in ("2007-09", "2009-03")]
THEMES = ("target-group", "method", "organisation", "qualification", "dissemination")
PAGES = ("index", *THEMES, "recommendations", "plan", "methods", "data")

# A finding has a number, names what it is about, says what is clear or what holds of all; none only
# says what kind of figure it is.
FINDING = re.compile(r"\d|[»“]|\bklar|\bclear|^Alle? ")


class Reader(HTMLParser):
    """Collects what the tests ask about."""

    def __init__(self, text):
        super().__init__()
        self.links, self.ids, self.numbers, self.images, self._key = [], set(), [], [], None
        self.lang = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if "id" in a:
            self.ids.add(a["id"])
        if tag == "html":
            self.lang = a.get("lang")
        if tag == "a" and a.get("href"):
            self.links.append(a["href"])
        if tag == "img":
            self.images.append(a)
        if a.get("data-key"):
            self._key = a["data-key"]

    def handle_data(self, data):
        if self._key:
            self.numbers.append((self._key, data))
            self._key = None


def pages(built, language, month):
    folder = built.root / "_site" / language / month
    return {path: Reader(path.read_text()) for path in sorted(folder.rglob("*.html"))}


@pytest.mark.parametrize(("language", "month"), EDITIONS)
def test_edition_is_whole(built, language, month):
    folder = built.root / "_site" / language / month
    assert all((folder / f"{page}.html").is_file() for page in PAGES)
    assert all(
        (folder / "notebooks" / f"{theme}{suffix}").is_file()
        for theme in THEMES
        for suffix in (".html", ".ipynb")
    )
    assert len(PdfReader(folder / "report.pdf").pages) > len(PAGES)


def test_plain_quarto_finds_whatever_chapters_include(built):
    wanted = {
        name
        for chapter in (built.root / "chapters").glob("*/*.qmd")
        for name in re.findall(r"{{< include /(figures/latest/\S+) >}}", chapter.read_text())
    }
    assert len(wanted) > 20
    assert [name for name in sorted(wanted) if not (built.root / name).is_file()] == []


@pytest.mark.parametrize(("language", "month"), EDITIONS)
def test_numbers_on_pages_equal_the_data_file(built, language, month):
    data = json.loads((built.root / "_site" / "data" / f"{month}.json").read_text())
    published = {entry["key"]: entry["text"][language] for entry in data["numbers"]}
    told = [
        number for reader in pages(built, language, month).values() for number in reader.numbers
    ]
    assert len(told) > 20
    assert [(key, text) for key, text in told if published[key] not in (text, None)] == []


@pytest.mark.parametrize(("language", "month"), EDITIONS)
def test_links_within_the_edition_lead_somewhere(built, language, month):
    found = pages(built, language, month)
    dead = []
    for path, reader in found.items():
        for link in reader.links:
            target, _, anchor = link.partition("#")
            if ":" in target or (not target and not anchor):
                continue
            there = (path.parent / target).resolve() if target else path
            if not there.exists() or (anchor and there in found and anchor not in found[there].ids):
                dead.append((path.name, link))
    assert dead == []


@pytest.mark.parametrize(("language", "month"), EDITIONS)
def test_pages_speak_the_language_and_ask_nobody_outside(built, language, month):
    for path, reader in pages(built, language, month).items():
        assert reader.lang.startswith(language), path
        text = path.read_text()
        assert not re.search(r'(?:src|href)="(?:https?:)?//[^"]+\.(?:js|css|woff2?)', text), path


@pytest.mark.parametrize(("language", "month"), EDITIONS)
def test_the_first_page_has_the_targets_and_leads_to_each_method_municipality_alone(
    built, language, month
):
    found, folder = pages(built, language, month), built.root / "_site" / language / month
    first, name = found[folder / "index.html"], "figure-targets-municipalities"
    assert "figure-targets" in first.ids
    assert f"method.html#{name}" in first.links
    assert name in found[folder / "method.html"].ids


@pytest.mark.parametrize(("language", "word"), [("da", "Figur"), ("en", "Figure")])
def test_references_are_numbered_across_pages(built, language, word):
    text = (built.root / "_site" / language / "2009-03" / "index.html").read_text()
    found = re.search(rf'href="(?:\./)?method\.html#figure-staircase"[^>]*>\s*{word}\W(\d+)', text)
    assert found
    chapter = (built.root / "_site" / language / "2009-03" / "method.html").read_text()
    assert re.search(rf"<strong>{word}\W{found.group(1)}\.</strong>", chapter)


def test_figures_have_alternatives_that_tell_the_finding(built):
    for language, month in EDITIONS:
        images = [
            i
            for r in pages(built, language, month).values()
            for i in r.images
            if "figures/latest/" in i.get("src", "")
        ]
        assert images
        assert all(len(image.get("alt") or "") > 40 for image in images)
        assert [image["alt"] for image in images if not FINDING.search(image["alt"])] == []


def test_first_checkpoint_says_when_the_flow_analysis_comes(built):
    assert "2. nedslag" in (built.root / "_site/da/2007-09/method.html").read_text()


def test_first_checkpoint_knows_nothing_later(built):
    record = json.loads((built.root / "figures/2007-09/target-group/results.json").read_text())
    # That an activity is to come is known from the plan: a notice says when.
    del record["notices"]
    assert "2008" not in json.dumps(record)


def test_synthetic_persons_are_said_on_every_chapter(built):
    for language, month in EDITIONS:
        for page in PAGES:
            text = (built.root / "_site" / language / month / f"{page}.html").read_text()
            assert {"da": "syntetiske personer", "en": "synthetic persons"}[language] in text


def test_selectors_do_just_what_they_say(project):
    done = project.nychance(
        "report",
        "-c",
        "2008-03",
        "-t",
        "method",
        "--lang",
        "en",
        "--format",
        "pdf",
        "--renderer",
        "portable",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [p.name for p in (project.root / "figures" / "2008-03").iterdir() if p.is_dir()] == [
        "method"
    ]
    made = {
        p.relative_to(project.root / "_site").as_posix()
        for p in (project.root / "_site").rglob("*")
        if p.is_file()
    }
    assert made == {"index.html", "data/2008-03.json", "en/2008-03/report.pdf"}


def test_chapter_that_refers_to_nothing_is_named(built_copy):
    chapter = built_copy.root / "chapters" / "en" / "dissemination.qmd"
    chapter.write_text(
        chapter.read_text() + "\n@fig-nowhere\n\n{{< meta dissemination.nothing.value >}}\n"
    )
    done = built_copy.nychance(
        "report",
        "-c",
        "1",
        "-t",
        "dissemination",
        "--lang",
        "en",
        "--format",
        "html",
        "--renderer",
        "portable",
    )
    assert done.returncode == 1
    assert "dissemination.qmd" in done.stdout
    assert "fig-nowhere" in done.stdout
    assert "dissemination.nothing.value" in done.stdout


def test_wrong_use_starts_nothing(project):
    done = project.nychance("report", "-c", "2008-04")
    assert done.returncode == 2
    assert "2008-03" in done.stderr
    assert not (project.root / "figures").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
def test_interrupt_leaves_nothing_half_written(project):
    command = [
        sys.executable,
        "-c",
        "from nychance.__main__ import main; main()",
        "run",
        "-c",
        "1",
        "-j",
        "2",
    ]
    process = subprocess.Popen(
        command, cwd=project.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while (
        not any((project.root / ".evalbook" / "staging").glob("*/reads"))
        and time.monotonic() < deadline
    ):
        time.sleep(0.1)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Stopped" in errors
    assert not any((project.root / ".evalbook" / "staging").glob("*"))
    for results in (project.root / "figures").glob("*/*/"):
        assert (results / "run.json").is_file()
    assert project.nychance("run", "-c", "1", "-t", "dissemination").returncode == 0


def test_no_write_permission_is_told_before_anything_starts(project):
    # Permission bits do not hold back root; a file where a folder should be does.
    if os.name == "nt" or os.geteuid() == 0:
        (project.root / "figures").write_text("not a folder")
    else:
        (project.root / "figures").mkdir(mode=0o500)
    done = project.nychance("run", "-c", "1")
    assert done.returncode == 2
    assert "figures" in done.stderr
    assert "write permission" in done.stderr


def test_changes_are_those_of_the_data_files(built):
    assert not (built.root / "_site/en/2007-09/changes.html").exists()
    done = built.nychance("diff", "1", "5", "--json")
    found = {d["key"]: d for d in json.loads(done.stdout)["differences"]}
    numbers = json.loads((built.root / "_site/data/2009-03.json").read_text())["numbers"]
    assert all(found[entry["key"]]["after"]["value"] == entry["value"] for entry in numbers)


@pytest.mark.parametrize(("language", "month"), EDITIONS)
def test_readers_see_how_each_edition_was_made(built, language, month):
    page = (built.root / "_site" / language / month / "provenance.html").read_text()
    for theme in THEMES:
        record = json.loads((built.root / "figures" / month / theme / "run.json").read_text())
        assert all(digest[:12] in page for digest in record["inputs"].values())
        assert all(digest["sha256"][:12] in page for digest in record["outputs"].values())
        notebook = (
            built.root / "_site" / language / month / "notebooks" / f"{theme}.html"
        ).read_text()
        assert "../provenance.html" in notebook
        assert month in notebook


def test_each_number_says_how_the_function_that_made_it_declares_it(built):
    """The function ran in the notebook, or the number would have been refused."""
    for month in {month for _, month in EDITIONS}:
        content = json.loads((built.root / "_site" / "data" / f"{month}.json").read_text())
        assert content["numbers"]
        for entry in content["numbers"]:
            module, _, name = entry["function"].rpartition(".")
            declared = getattr(importlib.import_module(module), name).method
            assert entry["method"] == declared.name.within(["da", "en"]), entry["key"]
