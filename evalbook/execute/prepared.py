"""An extract, read and checked once per checkpoint instead of once per notebook."""

import hashlib
import json
import re
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from evalbook import plan
from evalbook.execute.dependencies import modules_digest
from evalbook.execute.record import remember_digests, remembered_digests
from evalbook.files import replace_folder, write_whole
from evalbook.paths import plan_directory
from evalbook.plan import programme
from evalbook.plan.results import WARNINGS

SUMMARY: Final = "vintage.json"


@dataclass(frozen=True)
class Prepared:
    """An extract as a checkpoint could see it, ready to load.

    Attributes
    ----------
    place : Path or None
        The folder that it is kept in; None where the programme has no extract.
    tables : dict
        The extract's files, each with a digest of what the checkpoint could know of it.
    files : dict
        The same files with their SHA-256 when they were read.
    synthetic : bool
        Whether its persons are invented.
    warnings : str
        What its check warned of, a line each; empty if nothing.
    until : str
        The last day that it tells of; empty where that is the cut-off.
    made_with : dict
        How its synthetic persons were made.
    """

    place: Path | None = None
    tables: dict[Path, str] = field(default_factory=dict)
    files: dict[Path, str] = field(default_factory=dict)
    synthetic: bool = False
    warnings: str = ""
    until: str = ""
    made_with: dict[str, Any] = field(default_factory=dict)

    def holds(self, path: Path) -> bool:
        """Return whether a file is part of what is kept."""
        return self.place is not None and path.is_relative_to(self.place)


def prepare(root: Path, folder: Path, checkpoint: plan.Checkpoint) -> Prepared:
    """Return an extract as a checkpoint could see it: checked and read now, or earlier.

    Parameters
    ----------
    root : Path
        The project; what is prepared is kept in its `.evalbook/prepared`.
    folder : Path
        The extract.

    Raises
    ------
    DataError
        If the extract has errors; the message names the first of them.
    """
    the_plan = plan.load()
    asked = programme.named(the_plan.programme)
    if asked.read is None:
        return Prepared()
    kept = root / ".evalbook" / "prepared"
    digests = remembered_digests(_files(folder), kept / "digests.json")
    files = {Path(name): digest for name, (_, digest) in digests.items()}
    place = kept / f"{checkpoint.month}-{_key(folder, files, asked)}"
    if not (place / SUMMARY).is_file():
        _read(asked, folder, checkpoint, place)
        for outdated in place.parent.glob(f"{checkpoint.month}-*"):
            if outdated != place:
                shutil.rmtree(outdated, ignore_errors=True)
    remember_digests(digests, kept / "digests.json")
    vintage = programme.Vintage(**json.loads((place / SUMMARY).read_text(encoding="utf-8")))
    _write_warnings(root / "figures" / checkpoint.month, vintage.warnings)
    return Prepared(
        place,
        {folder / name: digest for name, digest in vintage.digests.items()},
        {folder / name: files[folder / name] for name in vintage.digests},
        vintage.synthetic,
        "\n".join(re.findall(r"^- .*", _words(vintage), re.MULTILINE)),
        vintage.until,
        vintage.made_with or {},
    )


def _words(vintage: programme.Vintage) -> str:
    """Return the warnings in English, or else in the plan's first language."""
    return vintage.warnings.get("en") or next(iter(vintage.warnings.values()), "")


def _read(
    asked: programme.Programme, folder: Path, checkpoint: plan.Checkpoint, place: Path
) -> None:
    assert asked.read is not None
    staging = place.with_name(f".{uuid.uuid4().hex}")
    try:
        vintage = asked.read(folder, checkpoint, plan.load().at(checkpoint), staging)
        write_whole(staging / SUMMARY, json.dumps(vintage._asdict()))
        replace_folder(staging, place)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _write_warnings(figures: Path, texts: dict[str, str]) -> None:
    """Write what the data chapter includes beside the checkpoint's results.

    A file that says the same is left alone.
    """
    for language, text in texts.items():
        path = figures / WARNINGS.format(language=language)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_whole(path, text)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []


def _key(folder: Path, files: Mapping[Path, str], asked: programme.Programme) -> str:
    """Return a digest of what a prepared extract is made from: its files, the plan, the code."""
    the_plan = plan.load()
    catalogues = programme.catalogues(the_plan.programme, the_plan.languages)
    beside = modules_digest(asked.reading, [*_files(plan_directory()), *catalogues])
    content = [(path.relative_to(folder).as_posix(), digest) for path, digest in files.items()]
    return hashlib.sha256(repr((str(folder.resolve()), content, beside)).encode()).hexdigest()[:16]
