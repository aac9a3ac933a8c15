"""Ratios of hazards or odds: what Cox's model and the discrete-time hazard share."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from evalbook.errors import DataError
from evalbook.models.base.outcome import Fit, tidy_table
from evalbook.models.base.person_input import Floats
from evalbook.models.base.plots import plot_intervals

# A log ratio whose error exceeds this, per standard deviation of its term, has run away.
_RUNAWAY: Final = 10.0


class RatioModel(Fit):
    """A log-linear model of an event."""

    n: int
    _table: pd.DataFrame

    @property
    def ratio(self) -> str:
        """The name of the ratios."""
        return "hazard_ratio"

    def tidy(self, *, exponentiate: bool = False) -> pd.DataFrame:
        """Return a row per term.

        Parameters
        ----------
        exponentiate : bool
            Whether `estimate`, `lower` and `upper` are ratios rather than their logarithms, as in
            broom. `error` and `statistic` are those of the logarithm in either case.
        """
        table = self._table
        found = tidy_table(
            list(table.index),
            table["coefficient"],
            table["error"],
            p=table["p"].to_numpy(),
            lower=np.log(table["lower"]).to_numpy(),
            upper=np.log(table["upper"]).to_numpy(),
            n=self.n,
        )
        if exponentiate:
            names = ["estimate", "lower", "upper"]
            found[names] = table[[self.ratio, "lower", "upper"]].to_numpy()
        return found

    def _draw(self, ax: Any, unit: str) -> Any:
        """Draw the ratios on a logarithmic axis."""
        ax = plot_intervals(self.tidy(exponentiate=True), ax, reference=1.0, unit=unit)
        ax.set_xscale("log")
        return ax


def coefficient_table(
    terms: Sequence[str], estimate: Floats, error: Floats, quantile: float, p: Floats, ratio: str
) -> pd.DataFrame:
    """Return the coefficients of a log-linear model with their ratios and intervals."""
    return pd.DataFrame(
        {
            ratio: np.exp(estimate),
            "lower": np.exp(estimate - quantile * error),
            "upper": np.exp(estimate + quantile * error),
            "p": p,
            "coefficient": estimate,
            "error": error,
        },
        index=pd.Index(list(terms), name="term"),
    )


def refuse_undetermined(terms: Sequence[str], errors: Floats, ratio: str = "ratio") -> None:
    """Refuse terms whose log ratio has no finite estimate.

    Parameters
    ----------
    terms : sequence of str
        Names of terms.
    errors : array, shape (terms,)
        The errors of their log ratios, per standard deviation of the term.
    ratio : str
        What the ratio is called.
    """
    for term, error in zip(terms, errors, strict=True):
        if not error < _RUNAWAY:
            raise DataError(
                f"the data do not determine the {ratio} of {term!r}",
                remedy="Join rare categories, or leave the term out",
            )
