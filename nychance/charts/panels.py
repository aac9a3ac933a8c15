"""Panels side by side on one scale, in one set of axes.

Separate axes would take several times as long to draw.
"""

import textwrap
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalbook.report.style import INK, NEUTRAL
from evalbook.report.underlying import SHARE_COLUMNS, Column, attach_data, share_rows
from evalbook.sdc.thresholds import HIDDEN, SafeShare, require_safe
from evalbook.text.language import Language, Text, number
from nychance import tr
from nychance.charts.axes import PER_CENT
from nychance.charts.colours import METHOD

# Gap between panels, as a share of a panel's width.
BETWEEN = 0.12
STEPS = (0.05, 0.1, 0.2, 0.25, 0.5)


def share_panels(axes: Axes, names: Sequence[str], most: float, language: Language) -> list[float]:
    """Draw panels for shares from zero to `most` in one set of axes; return each panel's zero.

    Parameters
    ----------
    names : sequence of str
        Headings of the panels.
    """
    step = next((step for step in STEPS if most / step < 4), STEPS[-1])
    # A number at a panel's end would overlap the next panel's zero.
    ticks = np.arange(0, 0.97 * most, step)
    begins = [place * (1 + BETWEEN) * most for place in range(len(names))]
    for begin, name in zip(begins, names, strict=True):
        axes.axvline(begin, color=NEUTRAL, linewidth=0.8, zorder=1)
        axes.text(
            begin,
            1.01,
            name,
            transform=axes.get_xaxis_transform(),
            ha="left",
            va="bottom",
            fontsize=8.5,
        )
    written = [number(100 * tick, language) for tick in ticks]
    axes.set_xticks(
        [begin + tick for begin in begins for tick in ticks], written * len(names), fontsize=8.5
    )
    axes.set_xlim(0, begins[-1] + most)
    axes.set_xlabel(PER_CENT[language])
    axes.spines["left"].set_visible(False)
    axes.grid(visible=False)
    axes.grid(visible=True, axis="x")
    return begins


def dots_in_panels(
    shares: Mapping[str, Mapping[str, SafeShare | None]],
    panels: Mapping[str, Text],
    rows: Mapping[str, Text],
    language: Language,
) -> Figure:
    """Draw shares as dots with intervals, with a panel per category and a row per time.

    A hidden share is a small dot at zero.

    Parameters
    ----------
    shares : mapping
        `shares[panel][row]`; None where it is hidden.
    panels, rows : mapping
        Keys to names, in order; rows from the top.
    """
    figure, axes = plt.subplots(figsize=(7.2, 1.5 + 0.34 * len(rows)))
    most = max(
        (
            share.interval[1]
            for by_row in shares.values()
            for share in by_row.values()
            if share is not None
        ),
        default=1.0,
    )
    begins = share_panels(
        axes, [textwrap.fill(name[language], 14) for name in panels.values()], most, language
    )
    for begin, key in zip(begins, panels, strict=True):
        found = [shares[key][row] for row in rows]
        require_safe(*found)
        for place, share in enumerate(found):
            if share is None:
                axes.text(begin + 0.03, place, HIDDEN, va="center", color=NEUTRAL)
                continue
            low, high = share.interval
            axes.hlines(place, begin + low, begin + high, color=METHOD, linewidth=2)
            axes.plot(begin + share.value, place, "o", color=METHOD, markersize=6)
            axes.annotate(
                number(100 * share.value, language),
                (begin + share.value, place),
                xytext=(0, 6),
                textcoords="offset points",
                ha="center",
                fontsize=7.5,
                color=INK,
                in_layout=False,
            )
    axes.set_yticks(range(len(rows)), [name[language] for name in rows.values()])
    axes.set_ylim(len(rows) - 0.5, -0.6)
    cells = [
        ({"what": panels[key], "when": rows[row]}, shares[key][row])
        for key in panels
        for row in rows
    ]
    return attach_data(
        figure,
        share_rows(cells),
        {"what": Column(tr("What")), "when": Column(tr("Checkpoint"))} | SHARE_COLUMNS,
    )
