"""Messages in gettext catalogues: the code speaks English, a catalogue beside it says the same in Danish.

The package's own is `nychance/locale/da.po`, a notebook's `notebooks/<theme>.da.po`. `python -m nychance.catalogue` brings
them up to date with the code and names what has no translation yet.
"""

import gettext
import json
import sys
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from nychance.errors import DataError
from nychance.files import write_whole
from nychance.language import Text
from nychance.paths import PACKAGE, project_root

OWN: Final = PACKAGE / "locale" / "da.po"
# What marks a message in the code, and which of its arguments are messages.
MARKS: Final[dict[str, tuple[int, ...] | None]] = {"tr": None, "plural": (1, 2)}
Message = str | tuple[str, ...]


class Translator:
    """Says messages in both languages.

    Parameters
    ----------
    path : Path
        The Danish catalogue.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, message: str) -> Text:
        """Say a message; raises `DataError` if it has no translation."""
        return Text(_read(self._path, _changed(self._path)).gettext(message), message)

    def plural(self, one: str, many: str, count: int) -> Text:
        """Say a message about a number of things; raises `DataError` if it has no translation."""
        danish = _read(self._path, _changed(self._path)).ngettext(one, many, count)
        return Text(danish, one if count == 1 else many)


tr: Final = Translator(OWN)


def notebook_catalogue(notebook: Path) -> Path:
    """Tell where a notebook's catalogue is: beside it."""
    return notebook.with_suffix(".da.po")


def messages(path: Path) -> list[Message]:
    """List the messages in a module or in a notebook's code cells, in order; one with a plural is a pair."""
    found = (extract_python(BytesIO(code.encode()), MARKS, (), {}) for code in _code(path))
    return [said if isinstance(said, str) else (said[0], said[1]) for each in found for _, _, said, _ in each]


def read(path: Path) -> Catalog:
    """Read a catalogue; raises `DataError` if it is broken."""
    try:
        with path.open("rb") as file:
            return read_po(file, locale="da", abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        raise DataError(f"not a catalogue ({error})", where=path, remedy="Mend the line named") from error


def update(path: Path, wanted: list[Message]) -> list[Message]:
    """Bring a catalogue up to date: add what is new, drop what is gone, keep the translations.

    Returns
    -------
    list of str or pair
        The messages without a translation.
    """
    old = read(path) if path.is_file() else Catalog(locale="da")
    new = Catalog(locale="da", fuzzy=False)
    for message in dict.fromkeys(wanted):
        known = old.get(message)
        new.add(message, string=known.string if known else None)
    content = BytesIO()
    write_po(content, new, width=130, omit_header=False)
    # The header's dates would make every update a change.
    lines = [line for line in content.getvalue().splitlines(keepends=True) if b"-Date:" not in line]
    write_whole(path, b"".join(lines))
    return [message for message in dict.fromkeys(wanted) if not _translated(new, message)]


def catalogues() -> Iterator[tuple[Path, list[Message]]]:
    """Give every catalogue of the package and of the project, with the messages that it has to hold."""
    yield OWN, [message for module in sorted(PACKAGE.rglob("*.py")) for message in messages(module)]
    for notebook in sorted((project_root() / "notebooks").glob("*.ipynb")):
        yield notebook_catalogue(notebook), messages(notebook)


class _Untranslated(gettext.NullTranslations):
    """What has no translation is an error, not an English word on a Danish page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def gettext(self, message: str) -> str:
        raise DataError(
            f"{message!r} has no translation", where=self._path,
            remedy="Run `python -m nychance.catalogue`, then write the Danish below its msgid",
        )  # fmt: skip

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


@cache
def _read(path: Path, changed: int) -> gettext.NullTranslations:
    untranslated = _Untranslated(path)
    if not changed:
        return untranslated
    compiled = BytesIO()
    write_mo(compiled, read(path))
    compiled.seek(0)
    translations = gettext.GNUTranslations(compiled)
    translations.add_fallback(untranslated)
    return translations


def _translated(catalogue: Catalog, message: Message) -> bool:
    found = catalogue.get(message)
    said = found.string if found else None
    return all(said) if isinstance(said, tuple) else bool(said)


def _code(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return [text]
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]


def main() -> int:
    """Update all catalogues and name what is untranslated."""
    missing = [(path, message) for path, wanted in catalogues() for message in update(path, wanted)]
    for path, message in missing:
        print(f"{path}: no translation of {message!r}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
