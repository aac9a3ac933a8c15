"""Saturation: the number of different codes by the number of interviews."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from evalbook.report.style import SERIES
from evalbook.report.underlying import Column, attach_data
from evalbook.text.language import Language
from nychance import tr
from nychance.charts.axes import format_axis, legend_above


def saturation_curve(curve: pd.DataFrame, codes: int, language: Language) -> Figure:
    """Draw the codes found so far, as observed and as expected over orders of the interviews.

    Parameters
    ----------
    curve : DataFrame
        Indexed by the number of interviews: `observed`, `expected`.
    codes : int
        The number of codes.
    """
    figure, axes = plt.subplots(figsize=(7.2, 3.4))
    names = {"observed": tr("In the order held"), "expected": tr("Expected")}
    for colour, dash, (column, name) in zip(SERIES, ("-", "--"), names.items(), strict=False):
        axes.plot(
            curve.index,
            curve[column],
            color=colour,
            linestyle=dash,
            linewidth=2,
            label=name[language],
        )
    axes.set_xlim(0, max(int(curve.index[-1]), 1))
    axes.set_ylim(0, codes * 1.05)
    axes.set_xlabel(tr("Interviews")[language])
    axes.set_ylabel(tr("Number of different codes")[language])
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    format_axis(axes.xaxis, language)
    format_axis(axes.yaxis, language)
    legend_above(axes, 2)
    shown = {
        "observed": Column(names["observed"], "count"),
        "expected": Column(names["expected"], "number", 1),
    }
    return attach_data(
        figure,
        curve.assign(talks=curve.index),
        {"talks": Column(tr("Interviews"), "count"), **shown},
    )
