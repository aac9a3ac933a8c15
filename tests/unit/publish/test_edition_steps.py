"""Editions as steps: what they remember of what they were made from."""

import shutil

import pytest

from evalbook import plan
from evalbook.execute import pools
from evalbook.execute.steps import outdated, run
from evalbook.publish import edition_steps
from evalbook.publish.renderer import Renderer
from tests.conftest import ROOT
from tests.lib.progress import Silent


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project with chapters and without results."""
    shutil.copy(ROOT / "_quarto.yml", tmp_path)
    for name in ("chapters", "notebooks", "data/plan"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def steps(root):
    return edition_steps.EditionSteps(
        root, plan.load().checkpoints[:1], ["en"], ["html"], Renderer(None, "")
    ).steps()


def test_a_chapter_edited_while_its_edition_is_made_is_out_of_date(root, monkeypatch):
    chapter, memory = root / "chapters/en/method.qmd", root / "memory"
    edits = iter(["\nA sentence that came too late.\n"])

    def make(edition, *_):
        edition.pages.mkdir(parents=True, exist_ok=True)
        (edition.pages / "method.html").write_text(chapter.read_text())
        with chapter.open("a") as file:
            file.write(next(edits, ""))
        return {}

    monkeypatch.setattr(edition_steps, "_make", make)
    pool = pools.for_editions(1)
    assert [outcome.error for outcome in run(steps(root), memory, pool, Silent())] == [""]
    assert list(outdated(steps(root), memory).values()) == [["chapters/en/method.qmd changed"]]
    run(steps(root), memory, pool, Silent())
    assert outdated(steps(root), memory) == {}


def test_an_own_picture_or_include_that_changed_is_out_of_date(root):
    chapter = root / "chapters/en/method.qmd"
    chapter.write_text(chapter.read_text() + "\n{{< include _own.md >}}\n\n![Dot](dot.svg)\n")
    (root / "chapters/en/_own.md").write_text("Text.\n")
    (root / "chapters/en/dot.svg").write_text("<svg/>")
    (root / "_variables.yml").write_text("a: b\n")
    (step,) = steps(root)
    before = {name: digest() for name, digest in step.inputs.items()}
    for name, text in {"_own.md": "Other.\n", "dot.svg": "<svg> </svg>"}.items():
        (root / "chapters/en" / name).write_text(text)
    (root / "_variables.yml").write_text("a: c\n")
    changed = {name for name, digest in step.inputs.items() if digest() != before[name]}
    assert changed == {"chapters/en/_own.md", "chapters/en/dot.svg", "_variables.yml"}
