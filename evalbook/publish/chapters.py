"""Chapters as text: their front matter, their order and the anchors of their headings."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from evalbook.errors import ChapterError
from evalbook.text.language import Language, without_accents

HEADING = re.compile(r"^(#{1,4})[ \t]+([^\n{]+?)[ \t]*(\{[^}\n]*\})?[ \t]*$", re.MULTILINE)
FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
# Code blocks and code in a line, in which nothing else means anything.
CODE = re.compile(
    r"^[ \t>]*(?P<fence>`{3,}|~{3,}).*?(?:^[ \t>]*(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?<!`)(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`)",
    re.MULTILINE | re.DOTALL,
)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
KINDS = {"fig": "figure", "tbl": "table", "eq": "equation", "sec": "sec"}


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

    Comments are left out; they are for those who write.

    Raises
    ------
    ChapterError
        If it is missing or not UTF-8, or has no readable front matter with a title.
    """
    if not path.is_file():
        raise ChapterError(
            "the chapter does not exist",
            where=path,
            remedy="Write it, or leave it out of _quarto.yml",
        )
    text = read_text(path)
    found = FRONT_MATTER.match(text)
    front = read_yaml(found.group(1), path, above=1) if found else None
    if not found or not isinstance(front, dict) or not isinstance(front.get("title"), str | int):
        raise ChapterError(
            "no front matter with a title",
            where=f"{path}, line 1",
            remedy="Begin it with `---`, `title: …`, `---`",
        )
    return Chapter(path.stem, path, front, without_comments(text[found.end() :]))


def read_text(path: Path) -> str:
    """Read a text of the project, whichever way its editor marks encoding and lines.

    Raises `ChapterError` if it is not UTF-8.
    """
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ChapterError(
            "the text is not UTF-8",
            where=f"{path}, line {content[: error.start].count(10) + 1}",
            remedy="Save it as UTF-8",
        ) from error


def read_yaml(text: str, path: Path, above: int = 0) -> Any:
    """Read YAML that begins so many lines down in a file.

    Raises `ChapterError` with the line if it is broken.
    """
    try:
        return yaml.load(text, yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 + above if error.problem_mark else 1
        raise ChapterError(
            f"the YAML cannot be read: {error.problem}",
            where=f"{path}, line {line}",
            remedy='Put a text with a colon in quotation marks, as in `title: "One: two"`',
        ) from error


def without_comments(text: str) -> str:
    """Return a text without its comments; lines keep their numbers."""
    return outside_code(text, lambda part: COMMENT.sub(_blank, part))


def prose_of(text: str) -> str:
    """Return a chapter's file without front matter, comments and code; lines keep their numbers."""
    front = FRONT_MATTER.match(text)
    above, rest = (front[0], text[front.end() :]) if front else ("", text)
    return CODE.sub(_blank, without_comments("\n" * above.count("\n") + rest))


def _blank(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """Return a text in which everything but its code is changed."""
    # A comment may hold code, and what begins first counts.
    parts, reached = [], 0
    for found in re.finditer(f"{CODE.pattern}|{COMMENT.pattern}", text, CODE.flags):
        if not found[0].startswith("<!--"):
            parts += [change(text[reached : found.start()]), found[0]]
            reached = found.end()
    return "".join([*parts, change(text[reached:])])


def chapter_order(config: Mapping[str, Any], language: Language) -> list[str]:
    """Return the chapter files of a language in the order of `_quarto.yml`'s sidebar.

    Raises
    ------
    ChapterError
        If `_quarto.yml` has no sidebar whose id is the language.
    """
    given = (config.get("website") or {}).get("sidebar") or []
    for sidebar in [given] if isinstance(given, Mapping) else given:
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
    shape, wording = headings(body), headings(english)
    alike = [level for level, _, _ in shape] == [level for level, _, _ in wording]
    anchors = iter(_slugs([title for _, title, _ in (wording if alike else shape)]))

    def anchored(match: re.Match[str]) -> str:
        anchor = next(anchors)
        return (
            match.group(0) if match.group(3) else f"{match.group(1)} {match.group(2)} {{#{anchor}}}"
        )

    return outside_code(body, lambda part: HEADING.sub(anchored, part))


def headings(text: str) -> list[tuple[str, str, str]]:
    """List a text's headings in order: level as signs, title, attributes."""
    return HEADING.findall(CODE.sub("", text))


def anchor_of(name: str) -> str:
    """Return the address of what can be referred to: `figure-targets` for `fig-targets`.

    The Lua filter makes the same.
    """
    kind, _, rest = name.partition("-")
    return f"{KINDS[kind]}-{rest}"


def slug(title: str) -> str:
    """Write a title as part of an address: lower-case ASCII words joined by hyphens."""
    spelled = title.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    plain = without_accents(spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "section"


def _slugs(titles: Sequence[str]) -> list[str]:
    """Write titles as addresses; one that comes again gets a number."""
    seen: Counter[str] = Counter()
    made = []
    for name in map(slug, titles):
        seen[name] += 1
        made.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return made
