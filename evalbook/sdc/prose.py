"""What tables and sentences say: only protected results."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, Final, Protocol

import numpy as np
import pandas as pd

from evalbook import plan
from evalbook.errors import DisclosureError, UsageError
from evalbook.models.shares.proportions import Share
from evalbook.plan import programme
from evalbook.sdc.thresholds import is_small, require_safe
from evalbook.text.catalogue import tr
from evalbook.text.language import PACKAGED, Language, Text

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
        What was recorded, or has passed the gate.
    """

    def __init__(self, values: Iterable[float]) -> None:
        known = np.abs(np.fromiter(values, dtype=float))
        known = known[np.isfinite(known)]
        self._told = np.concatenate([known, 100 * known[known <= 1]])
        self._rounded: dict[int, set[float]] = {}

    def cover(self, text: str, *, percentages_only: bool = False) -> bool:
        """Return whether each number with decimals, or each percentage, in a text is a result."""
        found = decimals_in(text, percentages_only=percentages_only)
        return all(round(number * 10**decimals) in self._to(decimals) for number, decimals in found)

    def _to(self, decimals: int) -> set[float]:
        if decimals not in self._rounded:
            units = self._told * 10.0**decimals
            self._rounded[decimals] = set(np.rint([units - EDGE, units + EDGE]).ravel().tolist())
        return self._rounded[decimals]


def check_table(
    name: str,
    frame: pd.DataFrame | None,
    numbers: Iterable[str],
    texts: Iterable[str],
    sdc: Control,
    languages: Sequence[Language] = PACKAGED,
) -> None:
    """Check that each number of a table or of a figure's data has passed disclosure control.

    Parameters
    ----------
    frame : DataFrame or None
        None if a figure lays no numbers behind it, which is refused.
    numbers, texts : iterable of str
        The columns of numbers that are about persons, and those of texts, whose numbers with
        decimals are looked at.
    languages : sequence of str
        The report's languages.

    Raises
    ------
    DisclosureError
        If one did not; the message names table, row and column.
    """
    if frame is None:
        raise DisclosureError(
            "it draws persons, and nothing tells which numbers",
            where=name,
            remedy="Lay them behind it (`behind.attach_data`)",
        )
    for column in numbers:
        for row, value in enumerate(frame[column]):
            if value is not None and not pd.isna(value) and not sdc.passed(float(value)):
                raise not_passed(f"{name}: row {row + 1}, column {column!r}")
    results = Results(sdc.given_out)
    for column in texts:
        for row, value in enumerate(frame[column]):
            if not all(map(results.cover, _said(value, languages))):
                raise not_passed(f"{name}: row {row + 1}, column {column!r}")


def not_passed(where: str) -> DisclosureError:
    """Make the error for a result about persons that no rule has been held against."""
    return DisclosureError(
        "it has not passed the gate",
        where=where,
        remedy="Put counts through `findings.protect_counts`, shares through "
        "`findings.protect_shares`, "
        "percentiles, amounts, models and curves "
        "through `findings.estimates`, or say with `counted=` what it counts",
    )


def decimals_in(text: str, *, percentages_only: bool = False) -> Iterator[tuple[float, int]]:
    """Find the numbers with decimals in a text, each with how many it has.

    Groups of three digits are thousands.
    """
    for whole, decimals, percent in DECIMAL.findall(text):
        if (len(decimals) != 3 or whole == "0") and (percent or not percentages_only):
            yield float(f"{whole}.{decimals}"), len(decimals)


def is_whole(value: float) -> bool:
    """Return whether a value is whole but for rounding, as a share times its persons is."""
    return abs(value - round(value)) < 1e-6 * max(1.0, abs(value))


def check_prose(
    name: str, said: Mapping[str, str], about: Sequence[Share] | None, sdc: Control
) -> None:
    """Check that the groups and the decimals that paragraphs state have passed the control.

    No paragraph says of a few persons how many they are.

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
        If a number has not, or a count of persons is too small.
    """
    if about is None:
        return
    if not about:
        raise UsageError(
            "paragraphs tell of persons that no gate has seen",
            where=name,
            remedy="Say whom they tell of: `about=`",
        )
    require_safe(*about)
    known = Results(sdc.given_out)
    for language, text in said.items():
        if not known.cover(text):
            raise _untold(name)
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
            raise _untold(where)
        _refuse_few(where, text, language, sdc.minimum)


def _untold(where: str) -> DisclosureError:
    return DisclosureError(
        "a sentence tells a percentage, or another number with decimals, that has not passed "
        "the gate",
        where=where,
        remedy="Tell shares that `findings.protect_shares` gave back, or record the number",
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
            remedy="Tell counts that `findings.protect_counts` gave back, or say that they are few",
        )


def _said(value: Any, languages: Sequence[Language]) -> list[str]:
    return list(value.within(languages).values()) if isinstance(value, Text) else [str(value)]


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
