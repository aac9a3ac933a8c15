"""The register, read and checked once per data set and checkpoint instead of once per notebook."""

import hashlib
import json
import pickle
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nychance import columns as c
from nychance import plan
from nychance.catalogue import own_catalogues
from nychance.execute.depends import module_files
from nychance.files import write_whole
from nychance.paths import plan_directory
from nychance.results import WARNINGS as INCLUDE

if TYPE_CHECKING:
    import pandas as pd

    from nychance.register import Register

FILE: Final = "register.pickle"
SUMMARY: Final = "prepared.json"
WARNINGS: Final = "warnings.json"


@dataclass(frozen=True)
class Prepared:
    """A register ready to load.

    Attributes
    ----------
    path : Path
        The register as a checkpoint could see it.
    tables : dict
        The extract's files, each with a digest of what the checkpoint could know of it.
    synthetic : bool
        Whether its persons are synthetic.
    """

    path: Path
    tables: dict[Path, str]
    synthetic: bool


def prepare(root: Path, folder: Path, checkpoint: plan.Checkpoint) -> Prepared:
    """Check and read an extract as a checkpoint could see it, or find it read already.

    Parameters
    ----------
    root : Path
        The project; what is prepared is kept in its `.nychance/prepared`.
    folder : Path
        The extract.

    Raises
    ------
    DataError
        If the extract has errors; the message names the first of them.
    """
    place = root / ".nychance" / "prepared" / f"{checkpoint.month}-{_key(folder)}"
    if not (place / SUMMARY).is_file():
        _read(folder, checkpoint, place)
        for outdated in place.parent.glob(f"{checkpoint.month}-*"):
            if outdated != place:
                shutil.rmtree(outdated, ignore_errors=True)
    _lay_warnings(root / "figures" / checkpoint.month, json.loads((place / WARNINGS).read_text(encoding="utf-8")))
    summary = json.loads((place / SUMMARY).read_text(encoding="utf-8"))
    return Prepared(place / FILE, {folder / name: digest for name, digest in summary["files"].items()}, summary["synthetic"])


def _read(folder: Path, checkpoint: plan.Checkpoint, place: Path) -> None:
    """Check and read an extract, and keep what came of it."""
    # Tables take long to import, and mostly nothing has to be read.
    from nychance import extract, faults
    from nychance.faults import told
    from nychance.register import read_register

    the_plan, tables = plan.load(), extract.tables_of(folder)
    checked = faults.check(folder, the_plan, checkpoint)
    faults.refuse(checked)
    register = read_register(folder, checkpoint, the_plan)
    digests = _digests(register)
    files = {file.name: digests[name] for name, table in tables.items() for file in table if name in digests}
    write_whole(place / WARNINGS, json.dumps(told.for_chapter(checked, the_plan.languages)))
    write_whole(place / FILE, pickle.dumps((str(folder.resolve()), checkpoint.month, register), protocol=5))
    write_whole(place / SUMMARY, json.dumps({"files": files, "synthetic": extract.is_synthetic(folder)}))


def _lay_warnings(figures: Path, texts: dict[str, str]) -> None:
    """Lay what the data chapter includes among the checkpoint's results; a file that says the same is left alone."""
    for language, text in texts.items():
        path = figures / INCLUDE.format(language=language)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_whole(path, text)


def _key(folder: Path) -> str:
    """Name what a prepared register is made from: the extract's files, the plan and the code that reads them."""
    code = [*module_files(["nychance.register", "nychance.faults"]), *sorted(plan_directory().glob("*")),
            *own_catalogues(plan.load().languages)]  # fmt: skip
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    stats = [(str(f), f.stat().st_mtime_ns, f.stat().st_size) for f in [*files, *code]]
    return hashlib.sha256(repr((str(folder.resolve()), stats)).encode()).hexdigest()[:16]


def _digests(register: "Register") -> dict[str, str]:
    """Digest what came of each table; codes show in what they stand for."""
    kinds = register.situations
    said = (values[register.situation] for values in (kinds.state, kinds.active, kinds.step, kinds.censoring))
    arrays = (*register.spells, *said, register.weeks.to_numpy())
    dream = hashlib.sha256(register.unknown_codes.to_json().encode())
    for array in arrays:
        dream.update(array.tobytes())
    frames = {
        c.PERSONS: register.persons, c.RESIDENCE: register.residence, c.MATCH: register.match,
        c.INTERVENTIONS: register.interventions, c.MUNICIPALITIES: register.municipalities, c.POPULATION: register.population,
    }  # fmt: skip
    return {c.DREAM: dream.hexdigest()} | {name: _frame_digest(frame) for name, frame in frames.items()}


def _frame_digest(frame: "pd.DataFrame") -> str:
    import pandas as pd

    return hashlib.sha256(pd.util.hash_pandas_object(frame).to_numpy().tobytes()).hexdigest()
