"""Lines over time: survival curves, and shares at the checkpoints."""

from collections.abc import Mapping, Sequence
from datetime import date

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from evalbook.report.style import INK, MARKERS, NEUTRAL, SERIES, TARGET
from evalbook.report.underlying import SHARE_COLUMNS, Column, attach_data, share_rows
from evalbook.sdc.thresholds import SafeShare, require_safe
from evalbook.text.language import Language, Text, short_month
from evalbook.text.language import day as in_words
from nychance import tr
from nychance.charts.axes import PER_CENT, ROLE_NAMES, format_axis, legend_above
from nychance.charts.colours import GROUP_COLOURS


def curves(
    frame: pd.DataFrame,
    names: Mapping[str, Text],
    label: Text,
    language: Language,
    *,
    bounds: tuple[pd.DataFrame, pd.DataFrame] | None = None,
    colours: Sequence[str] = SERIES,
) -> Figure:
    """Draw a step curve per column, labelled at its end.

    Parameters
    ----------
    frame : DataFrame
        Indexed by week, shares from 0 to 1.
    label : Text
        Label of the horizontal axis.
    bounds : pair of DataFrame, optional
        Lower and upper bounds, as `frame`; drawn as bands.
    colours : sequence of str
        In the order of `names`.
    """
    figure, axes = plt.subplots(figsize=(7.2, 4.0))
    lows = frame.ffill().iloc[-1].sort_values()
    positions = apart(lows, 0.045)
    for colour, dash, key in zip(colours, ("-", "--", ":"), names, strict=False):
        if key not in frame:
            continue
        if bounds is not None:
            low, high = (bound[key] for bound in bounds)
            axes.fill_between(
                frame.index, low, high, step="post", color=colour, alpha=0.18, linewidth=0
            )
        axes.step(frame.index, frame[key], where="post", color=colour, linestyle=dash, linewidth=2)
        axes.annotate(
            names[key][language],
            (frame.index[-1], positions[key]),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            fontsize=9,
            fontweight="bold",
            annotation_clip=False,
        )
    axes.set_ylim(0, 1)
    axes.set_xlim(0, frame.index[-1])
    axes.set_xticks(range(0, int(frame.index[-1]) + 1, 13))
    format_axis(axes.yaxis, language, share=True)
    axes.set_ylabel(PER_CENT[language])
    axes.set_xlabel(label[language])
    shown = {key: Column(name, "share", 1) for key, name in names.items() if key in frame}
    return attach_data(
        figure,
        frame.assign(week=frame.index),
        {"week": Column(label, "count", counted="weeks"), **shown},
    )


def share_over_time(
    shares: Mapping[str, Mapping[date, SafeShare | None]],
    language: Language,
    *,
    threshold: float | None = None,
    begins: date | None = None,
) -> Figure:
    """Draw a share at each checkpoint for method and comparison municipalities, with intervals.

    Parameters
    ----------
    shares : mapping
        `shares[role][day]`.
    threshold : float, optional
        A target to draw as a line.
    begins : date, optional
        When the method municipalities begin.
    """
    require_safe(*(share for series in shares.values() for share in series.values()))
    figure, axes = plt.subplots(figsize=(7.2, 3.8))
    seen = list(dict.fromkeys(day for series in shares.values() for day in series))
    span = checkpoint_axis(axes, seen, language)
    for shift, (role, series) in zip((-0.008 * span, 0.008 * span), shares.items(), strict=True):
        known = {day: s for day, s in series.items() if s is not None}
        days = mdates.date2num(list(known)) + shift
        colour, marker = GROUP_COLOURS[role], MARKERS[0] if role == "method" else MARKERS[1]
        lows, highs = ([s.interval[end] for s in known.values()] for end in (0, 1))
        axes.vlines(days, lows, highs, color=colour, linewidth=2)
        axes.plot(
            days,
            [s.value for s in known.values()],
            marker=marker,
            color=colour,
            markersize=7,
            linestyle="-" if role == "method" else "--",
            label=ROLE_NAMES[role][language],
        )
    if threshold is not None:
        axes.axhline(threshold, color=TARGET, linewidth=1.5)
        axes.annotate(
            tr("Target")[language],
            (1, threshold),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=TARGET,
            fontsize=9,
        )
    if begins is not None:
        axes.axvline(mdates.date2num(begins), color=NEUTRAL, linestyle=":", linewidth=1.2)
    axes.margins(y=0.15)
    axes.set_ylim(bottom=0)
    format_axis(axes.yaxis, language, share=True)
    axes.set_ylabel(PER_CENT[language])
    legend_above(axes, 2)
    cells = [
        ({"when": day_in_words(day), "role": ROLE_NAMES[role]}, share)
        for role, series in shares.items()
        for day, share in series.items()
    ]
    named = {"when": Column(tr("Date")), "role": Column(tr("Municipalities"))}
    return attach_data(figure, share_rows(cells), named | SHARE_COLUMNS)


def day_in_words(value: date) -> Text:
    """Write a date in full in both languages."""
    return Text.each(in_words, value)


def date_axis(figure: Figure, language: Language) -> None:
    """Write a figure's horizontal axis as months in the language."""
    axis = figure.axes[0].xaxis
    axis.set_major_locator(mdates.AutoDateLocator(minticks=3, maxticks=7))
    axis.set_major_formatter(
        FuncFormatter(lambda v, _: short_month(mdates.num2date(v).date(), language))
    )
    figure.axes[0].tick_params(axis="x", colors=INK)


def checkpoint_axis(axes: Axes, days: Sequence[date], language: Language) -> float:
    """Draw a horizontal axis of dates with ticks at the checkpoints only.

    A single checkpoint is in the middle. Returns the axis' length in days.
    """
    places = mdates.date2num(days)
    axes.set_xticks(
        places, [short_month(day, language).replace(" ", "\n") for day in days], fontsize=9
    )
    room = max(0.06 * (places[-1] - places[0]), 45.0)
    axes.set_xlim(places[0] - room, places[-1] + room)
    return float(places[-1] - places[0] + 2 * room)


def apart(values: "pd.Series[float]", distance: float) -> dict[str, float]:
    """Return positions of labels, moved up only as far as needed to avoid overlaps.

    `values` must be in ascending order.
    """
    placed: dict[str, float] = {}
    lowest = -1.0
    for key, value in values.items():
        lowest = max(float(value), lowest + distance)
        placed[str(key)] = lowest
    return placed
