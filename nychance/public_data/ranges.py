"""Ranges over municipalities, with the municipality at each end."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Range:
    """The lowest and highest value over units, and who has them.

    Attributes
    ----------
    lowest, highest, median : float
        In the values' unit.
    lowest_at, highest_at : tuple of str
        The units at each end, in alphabetical order; several where they tie.
    n : int
        Units with a value.
    """

    lowest: float
    lowest_at: tuple[str, ...]
    highest: float
    highest_at: tuple[str, ...]
    median: float
    n: int


def range_over(values: "pd.Series[float]", names: "pd.Series[str]") -> Range:
    """Find the range of a value over units.

    Parameters
    ----------
    values : pd.Series
        One value per unit; units with a missing value are left out.
    names : pd.Series
        The units' names, with an index that has every label of `values`.

    Raises
    ------
    ValueError
        If no unit has a value, a unit stands twice, or a unit with a value has no name.
    """
    known = values.dropna().astype(float)
    if known.empty:
        raise ValueError("a range needs at least one value")
    if not known.index.is_unique or not names.index.is_unique:
        raise ValueError("a unit stands twice")
    nameless = known.index.difference(names.index)
    if len(nameless):
        raise ValueError(f"units without a name: {', '.join(map(str, nameless))}")
    lowest, highest = float(known.min()), float(known.max())
    return Range(
        lowest=lowest,
        lowest_at=_names_at(known, lowest, names),
        highest=highest,
        highest_at=_names_at(known, highest, names),
        median=float(known.median()),
        n=len(known),
    )


def _names_at(values: "pd.Series[float]", end: float, names: "pd.Series[str]") -> tuple[str, ...]:
    return tuple(sorted(str(names.loc[unit]) for unit in values.index[values == end]))
