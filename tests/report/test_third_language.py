"""A project can have a language that the package does not bring, and then says everything in it."""

import json
import re

import pytest
from pypdf import PdfReader

from evalbook.execute.record import PACKAGES
from nychance import starter as projects
from tests.conftest import Project
from tests.lib.pseudo import add_language

MONTH = "2008-03"
OTHERS = {"da": "Dansk", "en": "English", "sv": "Svenska"}
# What is the same in every language: months of Swedish, names of programs, a cell's own name.
NAMES = {
    "excel",
    # Swedish of the libraries.
    "och",
    "mars",
    "dansk",
    "english",
    "evalbook",
    "nychance",
    "python",
    *(name.lower() for name in PACKAGES),
}
WORD = re.compile(r"(?<![\w-])[A-Za-z]*[aeiouyAEIOUY][A-Za-z]*(?![\w-])")
UNSEEN = re.compile(
    r"<(script|style|code|pre|math|summary|metadata)\b.*?</\1>"
    r"|<\w+[^>]* lang=.da.*?</\w+>|<!--.*?-->"
    # What a cell shows as it is speaks the code's language.
    r"|<table[^>]*dataframe.*?</table>",
    re.DOTALL,
)
TOLD = re.compile(
    r'(?:\balt|\btitle|aria-label|placeholder|name="description" content|data-none|data-some)'
    r'="([^"]*)"'
)


@pytest.fixture(scope="module")
def trilingual(tmp_path_factory, extract_folder):
    """A project in Danish, English and a made-up Swedish, with one checkpoint built in all."""
    root = tmp_path_factory.mktemp("trilingual") / "way"
    projects.start(root, months=[MONTH])
    with pytest.MonkeyPatch.context() as patch:
        add_language(root, "sv", patch)
    project = Project(root)
    done = project.nychance("report", "--renderer", "portable", "--data", str(extract_folder))
    assert done.returncode == 0, done.stdout + done.stderr
    return project


def untranslated(text):
    """Return the words, visible or spoken, of a page or a drawing that have unaccented vowels."""
    seen = re.sub(r"<[^>]+>", " ", UNSEEN.sub(" ", text))
    words = WORD.findall(" ".join([seen, *TOLD.findall(UNSEEN.sub(" ", text))]))
    return {word for word in words if len(word) > 2 and word.lower() not in NAMES}


def test_no_page_and_no_drawing_has_a_word_that_was_not_translated(trilingual):
    edition = trilingual.root / "_site/sv" / MONTH
    pages = [*edition.rglob("*.html"), *edition.rglob("*.svg")]
    assert len(pages) > 8
    assert {page.name: untranslated(page.read_text(encoding="utf-8")) for page in pages} == {
        page.name: set() for page in pages
    }
    assert untranslated(
        (trilingual.root / "_site/en" / MONTH / "effort.html").read_text(encoding="utf-8")
    )


def test_numbers_and_dates_are_written_as_the_language_does(trilingual):
    page = (trilingual.root / "_site/sv" / MONTH / "index.html").read_text(encoding="utf-8")
    assert "mars 2008" in page and "30 mars 2008" in page
    numbers = json.loads(
        (trilingual.root / "_site/data" / f"{MONTH}.json").read_text(encoding="utf-8")
    )["numbers"]
    share = next(number for number in numbers if number["key"] == "participants.job-ready-method")
    assert share["text"]["sv"] == share["text"]["en"].replace(".", ",")
    assert set(share["text"]) == set(share["method"]) == set(OTHERS)


def test_each_page_leads_to_itself_in_the_other_languages(trilingual):
    for language in OTHERS:
        page = (trilingual.root / "_site" / language / MONTH / "effort.html").read_text(
            encoding="utf-8"
        )
        assert f'<html lang="{language}-' in page and 'dir="ltr"' in page
        assert set(re.findall(r'<link rel="alternate" hreflang="(\w+)"', page)) == set(OTHERS)
        switch = dict(re.findall(r'lang="\w+" hreflang="(\w+)">(\w+)</a>', page))
        assert switch == {other: name for other, name in OTHERS.items() if other != language}


def test_the_first_page_and_the_printed_report_speak_the_language(trilingual):
    landing = (trilingual.root / "_site/index.html").read_text(encoding="utf-8")
    assert re.findall(r'<section lang="(\w+)"', landing) == list(OTHERS)
    assert all(f'href="{language}/{MONTH}/index.html"' in landing for language in OTHERS)
    pdf = PdfReader(trilingual.root / "_site/sv" / MONTH / "report.pdf")
    assert pdf.trailer["/Root"]["/Lang"] == "sv-SE"
    # The glossary has the Danish words in parentheses.
    assert not untranslated(
        re.sub(r"\([^)]*\)", " ", " ".join(page.extract_text() for page in pdf.pages))
    )


def test_what_is_lacking_is_named_before_anything_starts(trilingual):
    catalogue = trilingual.root / "locale/sv.po"
    chapter = trilingual.root / "chapters/sv/effort.qmd"
    said, written = catalogue.read_text(encoding="utf-8"), chapter.read_text(encoding="utf-8")
    catalogue.write_text(said.replace('msgstr "(mìssìng)"', 'msgstr ""'), encoding="utf-8")
    chapter.unlink()
    try:
        listed = trilingual.nychance("messages", "sv")
        assert listed.returncode == 1
        assert (
            "'(missing)'" in listed.stdout
            and "chapters/sv/effort.qmd: the chapter does not exist" in listed.stdout
        )
        refused = trilingual.nychance("report")
        assert refused.returncode != 0
        assert "'(missing)', and 1 more" in refused.stderr
    finally:
        catalogue.write_text(said, encoding="utf-8")
        chapter.write_text(written, encoding="utf-8")
    assert trilingual.nychance("messages", "sv").returncode == 0
