"""Both renderers make the same report: the same pages, numbers, numbering and anchors."""

import html
import re
import shutil
import subprocess

import pytest

from evalbook import plan
from evalbook.publish.edition import Edition
from evalbook.publish.renderer import find_quarto
from evalbook.publish.write_edition import make_html, publish_latest
from nychance import starter
from tests.conftest import Project, copy_project
from tests.report.test_report import PAGES, THEMES, Reader

pytestmark = pytest.mark.skipif(
    find_quarto() is None, reason="Quarto is not installed here (QUARTO_PATH names one)"
)


@pytest.fixture(scope="module")
def by_quarto(tmp_path_factory, built):
    project = copy_project(
        tmp_path_factory.mktemp("quarto") / "project", built.root / "data" / "demo"
    )
    shutil.copytree(built.root / "figures" / "2009-03", project.root / "figures" / "2009-03")
    # One that there may be or not, as its texts fit a phone.
    for drawing in (project.root / "figures/2009-03/method").glob("targets.??.svg"):
        shutil.copy2(drawing, drawing.with_suffix(".narrow.svg"))
    make_html(Edition(project.root, plan.load().checkpoint("2009-03"), "en"), find_quarto())
    publish_latest(project.root)
    return project


@pytest.mark.parametrize("page", [*PAGES, *(f"notebooks/{theme}" for theme in THEMES)])
def test_page_equals_the_portable_one(built, by_quarto, page):
    texts = [
        (project.root / f"_site/en/2009-03/{page}.html").read_text()
        for project in (built, by_quarto)
    ]
    portable, quarto = map(Reader, texts)
    assert quarto.numbers == portable.numbers
    assert anchors(quarto) == anchors(portable)
    assert captions(texts[1]) == captions(texts[0])
    assert quarto.lang == portable.lang


@pytest.mark.parametrize("name", ["method", "notebooks/method"])
def test_frame_equals_the_portable_one(built, by_quarto, name):
    texts = [
        " ".join((project.root / f"_site/en/2009-03/{name}.html").read_text().split())
        for project in (built, by_quarto)
    ]
    footer = re.search(r"<footer.*?</footer>", texts[0])[0]
    parts = re.findall(r"<p>(.*?)</p>", footer)
    kicker = re.search(r'<p class="kicker">(.*?)</p>', texts[0])[1]
    data = re.search(r'href="([^"]*data/2009-03\.json)"', texts[0])[1]
    described = re.search(r'<meta name="description" content="[^"]+"', texts[0])[0]
    assert len(parts) == 3
    for part in (re.sub(r"<a.*", "", parts[2]), *parts[:2], kicker, data, described):
        assert part.strip() in texts[1]
    assert re.search(r"<title>[^<]*March 2009</title>", texts[1])
    assert 'class="skip" href="#quarto-document-content"' in texts[1]
    assert re.search(r'<link href="(\.\./|\./)icon\.svg" rel="icon"', texts[1])
    assert "quarto-color-scheme" in texts[1]


@pytest.mark.parametrize("name", ["method", "notebooks/method"])
def test_each_bar_has_a_name_and_buttons_are_no_bars(by_quarto, name):
    text = page(by_quarto, name)
    bars = [bar for bar in re.findall(r"<nav\b[^>]*>", text) if "quarto-secondary-nav" not in bar]
    assert len(bars) > 4
    assert all('aria-label="' in bar or 'role="doc-toc"' in bar for bar in bars)
    assert not re.search(r'<a [^>]*role="navigation"', text)


def test_pages_bring_the_drawings_of_their_language_only(by_quarto):
    edition = by_quarto.root / "_site/en/2009-03"
    assert list(edition.rglob("*.en.svg"))
    assert not list(edition.rglob("*.da.*"))


def test_a_narrow_screen_gets_its_own_drawing(by_quarto):
    source = re.search(r'<picture><source [^>]*srcset="([^"]+)"', page(by_quarto, "method"))[1]
    assert source.endswith("method/targets.en.narrow.svg")
    assert (by_quarto.root / "_site/en/2009-03" / source).is_file()
    picture = re.search(r"<picture>.*?</picture>", page(by_quarto, "method"), re.DOTALL)[0]
    assert (by_quarto.root / "_site/en/2009-03" / re.search(r'src="([^"]+)"', picture)[1]).is_file()
    assert len(html.unescape(re.search(r'alt="([^"]*)"', picture)[1])) > 20


def test_quarto_shows_what_a_reference_on_the_page_leads_to(by_quarto):
    assert '<a href="#figure-targets-municipalities" class="reference quarto-xref">' in page(
        by_quarto, "method"
    )
    assert 'role="doc-biblioref"' in page(by_quarto, "methods")


def page(project, name):
    return (project.root / f"_site/en/2009-03/{name}.html").read_text()


def test_plain_render_in_the_root_gives_the_newest_checkpoint(by_quarto):
    run = quarto(by_quarto, "render")
    assert run.returncode == 0, run.stderr[-2000:]
    for language, tag, contents in (
        ("da", "da-DK", "På denne side"),
        ("en", "en-GB", "On this page"),
    ):
        text = (by_quarto.root / "_quarto_site" / "chapters" / language / "method.html").read_text()
        assert Reader(text).numbers
        assert Reader(text).lang == tag
        assert contents in text
        narrow = f"figures/latest/method/targets.{language}.narrow.svg"
        assert f'srcset="../../{narrow}"' in text
        assert (by_quarto.root / "_quarto_site" / narrow).is_file()


def test_a_chapter_alone_has_its_values_and_prints_none_of_them(built, by_quarto):
    run = quarto(by_quarto, "render", "chapters/en/method.qmd", "--to", "html")
    assert run.returncode == 0, run.stderr[-2000:]
    assert len((run.stdout + run.stderr).splitlines()) < 60
    told = (by_quarto.root / "_quarto_site/chapters/en/method.html").read_text()
    portable = (built.root / "_site/en/2009-03/method.html").read_text()
    assert Reader(told).numbers == Reader(portable).numbers


@pytest.mark.parametrize(
    "command",
    [["render"], ["render", "chapters/en/index.qmd"], ["preview", "chapters/en/index.qmd"]],
)
@pytest.mark.parametrize("begin", [starter.start, starter.start_demonstration])
def test_before_the_first_report_quarto_says_what_to_run(tmp_path, begin, command):
    begin(tmp_path / "own")
    run = quarto(Project(tmp_path / "own"), *command)
    assert run.returncode != 0
    assert "which no report has made yet.\nRun this first: nychance report" in run.stderr
    assert "Stack trace" not in run.stderr


@pytest.mark.parametrize("kind", ["typst", "docx"])
def test_plain_quarto_makes_a_chapter_for_print(by_quarto, kind):
    run = quarto(by_quarto, "render", "chapters/en/plan.qmd", "--to", kind)
    assert run.returncode == 0, run.stderr[-2000:]
    suffix = {"typst": "pdf", "docx": "docx"}[kind]
    assert (by_quarto.root / f"_quarto_site/chapters/en/plan.{suffix}").is_file()


def quarto(project, *arguments):
    return subprocess.run(
        [find_quarto(), *arguments], cwd=project.root, capture_output=True, text=True, timeout=300
    )


def anchors(reader):
    return {name for name in reader.ids if re.match(r"(figure|table)-", name)}


def captions(text):
    return re.findall(r"<strong>((?:Figure|Table)\s\d+)\.</strong>", html.unescape(text))
