"""Dissemination over time: what was published, through which channel, and to how many."""

from collections.abc import Mapping, Sequence
from datetime import date

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from evalbook.report.style import LIGHT, SERIES
from evalbook.report.underlying import Column, attach_data
from evalbook.text.language import Language, Text, number
from nychance import tr
from nychance.charts.axes import legend_above
from nychance.charts.lines import date_axis, day_in_words

LOOKS = {
    "spread": ("o", SERIES[0], tr("Broad spread")),
    "spearhead": ("D", SERIES[5], tr("Spearhead")),
}
DATA_COLUMNS = {
    "when": Column(tr("Date")),
    "channel": Column(tr("Channel")),
    "approach": Column(tr("Approach")),
    "reach": Column(tr("Reach"), "count"),
}
ACTIVITIES, REACH = tr("Activities"), tr("Reach")
REACHED = {"spread": tr("Reach, broad spread"), "spearhead": tr("Reach, spearhead")}
# Area of a mark in square points: at a reach of 10, and the addition for each tenfold more.
SMALLEST, GROWTH = 28.0, 38.0


def timeline(
    events: pd.DataFrame,
    channels: Mapping[str, Text],
    checkpoints: Sequence[date],
    language: Language,
) -> Figure:
    """Draw events on one line per channel, with larger marks for a greater reach.

    The checkpoints are vertical lines.

    Parameters
    ----------
    events : DataFrame
        `date`, `channel`, `approach` (`spread` or `spearhead`) and `reach`.
    """
    figure, axes = plt.subplots(figsize=(7.2, 1.4 + 0.5 * len(channels)))
    order = list(channels)
    for day in checkpoints:
        axes.axvline(mdates.date2num(day), color=LIGHT, linewidth=1.2, zorder=0)
    for approach, (marker, colour, name) in LOOKS.items():
        mine = events[events["approach"] == approach]
        areas = SMALLEST + GROWTH * np.maximum(
            np.log10(np.maximum(mine["reach"].to_numpy(dtype=float), 1.0)) - 1, 0
        )
        rows = [order.index(k) for k in mine["channel"]]
        axes.scatter(
            mdates.date2num(mine["date"]),
            rows,
            s=areas,
            marker=marker,
            color=colour,
            alpha=0.85,
            edgecolors="white",
            label=name[language],
        )
    axes.set_yticks(range(len(order)), [channels[k][language] for k in order])
    axes.set_ylim(len(order) - 0.5, -0.5)
    date_axis(figure, language)
    axes.grid(visible=False, axis="x")
    legend_above(axes, 2)
    table = pd.DataFrame(
        {
            "when": [day_in_words(day) for day in pd.to_datetime(events["date"])],
            "channel": [channels[key] for key in events["channel"]],
            "approach": [LOOKS[key][2] for key in events["approach"]],
            "reach": events["reach"].to_numpy(),
        }
    )
    return attach_data(figure, table, DATA_COLUMNS)


def approaches(periods: pd.DataFrame, names: Mapping[str, Text], language: Language) -> Figure:
    """Draw activities and their reach side by side, by period and approach.

    Parameters
    ----------
    periods : DataFrame
        As returned by `nychance.fieldwork.dissemination_log.by_checkpoint`.
    names : mapping
        The rows' keys to names.
    """
    figure, panels = plt.subplots(1, 2, figsize=(7.2, 1.5 + 0.5 * len(periods)), sharey=True)
    for axes, prefix, title in zip(panels, ("", "reach-"), (ACTIVITIES, REACH), strict=True):
        for offset, (approach, (_, colour, name)) in zip((-0.19, 0.19), LOOKS.items(), strict=True):
            values = periods[prefix + approach].to_numpy()
            bars = axes.barh(
                np.arange(len(periods)) + offset,
                values,
                height=0.36,
                color=colour,
                hatch="///" if approach == "spearhead" else None,
                edgecolor="white",
                label=name[language] if not prefix else None,
            )
            axes.bar_label(
                bars, [number(value, language) for value in values], padding=3, fontsize=8
            )
        axes.set_title(title[language], fontsize=10)
        axes.set_xticks([])
        axes.margins(x=0.25)
        axes.grid(visible=False)
        axes.spines["bottom"].set_visible(False)
    panels[0].set_yticks(range(len(periods)), [names[key][language] for key in periods.index])
    panels[0].set_ylim(len(periods) - 0.5, -0.5)
    legend_above(panels[0], 2)
    table = periods.assign(name=pd.Series(dict(names)))
    columns = {approach: Column(look[2], "count") for approach, look in LOOKS.items()}
    reach = {f"reach-{approach}": Column(REACHED[approach], "count") for approach in LOOKS}
    return attach_data(figure, table, {"name": Column(tr("Checkpoint")), **columns, **reach})
