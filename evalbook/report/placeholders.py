"""Places in a drawing for words of several languages.

A figure is laid out and drawn once: where a text stands, each of its lines is one character of
Unicode's private area, as wide as its longest translation. The drawing in a language then has the
words in their place.
"""

import html
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from evalbook.report.wording import Wording
from evalbook.text.language import Language
from evalbook.text.outside import printable

# Between two parts of a note, where it is broken first.
DOT: Final = " \N{MIDDLE DOT} "
# Where a long word may be broken, if it must.
HYPHEN: Final = "\N{SOFT HYPHEN}"
FIRST: Final = 0xE000
LINE: Final = re.compile("[\ue000-\uf8ff]")
# A text element as Matplotlib writes it, without the words.
ELEMENT: Final = re.compile(r'<text style="([^"]*)" ([^>]*?)>([\ue000-\uf8ff])</text>')
SIZE: Final = re.compile(r"font-size: ([\d.]+)px")
ANCHORS: Final = {"center": "; text-anchor: middle", "right": "; text-anchor: end"}
FRACTIONS: Final = {"center": 0.5, "right": 1.0}
LINE_SPACING: Final = 1.2
# Formulas, which Matplotlib draws itself.
FORMULA: Final = re.compile(r"\$.*\$", re.DOTALL)


@dataclass(frozen=True)
class Line:
    """A line of a text: its words by language, and how many lines it moves down there."""

    words: dict[Language, str]
    down: dict[Language, float]
    aligned: str


class Placeholders:
    """Gives out placeholders for texts, and puts words in their places.

    Attributes
    ----------
    missing : list of tuple
        Texts without translation, each with the language that lacks it.
    """

    def __init__(self, wording: Wording, languages: Sequence[Language]) -> None:
        self.missing: list[tuple[str, Language]] = []
        self._is_name = wording.is_name
        # Each text is asked for again and again: how long it is, then what it says, on pages and
        # on phones.
        self._say = cache(wording.say)
        self._languages = languages
        self._lines: list[Line] = []

    def hold(
        self,
        text: str,
        *,
        key: bool = True,
        characters: int | None = None,
        aligned: str = "left",
        above: float = 0.0,
    ) -> str:
        """Return placeholders for a text, one a line.

        Parameters
        ----------
        key : bool
            Whether a text of digits may be a key.
        characters : int, optional
            The longest line; longer ones are broken between words.
        aligned : str
            `left`, `center` or `right`.
        above : float
            The share of lines to spare that stands above the text: 0 for a text that hangs from
            its place, 1 for one that stands on it.
        """
        # A name with `$` in it is a name.
        formula = FORMULA.search(text) and not self._is_name(text)
        if not text.strip() or formula:
            return text
        said = {
            language: self._broken(self._said(text, language, key=key), characters)
            for language in self._languages
        }
        most = max(map(len, said.values()))
        first = len(self._lines)
        self._lines += [
            Line(
                {language: _nth(lines, place) for language, lines in said.items()},
                {language: above * (most - len(lines)) for language, lines in said.items()},
                aligned,
            )
            for place in range(most)
        ]
        return "\n".join(chr(FIRST + place) for place in range(first, len(self._lines)))

    def longest(self, text: str) -> int:
        """Return how many characters a text has in the language where it has most."""
        said = [self._say(text, language) for language in self._languages]
        return max(len((words or text).replace(HYPHEN, "")) for words in said)

    def longest_word(self, text: str) -> int:
        """Return how many characters the longest word of a text has in any language."""
        said = [self._say(text, language) or text for language in self._languages]
        words = [word for text in said for word in text.replace(HYPHEN, "- ").split()]
        return max(map(len, words), default=0)

    def widest(self, text: str) -> list[str]:
        """Return what a placeholder stands for in each language, or the text itself."""
        line = self._line(text)
        return [text] if line is None else list(dict.fromkeys(line.words.values()))

    def place(self, text: str) -> float | None:
        """Return where in its width a placeholder is held: 0 at its left, 1 at its right."""
        line = self._line(text)
        return None if line is None else FRACTIONS.get(line.aligned, 0.0)

    def fill(self, drawing: str, language: Language) -> str:
        """Put the words of a language in their places."""
        return ELEMENT.sub(lambda found: self._element(found, language), drawing)

    def _said(self, text: str, language: Language, *, key: bool) -> str:
        said = self._say(text, language, key=key)
        if said is None and (text, language) not in self.missing:
            self.missing.append((text, language))
        return printable(text if said is None else said)

    @staticmethod
    def _broken(text: str, characters: int | None) -> list[str]:
        whole = text.replace(HYPHEN, "")
        if characters is None or max(map(len, whole.split("\n"))) <= characters:
            return whole.split("\n")
        return [
            part
            for line in text.replace(DOT, "\n").split("\n")
            for part in textwrap.wrap(
                _hyphenated(line, characters), characters, break_long_words=False
            )
            or [""]
        ]

    def _line(self, text: str) -> Line | None:
        if len(text) != 1 or not LINE.match(text):
            return None
        return self._lines[ord(text) - FIRST]

    def _element(self, found: re.Match[str], language: Language) -> str:
        style, place, held = found.groups()
        line = self._lines[ord(held) - FIRST]
        words = line.words[language]
        if not words:
            return ""
        if down := line.down[language]:
            size = SIZE.search(style)
            points = down * LINE_SPACING * float(size.group(1) if size else 10)
            place = f'{place[:-1]} translate(0 {points:.2f})"'
        style += ANCHORS.get(line.aligned, "")
        return f'<text style="{style}" {place}>{html.escape(words, quote=False)}</text>'


def _hyphenated(text: str, characters: int) -> str:
    """Divide words that are too long for a line where they may be divided."""
    words = (
        word.replace(HYPHEN, "- " if len(word) > characters + 1 else "") for word in text.split(" ")
    )
    return " ".join(words)


def _nth(lines: Sequence[str], place: int) -> str:
    return lines[place] if place < len(lines) else ""
