"""What an executed notebook and its results would tell readers: only protected results.

A notebook is published with its outputs, also those that a page does not show. So every output
must be one that `Findings` made or that was declared safe, and nothing in it may look like a
personal number.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import nbformat

from evalbook.errors import DisclosureError
from evalbook.sdc.prose import SAFE

# Ten digits with a day and a month in front, or a synthetic person's number.
PERSONAL: Final = re.compile(
    r"(?<![\w.,-])(?:(\d{2})(\d{2})\d{2}[- ]?\d{4}|S\d{8})(?![\w]|[.,-]\d)"
)
MARKUP: Final = re.compile(r"<(?!!--)[^>]*>")
TEXTS: Final = ("*.json", "*.md", "*.svg", "*.csv")


def check_notebook(path: Path, *, persons: bool = True) -> list[str]:
    """Check an executed notebook's outputs; messages on stderr are taken out of it.

    Parameters
    ----------
    path : Path
        The executed notebook.
    persons : bool
        Whether it has read a register. One that has not may show anything.

    Returns
    -------
    list of str
        Lines that were taken out. They are for the evaluator, not for readers.

    Raises
    ------
    DisclosureError
        If an output was not made by `Findings`, or holds a personal number; the message names cell
        and kind of output.
    """
    notebook = nbformat.read(path, as_version=4)
    warnings: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        kept = [output for output in cell.outputs if not _is_warning(output)]
        warnings += [
            line
            for output in cell.outputs
            if _is_warning(output)
            for line in output.text.splitlines()
        ]
        cell.outputs = kept
        for output in kept:
            if persons:
                _refuse_unmarked(output, f"cell {cell.id}")
            for text in _strings(output):
                _refuse_personal(text, f"cell {cell.id}")
    for cell in notebook.cells:
        _refuse_personal(
            json.dumps([cell.source, cell.metadata], ensure_ascii=False), f"cell {cell.id}"
        )
    if warnings:
        nbformat.write(notebook, path)
    return warnings


def check_files(folder: Path) -> None:
    """Check that no result holds a personal number.

    Raises `DisclosureError` with the file's name.
    """
    for pattern in TEXTS:
        for path in sorted(folder.glob(pattern)):
            _refuse_personal(path.read_text(encoding="utf-8"), path.name)


def has_personal_number(text: str) -> bool:
    """Return whether a text holds what looks like a personal number, real or synthetic."""
    found = PERSONAL.finditer(MARKUP.sub(" ", text))
    return any(match[1] is None or _is_day(int(match[1]), int(match[2])) for match in found)


def _refuse_unmarked(output: Mapping[str, Any], where: str) -> None:
    if not _is_marked(output["output_type"], output.get("metadata", {})):
        raise DisclosureError(
            f"an output that nothing has protected ({_kind(output)})",
            where=where,
            remedy="Show results of `report.shares`, `report.counts` or another protecting call, "
            "or publish them with `report.table` or `report.figure`; what counts no persons with "
            "`report.show`",
        )


def _is_marked(kind: str, metadata: Mapping[str, Any]) -> bool:
    return SAFE in metadata or (kind == "display_data" and "language" in metadata)


def _is_warning(output: Mapping[str, Any]) -> bool:
    return bool(output["output_type"] == "stream" and output["name"] == "stderr")


def _kind(output: Mapping[str, Any]) -> str:
    kind: str = output["output_type"]
    if kind == "stream":
        return "printed text"
    return ", ".join(output["data"]) if "data" in output else kind


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield str(key)
            yield from _strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)


def _refuse_personal(text: str, where: str) -> None:
    if has_personal_number(text):
        raise DisclosureError(
            "this looks like a personal number",
            where=where,
            remedy="Leave it out, or write it differently",
        )


def _is_day(day: int, month: int) -> bool:
    try:
        date(2000, month, day)
    except ValueError:
        return False
    return True
