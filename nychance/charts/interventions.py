"""Interventions: who receives them, and their association with exits."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from evalbook.report.style import INK, NEUTRAL
from evalbook.report.underlying import SHARE_COLUMNS, Column, attach_data, share_rows
from evalbook.sdc.thresholds import HIDDEN, SafeShare, require_safe
from evalbook.text.language import Language, Text, number
from nychance import tr
from nychance.charts.axes import ROLE_NAMES, broken, legend_above, only_grid
from nychance.charts.colours import GROUP_COLOURS
from nychance.charts.panels import share_panels

INTERVENTION = tr("Intervention")


def use_by_group(
    shares: Mapping[str, Mapping[str, Mapping[str, SafeShare | None]]],
    kinds: Mapping[str, Text],
    groups: Mapping[str, Text],
    language: Language,
) -> Figure:
    """Draw the use of each intervention by group, one panel per intervention on the same scale.

    Parameters
    ----------
    shares : mapping
        `shares[kind][group][role]`; None where hidden or where there is nobody.
    kinds, groups : mapping
        Keys to names, groups in order from the top.
    """
    figure, axes = plt.subplots(figsize=(7.2, 1.6 + 0.4 * len(groups)))
    most = max(
        share.interval[1]
        for by_group in shares.values()
        for by_role in by_group.values()
        for share in by_role.values()
        if share
    )
    begins = share_panels(axes, [broken(name[language]) for name in kinds.values()], most, language)
    for role, marker, offset in (("method", "o", -0.16), ("comparison", "s", 0.16)):
        dots: list[tuple[float, float, float, float]] = []
        for begin, kind in zip(begins, kinds, strict=True):
            for row, group in enumerate(groups):
                share = shares[kind][group].get(role)
                require_safe(share)
                if share is None:
                    axes.text(
                        begin + 0.01,
                        row + offset,
                        HIDDEN,
                        va="center",
                        fontsize=7,
                        color=NEUTRAL,
                        in_layout=False,
                    )
                else:
                    low, high = share.interval
                    dots.append((row + offset, begin + share.value, begin + low, begin + high))
        rows, values, lows, highs = np.array(dots).reshape(-1, 4).T
        axes.hlines(rows, lows, highs, color=GROUP_COLOURS[role], linewidth=1.6)
        axes.plot(
            values,
            rows,
            marker,
            color=GROUP_COLOURS[role],
            markersize=5,
            label=ROLE_NAMES[role][language],
        )
    axes.set_yticks(range(len(groups)), [name[language] for name in groups.values()])
    axes.set_ylim(len(groups) - 0.5, -0.5)
    legend_above(axes, 2)
    cells = [
        ({"kind": kinds[k], "group": groups[g], "role": ROLE_NAMES[role]}, shares[k][g].get(role))
        for k in kinds
        for g in groups
        for role in ROLE_NAMES
    ]
    named = {
        "kind": Column(INTERVENTION),
        "group": Column(tr("Group")),
        "role": Column(tr("Municipalities")),
    }
    return attach_data(figure, share_rows(cells), named | SHARE_COLUMNS)


def ratios(
    table: pd.DataFrame, names: Mapping[str, Text], label: Text, language: Language
) -> Figure:
    """Draw ratios with their intervals on a logarithmic axis, around the line of no difference.

    Parameters
    ----------
    table : DataFrame
        Indexed by key: a ratio, `lower` and `upper`, in this order; missing where there
        are too few exits.
    label : Text
        Label of the ratio.
    """
    figure, axes = plt.subplots(figsize=(7.2, 1.1 + 0.5 * len(names)))
    axes.axvline(1, color=NEUTRAL, linewidth=1.2)
    drawn = table.reindex(list(names))
    for row, (ratio, low, high) in enumerate(drawn.to_numpy()):
        if pd.isna(ratio):
            continue
        clear = low > 1 or high < 1
        axes.plot([low, high], [row, row], color=INK, linewidth=2.5, solid_capstyle="butt")
        axes.plot(
            ratio,
            row,
            "o",
            color=INK,
            markersize=8,
            fillstyle="full" if clear else "none",
            markerfacecoloralt="white",
            markerfacecolor=INK if clear else "white",
        )
        axes.annotate(
            number(ratio, language, 2),
            (high, row),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
        )
    axes.set_yticks(range(len(names)), [name[language] for name in names.values()])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xscale("log")
    ends = drawn[["lower", "upper"]].fillna(1).to_numpy()
    ticks = [
        tick
        for tick in (0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4)
        if 0.9 * ends.min() <= tick <= 1.15 * ends.max()
    ]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda value, _: number(value, language, 2))
    axes.set_xlim(0.9 * min(ends.min(), 0.85), 1.15 * max(ends.max(), 1.2))
    axes.set_xlabel(label[language])
    only_grid(axes, "x")
    ratio = str(table.columns[0])
    columns = {
        "name": Column(INTERVENTION),
        ratio: Column(tr("Hazard ratio"), "number", 2),
        "lower": Column(tr("Lower bound"), "number", 2),
        "upper": Column(tr("Upper bound"), "number", 2),
    }
    return attach_data(figure, drawn.assign(name=pd.Series(dict(names))), columns)
