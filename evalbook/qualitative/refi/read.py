"""Reading a REFI-QDA project or codebook."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote

import numpy as np
from lxml import etree

from evalbook.errors import DataError
from evalbook.qualitative.archives import EXPORT_AGAIN, LARGEST_READ, Archive
from evalbook.qualitative.markup import parse
from evalbook.qualitative.refi.model import (
    CODEBOOKS,
    PROJECT,
    Case,
    Code,
    Coding,
    Edge,
    Graph,
    Kind,
    Link,
    Note,
    Project,
    Selection,
    Set,
    SourceText,
    User,
    Variable,
    plain_guid,
)
from evalbook.qualitative.texts import decoded, pdf_text, starts_without_returns, unit_starts

Element = etree._Element
KINDS: Final[dict[str, Kind]] = {
    "TextSource": "text",
    "PDFSource": "pdf",
    "PictureSource": "picture",
    "AudioSource": "audio",
    "VideoSource": "video",
}
SYNC_POINTS: Final = ("fromSyncPoint", "toSyncPoint")
POSITIONS: Final = ("startPosition", "endPosition", "position", "begin", "end")
TEXTS: Final = ("TextSource", "Representation", "TextDescription", "Transcript")
# A place in a text as the format writes it; no text has more characters.
POSITION: Final = re.compile(r"\s*-?[0-9]{1,12}\s*")
# Passages of a project together, in characters: each may be as long as its text.
MOST_WORDS: Final = 2**26
# NVivo counts UTF-16 code units where the specification (10.2) asks for code points.
COUNTS_UNITS: Final = "nvivo"


def read_project(path: Path) -> Project:
    """Read a project.

    Parameters
    ----------
    path : Path
        A `.qdpx` archive.

    Raises
    ------
    DataError
        If the archive is unsafe, holds no project, or the project's XML or a text cannot be read.
    """
    archive = Archive.open(path)
    entries = [info.filename for name, info in archive.members.items() if name.endswith(".qde")]
    if len(entries) != 1:
        raise DataError(
            f"{len(entries)} project files (.qde) where there should be one",
            where=path,
            remedy=EXPORT_AGAIN,
        )
    root = parse(archive.read(entries[0]), f"{path}:{entries[0]}")
    _expect(root, "Project", PROJECT, path)
    return understand(root, archive, entries[0])


def read_codebook(path: Path) -> tuple[Code, ...]:
    """Read a codebook (`.qdc`), codes after those above them; raises `DataError`."""
    try:
        if path.stat().st_size > LARGEST_READ:
            raise DataError(
                "the codebook is too large", where=path, remedy="Export the codes alone"
            )
        content = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"cannot be read ({error})", where=path, remedy="Name a codebook that exists"
        ) from error
    root = parse(content, path)
    _expect(root, "CodeBook", CODEBOOKS, path)
    return tuple(_codes(root))


def understand(root: Element, archive: Archive | None, entry: str = "project.qde") -> Project:
    """Take out of a project's XML what this package understands.

    Raises `DataError` if a text cannot be read.
    """
    reader = _Reader(root, archive)
    variables = tuple(
        Variable(plain_guid(e.get("guid")), e.get("name", ""), e.get("typeOfVariable", ""))
        for e in reader.every("Variable")
    )
    reader.variables = {variable.guid: variable.name for variable in variables}
    codes = tuple(_codes(root))
    sources = tuple(
        map(reader.source, (e for e in _children(_child(root, "Sources")) if _name(e) in KINDS))
    )
    reader.missing_codes({code.guid for code in codes}, sources)
    return Project(
        name=root.get("name", ""),
        origin=root.get("origin", ""),
        users=tuple(
            User(plain_guid(e.get("guid")), e.get("name", "")) for e in reader.every("User")
        ),
        codes=codes,
        variables=variables,
        cases=tuple(map(reader.case, reader.every("Case"))),
        sources=sources,
        notes=tuple(
            Note(plain_guid(e.get("guid")), e.get("name", ""), reader.text(e))
            for e in reader.every("Note")
        ),
        links=tuple(map(_link, reader.every("Link"))),
        sets=tuple(map(_set, reader.every("Set"))),
        graphs=tuple(map(_graph, reader.every("Graph"))),
        faults=tuple(dict.fromkeys(reader.faults)),
        root=root,
        archive=archive,
        entry=entry,
    )


def internal_name(path: str) -> str:
    """Give the member's bare name that a source's path means.

    Empty if the file lies outside the archive.

    The specification asks for `internal://NAME`; some software writes the bare name.
    """
    scheme, found, rest = path.partition("://")
    if found and scheme.lower() != "internal":
        return ""
    return PurePosixPath(rest if found else path).name


class _Reader:
    """Reads one project: knows its files and its variables, and keeps the faults that it meets."""

    def __init__(self, root: Element, archive: Archive | None) -> None:
        self.root = root
        self.archive = archive
        self.variables: dict[str, str] = {}
        self.faults: list[str] = []
        self._words = 0
        self._in_units = root.get("origin", "").lower().startswith(COUNTS_UNITS)
        members = archive.members if archive else {}
        self._files = {PurePosixPath(name).name: name for name in members}

    def every(self, name: str) -> Iterator[Element]:
        return (e for e in self.root.iter(f"{{{PROJECT}}}{name}"))

    def source(self, element: Element) -> SourceText:
        parts = [element, *(e for e in element.iter() if _name(e) in TEXTS and e is not element)]
        texts = {part: self.text(part) for part in parts}
        selections = [
            selection for part, text in texts.items() for selection in self._selections(part, text)
        ]
        words = "\n".join(
            text
            for part, text in texts.items()
            if text and (part is element or part.getparent() is element)
        )
        if _name(element) == "PDFSource" and not words:
            words = self._words_of_pdf(element)
        return SourceText(
            guid=plain_guid(element.get("guid")),
            kind=KINDS[_name(element)],
            name=element.get("name", ""),
            text=words,
            made=element.get("creationDateTime", ""),
            values=self._values(element),
            codings=tuple(_codings(element)),
            selections=tuple(selections),
        )

    def text(self, element: Element) -> str:
        """Read the words that an element holds or points to."""
        content = _child(element, "PlainTextContent")
        if content is not None:
            return content.text or ""
        path = element.get("plainTextPath", "")
        file = self._file(path, element) if path else ""
        if not file or self.archive is None:
            return ""
        try:
            return decoded(self.archive.read(file), f"{self.archive.path}:{file}")
        except DataError as error:
            self.faults.append(f"{_name(element)} {file}: {error.problem}")
            return ""

    def case(self, element: Element) -> Case:
        return Case(
            guid=plain_guid(element.get("guid")),
            name=element.get("name", ""),
            description=_description(element),
            values=self._values(element),
            sources=_targets(element, "SourceRef"),
            selections=_targets(element, "SelectionRef"),
        )

    def missing_codes(self, known: set[str], sources: tuple[SourceText, ...]) -> None:
        for source in sources:
            used = {
                c.code
                for c in (*source.codings, *(c for s in source.selections for c in s.codings))
            }
            self.faults += [
                f"source {source.name!r}: code {code} is not in the codebook"
                for code in sorted(used - known)
            ]

    def _file(self, path: str, element: Element) -> str:
        name = internal_name(path).casefold()
        if name not in self._files:
            name = unquote(name)
        if name not in self._files:
            where = "lies outside the archive" if not name else "is not in the archive"
            self.faults.append(f"{_name(element)} {element.get('name', '')!r}: {path} {where}")
            return ""
        return self._files[name]

    def _words_of_pdf(self, element: Element) -> str:
        file = self._file(element.get("path", ""), element) if element.get("path") else ""
        if not file or self.archive is None:
            return ""
        try:
            return pdf_text(self.archive.read(file), file)
        except DataError as error:
            self.faults.append(f"PDFSource {element.get('name', '')!r}: {error.problem}")
            return ""

    def _selections(self, part: Element, text: str) -> Iterator[Selection]:
        starts = (
            unit_starts(text) if self._in_units else starts_without_returns(text, passages(part))
        )
        points = {plain_guid(e.get("guid")): e for e in _children(part) if _name(e) == "SyncPoint"}
        for element in _children(part):
            kind = _name(element)
            if not kind.endswith("Selection"):
                continue
            self._check_positions(element, points)
            if kind == "PlainTextSelection":
                start, end = _number(element, "startPosition"), _number(element, "endPosition")
            elif kind == "TranscriptSelection":
                start, end = (
                    _number(points.get(plain_guid(element.get(k))), "position") for k in SYNC_POINTS
                )
            else:
                start, end = _number(element, "begin"), _number(element, "end")
            in_text = kind in ("PlainTextSelection", "TranscriptSelection")
            if in_text and starts is not None and start is not None and end is not None:
                start, end = (
                    min(units, int(np.searchsorted(starts, units))) for units in (start, end)
                )
            words = (
                self._passage(element, text, start, end) if in_text else self._own_words(element)
            )
            yield Selection(
                guid=plain_guid(element.get("guid")),
                kind=kind,
                name=element.get("name", ""),
                description=_description(element),
                start=start,
                end=end,
                text=words,
                codings=tuple(_codings(element)),
            )

    def _check_positions(self, element: Element, points: dict[str, Element]) -> None:
        """Note positions that are no whole numbers."""
        ends = [points.get(plain_guid(element.get(key))) for key in SYNC_POINTS]
        for place in (element, *(end for end in ends if end is not None)):
            for key in POSITIONS:
                written = place.get(key)
                if written is not None and not POSITION.fullmatch(written):
                    self.faults.append(
                        f"{_name(element)} {element.get('guid')}: {key} is no whole number"
                    )

    def _passage(self, element: Element, text: str, start: int | None, end: int | None) -> str:
        if start is None or end is None:
            return ""
        self._words += max(end - start, 0) if end <= len(text) else 0
        if self._words > MOST_WORDS:
            raise DataError(
                f"its passages have more than {MOST_WORDS:,} characters together",
                where=self.archive.path if self.archive else element.get("guid", ""),
                remedy=EXPORT_AGAIN,
            )
        if not 0 <= start <= end <= len(text):
            self.faults.append(
                f"{_name(element)} {element.get('guid')}: {start} to {end} is outside its text"
            )
            return ""
        return text[start:end]

    def _own_words(self, element: Element) -> str:
        representation = _child(element, "Representation")
        return "" if representation is None else self.text(representation)

    def _values(self, element: Element) -> dict[str, str]:
        values = {}
        for value in _children(element):
            reference = _child(value, "VariableRef")
            if _name(value) == "VariableValue" and reference is not None:
                name = self.variables.get(plain_guid(reference.get("targetGUID")), "")
                values[name] = next(
                    (e.text or "" for e in _children(value) if e is not reference), ""
                )
        return values


def passages(part: Element) -> list[tuple[int, int, str]]:
    """Return where the passages of a text begin and end, with their names."""
    selections = (e for e in _children(part) if _name(e) == "PlainTextSelection")
    found = ((_number(e, "startPosition"), _number(e, "endPosition"), e) for e in selections)
    return [
        (start, end, e.get("name", ""))
        for start, end, e in found
        if start is not None and end is not None
    ]


def _codes(root: Element) -> Iterator[Code]:
    book = root if _name(root) == "CodeBook" else _child(root, "CodeBook")
    waiting: list[tuple[Element, str]] = [
        (e, "") for e in reversed(_children(_child(book, "Codes")))
    ]
    while waiting:
        element, above = waiting.pop()
        if _name(element) != "Code":
            continue
        guid = plain_guid(element.get("guid"))
        yield Code(
            guid=guid,
            name=element.get("name", ""),
            above=above,
            codable=element.get("isCodable") in ("true", "1"),
            colour=element.get("color", ""),
            description=_description(element),
        )
        waiting += [(below, guid) for below in reversed(_children(element))]


def _codings(element: Element) -> Iterator[Coding]:
    for coding in _children(element):
        reference = _child(coding, "CodeRef")
        if _name(coding) == "Coding" and reference is not None:
            yield Coding(
                guid=plain_guid(coding.get("guid")),
                code=plain_guid(reference.get("targetGUID")),
                coder=plain_guid(coding.get("creatingUser")),
                made=coding.get("creationDateTime", ""),
                notes=_targets(coding, "NoteRef"),
            )


def _link(e: Element) -> Link:
    guid, origin, target = (plain_guid(e.get(key)) for key in ("guid", "originGUID", "targetGUID"))
    return Link(guid, e.get("name", ""), e.get("direction", ""), origin, target)


def _set(e: Element) -> Set:
    codes, sources, notes = (
        _targets(e, name) for name in ("MemberCode", "MemberSource", "MemberNote")
    )
    return Set(plain_guid(e.get("guid")), e.get("name", ""), codes, sources, notes)


def _graph(e: Element) -> Graph:
    corners = [v for v in _children(e) if _name(v) == "Vertex"]
    edges = [v for v in _children(e) if _name(v) == "Edge"]
    return Graph(
        guid=plain_guid(e.get("guid")),
        name=e.get("name", ""),
        vertices={
            plain_guid(v.get("guid")): (plain_guid(v.get("representedGUID")), v.get("name", ""))
            for v in corners
        },
        edges=tuple(
            Edge(
                plain_guid(v.get("sourceVertex")),
                plain_guid(v.get("targetVertex")),
                v.get("name", ""),
                v.get("direction", ""),
            )
            for v in edges
        ),
    )


def _expect(root: Element, name: str, namespace: str, path: Path) -> None:
    found = etree.QName(root)
    if found.localname != name or not (found.namespace or "").startswith(namespace):
        raise DataError(
            f"the XML is {root.tag}, not {name} of {namespace}", where=path, remedy=EXPORT_AGAIN
        )


def _name(element: Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _children(element: Element | None) -> list[Element]:
    return [] if element is None else [child for child in element if isinstance(child.tag, str)]


def _child(element: Element | None, name: str) -> Element | None:
    return next((child for child in _children(element) if _name(child) == name), None)


def _description(element: Element) -> str:
    found = _child(element, "Description")
    return "" if found is None else found.text or ""


def _targets(element: Element, name: str) -> tuple[str, ...]:
    return tuple(
        plain_guid(e.get("targetGUID") or e.get("guid"))
        for e in _children(element)
        if _name(e) == name
    )


def _number(element: Element | None, name: str) -> int | None:
    value = None if element is None else element.get(name)
    return int(value) if value and POSITION.fullmatch(value) else None
