"""From a formula to the regression of one coefficient."""

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

from evalbook.errors import DataError
from evalbook.models.base.person_input import Floats, require
from evalbook.models.base.regression import Regression, partial_out, refuse_dependent


def matrices(formula: str, data: pd.DataFrame) -> tuple[Floats, pd.DataFrame]:
    """Return the outcome and the terms of a formula.

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
    # A yes-or-no would be taken for a category.
    numeric = data.assign(
        **{
            str(name): data[name].astype(float)
            for name in data
            if pd.api.types.is_bool_dtype(data[name])
        }
    )
    try:
        model = smf.ols(formula, numeric)
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


def regression_of(formula: str, data: pd.DataFrame, param: str, cluster: str) -> Regression:
    """Partial all other terms of a formula out of one of them, rows in an order of their own."""
    require(data, [cluster])
    outcome, terms = matrices(formula, data)
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
