"""Where things are: the one place that knows the project's layout."""

import importlib
import os
from pathlib import Path

from nychance.errors import UsageError

PACKAGE = Path(__file__).parent


def project_root() -> Path:
    """Find the project that the working directory belongs to: the nearest folder with a `_quarto.yml`.

    Returns
    -------
    Path
        That folder, or the checkout that this package is used from.

    Raises
    ------
    UsageError
        If there is neither.
    """
    found = _project()
    if found is None:
        raise UsageError("there is no project here", where=Path.cwd(), remedy="Go into one, or make one: nychance init FOLDER")
    return found


def demonstration() -> Path:
    """Tell where the demonstration's files are: in the package as installed, else in the checkout."""
    installed = PACKAGE / "demonstration"
    return installed if installed.is_dir() else PACKAGE.parent


def _project() -> Path | None:
    here = Path.cwd()
    known = (here, *here.parents, PACKAGE.parent)
    return next((each for each in known if (each / "_quarto.yml").is_file() and (each / "notebooks").is_dir()), None)


def data_directory(given: str | Path | None = None) -> Path:
    """Choose the register's directory: as given, else `NYCHANCE_DATA`, else the demonstration data.

    A notebook that a reader has downloaded runs outside any project; the demonstration data are then made beside it.

    Parameters
    ----------
    given : str or Path, optional
        The directory that a command or a notebook names.
    """
    named = given or os.environ.get("NYCHANCE_DATA")
    if named:
        return Path(named)
    folder = (_project() or Path.cwd()) / "data" / "demo"
    if not _project() and not folder.exists():
        # By name: results depend on the data, not on the code that makes them.
        importlib.import_module("nychance.synthesize").synthesize(folder)
    return folder


def figures_directory() -> Path:
    """Tell where notebooks write; a runner may stage the results elsewhere through `NYCHANCE_FIGURES`."""
    staged = os.environ.get("NYCHANCE_FIGURES")
    return Path(staged) if staged else (_project() or Path.cwd()) / "figures"


def plan_directory() -> Path:
    """Tell where the evaluation's plan is; outside a project the demonstration's."""
    return _materials() / "data" / "plan"


def public_directory() -> Path:
    """Tell where the public figures are; outside a project the demonstration's."""
    return _materials() / "data" / "public"


def qualitative_directory() -> Path:
    """Tell where the qualitative data are; outside a project the demonstration's."""
    return _materials() / "data" / "qualitative"


def calibration_file() -> Path:
    """Tell where the calibration of the comparison's tests is; outside a project the demonstration's."""
    return _materials() / "data" / "calibration.csv"


def notebooks_directory() -> Path:
    """Tell where the notebooks and what translates them are; outside a project the demonstration's."""
    return _materials() / "notebooks"


def _materials() -> Path:
    return _project() or demonstration()
