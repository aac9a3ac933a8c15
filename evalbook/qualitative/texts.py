"""The words of a source: plain text, the text of a PDF, or a transcript; and positions in them."""

import io
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from evalbook.errors import DataError

if TYPE_CHECKING:
    from pypdf import PageObject

MOST_PAGES: Final = 2_000
# What the pages of a PDF may unpack to, in bytes; a page of text has some ten thousand.
LARGEST_PDF: Final = 64 * 2**20
BYTE_ORDER_MARKS: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# A cue of a WebVTT or SubRip transcript: its optional number, and its times.
CUE: Final = re.compile(r"^(?:\d+\s*\n)?[\d:.,]+\s*-->\s*[\d:.,]+.*\n", re.MULTILINE)


def decoded(content: bytes, where: str | Path) -> str:
    """Decode a text file, keeping its line ends, since positions count them.

    Raises
    ------
    DataError
        If it is neither UTF-8 nor UTF-16 with a byte order mark, or holds NUL characters.
    """
    encoding = BYTE_ORDER_MARKS.get(content[:2], "utf-8-sig")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise DataError(
            f"the text is not UTF-8 (byte {error.start})",
            where=where,
            remedy="Save it as UTF-8; the exchange format asks for it",
        ) from error
    if "\0" in text:
        raise DataError(
            "the text holds NUL characters", where=where, remedy="Save it as UTF-8 text"
        )
    return text


def document_text(path: Path) -> str:
    """Read a document beside plain codings (.txt, .vtt, .srt, .pdf); raises `DataError`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"cannot be read ({error})",
            where=path,
            remedy="Put the document in place or mend its name",
        ) from error
    kind = path.suffix.casefold()
    if kind == ".pdf":
        return pdf_text(content, path)
    if kind in (".vtt", ".srt"):
        return transcript(decoded(content, path))
    if kind == ".txt":
        return decoded(content, path)
    raise DataError(
        f"{kind or 'no'} files are not read", where=path, remedy="Use .txt, .pdf, .vtt or .srt"
    )


def pdf_text(content: bytes, where: str | Path) -> str:
    """Take the text out of a PDF, page after page.

    Raises
    ------
    DataError
        If it is no readable PDF, is encrypted, has too many pages, or unpacks to too much: the
        reader would leave out what is beyond its own limits without a word.
    """
    from pypdf import PdfReader

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise DataError(
                "the PDF is encrypted", where=where, remedy="Save it without a password"
            )
        if len(reader.pages) > MOST_PAGES:
            raise DataError(
                f"the PDF has {len(reader.pages):,} pages", where=where, remedy="Split it"
            )
        if sum(map(_unpacked, reader.pages)) > LARGEST_PDF:
            raise DataError(
                f"the PDF unpacks to more than {LARGEST_PDF // 2**20} MiB",
                where=where,
                remedy="Save it as text",
            )
        return "\n".join(page.extract_text() for page in reader.pages)
    except DataError:
        raise
    # The reader stumbles over broken files in many ways.
    except Exception as error:
        raise DataError(
            f"the PDF cannot be read ({error})",
            where=where,
            remedy="Save it as PDF again, or as text",
        ) from error


def _unpacked(page: "PageObject") -> int:
    """Return the size of a page, unpacked, with the forms in it."""
    contents = page.get_contents()
    own = 0 if contents is None else len(contents.get_data())
    return own + sum(len(form.get_data()) for form in _forms(page, set()))


def _forms(part: Any, seen: set[int]) -> Iterator[Any]:
    """Yield the forms that a page, or a form, shows; each once."""
    resources = part.get("/Resources")
    listed = resources.get_object().get("/XObject") if resources else None
    for named in listed.get_object().values() if listed else ():
        form = named.get_object()
        if form.get("/Subtype") == "/Form" and id(form) not in seen:
            seen.add(id(form))
            yield form
            yield from _forms(form, seen)


def transcript(text: str) -> str:
    """Leave out a transcript's header, cue numbers and times; what was said stays, line by line."""
    body = re.sub(r"\AWEBVTT.*?(?:\n\s*\n|\Z)", "", text.replace("\r\n", "\n"), flags=re.DOTALL)
    return re.sub(r"\n{2,}", "\n", CUE.sub("", body)).strip()


def unit_starts(text: str) -> NDArray[np.int64] | None:
    """Tell at which UTF-16 code unit each character of a text begins, and where it ends.

    None where it makes no difference.

    The exchange format counts characters (Unicode code points, section 10.2), but NVivo counts
    UTF-16 code units.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    wide = codes > 0xFFFF
    return np.concatenate([[0], np.cumsum(1 + wide)]) if wide.any() else None


def starts_without_returns(
    text: str, passages: Sequence[tuple[int, int, str]]
) -> NDArray[np.int64] | None:
    """Return how far each character is from the start, if positions leave out carriage returns.

    Some programs on Windows write a text with carriage returns and count its positions without
    them. The reading is taken whose passages begin and end at words, and agree with their names.

    Parameters
    ----------
    text : str
        The words of a source.
    passages : sequence of (int, int, str)
        Where each passage begins and ends, and its name.
    """
    if "\r\n" not in text or not passages:
        return None
    starts = without_returns(text)
    without = [
        (int(np.searchsorted(starts, start)), int(np.searchsorted(starts, end)), name)
        for start, end, name in passages
    ]
    return starts if _fitting(text, without) > _fitting(text, passages) else None


def without_returns(text: str) -> NDArray[np.int64]:
    """Return how far each character is from the start, not counting returns of line ends."""
    counted = np.array([pair != "\r\n" for pair in map("".join, pairwise(f"{text} "))], dtype=int)
    return np.concatenate([[0], np.cumsum(counted)]).astype(np.int64)


def _fitting(text: str, passages: Sequence[tuple[int, int, str]]) -> int:
    """Count the ends of passages that lie at words, and the names that passages begin with."""
    at_words = sum(
        not (0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum())
        for start, stop, _ in passages
        for end in (start, stop)
    )
    named = sum(
        bool(name.strip(" .…")) and text[start:end].startswith(name.strip(" .…"))
        for start, end, name in passages
    )
    return at_words + named
