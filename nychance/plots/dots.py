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
    most = WITH_VERDICTS if targets else SIDE_BY_SIDE
    height = 0.3 + (0.14 + 0.21 * len(hues)) * len(rows)
    figure, drawn = on.panels(names, height, -(-len(names) // -(-len(names) // most)), ax)
    thresholds = tidy.thresholds_of(targets)
    unit = tidy.unit_of(frame)
    for axes, name in zip(drawn, names, strict=True):
        if line is not None:
            axes.axvline(line, color=NEUTRAL, linewidth=0.9)
        goals = [thresholds.get(each, thresholds.get(name)) for each in rows]
        _shade(axes, goals)
        here = tidy.part(frame, panel, name)
        for value, offset in zip(hues, _offsets(len(hues)), strict=True):
            mine = tidy.part(here, hue, value)
            at = tidy.places(mine[row], rows)
            on.series(axes, mine, at + offset, tidy.look(hues)[value], value)
            for place, (_, found) in zip(at, mine.iterrows(), strict=True):
                _note(axes, found, place, offset, goals[place], unit, decimals)
        on.only_grid(axes, "x")
        on.unit_axis(axes, "x", unit, label)
    on.rows_axis(drawn[0], rows)
    if line is None:
        low, high = tidy.limits(frame, "estimate", "lower", "upper")
        drawn[0].set_xlim(min(0.0, low), 1.02 * (max([high, *thresholds.values()]) or 1.0))
    if hue is not None or thresholds:
        on.key(drawn[0])
    return figure


def _offsets(count: int) -> Any:
    return (np.arange(count) - (count - 1) / 2) * APART * 2 / max(count, 2)


def _shade(axes: Axes, goals: Sequence[float | None]) -> None:
    """Shade up to each row's target and mark it."""
    placed = [(place, goal) for place, goal in enumerate(goals) if goal is not None]
    if placed:
        at, ends = np.array(placed).T
        axes.barh(at, ends, height=0.84, color=LIGHT, alpha=0.5)
        axes.vlines(ends, at - 0.42, at + 0.42, color=TARGET, linewidth=2.5, label=on.TARGET_NAME)


def _note(
    axes: Axes,
    found: "pd.Series[Any]",
    place: int,
    offset: float,
    goal: float | None,
    unit: str,
    decimals: int,
) -> None:
    """Write a value beside its mark, with its verdict; or why there is none."""
    if not np.isfinite(found["estimate"]):
        return on.unshown(axes, tidy.reason(found), 0.0, place + offset)
    words = tidy.write(found["estimate"], unit, decimals)
    ends = [found[end] for end in ("estimate", "upper") if np.isfinite(found[end])]
    if goal is not None:
        verdict = VERDICTS[verdict_of((found["lower"], found["upper"]), goal)]
        words, ends = f"{words} \N{MIDDLE DOT} {verdict}", [*ends, goal]
    on.note(axes, words, max(ends), place + offset)
    return None


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
    frame = tidy.flat(table).sort_values("estimate", ascending=False, na_position="last")
    order, hues = list(frame[unit]), tidy.values(frame, hue)
    figure, (axes,) = on.panels([None], 0.6 + 0.2 * len(order), 1, ax)
    if band is not None:
        axes.axvspan(*band, color=LIGHT, alpha=0.5, linewidth=0)
    if line is not None:
        axes.axvline(line, color=NEUTRAL, linewidth=0.9)
    if target is not None:
        axes.axvline(target, color=TARGET, linewidth=1.8, label=on.TARGET_NAME)
    for value, look in tidy.look(hues).items():
        mine = tidy.part(frame, hue, value)
        on.series(axes, mine, tidy.places(mine[unit], order), look, value)
    on.rows_axis(axes, order)
    axes.tick_params(axis="y", labelsize=9)
    on.unit_axis(axes, "x", tidy.unit_of(frame), label)
    left = axes.get_xlim()[0]
    on.write_hidden(axes, frame, range(len(order)), left)
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
    figure, (axes,) = on.panels([None], 0.5 + 0.45 * len(rows), 1, ax)
    axes.axvline(line, color=NEUTRAL, linewidth=1.2)
    at = tidy.places(frame[row], rows)
    clear = ((frame["lower"] > line) | (frame["upper"] < line)).to_numpy()
    for chosen, face in ((clear, INK), (~clear, "white")):
        on.series(axes, frame[chosen], at[chosen], (INK, "o", "-"), None, face=face, edge=INK)
    for place, value, end in zip(at, frame["estimate"], frame["upper"], strict=True):
        if np.isfinite(value):
            on.note(axes, f"{value:.2f}", end, place)
    low, high = tidy.limits(frame, "estimate", "lower", "upper")
    low, high = 0.9 * min(low or line, 0.85 * line), 1.1 * max(high, 1.2 * line)
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.xaxis.set_major_locator(FixedLocator([t for t in RATIO_TICKS if low <= t <= high]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    on.write_hidden(axes, frame, at, line)
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
    others = [value for value in tidy.values(frame, hue) if value != own_row]
    first = tidy.part(frame[frame[hue] == own_row], panel, names[0])
    order = [*first.sort_values("estimate", ascending=False)[row], *others]
    figure, drawn = on.panels(names, 0.25 + 0.22 * len(order), 2)
    looks = tidy.look([own_row, *others])
    for axes, name in zip(drawn, names, strict=True):
        here = tidy.part(frame, panel, name)
        if ranges and name in ranges:
            axes.axvspan(*ranges[name], color=LIGHT, alpha=0.55, linewidth=0, label=FIRST_RANGE)
        mine = here[here[hue] == own_row]
        at = tidy.places(mine[row], order)
        bare = mine.drop(columns=["lower", "upper"], errors="ignore")
        on.series(axes, bare, at, looks[own_row], own_row)
        on.write_hidden(axes, mine, at, 0.0)
        for other in others:
            rest = tidy.known(here[here[hue] == other])["estimate"]
            at_foot = [order.index(other)] * len(rest)
            colour, name_of_kind = looks[other][0], str(other)
            axes.plot(rest, at_foot, "|", color=colour, ms=10, mew=1.6, label=name_of_kind)
        on.only_grid(axes, "x")
        axes.tick_params(axis="y", labelsize=9)
        on.unit_axis(axes, "x", tidy.unit_of(frame), label)
    on.rows_axis(drawn[0], order)
    drawn[0].set_xlim(left=0)
    on.key(drawn[0])
    return figure
