"""One look for every figure: palette, type and the source line."""

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.figure import Figure

# Okabe & Ito's colours, which stay apart for colour-blind readers, in an order that also falls in lightness.
METHOD = "#0072B2"
COMPARISON = "#E69F00"
NEUTRAL = "#5F6B76"
LIGHT = "#C9D1D8"
INK = "#1F2933"
TARGET = "#B0003A"
SEQUENTIAL = "cividis"
SERIES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
# Lines also differ in marker and dash, for readers in grey print.
MARKERS = ("o", "s", "^", "D", "v", "P")
GROUP_COLOURS = {"method": METHOD, "comparison": COMPARISON}
# Danish origin, immigrants and descendants: none of the colours that mean a kind of municipality.
ORIGIN_COLOURS = (NEUTRAL, "#009E73", "#CC79A7")

RC: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana"],
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelcolor": INK,
    "axes.edgecolor": NEUTRAL,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": "#E4E8EC",
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "figure.figsize": (7.2, 4.0),
    "figure.constrained_layout.use": True,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    # Real text: searchable, selectable, and small; the salt makes the same figure the same file.
    "svg.fonttype": "none",
    "svg.hashsalt": "nychance",
}


OUTLINE = re.compile(r'(<path (?:id="[^"]*" )?d=")([^"]+)')
NUMBER = re.compile(r"-?\d+\.\d+")
WASTE = (
    (re.compile(r' transform="rotate\(-0 [^"]*"'), ""),
    (re.compile(r'\n *<g id="line2d_\d+"/>'), ""),
    (re.compile(r'(?<= [xy]=")(-?\d+\.\d\d)\d+'), r"\1"),
    (re.compile(r"\n +"), "\n"),
)
ZERO = re.compile(r"(?<![\d.])0\.")
# Steps of an outline from which on it is a coast rather than a mark.
LONG = 60


@contextmanager
def report_style() -> Iterator[None]:
    """Draw in the report's style inside the `with` block."""
    with mpl.rc_context(RC):
        yield


class _Canvas(FigureCanvasSVG):
    """A canvas with one renderer for layout and drawing, so that each text is measured once.

    Left to itself, Matplotlib measures with a renderer that it throws away, and goes through a figure once more in order to
    lay it out.
    """

    def __init__(self, figure: Figure, drawing: io.StringIO) -> None:
        super().__init__(figure)
        sharpness, figure.dpi = figure.dpi, self.fixed_dpi
        width, height = figure.get_size_inches()
        size = (width * figure.dpi, height * figure.dpi)
        page = RendererSVG(*size, drawing, image_dpi=sharpness, metadata={"Date": None, "Creator": None})
        self._renderer = MixedModeRenderer(figure, width, height, sharpness, page)

    def get_renderer(self) -> MixedModeRenderer:
        """Give the renderer; Matplotlib's layout asks for it."""
        return self._renderer


def save(figure: Figure, path: Path) -> None:
    """Save a figure as SVG: the same figure gives the same bytes."""
    drawing = io.StringIO()
    renderer = _Canvas(figure, drawing).get_renderer()
    layout = figure.get_layout_engine()
    if layout is not None:
        layout.execute(figure)
        figure.set_layout_engine("none")
    figure.draw(renderer)  # type: ignore[arg-type]
    renderer.finalize()
    path.write_text(_lighter(OUTLINE.sub(_rounded, drawing.getvalue())), encoding="utf-8")


def _lighter(drawing: str) -> str:
    """Leave out what a drawing says again and again: indents, turns by nothing, groups of nothing, the common fonts."""
    family = ", ".join(f"'{name}'" for name in RC["font.sans-serif"]) + ", sans-serif"
    drawing = drawing.replace(f" font-family: {family};", "").replace("<svg ", f'<svg font-family="{family}" ', 1)
    for waste, left in WASTE:
        drawing = waste.sub(left, drawing)
    return drawing


def _rounded(outline: re.Match[str]) -> str:
    """Round an outline to a hundredth of a point, a coast to half a point; points that then fall together are one."""
    before, steps = outline.groups()
    per_point = 2 if steps.count("\n") > LONG else 100
    kept: list[str] = []
    for step in NUMBER.sub(lambda found: f"{round(float(found.group()) * per_point) / per_point:g}", steps).splitlines():
        if not (kept and step[:1] == "L" and step[1:].strip() == kept[-1][1:].strip()):
            kept.append(step.rstrip())
    return before + (_from_point_to_point(kept) if per_point == 2 else "\n".join(kept))


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


def add_source_line(figure: Figure, text: str) -> None:
    """Write where the figures come from at the foot of a figure, so that it stays when the file is taken out."""
    figure.supxlabel(text, x=0.01, ha="left", fontsize=7.5, color=NEUTRAL)
