"""An effect with what is known of its uncertainty."""

import math
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import pandas as pd

Inference = Literal["wild", "randomisation"]

# With fewer treated, or fewer others, only randomisation inference is honest (MacKinnon & Webb,
# QED papers 1355 and 1364).
FEWEST: Final = 4


@dataclass(frozen=True, eq=False)
class Estimate:
    """A difference-in-differences with inference that fits few clusters.

    Attributes
    ----------
    estimate : float
        In the outcome's unit.
    interval : tuple of float
        95 per cent: the effects that the test named by `interval_by` does not reject. Infinite on
        a side where it rejects none.
    interval_by : {"wild", "randomisation"}
        The test that was inverted.
    p_wild : float or None
        Two-sided p of the wild cluster bootstrap (null imposed, Webb's weights); None if it was
        not asked for or does not hold.
    p_randomisation : float or None
        Two-sided p of randomisation inference on t; None if it was not asked for.
    n : int
        Rows: unit-times.
    n_treated : int
        Units that are treated at some time.
    units, clusters, clusters_treated : int
        Units; clusters, and those of them with a treated unit.
    gaps : int
        Unit-times without a row.
    error : float
        CRV1 standard error, for comparison only.
    interval_crv1, interval_crv3 : tuple of float, the latter or None
        Student's t with G - 1 degrees of freedom on the ordinary and on the jackknife
        cluster-robust error, for comparison only. There is no jackknife if the data without one
        cluster do not determine the effect.
    wild_draws, wild_possible : int or None
        Vectors of multipliers used, and how many different ones there are (6 to the power of the
        clusters).
    assignments, assignments_possible : int or None
        Assignments used, and how many different ones there are.
    seed : int
        Of the draws.
    warning : str
        Empty, or what the reader must know.
    leave_one_out : pd.Series
        The estimate without each cluster, by cluster; NaN where the others do not determine it.
    """

    estimate: float
    interval: tuple[float, float]
    interval_by: Inference
    p_wild: float | None
    p_randomisation: float | None
    n: int
    n_treated: int
    units: int
    clusters: int
    clusters_treated: int
    gaps: int
    error: float
    interval_crv1: tuple[float, float]
    interval_crv3: tuple[float, float] | None
    wild_draws: int | None
    wild_possible: int | None
    assignments: int | None
    assignments_possible: int | None
    seed: int
    warning: str
    leave_one_out: "pd.Series[float]" = field(repr=False)

    @property
    def drawn(self) -> tuple[float, float]:
        """The interval as a picture can show it: an infinite end lies ten standard errors out."""
        low, high = self.interval
        far = 10 * self.error
        return (
            self.estimate - far if low == -math.inf else low,
            self.estimate + far if high == math.inf else high,
        )

    def to_frame(self) -> pd.DataFrame:
        """Give it as a table of one row; intervals as `lower` and `upper`, None as missing."""
        crv3 = self.interval_crv3 or (None, None)
        row = {
            "estimate": self.estimate,
            "lower": self.interval[0],
            "upper": self.interval[1],
            "interval_by": self.interval_by,
            "p_wild": self.p_wild,
            "p_randomisation": self.p_randomisation,
            "n": self.n,
            "n_treated": self.n_treated,
            "units": self.units,
            "clusters": self.clusters,
            "clusters_treated": self.clusters_treated,
            "gaps": self.gaps,
            "error_crv1": self.error,
            "lower_crv1": self.interval_crv1[0],
            "upper_crv1": self.interval_crv1[1],
            "lower_crv3": crv3[0],
            "upper_crv3": crv3[1],
            "wild_draws": self.wild_draws,
            "wild_possible": None if self.wild_possible is None else float(self.wild_possible),
            "assignments": self.assignments,
            "assignments_possible": None
            if self.assignments_possible is None
            else float(self.assignments_possible),
            "seed": self.seed,
            "warning": self.warning,
        }
        return pd.DataFrame([row])

    def summary(self) -> str:
        """Say it in a few lines."""
        low, high = self.interval
        by = "wild cluster bootstrap" if self.interval_by == "wild" else "randomisation inference"
        lines = [
            f"effect {self.estimate:.4g}, 95 % interval {low:.4g} to {high:.4g} (inverted {by})",
            f"{self.n} rows of {self.units} units, {self.n_treated} treated; {self.clusters} clusters, "
            f"{self.clusters_treated} treated; {self.gaps} gaps; seed {self.seed}",
        ]
        if self.p_wild is not None:
            lines.append(
                f"wild cluster bootstrap: p = {self.p_wild:.4f} ({self.wild_draws} of {self.wild_possible:.3g} draws)"
            )
        if self.p_randomisation is not None:
            lines.append(
                f"randomisation on t: p = {self.p_randomisation:.4f} "
                f"({self.assignments} of {self.assignments_possible:.4g} assignments)"
            )
        lines.append(_comparison("CRV1", self.interval_crv1))
        if self.interval_crv3:
            lines.append(_comparison("CRV3", self.interval_crv3))
        return "\n".join(lines + ([f"warning: {self.warning}"] if self.warning else []))

    def plot(self, axes: Any = None, *, unit: str = "") -> Any:
        """Draw the estimate with its interval and, below it, those for comparison.

        Parameters
        ----------
        axes : matplotlib Axes, optional
            Where to draw; a new figure without.
        unit : str
            What the outcome is counted in, for the axis.

        Returns
        -------
        matplotlib Axes
        """
        intervals = {self.interval_by: self.drawn, "CRV1": self.interval_crv1}
        if self.interval_crv3:
            intervals["CRV3"] = self.interval_crv3
        axes = new_axes() if axes is None else axes
        for row, (low, high) in enumerate(intervals.values()):
            main = row == 0
            axes.plot(
                [low, high],
                [-row, -row],
                color="C0" if main else "0.6",
                linewidth=2.5 if main else 1.5,
            )
            axes.plot(self.estimate, -row, "o" if main else "|", color="C0" if main else "0.6")
        axes.axvline(0, color="0.4", linewidth=0.8, linestyle="--")
        axes.set_ylim(0.5 - len(intervals), 0.5)
        axes.set_yticks([-row for row in range(len(intervals))], list(intervals))
        axes.set_xlabel(unit)
        return axes


def new_axes() -> Any:
    """Make a figure of its own, which no window keeps open."""
    from matplotlib.figure import Figure  # an estimate needs no drawing

    return Figure(layout="constrained").add_subplot()


def _comparison(name: str, interval: tuple[float, float]) -> str:
    return f"for comparison, {name} with t of G - 1: {interval[0]:.4g} to {interval[1]:.4g}"
