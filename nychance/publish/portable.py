"""HTML without Quarto: Pandoc resolves references, smalldocs lays out the pages.

The only module that knows smalldocs; another site builder could take its place here.
"""

import re
from pathlib import Path

import yaml
from smalldocs import config as smalldocs_config
from smalldocs import site as smalldocs_site

from nychance.errors import RenderError
from nychance.language import Language, Text
from nychance.publish.assembly import Assembled, edition_config
from nychance.publish.pandoc import MARKDOWN, convert

STYLE = Path(__file__).with_name("report.css")

# The site builder's own words are English; what a reader meets is said in Danish on Danish pages.
WORDS = {
    'placeholder="Search" aria-label="Search"': Text(
        'placeholder="Søg" aria-label="Søg"', 'placeholder="Search" aria-label="Search"'
    ),
    'aria-label="Search"': Text('aria-label="Søg"', 'aria-label="Search"'),
    'title="Toggle dark mode"': Text('title="Skift mellem lys og mørk"', 'title="Toggle dark mode"'),
    'aria-label="Toggle sidebar navigation"': Text(
        'aria-label="Vis eller skjul indhold"', 'aria-label="Toggle sidebar navigation"'
    ),
    'aria-label="Toggle navigation"': Text('aria-label="Vis eller skjul menu"', 'aria-label="Toggle navigation"'),
    'title="Copy to Clipboard"': Text('title="Kopiér"', 'title="Copy to clipboard"'),
}


def render_html(assembled: Assembled) -> Path:
    """Render an edition's pages.

    Parameters
    ----------
    assembled : Assembled
        The edition's folder; pages are written beside the chapters and built into its `_site`.

    Returns
    -------
    Path
        The folder with the finished pages.

    Raises
    ------
    ChapterError
        If a chapter refers to something that does not exist.
    RenderError
        If the site builder refuses the pages.
    """
    folder = assembled.folder
    for chapter in assembled.pages:
        body = convert(
            assembled.expanded(chapter),
            to=MARKDOWN,
            values=assembled.values,
            where=chapter.path,
            folder=folder,
        )
        front = {key: value for key, value in chapter.front.items() if key != "metadata-files"}
        page = f"---\n{yaml.safe_dump(front, allow_unicode=True)}---\n\n{body}"
        (folder / f"{chapter.page}.qmd").write_text(page, encoding="utf-8")
    (folder / "report.css").write_text(STYLE.read_text(encoding="utf-8"), encoding="utf-8")
    config = edition_config(assembled)
    config.pop("filters", None)
    (folder / "_quarto.yml").write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return build_site(folder, assembled.edition.language)


def build_site(folder: Path, language: Language) -> Path:
    """Build a folder's pages with the site builder and put its words into the language."""
    try:
        site = smalldocs_site.build(folder, quiet=True)
    except (smalldocs_config.BuildError, smalldocs_config.ConfigError) as error:
        raise RenderError(str(error), where=folder.name) from error
    pattern = re.compile("|".join(re.escape(word) for word in WORDS))
    for page in site.out.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(pattern.sub(lambda m: WORDS[m.group(0)][language], text), encoding="utf-8")
    return Path(site.out)
