"""The links at the head of each page to the same page of other editions."""

import html
import re
from pathlib import Path

from evalbook import plan
from evalbook.files import write_whole
from evalbook.publish.edition import PRINTED
from evalbook.text.catalogue import tr
from evalbook.text.language import Language, month, own_name

LABEL = tr("Editions")
END = ' class="end"'
# Where the line goes: the portable renderer's pages have a place for it; on Quarto's it opens the
# text.
PLACE = re.compile(r"<!-- editions -->.*?<!-- /editions -->", re.DOTALL)
MAIN = re.compile(r"<main\b[^>]*>")
ALTERNATES = re.compile(r"<!-- alternates -->.*?<!-- /alternates -->\n?", re.DOTALL)
# Search engines want whole addresses, and only the browser knows them.
WHOLE_ADDRESSES = "document.querySelectorAll('link[hreflang]').forEach(function(l){l.href=l.href})"
# The address keeps its anchor; anchors are the same in all languages.
KEEP_ANCHOR = (
    "document.currentScript.parentNode.addEventListener('click',function(e){"
    "var a=e.target.closest('a[data-same]');if(a)a.hash=location.hash})"
)
SCRIPTS = (WHOLE_ADDRESSES, KEEP_ANCHOR)


def link_editions(site: Path, the_plan: plan.Plan) -> None:
    """Write the line into every page of every edition that is there.

    It is written anew after each build, since an edition made today may be linked from one made
    earlier.

    Parameters
    ----------
    site : Path
        `_site`.
    """
    for language in the_plan.languages:
        for checkpoint in the_plan.checkpoints:
            edition = site / language / checkpoint.month
            for page in edition.rglob("*.html"):
                here = page.relative_to(edition)
                line = _line(site, the_plan, language, checkpoint, here)
                _put_at_head(page, line, _alternates(site, the_plan, checkpoint, here))


def without_links(page: str) -> str:
    """Return a page without its links to other editions, which change when others are made."""
    return ALTERNATES.sub("", PLACE.sub("", page))


def _put_at_head(page: Path, line: str, alternates: str) -> None:
    text = page.read_text(encoding="utf-8")
    line = f"<!-- editions -->{line}<!-- /editions -->"
    linked = PLACE.sub(lambda _: line, text, count=1)
    if "<!-- editions -->" not in text:
        linked = MAIN.sub(lambda found: found.group(0) + line, text, count=1)
    linked = ALTERNATES.sub("", linked).replace("</head>", f"{alternates}</head>", 1)
    if linked != text:
        write_whole(page, linked)


def _line(
    site: Path, the_plan: plan.Plan, language: Language, here: plan.Checkpoint, page: Path
) -> str:
    up = "../" * (len(page.parts) + 1)
    items = [f'<li><a href="{up}index.html">{LABEL[language]}</a></li>']
    for checkpoint in the_plan.checkpoints:
        name = month(checkpoint.cutoff, language)
        target = _target(site, language, checkpoint, page)
        if checkpoint == here:
            items.append(f'<li><span aria-current="page">{name}</span></li>')
        elif target:
            items.append(f'<li><a data-same href="{up}{target}">{name}</a></li>')
    place = f"{language}/{here.month}"
    there = {n: said[language] for n, said in PRINTED.items() if (site / place / n).is_file()}
    items += [
        f'<li{"" if number else END}><a href="{up}{place}/{name}">{said}</a></li>'
        for number, (name, said) in enumerate(there.items())
    ]
    for other in the_plan.languages:
        target = _target(site, other, here, page)
        if other != language and target:
            spoken = f'lang="{other}" hreflang="{other}"'
            items.append(
                f'<li><a data-same href="{up}{target}" {spoken}>{own_name(other)}</a></li>'
            )
    label = html.escape(LABEL[language])
    return (
        f'<nav class="editions" aria-label="{label}"><ul>{"".join(items)}</ul>'
        f"<script>{KEEP_ANCHOR}</script></nav>"
    )


def _alternates(site: Path, the_plan: plan.Plan, here: plan.Checkpoint, page: Path) -> str:
    """Return the `<link>` elements that name the same page in each language."""
    up = "../" * (len(page.parts) + 1)
    places = {
        language: f"{language}/{here.month}/{page.as_posix()}" for language in the_plan.languages
    }
    there = {language: place for language, place in places.items() if (site / place).is_file()}
    links = "".join(
        f'<link rel="alternate" hreflang="{language}" href="{up}{place}">\n'
        for language, place in there.items()
    )
    return f"<!-- alternates -->\n{links}<script>{WHOLE_ADDRESSES}</script><!-- /alternates -->\n"


def _target(site: Path, language: Language, checkpoint: plan.Checkpoint, page: Path) -> str:
    """Return the same page of another edition, else its summary, else nothing."""
    edition = f"{language}/{checkpoint.month}"
    found = (name for name in (page.as_posix(), "index.html") if (site / edition / name).is_file())
    return next((f"{edition}/{name}" for name in found), "")
