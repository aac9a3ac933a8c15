"""From a formula to a design, and to the regression of one coefficient."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

from evalbook.errors import DataError
from evalbook.models.base.person_input import Floats, require
from evalbook.models.base.regression import Regression, partial_out, refuse_dependent


def split_effects(formula: str) -> tuple[str, tuple[str, ...]]:
    """Split a formula such as `"y ~ x | unit + time"` into what is estimated and its effects.

    Returns
    -------
    tuple of str and tuple of str
        The part before the bar, and the columns after it, whose categories have effects.
    """
    model, *effects = formula.split("|")
    if len(effects) > 1:
        raise DataError(
            f"the formula {formula!r} has {len(effects)} bars", remedy="Give one at the most"
        )
    if not effects:
        return model.strip(), ()
    columns = tuple(part.strip() for part in effects[0].split("+"))
    if not all(part.isidentifier() for part in columns) or len(set(columns)) < len(columns):
        raise DataError(
            f"the effects {effects[0].strip()!r} are not different names of columns",
            remedy='Give such as "y ~ treated | unit + time"',
        )
    return model.strip(), columns


def matrices(
    formula: str, data: pd.DataFrame, effects: Sequence[str] = ()
) -> tuple[Floats, pd.DataFrame]:
    """Return the outcome and the terms of a formula.

    Parameters
    ----------
    formula : str
        Such as `"y ~ treated + C(unit)"`. Columns may be of any kind that pandas has.
    data : pd.DataFrame
        The rows.
    effects : sequence of str
        Columns whose categories get effects, the last terms of all.

    Returns
    -------
    tuple of array and DataFrame
        The outcome, shape (rows,), and one column per term.

    Raises
    ------
    DataError
        If the formula cannot be read or a row has a missing value.
    """
    if not len(data):
        raise DataError("the table has no rows", remedy="Give at least one row per unit")
    if effects:
        require(data, effects)
        formula = " + ".join([formula, *(f"C({column})" for column in effects)])
    plain = data.assign(**{str(name): _plain(data[name]) for name in data})
    try:
        model = smf.ols(formula, plain)
    except (
        Exception
    ) as error:  # the parser raises kinds of its own, and NameError for a column that is not there
        reason = str(error).strip().splitlines()[0]
        raise DataError(
            f"the formula {formula!r} cannot be read ({reason})", remedy="Use names of columns"
        ) from error
    if (
        int(model.nobs) < len(data)
        or not np.isfinite(model.exog).all()
        or not np.isfinite(model.endog).all()
    ):
        raise DataError(
            f"a column of the formula is missing or infinite in some of the {len(data)} rows",
            remedy="Leave these rows out",
        )
    if model.endog.ndim > 1:
        raise DataError(
            f"the outcome of {formula!r} is no number", remedy="Give a number, or 0 and 1"
        )
    return np.asarray(model.endog, dtype=float), pd.DataFrame(model.exog, columns=model.exog_names)


def _plain(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return a column as the parser knows it: NumPy's numbers, text as objects.

    A yes-or-no is a number, or it would be taken for a category.
    """
    kinds = pd.api.types
    if kinds.is_bool_dtype(column) or (
        kinds.is_numeric_dtype(column) and not isinstance(column.dtype, np.dtype)
    ):
        return pd.Series(column.to_numpy(dtype=float, na_value=np.nan), index=column.index)
    if kinds.is_string_dtype(column) and not isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype(object).where(column.notna(), None)
    return column


def regression_of(formula: str, data: pd.DataFrame, param: str, cluster: str) -> Regression:
    """Partial all other terms of a formula out of one of them, rows in an order of their own."""
    require(data, [cluster])
    model, effects = split_effects(formula)
    outcome, terms = matrices(model, data, effects)
    if param not in terms:
        raise DataError(
            f"the formula has no term {param!r}", remedy=f"Use one of {', '.join(map(str, terms))}"
        )
    if np.ptp(outcome) == 0:
        raise DataError(
            "the outcome is the same in all rows", remedy="Choose an outcome that varies"
        )
    codes = pd.factorize(data[cluster], sort=True)[0]
    order = np.lexsort([*terms.to_numpy().T, outcome, codes])
    others = terms.drop(columns=param)
    treatment, rest = terms[param].to_numpy()[order], others.to_numpy()[order]
    refuse_dependent([*map(str, others), param], np.column_stack([rest, treatment]))
    return partial_out(
        outcome[order], treatment, rest, codes[order], term=param, parameters=terms.shape[1]
    )
