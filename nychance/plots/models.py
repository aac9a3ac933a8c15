"""Balance of covariates, the curve of specifications, and a line fitted across units."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalbook.models import Funnel
from evalbook.report.style import INK, LIGHT, NEUTRAL
from nychance import tr
from nychance.plots import axes as on

# Standardised differences below this are usually regarded as balance (Austin 2009).
BALANCED: Final = 0.1
DIFFERENCE: Final = tr("Difference in standard deviations").en
WEIGHTING: Final = {"before": tr("Unweighted").en, "after": tr("Weighted").en}
EXCLUDES: Final = tr("Interval excludes 0").en
INCLUDES: Final = tr("Interval includes 0").en
SPECIFICATIONS: Final = tr("Specifications, by size of the estimate").en
EXPECTED: Final = tr("Expected number").en
OVER_EXPECTED: Final = tr("Observed over expected").en
# By limit of a funnel, as `evalbook.models.funnel` has them.
LIMITS: Final = {0.95: tr("95% limits").en, 0.998: tr("99.8% limits").en}
# Areas of marks in square points.
SMALL, LARGE = 14.0, 240.0


def love(balance: pd.DataFrame, *, ax: Axes | None = None) -> Figure:
    """Draw the standardised differences of each covariate before and after weighting.

    Parameters
    ----------
    balance : DataFrame
        By term, `before` and `after`, as `evalbook.models.balance_table` returns it.
    """
    table = balance.sort_values("before", key=lambda found: -found.abs(), kind="stable")
    rows = np.arange(len(table))
    figure, (axes,) = on.panels([None], 0.8 + 0.36 * len(table), 1, ax)
    axes.axvspan(-BALANCED, BALANCED, color=LIGHT, alpha=0.5)
    axes.axvline(0, color=NEUTRAL, linewidth=0.8)
    axes.hlines(rows, table["before"], table["after"], color=LIGHT, linewidth=1.5)
    for (column, name), marker, face in zip(
        WEIGHTING.items(), ("o", "D"), ("white", INK), strict=True
    ):
        axes.plot(
            table[column], rows, marker, color=INK, markerfacecolor=face, markersize=7, label=name
        )
    on.rows_axis(axes, list(table.index))
    # A least range, so that small differences look small.
    most = float(np.abs(table[["before", "after"]].to_numpy(dtype=float)).max())
    reach = max(3 * BALANCED, 1.08 * most)
    axes.set_xlim(-reach, reach)
    axes.set_xlabel(DIFFERENCE)
    on.key(axes)
    return figure


def funnel(found: Funnel, *, ax: Axes | None = None) -> Figure:
    """Draw units' observed over expected counts between the limits of a funnel."""
    figure, (axes,) = on.panels([None], 3.4, 1, ax)
    table = found.table.sort_values("expected")
    for limit, dash in zip(found.limits, ("-", "--"), strict=False):
        for end in ("lower", "upper"):
            name = LIMITS.get(limit) if end == "lower" else None
            values = table[f"{end}_{100 * limit:g}"]
            axes.plot(table["expected"], values, color=NEUTRAL, linestyle=dash, label=name)
    axes.axhline(1, color=NEUTRAL, linewidth=0.8)
    axes.plot(table["expected"], table["ratio"], "o", color=INK, markersize=5)
    axes.set_xlabel(EXPECTED)
    axes.set_ylabel(OVER_EXPECTED)
    on.key(axes)
    return figure


def specification_curve(
    table: pd.DataFrame, choices: Sequence[str], *, unit: str = "points", label: str | None = None
) -> Figure:
    """Draw all estimates in order, above the choices that each was made with.

    Parameters
    ----------
    table : DataFrame
        A row a specification, in order: the choices' columns, `estimate`, `lower`, `upper`, and
        `problem` where there is one, as `evalbook.models.specification_curve` returns it.
    choices : sequence of str
        The columns of the choices.
    unit : str
        Of the estimates.
    """
    found = table[table["problem"] == ""] if "problem" in table else table
    found = found.sort_values("estimate").reset_index(drop=True)
    rows = [(c, option) for c in choices for option in sorted(found[c].astype(str).unique())]
    figure, (above, below) = plt.subplots(
        2,
        1,
        sharex=True,
        figsize=(7.2, 2.6 + 0.3 * len(rows)),
        height_ratios=(2.2, 0.2 + 0.3 * len(rows)),
    )
    above.axhline(0, color=NEUTRAL, linewidth=0.8)
    excludes = ((found["lower"] > 0) | (found["upper"] < 0)).to_numpy()
    for chosen, marker, colour, face, name in (
        (excludes, "o", INK, INK, EXCLUDES),
        (~excludes, "s", NEUTRAL, "white", INCLUDES),
    ):
        mine = found[chosen]
        if len(mine):
            above.vlines(mine.index, mine["lower"], mine["upper"], color=colour, linewidth=1.2)
            above.plot(
                mine.index,
                mine["estimate"],
                marker,
                color=colour,
                markerfacecolor=face,
                markersize=5,
                label=name,
            )
    on.unit_axis(above, "y", unit, label)
    on.only_grid(above, "y")
    above.tick_params(axis="x", labelbottom=False)
    for place, (choice, option) in enumerate(rows):
        taken = found.index[found[choice].astype(str) == option]
        below.plot(taken, [place] * len(taken), "|", color=INK, markersize=8)
    on.rows_axis(below, [f"{choice}: {option}" for choice, option in rows])
    below.tick_params(axis="y", labelsize=8.5)
    below.grid(visible=False)
    below.set_xticks([])
    below.set_xlabel(SPECIFICATIONS)
    on.key(above)
    return figure


def fitted(
    data: pd.DataFrame,
    x: str,
    y: str,
    fits: Any,
    *,
    size: str | None = None,
    names: "Mapping[Any, str] | pd.Series[str] | None" = None,
    labels: tuple[str, str] | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw units with one fitted line and its band, or with several lines named in a key.

    Parameters
    ----------
    data : DataFrame
        A row a unit.
    x, y, size : str
        Columns; the area of a mark follows `size`.
    fits : CrossSection or mapping
        A fit, or fits by name.
    names : mapping, optional
        The units that are named beside their marks.
    labels : pair of str, optional
        Of the axes; default the columns' names.
    """
    figure, (axes,) = on.panels([None], 4.0, 1, ax)
    listed = fits if isinstance(fits, Mapping) else {None: fits}
    grid = np.linspace(data[x].min(), data[x].max(), 100)
    for (name, fit), dash in zip(listed.items(), ("-", "--", ":"), strict=False):
        mean, low, high = fit.predict(grid)
        axes.fill_between(grid, low, high, color=NEUTRAL, alpha=0.15, linewidth=0)
        axes.plot(grid, mean, color=INK, linestyle=dash, linewidth=2, label=name)
    areas = SMALL
    if size is not None:
        areas = (SMALL + LARGE * data[size] / data[size].max()).to_numpy()
    axes.scatter(
        data[x], data[y], s=areas, color=NEUTRAL, alpha=0.55, edgecolors="white", linewidths=0.5
    )
    for unit, name in dict(names if names is not None else {}).items():
        across, up = data.loc[unit, [x, y]]
        on.note(axes, name, across, up, xytext=(0, 5), ha="center", va="bottom")
    axes.set_xlabel(labels[0] if labels else x)
    axes.set_ylabel(labels[1] if labels else y)
    if len(listed) > 1:
        on.key(axes, columns=2)
    return figure
