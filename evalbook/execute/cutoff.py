"""A digest of what a checkpoint could know of a data file.

The same digest means that its results cannot have changed.
"""

import csv
import hashlib
import io
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from evalbook.files import file_state
from evalbook.plan import Checkpoint

# Columns that date a row of a public table or of the dissemination log, and fields that date an
# entry of a YAML list.
DATED_COLUMNS: Final = ("reference", "date")
DATED_FIELDS: Final = ("checkpoint", "made")
MONTH: Final = re.compile(r"\d{4}-\d{2}")
MISSING: Final = "missing"


def digest_at(path: Path, checkpoint: Checkpoint) -> str:
    """Return a digest of what a checkpoint could know of a file.

    Parameters
    ----------
    path : Path
        A file of `data/public` or `data/qualitative` is cut at the checkpoint; of any other all is
        known.
    checkpoint : Checkpoint
        Whose cut-off counts.

    Returns
    -------
    str
        SHA-256 in hexadecimal; `missing` for a file that is not there.
    """
    state = file_state(path)
    # What a run remembers as a file may be a folder now.
    return _digest(path, state, checkpoint) if state and path.is_file() else MISSING


@lru_cache(maxsize=4096)
def _digest(path: Path, _state: tuple[int, ...], checkpoint: Checkpoint) -> str:
    return hashlib.sha256(_known(path, checkpoint)).hexdigest()


def _known(path: Path, checkpoint: Checkpoint) -> bytes:
    content = path.read_bytes()
    if path.parent.name not in ("public", "qualitative", "material"):
        return content
    if path.suffix == ".csv":
        return _rows(content, checkpoint)
    if path.suffix == ".yml":
        entries = _entries(yaml.load(content, yaml.CSafeLoader), checkpoint.month)
        return json.dumps(entries, default=str).encode()
    return content


def _rows(content: bytes, checkpoint: Checkpoint) -> bytes:
    """Leave out rows that are dated after a checkpoint's cut-off."""
    rows = csv.reader(io.StringIO(content.decode("utf-8")))
    head = next(rows, [])
    dated = next((head.index(name) for name in DATED_COLUMNS if name in head), None)
    if dated is None:
        return content
    last = checkpoint.cutoff.isoformat()
    kept = [head, *(row for row in rows if len(row) <= dated or row[dated] <= last)]
    return json.dumps(kept).encode()


def _entries(value: Any, month: str) -> Any:
    """Leave out list entries and keys that are dated after a month."""
    if isinstance(value, list):
        return [_entries(item, month) for item in value if not _later(item, month)]
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if not (MONTH.fullmatch(str(k)) and str(k) > month)}
        return {str(k): _entries(v, month) for k, v in kept.items()}
    return value


def _later(item: Any, month: str) -> bool:
    return isinstance(item, dict) and any(
        str(item.get(field, "")) > month for field in DATED_FIELDS
    )
