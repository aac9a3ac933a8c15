"""The chapters: what a theme's chapter may refer to, and that both languages tell the same."""

import re

import pytest

from evalbook import plan
from evalbook.paths import project_root
from evalbook.publish.expansion import Expander
from evalbook.text.language import PACKAGED

THEMES = [theme.stem for theme in plan.load().themes]
PAGES = sorted(path.stem for path in (project_root() / "chapters" / "da").glob("*.qmd"))
REFERENCE = re.compile(r"@((?:fig|tbl)-[a-z-]*[a-z])")
INCLUDE = re.compile(r"#((?:fig|tbl)-[a-z-]+)\}")
TOLD = re.compile(r"\{\{< meta (\S+) >\}\}|when-meta=\"(\S+)\"")


def chapter(language, page):
    return (project_root() / "chapters" / language / f"{page}.qmd").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", PACKAGED)
@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_can_be_built_alone(language, theme):
    text = chapter(language, theme)
    assert set(REFERENCE.findall(text)) <= set(INCLUDE.findall(text))
    assert {key.split(".")[0] for pair in TOLD.findall(text) for key in pair if key} <= {
        theme,
        "edition",
        "plan",
        "planned",
        "has",
    }


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_tell_the_same(page):
    danish, english = chapter("da", page), chapter("en", page)
    for pattern in (TOLD, REFERENCE, INCLUDE):
        assert set(pattern.findall(danish)) == set(pattern.findall(english))


def test_figures_are_counted_in_the_order_in_which_the_edition_shows_them(tmp_path):
    hidden = (
        '::: {.content-visible when-meta="has.method.effect"}\n'
        "::: {#tbl-later}\nx\n:::\n![](a){#fig-later}\n:::\n"
    )
    other = hidden.replace("content-visible", "content-hidden").replace("later", "first")
    text = hidden + other + "![](b){#fig-second}\n" + hidden.replace("later", "never")
    seen = Expander(tmp_path, {"has": {"method": {}}}, "en").identifiers(text)
    assert seen == ["tbl-first", "fig-first", "fig-second"]
