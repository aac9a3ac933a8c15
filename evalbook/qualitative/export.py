"""Coded material for export: pseudonyms, nobody recognisable by place and time, no sources."""

import copy
import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Final

import pandas as pd
from lxml import etree

from evalbook.errors import UsageError
from evalbook.files import write_whole
from evalbook.qualitative.codebook import Codebook
from evalbook.qualitative.codings import Material
from evalbook.qualitative.informants import publishable_columns
from evalbook.qualitative.pseudonyms import Pseudonyms, moved_units
from evalbook.qualitative.records import unit_column
from evalbook.qualitative.refi import Project, write_project
from evalbook.qualitative.refi.model import plain_guid
from evalbook.qualitative.refi.read import COUNTS_UNITS, KINDS, internal_name, passages, understand
from evalbook.qualitative.texts import decoded, starts_without_returns, unit_starts, without_returns
from evalbook.text.outside import spreadsheet_safe

Element = etree._Element


def candidates() -> tuple[str, ...]:
    """Return what may be published of a talk together with its month, the most welcome first."""
    return ("activity", "role", unit_column())


# Attributes that say where files lie or lay: of sources that stay at home, and of somebody's disk.
PATHS: Final = ("path", "currentPath", "richTextPath", "basePath")
# The format's attributes that hold no words; digits in them must not be taken for somebody's
# numbers.
STRUCTURE: Final = frozenset(
    {
        "guid",
        "targetGUID",
        "originGUID",
        "representedGUID",
        "sourceVertex",
        "targetVertex",
        "fromSyncPoint",
        "toSyncPoint",
        "creatingUser",
        "modifyingUser",
        "creatingUserGUID",
        "modifyingUserGUID",
        "creationDateTime",
        "modifiedDateTime",
        "startPosition",
        "endPosition",
        "position",
        "timeStamp",
        "begin",
        "end",
        "page",
        "firstX",
        "firstY",
        "secondX",
        "secondY",
        "shape",
        "color",
        "direction",
        "lineStyle",
        "isCodable",
        "typeOfVariable",
        "plainTextPath",
    }
)


def export_project(
    project: Project, material: Material, book: Codebook, rules: Pseudonyms, path: Path
) -> int:
    """Write a project that may leave.

    Names are replaced wherever text stands, and passages move along; coders, cases and sources get
    numbers for names; documents, pictures and recordings stay at home, since they cannot be
    searched; of each talk only what enough talks of its month share is published, and its month.

    Parameters
    ----------
    material : Material
        The same project's talks, as `of_project` gives them.

    Returns
    -------
    int
        How many files of the project stay at home.

    Raises
    ------
    UsageError
        If the file to be written is the project itself.
    """
    if project.archive and path.resolve() == project.archive.path.resolve():
        raise UsageError("the project would be overwritten", remedy="Name another file")
    root = copy.deepcopy(project.root)
    files = dict(_texts(project, root, rules))
    for kind, name in (
        ("User", "coder"),
        ("Case", "case"),
        *((source, "talk") for source in KINDS),
    ):
        for number, element in enumerate(_every(root, kind), 1):
            element.set("name", f"{name}-{number}")
            if "id" in element.attrib:
                del element.attrib["id"]
    for element in root.iter(etree.Element):
        _clean(element, rules)
    _coarsen(project, root, material, book)
    members = (
        {info.filename for info in project.archive.members.values()} if project.archive else set()
    )
    stay = members - set(files) - {project.entry}
    safe = replace(understand(root, None), archive=project.archive, entry=project.entry)
    write_project(safe, path, leave_out=members - {project.entry}, add=files)
    return len(stay)


