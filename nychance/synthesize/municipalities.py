"""The invented municipalities: names, roles, conditions, and the local factors of each week."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalbook.errors import DataError
from evalbook.paths import plan_directory, public_directory
from nychance import columns
from nychance.synthesize.clock import MONDAYS, QUARTERS, WEEKS, quarter_of_week, week_of
from nychance.synthesize.settings import BASELINE, Curve
from nychance.synthesize.treatment_effects import Effects

Floats = NDArray[np.float64]

# Below this a municipality has too few minority persons for any share of them to be shown.
LEAST_INHABITANTS = 10_000
# The programme's own description: minorities are 5 to 25 per cent of those of working age. The
# ends leave room for the growth over the years.
MINORITY_ENDS = (5.6, 24.4)
# So that no value is a real municipality's.
JITTER = 0.04
# The ministry lacks a value for one or another of the 98; with fewer than these the table is not
# whole.
LEAST_VALUES = 90


@dataclass(frozen=True)
class Conditions:
    """The municipalities' framework conditions, arrays of one length in the order of the roster."""

    code: NDArray[np.int64]
    name: tuple[str, ...]
    method: NDArray[np.bool_]
    inhabitants: NDArray[np.int64]
    unemployment: Floats
    minority: Floats

    def table(self) -> pd.DataFrame:
        """Return the conditions as the extract's table of municipalities; shares in per cent."""
        return pd.DataFrame(
            {
                columns.MUNICIPALITY: self.code,
                columns.NAME: self.name,
                columns.ROLE: np.where(self.method, "method", "comparison"),
                columns.INHABITANTS: self.inhabitants,
                columns.UNEMPLOYMENT: self.unemployment,
                columns.MINORITY_SHARE: self.minority,
            }
        )


@dataclass(frozen=True)
class Local:
    """Factors on the weekly hazards, each of shape (weeks, municipalities)."""

    exit: NDArray[np.float32]
    activation: NDArray[np.float32]
    back: NDArray[np.float32]
    use: NDArray[np.float32]


def draw_conditions(rng: np.random.Generator) -> Conditions:
    """Draw the municipalities' conditions from the real municipalities' distributions of 2007.

    Sizes, unemployment and minority shares are drawn apart from each other, one value from each
    stratum of the real values, so that no real municipality is copied. Each eighth of a
    distribution gives one method municipality: the two roles are comparable before the start.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of all draws.

    Returns
    -------
    Conditions
        Inhabitants; full-time unemployed in per cent; immigrants and descendants in per cent of
        those of working age.

    Raises
    ------
    DataError
        If the roster or the public key figures are missing or incomplete.

    Notes
    -----
    Source: De Kommunale Nøgletal, `data/public/key-figures.csv`.
    """
    roster = _read(plan_directory() / "roster.csv").sort_values(columns.MUNICIPALITY)
    method = roster[columns.ROLE].eq("method").to_numpy()
    population = _real("population", "2007-01-01")
    large = population.index[population >= LEAST_INHABITANTS]
    unemployed = _sorted(_real("unemployed_per_100", "2007-12-31"), large)
    citizens = _sorted(_real("nonwestern_citizens_per_10000", "2007-01-01"), large)
    inhabitants = _resample(_sorted(population, large), method, rng)
    return Conditions(
        code=roster[columns.MUNICIPALITY].to_numpy(dtype=np.int64),
        name=tuple(roster[columns.NAME]),
        method=method,
        inhabitants=np.rint(inhabitants).astype(np.int64),
        unemployment=np.round(_resample(unemployed, method, rng), 1),
        minority=np.round(_between(_resample(citizens, method, rng), method, MINORITY_ENDS), 1),
    )


