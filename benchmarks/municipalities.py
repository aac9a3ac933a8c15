"""Size of whatever the report offers to tell method and comparison municipalities apart.

    python benchmarks/municipalities.py [--rounds 1000] [--draws 199] [--cores 1] [--write]

Simulates 32 municipalities over thirteen periods without any effect: persons' shares around a
level of each municipality, with chance error by its size and an autocorrelation of 0.6, and changes
at the start that differ between municipalities by 0, 3 or 5 percentage points (standard deviation),
for 4, 5, 6 and 8 treated, all of one size or with a treated capital of ten times the size. Counts
how often each test of `nychance.benchmarking.effect` rejects at 5 per cent; an interval is its test
inverted, and covers in the remaining rounds. With --write the rows go to data/calibration.csv,
beside those of benchmarks/calibration.py, and a page to docs/benchmarks/municipalities.md. Fails if
what the report judges by, the randomisation test with each municipality alike, lies outside 3 to 7
per cent (with the chance error of the rounds allowed for).
"""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from scipy import stats

from evalbook.models import contrast, difference_in_differences, synthetic_did
from evalbook.models.few_clusters.contrast import FEWEST_DF, welch_null

ROOT = Path(__file__).parent.parent
DESIGNS = ((4, 28), (5, 27), (6, 26), (8, 24))
BETWEEN = (0.0, 0.03, 0.05)
BEFORE, AFTER = 7, 6
EACH = 150
CAPITAL = 10
MIN_EFFECTIVE = 5
MADE = "benchmarks/municipalities.py"
# Every so many rounds the parts are held against the public functions, and the slow ones run.
SELDOM = 10
SIZE = (0.03, 0.07)

Cell = tuple[int, int, bool, float, int, int]


def simulated(
    random: np.random.Generator, treated: int, comparison: int, capital: bool, between: float
) -> pd.DataFrame:
    """Draw a panel without effect; changes at the start differ between municipalities."""
    units, times = treated + comparison, BEFORE + AFTER
    size = np.full(units, EACH)
    size[0] *= CAPITAL if capital else 1
    noise = random.normal(size=(units, times))
    for time in range(1, times):
        noise[:, time] = 0.6 * noise[:, time - 1] + 0.8 * noise[:, time]
    noise *= np.sqrt(0.3 * 0.7 / size)[:, None]
    late = np.arange(times) >= BEFORE
    change = between * random.normal(size=units)[:, None] * late
    level = 0.3 + 0.05 * random.normal(size=units)[:, None] + 0.01 * random.normal(size=times)
    unit, time = np.indices((units, times)).reshape(2, -1)
    return pd.DataFrame(
        {
            "unit": unit,
            "period": time - BEFORE,
            "late": late[time].astype(int),
            "on": (unit < treated).astype(int),
            "treated": ((unit < treated) & late[time]).astype(int),
            "persons": size[unit].astype(float),
            "y": (level + change + noise).ravel(),
        }
    )


