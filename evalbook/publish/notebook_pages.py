"""Executed notebooks for readers of one language: as a file that runs again, and as a page.

A notebook runs once and holds all languages: its text cells carry theirs as a tag (`da`, `en`),
its outputs in their metadata. An edition gets a copy with its own language only.
"""

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from evalbook import plan
from evalbook.text.catalogue import tr
from evalbook.text.language import PACKAGED, Language

CODE = tr("Code")
OUTPUT = tr("Output")
SHOWN = tr("Shown in the report")
OPTION = re.compile(r"^#\|.*\n?", re.MULTILINE)
HEADING = re.compile(r"\A(#+ [^\n{]+?)\s*$", re.MULTILINE)
TITLE = re.compile(r"\A# .*\n*")
FENCE = re.compile(r"^ *`+", re.MULTILINE)
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def localised(executed: Path, language: Language, made_from: str) -> nbformat.NotebookNode:
    """Read an executed notebook and keep one language of it.

    Parameters
    ----------
    executed : Path
        The notebook as Papermill left it.
    made_from : str
        Markdown that says what the run was given, for the head of the notebook.
    """
    notebook: nbformat.NotebookNode = nbformat.reads(
        _strip_locations(executed.read_text(encoding="utf-8")), as_version=4
    )
    others = {*PACKAGED, *plan.load().languages} - {language}
    cells = [c for c in notebook.cells if not others & set(c.metadata.get("tags", []))]
    for cell in cells:
        _keep_language(cell, language)
    notebook.cells = [nbformat.v4.new_markdown_cell(made_from, id="made-from"), *cells]
    notebook.metadata.pop("papermill", None)
    return notebook


def strip_location(value: Any) -> Any:
    """Return the name of a folder, or of a file and its folder, without its place on this machine.

    Anything else is returned as it is.
    """
    if not isinstance(value, str) or not Path(value).is_absolute():
        return value
    path = Path(value)
    return f"{path.parent.name}/{path.name}" if path.suffix else path.name


def write_notebook(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def output_cells(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """Return the cell that made each figure and table: `fig-targets` to its anchor on the page."""
    return {
        output["metadata"]["name"]: anchor(cell)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.get("metadata", {}).get("name")
    }


def anchor(cell: Any) -> str:
    """Return a cell's address on its page."""
    return f"cell-{cell.id}"


def as_markdown(
    notebook: nbformat.NotebookNode, theme: str, shown: Mapping[str, str], language: Language
) -> str:
    """Return a notebook as Markdown: text, folded code, outputs.

    Parameters
    ----------
    theme : str
        Stem of the theme, whose figures lie in `/figures/latest/THEME`.
    shown : mapping
        `fig-targets` to the address of the figure in its chapter; where a figure is shown, the
        page leads there.
    """
    parts = [
        _text(cell, language)
        if cell.cell_type == "markdown"
        else _code(cell, theme, shown, language)
        for cell in notebook.cells[1:]
        if cell.cell_type in ("markdown", "code")
    ]
    return "\n\n".join(parts)


def _strip_locations(text: str) -> str:
    """Remove the places of the folders that the run was given from an executed notebook."""
    parameters = json.loads(text)["metadata"].get("papermill", {}).get("parameters", {})
    for value in parameters.values():
        if (shown := strip_location(value)) != value:
            text = text.replace(value, shown)
    return text


def _keep_language(cell: Any, language: Language) -> None:
    cell.metadata.pop("papermill", None)
    if cell.cell_type == "code":
        cell.outputs = [
            o for o in cell.outputs if o.get("metadata", {}).get("language", language) == language
        ]


def _text(cell: Any, language: Language) -> str:
    """Return a text cell, its heading with an anchor that is the same in all languages.

    The title is left out; the page has it already.
    """
    name = cell.id.removesuffix(f"-{language}")
    return HEADING.sub(rf"\1 {{#{name}}}", TITLE.sub("", cell.source), count=1)


def _code(cell: Any, theme: str, shown: Mapping[str, str], language: Language) -> str:
    source = OPTION.sub("", cell.source).strip("\n")
    summary = f"{CODE[language]}: {html.escape(cell.id)}"
    code = "\n\n".join(
        [
            _raw(f"<details><summary>{summary}</summary>"),
            f"````{{.python}}\n{source}\n````",
            _raw("</details>"),
        ]
    )
    outputs = [_output(output, theme, shown, language) for output in cell.outputs]
    return "\n\n".join([f":::: {{#{anchor(cell)} .cell}}", code, *filter(None, outputs), "::::"])


def _output(output: Any, theme: str, shown: Mapping[str, str], language: Language) -> str:
    data, about = output.get("data", {}), output.get("metadata", {})
    name = about.get("name", "")
    link = f"\n\n[{SHOWN[language]}]({shown[name]})" if name in shown else ""
    if "image/svg+xml" in data:
        return _picture(data["image/svg+xml"], about, theme, language) + link
    if "text/markdown" in data:
        return f"::: {{.cell-output}}\n{data['text/markdown']}\n:::{link}"
    if "text/html" in data:
        name = OUTPUT[language]
        head = f'<div class="cell-output scroll" tabindex="0" role="group" aria-label="{name}">'
        # An empty corner of a data frame heads nothing.
        return _raw(f"{head}{data['text/html'].replace('<th></th>', '<td></td>')}</div>")
    text = data.get("text/plain") or output.get("text") or "\n".join(output.get("traceback", []))
    return (
        _raw(f'<div class="cell-output"><pre>{html.escape(COLOUR.sub("", text))}</pre></div>')
        if text
        else ""
    )


def _picture(svg: str, about: Mapping[str, Any], theme: str, language: Language) -> str:
    alt = html.escape(about.get("alt", ""))
    if about.get("name"):
        name = about["name"].removeprefix("fig-")
        source = f"../figures/latest/{theme}/{name}.{language}.svg"
        image = f'<img src="{source}" alt="{alt}" loading="lazy">'
        # The finding, also for those who see the drawing; to others its alternative text says it.
        finding = f'<figcaption aria-hidden="true">{alt}</figcaption>'
        return _raw(f'<div class="cell-output"><figure>{image}{finding}</figure></div>')
    drawing = svg[svg.index("<svg") :].replace("<svg", f'<svg role="img" aria-label="{alt}"', 1)
    return _raw(f'<div class="cell-output">{drawing}</div>')


def _raw(text: str) -> str:
    """Write HTML into Markdown, within a fence that nothing in it can close."""
    longest = max(map(len, FENCE.findall(text)), default=0)
    fence = "`" * max(6, longest + 1)
    return f"{fence}{{=html}}\n{text}\n{fence}"
