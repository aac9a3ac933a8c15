"""Lines: courses over time, event studies, curves of survival, saturation."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, MultipleLocator

from evalbook.report.style import LIGHT, NEUTRAL, TARGET
from nychance import tr
from nychance.plots import axes as on
from nychance.plots import tidy

# Series stand apart by this share of the time axis, so that intervals do not cover one another.
APART: Final = 0.008
# Room above the highest value, as a share of it.
ABOVE: Final = 0.06
# From this many dates on, only each January and July is written.
FEW_DATES: Final = 8
OBSERVED: Final = {"observed": tr("In the order held").en, "expected": tr("Expected").en}
INTERVIEWS: Final = tr("Interviews").en
CODES: Final = tr("Number of different codes").en
WEEKS: Final = tr("Weeks").en


def lines(
    table: pd.DataFrame,
    x: str,
    hue: str | None = None,
    panel: str | None = None,
    *,
    events: Mapping[date, str] | None = None,
    target: float | None = None,
    label: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw courses with their intervals, each named at its end.

    Parameters
    ----------
    table : DataFrame
        Tidy.
    x, hue, panel : str
        Groups: dates or numbers, series, and panels below one another.
    events : mapping, optional
        Names of events by day.
    target : float, optional
        A threshold.
    label : str, optional
        Of the value axis; default the unit.
    """
    frame, dates = _placed(tidy.flat(table), x)
    names, hues = tidy.values(frame, panel), tidy.values(frame, hue)
    figure, drawn = on.panels(names, 2.3 if panel else 3.3, 1, ax)
    span = float(np.ptp(frame[x])) or 1.0
    # Panels share their scale, so it is that of the whole table.
    low, high = tidy.limits(frame, "estimate", "lower", "upper")
    for axes, name in zip(drawn, names, strict=True):
        here = tidy.part(frame, panel, name)
        if target is not None:
            axes.axhline(target, color=TARGET, linewidth=1.5)
        for place, (value, look) in enumerate(tidy.look(hues).items()):
            mine = tidy.part(here, hue, value).sort_values(x)
            at = mine[x].to_numpy(dtype=float) + span * APART * (2 * place - len(hues) + 1)
            on.series(axes, mine, at, look, value, upright=True)
            up = {"va": "bottom", "ha": "center", "xytext": (0, 3 + 11 * place)}
            on.write_hidden(axes, mine, at, 0.0, upright=True, **up)
        if low >= 0:
            axes.set_ylim(0, (1 + ABOVE) * max(high, target or 0))
        on.unit_axis(axes, "y", tidy.unit_of(frame), label)
        _time(axes, frame[x], dates)
        on.events(axes, events or {}, named=axes is drawn[0])
        if hue is not None:
            on.label_ends(axes)
        if target is not None:
            left = axes.get_xlim()[0]
            on.note(axes, on.TARGET_NAME, left, target, va="bottom", color=TARGET)
    return figure


def _placed(frame: pd.DataFrame, x: str) -> tuple[pd.DataFrame, list[Any] | None]:
    """Return a table with dates as numbers, and the dates."""
    if not isinstance(frame[x].iloc[0], date | pd.Timestamp | np.datetime64):
        return frame, None
    days = pd.to_datetime(frame[x])
    return frame.assign(**{x: mdates.date2num(days)}), sorted(set(days))


def _time(axes: Axes, places: "pd.Series[Any]", dates: Sequence[Any] | None) -> None:
    if dates is None:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        on.only_grid(axes, "y")
        return
    room = max(0.04 * float(np.ptp(places)), 20.0)
    axes.set_xlim(float(places.min()) - room, float(places.max()) + room)
    on.date_axis(axes, dates if len(dates) < FEW_DATES else None)


