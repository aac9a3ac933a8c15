"""Two runs side by side, as text for a terminal, as JSON, and as a page."""

import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from evalbook.report.compare import Difference
from evalbook.report.units import SCALE, write, write_interval
from evalbook.sdc import HIDDEN
from evalbook.text.language import Language, number

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem;
  padding: 0 1rem; overflow-x: auto; }}
table {{ border-collapse: collapse; }}
td, th {{ border-top: 1px solid #c9d1d8; padding: 0.3rem 0.6rem; text-align: left; }}
tr.same {{ color: #5f6b76; }}</style></head>
<body><h1>{title}</h1><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></body></html>
"""


def as_table(found: Sequence[Difference], names: tuple[str, str]) -> Table:
    """Lay out what changed for a terminal; what stayed the same is only counted."""
    same = sum(d.status == "same" for d in found)
    table = Table(title=f"{names[0]} and {names[1]}; {same} of {len(found)} numbers are the same")
    table.add_column("number", no_wrap=True)
    for heading in (*names, "change", "status"):
        table.add_column(heading)
    for difference in found:
        if difference.status != "same":
            table.add_row(*_cells(difference))
    return table


def as_json(found: Sequence[Difference], names: tuple[str, str]) -> str:
    """Write everything as JSON."""
    content = {
        "before": names[0],
        "after": names[1],
        "differences": [difference.as_dict() for difference in found],
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def as_page(found: Sequence[Difference], names: tuple[str, str]) -> str:
    """Write everything as an HTML page that needs nothing else."""
    head = "".join(
        f"<th>{html.escape(heading)}</th>" for heading in ("number", *names, "change", "status")
    )
    rows = "".join(f'<tr class="{d.status}">{_html_cells(d)}</tr>' for d in found)
    return PAGE.format(title=html.escape(f"{names[0]} and {names[1]}"), head=head, rows=rows)


def format_entry(entry: Mapping[str, Any] | None, language: Language) -> str:
    """Write an estimate with its interval and its n; nothing where there is none."""
    if entry is None:
        return ""
    if entry["value"] is None:
        return HIDDEN
    unit, decimals = entry["unit"], entry["decimals"]
    interval = (
        f" ({write_interval(entry['interval'], unit, language, decimals)})"
        if entry["interval"]
        else ""
    )
    persons = f", n = {number(entry['n'], language)}" if entry["n"] else ""
    return write(entry["value"], unit, language, decimals) + interval + persons


def moved(difference: Difference, language: Language, *, signed: bool = False) -> str:
    """Write the change, of a share in percentage points; nothing where there is none.

    It is that of the numbers as they are written, so that readers find the same.
    """
    change = difference.change
    if change is None or difference.before is None or difference.after is None:
        return ""
    unit, decimals = difference.entry["unit"], difference.entry["decimals"]
    scale = SCALE.get(unit, 1.0)
    before, after = (
        round(side["value"] * scale, decimals) for side in (difference.before, difference.after)
    )
    said = "points" if unit in ("share", "percent") else unit
    sign = "+" if signed and after > before else ""
    return sign + write(after - before, said, language, decimals)


def _cells(difference: Difference) -> tuple[str, ...]:
    sides = (format_entry(side, "en") for side in (difference.before, difference.after))
    return difference.key, *sides, moved(difference, "en"), difference.status


def _html_cells(difference: Difference) -> str:
    return "".join(f"<td>{html.escape(cell)}</td>" for cell in _cells(difference))
