"""What cells would publish, read from their code without running them."""

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

# What publishes something under a name, and under which part of the results.
EXHIBITS: Final = {"figure": "figures", "table": "tables", "prose": "prose", "quotations": "prose"}
VALUES: Final = {"number": "numbers", "numbers": "numbers", "sentence": "labels"}
REPORT: Final = "Report"
# The name of a group in the keys of several numbers: `exits-{role}`.
GROUP: Final = re.compile(r"\{[^{}]*\}")


class Announced(NamedTuple):
    """Something that a cell publishes.

    Attributes
    ----------
    kind : str
        The method that publishes it, such as `figure`.
    name : str or None
        Its name; None where the code works it out. In that of a number or sentence, `*` stands for
        what is worked out: `use-*` for `f"use-{role}"`, and for the keys `use-{role}` of several.
    """

    kind: str
    name: str | None

    @property
    def exhibit(self) -> bool:
        """Whether chapters show it, rather than state it."""
        return self.kind in EXHIBITS


def reports(cells: Iterable[ast.Module]) -> set[str]:
    """Return the names that a notebook gives its report."""
    return {
        target.id
        for tree in cells
        for node in ast.walk(tree)
        for value, target in _bound(node)
        if isinstance(target, ast.Name)
        and isinstance(value, ast.Call)
        and _last_name(value.func) == REPORT
    }


def announced(cell: ast.Module, reports: set[str]) -> list[Announced]:
    """List what a cell publishes through a notebook's report.

    Parameters
    ----------
    cell : Module
        The cell's syntax tree.
    reports : set of str
        What the notebook calls its report.
    """
    found = []
    for node in ast.walk(cell):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=report), attr=kind)) if (
                report in reports and kind in EXHIBITS | VALUES
            ):
                name = _name(node, patterns=kind in VALUES)
                several = kind == "numbers" and name is not None
                found.append(Announced(kind, GROUP.sub("*", str(name)) if several else name))
    return found


def _bound(node: ast.AST) -> Iterator[tuple[ast.expr | None, ast.expr | None]]:
    """Yield the values that a statement gives names, with the names."""
    if isinstance(node, ast.Assign):
        yield from ((node.value, target) for target in node.targets)
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
        yield node.value, node.target
    elif isinstance(node, ast.With):
        yield from ((item.context_expr, item.optional_vars) for item in node.items)


def _last_name(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def _name(call: ast.Call, *, patterns: bool) -> str | None:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    keys = named.get("key", named.get("keys"))
    match call.args[0] if call.args else named.get("name", keys):
        case ast.Constant(value=str(name)):
            return name
        case ast.JoinedStr(values=parts) if patterns:
            return "".join(
                str(part.value) if isinstance(part, ast.Constant) else "*" for part in parts
            )
    return None
