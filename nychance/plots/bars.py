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

HATCHES: Final = ("", "////", "....")
# Names of a key on one line.
IN_A_ROW: Final = 5
# A part at least this wide has its number in it.
WIDE: Final = 0.06
# The sum of red, green and blue below which a colour takes white numbers.
DARK: Final = 1.45


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
    frame, row = _as_tidy(table, row)
    hues, names = tidy.values(frame, hue), tidy.values(frame, panel)
    sums = frame.groupby(row, observed=True, sort=False)["estimate"].sum()
    order = (
        list(sums.sort_values(ascending=False, kind="stable").index)
        if ordered
        else list(tidy.values(frame, row))
    )
    height = 0.6 + (0.12 + 0.24 * len(hues)) * len(order)
    if panel is None:
        figure, first = on.new_axes(ax, 0.3 + height)
        drawn = [first]
    else:
        figure, drawn = on.panels(names, height, len(names), share_x=False)
    places = {value: place for place, value in enumerate(order)}
    for axes, name in zip(drawn, names, strict=True):
        here = tidy.part(frame, panel, name)
        for place, (value, (colour, _, _)) in enumerate(tidy.look(hues).items()):
            offset = 0.8 * ((place + 0.5) / len(hues) - 0.5)
            mine = tidy.part(here, hue, value)
            shown = tidy.known(mine)
            at = np.array([places[each] for each in shown[row]]) + offset
            name_of_series = None if value is None else str(value)
            axes.barh(
                at,
                shown["estimate"],
                height=0.74 / len(hues),
                color=colour,
                hatch=HATCHES[place % len(HATCHES)],
                edgecolor="white",
                linewidth=0,
                label=name_of_series,
            )
            unit = tidy.unit_of(here)
            for where, number in zip(at, shown["estimate"], strict=True):
                on.note(axes, tidy.write(number, unit), number, where)
            for _, found in tidy.hidden(mine).iterrows():
                on.unshown(axes, found["reason"], 0.0, places[found[row]] + offset)
        axes.grid(visible=False)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.set_xlabel(tidy.UNIT_LABELS.get(tidy.unit_of(here), "") if label is None else label)
    on.rows_axis(drawn[0], order).grid(visible=False)
    if hue is not None:
        on.key(drawn[0])
    return figure


def _as_tidy(table: "pd.DataFrame | pd.Series[Any]", row: str | None) -> tuple[pd.DataFrame, str]:
    if isinstance(table, pd.DataFrame):
        frame = tidy.flat(table)
        return frame, row or str(table.index.names[0])
    frame = pd.DataFrame({"row": table.index, "estimate": table.to_numpy(dtype=float)})
    return frame.assign(unit="count", status=""), "row"


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
    height = 0.5 + 0.46 * len(rows)
    if panel is None:
        figure, axes = on.new_axes(ax, 0.9 + height)
        drawn = [axes]
    else:
        figure, drawn = on.panels(names, 0.6 + height, len(names))
    for axes, name in zip(drawn, names, strict=True):
        wide = tidy.part(frame, panel, name).pivot(index=row, columns=part, values="estimate")
        _stack(axes, wide.reindex(index=rows, columns=parts))
        if first is not None:
            _mark(axes, tidy.part(tidy.flat(first), panel, name).set_index(row).reindex(rows))
        axes.grid(visible=False)
        axes.set_xlim(0, 1)
        axes.spines["left"].set_visible(False)
        on.percent_axis(axes)
    on.rows_axis(drawn[0], rows).grid(visible=False)
    on.key(drawn[0], columns=len(parts) if len(parts) <= IN_A_ROW else 3)
    return figure


def _stack(axes: Axes, shares: pd.DataFrame) -> None:
    left = np.zeros(len(shares))
    colours = plt.get_cmap(f"{SEQUENTIAL}_r")(np.linspace(0.08, 0.92, max(shares.shape[1], 2)))
    for colour, (name, widths) in zip(colours, shares.items(), strict=False):
        width = np.nan_to_num(widths.to_numpy(dtype=float))
        axes.barh(
            range(len(shares)), width, left=left, color=colour, edgecolor="white", label=str(name)
        )
        for place in np.flatnonzero(width >= WIDE):
            axes.text(
                left[place] + width[place] / 2,
                place,
                f"{100 * width[place]:.0f}",
                ha="center",
                va="center",
                fontsize=9,
                color="white" if colour[:3].sum() < DARK else INK,
                in_layout=False,
            )
        left += width
    for place in np.flatnonzero(shares.isna().any(axis=1)):
        rest = 1 - left[place]
        axes.barh(
            place, rest, left=left[place], color="none", edgecolor=LIGHT, hatch="////", linewidth=0
        )
        words = tidy.REASONS["too-few"] if rest > 2 * WIDE else ""
        axes.text(
            left[place] + rest / 2,
            place,
            words,
            ha="center",
            va="center",
            fontsize=on.NOTE,
            color=NEUTRAL,
            fontstyle="italic",
            in_layout=False,
        )


def _mark(axes: Axes, first: pd.DataFrame) -> None:
    shown = first[first["estimate"].notna().to_numpy()]
    at = np.flatnonzero(first["estimate"].notna().to_numpy())
    axes.vlines(shown["estimate"], at - 0.46, at + 0.46, color=INK, linewidth=2.5)
    axes.hlines(at + 0.46, shown["lower"], shown["upper"], color=INK, linewidth=2.5)
