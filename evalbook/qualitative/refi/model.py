"""What a REFI-QDA project holds.

GUIDs are in lower case without braces; text positions count characters from 0.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

from lxml import etree

from evalbook.qualitative.archives import Archive

PROJECT: Final = "urn:QDA-XML:project:1.0"
CODEBOOK: Final = "urn:QDA-XML:codebook:1.0"
# Programs name codebooks by other versions, too: `codebook:1:0` and `codebook:0:4`.
CODEBOOKS: Final = "urn:QDA-XML:codebook:"
Kind = Literal["text", "pdf", "picture", "audio", "video"]


@dataclass(frozen=True)
class User:
    """Who coded."""

    guid: str
    name: str


@dataclass(frozen=True)
class Code:
    """A code; `above` is the GUID of the code that it stands under, empty at the top."""

    guid: str
    name: str
    above: str
    codable: bool
    colour: str
    description: str


@dataclass(frozen=True)
class Variable:
    """A property that cases and sources may have."""

    guid: str
    name: str
    kind: str


@dataclass(frozen=True)
class Case:
    """Whom or what sources and selections are about; `values` by the variables' names."""

    guid: str
    name: str
    description: str
    values: dict[str, str]
    sources: tuple[str, ...]
    selections: tuple[str, ...]


@dataclass(frozen=True)
class Coding:
    """A code given to a source or a selection: by whom and when, as the file says it."""

    guid: str
    code: str
    coder: str
    made: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Selection:
    """A passage, region or stretch of a source.

    Attributes
    ----------
    kind : str
        The element's name: `PlainTextSelection`, `PDFSelection`, `PictureSelection`,
        `AudioSelection`, `VideoSelection` or `TranscriptSelection`.
    start, end : int or None
        In a text, characters; the end is not part of it. In sound and pictures that move,
        milliseconds.
    text : str
        Its words, where there are any.
    """

    guid: str
    kind: str
    name: str
    description: str
    start: int | None
    end: int | None
    text: str
    codings: tuple[Coding, ...]


@dataclass(frozen=True)
class SourceText:
    """A source with its words: a text, a PDF, a picture's description or its transcripts."""

    guid: str
    kind: Kind
    name: str
    text: str
    made: str
    values: dict[str, str]
    codings: tuple[Coding, ...]
    selections: tuple[Selection, ...]


@dataclass(frozen=True)
class Note:
    """A note (memo)."""

    guid: str
    name: str
    text: str


@dataclass(frozen=True)
class Set:
    """Codes, sources and notes that belong together."""

    guid: str
    name: str
    codes: tuple[str, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """A tie between two things."""

    guid: str
    name: str
    direction: str
    origin: str
    target: str


@dataclass(frozen=True)
class Edge:
    """A line between two corners of a graph."""

    one: str
    other: str
    name: str
    direction: str


@dataclass(frozen=True)
class Graph:
    """A drawing; `vertices` maps each corner's GUID to what it stands for and its name."""

    guid: str
    name: str
    vertices: dict[str, tuple[str, str]]
    edges: tuple[Edge, ...]


@dataclass(frozen=True)
class Project:
    """A project as read.

    Attributes
    ----------
    faults : tuple of str
        What the file promises but does not keep: codes and files that are not there, passages
        outside their text.
    root : lxml element
        The whole XML; what is not understood here is still there.
    archive : Archive or None
        Where its files are; None for a project that was built.
    entry : str
        The XML's name in the archive.
    """

    name: str
    origin: str
    users: tuple[User, ...]
    codes: tuple[Code, ...]
    variables: tuple[Variable, ...]
    cases: tuple[Case, ...]
    sources: tuple[SourceText, ...]
    notes: tuple[Note, ...]
    links: tuple[Link, ...]
    sets: tuple[Set, ...]
    graphs: tuple[Graph, ...]
    faults: tuple[str, ...]
    root: "etree._Element" = field(repr=False, compare=False)
    archive: Archive | None = field(repr=False, compare=False)
    entry: str = "project.qde"

    @cached_property
    def paths(self) -> dict[str, tuple[str, ...]]:
        """Give each code's names from the top down, by GUID."""
        return code_paths(self.codes)


def code_paths(codes: tuple[Code, ...]) -> dict[str, tuple[str, ...]]:
    """Give each code's names from the top down, by GUID; codes stand after those above them."""
    paths: dict[str, tuple[str, ...]] = {"": ()}
    for code in codes:
        paths[code.guid] = (*paths.get(code.above, ()), code.name)
    return {guid: path for guid, path in paths.items() if guid}


def plain_guid(text: str | None) -> str:
    """Write a GUID in lower case without braces, so that the same one compares equal."""
    return (text or "").strip().strip("{}").lower()
