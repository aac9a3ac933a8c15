"""What tables and sentences tell: only what the gate has let through."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from nychance.disclosure.gate import Gate
from nychance.disclosure.rules import passed_only
from nychance.errors import DisclosureError, UsageError
from nychance.language import PACKAGED, Text
from nychance.measures.shares import Share

# A percentage with a decimal is a result; whole ones are targets, confidence levels and the like.
PERCENTAGE: Final = re.compile(r"(\d+)[.,](\d)\s?(?:pct\.|%)")
DECIMAL: Final = re.compile(r"(?<![\d.,])(\d+)[.,](\d+)(?![\d.,]*\d)")
# The mark of an output that is declared to count no persons.
SAFE: Final = "safe"


def safe(source: str) -> dict[str, str]:
    """Make the metadata of an output that is shown as safe, with its source."""
    return {SAFE: source}


def check_table(name: str, frame: pd.DataFrame | None, numbers: Iterable[str], texts: Iterable[str], gate: Gate) -> None:
    """Check that each number of a table, or of those behind a figure, came from the gate, whatever its unit.

    Parameters
    ----------
    frame : DataFrame or None
        None if a figure lays no numbers behind it, which is refused.
    numbers, texts : iterable of str
        The columns of numbers that are about persons, and those of texts, whose numbers with decimals are looked at.

    Raises
    ------
    DisclosureError
        If one did not; the message names table, row and column.
    """
    if frame is None:
        raise DisclosureError(
            "it draws persons, and nothing tells which numbers", where=name, remedy="Lay them behind it (`behind.lay_behind`)"
        )
    for column in numbers:
        for row, value in enumerate(frame[column]):
            if value is not None and not pd.isna(value) and not gate.passed(float(value)):
                raise not_passed(f"{name}: row {row + 1}, column {column!r}")
    for column in texts:
        for row, value in enumerate(frame[column]):
            if not all(gate.tells(*told) for text in _languages(value) for told in decimals_in(text)):
                raise not_passed(f"{name}: row {row + 1}, column {column!r}")


def not_passed(where: str) -> DisclosureError:
    """Make the error for a result about persons that no rule has been held against."""
    return DisclosureError(
        "it has not passed the gate", where=where,
        remedy="Put counts through `findings.counts`, shares through `findings.shares`, percentiles, amounts, models and curves "
        "through `findings.estimates`, or say with `counted=` what it counts",
    )  # fmt: skip


def decimals_in(text: str) -> Iterator[tuple[float, int]]:
    """Find the numbers with decimals in a text, each with how many it has; groups of three digits are thousands."""
    for whole, decimals in DECIMAL.findall(text):
        if len(decimals) != 3 or whole == "0":
            yield float(f"{whole}.{decimals}"), len(decimals)


def is_whole(value: float) -> bool:
    """Tell whether a value is a whole number but for rounding, as a share of persons times their number is."""
    return abs(value - round(value)) < 1e-6 * max(1.0, abs(value))


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
        raise _untold(name)


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
            raise _untold(where)


def _told_in(text: str) -> Iterator[int]:
    yield from (int(whole) * 10 + int(decimal) for whole, decimal in PERCENTAGE.findall(text))


def _untold(where: str) -> DisclosureError:
    return DisclosureError(
        "a sentence tells a percentage that has not passed the gate", where=where,
        remedy="Tell shares that `findings.shares` gave back, or record the number",
    )  # fmt: skip


def _languages(value: Any) -> tuple[str, ...]:
    return tuple(value[language] for language in PACKAGED) if isinstance(value, Text) else (str(value),)


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
