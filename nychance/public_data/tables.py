"""Public figures: tidy tables of published numbers, read and checked, each with its provenance."""

from datetime import date
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from evalbook.errors import DataError
from evalbook.paths import public_directory
from evalbook.plan import Checkpoint, check_said, unknown
from evalbook.text.language import Text, join
from nychance import tr
from nychance.columns import GROUP, MUNICIPALITY, NAME, REFERENCE, REGION, VALUE, VARIABLE
from nychance.extract.text import header_of, layout_of

MISSING: Final = "missing"  # why a value is empty, as the publisher codes it

# What a row of each table is about; every table has reference, variable and value beside it.
TABLES: Final[dict[str, str]] = {
    "key-figures": MUNICIPALITY,
    "employment-rate": MUNICIPALITY,
    "population-age": MUNICIPALITY,
    "population-origin-national": GROUP,
    "unemployment-regional": REGION,
}
# Tables that are there only once they have been fetched from StatBank.
FETCHED: Final[dict[str, str]] = {"population-origin": MUNICIPALITY}
UNITS: Final = (MUNICIPALITY, GROUP, REGION)
_RESTORE: Final = "Restore it from the repository"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_R = TypeVar("_R", bound=_Record)


class Measured(_Record):
    """A variable of a table: what it is called and what it is counted in."""

    label: Text
    unit: Text


class Retrieval(_Record):
    """A public repository, and the file and commit in it, that figures were copied from."""

    repository: str
    file: str
    commit: str
    note: str = ""


class Retrieved(_Record):
    """How a table came from StatBank: the content of `<name>.fetched.yml`.

    Attributes
    ----------
    service, table, text, unit, updated, note : str
        The API's address, and what it says of the table.
    retrieved : date
        The day on which the figures came.
    query : str
        A digest of what was asked.
    sha256 : str
        Of the table's file.
    rows : int
        Its rows.
    missing : dict
        How many figures are not published, by the reason that StatBank gives.
    labels : dict
        The names of the codes, by variable.
    """

    service: str
    table: str
    text: str
    unit: str
    updated: str
    note: str
    retrieved: date
    query: str
    sha256: str
    rows: int
    missing: dict[str, int]
    labels: dict[str, dict[str, str]]


class Provenance(_Record):
    """Where a table comes from and how far to trust it: the content of its sidecar."""

    title: Text
    publisher: Text
    table: Text
    variables: dict[str, Measured]
    reference: Text
    retrieved_from: tuple[Retrieval, ...] = ()
    licence: Text
    caveats: tuple[Text, ...]
    verified: tuple[str, ...]
    unverified: tuple[str, ...]

    @property
    def source_line(self) -> Text:
        """The line that belongs under every figure and table made from it."""
        return tr("Source: {sources}").format(sources=self.cited)

    @property
    def cited(self) -> Text:
        """The publisher and the table."""
        return join(", ", [self.publisher, self.table])

    @property
    def labels(self) -> dict[str, Text]:
        """The variables' names."""
        return {name: variable.label for name, variable in self.variables.items()}

    @property
    def units(self) -> dict[str, Text]:
        """The variables' units."""
        return {name: variable.unit for name, variable in self.variables.items()}


def read(name: str, checkpoint: Checkpoint, directory: Path | None = None) -> pd.DataFrame:
    """Read a table of public figures as a checkpoint could have seen it.

    Parameters
    ----------
    name : str
        The table: a key of `TABLES`, or any file of the folder that is laid out as they are.
    checkpoint : Checkpoint
        Rows whose reference period ends after its cut-off are dropped.
    directory : Path, optional
        Where the table is; default `data/public`.

    Returns
    -------
    pd.DataFrame
        One row per unit, reference and variable: `municipality` (int), `group` or `region` (str),
        `reference` (datetime64), `variable` (str), `value` (float; NaN only where `missing` says
        why) and, if the table has it, `missing` (str).

    Raises
    ------
    UsageError
        If there is no such table.
    DataError
        If the file is missing, lacks a column or has a value that cannot be read; the message
        names the file, the row (the header is row 1) and the column.
    """
    table = _table(name, directory)
    known = table[REFERENCE] <= pd.Timestamp(checkpoint.cutoff)
    return table.loc[known].reset_index(drop=True)


