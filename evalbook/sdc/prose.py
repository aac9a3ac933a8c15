"""What tables and sentences say: only protected results."""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any, Final, Protocol

import numpy as np

from evalbook import plan
from evalbook.errors import DisclosureError
from evalbook.plan import programme
from evalbook.sdc.thresholds import is_small
from evalbook.text.catalogue import tr
from evalbook.text.language import Language

# A number with decimals is a result; whole ones are targets, confidence levels, years and the like.
# One after a sign of comparison is a bound.
DECIMAL: Final = re.compile(r"(?<![\d.,])(?<![<>] )(\d+)[.,](\d+)(?![\d.,]*\d)(\s?(?:pct\.|%))?")
# What a whole number stands before where it counts persons.
WHO: Final = tr("persons, person, people, men, women, citizens, participants")
# Half a unit of the last decimal may be rounded up or down.
EDGE: Final = 1e-6
# The mark of an output that is declared to count no persons.
SAFE: Final = "safe"


def safe(source: str) -> dict[str, str]:
    """Make the metadata of an output that is shown as safe, with its source."""
    return {SAFE: source}


class Control(Protocol):
    """What says which numbers on persons were released."""

    @property
    def minimum(self) -> int:
        """The least number of persons that a result may rest on."""

    @property
    def given_out(self) -> Set[float]:
        """All numbers that were released."""

    def passed(self, value: float) -> bool:
        """Return whether a number was released."""


class Results:
    """Results that texts may state, as they are or in per cent, rounded and without a sign.

    Parameters
    ----------
    values : iterable of float
        What was published or released.
    """

    def __init__(self, values: Iterable[float]) -> None:
        known = np.abs(np.fromiter(values, dtype=float))
        known = known[np.isfinite(known)]
        self._known = np.concatenate([known, 100 * known[known <= 1]])
        self._rounded: dict[int, set[float]] = {}

    def cover(self, text: str, *, percentages_only: bool = False) -> bool:
        """Return whether each number with decimals, or each percentage, in a text is a result."""
        found = decimals_in(text, percentages_only=percentages_only)
        return all(round(number * 10**decimals) in self._to(decimals) for number, decimals in found)

    def _to(self, decimals: int) -> set[float]:
        if decimals not in self._rounded:
            units = self._known * 10.0**decimals
            self._rounded[decimals] = set(np.rint([units - EDGE, units + EDGE]).ravel().tolist())
        return self._rounded[decimals]


def not_passed(where: str) -> DisclosureError:
    """Make the error for a result about persons that nothing has protected."""
    return DisclosureError(
        "nothing has protected it",
        where=where,
        remedy="Give a row or a table of `report.shares`, `report.counts` or another protecting "
        "call, or say with `counted=` what it counts",
    )


def decimals_in(text: str, *, percentages_only: bool = False) -> Iterator[tuple[float, int]]:
    """Find the numbers with decimals in a text, each with how many it has.

    Groups of three digits are thousands.
    """
    for whole, decimals, percent in DECIMAL.findall(text):
        if (len(decimals) != 3 or whole == "0") and (percent or not percentages_only):
            yield float(f"{whole}.{decimals}"), len(decimals)


def check_prose(name: str, said: Mapping[str, str], sdc: Control) -> None:
    """Check that the numbers with decimals in paragraphs on persons were released.

    No paragraph says of a few persons how many they are.

    Parameters
    ----------
    said : mapping
        Language to the paragraphs.

    Raises
    ------
    DisclosureError
        If a number was not released, or a count of persons is too small.
    """
    known = Results(sdc.given_out)
    for language, text in said.items():
        if not known.cover(text):
            raise _unknown(name)
        _refuse_few(name, text, language, sdc.minimum)


def check_texts(results: Mapping[str, Mapping[str, Any]], sdc: Control) -> None:
    """Check that every percentage in a label, caption or alternative text is a safe result.

    Nobody says of these texts whether they are about persons, and of their other numbers most are
    not. No text says of a few persons how many they are.

    Raises
    ------
    DisclosureError
        If one is not, or does; the message names the text, not the value.
    """
    known = Results([*_recorded(results), *sdc.given_out])
    for where, language, text in _texts(results):
        if not known.cover(text, percentages_only=True):
            raise _unknown(where)
        _refuse_few(where, text, language, sdc.minimum)


def check_cells(
    name: str,
    rows: Iterable[Mapping[str, Any]],
    results: Mapping[str, Mapping[str, Any]],
    sdc: Control,
) -> None:
    """Check that texts in a table on persons state published results only.

    Parameters
    ----------
    rows : iterable of mapping
        Column to cell; a text is a string, or a mapping of language to string.

    Raises
    ------
    DisclosureError
        If one states another number with decimals, or of a few persons how many they are.
    """
    known = Results([*_recorded(results), *sdc.given_out])
    for number, row in enumerate(rows, 1):
        for column, cell in row.items():
            for language, text in _in_languages(cell):
                where = f"{name}: row {number}, column {column!r}"
                if not known.cover(text):
                    raise _unknown(where)
                _refuse_few(where, text, language, sdc.minimum)


def _unknown(where: str) -> DisclosureError:
    return DisclosureError(
        "a sentence states a percentage, or another number with decimals, that is no published "
        "result",
        where=where,
        remedy="Use rows of `report.shares`, or publish the number with `report.number`",
    )


def _refuse_few(where: str, text: str, language: Language, minimum: int) -> None:
    added = programme.named(plan.load().programme).persons
    who = "|".join(", ".join(words[language] for words in (WHO, added) if words).split(", "))
    if any(
        is_small(int(count), minimum)
        for count in re.findall(rf"(?<![\d.,])(\d+)\s(?:{who})\b", text)
    ):
        raise DisclosureError(
            f"a sentence tells of fewer than {minimum} persons how many they are",
            where=where,
            remedy="Use rows of `report.counts`, or say that they are few",
        )


def _in_languages(cell: Any) -> Iterable[tuple[Language, str]]:
    """Give what a cell says in each language; nothing if it is a number."""
    if isinstance(cell, Mapping):
        return cell.items()
    return [(each, cell) for each in plan.load().languages] if isinstance(cell, str) else []


def _texts(results: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, Language, str]]:
    for key, label in results["labels"].items():
        yield from ((f"label {key}", language, text) for language, text in label.items())
    for name, figure in results["figures"].items():
        yield from (
            (f"figure {name}, alt", language, text) for language, text in figure["alt"].items()
        )


def _recorded(results: Mapping[str, Mapping[str, Any]]) -> Iterator[float]:
    """Go through the numbers that are recorded, and those of tables and behind figures."""
    for entry in results["numbers"].values():
        yield from (
            value for value in (entry["value"], *(entry["interval"] or ())) if value is not None
        )
    laid = [
        *results["tables"].values(),
        *(entry["data"] for entry in results["figures"].values() if "data" in entry),
    ]
    yield from (
        value
        for entry in laid
        for row in entry["rows"]
        for value in row.values()
        if isinstance(value, float)
    )
