"""What a notebook found, as it left it for chapters and readers: `results.json`."""

import json
from pathlib import Path
from typing import Any, Final

RESULTS: Final = "results.json"
# The warnings about the data, beside a checkpoint's results; the data chapter includes them.
WARNINGS: Final = "_faults.{language}.md"


def results(folder: Path) -> dict[str, dict[str, Any]]:
    """Read what a notebook found; raises `FileNotFoundError` if the run has not finished."""
    content: dict[str, dict[str, Any]] = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
    return content
