"""The report in a browser, at the width of a phone and of a desk, opened as files: it must work from a USB stick."""

import pytest

from tests import browser

CHROMIUM = browser.find()
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here, and none could be installed")
WIDTHS = (390, 1280)


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def visit(chromium):
    """Open a page at a width; collects complaints and requests as attributes of the page."""
    contexts = []

    def open_page(path, width=1280):
        context = chromium.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.complaints, page.asked = [], []
        page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["da", "en"])
def test_every_page_opens_whole_and_fits_the_screen(built, visit, language, width):
    site = built.root / "_site"
    found = sorted((site / language / "2009-03").rglob("*.html"))
    assert len(found) >= 14
    wrong = []
    for path in [site / "index.html", *found]:
        page = visit(path, width)
        outside = [url for url in page.asked if not url.startswith(("file:", "data:"))]
        broken = page.evaluate("[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)")
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if outside or broken or wider > 0 or page.complaints:
            wrong.append((path.relative_to(site).as_posix(), outside, broken, wider, page.complaints))
        page.close()
    assert wrong == []


def test_reader_changes_language_and_checkpoint_on_the_same_page(built, visit):
    page = visit(built.root / "_site/da/2009-03/method.html")
    page.click("nav.editions >> text=English")
    assert page.url.endswith("/en/2009-03/method.html")
    page.click("nav.editions >> text=September 2007")
    assert page.url.endswith("/en/2007-09/method.html")
    page.click("nav.editions >> text=Dansk")
    assert page.url.endswith("/da/2007-09/method.html")
    assert page.locator("html").get_attribute("lang").startswith("da")


def test_reader_reaches_every_edition_from_the_landing_page(built, visit):
    page = visit(built.root / "_site/index.html", 390)
    hrefs = page.eval_on_selector_all("a", "links => links.map(a => a.getAttribute('href'))")
    assert len([h for h in hrefs if h.endswith("index.html")]) == 4
    assert all((built.root / "_site" / h).is_file() for h in hrefs)


def test_reference_leads_to_its_figure(built, visit):
    page = visit(built.root / "_site/en/2009-03/index.html")
    page.locator("a[href*='method.html#figure-targets']").first.click()
    assert page.url.endswith("method.html#figure-targets")
    assert page.locator("#figure-targets").count() == 1
