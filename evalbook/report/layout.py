"""The layout of panels in one grid, measured once.

Matplotlib's constrained layout measures every text twice, which takes longer than drawing. Here
axes are measured once, and only the notes beside marks again, which move with their marks.
"""

from collections.abc import Sequence
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec, SubplotSpec
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.transforms import Bbox

Panel = tuple[Axes, SubplotSpec]
# Left, right, bottom and top, in points.
Sides = tuple[float, float, float, float]
# Where the ticks of both axes are.
Ticks = tuple[tuple[float, ...], tuple[float, ...]]
PAD: Final = 4.0
# A first guess at margins, as shares of the figure.
GUESS: Final = {
    "left": 0.2,
    "right": 0.88,
    "bottom": 0.14,
    "top": 0.9,
    "wspace": 0.2,
    "hspace": 0.3,
}
# How often notes are measured anew, and the least size of a panel in points.
ROUNDS, LEAST = 3, 24.0


def arrange(figure: Figure, renderer: Any) -> None:
    """Lay a figure out as its layout engine would, faster where its panels stand in one grid."""
    engine = figure.get_layout_engine()
    if engine is None:
        return
    panels = _panels(figure) if isinstance(engine, ConstrainedLayoutEngine) else []
    if not (panels and _placed(figure, panels, renderer)):
        engine.execute(figure)
    figure.set_layout_engine("none")


def _panels(figure: Figure) -> list[Panel]:
    """Return the panels and their places if all stand in one grid without a layout of its own."""
    found = [(axes, axes.get_subplotspec()) for axes in figure.axes if axes.get_visible()]
    panels = [(axes, spec) for axes, spec in found if spec is not None]
    grids = [spec.get_gridspec() for _, spec in panels]
    titled = figure.get_suptitle() or figure.get_supxlabel() or figure.get_supylabel()
    simple = len(panels) == len(found) and len({id(grid) for grid in grids}) == 1 and not titled
    if not simple or not isinstance(grids[0], GridSpec) or grids[0].left is not None:
        return []
    return panels if all(spec.num1 == spec.num2 for _, spec in panels) else []


def _placed(figure: Figure, panels: Sequence[Panel], renderer: Any) -> bool:
    """Place the panels; tell whether they have room."""
    _put(figure, panels, GUESS)
    keys = [
        legend.get_window_extent(renderer).height
        for legend in figure.legends
        if legend.get_visible()
    ]
    above = sum(keys) + (PAD if keys else 0.0)
    measured: dict[Axes, tuple[Ticks, Sides]] = {}
    margins: dict[str, float] | None = GUESS
    for _ in range(ROUNDS):
        fixed = [_measured(axes, measured, renderer) for axes, _ in panels]
        sides = [
            _widest(side, _sides(axes, _notes(axes, renderer)))
            for side, (axes, _) in zip(fixed, panels, strict=True)
        ]
        before, margins = margins, _margins(figure, panels, sides, above)
        if margins is None:
            return False
        if margins == before:
            break
        _put(figure, panels, margins)
    return True


def _put(figure: Figure, panels: Sequence[Panel], margins: dict[str, float]) -> None:
    figure.subplotpars.update(**margins)
    for axes, spec in panels:
        axes.set_subplotspec(spec)


def _measured(axes: Axes, measured: dict[Axes, tuple[Ticks, Sides]], renderer: Any) -> Sides:
    """Return what axes take around them; measured anew only where their ticks have changed."""
    ticks = tuple(map(float, axes.get_xticks())), tuple(map(float, axes.get_yticks()))
    if axes not in measured or measured[axes][0] != ticks:
        measured[axes] = ticks, _sides(axes, [_without_notes(axes, renderer)])
    return measured[axes][1]


def _without_notes(axes: Axes, renderer: Any) -> Bbox:
    legend = axes.get_legend()
    extra = [legend] if legend is not None else []
    box = axes.get_tightbbox(
        renderer, bbox_extra_artists=[*extra, *axes.child_axes], for_layout_only=True
    )
    return box if box is not None else axes.bbox


def _notes(axes: Axes, renderer: Any) -> list[Bbox]:
    return [
        text.get_window_extent(renderer)
        for text in axes.texts
        if text.get_visible() and text.get_in_layout() and text.get_text()
    ]


def _sides(axes: Axes, boxes: Sequence[Bbox]) -> Sides:
    """Return how far boxes reach beyond axes."""
    box = axes.bbox
    return (
        max([0.0, *(box.x0 - each.x0 for each in boxes)]),
        max([0.0, *(each.x1 - box.x1 for each in boxes)]),
        max([0.0, *(box.y0 - each.y0 for each in boxes)]),
        max([0.0, *(each.y1 - box.y1 for each in boxes)]),
    )


def _widest(one: Sides, other: Sides) -> Sides:
    left, right, bottom, top = map(max, one, other)
    return left, right, bottom, top


def _margins(
    figure: Figure, panels: Sequence[Panel], sides: Sequence[Sides], above: float
) -> dict[str, float] | None:
    """Return margins and gaps as shares; None where nothing is left for the panels."""
    rows, columns = panels[0][1].get_gridspec().get_geometry()
    left, right, bottom, top = ([0.0] * size for size in (columns, columns, rows, rows))
    for (_, spec), side in zip(panels, sides, strict=True):
        row, column = spec.rowspan.start, spec.colspan.start
        left[column], right[column] = max(left[column], side[0]), max(right[column], side[1])
        bottom[row], top[row] = max(bottom[row], side[2]), max(top[row], side[3])
    width, height = figure.bbox.width, figure.bbox.height
    across = max([PAD, *(one + other for one, other in zip(right, left[1:], strict=False))]) + PAD
    down = max([PAD, *(one + other for one, other in zip(bottom, top[1:], strict=False))]) + PAD
    wide = (width - left[0] - right[-1] - 2 * PAD - (columns - 1) * across) / columns
    high = (height - bottom[-1] - top[0] - above - 2 * PAD - (rows - 1) * down) / rows
    if min(wide, high) < LEAST:
        return None
    return {
        "left": (left[0] + PAD) / width,
        "right": 1 - (right[-1] + PAD) / width,
        "bottom": (bottom[-1] + PAD) / height,
        "top": 1 - (top[0] + above + PAD) / height,
        "wspace": across / wide,
        "hspace": down / high,
    }
