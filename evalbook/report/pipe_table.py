"""Tables in Markdown, and as plain data.

Whatever a cell or a heading says is text: a name with `|` in it shifts no column.
"""

import html
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from evalbook.report.column import Column
from evalbook.report.markdown import escaped
from evalbook.report.units import write
from evalbook.sdc.thresholds import HIDDEN
from evalbook.text.language import Language, Text, number

# Longer text wraps instead of squeezing the columns beside it; in characters.
WIDEST_COLUMN = 32


def pipe_table(frame: pd.DataFrame, columns: Mapping[str, Column], language: Language) -> str:
    """Write a table in Markdown, in one language; see `Findings.table`."""
    written = (
        [escaped(_cell(value, column, language)) for value in frame[name].tolist()]
        for name, column in columns.items()
    )
    rows = [
        [escaped(column.heading[language]) for column in columns.values()],
        *map(list, zip(*written, strict=True)),
    ]
    # Pandoc shares a wide table's width out between the columns by the length of their rules.
    widths = [min(max(map(_width, cells)), WIDEST_COLUMN) for cells in zip(*rows, strict=True)]
    rows.insert(
        1,
        [_rule(width + 2, column) for width, column in zip(widths, columns.values(), strict=True)],
    )
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def stored_table(data: Mapping[str, Any], language: Language) -> str:
    """Write a table of `results.json` in Markdown: what `plain_rows` made of it."""
    columns = {
        name: Column(**column | {"heading": Text(**column["heading"])})
        for name, column in data["columns"].items()
    }
    frame = pd.DataFrame(
        [
            {
                name: Text(**value) if isinstance(value, dict) else value
                for name, value in row.items()
            }
            for row in data["rows"]
        ],
        columns=list(columns),
        dtype=object,
    )
    return pipe_table(frame, columns, language)


def _width(cell: str) -> int:
    return len(html.unescape(cell))


def _rule(width: int, column: Column) -> str:
    return "-" * width + ":" if column.unit or column.right else ":" + "-" * width


def plain_rows(
    frame: pd.DataFrame, columns: Mapping[str, Column], languages: Sequence[Language]
) -> list[dict[str, Any]]:
    """Give a table's rows as plain data, its texts in some languages."""

    def plain(value: Any, column: Column) -> Any:
        if isinstance(value, Text):
            return value.within(languages)
        if column.unit is None:
            return str(value)
        return None if value is None or pd.isna(value) else float(value)

    return [
        {name: plain(row[name], column) for name, column in columns.items()}
        for row in frame.to_dict("records")
    ]


def _cell(value: Any, column: Column, language: Language) -> str:
    if isinstance(value, Text):
        return value[language]
    if column.unit is None:
        return "" if pd.isna(value) else str(value)
    if value is None or pd.isna(value):
        return HIDDEN
    if column.unit == "number":
        return number(float(value), language, column.decimals)
    return write(float(value), column.unit, language, column.decimals)
