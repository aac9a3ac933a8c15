"""Synthetic control: a weighted mean of comparison units that tracks the treated unit."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize, nnls

from evalbook.errors import DataError
from evalbook.models.base.outcome import Fit, tidy_table
from evalbook.models.base.panel import refuse_unordered
from evalbook.models.base.person_input import Floats, require

# How little the outcome counts beside the predictors: enough to decide between weights that meet
# them equally well.
_TIE = 1e-4
Predictor = str | tuple[str, Sequence[Any]]


@dataclass(frozen=True, eq=False)
class SyntheticControl(Fit):
    """A treated unit beside its synthetic control.

    Attributes
    ----------
    treated_unit, treated_from
        Which unit, and since when.
    weights : pd.Series
        By comparison unit; none is negative and they sum to 1.
    gaps : pd.Series
        By time: the treated unit's outcome less that of its synthetic control.
    predictors : pd.DataFrame
        By predictor: the value in the `treated` unit, its `synthetic` control and the `comparison`
        units on average, and the `importance` given to it (they sum to 1).
    placebo_ranks : pd.DataFrame
        By unit, each treated as if it were the treated one: root mean squared gap `before` and
        `after`, their `ratio`, and the `rank` of the ratio, the largest first; empty without
        placebos.
    placebo_gaps : pd.DataFrame
        Their gaps, by time and unit; empty without placebos.
    """

    treated_unit: Any
    treated_from: Any
    weights: "pd.Series[float]"
    gaps: "pd.Series[float]"
    predictors: pd.DataFrame
    placebo_ranks: pd.DataFrame
    placebo_gaps: pd.DataFrame
    _outcome: "pd.Series[float]" = field(repr=False)

    @property
    def estimate(self) -> float:
        """Mean gap from the start of the treatment on."""
        return float(self.gaps[self.gaps.index >= self.treated_from].mean())

    @property
    def rank(self) -> int:
        """The treated unit's place among the placebos; 1 if its gap widened most."""
        if self.placebo_ranks.empty:
            raise DataError("there are no placebos", remedy="Ask synthetic_control for them")
        return int(self.placebo_ranks.loc[self.treated_unit, "rank"])

    @property
    def p(self) -> float:
        """Share of all units whose gap widened at least as much.

        With few units it cannot be small.
        """
        return self.rank / len(self.placebo_ranks)

    def to_frame(self) -> pd.DataFrame:
        """Return the outcome by time: `treated`, `synthetic` and their `gap`."""
        return pd.DataFrame(
            {"treated": self._outcome, "synthetic": self._outcome - self.gaps, "gap": self.gaps}
        )

    def summary(self) -> str:
        """Return the result in a few lines of text."""
        shares = self.weights[self.weights >= 0.0005].sort_values(ascending=False, kind="stable")
        lines = [
            f"{self.treated_unit} from {self.treated_from}: mean gap {self.estimate:.4g}",
            "synthetic control: "
            + ", ".join(f"{share:.3f} {unit}" for unit, share in shares.items()),
        ]
        if len(self.placebo_ranks):
            lines.append(f"rank {self.rank} of {len(self.placebo_ranks)} units (p = {self.p:.3g})")
        return "\n".join(lines)

    def tidy(self) -> pd.DataFrame:
        """Return a row: the mean gap, with `p` by placebos where there are any."""
        placebos = len(self.placebo_ranks)
        p = self.p if placebos else np.nan
        units = len(self.weights) + 1
        return tidy_table([str(self.treated_unit)], self.estimate, np.nan, p=p, n=units)

    def _draw(self, ax: Any, unit: str) -> Any:
        """Draw the gap over those of the placebos."""
        for _, gaps in self.placebo_gaps.drop(columns=self.treated_unit, errors="ignore").items():
            ax.plot(gaps.index, gaps, color="0.8", linewidth=0.8)
        ax.plot(self.gaps.index, self.gaps, linewidth=2)
        ax.axhline(0, linewidth=0.8)
        ax.axvline(self.treated_from, linestyle=":")
        ax.set_ylabel(unit)
        return ax


@dataclass(frozen=True)
class _Panel:
    """Outcomes by time (before the treatment) and unit, and scaled predictors by name and unit."""

    before: pd.DataFrame
    scaled: pd.DataFrame


