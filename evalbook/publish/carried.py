"""What a notebook for readers carries, so that it runs elsewhere as it did here."""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from evalbook.execute.record import NOTEBOOK
from evalbook.execute.rerun import CELL, METADATA, catalogue_texts, plan_digest, plan_texts
from evalbook.publish.notebook_pages import strip_location

KEPT: Final = ("theme", "checkpoint", "parameters", "seeds", "versions", "git", "data_until")
BEGIN: Final = """\
# Takes the report's plan, which this notebook carries; the last cell compares the results.
from evalbook.execute import rerun

rerun.begin({theme!r}, {checkpoint!r}, plan={plan!r}, data=data)"""
END: Final = "rerun.end()"
PARAMETERS: Final = {"parameters", "injected-parameters"}


def with_what_it_needs(notebook: NotebookNode, run: Mapping[str, Any]) -> NotebookNode:
    """Return a notebook with its plan, seeds, versions and digests, and two cells that use them.

    Parameters
    ----------
    notebook : NotebookNode
        As a reader of one language gets it.
    run : mapping
        The record of its run.
    """
    found, texts = deepcopy(notebook), plan_texts()
    found.metadata[METADATA] = _carried(run) | {
        "plan": texts,
        "catalogues": catalogue_texts(run["theme"]),
    }
    begin = BEGIN.format(theme=run["theme"], checkpoint=run["checkpoint"], plan=plan_digest(texts))
    tagged = [
        place
        for place, cell in enumerate(found.cells, start=1)
        if PARAMETERS & set(cell.metadata.get("tags", []))
    ]
    found.cells.insert(max(tagged, default=1), _cell("evalbook-begin", begin))
    found.cells.append(_cell("evalbook-end", END))
    return found


def _carried(run: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: run[key] for key in KEPT if key in run}
    kept["parameters"] = {name: strip_location(each) for name, each in run["parameters"].items()}
    outputs = {name: about["sha256"] for name, about in run["outputs"].items() if name != NOTEBOOK}
    # The extract lies where the reader has it, and so do files from outside the project.
    extract = {
        name: about for name, about in run["files"].items() if name in run.get("extract", ())
    }
    inputs = {
        name: digest
        for name, digest in run["inputs"].items()
        if name not in extract and not Path(name).is_absolute()
    }
    return kept | {
        "inputs": inputs,
        "extract": {Path(name).name: about["sha256"] for name, about in extract.items()},
        "outputs": outputs,
        "made_with": run.get("made_with") or {},
    }


def _cell(name: str, source: str) -> NotebookNode:
    cell: NotebookNode = new_code_cell(source, id=name)
    cell.metadata["tags"] = [CELL]
    return cell
