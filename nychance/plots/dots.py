"""Points with intervals: shares and estimates by group, by unit, in panels, against targets."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from evalbook.models.shares.proportions import Verdict, verdict_of
from evalbook.report.style import INK, LIGHT, NEUTRAL, TARGET
from nychance import tr
from nychance.plots import axes as on
from nychance.plots import tidy

VERDICTS: Final[dict[Verdict, str]] = {
    "met": tr("met").en,
    "not-met": tr("not met").en,
    "undecided": tr("inconclusive").en,
}
FIRST_RANGE: Final = tr("Range in the first results").en
# Distance of series within a row.
APART: Final = 0.44
# Panels side by side; fewer where marks have verdicts.
SIDE_BY_SIDE, WITH_VERDICTS = 3, 2
RATIO_TICKS: Final = (0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 10)


def dots(
    table: pd.DataFrame,
    row: str,
    hue: str | None = None,
    panel: str | None = None,
    *,
    targets: Any = None,
    label: str | None = None,
    line: float | None = None,
    decimals: int = 0,
    ax: Axes | None = None,
) -> Figure:
    """Draw points with their intervals, a line for each row and a mark for each series.

    Parameters
    ----------
    table : DataFrame
        Tidy: groups as index, `estimate`, `lower`, `upper`, `unit` and `status`.
    row, hue, panel : str
        Groups: rows from the top, series within a row, and panels on one scale.
    targets : mapping or sequence, optional
        Thresholds by key of row or panel, or the plan's targets: each mark then has its verdict.
    label : str, optional
        Of the value axis; default the unit.
    line : float, optional
        Where a line of reference stands.
    decimals : int
        Of the values beside the marks.
    ax : Axes, optional
        Where to draw; not with panels.
    """
    frame = tidy.flat(table)
    rows, hues, names = (tidy.values(frame, group) for group in (row, hue, panel))
    height = 0.3 + (0.14 + 0.21 * len(hues)) * len(rows)
    if panel is None:
        figure, first = on.new_axes(ax, 0.9 + height)
        drawn = [first]
    else:
        most = WITH_VERDICTS if targets else SIDE_BY_SIDE
        columns = -(-len(names) // -(-len(names) // most))
        figure, drawn = on.panels(names, 0.7 + height, columns)
    thresholds = tidy.thresholds_of(targets)
    unit = tidy.unit_of(frame)
    for axes, name in zip(drawn, names, strict=True):
        if line is not None:
            axes.axvline(line, color=NEUTRAL, linewidth=0.9)
        goals = [thresholds.get(r, thresholds.get(name)) for r in rows]
        _goals(axes, goals)
        _series(
            axes, tidy.part(frame, panel, name), (row, rows), (hue, hues), goals, unit, decimals
        )
        on.only_grid(axes, "x")
        on.unit_axis(axes, "x", unit, label)
    on.rows_axis(drawn[0], rows)
    if line is None:
        _from_zero(drawn[0], frame, thresholds)
    if hue is not None or thresholds:
        on.key(drawn[0])
    return figure


def _from_zero(axes: Axes, frame: pd.DataFrame, thresholds: Mapping[Hashable, float]) -> None:
    low, high = tidy.limits(frame, "estimate", "lower", "upper")
    high = max([high, *thresholds.values()]) or 1.0
    axes.set_xlim(min(0.0, low), 1.02 * high)


def _goals(axes: Axes, goals: Sequence[float | None]) -> None:
    """Shade up to each row's target and mark it."""
    placed = [(place, goal) for place, goal in enumerate(goals) if goal is not None]
    if not placed:
        return
    places, ends = np.array(placed).T
    axes.barh(places, ends, height=0.84, color=LIGHT, alpha=0.5)
    axes.vlines(
        ends, places - 0.42, places + 0.42, color=TARGET, linewidth=2.5, label=on.TARGET_NAME
    )


