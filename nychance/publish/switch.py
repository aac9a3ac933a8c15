"""The line at the head of each page that leads to the same page in the other language and at the other checkpoints."""

import html
import re
from pathlib import Path

from nychance import plan
from nychance.files import write_whole
from nychance.language import LANGUAGES, Language, Text, month

NAMES = Text("Dansk", "English")
LABEL = Text("Udgaver", "Editions")
HEAD = re.compile(r'(<main\b[^>]*>)(?:\s*<nav class="editions".*?</nav>)?', re.DOTALL)


def link_editions(site: Path, the_plan: plan.Plan) -> None:
    """Write the line into every page of every edition that is there.

    It is written anew after each build, since an edition made today may be linked from one made earlier.

    Parameters
    ----------
    site : Path
        `_site`.
    """
    for language in LANGUAGES:
        for checkpoint in the_plan.checkpoints:
            edition = site / language / checkpoint.month
            for page in edition.rglob("*.html"):
                _put_at_head(page, _line(site, the_plan, language, checkpoint, page.relative_to(edition)))


def _put_at_head(page: Path, line: str) -> None:
    text = page.read_text(encoding="utf-8")
    linked = HEAD.sub(lambda found: f"{found.group(1)}\n{line}", text, count=1)
    if linked != text:
        write_whole(page, linked)


def _line(site: Path, the_plan: plan.Plan, language: Language, here: plan.Checkpoint, page: Path) -> str:
    up = "../" * (len(page.parts) + 1)
    items = [f'<a href="{up}index.html">{LABEL[language]}</a>']
    for checkpoint in the_plan.checkpoints:
        name = month(checkpoint.cutoff, language)
        target = _target(site, language, checkpoint, page)
        if checkpoint == here:
            items.append(f'<span aria-current="page">{name}</span>')
        elif target:
            items.append(f'<a href="{up}{target}">{name}</a>')
    for other in LANGUAGES:
        target = _target(site, other, here, page)
        if other != language and target:
            items.append(f'<a href="{up}{target}" lang="{other}" hreflang="{other}">{NAMES[other]}</a>')
    if (site / language / here.month / "report.pdf").is_file():
        items.append(f'<a href="{up}{language}/{here.month}/report.pdf">PDF</a>')
    listed = "".join(f"<li>{item}</li>" for item in items)
    return f'<nav class="editions" aria-label="{html.escape(LABEL[language])}"><ul>{listed}</ul></nav>'


def _target(site: Path, language: Language, checkpoint: plan.Checkpoint, page: Path) -> str:
    """Give the same page of another edition, else that edition's summary, else nothing."""
    edition = f"{language}/{checkpoint.month}"
    found = (name for name in (page.as_posix(), "index.html") if (site / edition / name).is_file())
    return next((f"{edition}/{name}" for name in found), "")
