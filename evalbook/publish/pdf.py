"""The printed report: Pandoc writes Typst, Typst typesets the PDF."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal

import typst

from evalbook import plan
from evalbook.errors import RenderError
from evalbook.files import write_whole
from evalbook.publish.assembly import DEMONSTRATION, Assembled, synthetic_notice
from evalbook.publish.chapters import Chapter
from evalbook.publish.downloads import FONTS
from evalbook.publish.pandoc import Source, convert
from evalbook.text.catalogue import tr
from evalbook.text.language import day, direction, locale, month, tag

TEMPLATE = Path(__file__).with_name("report.typ")
# Accessible (ISO 14289-1) and fit for archives (ISO 19005-2, level A: tagged, text in Unicode).
STANDARDS: Final[tuple[Literal["ua-1", "a-2a"], ...]] = ("ua-1", "a-2a")
# A warning means a wrong report, such as page numbers that did not settle, unless it is named here.
HARMLESS: Final[frozenset[str]] = frozenset()
PLACE: Final = re.compile(r"┌─ .*?:(\d+):\d+")
FIGURE: Final = re.compile(r"^!\[.*\]\(.*\)\{#fig-[^}]*\}$", re.MULTILINE)
SECTION: Final = re.compile(r"^=+ (.+)$", re.MULTILINE)
WORDS = {
    "excerpt": tr("Excerpt: {chapters}"),
    "page": tr("page"),
    "contents": tr("Contents"),
    "footer": tr("Synthetic persons (demonstration)"),
    "colophon": tr("Made with evalbook. Data up to {cutoff}."),
}


def render_pdf(assembled: Assembled, target: Path, *, synthetic: bool, brief: bool = False) -> None:
    """Typeset an edition as one PDF.

    Parameters
    ----------
    assembled : Assembled
        The edition's folder.
    target : Path
        The PDF to write; it appears only when it is whole.
    synthetic : bool
        Whether the cover and the footer must say that the persons are synthetic.
    brief : bool
        Only the summary, the first chapter, on a few pages without cover and figures.

    Raises
    ------
    ChapterError
        If a chapter refers to something that does not exist.
    RenderError
        If Typst refuses the document or warns of it; names the chapter and the section.
    """
    chapters = assembled.chapters[:1] if brief else assembled.printed
    bodies = convert(
        [printed_source(assembled, chapter, chapters) for chapter in chapters],
        to="typst",
        context=assembled.context,
        folder=assembled.folder,
        bibliography=assembled.bibliography,
    )
    # Pictures that wait for a page of their own come before the next chapter.
    parts = [f"{written}\n#place.flush()\n\n" for written in bodies]
    document = assembled.folder / f"{target.stem}.typ"
    template = TEMPLATE.read_text(encoding="utf-8")
    document.write_text(template + "".join(parts), encoding="utf-8")
    try:
        pdf, warnings = typst.compile_with_warnings(
            str(document),
            root=str(assembled.folder),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            sys_inputs=_inputs(assembled, synthetic) | ({"brief": "yes"} if brief else {}),
            pdf_standards=list(STANDARDS),
        )
    except typst.TypstError as error:
        raise _refusal(error, template, parts, chapters) from error
    if serious := [warning for warning in warnings if warning.message not in HARMLESS]:
        raise _refusal(serious[0], template, parts, chapters)
    write_whole(target, pdf)


def _refusal(
    problem: Any, template: str, parts: Sequence[str], chapters: Sequence[Chapter]
) -> RenderError:
    """Return the error for what Typst says, with the chapter and the section that it concerns."""
    found = PLACE.search(problem.diagnostic)
    line = int(found[1]) - template.count("\n") if found else 0
    where, section = chapters[0].path.parent, ""
    for chapter, part in zip(chapters, parts, strict=True):
        lines = part.count("\n")
        if 0 < line <= lines:
            above = "\n".join(part.splitlines()[:line])
            where, section = chapter.path, [chapter.title, *SECTION.findall(above)][-1]
        line -= lines
    hints = f" ({'; '.join(problem.hints)})" if problem.hints else ""
    return RenderError(
        f"Typst: {problem.message}{hints}",
        where=f"{where}, section {section!r}" if section else where,
        remedy="Correct the chapter there" if section else "",
    )


def printed_source(assembled: Assembled, chapter: Chapter, chapters: Sequence[Chapter]) -> Source:
    """Return a chapter for Pandoc, as a part of one document that has several."""
    body = assembled.expanded(chapter)
    text = f"# {chapter.title} {{#chapter--{chapter.page}}}\n\n{body}"
    if len(chapters) < len(assembled.chapters):
        text = FIGURE.sub("", text)
    printed = " ".join(other.page for other in chapters)
    metadata = {"page": chapter.page, "printed": printed, "lang": tag(assembled.edition.language)}
    return Source(text, chapter.path, tuple(metadata.items()))


def subtitle(assembled: Assembled) -> str:
    """Return the checkpoint, and which chapters there are where not all are."""
    edition = assembled.edition
    if not edition.themes:
        return edition.label
    chapters = ", ".join(chapter.title for chapter in assembled.chapters)
    excerpt = WORDS["excerpt"][edition.language].format(chapters=chapters)
    return f"{edition.label}. {excerpt}"


def _inputs(assembled: Assembled, synthetic: bool) -> dict[str, str]:
    edition = assembled.edition
    language = edition.language
    spoken, _, country = locale(language).partition("_")
    title = plan.load().title[language]
    cutoff = day(edition.data_until, language)
    return {
        "title": title,
        "subtitle": subtitle(assembled),
        "running": f"{title}, {month(edition.checkpoint.cutoff, language)}",
        "author": plan.load().command,
        "cutoff": edition.data_until.isoformat(),
        "lang": spoken,
        "region": country,
        "direction": direction(language),
        "page": WORDS["page"][language],
        "contents": WORDS["contents"][language],
        "notice": f"{DEMONSTRATION[language]}. {synthetic_notice()[language]}" if synthetic else "",
        "footer": WORDS["footer"][language] if synthetic else "",
        "colophon": WORDS["colophon"][language].format(cutoff=cutoff),
    }
