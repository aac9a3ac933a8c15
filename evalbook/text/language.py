"""What is said in each language, and numbers and dates as each language writes them.

The package brings Danish and English. A project may name others in its plan: their words come from
catalogues of its own (`evalbook.text.catalogue`), their numbers, dates and names from Babel.
"""

import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache, lru_cache, partial
from typing import Any, Final

from evalbook.errors import DataError

Language = str  # as in ISO 639: `da`
PACKAGED: Final[tuple[Language, ...]] = ("da", "en")
# Where a language is meant as in another country than the one with most speakers, or Babel names
# no country.
LOCALES: Final = {"en": "en_GB", "nb": "nb_NO"}
# The letters with which alphabets of the north end; elsewhere an accent does not count.
LAST: Final = {"da": "æøå", "nb": "æøå", "nn": "æøå", "sv": "åäö", "fi": "åäö"}


class Text:
    """A statement, said in whichever language it is asked for.

    Texts that are made of the same are equal.

    Parameters
    ----------
    da, en, **others : str
        Its words, by language. `Text.each` makes words only when they are asked for.
    """

    def __init__(self, da: str | None = None, en: str | None = None, **others: str) -> None:
        given = {"da": da, "en": en, **others}
        self.words = {language: said for language, said in given.items() if said is not None}
        self._say = partial(_given, tuple(self.words.items()))

    @classmethod
    def each(cls, say: Callable[..., str], *arguments: Any, **options: Any) -> "Text":
        """Make a text by calling `say` with arguments and language: `Text.each(month, day)`."""
        text = cls()
        text._say = partial(_asked, say, arguments, tuple(options.items()))
        return text

    @classmethod
    def same(cls, words: str) -> "Text":
        """Make a text that has the same words in every language, such as a name."""
        return cls.each(_whichever, words)

    def __getitem__(self, language: Language) -> str:
        return self._say(language)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self._say.args == other._say.args

    def __hash__(self) -> int:
        return hash(self._say.args)

    def __repr__(self) -> str:
        return f"Text{self._say.args}"

    @property
    def da(self) -> str:
        """The Danish words."""
        return self["da"]

    @property
    def en(self) -> str:
        """The English words."""
        return self["en"]

    def within(self, languages: Iterable[Language]) -> dict[Language, str]:
        """Say it in these languages, as results hold it."""
        return {language: self[language] for language in languages}

    def format(self, **parts: "Text | str") -> "Text":
        """Fill the placeholders, in each language with the parts in that language."""
        return Text.each(_filled, self, tuple(parts.items()))

    def map(self, change: Callable[[str], str]) -> "Text":
        """Change the words of each language in the same way."""
        return Text.each(_changed, self, change)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> Any:
        """Let a file give it as a mapping of languages to words."""
        from pydantic_core import core_schema as schema

        def read(value: object, given: Callable[[object], dict[Language, str]]) -> Text:
            return value if isinstance(value, Text) else cls(**given(value))

        language = schema.str_schema(pattern=r"^[a-z]{2,3}$")
        words = schema.dict_schema(language, schema.str_schema(), min_length=1)
        written = schema.plain_serializer_function_ser_schema(lambda text: text.words)
        return schema.no_info_wrap_validator_function(read, words, serialization=written)


def join(between: str, parts: Iterable[Text]) -> Text:
    """Put texts after one another."""
    return Text.each(_joined, between, tuple(parts))


def joined(parts: Iterable[Text]) -> Text:
    """List texts in a sentence: `mål, metode og effekt`."""
    return Text.each(_listed, tuple(parts))


def capitalised(words: str) -> str:
    """Begin with a capital letter."""
    return words[:1].upper() + words[1:]


def lowered(words: str) -> str:
    """Begin with a small letter, as within a sentence."""
    return words[:1].lower() + words[1:]


@cache
def locale(language: Language) -> str:
    """Name a language with its country, as Babel does: `da_DK`.

    That of most speakers, but British English.

    Raises
    ------
    DataError
        If Babel knows no such language.
    """
    from babel.core import Locale, UnknownLocaleError, get_global

    spoken, *_, country = (
        get_global("likely_subtags").get(language, f"{language}_{language.upper()}").split("_")
    )
    found = LOCALES.get(language, f"{spoken}_{country}")
    try:
        Locale.parse(found)
    except (UnknownLocaleError, ValueError) as error:
        raise DataError(
            f"no language {language!r} is known", remedy="Write it as in ISO 639, such as da"
        ) from error
    return found


def tag(language: Language) -> str:
    """Name a language as browsers and Pandoc do: `da-DK`."""
    return locale(language).replace("_", "-")


def own_name(language: Language) -> str:
    """Name a language in itself: `Dansk`."""
    from babel.core import Locale

    return capitalised(Locale.parse(locale(language)).get_language_name() or language)


def in_order(words: str, language: Language) -> str:
    """Return what words are sorted by in a language's alphabet."""
    last = LAST.get(language, "")
    return "".join(
        chr(ord("z") + 1 + last.index(sign)) if sign in last else without_accents(sign)
        for sign in words.lower()
    )


def without_accents(text: str) -> str:
    """Remove what stands above or below letters."""
    return "".join(
        sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)
    )


def direction(language: Language) -> str:
    """Tell which way a language is written: `ltr` or `rtl`."""
    from babel.core import Locale

    return str(Locale.parse(locale(language)).text_direction)


# Tables, marks and ticks write the same numbers again and again.
@lru_cache(maxsize=4096)
def number(value: float, language: Language, decimals: int = 0) -> str:
    """Write a number with the language's decimal mark and thousands separator."""
    from babel.numbers import format_decimal

    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    text: str = format_decimal(
        round(value, decimals) + 0.0, format=pattern, locale=locale(language)
    )
    return text.replace("-", "\N{MINUS SIGN}")


def month(day: date, language: Language) -> str:
    """Write a month and year: `september 2007`, `September 2007`."""
    return _written("yMMMM", day, language)


def short_month(day: date, language: Language) -> str:
    """Write a month and year where there is little room: `sep. 2007`."""
    return _written("yMMM", day, language)


def day(value: date, language: Language) -> str:
    """Write a date in full: `30. september 2007`, `30 September 2007`."""
    from babel.dates import format_date

    text: str = format_date(value, "long", locale=locale(language))
    return text


def _written(parts: str, day: date, language: Language) -> str:
    from babel.dates import format_skeleton

    text: str = format_skeleton(parts, day, locale=locale(language))
    return text


def _given(words: Iterable[tuple[Language, str]], language: Language) -> str:
    said = dict(words)
    if language not in said:
        raise DataError(
            f"nothing says {next(iter(said.values()), '')!r} in {language!r}",
            remedy=f"`evalbook messages {language}` lists what that language lacks, and where",
        )
    return said[language]


def _asked(
    say: Callable[..., str],
    arguments: Iterable[Any],
    options: Iterable[tuple[str, Any]],
    language: Language,
) -> str:
    return say(*arguments, language, **dict(options))


def _whichever(words: str, _language: Language) -> str:
    return words


def _filled(pattern: Text, parts: Iterable[tuple[str, Text | str]], language: Language) -> str:
    return pattern[language].format(
        **{name: part[language] if isinstance(part, Text) else part for name, part in parts}
    )


def _changed(text: Text, change: Callable[[str], str], language: Language) -> str:
    return change(text[language])


def _joined(between: str, parts: Iterable[Text], language: Language) -> str:
    return between.join(part[language] for part in parts)


def _listed(parts: Iterable[Text], language: Language) -> str:
    from babel.lists import format_list

    text: str = format_list([part[language] for part in parts], locale=locale(language))
    return text
