"""From StatBank's cells to a table of public figures, and what a newer table changes."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from nychance.columns import REFERENCE, VALUE, VARIABLE
from nychance.public_data.statbank.jsonstat import MISSING
from nychance.public_data.statbank.queries import Figure, Query

SHOWN: Final = 3


def tidy(cells: pd.DataFrame, query: Query) -> pd.DataFrame:
    """Make our table from the cells of all answers.

    Parameters
    ----------
    cells : DataFrame
        As `jsonstat.cells` gives them.
    query : Query
        What was asked.

    Returns
    -------
    DataFrame
        One row per variable, reference and unit, all texts: the unit's column, `reference`,
        `variable`, `value`, and `missing` where any figure is. A sum with a missing part is
        missing, for the part's reason.
    """
    parts = [_figure(cells, query, key, figure) for key, figure in query.variables.items()]
    table = pd.concat(parts).sort_values([VARIABLE, REFERENCE, query.rows.column], kind="stable")
    order = [query.rows.column, REFERENCE, VARIABLE, VALUE]
    return table[[*order, MISSING] if (table[MISSING] != "").any() else order].reset_index(
        drop=True
    )


def as_csv(table: pd.DataFrame) -> str:
    """Write a table as the files of `data/public` are written."""
    return table.to_csv(index=False, lineterminator="\n")


@dataclass(frozen=True)
class Change:
    """What a newer table changes: rows added, removed and changed, and the first few."""

    appeared: int
    vanished: int
    changed: int
    examples: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.appeared or self.vanished or self.changed)

    def __str__(self) -> str:
        counts = f"{self.appeared:,} rows appear, {self.vanished:,} vanish, {self.changed:,} change"
        return "; ".join([counts, *self.examples])


def change(path: Path, table: pd.DataFrame) -> Change:
    """Compare a table with the file that it would replace.

    Parameters
    ----------
    path : Path
        The file; it may be missing.
    table : DataFrame
        As `tidy` gives it.
    """
    before, after = _indexed(_read(path)), _indexed(table)
    both = before.index.intersection(after.index)
    moved = both[before.loc[both].to_numpy() != after.loc[both].to_numpy()]
    gone, new = before.index.difference(after.index), after.index.difference(before.index)
    examples = [
        f"{' '.join(key)}: {before[key] or 'none'} → {after[key] or 'none'}"
        for key in moved[:SHOWN]
    ]
    examples += [f"{' '.join(key)}: {before[key] or 'none'} vanishes" for key in gone[:SHOWN]]
    return Change(len(new), len(gone), len(moved), tuple(examples))


def _figure(cells: pd.DataFrame, query: Query, key: str, figure: Figure) -> pd.DataFrame:
    chosen = cells
    for name, codes in figure.values.items():
        chosen = chosen[chosen[name].isin(codes)]
    unit, time = query.rows.variable, query.time.variable
    summed = (
        chosen.groupby([unit, time], sort=False).agg({VALUE: "sum", MISSING: "max"}).reset_index()
    )
    summed[VALUE] = summed[VALUE].where(summed[MISSING] == "")
    names = query.rows.codes if isinstance(query.rows.codes, Mapping) else {}
    return pd.DataFrame(
        {
            query.rows.column: [names.get(code, code) for code in summed[unit]],
            REFERENCE: [query.time.day(period).isoformat() for period in summed[time]],
            VARIABLE: key,
            VALUE: [_written(value) for value in summed[VALUE]],
            MISSING: summed[MISSING],
        }
    )


def _written(value: float) -> str:
    if pd.isna(value):
        return ""
    return str(int(value)) if float(value).is_integer() else repr(round(float(value), 6))


def _read(path: Path) -> pd.DataFrame:
    text = (
        path.read_text(encoding="utf-8")
        if path.is_file()
        else f"unit,{REFERENCE},{VARIABLE},{VALUE}\n"
    )
    return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)


def _indexed(table: pd.DataFrame) -> "pd.Series[str]":
    """Return values by variable, reference and unit, with the reason of a missing one."""
    values = table[VALUE] + table.get(MISSING, "")
    unit = next(column for column in table if column not in (REFERENCE, VARIABLE, VALUE, MISSING))
    index = pd.MultiIndex.from_arrays([table[VARIABLE], table[REFERENCE], table[unit]])
    return pd.Series(values.to_numpy(), index=index, dtype=object)
