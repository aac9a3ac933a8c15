"""A figure that is drawn once, as an image in each language, for pages and for phones.

`draw` takes a finished figure of Matplotlib or seaborn. Its texts are keys of the plan or English;
how they are said in each language is told in `evalbook.report.wording`. The finding stands above
it as its title, the source below, so that the file can travel.
"""

import html
import re
import textwrap
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from evalbook.errors import UsageError
from evalbook.files import write_whole
from evalbook.report import phones
from evalbook.report.figure_texts import hold_texts
from evalbook.report.keys import fit_keys
from evalbook.report.placeholders import Placeholders
from evalbook.report.style import INK, NEUTRAL, RC
from evalbook.report.svg import text_width, written
from evalbook.report.wording import Translate, Wording
from evalbook.text.language import Language, Text
from evalbook.text.outside import printable

# In points: sizes of the title, of what it measures, and of the source; margin; line spacing.
TITLE, TITLE_ON_PHONES, SUBTITLE, SOURCE = 12.0, 10.5, 9.0, 8.0
MARGIN: Final = 6.0
MARGINS: Final = ("left", "right", "bottom", "top", "wspace", "hspace")
SPACING: Final = 1.3
HEAD: Final = re.compile(
    r'(<svg [^>]*?)width="[^"]*" height="[^"]*" viewBox="0 0 ([\d.]+) ([\d.]+)"([^>]*>)'
)
METADATA: Final = re.compile(r"<metadata>.*?</metadata>\n?", re.DOTALL)


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
            _framed(narrow[language], name, frame, language, TITLE_ON_PHONES) if narrow else None,
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
        undo.callback(figure.subplotpars.update, **_margins(figure))
        with ExitStack() as undo_texts:
            fit_keys(figure, held.longest, undo_texts)
            hold_texts(figure, held, undo_texts)
            wide = written(figure, held)
        narrow = None
        if phones.illegible(figure):
            phones.lay_out(figure, held.longest, undo)
            hold_texts(figure, held, undo, phone=True)
            phones.make_room(figure, undo)
            narrow = written(figure, held)
    if held.missing:
        raise _untranslated(name, held.missing)
    return (
        {language: held.fill(wide, language) for language in languages},
        {language: held.fill(narrow, language) for language in languages} if narrow else None,
    )


def _margins(figure: Figure) -> dict[str, float]:
    pars = figure.subplotpars
    return {side: getattr(pars, side) for side in MARGINS}


def _untranslated(name: str, missing: Sequence[tuple[str, Language]]) -> UsageError:
    listed = ", ".join(f"{text!r} ({language})" for text, language in missing)
    return UsageError(
        f"figure {name!r} has texts without translation: {listed}",
        remedy="Name keys in the plan; write English ones in the catalogue beside the notebook",
    )


def _framed(drawing: str, name: str, frame: Frame, language: Language, size: float) -> str:
    """Put the title above a drawing and the source below it."""
    head = HEAD.search(drawing)
    assert head is not None
    width, height = float(head.group(2)), float(head.group(3))
    finding, source = printable(frame.title[language]), printable(frame.source[language])
    subtitle = printable(frame.subtitle[language]) if frame.subtitle else ""
    title = _wrapped(finding, width, size, bold=True)
    under = _wrapped(subtitle, width, SUBTITLE)
    foot = _wrapped(source, width, SOURCE)
    top = MARGIN + SPACING * (size * len(title) + SUBTITLE * len(under)) + MARGIN
    bottom = SPACING * SOURCE * len(foot) + MARGIN
    below = MARGIN - top + SPACING * size * len(title)
    texts = [
        _lines(title, MARGIN - top, size, f"font-weight: 700; fill: {INK}"),
        _lines(under, below, SUBTITLE, f"fill: {NEUTRAL}"),
        _lines(foot, height, SOURCE, f"fill: {NEUTRAL}"),
    ]
    total = height + top + bottom
    about = " ".join(filter(None, (subtitle, source)))
    opened = (
        f'{head.group(1)}width="{width:g}pt" height="{total:g}pt"'
        f' viewBox="0 {-top:g} {width:g} {total:g}" role="img"'
        f' aria-labelledby="{name}-title {name}-desc"{head.group(4)}\n'
        f'<title id="{name}-title">{_plain(finding)}</title>\n'
        f'<desc id="{name}-desc">{_plain(about)}</desc>\n'
        f'<rect y="{-top:g}" width="{width:g}" height="{total:g}" fill="#ffffff"/>'
    )
    inside = METADATA.sub("", drawing[head.end() :]).rstrip().removesuffix("</svg>")
    return f"{drawing[: head.start()]}{opened}{inside}{''.join(texts)}</svg>\n"


def _wrapped(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines that fit between the margins."""
    font = FontProperties(
        family=RC["font.sans-serif"], size=size, weight="bold" if bold else "normal"
    )
    room = width - 2 * MARGIN
    characters = max(1, int(room / max(_width(text, font), 1.0) * len(text)))
    for longest in range(characters + 8, 0, -1):
        lines = textwrap.wrap(text, longest, break_long_words=False)
        if all(_width(line, font) <= room for line in lines) or longest <= characters // 2:
            return lines
    return [text]


def _width(line: str, font: FontProperties) -> float:
    """Return how wide a line is: its words, which are measured once for all lines, and spaces."""
    space = text_width("n n", font) - 2 * text_width("n", font)
    words = line.split(" ")
    return sum(text_width(word, font) for word in words if word) + space * (len(words) - 1)


def _lines(lines: Sequence[str], top: float, size: float, style: str) -> str:
    return "".join(
        f'<text style="font-size: {size:g}px; {style}" x="{MARGIN:g}"'
        f' y="{top + SPACING * size * (place + 0.8):.2f}">{_plain(line)}</text>\n'
        for place, line in enumerate(lines)
    )


def _plain(text: str) -> str:
    return html.escape(text, quote=False)
