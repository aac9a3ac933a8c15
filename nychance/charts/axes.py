"""Axes, legends and names in the report's languages."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import Formatter

from evalbook.text.language import Language, number
from nychance import tr

ROLE_NAMES = {
    "method": tr("Method municipalities"),
    "comparison": tr("Comparison municipalities"),
}
ORIGIN_NAMES = {
    "danish": tr("Danish origin"),
    "immigrant": tr("Immigrants"),
    "descendant": tr("Descendants"),
}
PER_CENT = tr("Per cent")


def format_axis(axis: Axis, language: Language, *, share: bool = False) -> None:
    """Write an axis' numbers in the language, with the decimals that its ticks need.

    Shares are written in per cent, without unit.
    """
    axis.set_major_formatter(_Numbers(language, 100 if share else 1))


class _Numbers(Formatter):
    """Formatter of an axis' ticks, which Matplotlib passes to `set_locs`, in a language."""

    def __init__(self, language: Language, scale: int) -> None:
        self._language = language
        self._scale = scale
        self._decimals = 0

    def set_locs(self, locs: Sequence[float]) -> None:
        """Set the decimals that the ticks need."""
        ticks = [tick * self._scale for tick in locs]
        self._decimals = next(
            (d for d in range(2) if all(abs(tick - round(tick, d)) < 1e-6 for tick in ticks)), 2
        )

    def __call__(self, value: float, pos: int | None = None) -> str:
        """Write one tick."""
        return number(value * self._scale, self._language, self._decimals)


def legend_above(axes: Axes, columns: int) -> None:
    """Draw the legend above the figure, where it covers nothing and is never clipped."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.legend(
        *axes.get_legend_handles_labels(),
        loc="outside upper left",
        ncols=columns,
        frameon=False,
        handletextpad=0.4,
        columnspacing=1.4,
    )


# Long Danish words may be hyphenated after these parts.
JOINTS = ("kompetence", "forberedelses", "virksomheds")


def broken(name: str) -> str:
    """Return a name broken into lines: between words, and within long Danish compounds."""
    words = []
    for word in name.split():
        joint = next(
            (part for part in JOINTS if word.lower().startswith(part) and len(word) > len(part)), ""
        )
        words.append(f"{word[: len(joint)]}-\n{word[len(joint) :]}" if joint else word)
    return "\n".join(words)


def margins(figure: Figure, *, left: float, top: float, bottom: float, right: float = 0.15) -> None:
    """Set a figure's margins in inches.

    Measuring all texts to find them would take as long as drawing.
    """
    width, height = figure.get_size_inches()
    figure.subplots_adjust(
        left=left / width, right=1 - right / width, top=1 - top / height, bottom=bottom / height
    )


def only_grid(axes: Axes, which: str) -> None:
    """Keep the grid lines of one axis (`x` or `y`) only."""
    axes.grid(visible=False)
    axes.grid(visible=True, axis=which)  # type: ignore[arg-type]
