"""Names, places and small workplaces out of texts, by a rule file.

Positions in the text move along.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from evalbook.errors import DataError
from evalbook.qualitative.records import Record, checked, content

# The genitive and its apostrophes: Fatimas, Lars', Marx's, Hans' or with a typographic apostrophe.
# It stays behind the pseudonym.
ENDING: Final = r"(?P<ending>(?:s|es|['\N{RIGHT SINGLE QUOTATION MARK}]s?)?)"
# Found without a rule: civil registration numbers, addresses of electronic mail, telephone numbers
# of eight digits.
ALWAYS: Final = {
    "[cpr]": r"(?<!\d)[0-3]\d[01]\d{3}[- ]?\d{4}(?!\d)",
    "[e-mail]": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    "[telefon]": r"(?<![\d.])(?:\+45[ ]?)?\d{2}(?:[ ]?\d{2}){3}(?!\d)",
}
SHORTEST_PART: Final = 3


class Rule(Record):
    """A name and what stands in its place.

    Attributes
    ----------
    replace : str
        The name as it is written. It is found with a genitive, in capitals, over line ends, and
        before a hyphen.
    by : str
        The pseudonym, such as `[deltager]`.
    kind : str
        Of a `person` each part of the name is found alone, too.
    also : tuple of str
        Other forms: nicknames, short forms, `nørhavnsk`.
    """

    replace: str
    by: str
    kind: Literal["person", "place", "workplace"]
    also: tuple[str, ...] = ()

    @property
    def forms(self) -> list[str]:
        """Every form that is looked for."""
        parts = self.replace.split() if self.kind == "person" else []
        return [self.replace, *self.also, *(part for part in parts if len(part) >= SHORTEST_PART)]


@dataclass(frozen=True)
class Replaced:
    """A text with pseudonyms, and how positions in it moved."""

    text: str
    spans: tuple[
        tuple[int, int, int], ...
    ]  # start and end in the old text, length of what stands there now

    def start(self, position: int) -> int:
        """Tell where a passage begins that began at a position.

        Within a name, at the pseudonym's beginning.
        """
        return self._moved(position, to_end=False)

    def end(self, position: int) -> int:
        """Tell where a passage ends that ended at a position.

        Within a name, at the pseudonym's end.
        """
        return self._moved(position, to_end=True)

    def _moved(self, position: int, *, to_end: bool) -> int:
        shift = 0
        for start, end, length in self.spans:
            if position >= end:
                shift += length - (end - start)
            elif position > start:
                return start + shift + (length if to_end else 0)
        return position + shift


@dataclass(frozen=True)
class Pseudonyms:
    """The rules, ready to be used."""

    rules: tuple[Rule, ...]

    def replace(self, text: str) -> Replaced:
        """Put pseudonyms in a text."""
        parts, spans, last = [], [], 0
        for found in self._pattern.finditer(text):
            new = self._by(found)
            parts += [text[last : found.start()], new]
            spans.append((found.start(), found.end(), len(new)))
            last = found.end()
        return Replaced("".join([*parts, text[last:]]), tuple(spans))

    def clean(self, text: str) -> str:
        """Put pseudonyms in a text whose positions nobody needs."""
        return self.replace(text).text

    @cached_property
    def _forms(self) -> list[tuple[str, str]]:
        forms = {form: rule.by for rule in self.rules for form in rule.forms}
        # The longest first, so that a whole name is not replaced part by part.
        return sorted(forms.items(), key=lambda item: (-len(item[0]), item[0]))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        fixed = [f"(?P<always{i}>{pattern})" for i, pattern in enumerate(ALWAYS.values())]
        names = [f"(?P<name{i}>{_written(form)})" for i, (form, _) in enumerate(self._forms)]
        named = [rf"(?<!\w)(?:{'|'.join(names)}){ENDING}(?!\w)"] if names else []
        return re.compile("|".join([*fixed, *named]))

    def _by(self, found: re.Match[str]) -> str:
        group = next(
            name
            for name, text in found.groupdict().items()
            if text is not None and name != "ending"
        )
        if group.startswith("always"):
            return list(ALWAYS)[int(group.removeprefix("always"))]
        return self._forms[int(group.removeprefix("name"))][1] + (found.group("ending") or "")


def read_pseudonyms(path: Path) -> Pseudonyms:
    """Read a rule file: a YAML mapping with a list `rules`.

    Raises
    ------
    DataError
        If it is missing or broken, or a rule is empty or contains its own pseudonym.
    """
    rules = checked(TypeAdapter(tuple[Rule, ...]), content(path).get("rules"), path)
    for number, rule in enumerate(rules):
        if not all(form.strip() for form in rule.forms):
            raise DataError(
                f"rules.{number}: an empty form", where=path, remedy="Write the name to be replaced"
            )
    again = Pseudonyms(rules)
    for number, rule in enumerate(rules):
        if again.clean(rule.by) != rule.by:
            raise DataError(
                f"rules.{number}.by: {rule.by!r} holds a name that is to be replaced",
                where=path,
                remedy="Choose another pseudonym",
            )
    return again


def moved_units(
    replaced: Replaced,
    old: NDArray[np.int64] | None,
    new: NDArray[np.int64] | None,
    units: Sequence[int],
) -> tuple[int, int]:
    """Move a passage given in UTF-16 code units.

    Parameters
    ----------
    old, new : array or None
        Where each character begins, before and after, as `texts.unit_starts` tells.
    units : pair of int
        The passage's start and end.
    """
    start, end = (
        int(np.searchsorted(old, position)) if old is not None else position for position in units
    )
    start, end = replaced.start(start), replaced.end(end)
    return (int(new[start]), int(new[end])) if new is not None else (start, end)


def _written(form: str) -> str:
    # Spaces may be any white space; letters may be composed or not; the name may stand in capitals.
    spellings = {
        unicodedata.normalize(kind, text)
        for kind in ("NFC", "NFD")
        for text in (form, form.upper())
    }
    return "|".join(
        r"\s+".join(map(re.escape, spelling.split()))
        for spelling in sorted(spellings, key=len, reverse=True)
    )
