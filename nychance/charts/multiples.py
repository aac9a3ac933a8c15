"""Small multiples: panels on common axes."""

import textwrap
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalbook.report.style import INK, LIGHT
from evalbook.report.underlying import SHARE_COLUMNS, Column, attach_data, share_rows
from evalbook.sdc.thresholds import SafeShare, require_safe
from evalbook.text.language import Language, Text, number
from nychance import tr
from nychance.charts.axes import PER_CENT, ROLE_NAMES, format_axis, legend_above, only_grid
from nychance.charts.colours import COMPARISON, METHOD
from nychance.definitions import FirstResult

COLUMNS = 2
# An axis no longer than this has a tick at every ten per cent.
FEW_TICKS = 0.4
# In inches: a character's width, and the height of a title of two lines, of an axis, and of its
# label with the source line.
CHARACTER, TITLE, AXIS, FOOT = 0.082, 0.42, 0.24, 0.66


def municipality_multiples(
    values: pd.DataFrame,
    names: "pd.Series[str]",
    roles: "pd.Series[str]",
    measures: Sequence[FirstResult],
    language: Language,
) -> Figure:
    """Draw a panel per measure with a row per method municipality.

    The comparison municipalities share the last row; all panels have one scale.

    Parameters
    ----------
    values : DataFrame, shape (municipalities, measures)
        Shares from 0 to 1, missing where hidden; one column per measure of `measures`.
    names, roles : Series
        Name and role by municipality.
    measures : sequence of FirstResult
        The measures in order, with the range of the first results, which is shaded.
    """
    method = values[roles.loc[values.index] == "method"].sort_values(measures[0].key)
    others = values[roles.loc[values.index] == "comparison"]
    lines = -(-(len(measures) + 1) // COLUMNS)
    height = 0.2 * (len(method) + 2)
    size = (7.2, lines * (height + TITLE + AXIS) + FOOT - AXIS)
    figure, grid = plt.subplots(
        lines, COLUMNS, figsize=size, sharex=True, sharey=True, layout="none"
    )
    longest = max([len(tr("Comparison")[language]), *map(len, names.loc[method.index])])
    _place(figure, left=CHARACTER * longest + 0.12, top=TITLE, gap=TITLE + AXIS, panel=height)
    panels = list(grid.flat)
    for axes, measure in zip(panels, measures, strict=False):
        axes.axvspan(measure.low, measure.high, color=LIGHT, alpha=0.55, linewidth=0)
        axes.plot(method[measure.key], range(len(method)), "o", color=METHOD, markersize=6)
        axes.plot(
            others[measure.key],
            [-1.0] * len(others),
            "|",
            color=COMPARISON,
            markersize=10,
            markeredgewidth=1.5,
        )
        axes.set_title(
            textwrap.fill(measure.name[language], 30), fontsize=10, loc="left", fontweight="bold"
        )
        only_grid(axes, "x")
        format_axis(axes.xaxis, language, share=True)
        axes.tick_params(axis="x", labelbottom=True)
    first = panels[0]
    first.set_yticks(
        [-1, *range(len(method))],
        [tr("Comparison")[language], *names.loc[method.index]],
        fontsize=9,
    )
    first.set_ylim(-1.7, len(method) - 0.4)
    end = _end(values, measures)
    first.set_xticks(np.arange(0, end + 0.001, 0.1 if end <= FEW_TICKS else 0.2))
    first.set_xlim(0, end)
    for axes in panels[len(measures) - COLUMNS : len(measures)]:
        axes.set_xlabel(PER_CENT[language])
    for axes in panels[len(measures) :]:
        axes.set_axis_off()
    _key(panels[len(measures)], language)
    table = pd.concat([method.iloc[::-1], others.sort_values(measures[0].key, ascending=False)])
    table = table.assign(name=names.loc[table.index], role=roles.loc[table.index].map(ROLE_NAMES))
    shown = {
        measure.key: Column(measure.name, "share", 1, counted="municipalities")
        for measure in measures
    }
    return attach_data(
        figure, table, {"name": Column(tr("Municipality")), "role": Column(tr("Role")), **shown}
    )


def stacked_panels(
    shares: Mapping[str, pd.DataFrame],
    rows: Mapping[str, Text],
    parts: Sequence[Text],
    first_parts: Mapping[str, Mapping[str, SafeShare | None]],
    language: Language,
) -> Figure:
    """Draw parts of a whole over time, a panel per kind of municipality and a bar per date.

    Parameters
    ----------
    shares : mapping of DataFrame
        Role to shares from 0 to 1, missing where hidden: indexed by row key, one column per part.
    rows : mapping of Text
        The dates, oldest first.
    parts : sequence of Text
        The parts' names, in the order of the columns.
    first_parts : mapping
        Role and row key to the share of the leftmost parts that belong together, marked where they
        end, with its interval.
    """
    height, top = 0.42 * len(rows), TITLE + AXIS
    figure, grid = plt.subplots(
        1, len(shares), figsize=(7.2, top + height + FOOT), sharey=True, layout="none"
    )
    longest = max(len(name[language]) for name in rows.values())
    _place(figure, left=CHARACTER * longest + 0.12, top=top, gap=AXIS, panel=height)
    palette = sns.color_palette("cividis_r", len(parts))
    for axes, (role, frame) in zip(grid, shares.items(), strict=True):
        left = np.zeros(len(rows))
        for place, (colour, column) in enumerate(zip(palette, frame.columns, strict=True)):
            widths = frame.loc[list(rows), column].to_numpy(dtype=float)
            bars = axes.barh(
                range(len(rows)),
                widths,
                left=left,
                color=colour,
                edgecolor="white",
                label=parts[place][language],
            )
            texts = [number(100 * width, language) if width >= 0.08 else "" for width in widths]
            axes.bar_label(
                bars,
                texts,
                label_type="center",
                fontsize=9,
                color="white" if sum(colour) < 1.4 else INK,
            )
            # No gap is left for a hidden part, because its width would reveal the share.
            left += np.nan_to_num(widths)
        _mark(axes, [first_parts[role][row] for row in rows])
        axes.set_title(ROLE_NAMES[role][language], fontsize=10, loc="left", fontweight="bold")
        axes.set_xlim(0, 1)
        axes.grid(visible=False)
        axes.spines["left"].set_visible(False)
        format_axis(axes.xaxis, language, share=True)
        axes.set_xlabel(PER_CENT[language])
    grid[0].set_yticks(range(len(rows)), [name[language] for name in rows.values()])
    grid[0].set_ylim(len(rows) - 0.5, -0.5)
    legend_above(grid[0], len(parts))
    return _attached_data(figure, shares, rows, parts, first_parts)


def _place(figure: Figure, *, left: float, top: float, gap: float, panel: float) -> None:
    """Set the layout of panels from known sizes, in inches.

    Measuring all their texts would take longer than drawing.
    """
    width, height = figure.get_size_inches()
    figure.subplots_adjust(
        left=left / width,
        right=0.965,
        top=1 - top / height,
        bottom=FOOT / height,
        hspace=gap / panel,
        wspace=0.08,
    )


def _mark(axes: Axes, shares: Sequence[SafeShare | None]) -> None:
    """Draw a mark for a share on each bar, with its interval below the numbers in the bar."""
    require_safe(*shares)
    for row, share in enumerate(shares):
        if share is not None:
            axes.plot([share.value] * 2, [row - 0.46, row + 0.46], color=INK, linewidth=2.5)
            axes.plot(
                share.interval, [row + 0.46] * 2, color=INK, linewidth=2.5, solid_capstyle="butt"
            )


def _attached_data(
    figure: Figure,
    shares: Mapping[str, pd.DataFrame],
    rows: Mapping[str, Text],
    parts: Sequence[Text],
    first_parts: Mapping[str, Mapping[str, SafeShare | None]],
) -> Figure:
    keys = [str(place) for place in range(len(parts))]
    cells = [
        ({"role": ROLE_NAMES[role], "when": rows[row]}, first_parts[role][row])
        for role in shares
        for row in rows
    ]
    listed = pd.concat(
        [frame.loc[list(rows)].set_axis(keys, axis="columns") for frame in shares.values()],
        ignore_index=True,
    )
    shown = {key: Column(name, "share", 1) for key, name in zip(keys, parts, strict=True)}
    columns = {
        "role": Column(tr("Municipalities")),
        "when": Column(tr("Date")),
        **shown,
        **SHARE_COLUMNS,
    }
    return attach_data(figure, share_rows(cells).join(listed), columns)


def _end(values: pd.DataFrame, measures: Sequence[FirstResult]) -> float:
    """Return the end of the common axis: the next ten per cent beyond all that is drawn."""
    most = max(
        float(np.nanmax(values.to_numpy(dtype=float))), *(measure.high for measure in measures)
    )
    return float(np.ceil(10 * most + 0.01) / 10)


def _key(axes: Axes, language: Language) -> None:
    axes.plot([], [], "o", color=METHOD, markersize=6, label=tr("A method municipality")[language])
    axes.plot(
        [],
        [],
        "|",
        color=COMPARISON,
        markersize=10,
        markeredgewidth=1.5,
        linestyle="none",
        label=tr("A comparison municipality")[language],
    )
    axes.fill_between(
        [], [], color=LIGHT, alpha=0.55, label=tr("Range in the first results")[language]
    )
    axes.legend(loc="center left", frameon=False, fontsize=9.5)
