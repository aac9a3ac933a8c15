"""What went into a run and what came out: `run.json`, after orderly2's packet metadata."""

import contextlib
import hashlib
import importlib.metadata
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from evalbook import __version__
from evalbook.files import file_state, write_whole

PACKAGES = ("numpy", "pandas", "scipy", "statsmodels", "matplotlib", "seaborn", "papermill")
RUN = "run.json"
NOTEBOOK = "notebook.ipynb"
# In a kernel's environment: where a runner wants the results first.
STAGED = "EVALBOOK_FIGURES"
# What changed while a run that failed read it.
CHANGED = "changed"
# The last day that the extract covers, in the record of a run that read it.
UNTIL = "data_until"


def file_digest(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    return _file_digest(path, file_state(path))


def digest_of(paths: Iterable[Path]) -> str:
    """Return one digest of files, some of which may not be there."""
    return hashlib.sha256(
        "".join(file_digest(p) if p.is_file() else "missing" for p in paths).encode()
    ).hexdigest()


def remembered_digests(paths: Iterable[Path], memory: Path) -> dict[str, list[Any]]:
    """Return state and SHA-256 of large files, by name; only what has changed is read again.

    Parameters
    ----------
    paths : iterable of Path
        The files.
    memory : Path
        Where `remember_digests` kept them the last time.
    """
    try:
        before = json.loads(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        before = {}
    now: dict[str, list[Any]] = {}
    for path in paths:
        state, kept = list(file_state(path) or ()), before.get(str(path), [None, ""])
        now[str(path)] = kept if kept[0] == state else [state, file_digest(path)]
    return now


def remember_digests(digests: Mapping[str, list[Any]], memory: Path) -> None:
    """Keep digests until the next time."""
    content = json.dumps(digests)
    # Who may not write here reads the files again next time.
    with contextlib.suppress(PermissionError):
        if not memory.is_file() or memory.read_text(encoding="utf-8") != content:
            write_whole(memory, content)


def fingerprint(path: Path) -> dict[str, Any]:
    """Return a file's SHA-256 and its size in bytes."""
    return {"sha256": file_digest(path), "bytes": path.stat().st_size}


@cache
def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that results depend on."""
    return {"python": sys.version.split()[0], "evalbook": __version__} | {
        name: importlib.metadata.version(name) for name in PACKAGES
    }


def git_state(root: Path) -> dict[str, Any]:
    """Return the commit and whether the tree was clean; empty where git does not keep the project.

    A repository around the project that does not track it says nothing of its code.
    """
    try:
        _git(root, "ls-files", "--error-unmatch", "_quarto.yml")
        commit = _git(root, "rev-parse", "HEAD")
        return {"commit": commit, "clean": not _git(root, "status", "--porcelain")}
    except (OSError, subprocess.CalledProcessError):
        return {}


def read_run(folder: Path) -> dict[str, Any] | None:
    """Read a run's record, or None where there is none."""
    try:
        record: dict[str, Any] = json.loads((folder / RUN).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return record


def data_until(folders: Iterable[Path], cutoff: date) -> date:
    """Return the last day that results tell of: the extract's, or the cut-off if none was read.

    Parameters
    ----------
    folders : iterable of Path
        Where the results are; of several extracts the one that ends first counts.
    """
    runs = [read_run(folder) or {} for folder in folders]
    days = [date.fromisoformat(run[UNTIL]) for run in runs if run.get(UNTIL)]
    return min([*days, cutoff])


@lru_cache(maxsize=4096)
def _file_digest(path: Path, _state: tuple[int, ...] | None) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _git(root: Path, *arguments: str) -> str:
    answer = subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, check=True
    )
    return answer.stdout.strip()
