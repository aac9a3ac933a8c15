"""How far a build has come, on one line of the terminal."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from evalbook.execute.steps import Step


class Line:
    """A line that counts the steps done and names those that run; nothing where no terminal is.

    Parameters
    ----------
    console : Console
        Where the line stands while the work goes on; it is gone afterwards.
    label : str
        What is made.
    total : int
        How many steps there are.
    """

    def __init__(self, console: Console, label: str, total: int) -> None:
        self._bar = Bar(
            TextColumn(label),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=total)
        self._running: list[str] = []

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def begin(self, step: Step) -> None:
        """Name a step that runs."""
        self._running.append(step.name)
        self._show()

    def end(self, step: Step) -> None:
        """Count a step that has ended."""
        self._running.remove(step.name)
        self._bar.advance(self._task)
        self._show()

    def _show(self) -> None:
        self._bar.update(self._task, description=escape(", ".join(self._running)))
