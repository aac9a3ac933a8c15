"""Synthetic difference-in-differences: comparison units and times weighted to match the treated."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import nnls

from evalbook.errors import DataError
from evalbook.models.base.outcome import Fit, tidy_table
from evalbook.models.base.panel import label, read_panel, refuse_draws, start_of
from evalbook.models.base.person_input import Floats, zero_one

Method = Literal["sdid", "sc", "did"]
METHODS: Final = ("sdid", "sc", "did")
_Z: Final = float(stats.norm.ppf(0.975))


@dataclass(frozen=True, eq=False)
class SyntheticDiD(Fit):
    """The effect on the treated beside a synthetic comparison.

    Attributes
    ----------
    method : {"sdid", "sc", "did"}
        The estimator.
    estimate : float
        The average effect on the treated since their start.
    error : float
        By placebo; NaN without.
    interval : tuple of float
        95 per cent, by the normal distribution and the placebo error.
    p : float
        Share of placebos at least as large, plus one on either side; NaN without.
    unit_weights, time_weights : pd.Series
        Of the comparison units, and of the times before the start (by start, if there are
        several); none is negative and they sum to 1.
    effects : pd.Series
        By time from the start on (by start): the treated less the synthetic comparison, both less
        their weighted means before.
    n_treated, n_comparison : int
        Units.
    draws : int
        Placebos.
    """

    method: Method
    estimate: float
    error: float
    interval: tuple[float, float]
    p: float
    unit_weights: "pd.Series[float]"
    time_weights: "pd.Series[float]"
    effects: "pd.Series[float]"
    n_treated: int
    n_comparison: int
    draws: int
    _cohorts: list["_Block"] = field(repr=False)
    _seed: int = field(repr=False)

    def in_time(self, start: Any) -> "SyntheticDiD":
        """Estimate the effect of a start that never was, from the times before the first true one.

        Parameters
        ----------
        start : scalar
            A time before the first start.

        Returns
        -------
        SyntheticDiD
            With as many placebos. An estimate far from 0 speaks against the comparison.
        """
        first = min(block.before for block in self._cohorts)
        times = self._cohorts[0].times[:first]
        place = int(times.get_indexer(pd.Index([start]))[0])
        if not 2 <= place < len(times):
            raise DataError(
                f"{label(start)} is no time with two before it and before the first start",
                remedy=f"Use one of {', '.join(map(label, times[2:]))}",
            )
        treated = np.vstack([block.treated[:, :first] for block in self._cohorts])
        comparison, names = self._cohorts[0].comparison[:, :first], self._cohorts[0].names
        block = _Block(comparison, treated, place, times, start, names)
        return _fitted([block], self.method, self.draws, self._seed)

    def tidy(self) -> pd.DataFrame:
        """Return a row, called by the method."""
        return tidy_table(
            [self.method],
            self.estimate,
            self.error,
            p=self.p,
            lower=self.interval[0],
            upper=self.interval[1],
            n=self.n_treated + self.n_comparison,
            n_treated=self.n_treated,
        )

    def summary(self) -> str:
        """Return the result in a few lines of text."""
        low, high = self.interval
        shares = self.unit_weights.sort_values(ascending=False, kind="stable").head(5)
        told = ", ".join(f"{share:.3f} {name}" for name, share in shares.items())
        return (
            f"{self.method}: {self.estimate:.4g} ({low:.4g} to {high:.4g}), p = {self.p:.3g} by "
            f"{self.draws} placebos\n{self.n_treated} treated, {self.n_comparison} others, "
            f"most weight on {told}"
        )

    def _draw(self, ax: Any, unit: str) -> Any:
        """Draw the difference from the synthetic comparison over time."""
        for block in self._cohorts:
            weights = _weights(block, self.method)
            gap = block.treated.mean(axis=0) - weights.unit @ block.comparison
            if self.method != "sc":
                gap = gap - weights.time @ gap[: block.before]
            name = f"from {block.start}" if len(self._cohorts) > 1 else None
            ax.plot(range(len(gap)), gap, "o-", label=name)
            ax.axvline(block.before - 0.5, color="0.4", linestyle="--", linewidth=0.8)
        ax.axhline(0, color="0.4", linewidth=0.8)
        ax.set_xticks(range(len(block.times)), [str(time) for time in block.times])
        ax.set_ylabel(unit)
        if len(self._cohorts) > 1:
            ax.legend()
        return ax


@dataclass(frozen=True, eq=False)
class _Block:
    """Comparison and treated units by time, with one start."""

    comparison: Floats
    treated: Floats
    before: int
    times: pd.Index
    start: Any
    names: pd.Index


@dataclass(frozen=True, eq=False)
class _Weights:
    unit: Floats
    time: Floats


def synthetic_did(
    data: pd.DataFrame,
    outcome: str,
    unit: str,
    time: str,
    treated: str,
    *,
    method: Method = "sdid",
    inference: Literal["placebo"] | None = "placebo",
    draws: int = 200,
    seed: int = 0,
) -> SyntheticDiD:
    """Estimate the average effect on several treated units by synthetic difference-in-differences.

    Parameters
    ----------
    data : pd.DataFrame
        One row per unit and time, without gaps.
    outcome, unit, time : str
        Columns.
    treated : str
        Column: 1 in the unit-times under treatment, else 0. Units may start at different times; a
        treatment does not end.
    method : {"sdid", "sc", "did"}
        Weights of units and times; of units only, without a constant (synthetic control); or none
        (difference-in-differences).
    inference : {"placebo"} or None
        Treat as many comparison units, drawn at random, as if they had been treated. It needs more
        comparison than treated units, and that both vary alike.
    draws, seed : int
        Of the placebos, at least 19.

    Returns
    -------
    SyntheticDiD

    Raises
    ------
    DataError
        As `difference_in_differences`; also if there are gaps, fewer than two comparison units or
        times before the start, or no more comparison than treated units for placebos.

    Notes
    -----
    Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), American Economic Review 111:4088-4118,
    with the regularisation of their package synthdid. The weights solve the quadratic programmes
    exactly, where synthdid stops early and sets small weights to 0. With several starts, estimates
    by start are averaged by treated unit-times (their appendix A); the placebos of each draw then
    keep the starts of the treated.
    """
    refuse_draws(draws, seed)
    if method not in METHODS:
        raise DataError(f"there is no method {method!r}", remedy=f"Use one of {METHODS}")
    if inference not in ("placebo", None):
        raise DataError(f"inference = {inference!r} cannot be", remedy="Use 'placebo' or None")
    panel = read_panel(data, outcome, unit, time, also=[treated])
    start = start_of(panel, zero_one(panel.rows[treated], treated))
    if panel.gaps:
        table = panel.by_unit(panel.outcome)
        place, when = np.argwhere(np.isnan(table))[0]
        raise DataError(
            f"{unit} {label(panel.units[place])} has no row at {label(panel.times[when])} "
            f"({panel.gaps} gaps in all)",
            remedy="Leave out units with gaps, or times at which some have none",
        )
    table = panel.by_unit(panel.outcome)
    never = start == len(panel.times)
    count = int((~never).sum())
    if never.sum() < 2:
        raise DataError(
            "there are fewer than two comparison units", remedy="Add units that were never treated"
        )
    if inference and never.sum() <= count:
        raise DataError(
            f"{int(never.sum())} comparison units are too few for placebos of {count} treated ones",
            remedy="Give inference=None, or more comparison units",
        )
    blocks = []
    for begins in np.unique(start[~never]):
        if begins < 2:
            raise DataError(
                f"there are fewer than two times before {label(panel.times[begins])}",
                remedy="Give earlier times",
            )
        rows = table[start == begins]
        blocks.append(
            _Block(
                table[never],
                rows,
                int(begins),
                panel.times,
                panel.times[begins],
                panel.units[never],
            )
        )
    return _fitted(blocks, method, draws if inference else 0, seed)


def _fitted(blocks: list[_Block], method: Method, draws: int, seed: int) -> SyntheticDiD:
    weights = [_weights(block, method) for block in blocks]
    estimate = _average(blocks, weights)
    placebos = _placebos(blocks, method, draws, seed)
    error = float(placebos.std()) if draws else np.nan
    p = (1 + int((np.abs(placebos) >= abs(estimate)).sum())) / (1 + draws) if draws else np.nan
    several = len(blocks) > 1
    size = np.array([block.treated.size for block in blocks], dtype=float)
    unit = np.average([found.unit for found in weights], axis=0, weights=size)
    times, effects = {}, {}
    for block, found in zip(blocks, weights, strict=True):
        gap = block.treated.mean(axis=0) - found.unit @ block.comparison
        gap = gap - found.time @ gap[: block.before]
        times[block.start] = pd.Series(found.time, index=block.times[: block.before])
        effects[block.start] = pd.Series(gap[block.before :], index=block.times[block.before :])
    return SyntheticDiD(
        method=method,
        estimate=estimate,
        error=error,
        interval=(estimate - _Z * error, estimate + _Z * error),
        p=float(p),
        unit_weights=pd.Series(unit, index=blocks[0].names, name="weight"),
        time_weights=_joined(times, several, "weight"),
        effects=_joined(effects, several, "effect"),
        n_treated=sum(len(block.treated) for block in blocks),
        n_comparison=len(blocks[0].comparison),
        draws=draws,
        _cohorts=blocks,
        _seed=seed,
    )


def _joined(parts: dict[Any, "pd.Series[float]"], several: bool, name: str) -> "pd.Series[float]":
    if not several:
        return next(iter(parts.values())).rename(name)
    joined: pd.Series[float] = pd.concat(parts, names=["start", "time"]).rename(name)
    return joined


def _average(blocks: Sequence[_Block], weights: Sequence[_Weights]) -> float:
    """Average the effects by start, by treated unit-times."""
    effects, sizes = [], []
    for block, found in zip(blocks, weights, strict=True):
        gap = block.treated.mean(axis=0) - found.unit @ block.comparison
        before = found.time @ gap[: block.before]
        effects.append(float(gap[block.before :].mean() - before))
        sizes.append(len(block.treated) * (len(block.times) - block.before))
    return float(np.average(effects, weights=sizes))


def _weights(block: _Block, method: Method) -> _Weights:
    """Find the weights of comparison units and of times before the start."""
    controls, before = block.comparison[:, : block.before], block.before
    units = len(controls)
    if method == "did":
        return _Weights(np.full(units, 1 / units), np.full(before, 1 / before))
    after = len(block.times) - before
    noise = float(np.diff(controls, axis=1).std(ddof=1))
    root = (len(block.treated) * after) ** 0.25 if method == "sdid" else 1e-6
    constant = method == "sdid"
    unit = _simplex(controls.T, block.treated[:, :before].mean(axis=0), root * noise, constant)
    if method == "sc":
        return _Weights(unit, np.zeros(before))
    goal = block.comparison[:, before:].mean(axis=1)
    return _Weights(unit, _simplex(controls, goal, 1e-6 * noise, constant=True))


def _simplex(columns: Floats, goal: Floats, ridge: float, constant: bool) -> Floats:
    """Find the weights, none negative and with the sum 1, whose mean of columns meets a goal.

    The sum of squares is that of (columns - goal) @ weights, so that the sum can be asked for as
    one more equation and non-negative least squares do the rest, exactly.
    """
    off = columns - goal[:, None]
    if constant:
        off = off - off.mean(axis=0)
    scale = float(np.abs(off).max()) or 1.0
    count = off.shape[1]
    rows = [off / scale, np.eye(count) * (ridge * np.sqrt(len(off)) / scale)]
    found, _ = nnls(np.vstack([*rows, np.ones(count)]), np.append(np.zeros(len(off) + count), 1.0))
    weights: Floats = found / found.sum()
    return weights


def _placebos(blocks: list[_Block], method: Method, draws: int, seed: int) -> Floats:
    """Treat random comparison units, as many and at the same starts as the treated."""
    random = np.random.default_rng(seed)
    comparison = blocks[0].comparison
    sizes = [len(block.treated) for block in blocks]
    ends = np.cumsum(sizes)
    found = np.empty(draws)
    for draw in range(draws):
        order: NDArray[np.int64] = random.permutation(len(comparison))
        left = np.sort(order[ends[-1] :])
        rest, names = comparison[left], blocks[0].names[left]
        parts = np.split(order[: ends[-1]], ends[:-1])
        fakes = [
            _Block(rest, comparison[part], block.before, block.times, block.start, names)
            for part, block in zip(parts, blocks, strict=True)
        ]
        found[draw] = _average(fakes, [_weights(fake, method) for fake in fakes])
    return found
