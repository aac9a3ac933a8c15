"""Make editions and what leads to them: pages, PDF, data files, the landing page."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evalbook import plan
from evalbook.files import replace_folder
from evalbook.publish import pdf, portable, quarto, site, switch, word
from evalbook.publish.assembly import assemble
from evalbook.publish.data_package import write_package
from evalbook.publish.downloads import write_pictures
from evalbook.publish.edition import BRIEF, REPORT, Edition
from evalbook.publish.values import told


def make_html(edition: Edition, program: str | None) -> None:
    """Make an edition's pages.

    Parameters
    ----------
    program : str or None
        Quarto's path, or None for the portable renderer.

    Raises
    ------
    ChapterError, RenderError
        If a chapter is broken or the renderer fails; nothing of the edition has changed then.
    """
    folder = _temporary_folder(edition, "html")
    try:
        assembled = assemble(edition, folder)
        write_pictures(folder / "figures" / "latest", edition.language)
        pages = (
            quarto.render_html(assembled, program) if program else portable.render_html(assembled)
        )
        if not edition.themes:
            write_package(edition, assembled.found, pages)
        for notebook in (folder / "notebooks").glob("*.ipynb"):
            (pages / "notebooks").mkdir(exist_ok=True)
            shutil.copy2(notebook, pages / "notebooks" / notebook.name)
        site.place_pages(pages, edition.pages, whole=not edition.themes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_pdf(edition: Edition, *, synthetic: bool) -> None:
    """Make an edition's PDF, and beside it one of its summary alone.

    Raises `ChapterError` or `RenderError`, and nothing of the edition has changed then.
    """
    folder = _temporary_folder(edition, "pdf")
    try:
        assembled = assemble(edition, folder, whole=False)
        pdf.render_pdf(assembled, edition.pages / REPORT, synthetic=synthetic)
        if not edition.themes:
            pdf.render_pdf(assembled, edition.pages / BRIEF, synthetic=synthetic, brief=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_docx(edition: Edition) -> None:
    """Make an edition's Word file.

    Raises `ChapterError` or `RenderError`, and nothing of the edition has changed then.
    """
    folder = _temporary_folder(edition, "docx")
    try:
        word.render_docx(assemble(edition, folder, whole=False), edition.pages / "report.docx")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def finish(root: Path, checkpoints: Sequence[plan.Checkpoint]) -> None:
    """Write what lies beside the editions.

    These are the data files, the landing page, the links between editions and the newest results.
    """
    the_plan = plan.load()
    place = root / "_site"
    for checkpoint in checkpoints:
        site.write_data(
            place, site.data_file(the_plan, checkpoint, root / "figures" / checkpoint.month)
        )
    site.write_landing(place, the_plan)
    switch.link_editions(place, the_plan)
    publish_latest(root)


def _without_tools(known: Mapping[str, Any]) -> dict[str, Any]:
    """Return what pages know without downloads: a plain render in the root has none of them."""
    labels = {
        name: {"label": entry["label"], "page": entry["page"]}
        for name, entry in known["numbered"].items()
    }
    return {**known, "numbered": labels}


def _temporary_folder(edition: Edition, what: str) -> Path:
    return edition.root / ".evalbook" / "editions" / f"{edition.name.replace('/', '-')}-{what}"


def publish_latest(root: Path) -> None:
    """Write the newest checkpoint's results where plain `quarto render` in the root finds them."""
    the_plan = plan.load()
    editions = [
        Edition(root, c, language)
        for c in reversed(the_plan.checkpoints)
        for language in the_plan.languages
    ]
    newest = next((edition for edition in editions if edition.finished()), None)
    if newest is None:
        return
    latest = root / "figures" / "latest"
    folder = root / ".evalbook" / "latest"
    written: dict[Path, str] = {}
    for language in the_plan.languages:
        assembled = assemble(Edition(root, newest.checkpoint, language), folder, whole=False)
        place = folder / "figures" / "latest"
        known = _without_tools(json.loads(assembled.context.read_text(encoding="utf-8")))
        known["values"] = told(assembled.values)
        written[place / f"{language}.json"] = json.dumps(known, ensure_ascii=False)
    # Each language's edition is laid out anew.
    for path, text in written.items():
        path.write_text(text, encoding="utf-8")
    replace_folder(folder / "figures" / "latest", latest)
    shutil.rmtree(folder, ignore_errors=True)
