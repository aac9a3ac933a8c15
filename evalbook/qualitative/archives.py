"""Zip archives from elsewhere: hostile until proven otherwise, and never unpacked to disk.

An archive is refused whole when a member's name points outside it, is a link, is encrypted or
stands twice, or when it would grow out of proportion: too many members, too large, packed too
tightly, or members that share the same packed bytes.
"""

import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final, Self

from evalbook.errors import DataError

MEBIBYTE: Final = 2**20
MOST_MEMBERS: Final = 10_000
LARGEST_IN_ALL: Final = 8 * 1024 * MEBIBYTE
# What is read into memory: the project's XML and plain texts. Media are only ever copied, piece by
# piece.
LARGEST_READ: Final = 256 * MEBIBYTE
# Deflate cannot pack tighter than 1032 to 1; coded text and XML stay far below 200.
TIGHTEST: Final = 200
SMALL: Final = MEBIBYTE  # below this a member may be packed as tightly as it likes
EXPORT_AGAIN: Final = (
    "Export the project again from the software that made it, or leave the file out"
)


@dataclass(frozen=True)
class Archive:
    """An archive that passed every check.

    Members are found by name whatever the case of its letters.
    """

    path: Path
    members: dict[str, zipfile.ZipInfo]

    @classmethod
    def open(cls, path: Path) -> Self:
        """Check an archive.

        Raises
        ------
        DataError
            If it is no zip archive or breaks one of the rules above; the message names the member.
        """
        try:
            with zipfile.ZipFile(path) as opened:
                infos = opened.infolist()
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise DataError(
                f"not a readable zip archive ({error})", where=path, remedy=EXPORT_AGAIN
            ) from error
        for info in infos:
            # .NET and PowerShell write the separators of Windows.
            info.filename = info.filename.replace("\\", "/")
        problem = _too_much(infos, path.stat().st_size) or next(
            filter(None, map(_unsafe, infos)), ""
        )
        if problem:
            raise DataError(problem, where=path, remedy=EXPORT_AGAIN)
        files = [info for info in infos if not info.is_dir() and not _of_a_mac(info)]
        members = {info.filename.casefold(): info for info in files}
        if len(members) < len(files):
            raise DataError("two members have the same name", where=path, remedy=EXPORT_AGAIN)
        return cls(path, members)

    def read(self, name: str) -> bytes:
        """Read a member; raises `DataError` if it is missing, damaged or too large to read."""
        info = self.members.get(name.casefold())
        if info is None:
            raise DataError(f"member {name!r} is missing", where=self.path, remedy=EXPORT_AGAIN)
        if info.file_size > LARGEST_READ:
            size = info.file_size // MEBIBYTE
            raise DataError(
                f"member {name!r} has {size:,} MiB; at most {LARGEST_READ // MEBIBYTE} MiB "
                "are read",
                where=self.path,
                remedy="Split the source",
            )
        try:
            with zipfile.ZipFile(self.path) as opened:
                return opened.read(info)
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise DataError(
                f"member {name!r} is damaged ({error})", where=self.path, remedy=EXPORT_AGAIN
            ) from error

    def copy(self, name: str, to: IO[bytes]) -> None:
        """Copy a member piece by piece; raises `DataError` if it is damaged."""
        try:
            with (
                zipfile.ZipFile(self.path) as opened,
                opened.open(self.members[name.casefold()]) as member,
            ):
                while piece := member.read(MEBIBYTE):
                    to.write(piece)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise DataError(
                f"member {name!r} is damaged ({error})", where=self.path, remedy=EXPORT_AGAIN
            ) from error


def _too_much(infos: list[zipfile.ZipInfo], size: int) -> str:
    if len(infos) > MOST_MEMBERS:
        return f"{len(infos):,} members; at most {MOST_MEMBERS:,} are taken"
    total = sum(info.file_size for info in infos)
    if total > LARGEST_IN_ALL:
        most = LARGEST_IN_ALL // MEBIBYTE
        return f"unpacked it would have {total // MEBIBYTE:,} MiB; at most {most:,} MiB are taken"
    if sum(info.compress_size for info in infos) > size:
        return "its members share the same packed bytes, as zip bombs do"
    return ""


def _of_a_mac(info: zipfile.ZipInfo) -> bool:
    """Return whether a member is what a Mac adds to an archive: icons and the like."""
    path = PurePosixPath(info.filename)
    return "__MACOSX" in path.parts or path.name.startswith("._") or path.name == ".DS_Store"


def _unsafe(info: zipfile.ZipInfo) -> str:
    name = info.filename
    if info.flag_bits & 0x1:
        return f"member {name!r} is encrypted"
    if stat.S_ISLNK(info.external_attr >> 16):
        return f"member {name!r} is a symbolic link"
    # `orig_filename` is the name before zipfile cuts it at a NUL.
    if "\0" in info.orig_filename or ":" in name:
        return f"member {info.orig_filename!r} has a name that systems read differently"
    if name.startswith("/") or ".." in PurePosixPath(name).parts:
        return f"member {name!r} points outside the archive"
    if info.file_size > max(SMALL, TIGHTEST * info.compress_size):
        ratio = info.file_size // max(info.compress_size, 1)
        return f"member {name!r} is packed {ratio:,} to 1, as zip bombs are"
    return ""
