"""Chapters as text: their order, their includes, and the values that they tell."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nychance.errors import ChapterError
from nychance.language import Language

SHORTCODE = re.compile(r"\{\{<\s*(include|meta)\s+(\S+)\s*>\}\}")
IDENTIFIER = re.compile(r"\{#((?:fig|tbl)-[\w-]+)")
FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
MISSING_RESULT = {"da": "(mangler)", "en": "(missing)"}


@dataclass(frozen=True)
class Chapter:
    """A chapter: its page name (`method`), its front matter and its Markdown."""

    page: str
    path: Path
    front: dict[str, Any]
    body: str

    @property
    def title(self) -> str:
        """The chapter's title."""
        return str(self.front["title"])


def read_chapter(path: Path) -> Chapter:
    """Read a chapter.

    Raises
    ------
    ChapterError
        If it is missing, or has no front matter with a title.
    """
    if not path.is_file():
        raise ChapterError("the chapter does not exist", where=path, remedy="Write it, or leave it out of _quarto.yml")
    text = path.read_text(encoding="utf-8")
    found = FRONT_MATTER.match(text)
    front = yaml.safe_load(found.group(1)) if found else None
    if not found or not isinstance(front, dict) or "title" not in front:
        raise ChapterError("no front matter with a title", where=path, remedy="Begin it with `---`, `title: …`, `---`")
    return Chapter(path.stem, path, front, text[found.end() :])


def chapter_order(config: Mapping[str, Any], language: Language) -> list[str]:
    """Give the chapter files of a language in the order of `_quarto.yml`'s sidebar.

    Raises
    ------
    ChapterError
        If `_quarto.yml` has no sidebar whose id is the language.
    """
    sidebars = config.get("website", {}).get("sidebar", [])
    for sidebar in sidebars:
        if sidebar.get("id") == language:
            return [str(item["href"] if isinstance(item, dict) else item) for item in sidebar["contents"]]
    raise ChapterError(
        f"no sidebar with id {language!r}",
        where="_quarto.yml",
        remedy="List the language's chapters there, as for da",
    )


@dataclass(frozen=True)
class Expander:
    """Puts includes and values into chapters, and says which are missing.

    Parameters
    ----------
    figures : Path
        What `/figures/latest` stands for.
    values : mapping
        As made by `nychance.publish.values.edition_values`.
    failed : set of str
        Themes whose results are missing because their notebook failed; these leave a visible mark.
    """

    figures: Path
    values: Mapping[str, Any]
    language: Language
    failed: Set[str] = frozenset()

    def expand(self, text: str) -> str:
        """Replace shortcodes; what does not exist becomes a `.missing` span that the Lua filter refuses."""
        return SHORTCODE.sub(self._replace, text)

    def identifiers(self, text: str) -> list[str]:
        """List the figures and tables of a chapter in order, its includes read."""
        return IDENTIFIER.findall(self.expand(text))

    def _replace(self, match: re.Match[str]) -> str:
        kind, name = match.groups()
        return self._include(name) if kind == "include" else self._value(name)

    def _include(self, name: str) -> str:
        relative = name.removeprefix("/figures/latest/")
        path = self.figures / relative
        if path.is_file():
            return path.read_text(encoding="utf-8")
        if relative.split("/")[0] in self.failed:
            return f"*{MISSING_RESULT[self.language]}*"
        return f'[?]{{.missing name="{name}"}}'

    def _value(self, key: str) -> str:
        value: Any = self.values
        for part in key.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if isinstance(value, str):
            return value
        if key.split(".")[0] in self.failed:
            return MISSING_RESULT[self.language]
        return f'[?]{{.missing name="{key}"}}'
