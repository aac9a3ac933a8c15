"""Size and coverage of the tests of a difference-in-differences.

    python benchmarks/calibration.py [--rounds 2000] [--draws 399] [--cores 2] [--write]

Simulates panels with a known truth as the evaluation has them (five times, noise with an
autocorrelation of 0.6, a common start after the first time), and draws random "method" groups in
the real employment rates of 98 municipalities. Prints the table; with --write it goes to
docs/benchmarks/calibration.md and data/calibration.csv. Fails if neither the wild cluster
bootstrap nor randomisation on t lies within 3 to 7 per cent where six or more are treated.
"""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd

from evalbook.models import difference_in_differences
from evalbook.models.base.panel import read_panel, start_of
from evalbook.models.did.difference_in_differences import reassigned, two_way
from evalbook.models.few_clusters.null_distribution import NullDistribution
from evalbook.models.few_clusters.wild_bootstrap import bootstrap

ROOT = Path(__file__).parent.parent
TIMES = 5
DESIGNS = ((6, 26), (8, 24), (12, 40))
FEW = ((1, 31), (2, 30), (3, 29))
SIZE = (0.03, 0.07)
MADE = "benchmarks/calibration.py"
METHODS = {
    "wild": "wild cluster bootstrap",
    "randomisation": "randomisation on t",
    "coefficient": "randomisation on the coefficient",
    "crv1": "CRV1, t of G - 1",
    "crv3": "CRV3, t of G - 1",
}


@dataclass(frozen=True)
class Scenario:
    """The noise of the treated relative to the others, and the log spread of sizes."""

    name: str
    spread: float = 1.0
    sizes: float = 0.0
    weighted: bool = False


SCENARIOS = (
    Scenario("alike"),
    Scenario("treated vary 1.5 times as much", spread=1.5),
    Scenario("treated vary twice as much", spread=2.0),
    Scenario("unequal sizes, unweighted", sizes=0.8),
    Scenario("unequal sizes, weighted", sizes=0.8, weighted=True),
)


def simulated(
    random: np.random.Generator, treated: int, comparison: int, scenario: Scenario
) -> pd.DataFrame:
    """Draw a panel without any effect.

    Half of a unit's noise variance falls with its size, if sizes differ.
    """
    units = treated + comparison
    noise = random.normal(size=(units, TIMES))
    for time in range(1, TIMES):
        noise[:, time] = 0.6 * noise[:, time - 1] + 0.8 * noise[:, time]
    size = np.exp(scenario.sizes * random.normal(size=units))
    noise *= np.sqrt((1 + 1 / size) / 2)[:, None]
    is_treated = np.arange(units) < treated
    noise[is_treated] *= scenario.spread
    outcome = random.normal(size=units)[:, None] + random.normal(size=TIMES) + noise
    unit, time = np.indices((units, TIMES)).reshape(2, -1)
    under = is_treated[unit] & (time >= 1)
    return pd.DataFrame(
        {
            "unit": unit,
            "time": time,
            "y": outcome.ravel(),
            "treated": under.astype(int),
            "size": size[unit],
        }
    )


def rejections(data: pd.DataFrame, weights: str | None, draws: int, seed: int) -> dict[str, bool]:
    """Return which methods reject a true null, from the parts of `difference_in_differences`."""
    panel = read_panel(data, "y", "unit", "time", weights=weights)
    model = two_way(panel, start_of(panel, panel.rows["treated"].to_numpy()), (), "treated")
    regression = model.regression
    null = reassigned(model, draws, seed, nulls=False)
    flat = NullDistribution(
        null.numerator, np.array([np.ones(null.draws), *np.zeros((2, null.draws))]), null.exhaustive
    )
    spread = regression.without_each() - regression.estimate
    jackknife = np.sqrt((regression.clusters - 1) / regression.clusters * (spread**2).sum())
    result = {
        "randomisation": null.p(regression.t()) <= 0.05,
        "coefficient": flat.p(regression.estimate) <= 0.05,
        "crv1": _misses(regression.interval(regression.error)),
    }
    if not np.isnan(jackknife):
        result["crv3"] = _misses(regression.interval(float(jackknife)))
    if not model.few:
        result["wild"] = bootstrap(regression, "webb", draws, None, seed).p(regression.t()) <= 0.05
    if seed % 50 == 0:
        _check(data, weights, draws, seed, result)
    return result


