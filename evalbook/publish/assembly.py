"""An edition laid out in a folder of its own, ready for either renderer."""

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from evalbook import plan
from evalbook.execute.record import NOTEBOOK, read_run
from evalbook.plan import programme
from evalbook.plan.results import RESULTS, WARNINGS, results
from evalbook.publish import downloads, syntax
from evalbook.publish.appendices import appendices, glossary, notebook_head, run_line
from evalbook.publish.attachments import check_links, with_pictures
from evalbook.publish.carried import with_what_it_needs
from evalbook.publish.changes import write_changes
from evalbook.publish.chapters import Chapter, anchor_of
from evalbook.publish.edition import BIBLIOGRAPHY, Edition
from evalbook.publish.exhibits import Exhibit, completion, write_notices
from evalbook.publish.exhibits import check as check_exhibits
from evalbook.publish.expansion import Expander
from evalbook.publish.methods import listed as methods_list
from evalbook.publish.notebook_pages import as_markdown, localised, output_cells, write_notebook
from evalbook.publish.unit_pages import unit_chapters
from evalbook.publish.values import Display, Results, conditions, context, edition_values
from evalbook.text.catalogue import tr
from evalbook.text.language import Text

NOTEBOOK_WORD = tr("Calculations")
CHAPTERS_WORD = tr("Chapters")
ABOUT_WORD = tr("About the report")
CONTENTS_WORD = tr("On this page")
ERROR_KIND = re.compile(r"(\w+)(?::|$)")
RESUME = "{program} report -c {checkpoint} -t {theme}"
SYNTHETIC_NOTICE = tr("All numbers on persons are computed from synthetic persons.")
DEMONSTRATION = tr("Demonstration")
MISSING_TITLE = tr("Missing")
FAILED_NOTICE = tr(
    "This chapter is missing: its calculation failed at this checkpoint. Run `{command}`."
)


@dataclass(frozen=True)
class Assembled:
    """An edition's folder: pages as Markdown, figures, notebooks and values."""

    edition: Edition
    folder: Path
    chapters: list[Chapter]
    units: list[Chapter]
    calculations: list[Chapter]
    appendices: list[Chapter]
    found: Mapping[str, Results]
    texts: Mapping[str, str]
    values: Mapping[str, Any]
    context: Path
    synthetic: bool

    @property
    def pages(self) -> list[Chapter]:
        """The pages of the web edition: chapters, units, calculations, appendices."""
        return [*self.chapters, *self.units, *self.calculations, *self.appendices]

    @property
    def printed(self) -> list[Chapter]:
        """The chapters of the PDF: what is written, and the glossary."""
        return [*self.chapters, *(page for page in self.appendices if page.page == "glossary")]

    @property
    def sections(self) -> list[tuple[str, list[Chapter]]]:
        """The pages as a table of contents shows them."""
        units = plan.load().units
        titles = (CHAPTERS_WORD, units.name if units else Text.same(""), NOTEBOOK_WORD, ABOUT_WORD)
        parts = (self.chapters, self.units, self.calculations, self.appendices)
        return [
            (title[self.edition.language], pages)
            for title, pages in zip(titles, parts, strict=True)
            if pages
        ]

    @property
    def bibliography(self) -> Path | None:
        """The works that chapters cite, if there are any."""
        path = self.edition.root / BIBLIOGRAPHY
        return path if path.is_file() else None

    def expanded(self, chapter: Chapter) -> str:
        """Return a chapter's Markdown with its values, or a notice where its run failed."""
        return self.texts[chapter.page]


