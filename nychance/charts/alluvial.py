"""Moves between states at two dates, as streams."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from evalbook.report.style import INK, NEUTRAL
from evalbook.report.underlying import Column, attach_data
from evalbook.report.units import percent
from evalbook.text.language import Language, Text

# Streams to the two states that the programme is for stand out; the others are grey.
COLOURS = {"self-support": "#009E73", "active": "#56B4E9"}
GAP = 0.03
WIDTH = 0.05


def alluvial(
    counts: pd.DataFrame,
    before: "pd.Series[float]",
    after: "pd.Series[float]",
    names: Mapping[str, Text],
    dates: tuple[Text, Text],
    language: Language,
) -> Figure:
    """Draw streams from the states at one date to those at the next, as wide as their counts.

    Parameters
    ----------
    counts : DataFrame
        Persons by state before (rows) and after (columns); missing where hidden, which leaves a
        gap at both ends.
    before, after : Series
        Persons in each state at each date; missing where hidden.
    names : mapping
        Names of the states, in order from the top.
    dates : pair of Text
        Headings of the two sides.
    """
    people = float(before.sum())
    figure, axes = plt.subplots(figsize=(7.2, 5.2))
    sides = []
    for x, totals, align in ((0.0, before, "right"), (1.0 - WIDTH, after, "left")):
        place, starts = 1.0, {}
        for key in [k for k in names if totals.get(k, 0) > 0]:
            height = float(totals[key]) / people
            starts[key] = place
            axes.add_patch(
                Rectangle((x, place - height), WIDTH, height, facecolor=COLOURS.get(key, NEUTRAL))
            )
            label = f"{names[key][language]} {percent(height, language, 0)}"
            axes.text(
                -0.02 if align == "right" else 1.02,
                place - height / 2,
                label,
                ha=align,
                va="center",
                fontsize=9,
                color=INK,
            )
            place -= height + GAP
        sides.append(starts)
    sources, sinks = sides
    drawn = counts.loc[list(sources), list(sinks)].to_numpy(dtype=float)
    for row, line in zip(sources, drawn, strict=True):
        for column, count in zip(sinks, line, strict=True):
            if count > 0:
                height = count / people
                _stream(
                    axes,
                    sources[row],
                    sinks[column],
                    height,
                    COLOURS.get(column, NEUTRAL),
                    strong=column in COLOURS,
                )
                sources[row] -= height
                sinks[column] -= height
    for x, align, when in ((0.0, "left", dates[0]), (1.0, "right", dates[1])):
        axes.text(x, 1.03, when[language], ha=align, va="bottom", fontsize=9, fontweight="bold")
    axes.set_xlim(-0.32, 1.34)
    axes.set_ylim(1 - 1.0 - GAP * len(names), 1.08)
    axes.set_axis_off()
    table = counts.loc[list(sources), list(sinks)].assign(
        start=pd.Series({key: names[key] for key in sources})
    )
    columns = {"start": Column(dates[0])} | {key: Column(names[key], "count") for key in sinks}
    return attach_data(figure, table, columns)


def _stream(
    axes: Axes, left: float, right: float, height: float, colour: str, *, strong: bool
) -> None:
    x0, x1, middle = WIDTH, 1 - WIDTH, 0.5
    upper = [(x0, left), (middle, left), (middle, right), (x1, right)]
    lower = [(x, y - height) for x, y in upper[::-1]]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3]
    alpha = 0.6 if strong else 0.25
    axes.add_patch(
        PathPatch(Path(np.array(upper + lower), codes), facecolor=colour, alpha=alpha, linewidth=0)
    )
