"""Events on lines of time, one for each channel."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalbook.report.style import LIGHT
from nychance.plots import axes as on
from nychance.plots import tidy

# Area of a mark in square points: at a size of 10, and the addition for each tenfold more.
SMALLEST, GROWTH = 28.0, 38.0
FEWEST: Final = 10.0


def timeline(
    events: pd.DataFrame,
    row: str,
    hue: str | None = None,
    *,
    when: str = "date",
    size: str | None = None,
    marks: Sequence[date] = (),
    ax: Axes | None = None,
) -> Figure:
    """Draw events on one line a row, larger for a greater size.

    Parameters
    ----------
    events : DataFrame
        A row an event.
    row, hue, when, size : str
        Columns: lines, series, days, and what the marks' area follows.
    marks : sequence of date
        Days with a line through all rows, such as checkpoints.
    """
    rows, hues = tidy.values(events, row), tidy.values(events, hue)
    figure, axes = on.new_axes(ax, 1.2 + 0.46 * len(rows))
    for day in marks:
        axes.axvline(float(mdates.date2num(day)), color=LIGHT, linewidth=1.2, zorder=0)
    for value, (colour, marker, _) in tidy.look(hues).items():
        mine = tidy.part(events, hue, value)
        sizes = mine[size].to_numpy(dtype=float) if size else np.full(len(mine), FEWEST)
        axes.scatter(
            mdates.date2num(pd.to_datetime(mine[when])),
            [rows.index(each) for each in mine[row]],
            s=SMALLEST + GROWTH * np.log10(np.maximum(sizes, FEWEST) / FEWEST),
            marker=marker,
            color=colour,
            alpha=0.85,
            edgecolors="white",
            label=None if value is None else str(value),
        )
    on.rows_axis(axes, rows)
    on.date_axis(axes)
    if hue is not None:
        on.key(axes)
    return figure
