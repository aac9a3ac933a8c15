"""Which files a notebook reads: an audit hook in its kernel notes them as they are opened."""

import os
import sys
from pathlib import Path

# The runner names the file that takes the notes and, one per line, the folders whose files are
# noted.
NOTES = "EVALBOOK_READS"
FOLDERS = "EVALBOOK_READS_IN"


def watch() -> None:
    """Note each file opened for reading under the folders, from now to the end of this process.

    Does nothing where the runner has named no file. A note is written at once, so that it survives
    a kernel that dies.
    """
    notes, folders = os.environ.get(NOTES), os.environ.get(FOLDERS, "")
    if not notes:
        return
    descriptor = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    prefixes = tuple(f"{folder}{os.sep}" for folder in folders.splitlines())
    seen = set()

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if event != "open" or not isinstance(arguments[0], str | os.PathLike):
            return
        path = os.path.abspath(os.fspath(arguments[0]))  # noqa: PTH100 - a link is a dependency under its own name
        if isinstance(path, str) and path.startswith(prefixes) and path not in seen:
            seen.add(path)
            os.write(descriptor, f"{_state(path)} {path}\n".encode())

    sys.addaudithook(note)


def noted(notes: Path) -> dict[Path, str]:
    """Return the files noted, in order, each with its state when it was opened.

    Empty where nothing was.
    """
    if not notes.is_file():
        return {}
    lines = (line.partition(" ") for line in notes.read_text(encoding="utf-8").splitlines())
    return dict(sorted((Path(path), state) for state, _, path in lines))


def changed(read: dict[Path, str]) -> list[Path]:
    """Return the files that are no longer as they were when they were opened."""
    return [path for path, state in read.items() if _state(path) != state]


def _state(path: str | Path) -> str:
    try:
        stat = Path(path).stat()
    except FileNotFoundError:
        return "missing"
    return f"{stat.st_mtime_ns}:{stat.st_size}"
