"""Design matrices: categories as indicators, and checks of what can be estimated."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.errors import DataError
from evalbook.models.base.person_input import Floats

# The part of a column's length that the others must leave unexplained; rounding reaches about
# 1e-14.
_INDEPENDENT = 1e-10


def design(data: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return a design matrix: numbers as they are, categories as indicators but for the first.

    Parameters
    ----------
    data : pd.DataFrame
        Without missing values.
    columns : sequence of str
        The first level, by the order of the categories or else of the labels, is what the others
        are compared with.

    Returns
    -------
    pd.DataFrame
        One column per term, named `column` or `column[level]`.

    Raises
    ------
    DataError
        If a column is the same in all rows.
    """
    terms: dict[str, Floats] = {}
    for column in dict.fromkeys(columns):
        values = data[column]
        if values.nunique() < 2:
            raise DataError(
                f"{column!r} is the same in all rows",
                remedy="Leave it out, for it can explain nothing",
            )
        if pd.api.types.is_numeric_dtype(values):
            terms[column] = np.asarray(values, dtype=np.float64)
        else:
            codes, levels = pd.factorize(values, sort=True)
            terms |= {
                f"{column}[{level}]": (codes == code).astype(float)
                for code, level in enumerate(levels)
                if code
            }
    return pd.DataFrame(terms, index=data.index)


def refuse_collinear(terms: Sequence[str], gram: Floats) -> None:
    """Refuse a design in which a term is a sum of those before it.

    Parameters
    ----------
    terms : sequence of str
        Names, in the order of the design.
    gram : array, shape (terms, terms)
        The cross products of the design.
    """
    length = np.sqrt(np.diag(gram))
    scaled = gram / np.outer(length, length)
    for place in range(1, len(terms)):
        before = scaled[:place, place]
        left = 1 - before @ np.linalg.lstsq(scaled[:place, :place], before, rcond=None)[0]
        if left < _INDEPENDENT:
            raise DataError(
                f"the term {terms[place]!r} is collinear with those before it",
                remedy="Leave it or one of them out",
            )


def refuse_separated(
    terms: pd.DataFrame, events: NDArray[np.int64], trials: NDArray[np.int64] | None = None
) -> None:
    """Refuse an indicator that predicts the event, or its absence, perfectly.

    Parameters
    ----------
    terms : pd.DataFrame, shape (rows, terms)
        The design; only terms of two values are looked at.
    events : array of int, shape (rows,)
        Events in each row.
    trials : array of int, shape (rows,), optional
        How many could have been; without it, only the absence of events is refused.
    """
    for term, values in terms.items():
        upper = values.to_numpy() == values.max()
        if not np.isin(values, [values.min(), values.max()]).all():
            continue
        for side in (upper, ~upper):
            happened = int(events[side].sum())
            if happened == 0 or (trials is not None and happened == int(trials[side].sum())):
                always = "never" if happened == 0 else "always"
                raise DataError(
                    f"where {term!r} is {values[side].iloc[0]:g}, the event {always} happened, "
                    "so that no ratio can be estimated",
                    remedy="Join it with another category, or leave it out",
                )
