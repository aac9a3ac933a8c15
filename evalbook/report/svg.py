"""Figures as SVG with real text: light files, the same figure the same bytes, each text measured once."""

import io
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from matplotlib._path import convert_to_string  # type: ignore[attr-defined]
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextToPath

from evalbook.report.style import RC

NUMBER = re.compile(r"-?\d+\.\d+")
WASTE = (
    (re.compile(r' transform="rotate\(-0 [^"]*"'), ""),
    (re.compile(r'\n *<g id="line2d_\d+"/>'), ""),
    (re.compile(r'(?<= [xy]=")(-?\d+\.\d\d)\d+'), r"\1"),
    (re.compile(r"\n +"), "\n"),
)
ZERO = re.compile(r"(?<![\d.])0\.")
# Points of an outline from which on it is a coast rather than a mark.
LONG = 60

_ruler: Final = TextToPath()


# Renderers are thrown away with their figures; how long a text is stays true.
@lru_cache(maxsize=4096)
def _extent(text: str, font: FontProperties, ismath: bool) -> tuple[float, float, float]:
    width, height, descent = _ruler.get_text_width_height_descent(text, font, ismath)
    return width, height, descent


@lru_cache(maxsize=256)
def _line_heights(font: FontProperties) -> tuple[float, float, float]:
    """Give ascent, descent and gap of a line in points, as Matplotlib takes them from the font for each text anew."""
    face = get_font(findfont(font))
    line, head = face.get_sfnt_table("OS/2"), face.get_sfnt_table("head")
    if line is None or head is None:
        _, height, descent = _extent("lp", font, ismath=False)
        return height - descent, descent, 0.0
    scale = font.get_size_in_points() / head["unitsPerEm"]
    return (
        line["sTypoAscender"] * scale,
        -line["sTypoDescender"] * scale,
        line["sTypoLineGap"] * scale,
    )


class _Page(RendererSVG):
    """A page that writes outlines to a hundredth of a point, and coasts to half a point."""

    def _convert_path(
        self,
        path: Outline,
        transform: Any = None,
        clip: Any = None,
        simplify: bool | None = None,
        sketch: Any = None,
    ) -> str:
        within = (0.0, 0.0, self.width, self.height) if clip else None
        kinds = [b"M", b"L", b"Q", b"C", b"z"]
        text: str = convert_to_string(
            path, transform, within, simplify, sketch, 2, kinds, False
        ).decode("ascii")
        return _coast(text) if len(path) > LONG else text

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        """Measure a text in points."""
        return _extent(s, prop.copy(), ismath)

    def _get_font_height_metrics(self, prop: FontProperties) -> tuple[float, float, float]:
        return _line_heights(prop.copy())


class _Canvas(FigureCanvasSVG):
    """A canvas with one renderer for layout and drawing, so that each text is measured once.

    Left to itself, Matplotlib measures with a renderer that it throws away, and goes through a
    figure once more in order to lay it out.
    """

    def __init__(self, figure: Figure, drawing: io.StringIO) -> None:
        super().__init__(figure)
        sharpness, figure.dpi = figure.dpi, self.fixed_dpi
        width, height = figure.get_size_inches()
        size = (width * figure.dpi, height * figure.dpi)
        about = {"Date": None, "Creator": None}
        page = _Page(*size, drawing, image_dpi=sharpness, metadata=about)  # type: ignore[no-untyped-call]
        self._renderer = MixedModeRenderer(figure, width, height, sharpness, page)

    def get_renderer(self) -> MixedModeRenderer:
        """Give the renderer; Matplotlib's layout asks for it."""
        return self._renderer


def save(figure: Figure, path: Path) -> str:
    """Save a figure as SVG, and give what was written: the same figure gives the same bytes."""
    drawing = io.StringIO()
    renderer = _Canvas(figure, drawing).get_renderer()
    layout = figure.get_layout_engine()
    if layout is not None:
        layout.execute(figure)
        figure.set_layout_engine("none")
    figure.draw(renderer)  # type: ignore[arg-type]
    renderer.finalize()
    text = _lighter(drawing.getvalue())
    path.write_text(text, encoding="utf-8")
    return text


def _lighter(drawing: str) -> str:
    """Leave out what a drawing says again and again: indents, turns by nothing, groups of nothing, the common fonts."""
    family = ", ".join(f"'{name}'" for name in RC["font.sans-serif"]) + ", sans-serif"
    drawing = drawing.replace(f" font-family: {family};", "").replace(
        "<svg ", f'<svg font-family="{family}" ', 1
    )
    for waste, left in WASTE:
        drawing = waste.sub(left, drawing)
    return drawing


# The same coasts are drawn in every language.
@lru_cache(maxsize=512)
def _coast(outline: str) -> str:
    """Round an outline to half a point; points that then fall together are one."""
    kept: list[str] = []
    for step in NUMBER.sub(
        lambda found: f"{round(float(found.group()) * 2) / 2:g}", outline
    ).splitlines():
        if not (kept and step[:1] == "L" and step[1:].strip() == kept[-1][1:].strip()):
            kept.append(step.rstrip())
    return _from_point_to_point(kept)


def _from_point_to_point(steps: Sequence[str]) -> str:
    """Write each line as the way from the point before, which takes half the room."""
    written, x, y = "", 0.0, 0.0
    for step in steps:
        point = [float(found) for found in step.split()[1:]][-2:]
        if step.startswith("L"):
            written += ZERO.sub(".", f"l{point[0] - x:g} {point[1] - y:g}").replace(" -", "-")
        else:
            written += step + " "
        x, y = point if point else (x, y)
    return written
