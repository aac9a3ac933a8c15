"""Tables of numbers as shaded squares."""

from collections.abc import Iterable
from typing import Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalbook.report.style import INK, LIGHT
from nychance.plots import axes as on
from nychance.plots import tidy

# Begins at white, so that numbers stay legible on every shade.
SHADES: Final = "Blues"
# From this share of the largest value on, numbers are white.
DARK: Final = 0.72


def heatmap(
    table: pd.DataFrame,
    row: str | None = None,
    column: str | None = None,
    *,
    lower_half: bool = False,
    decimals: int = 0,
    unit: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw a table with its numbers, darker for more; a hidden one says why.

    Parameters
    ----------
    table : DataFrame
        Tidy, with `row` and `column`; or a matrix, NaN where hidden.
    row, column : str, optional
        Groups.
    lower_half : bool
        Whether only what stands below the diagonal of a symmetric table is drawn.
    decimals : int
        Of the numbers.
    unit : str, optional
        Of a matrix: `share` writes per cent.
    """
    values, words = _matrix(table, row, column, decimals, unit)
    if lower_half:
        keep = np.tril(np.ones(values.shape), k=-1) > 0
        values, words = values.where(keep).iloc[1:, :-1], words.where(keep, "").iloc[1:, :-1]
    figure, (axes,) = on.panels([None], 0.5 + 0.36 * len(values), 1, ax)
    shown = values.to_numpy(dtype=float)
    most = float(np.nanmax(shown)) if np.isfinite(shown).any() else 0.0
    axes.pcolormesh(
        np.ma.masked_invalid(shown),
        cmap=SHADES,
        vmin=0,
        vmax=1.15 * most or 1.0,
        edgecolors="white",
        linewidth=1.5,
    )
    axes.set_facecolor("white" if lower_half else LIGHT)
    for (place, across), text in np.ndenumerate(words.to_numpy()):
        axes.text(
            across + 0.5,
            place + 0.5,
            text,
            ha="center",
            va="center",
            fontsize=8.5,
            color="white" if shown[place, across] > DARK * most else INK,
            in_layout=False,
        )
    axes.set_yticks(np.arange(len(values)) + 0.5, _names(values.index))
    axes.set_xticks(np.arange(values.shape[1]) + 0.5, _names(values.columns), fontsize=8.5)
    if lower_half:
        # Room for long names, which stand below narrow columns.
        axes.tick_params(axis="x", labelrotation=20)
        plt.setp(axes.get_xticklabels(), ha="right", rotation_mode="anchor")
    else:
        axes.xaxis.tick_top()
    axes.set_ylim(len(values), 0)
    axes.grid(visible=False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    return figure


def _matrix(
    table: pd.DataFrame, row: str | None, column: str | None, decimals: int, unit: str | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return values, and what is written of them."""
    if row is None or column is None:
        reasons = pd.DataFrame(tidy.REASONS["too-few"], table.index, table.columns)
        values, kind = table, unit or "count"
    else:
        frame = tidy.flat(table)
        order = tidy.values(frame, row), tidy.values(frame, column)
        values, statuses = (
            tidy.in_order(frame.pivot(index=row, columns=column, values=name), *order)
            for name in ("estimate", "status")
        )
        reasons = statuses.map(lambda status: tidy.REASONS.get(status, tidy.REASONS["empty"]))
        kind = unit or tidy.unit_of(frame)
    written = values.map(lambda value: tidy.write(value, kind, decimals).removesuffix("%"))
    return values, written.where(values.notna(), reasons)


def _names(keys: Iterable[object]) -> list[str]:
    return [str(key) for key in keys]
