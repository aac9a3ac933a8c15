"""What a checkpoint's plan does not schedule of a notebook: the runner skips such cells.

A cell with the tag `activity:flow-analysis` runs where the checkpoint has that activity, one with
`from:3` from checkpoint 3 on. What skipped cells would have published is read from their code, so
that chapters can say when it begins.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from evalbook import plan
from evalbook.errors import UsageError
from evalbook.execute.notebooks import content, parsed
from evalbook.plan.results import RESULTS
from evalbook.report.announced import announced, reports
from evalbook.text.catalogue import tr
from evalbook.text.language import Language, Text

ACTIVITY: Final = "activity:"
FROM: Final = "from:"
# nbclient leaves such a cell alone.
SKIP: Final = "skip-execution"


@dataclass(frozen=True)
class Skipped:
    """A cell that a checkpoint does not run.

    Attributes
    ----------
    cell : str
        Its id.
    said : dict
        When it begins, in each language.
    activity : str
        The activity that is not due; empty for one that begins later.
    exhibits, values : tuple of str
        The names of the figures, tables and texts that it shows, and of the numbers and sentences
        that it states.
    """

    cell: str
    said: Mapping[Language, str]
    activity: str
    exhibits: tuple[str, ...]
    values: tuple[str, ...]


def skipped(notebook: Path, checkpoint: plan.Checkpoint) -> list[Skipped]:
    """List the cells of a notebook that a checkpoint does not run.

    Raises
    ------
    UsageError
        If a tag names an activity or a checkpoint that the plan does not have, or a skipped cell
        works out the name of a figure or table; names notebook and cell.
    """
    cells = [cell for cell in content(notebook)["cells"] if cell["cell_type"] == "code"]
    late = []
    for cell in cells:
        where = f"{notebook}, cell {cell['id']}"
        # Every tag is looked at, also that of a cell which runs.
        reasons = list(_reasons(cell["metadata"].get("tags", []), checkpoint, where))
        if reasons:
            late.append((cell, *reasons[0], where))
    if not late:
        return []
    names = reports(tree for cell in cells if (tree := _tree(cell["source"])))
    found = []
    for cell, activity, text, where in late:
        tree = _tree(cell["source"])
        made = announced(tree, names) if tree else []
        if unnamed := [each.kind for each in made if each.exhibit and each.name is None]:
            raise UsageError(
                f"the cell works out the name of a {unnamed[0]}, and this checkpoint skips it",
                where=where,
                remedy="Write the name out, so that chapters can say when it begins",
            )
        found.append(
            Skipped(
                cell["id"],
                text.within(plan.load().languages),
                activity,
                tuple(each.name for each in made if each.exhibit and each.name),
                tuple(each.name for each in made if not each.exhibit and each.name),
            )
        )
    return found


def digest(notebook: Path, checkpoint: plan.Checkpoint) -> str:
    """Return a digest of what a checkpoint skips of a notebook, and what it says instead."""
    return sha256(repr(skipped(notebook, checkpoint)).encode()).hexdigest()


def record(folder: Path, theme: str, cells: Sequence[Skipped]) -> None:
    """Note in a notebook's results what the skipped cells would have published.

    `notices` has what chapters show in place of a figure or table, `later` the condition under
    which they may state a number or sentence; `*` in its name stands for anything.
    """
    path = folder / RESULTS
    found: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    notices, later = found.setdefault("notices", {}), found.setdefault("later", {})
    for cell in cells:
        for name in cell.exhibits:
            notices.setdefault(name, dict(cell.said))
        for name in cell.values:
            later[name] = f"plan.{cell.activity}" if cell.activity else f"has.{theme}.{name}"
    text = json.dumps(found, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _reasons(
    tags: Sequence[str], checkpoint: plan.Checkpoint, where: str
) -> Iterator[tuple[str, Text]]:
    """Yield why a checkpoint does not run a cell with these tags: the activity, and the notice."""
    for tag in tags:
        if tag.startswith(ACTIVITY):
            activity = tag.removeprefix(ACTIVITY)
            if activity not in plan.load().activities:
                error = plan.unknown("activity", activity, list(plan.load().activities))
                raise UsageError(f"{error.problem} in its tags", where=where, remedy=error.remedy)
            if activity not in checkpoint.activities:
                yield activity, plan.load().begins(checkpoint, activity)
        elif tag.startswith(FROM):
            first = _first(tag.removeprefix(FROM), where)
            if checkpoint.number < first.number:
                words = tr("Begins at checkpoint {number} ({when}).")
                yield "", words.format(number=str(first.number), when=first.when)


def _first(number: str, where: str) -> plan.Checkpoint:
    for checkpoint in plan.load().checkpoints:
        if str(checkpoint.number) == number:
            return checkpoint
    known = [str(checkpoint.number) for checkpoint in plan.load().checkpoints]
    error = plan.unknown("checkpoint", number, known)
    raise UsageError(f"{error.problem} in its tags", where=where, remedy=error.remedy)


def _tree(source: str) -> Any:
    """Return a cell's syntax tree; None for what is no Python, which fails where it runs."""
    try:
        return parsed(source)
    except SyntaxError:
        return None
