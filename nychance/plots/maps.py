"""A map of the real municipalities, with the capital's suburbs enlarged."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline

from evalbook.paths import public_directory
from evalbook.report.style import NEUTRAL, SEQUENTIAL
from nychance import tr
from nychance.plots import axes as on
from nychance.public_data import boundaries

CLASSES: Final = 5
BORNHOLM: Final = tr("Bornholm").en
# The municipalities around the capital, which the inset shows.
CAPITAL: Final = (
    *(101, 147, 151, 153, 155, 157, 159, 161, 163, 165),
    *(167, 169, 173, 175, 183, 185, 187, 190, 223, 230, 253),
)


def choropleth(values: "pd.Series[float]", label: str, *, decimals: int = 1) -> Figure:
    """Draw the 98 municipalities in five classes with equally many of them; the highest is hatched.

    Parameters
    ----------
    values : Series
        By code of the municipality.
    label : str
        The measure with its unit.
    """
    outlines = _country(public_directory() / boundaries.FILE)
    codes = [code for code in outlines if code in values.index]
    found = values.loc[codes].to_numpy(dtype=float)
    edges = np.quantile(found, np.linspace(0, 1, CLASSES + 1))
    edges[-1] = np.nextafter(edges[-1], np.inf)
    figure, axes = plt.subplots(figsize=(7.2, 5.4))
    _shade(axes, [outlines[code] for code in codes], found, edges)
    axes.autoscale_view()
    inset = axes.inset_axes((0.66, 0.5, 0.46, 0.5))
    near = [place for place, code in enumerate(codes) if code in CAPITAL]
    _shade(inset, [outlines[codes[place]] for place in near], found[near], edges)
    inset.autoscale_view()
    _frame(inset)
    (west, south, east, north) = _bornholm(public_directory() / boundaries.FILE)
    axes.add_patch(
        Rectangle(
            (west, south), east - west, north - south, fill=False, edgecolor=NEUTRAL, linewidth=0.8
        )
    )
    on.note(axes, BORNHOLM, west, north, xytext=(0, 3), va="bottom", color=NEUTRAL)
    for each in (axes, inset):
        each.set_aspect("equal")
    axes.set_axis_off()
    _key(figure, edges, label, decimals)
    on.height_on_phones(figure, 4.2)
    return figure


def _shade(axes: Axes, outlines: Sequence[Outline], found: Any, edges: Any) -> None:
    patches = [PathPatch(outline) for outline in outlines]
    shading = PatchCollection(
        patches,
        cmap=plt.get_cmap(f"{SEQUENTIAL}_r", CLASSES),
        norm=BoundaryNorm(edges, CLASSES),
        edgecolor="white",
        linewidth=0.4,
    )
    shading.set_array(found)
    axes.add_collection(shading)
    highest = [patch for patch, value in zip(patches, found, strict=True) if value >= edges[-2]]
    axes.add_collection(
        PatchCollection(highest, facecolor="none", edgecolor="white", linewidth=0.4, hatch="////")
    )


def _frame(inset: Axes) -> None:
    inset.set_xticks([])
    inset.set_yticks([])
    for spine in inset.spines.values():
        spine.set_visible(True)
        spine.set_edgecolor(NEUTRAL)


def _key(figure: Figure, edges: Any, label: str, decimals: int) -> None:
    colours = plt.get_cmap(f"{SEQUENTIAL}_r", CLASSES)(np.arange(CLASSES))
    handles = [Rectangle((0, 0), 1, 1, facecolor=colour, edgecolor="white") for colour in colours]
    handles[-1].set_hatch("////")
    texts = [f"{low:.{decimals}f}\N{EN DASH}{high:.{decimals}f}" for low, high in pairwise(edges)]
    legend = figure.legend(
        handles,
        texts,
        title=label,
        loc="outside upper left",
        ncols=CLASSES,
        frameon=False,
        borderpad=0.0,
    )
    legend.set_alignment("left")


@lru_cache(maxsize=1)
def _country(file: Path) -> dict[int, Outline]:
    """Read the outlines by code of the municipality."""
    return {
        code: Outline.make_compound_path(
            *(Outline(ring, closed=True) for ring in map(boundaries.coarser, rings))
        )
        for code, rings in boundaries.read(file).items()
    }


@lru_cache(maxsize=1)
def _bornholm(file: Path) -> boundaries.Box:
    return boundaries.bounding_box(boundaries.read(file)[boundaries.BORNHOLM], margin=5)
