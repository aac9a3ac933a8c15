"""HTML without Quarto: Pandoc writes the content of a page, a template the frame."""

import html
import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evalbook.publish.assembly import CHAPTERS_WORD, CONTENTS_WORD, Assembled
from evalbook.publish.chapters import Chapter
from evalbook.publish.code import with_coloured_code
from evalbook.publish.frame import DATA, SKIP, TURN, frame
from evalbook.publish.pandoc import Source, convert
from evalbook.publish.plain_tables import with_plain_tables
from evalbook.publish.policy import with_policy
from evalbook.publish.site import template
from evalbook.publish.values import WORDS as LUA_WORDS
from evalbook.text.catalogue import tr
from evalbook.text.language import direction, tag

HERE = Path(__file__).parent
STYLE = HERE / "report.css"
STYLES = (HERE / "site.css", STYLE)
ASSETS = (HERE / "site.js", HERE / "icon.svg")
WORDS = {
    "heading": tr("{name}: link"),
    "skip": SKIP,
    "search": tr("Search the report"),
    "results": tr("Places found"),
    "nothing": tr("Nothing found"),
    "hits": tr("places found"),
    "scheme": tr("Switch between light and dark"),
    "menu": tr("Contents"),
    "chapters": CHAPTERS_WORD,
    "contents": CONTENTS_WORD,
    "turn": TURN,
    "before": tr("Previous"),
    "after": tr("Next"),
    "data": DATA,
}
# Long enough for a search result, short enough for an index that loads at once.
MOST_WORDS = 4000
TAG = re.compile(
    r"<(?:style|details class=\"contents\")\b.*?</(?:style|details)>|<[^>]+>", re.DOTALL
)
SECTION = re.compile(r"<h([1-3])[^>]*\bid=\"([^\"]+)\"[^>]*>(.*?)</h\1>", re.DOTALL)


def render_html(assembled: Assembled) -> Path:
    """Render an edition's pages.

    Parameters
    ----------
    assembled : Assembled
        The edition's folder; pages are built into its `_site`.

    Returns
    -------
    Path
        The folder with the finished pages.

    Raises
    ------
    ChapterError
        If a chapter refers to something that does not exist.
    RenderError
        If Pandoc refuses a page.
    """
    out = assembled.folder / "_site"
    out.mkdir()
    page_template = template("page.html")
    around = _around(assembled)
    pages, index = assembled.pages, []
    for place, (page, (toc, body)) in enumerate(zip(pages, _converted(assembled), strict=True)):
        index += _entries(page, body)
        text = page_template.render(
            around,
            page=_named(page),
            toc=toc,
            body=_with_links(body, around["words"]),
            before=_named(pages[place - 1]) if place else None,
            after=_named(pages[place + 1]) if place + 1 < len(pages) else None,
            up="../" * page.page.count("/"),
            root="../" * (page.page.count("/") + 2),
        )
        target = out / f"{page.page}.html"
        target.parent.mkdir(exist_ok=True)
        target.write_text(with_policy(text), encoding="utf-8")
    (out / "search.js").write_text(
        f"takeIndex({json.dumps(index, ensure_ascii=False)});\n", encoding="utf-8"
    )
    # One file of styles: a page shows nothing before it has them all.
    (out / "site.css").write_text(
        "\n".join(path.read_text(encoding="utf-8") for path in STYLES), encoding="utf-8"
    )
    for asset in ASSETS:
        shutil.copy(asset, out)
    _copy_figures(assembled, out)
    return out


def _around(assembled: Assembled) -> dict[str, Any]:
    """Return what is the same on each page of an edition."""
    language = assembled.edition.language
    sections = [
        {"title": name, "pages": [_named(page) for page in pages]}
        for name, pages in assembled.sections
    ]
    words = {key: text[language] for key, text in WORDS.items()}
    return {
        "site": frame(assembled),
        "sections": sections,
        "words": words,
        "lang": tag(language),
        "direction": direction(language),
    }


def _named(page: Chapter) -> dict[str, str]:
    return {
        "title": page.title,
        "short": str(page.front.get("short", page.title)),
        "href": f"{page.page}.html",
        "description": str(page.front.get("description", page.title)),
    }


def _converted(assembled: Assembled) -> list[tuple[str, str]]:
    """Return the table of contents, empty for a short page, and the body of each page."""
    texts = convert(
        [_source(assembled, page) for page in assembled.pages],
        to="html5",
        context=assembled.context,
        folder=assembled.folder,
        template=HERE / "parts.html",
        bibliography=assembled.bibliography,
    )
    return [_parts(text) for text in texts]


def _source(assembled: Assembled, page: Chapter) -> Source:
    metadata = {
        "title": page.title,
        "page": page.page,
        "up": "../" * page.page.count("/"),
        "lang": tag(assembled.edition.language),
    }
    name = LUA_WORDS["table"][assembled.edition.language]
    text = with_plain_tables(with_coloured_code(assembled.expanded(page)), name)
    return Source(text, page.path, tuple(metadata.items()))


def _parts(text: str) -> tuple[str, str]:
    toc, body = text.split("<!--evalbook-body-->", 1)
    return (toc.strip() if toc.count("<li>") > 2 else ""), body


def _with_links(body: str, words: dict[str, str]) -> str:
    """Return a body in which each heading ends in a link to itself."""

    def linked(found: re.Match[str]) -> str:
        level, anchor, title = found.groups()
        name = html.escape(_plain(title), quote=True)
        label = words["heading"].format(name=name)
        here = f'<a class="here" href="#{anchor}" aria-label="{label}">#</a>'
        return f'<h{level} id="{anchor}">{title}{here}</h{level}>'

    return SECTION.sub(linked, body)


def _entries(page: Chapter, body: str) -> list[Sequence[str]]:
    """List a page's sections for the search: address, page, heading, words."""
    pieces = SECTION.split(body)
    entries = [(f"{page.page}.html", page.title, "", _plain(pieces[0]))]
    for _, anchor, title, text in zip(*(iter(pieces[1:]),) * 4, strict=True):
        entries.append((f"{page.page}.html#{anchor}", page.title, _plain(title), _plain(text)))
    return [
        (href, title, heading, words[:MOST_WORDS])
        for href, title, heading, words in entries
        if heading or words
    ]


def _plain(text: str) -> str:
    return " ".join(html.unescape(TAG.sub(" ", text)).split())


def _copy_figures(assembled: Assembled, out: Path) -> None:
    """Copy the drawings, pictures and tables of the edition's language, and chapters' own."""
    latest = assembled.folder / "figures" / "latest"
    for kind in ("svg", "narrow.svg", "png", "csv"):
        for path in latest.glob(f"*/*.{assembled.edition.language}.{kind}"):
            target = out / "figures" / "latest" / path.relative_to(latest)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    own = assembled.folder / "chapters"
    if own.is_dir():
        shutil.copytree(own, out / "chapters")
