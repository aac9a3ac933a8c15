"""HTML with Quarto, from the same chapters and the same `_quarto.yml`."""

import html
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import yaml

from evalbook.errors import RenderError
from evalbook.publish.assembly import CHAPTERS_WORD, CONTENTS_WORD, Assembled
from evalbook.publish.chapters import Chapter
from evalbook.publish.data_package import ARCHIVE, WORKBOOK
from evalbook.publish.frame import DATA, SKIP, TURN, frame
from evalbook.publish.pandoc import FILTER, Source, convert
from evalbook.publish.policy import with_policy
from evalbook.publish.portable import STYLE
from evalbook.text.language import tag

ICON = Path(__file__).with_name("icon.svg")
# A warning means a wrong page, such as a reference to nothing, unless it is named here.
HARMLESS: Final = re.compile(r"^$")
WARNING: Final = re.compile(r"^(?:\[WARNING\]|WARN(?:ING)?:)\s*(.*)$", re.MULTILINE)
# From a page of an edition; the footer is the same on pages in a folder below.
DATA_FOLDER: Final = "../../data/"
EDITION_FOLDER: Final = "./"
BUTTON: Final = re.compile(r'(<a [^>]*)role="navigation"')
COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")


def render_html(assembled: Assembled, quarto: str) -> Path:
    """Render an edition's pages with Quarto.

    Parameters
    ----------
    assembled : Assembled
        The edition's folder.
    quarto : str
        Path of the program.

    Returns
    -------
    Path
        The folder with the finished pages.

    Raises
    ------
    ChapterError
        If a chapter refers to something that does not exist; found before Quarto starts.
    RenderError
        If Quarto fails or warns.
    """
    folder = assembled.folder
    checked = [Source(assembled.expanded(page), page.path) for page in assembled.pages]
    convert(checked, to="plain", context=assembled.context, folder=folder)
    for page in assembled.pages:
        _write_page(assembled, page)
    for asset in (STYLE, FILTER, ICON):
        shutil.copy(asset, folder)
    config = edition_config(assembled)
    (folder / "_quarto.yml").write_text(
        yaml.safe_dump(config, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    run = subprocess.run(
        [quarto, "render", str(folder), "--to", "html"], capture_output=True, text=True
    )
    said = COLOUR.sub("", run.stderr)
    where = assembled.edition.name
    if run.returncode:
        raise RenderError(f"Quarto failed: {said[-2000:].strip()}", where=where)
    if warnings := [text for text in WARNING.findall(said) if not HARMLESS.search(text)]:
        raise RenderError(f"Quarto warns: {'; '.join(dict.fromkeys(warnings))}", where=where)
    site = folder / "_site"
    # Quarto copies the pictures that it shows; this brings what readers may take besides.
    for kind in ("svg", "narrow.svg", "png", "csv"):
        for path in (folder / "figures").rglob(f"*.{assembled.edition.language}.{kind}"):
            target = site / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if path.parent != site:
            text = text.replace(f'"{DATA_FOLDER}', f'"../{DATA_FOLDER}')
            for name in (WORKBOOK, ARCHIVE):
                text = text.replace(f'"{EDITION_FOLDER}{name}"', f'"../{name}"')
        path.write_text(with_policy(_with_landmarks(text, assembled)), encoding="utf-8")
    return site


def edition_config(assembled: Assembled) -> dict[str, Any]:
    """Return the edition's `_quarto.yml`, made from the project's, with its own pages and frame."""
    config = assembled.edition.config()
    language = assembled.edition.language
    around = frame(assembled)
    pages = [f"{page.page}.qmd" for page in assembled.pages]
    config["project"] = {"type": "website", "output-dir": "_site", "render": pages}
    config["lang"] = tag(language)
    for key in ("profile", "engines"):
        config.pop(key, None)
    contents = [
        {"section": title, "contents": [_entry(page) for page in shown]}
        for title, shown in assembled.sections
    ]
    config["website"] |= {
        "title": f"{around['title']}, {around['month']}",
        "favicon": ICON.name,
        "navbar": {"title": around["title"], "search": True},
        "sidebar": {"style": "docked", "contents": contents},
        "page-footer": {"border": True, "left": _footer(around, DATA[language])},
    }
    own = (config.get("format") or {}).get("html")
    skip = f'<a class="skip" href="#quarto-document-content">{SKIP[language]}</a>'
    page_format = {
        "toc-title": CONTENTS_WORD[language],
        "css": STYLE.name,
        "include-before-body": [{"text": skip}],
    }
    config["format"] = {"html": (own if isinstance(own, dict) else {}) | page_format}
    config["filters"] = [{"path": FILTER.name, "at": "pre-ast"}]
    config.pop("bibliography", None)
    if assembled.bibliography:
        shutil.copy(assembled.bibliography, assembled.folder / "references.bib")
        config["bibliography"] = "references.bib"
    return config


def _with_landmarks(text: str, assembled: Assembled) -> str:
    """Return a page whose bars have names, and whose buttons are none of its landmarks."""
    language = assembled.edition.language
    names = {
        'class="navbar ': frame(assembled)["title"],
        'id="quarto-sidebar"': CHAPTERS_WORD[language],
        'class="page-navigation"': TURN[language],
    }
    for bar, name in names.items():
        label = html.escape(name, quote=True)
        text = text.replace(f"<nav {bar}", f'<nav aria-label="{label}" {bar}')
    return BUTTON.sub(r'\1role="button"', text)


def _entry(page: Chapter) -> dict[str, str]:
    return {"text": str(page.front.get("short", page.title)), "href": f"{page.page}.qmd"}


def _footer(around: dict[str, str], data: str) -> str:
    """Return the footer, as Quarto takes it: Markdown, in which HTML is allowed."""
    link = f'<a href="{DATA_FOLDER}{around["data"]}">{html.escape(data)}</a>'
    if around["all"]:
        files = ((WORKBOOK, "Excel"), (ARCHIVE, "CSV"))
        links = [f'<a href="{EDITION_FOLDER}{name}">{said}</a>' for name, said in files]
        link = f"{html.escape(around['all'])} {', '.join([*links, link])}"
    lines = [html.escape(around[key]) for key in ("synthetic", "cite")]
    lines.append(f"{html.escape(around['licence'])} {link}")
    return "".join(f"<p>{line}</p>" for line in lines if line)


def _write_page(assembled: Assembled, page: Chapter) -> None:
    front = page.front | {
        "subtitle": assembled.edition.label,
        "description-meta": str(page.front.get("description", page.title)),
        "edition-file": str(assembled.context.resolve()),
        "page": page.page,
    }
    path = assembled.folder / f"{page.page}.qmd"
    path.parent.mkdir(exist_ok=True)
    head = yaml.safe_dump(front, allow_unicode=True)
    path.write_text(f"---\n{head}---\n\n{assembled.expanded(page)}", encoding="utf-8")
