"""Bars: shares by group with their intervals, and parts of a whole."""

import textwrap
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from evalbook.report.style import INK, LIGHT, NEUTRAL, SERIES
from evalbook.report.underlying import SHARE_COLUMNS, Column, attach_data, share_rows
from evalbook.report.units import percent
from evalbook.sdc.thresholds import HIDDEN, SafeShare, require_safe
from evalbook.text.language import Language, Text, number
from nychance import tr
from nychance.charts.axes import PER_CENT, format_axis, legend_above, only_grid

# Charts with at least this many rows have them closer together.
MANY = 10
# Characters of a row's name on one line; longer ones would leave the axis too little room.
LONGEST_NAME = 26


def grouped_bars(
    shares: Mapping[str, Mapping[str, SafeShare | None]],
    groups: Mapping[str, Text],
    series: Mapping[str, Text],
    colours: Mapping[str, str],
    language: Language,
) -> Figure:
    """Draw shares as dots with intervals, one row per group and one dot per series.

    Parameters
    ----------
    shares : mapping
        `shares[group][series]`; None where it is hidden or there is nobody.
    groups, series : mapping
        Keys to names, in order from the top.
    colours : mapping
        Series to colour.
    """
    figure, axes = plt.subplots(
        figsize=(7.2, 1.2 + (0.55 if len(groups) < MANY else 0.42) * len(groups))
    )
    apart = 0.16 if any(len(shares[group]) > 1 for group in groups) else 0.0
    offsets = np.linspace(-apart, apart, len(series))
    markers = ("o", "s", "^", "D")
    for marker, offset, (key, name) in zip(markers, offsets, series.items(), strict=False):
        require_safe(*(shares[group].get(key) for group in groups))
        found = [
            (row + offset, share)
            for row, group in enumerate(groups)
            if (share := shares[group].get(key)) is not None
        ]
        rows, lows, highs = (
            zip(*((row, *share.interval) for row, share in found), strict=True)
            if found
            else ((), (), ())
        )
        axes.hlines(rows, lows, highs, color=colours[key], linewidth=2)
        axes.plot(
            [share.value for _, share in found],
            rows,
            marker,
            color=colours[key],
            markersize=7,
            label=name[language],
        )
        for row, share in found:
            axes.annotate(
                percent(share.value, language, 0),
                (share.interval[1], row),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
                color=INK,
                in_layout=False,
            )
    axes.set_yticks(
        range(len(groups)),
        [textwrap.fill(name[language], LONGEST_NAME) for name in groups.values()],
    )
    axes.set_ylim(len(groups) - 0.5, -0.5)
    # Room for the last number; measuring each of them would take as long as drawing.
    axes.set_xlim(
        0,
        1.2
        * max(
            (s.interval[1] for each in shares.values() for s in each.values() if s is not None),
            default=1.0,
        ),
    )
    format_axis(axes.xaxis, language, share=True)
    axes.set_xlabel(PER_CENT[language])
    only_grid(axes, "x")
    legend_above(axes, len(series))
    cells = [
        ({"group": groups[g], "series": series[k]}, shares[g].get(k))
        for g in groups
        for k in series
    ]
    named = {"group": Column(tr("Group")), "series": Column(tr("Series"))}
    return attach_data(figure, share_rows(cells), named | SHARE_COLUMNS)


def stacked_bars(
    shares: pd.DataFrame, rows: Mapping[str, Text], parts: Sequence[Text], language: Language
) -> Figure:
    """Draw parts of a whole as one bar per row, darker for later parts.

    Hidden parts are a hatched remainder.

    Parameters
    ----------
    shares : DataFrame
        Indexed by row key, one column per part, from 0 to 1.
    parts : sequence of Text
        The parts' names, in the order of the columns.
    """
    figure, axes = plt.subplots(figsize=(7.2, 1.3 + 0.6 * len(rows)))
    palette = sns.color_palette("cividis_r", len(parts))
    left = np.zeros(len(rows))
    for colour, name, column in zip(palette, parts, shares.columns, strict=True):
        widths = shares.loc[list(rows), column].to_numpy(dtype=float)
        axes.barh(
            range(len(rows)),
            widths,
            left=left,
            color=colour,
            edgecolor="white",
            label=name[language],
        )
        dark = sum(colour[:3]) < 1.5
        for row, (start, width) in enumerate(zip(left, widths, strict=True)):
            if width >= 0.05:
                axes.text(
                    start + width / 2,
                    row,
                    number(100 * width, language),
                    ha="center",
                    va="center",
                    fontsize=9,
                    color="white" if dark else INK,
                    in_layout=False,
                )
        # No gap is left for a hidden part, because its width would reveal the share.
        left += np.nan_to_num(widths)
    for hidden in np.flatnonzero(shares.loc[list(rows)].isna().any(axis=1)).tolist():
        axes.barh(
            hidden,
            1 - left[hidden],
            left=left[hidden],
            color="none",
            edgecolor=LIGHT,
            hatch="////",
            linewidth=0,
        )
        axes.text((1 + left[hidden]) / 2, hidden, HIDDEN, ha="center", va="center", color=NEUTRAL)
    axes.set_yticks(range(len(rows)), [name[language] for name in rows.values()])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    format_axis(axes.xaxis, language, share=True)
    axes.set_xlabel(PER_CENT[language])
    axes.grid(visible=False)
    axes.spines["left"].set_visible(False)
    legend_above(axes, len(parts))
    numbered = {str(place): name for place, name in enumerate(parts)}
    table = (
        shares.loc[list(rows)]
        .set_axis(list(numbered), axis="columns")
        .assign(row=pd.Series(dict(rows)))
    )
    columns = {"row": Column(tr("Group"))} | {
        key: Column(name, "share", 1) for key, name in numbered.items()
    }
    return attach_data(figure, table, columns)


def ranked_bars(
    values: "pd.Series[float]", names: Mapping[str, Text], label: Text, language: Language
) -> Figure:
    """Draw counts as horizontal bars, largest on top, each with its number.

    Parameters
    ----------
    values : Series
        Indexed by the bars' keys.
    names : mapping
        Names of the bars.
    label : Text
        What is counted.
    """
    ordered = values.sort_values()
    figure, axes = plt.subplots(figsize=(7.2, 1.0 + 0.34 * len(ordered)))
    axes.barh(
        [names[key][language] for key in ordered.index.astype(str)],
        ordered.to_numpy(),
        color=SERIES[0],
    )
    for row, value in enumerate(ordered):
        axes.annotate(
            number(value, language),
            (value, row),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
        )
    format_axis(axes.xaxis, language)
    axes.set_xlabel(label[language])
    only_grid(axes, "x")
    largest_first = ordered.iloc[::-1]
    table = pd.DataFrame(
        {
            "name": [names[key] for key in largest_first.index.astype(str)],
            "value": largest_first.to_numpy(),
        }
    )
    return attach_data(
        figure, table, {"name": Column(tr("Name")), "value": Column(label, "number")}
    )
