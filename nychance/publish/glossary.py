"""The glossary: the words of the evaluation in both languages, as a page."""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from nychance.catalogue import tr
from nychance.errors import DataError
from nychance.language import LANGUAGES, Language
from nychance.publish.chapters import Chapter, slug

TITLE = tr("Glossary")
INTRO = tr("The words of the evaluation as this report uses them. The Danish word stands in parentheses.")
# The order of the Danish alphabet, which ends in æ, ø, å.
ALPHABET = {letter: chr(ord("z") + place) for place, letter in enumerate("æøå", start=1)}


class Word(BaseModel):
    """A word in one language and what the report means by it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    term: str
    meaning: str


class Entry(BaseModel):
    """A word in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    da: Word
    en: Word

    def __getitem__(self, language: Language) -> Word:
        return self.da if language == "da" else self.en


def read(path: Path) -> list[Entry]:
    """Read the glossary.

    Raises
    ------
    DataError
        If the file is missing or an entry lacks a word, a meaning or a language.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        return TypeAdapter(list[Entry]).validate_python(content)
    except FileNotFoundError as error:
        raise DataError("the file does not exist", where=path, remedy="Restore it from the repository") from error
    except (yaml.YAMLError, ValidationError) as error:
        remedy = "Give each entry a term and a meaning in both languages"
        raise DataError(f"the glossary is broken: {error}", where=path, remedy=remedy) from error


def glossary_page(path: Path, language: Language) -> Chapter:
    """Write the glossary of a language, in its alphabetical order; anchors are the same in both languages."""
    other = next(name for name in LANGUAGES if name != language)
    words = sorted(read(path), key=lambda entry: _order(entry[language].term))
    terms = [_term(entry, language, other) for entry in words]
    return Chapter("glossary", path, {"title": TITLE[language]}, "\n".join([INTRO[language], "", *terms]))


def _term(entry: Entry, language: Language, other: Language) -> str:
    head = f"[{entry[language].term}]{{#{slug(entry.en.term)}}} ([{entry[other].term}]{{lang={other}}})"
    return f"{head}\n:   {entry[language].meaning}\n"


def _order(term: str) -> str:
    return "".join(ALPHABET.get(letter, letter) for letter in term.lower())
