"""What a checkpoint could know of a data file, as a digest: the same digest means that its results cannot have changed."""

import csv
import hashlib
import io
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from evalbook.plan import Checkpoint

# Columns that date a row of a public table or of the dissemination log, and fields that date an
# entry of a YAML list.
DATED_COLUMNS: Final = ("reference", "date")
DATED_FIELDS: Final = ("checkpoint", "made")
MONTH: Final = re.compile(r"\d{4}-\d{2}")


def known_digest(path: Path, checkpoint: Checkpoint) -> str:
    """Digest what a checkpoint could know of a file.

    Parameters
    ----------
    path : Path
        A file of `data/public` or `data/qualitative` is cut at the checkpoint; of any other all is
        known.

    Returns
    -------
    str
        SHA-256 in hexadecimal; `missing` for a file that is not there.
    """
    try:
        stat = path.stat()
    except FileNotFoundError:
        return "missing"
    return _digest(path, stat.st_mtime_ns, stat.st_size, checkpoint)


@lru_cache(maxsize=4096)
def _digest(path: Path, _changed: int, _size: int, checkpoint: Checkpoint) -> str:
    return hashlib.sha256(_known(path, checkpoint)).hexdigest()


def _known(path: Path, checkpoint: Checkpoint) -> bytes:
    content = path.read_bytes()
    if path.parent.name not in ("public", "qualitative", "material"):
        return content
    if path.suffix == ".csv":
        return _known_rows(content, checkpoint)
    if path.suffix == ".yml":
        return json.dumps(
            _known_entries(yaml.load(content, yaml.CSafeLoader), checkpoint.month), default=str
        ).encode()
    return content


def _known_rows(content: bytes, checkpoint: Checkpoint) -> bytes:
    rows = csv.reader(io.StringIO(content.decode("utf-8")))
    head = next(rows, [])
    dated = next((head.index(name) for name in DATED_COLUMNS if name in head), None)
    if dated is None:
        return content
    last = checkpoint.cutoff.isoformat()
    return json.dumps(
        [head, *(row for row in rows if len(row) <= dated or row[dated] <= last)]
    ).encode()


def _known_entries(value: Any, month: str) -> Any:
    """Leave out list entries and keys that are dated after a month."""
    if isinstance(value, list):
        return [_known_entries(item, month) for item in value if not _later(item, month)]
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if not (MONTH.fullmatch(str(k)) and str(k) > month)}
        return {str(k): _known_entries(v, month) for k, v in kept.items()}
    return value


def _later(item: Any, month: str) -> bool:
    return isinstance(item, dict) and any(
        str(item.get(field, "")) > month for field in DATED_FIELDS
    )
