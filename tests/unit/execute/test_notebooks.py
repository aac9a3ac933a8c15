"""The notebooks as a reviewer reads them: labelled cells, both languages, no outputs kept."""

import re

import nbformat
import pytest

from evalbook import plan
from evalbook.paths import project_root

THEMES = [theme.stem for theme in plan.load().themes]
LABEL = re.compile(r"\A#\| label: ([a-z][a-z0-9-]*)$", re.MULTILINE)


@pytest.fixture(params=THEMES)
def notebook(request):
    return nbformat.read(project_root() / "notebooks" / f"{request.param}.ipynb", as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_each_code_cell_has_its_label(notebook):
    labels = {cell.id: LABEL.match(cell.source) for cell in code_cells(notebook)}
    assert [name for name, label in labels.items() if not label or label[1] != name] == []


def test_text_comes_in_both_languages_side_by_side(notebook):
    texts = [
        (place, cell) for place, cell in enumerate(notebook.cells) if cell.cell_type == "markdown"
    ]
    tags = [tag for _, cell in texts for tag in cell.metadata.tags]
    assert tags == ["da", "en"] * (len(texts) // 2)
    for (place, danish), (after, english) in zip(texts[::2], texts[1::2], strict=True):
        assert after == place + 1
        assert danish.id.removesuffix("-da") == english.id.removesuffix("-en")
        assert re.findall(r"^#+ ", danish.source, re.MULTILINE) == re.findall(
            r"^#+ ", english.source, re.MULTILINE
        )


def test_outputs_are_not_kept(notebook):
    assert [cell.id for cell in code_cells(notebook) if cell.outputs or cell.execution_count] == []


def test_question_comes_first_and_results_are_closed_last(notebook):
    first, last = notebook.cells[0], notebook.cells[-1]
    assert first.cell_type == "markdown" and "?" in first.source
    assert "findings.close()" in last.source or "report.close()" in last.source