def event_study(
    table: pd.DataFrame,
    x: str = "period",
    panel: str | None = None,
    *,
    start: Any = 0,
    started: str | None = None,
    label: str | None = None,
) -> Figure:
    """Draw differences by period relative to the last one before the start, which is hollow.

    Parameters
    ----------
    table : DataFrame
        Tidy, with dates or numbers as periods; the base has an estimate of 0 and no interval. A
        simultaneous band from `band_lower` to `band_upper`, if there is one, is shaded.
    x, panel : str
        Groups: periods, and panels below one another.
    start : number or date
        The first period after the start; what follows is shaded.
    started : str, optional
        What happened then.
    """
    frame, dates = _placed(tidy.flat(table), x)
    begin = float(mdates.date2num(start)) if dates else float(start)
    names = tidy.values(frame, panel)
    figure, drawn = on.panels(names, 2.3, 1)
    (colour, marker, _), *_ = tidy.look(["method"]).values()
    for axes, name in zip(drawn, names, strict=True):
        here = tidy.part(frame, panel, name).sort_values(x)
        at = here[x].to_numpy(dtype=float)
        axes.axhline(0, color=NEUTRAL, linewidth=0.9)
        if "band_lower" in here:
            axes.fill_between(
                at, here["band_lower"], here["band_upper"], color=NEUTRAL, alpha=0.2, linewidth=0
            )
        base = at == max(at[at < begin], default=np.nan)
        for chosen, face in ((~base, colour), (base, "white")):
            look = (colour, marker, "none")
            on.series(
                axes, here[chosen], at[chosen], look, None, upright=True, face=face, edge=colour
            )
        on.unit_axis(axes, "y", tidy.unit_of(frame), label)
        _time(axes, frame[x], dates)
        end = axes.get_xlim()[1]
        axes.axvspan(begin, end, color=LIGHT, alpha=0.35, linewidth=0)
        axes.set_xlim(right=end)
    if started is not None:
        on.at_top(drawn[0], started, begin)
    return figure


def survival(
    table: pd.DataFrame,
    x: str = "week",
    hue: str | None = None,
    *,
    label: str = WEEKS,
    every: int = 13,
    ax: Axes | None = None,
) -> Figure:
    """Draw curves of survival with their bands, each named at its end.

    Parameters
    ----------
    table : DataFrame
        Tidy: shares by time and group.
    label : str
        Of the time axis.
    every : int
        Distance of the ticks.
    """
    frame = tidy.flat(table)
    figure, (axes,) = on.panels([None], 3.5, 1, ax)
    for value, (colour, _, dash) in tidy.look(tidy.values(frame, hue)).items():
        mine = tidy.part(frame, hue, value).sort_values(x)
        at, kind = mine[x], dict[str, Any](color=colour, linewidth=2, label=tidy.name_of(value))
        if "lower" in mine:
            ends = mine["lower"], mine["upper"]
            axes.fill_between(at, *ends, step="post", color=colour, alpha=0.18, linewidth=0)
        axes.step(at, mine["estimate"], where="post", linestyle=dash, **kind)
    axes.set_ylim(0, 1)
    axes.set_xlim(0, float(frame[x].max()))
    axes.xaxis.set_major_locator(MultipleLocator(every))
    on.percent_axis(axes, "y")
    axes.set_xlabel(label)
    on.label_ends(axes)
    return figure


def saturation(curve: pd.DataFrame, codes: int, *, ax: Axes | None = None) -> Figure:
    """Draw the codes found so far: as observed, and as expected over orders of the interviews.

    Parameters
    ----------
    curve : DataFrame
        By number of interviews, `observed` and `expected`.
    codes : int
        The number of codes in the book.
    """
    figure, (axes,) = on.panels([None], 2.9, 1, ax)
    for column, (colour, _, dash) in tidy.look(list(OBSERVED)).items():
        kind: dict[str, Any] = {"color": colour, "linestyle": dash, "linewidth": 2}
        axes.plot(curve.index, curve[column], label=OBSERVED[str(column)], **kind)
    axes.set_xlim(0, max(int(curve.index[-1]), 1))
    axes.set_ylim(0, codes * 1.05)
    axes.set_xlabel(INTERVIEWS)
    axes.set_ylabel(CODES)
    on.key(axes)
    return figure
