"""What a reader of the notebooks' code meets: lines, functions of the house, calls of libraries."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

HOUSE = {"evalbook", "nychance"}
LIBRARIES = {"matplotlib", "pandas", "seaborn", "statsmodels"}
# Sentences are words, and the report's methods are the one thing to learn.
WORDS = ".sentences."
TYPES = (pd.DataFrame, pd.Series, pd.Index, pd.api.typing.DataFrameGroupBy, Axes, sns.FacetGrid)
PLAIN = (dict, list, set, str, tuple)
# Methods by which pandas, seaborn and Matplotlib are known, and plain objects are not.
METHODS = {name for each in TYPES for name in dir(each)} - {n for each in PLAIN for n in dir(each)}


def sources(notebook: Path) -> list[str]:
    """Return the code of each cell."""
    cells = nbformat.read(notebook, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def code_lines(notebook: Path) -> list[str]:
    """Return the lines that are neither empty nor comments."""
    lines = (line for source in sources(notebook) for line in source.splitlines())
    return [line for line in lines if line.strip() and not line.strip().startswith("#")]


def called(notebook: Path) -> tuple[Counter[str], Counter[str]]:
    """Count calls of the house's functions, and direct calls of libraries, by their names."""
    trees = [ast.parse(source) for source in sources(notebook)]
    names = dict(pair for tree in trees for pair in _imported(tree))
    house: Counter[str] = Counter()
    libraries: Counter[str] = Counter()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if not isinstance(node, ast.Call):
            continue
        base, _, rest = _dotted(node.func).partition(".")
        name = f"{names.get(base, '')}.{rest}".strip(".") if base in names else ""
        package = name.partition(".")[0]
        if package in HOUSE:
            if WORDS not in name:
                house[name] += 1
        elif package in LIBRARIES or _is_method(node.func):
            libraries[name or f".{node.func.attr}"] += 1
    return house, libraries


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((each.asname or each.name, each.name) for each in node.names)
        if isinstance(node, ast.ImportFrom):
            for each in node.names:
                yield each.asname or each.name, f"{node.module}.{each.name}"


def _dotted(function: ast.expr) -> str:
    """Return a dotted name; empty for what is no name, such as a method of a result."""
    parts = []
    while isinstance(function, ast.Attribute):
        parts.append(function.attr)
        function = function.value
    return ".".join([function.id, *reversed(parts)]) if isinstance(function, ast.Name) else ""


def _is_method(function: ast.expr) -> bool:
    own = isinstance(function, ast.Attribute) and _dotted(function).startswith("report.")
    return isinstance(function, ast.Attribute) and not own and function.attr in METHODS
