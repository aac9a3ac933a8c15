"""A figure that is drawn once, as an image in each language, for pages and for phones.

`draw` takes a finished figure of Matplotlib or seaborn. Its texts are keys of the plan or English;
how they are said in each language is told in `evalbook.report.wording`. The finding stands above
it as its title, the source below, so that the file can travel.
"""

import html
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis, Tick
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text as Words
from matplotlib.ticker import FixedFormatter, Formatter, FuncFormatter, NullFormatter

from evalbook.errors import UsageError
from evalbook.files import write_whole
from evalbook.report import phones
from evalbook.report.placeholders import Placeholders
from evalbook.report.style import INK, NEUTRAL, RC
from evalbook.report.svg import text_width, written
from evalbook.report.wording import Translate, Wording
from evalbook.text.language import Language, Text

# In points: sizes of the title, of what it measures, and of the source; margin; line spacing.
TITLE, TITLE_ON_PHONES, SUBTITLE, SOURCE = 12.0, 10.5, 9.0, 8.0
MARGIN: Final = 6.0
SPACING: Final = 1.3
HEAD: Final = re.compile(
    r'(<svg [^>]*?)width="[^"]*" height="[^"]*" viewBox="0 0 ([\d.]+) ([\d.]+)"([^>]*>)'
)
METADATA: Final = re.compile(r"<metadata>.*?</metadata>\n?", re.DOTALL)
# The mean width of a character, as a share of the size of type.
CHARACTER: Final = 0.57
# Longest names of rows, in characters.
ROW, ROW_ON_PHONES = 26, 16
# Longest notes beside marks on phones, in characters.
NOTE_ON_PHONES: Final = 15
# The share of spare lines above a text, by its vertical alignment.
ABOVE: Final = {"top": 0.0, "center": 0.5, "center_baseline": 0.5}


@dataclass(frozen=True)
class Drawing:
    """A figure in one language, as SVG; `narrow` where the wide one is illegible on a phone."""

    wide: str
    narrow: str | None = None


@dataclass(frozen=True)
class Frame:
    """What stands around a figure."""

    title: Text
    subtitle: Text | None
    source: Text


def draw(
    figure: Any,
    *,
    name: str,
    finding: Text,
    source: Text,
    names: Mapping[str, Text],
    translate: Translate,
    languages: Sequence[Language],
    folder: Path,
    subtitle: Text | None = None,
) -> dict[Language, Drawing]:
    """Write a figure to `NAME.<language>.svg`, and to `NAME.<language>.narrow.svg` for phones.

    The figure is left as it came.

    Parameters
    ----------
    figure : Figure, Axes, array of Axes, or seaborn grid
        Finished, with keys of `names` or English as its texts.
    name : str
        The figure's name.
    finding : Text
        What it shows; it becomes the title.
    source : Text
        The line at the foot.
    names : mapping
        Keys to names.
    translate : callable
        Gives the words of an English text in a language, or None.
    languages : sequence of str
        The report's languages.
    folder : Path
        Where the files go.
    subtitle : Text, optional
        Measure, unit, place and time.

    Returns
    -------
    dict
        The drawings by language.

    Raises
    ------
    UsageError
        If there is no finding, or texts without translation: all are named, and nothing is
        written.
    """
    drawn = figure_of(figure)
    frame = Frame(finding, subtitle, source)
    _require_finding(name, finding, languages)
    wide, narrow = _drawings(name, drawn, Wording(names, translate, languages), languages)
    found = {
        language: Drawing(
            _framed(wide[language], name, frame, language, TITLE),
            narrow and _framed(narrow[language], name, frame, language, TITLE_ON_PHONES),
        )
        for language in languages
    }
    for language, drawing in found.items():
        write_whole(folder / f"{name}.{language}.svg", drawing.wide.encode())
        small = folder / f"{name}.{language}.narrow.svg"
        if drawing.narrow:
            write_whole(small, drawing.narrow.encode())
        else:
            small.unlink(missing_ok=True)
    return found


def figure_of(drawn: Any) -> Figure:
    """Return the Matplotlib figure of what a cell drew: itself, Axes, or a seaborn grid.

    Raises `UsageError` for anything else.
    """
    first = drawn.flat[0] if isinstance(drawn, np.ndarray) and drawn.size else drawn
    first = getattr(first, "figure", first)
    found = first.get_figure(root=True) if isinstance(first, Artist) else None
    if not isinstance(found, Figure):
        raise UsageError(
            f"a {type(drawn).__name__} is no figure",
            remedy="Give a figure, Axes or a grid of Matplotlib or seaborn",
        )
    return found


