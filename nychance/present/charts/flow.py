"""How people move: the staircase and the grid of transitions."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from nychance.catalogue import tr
from nychance.language import Language, Text, number, percent
from nychance.present.behind import Column, lay_behind
from nychance.present.charts.axes import ROLE_NAMES
from nychance.present.style import COMPARISON, INK, METHOD


def transition_grid(shares: pd.DataFrame, names: Mapping[str, Text], axis_names: tuple[Text, Text], language: Language) -> Figure:
    """Draw row shares as a grid: from the row's state to the column's; hidden cells are left empty.

    Parameters
    ----------
    shares : DataFrame
        Row shares, states as index and columns; missing where hidden.
    axis_names : pair of Text
        What the rows and the columns are.
    """
    figure, axes = plt.subplots(figsize=(7.2, 5.0))
    texts = shares.map(lambda v: "" if pd.isna(v) else number(100 * v, language))
    labels = [names[key][language] for key in shares.columns]
    sns.heatmap(
        shares.astype(float), annot=texts.to_numpy(), fmt="", cmap="cividis_r", vmin=0, vmax=1, cbar=False,
        linewidths=1.5, linecolor="white", xticklabels=labels, yticklabels=[names[k][language] for k in shares.index],
        ax=axes,
    )  # fmt: skip
    axes.set_ylabel(axis_names[0][language])
    axes.set_xlabel(axis_names[1][language])
    axes.xaxis.set_label_position("top")
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", rotation=30)
    axes.tick_params(axis="y", rotation=0)
    for label in axes.get_xticklabels():
        label.set_horizontalalignment("left")
    axes.grid(visible=False)
    table = shares.astype(float).assign(start=pd.Series({key: names[key] for key in shares.index}))
    columns = {"start": Column(axis_names[0])} | {key: Column(names[key], "share", 0) for key in shares.columns}
    return lay_behind(figure, table, columns)


def staircase(shares: Mapping[str, Sequence[float | None]], steps: Sequence[Text], language: Language) -> Figure:
    """Draw the staircase as a staircase: each step higher than the one before, with the share who stand on it.

    Parameters
    ----------
    shares : mapping
        `method` and `comparison` to the share of the group on each step, from the bottom; None where hidden.
    """
    figure, axes = plt.subplots(figsize=(7.2, 4.3))
    count = len(steps)
    for index, name in enumerate(steps):
        axes.bar(index, index + 1, width=1.0, color="#EDF1F4", edgecolor="white", align="edge")
        axes.text(index + 0.5, index + 0.92, name[language].replace(" ", "\n"), ha="center", va="top", fontsize=7.8)
        for role, colour, shift in (("method", METHOD, 0.62), ("comparison", COMPARISON, 0.28)):
            value = shares[role][index]
            text = "•" if value is None else percent(value, language, 1)
            axes.text(index + 0.5, index + 1 + shift, text, ha="center", va="center", fontsize=9.5, color=INK,
                      bbox={"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": colour, "linewidth": 1.6,
                            "linestyle": "-" if role == "method" else "--"})  # fmt: skip
    axes.set_xlim(0, count)
    axes.set_ylim(0, count + 1.2)
    axes.set_axis_off()
    words = tr("upper: method municipalities, lower (dashed): comparison municipalities")  # fmt: skip
    axes.text(0.02, count + 0.9, words[language], fontsize=8.5, color=INK)
    table = pd.DataFrame({"step": steps, **{role: pd.array(shares[role], dtype="Float64") for role in ROLE_NAMES}})
    columns = {"step": Column(tr("Step"))} | {role: Column(name, "share", 1) for role, name in ROLE_NAMES.items()}
    return lay_behind(figure, table, columns)
