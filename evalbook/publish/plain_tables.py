"""Tables of plain text, written as HTML without Pandoc.

Pages hold thousands of such cells, and Pandoc takes long over them.
"""

import html
import re
from typing import Final

# A table with a caption is numbered, which Pandoc's filters do.
TABLE: Final = re.compile(
    r"^\|.*\|\n\|[ :|-]+\|\n(?:\|.*\|(?:\n|\Z))++(?!\n*(?:Table)?: )", re.MULTILINE
)
# What stands above a table that has a caption, before or below it.
CAPTION: Final = re.compile(r"(?:Table)?: |:{3,}[ \t]*\{[^}]*#tbl-")
EDGE: Final = re.compile(r"(?<!\\)\|")
# What means in HTML what it means in Markdown, and code; a table with anything else is left to
# Pandoc.
PLAIN: Final = re.compile(r"""(?:`[^`&]+`|&#\d+;|(?!\.\.\.|--)[^\\`*_\[\]{}<>$~^@#&'"])*""")
CODE: Final = re.compile(r"`([^`]+)`")
# Pandoc lets columns share the width where a line is longer than this.
LONG_LINE: Final = 72


def with_plain_tables(text: str, name: str) -> str:
    """Replace the plain tables of a page's Markdown by HTML.

    Parameters
    ----------
    name : str
        What a screen reader calls such a table.
    """

    def written(table: re.Match[str]) -> str:
        above = text[: table.start()].rstrip().rpartition("\n")[2]
        return table[0] if CAPTION.match(above) else _written(table[0], name)

    return TABLE.sub(written, text)


def _written(table: str, name: str) -> str:
    lines = table.strip().splitlines()
    head, rules, *rows = [[cell.strip() for cell in EDGE.split(line)[1:-1]] for line in lines]
    if not all(PLAIN.fullmatch(cell) for row in (head, *rows) for cell in row):
        return table
    # Shorter than Pandoc's `style`, and there are thousands; what has no class stands to the left.
    sides = [' class="n"' if rule.endswith(":") else "" for rule in rules]
    lines[1] = "|".join(["", *rules, ""])
    widths = _widths(rules) if max(len(html.unescape(line)) for line in lines) > LONG_LINE else ""
    heading = f"<thead>\n{_row('th', head, sides)}\n</thead>\n" if any(head) else ""
    body = "\n".join(_row("td", row, sides) for row in rows)
    made = f"<table>\n{widths}{heading}<tbody>\n{body}\n</tbody>\n</table>"
    opening = f'<div class="scroll" tabindex="0" role="group" aria-label="{html.escape(name)}">'
    return f"``````{{=html}}\n{opening}\n{made}\n</div>\n``````\n"


def _widths(rules: list[str]) -> str:
    total = sum(map(len, rules))
    columns = "\n".join(f'<col style="width: {100 * len(rule) // total}%" />' for rule in rules)
    return f"<colgroup>\n{columns}\n</colgroup>\n"


def _row(tag: str, cells: list[str], sides: list[str]) -> str:
    shown = map(_cell, cells)
    parts = (f"<{tag}{side}>{cell}</{tag}>" for side, cell in zip(sides, shown, strict=True))
    return f"<tr>{''.join(parts)}</tr>"


def _cell(cell: str) -> str:
    """Write a cell; a backtick that is a character reference makes no code."""
    parts = [html.escape(html.unescape(part), quote=False) for part in CODE.split(cell)]
    parts[1::2] = [f"<code>{code}</code>" for code in parts[1::2]]
    return "".join(parts)
