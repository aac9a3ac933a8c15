"""What a user sees while the work goes on: a live display on a terminal, plain lines elsewhere."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class Display:
    """A count of what is done, with the names of what runs.

    Parameters
    ----------
    console : Console
        Where to write; a terminal gets one live line, anything else one line per finished piece.
    title : str
        What is being done, such as `Notebooks`.
    total : int
        How many pieces there are.
    """

    def __init__(self, console: Console, title: str, total: int) -> None:
        self.console = console
        self.total = total
        self.title = title
        self._running: list[str] = []
        self._done = 0
        self._lock = threading.Lock()
        self._progress = Progress(
            TextColumn("[bold]{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            TextColumn("{task.fields[running]}"), console=console, transient=False, disable=not console.is_terminal,
        )  # fmt: skip
        self._task = self._progress.add_task(title, total=total, running="")

    @contextmanager
    def live(self) -> Iterator["Display"]:
        """Show the display inside the `with` block."""
        with self._progress:
            yield self

    def started(self, name: str) -> None:
        """Say that a piece runs."""
        with self._lock:
            self._running.append(name)
            self._update()

    def ended(self, name: str, remark: str = "", failed: bool = False) -> None:
        """Say that a piece is done."""
        with self._lock:
            if name in self._running:
                self._running.remove(name)
            self._done += 1
            mark = "[red]failed[/red]" if failed else "done"
            left = self.total - self._done
            self.console.print(f"{self.title}: {name} {mark} {remark}({left} left)", highlight=False)
            self._progress.advance(self._task)
            self._update()

    def _update(self) -> None:
        self._progress.update(self._task, running=", ".join(self._running))
