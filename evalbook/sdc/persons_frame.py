"""Tables of persons: pandas tables that compute as any other and cannot be shown.

A measure gives one row a person (or a person and a spell, a target, …). Filters, joins, groupings
and other pandas operations keep the kind; what leaves it is a protecting call of the report.
"""

import sys
from collections.abc import Callable, Hashable, Iterator
from types import FrameType
from typing import Any, Final, NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.errors import DataError, DisclosureError

PERSON: Final = "person"
# Libraries that draw: what they read, they show.
DRAWING: Final = frozenset({"matplotlib", "seaborn"})
# Libraries that fetch values on behalf of others.
COMPUTING: Final = frozenset({"numpy", "pandas"})
CALLS: Final = (
    "report.shares",
    "report.counts",
    "report.rates",
    "report.means",
    "report.curves",
    "report.model",
)
_SHOWN: Final = (
    *("_repr_html_", "_repr_latex_", "_repr_data_resource_", "_repr_mimebundle_"),
    *("__repr__", "__str__", "__format__", "__reduce__", "__reduce_ex__", "__getstate__"),
    *("__dataframe__", "__arrow_c_stream__", "info", "plot", "hist"),
    *("to_clipboard", "to_csv", "to_dict", "to_excel", "to_hdf", "to_json", "to_latex"),
    *("to_markdown", "to_pickle", "to_sql", "to_string", "to_xarray"),
)
_SHOWN_TABLE: Final = (
    *("boxplot", "style", "to_feather", "to_html", "to_iceberg", "to_orc", "to_parquet"),
    *("to_records", "to_stata", "to_xml"),
)
_SHOWN_COLUMN: Final = ("to_list", "tolist")


class PersonsShownError(DisclosureError):
    """A table of persons would have been shown; a notebook tells it in one line."""

    def __init__(self) -> None:
        calls = f"{', '.join(CALLS[:-1])} or {CALLS[-1]}"
        super().__init__(
            "a table of persons cannot be shown, drawn, saved or written into a text",
            remedy=f"Protect it first, with {calls}",
        )

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self.problem}. {self.remedy}."]


def _refuse(self: object, *arguments: object, **options: object) -> NoReturn:
    raise PersonsShownError


