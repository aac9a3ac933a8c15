"""What a notebook reads, noted in its kernel: files, folders listed, entries of the plan.

On Linux the system reports each file that the kernel and its children open, whoever opens it (see
`evalbook.execute.opened`). Elsewhere Python's audit events report those that Python opens: then
what Arrow, DuckDB or another program reads by itself is not seen.
"""

import contextlib
import importlib.util
import json
import os
import site
import stat
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Final

from evalbook.files import file_state
from evalbook.plan import entries

# The runner names the file that takes the notes and, one a line, folders that are no input
# although they are not hidden.
NOTES: Final = "EVALBOOK_READS"
IGNORED: Final = "EVALBOOK_READS_NOT_IN"
KEPT: Final = "EVALBOOK_READS_IN"
SYSTEM: Final = (
    *("/proc", "/sys", "/dev", "/etc", "/usr", "/bin", "/sbin", "/lib", "/lib64"),
    *("/nix", "/snap", "/var/cache", "/var/lib"),
)
BYTECODE: Final = "__pycache__"
_FOLDER = getattr(os, "O_DIRECTORY", 0)
_PATH_ONLY = getattr(os, "O_PATH", 0)


@dataclass(frozen=True)
class Reads:
    """What a notebook read, each as it was when it was first opened.

    Attributes
    ----------
    files : dict
        Files with their states, None for one that was not there.
    folders : dict
        Folders with the names in them.
    plan : list
        Questions to the plan: see `evalbook.plan.entries`.
    written, updated : set
        Files that it made, and those that it opened to read and to write, as databases are.
    """

    files: dict[Path, tuple[int, ...] | None] = field(default_factory=dict)
    folders: dict[Path, list[str]] = field(default_factory=dict)
    plan: list[list[str]] = field(default_factory=list)
    written: set[Path] = field(default_factory=set)
    updated: set[Path] = field(default_factory=set)

    def changed(self) -> list[Path]:
        """Return what is no longer as it was when the notebook opened it, by others than itself."""
        files = [
            path
            for path, state in self.files.items()
            if path not in self.updated and file_state(path) != state
        ]
        others = {path.parent for path in self.written}
        folders = [
            path
            for path, names in self.folders.items()
            if path not in others and listed(path) != names
        ]
        return sorted(files + folders)


def read(notes: Path) -> Reads:
    """Return what was noted; nothing where nothing was."""
    reads, by_system, searched = Reads(), dict[Path, list[str]](), set[Path]()
    lines = notes.read_text(encoding="utf-8").splitlines() if notes.is_file() else []
    for kind, what, how in map(json.loads, lines):
        if kind == "plan" and what not in reads.plan:
            reads.plan.append(what)
        elif kind == "file" and Path(what) not in reads.written:
            reads.files.setdefault(Path(what), tuple(how) if how else None)
        elif kind == "folder":
            reads.folders.setdefault(Path(what), how)
        elif kind == "opened folder":
            by_system.setdefault(Path(what), how)
        elif kind == "searched":
            searched.add(Path(what))
        elif kind == "updated":
            reads.updated.add(Path(what))
        elif kind == "written" and Path(what) not in reads.files:
            reads.written.add(Path(what))
    # Python lists the folders in which it looks for modules, and the system does not say why.
    for folder in by_system.keys() - searched:
        reads.folders.setdefault(folder, by_system[folder])
    return reads


