"""The glossary: the words of the evaluation in each language, as a page."""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from evalbook import plan
from evalbook.errors import DataError
from evalbook.publish.chapters import Chapter, slug
from evalbook.text.catalogue import SOURCE, tr
from evalbook.text.language import Language, in_order

TITLE = tr("Glossary")
INTRO = tr(
    "The words of the evaluation as this report uses them, with those of the other language in "
    "parentheses."
)


class Word(BaseModel):
    """A word in one language and what the report means by it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    term: str
    meaning: str


Entry = dict[Language, Word]


def read(path: Path) -> list[Entry]:
    """Read the glossary.

    Returns
    -------
    list of dict
        Each word in the languages that it is given in.

    Raises
    ------
    DataError
        If an entry lacks a word, a meaning or a language of the plan.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        plan.check_said(content, path)
        return TypeAdapter(list[Entry]).validate_python(content)
    except (yaml.YAMLError, ValidationError) as error:
        raise DataError(
            f"the glossary is broken: {error}",
            where=path,
            remedy="Give each entry a term and a meaning",
        ) from error


def glossary_page(path: Path, language: Language) -> Chapter | None:
    """Write the glossary of a language, in its alphabetical order; None where there is no file.

    Anchors are the same in all languages.
    """
    if not path.is_file():
        return None
    other = next((each for each in plan.load().languages if each != language), language)
    words = sorted(read(path), key=lambda entry: in_order(entry[language].term, language))
    terms = [_term(entry, language, other) for entry in words]
    return Chapter(
        "glossary", path, {"title": TITLE[language]}, "\n".join([INTRO[language], "", *terms])
    )


def _term(entry: Entry, language: Language, other: Language) -> str:
    anchor = slug(entry.get(SOURCE, entry[language]).term)
    elsewhere = (
        f" ([{entry[other].term}]{{lang={other}}})" if other in entry and other != language else ""
    )
    return f"[{entry[language].term}]{{#{anchor}}}{elsewhere}\n:   {entry[language].meaning}\n"
