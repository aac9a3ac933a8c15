"""Faults as a user reads them: tables on a terminal, JSON, and the list of warnings in the report's data chapter."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from evalbook.text.language import Language, number
from nychance import tr

if TYPE_CHECKING:
    from rich.table import Table

    from nychance.validation import Checked, Issue

# Readers get counts to the nearest ten: a fault may be one person's, and two checkpoints could be
# subtracted.
ROUNDED: Final = 10
DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
DECIMALS: Final = {",": "comma", ".": "point"}
FEWER: Final = tr("fewer than {count} {what}")
ABOUT: Final = tr("about {count} {what}")
NOTHING: Final = tr("The check of the extract found no faults and gave no warnings.")
HEAD: Final = tr(
    "The check of the extract gave these warnings (counts rounded to the nearest ten):"
)


def as_tables(checked: "Checked") -> Iterator["Table | str"]:
    """Lay an extract's files and its faults out for a terminal."""
    from rich.markup import escape
    from rich.table import Table

    files = Table(
        "file",
        "format",
        "rows",
        "columns",
        "encoding",
        "delimiter",
        "decimal mark",
        title=f"Files of {checked.folder}",
    )
    for sheet in checked.sheets:
        rows = f"{sheet.rows:,}" if sheet.rows >= 0 else ""
        files.add_row(
            escape(sheet.file),
            sheet.format,
            rows,
            str(sheet.columns),
            sheet.encoding,
            DELIMITERS.get(sheet.delimiter, ""),
            DECIMALS.get(sheet.decimal, ""),
        )
    yield files
    if checked.faults:
        table = Table(
            "",
            "file",
            "column",
            "what is wrong",
            "how many",
            "example",
            "first row",
            "remedy",
            title="Faults",
        )
        for fault in checked.faults:
            found, rule = fault.finding, fault.rule
            table.add_row(
                f"[red]{rule.severity}[/red]"
                if fault.is_error
                else f"[yellow]{rule.severity}[/yellow]",
                escape(found.file),
                escape(found.column),
                rule.says.en,
                _counted(found.count, rule.counts.en),
                escape(found.example),
                str(found.row or ""),
                rule.remedy.en,
            )
        yield table
    yield f"{_counted(len(checked.errors), 'errors')}, {_counted(len(checked.warnings), 'warnings')}"


def as_json(checked: "Checked") -> str:
    """Write an extract's files and its faults as JSON."""
    content = {
        "directory": str(checked.folder),
        "errors": len(checked.errors),
        "warnings": len(checked.warnings),
        "files": [sheet._asdict() for sheet in checked.sheets],
        "faults": [_entry(fault) for fault in checked.faults],
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def for_chapter(checked: "Checked", languages: Sequence[Language]) -> dict[Language, str]:
    """Write the warnings as the data chapter includes them: what and about how many, without examples."""
    return {language: _chapter(checked.warnings, language) for language in languages}


def _counted(count: int, things: str) -> str:
    return f"{count:,} {things.removesuffix('s') if count == 1 else things}"


def _entry(fault: "Issue") -> dict[str, Any]:
    found = asdict(fault.finding)
    del found["detail"]
    rule = fault.rule
    told = {
        "rule": rule.key,
        "severity": str(rule.severity),
        "problem": rule.says.en,
        "counts": rule.counts.en,
    }
    return told | found | {"row": fault.finding.row or None, "remedy": rule.remedy.en}


def _chapter(warnings: list["Issue"], language: Language) -> str:
    if not warnings:
        return f"{NOTHING[language]}\n"
    return "\n".join(
        [HEAD[language], "", *(f"- {_line(fault, language)}" for fault in warnings), ""]
    )


def _line(fault: "Issue", language: Language) -> str:
    found = fault.finding
    rounded = round(found.count / ROUNDED) * ROUNDED
    form, count = (FEWER, ROUNDED) if found.count < ROUNDED else (ABOUT, rounded)
    how_many = form[language].format(
        count=number(count, language), what=fault.rule.counts[language]
    )
    detail = f" ({found.detail[language]})" if found.detail[language] else ""
    return f"{fault.rule.says[language]}{detail}, `{found.file}`: {how_many}. {fault.rule.remedy[language]}."
