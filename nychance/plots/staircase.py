"""The staircase model, and moves between states at two dates."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from evalbook.report import phones
from evalbook.report.style import INK, LIGHT, NEUTRAL, SERIES
from nychance.plots import axes as on
from nychance.plots import tidy

# Height of a step, as a share of the group: bars and steps have one scale.
RISE: Final = 0.14
# Gap between states, and width of a state's bar, as shares of the figure.
GAP: Final = 0.03
WIDTH: Final = 0.05
# States that the programme is for stand out; the others are grey.
STRONG: Final[Mapping[Hashable, str]] = {"self-support": SERIES[2], "active": SERIES[4]}


def staircase(
    table: pd.DataFrame, step: str = "step", hue: str = "role", *, ax: Axes | None = None
) -> Figure:
    """Draw the share on each step as bars on its tread, with intervals.

    Parameters
    ----------
    table : DataFrame
        Tidy shares by step, from the bottom, and by kind of municipality.
    """
    frame = tidy.flat(table)
    steps, hues = tidy.values(frame, step), tidy.values(frame, hue)
    figure, (axes,) = on.panels([None], 4.0, 1, ax)
    treads = RISE * np.arange(1, len(steps) + 1)
    axes.bar(range(len(steps)), treads, width=1.0, color=LIGHT, alpha=0.45, linewidth=0)
    edges = np.arange(len(steps) + 1) - 0.5
    axes.step(edges, [*treads, treads[-1]], where="post", color=NEUTRAL, linewidth=1.6)
    width = 0.72 / len(hues)
    for place, (value, (colour, _, _)) in enumerate(tidy.look(hues).items()):
        mine = tidy.part(frame, hue, value)
        on_step = tidy.places(mine[step], steps)
        at, base = on_step + width * (place + 0.5 - len(hues) / 2), treads[on_step]
        look = on.bar_look(colour, place) | {"label": str(value)}
        axes.bar(at, mine["estimate"], width=0.9 * width, bottom=base, **look)
        axes.vlines(at, base + mine["lower"], base + mine["upper"], color=INK, linewidth=1.2)
        for x, y, (_, found) in zip(at, base, mine.iterrows(), strict=True):
            top = np.nanmax([0.0, found["estimate"], found["upper"]])
            if np.isfinite(found["estimate"]):
                _above(axes, tidy.write(found["estimate"]), x, y + top)
            else:
                _above(axes, tidy.reason(found), x, y, color=NEUTRAL, rotation=90)
    axes.set_xticks(range(len(steps)), [str(each) for each in steps], fontsize=9)
    axes.set_xlim(-0.52, len(steps) - 0.48)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_visible(False)
    axes.grid(visible=False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    on.key(axes)
    return figure


def _above(axes: Axes, text: str, x: float, y: float, **options: Any) -> None:
    """Write a number above its bar; on phones without its unit, for which there is no room."""
    note = on.note(axes, text, x, y, xytext=(0, 2), ha="center", va="bottom", **options)

    def change(undo: ExitStack, _length: Callable[[str], int]) -> None:
        undo.callback(note.set_text, text)
        note.set_text(text.removesuffix("%"))

    phones.adapt(on.figure_of(axes), change)


def alluvial(
    table: pd.DataFrame,
    before: str = "before",
    after: str = "after",
    *,
    totals: tuple[pd.DataFrame, pd.DataFrame] | None = None,
    strong: Mapping[Hashable, str] = STRONG,
    dates: Sequence[str] = (),
) -> Figure:
    """Draw streams from the states at one date to those at the next, as wide as their counts.

    Parameters
    ----------
    table : DataFrame
        Tidy counts by state before and after; what is hidden leaves a gap at both ends.
    before, after : str
        Groups.
    totals : pair of DataFrame, optional
        Tidy counts by state at each date; default the sums of what is shown.
    strong : mapping
        Colours of the states whose streams stand out.
    dates : sequence of str
        Headings of the two sides.
    """
    frame = tidy.flat(table)
    states = list(dict.fromkeys([*tidy.values(frame, before), *tidy.values(frame, after)]))
    wide = frame.pivot(index=before, columns=after, values="estimate")
    counts = tidy.in_order(wide, states, states)
    sides = [_heights(counts, side, totals, states) for side in (0, 1)]
    figure, (axes,) = on.panels([None], 4.4, 1)
    people = float(sides[0].sum())
    tops = [
        _side(axes, heights / people, x, side, strong)
        for heights, x, side in zip(sides, (0.0, 1.0 - WIDTH), ("right", "left"), strict=True)
    ]
    for one, row in counts.iterrows():
        for other, count in row.items():
            if count > 0:
                height = float(count) / people
                _stream(axes, tops[0][one], tops[1][other], height, strong.get(other))
                tops[0][one] -= height
                tops[1][other] -= height
    for x, side, text in zip((WIDTH, 1 - WIDTH), ("right", "left"), dates, strict=False):
        axes.text(x, 1.03, text, ha=side, va="bottom", fontsize=9, fontweight="bold")
    axes.set_xlim(0, 1)
    axes.set_ylim(-GAP * len(states), 1.08 if dates else 1.0)
    axes.set_axis_off()
    return figure


def _heights(
    counts: pd.DataFrame, side: int, totals: Sequence[pd.DataFrame] | None, states: Sequence[Any]
) -> "pd.Series[float]":
    if totals is None:
        return counts.sum() if side else counts.T.sum()
    given = tidy.flat(totals[side])
    column = next(
        c for c in given if c not in ("estimate", "lower", "upper", "n", "unit", "status")
    )
    return given.set_index(column)["estimate"].reindex(pd.Index(states)).fillna(0.0)


def _side(
    axes: Axes, heights: "pd.Series[float]", x: float, align: str, strong: Mapping[Hashable, str]
) -> dict[Hashable, float]:
    """Draw the states at one date; return where each begins."""
    place, tops = 1.0, {}
    for state, height in heights.items():
        if not height > 0:
            continue
        tops[state] = place
        face = strong.get(state, NEUTRAL)
        axes.add_patch(Rectangle((x, place - height), WIDTH, height, facecolor=face))
        on.note(
            axes,
            f"{state} \N{MIDDLE DOT} {tidy.write(height)}",
            0.0 if align == "right" else 1.0,
            place - height / 2,
            xytext=(-4 if align == "right" else 4, 0),
            ha=align,
        )
        place -= float(height) + GAP
    return tops


def _stream(axes: Axes, left: float, right: float, height: float, colour: str | None) -> None:
    x0, x1, middle = WIDTH, 1 - WIDTH, 0.5
    upper = [(x0, left), (middle, left), (middle, right), (x1, right)]
    lower = [(x, y - height) for x, y in upper[::-1]]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3]
    outline = Path(np.array(upper + lower), codes)
    alpha = 0.25 if colour is None else 0.6
    axes.add_patch(PathPatch(outline, facecolor=colour or NEUTRAL, alpha=alpha, linewidth=0))
