"""Notebooks and their parameters, checked before any kernel starts."""

import ast
import json
import warnings
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from evalbook import plan
from evalbook.errors import UsageError


@dataclass(frozen=True)
class Parameter:
    """A parameter as the notebook's parameters cell declares it."""

    name: str
    kind: type
    default: object


def notebook_path(root: Path, theme: str) -> Path:
    """Return the place of a theme's notebook."""
    return root / "notebooks" / f"{theme}.ipynb"


def content(path: Path) -> dict[str, Any]:
    """Return a notebook as it lies there, each of its cells with an id.

    Raises
    ------
    UsageError
        If it is missing, or no notebook.
    """
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8-sig"))
        for number, cell in enumerate(found["cells"], 1):
            cell.setdefault("id", f"cell-{number}")
            cell["source"] = "".join(cell["source"])
            cell.setdefault("metadata", {})
    except FileNotFoundError as error:
        raise UsageError(
            "the notebook does not exist", where=path, remedy="Restore it from the repository"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"not a notebook ({error})", where=path, remedy="Restore it from the repository"
        ) from error
    # Ids came with this version of the format.
    return found | {"nbformat_minor": max(5, found.get("nbformat_minor", 5))}


def code(path: Path) -> list[str]:
    """Return the source of a notebook's code cells, in order."""
    return [cell["source"] for cell in content(path)["cells"] if cell["cell_type"] == "code"]


@lru_cache(maxsize=1024)
def parsed(source: str) -> ast.Module:
    """Return the syntax tree of a cell, with IPython's own syntax read as IPython does.

    Raises
    ------
    SyntaxError
        If it is neither Python nor IPython.
    """
    with warnings.catch_warnings(action="ignore"):
        try:
            return ast.parse(source)
        except SyntaxError:
            # Slow to import, and seldom needed.
            from IPython.core.inputtransformer2 import TransformerManager

            return ast.parse(TransformerManager().transform_cell(source))


def declared(path: Path) -> dict[str, Parameter]:
    """Return the parameters that a notebook declares.

    Parameters
    ----------
    path : Path
        A notebook with one code cell tagged `parameters`, made of annotated assignments of
        literals.

    Raises
    ------
    UsageError
        If the notebook is missing or broken, has no such cell, or the cell holds anything else.
    """
    source = _parameters_cell(path)
    parameters = {}
    try:
        statements = parsed(source).body
    except SyntaxError as error:
        raise UsageError(
            f"the parameters cell is not Python: {error.msg}",
            where=path,
            remedy=f"Mend line {error.lineno} of that cell",
        ) from error
    for statement in statements:
        parameter = _parameter(statement)
        if parameter is None:
            raise UsageError(
                "the parameters cell has a line that is not `name: type = value`: "
                f"{ast.unparse(statement)!r}",
                where=path,
                remedy="Keep only annotated parameters with literal defaults in that cell",
            )
        parameters[parameter.name] = parameter
    return parameters


def checked(path: Path, given: dict[str, Any]) -> dict[str, Any]:
    """Check given values against a notebook's parameters and convert text from the command line.

    Parameters
    ----------
    path : Path
        The notebook.
    given : dict
        Names and values; a `str` is converted to the declared type.

    Raises
    ------
    UsageError
        For an unknown name (with the nearest known one), or a value of the wrong type.
    """
    known = declared(path)
    values = {}
    for name, value in given.items():
        if name not in known:
            error = plan.unknown("parameter", name, list(known))
            raise UsageError(error.problem, where=path, remedy=error.remedy)
        values[name] = _converted(path, known[name], value)
    return values


def _parameters_cell(path: Path) -> str:
    tagged = [
        c
        for c in content(path)["cells"]
        if "parameters" in c["metadata"].get("tags", []) and c["cell_type"] == "code"
    ]
    if len(tagged) != 1:
        raise UsageError(
            f"{len(tagged) or 'no'} cell{'s carry' if len(tagged) > 1 else ' carries'} "
            "the tag 'parameters'",
            where=path,
            remedy="Tag exactly one code cell 'parameters' "
            "(in Jupyter: the cell's property inspector)",
        )
    return str(tagged[0]["source"])


def _parameter(statement: ast.stmt) -> Parameter | None:
    kinds = {"str": str, "int": int, "float": float, "bool": bool}
    match statement:
        case ast.AnnAssign(
            target=ast.Name(id=name), annotation=ast.Name(id=kind), value=ast.expr() as value
        ) if kind in kinds:
            try:
                return Parameter(name, kinds[kind], ast.literal_eval(value))
            except ValueError:
                return None
    return None


def _converted(path: Path, parameter: Parameter, value: Any) -> Any:
    if type(value) is parameter.kind:
        return value
    if isinstance(value, str) and parameter.kind is not bool:
        try:
            return parameter.kind(value)
        except ValueError:
            pass
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if type(value) is int and parameter.kind is float:
        return float(value)
    raise UsageError(
        f"parameter {parameter.name!r} takes {parameter.kind.__name__}, not {value!r}",
        where=path,
        remedy=f"Give a value such as {parameter.default!r}",
    )
