"""Downloads: each figure as SVG and PNG, and the numbers of each figure and table as CSV."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import matplotlib
import typst

from evalbook.errors import RenderError
from evalbook.execute.record import file_digest
from evalbook.publish.values import Results
from evalbook.text.language import Language, number
from evalbook.text.outside import spreadsheet_safe

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
PIXELS_PER_INCH = 192


def files(theme: str, kind: str, name: str, language: Language, latest: Path) -> list[str]:
    """List the files of a figure (`fig`) or table (`tbl`) as paths from the edition's folder.

    A picture is made of each drawing.
    """
    drawing, numbers = f"{theme}/{name}.{language}", f"{theme}/{kind}-{name}.{language}.csv"
    listed = []
    if kind == "fig" and (latest / f"{drawing}.svg").is_file():
        listed = [f"{drawing}.svg", f"{drawing}.png"]
    if (latest / numbers).is_file():
        listed.append(numbers)
    return [f"figures/latest/{place}" for place in listed]


def write_tables(found: Mapping[str, Results], latest: Path, language: Language) -> None:
    """Write the numbers of each figure and table as CSV; a hidden number is empty."""
    for theme, result in found.items():
        shown = {f"fig-{name}": figure.get("data") for name, figure in result["figures"].items()}
        shown |= {f"tbl-{name}": table for name, table in result["tables"].items()}
        for name, data in shown.items():
            if data and data.get("columns"):
                path = latest / theme / f"{name}.{language}.csv"
                rows = [
                    [cell(row[key], language) for key in data["columns"]] for row in data["rows"]
                ]
                text = csv_text(heads(data, language), rows, language)
                path.write_text(text, encoding="utf-8", newline="")


def write_pictures(latest: Path, language: Language) -> None:
    """Make a PNG beside each drawing of a language.

    Raises
    ------
    RenderError
        If a drawing cannot be read.
    """
    drawings = tuple(sorted(latest.glob(f"*/*.{language}.svg")))
    for path, picture in zip(drawings, _pictures(latest, drawings, digest(latest)), strict=True):
        path.with_suffix(".png").write_bytes(picture)


def pictures_of(folder: Path, drawings: Sequence[Path]) -> None:
    """Make a PNG beside each of some drawings in a folder.

    Raises
    ------
    RenderError
        If a drawing cannot be read.
    """
    for path, picture in zip(drawings, _drawn(folder, drawings), strict=True):
        path.with_suffix(".png").write_bytes(picture)


def digest(latest: Path) -> str:
    """Return a digest of an edition's drawings."""
    return sha256(
        "".join(file_digest(path) for path in sorted(latest.glob("*/*.svg"))).encode()
    ).hexdigest()


# A preview makes an edition over and over, and its drawings mostly stay as they were.
@lru_cache(maxsize=4)
def _pictures(latest: Path, drawings: tuple[Path, ...], _state: str) -> list[bytes]:
    return _drawn(latest, drawings)


def _drawn(latest: Path, drawings: Sequence[Path]) -> list[bytes]:
    if not drawings:
        return []
    pages = "".join(
        f'#page(image("/{path.relative_to(latest).as_posix()}"))\n' for path in drawings
    )
    document = latest / "pictures.typ"
    document.write_text(
        f"#set page(width: auto, height: auto, margin: 0pt)\n{pages}", encoding="utf-8"
    )
    try:
        made = typst.compile(
            str(document),
            root=str(latest),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            format="png",
            ppi=PIXELS_PER_INCH,
        )
    except Exception as error:
        raise RenderError(f"a drawing cannot be read: {error}", where=latest) from error
    return made if isinstance(made, list) else [made]


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[Any]], language: Language) -> str:
    """Write rows as CSV as spreadsheets of a language's countries open it.

    Where numbers have a decimal comma, columns are separated by semicolons and the text begins with
    a mark by which spreadsheets know UTF-8; elsewhere as in RFC 4180.
    """
    comma = number(0.5, language, 1) == "0,5"
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if comma else ",")
    writer.writerow(heads)
    writer.writerows([_number(value, comma=comma) for value in row] for row in rows)
    return ("\N{ZERO WIDTH NO-BREAK SPACE}" if comma else "") + text.getvalue()


def heads(table: Mapping[str, Any], language: Language) -> list[str]:
    """Return a table's headings; one that comes again has its key beside it."""
    said = {key: str(cell(c["heading"], language)) for key, c in table["columns"].items()}
    seen: set[str] = set()
    made = []
    for key, head in said.items():
        made.append(f"{head} ({key})" if head in seen else head)
        seen.add(head)
    return made


def cell(value: Any, language: Language) -> Any:
    """Return what stands in a cell in a language."""
    shown = value[language] if isinstance(value, Mapping) else value
    return spreadsheet_safe(shown) if isinstance(shown, str) else shown


def _number(value: Any, *, comma: bool) -> Any:
    if not isinstance(value, float):
        return value
    whole = int(value) if value.is_integer() else value
    return str(whole).replace(".", ",") if comma else whole
