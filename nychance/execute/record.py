"""What went into a run and what came out: `run.json`, after orderly2's packet metadata."""

import hashlib
import importlib.metadata
import json
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

PACKAGES = ("nychance", "numpy", "pandas", "scipy", "statsmodels", "matplotlib", "seaborn", "papermill")
RUN = "run.json"
NOTEBOOK = "notebook.ipynb"


def digest(path: Path) -> dict[str, Any]:
    """Give a file's SHA-256 and its size in bytes."""
    with path.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "bytes": path.stat().st_size}


def digests(root: Path, paths: Iterable[Path]) -> dict[str, dict[str, Any]]:
    """Give the digests of files, named from the project's root where they lie in it, in order."""
    return {_name(root, path): digest(path) for path in sorted(paths)}


@cache
def versions() -> dict[str, str]:
    """Give the versions of Python and of the packages that results depend on."""
    return {"python": sys.version.split()[0]} | {name: importlib.metadata.version(name) for name in PACKAGES}


def git_state(root: Path) -> dict[str, Any]:
    """Give the commit and whether the tree was clean; empty where there is no git."""
    try:
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


def _name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _git(root: Path, *arguments: str) -> str:
    answer = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)
    return answer.stdout.strip()