def assemble(edition: Edition, folder: Path, *, whole: bool = True) -> Assembled:
    """Write an edition into a folder of its own.

    Parameters
    ----------
    edition : Edition
        The edition to write.
    folder : Path
        Its folder; anything there is removed first.
    whole : bool
        False leaves out what only the pages have: the notebooks, files to take away, what changed,
        how the edition was made.

    Raises
    ------
    ChapterError
        If a chapter is missing or broken, holds what not every route carries, or leads nowhere.
    """
    chapters = edition.chapters()
    for chapter in chapters:
        syntax.check(chapter.path, edition.root)
    found = {stem: results(edition.figures / stem) for stem in edition.finished()}
    latest = folder / "figures" / "latest"
    plain = Expander(
        latest,
        conditions(plan.load(), edition.checkpoint, found),
        edition.language,
        edition.failed(),
        edition.root,
        edition.variables(),
        _later(found),
    )
    made = [chapter for chapter in chapters if chapter.page not in edition.failed()]
    shown = _shown(made, plain, found)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(
        edition.figures, latest, ignore=shutil.ignore_patterns("*.ipynb", "run.json", RESULTS, ".*")
    )
    synthetic = any(
        entry["synthetic"] for result in found.values() for entry in result["numbers"].values()
    )
    _write_notices(latest, synthetic=synthetic)
    _write_methods(latest, found)
    write_changes(edition, latest)
    write_notices(found, latest)
    if whole:
        downloads.write_tables(found, latest, edition.language)
    notebooks = _notebooks(edition) if whole else {}
    absent = [name for name, exhibit in shown.items() if exhibit.theme in edition.failed()]
    absent += [
        name
        for chapter in chapters
        if chapter not in made
        for name in plain.identifiers(chapter.body, chapter.path.parent)
    ]
    displays = _displays(edition, made, notebooks, shown, plain)
    values = edition_values(
        plan.load(),
        edition.checkpoint,
        edition.language,
        found,
        displays,
        absent,
        edition.data_until,
    )
    context_path = folder / "context.json"
    known = context(values) | {
        "works": edition.works(),
        "drawings": downloads.digest(latest),
        "exhibits": {
            name: completion(exhibit, found[exhibit.theme], edition.language, latest)
            for name, exhibit in shown.items()
            if name not in absent
        },
    }
    context_path.write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")
    calculations = _calculations(edition, notebooks, displays, shown, folder)
    last = _appendices(edition, whole=whole)
    units = unit_chapters(edition) if whole else []
    expander = replace(plain, values=values)
    texts = {c.page: _chapter_text(edition, c, expander, folder) for c in chapters}
    texts |= {page.page: expander.expand(page.body) for page in [*units, *calculations, *last]}
    check_links(
        texts,
        {c.page: c.path for c in chapters},
        edition.all_pages() | {page.page for page in units},
    )
    return Assembled(
        edition,
        folder,
        chapters,
        units=units,
        calculations=calculations,
        appendices=last,
        found=found,
        texts=texts,
        values=values,
        context=context_path,
        synthetic=synthetic,
    )


def synthetic_notice() -> Text:
    """Return the notice for readers where persons are synthetic."""
    return programme.named(plan.load().programme).synthetic or SYNTHETIC_NOTICE


def _later(found: Mapping[str, Results]) -> dict[str, str]:
    """Return the values of activities that are not due, with what a chapter may depend on."""
    return {
        f"{theme}.{key}": condition
        for theme, result in found.items()
        for key, condition in result.get("later", {}).items()
    }


def _appendices(edition: Edition, *, whole: bool) -> list[Chapter]:
    if edition.themes:
        return []
    found = glossary(edition)
    return appendices(edition) if whole else [found] if found else []


def _chapter_text(edition: Edition, chapter: Chapter, expander: Expander, folder: Path) -> str:
    """Return a chapter's Markdown with its values and pictures, or a notice."""
    if chapter.page in edition.failed():
        return _failed_notice(edition, chapter.page)
    text = expander.expand(chapter.body, chapter.path.parent)
    return with_pictures(text, chapter.path, edition.root, folder)


def _notebooks(edition: Edition) -> dict[str, NotebookNode]:
    """Read the executed notebooks of the edition's themes, in its language."""
    shown = [stem for stem in edition.finished() if not edition.themes or stem in edition.themes]
    made_from = {
        stem: run_line(read_run(edition.figures / stem) or {}, edition.language) for stem in shown
    }
    return {
        stem: localised(edition.figures / stem / NOTEBOOK, edition.language, made_from[stem])
        for stem in shown
    }


def _shown(
    chapters: Sequence[Chapter], plain: Expander, found: Mapping[str, Results]
) -> dict[str, Exhibit]:
    """Return the notebooks' figures and tables that the chapters show, by their identifiers."""
    themes = [theme.stem for theme in plan.load().themes]
    return {
        exhibit.identifier: exhibit
        for chapter in chapters
        for exhibit in check_exhibits(chapter.path, plain, found, themes)
    }


