"""An effect with what is known of its uncertainty."""

import math
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import pandas as pd

from evalbook.models.base.outcome import Fit, tidy_table
from evalbook.models.base.plots import plot_intervals

Inference = Literal["wild", "randomisation"]

# With fewer treated, or fewer others, only randomisation inference is honest (MacKinnon & Webb,
# QED papers 1355 and 1364); at four of 32 the bootstrap rejects in one of ten true nulls.
MIN_CLUSTERS: Final = 5


@dataclass(frozen=True, eq=False)
class Estimate(Fit):
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
    term : str
        What the treatment is called.
    effective_treated : float
        How many treated clusters of equal weight would tell as much (Kish).
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
    term: str = "treated"
    effective_treated: float = math.nan

    @property
    def p(self) -> float:
        """The p of the test that the interval inverts."""
        p = self.p_wild if self.interval_by == "wild" else self.p_randomisation
        assert p is not None
        return p

    def tidy(self) -> pd.DataFrame:
        """Return a row: `estimate`, CRV1 `error`, `statistic`, and `p` and interval by the test."""
        return tidy_table(
            [self.term],
            self.estimate,
            self.error,
            p=self.p,
            lower=self.interval[0],
            upper=self.interval[1],
            n=self.n,
            n_treated=self.n_treated,
            clusters=self.clusters,
            method=self.interval_by,
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a table of one row; intervals as `lower` and `upper`, None as missing."""
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
            "effective_treated": self.effective_treated,
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
        """Return the result in a few lines of text."""
        low, high = self.interval
        by = "wild cluster bootstrap" if self.interval_by == "wild" else "randomisation inference"
        lines = [
            f"effect {self.estimate:.4g}, 95 % interval {low:.4g} to {high:.4g} (inverted {by})",
            f"{self.n} rows of {self.units} units, {self.n_treated} treated; {self.clusters} "
            "clusters, "
            f"{self.clusters_treated} treated; {self.gaps} gaps; seed {self.seed}",
        ]
        if self.p_wild is not None:
            lines.append(
                f"wild cluster bootstrap: p = {self.p_wild:.4f} ({self.wild_draws} of "
                f"{self.wild_possible:.3g} draws)"
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

    def _draw(self, ax: Any, unit: str) -> Any:
        """Draw the interval and, below it, those for comparison."""
        intervals = {self.interval_by: self.interval, "CRV1": self.interval_crv1}
        if self.interval_crv3:
            intervals["CRV3"] = self.interval_crv3
        lower, upper = zip(*intervals.values(), strict=True)
        return plot_intervals(
            tidy_table(list(intervals), self.estimate, self.error, lower=lower, upper=upper),
            ax,
            unit=unit,
        )


def _comparison(name: str, interval: tuple[float, float]) -> str:
    return f"for comparison, {name} with t of G - 1: {interval[0]:.4g} to {interval[1]:.4g}"
