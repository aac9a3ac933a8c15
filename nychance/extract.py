"""The files of a register extract: which there must be, what they must hold, and reading them."""

from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from nychance import columns as c
from nychance.errors import DataError

REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    c.DREAM: (c.PERSON,),
    c.PERSONS: (c.PERSON, c.SEX, c.BIRTH_DATE, c.ORIGIN),
    c.RESIDENCE: (c.PERSON, c.MUNICIPALITY, c.VALID_FROM, c.VALID_TO),
    c.MATCH: (c.PERSON, c.VALID_FROM, c.MATCH_CATEGORY),
    c.INTERVENTIONS: (c.PERSON, c.KIND, c.START, c.END, c.COMPANY, c.SECTOR),
    c.MUNICIPALITIES: (c.MUNICIPALITY, c.NAME, c.ROLE),
    c.POPULATION: (c.MUNICIPALITY, c.REFERENCE, c.GROUP, c.WORKING_AGE),
    c.CODES: (c.CODE, c.STATE, c.ACTIVE, c.STEP, c.CENSORING),
}
SUFFIXES: Final = (".parquet", ".csv")
# The generator writes this beside its persons; only whether it is there is ever asked.
TRUTH: Final = "truth.json"


def check(folder: Path) -> list[Path]:
    """Check that an extract has every table that it must have.

    Parameters
    ----------
    folder : Path
        The extract.

    Returns
    -------
    list of Path
        Its files, in the order of `REQUIRED`.

    Raises
    ------
    DataError
        If the folder or a table is missing, or a table cannot be read or lacks a column.
    """
    if not folder.is_dir():
        raise DataError("the data directory does not exist", where=folder, remedy="Name an existing one with --data")
    if not any(folder.iterdir()):
        raise DataError(
            "the data directory is empty", where=folder,
            remedy=f"Put an extract in it, or make one: nychance synthesize --persons 20000 --out {folder}",
        )  # fmt: skip
    paths = [table_path(folder, name) for name in REQUIRED]
    for name, path in zip(REQUIRED, paths, strict=True):
        _require_columns(path, column_names(path), REQUIRED[name])
    return paths


def table_path(folder: Path, name: str) -> Path:
    """Find a table's file; raises `DataError` where there is none."""
    for suffix in SUFFIXES:
        path = folder / f"{name}{suffix}"
        if path.is_file():
            return path
    raise DataError(
        f"the table '{name}' is missing",
        where=folder,
        remedy=f"Add {name}.parquet or {name}.csv; data/README.md lists its columns",
    )


def is_synthetic(folder: Path) -> bool:
    """Tell whether an extract holds synthetic persons: made by the generator, or with its person numbers."""
    if (folder / TRUTH).exists():
        return True
    first = read(folder, c.PERSONS)[c.PERSON].head(1)
    return bool(first.str.match(r"S\d{8}$").any())


def column_names(path: Path) -> list[str]:
    """List a table's columns without reading its rows; raises `DataError` if the file is broken."""
    if path.suffix == ".csv":
        return list(_read_csv(path, nrows=0).columns)
    try:
        return list(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise _broken(path, error) from error


def read(folder: Path, name: str, columns: list[str] | None = None) -> pd.DataFrame:
    """Read a table.

    Parameters
    ----------
    folder : Path
        The extract.
    name : str
        A key of `REQUIRED`.
    columns : list of str, optional
        Only these columns.

    Raises
    ------
    DataError
        If the table is missing, broken or lacks a required column.
    """
    path = table_path(folder, name)
    if path.suffix == ".csv":
        frame = _read_csv(path, usecols=columns)
    else:
        try:
            frame = pq.read_table(path, columns=columns).to_pandas()
        except (pa.ArrowException, OSError) as error:
            raise _broken(path, error) from error
    if columns is None:
        _require_columns(path, list(frame.columns), REQUIRED[name])
    return frame


def dates(folder: Path, name: str, values: pd.Series) -> pd.Series:
    """Read a column of dates; raises `DataError` that names the row of the first value that is none."""
    parsed = pd.to_datetime(values, errors="coerce")
    faulty = (parsed.isna() & values.notna()).to_numpy()
    if faulty.any():
        row = int(faulty.argmax())
        raise DataError(
            f"row {row + 2}, column {values.name!r}: {values.iloc[row]!r} is not a date",
            where=table_path(folder, name),
            remedy="Write dates as YYYY-MM-DD",
        )
    return parsed


def _read_csv(path: Path, **options: Any) -> pd.DataFrame:
    encoding = _encoding(path)
    with path.open(encoding=encoding) as file:
        semicolons = file.readline().count(";")
    layout: dict[str, Any] = {"sep": ";", "decimal": ","} if semicolons else {"sep": ",", "decimal": "."}
    try:
        frame: pd.DataFrame = pd.read_csv(path, encoding=encoding, dtype={c.PERSON: str}, **layout, **options)
    except (ValueError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise _broken(path, error) from error
    return frame


def _encoding(path: Path) -> str:
    """Tell UTF-8 from latin-1, in which every byte is a letter, by trying the stricter one."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            while file.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8-sig"


def _require_columns(path: Path, present: list[str], required: tuple[str, ...]) -> None:
    missing = [name for name in required if name not in present]
    if missing:
        raise DataError(
            f"the column {missing[0]!r} is missing",
            where=path,
            remedy=f"Add it; the columns are {', '.join(required)}",
        )


def _broken(path: Path, error: Exception) -> DataError:
    reason = str(error).strip().splitlines()[0][:200]
    return DataError(f"the table cannot be read ({reason})", where=path, remedy="Export it again, or restore it")
