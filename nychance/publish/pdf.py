"""The printed report: Pandoc writes Typst, Typst sets the PDF."""

from pathlib import Path

import matplotlib
import typst

from nychance import plan
from nychance.errors import RenderError
from nychance.files import write_whole
from nychance.language import Text, month
from nychance.publish.assembly import Assembled
from nychance.publish.pandoc import convert

TEMPLATE = Path(__file__).with_name("report.typ")
WORDS = {
    "subtitle": Text("{number}. evalueringsnedslag, {month}", "Evaluation checkpoint {number}, {month}"),
    "excerpt": Text("Uddrag: {chapters}", "Excerpt: {chapters}"),
    "contents": Text("Indhold", "Contents"),
    "synthetic": Text(
        "Demonstration: personerne er syntetiske og kommunerne opdigtede. Kun figurer og tabeller med en offentlig "
        "kilde viser virkelige kommuner.",
        "Demonstration: the persons are synthetic and the municipalities invented. Only figures and tables with a "
        "public source show real municipalities.",
    ),
    "footer": Text("Syntetiske personer (demonstration)", "Synthetic persons (demonstration)"),
    "colophon": Text("Sat med nychance. Data til og med {cutoff}.", "Made with nychance. Data up to {cutoff}."),
}


def render_pdf(assembled: Assembled, target: Path, *, synthetic: bool) -> None:
    """Set an edition as one PDF.

    Parameters
    ----------
    assembled : Assembled
        The edition's folder.
    target : Path
        The PDF to write; it appears only when it is whole.
    synthetic : bool
        Whether the cover and the footer must say that the persons are synthetic.

    Raises
    ------
    ChapterError
        If a chapter refers to something that does not exist.
    RenderError
        If Typst refuses the document.
    """
    # Chapter by chapter first, so that an error names its chapter; the notebooks' pages are not printed.
    bodies = [_chapter_typst(assembled, index) for index in range(len(assembled.chapters))]
    document = assembled.folder / "report.typ"
    document.write_text(TEMPLATE.read_text(encoding="utf-8") + "\n".join(bodies), encoding="utf-8")
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    try:
        pdf = typst.compile(
            str(document), root=str(assembled.folder), font_paths=[str(fonts)], ignore_system_fonts=True,
            sys_inputs=_inputs(assembled, synthetic),
        )  # fmt: skip
    except Exception as error:
        raise RenderError(f"Typst refused the document: {error}", where=assembled.edition.name) from error
    write_whole(target, pdf)


def _chapter_typst(assembled: Assembled, index: int) -> str:
    chapter = assembled.chapters[index]
    text = f"# {chapter.title} {{#{chapter.page}}}\n\n{assembled.expanded(chapter)}"
    return convert(text, to="typst", values=assembled.values, where=chapter.path, folder=assembled.folder)


def _inputs(assembled: Assembled, synthetic: bool) -> dict[str, str]:
    edition = assembled.edition
    language = edition.language
    title = plan.load().title[language]
    when = WORDS["subtitle"][language].format(number=edition.checkpoint.number, month=month(edition.checkpoint.cutoff, language))
    chapters = ", ".join(chapter.title for chapter in assembled.chapters)
    excerpt = WORDS["excerpt"][language].format(chapters=chapters) if edition.themes else ""
    cutoff = assembled.expander.values["edition"]["cutoff"]
    return {
        "title": title,
        "subtitle": f"{when}. {excerpt}" if excerpt else when,
        "running": f"{title}, {month(edition.checkpoint.cutoff, language)}",
        "author": "nychance",
        "lang": language,
        "region": {"da": "DK", "en": "GB"}[language],
        "contents": WORDS["contents"][language],
        "notice": WORDS["synthetic"][language] if synthetic else "",
        "footer": WORDS["footer"][language] if synthetic else "",
        "colophon": WORDS["colophon"][language].format(cutoff=cutoff),
    }
