"""What chapters bring along of the writer's own, and where their links lead."""

import re
import shutil
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

from evalbook.errors import ChapterError
from evalbook.publish.chapters import CODE, anchor_of, headings, outside_code, read_text
from evalbook.publish.chapters import without_comments as plain
from evalbook.publish.expansion import IDENTIFIER, LATEST, own_includes, own_path

PICTURES = ("png", "jpg", "jpeg", "gif", "svg", "webp")
# A link's or picture's target, in Markdown, as a definition, or in HTML.
TARGET = re.compile(
    r'(\]\(\s*<?|^\[[^\]^\n][^\]\n]*\]:[ \t]*<?|\b(?:src|href)=")([^\s)>"]+)', re.MULTILINE
)
ELSEWHERE = re.compile(r"^(?:[a-zA-Z][\w+.-]*:|//|$)")
ID = re.compile(r"#([\w-]+)[^}\n]*\}|\bid=\"([^\"]+)\"")


def own_files(path: Path, root: Path) -> list[Path]:
    """List what a chapter is made of besides itself: its own includes and pictures."""
    if not path.is_file():
        return []
    includes = list(own_includes(path, root))
    texts = [plain(read_text(each)) for each in [path, *includes]]
    pictures = {
        own_path(target, path.parent, root)
        for text in texts
        for target in _targets(text)
        if _is_own_picture(target)
    }
    place = root.resolve()
    found = [*includes, *sorted(picture for picture in pictures if picture.is_file())]
    return [root / each.relative_to(place) for each in found if each.is_relative_to(place)]


def with_pictures(text: str, path: Path, root: Path, folder: Path) -> str:
    """Return a chapter whose own pictures lie in, and are named from, the edition's folder.

    Parameters
    ----------
    text : str
        The chapter's expanded Markdown.
    path : Path
        The chapter.
    folder : Path
        The edition's folder.

    Raises
    ------
    ChapterError
        If a picture does not exist.
    """

    def placed(match: re.Match[str]) -> str:
        opening, target = match.groups()
        if not _is_own_picture(target):
            return match[0]
        source = own_path(target, path.parent, root)
        if not source.is_file() or not source.is_relative_to(root.resolve()):
            raise ChapterError(
                f"the picture {target!r} does not exist in the project",
                where=_line(path, target),
                remedy="Correct its name, or save it beside the chapter",
            )
        place = source.relative_to(root.resolve())
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, folder / place)
        return f"{opening}/{place.as_posix()}"

    return outside_code(text, lambda part: TARGET.sub(placed, part))


def anchors(text: str) -> set[str]:
    """Return what a link to a page can lead to: its headings, and what has an identifier."""
    found = {name or other for name, other in ID.findall(text)} | {
        attributes[2:-1].split()[0] for _, _, attributes in headings(text) if "#" in attributes
    }
    return found | {anchor_of(name) for name in IDENTIFIER.findall(text)}


def check_links(texts: Mapping[str, str], chapters: Mapping[str, Path], pages: Set[str]) -> None:
    """Check that the links of chapters to other pages lead somewhere.

    Parameters
    ----------
    texts : mapping
        Page name to its expanded Markdown, of the pages that are made.
    chapters : mapping
        Page name to its file, of the pages to check.
    pages : set of str
        All pages that the edition has when it is whole.

    Raises
    ------
    ChapterError
        If a link leads nowhere; names chapter and line.
    """
    there = {page: anchors(text) for page, text in texts.items()}
    for page, path in chapters.items():
        for target in _targets(texts[page]):
            if reason := _dead(page, target, there, pages):
                raise ChapterError(
                    f"the link to {target!r} leads nowhere: {reason}",
                    where=_line(path, target),
                    remedy="Link to a chapter, [text](method.qmd#heading), or to a whole address",
                )


def _dead(page: str, target: str, there: Mapping[str, Set[str]], pages: Set[str]) -> str:
    """Return why a link is dead; empty for one that is not."""
    name, _, anchor = target.partition("#")
    if ELSEWHERE.match(target) or target.startswith(LATEST) or _extension(name) in PICTURES:
        return ""
    stem = name.removesuffix(f".{_extension(name)}") if name else page
    if name and _extension(name) not in ("qmd", "ipynb"):
        return "the report has no such file"
    if stem not in pages:
        return "the report has no such page"
    if anchor and stem in there and anchor not in there[stem]:
        return f"the page has no heading '{anchor}'"
    return ""


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _targets(text: str) -> Iterator[str]:
    found = TARGET.findall(CODE.sub("", text))
    yield from dict.fromkeys(target for _, target in found)


def _is_own_picture(target: str) -> bool:
    return (
        _extension(target) in PICTURES
        and not ELSEWHERE.match(target)
        and not target.startswith(LATEST)
    )


def _line(path: Path, target: str) -> str:
    """Return a chapter and the line that names a target."""
    lines = read_text(path).splitlines() if path.is_file() else []
    number = next((n for n, line in enumerate(lines, start=1) if target in line), 0)
    return f"{path}, line {number}" if number else str(path)
