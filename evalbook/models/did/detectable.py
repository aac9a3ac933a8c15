"""What could be found at all: the smallest effect that a design detects with a given chance."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from evalbook.errors import DataError
from evalbook.models.base.outcome import Fit, tidy_table
from evalbook.models.base.panel import Panel, label, read_panel
from evalbook.models.base.person_input import Floats, zero_one
from evalbook.models.few_clusters.clustered import difference_by_cluster


@dataclass(frozen=True)
class DetectableEffect(Fit):
    """The smallest effect that is found with a given chance.

    Attributes
    ----------
    effect : float
        In the outcome's unit.
    error, df : float
        The standard error that a difference-in-differences of this design would have, and its
        degrees of freedom.
    power, level : float
        The chance to find it, and the level of the test.
    before, after : int
        Times before and after the start in the design.
    windows : int
        Stretches of times from before the start that the error was averaged over.
    n_treated, n_comparison : int
        Units.
    """

    effect: float
    error: float
    df: float
    power: float
    level: float
    before: int
    after: int
    windows: int
    n_treated: int
    n_comparison: int

    def tidy(self) -> pd.DataFrame:
        """Return a row: the effect as `estimate`, and the error it was found with."""
        n = self.n_treated + self.n_comparison
        return tidy_table(["detectable"], self.effect, self.error, n=n).assign(power=self.power)

    def summary(self) -> str:
        """Return the result in a line of text."""
        return (
            f"an effect of {self.effect:.4g} can be found with a chance of {self.power:.0%} "
            f"(error {self.error:.4g}, df = {self.df:.1f}, {self.before} times before and "
            f"{self.after} after, {self.n_treated} treated, {self.n_comparison} others)"
        )


def minimum_detectable_effect(
    data: pd.DataFrame,
    outcome: str,
    unit: str,
    time: str,
    treated: str,
    *,
    power: float = 0.8,
    level: float = 0.05,
    before: int | None = None,
    after: int | None = None,
    weights: str | None = None,
) -> DetectableEffect:
    """Compute the smallest effect that a difference-in-differences would find, from earlier times.

    Parameters
    ----------
    data : pd.DataFrame
        One row per unit and time, without gaps. Times from the first start on are not used.
    outcome, unit, time : str
        Columns.
    treated : str
        Column: 1 for the units that are to be treated, at all times or from their start on.
    power, level : float
        The chance with which the effect is to be found, and the level of the two-sided test.
    before, after : int, optional
        Times before and after the start in the design; by default half of the times each.
    weights : str, optional
        Column of weights above 0.

    Returns
    -------
    DetectableEffect

    Raises
    ------
    DataError
        As `difference_in_differences`; also if there are fewer times before the start than the
        design has in all, gaps, fewer than two units of either kind, or a chance or a level that
        is not between 0 and 1.

    Notes
    -----
    Bloom (1995), Evaluation Review 19:547-556: the error times the sum of the quantiles of
    Student's t at 1 - level / 2 and at the power. The error is that of the units' changes between
    the two halves of every stretch of times of the design's length, averaged as a variance, so
    that it holds what is correlated over time (Burlig, Preonas & Woerman 2020, Journal of
    Development Economics 144:102458). Errors and degrees of freedom are those of
    `clustered(kind="CR2")`.
    """
    for name, value in (("power", power), ("level", level)):
        if not 0 < value < 1:
            raise DataError(f"{name} = {value!r} cannot be", remedy="Give a number from 0 to 1")
    panel = read_panel(data, outcome, unit, time, also=[treated], weights=weights)
    chosen = zero_one(panel.rows[treated], treated) == 1
    ever = np.bincount(panel.unit[chosen], minlength=len(panel.units)) > 0
    count = _times_before(panel, chosen)
    half = count // 2
    ahead, behind = (half if value is None else value for value in (after, before))
    for name, value in (("before", behind), ("after", ahead)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise DataError(
                f"{name} = {value!r} cannot be",
                remedy="Give a whole number of at least 1, and two times before the start",
            )
    if ahead + behind > count:
        raise DataError(
            f"{behind} times before and {ahead} after are more than the {count} known before the "
            "start",
            remedy="Give fewer, or earlier times",
        )
    if min(ever.sum(), (~ever).sum()) < 2:
        raise DataError(
            "there are fewer than two units of either kind",
            remedy="Give at least two treated and two others",
        )
    table, weight = panel.by_unit(panel.outcome)[:, :count], panel.by_unit(panel.weight)[:, :count]
    if np.isnan(table).any():
        place, when = np.argwhere(np.isnan(table))[0]
        raise DataError(
            f"{unit} {label(panel.units[place])} has no row at {label(panel.times[when])}",
            remedy="Leave out units with gaps, or times at which some have none",
        )
    found = [
        difference_by_cluster(_change(table, first, behind, ahead), ever, weight.mean(axis=1))
        for first in range(count - ahead - behind + 1)
    ]
    errors, degrees = np.array([row[["error", "df"]].to_numpy(dtype=float) for row in found]).T
    error, df = float(np.sqrt((errors**2).mean())), float(degrees.mean())
    reach = stats.t.ppf(1 - level / 2, df) + stats.t.ppf(power, df)
    return DetectableEffect(
        effect=float(reach) * error,
        error=error,
        df=df,
        power=power,
        level=level,
        before=behind,
        after=ahead,
        windows=len(errors),
        n_treated=int(ever.sum()),
        n_comparison=int((~ever).sum()),
    )


def _times_before(panel: Panel, chosen: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> int:
    """Count the times before the first start; all of them, if units are marked throughout."""
    if not chosen.any():
        raise DataError("no unit is treated at any time", remedy="Mark the units to be treated")
    marked = np.bincount(panel.unit[chosen], minlength=len(panel.units))
    seen = np.bincount(panel.unit, minlength=len(panel.units))
    if (marked[marked > 0] == seen[marked > 0]).all():
        return len(panel.times)
    return int(panel.time[chosen].min())


def _change(table: Floats, first: int, before: int, after: int) -> Floats:
    middle = first + before
    change = table[:, middle : middle + after].mean(axis=1) - table[:, first:middle].mean(axis=1)
    return np.asarray(change, dtype=np.float64)
