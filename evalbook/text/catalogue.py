"""Messages in gettext catalogues: the code speaks English, a catalogue another language.

A package's own messages have theirs in its `locale/da.po`, for a language that a project adds in
the project's `locale/<language>.po`; a notebook's are in `notebooks/<theme>.<language>.po`.
`python -m evalbook.text.catalogue PACKAGE...` brings the Danish ones up to date with the code and
prints what has no translation yet.
"""

import ast
import contextlib
import gettext
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from io import BytesIO
from pathlib import Path
from tokenize import TokenError
from typing import TYPE_CHECKING, Final

from evalbook.errors import DataError
from evalbook.files import file_state, write_whole
from evalbook.paths import PACKAGE, project_root
from evalbook.text.language import PACKAGED, Language, Text

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

SOURCE: Final[Language] = "en"
# What marks a message in the code, and which of its arguments are messages.
MARKS: Final[dict[str, tuple[int, ...] | None]] = {"tr": None, "plural": (1, 2)}
Message = str | tuple[str, ...]


class Translator:
    """Says messages in whichever language has a catalogue for them.

    Parameters
    ----------
    catalogue : callable
        Takes a language and gives the place of its catalogue.
    """

    def __init__(self, catalogue: Callable[[Language], Path]) -> None:
        self._catalogue = catalogue

    @classmethod
    def of(cls, package: Path) -> "Translator":
        """Return the translator of a package's own messages; `package` is its folder."""
        return cls(partial(package_catalogue, package))

    def __call__(self, message: str) -> Text:
        """Say a message; where a language lacks it, asking for that language raises `DataError`."""
        return Text.each(self._said, message)

    def plural(self, one: str, many: str, count: int) -> Text:
        """Say a message about a number of things.

        Where a language lacks it, asking for that language raises `DataError`.
        """
        return Text.each(self._counted, one, many, count)

    def _said(self, message: str, language: Language) -> str:
        return (
            message
            if language == SOURCE
            else translations(self._catalogue(language)).gettext(message)
        )

    def _counted(self, one: str, many: str, count: int, language: Language) -> str:
        if language == SOURCE:
            return one if count == 1 else many
        return translations(self._catalogue(language)).ngettext(one, many, count)


def package_catalogue(package: Path, language: Language) -> Path:
    """Return the catalogue of a package's messages: in its folder, or in the project for others."""
    folder = package if language in PACKAGED else project_root()
    return folder / "locale" / f"{language}.po"


def package_catalogues(packages: Iterable[Path], languages: Iterable[Language]) -> list[Path]:
    """Return the catalogues of the packages' messages in these languages.

    The code's own has none.
    """
    named = (
        package_catalogue(package, each)
        for package in packages
        for each in languages
        if each != SOURCE
    )
    return list(dict.fromkeys(named))


def notebook_catalogue(notebook: Path, language: Language) -> Path:
    """Return the place of a notebook's catalogue: beside it."""
    return notebook.with_suffix(f".{language}.po")


tr: Final = Translator.of(PACKAGE)


def translations(catalogue: Path) -> gettext.NullTranslations:
    """Return a catalogue for use; raises `DataError` if it is broken."""
    return _translations(catalogue, file_state(catalogue))


@lru_cache(maxsize=64)
def _translations(catalogue: Path, state: tuple[int, ...] | None) -> gettext.NullTranslations:
    untranslated = _Untranslated(catalogue)
    if state is None:
        return untranslated
    from babel.messages.mofile import write_mo

    compiled = BytesIO()
    write_mo(compiled, read(catalogue))
    compiled.seek(0)
    found = gettext.GNUTranslations(compiled)
    found.add_fallback(untranslated)
    return found


def messages(path: Path) -> list[Message]:
    """List the messages in a module or in a notebook's code cells, in order.

    One with a plural is a pair.
    """
    from babel.messages.extract import extract_python

    found: list[Message] = []
    for code in _code(path):
        # A cell that is not Python says nothing, and fails when it runs.
        with contextlib.suppress(TokenError, SyntaxError):
            for _, _, said, _ in extract_python(BytesIO(code.encode()), MARKS, (), {}):
                found.append(said if isinstance(said, str) else (said[0], said[1]))
    return found


