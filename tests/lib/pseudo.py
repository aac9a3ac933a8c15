"""A language made up for tests: English with an accent on each vowel.

A word without accents was not translated.
"""

import json
import re

import yaml
from babel.messages.pofile import write_po

from evalbook.publish.translation import SAYING, write_catalogues
from evalbook.text.catalogue import read

ACCENTED = str.maketrans("aeiouyAEIOUY", "àèìòùỳÀÈÌÒÙỲ")
# What is not words: blanks to fill, shortcodes, attributes, code, where links lead, marks of HTML,
# references, front matter.
KEPT = re.compile(
    r"\{\{<.*?>\}\}|\{[^}]*\}|`[^`]*`|\]\([^)]*\)|<[^>]+>|@[\w-]+|^:::.*$|^---\n.*?^---\n",
    re.MULTILINE | re.DOTALL,
)


def accented(text):
    """Translate a text into the language."""
    parts, end = [], 0
    for kept in KEPT.finditer(text):
        parts += [text[end : kept.start()].translate(ACCENTED), kept.group()]
        end = kept.end()
    return "".join(parts) + text[end:].translate(ACCENTED)


def add_language(root, language, monkeypatch):
    """Add a language to a project as `docs/how-to/add-a-language.md` describes.

    Catalogues, names, chapters, text cells and a sidebar.
    """
    monkeypatch.chdir(root)
    themes = root / "data/plan/themes.yml"
    themes.write_text(
        re.sub(r"(languages: \[.*)\]", rf"\1, {language}]", themes.read_text(encoding="utf-8")),
        encoding="utf-8",
    )
    for path in (path for pattern in SAYING for path in root.glob(pattern)):
        content = _named(yaml.safe_load(path.read_text(encoding="utf-8")), language)
        path.write_text(
            yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8"
        )
    for path in write_catalogues(language):
        _fill(path)
    for notebook in root.glob("notebooks/*.ipynb"):
        _tell(notebook, language)
    (root / "chapters" / language).mkdir()
    for chapter in (root / "chapters/en").glob("*.qmd"):
        text = accented(chapter.read_text(encoding="utf-8"))
        for place in (".{}.md", ".{}.svg", "/{}.yml"):
            text = text.replace(place.format("en"), place.format(language))
        text = re.sub(
            r"(?<=^title: ).*$", lambda found: accented(found[0]), text, count=1, flags=re.MULTILINE
        )
        (root / "chapters" / language / chapter.name).write_text(text, encoding="utf-8")
    config = root / "_quarto.yml"
    content = yaml.safe_load(config.read_text(encoding="utf-8"))
    english = next(bar for bar in content["website"]["sidebar"] if bar["id"] == "en")
    listed = [path.replace("/en/", f"/{language}/") for path in english["contents"]]
    content["website"]["sidebar"].append({"id": language, "title": language, "contents": listed})
    config.write_text(
        yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )


def _named(content, language):
    if isinstance(content, list):
        return [_named(part, language) for part in content]
    if not isinstance(content, dict):
        return content
    named = {key: _named(part, language) for key, part in content.items()}
    return named | ({language: _all_accented(content["en"])} if "en" in content else {})


def _all_accented(words):
    return (
        {key: accented(word) for key, word in words.items()}
        if isinstance(words, dict)
        else accented(words)
    )


def _fill(path):
    catalogue = read(path)
    for message in catalogue:
        if message.id:
            message.string = (
                tuple(map(accented, message.id)) if message.pluralizable else accented(message.id)
            )
    with path.open("wb") as file:
        write_po(file, catalogue)


def _tell(notebook, language):
    content = json.loads(notebook.read_text(encoding="utf-8"))
    cells = []
    for cell in content["cells"]:
        cells.append(cell)
        if "en" in cell["metadata"].get("tags", []):
            said = [accented(line) for line in cell["source"]]
            cells.append(
                {
                    **cell,
                    "id": f"{cell['id'][:-3]}-{language}",
                    "metadata": {"tags": [language]},
                    "source": said,
                }
            )
    notebook.write_text(
        json.dumps(content | {"cells": cells}, ensure_ascii=False, indent=1) + "\n",
        encoding="utf-8",
    )
