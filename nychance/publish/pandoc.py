"""One door to Pandoc: chapters in, HTML or Typst out, references resolved on the way."""

import os
import re
import subprocess
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pypandoc

from nychance.errors import ChapterError, RenderError

FILTER = Path(__file__).with_name("references.lua")
PORTABLE = Path(__file__).with_name("portable.lua")
REFUSED = 64
READ = "markdown"
# A citation is what remains of `@name` once figures and tables are left out.
CITATION = re.compile(r"(?<![\w.])@(?!fig-|tbl-)[A-Za-z]\w*")


def convert(
    text: str,
    *,
    to: str,
    context: Path,
    where: Path,
    folder: Path,
    metadata: Sequence[tuple[str, str]] = (),
    template: Path | None = None,
    bibliography: Path | None = None,
) -> str:
    """Convert a chapter's Markdown.

    Parameters
    ----------
    text : str
        Markdown with its shortcodes expanded.
    to : str
        Pandoc's name of the format to write.
    context : Path
        What the edition tells Pandoc, as JSON: see `nychance.publish.values.context`.
    where : Path
        The chapter, for messages.
    folder : Path
        Working directory, from which paths in the text start.
    metadata : sequence of (name, value)
        More metadata.
    template : Path, optional
        A template of Pandoc's; without it only the body is written.
    bibliography : Path, optional
        A BibTeX file, used if the text cites anything.

    Raises
    ------
    ChapterError
        If the chapter refers to a figure, table or number that does not exist; the message names all of them.
    RenderError
        If Pandoc fails otherwise.
    """
    cites = ["--citeproc", "--bibliography", str(bibliography)] if bibliography and CITATION.search(text) else []
    laid = ["--standalone", "--toc", "--toc-depth", "2", "--template", str(template)] if template else []
    command = [
        pypandoc.get_pandoc_path(), "--from", READ, "--to", to, "--wrap", "none", "--mathml",
        "--metadata", f"edition-file={context}", "--lua-filter", str(FILTER), "--lua-filter", str(PORTABLE), *cites, *laid,
        *(word for name, value in metadata for word in ("--metadata", f"{name}={value}")),
    ]  # fmt: skip
    run = _run(tuple(command), text, folder, context.read_text(encoding="utf-8"))
    if run.returncode == REFUSED:
        reasons = run.stderr.split("nychance-missing: ", 1)[-1].strip()
        raise ChapterError(reasons, where=where, remedy="Correct the name, or let the notebook of that theme make the result")
    if run.returncode:
        raise RenderError(f"Pandoc failed: {run.stderr.strip()}", where=where)
    if "[WARNING] Citeproc" in run.stderr:
        reasons = "; ".join(line.strip() for line in run.stderr.splitlines() if "itation" in line)
        raise ChapterError(reasons, where=where, remedy="Correct the key, or add the work to chapters/references.bib")
    return run.stdout


# A preview makes an edition over and over, and most of its pages stay as they were.
@lru_cache(maxsize=256)
def _run(command: tuple[str, ...], text: str, folder: Path, _context: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8", cwd=folder, env=os.environ)