def rejections(data: pd.DataFrame, draws: int, seed: int) -> dict[str, float]:
    """Return which tests reject; missing where one is not offered, or not run in this round."""
    values = data["y"].to_numpy().reshape(-1, BEFORE + AFTER)
    mask = data["on"].to_numpy().reshape(values.shape)[:, 0]
    size = data["persons"].to_numpy().reshape(values.shape)[:, 0]
    change = values[:, BEFORE:].mean(axis=1) - values[:, :BEFORE].mean(axis=1)
    time = np.arange(BEFORE) - (BEFORE - 1) / 2
    slope = values[:, :BEFORE] @ time / (time @ time)
    order = np.lexsort([np.arange(len(size)), size]).argsort()
    found = {
        "contrast": _p(change, mask, None, draws, seed),
        "contrast, strata": _p(change, mask, order * 2 // len(size), draws, seed),
        "contrast, drift": _p(slope, mask, None, draws, seed),
        "contrast, less drift": _p(change - 6.5 * slope, mask, None, draws, seed),
        "contrast, CR2": _welch(change, mask),
    }
    if seed % SELDOM == 0:
        found |= _slow(data, draws, seed, found["contrast"])
    return {name: float(p <= 0.05) if np.isfinite(p) else np.nan for name, p in found.items()}


def _p(
    value: np.ndarray, mask: np.ndarray, groups: np.ndarray | None, draws: int, seed: int
) -> float:
    null, estimate, error = welch_null(value, mask, groups, draws, seed)
    return null.p(estimate / error)


def _welch(value: np.ndarray, mask: np.ndarray) -> float:
    """Compute p by CR2 with the Bell-McCaffrey degrees of freedom of two groups of means."""
    parts = [value[mask == kind] for kind in (1, 0)]
    sizes = np.array([len(part) for part in parts])
    error = np.sqrt(sum(part.var(ddof=1) / len(part) for part in parts))
    df = (1 / sizes).sum() ** 2 / (1 / (sizes**2 * (sizes - 1))).sum()
    return float(2 * stats.t.sf(abs(parts[0].mean() - parts[1].mean()) / error, df))


def _slow(data: pd.DataFrame, draws: int, seed: int, p: float) -> dict[str, float]:
    """Run what is offered by size, and the synthetic comparison; hold the rest against them."""
    options = {"after": "late", "draws": draws, "seed": seed}
    rows = data.assign(counted=data["y"] * data["persons"])
    whole = contrast(rows, "counted", "unit", "on", out_of="persons", **options)
    assert whole.p is not None
    assert abs(whole.p - p) < 1e-9
    assert (whole.p <= 0.05) == (not whole.interval[0] <= 0 <= whole.interval[1])
    by_size = contrast(rows, "counted", "unit", "on", out_of="persons", weights="size", **options)
    assert (by_size.p is not None) == (by_size.df >= FEWEST_DF)
    found = {"by size, CR2": np.nan if by_size.p is None else by_size.p}
    if round(by_size.effective_treated, 6) >= MIN_EFFECTIVE:
        found["by size, wild"] = difference_in_differences(
            data,
            "y",
            "unit",
            "period",
            "treated",
            weights="persons",
            inference=["wild"],
            draws=draws,
            seed=seed,
        ).p
    found["synthetic"] = synthetic_did(
        data, "y", "unit", "period", "treated", draws=99, seed=seed
    ).p
    return found


def calibrate(cell: Cell) -> list[dict[str, object]]:
    """Count rejections in one cell."""
    treated, comparison, capital, between, rounds, draws = cell
    random = np.random.default_rng([treated, comparison, capital, int(1000 * between)])
    found = pd.DataFrame(
        [
            rejections(simulated(random, treated, comparison, capital, between), draws, seed)
            for seed in range(rounds)
        ]
    )
    name = "with a capital" if capital else "of one size"
    return [
        {
            "treated": treated,
            "comparison": comparison,
            "scenario": f"municipalities {name}, changes differ by {100 * between:.0f} points",
            "method": method,
            "rejected": round(float(column.mean()), 4),
            "covered": round(1 - float(column.mean()), 4),
            "rounds": int(column.notna().sum()),
            "draws": draws,
            "made": MADE,
        }
        for method, column in found.items()
        if column.notna().any()
    ]


def holds(table: pd.DataFrame) -> bool:
    """Tell whether what the report judges by keeps its level, but for the rounds' chance error."""
    rows = table[table["method"] == "contrast"]
    error = 2 * np.sqrt(0.05 * 0.95 / rows["rounds"])
    return bool(rows["rejected"].between(SIZE[0] - error, SIZE[1] + error).all())


def page(table: pd.DataFrame, rounds: int, draws: int) -> str:
    """Write the table for readers."""
    keys = ["treated", "comparison", "scenario"]
    methods = list(dict.fromkeys(table["method"]))
    wide = table.pivot(index=keys, columns="method", values="rejected")
    wide = wide.reindex(table[keys].drop_duplicates().set_index(keys).index)[methods]
    lines = [
        "# Calibration of the comparison of municipalities",
        "",
        f"Written by `python benchmarks/municipalities.py --write --rounds {rounds} --draws "
        f"{draws}`: 32 municipalities over {BEFORE} periods before the start and {AFTER} after it, "
        f"{EACH} persons each, a capital {CAPITAL} times as many; chance error with an "
        "autocorrelation of 0.6, and changes that differ between municipalities by 0, 3 or 5 "
        "percentage points (standard deviation). Nothing has an effect.",
        "",
        "Per cent of rounds in which a true null is rejected at 5 per cent; the 95 per cent "
        f"interval covers in the others. {rounds} rounds (standard error of a rate of 5 per cent: "
        f"{100 * np.sqrt(0.05 * 0.95 / rounds):.1f} points), but a tenth of them "
        f"({100 * np.sqrt(0.05 * 0.95 * SELDOM / rounds):.1f} points) by size and for the "
        "synthetic comparison. "
        "Empty: the design does not carry the test, so that it is not offered. **Bold**: outside "
        "3 to 7 per cent by more than the chance error of the rounds (two standard errors).",
        "",
        "| treated / comparison | municipalities | " + " | ".join(methods) + " |",
        "|---|---|" + "---|" * len(methods),
    ]
    sizes = table.set_index([*keys, "method"])["rounds"]
    for key, row in wide.iterrows():
        cells = [
            "" if np.isnan(value) else _told(value, int(sizes[(*key, method)]))
            for method, value in row.items()
        ]
        name = key[2].removeprefix("municipalities ")
        lines.append(f"| {key[0]} / {key[1]} | {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _told(value: float, rounds: int) -> str:
    error = 2 * np.sqrt(0.05 * 0.95 / rounds)
    inside = SIZE[0] - error <= value <= SIZE[1] + error
    return f"{100 * value:.1f}" if inside else f"**{100 * value:.1f}**"


def main() -> None:
    """Run all cells, print the table, and perhaps write it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=199)
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    cells: list[Cell] = [
        (*design, capital, between, options.rounds, options.draws)
        for design in DESIGNS
        for capital in (False, True)
        for between in BETWEEN
    ]
    with ProcessPoolExecutor(options.cores, mp_context=get_context("forkserver")) as pool:
        table = pd.DataFrame([row for rows in pool.map(calibrate, cells) for row in rows])
    keys = ["treated", "comparison", "scenario"]
    wide = table.pivot(index=keys, columns="method", values="rejected")
    print((100 * wide).round(1).to_string())
    if options.write:
        path = ROOT / "data" / "calibration.csv"
        old = pd.read_csv(path)
        kept = old[old["made"] != MADE] if "made" in old else old
        pd.concat([kept, table], ignore_index=True).to_csv(path, index=False)
        text = page(table, options.rounds, options.draws)
        (ROOT / "docs" / "benchmarks" / "municipalities.md").write_text(text, encoding="utf-8")
    sys.exit(not holds(table))


if __name__ == "__main__":
    main()
