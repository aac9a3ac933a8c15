"""Both editions show the same figures and numbers, each in its own language."""

import re
import shutil
from collections import Counter
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from evalbook import plan
from evalbook.plan.results import results
from tests.conftest import ROOT, Project
from tests.lib.prose import Page, numbers, words

MONTHS = ("2007-09", "2009-03")
PAGES = sorted(path.stem for path in (ROOT / "chapters" / "da").glob("[!_]*.qmd"))
THEMES = [theme.stem for theme in plan.load().themes]
# Words that one language is never without for long and the other does not have.
ENGLISH = {
    "the",
    "of",
    "which",
    "with",
    "from",
    "this",
    "that",
    "not",
    "are",
    "were",
    "municipalities",
    "checkpoint",
}
DANISH = {
    "og",
    "af",
    "på",
    "ikke",
    "som",
    "med",
    "fra",
    "eller",
    "hvor",
    "nedslag",
    "pct",
    "kommuner",
    "personer",
    "andel",
}
UNITS = {
    "da": "uger|kommuner|personer|aktiviteter|koder|gange|samtaler|virksomheder|anbefalinger"
    "|forløb er",
    "en": "weeks|municipalities|persons|activities|codes|times|talks|companies|recommendations",
}


def page(built, language, month, name):
    return Page(
        (built.root / "_site" / language / month / f"{name}.html").read_text(encoding="utf-8")
    )


def drawn(path):
    """Read the text of a drawing, line by line."""
    texts = ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")
    return ["".join(text.itertext()) for text in texts]


@pytest.fixture(params=MONTHS)
def month(request):
    return request.param


@pytest.mark.parametrize("name", PAGES)
def test_same_figures_in_the_same_order(built, month, name):
    danish, english = (page(built, language, month, name) for language in ("da", "en"))
    assert danish.exhibits == english.exhibits


@pytest.mark.parametrize("name", PAGES)
def test_same_numbers(built, month, name):
    danish, english = (
        Counter(
            number
            for block in page(built, language, month, name).told
            for number in numbers(block, language)
        )
        for language in ("da", "en")
    )
    assert (danish - english, english - danish) == (Counter(), Counter())


def test_same_numbers_in_alternatives(built, month):
    for name in PAGES:
        danish, english = (
            page(built, language, month, name).alternatives for language in ("da", "en")
        )
        assert [sorted(numbers(alt, "da")) for alt in danish] == [
            sorted(numbers(alt, "en")) for alt in english
        ]


def test_same_numbers_in_figures(built, month):
    for danish in sorted((built.root / "figures" / month).glob("*/*.da.svg")):
        english = danish.with_name(danish.name.replace(".da.", ".en."))
        told = [
            sorted(n for text in drawn(path) for n in numbers(text, path.suffixes[0][1:]))
            for path in (danish, english)
        ]
        assert told[0] == told[1], danish.name


def test_each_figure_and_table_has_a_name_of_its_own(built, month):
    found = [results(built.root / "figures" / month / theme) for theme in THEMES]
    for kind in ("figures", "tables"):
        names = Counter(name for result in found for name in result[kind])
        assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize(("language", "foreign"), [("da", ENGLISH), ("en", DANISH)])
def test_no_word_of_the_other_language(built, month, language, foreign):
    for name in PAGES:
        found = page(built, language, month, name)
        strange = [
            text for text in [*found.told, *found.alternatives] if foreign & set(words(text))
        ]
        assert strange == [], name


@pytest.mark.parametrize(("language", "foreign"), [("da", ENGLISH), ("en", DANISH)])
def test_no_word_of_the_other_language_in_figures(built, month, language, foreign):
    drawings = sorted((built.root / "figures" / month).glob(f"*/*.{language}.svg"))
    assert drawings
    for drawing in drawings:
        assert [text for text in drawn(drawing) if foreign & set(words(text))] == [], drawing.name


@pytest.mark.parametrize("language", ["da", "en"])
def test_nothing_is_missing_and_nothing_is_left_over(built, month, language):
    for name in PAGES:
        text = "\n".join(page(built, language, month, name).told)
        assert not re.search(
            r"\[\?\]|\{\{|\}\}|\(mangler\)|\(missing\)|\bnan\b|\bNone\b(?! (of|is|are))", text
        ), name


@pytest.mark.parametrize("language", ["da", "en"])
def test_sentences_are_well_formed(built, month, language):
    for name in PAGES:
        for text in page(built, language, month, name).told:
            # Three dots are a pause; two are a full stop after an abbreviation's.
            assert not re.search(r"(?<!\.)\.\.(?!\.)|\s[,.;:](?!\w)", text), (name, text)
            assert not re.search(rf"(?<![\d,.])1 (?:{UNITS[language]})\b", text), (name, text)


MARKS = [("da", r"\d\.\d (?:pct|procentpoint)"), ("en", r"\d,\d ?(?:%|percentage)|\bpct\b")]


@pytest.mark.parametrize(("language", "mark"), MARKS)
def test_decimal_marks_are_those_of_the_language(built, month, language, mark):
    for name in PAGES:
        assert [
            text for text in page(built, language, month, name).told if re.search(mark, text)
        ] == [], name


@pytest.fixture(scope="module")
def development(built, ran, tmp_path_factory):
    """All five checkpoints, the pages in Danish."""
    project = Project(tmp_path_factory.mktemp("five") / "project")
    # Another process may be trying whether it can write there.
    shutil.copytree(ran.root, project.root, ignore=shutil.ignore_patterns(".write-probe"))
    middle = [c.month for c in plan.load().checkpoints if c.month not in MONTHS]
    chosen = [word for month in middle for word in ("-c", month)]
    done = project.nychance(
        "report", *chosen, "--lang", "da", "--format", "html", "--renderer", "portable", timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    places = dict.fromkeys(MONTHS, built) | dict.fromkeys(middle, project)
    return [(c.month, places[c.month]) for c in plan.load().checkpoints]


@pytest.mark.parametrize("theme", THEMES)
def test_five_checkpoints_tell_a_development(development: list[tuple[str, Project]], theme):
    found = [
        results(project.root / "figures" / month / theme)["numbers"]
        for month, project in development
    ]
    shared = set.intersection(*(set(numbers) for numbers in found))
    courses = {key: [numbers[key]["value"] for numbers in found] for key in shared}
    assert all(one != other for one, other in pairwise(found))
    assert [key for key, course in courses.items() if len(set(course)) == len(course)]


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ("methods",)])
def test_text_of_each_checkpoint_is_its_own(development: list[tuple[str, Project]], name):
    texts = ["\n".join(page(project, "da", month, name).told) for month, project in development]
    assert len(set(texts)) == len(texts)
