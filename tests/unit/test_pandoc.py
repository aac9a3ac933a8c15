"""What Pandoc makes of a chapter."""

import json

import pytest

from nychance.publish import pandoc

WORDS = {"download": "download", "permalink": "Permalink", "cell": "How", "behind": "Numbers", "table": "Table"}
FIGURE = "![A figure.](/figures/latest/method/fig-a.en.svg){#fig-a}\n"


@pytest.fixture
def context(tmp_path):
    entry = {"label": "Figure 1", "page": "method", "files": ["fig-a.en.svg", "fig-a.en.png"], "cell": "method.qmd#a"}
    told = {"numbered": {"fig-a": entry}, "absent": {}, "words": WORDS, "plan": {"workshop": True}, "has": {}}
    path = tmp_path / "context.json"
    path.write_text(json.dumps(told))
    return path


def html(text, context):
    pandoc.forget()
    return pandoc.convert([pandoc.Source(text, context)], to="html5", context=context, folder=context.parent)[0]


def test_the_same_chapter_gives_the_same_bytes_each_time(context):
    pages = {html(FIGURE, context) for _ in range(6)}
    assert len(pages) == 1
    assert 'aria-label="Figure 1: download PNG"' in pages.pop()


def test_references_are_numbered_and_what_the_plan_does_not_schedule_is_left_out(context):
    page = html(
        f'See @fig-a.\n\n{FIGURE}\n::: {{when-meta="plan.workshop"}}\nheld\n:::\n\n::: {{when-meta="plan.case"}}\nno case\n:::',
        context,
    )
    assert '<a href="#figure-a" class="reference">Figure 1</a>' in page
    assert "held" in page
    assert "no case" not in page
