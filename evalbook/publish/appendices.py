"""Pages written from the results: the glossary, what changed, and how they were made."""

from typing import Any

from nbformat import NotebookNode

from evalbook import plan
from evalbook.execute.record import read_run
from evalbook.paths import plan_directory
from evalbook.publish.changes import changes_page
from evalbook.publish.chapters import Chapter
from evalbook.publish.edition import Edition
from evalbook.publish.glossary import glossary_page
from evalbook.publish.notebook_pages import strip_location
from evalbook.text.catalogue import tr
from evalbook.text.language import Language, Text, number

PROVENANCE = tr("How this was made")
OUTCOMES = {"completed": tr("completed"), "failed": tr("failed")}
FACTS = tr("| Fact | Value |")
SHORT = 12


def appendices(edition: Edition) -> list[Chapter]:
    """Write the pages of an edition that come after its chapters."""
    previous = plan.load().before(edition.checkpoint)
    written = [changes_page(edition, previous)] if previous else []
    return [page for page in [*written, glossary(edition), provenance_page(edition)] if page]


def glossary(edition: Edition) -> Chapter | None:
    """Write the glossary in the edition's language; None where the plan has none."""
    return glossary_page(plan_directory() / "glossary.yml", edition.language)


def provenance_page(edition: Edition) -> Chapter:
    """Write the page on what each theme's run was given, read and made, from its record."""
    language = edition.language
    intro = tr(
        "Each chapter rests on a notebook that was run for this checkpoint. This page says what "
        "each run was given, read and made. Checksums are the first twelve characters of SHA-256; "
        "of registers and public tables only of what the checkpoint could know. The same source "
        "and data give the same checksums on another machine."
    )
    sections = [
        _run_section(theme, read_run(edition.figures / theme.stem), language)
        for theme in plan.load().themes
    ]
    body = "\n\n".join([intro[language], *sections])
    return Chapter(
        "provenance", edition.root / "provenance.qmd", {"title": PROVENANCE[language]}, body + "\n"
    )


def run_line(run: dict[str, Any], language: Language) -> str:
    """Return the line at the head of a notebook that says what its run was given."""
    line = tr("*Run with {parameters}; {count} files read; source {source}.*")
    return line.format(
        parameters=_parameters(run), count=str(len(run.get("inputs", {}))), source=_source(run)
    )[language]


def notebook_head(
    stem: str, notebook: NotebookNode, name: str, language: Language, *, linked: bool
) -> str:
    """Return the head of a notebook's page: what its run was given, and links.

    They lead to the chapter, the notebook file and, where `linked`, the page on how it was made.
    """
    words = {
        f"../{stem}.qmd": tr("The chapter {name}").format(name=name),
        f"{stem}.ipynb": tr("Download the notebook (Jupyter)"),
        "../provenance.qmd": PROVENANCE,
    }
    links = [
        f"[{text[language]}]({where})"
        for where, text in words.items()
        if linked or "provenance" not in where
    ]
    return f"{notebook.cells[0].source}\n\n" + " · ".join(links)


def _parameters(run: dict[str, Any]) -> str:
    return ", ".join(
        f"`{key} = {strip_location(value)!r}`" for key, value in run.get("parameters", {}).items()
    )


def _source(run: dict[str, Any]) -> Text:
    git = run.get("git")
    if not git:
        return tr("unknown")
    state = tr("clean tree") if git["clean"] else tr("with local changes")
    return tr("`{commit}`, {state}").format(commit=git["commit"][:SHORT], state=state)


def _run_section(theme: plan.Theme, run: dict[str, Any] | None, language: Language) -> str:
    title = f"## {theme.name[language]} {{#{theme.stem}}}\n\n"
    if run is None:
        return title + tr("Not run.")[language]
    facts = {
        tr("Outcome"): OUTCOMES[run["outcome"]],
        tr("Parameters"): Text.same(_parameters(run)),
        tr("Source"): _source(run),
        tr("Packages"): Text.same(
            ", ".join(f"{name} {number}" for name, number in run.get("versions", {}).items())
        ),
    }
    lines = [f"| {name[language]} | {fact[language]} |" for name, fact in facts.items()]
    read = run["inputs"].items()
    files = [
        *_files(tr("Notebook"), run["notebook"], language),
        *_files(
            tr("Read"),
            {name: run["files"].get(name, {}) | {"sha256": sha} for name, sha in read},
            language,
        ),
        *_files(tr("Made"), run["outputs"], language),
    ]
    head = tr("| Kind | File | Checksum | Bytes |\n|:-----|:-----------|:-----|----:|")[language]
    return (
        title
        + f"{FACTS[language]}\n|:----|:------------------|\n"
        + "\n".join(lines)
        + f"\n\n{head}\n"
        + "\n".join(files)
    )


def _files(kind: Text, prints: dict[str, dict[str, Any]], language: Language) -> list[str]:
    rows = []
    for name, found in prints.items():
        size = _size(found.get("bytes"), language)
        digest = found["sha256"][:SHORT]
        rows.append(f"| {kind[language]} | `{strip_location(name)}` | `{digest}` | {size} |")
    return rows


def _size(size: int | None, language: Language) -> str:
    return "" if size is None else number(size, language)
