"""A published notebook run elsewhere: with the plan of its report, and compared with it.

What is published carries, in the notebook's metadata, the plan, the parameters, the versions and
the digests of what went in and came out. Its first cell calls `begin`, its last one `end`.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from evalbook.errors import UsageError
from evalbook.execute import record
from evalbook.execute.cutoff import digest_at
from evalbook.files import write_whole
from evalbook.paths import (
    CARRIED,
    data_directory,
    figures_directory,
    notebooks_directory,
    plan_directory,
    project_file,
)
from evalbook.plan import load as _plan
from evalbook.plan import programme

# The key in a notebook's metadata, and the tag of the two cells.
METADATA: Final = "evalbook"
CELL: Final = "evalbook"
NAMED: Final = 5


@dataclass
class _Rerun:
    carried: Mapping[str, Any]
    data: Path
    # Plan and catalogues that were carried, for as long as this process lives.
    folder: TemporaryDirectory[str] | None = None


_running: list[_Rerun] = []


def plan_texts() -> dict[str, str]:
    """Return the plan's files, by name, as they are here."""
    folder = plan_directory()
    paths = [folder / name for name in type(_plan()).files]
    return {path.name: path.read_text(encoding="utf-8") for path in paths if path.is_file()}


def catalogue_texts(theme: str) -> dict[str, str]:
    """Return the files that translate a theme's notebook, by name."""
    paths = sorted(notebooks_directory().glob(f"{theme}.*.po"))
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


def plan_digest(texts: Mapping[str, str]) -> str:
    """Return a short digest of a plan's files."""
    return hashlib.sha256(json.dumps(sorted(texts.items())).encode()).hexdigest()[:12]


def begin(theme: str, checkpoint: str, plan: str, data: str = "") -> None:
    """Take the plan that a published notebook carries, unless the project here has the same.

    Parameters
    ----------
    theme, checkpoint : str
        Of the report.
    plan : str
        The digest of its plan.
    data : str
        The extract, as the notebook's parameter names it. Where the report's persons were
        synthetic and there are none here, the same are made.

    Raises
    ------
    UsageError
        If the plan here is another, and the notebook that carries the right one is not in this
        folder.
    """
    if record.STAGED in os.environ and not _running:
        # A runner looks after plan and results.
        return
    _running.clear()
    carried = _carried(theme, checkpoint, plan)
    same = plan_digest(plan_texts()) == plan
    if carried is None and not same:
        raise UsageError(
            f"the notebook was made with another plan ({plan}) than the one here",
            where=plan_directory(),
            remedy=f"Run {theme}.ipynb as it was downloaded, from its own folder",
        )
    if carried is None:
        return
    taken = None if same else _take(carried)
    if taken:
        print("The plan is the report's, which this notebook carries.")
    asked = programme.named(_plan().programme)
    folder = data_directory(data, asked.name)
    if asked.demonstrate and carried["made_with"] and not folder.exists():
        asked.demonstrate(folder, **carried["made_with"])
    _running.append(_Rerun(carried, folder, taken))


def end() -> None:
    """Say whether this run found what the report says, and if not, what may be the reason."""
    for rerun in _running:
        print("\n".join(_compared(rerun.carried, rerun.data)))


def _take(carried: Mapping[str, Any]) -> TemporaryDirectory[str]:
    folder = TemporaryDirectory(prefix="evalbook-")
    catalogues = {f"notebooks/{name}": text for name, text in carried["catalogues"].items()}
    for name, text in {**carried["plan"], **catalogues}.items():
        write_whole(Path(folder.name) / name, text)
    # The project here, if there is one, is another's: its results are left alone.
    os.environ |= {CARRIED: folder.name, record.STAGED: str(Path.cwd() / "figures")}
    return folder


def _carried(theme: str, checkpoint: str, digest: str) -> Mapping[str, Any] | None:
    """Return what the notebook in this folder carries, whatever its name has become."""
    for path in sorted(Path.cwd().glob("*.ipynb")):
        try:
            found = json.loads(path.read_text(encoding="utf-8"))["metadata"][METADATA]
            asked = (found["theme"], found["checkpoint"], plan_digest(found["plan"]))
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if asked == (theme, checkpoint, digest):
            return dict(found)
    return None


def _compared(carried: Mapping[str, Any], data: Path) -> Iterator[str]:
    made = figures_directory() / carried["checkpoint"] / carried["theme"]
    results = carried["outputs"]
    other = [name for name, digest in results.items() if _digest(made / name) != digest]
    if not other:
        yield f"All {len(results)} results are the same as in the report."
        return
    yield f"{len(other)} of {len(results)} results differ from the report's: {_listed(other)}."
    reasons = [*_other_inputs(carried, data), *_other_versions(carried)]
    yield from reasons or ["Plan, data and versions are the report's."]


def _other_inputs(carried: Mapping[str, Any], data: Path) -> Iterator[str]:
    at = _plan().checkpoint(carried["checkpoint"])
    read = carried["inputs"].items()
    other = [name for name, digest in read if digest_at(_here(name), at) != digest]
    extract = carried["extract"].items()
    other += [name for name, digest in extract if _digest(data / name) != digest]
    if other:
        yield f"These data are not those that the report read, or are missing: {_listed(other)}."


def _other_versions(carried: Mapping[str, Any]) -> Iterator[str]:
    here = record.versions()
    other = [
        f"{name} {here.get(name, 'missing')} instead of {number}"
        for name, number in carried["versions"].items()
        if here.get(name) != number
    ]
    if other:
        yield f"These versions are not the report's: {', '.join(other)}."


def _here(name: str) -> Path:
    return Path(name) if Path(name).exists() else project_file(name)


def _digest(path: Path) -> str:
    return record.file_digest(path) if path.is_file() else ""


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
