"""A figure laid out anew for the width of a phone.

Panels side by side go below one another, small type grows, keys get fewer columns, and rows the
height that their broken names take. Each step registers its reverse, so that the figure can be
left as it came.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Final
from weakref import WeakKeyDictionary

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec, SubplotSpec
from matplotlib.legend import Legend
from matplotlib.text import Text

from evalbook.report.figure_texts import is_upright, shown, size_of, tick_label
from evalbook.report.keys import replace_key

# In pixels: a phone's page between its margins, and the smallest type on it.
PAGE, SMALLEST = 358.0, 10.0
# In inches: the width of a figure for phones; panels narrower than this go below one another; what
# title, axis and key of a panel take.
WIDTH, PANEL, AROUND = 3.73, 2.4, 0.75
# The height of a name that stands upright, and how that is turned.
NAME, UPRIGHT = 1.3, 90.0
# In points.
TYPE: Final = 8.0
LINE_SPACING: Final = 1.25

# Changes a figure, registers the reverse, and is told how many characters a text has once said.
Change = Callable[[ExitStack, Callable[[str], int]], None]
_ADAPTED: WeakKeyDictionary[Figure, list[Change]] = WeakKeyDictionary()


def adapt(figure: Figure, change: Change) -> None:
    """Have `change` called before a figure is drawn for phones."""
    _ADAPTED.setdefault(figure, []).append(change)


def illegible(figure: Figure) -> bool:
    """Tell whether a text of a figure is too small on a phone."""
    width = 96 * figure.get_size_inches()[0]
    sizes = [size_of(words) for words in _texts(figure)]
    return bool(sizes) and min(sizes) * 96 / 72 * min(1.0, PAGE / width) < SMALLEST


def lay_out(figure: Figure, length: Callable[[str], int], undo: ExitStack) -> None:
    """Lay a figure out for phones, until `undo` is called.

    Parameters
    ----------
    length : callable
        Tells how many characters a text has once it is said.
    """
    size = figure.get_size_inches().copy()
    undo.callback(figure.set_size_inches, *size)
    height = size[1]
    for spec, panels in _rows(figure):
        if WIDTH / spec.ncols < PANEL:
            _stack(figure, spec, panels, undo)
            height = max(height, (size[1] - AROUND) * spec.ncols + AROUND)
    figure.set_size_inches(WIDTH, height)
    for words in _texts(figure):
        if size_of(words) < TYPE:
            undo.callback(words.set_fontsize, words.get_fontsize())
            words.set_fontsize(TYPE)
    for axis in _axes(figure):
        _enlarge_ticks(axis, undo)
    for legend in [each for each in figure.findobj(Legend) if each.get_visible()]:
        replace_key(figure, legend, length, undo, size=TYPE + 0.5)
    figure.set_layout_engine("constrained")
    for change in _ADAPTED.get(figure, []):
        change(undo, length)


def make_room(figure: Figure, undo: ExitStack) -> None:
    """Make a figure high enough for the lines of its rows' names."""
    width, height = figure.get_size_inches()
    needed = 0.0
    for axis in _axes(figure):
        if not is_upright(axis) or not axis.get_visible():
            continue
        low, high = sorted(axis.get_view_interval())
        places = [place for place in axis.get_majorticklocs() if low <= place <= high]
        lines = max(
            (text.count("\n") + 1 for text in axis.get_major_formatter().format_ticks(places)),
            default=1,
        )
        lines = max(lines, _lines_of_notes(axis))
        if lines > 1:
            spec = axis.axes.get_subplotspec()
            inches = LINE_SPACING * TYPE / 72 * (lines * len(places) + 1)
            needed = max(needed, (spec.get_gridspec().nrows if spec else 1) * (inches + AROUND))
    upright = [axis for axis in _axes(figure) if tick_label(axis).get_rotation() == UPRIGHT]
    needed = max(needed, height) + (NAME if upright else 0)
    if needed > height:
        undo.callback(figure.set_size_inches, width, height)
        figure.set_size_inches(width, needed)


def _lines_of_notes(axis: Axis) -> int:
    """Return the lines of the notes at one row, and one between them, where notes are broken."""
    notes = axis.axes.texts if isinstance(axis.axes, Axes) else []
    most = max((text.get_text().count("\n") + 1 for text in notes), default=1)
    in_row = -(-len(notes) // max(len(axis.get_majorticklocs()), 1))
    return in_row * most + 1 if most > 1 else 1


def _texts(figure: Figure) -> Iterator[Text]:
    """Go through the texts that are shown; one tick stands for all of its axis."""
    for artist in shown(figure):
        if isinstance(artist, Axis):
            yield tick_label(artist)
            yield artist.label
        elif isinstance(artist, Text) and artist.get_text().strip():
            yield artist


def _axes(figure: Figure) -> list[Axis]:
    return [artist for artist in shown(figure) if isinstance(artist, Axis)]


def _rows(figure: Figure) -> list[tuple[GridSpec, list[tuple[Axes, SubplotSpec]]]]:
    """Find grids with panels side by side, each of one cell."""
    grids: dict[int, tuple[GridSpec, list[tuple[Axes, SubplotSpec]]]] = {}
    for axes in figure.axes:
        spec = axes.get_subplotspec()
        grid = spec.get_gridspec() if spec else None
        if spec is not None and isinstance(grid, GridSpec):
            grids.setdefault(id(grid), (grid, []))[1].append((axes, spec))
    return [
        (grid, panels)
        for grid, panels in grids.values()
        if grid.ncols > 1 and all(spec.num1 == spec.num2 for _, spec in panels)
    ]


def _stack(
    figure: Figure, grid: GridSpec, panels: list[tuple[Axes, SubplotSpec]], undo: ExitStack
) -> None:
    """Put the panels of a grid below one another, each with names of its own."""
    kept = [(axes, spec) for axes, spec in panels if axes.get_visible()]
    column = GridSpec(len(kept), 1, figure=figure)
    for place, (axes, spec) in enumerate(kept):
        undo.callback(axes.set_subplotspec, spec)
        axes.set_subplotspec(column[place])
        if not axes.yaxis.get_visible():
            undo.callback(axes.yaxis.set_visible, False)
            axes.yaxis.set_visible(True)
        if not axes.yaxis.get_tick_params().get("labelleft", True):
            undo.callback(axes.tick_params, axis="y", labelleft=False)
            axes.tick_params(axis="y", labelleft=True)
        # Grids of seaborn hide each label by itself.
        for label in axes.get_yticklabels():
            if not label.get_visible():
                undo.callback(label.set_visible, False)
                label.set_visible(True)


def _enlarge_ticks(axis: Axis, undo: ExitStack) -> None:
    size = size_of(tick_label(axis))
    if size < TYPE:
        undo.callback(axis.set_tick_params, labelsize=size)
        axis.set_tick_params(labelsize=TYPE)
