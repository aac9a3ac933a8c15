"""Axes that speak the language."""

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter

from nychance.language import Language, Text, number

ROLE_NAMES = {
    "method": Text("Metodekommuner", "Method municipalities"),
    "comparison": Text("Sammenligningskommuner", "Comparison municipalities"),
}
ORIGIN_NAMES = {
    "danish": Text("Dansk oprindelse", "Danish origin"),
    "immigrant": Text("Indvandrere", "Immigrants"),
    "descendant": Text("Efterkommere", "Descendants"),
}
PER_CENT = Text("Pct.", "Per cent")


def format_axis(axis: Axis, language: Language, *, share: bool = False) -> None:
    """Write an axis' numbers in the language, with a decimal only where ticks need it; a share in per cent, without unit."""
    scale = 100 if share else 1

    def written(value: float, _: int | None) -> str:
        whole = all(abs(tick * scale - round(tick * scale)) < 1e-6 for tick in axis.get_majorticklocs())
        return number(value * scale, language, 0 if whole else 1)

    axis.set_major_formatter(FuncFormatter(written))


def legend_above(axes: Axes, columns: int) -> None:
    """Put the legend over the figure, where it covers nothing and is never cut."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=columns, frameon=False,
                  handletextpad=0.4, columnspacing=1.4)  # fmt: skip


def only_grid(axes: Axes, which: str) -> None:
    """Keep the grid lines of one axis (`x` or `y`) only."""
    axes.grid(visible=False)
    axes.grid(visible=True, axis=which)  # type: ignore[arg-type]
