"""The notebooks as a reviewer reads them: labelled cells, both languages, no outputs kept.

And few words of our own: their code is counted as a statistician meets it who knows pandas.
"""

import re

import nbformat
import pytest

from evalbook import plan
from evalbook.paths import project_root
from tests.lib.notebook_code import called, code_lines, sources

THEMES = [theme.stem for theme in plan.load().themes]
NOTEBOOKS = [project_root() / "notebooks" / f"{theme}.ipynb" for theme in THEMES]
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
    assert "report.close()" in last.source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=THEMES)
def test_lines_fit_a_screen(path):
    lines = [line for source in sources(path) for line in source.splitlines()]
    assert [line for line in lines if len(line) > 100] == []


@pytest.mark.parametrize("words", [r"tr\(", "lambda language", r"Column\(", r"Text\("])
def test_words_and_layout_of_tables_are_not_in_cells(words):
    pattern = re.compile(rf"\b{words}")
    found = [path.stem for path in NOTEBOOKS if any(map(pattern.search, sources(path)))]
    assert found == []


def test_how_much_a_reader_has_to_read_and_to_know(capsys):
    """Print the counts, and hold them: what a reader has to know beside pandas does not grow."""
    lines = sum(len(code_lines(path)) for path in NOTEBOOKS)
    house = set().union(*(called(path)[0] for path in NOTEBOOKS))
    direct = sum(sum(called(path)[1].values()) for path in NOTEBOOKS)
    with capsys.disabled():
        print(f"\nNotebooks: {lines} lines, {len(house)} functions of ours, {direct} direct calls")
    assert lines <= 900
    assert len(house) <= 120
    assert direct >= 150
