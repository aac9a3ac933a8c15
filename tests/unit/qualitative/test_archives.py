"""Archives from elsewhere are refused whole, with what is wrong and where.

Nothing of them reaches the disk.
"""

import io
import stat
import struct
import zipfile

import pytest

from evalbook.errors import DataError
from evalbook.qualitative import archives
from evalbook.qualitative.archives import Archive


def packed(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def with_member(path, info, content=b"x"):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", "<Project/>")
        archive.writestr(info, content)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "sources/../../evil.txt",
        "/etc/evil.txt",
        "C:/evil.txt",
        "sources\\..\\evil.txt",
        "sources/a:stream",
    ],
)
def test_name_that_points_elsewhere_is_refused(tmp_path, name):
    info = zipfile.ZipInfo("x")
    info.filename = info.orig_filename = name
    path = with_member(tmp_path / "p.qdpx", info)
    with pytest.raises(DataError, match=r"evil|stream") as told:
        Archive.open(path)
    assert str(path) in str(told.value)
    assert [p.name for p in tmp_path.rglob("*")] == ["p.qdpx"]


def test_symbolic_link_is_refused(tmp_path):
    info = zipfile.ZipInfo("sources/link.txt")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(DataError, match=r"link\.txt.*symbolic link"):
        Archive.open(with_member(tmp_path / "p.qdpx", info, b"/etc/passwd"))


def test_member_packed_too_tightly_is_refused(tmp_path):
    path = packed(tmp_path / "bomb.qdpx", **{"project.qde": b"\0" * (8 * archives.MEBIBYTE)})
    with pytest.raises(DataError, match=r"packed [\d,]+ to 1"):
        Archive.open(path)


def test_small_member_may_be_packed_tightly(tmp_path):
    assert (
        Archive.open(packed(tmp_path / "p.qdpx", **{"a.txt": b"a" * 500_000})).read("A.TXT")
        == b"a" * 500_000
    )


def test_too_many_members_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_MEMBERS", 3)
    with pytest.raises(DataError, match="4 members; at most 3"):
        Archive.open(packed(tmp_path / "p.qdpx", **dict.fromkeys("abcd", "x")))


def test_too_large_in_all_and_too_large_to_read_are_refused(tmp_path, monkeypatch):
    path = packed(tmp_path / "p.qdpx", a="x" * 3000, b="y" * 3000)
    monkeypatch.setattr(archives, "LARGEST_READ", 2000)
    with pytest.raises(DataError, match="'a' has 0 MiB"):
        Archive.open(path).read("a")
    monkeypatch.setattr(archives, "LARGEST_IN_ALL", 5000)
    with pytest.raises(DataError, match="unpacked it would have"):
        Archive.open(path)


def test_members_over_the_same_bytes_are_refused(tmp_path):
    """As in overlapping bombs: the directory lists one packed member many times."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("a", "x" * 4000)
    content = whole.getvalue()
    end = content.rindex(b"PK\x05\x06")
    start, size = (
        struct.unpack("<I", content[end + 16 : end + 20])[0],
        struct.unpack("<I", content[end + 12 : end + 16])[0],
    )
    entry = content[start : start + size]
    names = [entry[:46] + bytes([letter]) + entry[47:] for letter in b"abcdef"]
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 6, 6, size * 6, start, 0)
    (tmp_path / "p.qdpx").write_bytes(content[:start] + b"".join(names) + tail)
    with pytest.raises(DataError, match="share the same packed bytes"):
        Archive.open(tmp_path / "p.qdpx")


def test_encrypted_member_is_refused(tmp_path):
    path = packed(tmp_path / "p.qdpx", a="x")
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="'a' is encrypted"):
        Archive.open(path)


def test_two_members_of_one_name_are_refused(tmp_path):
    with pytest.raises(DataError, match="same name"):
        Archive.open(packed(tmp_path / "p.qdpx", **{"Sources/a.txt": "1", "sources/A.txt": "2"}))


def test_damaged_member_and_no_archive_are_named(tmp_path):
    path = packed(tmp_path / "p.qdpx", a="x" * 5000)
    content = bytearray(path.read_bytes())
    content[35:45] = b"\xff" * 10
    path.write_bytes(content)
    with pytest.raises(DataError, match="'a' is damaged"):
        Archive.open(path).read("a")
    (tmp_path / "q.qdpx").write_bytes(b"no archive")
    with pytest.raises(DataError, match=r"q\.qdpx.*not a readable zip archive"):
        Archive.open(tmp_path / "q.qdpx")
