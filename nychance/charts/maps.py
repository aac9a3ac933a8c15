"""A map of the real municipalities, and a scatter plot of two of their figures."""

import textwrap
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.collections import PatchCollection
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline

from evalbook.models import CrossSection
from evalbook.paths import public_directory
from evalbook.report.style import INK, NEUTRAL
from evalbook.report.underlying import Column, attach_data
from evalbook.text.language import Language, Text, number
from nychance import tr
from nychance.charts.axes import format_axis
from nychance.public_data import boundaries
from nychance.public_data import tables as public

CLASSES = 5
HATCH = "////"
MUNICIPALITY = Column(tr("Municipality"))
# Left, bottom, right and top.
Box = tuple[float, float, float, float]


def choropleth(
    values: "pd.Series[float]", label: Text, language: Language, decimals: int = 1
) -> Figure:
    """Draw the 98 municipalities in five classes with equally many municipalities each.

    Parameters
    ----------
    values : Series
        Indexed by municipality code.
    label : Text
        The measure, with its unit.
    """
    figure, axes = plt.subplots(figsize=(7.2, 5.6))
    outlines, (west, south, east, north) = _country(public_directory() / boundaries.FILE)
    codes = [code for code in outlines if code in values.index]
    edges = np.quantile(values.loc[codes], np.linspace(0, 1, CLASSES + 1))
    edges[-1] = np.nextafter(edges[-1], np.inf)
    patches = [PathPatch(outlines[code]) for code in codes]
    shading = PatchCollection(
        patches,
        cmap=plt.get_cmap("cividis_r", CLASSES),
        norm=BoundaryNorm(edges, CLASSES),
        edgecolor="white",
        linewidth=0.4,
    )
    shading.set_array(values.loc[codes].to_numpy())
    axes.add_collection(shading)
    # The highest class is hatched, so that it is recognisable without colours.
    highest = [
        patch for patch, value in zip(patches, values.loc[codes], strict=True) if value >= edges[-2]
    ]
    axes.add_collection(
        PatchCollection(highest, facecolor="none", edgecolor="#ffffff", linewidth=0.4, hatch=HATCH)
    )
    axes.add_patch(
        Rectangle(
            (west, south), east - west, north - south, fill=False, edgecolor=NEUTRAL, linewidth=0.8
        )
    )
    axes.annotate(
        "Bornholm",
        (west, north),
        xytext=(0, 3),
        textcoords="offset points",
        fontsize=8,
        color=NEUTRAL,
    )
    axes.autoscale_view()
    axes.set_aspect("equal")
    axes.set_axis_off()
    _class_legend(figure, shading, edges, label, language, decimals)
    ordered = values.loc[codes].sort_values(ascending=False)
    table = pd.DataFrame(
        {"name": public.municipalities()["name"].loc[ordered.index], "value": ordered}
    )
    return attach_data(
        figure, table, {"name": MUNICIPALITY, "value": Column(label, "number", decimals)}
    )


