"""Keys of figures, with as many columns as fit."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Final

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.legend import Legend

from evalbook.report.figure_texts import CHARACTER, size_of

# In points: what an entry takes besides its name, at a size of type of 10.
MARK: Final = 46.0


def fit_keys(figure: Figure, length: Callable[[str], int], undo: ExitStack) -> None:
    """Replace keys above a figure that are too wide for it, until `undo` is called.

    Parameters
    ----------
    length : callable
        Tells how many characters a text has once it is said.
    """
    for legend in list(figure.legends):
        size = size_of(legend.get_texts()[0]) if legend.get_texts() else 10.0
        names = [text.get_text() for text in legend.get_texts()]
        if legend.get_visible() and _columns(figure, names, length, size) < len(names):
            replace_key(figure, legend, length, undo, size=size)


def replace_key(
    figure: Figure,
    legend: Legend,
    length: Callable[[str], int],
    undo: ExitStack,
    *,
    size: float,
) -> None:
    """Put a key that fits above a figure in place of another, until `undo` is called."""
    undo.callback(legend.set_visible, True)
    undo.callback(legend.set_in_layout, legend.get_in_layout())
    legend.set_visible(False)
    legend.set_in_layout(False)
    put_key(
        figure,
        [handle for handle in legend.legend_handles if handle is not None],
        [text.get_text() for text in legend.get_texts()],
        length,
        undo,
        title=legend.get_title().get_text() or None,
        size=size,
    )


def put_key(
    figure: Figure,
    handles: Sequence[Artist],
    names: Sequence[str],
    length: Callable[[str], int],
    undo: ExitStack,
    *,
    title: str | None = None,
    size: float,
) -> None:
    """Put a key above a figure, until `undo` is called."""
    key = figure.legend(
        handles,
        names,
        title=title,
        loc="outside upper left",
        ncols=_columns(figure, names, length, size),
        frameon=False,
        fontsize=size,
        title_fontsize=size,
        handletextpad=0.4,
        columnspacing=1.4,
        labelspacing=0.3,
        borderpad=0.0,
    )
    key.set_alignment("left")
    undo.callback(key.remove)


def _columns(
    figure: Figure, names: Sequence[str], length: Callable[[str], int], size: float
) -> int:
    """Return how many names fit beside one another."""
    widths = [CHARACTER * size * length(name) + MARK * size / 10 for name in names]
    room = 72 * figure.get_size_inches()[0]
    if sum(widths) <= room:
        return max(len(names), 1)
    return max(1, min(len(names) - 1, int(room / max(widths))))
