"""Each message of the code has its Danish, with the same blanks to fill."""

import json
import re

import pytest

from evalbook.errors import DataError
from evalbook.plan import programme
from evalbook.text import catalogue


def write(folder, *entries):
    path = folder / "da.po"
    head = (
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n'
        'Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
    )
    path.write_text(head + "\n".join(entries), encoding="utf-8")
    return path


def said_by(path):
    return catalogue.Translator(lambda language: path)


def test_message_is_said_in_both_languages(tmp_path):
    tr = said_by(write(tmp_path, 'msgid "Rowan {n}"\nmsgstr "Røn {n}"\n'))
    assert tr("Rowan {n}").format(n="1").da == "Røn 1"
    assert tr("Rowan {n}").en == "Rowan {n}"


@pytest.mark.parametrize(
    "count, da, en",
    [(0, "uger", "weeks"), (1, "uge", "week"), (2, "uger", "weeks"), (21, "uger", "weeks")],
)
def test_plural_follows_the_count(tmp_path, count, da, en):
    entry = 'msgid "week"\nmsgid_plural "weeks"\nmsgstr[0] "uge"\nmsgstr[1] "uger"\n'
    text = said_by(write(tmp_path, entry)).plural("week", "weeks", count)
    assert (text.da, text.en) == (da, en)


@pytest.mark.parametrize(
    "entry", ["", 'msgid "Now"\nmsgstr ""\n', '#, fuzzy\nmsgid "Now"\nmsgstr "Nu"\n']
)
def test_no_english_word_comes_on_a_danish_page(tmp_path, entry):
    path = write(tmp_path, entry)
    with pytest.raises(DataError, match="'Now' has no translation") as told:
        said_by(path)("Now")["da"]
    assert str(path) in str(told.value)


def test_missing_and_broken_catalogue_is_named(tmp_path):
    with pytest.raises(DataError, match="has no translation"):
        said_by(tmp_path / "none.po")("Now")["da"]
    broken = tmp_path / "broken.po"
    broken.write_text('msgid "Now"\nmsgstr "Nu"\n"Næ\nvist ikke\n', encoding="utf-8")
    with pytest.raises(DataError, match="not a catalogue"):
        said_by(broken)("Now")["da"]


def test_messages_are_found_in_modules_and_notebooks(tmp_path):
    code = (
        'x = tr("One "\n  "two")\ny = findings.tr.plural("week", "weeks", 3)\nz = other("three")\n'
    )
    module, notebook = tmp_path / "m.py", tmp_path / "n.ipynb"
    module.write_text(code)
    notebook.write_text(
        json.dumps(
            {
                "cells": [
                    {"cell_type": "code", "source": [code]},
                    {"cell_type": "markdown", "source": 'tr("no")'},
                ]
            }
        )
    )
    assert (
        catalogue.messages(module) == catalogue.messages(notebook) == ["One two", ("week", "weeks")]
    )


def test_update_keeps_translations_and_names_what_is_new(tmp_path):
    path = write(tmp_path, 'msgid "Old"\nmsgstr "Gammel"\n\nmsgid "Gone"\nmsgstr "Væk"\n')
    assert catalogue.update(path, ["Old", "New"]) == ["New"]
    text = path.read_text(encoding="utf-8")
    assert 'msgstr "Gammel"' in text and "Gone" not in text
    catalogue.update(path, ["Old", "New"])
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    "path, wanted",
    [
        pytest.param(*each, id=each[0].name)
        for each in catalogue.catalogues(programme.named("nychance").packages)
    ],
)
def test_every_message_has_its_danish_with_the_same_blanks(path, wanted):
    tr = said_by(path)
    for message in wanted:
        text = tr(message) if isinstance(message, str) else tr.plural(*message, 2)
        assert sorted(re.findall(r"{\w+}", text.da)) == sorted(re.findall(r"{\w+}", text.en))
    known = {message.id for message in catalogue.read(path)} if path.is_file() else set()
    assert known - {""} == set(wanted), "run python -m evalbook.text.catalogue"