def is_there(name: str, directory: Path | None = None) -> bool:
    """Return whether a table that has to be fetched is there.

    Its file is opened, so that a notebook is known to depend on it.
    """
    try:
        ((directory or public_directory()) / f"{name}.csv").open(encoding="utf-8").close()
    except FileNotFoundError:
        return False
    return True


def latest(frame: pd.DataFrame, variable: str) -> pd.DataFrame:
    """Return a variable's figures of its newest reference.

    Parameters
    ----------
    frame : pd.DataFrame
        What `read` returned.
    variable : str
        The variable.

    Returns
    -------
    pd.DataFrame
        Indexed by municipality (by group or region where the table has no municipalities), with
        `reference`, `variable` and `value`; empty if the checkpoint has no figure.
    """
    unit = next(column for column in UNITS if column in frame)
    rows = frame.loc[(frame[VARIABLE] == variable) & frame[VALUE].notna()].set_index(unit)
    newest: pd.DataFrame = rows.loc[rows[REFERENCE] == rows[REFERENCE].max()]
    return newest[[REFERENCE, VARIABLE, VALUE]].sort_index()


def first_reference(name: str, variable: str, directory: Path | None = None) -> date:
    """Return the first reference at which a variable has a figure, whatever the checkpoint.

    Raises
    ------
    UsageError
        If there is no such table or variable.
    """
    table = _table(name, directory)
    begins = table[table[VALUE].notna()].groupby(VARIABLE)[REFERENCE].min()
    if variable not in begins.index:
        raise unknown("variable", variable, sorted(begins.index))
    return pd.Timestamp(begins.loc[variable]).date()


def municipalities(directory: Path | None = None) -> pd.DataFrame:
    """List the real municipalities.

    Returns
    -------
    pd.DataFrame
        98 rows indexed by municipality code (int), with `name` and `region` (str).

    Raises
    ------
    DataError
        If the file is missing or broken.
    """
    path = (directory or public_directory()) / "municipalities.csv"
    raw = _raw(path, (MUNICIPALITY, NAME, REGION))
    raw[MUNICIPALITY] = _codes(raw[MUNICIPALITY], path)
    _refuse(
        raw[MUNICIPALITY].duplicated(), raw[NAME], path, "has a code that stands in an earlier row"
    )
    return raw.set_index(MUNICIPALITY)[[NAME, REGION]]


def provenance(name: str, directory: Path | None = None) -> Provenance:
    """Read where a table comes from.

    Parameters
    ----------
    name : str
        A table, `municipalities` or `boundaries`.
    directory : Path, optional
        Where the sidecar `<name>.yml` is; default `data/public`.

    Raises
    ------
    DataError
        If the sidecar is missing or broken; the message names the file and the field.
    """
    return _validated(Provenance, (directory or public_directory()) / f"{name}.yml")


def retrieval_path(name: str, directory: Path | None = None) -> Path:
    """Name the file that tells how a table came from StatBank."""
    return (directory or public_directory()) / f"{name}.fetched.yml"


def retrieval(name: str, directory: Path | None = None) -> Retrieved | None:
    """Read how a table came from StatBank; None if it was not fetched from there.

    Raises
    ------
    DataError
        If the file is broken.
    """
    path = retrieval_path(name, directory)
    return _validated(Retrieved, path) if path.is_file() else None


