"""Where things are: the one place that knows the project's layout."""

import importlib.metadata
import importlib.util
import os
from pathlib import Path
from typing import Final

from evalbook.errors import UsageError

PACKAGE = Path(__file__).parent
# The entry points under which programmes name themselves.
PROGRAMMES: Final = "evalbook.programmes"
# In the environment: a folder with what a published notebook carries of its project, the plan and
# the catalogues.
CARRIED: Final = "EVALBOOK_CARRIED"


def project_root() -> Path:
    """Return the project of the working directory: the nearest folder with a `_quarto.yml`.

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
        raise UsageError(
            "there is no project here",
            where=Path.cwd(),
            remedy="Go into one, or make one with `init`: a folder with _quarto.yml and notebooks",
        )
    return found


def demonstration() -> Path:
    """Return where the demonstration is: in an installed programme, else in the checkout."""
    for programme in importlib.metadata.entry_points(group=PROGRAMMES):
        found = importlib.util.find_spec(programme.name)
        brought = Path(found.origin).parent / "demonstration" if found and found.origin else None
        if brought and brought.is_dir():
            return brought
    return PACKAGE.parent


def _project() -> Path | None:
    here = Path.cwd()
    known = (here, *here.parents, PACKAGE.parent)
    return next(
        (
            each
            for each in known
            if (each / "_quarto.yml").is_file() and (each / "notebooks").is_dir()
        ),
        None,
    )


def data_directory(given: str | Path | None = None, programme: str = "") -> Path:
    """Return the extract's folder: as given, else from the environment, else the demonstration's.

    Parameters
    ----------
    given : str or Path, optional
        The folder that a command or a notebook names.
    programme : str
        Name of the programme, such as `nychance`, for the environment's `NYCHANCE_DATA`.
    """
    named = given or (os.environ.get(f"{programme.upper()}_DATA") if programme else None)
    return Path(named) if named else (_project() or Path.cwd()) / "data" / "demo"


def figures_directory() -> Path:
    """Tell where notebooks write.

    A runner may stage the results elsewhere through `EVALBOOK_FIGURES`.
    """
    staged = os.environ.get("EVALBOOK_FIGURES")
    return Path(staged) if staged else (_project() or Path.cwd()) / "figures"


def plan_directory() -> Path:
    """Tell where the evaluation's plan is; outside a project the demonstration's."""
    return _materials() / "data" / "plan"


def project_file(name: str) -> Path:
    """Tell where a file of the project is; outside a project the demonstration's."""
    return _materials() / name


def public_directory() -> Path:
    """Tell where the public figures are; outside a project the demonstration's."""
    return _materials() / "data" / "public"


def qualitative_directory() -> Path:
    """Tell where the qualitative data are; outside a project the demonstration's."""
    return _materials() / "data" / "qualitative"


def calibration_file() -> Path:
    """Tell where the calibration of the comparison's tests is.

    Outside a project the demonstration's.
    """
    return _materials() / "data" / "calibration.csv"


def notebooks_directory() -> Path:
    """Tell where the notebooks and what translates them are.

    Outside a project the demonstration's.
    """
    return (carried_directory() or _materials()) / "notebooks"


def carried_directory() -> Path | None:
    """Tell where what a published notebook carries is, if one runs here."""
    carried = os.environ.get(CARRIED)
    return Path(carried) if carried else None


def _materials() -> Path:
    return _project() or demonstration()
