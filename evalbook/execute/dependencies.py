"""What a notebook's results depend on besides its data: code, modules, versions."""

import ast
import contextlib
import hashlib
import importlib.util
import json
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from evalbook.execute.notebooks import code, parsed
from evalbook.execute.record import digest_of, versions
from evalbook.files import file_state
from evalbook.paths import PACKAGE
from evalbook.plan import programme

LOCK: Final = Path("requirements") / "run.txt"
_SITE: Final = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
IMPORT: Final = re.compile(
    r"^[ \t]*(?:import (\w[\w.]*)|from (\w[\w.]*) import (\([^)]*\)|[^\n]+))", re.MULTILINE
)


def code_digest(notebook: Path) -> str:
    """Return a digest of a notebook's code cells; text cells may change without a new run."""
    return _sha(json.dumps(code(notebook)).encode())


def imported(notebook: Path) -> list[str]:
    """Return the modules that a notebook's code cells import, or import names from, in order."""
    return list(_imported(notebook, file_state(notebook)))


def installed(modules: Iterable[str]) -> list[str]:
    """Return the modules that are installed, of those that may be a project's own.

    Only these may be imported before a kernel runs: own ones change while someone writes.
    """
    tops = {name: name.partition(".")[0] for name in modules}
    found = {top for top in set(tops.values()) if top in packages() or _is_installed(top)}
    return [name for name, top in tops.items() if top in found]


def module_files(modules: Iterable[str]) -> list[Path]:
    """Return the packages' files that modules are made of, with all that those import in turn.

    Parameters
    ----------
    modules : iterable of str
        Dotted names; those of other packages are left out.
    """
    return list(_closure(tuple(modules)))


def module_name(path: Path) -> str:
    """Return a module's file as reviewers know it: `evalbook/models/shares/proportions.py`."""
    return path.relative_to(Path(__file__).parents[2]).as_posix()


@cache
def module_digest(path: Path) -> str:
    """Return the digest of a module of the packages, as it was when this process first asked.

    An edit reaches neither this process nor the kernels that it forks.
    """
    return _sha(path.read_bytes())


def modules_digest(modules: Iterable[str], files: Iterable[Path] = ()) -> str:
    """Return one digest of modules, of all that they import in turn, and of files beside them."""
    of_modules = [module_digest(path) for path in module_files(modules)]
    return _sha(json.dumps([of_modules, digest_of(files)]).encode())


def versions_digest(root: Path) -> str:
    """Return a digest of the versions installed, and of those locked where the project does so."""
    lock = root / LOCK
    locked = lock.read_bytes() if lock.is_file() else b""
    return _sha(locked + json.dumps(versions()).encode())


@lru_cache(maxsize=64)
def _imported(notebook: Path, _state: tuple[int, ...] | None) -> tuple[str, ...]:
    found: set[str] = set()
    for cell in code(notebook):
        # A cell with a syntax error imports nothing, and fails when it runs.
        with contextlib.suppress(SyntaxError):
            found.update(_imports(parsed(cell)))
    return tuple(sorted(found))


@cache
def _closure(modules: tuple[str, ...]) -> tuple[Path, ...]:
    found: dict[str, Path] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        path = _module_path(name)
        if path and name not in found:
            found[name] = path
            # Importing a module runs the packages above it first.
            waiting += [name.rpartition(".")[0], *_imports_of(path)]
    return tuple(sorted(set(found.values())))


@cache
def _imports_of(path: Path) -> tuple[str, ...]:
    # Looked for in the text, for a parser takes twenty times as long; what only looks like an
    # import does no harm.
    found = IMPORT.finditer(path.read_text(encoding="utf-8"))
    return tuple(
        name
        for whole, package, parts in map(re.Match.groups, found)
        for name in _named(whole, package, parts)
    )


def _named(whole: str | None, package: str, parts: str) -> list[str]:
    # `from package import part`: the part may be a module or a name within one.
    return (
        [whole]
        if whole
        else [package, *(f"{package}.{part}" for part in re.findall(r"\w+", parts))]
    )


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def _module_path(name: str) -> Path | None:
    top, _, rest = name.partition(".")
    folder = packages().get(top)
    if folder is None:
        return None
    base = folder.joinpath(*rest.split(".")) if rest else folder
    candidates = (base / "__init__.py", base.with_suffix(".py"))
    return next((path for path in candidates if path.is_file()), None)


@cache
def packages() -> dict[str, Path]:
    """Return the folders of the engine and of the installed programmes."""
    folders = [PACKAGE, *(each.folder for each in programme.installed().values() if each.folder)]
    return {folder.name: folder for folder in folders}


def _is_installed(top: str) -> bool:
    if top in sys.stdlib_module_names:
        return True
    spec = importlib.util.find_spec(top)
    places = [spec.origin or "", *(spec.submodule_search_locations or ())] if spec else []
    return any(Path(place).is_relative_to(each) for place in places for each in _SITE)


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
