"""The line that links editions, on pages of either renderer."""

import pytest

from evalbook import plan
from evalbook.publish.switch import link_editions, without_links

PORTABLE = (
    "<html><head><title>x</title></head><body><!-- editions --><!-- /editions -->"
    "<main id='content'>text</main></body></html>"
)
QUARTO = "<html><head><title>x</title></head><body><main class='content'>text</main></body></html>"


@pytest.fixture
def site(tmp_path):
    def write(text):
        for place in (
            "da/2007-09/method",
            "en/2007-09/method",
            "da/2008-01/method",
            "da/2008-01/index",
            "en/2008-01/index",
        ):
            page = tmp_path / f"{place}.html"
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text)
        return tmp_path

    return write


@pytest.mark.parametrize("text", [PORTABLE, QUARTO])
def test_links_lead_to_the_same_page_and_can_be_taken_out_again(site, text):
    place = site(text)
    page = place / "da/2007-09/method.html"
    link_editions(place, plan.load())
    linked = page.read_text()
    assert 'href="../../en/2007-09/method.html" lang="en" hreflang="en"' in linked
    assert 'href="../../da/2008-01/method.html"' in linked
    assert linked.count('<link rel="alternate"') == 2
    assert without_links(linked) == without_links(text)
    link_editions(place, plan.load())
    assert page.read_text() == linked


def test_a_page_that_the_other_edition_lacks_leads_to_its_summary(site):
    place = site(PORTABLE)
    link_editions(place, plan.load())
    linked = (place / "da/2008-01/method.html").read_text()
    assert 'href="../../en/2008-01/index.html" lang="en"' in linked
    assert 'hreflang="en" href=' not in linked


def test_what_lies_beside_the_pages_is_linked(site):
    place = site(PORTABLE)
    for name in ("report.pdf", "report.docx"):
        (place / "da/2007-09" / name).touch()
    link_editions(place, plan.load())
    linked = (place / "da/2007-09/method.html").read_text()
    assert '<li class="end"><a href="../../da/2007-09/report.pdf">PDF</a></li>' in linked
    assert '<li><a href="../../da/2007-09/report.docx">Word</a></li>' in linked
    assert "report.docx" not in (place / "en/2007-09/method.html").read_text()
