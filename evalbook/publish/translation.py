"""What a report needs in a further language: the catalogues to fill in, and what is lacking."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from evalbook import plan
from evalbook.errors import ChapterError, DataError
from evalbook.paths import plan_directory, project_root
from evalbook.plan import programme
from evalbook.publish.chapters import chapter_order
from evalbook.text.catalogue import (
    SOURCE,
    Message,
    notebook_catalogue,
    notebook_messages,
    package_catalogue,
    read,
    translated,
    update,
)
from evalbook.text.language import PACKAGED, Language, locale

# Files that say something in each language.
SAYING = ("data/plan/*.yml", "data/public/*.yml", "data/qualitative/**/*.yml")


def write_catalogues(language: Language) -> list[Path]:
    """Write the catalogues of a language, or bring them up to date; what is translated stays.

    Returns
    -------
    list of Path
        The catalogues: of the package's messages, where the package does not bring the language,
        and of each notebook's.
    """
    locale(language)
    wanted = list(_wanted(language))
    for catalogue, listed in wanted:
        catalogue.parent.mkdir(exist_ok=True)
        update(catalogue, listed)
    return [catalogue for catalogue, _ in wanted]


def lacking(language: Language) -> list[str]:
    """List what the project does not say in a language, each with its place."""
    root = project_root()
    found = [
        *_untranslated_messages(language),
        *_untranslated_fields(root, language),
        *_missing_chapters(root, language),
        *_incomplete_notebooks(language),
    ]
    if language not in _themes().get("languages", PACKAGED):
        found.append(f"data/plan/themes.yml: `languages` does not name {language!r}")
    return found


def check(language: Language) -> None:
    """Check, before anything starts, that a language that the project brings lacks nothing.

    Raises `DataError` if it does.
    """
    if language not in PACKAGED and (found := lacking(language)):
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        remedy = (
            f"`evalbook messages {language}` lists all of it; to leave the language out, "
            "take it out of data/plan/themes.yml"
        )
        raise DataError(f"not all is said in {language!r}: {found[0]}{more}", remedy=remedy)


def _wanted(language: Language) -> Iterator[tuple[Path, list[Message]]]:
    """Yield each catalogue of a language with the messages that it has to hold.

    The package's list is its Danish catalogue.
    """
    if language not in PACKAGED:
        packages = programme.named(_themes().get("programme", "")).packages
        named = (
            each.id
            for package in packages
            for each in read(package_catalogue(package, "da"))
            if each.id
        )
        listed = [said if isinstance(said, str) else tuple(said) for said in named]
        yield package_catalogue(packages[0], language), listed
    for notebook in _notebooks() if language != SOURCE else ():
        if listed := notebook_messages(notebook):
            yield notebook_catalogue(notebook, language), listed


def _untranslated_messages(language: Language) -> Iterator[str]:
    for catalogue, listed in _wanted(language):
        there = read(catalogue) if catalogue.is_file() else None
        missing = [
            message
            for message in dict.fromkeys(listed)
            if there is None or not translated(there, message)
        ]
        if missing:
            yield (
                f"{_named(catalogue)}: no translation of {len(missing)} of {len(listed)} messages, "
                f"the first {missing[0]!r}"
            )


def _untranslated_fields(root: Path, language: Language) -> Iterator[str]:
    for path in sorted(path for pattern in SAYING for path in root.glob(pattern)):
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        yield from (
            f"{_named(path)}: {field} is not said in {language!r}"
            for field, _ in plan.unsaid(content, [language])
        )


def _missing_chapters(root: Path, language: Language) -> Iterator[str]:
    config = yaml.load((root / "_quarto.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    try:
        ordered = chapter_order(config, language)
    except ChapterError:
        yield f"_quarto.yml: no sidebar with id {language!r} lists the chapters"
        return
    yield from (
        f"{chapter}: the chapter does not exist"
        for chapter in ordered
        if not (root / chapter).is_file()
    )


def _incomplete_notebooks(language: Language) -> Iterator[str]:
    """Find notebooks whose text cells in a language are fewer than those in another."""
    others = [*PACKAGED, *_themes().get("languages", ())]
    for notebook in _notebooks():
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        tagged = [tag for cell in cells for tag in cell["metadata"].get("tags", [])]
        most = max(others, key=tagged.count)
        if lacks := tagged.count(most) - tagged.count(language):
            yield (
                f"{_named(notebook)}: {lacks} text cells with the tag {most!r} have none with the "
                f"tag {language!r}"
            )


def _notebooks() -> list[Path]:
    return [
        project_root() / "notebooks" / f"{theme['stem']}.ipynb" for theme in _themes()["themes"]
    ]


def _themes() -> dict[str, Any]:
    """Read the themes as they are written: a plan that lacks a language cannot be loaded."""
    content: dict[str, Any] = yaml.load(
        (plan_directory() / "themes.yml").read_text(encoding="utf-8"), yaml.CSafeLoader
    )
    return content


def _named(path: Path) -> str:
    return path.relative_to(project_root()).as_posix()
