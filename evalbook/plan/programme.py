"""What the engine asks an evaluation programme, and how it finds one.

A programme is a package that names a `Programme` under the entry points `evalbook.programmes`; a
plan names it as `programme`. The engine works without one: then there is no extract, and the plan
has no more than the engine knows.
"""

import importlib.metadata
import importlib.util
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from evalbook.errors import DataError
from evalbook.paths import PACKAGE, PROGRAMMES
from evalbook.text.catalogue import package_catalogues
from evalbook.text.language import Language, Text

if TYPE_CHECKING:
    from evalbook.plan.evaluation import Checkpoint, Plan


# In a notebook's environment: the folder in which its extract is kept, read already.
VINTAGE: Final = "EVALBOOK_VINTAGE"


class Vintage(NamedTuple):
    """An extract as a checkpoint could see it, read, checked and kept for the notebooks.

    Attributes
    ----------
    digests : dict
        The extract's files by name, each with a digest of what the checkpoint could know of it.
    synthetic : bool
        Whether its persons are invented.
    warnings : dict
        By language, what a chapter on the data says of doubtful rows.
    until : str
        The last day that its rows tell of, such as the end of its last week, in ISO format; empty
        where it tells of each day up to the cut-off.
    made_with : dict, optional
        How its synthetic persons were made: arguments of the programme's `demonstrate`.
    """

    digests: dict[str, str]
    synthetic: bool
    warnings: dict[Language, str]
    until: str = ""
    made_with: dict[str, Any] | None = None


class PublishedRow(NamedTuple):
    """A row of a table as it was published; hidden numbers are NaN, and `status` says why."""

    estimate: float
    lower: float
    upper: float
    n: float
    unit: str
    status: str


@dataclass(frozen=True)
class Programme:
    """An evaluation programme.

    Attributes
    ----------
    name : str
        As plans name it; also the name of its package.
    plan : type of Plan, optional
        The plan with the programme's own fields; default the engine's.
    read : callable, optional
        Reads an extract's folder as a checkpoint could see it, and keeps it in another folder,
        which notebooks find under `EVALBOOK_VINTAGE`. Raises `DataError` for an extract with
        errors. None: the programme has no extract.
    reading : tuple of str
        The modules that decide what comes of an extract.
    demonstrate : callable, optional
        Makes a synthetic extract in a folder, for projects that have none; what else it takes is
        `Vintage.made_with`.
    synthetic : Text, optional
        What readers are told where persons are invented.
    persons : Text, optional
        The words, separated by commas, that a count of persons stands before, besides the engine's.
    words : mapping
        Keys that its tables and figures use, such as roles and sexes, to their names.
    unit : str
        What a unit of the comparison is called as a column of tables.
    counted : tuple of str
        What tables may count other than persons.
    remark : callable, optional
        Takes the plan as it was at a checkpoint, the keys of a published row's groups, and the
        row; gives what a unit's page says of
        it, such as whether a target is met, or None.
    """

    name: str = ""
    plan: "type[Plan] | None" = None
    read: "Callable[[Path, Checkpoint, Plan, Path], Vintage] | None" = None
    reading: tuple[str, ...] = ()
    demonstrate: Callable[..., None] | None = None
    synthetic: Text | None = None
    persons: Text | None = None
    words: Mapping[str, Text] = field(default_factory=dict)
    unit: str = "unit"
    counted: tuple[str, ...] = ()
    remark: "Callable[[Plan, Sequence[str], PublishedRow], Text | None] | None" = None

    @property
    def folder(self) -> Path | None:
        """The folder of its package."""
        found = importlib.util.find_spec(self.name) if self.name else None
        return Path(found.origin).parent if found and found.origin else None

    @property
    def packages(self) -> list[Path]:
        """The folders of the packages whose code makes a report: the engine's, and its own."""
        return [PACKAGE, self.folder] if self.folder else [PACKAGE]


NONE: Final = Programme()


@cache
def installed() -> dict[str, Programme]:
    """Return the installed programmes by name."""
    return {each.name: each.load() for each in importlib.metadata.entry_points(group=PROGRAMMES)}


def catalogues(name: str, languages: Iterable[Language]) -> list[Path]:
    """Return the catalogues of the engine's and a programme's messages in these languages."""
    return package_catalogues(named(name).packages, languages)


def named(name: str) -> Programme:
    """Return the programme of a name; an empty name is that of none.

    Raises
    ------
    DataError
        If no such programme is installed.
    """
    if not name:
        return NONE
    if name not in installed():
        known = ", ".join(sorted(installed())) or "none is installed"
        raise DataError(
            f"no programme {name!r} is installed",
            where="data/plan/themes.yml, programme",
            remedy=f"Install its package, or name one of these: {known}",
        )
    return installed()[name]
