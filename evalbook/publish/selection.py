"""What the user asked for: checkpoints, themes, languages and formats, checked against the plan."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evalbook import plan
from evalbook.errors import UsageError
from evalbook.execute import CELL_SECONDS
from evalbook.publish import translation
from evalbook.publish.edition_steps import FORMATS, USUAL, Format
from evalbook.text.language import PACKAGED, Language


@dataclass(frozen=True)
class Selection:
    """What the user asked for, checked."""

    checkpoints: tuple[plan.Checkpoint, ...]
    themes: tuple[plan.Theme, ...]
    data: str
    parameters: dict[str, Any]
    workers: int
    cell_seconds: int = CELL_SECONDS
    languages: tuple[Language, ...] = PACKAGED
    formats: tuple[Format, ...] = USUAL
    renderer: str = "auto"
    cluster: str = ""
    # An excerpt has only the chapters named; no names mean the whole edition.
    excerpt: bool = False

    @property
    def extract(self) -> str:
        """The data's folder as notebooks find it: they work in the project's, not in the user's."""
        return str(Path(self.data).absolute()) if self.data else ""


def select(
    checkpoints: Sequence[str] = ("all",),
    themes: Sequence[str] = (),
    data: str | None = None,
    parameters: Sequence[str] = (),
    workers: int = 1,
    languages: Sequence[str] = (),
    formats: Sequence[str] = (),
    renderer: str = "auto",
    cell_seconds: int = CELL_SECONDS,
    cluster: str = "",
) -> Selection:
    """Check the selectors of the command line.

    Raises
    ------
    UsageError
        For anything unknown, with the nearest known name.
    """
    the_plan = plan.load()
    chosen = (
        the_plan.checkpoints
        if "all" in checkpoints
        else tuple(map(the_plan.checkpoint, checkpoints))
    )
    for language in the_plan.languages:
        translation.check(language)
    if renderer not in ("auto", "quarto", "portable"):
        raise plan.unknown("renderer", renderer, ["auto", "quarto", "portable"])
    return Selection(
        checkpoints=tuple(sorted(set(chosen), key=lambda c: c.number)),
        themes=tuple(map(the_plan.theme, dict.fromkeys(themes))) or the_plan.themes,
        data=data or os.environ.get(f"{the_plan.command.upper()}_DATA", ""),
        parameters=dict(map(_assignment, parameters)),
        workers=workers,
        cell_seconds=cell_seconds,
        languages=tuple(_known("language", languages, the_plan.languages)),
        formats=tuple(_known("format", formats or USUAL, FORMATS)),
        renderer=renderer,
        cluster=cluster,
        excerpt=bool(themes),
    )


def _known(kind: str, given: Sequence[str], known: Sequence[Any]) -> Sequence[Any]:
    for name in given:
        if name not in known:
            raise plan.unknown(kind, name, list(known))
    return [name for name in known if name in given] if given else known


def _assignment(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise UsageError(f"parameter {text!r} has no value", remedy="Write it as NAME=VALUE")
    return name.strip(), value.strip()
