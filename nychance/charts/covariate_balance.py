"""Covariate balance before and after weighting, and the specification curve."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from evalbook.report.style import INK, LIGHT, NEUTRAL
from evalbook.report.underlying import HIGH, LOW, Column, attach_data
from evalbook.text.language import Language, Text
from nychance import tr
from nychance.charts.axes import format_axis, legend_above, margins, only_grid

# Standardised differences below this are usually regarded as balance (Austin 2009).
BALANCED = 0.1
# Width of a character of a choice's name, in inches.
CHARACTER = 0.07
_SIDES = (
    ("before", "o", "white", tr("Unweighted")),
    ("after", "D", INK, tr("Weighted")),
)


def love_plot(balance: pd.DataFrame, names: Mapping[str, Text], language: Language) -> Figure:
    """Draw the standardised differences of each condition, before and after weighting.

    Parameters
    ----------
    balance : DataFrame
        By term, standardised differences `before` and `after`, as returned by
        `evalbook.models.balance_table`.
    names : mapping
        Names of the terms; a term without a name keeps its own.
    """
    order = balance.sort_values("before", key=lambda values: values.abs(), kind="stable").index
    rows = np.arange(len(order))
    figure, axes = plt.subplots(figsize=(7.2, 1.5 + 0.38 * len(order)))
    axes.axvspan(-BALANCED, BALANCED, color=LIGHT, alpha=0.5)
    axes.axvline(0, color=NEUTRAL, linewidth=0.8)
    axes.hlines(
        rows, balance.loc[order, "before"], balance.loc[order, "after"], color=LIGHT, linewidth=1.5
    )
    for column, marker, colour, label in _SIDES:
        axes.plot(
            balance.loc[order, column],
            rows,
            marker,
            color=INK,
            markerfacecolor=colour,
            markersize=7,
            label=label[language],
        )
    axes.set_yticks(rows, [names[term][language] if term in names else str(term) for term in order])
    axes.set_ylim(-0.6, len(order) - 0.4)
    format_axis(axes.xaxis, language)
    label = tr("Difference in standard deviations")
    axes.set_xlabel(label[language])
    only_grid(axes, "x")
    # A minimum range, so that small differences look small.
    reach = max(
        3 * BALANCED, 1.08 * float(np.abs(balance[["before", "after"]].to_numpy(dtype=float)).max())
    )
    axes.set_xlim(-reach, reach)
    legend_above(axes, 2)
    table = balance.loc[order[::-1]].assign(
        term=pd.Series({term: names.get(term, str(term)) for term in order})
    )
    shown = {
        column: Column(name, "number", 2, counted="municipalities") for column, _, _, name in _SIDES
    }
    return attach_data(figure, table, {"term": Column(tr("Framework condition")), **shown})


def specification_chart(
    table: pd.DataFrame,
    choices: Mapping[str, Text],
    options: Mapping[str, Text],
    label: Text,
    language: Language,
    *,
    share: bool = True,
) -> Figure:
    """Draw the specification curve: all estimates in order, above the choices made.

    Parameters
    ----------
    table : DataFrame
        A row per specification in order: the choices' columns, `estimate`, `lower`, `upper` and
        `problem`, as returned by `evalbook.models.specification_curve`. Those with a problem are
        not drawn.
    choices, options : mapping
        Names of the choices (columns) and of their options; an option without a name keeps its
        own.
    label : Text
        What is estimated.
    share : bool
        Whether it is a share, to be written in per cent.
    """
    found = table[table["problem"] == ""].reset_index(drop=True)
    rows = [
        (choice, option)
        for choice in choices
        for option in sorted(found[choice].astype(str).unique())
    ]
    names = [
        f"{choices[c][language]}: {options[o][language] if o in options else o}" for c, o in rows
    ]
    figure, (above, below) = plt.subplots(
        2,
        1,
        sharex=True,
        figsize=(7.2, 2.6 + 0.19 * len(rows)),
        height_ratios=(2.0, 0.2 + 0.19 * len(rows)),
        layout="none",
    )
    margins(figure, left=0.2 + CHARACTER * max(map(len, names)), top=0.45, bottom=0.6)
    figure.subplots_adjust(hspace=0.05)
    excludes = ((found["lower"] > 0) | (found["upper"] < 0)).to_numpy()
    above.axhline(0, color=NEUTRAL, linewidth=0.8)
    for chosen, marker, colour, name in (
        (excludes, "o", INK, tr("Interval excludes 0")),
        (~excludes, "s", NEUTRAL, tr("Interval includes 0")),
    ):
        part = found[chosen]
        above.vlines(
            part.index, part["lower"], part["upper"], color=colour, linewidth=1.2, alpha=0.8
        )
        if len(part):
            above.plot(
                part.index,
                part["estimate"],
                marker,
                color=colour,
                markersize=5,
                markerfacecolor=colour if colour == INK else "white",
                label=name[language],
            )
    format_axis(above.yaxis, language, share=share)
    above.set_ylabel(label[language])
    only_grid(above, "y")
    for row, (choice, option) in enumerate(rows):
        taken = found.index[found[choice].astype(str) == option]
        below.plot(taken, [row] * len(taken), "|", color=INK, markersize=7)
    below.set_yticks(range(len(rows)), names, fontsize=8)
    below.set_ylim(len(rows) - 0.4, -0.6)
    below.set_xticks([])
    above.xaxis.set_visible(False)
    below.set_xlabel(tr("Specifications, by size of the estimate")[language])
    below.grid(visible=False)
    legend_above(above, 2)
    chosen_as = {
        choice: found[choice].astype(str).map(lambda option: options.get(option, option))
        for choice in choices
    }
    unit = "share" if share else "number"
    numbers = {"estimate": label, "lower": LOW, "upper": HIGH}
    columns = {choice: Column(name) for choice, name in choices.items()}
    return attach_data(
        figure,
        found.assign(**chosen_as),
        columns
        | {key: Column(name, unit, 1, counted="municipalities") for key, name in numbers.items()},
    )
