"""The targets as bullet charts: by kind of municipality over time, and by municipality."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalbook.models.shares.proportions import Verdict, verdict
from evalbook.report.style import INK, LIGHT, NEUTRAL, TARGET
from evalbook.report.underlying import SHARE_COLUMNS, Column, attach_data, share_rows
from evalbook.report.units import percent
from evalbook.sdc.thresholds import HIDDEN, SafeShare, require_safe
from evalbook.text.language import Language, Text
from nychance import tr
from nychance.charts.axes import PER_CENT, ROLE_NAMES, format_axis, legend_above, only_grid
from nychance.charts.colours import GROUP_COLOURS, METHOD
from nychance.charts.panels import share_panels
from nychance.sentences.statements import VERDICTS

PLACES = (("method", "o", -0.17), ("comparison", "s", 0.17))
LINE = tr("Target")
NAMED = {
    "target": Column(LINE),
    "threshold": Column(tr("At least"), "share", counted="targets"),
}


@dataclass(frozen=True)
class Bullet:
    """A target and its results.

    Attributes
    ----------
    name : Text
        Its name.
    threshold : float
        The least that the share should be.
    shares : mapping
        Role of the municipalities to the share; None where hidden.
    course : mapping
        Role to the shares at the checkpoints until now, by the checkpoint's number.
    """

    name: Text
    threshold: float
    shares: Mapping[str, SafeShare | None]
    course: Mapping[str, Mapping[int, SafeShare | None]] = field(default_factory=dict)

    @property
    def checkpoints(self) -> list[int]:
        """The checkpoints of the course."""
        return sorted({number for shares in self.course.values() for number in shares})


def target_bullets(bullets: Sequence[Bullet], language: Language) -> Figure:
    """Draw each target as a bullet with its verdict, and its course since the first checkpoint.

    The course is drawn from the second checkpoint on. Its scale starts at zero in each row and is
    the row's own, so that its target line is at the same share as the bullet's.
    """
    followed = len(bullets[0].checkpoints) > 1
    size = (7.2, 1.3 + 0.74 * len(bullets))
    figure, panels = plt.subplots(
        1,
        1 + followed,
        figsize=size,
        sharey=True,
        squeeze=False,
        width_ratios=[2.4, 1][: 1 + followed],
    )
    axes = panels[0, 0]
    for row, bullet in enumerate(bullets):
        axes.barh(row, bullet.threshold, height=0.74, color=LIGHT, alpha=0.55)
        axes.plot([bullet.threshold] * 2, [row - 0.4, row + 0.4], color=TARGET, linewidth=2.5)
        for role, marker, offset in PLACES:
            _bullet(
                axes,
                row + offset,
                bullet.shares.get(role),
                bullet.threshold,
                role,
                marker,
                language,
                label=row == 0,
            )
    axes.plot([], [], color=TARGET, linewidth=2.5, label=LINE[language])
    axes.set_yticks(range(len(bullets)), [b.name[language].replace(" (", "\n(") for b in bullets])
    axes.set_ylim(len(bullets) - 0.5, -0.5)
    axes.set_xlim(0, 1.45 * max(_reach(b) for b in bullets))
    format_axis(axes.xaxis, language, share=True)
    axes.set_xlabel(PER_CENT[language])
    only_grid(axes, "x")
    legend_above(axes, 3)
    if followed:
        _courses(panels[0, 1], bullets, language)
    cells = [
        ({"role": ROLE_NAMES[r], "target": b.name, "threshold": b.threshold}, b.shares.get(r))
        for b in bullets
        for r in ROLE_NAMES
    ]
    columns = NAMED | {"role": Column(tr("Municipalities"))} | SHARE_COLUMNS
    return attach_data(figure, share_rows(cells), columns)


def municipality_bullets(
    bullets: Sequence[Bullet], municipalities: Mapping[str, Text], language: Language
) -> Figure:
    """Draw each municipality's share of each target, one panel per target on the same scale.

    Parameters
    ----------
    bullets : sequence of Bullet
        With a share per municipality. A filled dot has met the target, an empty one has not, a
        half one is undecided.
    municipalities : mapping
        Keys to names, in order from the top.
    """
    figure, axes = plt.subplots(figsize=(7.2, 1.5 + 0.36 * len(municipalities)))
    titles = [textwrap.fill(bullet.name[language], 18) for bullet in bullets]
    begins = share_panels(axes, titles, max(_reach(bullet) for bullet in bullets), language)
    lines: list[tuple[float, float, float]] = []
    dots: dict[Verdict, list[tuple[float, int]]] = {found: [] for found in FILLS}
    for begin, bullet in zip(begins, bullets, strict=True):
        axes.axvspan(begin, begin + bullet.threshold, color=LIGHT, alpha=0.4, linewidth=0)
        axes.axvline(begin + bullet.threshold, color=TARGET, linewidth=1.8)
        for row, key in enumerate(municipalities):
            share = bullet.shares.get(key)
            require_safe(share)
            if share is None:
                axes.text(begin + 0.02, row, HIDDEN, va="center", color=NEUTRAL, in_layout=False)
            else:
                low, high = share.interval
                lines.append((row, begin + low, begin + high))
                dots[verdict(share, bullet.threshold)].append((begin + share.value, row))
    rows, lows, highs = np.array(lines).reshape(-1, 3).T
    axes.hlines(rows, lows, highs, color=METHOD, linewidth=2)
    for found, places in dots.items():
        axes.plot(
            *np.array(places).reshape(-1, 2).T,
            "o",
            fillstyle=FILLS[found],
            label=VERDICTS[found][language].capitalize(),
            **DOT,
        )
    axes.plot([], [], color=TARGET, linewidth=1.8, label=LINE[language])
    axes.set_yticks(
        range(len(municipalities)), [name[language] for name in municipalities.values()]
    )
    axes.set_ylim(len(municipalities) - 0.5, -0.5)
    legend_above(axes, 4)
    cells = [
        (
            {"municipality": municipalities[key], "target": b.name, "threshold": b.threshold},
            b.shares.get(key),
        )
        for b in bullets
        for key in municipalities
    ]
    return attach_data(
        figure,
        share_rows(cells),
        {"municipality": Column(tr("Municipality"))} | NAMED | SHARE_COLUMNS,
    )


FILLS: dict[Verdict, str] = {"met": "full", "undecided": "left", "not-met": "none"}
DOT: dict[str, Any] = {
    "color": METHOD,
    "markersize": 8,
    "markerfacecoloralt": "white",
    "linestyle": "none",
}


def _bullet(
    axes: Axes,
    row: float,
    share: SafeShare | None,
    threshold: float,
    role: str,
    marker: str,
    language: Language,
    *,
    label: bool,
) -> None:
    require_safe(share)
    colour, name = GROUP_COLOURS[role], ROLE_NAMES[role][language] if label else None
    if share is None:
        axes.plot([], [], marker, color=colour, markersize=8, label=name)
        return
    low, high = share.interval
    axes.plot([low, high], [row, row], color=colour, linewidth=3, solid_capstyle="butt")
    axes.plot(
        share.value, row, marker, color=colour, markersize=8, markeredgecolor="white", label=name
    )
    words = f"{percent(share.value, language)} · {VERDICTS[verdict(share, threshold)][language]}"
    axes.annotate(
        words,
        (max(high, threshold), row),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        fontsize=8.5,
        color=INK,
    )


def _courses(axes: Axes, bullets: Sequence[Bullet], language: Language) -> None:
    for row, bullet in enumerate(bullets):
        top = max(
            _reach(bullet),
            *(s.interval[1] for shares in bullet.course.values() for s in shares.values() if s),
        )
        base, height = row + 0.4, 0.8 / top
        axes.plot(
            [0.6, len(bullet.checkpoints) + 0.4],
            [base - height * bullet.threshold] * 2,
            color=TARGET,
            linewidth=1,
        )
        axes.plot([0.6, len(bullet.checkpoints) + 0.4], [base] * 2, color=NEUTRAL, linewidth=0.6)
        for role, marker, offset in PLACES:
            known = {number: share for number, share in bullet.course[role].items() if share}
            require_safe(*known.values())
            places, colour = [number + 0.3 * offset for number in known], GROUP_COLOURS[role]
            lows, highs = (
                [base - height * share.interval[end] for share in known.values()] for end in (0, 1)
            )
            axes.vlines(places, lows, highs, color=colour, linewidth=1.2, alpha=0.7)
            axes.plot(
                places,
                [base - height * share.value for share in known.values()],
                marker=marker,
                markersize=3.5,
                color=colour,
                linewidth=1.4,
                linestyle="-" if role == "method" else "--",
            )
    axes.set_xticks(bullets[0].checkpoints, [str(number) for number in bullets[0].checkpoints])
    axes.set_xlabel(tr("Checkpoint")[language])
    axes.spines["left"].set_visible(False)
    axes.grid(visible=False)


def _reach(bullet: Bullet) -> float:
    """Return the largest share in a bullet: the threshold or the end of an interval."""
    return max(
        bullet.threshold, *(share.interval[1] for share in bullet.shares.values() if share), 0.0
    )
