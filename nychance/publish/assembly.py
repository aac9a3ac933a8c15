"""An edition laid out in a folder of its own, ready for either renderer."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nychance import plan
from nychance.execute.record import NOTEBOOK, read_run
from nychance.language import LANGUAGES, Text
from nychance.publish.appendices import appendices, run_line
from nychance.publish.chapters import Chapter, Expander
from nychance.publish.edition import Edition
from nychance.publish.notebook_pages import localised, write_notebook
from nychance.publish.values import Results, edition_values, write_values
from nychance.results import RESULTS, results

NOTEBOOK_WORD = Text("Beregninger", "Calculations")
CONTENTS_WORD = Text("På denne side", "On this page")
CHAPTERS_WORD = Text("Kapitler", "Chapters")
ERROR_KIND = re.compile(r"(\w+)(?::|$)")
RESUME = "nychance report -c {checkpoint} -t {theme}"
SYNTHETIC_NOTICE = Text(
    "Demonstration: tallene bygger på syntetiske personer i opdigtede kommuner. Virkelige kommuner optræder kun, hvor kilden er "
    "offentlig statistik.",
    "Demonstration: the figures rest on synthetic persons in invented municipalities. Real municipalities appear only where the "
    "source is public statistics.",
)
MISSING_TITLE = Text("Mangler", "Missing")
FAILED_NOTICE = Text(
    "Kapitlet mangler: beregningen for dette nedslag mislykkedes. Kør `{command}`.",
    "This chapter is missing: its calculation failed at this checkpoint. Run `{command}`.",
)


@dataclass(frozen=True)
class Assembled:
    """An edition's folder: chapters with their shortcodes still in them, figures, notebooks and values."""

    edition: Edition
    folder: Path
    chapters: list[Chapter]
    appendices: list[Chapter]
    expander: Expander
    values: Path

    @property
    def pages(self) -> list[Chapter]:
        """The pages of the web edition: chapters, then appendices."""
        return [*self.chapters, *self.appendices]

    def expanded(self, chapter: Chapter) -> str:
        """Give a chapter's Markdown with includes and values in place, or a notice where its run failed."""
        if chapter.page in self.edition.failed():
            return _failed_notice(self.edition, chapter.page)
        return self.expander.expand(chapter.body)


def assemble(edition: Edition, folder: Path) -> Assembled:
    """Lay an edition out.

    Parameters
    ----------
    edition : Edition
        What to lay out.
    folder : Path
        Where; anything there is removed first.

    Raises
    ------
    ChapterError
        If a chapter is missing or broken.
    """
    shutil.rmtree(folder, ignore_errors=True)
    found = {stem: results(edition.figures / stem) for stem in edition.finished()}
    latest = folder / "figures" / "latest"
    shutil.copytree(edition.figures, latest, ignore=shutil.ignore_patterns("*.ipynb", "run.json", RESULTS, ".*"))
    _write_notices(found, latest)
    chapters = edition.chapters()
    plain = Expander(latest, {}, edition.language, edition.failed())
    numbered = [(name, c.page) for c in chapters for name in plain.identifiers(c.body)]
    values = edition_values(plan.load(), edition.checkpoint, edition.language, found, numbered)
    values_path = latest / f"{edition.language}.yml"
    write_values(values_path, values)
    _copy_notebooks(edition, folder)
    expander = Expander(latest, values, edition.language, edition.failed())
    after = [] if edition.themes else appendices(edition)
    return Assembled(edition, folder, chapters, after, expander, values_path)


def edition_config(assembled: Assembled) -> dict[str, Any]:
    """Make the edition's `_quarto.yml` from the project's: its own language, chapters and notebooks."""
    edition = assembled.edition
    config = edition.config()
    language = edition.language
    notebooks = sorted(path.stem for path in (assembled.folder / "notebooks").glob("*.ipynb"))
    shown = [page.page for page in assembled.pages]
    order = [theme.stem for theme in plan.load().themes if theme.stem in notebooks]
    pages = [f"{page}.qmd" for page in shown] + [f"notebooks/{stem}.ipynb" for stem in order]
    config["project"] = {"type": "website", "output-dir": "_site", "render": pages}
    config["lang"] = {"da": "da-DK", "en": "en-GB"}[language]
    site = config["website"]
    site["title"] = plan.load().title[language]
    site["navbar"] = {"title": site["title"], "search": True}
    site["sidebar"] = {
        "style": "docked",
        "contents": [
            {"section": CHAPTERS_WORD[language], "contents": [f"{page}.qmd" for page in shown]},
            {"section": NOTEBOOK_WORD[language], "contents": [f"notebooks/{stem}.ipynb" for stem in order]},
        ],
    }
    config["format"]["html"] |= {"toc-title": CONTENTS_WORD[language], "css": "report.css"}
    return config


def _copy_notebooks(edition: Edition, folder: Path) -> None:
    for stem in edition.finished():
        if edition.themes and stem not in edition.themes:
            continue
        title = f"{NOTEBOOK_WORD[edition.language]}: {plan.load().theme(stem).name[edition.language]}"
        made_from = run_line(read_run(edition.figures / stem) or {}, edition.language, linked=not edition.themes)
        notebook = localised(edition.figures / stem / NOTEBOOK, edition.language, title, made_from)
        write_notebook(notebook, folder / "notebooks" / f"{stem}.ipynb")


def _write_notices(found: Mapping[str, Results], latest: Path) -> None:
    """Write what each chapter says at its head: that persons are synthetic, or nothing where they are real."""
    synthetic = any(entry["synthetic"] for results in found.values() for entry in results["numbers"].values())
    for language in LANGUAGES:
        text = f'::: {{.callout-warning title="Demonstration"}}\n{SYNTHETIC_NOTICE[language]}\n:::\n'
        (latest / f"_notice.{language}.md").write_text(text if synthetic else "", encoding="utf-8")


def _failed_notice(edition: Edition, theme: str) -> str:
    command = RESUME.format(checkpoint=edition.checkpoint.month, theme=theme)
    run = read_run(edition.figures / theme) or {}
    # An error's own words may hold data; only its kind and its place are for readers.
    kind = ERROR_KIND.match(str(run.get("error", "")))
    reason = f"\n\n`{kind[1]}`, {NOTEBOOK_WORD[edition.language]}: {run['cell']}." if kind and "cell" in run else ""
    notice = FAILED_NOTICE.format(command=command)[edition.language]
    return f'::: {{.callout-important title="{MISSING_TITLE[edition.language]}"}}\n{notice}{reason}\n:::\n'
