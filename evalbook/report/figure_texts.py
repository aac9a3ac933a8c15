"""The texts of a figure: found, and replaced by places for the words of each language."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any, Final

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis, Tick, XAxis, YAxis
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, Formatter, FuncFormatter, NullFormatter

from evalbook.report.placeholders import Placeholders

# The mean width of a character, as a share of the size of type; a bold one is wider.
CHARACTER, BOLD = 0.57, 0.66
# The share of spare lines above a text, by its vertical alignment.
ABOVE: Final = {"top": 0.0, "center": 0.5, "center_baseline": 0.5}
# How much of a figure's width and height panels have.
WIDE, WIDE_ON_PHONES, HIGH = 0.8, 0.64, 0.85
TITLE, TITLE_ON_PHONES = 0.7, 0.54
# Longest names of columns that stand upright for want of room, of rows,
# and notes beside marks and elsewhere in a panel, in characters.
UPRIGHT: Final = 20
ROW, ROW_ON_PHONES = 26, 16
NOTE_ON_PHONES, EVENT_ON_PHONES = 15, 24


def hold_texts(figure: Figure, held: Placeholders, undo: ExitStack, *, phone: bool = False) -> None:
    """Put placeholders in place of all texts of a figure, until `undo` is called."""
    for artist in shown(figure):
        if isinstance(artist, Axis):
            _hold_ticks(artist, held, undo, phone=phone)
            _hold(artist.label, held, undo, _room_for_label(artist, phone=phone))
        elif isinstance(artist, Text):
            _hold(artist, held, undo, _room(artist, phone=phone))


def shown(artist: Artist) -> Iterator[Artist]:
    """Go through what is drawn; ticks are left to their axis."""
    for child in artist.get_children():
        if not child.get_visible() or isinstance(child, Tick):
            continue
        if isinstance(child, Axis):
            if isinstance(child.axes, Axes) and child.axes.axison:
                yield child
            continue
        yield child
        yield from shown(child)


def size_of(text: Text) -> float:
    """Return the size of a text in points."""
    return float(text.get_fontsize())


def is_upright(axis: Axis) -> bool:
    """Tell a vertical axis from a horizontal one."""
    return isinstance(axis, YAxis)


def tick_label(axis: Axis) -> Text:
    """Return the text that stands for all ticks of an axis."""
    label: Text = axis.get_major_ticks(1)[0].label1
    return label


def _hold(text: Text, held: Placeholders, undo: ExitStack, characters: int | None) -> None:
    words = text.get_text()
    if not words.strip():
        return
    undo.callback(text.set_text, words)
    text.set_text(
        held.hold(
            words,
            key=not _is_note(text),
            characters=characters,
            aligned=str(text.get_horizontalalignment()),
            above=ABOVE.get(str(text.get_verticalalignment()), 1.0),
        )
    )


def _is_note(text: Text) -> bool:
    return isinstance(text.axes, Axes) and text in text.axes.texts


def _room(text: Text, *, phone: bool) -> int | None:
    """Return how many characters fit on a line; None if as many as there are."""
    axes, figure = text.axes, text.get_figure(root=True)
    if figure is None or not isinstance(axes, Axes):
        return None
    if _is_note(text):
        of_data = getattr(text, "xycoords", "data") == "data"
        return (NOTE_ON_PHONES if of_data else EVENT_ON_PHONES) if phone else None
    _, columns = _grid(axes)
    share = TITLE_ON_PHONES if phone else WIDE if columns == 1 else TITLE
    width = 72 * figure.get_size_inches()[0] * share / columns
    bold = text.get_fontweight() in ("bold", 700)
    return int(width / (BOLD if bold else CHARACTER) / size_of(text))


def _room_for_label(axis: Axis, *, phone: bool) -> int:
    """Return how many characters of an axis' label fit on a line."""
    figure = axis.get_figure(root=True)
    assert figure is not None
    width, height = (72 * inches for inches in figure.get_size_inches())
    rows, columns = _grid(axis.axes) if isinstance(axis.axes, Axes) else (1, 1)
    room = (
        HIGH * height / rows
        if is_upright(axis)
        else (WIDE_ON_PHONES if phone else WIDE) * width / columns
    )
    return int(room / CHARACTER / size_of(axis.label))


