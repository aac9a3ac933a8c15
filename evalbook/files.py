"""Files and folders that appear whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file by renaming a finished one into its place.

    Text is UTF-8. Makes the folder if need be.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    part.replace(path)


@contextmanager
def private_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file to write that appears whole, and that only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
    part.replace(path)


def replace_folder(made: Path, place: Path) -> None:
    """Put a finished folder in place of an older one by renaming: readers see one or the other."""
    place.parent.mkdir(parents=True, exist_ok=True)
    old = place.with_name(f".{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    made.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def file_state(path: Path) -> tuple[int, ...] | None:
    """Return what changes when a file does; None if it is not there.

    Time and size of a file that was replaced can be kept; inode and the time of the last change to
    either cannot.
    """
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_ctime_ns, found.st_mtime_ns, found.st_size, found.st_ino