def _require_finding(name: str, finding: Text, languages: Sequence[Language]) -> None:
    given = isinstance(finding, Text) and all(finding[language].strip() for language in languages)
    if not given:
        raise UsageError(
            f"figure {name!r} has no finding",
            remedy="Give what it shows as `finding`, a text in each language",
        )


def _drawings(
    name: str, figure: Figure, wording: Wording, languages: Sequence[Language]
) -> tuple[dict[Language, str], dict[Language, str] | None]:
    """Draw for pages and, where it takes that, for phones."""
    layout = figure.get_layout_engine()
    held = Placeholders(wording, languages)
    with ExitStack() as undo:
        undo.callback(figure.set_layout_engine, layout or "none")
        with ExitStack() as undo_texts:
            _hold_texts(figure, held, undo_texts)
            wide = written(figure, held)
        narrow = None
        if phones.illegible(figure):
            phones.lay_out(figure, held.longest, undo)
            _hold_texts(figure, held, undo, phone=True)
            phones.make_room(figure, undo)
            narrow = written(figure, held)
    if held.missing:
        raise _untranslated(name, held.missing)
    return (
        {language: held.fill(wide, language) for language in languages},
        narrow and {language: held.fill(narrow, language) for language in languages},
    )


def _untranslated(name: str, missing: Sequence[tuple[str, Language]]) -> UsageError:
    listed = ", ".join(f"{text!r} ({language})" for text, language in missing)
    return UsageError(
        f"figure {name!r} has texts without translation: {listed}",
        remedy="Name keys in the plan; write English ones in the catalogue beside the notebook",
    )


def _hold_texts(
    figure: Figure, held: Placeholders, undo: ExitStack, *, phone: bool = False
) -> None:
    """Put placeholders in place of all texts of a figure, until `undo` is called."""
    for artist in _shown(figure):
        if isinstance(artist, Axis):
            _hold_ticks(artist, held, ROW_ON_PHONES if phone else ROW, undo)
        elif isinstance(artist, Words):
            _hold(artist, held, NOTE_ON_PHONES if phone else None, undo)


def _shown(artist: Artist) -> Iterator[Artist]:
    """Go through what is drawn; ticks are left to their axis."""
    for child in artist.get_children():
        if not child.get_visible() or isinstance(child, Tick):
            continue
        if isinstance(child, Axis) and child.axes is not None and not child.axes.axison:
            continue
        yield child
        yield from _shown(child)


def _hold(words: Words, held: Placeholders, note: int | None, undo: ExitStack) -> None:
    text = words.get_text()
    if not text.strip():
        return
    undo.callback(words.set_text, text)
    beside = words.axes is not None and words in words.axes.texts
    words.set_text(
        held.hold(
            text,
            key=not beside,
            characters=note if beside else _room(words),
            aligned=str(words.get_horizontalalignment()),
            above=ABOVE.get(str(words.get_verticalalignment()), 1.0),
        )
    )


def _room(words: Words) -> int | None:
    """Return how many characters fit on a line, for what is as wide as the figure or a panel."""
    axes, figure = words.axes, words.get_figure(root=True)
    if figure is None or not isinstance(axes, Axes):
        return None
    width, height = (72 * inches for inches in figure.get_size_inches())
    spec = axes.get_subplotspec()
    rows, columns = spec.get_gridspec().get_geometry() if spec else (1, 1)
    size = CHARACTER * words.get_fontsize()
    if words is axes.xaxis.label:
        return int(0.8 * width / columns / size)
    if words is axes.yaxis.label:
        return int(0.85 * height / rows / size)
    if words in (axes.title, *_titles(axes)):
        return int(0.9 * width / columns / size)
    return None


def _titles(axes: Axes) -> list[Words]:
    return [
        child
        for child in axes.get_children()
        if isinstance(child, Words) and child.axes is axes and child not in axes.texts
    ]


def _hold_ticks(axis: Axis, held: Placeholders, row: int, undo: ExitStack) -> None:
    formatter = axis.get_major_formatter()
    if isinstance(formatter, _Ticks | NullFormatter):
        return
    if isinstance(formatter, FixedFormatter) or _is_category(formatter):
        key, characters = True, row if axis.axis_name == "y" else _between_ticks(axis)
    else:
        key, characters = False, None
    label = axis.get_major_ticks(1)[0].label1
    default = axis.isDefault_majfmt
    undo.callback(setattr, axis, "isDefault_majfmt", default)
    undo.callback(axis.set_major_formatter, formatter)
    axis.set_major_formatter(
        _Ticks(
            formatter,
            held,
            key=key,
            characters=characters,
            aligned=str(label.get_horizontalalignment()),
            above=ABOVE.get(str(label.get_verticalalignment()), 1.0),
        )
    )