def synthetic_control(
    data: pd.DataFrame,
    outcome: str,
    unit: str,
    time: str,
    treated_unit: Any,
    treated_from: Any,
    predictors: Sequence[Predictor],
    *,
    importance: Sequence[float] | None = None,
    placebos: bool = True,
) -> SyntheticControl:
    """Compute the weighted mean of comparison units most like a treated unit before treatment.

    Parameters
    ----------
    data : pd.DataFrame
        One row per unit and time, each unit at each time; the treated unit and never-treated ones
        only.
    outcome, unit, time : str
        Columns.
    treated_unit : label
        Value of `unit`.
    treated_from : scalar
        The first treated time.
    predictors : sequence of str or (str, times)
        Columns whose mean over all times before the treatment is to be alike, or over the times
        given with the column. The outcome may be among them.
    importance : sequence of float, optional
        How much each predictor counts; by default chosen so that the outcome before the treatment
        is met best.
    placebos : bool
        Whether to treat each comparison unit as if it had been treated.

    Raises
    ------
    DataError
        If a column is absent, the treated unit is missing, there are fewer than two comparison
        units or no time before or after the start, a unit lacks a time or has it twice, a value is
        missing, or a predictor is the same in all units.

    Notes
    -----
    Abadie & Gardeazabal (2003), American Economic Review 93:113-132; Abadie, Diamond & Hainmueller
    (2010), Journal of the American Statistical Association 105:493-505. The weights are a least
    squares solution over the simplex; the importance is searched by Nelder-Mead from equal
    importance and from that of a regression of the outcome on the predictors, as Abadie, Diamond &
    Hainmueller's own program does, and the better end is kept. That is a search nearby on purpose:
    the importance with the very least gap before the treatment is often all on one predictor
    (Becker & Kloessner 2018, Econometrics and Statistics 5:1-19). Where the treated unit lies
    within what comparison units span, more than one set of weights meets its predictors; of these
    the one that meets its outcome before the treatment best is taken.
    """
    if not predictors:
        raise DataError(
            "there are no predictors", remedy="Name at least one column, such as the outcome"
        )
    columns = [name if isinstance(name, str) else name[0] for name in predictors]
    require(data, [outcome, unit, time])
    if absent := [name for name in columns if name not in data]:
        raise DataError(
            f"there is no column {absent[0]!r}",
            remedy=f"Use one of {', '.join(map(str, data.columns))}",
        )
    refuse_unordered(data[time], time)
    wide = _wide(data, outcome, unit, time)
    _refuse_design(wide, treated_unit, treated_from)
    values = pd.DataFrame(
        {_name(p): _means(data, p, unit, time, treated_from) for p in predictors}
    ).T
    flat = values.index[values.nunique(axis=1) < 2]
    if len(flat):
        raise DataError(
            f"the predictor {flat[0]!r} is the same in all units",
            remedy="Leave it out, for it can tell nothing",
        )
    before = wide[wide.index < treated_from]
    panel = _Panel(before, values.div(values.std(axis=1), axis=0))
    given = None if importance is None else _importance(importance, len(values))
    weights, chosen = _weights(panel, treated_unit, list(wide.columns.drop(treated_unit)), given)
    gaps = _gaps(wide, treated_unit, weights)
    donors = values[weights.index]
    table = pd.DataFrame(
        {
            "treated": values[treated_unit],
            "synthetic": donors @ weights,
            "comparison": donors.mean(axis=1),
            "importance": chosen,
        }
    ).rename_axis("predictor")
    others, ranks = pd.DataFrame(), pd.DataFrame()
    if placebos:
        others = _placebo_gaps(wide, panel, treated_unit, given).join(gaps.rename(treated_unit))
        ranks = _ranks(others, treated_from)
    return SyntheticControl(
        treated_unit, treated_from, weights, gaps, table, ranks, others, wide[treated_unit]
    )


def _name(predictor: Predictor) -> str:
    if isinstance(predictor, str):
        return predictor
    column, times = predictor
    return (
        f"{column} {', '.join(map(str, times))}"
        if len(times) < 3
        else f"{column} {times[0]}-{times[-1]}"
    )


def _wide(data: pd.DataFrame, outcome: str, unit: str, time: str) -> pd.DataFrame:
    twice = data.duplicated([unit, time])
    if twice.any():
        row = data[twice].iloc[0]
        raise DataError(
            f"{row[unit]} stands twice at {row[time]}", remedy="Keep one row per unit and time"
        )
    wide = data.pivot(index=time, columns=unit, values=outcome).sort_index().sort_index(axis=1)
    gap = wide.isna().stack()
    if gap.any():
        when, who = gap.index[int(gap.to_numpy().argmax())]
        raise DataError(
            f"{who} has no row at {when}", remedy="Complete the panel, or leave the unit out"
        )
    return wide.astype(float)


def _refuse_design(wide: pd.DataFrame, treated_unit: Any, treated_from: Any) -> None:
    if treated_unit not in wide:
        raise DataError(
            f"there is no unit {treated_unit!r}",
            remedy=f"Use one of {', '.join(map(str, wide.columns))}",
        )
    if wide.shape[1] < 3:
        raise DataError(
            "there are fewer than two comparison units", remedy="Add units that were never treated"
        )
    try:
        after = wide.index >= treated_from
    except TypeError as error:
        raise DataError(
            f"{treated_from!r} cannot be compared with the times, such as {wide.index[0]}",
            remedy="Give the first treated time as the times are written",
        ) from error
    if after.all() or not after.any():
        side = "before" if after.all() else "from"
        raise DataError(
            f"there is no time {side} {treated_from}",
            remedy="Give times on both sides of the start",
        )