def _displays(
    edition: Edition,
    chapters: Sequence[Chapter],
    notebooks: Mapping[str, NotebookNode],
    shown: Mapping[str, Exhibit],
    plain: Expander,
) -> list[Display]:
    """List the figures and tables of the chapters in order, each with what it leads to.

    One that several chapters show is at home in the last of them: the summary comes first and
    shows what themes found.
    """
    cells = {
        (stem, name): f"notebooks/{stem}.html#{cell}"
        for stem, notebook in notebooks.items()
        for name, cell in output_cells(notebook).items()
    }
    homes: dict[str, str] = {}
    titles: dict[str, str] = {}
    for chapter in chapters:
        folder = chapter.path.parent
        homes |= dict.fromkeys(plain.identifiers(chapter.body, folder), chapter.page)
        titles |= plain.sections(chapter.body, folder)
    displays = []
    for name, page in homes.items():
        exhibit = shown.get(name)
        if exhibit is None:
            displays.append(Display(name, page, title=titles.get(name, "")))
        elif exhibit.theme not in edition.failed():
            taken = downloads.files(
                exhibit.theme, exhibit.kind, exhibit.name, edition.language, plain.figures
            )
            cell = cells.get((exhibit.theme, exhibit.made), "")
            displays.append(Display(name, page, taken, cell))
    return displays


def _calculations(
    edition: Edition,
    notebooks: Mapping[str, NotebookNode],
    displays: Sequence[Display],
    shown: Mapping[str, Exhibit],
    folder: Path,
) -> list[Chapter]:
    """Write each notebook beside the pages, for readers who run it, and as a page."""
    places = {
        (exhibit.theme, exhibit.made): f"../{display.page}.qmd#{anchor_of(display.name)}"
        for display in displays
        if (exhibit := shown.get(display.name))
    }
    pages = []
    for stem, notebook in notebooks.items():
        run = read_run(edition.figures / stem) or {}
        carried = with_what_it_needs(notebook, run)
        write_notebook(carried, folder / "notebooks" / f"{stem}.ipynb")
        name = plan.load().theme(stem).name[edition.language]
        head = notebook_head(stem, notebook, name, edition.language, linked=not edition.themes)
        own = {made: place for (theme, made), place in places.items() if theme == stem}
        body = f"{head}\n\n{as_markdown(notebook, stem, own, edition.language)}\n"
        path = edition.root / "notebooks" / f"{stem}.ipynb"
        front = {"title": f"{NOTEBOOK_WORD[edition.language]}: {name}", "short": name}
        pages.append(Chapter(f"notebooks/{stem}", path, front, body))
    return pages


def _write_notices(latest: Path, *, synthetic: bool) -> None:
    """Write the notice at the head of each chapter, empty where persons are real."""
    for language in plan.load().languages:
        title = f'title="{DEMONSTRATION[language]}"'
        notice = synthetic_notice()[language]
        text = f"::: {{.callout-warning .demonstration {title}}}\n{notice}\n:::\n"
        (latest / f"_notice.{language}.md").write_text(text if synthetic else "", encoding="utf-8")
        # Results made before extracts were checked have no list of warnings.
        (latest / WARNINGS.format(language=language)).touch()


def _write_methods(latest: Path, found: Mapping[str, Results]) -> None:
    """Write how each number is worked out, for the chapter on methods to include."""
    methods = {name: said for result in found.values() for name, said in result["methods"].items()}
    for language in plan.load().languages:
        text = methods_list(methods, language)
        (latest / f"_methods.{language}.md").write_text(text, encoding="utf-8")


def _failed_notice(edition: Edition, theme: str) -> str:
    command = RESUME.format(
        program=plan.load().command, checkpoint=edition.checkpoint.month, theme=theme
    )
    run = read_run(edition.figures / theme) or {}
    # An error's own words may hold data; only its kind and its place are for readers.
    kind = ERROR_KIND.match(str(run.get("error", "")))
    reason = (
        f"\n\n`{kind[1]}`, {NOTEBOOK_WORD[edition.language]}: {run['cell']}."
        if kind and "cell" in run
        else ""
    )
    notice = FAILED_NOTICE.format(command=command)[edition.language]
    title = f'title="{MISSING_TITLE[edition.language]}"'
    return f"::: {{.callout-important {title}}}\n{notice}{reason}\n:::\n"
