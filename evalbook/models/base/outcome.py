"""What every fitted model offers: a tidy table, a summary and a plot."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd
from scipy import stats

from evalbook.errors import DataError
from evalbook.models.base.person_input import Floats
from evalbook.models.base.plots import new_axes, plot_intervals

COLUMNS = ("term", "estimate", "error", "statistic", "p", "lower", "upper", "n")


class Fit:
    """A fitted model; subclasses define `tidy`."""

    def tidy(self) -> pd.DataFrame:
        """Return a row per term: `estimate`, `error`, `statistic`, `p`, `lower`, `upper`, `n`."""
        raise NotImplementedError

    def summary(self) -> str:
        """Return the tidy table as text."""
        return self.tidy().to_string(index=False, float_format="{:.4g}".format)

    def plot(self, ax: Any = None, *, unit: str = "") -> Any:
        """Draw the result.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.
        unit : str
            What is estimated is counted in, for the axis.

        Returns
        -------
        matplotlib Axes
        """
        return self._draw(new_axes() if ax is None else ax, unit)

    def _draw(self, ax: Any, unit: str) -> Any:
        return plot_intervals(self.tidy(), ax, unit=unit)


@dataclass(frozen=True, eq=False)
class ChiSquaredTest(Fit):
    """A test whose statistic is chi-squared with `df` degrees of freedom if nothing differs."""

    statistic: float
    df: int
    p: float
    _name = "chi-squared"

    def tidy(self) -> pd.DataFrame:
        """Return a row: `term`, `statistic`, `df` and `p`."""
        row = {"term": self._name, "statistic": self.statistic, "df": self.df, "p": self.p}
        return pd.DataFrame([row])

    def summary(self) -> str:
        """Return the result in a line of text."""
        return f"{self._name} = {self.statistic:.2f}, df = {self.df}, p = {self.p:.3g}"

    def _draw(self, ax: Any, unit: str) -> Any:
        """Draw the distribution without a difference, with the statistic as a line."""
        df = max(self.df, 1)
        values = np.linspace(0, max(self.statistic, float(stats.chi2.ppf(0.999, df))) * 1.1, 200)[
            1:
        ]
        ax.plot(values, stats.chi2.pdf(values, df))
        ax.axvline(self.statistic, color="0.4", linestyle="--")
        ax.set_xlabel(unit or self._name)
        return ax


class Tidied(Protocol):
    """A result with a tidy table."""

    def tidy(self) -> pd.DataFrame:
        """Return the table."""
        ...


def tidy_table(
    terms: Any,
    estimate: Any,
    error: Any,
    *,
    p: Any = np.nan,
    lower: Any = np.nan,
    upper: Any = np.nan,
    n: Any = np.nan,
    **more: Any,
) -> pd.DataFrame:
    """Return a tidy table; the statistic is the estimate over its error."""
    value, spread = np.asarray(estimate, dtype=float), np.asarray(error, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = value / spread
    columns = {
        "term": terms,
        "estimate": value,
        "error": spread,
        "statistic": statistic,
        "p": p,
        "lower": lower,
        "upper": upper,
        "n": n,
    }
    return pd.DataFrame(columns | more)


def tidy(
    fits: Mapping[Hashable, Tidied],
    *,
    adjust: Literal["holm", "bonferroni"] | None = None,
) -> pd.DataFrame:
    """Return the tidy tables of several fits in one, with p-values adjusted for all of them.

    Parameters
    ----------
    fits : mapping
        Results by name, such as one per outcome.
    adjust : {"holm", "bonferroni"}, optional
        Adds `p_adjusted`, which keeps the chance of even one false finding among all rows below
        that of a single test.

    Returns
    -------
    pd.DataFrame
        The name as `outcome`, then the columns of `.tidy()`.

    Raises
    ------
    DataError
        If there are no fits, or a p-value that is to be adjusted is missing.

    Notes
    -----
    Holm (1979), Scandinavian Journal of Statistics 6:65-70.
    """
    if not fits:
        raise DataError("there are no fits", remedy="Give at least one result by name")
    if adjust not in (None, "holm", "bonferroni"):
        raise DataError(f"there is no adjustment {adjust!r}", remedy="Use 'holm' or 'bonferroni'")
    parts = {name: fit.tidy() for name, fit in fits.items()}
    table = pd.concat(parts, names=["outcome", None]).reset_index(level=0).reset_index(drop=True)
    if adjust is None:
        return table
    p = table["p"].to_numpy(dtype=float)
    if np.isnan(p).any():
        missing = table.loc[np.isnan(p), "outcome"].iloc[0]
        raise DataError(
            f"the p of {missing!r} is missing", remedy="Adjust only results that test something"
        )
    adjusted = holm_adjusted(p) if adjust == "holm" else np.minimum(p * len(p), 1)
    table.insert(list(table.columns).index("p") + 1, "p_adjusted", adjusted)
    return table


def holm_adjusted(p: Floats) -> Floats:
    """Compute Holm's p: the smallest times their number, the next times one less, and so on.

    It never falls from one to the next, and is 1 at the most.
    """
    ascending = np.argsort(p, kind="stable")
    adjusted = np.empty(len(p))
    steps = np.maximum.accumulate(p[ascending] * np.arange(len(p), 0, -1))
    adjusted[ascending] = np.minimum(steps, 1)
    return adjusted