def _is_category(formatter: Formatter) -> bool:
    """Whether ticks are names: those that Matplotlib makes of categories or of given labels."""
    return isinstance(formatter, FuncFormatter) or type(formatter).__name__.startswith("StrCat")


def _between_ticks(axis: Axis) -> int:
    """Return how many characters fit between the ticks of a horizontal axis."""
    figure = axis.get_figure(root=True)
    assert figure is not None
    spec = axis.axes.get_subplotspec() if isinstance(axis.axes, Axes) else None
    columns = spec.get_gridspec().ncols if spec else 1
    width = 72 * figure.get_size_inches()[0] * 0.85 / columns
    size = axis.get_major_ticks(1)[0].label1.get_fontsize()
    return max(6, int(width / max(len(axis.get_majorticklocs()), 1) / (CHARACTER * size)))


class _Ticks(Formatter):
    """Holds places for what another formatter writes."""

    def __init__(self, formatter: Formatter, held: Placeholders, **options: Any) -> None:
        self._formatter = formatter
        self._held = held
        self._options = options

    def __call__(self, value: float, pos: int | None = None) -> str:
        return self._held.hold(self._formatter(value, pos), **self._options)

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Write all ticks of an axis."""
        texts = self._formatter.format_ticks(values)
        return [self._held.hold(text, **self._options) for text in texts]

    def get_offset(self) -> str:
        """Write what is common to all ticks."""
        return self._held.hold(self._formatter.get_offset(), key=False)


def _framed(drawing: str, name: str, frame: Frame, language: Language, size: float) -> str:
    """Put the title above a drawing and the source below it."""
    head = HEAD.search(drawing)
    assert head is not None
    width, height = float(head.group(2)), float(head.group(3))
    subtitle = frame.subtitle[language] if frame.subtitle else ""
    title = _wrapped(frame.title[language], width, size, bold=True)
    under = _wrapped(subtitle, width, SUBTITLE)
    foot = _wrapped(frame.source[language], width, SOURCE)
    top = MARGIN + SPACING * (size * len(title) + SUBTITLE * len(under)) + MARGIN
    bottom = SPACING * SOURCE * len(foot) + MARGIN
    below = MARGIN - top + SPACING * size * len(title)
    texts = [
        _lines(title, MARGIN - top, size, f"font-weight: 700; fill: {INK}"),
        _lines(under, below, SUBTITLE, f"fill: {NEUTRAL}"),
        _lines(foot, height, SOURCE, f"fill: {NEUTRAL}"),
    ]
    total = height + top + bottom
    opened = (
        f'{head.group(1)}width="{width:g}pt" height="{total:g}pt"'
        f' viewBox="0 {-top:g} {width:g} {total:g}" role="img"'
        f' aria-labelledby="{name}-title {name}-desc"{head.group(4)}\n'
        f'<title id="{name}-title">{_plain(frame.title[language])}</title>\n'
        f'<desc id="{name}-desc">{_plain(" ".join(filter(None, (subtitle, frame.source[language]))))}</desc>\n'
        f'<rect y="{-top:g}" width="{width:g}" height="{total:g}" fill="#ffffff"/>'
    )
    inside = METADATA.sub("", drawing[head.end() :])
    return f"{drawing[: head.start()]}{opened}{inside.rstrip()[: -len('</svg>')]}{''.join(texts)}</svg>\n"


def _wrapped(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines that fit between the margins."""
    font = FontProperties(
        family=RC["font.sans-serif"], size=size, weight="bold" if bold else "normal"
    )
    room = width - 2 * MARGIN
    characters = max(1, int(room / max(text_width(text, font), 1.0) * len(text)))
    for longest in range(characters + 8, 0, -1):
        lines = textwrap.wrap(text, longest, break_long_words=False)
        if all(text_width(line, font) <= room for line in lines) or longest <= characters // 2:
            return lines
    return [text]


def _lines(lines: Sequence[str], top: float, size: float, style: str) -> str:
    return "".join(
        f'<text style="font-size: {size:g}px; {style}" x="{MARGIN:g}"'
        f' y="{top + SPACING * size * (place + 0.8):.2f}">{_plain(line)}</text>\n'
        for place, line in enumerate(lines)
    )


def _plain(text: str) -> str:
    return html.escape(text, quote=False)
