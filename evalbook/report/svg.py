"""Figures as SVG with real text: small files, and the same bytes for the same figure."""

import io
import re
from collections.abc import Sequence
from functools import lru_cache
from math import cos, radians, sin
from pathlib import Path
from typing import Any, Final

from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text as MatplotlibText
from matplotlib.textpath import TextToPath

from evalbook.report.layout import arrange
from evalbook.report.placeholders import Placeholders
from evalbook.report.style import FAMILY, RC
from evalbook.text.outside import printable

OUTLINE: Final = re.compile(r'(?<= d=")[^"]+')
NUMBER: Final = re.compile(r"-?\d+\.\d+")
LONG_NUMBER: Final = re.compile(r"(-?\d+\.\d\d)\d+")
WASTE: Final = (
    (re.compile(r' transform="rotate\(-0 [^"]*"'), ""),
    (re.compile(r'\n *<g id="line2d_\d+"/>'), ""),
    (re.compile(r'(?<= [xy]=")(-?\d+\.\d\d)\d+'), r"\1"),
    (re.compile(r"\n +"), "\n"),
)
ZERO: Final = re.compile(r"(?<![\d.])0\.")
# Points of an outline from which on it is a coast rather than a mark.
LONG: Final = 60


_ruler: Final = TextToPath()


def _extent(text: str, font: FontProperties, ismath: bool) -> tuple[float, float, float]:
    """Return width, height and descent of a text, in points."""
    scale, whole = font.get_size_in_points() / _ruler.FONT_SCALE, font.copy()
    whole.set_size(_ruler.FONT_SCALE)
    width, height, descent = _whole_extent(text, whole, ismath)
    return width * scale, height * scale, descent * scale


# Renderers are thrown away with their figures; how long a text is stays true, in each size.
@lru_cache(maxsize=4096)
def _whole_extent(text: str, font: FontProperties, ismath: bool) -> tuple[float, float, float]:
    width, height, descent = _ruler.get_text_width_height_descent(text, font, ismath)
    return width, height, descent


def text_width(text: str, font: FontProperties) -> float:
    """Return how wide a text is, in points."""
    return _extent(text, font, False)[0]


class _Page(RendererSVG):
    """A page that measures each text once, and keeps placeholders as wide as what they hold."""

    held: Placeholders | None = None

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        """Return the size of a text in points."""
        words = [s] if self.held is None else self.held.widest(s)
        width, height, descent = zip(*(_extent(each, prop, ismath) for each in words), strict=True)
        return max(width), max(height), max(descent)

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: MatplotlibText | None = None,
    ) -> None:
        """Write a text; a placeholder where its words are held, at their left, middle or right."""
        if self.held is not None and (part := self.held.place(s)) is not None:
            along = part * self.get_text_width_height_descent(s, prop, ismath)[0]
            x += along * cos(radians(angle))
            y -= along * sin(radians(angle))
            mtext = None
        super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)  # type: ignore[no-untyped-call]


class _Canvas(FigureCanvasSVG):
    """A canvas with one renderer for layout and drawing, so that a figure is drawn once."""

    def __init__(
        self, figure: Figure, drawing: io.StringIO, held: Placeholders | None = None
    ) -> None:
        super().__init__(figure)
        sharpness, figure.dpi = figure.dpi, self.fixed_dpi
        width, height = figure.get_size_inches()
        size = (width * figure.dpi, height * figure.dpi)
        about = {"Date": None, "Creator": None}
        page = _Page(*size, drawing, image_dpi=sharpness, metadata=about)  # type: ignore[no-untyped-call]
        page.held = held
        self._renderer = MixedModeRenderer(figure, width, height, sharpness, page)

    def get_renderer(self) -> MixedModeRenderer:
        """Return the renderer; Matplotlib's layout asks for it."""
        return self._renderer


def save(figure: Figure, path: Path) -> str:
    """Save a figure as SVG, and return what was written."""
    text = written(figure)
    path.write_text(text, encoding="utf-8")
    return text


def written(figure: Figure, held: Placeholders | None = None) -> str:
    """Draw a figure as SVG.

    Parameters
    ----------
    held : Placeholders, optional
        What the placeholders among its texts stand for.
    """
    drawing = io.StringIO()
    renderer = _Canvas(figure, drawing, held).get_renderer()
    arrange(figure, renderer)
    figure.draw(renderer)  # type: ignore[arg-type]
    renderer.finalize()
    return printable(_smaller(drawing.getvalue()))


def _smaller(drawing: str) -> str:
    """Remove what a drawing repeats: indents, empty groups, rotations by zero, common fonts."""
    drawn_in = ", ".join(f"'{name}'" for name in RC["font.sans-serif"]) + ", sans-serif"
    drawing = drawing.replace(f" font-family: {drawn_in};", "")
    drawing = drawing.replace("<svg ", f'<svg font-family="{FAMILY}" ', 1)
    for waste, left in WASTE:
        drawing = waste.sub(left, drawing)
    return OUTLINE.sub(lambda found: _outline(found.group()), drawing)


def _outline(steps: str) -> str:
    """Write an outline to a hundredth of a point, a coast to half a point."""
    return _coast(steps) if steps.count("\n") > LONG else LONG_NUMBER.sub(r"\1", steps)


# The same coasts are drawn in every language.
@lru_cache(maxsize=512)
def _coast(outline: str) -> str:
    """Round an outline to half a point; points that then coincide are one."""
    kept: list[str] = []
    rounded = NUMBER.sub(lambda found: f"{round(float(found.group()) * 2) / 2:g}", outline)
    for step in rounded.splitlines():
        if not (kept and step[:1] == "L" and step[1:].strip() == kept[-1][1:].strip()):
            kept.append(step.rstrip())
    return _from_point_to_point(kept)


def _from_point_to_point(steps: Sequence[str]) -> str:
    """Write each line relative to the point before, which takes half the space."""
    written, x, y = "", 0.0, 0.0
    for step in steps:
        point = [float(found) for found in step.split()[1:]][-2:]
        if step.startswith("L"):
            line = f"l{point[0] - x:g} {point[1] - y:g}"
            written += ZERO.sub(".", line).replace(" -", "-")
        else:
            written += step + " "
        x, y = point if point else (x, y)
    return written
