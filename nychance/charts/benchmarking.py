"""Method against comparison municipalities: over time, and by municipality."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalbook.report.style import LIGHT, MARKERS, NEUTRAL
from evalbook.report.underlying import HIGH, LOW, SHARE_COLUMNS, Column, attach_data, share_rows
from evalbook.sdc.thresholds import SafeShare, require_safe
from evalbook.text.language import Language, Text, short_month
from nychance import tr
from nychance.charts.axes import PER_CENT, ROLE_NAMES, format_axis, legend_above, margins, only_grid
from nychance.charts.colours import COMPARISON, GROUP_COLOURS, METHOD
from nychance.charts.lines import day_in_words

POINTS = tr("Percentage points")
OUTCOME = tr("Measure")
FROM = tr("Period from")
# Width of a character of a municipality's name, in inches.
CHARACTER = 0.065
DASHES = {"method": "-", "comparison": "--"}
ROLE_MARKERS = dict(zip(DASHES, MARKERS, strict=False))
ESTIMATES = {
    "estimate": Column(POINTS, "number", 1, counted="municipalities"),
    "lower": Column(LOW, "number", 1, counted="municipalities"),
    "upper": Column(HIGH, "number", 1, counted="municipalities"),
}


def course_of_shares(
    shares: Mapping[str, Mapping[date, Mapping[str, SafeShare | None]]],
    names: Mapping[str, Text],
    events: Mapping[date, Text],
    language: Language,
) -> Figure:
    """Draw shares by period for both kinds of municipality, with a panel per measure.

    Parameters
    ----------
    shares : mapping
        `shares[measure][day][role]`: the day on which the period begins.
    names : mapping
        Names of the measures.
    events : mapping
        Events by day: drawn as lines through all panels and labelled at the top.
    """
    figure, panels = _stacked(len(shares))
    for axes, (measure, by_day) in zip(panels, shares.items(), strict=True):
        for shift, role in ((-5, "method"), (5, "comparison")):
            known = {
                day: found
                for day, by_role in by_day.items()
                if (found := by_role[role]) is not None
            }
            require_safe(*known.values())
            days, colour = mdates.date2num(list(known)) + shift, GROUP_COLOURS[role]
            axes.vlines(
                days,
                *np.array([s.interval for s in known.values()]).reshape(-1, 2).T,
                color=colour,
                linewidth=1.6,
            )
            axes.plot(
                days,
                [s.value for s in known.values()],
                marker=ROLE_MARKERS[role],
                color=colour,
                markersize=5,
                linestyle=DASHES[role],
                label=ROLE_NAMES[role][language],
            )
        axes.set_ylim(bottom=0)
        format_axis(axes.yaxis, language, share=True)
        axes.set_ylabel(PER_CENT[language])
        _name(axes, names[measure][language])
    _mark(panels, events, language)
    _halves(panels[-1], language)
    legend_above(panels[0], 2)
    cells = [
        ({"measure": names[measure], "from": day_in_words(day), "role": ROLE_NAMES[role]}, share)
        for measure, by_day in shares.items()
        for day, by_role in by_day.items()
        for role, share in by_role.items()
    ]
    named = {"measure": Column(OUTCOME), "from": Column(FROM), "role": Column(tr("Municipalities"))}
    return attach_data(figure, share_rows(cells), named | SHARE_COLUMNS)


def before_and_after(
    tables: Mapping[str, pd.DataFrame],
    names: Mapping[str, Text],
    days: Mapping[int, date],
    language: Language,
) -> Figure:
    """Draw the event study: differences by period, relative to the last one before the start.

    Parameters
    ----------
    tables : mapping
        By measure, a table by period: `estimate`, `lower` and `upper` as shares; the base is 0. An
        infinite end is not drawn.
    days : mapping
        The day on which each period begins; period 0 is the first after the start.
    """
    figure, panels = _stacked(len(tables))
    parts = []
    for axes, (measure, shares) in zip(panels, tables.items(), strict=True):
        table, where = 100 * shares, mdates.date2num([days[period] for period in shares.index])
        axes.axhline(0, color=NEUTRAL, linewidth=0.9)
        ends = table.replace([np.inf, -np.inf], np.nan)
        axes.vlines(where, ends["lower"], ends["upper"], color=METHOD, linewidth=2)
        for chosen, face in ((table.index != -1, METHOD), (table.index == -1, "white")):
            axes.plot(
                where[chosen],
                table["estimate"][chosen],
                "o",
                color=METHOD,
                markerfacecolor=face,
                markersize=6,
            )
        format_axis(axes.yaxis, language)
        axes.set_ylabel(POINTS[language])
        _name(axes, names[measure][language])
        starts = pd.Series(
            {period: day_in_words(days[period]) for period in table.index}, dtype=object
        )
        parts.append(
            table.assign(start=starts, measure=starts.map(lambda _, name=names[measure]: name))
        )
    start, end = mdates.date2num(days[0]), panels[0].get_xlim()[1]
    for axes in panels:
        axes.axvspan(start, end, color=LIGHT, alpha=0.35, linewidth=0)
        axes.set_xlim(right=end)
    _mark(panels, {days[0]: tr("The method municipalities begin")}, language)
    _halves(panels[-1], language)
    return attach_data(
        figure, pd.concat(parts), {"measure": Column(OUTCOME), "start": Column(FROM)} | ESTIMATES
    )


@dataclass(frozen=True)
class Side:
    """One half of a chart by municipality: the columns of its value and interval, and its label.

    `line` and `band` are drawn through all municipalities; `least` is the axis' lower limit.
    """

    value: str
    lower: str
    upper: str
    label: Text
    line: float = 0.0
    band: tuple[float, float] | None = None
    least: float | None = None


def by_municipality(
    table: pd.DataFrame, sides: Sequence[Side], columns: Mapping[str, Column], language: Language
) -> Figure:
    """Draw two results for each municipality side by side, sorted by the first.

    Parameters
    ----------
    table : DataFrame
        A row per municipality: `name`, `role`, and the columns that the sides and `columns` name,
        in the unit drawn.
    sides : sequence of Side
        What is drawn on the left and on the right.
    columns : mapping
        The columns of the underlying data, besides name and role.
    """
    ordered = table.sort_values(sides[0].value)
    rows = np.arange(len(ordered))
    size = (7.2, 1.5 + 0.19 * len(ordered))
    figure, panels = plt.subplots(
        1, 2, sharey=True, figsize=size, width_ratios=(3, 2), layout="none"
    )
    margins(figure, left=0.2 + CHARACTER * ordered["name"].str.len().max(), top=0.4, bottom=0.75)
    figure.subplots_adjust(wspace=0.05)
    for axes, side in zip(panels, sides, strict=True):
        if side.band is not None:
            axes.axvspan(*side.band, color=LIGHT, alpha=0.4, linewidth=0)
        axes.axvline(side.line, color=NEUTRAL, linewidth=0.9)
        for role, colour in (("method", METHOD), ("comparison", COMPARISON)):
            mine = (ordered["role"] == role).to_numpy()
            part = ordered[mine]
            axes.hlines(
                rows[mine],
                part[side.lower],
                part[side.upper],
                color=colour,
                linewidth=2,
                alpha=0.75,
            )
            axes.plot(
                part[side.value],
                rows[mine],
                ROLE_MARKERS[role],
                color=colour,
                markersize=5.5,
                label=ROLE_NAMES[role][language],
            )
        format_axis(axes.xaxis, language)
        axes.set_xlabel(side.label[language])
        axes.set_xlim(left=side.least)
        only_grid(axes, "x")
    # The right half shares the names of the left; drawing them twice would take time.
    panels[1].yaxis.set_visible(False)
    panels[0].set_yticks(rows, ordered["name"], fontsize=7.5)
    panels[0].set_ylim(-0.7, len(ordered) - 0.3)
    legend_above(panels[0], 2)
    data = ordered.iloc[::-1].assign(kind=lambda t: t["role"].map(ROLE_NAMES))
    named = {"name": Column(tr("Municipality")), "kind": Column(tr("Role"))}
    return attach_data(figure, data, named | dict(columns))


def _stacked(count: int) -> tuple[Figure, Sequence[Any]]:
    """Return stacked panels that share the time axis, which only the last one shows."""
    figure, panels = plt.subplots(
        count, 1, sharex=True, squeeze=False, figsize=(7.2, 1.0 + 2.2 * count), layout="none"
    )
    margins(figure, left=0.7, top=0.65, bottom=0.6)
    figure.subplots_adjust(hspace=0.2)
    for axes in panels[:-1, 0]:
        axes.xaxis.set_visible(False)
    return figure, list(panels[:, 0])


def _name(axes: Axes, name: str) -> None:
    """Write a panel's name above it; a Matplotlib title would repeat the layout of all panels."""
    axes.annotate(
        name,
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, 5),
        textcoords="offset points",
        fontweight="bold",
    )


def _halves(axes: Axes, language: Language) -> None:
    """Draw ticks for each January and July within the limits of a time axis."""
    first, last = (mdates.num2date(end).date() for end in axes.get_xlim())
    halves = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in (1, 7)]
    shown = [half for half in halves if first <= half <= last]
    names = [short_month(half, language) for half in shown]
    axes.set_xticks(mdates.date2num(shown), names)
    only_grid(axes, "y")


def _mark(panels: Sequence[Axes], events: Mapping[date, Text], language: Language) -> None:
    """Draw a line at each event, labelled in the first panel on the side with more room."""
    for axes in panels:
        for day in events:
            axes.axvline(mdates.date2num(day), color=NEUTRAL, linestyle=":", linewidth=1.2)
    first, last = panels[0].get_xlim()
    for day, name in events.items():
        where = mdates.date2num(day)
        left = where > (first + last) / 2
        panels[0].annotate(
            name[language],
            (where, 1),
            xycoords=("data", "axes fraction"),
            xytext=(-3 if left else 3, -3),
            textcoords="offset points",
            ha="right" if left else "left",
            va="top",
            fontsize=8,
            color=NEUTRAL,
        )
