"""Tables of counts as shaded squares: codes by place, and co-occurrence of codes."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from evalbook.report.style import INK, LIGHT
from evalbook.report.underlying import Column, attach_data
from evalbook.sdc import HIDDEN
from evalbook.text.language import Language, Text, number
from nychance import tr

# Starts at white, so that the numbers stay legible on every shade.
SHADES = "Blues"
# The numbers below have `in_layout=False`: they fit in their squares and need not be measured.


def code_matrix(
    values: pd.DataFrame,
    rows: Mapping[str, Text],
    columns: Mapping[str, Text],
    language: Language,
    *,
    decimals: int = 0,
) -> Figure:
    """Draw a matrix with its numbers, darker for more; a hidden number is a dot.

    Parameters
    ----------
    values : DataFrame
        Indexed by the rows' keys, one column per column key; NaN where hidden.
    rows, columns : mapping
        Keys to names, in order.
    """
    shown = values.loc[list(rows), list(columns)].to_numpy(dtype=float)
    figure, axes = plt.subplots(figsize=(7.2, 1.5 + 0.36 * len(rows)))
    most = float(np.nanmax(shown)) if np.isfinite(shown).any() else 0.0
    axes.pcolormesh(
        np.ma.masked_invalid(shown),
        cmap=SHADES,
        vmin=0,
        vmax=1.15 * most or 1.0,
        edgecolors="white",
        linewidth=1.5,
    )
    axes.set_facecolor(LIGHT)
    for (row, column), value in np.ndenumerate(shown):
        text = HIDDEN if np.isnan(value) else number(value, language, decimals)
        dark = not np.isnan(value) and value > 0.72 * most
        axes.text(
            column + 0.5,
            row + 0.5,
            text,
            ha="center",
            va="center",
            fontsize=8.5,
            color="white" if dark else INK,
            in_layout=False,
        )
    axes.set_yticks(np.arange(len(rows)) + 0.5, [name[language] for name in rows.values()])
    axes.set_xticks(
        np.arange(len(columns)) + 0.5,
        [_broken(name[language]) for name in columns.values()],
        fontsize=8.5,
    )
    axes.xaxis.tick_top()
    axes.set_ylim(len(rows), 0)
    axes.grid(visible=False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    table = values.loc[list(rows), list(columns)].assign(name=pd.Series(dict(rows)))
    shown_as = {key: Column(name, "number", decimals) for key, name in columns.items()}
    return attach_data(figure, table, {"name": Column(tr("What")), **shown_as})


def pairs(
    counts: pd.DataFrame, names: Mapping[str, Text], language: Language, *, decimals: int = 2
) -> Figure:
    """Draw the lower half of a symmetric matrix of how often codes occur together."""
    lower = counts.loc[list(names), list(names)].where(
        np.tril(np.ones((len(names), len(names))), k=-1) > 0
    )
    size = len(names)
    figure, axes = plt.subplots(figsize=(7.2, 1.2 + 0.42 * size))
    values = lower.to_numpy(dtype=float)
    most = float(np.nanmax(values)) if np.isfinite(values).any() else 0.0
    axes.pcolormesh(
        np.ma.masked_invalid(values),
        cmap=SHADES,
        vmin=0,
        vmax=1.15 * most or 1.0,
        edgecolors="white",
        linewidth=1.5,
    )
    for (row, column), value in np.ndenumerate(values):
        if not np.isnan(value):
            axes.text(
                column + 0.5,
                row + 0.5,
                number(value, language, decimals),
                ha="center",
                va="center",
                fontsize=8,
                color="white" if value > 0.72 * most else INK,
                in_layout=False,
            )
    listed = [name[language] for name in names.values()]
    axes.set_yticks(np.arange(1, size) + 0.5, listed[1:], fontsize=8.5)
    axes.set_xticks(np.arange(size - 1) + 0.5, listed[:-1], rotation=35, ha="right", fontsize=8.5)
    axes.set_xlim(0, size - 1)
    axes.set_ylim(size, 1)
    axes.grid(visible=False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    keys = list(names)
    table = lower.loc[keys[1:], keys[:-1]].assign(
        name=pd.Series({key: names[key] for key in keys[1:]})
    )
    columns = {key: Column(names[key], "number", decimals) for key in keys[:-1]}
    return attach_data(figure, table, {"name": Column(tr("Code")), **columns})


def _broken(text: str) -> str:
    head, space, tail = text.partition(" ")
    return f"{head}\n{tail}" if space else text
