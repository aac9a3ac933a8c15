"""The report as a Word file, from the same chapters as the PDF, by Pandoc."""

import json
import os
import subprocess
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Final

import pypandoc

from evalbook import plan
from evalbook.errors import RenderError
from evalbook.files import write_whole
from evalbook.publish.assembly import Assembled
from evalbook.publish.downloads import pictures_of
from evalbook.publish.pandoc import PICTURE, convert
from evalbook.publish.pdf import WORDS, printed_source, subtitle
from evalbook.text.language import tag

# Its styles are those of the report: title, headings, captions, tables, callouts.
REFERENCE: Final = Path(__file__).with_name("reference.docx")
CONTENTS_DEPTH: Final = 2


def render_docx(assembled: Assembled, target: Path) -> None:
    """Write an edition as one Word file.

    Parameters
    ----------
    assembled : Assembled
        The edition's folder.
    target : Path
        The file to write; it appears only when it is whole.

    Raises
    ------
    ChapterError
        If a chapter refers to something that does not exist.
    RenderError
        If Pandoc refuses the document or warns of it, or a drawing cannot be read.
    UsageError
        If the project's reference document does not exist.
    """
    reference = assembled.edition.reference_document() or REFERENCE
    sources = [
        printed_source(assembled, chapter, assembled.printed) for chapter in assembled.printed
    ]
    folder = assembled.folder.resolve()
    named = {place for source in sources for place in PICTURE.findall(source.text)}
    drawings = sorted(folder / place for place in named if place.endswith(".svg"))
    pictures_of(folder, [path for path in drawings if path.is_file()])
    chapters = convert(
        sources,
        to="docx",
        context=assembled.context,
        folder=assembled.folder,
        bibliography=assembled.bibliography,
    )
    write_whole(target, _written(assembled, [json.loads(text) for text in chapters], reference))


def _written(assembled: Assembled, chapters: list[dict[str, Any]], reference: Path) -> bytes:
    """Return one file of the chapters' documents."""
    language = assembled.edition.language
    document = chapters[0] | {
        "meta": {},
        "blocks": [block for chapter in chapters for block in chapter["blocks"]],
    }
    metadata = {
        "title": plan.load().title[language],
        "subtitle": subtitle(assembled),
        "lang": tag(language),
        "toc-title": WORDS["contents"][language],
    }
    command = [pypandoc.get_pandoc_path(), "--from=json", "--to=docx", "--output=-"]
    command += [f"--reference-doc={reference.resolve()}", "--fail-if-warnings"]
    command += ["--toc", f"--toc-depth={CONTENTS_DEPTH}"]
    command += [f"--metadata={key}={value}" for key, value in metadata.items()]
    # The same report gives the same bytes.
    made = datetime.combine(assembled.edition.data_until, time(), UTC)
    run = subprocess.run(
        command,
        input=json.dumps(document).encode(),
        capture_output=True,
        cwd=assembled.folder,
        env=os.environ | {"SOURCE_DATE_EPOCH": str(int(made.timestamp()))},
    )
    if run.returncode:
        said = run.stderr.decode(errors="replace").strip()
        raise RenderError(f"Pandoc failed: {said}", where=assembled.edition.name)
    return run.stdout
