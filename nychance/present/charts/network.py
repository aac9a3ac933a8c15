"""Who works with whom, drawn on a circle where everybody keeps their place from checkpoint to checkpoint."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from nychance.catalogue import tr
from nychance.language import Language, Text
from nychance.present.behind import Column, lay_behind
from nychance.present.charts.axes import legend_above
from nychance.present.style import INK, NEUTRAL, SERIES

DASHES = ("-", "--", ":")


def network_circle(graphs: Mapping[str, Any], names: Mapping[str, Text], members: Sequence[str], language: Language) -> Figure:
    """Draw networks with common members over each other, each kind of tie with its own colour and dash.

    Parameters
    ----------
    graphs : mapping
        Kind to graph (networkx).
    names : mapping
        What each kind of tie is called.
    members : sequence of str
        Everybody, in their order round the circle; the larger the mark, the more ties.
    """
    angles = np.pi / 2 - 2 * np.pi * np.arange(len(members)) / len(members)
    place = {member: (float(np.cos(angle)), float(np.sin(angle))) for member, angle in zip(members, angles, strict=True)}
    figure, axes = plt.subplots(figsize=(7.2, 5.2))
    for colour, dash, kind in zip(SERIES, DASHES, graphs, strict=False):
        for number, (one, other) in enumerate(sorted(map(sorted, graphs[kind].edges))):
            ends = np.array([place[one], place[other]])
            axes.plot(*ends.T, color=colour, linestyle=dash, linewidth=1.6, label=names[kind][language] if number == 0 else None)
    for member, (x, y) in place.items():
        ties = sum(graph.degree(member) for graph in graphs.values() if member in graph)
        axes.plot(x, y, "o", markersize=6 + ties, color="white", markeredgecolor=INK if ties else NEUTRAL, markeredgewidth=1.6)
        side = "left" if x > 0.1 else "right" if x < -0.1 else "center"
        axes.annotate(member, (x, y), xytext=(14 * x, 16 * y), textcoords="offset points", ha=side, va="center", fontsize=9)
    axes.set_xlim(-1.9, 1.9)
    axes.set_ylim(-1.25, 1.25)
    axes.set_aspect("equal")
    axes.axis("off")
    legend_above(axes, len(graphs))
    ties = [(names[kind], one, other) for kind in graphs for one, other in sorted(map(sorted, graphs[kind].edges))]
    columns = {
        "kind": Column(tr("Tie")), "one": Column(tr("One")),
        "other": Column(tr("Other")),
    }  # fmt: skip
    return lay_behind(figure, pd.DataFrame(ties, columns=list(columns)), columns)
