"""What Pandoc makes of a chapter."""

import json
from pathlib import Path

import pytest

from evalbook.errors import ChapterError
from evalbook.publish import pandoc

WORDS = {
    "download": "download",
    "permalink": "Permalink",
    "cell": "How",
    "behind": "Numbers",
    "table": "Table",
}
FIGURE = "![A figure.](/figures/latest/method/fig-a.en.svg){#fig-a}\n"


@pytest.fixture
def context(tmp_path):
    entry = {
        "label": "Figure 1",
        "page": "method",
        "files": ["fig-a.en.svg", "fig-a.en.png"],
        "cell": "method.qmd#a",
    }
    told = {
        "numbered": {"fig-a": entry},
        "absent": {},
        "words": WORDS,
        "plan": {"workshop": True},
        "has": {},
        "works": ["known"],
    }
    path = tmp_path / "context.json"
    path.write_text(json.dumps(told))
    return path


def html(text, context, folder=None):
    return pandoc.convert(
        [pandoc.Source(text, context)], to="html5", context=context, folder=folder or context.parent
    )[0]


def test_the_same_chapter_gives_the_same_bytes_each_time(context, tmp_path):
    folders = [tmp_path / str(each) for each in range(6)]
    for folder in folders:
        folder.mkdir()
    pages = {html(FIGURE, context, folder) for folder in folders}
    assert len(pages) == 1
    assert 'aria-label="Figure 1: download PNG"' in pages.pop()


def test_references_are_numbered_and_what_the_plan_does_not_schedule_is_left_out(context):
    held = '::: {when-meta="plan.workshop"}\nheld\n:::\n'
    case = '::: {when-meta="plan.case"}\nno case\n:::\n'
    page = html(f"See @fig-a.\n\n{FIGURE}\n{held}\n{case}", context)
    assert '<a href="#figure-a" class="reference">Figure 1</a>' in page
    assert "held" in page
    assert "no case" not in page


def both(first, second, context, **more):
    sources = [pandoc.Source(first, Path("first.qmd")), pandoc.Source(second, Path("second.qmd"))]
    return pandoc.convert(sources, to="html5", context=context, folder=context.parent, **more)


def test_what_does_not_exist_is_named_with_its_chapter(context, tmp_path):
    with pytest.raises(ChapterError, match=r"second\.qmd: 'nothing' does not exist; @fig-b refers"):
        both("First.", 'See @fig-b and [?]{.missing name="nothing"}.', context)
    works = tmp_path / "works.bib"
    works.write_text("@book{known, title={Known}, author={Ann Author}, year={2001}}\n")
    assert "Author 2001" in both("First.", "As told [@known].", context, bibliography=works)[1]
    with pytest.raises(ChapterError, match=r"second\.qmd: the bibliography has no unknown"):
        both("As told [@known].", "As told [@unknown].", context, bibliography=works)


def test_only_a_chapter_that_changed_is_converted_again(context, monkeypatch):
    before = both("First.", "Second.", context)
    converted, run = [], pandoc._run
    monkeypatch.setattr(
        pandoc, "_run", lambda job, *rest: converted.extend(job["chapters"]) or run(job, *rest)
    )
    after = both("First.", "Second, edited.", context)
    assert [chapter["text"] for chapter in converted] == ["Second, edited."]
    assert after == [before[0], "<p>Second, edited.</p>"]


def test_a_picture_that_changed_is_looked_into_again(context, tmp_path):
    picture = tmp_path / "photo.svg"
    widths = []
    for width in ("300", "600"):
        picture.write_text(f'<svg viewBox="0 0 {width} 200"></svg>')
        widths.append(html("![Alt.](photo.svg)", context))
    assert 'width="400"' in widths[0]
    assert 'width="800"' in widths[1]


def test_a_work_that_changed_is_cited_anew(context, tmp_path):
    works = tmp_path / "works.bib"
    for author in ("Ann Author", "Ben Better"):
        works.write_text(f"@book{{known, title={{Known}}, author={{{author}}}, year={{2001}}}}\n")
        pages = both("First.", "As told [@known].", context, bibliography=works)
        assert author.split()[1] in pages[1]
