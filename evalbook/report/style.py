"""One look for every figure: palette, type and the source line."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.figure import Figure

# Okabe & Ito's colours, which stay apart for colour-blind readers, in an order that also falls in
# lightness.
NEUTRAL = "#5F6B76"
LIGHT = "#C9D1D8"
INK = "#1F2933"
TARGET = "#B0003A"
SEQUENTIAL = "cividis"
SERIES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
# Lines also differ in marker and dash, for readers in grey print.
MARKERS = ("o", "s", "^", "D", "v", "P")

# What a page is to write in; texts are measured in the first.
FAMILY = "'DejaVu Sans', 'Verdana', sans-serif"

RC: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10,
    # What cells draw with seaborn or pandas has the same colours as the charts.
    "axes.prop_cycle": cycler(color=SERIES),
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelcolor": INK,
    "axes.edgecolor": NEUTRAL,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": "#E4E8EC",
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    # No tick marks, and titles where they are put: each would be looked at several times over.
    "xtick.bottom": False,
    "ytick.left": False,
    "axes.titley": 1.0,
    "figure.figsize": (7.2, 4.0),
    "figure.constrained_layout.use": True,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    # Real text: searchable, selectable, and small; the salt makes the same figure the same file.
    "svg.fonttype": "none",
    "svg.hashsalt": "evalbook",
}


@contextmanager
def report_style() -> Iterator[None]:
    """Draw in the report's style inside the `with` block."""
    with mpl.rc_context(RC):
        yield


def use_report_style() -> None:
    """Draw in the report's style from here on, as a notebook does."""
    mpl.rcParams.update(RC)
    # Grids of seaborn have a layout of their own, and say so each time.
    warnings.filterwarnings("ignore", "The figure layout has changed to tight", UserWarning)


def add_source_line(figure: Figure, text: str) -> None:
    """Write the source at the foot of a figure, where it stays when the file travels."""
    figure.supxlabel(text, x=0.01, ha="left", fontsize=7.5, color=NEUTRAL)
