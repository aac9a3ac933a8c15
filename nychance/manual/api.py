"""The reference of the Python API, from signatures and docstrings; the code is read, not imported."""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from nychance.paths import PACKAGE

# What a notebook may use, in the order of the flow; the rest of the package drives the build.
PARTS: Final = (
    "plan", "language", "register", "extract", "public", "national", "qualitative", "measures", "models", "disclosure", "present",
    "results", "compare", "source", "errors", "paths",
)  # fmt: skip
HEADING: Final = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.MULTILINE)
ENTRY: Final = re.compile(r"^(\S.*)\n((?: {4}.*\n?)+)", re.MULTILINE)
SECTIONS_OF_ENTRIES: Final = ("Parameters", "Returns", "Raises", "Attributes", "Yields")
Definition = ast.FunctionDef | ast.ClassDef


# The package does not change while it runs, and a preview comes here with each change of a chapter.
@cache
def python_api() -> str:
    """Write the reference of every public class and function that notebooks may use, as Markdown."""
    pages = [page for part in PARTS for path in _modules(part) for page in _module(path)]
    return "\n\n".join(["# Python API", "Written from the docstrings. Shapes and units stand with each parameter.", *pages])


def _modules(part: str) -> list[Path]:
    module, package = PACKAGE / f"{part}.py", PACKAGE / part
    found = [module] if module.is_file() else sorted(package.rglob("*.py"))
    return [path for path in found if not path.stem.startswith("_") or path.stem == "__init__"]


def _module(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public = [node for node in tree.body if isinstance(node, Definition) and not node.name.startswith("_")]
    if not public:
        return
    name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    yield f"## {name}\n\n{ast.get_docstring(tree) or ''}"
    for node in public:
        yield from _definition(node, node.name, "###")


def _definition(node: Definition, name: str, level: str) -> Iterator[str]:
    kind = "class " if isinstance(node, ast.ClassDef) else ""
    yield f"{level} {kind}`{name}`"
    signature = _signature(node, name)
    if signature:
        yield f"```python\n{signature}\n```"
    text = ast.get_docstring(node)
    if text:
        yield _markdown(text)
    if isinstance(node, ast.ClassDef):
        for part in node.body:
            if isinstance(part, ast.FunctionDef) and not part.name.startswith("_"):
                yield from _definition(part, f"{name}.{part.name}", "####")


def _signature(node: Definition, name: str) -> str:
    """Write how a function is called, or what fields a class has."""
    if isinstance(node, ast.FunctionDef):
        returns = f" -> {_plain(node.returns)}" if node.returns else ""
        return f"{name}({_plain(node.args).removeprefix('self').removeprefix(', ')}){returns}"
    fields = [part for part in node.body if isinstance(part, ast.AnnAssign) and not _plain(part.target).startswith("_")]
    return "\n".join(_plain(field) for field in fields)


def _plain(node: ast.AST) -> str:
    return ast.unparse(node).replace("'pd.", "pd.").replace("]'", "]")


def _markdown(docstring: str) -> str:
    """Turn numpy's sections into bold words and definition lists."""
    parts: Sequence[str] = HEADING.split(docstring)
    written = [parts[0].strip()]
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        listed = ENTRY.sub(_entry, body.strip() + "\n") if title in SECTIONS_OF_ENTRIES else body.strip()
        written.append(f"**{title}**\n\n{listed.strip()}")
    return "\n\n".join(written)


def _entry(found: re.Match[str]) -> str:
    text = " ".join(line.strip() for line in found.group(2).splitlines())
    return f"`{found.group(1)}`\n:   {text}\n\n"
