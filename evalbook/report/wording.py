"""What a figure drawn once says in each language: keys, catalogues, numbers and dates.

A text is looked up, in this order, as

1. a key of the plan's names, such as `time-in-activity`;
2. English of a catalogue; a text broken into lines also without its breaks, which are made again;
3. a date: `Sep 2008`, `30 September 2008`, `2008-09`;
4. English of a catalogue with its numbers as `{number}`, `{number2}`: `Since checkpoint 4`;
5. parts, each by 1 to 4: between line breaks and brackets, else dots and dashes, else commas and
   colons, else signs of equality.

What has no letters is a number, and written as the language writes it; a letter by itself is a
symbol, such as n. In English, what is no key stands for itself.
"""

import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from evalbook.errors import DataError
from evalbook.report.units import UNITS
from evalbook.text.catalogue import SOURCE, Translator
from evalbook.text.language import Language, Text, day, month, number, short_month

# Gives the words of an English text in a language, None where nothing does.
Translate = Callable[[str, Language], str | None]

LETTER: Final = re.compile(r"[^\W\d_]")
NUMBER: Final = re.compile(
    r"(?<![\w.])([-\N{MINUS SIGN}]?)(\d{1,3}(?:,\d{3})+(?!\d)|\d+)(\.\d+)?(\s?%)?"
)
# What stands between the parts of a text, the looser first.
BETWEEN: Final = tuple(
    re.compile(f"({between})")
    for between in (r"\n|\s?\(|\)", r" \N{MIDDLE DOT} | \| |; | \N{EN DASH} ", ": |, ", " = ")
)
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WRITTEN: Final = re.compile(rf"(?:(\d{{1,2}}) )?((?:{'|'.join(MONTHS)})[a-z]*)\.? (\d{{4}})", re.I)
ISO: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(?:-(\d{2})(?: 00:00:00)?)?")
# From here on thousands are set apart; below, a number may be a year.
GROUPED: Final = 10_000
# A translation may be this much longer than a line of the original before it is broken.
LONGER: Final = 1.2


def catalogued(*translators: Translator) -> Translate:
    """Look texts up in the catalogues of these translators, the first first."""

    def find(text: str, language: Language) -> str | None:
        for translator in translators:
            try:
                return translator(text)[language]
            except DataError:
                continue
        return None

    return find


class Wording:
    """Says a figure's texts in each language.

    Parameters
    ----------
    names : mapping
        Keys that figures hold to names.
    translate : callable
        Takes an English text and a language; gives its words, or None.
    languages : sequence of str
        The report's languages.
    """

    def __init__(
        self, names: Mapping[str, Text], translate: Translate, languages: Sequence[Language]
    ) -> None:
        self._names = names
        self._translate = translate
        self._others = [language for language in languages if language != SOURCE]

    def is_name(self, text: str) -> bool:
        """Return whether a text is one of the names' keys."""
        return text in self._names

    def say(self, text: str, language: Language, *, key: bool = True) -> str | None:
        """Say a text, or return None if it has no translation.

        Parameters
        ----------
        key : bool
            Whether a text without letters may be a key, such as the name of a category.
        """
        if not LETTER.search(text):
            if key and text in self._names:
                return self._names[text][language]
            return _dated(text, language) or write_numbers(text, language)
        found = self._whole(text, language) or self._by_parts(text, language)
        return write_numbers(text, language) if found is None and language == SOURCE else found

    def _whole(self, text: str, language: Language) -> str | None:
        if text in self._names:
            return self._names[text][language]
        found = (
            self._catalogued(text, language)
            or _dated(text, language)
            or self._as_pattern(text, language)
        )
        lines = text.split("\n")
        if found is None and len(lines) > 1:
            unbroken = self._whole(" ".join(lines), language)
            return unbroken and textwrap.fill(
                unbroken, round(LONGER * max(map(len, lines))), break_long_words=False
            )
        return found

    def _catalogued(self, text: str, language: Language) -> str | None:
        if language != SOURCE:
            return self._translate(text, language)
        known = any(self._translate(text, other) is not None for other in self._others)
        return text if known else None

    def _as_pattern(self, text: str, language: Language) -> str | None:
        numbers = [found.group() for found in NUMBER.finditer(text)]
        if not numbers:
            return None
        holes = iter(["number", *(f"number{place}" for place in range(2, len(numbers) + 1))])
        pattern = self._catalogued(NUMBER.sub(lambda _: f"{{{next(holes)}}}", text), language)
        if pattern is None:
            return None
        names = ["number", *(f"number{place}" for place in range(2, len(numbers) + 1))]
        written = [write_numbers(found, language) for found in numbers]
        return pattern.format(**dict(zip(names, written, strict=True)))

    def _by_parts(self, text: str, language: Language) -> str | None:
        for between in BETWEEN:
            pieces = between.split(text)
            if len(pieces) > 1:
                # Every other piece is what stands between two parts.
                said = [
                    piece if place % 2 else self.say(piece, language, key=False)
                    for place, piece in enumerate(pieces)
                ]
                known = [part for part in said if part is not None]
                return "".join(known) if len(known) == len(said) else None
        return text if len(text.strip()) == 1 else None


def write_numbers(text: str, language: Language) -> str:
    """Write the numbers in a text as a language does: `31.2%` as `31,2 pct.` in Danish."""
    return NUMBER.sub(lambda found: _number(found, language), text)


def _number(found: re.Match[str], language: Language) -> str:
    sign, whole, fraction, per_cent = found.groups(default="")
    value = float(whole.replace(",", "") + fraction)
    grouped = "," in whole or value >= GROUPED or fraction
    said = number(value, language, max(len(fraction) - 1, 0)) if grouped else whole
    said = sign.replace("-", "\N{MINUS SIGN}") + said
    return UNITS["percent"][language].format(value=said) if per_cent else said


def _dated(text: str, language: Language) -> str | None:
    if found := WRITTEN.fullmatch(text):
        in_month, name, year = found.groups()
        when = date(int(year), MONTHS.index(name[:3].lower()) + 1, int(in_month or 1))
        short = len(name) <= 4
    elif found := ISO.fullmatch(text):
        year, number_of_month, in_month = found.groups()
        when = date(int(year), int(number_of_month), int(in_month or 1))
        short = True
    else:
        return None
    if in_month:
        return day(when, language)
    return short_month(when, language) if short else month(when, language)
