"""Hostile XML and texts are refused with a clear message.

Markup in what people said is shown, never acted on.
"""

import html
import io
import re
import time

import pypandoc
import pypdf
import pytest

from evalbook import plan
from evalbook.errors import DataError
from evalbook.qualitative.markup import parse
from evalbook.qualitative.quotations import Quotation
from evalbook.qualitative.texts import decoded, document_text, pdf_text, transcript
from evalbook.report import quotes
from evalbook.report.markdown import escaped
from evalbook.text.outside import spreadsheet_safe

LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
BILLION = f'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY l0 "ha">{LAUGHS}]><p>&l9;</p>'
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE p [<!ENTITY e SYSTEM "file:///etc/passwd">]><p>&e;</p>'
ELSEWHERE = '<!DOCTYPE p SYSTEM "http://example.invalid/p.dtd"><p/>'


@pytest.mark.parametrize(
    "xml",
    [BILLION, EXTERNAL, ELSEWHERE],
    ids=["billion laughs", "external entity", "external type"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_type_is_refused_at_once(xml, encoding):
    started = time.monotonic()
    with pytest.raises(DataError, match=r"p\.qde: the XML declares a document type"):
        parse(xml.replace('<?xml version="1.0"?>', "").encode(encoding), "p.qde")
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    "content",
    [
        b"<p>\xe6</p>",
        b'<?xml version="1.0" encoding="no-such"?><p/>',
        b"<p>&undefined;</p>",
        b"<p><q></p>",
        b"",
        b"<p>" * 100_000,
        b"<p>\x00</p>",
    ],
    ids=["latin-1", "unknown encoding", "undefined entity", "not closed", "empty", "deep", "NUL"],
)
def test_broken_xml_is_refused(content):
    with pytest.raises(DataError, match=r"p\.qde: not well-formed XML"):
        parse(content, "p.qde")


def test_text_that_is_not_utf8_is_refused_with_the_remedy():
    with pytest.raises(DataError, match=r"a\.txt: the text is not UTF-8 \(byte 1\).*\n.*UTF-8"):
        decoded("Målgruppe".encode("latin-1"), "a.txt")
    with pytest.raises(DataError, match="NUL"):
        decoded(b"a\0b", "a.txt")
    assert (
        decoded("Må\r\nl".encode("utf-8-sig"), "a.txt")
        == decoded("Må\r\nl".encode("utf-16"), "a.txt")
        == "Må\r\nl"
    )


def pdf(text):
    page = f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET"
    parts = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R"
        "/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(page)}>>stream\n{page}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = "%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += f"{number} 0 obj{part}endobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"trailer<</Size 6/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF"
    return f"{body}xref\n0 6\n0000000000 65535 f \n{table}{trailer}".encode()


def test_text_comes_out_of_a_pdf(tmp_path):
    (tmp_path / "talk.pdf").write_bytes(pdf("The increased attention"))
    assert document_text(tmp_path / "talk.pdf") == "The increased attention"


def test_broken_and_encrypted_pdf_are_refused():
    with pytest.raises(DataError, match=r"talk\.pdf: the PDF cannot be read"):
        pdf_text(b"%PDF-1.4 nothing", "talk.pdf")
    writer, locked = pypdf.PdfWriter(io.BytesIO(pdf("x"))), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(locked)
    with pytest.raises(DataError, match="encrypted"):
        pdf_text(locked.getvalue(), "talk.pdf")


def test_transcript_loses_its_times_and_keeps_what_was_said():
    vtt = (
        "WEBVTT - Interview\n\n1\n00:00:01.000 --> 00:00:04.000\nI 2007 var\nder 40.\n\n"
        "00:05.000 --> 00:06.000 align:left\nJa.\n"
    )
    srt = (
        "1\n00:00:01,000 --> 00:00:04,000\nI 2007 var\nder 40.\n\n"
        "2\n00:00:05,000 --> 00:00:06,000\nJa.\n"
    )
    assert transcript(vtt) == transcript(srt.replace("\n", "\r\n")) == "I 2007 var\nder 40.\nJa."


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[klik](javascript:alert(1))",
    "{{< include /etc/passwd >}}",
    "{{< meta method.x >}}",
    "```{python}\nimport os\n```",
    "`code`{=html} $\\input{/etc/passwd}$",
    "![](https://example.invalid/pixel.png)",
    "# Overskrift",
    "- punkt",
    "1. punkt",
    "::: {.callout-note}",
    "@fig-a og *fed* ~sub~ ^[fodnote] \\newpage",
    "| a | b |",
]


@pytest.mark.parametrize("said", HOSTILE)
def test_markup_in_a_quotation_is_shown_as_it_was_said(said):
    quotation = Quotation(
        theme="method",
        checkpoint="2007-09",
        source="municipality-interviews",
        codes=(),
        da=said,
        en=said,
    )
    for language in ("da", "en"):
        block = quotes.block(quotation, plan.load(), language)
        page = pypandoc.convert_text(block, "html", format="markdown", extra_args=["--wrap=none"])
        shown = html.unescape(re.sub(r"<[^>]+>", "", page))
        assert " ".join(said.split()) in shown.replace("“", '"').replace("”", '"').replace("’", "'")
        assert set(re.findall(r"<(\w+)", page)) <= {"blockquote", "p", "span", "em"}
        assert "{{<" not in block


def test_ordinary_words_are_left_alone():
    said = "Den øgede opmærksomhed (guld værd) - 100 pct., »at løfte i flok«..."
    assert escaped(said) == said


@pytest.mark.parametrize(
    "cell", ["=1+1", "+45 12", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "=cmd|' /C calc'!A0"]
)
def test_formula_becomes_text(cell):
    assert spreadsheet_safe(cell) == f"'{cell}"


def test_other_cells_stay():
    assert [spreadsheet_safe(cell) for cell in ("Ja - nej", "2007-09", "")] == [
        "Ja - nej",
        "2007-09",
        "",
    ]
