"""Chapters as text: their order, their includes and the values they show."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from evalbook.errors import ChapterError
from evalbook.text.catalogue import tr
from evalbook.text.language import Language

SHORTCODE = re.compile(r"\{\{<\s*(include|meta)\s+(\S+)\s*>\}\}")
HEADING = re.compile(r"^(#{1,4})[ \t]+([^\n{]+?)[ \t]*(\{[^}\n]*\})?[ \t]*$", re.MULTILINE)
EXHIBIT = re.compile(r"/figures/latest/([\w-]+)/_((?:fig|tbl)-[\w-]+)\.")
IDENTIFIER = re.compile(r"\{#((?:fig|tbl)-[\w-]+)")
FENCE = re.compile(r"^:{3,}[ \t]*(.*)$")
CONDITION = re.compile(r'when-meta="([^"]+)"')
FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
MISSING_RESULT = tr("(missing)")


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
        raise ChapterError(
            "the chapter does not exist",
            where=path,
            remedy="Write it, or leave it out of _quarto.yml",
        )
    text = path.read_text(encoding="utf-8")
    found = FRONT_MATTER.match(text)
    front = yaml.load(found.group(1), yaml.CSafeLoader) if found else None
    if not found or not isinstance(front, dict) or "title" not in front:
        raise ChapterError(
            "no front matter with a title",
            where=path,
            remedy="Begin it with `---`, `title: …`, `---`",
        )
    return Chapter(path.stem, path, front, text[found.end() :])


def chapter_order(config: Mapping[str, Any], language: Language) -> list[str]:
    """Return the chapter files of a language in the order of `_quarto.yml`'s sidebar.

    Raises
    ------
    ChapterError
        If `_quarto.yml` has no sidebar whose id is the language.
    """
    sidebars = config.get("website", {}).get("sidebar", [])
    for sidebar in sidebars:
        if sidebar.get("id") == language:
            return [
                str(item["href"] if isinstance(item, dict) else item)
                for item in sidebar["contents"]
            ]
    raise ChapterError(
        f"no sidebar with id {language!r}",
        where="_quarto.yml",
        remedy="List the language's chapters there, as for the others",
    )


def with_anchors(body: str, english: str) -> str:
    """Return a chapter whose headings have the same anchors in all languages.

    The anchor is made of the English heading in the same place.

    Parameters
    ----------
    body : str
        A chapter's Markdown.
    english : str
        The same chapter in English; where its headings do not match the body's, the body's own
        words make the anchors.
    """
    shape, wording = HEADING.findall(body), HEADING.findall(english)
    alike = [level for level, _, _ in shape] == [level for level, _, _ in wording]
    anchors = iter(_slugs([title for _, title, _ in (wording if alike else shape)]))

    def anchored(match: re.Match[str]) -> str:
        anchor = next(anchors)
        return (
            match.group(0) if match.group(3) else f"{match.group(1)} {match.group(2)} {{#{anchor}}}"
        )

    return HEADING.sub(anchored, body)


def anchor_of(name: str) -> str:
    """Return the address of a figure or table: `figure-targets` for `fig-targets`.

    The Lua filter makes the same.
    """
    kind, _, rest = name.partition("-")
    return {"fig": "figure-", "tbl": "table-"}[kind] + rest


def slug(title: str) -> str:
    """Write a title as part of an address: lower-case ASCII words joined by hyphens."""
    spelled = title.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    plain = without_accents(spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "section"


def without_accents(text: str) -> str:
    """Remove what stands above or below letters."""
    return "".join(
        sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)
    )


def _slugs(titles: Sequence[str]) -> list[str]:
    """Write titles as addresses; one that comes again gets a number."""
    seen: Counter[str] = Counter()
    made = []
    for name in map(slug, titles):
        seen[name] += 1
        made.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return made


@dataclass(frozen=True)
class Expander:
    """Puts includes and values into chapters, and says which are missing.

    Parameters
    ----------
    figures : Path
        What `/figures/latest` stands for.
    values : mapping
        As made by `evalbook.publish.values.edition_values`.
    failed : set of str
        Themes whose results are missing because their notebook failed; these leave a visible mark.
    """

    figures: Path
    values: Mapping[str, Any]
    language: Language
    failed: Set[str] = frozenset()

    def expand(self, text: str) -> str:
        """Replace shortcodes.

        What does not exist becomes a `.missing` span that the Lua filter refuses.
        """
        return SHORTCODE.sub(self._replace, text)

    def identifiers(self, text: str) -> list[str]:
        """List the figures and tables of a chapter in order, its includes read.

        Not those of blocks that the edition hides.
        """
        return IDENTIFIER.findall(self._visible(self.expand(text)))

    def absent(self, text: str) -> list[str]:
        """List the figures and tables that a chapter includes from themes that failed."""
        return [name for theme, name in EXHIBIT.findall(text) if theme in self.failed]

    def _visible(self, text: str) -> str:
        """Leave out the blocks that the Lua filter will drop."""
        lines, shown = [], [True]
        for line in text.splitlines():
            fence = FENCE.match(line)
            if fence and fence[1]:
                shown.append(shown[-1] and self._is_shown(fence[1]))
            if shown[-1]:
                lines.append(line)
            if fence and not fence[1] and len(shown) > 1:
                shown.pop()
        return "\n".join(lines)

    def _is_shown(self, attributes: str) -> bool:
        condition = CONDITION.search(attributes)
        return condition is None or (self._looked_up(condition[1]) is True) != (
            ".content-hidden" in attributes
        )

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
        value = self._looked_up(key)
        if isinstance(value, str):
            return value
        if key.split(".")[0] in self.failed:
            return MISSING_RESULT[self.language]
        return f'[?]{{.missing name="{key}"}}'

    def _looked_up(self, key: str) -> Any:
        value: Any = self.values
        for part in key.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value
