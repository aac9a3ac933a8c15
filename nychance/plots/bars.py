"""Bars: counts in order, and parts of a whole."""

from typing import Any, Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalbook.report.style import INK, LIGHT, NEUTRAL, SEQUENTIAL
from nychance.plots import axes as on
from nychance.plots import tidy

# A part at least this wide has its number in it.
WIDE: Final = 0.06
# The sum of red, green and blue below which a colour takes white numbers.
DARK: Final = 1.45
INSIDE: Final[dict[str, Any]] = {"ha": "center", "va": "center", "in_layout": False}


def bars(
    table: "pd.DataFrame | pd.Series[Any]",
    row: str | None = None,
    hue: str | None = None,
    panel: str | None = None,
    *,
    label: str | None = None,
    ordered: bool = True,
    ax: Axes | None = None,
) -> Figure:
    """Draw values as horizontal bars, each with its number, largest on top.

    Parameters
    ----------
    table : DataFrame or Series
        Tidy, or values by name.
    row, hue, panel : str
        Groups: bars, series within a bar's place, and panels, each on its own scale.
    label : str, optional
        What is counted; default the unit.
    ordered : bool
        Whether the largest stands on top; else rows stand in their order.
    """
    if isinstance(table, pd.Series):
        table = table.rename_axis("row").to_frame("estimate").assign(unit="count")
    frame, row = tidy.flat(table), row or str(table.index.names[0])
    hues, names = tidy.values(frame, hue), tidy.values(frame, panel)
    sums = frame.groupby(row, observed=True, sort=False)["estimate"].sum()
    largest = sums.sort_values(ascending=False, kind="stable").index
    order = list(largest) if ordered else tidy.values(frame, row)
    height = 0.2 + (0.12 + 0.24 * len(hues)) * len(order)
    figure, drawn = on.panels(names, height, len(names), ax, share_x=False)
    for axes, name in zip(drawn, names, strict=True):
        here = tidy.part(frame, panel, name)
        unit = tidy.unit_of(here)
        for place, (value, (colour, _, _)) in enumerate(tidy.look(hues).items()):
            mine = tidy.part(here, hue, value)
            at = tidy.places(mine[row], order) + 0.8 * ((place + 0.5) / len(hues) - 0.5)
            look = on.bar_look(colour, place) | {"label": tidy.name_of(value)}
            axes.barh(at, mine["estimate"], height=0.74 / len(hues), **look)
            for where, number in zip(at, mine["estimate"], strict=True):
                if np.isfinite(number):
                    on.note(axes, tidy.write(number, unit), number, where)
            on.write_hidden(axes, mine, at, 0.0)
        axes.grid(visible=False)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.set_xlabel(tidy.UNIT_LABELS.get(unit, "") if label is None else label)
    on.rows_axis(drawn[0], order).grid(visible=False)
    if hue is not None:
        on.key(drawn[0])
    return figure


def stacked(
    table: pd.DataFrame,
    row: str,
    part: str,
    panel: str | None = None,
    *,
    first: pd.DataFrame | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw parts of a whole as one bar a row, darker for later parts.

    What is hidden is a hatched rest, since a gap as wide as a part would tell it.

    Parameters
    ----------
    table : DataFrame
        Tidy, shares that add up to 1 within each row.
    row, part, panel : str
        Groups: bars from the top, their parts from the left, panels.
    first : DataFrame, optional
        Tidy, by row and panel: the leftmost parts that belong together. Where they end is marked,
        with the interval under the bar.
    """
    frame = tidy.flat(table)
    rows, parts, names = (tidy.values(frame, group) for group in (row, part, panel))
    figure, drawn = on.panels(names, 0.4 + 0.46 * len(rows), len(names), ax)
    for axes, name in zip(drawn, names, strict=True):
        wide = tidy.part(frame, panel, name).pivot(index=row, columns=part, values="estimate")
        _stack(axes, tidy.in_order(wide, rows, parts))
        if first is not None:
            mark = tidy.part(tidy.flat(first), panel, name)
            at = tidy.places(mark[row], rows)
            axes.vlines(mark["estimate"], at - 0.46, at + 0.46, color=INK, linewidth=2.5)
            axes.hlines(at + 0.46, mark["lower"], mark["upper"], color=INK, linewidth=2.5)
        axes.set_xlim(0, 1)
        axes.spines["left"].set_visible(False)
        axes.grid(visible=False)
        on.percent_axis(axes)
    on.rows_axis(drawn[0], rows).grid(visible=False)
    on.key(drawn[0], columns=len(parts))
    return figure


def _stack(axes: Axes, shares: pd.DataFrame) -> None:
    left = np.zeros(len(shares))
    colours = plt.get_cmap(f"{SEQUENTIAL}_r")(np.linspace(0.08, 0.92, max(shares.shape[1], 2)))
    for colour, (name, widths) in zip(colours, shares.items(), strict=False):
        width = np.nan_to_num(widths.to_numpy(dtype=float))
        look = {"color": colour, "edgecolor": "white", "label": str(name)}
        axes.barh(range(len(shares)), width, left=left, **look)
        ink = "white" if colour[:3].sum() < DARK else INK
        for place in np.flatnonzero(width >= WIDE).tolist():
            middle, words = left[place] + width[place] / 2, f"{100 * width[place]:.0f}"
            axes.text(middle, place, words, fontsize=9, color=ink, **INSIDE)
        left += width
    for place in np.flatnonzero(shares.isna().any(axis=1)).tolist():
        rest = 1 - left[place]
        look = {"color": "none", "edgecolor": LIGHT, "hatch": "////", "linewidth": 0}
        axes.barh(place, rest, left=left[place], **look)
        if rest > 2 * WIDE:
            style: dict[str, Any] = {"fontsize": on.NOTE, "color": NEUTRAL, "fontstyle": "italic"}
            words = tidy.REASONS["too-few"]
            axes.text(left[place] + rest / 2, place, words, **style, **INSIDE)
