"""The renderer that makes the HTML: Quarto where it is installed, else the portable one."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from evalbook.errors import RenderError, UsageError


@dataclass(frozen=True)
class Renderer:
    """The renderer that makes the HTML, and why it was chosen.

    `program` is the path of Quarto, or None for the portable renderer.
    """

    program: str | None
    why: str
    version: str = ""

    @property
    def name(self) -> str:
        """`quarto` or `portable`."""
        return "quarto" if self.program else "portable"


def choose_renderer(wish: str) -> Renderer:
    """Choose a renderer: `quarto`, `portable`, or `auto`, which takes Quarto where it is found.

    Raises
    ------
    UsageError
        If Quarto is wished for and not there.
    """
    if wish == "portable":
        return Renderer(None, "as asked for")
    found = find_quarto()
    if found:
        number = version(found)
        return Renderer(found, f"Quarto {number} is installed", number)
    if wish == "quarto":
        raise UsageError(
            "Quarto is not installed",
            remedy="Install it (`pip install quarto-cli`), or use `--renderer portable`",
        )
    return Renderer(
        None,
        "Quarto is not installed here; `pip install quarto-cli` brings it where GitHub can be "
        "reached",
    )


def find_quarto() -> str | None:
    """Find Quarto: `QUARTO_PATH`, else beside this Python, else on the PATH.

    None where it is not installed.
    """
    named = os.environ.get("QUARTO_PATH")
    if named:
        return shutil.which(named)
    return shutil.which("quarto", path=str(Path(sys.executable).parent)) or shutil.which("quarto")


def version(quarto: str) -> str:
    """Return the version of Quarto; raises `RenderError` if it does not answer."""
    try:
        answer = subprocess.run(
            [quarto, "--version"], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise RenderError(f"Quarto at {quarto} does not run: {error}") from error
    return answer.stdout.strip()
