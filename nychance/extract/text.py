"""Text tables: encoding, delimiter and decimal mark, detected from the file itself."""

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from nychance.extract.numbers import MARKS, shows_decimal

DELIMITERS: Final = (",", ";", "\t", "|")
BYTE_ORDER: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BLOCK: Final = 1 << 20
# So much of a file tells its decimal mark.
SAMPLE_LINES: Final = 200
# Letters of UTF-8 read as latin-1 look like this, and a letter that was lost like the last.
MISREAD: Final = re.compile("Ã[\u0080-\u00bf…†˜¦¸¥]|\N{REPLACEMENT CHARACTER}")


class Layout(NamedTuple):
    """How a text table is written, and whether its numbers show the decimal mark."""

    encoding: str
    delimiter: str
    decimal: str
    certain: bool = True


def layout_of(path: Path) -> Layout:
    """Return how a text table is written; raises `UnicodeError` if no encoding fits."""
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        header = file.readline()
        lines = [file.readline() for _ in range(SAMPLE_LINES)]
    delimiter = max(DELIMITERS, key=_outside_quotes(header).count)
    return Layout(encoding, delimiter, *_decimal(lines, delimiter))


def header_of(path: Path, layout: Layout) -> list[str]:
    """Read the names of a text table's columns."""
    with path.open(encoding=layout.encoding, newline="") as file:
        return next(csv.reader([file.readline()], delimiter=layout.delimiter), [])


def encoding_of(path: Path) -> str:
    """Return the encoding: UTF-8, UTF-16 or one in which every byte is a letter.

    The latter are cp1252 and latin-1; they differ in bytes that latin-1 keeps for control
    characters, so cp1252 is taken where such bytes occur and it knows them all.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    for mark, encoding in BYTE_ORDER:
        if start.startswith(mark):
            return encoding
    if start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    if start[0::2].count(0) > len(start) // 4:
        return "utf-16-be"
    if _decodes(path, "utf-8"):
        return "utf-8"
    controls = any(re.search(rb"[\x80-\x9f]", block) for block in _blocks(path))
    return "cp1252" if controls and _decodes(path, "cp1252") else "latin-1"


def ends_within_line(path: Path) -> bool:
    """Return whether a text file ends without a line end, as a truncated one may do."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(file.tell() - 4, 0))
        return not file.read().rstrip(b"\0").endswith((b"\n", b"\r"))


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in _blocks(path):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _decimal(lines: list[str], delimiter: str) -> tuple[str, bool]:
    """Return the decimal mark, and whether it is certain.

    A number such as 19.865 shows none, as its point may separate thousands.
    """
    try:
        cells = [cell.strip() for row in csv.reader(lines, delimiter=delimiter) for cell in row]
    except csv.Error:
        cells = []
    commas, points = (sum(shows_decimal(cell, mark) for cell in cells) for mark in MARKS)
    if commas == points:
        return "," if delimiter == ";" else ".", delimiter == ","
    return "," if commas > points else ".", True