def export_table(material: Material, rules: Pseudonyms, path: Path) -> None:
    """Write the codings as a table for spreadsheets, with pseudonyms and without formulas."""
    months = material.talks.set_index("talk")["date"].dt.strftime("%Y-%m").fillna("")
    numbers = {talk: f"talk-{number}" for number, talk in enumerate(material.talks["talk"], 1)}
    rows = pd.DataFrame(
        {
            "talk": material.codings["talk"].map(numbers),
            "month": material.codings["talk"].map(months),
            "theme": material.codings["theme"],
            "code": material.codings["code"],
            "text": material.codings["text"].map(rules.clean),
        }
    )
    written = io.StringIO()
    rows.astype(str).map(spreadsheet_safe).to_csv(
        written, index=False, quoting=csv.QUOTE_ALL, lineterminator="\n"
    )
    write_whole(path, written.getvalue())


def _texts(project: Project, root: Element, rules: Pseudonyms) -> Iterator[tuple[str, bytes]]:
    in_units = project.origin.lower().startswith(COUNTS_UNITS)
    files = {
        PurePosixPath(name).name: info.filename
        for name, info in (project.archive.members if project.archive else {}).items()
    }
    for element in root.iter(etree.Element):
        content = next((child for child in element if _name(child) == "PlainTextContent"), None)
        file = (
            files.get(internal_name(element.get("plainTextPath", "")).casefold(), "")
            if content is None
            else ""
        )
        if content is not None:
            old = content.text or ""
        elif file and project.archive:
            old = decoded(project.archive.read(file), file)
        else:
            if "plainTextPath" in element.attrib:
                del element.attrib["plainTextPath"]
            continue
        new = rules.replace(old)
        before, after = (unit_starts(text) if in_units else None for text in (old, new.text))
        if not in_units and starts_without_returns(old, passages(element)) is not None:
            before, after = map(without_returns, (old, new.text))
        for child in element:
            if _name(child) == "PlainTextSelection":
                ends = [int(child.get(key, "0")) for key in ("startPosition", "endPosition")]
                start, end = moved_units(new, before, after, ends)
                child.attrib.update({"startPosition": str(start), "endPosition": str(end)})
            elif _name(child) == "SyncPoint" and child.get("position"):
                position = int(child.get("position", "0"))
                child.set("position", str(moved_units(new, before, after, [position, position])[0]))
        if content is not None:
            content.text = new.text
        else:
            yield file, new.text.encode("utf-8")


def _clean(element: Element, rules: Pseudonyms) -> None:
    for key, value in list(element.attrib.items()):
        if key in PATHS:
            del element.attrib[key]
        elif key not in STRUCTURE:
            element.set(key, rules.clean(str(value)))
    if _name(element) != "PlainTextContent" and element.text:
        element.text = rules.clean(element.text)


def _coarsen(project: Project, root: Element, material: Material, book: Codebook) -> None:
    """Remove what would identify somebody: values that too few interviews share, and the day."""
    wanted = {name.casefold(): what for what, names in book.variables.items() for name in names}
    variables = {
        variable.guid: wanted.get(variable.name.casefold(), "") for variable in project.variables
    }
    published = {
        source.guid: publishable_columns(material.talks, talk, candidates())
        for source, talk in zip(project.sources, material.talks["talk"], strict=True)
    }
    cases = {case.guid: case.sources for case in project.cases}
    for element in (*_every(root, "Case"), *(e for kind in KINDS for e in _every(root, kind))):
        guid = plain_guid(element.get("guid"))
        mine = cases.get(guid, (guid,))
        common = (
            set(candidates()).intersection(*(published.get(source, ()) for source in mine))
            if mine
            else set()
        )
        for value in [child for child in element if _name(child) == "VariableValue"]:
            what = variables.get(plain_guid(value[0].get("targetGUID")), "")
            if what == "date":
                value[-1].text = f"{(value[-1].text or '')[:7]}-01"
            elif what not in common:
                element.remove(value)


def _every(root: Element, name: str) -> list[Element]:
    return [element for element in root.iter(etree.Element) if _name(element) == name]


def _name(element: Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
