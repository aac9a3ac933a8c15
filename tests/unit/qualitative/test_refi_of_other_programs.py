"""Projects and codebooks as other programs, systems and archivers leave them."""

import re
import zipfile

import pytest

from evalbook.errors import DataError
from evalbook.qualitative import refi
from evalbook.qualitative.archives import Archive
from evalbook.qualitative.texts import starts_without_returns
from tests.unit.qualitative.refi_example import U, write_example

CODEBOOK = """<?xml version="1.0" encoding="utf-8"?>
<CodeBook xmlns="{namespace}"><Codes>
<Code guid="00000000-0000-0000-0000-000000000001" name="Tema" isCodable="true"/>
</Codes></CodeBook>"""


@pytest.mark.parametrize("version", ["1.0", "1:0", "0:4", "1.5"])
def test_codebooks_of_any_published_namespace(tmp_path, version):
    path = tmp_path / "codes.qdc"
    path.write_text(CODEBOOK.format(namespace=f"urn:QDA-XML:codebook:{version}"))
    assert [code.name for code in refi.read_codebook(path)] == ["Tema"]


@pytest.mark.parametrize("namespace", ["urn:QDA-XML:project:1.0", "urn:other", ""])
def test_what_is_no_codebook_is_refused(tmp_path, namespace):
    path = tmp_path / "codes.qdc"
    path.write_text(CODEBOOK.format(namespace=namespace))
    with pytest.raises(DataError, match="not CodeBook"):
        refi.read_codebook(path)


def packed_again(path, to, name=lambda name: name, **more):
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(to, "w") as new:
        for info in old.infolist():
            member = zipfile.ZipInfo("x")
            member.filename = member.orig_filename = name(info.filename)
            new.writestr(member, old.read(info))
        for other, content in more.items():
            new.writestr(other, content)
    return to


def test_an_archive_packed_again_on_a_mac(tmp_path):
    path = write_example(tmp_path / "p.qdpx")
    of_mac = {"__MACOSX/._project.qde": b"\0", "__MACOSX/Sources/._a.txt": b"", ".DS_Store": b""}
    again = refi.read_project(packed_again(path, tmp_path / "mac.qdpx", **of_mac))
    assert again.sources == refi.read_project(path).sources
    assert not any("macosx" in name for name in Archive.open(tmp_path / "mac.qdpx").members)


def test_an_archive_with_the_separators_of_windows(tmp_path):
    path = write_example(tmp_path / "p.qdpx")
    to = packed_again(path, tmp_path / "w.qdpx", lambda name: name.replace("/", "\\"))
    again = refi.read_project(to)
    assert again.sources == refi.read_project(path).sources
    assert not again.faults


def test_a_text_that_cannot_be_read_is_a_fault_and_not_the_end(tmp_path):
    text = {f"Sources/{U}40.txt": "Når vi løfter i flok".encode("latin-1")}
    project = refi.read_project(write_example(tmp_path / "p.qdpx", **text))
    assert any("not UTF-8" in fault for fault in project.faults)
    assert any(source.text for source in project.sources)


def test_names_with_escaped_blanks(tmp_path):
    def change(qde):
        return qde.replace(f"internal://{U}40.txt", "internal://Interview%201.txt")

    whole = refi.read_project(write_example(tmp_path / "p.qdpx")).sources[0].text
    text = {"Sources/Interview 1.txt": whole.encode()}
    project = refi.read_project(write_example(tmp_path / "q.qdpx", change=change, **text))
    assert project.sources[0].text == whole
    assert not project.faults


LINES = "Linje et.\r\nLinje to.\r\nHer taler vi om sygefravær.\r\nOg om jobpakker."


def passage(text, word, *, returns):
    start = text.index(word)
    if not returns:
        start -= text[:start].count("\r")
    return start, start + len(word), ""


@pytest.mark.parametrize("words", [["sygefravær"], ["taler vi", "jobpakker"], ["to", "Her", "Og"]])
def test_positions_that_leave_out_returns_are_recognised(words):
    without = [passage(LINES, word, returns=False) for word in words]
    starts = starts_without_returns(LINES, without)
    assert starts is not None
    found = [
        LINES[starts.searchsorted(start) : starts.searchsorted(end)] for start, end, _ in without
    ]
    assert found == words
    # The same counted with them, and a text without any, are read as they stand.
    assert starts_without_returns(LINES, [passage(LINES, w, returns=True) for w in words]) is None
    assert starts_without_returns(LINES.replace("\r", ""), without) is None


def test_a_project_whose_positions_leave_out_returns(tmp_path):
    plain = refi.read_project(write_example(tmp_path / "p.qdpx", origin="QualCoder"))
    expected = [s.text for s in plain.sources[0].selections if s.kind == "PlainTextSelection"]
    broken = re.sub(r"(?<!\r)\n", "\r\n", plain.sources[0].text)
    assert "\r\n" in broken
    text = {f"Sources/{U}40.txt": broken.encode()}
    found = refi.read_project(write_example(tmp_path / "w.qdpx", origin="QualCoder", **text))
    read = [s.text for s in found.sources[0].selections if s.kind == "PlainTextSelection"]
    assert [words.replace("\r", "") for words in read] == expected
