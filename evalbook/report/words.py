"""What keys and English words are called in each language of a report."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Final

from evalbook.errors import DataError
from evalbook.plan import Plan, programme
from evalbook.text.catalogue import Translator, notebook_catalogue
from evalbook.text.language import Language, Text, day, month

KEY: Final = re.compile(r"[a-z][a-z0-9_-]*")
# A checkpoint, as tables hold it.
MONTH: Final = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])")


class Names(Mapping[str, Text]):
    """Names of keys: those that a notebook adds, the programme's, and the plan's.

    Each key that is looked up in the plan is on record as a use of it, and no other.
    """

    def __init__(self, plan: Plan) -> None:
        # One question to the plan a key: its answer stays the same.
        self._in_plan = cache(plan.name_of)
        self._names = dict(programme.named(plan.programme).words)

    def update(self, names: Mapping[str, Text] | Mapping[str, str]) -> None:
        """Add names; plain ones, such as those of places, are alike in all languages."""
        self._names.update(
            {
                str(key): name if isinstance(name, Text) else Text.same(str(name))
                for key, name in names.items()
            }
        )

    def __getitem__(self, key: str) -> Text:
        found = self._names.get(key)
        if found is None and MONTH.fullmatch(key):
            found = Text.each(month, date.fromisoformat(f"{key}-01"))
        if found is None and KEY.fullmatch(key):
            found = self._in_plan(key)
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Words:
    """Names of keys, and translations of English texts.

    Parameters
    ----------
    plan : Plan
        Its entries with a key and a name, such as targets and themes, are names.
    notebook : Path
        The notebook whose catalogue is asked first.
    """

    def __init__(self, plan: Plan, notebook: Path) -> None:
        self.names = Names(plan)
        own = Translator(partial(notebook_catalogue, notebook))
        packages = programme.named(plan.programme).packages
        self._translators = [own, *map(Translator.of, reversed(packages))]

    def translate(self, words: str, language: Language) -> str | None:
        """Translate English words; None if no catalogue knows them."""
        # The empty message is a catalogue's own header.
        if not words:
            return words
        for translator in self._translators:
            try:
                return translator(words)[language]
            except DataError:
                continue
        return None

    def text(self, words: object) -> Text:
        """Return what a cell of a table says: a key's name, a date, or its words in each language.

        Words that no catalogue knows, such as names in data, are the same in all languages.
        """
        if isinstance(words, Text):
            return words
        if isinstance(words, date):
            return Text.each(day, words)
        found = self.names.get(str(words))
        return found if found is not None else Text.each(self._said, str(words))

    def _said(self, words: str, language: Language) -> str:
        found = self.translate(words, language)
        return words if found is None else found
