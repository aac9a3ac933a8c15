"""Networks on a circle, where each member keeps its place from checkpoint to checkpoint."""

from typing import Any, Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from evalbook.report.style import INK, NEUTRAL
from nychance.plots import axes as on
from nychance.plots import tidy

SIDE_MARKERS: Final = ("o", "s", "^", "D")


def network(ties: pd.DataFrame, members: "pd.Series[Any]", *, kind: str = "kind") -> Figure:
    """Draw who is tied to whom, each kind of tie with a colour and a dash of its own.

    Parameters
    ----------
    ties : DataFrame
        A row a tie: its kind, `one` and `other`.
    members : Series
        By member, in their order round the circle, the side of the partnership; each side has a
        mark of its own, which grows with the ties.
    kind : str
        The column of the kind of tie.
    """
    angles = np.pi / 2 - 2 * np.pi * np.arange(len(members)) / len(members)
    places = dict(
        zip(members.index, np.column_stack([np.cos(angles), np.sin(angles)]), strict=True)
    )
    figure, axes = plt.subplots(figsize=(7.2, 4.8))
    handles = []
    for name, (colour, _, dash) in tidy.look(list(dict.fromkeys(ties[kind]))).items():
        mine = ties[ties[kind] == name]
        segments = [
            np.array([places[one], places[other]])
            for one, other in zip(mine["one"], mine["other"], strict=True)
        ]
        axes.add_collection(
            LineCollection(segments, colors=colour, linestyles=dash, linewidths=1.6)
        )
        handles.append(Line2D([], [], color=colour, ls=dash, label=str(name)))
    degree = pd.concat([ties["one"], ties["other"]]).value_counts()
    marks = dict(zip(dict.fromkeys(members), SIDE_MARKERS, strict=False))
    for member, (x, y) in places.items():
        count = int(degree.get(member, 0))
        axes.plot(
            x,
            y,
            marks[members[member]],
            markersize=6 + min(count, 12),
            color="white",
            markeredgecolor=INK if count else NEUTRAL,
            markeredgewidth=1.6,
        )
        side = "left" if x > 0.1 else "right" if x < -0.1 else "center"
        on.note(axes, str(member), x, y, xytext=(14 * x, 14 * y), ha=side)
    handles += [
        Line2D([], [], marker=m, color="white", markeredgecolor=INK, markersize=8, label=str(side))
        for side, m in marks.items()
    ]
    axes.set_xlim(-1.12, 1.12)
    axes.set_ylim(-1.2, 1.2)
    axes.set_aspect("equal")
    axes.set_axis_off()
    figure.legend(
        handles=handles,
        loc="outside upper left",
        ncols=-(-len(handles) // 2),
        frameon=False,
        borderpad=0.0,
    )
    on.height_on_phones(figure, 3.7)
    return figure
