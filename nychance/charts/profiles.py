"""Competence profiles by area, before and after clarification."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from evalbook.report.style import LIGHT, NEUTRAL
from evalbook.report.underlying import Column, attach_data
from evalbook.text.language import Language, Text
from nychance import tr
from nychance.charts.axes import format_axis, legend_above, only_grid
from nychance.charts.colours import METHOD

TIMES = {"before": tr("Before the assessment"), "after": tr("After the assessment")}
LOOKS = {"before": (NEUTRAL, "white", -0.14), "after": (METHOD, METHOD, 0.14)}
DATA_COLUMNS = {
    "name": Column(tr("Area")),
    **{when: Column(name, "ratio", 2) for when, name in TIMES.items()},
    "change": Column(tr("Change"), "ratio", 2),
    "change_low": Column(tr("Lower bound"), "ratio", 2),
    "change_high": Column(tr("Upper bound"), "ratio", 2),
}


def profile_dots(
    levels: pd.DataFrame, areas: Mapping[str, Text], language: Language, *, weak: int, strong: int
) -> Figure:
    """Draw each area's mean level before and after, with intervals, strongest on top.

    The axis is the whole scale from 1 to 5.

    Parameters
    ----------
    levels : DataFrame
        As returned by `nychance.fieldwork.profiles.levels`.
    areas : mapping
        Keys to names.
    weak, strong : int
        The highest weak and the lowest strong level.
    """
    figure, axes = plt.subplots(figsize=(7.2, 1.4 + 0.55 * len(levels)))
    for edge in (weak, strong):
        axes.axvline(edge, color=LIGHT, linewidth=1.2, zorder=0)
    for row, (_, area) in enumerate(levels.iterrows()):
        axes.plot(
            [area["before"], area["after"]], [row - 0.14, row + 0.14], color=LIGHT, linewidth=1.2
        )
        for when, (colour, fill, offset) in LOOKS.items():
            axes.hlines(
                row + offset, area[f"{when}_low"], area[f"{when}_high"], color=colour, linewidth=2
            )
            axes.plot(
                area[when],
                row + offset,
                "o",
                color=colour,
                markerfacecolor=fill,
                markersize=7,
                markeredgewidth=1.6,
                label=TIMES[when][language] if row == 0 else None,
            )
    axes.set_yticks(range(len(levels)), [_wrapped(areas[key][language]) for key in levels.index])
    axes.set_ylim(len(levels) - 0.5, -0.5)
    axes.set_xlim(0.9, 5.1)
    axes.set_xticks(range(1, 6))
    format_axis(axes.xaxis, language)
    label = tr("Level from 1 to 5: {weak} or below is weak, {strong} or above is strong")
    axes.set_xlabel(label.format(weak=str(weak), strong=str(strong))[language])
    only_grid(axes, "x")
    legend_above(axes, 2)
    return attach_data(figure, levels.assign(name=pd.Series(dict(areas))), DATA_COLUMNS)


def _wrapped(text: str) -> str:
    """Return a long name broken at the space nearest to its middle."""
    spaces = [place for place, letter in enumerate(text) if letter == " "]
    if len(text) <= 26 or not spaces:
        return text
    place = min(spaces, key=lambda p: abs(p - len(text) / 2))
    return f"{text[:place]}\n{text[place + 1 :]}"
