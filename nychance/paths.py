"""Where things are: the one place that knows the project's layout."""

import os
from pathlib import Path

PACKAGE = Path(__file__).parent


def project_root() -> Path:
    """Find the project that the working directory belongs to: the nearest folder with a `_quarto.yml`.

    Returns
    -------
    Path
        That folder, or the checkout that this package was installed from.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "_quarto.yml").is_file() and (folder / "notebooks").is_dir():
            return folder
    return PACKAGE.parent


def data_directory(given: str | Path | None = None) -> Path:
    """Choose the register's directory: as given, else `NYCHANCE_DATA`, else the demonstration data.

    Parameters
    ----------
    given : str or Path, optional
        The directory that a command or a notebook names.
    """
    named = given or os.environ.get("NYCHANCE_DATA")
    return Path(named) if named else project_root() / "data" / "demo"


def figures_directory() -> Path:
    """Tell where notebooks write; a runner may stage the results elsewhere through `NYCHANCE_FIGURES`."""
    staged = os.environ.get("NYCHANCE_FIGURES")
    return Path(staged) if staged else project_root() / "figures"


def plan_directory() -> Path:
    """Tell where the evaluation's plan is."""
    return project_root() / "data" / "plan"


def public_directory() -> Path:
    """Tell where the public figures are."""
    return project_root() / "data" / "public"
