"""Networks on a circle, with the same positions at every checkpoint, and their coupling."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from evalbook.report.style import INK, MARKERS, NEUTRAL, SERIES
from evalbook.report.underlying import Column, attach_data
from evalbook.text.language import Language, Text
from nychance import tr
from nychance.charts.axes import PER_CENT, format_axis, legend_above, only_grid
from nychance.charts.lines import apart, checkpoint_axis, day_in_words

DASHES = ("-", "--", ":")


SIDE_MARKERS = ("o", "s", "^")


def network_circle(
    graphs: Mapping[str, Any],
    names: Mapping[str, Text],
    members: Mapping[str, str],
    sides: Mapping[str, Text],
    language: Language,
    *,
    called: Mapping[str, Text] = MappingProxyType({}),
) -> Figure:
    """Draw networks of the same members, each kind of tie with its own colour and dash.

    Parameters
    ----------
    graphs : mapping
        Kind to graph (networkx).
    names : mapping
        Names of the kinds of tie.
    members : mapping
        Members, in their order round the circle, to their side of the partnership; the size of a
        mark grows with the ties.
    sides : mapping
        Names of the sides; each has a mark of its own.
    called : mapping
        Members that have names in both languages; the others keep their own.
    """
    written = {member: called.get(member, Text.same(member)) for member in members}
    angles = np.pi / 2 - 2 * np.pi * np.arange(len(members)) / len(members)
    place = {
        member: (float(np.cos(angle)), float(np.sin(angle)))
        for member, angle in zip(members, angles, strict=True)
    }
    figure, axes = plt.subplots(figsize=(7.2, 5.2))
    for colour, dash, kind in zip(SERIES, DASHES, graphs, strict=False):
        for number, (one, other) in enumerate(sorted(map(sorted, graphs[kind].edges))):
            ends = np.array([place[one], place[other]])
            axes.plot(
                *ends.T,
                color=colour,
                linestyle=dash,
                linewidth=1.6,
                label=names[kind][language] if number == 0 else None,
            )
    marks = dict(zip(sides, SIDE_MARKERS, strict=False))
    for member, (x, y) in place.items():
        ties = sum(graph.degree(member) for graph in graphs.values() if member in graph)
        axes.plot(
            x,
            y,
            marks[members[member]],
            markersize=6 + ties,
            color="white",
            markeredgecolor=INK if ties else NEUTRAL,
            markeredgewidth=1.6,
        )
        side = "left" if x > 0.1 else "right" if x < -0.1 else "center"
        axes.annotate(
            written[member][language],
            (x, y),
            xytext=(14 * x, 16 * y),
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=9,
            in_layout=False,
        )
    axes.set_xlim(-2.0, 2.0)
    axes.set_ylim(-1.25, 1.25)
    axes.set_aspect("equal")
    axes.axis("off")
    for side, marker in marks.items():
        axes.plot(
            [],
            [],
            marker,
            color="white",
            markeredgecolor=INK,
            markersize=8,
            label=sides[side][language],
        )
    legend_above(axes, 3)
    ties = [
        (names[kind], written[one], written[other])
        for kind in graphs
        for one, other in sorted(map(sorted, graphs[kind].edges))
    ]
    columns = {
        "kind": Column(tr("Link")),
        "one": Column(tr("From")),
        "other": Column(tr("To")),
    }
    return attach_data(figure, pd.DataFrame(ties, columns=list(columns)), columns)


def coupling_over_time(
    couplings: pd.DataFrame, names: Mapping[str, Text], language: Language
) -> Figure:
    """Draw the coupling of the partnership's sides at each checkpoint, labelled at line ends.

    Parameters
    ----------
    couplings : DataFrame
        Indexed by day, one column per pair of sides: ties over possible ties.
    names : mapping
        Names of the pairs.
    """
    figure, axes = plt.subplots(figsize=(7.2, 3.8))
    days = mdates.date2num(list(couplings.index))
    top = max(0.05, float(couplings.to_numpy().max()))
    # A label at zero would overlap the axis.
    positions = apart(couplings.iloc[-1].clip(lower=0.03 * top).sort_values(), 0.08 * top)
    for colour, marker, dash, key in zip(
        SERIES, MARKERS, ("-", "--", "-.", ":"), names, strict=False
    ):
        axes.plot(
            days,
            couplings[key],
            marker=marker,
            color=colour,
            linestyle=dash,
            linewidth=1.8,
            markersize=6,
        )
        axes.annotate(
            names[key][language],
            (days[-1], positions[key]),
            xytext=(10, 0),
            textcoords="offset points",
            va="center",
            color=INK,
            fontsize=9,
            annotation_clip=False,
        )
    axes.set_ylim(0, 1.15 * top)
    checkpoint_axis(axes, list(couplings.index), language)
    if len(days) > 1:
        axes.set_xlim(right=days[-1] + 10)
    format_axis(axes.yaxis, language, share=True)
    axes.set_ylabel(PER_CENT[language])
    only_grid(axes, "y")
    shown = couplings.assign(when=pd.Series({day: day_in_words(day) for day in couplings.index}))
    columns = {key: Column(name, "share", 0, counted="ties") for key, name in names.items()}
    return attach_data(figure, shown, {"when": Column(tr("Date")), **columns})
