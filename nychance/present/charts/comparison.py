"""Method against comparison municipalities."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from nychance.catalogue import tr
from nychance.language import Language, Text
from nychance.present.behind import Column, lay_behind
from nychance.present.charts.axes import ROLE_NAMES, format_axis, legend_above, only_grid
from nychance.present.style import COMPARISON, METHOD, NEUTRAL


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
