"""Issues for users: tables on a terminal, JSON, and the list of warnings in a report."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from evalbook.text.language import Language, number
from nychance import tr
from nychance.validation.issue import ROUNDED

if TYPE_CHECKING:
    from rich.table import Table

    from nychance.validation import Checked, Issue

DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
DECIMALS: Final = {",": "comma", ".": "point"}
FEWER: Final = tr("fewer than {count} {what}")
ABOUT: Final = tr("about {count} {what}")
NOTHING: Final = tr("The check of the extract found no faults and gave no warnings.")
HEAD: Final = tr(
    "The check of the extract gave these warnings (counts rounded to the nearest ten):"
)


def as_tables(checked: "Checked") -> Iterator["Table | str"]:
    """Return an extract's files and issues as tables for a terminal."""
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
    for file in checked.files:
        rows = f"{file.rows:,}" if file.rows >= 0 else ""
        files.add_row(
            escape(file.file),
            file.format,
            rows,
            str(file.columns),
            file.encoding,
            DELIMITERS.get(file.delimiter, ""),
            DECIMALS.get(file.decimal, ""),
        )
    yield files
    if checked.issues:
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
        for issue in checked.issues:
            found, rule = issue.finding, issue.rule
            table.add_row(
                f"[red]{rule.severity}[/red]"
                if issue.is_error
                else f"[yellow]{rule.severity}[/yellow]",
                escape(found.file),
                escape(found.column),
                _said(issue),
                _counted(found.count, rule.counts.en),
                escape(found.example),
                str(found.row or ""),
                rule.remedy.en,
            )
        yield table
    errors, warnings = len(checked.errors), len(checked.warnings)
    yield f"{_counted(errors, 'errors')}, {_counted(warnings, 'warnings')}"


def as_json(checked: "Checked") -> str:
    """Return an extract's files and issues as JSON."""
    content = {
        "directory": str(checked.folder),
        "errors": len(checked.errors),
        "warnings": len(checked.warnings),
        "files": [file._asdict() for file in checked.files],
        "faults": [_entry(issue) for issue in checked.issues],
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def for_chapter(checked: "Checked", languages: Sequence[Language]) -> dict[Language, str]:
    """Return the warnings for a report, by language: what and about how many, no examples."""
    return {language: _chapter(checked.warnings, language) for language in languages}


def _counted(count: int, things: str) -> str:
    return f"{count:,} {things.removesuffix('s') if count == 1 else things}"


def _said(issue: "Issue") -> str:
    detail = issue.finding.detail.en
    return f"{issue.problem.en} ({detail})" if detail else issue.problem.en


def _entry(issue: "Issue") -> dict[str, Any]:
    found = asdict(issue.finding)
    del found["detail"], found["cause"]
    rule = issue.rule
    entry = {
        "rule": rule.key,
        "severity": str(rule.severity),
        "problem": issue.problem.en,
        "counts": rule.counts.en,
    }
    return entry | found | {"row": issue.finding.row or None, "remedy": rule.remedy.en}


def _chapter(warnings: list["Issue"], language: Language) -> str:
    if not warnings:
        return f"{NOTHING[language]}\n"
    return "\n".join(
        [HEAD[language], "", *(f"- {_line(issue, language)}" for issue in warnings), ""]
    )


def _line(issue: "Issue", language: Language) -> str:
    found = issue.finding
    rounded = round(found.count / ROUNDED) * ROUNDED
    form, count = (FEWER, ROUNDED) if found.count < ROUNDED else (ABOUT, rounded)
    how_many = form[language].format(
        count=number(count, language), what=issue.rule.counts[language]
    )
    detail = f" ({found.detail[language]})" if found.detail[language] else ""
    problem, remedy = issue.rule.problem[language], issue.rule.remedy[language]
    return f"{problem}{detail}, `{found.file}`: {how_many}. {remedy}."