def _check(
    data: pd.DataFrame, weights: str | None, draws: int, seed: int, result: dict[str, bool]
) -> None:
    """Hold the parts against what users get, and the interval against the test that it inverts."""
    found = difference_in_differences(
        data, "y", "unit", "time", "treated", weights=weights, draws=draws, seed=seed
    )
    assert found.p_randomisation is not None
    assert result["randomisation"] == (found.p_randomisation <= 0.05)
    assert result.get("wild", result["randomisation"]) == _misses(found.interval)
    assert result["crv1"] == _misses(found.interval_crv1)
    assert found.interval_crv3 is None or result["crv3"] == _misses(found.interval_crv3)


def _misses(interval: tuple[float, float]) -> bool:
    return not interval[0] <= 0 <= interval[1]


def calibrate(cell: tuple[int, int, Scenario, int, int]) -> list[dict[str, object]]:
    """Count rejections in one cell of the design."""
    treated, comparison, scenario, rounds, draws = cell
    random = np.random.default_rng([treated, comparison, SCENARIOS.index(scenario)])
    weights = "size" if scenario.weighted else None
    found = pd.DataFrame(
        [
            rejections(simulated(random, treated, comparison, scenario), weights, draws, seed)
            for seed in range(rounds)
        ]
    )
    return _rows(treated, comparison, scenario.name, found, rounds, draws)


def placebo(cell: tuple[int, int, int]) -> list[dict[str, object]]:
    """Count rejections for random groups of municipalities in the real employment rates."""
    treated, rounds, draws = cell
    rates = pd.read_csv(ROOT / "data" / "public" / "employment-rate.csv")
    rates = rates.assign(
        time=rates["reference"].str[:4].astype(int), unit=rates["municipality"], y=rates["value"]
    )
    codes, random = rates["unit"].unique(), np.random.default_rng(2008)
    found = []
    for seed in range(rounds):
        chosen = rates["unit"].isin(random.choice(codes, treated, replace=False))
        data = rates.assign(treated=(chosen & (rates["time"] >= 2012)).astype(int))
        found.append(rejections(data, None, draws, seed))
    return _rows(
        treated,
        len(codes) - treated,
        "real employment rates, random groups",
        pd.DataFrame(found),
        rounds,
        draws,
    )


def _rows(
    treated: int, comparison: int, scenario: str, found: pd.DataFrame, rounds: int, draws: int
) -> list[dict[str, object]]:
    return [
        {
            "treated": treated,
            "comparison": comparison,
            "scenario": scenario,
            "method": method,
            "rejected": round(float(found[method].mean()), 4),
            "covered": round(1 - float(found[method].mean()), 4),
            "rounds": rounds,
            "draws": draws,
        }
        for method in METHODS
        if method in found and found[method].notna().all()
    ]


def page(table: pd.DataFrame, rounds: int, draws: int) -> str:
    """Write the table for readers."""
    keys = ["treated", "comparison", "scenario"]
    wide = table.pivot(index=keys, columns="method", values="rejected").reindex(
        columns=list(METHODS)
    )
    wide = wide.reindex(table[keys].drop_duplicates().set_index(keys).index)
    lines = [
        "# Calibration of the difference-in-differences",
        "",
        f"Written by `python benchmarks/calibration.py --write --rounds {rounds} --draws "
        f"{draws}`. Simulated panels without "
        f"effect: {TIMES} times, noise with an autocorrelation of 0.6, common start after the "
        f"first time; {rounds} rounds, "
        f"{draws} draws each (standard error of a rate of 5 per cent: "
        f"{100 * np.sqrt(0.05 * 0.95 / rounds):.1f} points). "
        "The last rows draw random groups of real municipalities (Statistics Denmark, RAS200, "
        "2008-2017), with a start in 2012.",
        "",
        "Share of rounds in which a true null is rejected at 5 per cent. The interval of each "
        "method is its test inverted, so it "
        "covers the truth in the remaining share. **Bold**: outside 3 to 7 per cent.",
        "",
        "| treated / comparison | noise and size | " + " | ".join(METHODS.values()) + " |",
        "|---|---|" + "---|" * len(METHODS),
    ]
    for (treated, comparison, scenario), row in wide.iterrows():
        cells = ["" if np.isnan(value) else _told(value) for value in row]
        lines.append(f"| {treated} / {comparison} | {scenario} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", *reading(table)]) + "\n"


