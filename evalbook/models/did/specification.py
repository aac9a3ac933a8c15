"""Does the estimate hang on one choice, or on one unit? The same estimate under all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any, Protocol

import numpy as np
import pandas as pd

from evalbook.errors import DataError
from evalbook.models.base.outcome import Fit, tidy_table
from evalbook.models.base.plots import plot_intervals


class Estimated(Protocol):
    """What an estimator gives: an estimate with its interval."""

    @property
    def estimate(self) -> float:
        """The estimate."""
        ...

    @property
    def interval(self) -> tuple[float, float]:
        """Its interval."""
        ...


@dataclass(frozen=True, eq=False)
class SpecificationCurve(Fit):
    """An estimate under every combination of defensible choices.

    Attributes
    ----------
    table : pd.DataFrame
        A row per combination, from the smallest estimate to the largest: the choices' names,
        `estimate`, its interval `lower` to `upper`, and `problem`, which says why there is none
        where that is so (those rows come last).
    choices : tuple of str
        What was chosen; columns of the table.
    """

    table: pd.DataFrame
    choices: tuple[str, ...]

    @property
    def estimates(self) -> "pd.Series[float]":
        """The estimates that there are."""
        return self.table.loc[self.table["problem"] == "", "estimate"]

    @property
    def range(self) -> tuple[float, float]:
        """The smallest and the largest estimate."""
        return float(self.estimates.min()), float(self.estimates.max())

    @property
    def share_positive(self) -> float:
        """Share of the combinations whose estimate is above 0."""
        return float((self.estimates > 0).mean())

    @property
    def share_excluding_zero(self) -> float:
        """Share of the combinations whose interval leaves 0 out."""
        found = self.table[self.table["problem"] == ""]
        return float(((found["lower"] > 0) | (found["upper"] < 0)).mean())

    def to_frame(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.copy()

    def summary(self) -> str:
        """Return the result in a few lines of text."""
        low, high = self.range
        lines = [
            f"{len(self.table)} specifications: estimates {low:.4g} to {high:.4g}, median "
            f"{self.estimates.median():.4g}",
            f"above 0: {self.share_positive:.0%}; interval without 0: "
            f"{self.share_excluding_zero:.0%}",
        ]
        failed = self.table[self.table["problem"] != ""]
        lines += (
            [f"{len(failed)} could not be estimated, the first because {failed['problem'].iloc[0]}"]
            if len(failed)
            else []
        )
        return "\n".join(lines)

    def tidy(self) -> pd.DataFrame:
        """Return a row per combination that could be estimated."""
        found = self.table[self.table["problem"] == ""].reset_index(drop=True)
        terms = found[list(self.choices)].astype(str).agg(", ".join, axis=1)
        table = tidy_table(terms, found["estimate"], np.nan)
        return table.assign(**found.drop(columns=["estimate", "problem"]))

    def _draw(self, ax: Any, unit: str) -> Any:
        """Draw the estimates from the smallest to the largest."""
        table = self.tidy()
        return plot_intervals(
            table.assign(term=range(1, len(table) + 1)), ax, upright=True, unit=unit
        )


def specification_curve(
    estimator: Callable[..., Estimated], choices: Mapping[str, Mapping[str, Any]]
) -> SpecificationCurve:
    """Estimate under every combination of choices: weights, controls, windows, comparison sets.

    Parameters
    ----------
    estimator : callable
        Takes one keyword per choice and gives a result with `.estimate` and `.interval`.
    choices : mapping
        By keyword, the options: their name and the value that the estimator is given. The order of
        the options is free.

    Raises
    ------
    DataError
        If there is no choice or a choice has no option, or the data allow no combination at all.

    Notes
    -----
    Simonsohn, Simmons & Nelson (2020), Nature Human Behaviour 4:1208-1214. All combinations are
    listed; one that the data do not allow (`DataError`) stays in the table with its reason.

    Examples
    --------
    >>> def estimate(weights, window):
    ...     rows = panel[panel["quarter"].isin(window)]
    ...     return did("share ~ treated | unit + quarter", rows, weights=weights)
    >>> weights = {"none": None, "persons": "n"}
    >>> windows = {"all": range(12), "a year": range(4, 12)}
    >>> specification_curve(
    ...     estimate, {"weights": weights, "window": windows}
    ... )  # doctest: +SKIP
    """
    if not choices or any(not options for options in choices.values()):
        raise DataError(
            "a choice has no option", remedy="Give each choice at least one option by name"
        )
    rows = []
    for names in product(*choices.values()):
        values = {
            choice: options[name]
            for name, (choice, options) in zip(names, choices.items(), strict=True)
        }
        rows.append(dict(zip(choices, names, strict=True)) | _attempt(partial(estimator, **values)))
    table = pd.DataFrame(rows).sort_values(
        ["estimate", *choices], na_position="last", ignore_index=True
    )
    return SpecificationCurve(_refuse_nothing(table), tuple(choices))


def leave_one_out(
    data: pd.DataFrame, unit: str, estimator: Callable[[pd.DataFrame], Estimated]
) -> pd.DataFrame:
    """Estimate without each unit in turn.

    Parameters
    ----------
    data : pd.DataFrame
        The data, any number of rows per unit.
    unit : str
        Column.
    estimator : callable
        Takes the data and gives a result with `.estimate` and `.interval`.

    Returns
    -------
    pd.DataFrame
        By unit left out, from the smallest estimate to the largest: `estimate`, its interval
        `lower` to `upper`, and `problem`, which says why there is none where that is so.

    Raises
    ------
    DataError
        If there is no such column or only one unit, or nothing can be estimated whichever unit is
        left out.
    """
    if unit not in data:
        raise DataError(
            f"there is no column {unit!r}", remedy=f"Use one of {', '.join(map(str, data.columns))}"
        )
    units = sorted(data[unit].dropna().unique())
    if len(units) < 2:
        raise DataError("there is one unit only", remedy="Give at least two")
    rows = [{"unit": one} | _attempt(partial(estimator, data[data[unit] != one])) for one in units]
    table = (
        pd.DataFrame(rows)
        .set_index("unit")
        .sort_values("estimate", kind="stable", na_position="last")
    )
    return _refuse_nothing(table)


def _attempt(estimate: Callable[[], Estimated]) -> dict[str, Any]:
    try:
        found = estimate()
    except DataError as error:
        return {"estimate": np.nan, "lower": np.nan, "upper": np.nan, "problem": error.problem}
    low, high = found.interval
    return {
        "estimate": float(found.estimate),
        "lower": float(low),
        "upper": float(high),
        "problem": "",
    }


def _refuse_nothing(table: pd.DataFrame) -> pd.DataFrame:
    if (table["problem"] != "").all():
        raise DataError(
            f"nothing can be estimated: {table['problem'].iloc[0]}",
            remedy="Check the data and the choices",
        )
    return table
