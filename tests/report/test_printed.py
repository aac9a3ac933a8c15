"""The PDF: its text, fonts, tags, bookmarks and links, and PDF/UA where a checker is found."""

import os
import re
import shutil
import subprocess

import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject

# In points from below.
FOOTER = 70
EDITIONS = [("da", "2009-03"), ("en", "2007-09")]


@pytest.fixture(scope="module", params=EDITIONS, ids=lambda edition: "/".join(edition))
def printed(built, request):
    language, month = request.param
    path = built.root / "_site" / language / month / "report.pdf"
    assert path.stat().st_size < 5_000_000
    pdf = PdfReader(path)
    return language, pdf, *zip(*map(read, pdf.pages), strict=True)


def read(page):
    """Read a page's text, and how far down it goes without its footer, in points from below."""
    heights = []

    def note(text, matrix, place, *_):
        if text.strip():
            heights.append(place[4] * matrix[1] + place[5] * matrix[3] + matrix[5])

    text = page.extract_text(visitor_text=note)
    return text, min(height for height in heights if height > FOOTER)


def test_it_claims_the_standards_its_maker_has_checked(printed):
    language, pdf, *_ = printed
    packet = pdf.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert 'pdfuaid:part="1"' in packet or "<pdfuaid:part>1<" in packet
    assert "<pdfaid:part>2<" in packet
    assert "<pdfaid:conformance>A<" in packet
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"].startswith(language)
    assert pdf.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"]


def test_it_holds_nothing_that_an_archive_or_a_screen_reader_refuses(printed):
    _, pdf, *_ = printed
    root = pdf.trailer["/Root"]
    assert not pdf.is_encrypted
    assert not {"/OpenAction", "/AA", "/AcroForm"} & root.keys()
    assert not {"/JavaScript", "/EmbeddedFiles"} & root.get("/Names", {}).keys()
    assert [intent["/S"] for intent in root["/OutputIntents"]] == ["/GTS_PDFA1"]
    assert pdf.trailer["/ID"]
    for page in pdf.pages:
        # A reader goes through links in the order of the tags.
        assert "/Annots" not in page or page["/Tabs"] == "/S"
        annotations = [a.get_object() for a in page.get("/Annots", [])]
        assert all(
            a["/Subtype"] == "/Link" and a.get("/Contents") and "/StructParent" in a
            for a in annotations
        )


MATTERHORN = shutil.which(os.environ.get("OUTLOUD", "outloud"))