def _grid(axes: Axes) -> tuple[int, int]:
    spec = axes.get_subplotspec()
    rows, columns = spec.get_gridspec().get_geometry() if spec else (1, 1)
    return rows, columns


def _hold_ticks(axis: Axis, held: Placeholders, undo: ExitStack, *, phone: bool) -> None:
    formatter = axis.get_major_formatter()
    if isinstance(formatter, _Ticks | NullFormatter):
        return
    label = tick_label(axis)
    options: dict[str, Any] = {
        "key": _names(formatter),
        "characters": None,
        "aligned": str(label.get_horizontalalignment()),
        "above": ABOVE.get(str(label.get_verticalalignment()), 1.0),
    }
    if options["key"] and is_upright(axis):
        options["characters"] = ROW_ON_PHONES if phone else ROW
    elif options["key"]:
        options["characters"] = _between_ticks(axis, phone=phone)
        texts = formatter.format_ticks([float(place) for place in axis.get_majorticklocs()])
        if max(map(held.longest_word, texts), default=0) > options["characters"]:
            undo.callback(axis.set_tick_params, rotation=label.get_rotation())
            axis.set_tick_params(rotation=90)
            options |= {"characters": UPRIGHT, "aligned": _towards(axis), "above": 0.5}
    undo.callback(setattr, axis, "isDefault_majfmt", axis.isDefault_majfmt)
    undo.callback(axis.set_major_formatter, formatter)
    axis.set_major_formatter(_Ticks(formatter, held, options))


def _names(formatter: Formatter) -> bool:
    """Whether ticks are names: those that Matplotlib makes of categories or of given labels."""
    return isinstance(formatter, FixedFormatter | FuncFormatter) or type(
        formatter
    ).__name__.startswith("StrCat")


def _towards(axis: Axis) -> str:
    """Tell which end of upright ticks is at their axis."""
    at_top = isinstance(axis, XAxis) and axis.get_ticks_position() == "top"
    return "left" if at_top else "right"


def _between_ticks(axis: Axis, *, phone: bool) -> int:
    """Return how many characters fit between the ticks of a horizontal axis."""
    figure = axis.get_figure(root=True)
    assert figure is not None
    _, columns = _grid(axis.axes) if isinstance(axis.axes, Axes) else (1, 1)
    rows = isinstance(axis.axes, Axes) and axis.axes.yaxis.get_visible()
    share = (WIDE_ON_PHONES if phone else 0.7) if rows else 0.95
    width = 72 * figure.get_size_inches()[0] * share / columns
    ticks = max(len(axis.get_majorticklocs()), 1)
    return max(5, int(width / ticks / (CHARACTER * size_of(tick_label(axis)))))


class _Ticks(Formatter):
    """Holds places for what another formatter writes."""

    def __init__(self, formatter: Formatter, held: Placeholders, options: dict[str, Any]) -> None:
        self._formatter = formatter
        self._say: Callable[[str], str] = lambda text: held.hold(text, **options)
        self._known: dict[str, str] = {}

    def __call__(self, value: float, pos: int | None = None) -> str:
        return self._hold(self._formatter(value, pos))

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Write all ticks of an axis."""
        return [self._hold(text) for text in self._formatter.format_ticks(list(values))]

    def get_offset(self) -> str:
        """Write what is common to all ticks."""
        return self._hold(self._formatter.get_offset())

    def _hold(self, text: str) -> str:
        # Matplotlib asks for the same ticks again and again.
        if text not in self._known:
            self._known[text] = self._say(text)
        return self._known[text]
