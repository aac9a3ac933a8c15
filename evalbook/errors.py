"""Errors that a user can act on."""

from pathlib import Path


class EvalbookError(Exception):
    """Something the user can mend: what is wrong, where, and the remedy.

    Parameters
    ----------
    problem : str
        What is wrong, as one sentence without its full stop.
    where : str or Path, optional
        The file, with row or field if known.
    remedy : str, optional
        What to do about it, as one sentence.
    """

    def __init__(self, problem: str, *, where: str | Path | None = None, remedy: str = "") -> None:
        self.problem = problem
        self.where = str(where) if where is not None else ""
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        message = f"{self.where}: {self.problem}" if self.where else self.problem
        return f"{message}.\n  Remedy: {self.remedy}" if self.remedy else f"{message}."


class UsageError(EvalbookError):
    """The command was used wrongly; nothing was started."""


class DataError(EvalbookError):
    """An input file is missing or breaks a rule."""


class DisclosureError(EvalbookError):
    """Something would tell about single persons.

    The message names the table and the cell, never the value.
    """


class ChapterError(EvalbookError):
    """A chapter refers to something that does not exist."""


class RenderError(EvalbookError):
    """A page or a PDF could not be made."""
