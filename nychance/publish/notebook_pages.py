"""Executed notebooks for readers of one language.

A notebook runs once and holds both languages: its text cells carry the tag `da` or `en`, its outputs their language in
their metadata. An edition gets a copy with its own language only.
"""

from pathlib import Path
from typing import Any

import nbformat
import yaml

from nychance.language import LANGUAGES, Language


def localised(executed: Path, language: Language, title: str, made_from: str) -> nbformat.NotebookNode:
    """Read an executed notebook and keep one language of it.

    Parameters
    ----------
    executed : Path
        The notebook as Papermill left it.
    title : str
        The page's title.
    made_from : str
        Markdown that says what the run was given, for the head of the page.

    Returns
    -------
    NotebookNode
        With a first raw cell that holds the page's front matter.
    """
    notebook: nbformat.NotebookNode = nbformat.read(executed, as_version=4)
    others = {other for other in LANGUAGES if other != language}
    cells = [c for c in notebook.cells if not others & set(c.metadata.get("tags", []))]
    for cell in cells:
        _keep_language(cell, language)
    front = yaml.safe_dump({"title": title, "code-fold": False, "toc": True}, allow_unicode=True)
    head = [
        nbformat.v4.new_raw_cell(f"---\n{front}---", id="front-matter"),
        nbformat.v4.new_markdown_cell(made_from, id="made-from"),
    ]
    notebook.cells = [*head, *cells]
    notebook.metadata.pop("papermill", None)
    return notebook


def _keep_language(cell: Any, language: Language) -> None:
    cell.metadata.pop("papermill", None)
    if cell.cell_type != "code":
        return
    cell.outputs = [o for o in cell.outputs if o.get("metadata", {}).get("language", language) == language]
    for output in cell.outputs:
        _give_alternative(output)


def _give_alternative(output: Any) -> None:
    alt = output.get("metadata", {}).get("alt")
    svg = output.get("data", {}).get("image/svg+xml")
    if alt and svg:
        label = alt.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
        output.data["image/svg+xml"] = svg[svg.index("<svg") :].replace("<svg", f'<svg role="img" aria-label="{label}"', 1)


def write_notebook(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
