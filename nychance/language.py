"""Two languages: bilingual text, and numbers and dates as each language writes them."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from babel.dates import format_date
from babel.numbers import format_decimal

Language = Literal["da", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
LOCALES: dict[Language, str] = {"da": "da_DK", "en": "en_GB"}


@dataclass(frozen=True)
class Text:
    """The same statement in Danish and in English."""

    da: str
    en: str

    def __getitem__(self, language: Language) -> str:
        return self.da if language == "da" else self.en

    def format(self, **texts: "Text | str") -> "Text":
        """Fill the placeholders of both statements, each with the part in its own language."""

        def fill(language: Language) -> str:
            parts = {key: t[language] if isinstance(t, Text) else t for key, t in texts.items()}
            return self[language].format(**parts)

        return Text(fill("da"), fill("en"))


def number(value: float, language: Language, decimals: int = 0) -> str:
    """Write a number with the language's decimal mark and thousands separator."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    text: str = format_decimal(round(value, decimals) + 0.0, format=pattern, locale=LOCALES[language])
    return text.replace("-", "\N{MINUS SIGN}")


def percent(share: float, language: Language, decimals: int = 1) -> str:
    """Write a share (0 to 1) in per cent: `31,2 pct.` in Danish, `31.2%` in English."""
    return number(100 * share, language, decimals) + UNIT_SUFFIX["share"][language]


def month(day: date, language: Language) -> str:
    """Write a month and year: `september 2007`, `September 2007`."""
    text: str = format_date(day, "MMMM y", locale=LOCALES[language])
    return text


def day(value: date, language: Language) -> str:
    """Write a date in full: `30. september 2007`, `30 September 2007`."""
    text: str = format_date(value, "d. MMMM y" if language == "da" else "d MMMM y", locale=LOCALES[language])
    return text


# A no-break space keeps a number and its unit on one line.
UNIT_SUFFIX: dict[str, Text] = {
    "share": Text("\N{NO-BREAK SPACE}pct.", "%"),
    "percent": Text("\N{NO-BREAK SPACE}pct.", "%"),
    "points": Text("\N{NO-BREAK SPACE}procentpoint", " percentage points"),
    "weeks": Text("\N{NO-BREAK SPACE}uger", " weeks"),
    "count": Text("", ""),
    "ratio": Text("", ""),
    "p": Text("", ""),
}