def _means(
    data: pd.DataFrame, predictor: Predictor, unit: str, time: str, treated_from: Any
) -> "pd.Series[float]":
    """Average a predictor by unit over its times, all of them before the treatment."""
    column, times = (predictor, None) if isinstance(predictor, str) else predictor
    chosen = data[time] < treated_from if times is None else data[time].isin(list(times))
    rows = data[chosen].sort_values([unit, time])
    if times is not None and not (len(rows) and (rows[time] < treated_from).all()):
        raise DataError(
            f"{column!r} is not to be taken at {list(times)}",
            remedy="Name times before the treatment starts",
        )
    if rows[column].isna().any():
        row = rows[rows[column].isna()].iloc[0]
        raise DataError(
            f"{column!r} is missing in {row[unit]} at {row[time]}",
            remedy="Name the times at which it is known, or leave it out",
        )
    return rows.groupby(unit)[column].mean().astype(float)


def _importance(given: Sequence[float], count: int) -> Floats:
    found: Floats = np.asarray(given, dtype=float)
    if found.shape != (count,) or not (found >= 0).all() or found.sum() == 0:
        raise DataError(
            "the importance does not fit the predictors",
            remedy=f"Give {count} numbers, none of them negative",
        )
    shares: Floats = found / found.sum()
    return shares


def _weights(
    panel: _Panel, treated: Any, donors: Sequence[Any], given: Floats | None
) -> tuple["pd.Series[float]", Floats]:
    """Find the weights of the donors, and the importance of the predictors."""
    off = panel.scaled[donors].to_numpy() - panel.scaled[[treated]].to_numpy()
    missed = panel.before[donors].to_numpy() - panel.before[[treated]].to_numpy()
    # Where several sets of weights meet the predictors equally well, that which meets the outcome
    # best is taken.
    tie = missed * (_TIE / np.sqrt(np.mean(missed**2)))
    importance = _search(off, missed, tie, panel) if given is None else given
    return pd.Series(
        _on_simplex(off, importance, tie), index=pd.Index(donors, name=panel.before.columns.name)
    ), importance


def _on_simplex(off: Floats, importance: Floats, tie: Floats) -> Floats:
    """Minimise the weighted squares of `off @ w` (and of `tie @ w`) over weights that sum to 1.

    As a multiple of such weights it is `off @ w` that is shortest relative to the sum, so a sum
    near 1 may be asked for as one more equation and non-negative least squares do the rest,
    exactly.
    """
    rows = np.vstack([off * np.sqrt(importance)[:, None], tie, np.ones(off.shape[1])])
    found, _ = nnls(rows, np.append(np.zeros(len(rows) - 1), 1.0))
    weights: Floats = found / found.sum()
    return weights


def _search(off: Floats, missed: Floats, tie: Floats, panel: _Panel) -> Floats:
    count = len(off)
    if count == 1:
        return np.ones(1)

    def loss(parameters: Floats) -> float:
        weights = _on_simplex(off, _shares(parameters), tie)
        return float(np.mean((missed @ weights) ** 2))

    # Regression of the outcomes before on the predictors: the sum of a predictor's squared
    # coefficients.
    x = panel.scaled.to_numpy().T
    coefficients = np.linalg.lstsq(
        np.column_stack([np.ones(len(x)), x]), panel.before.to_numpy().T, rcond=None
    )[0][1:]
    starts = [np.full(count, 1 / count), _shares((coefficients**2).sum(axis=1))]
    options = {"maxfev": 200 * count, "xatol": 1e-5, "fatol": 1e-10 * float(np.mean(missed**2))}
    found = [minimize(loss, start, method="Nelder-Mead", options=options) for start in starts]
    return _shares(min(found, key=lambda result: float(result.fun)).x)


def _shares(parameters: Floats) -> Floats:
    size = np.abs(parameters)
    total = size.sum()
    shares: Floats = size / total if total > 0 else np.full(len(size), 1 / len(size))
    return shares


def _gaps(wide: pd.DataFrame, treated: Any, weights: "pd.Series[float]") -> "pd.Series[float]":
    gaps: pd.Series[float] = (wide[treated] - wide[weights.index] @ weights).rename("gap")
    return gaps


def _placebo_gaps(
    wide: pd.DataFrame, panel: _Panel, treated_unit: Any, given: Floats | None
) -> pd.DataFrame:
    """Treat each comparison unit in turn, the treated unit left out of its synthetic control."""
    comparison = list(wide.columns.drop(treated_unit))
    gaps = {}
    for unit in comparison:
        donors = [other for other in comparison if other != unit]
        gaps[unit] = _gaps(wide, unit, _weights(panel, unit, donors, given)[0])
    return pd.DataFrame(gaps)


def _ranks(gaps: pd.DataFrame, treated_from: Any) -> pd.DataFrame:
    after = gaps.index >= treated_from
    before_size, after_size = (np.sqrt((gaps[rows] ** 2).mean()) for rows in (~after, after))
    # A unit met exactly before the treatment has a ratio without bound; it ranks first.
    ratio = (after_size / before_size.where(before_size > 0)).fillna(np.inf)
    table = pd.DataFrame({"before": before_size, "after": after_size, "ratio": ratio})
    table["rank"] = table["ratio"].rank(ascending=False, method="max").astype(int)
    return table.sort_values(["rank", "ratio"], kind="stable").rename_axis("unit")