def _series(
    axes: Axes,
    frame: pd.DataFrame,
    rows: tuple[str, Sequence[Hashable]],
    hues: tuple[str | None, Sequence[Hashable]],
    goals: Sequence[float | None],
    unit: str,
    decimals: int,
) -> None:
    places = {value: place for place, value in enumerate(rows[1])}
    looks = tidy.look(hues[1])
    for offset, value in zip(_offsets(len(hues[1])), hues[1], strict=True):
        colour, marker, _ = looks[value]
        mine = tidy.part(frame, hues[0], value)
        shown = tidy.known(mine)
        at = np.array([places[r] for r in shown[rows[0]]]) + offset
        axes.hlines(at, shown["lower"], shown["upper"], color=colour, linewidth=2.2)
        axes.plot(
            shown["estimate"],
            at,
            marker,
            color=colour,
            markersize=7,
            markeredgecolor="white",
            label=None if value is None else str(value),
        )
        for where, found in zip(at, shown.itertuples(), strict=True):
            goal = goals[round(where - offset)]
            on.note(axes, _words(found, goal, unit, decimals), _end(found, goal), where)
        for _, found in tidy.hidden(mine).iterrows():
            on.unshown(axes, found["reason"], 0.0, places[found[rows[0]]] + offset)


def _offsets(count: int) -> "np.ndarray[Any, Any]":
    return (np.arange(count) - (count - 1) / 2) * APART * (2 / max(count, 2))


def _end(found: Any, goal: float | None) -> float:
    end = found.upper if np.isfinite(found.upper) else found.estimate
    return max(end, goal) if goal is not None else float(end)


def _words(found: Any, goal: float | None, unit: str, decimals: int) -> str:
    value = tidy.write(found.estimate, unit, decimals)
    if goal is None:
        return value
    verdict = VERDICTS[verdict_of((found.lower, found.upper), goal)]
    return f"{value} \N{MIDDLE DOT} {verdict}"