def scatter_with_fit(
    data: pd.DataFrame,
    exposure: str,
    outcome: str,
    fit: CrossSection,
    labels: tuple[Text, Text],
    names: "pd.Series[str]",
    language: Language,
) -> Figure:
    """Draw municipalities with the fitted line and its band, labelling those with high leverage.

    Parameters
    ----------
    data : DataFrame
        Indexed by municipality.
    labels : pair of Text
        Names of the exposure and of the outcome, with units.
    """
    figure, axes = plt.subplots(figsize=(7.2, 4.6))
    grid = np.linspace(data[exposure].min(), data[exposure].max(), 100)
    mean, low, high = fit.predict(grid)
    axes.fill_between(grid, low, high, color=NEUTRAL, alpha=0.15, linewidth=0)
    axes.plot(grid, mean, color=INK, linewidth=2)
    named = data.index.isin(fit.influential)
    axes.plot(
        data[exposure][~named],
        data[outcome][~named],
        "o",
        color=NEUTRAL,
        markersize=4.5,
        alpha=0.75,
    )
    axes.plot(data[exposure][named], data[outcome][named], "D", color=INK, markersize=5)
    # Only the six municipalities with the highest leverage are labelled; more labels would
    # overlap.
    strongest = fit.leverage.loc[pd.Index(fit.influential)].nlargest(6).index
    points = data.loc[strongest, [exposure, outcome]].sort_values(exposure)
    scales = (470 / (1.16 * np.ptp(data[exposure])), 280 / (1.1 * np.ptp(data[outcome])))
    listed = names.loc[points.index].tolist()
    for name, (x, y), (shift, side) in zip(
        listed, points.to_numpy(), _spots(points.to_numpy() * scales, listed), strict=True
    ):
        axes.annotate(name, (x, y), ha=side, xytext=shift, textcoords="offset points", fontsize=8)
    axes.set_xlabel(labels[0][language])
    axes.set_ylabel(labels[1][language])
    format_axis(axes.xaxis, language)
    format_axis(axes.yaxis, language)
    axes.margins(x=0.08)
    table = data.assign(name=names.loc[data.index]).sort_values(exposure, ascending=False)
    columns = {
        "name": MUNICIPALITY,
        exposure: Column(labels[0], "number", 1),
        outcome: Column(labels[1], "number", 1),
    }
    return attach_data(figure, table, columns)


def _spots(points: np.ndarray, texts: Iterable[str]) -> list[tuple[tuple[int, int], str]]:
    """Return, for each label in turn, a side of its point where it covers nothing.

    Points are in points of the page. What must stay free are the points and the earlier labels.
    """
    sides = (
        ((0, 6), "center", 0.5),
        ((0, -14), "center", 0.5),
        ((8, -3), "left", 0.0),
        ((-8, -3), "right", 1.0),
    )
    taken = [(x - 4, y - 4, x + 4, y + 4) for x, y in points]
    found = []
    for (x, y), text in zip(points, texts, strict=True):
        width = 4.8 * len(text)
        boxes = [
            (x + dx - part * width, y + dy, x + dx + (1 - part) * width, y + dy + 9)
            for (dx, dy), _, part in sides
        ]
        free = (n for n, b in enumerate(boxes) if not any(_overlap(b, other) for other in taken))
        best = next(free, 0)
        taken.append(boxes[best])
        found.append((sides[best][0], sides[best][1]))
    return found


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


# The same in every language.
@lru_cache(maxsize=1)
def _country(file: Path) -> tuple[dict[int, Outline], boundaries.Box]:
    """Read the outlines by municipality code, and the box around Bornholm."""
    rings = boundaries.read(file)
    outlines = {code: _outline(each) for code, each in rings.items()}
    return outlines, boundaries.bounding_box(rings[boundaries.BORNHOLM], margin=5)


def _outline(rings: list[boundaries.Ring]) -> Outline:
    paths = [Outline(ring, closed=True) for ring in map(boundaries.coarser, rings)]
    return Outline.make_compound_path(*paths)


def _class_legend(
    figure: Figure,
    shading: PatchCollection,
    edges: np.ndarray,
    label: Text,
    language: Language,
    decimals: int,
) -> None:
    colours = shading.get_cmap()(np.arange(CLASSES))
    handles = [Rectangle((0, 0), 1, 1, facecolor=colour, edgecolor="#ffffff") for colour in colours]
    handles[-1].set_hatch(HATCH)
    texts = [
        f"{number(low, language, decimals)}\N{EN DASH}{number(high, language, decimals)}"
        for low, high in pairwise(edges)
    ]
    title = textwrap.fill(label[language], 24)
    legend = figure.legend(
        handles,
        texts,
        title=title,
        loc="outside right upper",
        frameon=False,
        fontsize=9,
        title_fontsize=9,
    )
    legend.set_alignment("left")
