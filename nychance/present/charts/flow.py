"""How people move: the grid of transitions."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from nychance.language import Language, Text, number
from nychance.present.behind import Column, lay_behind


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