def read(path: Path) -> "Catalog":
    """Read a catalogue; raises `DataError` if it is broken."""
    from babel.messages.pofile import PoFileError, read_po

    try:
        with path.open("rb") as file:
            return read_po(file, locale=_language(path), abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        raise DataError(
            f"not a catalogue ({error})", where=path, remedy="Mend the line named"
        ) from error


def update(path: Path, wanted: list[Message]) -> list[Message]:
    """Bring a catalogue up to date: add what is new, drop what is gone, keep the translations.

    Returns
    -------
    list of str or pair
        The messages without a translation.
    """
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    old = read(path) if path.is_file() else Catalog(locale=_language(path))
    new = Catalog(locale=_language(path), fuzzy=False)
    for message in dict.fromkeys(wanted):
        known = old.get(message)
        new.add(message, string=known.string if known else None)
    content = BytesIO()
    write_po(content, new, width=130, omit_header=False)
    # The header's dates would make every update a change.
    lines = [line for line in content.getvalue().splitlines(keepends=True) if b"-Date:" not in line]
    write_whole(path, b"".join(lines))
    return [message for message in dict.fromkeys(wanted) if not translated(new, message)]


def translated(catalogue: "Catalog", message: Message) -> bool:
    """Tell whether a catalogue says a message, each of its forms."""
    found = catalogue.get(message)
    said = found.string if found and not found.fuzzy else None
    return all(said) if isinstance(said, tuple | list) else bool(said)


def catalogues(packages: Iterable[Path]) -> Iterator[tuple[Path, list[Message]]]:
    """Yield the Danish catalogues of packages and project, each with the messages to hold."""
    for package in packages:
        found = [
            message for module in sorted(package.rglob("*.py")) for message in messages(module)
        ]
        yield package_catalogue(package, "da"), found
    for notebook in sorted((project_root() / "notebooks").glob("*.ipynb")):
        yield notebook_catalogue(notebook, "da"), notebook_messages(notebook)


def notebook_messages(notebook: Path) -> list[Message]:
    """List the messages of a notebook: those marked, and plain strings that a catalogue translates.

    Which strings of a cell end up in figures and tables is known when it runs; the run names those
    without a translation. One that a language translates, the others have to translate, too.
    """
    catalogues = sorted(notebook.parent.glob(f"{notebook.stem}.*.po"))
    known = dict.fromkeys(m.id for catalogue in catalogues for m in read(catalogue) if m.id)
    written = {
        node.value
        for code in _code(notebook)
        for node in _nodes(code)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return [*messages(notebook), *(message for message in known if message in written)]


def _nodes(code: str) -> Iterator[ast.AST]:
    with contextlib.suppress(SyntaxError):
        yield from ast.walk(ast.parse(code))


class _Untranslated(gettext.NullTranslations):
    """What has no translation is an error, not an English word on another language's page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def gettext(self, message: str) -> str:
        language = _language(self._path)
        raise DataError(
            f"{message!r} has no translation",
            where=self._path,
            remedy=f"Run `evalbook messages {language}`, then write the words below its msgid",
        )

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1)


def _language(catalogue: Path) -> Language:
    """Tell a catalogue's language by its name: `method.da.po`."""
    return catalogue.stem.rpartition(".")[2]


def _code(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".py":
        return [text]
    return [
        "".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"
    ]


def main(packages: Sequence[str]) -> int:
    """Update the Danish catalogues of packages and notebooks; print what is untranslated."""
    folders = [PACKAGE.parent / package for package in packages]
    missing = [
        (path, message) for path, wanted in catalogues(folders) for message in update(path, wanted)
    ]
    for path, message in missing:
        print(f"{path}: no translation of {message!r}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
