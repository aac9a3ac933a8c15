"""Chapters converted by Pandoc to HTML, Typst or Word, with their references resolved."""

import json
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypandoc

from evalbook.errors import ChapterError, RenderError
from evalbook.execute.record import digest_of, file_digest

HERE = Path(__file__).parent
SCRIPT = HERE / "convert.lua"
FILTER = HERE / "references.lua"
PORTABLE = HERE / "portable.lua"
PRINTED = HERE / "printed.lua"
REFUSED = 64
READ = "markdown"
# Room for new objects: with Pandoc's own, it spends a quarter of its time on making room.
ROOM = ("+RTS", "-A128m", "-RTS")
# A citation is what remains of `@name` once figures and tables are left out.
CITATION = re.compile(r"(?<![\w.])@(?!fig-|tbl-|eq-|sec-)[^\W\d_]\w*")
REMEDIES = {
    "not due": 'State it inside `::: {.content-visible when-meta="CONDITION"}`, where CONDITION '
    "is what stands in brackets",
    "bibliography": "Correct the key, or add the work to chapters/references.bib; figures, "
    "tables, equations and sections are referred to by fig-, tbl-, eq- and sec-",
    "": "Correct the name, or let the notebook of that theme make the result",
}
CHAPTER = re.compile(r"^evalbook-chapter: (\d+)\n", re.MULTILINE)
MOST_KEPT = 512


@dataclass(frozen=True)
class Source:
    """A chapter for Pandoc.

    Parameters
    ----------
    text : str
        Its Markdown with shortcodes expanded.
    where : Path
        The chapter, for messages.
    metadata : sequence of (name, value)
        What the filters and the template know of it.
    """

    text: str
    where: Path
    metadata: tuple[tuple[str, str], ...] = ()


# A picture that the filters look into.
PICTURE = re.compile(r"\]\(/?([^)\s]+\.(?:svg|png|jpe?g|gif|webp))")
IDENTIFIED = re.compile(r"#((?:fig|tbl)-[\w-]+)")
# A preview makes an edition over and over, and most of its pages stay as they were: what was
# written, by all that it was written from.
_written: dict[str, str] = {}


def convert(
    sources: Sequence[Source],
    *,
    to: str,
    context: Path,
    folder: Path,
    template: Path | None = None,
    bibliography: Path | None = None,
) -> list[str]:
    """Convert chapters.

    Parameters
    ----------
    to : str
        Pandoc's name of the format to write; for `docx`, the chapters' documents as JSON, of which
        `evalbook.publish.word` makes one file.
    context : Path
        What the edition tells Pandoc, as JSON: see `evalbook.publish.values.context`.
    folder : Path
        Working directory, from which paths in the text start.
    template : Path, optional
        A template of Pandoc's; without it only the bodies are written.
    bibliography : Path, optional
        A BibTeX file, used where a text cites anything.

    Raises
    ------
    ChapterError
        If a chapter refers to a figure, table, number or work that does not exist; the message
        names all of a chapter.
    RenderError
        If Pandoc fails otherwise.
    """
    known = json.loads(context.read_text(encoding="utf-8"))
    exhibits = known.pop("exhibits", {})
    filters = [FILTER, PORTABLE, *([PRINTED] if to in ("typst", "docx") else [])]
    around = {"from": READ, "to": to, "filters": [str(path) for path in filters]}
    if template:
        around["template"] = template.read_text(encoding="utf-8")
    chapters = [_chapter(source, context, bibliography) for source in sources]
    works = file_digest(bibliography) if bibliography else ""
    keys = [
        json.dumps(
            [
                *(around, chapter, known, str(folder), works, _pictures(source, folder)),
                [exhibits.get(name) for name in IDENTIFIED.findall(source.text)],
            ]
        )
        for chapter, source in zip(chapters, sources, strict=True)
    ]
    found = {key: _written[key] for key in keys if key in _written}
    fresh = [place for place, key in enumerate(keys) if key not in found]
    if fresh:
        job = around | {"chapters": [chapters[place] for place in fresh]}
        written = _run(job, [sources[place] for place in fresh], folder)
        found |= {keys[place]: text for place, text in zip(fresh, written, strict=True)}
    _keep(found)
    return [found[key] for key in keys]


def _keep(found: dict[str, str]) -> None:
    """Keep what was written last."""
    _written.update(found)
    for key in list(_written)[:-MOST_KEPT]:
        _written.pop(key, None)


def _pictures(source: Source, folder: Path) -> str:
    return digest_of(folder / place for place in PICTURE.findall(source.text))


def _chapter(source: Source, context: Path, bibliography: Path | None) -> dict[str, Any]:
    chapter: dict[str, Any] = {
        "text": source.text,
        "metadata": {**dict(source.metadata), "edition-file": str(context)},
    }
    if bibliography and CITATION.search(source.text):
        chapter["bibliography"] = str(bibliography)
    return chapter


def _run(job: dict[str, Any], sources: Sequence[Source], folder: Path) -> list[str]:
    command = [pypandoc.get_pandoc_path(), "lua", str(SCRIPT), *ROOM]
    given = json.dumps(job, ensure_ascii=False)
    run = subprocess.run(
        command, input=given, capture_output=True, text=True, encoding="utf-8", cwd=folder
    )
    reached = [int(number) for number in CHAPTER.findall(run.stderr)]
    where = sources[reached[-1] - 1].where if reached else folder
    said = CHAPTER.sub("", run.stderr).strip()
    if run.returncode == REFUSED:
        raise ChapterError(
            said.removeprefix("evalbook-missing: "),
            where=where,
            remedy=next(remedy for sign, remedy in REMEDIES.items() if sign in said),
        )
    if run.returncode:
        raise RenderError(f"Pandoc failed: {said}", where=where)
    written: list[str] = json.loads(run.stdout)
    return written