def local_factors(
    conditions: Conditions, effects: Effects, start: date, rng: np.random.Generator
) -> Local:
    """Make the factors that a municipality and a week put on its inhabitants' hazards.

    They are the municipality's own level and noise, the business cycle, the refund reform and the
    season.

    Parameters
    ----------
    conditions : Conditions
        The municipalities.
    effects : Effects
        What the method municipalities do from `start` on.
    start : date
        When the method municipalities begin.
    rng : numpy.random.Generator
        The source of the municipalities' own levels and of their noise over the quarters.

    """
    treated = np.outer(np.arange(WEEKS) >= week_of(start), conditions.method)
    cycle = _curve(BASELINE.exit_cycle)[:, None]
    slope = BASELINE.exit_per_unemployment_point * (
        conditions.unemployment - conditions.unemployment.mean()
    )
    leave = _noise(len(conditions.code), rng) * cycle * np.exp(slope)
    activation = _noise(len(conditions.code), rng) * _reform()[:, None] * _season()[:, None]
    back = _noise(len(conditions.code), rng) * cycle**BASELINE.return_cycle_power
    return Local(
        exit=(leave * np.where(treated, effects.exit_to_self_support, 1)).astype(np.float32),
        activation=(activation * np.where(treated, effects.passive_to_active, 1)).astype(
            np.float32
        ),
        back=back.astype(np.float32),
        use=np.where(treated, effects.intervention_use, 1).astype(np.float32),
    )


def _read(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path)
    except FileNotFoundError as error:
        raise DataError(
            "the file does not exist", where=path, remedy="Restore it from the repository"
        ) from error


def _real(variable: str, reference: str) -> "pd.Series[float]":
    path = public_directory() / "key-figures.csv"
    table = _read(path)
    chosen = table[table[columns.VARIABLE].eq(variable) & table[columns.REFERENCE].eq(reference)]
    values = chosen.set_index(columns.MUNICIPALITY)[columns.VALUE].dropna().astype(np.float64)
    if len(values) < LEAST_VALUES:
        raise DataError(
            f"{variable} at {reference} has {len(values)} values",
            where=path,
            remedy="Run `nychance fetch`",
        )
    return values


def _sorted(values: "pd.Series[float]", municipalities: "pd.Index[int]") -> Floats:
    return np.sort(values[values.index.isin(municipalities)].to_numpy(dtype=np.float64))


def _resample(values: Floats, method: NDArray[np.bool_], rng: np.random.Generator) -> Floats:
    """Draw one value from each stratum, jitter it, and share the strata out between the roles."""
    strata = np.array_split(values, len(method))
    drawn = np.array([rng.choice(stratum) for stratum in strata]) * rng.uniform(
        1 - JITTER, 1 + JITTER, len(method)
    )
    result = np.empty(len(method))
    blocks = [rng.permutation(block) for block in np.array_split(drawn, method.sum())]
    result[method] = rng.permutation([block[0] for block in blocks])
    result[~method] = rng.permutation(np.concatenate([block[1:] for block in blocks]))
    return result


def _between(values: Floats, method: NDArray[np.bool_], ends: tuple[float, float]) -> Floats:
    """Return values stretched to the same ends in each role.

    Citizenship (known) stands in for origin (not public).
    """
    result = np.empty_like(values)
    for role in (method, ~method):
        least, most = values[role].min(), values[role].max()
        result[role] = ends[0] + (values[role] - least) / (most - least) * (ends[1] - ends[0])
    return result


def _curve(points: Curve) -> Floats:
    return np.interp(
        [monday.toordinal() for monday in MONDAYS],
        [day.toordinal() for day, _ in points],
        [value for _, value in points],
    )


def _noise(count: int, rng: np.random.Generator) -> Floats:
    """Draw a level for each municipality and first-order autoregressive noise over its quarters."""
    rho = BASELINE.quarter_correlation
    level = rng.normal(0, BASELINE.municipality_sd, count)
    shocks = rng.normal(0, BASELINE.quarter_sd, (len(QUARTERS), count))
    for quarter in range(1, len(QUARTERS)):
        shocks[quarter] = rho * shocks[quarter - 1] + np.sqrt(1 - rho**2) * shocks[quarter]
    return np.exp(level + shocks[quarter_of_week()])


def _reform() -> Floats:
    since = np.arange(WEEKS) - week_of(BASELINE.refund_reform)
    return 1 + (BASELINE.refund_activation - 1) * np.clip(since / BASELINE.refund_ramp_weeks, 0, 1)


def _season() -> Floats:
    weeks = np.array([monday.isocalendar().week for monday in MONDAYS])
    summer = (weeks >= BASELINE.summer_weeks[0]) & (weeks <= BASELINE.summer_weeks[1])
    christmas = (weeks >= BASELINE.christmas_weeks[0]) | (weeks <= BASELINE.christmas_weeks[1])
    return np.where(
        summer, BASELINE.summer_activation, np.where(christmas, BASELINE.christmas_activation, 1.0)
    )