def by_unit(
    table: pd.DataFrame,
    unit: str = "municipality",
    hue: str | None = "role",
    *,
    line: float | None = 0.0,
    band: tuple[float, float] | None = None,
    target: float | None = None,
    label: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw each unit with its interval, in order of its estimate, the largest on top.

    Parameters
    ----------
    table : DataFrame
        Tidy, a row a unit.
    unit, hue : str
        Groups: the units and their kind.
    line : float, optional
        A line of reference through all units.
    band : tuple of float, optional
        An interval that is shaded through all units, such as that of the whole.
    target : float, optional
        A threshold.
    """
    frame = tidy.flat(table)
    shown = tidy.known(frame).sort_values("estimate", ascending=False)
    order = [*shown[unit], *tidy.hidden(frame)[unit]]
    figure, axes = on.new_axes(ax, 1.1 + 0.2 * len(order))
    if band is not None:
        axes.axvspan(*band, color=LIGHT, alpha=0.5, linewidth=0)
    if line is not None:
        axes.axvline(line, color=NEUTRAL, linewidth=0.9)
    if target is not None:
        axes.axvline(target, color=TARGET, linewidth=1.8, label=on.TARGET_NAME)
    places = {value: place for place, value in enumerate(order)}
    hues = tidy.values(frame, hue)
    for value, (colour, marker, _) in tidy.look(hues).items():
        mine = tidy.part(shown, hue, value)
        at = [places[each] for each in mine[unit]]
        axes.hlines(at, mine["lower"], mine["upper"], color=colour, linewidth=2, alpha=0.8)
        name = None if value is None else str(value)
        axes.plot(mine["estimate"], at, marker, color=colour, markersize=6, label=name)
    on.rows_axis(axes, order)
    axes.tick_params(axis="y", labelsize=9)
    on.unit_axis(axes, "x", tidy.unit_of(frame), label)
    left = axes.get_xlim()[0]
    for _, found in tidy.hidden(frame).iterrows():
        on.unshown(axes, found["reason"], left, places[found[unit]])
    axes.set_xlim(left=left)
    if len(hues) > 1 or target is not None:
        on.key(axes)
    return figure


def forest(
    table: pd.DataFrame,
    row: str,
    *,
    line: float = 1.0,
    label: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw ratios with their intervals on a logarithmic axis; filled where they exclude `line`."""
    frame = tidy.flat(table)
    rows = tidy.values(frame, row)
    figure, axes = on.new_axes(ax, 1.0 + 0.45 * len(rows))
    axes.axvline(line, color=NEUTRAL, linewidth=1.2)
    places = {value: place for place, value in enumerate(rows)}
    shown = tidy.known(frame)
    at = np.array([places[each] for each in shown[row]])
    axes.hlines(at, shown["lower"], shown["upper"], color=INK, linewidth=2.5)
    clear = ((shown["lower"] > line) | (shown["upper"] < line)).to_numpy()
    for chosen, face in ((clear, INK), (~clear, "white")):
        axes.plot(
            shown["estimate"][chosen],
            at[chosen],
            "o",
            color=INK,
            markerfacecolor=face,
            markersize=8,
        )
    for where, found in zip(at, shown.itertuples(), strict=True):
        on.note(axes, f"{found.estimate:.2f}", found.upper, where)
    low, high = tidy.limits(shown, "estimate", "lower", "upper")
    low, high = 0.9 * min(low or line, 0.85 * line), 1.1 * max(high, 1.2 * line)
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.xaxis.set_major_locator(FixedLocator([t for t in RATIO_TICKS if low <= t <= high]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    for _, found in tidy.hidden(frame).iterrows():
        on.unshown(axes, found["reason"], line, places[found[row]])
    on.rows_axis(axes, rows)
    axes.set_xlabel(tidy.UNIT_LABELS["ratio"] if label is None else label)
    return figure


def small_multiples(
    table: pd.DataFrame,
    panel: str,
    row: str,
    hue: str = "role",
    *,
    own_row: Hashable = "method",
    ranges: Mapping[Hashable, tuple[float, float]] | None = None,
    columns: int = 2,
    label: str | None = None,
) -> Figure:
    """Draw a panel for each measure with a row for each unit of one kind; the others share a row.

    Parameters
    ----------
    table : DataFrame
        Tidy, a row a measure and unit.
    panel, row, hue : str
        Groups: measures, units, and kinds of unit.
    own_row : str
        The kind whose units have rows of their own, in order of the first measure.
    ranges : mapping, optional
        A shaded range by measure.
    """
    frame = tidy.flat(table)
    names = tidy.values(frame, panel)
    mine = frame[frame[hue] == own_row]
    first = tidy.known(tidy.part(mine, panel, names[0])).sort_values("estimate", ascending=False)
    order = list(dict.fromkeys([*first[row], *mine[row]]))
    others = [value for value in tidy.values(frame, hue) if value != own_row]
    figure, drawn = on.panels(names, 0.75 + 0.22 * (len(order) + len(others)), columns)
    looks = tidy.look([own_row, *others])
    places = {value: place for place, value in enumerate(order)}
    for axes, name in zip(drawn, names, strict=True):
        if ranges and name in ranges:
            axes.axvspan(*ranges[name], color=LIGHT, alpha=0.55, linewidth=0, label=FIRST_RANGE)
        here = tidy.part(mine, panel, name)
        shown = tidy.known(here)
        at = [places[each] for each in shown[row]]
        axes.plot(shown["estimate"], at, "o", color=looks[own_row][0], label=str(own_row))
        for _, found in tidy.hidden(here).iterrows():
            on.unshown(axes, found["reason"], 0.0, places[found[row]])
        for place, other in enumerate(others, start=len(order)):
            rest = tidy.known(tidy.part(tidy.part(frame, panel, name), hue, other))
            axes.plot(
                rest["estimate"],
                [place] * len(rest),
                "|",
                color=looks[other][0],
                markersize=10,
                markeredgewidth=1.6,
                label=str(other),
            )
        on.only_grid(axes, "x")
        axes.tick_params(axis="y", labelsize=9)
        on.unit_axis(axes, "x", tidy.unit_of(frame), label)
    on.rows_axis(drawn[0], [*order, *others])
    drawn[0].set_xlim(left=0)
    on.key(drawn[0])
    return figure
