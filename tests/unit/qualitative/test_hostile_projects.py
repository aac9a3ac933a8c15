"""Projects that no software for coding writes: huge, with impossible places, with swollen PDFs."""

import io
import sys
import zipfile
import zlib
from uuid import UUID

import pytest

from evalbook import plan
from evalbook.errors import DataError
from evalbook.qualitative import texts
from evalbook.qualitative.codebook import codebook
from evalbook.qualitative.codings import of_project
from evalbook.qualitative.refi import read, read_project
from evalbook.qualitative.texts import pdf_text

TEXT = "Vi løfter i flok, og det går godt."
PROJECT = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<Project xmlns="urn:QDA-XML:project:1.0" name="p" origin="x">{}</Project>'
)


def guid(number):
    return str(UUID(int=number + 1))


def project(path, inside, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", PROJECT.format(inside))
        for name, content in members.items():
            archive.writestr(f"Sources/{name}", content)
    return path


def with_codes(path, count):
    codes = "".join(
        f'<Code guid="{guid(number)}" name="c{number}" isCodable="true"/>'
        for number in range(count)
    )
    return project(path, f"<CodeBook><Codes>{codes}</Codes></CodeBook>")


def with_cases(path, count):
    """As many interviews as cases, each case of one of them."""
    sources = "".join(
        f'<TextSource guid="{guid(n)}" name="s{n}"><PlainTextContent>x</PlainTextContent>'
        "</TextSource>"
        for n in range(count)
    )
    cases = "".join(
        f'<Case guid="{guid(count + n)}" name="c{n}"><SourceRef targetGUID="{guid(n)}"/></Case>'
        for n in range(count)
    )
    return project(path, f"<Cases>{cases}</Cases><Sources>{sources}</Sources>")


def with_selections(path, count, start="0", end="9", text=TEXT):
    selections = "".join(
        f'<PlainTextSelection guid="{guid(n)}" startPosition="{start}" endPosition="{end}"/>'
        for n in range(count)
    )
    return project(
        path,
        f'<Sources><TextSource guid="{guid(10**6)}" name="s"><PlainTextContent>{text}'
        f"</PlainTextContent>{selections}</TextSource></Sources>",
    )


def steps(work):
    """Count the calls of Python functions, which no busy machine makes more."""
    counted = 0

    def count(_frame, event, _argument):
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.parametrize("kind", [with_codes, with_cases, with_selections])
def test_reading_takes_as_much_longer_as_a_project_is_larger(tmp_path, kind):
    book, the_plan = codebook(), plan.load()
    small, large = (kind(tmp_path / f"{count}.qdpx", count) for count in (500, 2000))
    few, many = (
        steps(lambda path=path: of_project(read_project(path), book, the_plan))
        for path in (small, large)
    )
    assert many < 4.4 * few


def test_a_project_with_400_000_codes_is_read(tmp_path):
    found = read_project(with_codes(tmp_path / "p.qdpx", 400_000))
    assert len(found.codes) == len(found.paths) == 400_000


@pytest.mark.parametrize(
    ("position", "told"),
    [
        *((written, "no whole number") for written in ("NaN", "inf", "1e9", "1.5", "x", "1_0")),
        *((written, "no whole number") for written in ("", "9" * 400, "9" * 5000, "٣")),
        *((written, "outside its text") for written in ("-5", "1000000000", "35")),
    ],
)
@pytest.mark.parametrize("origin", ["x", "NVivo"])
def test_a_position_that_cannot_be_is_a_fault(tmp_path, position, told, origin):
    path = with_selections(tmp_path / "p.qdpx", 1, end=position, text=f"{TEXT[:-1]}👍")
    if origin == "NVivo":
        inside = zipfile.ZipFile(path).read("project.qde").decode()
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("project.qde", inside.replace('origin="x"', 'origin="NVivo"'))
    found = read_project(path)
    if origin == "NVivo" and position == "35":
        assert found.faults == ()
        return
    assert len(found.faults) == 1
    assert told in found.faults[0]
    assert found.sources[0].selections[0].text == ""


def test_passages_that_repeat_a_text_without_end_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(read, "MOST_WORDS", 1000)
    path = with_selections(tmp_path / "p.qdpx", 100, end=str(len(TEXT) - 1))
    with pytest.raises(DataError, match="more than 1,000 characters together"):
        read_project(path)


def written_pdf(contents, form=b""):
    """Write a PDF of one page with what it shows, and a form within it."""
    font = b"<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources"
        + font
        + b"/XObject<</X 5 0 R>>>>>>",
        _stream(contents),
        _stream(form, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources" + font + b">>"),
    ]
    out, places = io.BytesIO(b"%PDF-1.4\n"), []
    out.seek(0, io.SEEK_END)
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, content))
    start = out.tell()
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out.write(b"xref\n0 6\n0000000000 65535 f \n" + table)
    out.write(b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start)
    return out.getvalue()


def _stream(content, about=b""):
    packed = zlib.compress(content, 9)
    head = b"<</Length %d/Filter/FlateDecode" % len(packed) + about
    return head + b">>stream\n" + packed + b"\nendstream"


SAID = b"BT /F1 9 Tf 1 1 Td (Hello) Tj ET "
SWOLLEN = b" " * (texts.LARGEST_PDF + 1)


def test_a_pdf_is_read():
    assert pdf_text(written_pdf(SAID), "a.pdf") == "Hello"
    assert "Hello" in pdf_text(written_pdf(b"/X Do ", SAID), "a.pdf")


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("where", ["page", "form"])
def test_a_pdf_that_unpacks_to_too_much_is_a_fault_and_no_empty_text(size, where):
    big = SWOLLEN * size + SAID
    content = written_pdf(big) if where == "page" else written_pdf(b"/X Do ", big)
    assert len(content) < 500_000
    with pytest.raises(DataError, match=r"unpacks to more than|cannot be read"):
        pdf_text(content, "a.pdf")


@pytest.mark.parametrize("cut", [10, 200, 400])
def test_a_pdf_cut_short_is_a_fault_or_read(cut):
    try:
        assert pdf_text(written_pdf(SAID)[:-cut], "a.pdf") in ("Hello", "")
    except DataError as error:
        assert "cannot be read" in str(error)


def test_a_swollen_pdf_in_a_project_is_named_among_its_faults(tmp_path):
    source = f'<PDFSource guid="{guid(1)}" name="report" path="internal://a.pdf"/>'
    # Packed once more it would be a bomb of its own.
    path = project(tmp_path / "p.qdpx", f"<Sources>{source}</Sources>", **{"a.pdf": b"%PDF-1.4 x"})
    [fault] = read_project(path).faults
    assert "'report'" in fault
    assert "cannot be read" in fault
