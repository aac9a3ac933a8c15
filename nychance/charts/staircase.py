"""The staircase model, drawn as a staircase."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from evalbook.report.style import INK, LIGHT, NEUTRAL
from evalbook.report.underlying import SHARE_COLUMNS, Column, attach_data, share_rows
from evalbook.report.units import bare
from evalbook.sdc.thresholds import HIDDEN, SafeShare, require_safe
from evalbook.text.language import Language, Text
from nychance import tr
from nychance.charts.axes import ROLE_NAMES, broken, legend_above
from nychance.charts.colours import GROUP_COLOURS

# Height of a step, as a share of the group, since bars and steps have one scale.
RISE = 0.14


def staircase(
    shares: Mapping[str, Mapping[str, SafeShare | None]],
    steps: Mapping[str, Text],
    language: Language,
) -> Figure:
    """Draw the share on each step as bars on its tread, with intervals.

    Parameters
    ----------
    shares : mapping
        `shares[role][step]`; None where hidden.
    steps : mapping
        Keys to names, from the bottom.
    """
    figure, axes = plt.subplots(figsize=(7.2, 4.6))
    for place, (key, name) in enumerate(steps.items()):
        tread = RISE * (place + 1)
        axes.bar(place, tread, width=1.0, color=LIGHT, alpha=0.45, align="edge", linewidth=0)
        axes.plot(
            [place, place, place + 1], [tread - RISE, tread, tread], color=NEUTRAL, linewidth=1.6
        )
        axes.text(
            place + 0.5,
            tread - 0.015,
            broken(name[language]),
            ha="center",
            va="top",
            fontsize=8,
            in_layout=False,
        )
        for role, offset in (("method", 0.3), ("comparison", 0.7)):
            _occupancy(axes, place + offset, tread, shares[role].get(key), role, language)
    for role, name in ROLE_NAMES.items():
        axes.add_patch(
            Rectangle(
                (0, 0),
                0,
                0,
                facecolor=GROUP_COLOURS[role],
                hatch=HATCHES[role],
                edgecolor="white",
                linewidth=0,
                label=name[language],
            )
        )
    axes.set_xlim(-0.02, len(steps) + 0.02)
    axes.set_ylim(bottom=0)
    axes.set_axis_off()
    legend_above(axes, 2)
    cells = [
        ({"step": name, "role": ROLE_NAMES[role]}, shares[role].get(key))
        for key, name in steps.items()
        for role in ROLE_NAMES
    ]
    return attach_data(
        figure,
        share_rows(cells),
        {"step": Column(tr("Step")), "role": Column(tr("Municipalities"))} | SHARE_COLUMNS,
    )


HATCHES = {"method": "", "comparison": "////"}


def _occupancy(
    axes: Axes, place: float, tread: float, share: SafeShare | None, role: str, language: Language
) -> None:
    require_safe(share)
    if share is None:
        axes.text(
            place, tread + 0.02, HIDDEN, ha="center", va="bottom", color=NEUTRAL, in_layout=False
        )
        return
    low, high = share.interval
    axes.bar(
        place,
        share.value,
        width=0.32,
        bottom=tread,
        color=GROUP_COLOURS[role],
        hatch=HATCHES[role],
        edgecolor="white",
        linewidth=0,
    )
    axes.plot([place, place], [tread + low, tread + high], color=INK, linewidth=1.2)
    axes.text(
        place,
        tread + high + 0.008,
        bare(share.value, "share", language, 0),
        ha="center",
        va="bottom",
        fontsize=8,
    )
