"""Editions as steps: what they remember of what they were made from."""

import shutil

import pytest

from evalbook import plan
from evalbook.errors import UsageError
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


def steps(root, form="html"):
    return edition_steps.EditionSteps(
        root, plan.load().checkpoints[:1], ["en"], [form], Renderer(None, "")
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


def test_variables_are_inputs(root):
    (root / "_variables.yml").write_text("a: b\n")
    (step,) = steps(root)
    before = {name: digest() for name, digest in step.inputs.items()}
    (root / "_variables.yml").write_text("a: c\n")
    changed = {name for name, digest in step.inputs.items() if digest() != before[name]}
    assert changed == {"_variables.yml"}


def test_pictures_and_texts_beside_a_chapter_are_inputs(root, monkeypatch):
    def make(edition, *_):
        edition.pages.mkdir(parents=True, exist_ok=True)
        (edition.pages / "method.html").write_text("made")
        return {}

    chapters = root / "chapters/en"
    (chapters / "photo.png").write_bytes(b"one")
    (chapters / "_more.md").write_text("More: ![Alt](/chapters/en/photo.png){#fig-own}\n")
    with (chapters / "method.qmd").open("a") as file:
        file.write("\n{{< include _more.md >}}\n\n![Alt](https://example.org/a.png)\n")
    monkeypatch.setattr(edition_steps, "_make", make)
    run(steps(root), root / "memory", pools.for_editions(1), Silent())
    assert outdated(steps(root), root / "memory") == {}
    (chapters / "photo.png").write_bytes(b"two")
    (chapters / "_more.md").write_text("Less: ![Alt](photo.png)\n")
    assert list(outdated(steps(root), root / "memory").values()) == [
        ["chapters/en/_more.md changed", "chapters/en/photo.png changed"]
    ]


def test_the_reference_document_is_an_input_of_the_word_file(root):
    document = root / "evalbook/publish/reference.docx"
    with pytest.raises(UsageError, match=r"reference\.docx' does not exist"):
        steps(root, "docx")
    document.parent.mkdir(parents=True)
    document.touch()
    ((step,), (page,)) = steps(root, "docx"), steps(root)
    assert step.name == "en/2007-09 docx"
    assert "evalbook/publish/reference.docx" in step.inputs.keys() - page.inputs.keys()