@pytest.mark.skipif(
    MATTERHORN is None, reason="no checker of PDF/UA here (`pip install outloud` brings one)"
)
@pytest.mark.parametrize(("language", "month"), EDITIONS)
def test_a_checker_of_the_matterhorn_protocol_finds_no_failure(built, language, month):
    path = built.root / "_site" / language / month / "report.pdf"
    done = subprocess.run(
        [MATTERHORN, "--layer", "conformance", str(path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_every_figure_has_an_alternative_and_tables_have_heads(printed):
    _, pdf, *_ = printed
    tags = list(elements(pdf.trailer["/Root"]["/StructTreeRoot"]))
    figures = [tag for tag in tags if tag.get("/S") == "/Figure"]
    assert len(figures) >= 5
    assert all(len(str(figure.get("/Alt", ""))) > 20 for figure in figures)
    kinds = {str(tag.get("/S")) for tag in tags}
    assert {"/H1", "/H2", "/P", "/Table", "/TH", "/TD", "/Caption", "/TOC", "/Link"} <= kinds


def test_fonts_are_embedded_and_text_can_be_read(printed):
    language, pdf, texts, _ = printed
    fonts = [
        font.get_object()
        for page in pdf.pages
        for font in page["/Resources"].get("/Font", {}).values()
    ]
    assert all("+" in font["/BaseFont"] and "/ToUnicode" in font for font in fonts)
    text = "\n".join(texts)
    words = {
        "da": ("Målgruppe", "beskæftigelse", "svingdør", "Ordliste"),
        "en": ("Target group", "staircase", "Glossary"),
    }
    assert all(word in text for word in words[language])


def test_cover_and_each_footer_say_that_persons_are_synthetic(printed):
    _, _, texts, _ = printed
    assert all("ynthetic" in text or "yntetisk" in text for text in texts)


def test_bookmarks_and_references_lead_to_pages(printed):
    language, pdf, *_ = printed
    titles = [entry["/Title"] for entry in pdf.outline if not isinstance(entry, list)]
    assert {"da": "Metode", "en": "Method"}[language] in titles
    links = [
        a.get_object()
        for page in pdf.pages
        for a in page.get("/Annots", [])
        if a.get_object()["/Subtype"] == "/Link"
    ]
    inside = [link for link in links if "/Dest" in link or link["/A"]["/S"] == "/GoTo"]
    assert len(inside) > 40
    outside = [link["/A"]["/URI"] for link in links if "/A" in link and link["/A"]["/S"] == "/URI"]
    assert all(uri.startswith("http") for uri in outside)


def test_a_reference_to_another_page_says_which(printed):
    language, _, texts, _ = printed
    summary = "\n".join(texts[2:5])
    assert {"da": "(side ", "en": "(page "}[language] in summary


@pytest.mark.parametrize(
    "printed",
    [
        pytest.param(
            EDITIONS[0],
            marks=pytest.mark.xfail(
                reason="a page of the chapter on the target group is half empty"
            ),
            id="da/2009-03",
        ),
        pytest.param(EDITIONS[1], id="en/2007-09"),
    ],
    indirect=True,
)
def test_no_page_but_the_last_of_a_chapter_is_left_half_empty(printed):
    _, pdf, _, lowest = printed
    starts = {
        pdf.get_destination_page_number(entry)
        for entry in pdf.outline
        if not isinstance(entry, list)
    }
    inner = [page for page in range(min(starts), len(pdf.pages) - 1) if page + 1 not in starts]
    assert [page + 1 for page in inner if lowest[page] > pdf.pages[page].mediabox.height / 2] == []


def test_contents_name_the_printed_page_of_each_heading(printed):
    _, pdf, texts, _ = printed
    headings = [
        (words(entry["/Title"]), number_on(texts[pdf.get_destination_page_number(entry)]))
        for entry in flattened(pdf.outline)
    ]
    first = pdf.get_destination_page_number(pdf.outline[0])
    entries = re.findall(r"^(.*?)[ .]{4,}(\d+)$", "\n".join(texts[1:first]), re.MULTILINE)
    listed = [(words(title), int(number)) for title, number in entries]
    assert len(listed) > 30
    # Contents go two levels deep, bookmarks as deep as the headings.
    remaining = iter(headings)
    assert [entry for entry in listed if entry not in remaining] == []


def test_printed_page_numbers_rise_by_one(printed):
    _, _, texts, _ = printed
    assert [number_on(text) for text in texts[1:]] == list(range(2, len(texts) + 1))


def test_a_table_that_fits_on_a_page_is_on_one(printed):
    _, pdf, *_ = printed
    tables = [
        tag
        for tag in elements(pdf.trailer["/Root"]["/StructTreeRoot"])
        if tag.get("/S") == "/Table"
    ]
    assert len(tables) > 10
    places = {page.indirect_reference.idnum: n for n, page in enumerate(pdf.pages, start=1)}
    for table in tables:
        rows = [tag for tag in elements(table) if tag.get("/S") == "/TR"]
        pages = {places[page] for page in pages_of(table)}
        assert len(pages) == 1 or len(rows) > 20, (min(pages), len(rows))


def number_on(text):
    return int(re.search(r"(\d+)\s*$", text)[1])


def words(title):
    """Return a title as its contents entry has it, without hyphens that Typst made soft."""
    plain = title.replace("\N{SOFT HYPHEN}", "-").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return " ".join(plain.split())


def flattened(outline):
    for entry in outline:
        yield from flattened(entry) if isinstance(entry, list) else [entry]


def pages_of(tag):
    """List the pages that a structure element and all within it are on."""
    found = {element.raw_get("/Pg").idnum for element in elements(tag) if "/Pg" in element}
    assert found
    return found


def elements(node):
    """List the structure elements of a tagged PDF."""
    node = node.get_object() if isinstance(node, IndirectObject) else node
    if not hasattr(node, "get"):
        return
    yield node
    kids = node.get("/K", [])
    kids = kids.get_object() if isinstance(kids, IndirectObject) else kids
    for kid in kids if isinstance(kids, list) else [kids]:
        yield from elements(kid)