def reading(table: pd.DataFrame) -> list[str]:
    """Say where each of the two methods misses, and what that means for the report."""
    lines = ["## Reading", ""]
    for method in ("wild", "randomisation"):
        rows = table[(table["method"] == method) & (table["treated"] >= DESIGNS[0][0])]
        outside = rows[~rows["rejected"].between(*SIZE)]
        where = "; ".join(
            f"{row.treated} / {row.comparison}, {row.scenario} ({100 * row.rejected:.1f})"
            for row in outside.itertuples()
        )
        lines.append(
            f"- With six or more treated, {METHODS[method]} lies outside in: {where or 'no row'}."
        )
    few = table[(table["method"] == "randomisation") & (table["treated"] < DESIGNS[0][0])]
    worst = few.groupby("scenario")["rejected"].agg(["min", "max"])
    told = "; ".join(
        f"{name}: {100 * row['min']:.1f} to {100 * row['max']:.1f}"
        for name, row in worst.iterrows()
    )
    return [
        *lines,
        "- With one to three treated there is no bootstrap, and randomisation on t rejects in "
        f"per cent of rounds, {told}. "
        "It holds only if treated and others vary alike, which so few cannot show.",
        "- The report gives the wild cluster bootstrap and randomisation on t side by side; "
        "where they disagree, or one of them "
        "lies outside above, the other is to be believed. CRV1, and randomisation on the "
        "coefficient where the treated vary "
        "more, are not used for judging.",
    ]


def _holds(table: pd.DataFrame) -> bool:
    """Tell whether one of the two methods that we give holds in each cell with enough treated."""
    rows = table[
        (table["treated"] >= DESIGNS[0][0]) & table["method"].isin(["wild", "randomisation"])
    ]
    return bool(
        rows["rejected"].between(*SIZE).groupby([rows["treated"], rows["scenario"]]).any().all()
    )


def _told(value: float) -> str:
    return f"{100 * value:.1f}" if SIZE[0] <= value <= SIZE[1] else f"**{100 * value:.1f}**"


def main() -> None:
    """Run all cells, print and perhaps write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--draws", type=int, default=399)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    size = (options.rounds, options.draws)
    cells = [(*design, scenario, *size) for design in DESIGNS for scenario in SCENARIOS]
    cells += [
        (*design, scenario, *size) for design in FEW for scenario in (SCENARIOS[0], SCENARIOS[2])
    ]
    with ProcessPoolExecutor(options.cores, mp_context=get_context("forkserver")) as pool:
        simulations = pool.map(calibrate, cells)
        placebos = pool.map(placebo, [(treated, *size) for treated in (6, 8, 12)])
        table = pd.DataFrame([row for rows in (*simulations, *placebos) for row in rows])
    text = page(table, *size)
    print(text)
    if options.write:
        (ROOT / "docs" / "benchmarks").mkdir(parents=True, exist_ok=True)
        (ROOT / "docs" / "benchmarks" / "calibration.md").write_text(text, encoding="utf-8")
        path = ROOT / "data" / "calibration.csv"
        old = pd.read_csv(path)
        others = old[old["made"].ne(MADE)] if "made" in old else old.iloc[:0]
        pd.concat([table.assign(made=MADE), others], ignore_index=True).to_csv(path, index=False)
    sys.exit(not _holds(table))


if __name__ == "__main__":
    main()