def _refuse_in_notebook(self: object) -> None:
    """Fail the cell whose last line the table is, and tell it once; raise anywhere else."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    error = PersonsShownError()
    if shell is None:
        raise error
    shell.showtraceback((type(error), error, None))
    if (result := shell.displayhook.exec_result) is not None:
        result.error_in_exec = error


def _refuse_drawing(*, through: frozenset[str] = frozenset()) -> None:
    """Refuse if the method that asks was called by a library that draws, be it `through` others."""
    frame = sys._getframe(2)
    while (caller := _library(frame)) in through and frame.f_back is not None:
        frame = frame.f_back
    if caller in DRAWING:
        raise PersonsShownError


def _library(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def _unshown(names: tuple[str, ...], *, as_property: frozenset[str]) -> dict[str, Any]:
    return {name: property(_refuse) if name in as_property else _refuse for name in names}


class _Unshown:
    """What tables and columns of persons have in common: nothing of them can be seen."""

    _ipython_display_ = _refuse_in_notebook
    locals().update(_unshown(_SHOWN, as_property=frozenset({"plot"})))

    def __array__(self, *arguments: Any, **options: Any) -> Any:
        _refuse_drawing(through=COMPUTING)
        return super().__array__(*arguments, **options)  # type: ignore[misc]

    def to_numpy(self, *arguments: Any, **options: Any) -> Any:
        """Return the values as an array; not to a library that draws."""
        _refuse_drawing(through=COMPUTING)
        return super().to_numpy(*arguments, **options)  # type: ignore[misc]

    @property
    def values(self) -> Any:
        """The values as an array; not to a library that draws."""
        _refuse_drawing(through=COMPUTING)
        return super().values  # type: ignore[misc]


class Persons(_Unshown, pd.DataFrame):
    """A table with one row a person, or a person and something else; column `person` says whose.

    It computes like any `DataFrame`, and what pandas makes of it is again a table, or a column, of
    persons. It cannot be shown, printed, formatted, drawn, saved, pickled or logged:
    `PersonsShownError` is raised.

    Not everything that pandas gives back can carry the kind. Plain are: single numbers (`len`,
    `.sum()` of a column), `.index`, `.columns`, `.shape`, arrays (`.to_numpy()`, `.values`,
    `np.asarray`), tuples of `itertuples`, what `pd.crosstab`, `pd.get_dummies` and
    `pd.DataFrame(persons)` make, and a merge or concatenation whose first table is plain (put the
    persons first). The methods `crosstab`, `describe` and `value_counts` keep the kind. The check
    of a notebook's outputs is the second net.
    """

    locals().update(_unshown(_SHOWN_TABLE, as_property=frozenset({"style"})))

    @property
    def _constructor(self) -> Callable[..., "Persons"]:
        return Persons

    @property
    def _constructor_sliced(self) -> Callable[..., "PersonsColumn"]:
        return PersonsColumn

    @property
    def persons(self) -> NDArray[np.int64]:
        """The persons in the table, each once, in order."""
        if PERSON not in self.columns:
            raise DataError(
                f"a table of persons without a column `{PERSON}`",
                remedy="Keep the column when rows are selected or joined",
            )
        return np.unique(super().__getitem__(PERSON).to_numpy(dtype=np.int64))

    def frame(self) -> pd.DataFrame:
        """Return a plain copy for a model of `evalbook.models`, which takes no other.

        What comes out of the model goes through `report.model`; the copy itself is for nothing
        else.
        """
        return pd.DataFrame(self, copy=True)

    def merge(self, *arguments: Any, **options: Any) -> "Persons":
        """Join as `DataFrame.merge` does; what this table says of itself holds for the result."""
        joined = Persons(super().merge(*arguments, **options))
        joined.attrs.update(self.attrs)
        return joined

    def crosstab(self, index: Hashable, columns: Hashable) -> "Persons":
        """Count rows by two columns, as `pd.crosstab` does, without losing the kind."""
        return Persons(pd.crosstab(super().__getitem__(index), super().__getitem__(columns)))

    def describe(self, *arguments: Any, **options: Any) -> "Persons":  # type: ignore[misc]
        """Compute `DataFrame.describe` without losing the kind."""
        return Persons(self.frame().describe(*arguments, **options))

    def value_counts(self, *arguments: Any, **options: Any) -> "PersonsColumn":
        """Compute `DataFrame.value_counts` without losing the kind."""
        return PersonsColumn(self.frame().value_counts(*arguments, **options))

    def __getitem__(self, key: Any) -> Any:
        _refuse_drawing()
        return super().__getitem__(key)

    def __iter__(self) -> Iterator[Hashable]:
        _refuse_drawing()
        return super().__iter__()

    def __len__(self) -> int:
        _refuse_drawing()
        return super().__len__()


class PersonsColumn(_Unshown, pd.Series):
    """A column, or a row, of a table of persons; see `Persons`."""

    locals().update(_unshown(_SHOWN_COLUMN, as_property=frozenset()))

    @property
    def _constructor(self) -> Callable[..., "PersonsColumn"]:
        return PersonsColumn

    @property
    def _constructor_expanddim(self) -> Callable[..., Persons]:
        return Persons

    def frame(self) -> "pd.Series[Any]":
        """Return a plain copy for a model; see `Persons.frame`."""
        return pd.Series(self, copy=True)

    def describe(self, *arguments: Any, **options: Any) -> "PersonsColumn":  # type: ignore[misc]
        """Compute `Series.describe` without losing the kind."""
        return PersonsColumn(self.frame().describe(*arguments, **options))

    def value_counts(self, *arguments: Any, **options: Any) -> "PersonsColumn":
        """Compute `Series.value_counts` without losing the kind."""
        return PersonsColumn(self.frame().value_counts(*arguments, **options))

    def __iter__(self) -> Iterator[Any]:
        _refuse_drawing()
        return super().__iter__()

    def __len__(self) -> int:
        _refuse_drawing()
        return super().__len__()
