"""Helpers for axes, for figures that a cell draws itself with seaborn as much as for ours."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from typing import Any, Final, Literal

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Annotation
from matplotlib.ticker import PercentFormatter

from evalbook.report import phones
from evalbook.report.keys import put_key
from evalbook.report.style import INK, NEUTRAL, TARGET
from nychance import tr
from nychance.plots import tidy
from nychance.plots.tidy import PER_CENT, UNIT_LABELS

Which = Literal["x", "y"]
NOTE: Final = 8.5
HATCHES: Final = ("", "////", "....")
TARGET_NAME: Final = tr("Target").en
# Room that the label at a line's end takes from the next, in points.
APART: Final = 11.0
# What a vertical axis grows by for the names of events.
ROOM_ABOVE: Final = 1.18
# Room that a date takes on a phone, as a share of the axis.
BETWEEN_DATES: Final = 0.16


class PerCent(PercentFormatter):
    """Writes shares in per cent, with the decimals that the ticks need."""

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Write all ticks of an axis."""
        shares = [100 * value for value in values]
        decimals = 0 if all(abs(share - round(share)) < 1e-6 for share in shares) else 1
        return [f"{share + 0.0:.{decimals}f}" for share in shares]


def panels(
    names: Sequence[Hashable],
    height: float,
    columns: int,
    ax: Axes | None = None,
    *,
    share_x: bool = True,
) -> tuple[Figure, list[Axes]]:
    """Return panels with their names above them, on one scale; `height` is that of a row.

    Where `ax` is given, it is the only panel.
    """
    if ax is not None:
        return figure_of(ax), [ax]
    lines, titled = -(-len(names) // columns), names[0] is not None
    figure, grid = plt.subplots(
        lines,
        min(columns, len(names)),
        figsize=(7.2, 0.5 + lines * (height + (0.35 if titled else 0.15))),
        sharex=share_x,
        sharey=True,
        squeeze=False,
    )
    found: list[Axes] = list(grid.flat)
    for axes in found[len(names) :]:
        axes.set_visible(False)
    for axes, name in zip(found, names, strict=False):
        if titled:
            axes.set_title(str(name), fontsize=10)
        axes.tick_params(axis="x", labelbottom=True)
    return figure, found[: len(names)]


def figure_of(ax: Axes) -> Figure:
    """Return the figure of axes."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def series(
    ax: Axes,
    frame: pd.DataFrame,
    at: Any,
    look: tuple[str, str, str],
    value: Hashable,
    *,
    upright: bool = False,
    face: str | None = None,
    edge: str = "white",
) -> None:
    """Draw marks with their intervals at places across; `upright`, joined by a line, along.

    A series without a value has no line.
    """
    colour, marker, dash = look
    if "lower" in frame:
        ends = frame[["lower", "upper"]].to_numpy(dtype=float)
        known = np.isfinite(ends).all(axis=1)
        draw = ax.vlines if upright else ax.hlines
        draw(np.asarray(at)[known], *ends[known].T, color=colour, linewidth=2)
    across = (at, frame["estimate"]) if upright else (frame["estimate"], at)
    ax.plot(
        *across,
        marker=marker,
        color=colour,
        linestyle=dash if upright and value is not None else "none",
        markersize=6.5,
        markerfacecolor=face or colour,
        markeredgecolor=edge,
        label=tidy.name_of(value),
    )


def bar_look(colour: str, place: int) -> dict[str, Any]:
    """Return colour and hatch of a series of bars."""
    hatch = HATCHES[place % len(HATCHES)]
    return {"color": colour, "hatch": hatch, "edgecolor": "white", "linewidth": 0}


def write_hidden(
    ax: Axes, frame: pd.DataFrame, at: Any, start: float, *, upright: bool = False, **options: Any
) -> None:
    """Write why numbers are not shown in their places, where the value axis starts."""
    for place, (_, row) in zip(at, frame.iterrows(), strict=True):
        if not np.isfinite(row["estimate"]):
            where = (place, start) if upright else (start, place)
            unshown(ax, tidy.reason(row), *where, **options)


def percent_axis(ax: Axes, which: Which = "x", *, label: str | None = PER_CENT) -> Axes:
    """Write shares from 0 to 1 on an axis in per cent; the label says so."""
    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_major_formatter(PerCent(1.0, symbol=""))
    if label is not None:
        axis.set_label_text(label)
    return ax


def unit_axis(ax: Axes, which: Which, unit: str, label: str | None = None) -> Axes:
    """Write an axis in a table's unit."""
    if unit == "share":
        return percent_axis(ax, which, label=PER_CENT if label is None else label)
    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_label_text(UNIT_LABELS.get(unit, "") if label is None else label)
    return ax


def only_grid(ax: Axes, which: Which) -> Axes:
    """Keep the grid lines of one axis only."""
    ax.grid(visible=False)
    ax.grid(visible=True, axis=which)
    return ax


def rows_axis(ax: Axes, names: Sequence[Hashable]) -> Axes:
    """Write names of rows from the top."""
    ax.set_yticks(range(len(names)), [str(name) for name in names])
    ax.set_ylim(len(names) - 0.5, -0.5)
    return only_grid(ax, "x")


def key(ax: Axes, columns: int = 3) -> Axes:
    """Put the key above the figure in place of seaborn's, where it covers nothing."""
    figure = figure_of(ax)
    handles, names = ax.get_legend_handles_labels()
    if (old := ax.get_legend()) is not None:
        old.remove()
    if handles:
        look: dict[str, Any] = {"frameon": False, "handletextpad": 0.4, "columnspacing": 1.4}
        figure.legend(handles, names, loc="outside upper left", ncols=columns, borderpad=0, **look)
    return ax


def height_on_phones(figure: Figure, inches: float) -> None:
    """Give a figure a height of its own on phones, where its shape needs one."""

    def change(_undo: ExitStack, _length: Callable[[str], int]) -> None:
        figure.set_size_inches(phones.WIDTH, inches)

    phones.adapt(figure, change)


def note(ax: Axes, text: str, x: Any, y: Any, **options: Any) -> Annotation:
    """Write a few words beside a mark, five points to its right."""
    look: dict[str, Any] = {"xytext": (5, 0), "textcoords": "offset points", "va": "center"}
    look |= {"fontsize": NOTE, "color": INK, "annotation_clip": False}
    return ax.annotate(text, (x, y), **(look | options))


def unshown(ax: Axes, reason: str, x: float, y: float, **options: Any) -> None:
    """Write why a number is not shown, in its place; never as a mark."""
    note(ax, reason, x, y, **({"color": NEUTRAL, "fontstyle": "italic"} | options))


def intervals(ax: Axes, table: pd.DataFrame) -> Axes:
    """Draw the intervals of a tidy table through the marks that seaborn has drawn of it.

    A mark is known by its value. What is hidden is written in the row of its category.
    """
    frame = tidy.flat(table)
    ends: dict[float, list[tuple[float, float]]] = defaultdict(list)
    for value, low, high in tidy.known(frame)[["estimate", "lower", "upper"]].to_numpy(dtype=float):
        ends[value].append((low, high))
    for x, y, colour in _marks(ax):
        across = x in ends
        if not (found := ends.get(x if across else y)):
            continue
        low, high = found.pop(0) if len(found) > 1 else found[0]
        draw, where = (ax.hlines, y) if across else (ax.vlines, x)
        draw(where, low, high, color=colour, linewidth=2, zorder=1.5)
    _write_hidden(ax, frame)
    return ax


def _marks(ax: Axes) -> list[tuple[float, float, Any]]:
    """Find the marks of lines and of scatters, with their colours."""
    of_lines = [
        (float(x), float(y), line.get_color())
        for line in ax.get_lines()
        for x, y in np.asarray(line.get_xydata(), dtype=float)
    ]
    of_points = [
        (float(x), float(y), scatter.get_facecolor()[0])
        for scatter in ax.collections
        if len(scatter.get_facecolor()) and scatter.get_offset_transform() == ax.transData
        for x, y in np.ma.getdata(scatter.get_offsets())
    ]
    return of_lines + of_points


def _write_hidden(ax: Axes, frame: pd.DataFrame) -> None:
    rows = frame.loc[~np.isfinite(frame["estimate"].to_numpy(dtype=float))]
    places = _ticks(ax.yaxis)
    group = next((c for c in frame if set(map(str, frame[c])) <= set(places)), None)
    if group is not None:
        at = {(str(row[group]), tidy.reason(row)) for _, row in rows.iterrows()}
        for name, reason in sorted(at):
            unshown(ax, reason, 1, places[name], xycoords=("axes fraction", "data"))


def _ticks(axis: Axis) -> dict[str, float]:
    """Return the places of an axis' ticks by what is written at them."""
    where = [float(place) for place in axis.get_majorticklocs()]
    return dict(zip(axis.get_major_formatter().format_ticks(where), where, strict=True))


def label_ends(ax: Axes) -> Axes:
    """Write each line's name at its end in place of a key, moved apart where they would overlap.

    On phones, where that takes too much room, a key stands above the figure.
    """
    named = {to_hex(h.get_color()): name for h, name in _named_lines(ax)}
    lines = [line for line in ax.get_lines() if to_hex(line.get_color()) in named and _drawn(line)]
    lowest, notes = -np.inf, []
    for line in sorted(lines, key=lambda line: _last(line)[1]):
        x, y = _last(line)
        lowest = max(y, lowest + APART / _points(ax, 1.0))
        up = 0 if lowest == y else _points(ax, lowest - y)
        notes.append(note(ax, named[to_hex(line.get_color())], x, y, xytext=(8, up)))
    if (old := ax.get_legend()) is not None:
        old.remove()
    _key_on_phones(ax, lines, [named[to_hex(line.get_color())] for line in lines], notes)
    return ax


def _named_lines(ax: Axes) -> list[tuple[Any, str]]:
    pairs = zip(*ax.get_legend_handles_labels(), strict=True)
    return [(handle, name) for handle, name in pairs if isinstance(handle, Line2D)]


def _drawn(line: Line2D) -> bool:
    return len(np.atleast_1d(line.get_xdata())) > 1


def _key_on_phones(
    ax: Axes, lines: Sequence[Line2D], names: Sequence[str], notes: Sequence[Annotation]
) -> None:
    figure = figure_of(ax)
    first = ax is figure.axes[0]

    def change(undo: ExitStack, length: Callable[[str], int]) -> None:
        for each in notes:
            undo.callback(each.set_visible, True)
            each.set_visible(False)
        if first:
            put_key(figure, lines, names, length, undo, size=NOTE)

    phones.adapt(figure, change)


def _last(line: Any) -> tuple[float, float]:
    data = np.asarray(line.get_xydata(), dtype=float)
    data = data[np.isfinite(data[:, 1])]
    return (float(data[-1, 0]), float(data[-1, 1])) if len(data) else (0.0, 0.0)


def _points(ax: Axes, distance: float) -> float:
    """Return a distance along the vertical axis in points, of axes as high as now."""
    figure = figure_of(ax)
    low, high = ax.get_ylim()
    grid = ax.get_gridspec()
    rows = grid.nrows if grid else 1
    return float(distance / (high - low) * 72 * (figure.get_size_inches()[1] / rows - 0.7))


def thresholds(ax: Axes, targets: Any, which: Which = "x") -> Axes:
    """Draw the plan's targets: a line across its row where rows are targets, else through all."""
    places = _ticks(ax.yaxis if which == "x" else ax.xaxis)
    for name, threshold in tidy.thresholds_of(targets).items():
        if str(name) in places:
            ends = places[str(name)] - 0.42, places[str(name)] + 0.42
            draw = ax.vlines if which == "x" else ax.hlines
            draw(threshold, *ends, color=TARGET, linewidth=2.5)
        else:
            (ax.axvline if which == "x" else ax.axhline)(threshold, color=TARGET, linewidth=1.5)
    ax.plot([], [], color=TARGET, linewidth=2.5, label=TARGET_NAME)
    return ax


def at_top(ax: Axes, words: str, where: float, *, left: bool = False) -> None:
    """Write a few words at the top of axes, beside a place of the horizontal axis."""
    side = {"ha": "right", "xytext": (-3, -3)} if left else {"ha": "left", "xytext": (3, -3)}
    note(ax, words, where, 1, xycoords=("data", "axes fraction"), va="top", color=NEUTRAL, **side)


def events(ax: Axes, days: Mapping[date, str], *, named: bool = True) -> Axes:
    """Draw a dotted line at each event, with its name at the top, on the side with more room."""
    first, last = ax.get_xlim()
    if days and named:
        low, high = ax.get_ylim()
        ax.set_ylim(low, low + ROOM_ABOVE * (high - low))
    for day, name in days.items():
        where = float(mdates.date2num(day)) if isinstance(day, date) else float(day)
        ax.axvline(where, color=NEUTRAL, linestyle=":", linewidth=1.2)
        if named:
            at_top(ax, name, where, left=where > (first + last) / 2)
    return ax


def date_axis(ax: Axes, days: Sequence[date] | None = None) -> Axes:
    """Write a horizontal axis of dates as months: those given, else each January and July."""
    first, last = (mdates.num2date(end).date() for end in ax.get_xlim())
    if days is None:
        halves = [date(y, m, 1) for y in range(first.year, last.year + 1) for m in (1, 7)]
        days = [half for half in halves if first <= half <= last]
    places = mdates.date2num(list(days))
    names = [pd.Timestamp(day).strftime("%b\n%Y") for day in days]
    ax.set_xticks(places, names)
    figure = figure_of(ax)
    kept = _apart(places, ax.get_xlim())

    def change(undo: ExitStack, _length: Callable[[str], int]) -> None:
        undo.callback(ax.set_xticks, places, names)
        ax.set_xticks([places[n] for n in kept], [names[n] for n in kept])

    phones.adapt(figure, change)
    return only_grid(ax, "y")


def _apart(places: Sequence[float], limits: tuple[float, float]) -> list[int]:
    """Return which dates can be written on a phone, the last one first."""
    least = (limits[1] - limits[0]) * BETWEEN_DATES
    kept = [len(places) - 1]
    for n in range(len(places) - 2, -1, -1):
        if places[kept[0]] - places[n] >= least:
            kept.insert(0, n)
    return kept
