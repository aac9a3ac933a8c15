"""Writing a project or a codebook so that other software opens it."""

import uuid
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lxml import etree

from evalbook.qualitative.refi.model import CODEBOOK, PROJECT, Code, Project
from evalbook.qualitative.refi.read import understand

SPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:evalbook:material")
ORIGIN: Final = "evalbook"
Element = etree._Element


@dataclass(frozen=True)
class Passage:
    """A passage of a document and the codes that a coder gave it.

    No code where the coder read it and gave none.
    """

    start: int
    end: int
    coder: str
    code: str


@dataclass(frozen=True)
class Document:
    """A document, whom it comes from, what is known of both, and its passages."""

    name: str
    text: str
    case: str
    values: dict[str, str]
    passages: Sequence[Passage]


def write_project(
    project: Project,
    path: Path,
    leave_out: Iterable[str] = (),
    add: Mapping[str, bytes] | None = None,
) -> None:
    """Write a project; the file appears whole or not at all.

    Parameters
    ----------
    path : Path
        A `.qdpx` file. Everything of the archive that the project was read from is copied, byte
        for byte, besides its XML.
    leave_out : iterable of str
        Members that are not copied.
    add : mapping, optional
        Members with another content, by name.
    """
    part = path.with_name(f".{path.name}.part")
    left_out = {name.casefold() for name in leave_out}
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as written:
            written.writestr(project.entry, _serialised(project.root))
            for name, info in project.archive.members.items() if project.archive else ():
                if info.filename != project.entry and name not in left_out and project.archive:
                    with written.open(info.filename, "w", force_zip64=True) as member:
                        project.archive.copy(name, member)
            for name, content in (add or {}).items():
                written.writestr(name, content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_codebook(codes: Iterable[Code], path: Path) -> None:
    """Write codes, each after the one above it, as a codebook (`.qdc`)."""
    spaces = {None: CODEBOOK}
    root = etree.Element(f"{{{CODEBOOK}}}CodeBook", {"origin": ORIGIN}, nsmap=spaces)  # type: ignore[arg-type]
    _add_codes(etree.SubElement(root, f"{{{CODEBOOK}}}Codes"), codes, CODEBOOK)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(_serialised(root))
    part.replace(path)


def build_project(name: str, codes: Sequence[Code], documents: Sequence[Document]) -> Project:
    """Build a project from documents and their passages; the same content gives the same GUIDs.

    Parameters
    ----------
    codes : sequence of Code
        Each after the one above it; passages name their GUIDs.
    """
    attributes, spaces = {"name": name, "origin": ORIGIN}, {None: PROJECT}
    root = etree.Element(f"{{{PROJECT}}}Project", attributes, nsmap=spaces)  # type: ignore[arg-type]
    coders = sorted(
        {passage.coder for document in documents for passage in document.passages if passage.coder}
    )
    if coders:
        users = _sub(root, "Users")
        for coder in coders:
            _sub(users, "User", guid=guid("user", coder), name=coder)
    if codes:
        _add_codes(_sub(_sub(root, "CodeBook"), "Codes"), codes, PROJECT)
    variables = sorted({key for document in documents for key in document.values})
    if variables:
        listed = _sub(root, "Variables")
        for variable in variables:
            _sub(
                listed,
                "Variable",
                guid=guid("variable", variable),
                name=variable,
                typeOfVariable="Text",
            )
    if documents:
        cases, sources = _sub(root, "Cases"), _sub(root, "Sources")
        for document in documents:
            _add_case(cases, document)
            _add_source(sources, document)
    return understand(root, None)


def guid(kind: str, name: str) -> str:
    """Give a thing its GUID, the same each time."""
    return str(uuid.uuid5(SPACE, f"{kind}:{name}"))


def _add_case(cases: Element, document: Document) -> None:
    case = _sub(cases, "Case", guid=guid("case", document.name), name=document.case)
    for key, value in sorted(document.values.items()):
        variable = _sub(case, "VariableValue")
        _sub(variable, "VariableRef", targetGUID=guid("variable", key))
        _sub(variable, "TextValue").text = value
    _sub(case, "SourceRef", targetGUID=guid("source", document.name))


def _add_source(sources: Element, document: Document) -> None:
    source = _sub(sources, "TextSource", guid=guid("source", document.name), name=document.name)
    _sub(source, "PlainTextContent").text = document.text
    for start, end in dict.fromkeys((passage.start, passage.end) for passage in document.passages):
        place = f"{document.name}:{start}:{end}"
        selection = _sub(
            source,
            "PlainTextSelection",
            guid=guid("selection", place),
            startPosition=str(start),
            endPosition=str(end),
        )
        for passage in document.passages:
            if (passage.start, passage.end) == (start, end) and passage.code:
                made = guid("coding", f"{place}:{passage.coder}:{passage.code}")
                by = {"creatingUser": guid("user", passage.coder)} if passage.coder else {}
                _sub(_sub(selection, "Coding", guid=made, **by), "CodeRef", targetGUID=passage.code)


def _add_codes(into: Element, codes: Iterable[Code], namespace: str) -> None:
    places = {"": into}
    for code in codes:
        attributes = {
            "guid": code.guid,
            "name": code.name,
            "isCodable": "true" if code.codable else "false",
        }
        colour = {"color": code.colour} if code.colour else {}
        places[code.guid] = etree.SubElement(
            places[code.above], f"{{{namespace}}}Code", {**attributes, **colour}
        )
        if code.description:
            etree.SubElement(
                places[code.guid], f"{{{namespace}}}Description"
            ).text = code.description


def _sub(above: Element, tag: str, /, **attributes: str) -> Element:
    return etree.SubElement(above, f"{{{PROJECT}}}{tag}", attributes)


def _serialised(root: Element) -> bytes:
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="utf-8")
