"""A unit's course over the checkpoints, drawn small enough for a phone from published rows."""

import html
import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from evalbook.plan.programme import PublishedRow
from evalbook.publish.unit_results import Measure
from evalbook.report.units import SCALE
from evalbook.text.language import Language, number

WIDTH: Final = 320
HEIGHT: Final = 132
LEFT: Final = 38
RIGHT: Final = 12
TOP: Final = 8
BOTTOM: Final = 22
# How far from the unit's own dot the others stand.
ASIDE: Final = 9
STEPS: Final = (1, 2, 2.5, 5, 10)
MOST_TICKS: Final = 4


class Axis(NamedTuple):
    """Where values stand."""

    low: float
    high: float
    step: float

    def y(self, value: float) -> float:
        """Return the height at which a value stands."""
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    def ticks(self) -> Iterator[float]:
        """Yield the values that are marked."""
        count = round((self.high - self.low) / self.step)
        yield from (self.low + place * self.step for place in range(count + 1))


def drawing(
    measure: Measure, months: Sequence[str], labels: Sequence[str], language: Language, alt: str
) -> str:
    """Draw a measure of a unit: its own dots with intervals, kinds of unit, and all others.

    Parameters
    ----------
    months, labels : sequence of str
        The checkpoints in order, and what they are called below the axis.
    alt : str
        The drawing's text for those who do not see it.
    """
    axis = _axis(measure)
    if axis is None:
        return ""
    places = dict(zip(months, _spread(len(months)), strict=True))
    unit = next(iter(measure.rows.values())).unit
    parts = [
        *_frame(axis, unit, language),
        *(
            f'<text x="{x:.0f}" y="{HEIGHT - 6}" text-anchor="middle">{html.escape(label)}</text>'
            for x, label in zip(places.values(), labels, strict=True)
        ),
        *_others(measure, places, axis),
        *_beside(measure, places, axis),
        *_own(measure, places, axis),
    ]
    return (
        f'<svg class="course" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{html.escape(alt, quote=True)}">{"".join(parts)}</svg>'
    )


def _spread(count: int) -> list[float]:
    left, right = LEFT + 18, WIDTH - RIGHT - 18
    if count == 1:
        return [(left + right) / 2]
    return [left + place * (right - left) / (count - 1) for place in range(count)]


def _axis(measure: Measure) -> Axis | None:
    """Fit an axis to all that is shown; none where the unit itself has nothing to show."""
    own = [value for row in measure.rows.values() for value in (row.lower, row.upper, row.estimate)]
    if all(map(math.isnan, own)):
        return None
    rest = [row.estimate for rows in measure.others.values() for row in rows]
    rest += [other.row.estimate for rows in measure.beside.values() for other in rows]
    shown = [value for value in (*own, *rest) if not math.isnan(value)]
    low, high = min(0.0, *shown), max(*shown, 0.0)
    scale = SCALE.get(next(iter(measure.rows.values())).unit, 1.0)
    step = _step((high - low) * scale or 1.0) / scale
    return Axis(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, step)


def _step(reach: float) -> float:
    power = 10.0 ** math.floor(math.log10(reach / MOST_TICKS))
    return next(step * power for step in STEPS if step * power * MOST_TICKS >= reach)


def _frame(axis: Axis, unit: str, language: Language) -> Iterator[str]:
    scale = SCALE.get(unit, 1.0)
    decimals = 0 if axis.step * scale >= 1 else 1
    for tick in axis.ticks():
        y = axis.y(tick)
        kind = "zero" if abs(tick) < axis.step / 1e6 else "line"
        yield f'<path class="{kind}" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
        said = number(tick * scale, language, decimals)
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{said}</text>'


def _others(measure: Measure, places: dict[str, float], axis: Axis) -> Iterator[str]:
    # One path of dots: a page with many units stays small.
    dots = "".join(
        f"M{places[month] - ASIDE:.0f} {axis.y(row.estimate):.0f}h0"
        for month, rows in measure.others.items()
        for row in rows
        if not math.isnan(row.estimate)
    )
    if dots:
        yield f'<path class="other" d="{dots}"/>'


def _beside(measure: Measure, places: dict[str, float], axis: Axis) -> Iterator[str]:
    for month, rows in measure.beside.items():
        for kind, other in enumerate(rows[-2:]):
            if not math.isnan(other.row.estimate):
                x, y = places[month] + ASIDE, axis.y(other.row.estimate)
                shape = "M-4 0L0-4L4 0L0 4Z" if kind == len(rows[-2:]) - 1 else "M-4 3.5L0-4L4 3.5Z"
                yield f'<path class="beside" transform="translate({x:.1f} {y:.1f})" d="{shape}"/>'


def _own(measure: Measure, places: dict[str, float], axis: Axis) -> Iterator[str]:
    shown = {month: row for month, row in measure.rows.items() if not math.isnan(row.estimate)}
    # Nothing is drawn across a checkpoint without a result.
    for one, other in pairwise(places):
        if one in shown and other in shown:
            ends = (f"{places[at]:.1f} {axis.y(shown[at].estimate):.1f}" for at in (one, other))
            yield f'<path class="own-line" d="M{"L".join(ends)}"/>'
    for month, row in shown.items():
        yield from _dot(places[month], row, axis)


def _dot(x: float, row: PublishedRow, axis: Axis) -> Iterator[str]:
    if not math.isnan(row.lower + row.upper):
        yield (
            f'<path class="own-interval" '
            f'd="M{x:.1f} {axis.y(row.lower):.1f}V{axis.y(row.upper):.1f}"/>'
        )
    yield f'<circle class="own" cx="{x:.1f}" cy="{axis.y(row.estimate):.1f}" r="4.5"/>'