def _validated(kind: type[_R], path: Path) -> _R:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        check_said(content, path)
        return kind.model_validate(content)
    except FileNotFoundError as error:
        raise DataError(
            "the provenance of a table does not exist", where=path, remedy=_RESTORE
        ) from error
    except yaml.YAMLError as error:
        raise DataError(
            f"not valid YAML ({error})", where=path, remedy="Mend the line named"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the whole file"
        raise DataError(
            f"{field}: {first['msg']}", where=path, remedy="Mend the field named"
        ) from error


def _table(name: str, directory: Path | None) -> pd.DataFrame:
    path = (directory or public_directory()) / f"{name}.csv"
    unit = (TABLES | FETCHED).get(name) or _unit_of(path)
    if not unit:
        raise unknown("table of public figures", name, [*TABLES, *FETCHED])
    table = _raw(path, (unit, REFERENCE, VARIABLE, VALUE))
    if unit == MUNICIPALITY:
        table[unit] = _codes(table[unit], path)
    table[REFERENCE] = _dates(table[REFERENCE], path)
    coded = table[MISSING] != "" if MISSING in table else pd.Series(False, index=table.index)
    table[VALUE] = _values(table[VALUE], path, coded)
    repeated = table.duplicated([unit, REFERENCE, VARIABLE])
    _refuse(
        repeated,
        table[VARIABLE],
        path,
        "the same unit, reference and variable stand in an earlier row",
    )
    return table


def _unit_of(path: Path) -> str | None:
    """Return what a table that is not named here is about, from its header.

    None if there is no such table.
    """
    try:
        header = header_of(path, layout_of(path))
    except FileNotFoundError:
        return None
    return next((unit for unit in UNITS if unit in (name.strip() for name in header)), None)


def _raw(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    try:
        # The decimal comma is the layout's, too: numbers are read as text.
        layout = layout_of(path)
        raw = pd.read_csv(
            path,
            sep=layout.delimiter,
            dtype=str,
            keep_default_na=False,
            encoding=layout.encoding,
            skip_blank_lines=False,
        )
    except FileNotFoundError as error:
        raise DataError("the file does not exist", where=path, remedy=_RESTORE) from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeError) as error:
        problem = f"not a table of text ({str(error).strip()})"
        raise DataError(
            problem, where=path, remedy="Save it as CSV with commas, in UTF-8"
        ) from error
    if VALUE in raw and layout.decimal == ",":
        raw[VALUE] = raw[VALUE].str.replace(",", ".")
    for column in columns:
        if column not in raw:
            problem = f"the column {column!r} is missing"
            remedy = f"Add it; the columns are {', '.join(columns)}"
            raise DataError(problem, where=path, remedy=remedy)
    return raw.fillna("")


def _codes(texts: "pd.Series[str]", path: Path) -> "pd.Series[int]":
    _refuse(
        ~texts.str.fullmatch(r"\d{3}"), texts, path, "is not a municipality code of three digits"
    )
    return texts.astype(int)


def _dates(texts: "pd.Series[str]", path: Path) -> "pd.Series[pd.Timestamp]":
    dates = pd.to_datetime(texts, format="%Y-%m-%d", errors="coerce")
    _refuse(dates.isna(), texts, path, "is not a date written as YYYY-MM-DD")
    return dates


def _values(texts: "pd.Series[str]", path: Path, coded: "pd.Series[bool]") -> "pd.Series[float]":
    values = pd.to_numeric(texts, errors="coerce").astype(float).replace([np.inf, -np.inf], np.nan)
    _refuse(values.isna() & ~(coded & (texts == "")), texts, path, "is not a number")
    return values


def _refuse(faulty: "pd.Series[bool]", texts: "pd.Series[str]", path: Path, fault: str) -> None:
    """Raise the error for the first faulty row, if there is one; the header is row 1."""
    if not faulty.any():
        return
    position = int(np.flatnonzero(faulty)[0])
    problem = f"row {position + 2}, column {texts.name!r}: {texts.iloc[position]!r} {fault}"
    raise DataError(
        problem, where=path, remedy="Correct the row, or restore the file from the repository"
    )
