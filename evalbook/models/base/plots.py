"""Estimates with their intervals: the one plot that all results share."""

from typing import Any

import numpy as np
import pandas as pd

from evalbook.models.base.person_input import Floats

_MARKERS = "osD^v"


def plot_intervals(
    table: pd.DataFrame,
    ax: Any = None,
    *,
    label: str = "term",
    by: str | None = None,
    upright: bool = False,
    reference: float | None = 0.0,
    unit: str = "",
) -> Any:
    """Draw a point and an interval per row.

    Parameters
    ----------
    table : pd.DataFrame
        Columns `estimate`, `lower` and `upper`. An infinite bound is drawn ten standard errors
        (column `error`) away from the estimate.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    label, by : str
        Columns: what a row is called, and the group that is drawn in one colour.
    upright : bool
        Whether intervals stand over labels on the horizontal axis, such as times, or lie beside
        labels on the vertical one.
    reference : float, optional
        Where a line marks that there is no effect.
    unit : str
        The label of the axis of the estimates.

    Returns
    -------
    matplotlib Axes
    """
    ax = new_axes() if ax is None else ax
    codes, labels = pd.factorize(table[label])
    groups = [(None, table)] if by is None else list(table.groupby(by, sort=False))
    for number, (group, rows) in enumerate(groups):
        at = codes[table.index.get_indexer(rows.index)] + 0.12 * (number - (len(groups) - 1) / 2)
        lower, upper = drawn_bounds(rows)
        marker = _MARKERS[number % len(_MARKERS)]
        point = (at, rows["estimate"]) if upright else (rows["estimate"], at)
        (line,) = ax.plot(*point, marker, label=None if group is None else str(group))
        (ax.vlines if upright else ax.hlines)(at, lower, upper, color=line.get_color())
    if reference is not None:
        draw = ax.axhline if upright else ax.axvline
        draw(reference, color="0.4", linewidth=0.8, linestyle="--")
    names = [str(name) for name in labels]
    if upright:
        ax.set_xticks(range(len(names)), names)
        ax.set_ylabel(unit)
    else:
        ax.set_yticks(range(len(names)), names)
        ax.invert_yaxis()
        ax.set_xlabel(unit)
    if by is not None:
        ax.legend()
    return ax


def drawn_bounds(table: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return the bounds as a picture can show them: an infinite one ten errors away."""
    estimate = table["estimate"].to_numpy(dtype=float)
    far = 10 * (table["error"].to_numpy(dtype=float) if "error" in table else np.abs(estimate))
    lower, upper = (table[name].to_numpy(dtype=float) for name in ("lower", "upper"))
    return (
        np.where(np.isneginf(lower), estimate - far, lower),
        np.where(np.isposinf(upper), estimate + far, upper),
    )


def new_axes() -> Any:
    """Return the axes of a new figure that no window keeps open."""
    from matplotlib.figure import Figure  # an estimate needs no drawing

    return Figure(layout="constrained").add_subplot()
