"""Executed notebooks: what `Findings` did not make is not published, however well hidden."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from evalbook.errors import DisclosureError
from evalbook.sdc.outputs import check_files, check_notebook, has_personal_number

SHOWN = {"language": "da", "alt": ""}


def notebook(tmp_path, *outputs, source="counts", metadata=None):
    cell = new_code_cell(source, outputs=list(outputs), id="the-cell", metadata=metadata or {})
    path = tmp_path / "notebook.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("text", id="words"), cell]), path)
    return path


def display(data, metadata=None):
    return new_output("display_data", data=data, metadata=metadata or {})


@pytest.mark.parametrize(
    ("output", "kind"),
    [
        (new_output("execute_result", data={"text/plain": "3"}, execution_count=1), "text/plain"),
        (
            new_output(
                "execute_result", data={"text/plain": "3"}, execution_count=1, metadata=SHOWN
            ),
            "text/plain",
        ),
        (new_output("stream", name="stdout", text="3\n"), "printed text"),
        (new_output("error", ename="ValueError", evalue="3", traceback=["3"]), "error"),
        (display({"text/html": "<td>3</td>"}), "text/html"),
        (display({"text/markdown": "| 3 |"}), "text/markdown"),
        (display({"text/latex": "3"}), "text/latex"),
        (display({"image/svg+xml": "<svg><text>3</text></svg>"}), "image/svg"),
        (display({"image/png": "aGVq"}), "image/png"),
        (display({"application/json": {"n": 3}}), "application/json"),
        (display({"application/vnd.jupyter.widget-view+json": {"model_id": "3"}}), "widget"),
        (display({"text/plain": "x"}, {"note": "3"}), "text/plain"),
    ],
)
@pytest.mark.parametrize(
    "source", ["counts", "#| echo: false\n#| output: false\n#| include: false\ncounts"]
)
def test_every_kind_of_output_that_nothing_has_protected_is_refused(tmp_path, output, kind, source):
    with pytest.raises(DisclosureError, match=f"cell the-cell.*{kind}") as caught:
        check_notebook(notebook(tmp_path, output, source=source))
    assert "3" not in str(caught.value)


def test_what_findings_shows_is_kept(tmp_path):
    path = notebook(
        tmp_path,
        display({"text/markdown": "| 40 |"}, SHOWN),
        display({"text/html": "public"}, {"safe": "Source"}),
    )
    before = path.read_bytes()
    assert check_notebook(path) == []
    assert path.read_bytes() == before


def test_a_notebook_without_a_register_may_show_anything_but_a_personal_number(tmp_path):
    result = new_output("execute_result", data={"text/plain": "3"}, execution_count=1)
    assert check_notebook(notebook(tmp_path, result), persons=False) == []
    number = new_output("stream", name="stdout", text="010190-1234\n")
    with pytest.raises(DisclosureError, match="personal number"):
        check_notebook(notebook(tmp_path, number), persons=False)


def test_messages_on_stderr_are_taken_out(tmp_path):
    warning = new_output("stream", name="stderr", text="RuntimeWarning: mean of 3 values\n")
    path = notebook(tmp_path, warning, display({"text/markdown": "| 40 |"}, SHOWN))
    assert check_notebook(path) == ["RuntimeWarning: mean of 3 values"]
    assert "RuntimeWarning" not in path.read_text()
    assert "| 40 |" in path.read_text()


@pytest.mark.parametrize(
    "text",
    [
        "010170-1234",
        "0101701234",
        "S00000123",
        "(311299 1234)",
        "<td>010170-1234</td>",
        "<!-- 010170-1234 -->",
        "id=010170-1234;",
    ],
)
def test_personal_numbers_are_found(text):
    assert has_personal_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "320170-1234",
        "0113701234",
        "12345678901",
        "1.0101701234",
        '<path d="M 0101701234 3"/>',
        "S0000",
        "2008-03-31",
        "0101701234567",
    ],
)
def test_other_numbers_are_not_personal_numbers(text):
    assert not has_personal_number(text)


@pytest.mark.parametrize(
    ("output", "source", "metadata"),
    [
        (display({"text/markdown": "| 010170-1234 |"}, SHOWN), "x", {}),
        (display({"image/svg+xml": "<svg><!-- 010170-1234 --></svg>"}, SHOWN), "x", {}),
        (display({"text/markdown": "x"}, SHOWN | {"alt": "S00000123"}), "x", {}),
        (display({"text/markdown": "x"}, SHOWN), "person = '010170-1234'", {}),
        (display({"text/markdown": "x"}, SHOWN), "x", {"note": "S00000123"}),
    ],
)
def test_personal_numbers_stop_a_notebook_wherever_they_stand(tmp_path, output, source, metadata):
    with pytest.raises(DisclosureError, match="personal number") as caught:
        check_notebook(notebook(tmp_path, output, source=source, metadata=metadata))
    assert "1234" not in str(caught.value)


@pytest.mark.parametrize("name", ["results.json", "x.da.md", "x.en.svg", "tbl-x.csv"])
def test_personal_numbers_stop_results(tmp_path, name):
    check_files(tmp_path)
    (tmp_path / name).write_text("one 010170-1234 two")
    with pytest.raises(DisclosureError, match=name.replace(".", r"\.")):
        check_files(tmp_path)
