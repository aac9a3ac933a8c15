"""Lists that are kept as YAML in `data/qualitative`: read, and checked entry by entry."""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from evalbook import plan
from evalbook.errors import DataError
from evalbook.paths import qualitative_directory
from evalbook.plan import programme

T = TypeVar("T")


class Record(BaseModel):
    """An entry of such a list; what it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def folder() -> Path:
    """Tell where the qualitative data are."""
    return qualitative_directory()


def listed(kind: type[T], name: str, key: str) -> list[T]:
    """Read the list under a key of a file in `data/qualitative`.

    Raises
    ------
    DataError
        If the file cannot be read or an entry breaks a rule; the message names the file and the
        field.
    """
    return checked(TypeAdapter(list[kind]), content(folder() / name).get(key), folder() / name)  # type: ignore[valid-type]


def content(path: Path) -> dict[str, Any]:
    """Read a YAML file of named parts; raises `DataError` if it is missing or broken."""
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise DataError(
            f"cannot be read ({error})", where=path, remedy="Restore it from the repository"
        ) from error
    if not isinstance(found, dict):
        raise DataError("no mapping of keys", where=path, remedy="Restore it from the repository")
    plan.check_said(found, path)
    return found


def checked(adapter: TypeAdapter[T], found: Any, path: Path) -> T:
    """Check what was read; raises `DataError` that names the first field that breaks a rule."""
    try:
        return adapter.validate_python(found)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "content"
        raise DataError(
            f"{where}: {first['msg']}", where=path, remedy="Mend the field named"
        ) from error


def unit_column() -> str:
    """Return what the programme calls a unit of the comparison, as a column of tables."""
    return programme.named(plan.load().programme).unit