def listed(folder: Path) -> list[str]:
    """Return the names in a folder, without hidden ones and Python's own."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 - text is all that is needed
    except OSError:
        return []
    return sorted(name for name in names if not name.startswith(".") and name != BYTECODE)


def begin() -> None:
    """Note what this process reads, from now to its end.

    Does nothing where the runner has named no file. Notes are written at once, so that they survive
    a kernel that dies.
    """
    if NOTES not in os.environ:
        return
    # Not on the way of a kernel that is asked for help without any.
    from evalbook.execute import opened

    book = _Notebook(os.environ[NOTES])
    by_system = opened.available() and opened.report(book.opened)
    sys.addaudithook(book.listed if by_system else book.audited)
    entries.observe(lambda question: book.write("plan", question))


class _Notebook:
    """Takes notes of what is a project's own, once each."""

    def __init__(self, notes: str) -> None:
        self._file = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._seen: set[tuple[str, object]] = set()
        self._noting = False
        self._own = _own_paths()

    def write(self, kind: str, what: Any, how: object = None) -> None:
        """Write a note, unless it has been written."""
        key = (kind, what if isinstance(what, str) else json.dumps(what))
        if key not in self._seen:
            self._seen.add(key)
            os.write(self._file, f"{json.dumps([kind, what, how])}\n".encode())

    def opened(self, path: str, flags: int) -> None:
        """Note what the system has reported."""
        if not flags & _PATH_ONLY and self._own(path):
            self._note(path, flags)

    def listed(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note the folders that Python lists, and whether to look for modules."""
        # To note a folder is to list it, too.
        if event not in ("os.listdir", "os.scandir") or self._noting:
            return
        path, searched = _absolute(arguments[0]), _by_import()
        if self._own(path):
            self._noting = True
            kind = "searched" if searched else "folder"
            self.write(kind, path, None if searched else listed(Path(path)))
            self._noting = False

    def audited(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note what Python opens and lists, where the system does not report it."""
        self.listed(event, arguments)
        if event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
            path, flags = _absolute(arguments[0]), arguments[2]
            if self._own(path):
                self._note(path, flags or 0)

    def _note(self, path: str, flags: int) -> None:
        if Path(path).parent.name == BYTECODE:
            # Other tools than Python keep files there, too.
            with contextlib.suppress(ValueError):
                self._note(importlib.util.source_from_cache(path), os.O_RDONLY)
            return
        if flags & _FOLDER or os.path.isdir(path):  # noqa: PTH112
            self.write("opened folder", path, listed(Path(path)))
            return
        if ("file", path) in self._seen or ("written", path) in self._seen:
            return
        state = file_state(Path(path))
        new = flags & os.O_TRUNC or (state is None and flags & os.O_CREAT)
        if new or flags & os.O_ACCMODE == os.O_WRONLY:
            self.write("written", path)
        elif state is None or stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116
            self.write("file", path, state)
            if flags & os.O_ACCMODE == os.O_RDWR:
                self.write("updated", path)


def _own_paths() -> Callable[[str], bool]:
    """Return the test whether a path may be an input: neither the system's nor a tool's."""
    kept = tuple(f"{folder}{os.sep}" for folder in os.environ.get(KEPT, "").splitlines())
    root, home = (f"{folder}{os.sep}" for folder in (Path.cwd(), os.path.expanduser("~")))  # noqa: PTH111
    installed = [*site.getsitepackages(), site.getusersitepackages(), *_paths_of_python()]
    # Jupyter's own files lie in the folder that it has to itself.
    ignored_by_runner = [*os.environ.get(IGNORED, "").splitlines(), os.environ.get("IPYTHONDIR")]
    folders = [*SYSTEM, *installed, *ignored_by_runner]
    ignored = tuple(f"{folder}{os.sep}" for folder in folders if folder)

    def own(path: str) -> bool:
        if path.startswith(kept):
            return True
        if f"{path}{os.sep}".startswith(ignored):
            return False
        rest = path.removeprefix(root).removeprefix(home)
        return f"{os.sep}." not in f"{os.sep}{rest}"

    return own


def _paths_of_python() -> set[str]:
    named = {*sysconfig.get_paths().values(), sys.prefix, sys.base_prefix}
    # A project's own environment lies in the project, and its code beside it.
    return {path for path in named if path != "/"} | {str(Path(path).resolve()) for path in named}


def _absolute(path: Any) -> str:
    text = os.fsdecode("." if path is None else path) if not isinstance(path, int) else ""
    return os.path.abspath(text)  # noqa: PTH100 - a link is a dependency under its own name


def _by_import() -> bool:
    frame: FrameType | None = sys._getframe()
    while frame and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return frame is not None and "importlib" in frame.f_code.co_filename
