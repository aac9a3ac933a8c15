"""One door to Pandoc: chapters in, Markdown or Typst out, references resolved on the way."""

import os
import subprocess
from pathlib import Path

import pypandoc

from nychance.errors import ChapterError, RenderError

FILTER = Path(__file__).with_name("references.lua")
REFUSED = 64
READ = "markdown+fenced_divs+bracketed_spans-auto_identifiers+auto_identifiers"
# Only what the site builder reads: pipe tables, attributes, fenced divs.
MARKDOWN = "markdown-simple_tables-multiline_tables-grid_tables-smart-raw_attribute"


def convert(text: str, *, to: str, values: Path, where: Path, folder: Path) -> str:
    """Convert a chapter's Markdown.

    Parameters
    ----------
    text : str
        Markdown with its shortcodes expanded.
    to : str
        Pandoc's name of the format to write.
    values : Path
        The edition's values, read as metadata.
    where : Path
        The chapter, for messages.
    folder : Path
        Working directory, from which paths in the text start.

    Raises
    ------
    ChapterError
        If the chapter refers to a figure, table or number that does not exist; the message names all of them.
    RenderError
        If Pandoc fails otherwise.
    """
    command = [
        pypandoc.get_pandoc_path(), "--from", READ, "--to", to, "--wrap", "none",
        "--metadata-file", str(values), "--lua-filter", str(FILTER),
    ]  # fmt: skip
    run = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8", cwd=folder, env=os.environ)
    if run.returncode == REFUSED:
        reasons = run.stderr.split("nychance-missing: ", 1)[-1].strip()
        raise ChapterError(reasons, where=where, remedy="Correct the name, or let the notebook of that theme make the result")
    if run.returncode:
        raise RenderError(f"Pandoc failed: {run.stderr.strip()}", where=where)
    return run.stdout
