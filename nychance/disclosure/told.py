"""What tables and sentences tell: only what the gate has let through."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from nychance.disclosure.gate import Gate
from nychance.disclosure.rules import passed_only
from nychance.errors import DisclosureError, UsageError
from nychance.measures.shares import Share

# A percentage with a decimal is a result; whole ones are targets, confidence levels and the like.
PERCENTAGE: Final = re.compile(r"(\d+)[.,](\d)\s?(?:pct\.|%)")
# The mark of an output that is declared to count no persons.
SAFE: Final = "safe"
MARKED_UNITS: Final = ("count", "share", "number")


def safe(source: str) -> dict[str, str]:
    """Make the metadata of an output that is shown as safe, with its source."""
    return {SAFE: source}


def check_table(name: str, frame: pd.DataFrame, units: Mapping[str, str], gate: Gate) -> None:
    """Check that each count and share of a table, or of the numbers behind a figure, came from the gate.

    Raises
    ------
    DisclosureError
        If one did not; the message names table, row and column.
    """
    for column, unit in units.items():
        if unit not in MARKED_UNITS:
            continue
        for row, value in enumerate(frame[column]):
            if value is None or pd.isna(value) or gate.passed(float(value)):
                continue
            raise DisclosureError(
                f"row {row + 1}, column {column!r} has not passed the gate", where=name,
                remedy="Put the counts through `findings.counts` or `findings.shares`, or say with `counted=` what they count",
            )  # fmt: skip


def check_prose(name: str, said: Mapping[str, str], about: Sequence[Share] | None, gate: Gate) -> None:
    """Check that the groups of persons that paragraphs tell of have passed the gate, and every percentage in them too.

    Parameters
    ----------
    said : mapping
        Language to the paragraphs.
    about : sequence of Share or None
        The groups; None for paragraphs that tell of no persons.

    Raises
    ------
    UsageError
        If no groups are given, or one has not passed.
    DisclosureError
        If a percentage has not.
    """
    if about is None:
        return
    if not about:
        raise UsageError("paragraphs tell of persons that no gate has seen", where=name, remedy="Say whom they tell of: `about=`")
    passed_only(*about)
    if any(tenth not in gate.tenths for text in said.values() for tenth in _told_in(text)):
        raise _not_passed(name)


def check_texts(results: Mapping[str, Mapping[str, Any]], gate: Gate) -> None:
    """Check that every percentage in a label, caption or alternative text is one that is recorded or has passed the gate.

    Raises
    ------
    DisclosureError
        If one is not; the message names the text, not the value.
    """
    recorded = {tenth for entry in results["numbers"].values() for tenth in _tenths_of(entry)}
    for where, text in _texts(results):
        if any(tenth not in recorded and tenth not in gate.tenths for tenth in _told_in(text)):
            raise _not_passed(where)


def _told_in(text: str) -> Iterator[int]:
    yield from (int(whole) * 10 + int(decimal) for whole, decimal in PERCENTAGE.findall(text))


def _not_passed(where: str) -> DisclosureError:
    return DisclosureError(
        "a sentence tells a percentage that has not passed the gate", where=where,
        remedy="Tell shares that `findings.shares` gave back, or record the number",
    )  # fmt: skip


def _texts(results: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for key, label in results["labels"].items():
        yield from ((f"label {key}", text) for text in label.values())
    for kind in ("figures", "tables"):
        for name, entry in results[kind].items():
            for part in ("caption", "alt"):
                yield from ((f"{kind.removesuffix('s')} {name}, {part}", text) for text in entry.get(part, {}).values())


def _tenths_of(entry: Mapping[str, Any]) -> Iterator[int]:
    scale = {"share": 1000, "percent": 10}.get(entry["unit"])
    if scale and entry["value"] is not None:
        yield from (round(scale * value) for value in (entry["value"], *(entry["interval"] or ())))
