"""Panels side by side on one scale, in one set of axes: several sets would take several times as long to draw."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from nychance.language import Language, number
from nychance.present.charts.axes import PER_CENT
from nychance.present.style import NEUTRAL

# Between panels, of a panel's width.
BETWEEN = 0.12
STEPS = (0.05, 0.1, 0.2, 0.25, 0.5)


def share_panels(axes: Axes, names: Sequence[str], most: float, language: Language) -> list[float]:
    """Divide axes into panels for shares from zero to `most`; gives where each panel's zero lies.

    Parameters
    ----------
    names : sequence of str
        What stands over each panel.
    """
    step = next((step for step in STEPS if most / step < 4), STEPS[-1])
    ticks = np.arange(0, most + 1e-9, step)
    begins = [place * (1 + BETWEEN) * most for place in range(len(names))]
    for begin, name in zip(begins, names, strict=True):
        axes.axvline(begin, color=NEUTRAL, linewidth=0.8, zorder=1)
        axes.text(begin, 1.01, name, transform=axes.get_xaxis_transform(), ha="left", va="bottom", fontsize=8.5)
    written = [number(100 * tick, language) for tick in ticks]
    axes.set_xticks([begin + tick for begin in begins for tick in ticks], written * len(names), fontsize=8.5)
    axes.set_xlim(0, begins[-1] + most)
    axes.set_xlabel(PER_CENT[language])
    axes.spines["left"].set_visible(False)
    axes.grid(visible=False)
    axes.grid(visible=True, axis="x")
    return begins
