"""The demonstration's extract, made where it is missing."""

from pathlib import Path

from evalbook import paths


def data_directory(given: str | Path | None = None) -> Path:
    """Return the extract's folder, and make the demonstration's if it is the one and is not there.

    Parameters
    ----------
    given : str or Path, optional
        The folder that a notebook names; default `NYCHANCE_DATA`, else `data/demo`.
    """
    folder = paths.data_directory(given, "nychance")
    if folder == paths.data_directory() and not folder.exists():
        from nychance.synthesize import synthesize

        synthesize(folder)
    return folder
