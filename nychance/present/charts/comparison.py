"""Method against comparison municipalities."""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from nychance.catalogue import tr
from nychance.disclosure.rules import Shown, passed_only
from nychance.language import Language, Text, percent
from nychance.present.behind import SHARE_COLUMNS, Column, lay_behind, share_rows
from nychance.present.charts.axes import PER_CENT, ROLE_NAMES, format_axis, legend_above, only_grid
from nychance.present.style import COMPARISON, GROUP_COLOURS, INK, LIGHT, METHOD, NEUTRAL, TARGET


@dataclass(frozen=True)
class Bullet:
    """One target: its name, its threshold, and its share in method and comparison municipalities."""

    name: Text
    threshold: float
    shares: dict[str, Shown | None]


def target_bullets(bullets: Sequence[Bullet], language: Language) -> Figure:
    """Draw each target as a bullet: dots with intervals for both kinds of municipality against the target's line."""
    figure, axes = plt.subplots(figsize=(7.2, 1.2 + 0.85 * len(bullets)))
    for row, bullet in enumerate(bullets):
        axes.barh(row, bullet.threshold, height=0.7, color=LIGHT, alpha=0.55)
        axes.plot([bullet.threshold] * 2, [row - 0.38, row + 0.38], color=TARGET, linewidth=2.5)
        for offset, marker, role in ((-0.17, "o", "method"), (0.17, "s", "comparison")):
            share = bullet.shares.get(role)
            passed_only(share)
            if share is None:
                continue
            colour = GROUP_COLOURS[role]
            low, high = share.interval
            axes.plot([low, high], [row + offset] * 2, color=colour, linewidth=3, solid_capstyle="butt")
            axes.plot(share.value, row + offset, marker, color=colour, markersize=8, markeredgecolor="white",
                      label=ROLE_NAMES[role][language] if row == 0 else None)  # fmt: skip
            axes.annotate(percent(share.value, language, 0), (high, row + offset), xytext=(6, 0),
                          textcoords="offset points", va="center", fontsize=8.5, color=INK,
                          bbox={"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none"})  # fmt: skip
    line = tr("Target")
    axes.plot([], [], color=TARGET, linewidth=2.5, label=line[language])
    axes.set_yticks(range(len(bullets)), [b.name[language] for b in bullets])
    axes.set_ylim(len(bullets) - 0.5, -0.5)
    axes.set_xlim(left=0)
    format_axis(axes.xaxis, language, share=True)
    axes.set_xlabel(PER_CENT[language])
    only_grid(axes, "x")
    axes.margins(x=0.12)
    legend_above(axes, 3)
    cells = [
        ({"target": b.name, "threshold": b.threshold, "role": ROLE_NAMES[role]}, b.shares.get(role))
        for b in bullets
        for role in ("method", "comparison")
    ]
    named = {
        "target": Column(line), "threshold": Column(tr("At least"), "share", counted="targets"),
        "role": Column(tr("Municipalities")),
    }  # fmt: skip
    return lay_behind(figure, share_rows(cells), named | SHARE_COLUMNS)


def change_dots(changes: pd.DataFrame, names: "pd.Series[str]", label: Text, language: Language) -> Figure:
    """Draw each municipality's change, sorted, with the mean of each kind of municipality as a line.

    Parameters
    ----------
    changes : DataFrame
        Indexed by municipality: `change` (difference of shares) and `role`.
    names : Series
        Names by municipality.
    label : Text
        What has changed.
    """
    ordered = changes.sort_values("change")
    figure, axes = plt.subplots(figsize=(7.2, 1.4 + 0.19 * len(ordered)))
    rows = np.arange(len(ordered))
    for role, marker in (("method", "o"), ("comparison", "s")):
        mine = (ordered["role"] == role).to_numpy()
        colour = METHOD if role == "method" else COMPARISON
        axes.plot(ordered["change"][mine], rows[mine], marker, color=colour, markersize=6,
                  label=ROLE_NAMES[role][language])  # fmt: skip
        axes.axvline(float(ordered["change"][mine].mean()), color=colour, linestyle="-" if role == "method" else "--")
    axes.axvline(0, color=NEUTRAL, linewidth=0.8)
    axes.set_yticks(rows, names.loc[ordered.index], fontsize=7.5)
    axes.set_ylim(-0.7, len(ordered) - 0.3)
    format_axis(axes.xaxis, language, share=True)
    axes.set_xlabel(label[language])
    only_grid(axes, "x")
    legend_above(axes, 2)
    table = ordered.iloc[::-1].assign(name=lambda t: names.loc[t.index], points=lambda t: 100 * t["change"])
    table["kind"] = table["role"].map(ROLE_NAMES)
    columns = {
        "name": Column(tr("Municipality")), "kind": Column(tr("Role")),
        "points": Column(label, "number", 1, counted="municipalities"),
    }  # fmt: skip
    return lay_behind(figure, table, columns)
