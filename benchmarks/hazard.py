"""Time and memory of the discrete-time hazard, beside statsmodels' GLM in one run.

Example: python benchmarks/hazard.py 500000 5000000 > docs/benchmarks/hazard.md
"""

import os
import platform
import resource
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import statsmodels.api as sm

from evalbook.models.survival.hazard import BANDS, discrete_time_hazard

SIZES = (500_000, 5_000_000)
# A design of 27 terms and its copies take 4 kB per row; with five million the process was killed
# on a machine of 23 GB that others shared.
EXPANDED_UP_TO = 1_000_000
COVARIATES = ["woman", "origin", "age", "match", "quarter"]
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
COURSES = ["job_package", "mentor"]


def person_weeks(size: int, seed: int = 0) -> pd.DataFrame:
    """Simulate about so many weekly rows of persons with two interventions."""
    random, follow = np.random.default_rng(seed), 104
    persons = int(size / 54.2)
    week = np.arange(follow)
    traits = {
        "woman": random.integers(0, 2, persons),
        "origin": random.integers(0, 3, persons),
        "age": random.integers(0, 4, persons),
        "match": random.integers(0, 5, persons),
        "place": random.integers(0, 32, persons),
    }
    entry = random.integers(0, 40, persons)
    begins = random.integers(0, 2 * follow, (2, persons))
    level = (
        np.log(0.016)
        - 0.2 * traits["woman"]
        - 0.15 * traits["origin"]
        - 0.1 * traits["age"]
        + 0.1 * traits["match"]
    )
    course = (week >= begins[:, :, None]).astype(np.int8)
    hazard = np.exp(level[:, None] + np.log(1.6) * course[0] + np.log(1.2) * course[1])
    happens = random.random((persons, follow), dtype=np.float32) < -np.expm1(-hazard)
    person, at = np.nonzero(np.cumsum(happens, axis=1) - happens == 0)
    columns = {name: pd.Series(values[person]) for name, values in traits.items()}
    for name in ("origin", "age", "match"):
        columns[name] = pd.Series(pd.Categorical(columns[name].map("level {}".format)))
    quarter = pd.Categorical.from_codes(
        (entry[person] + at) // 13, [f"q{i:02d}" for i in range(11)]
    )
    frame = pd.DataFrame(
        {"person": person, "weeks": at, "event": happens[person, at].astype(np.int8), **columns}
    )
    return frame.assign(
        quarter=quarter, **{name: course[i][person, at] for i, name in enumerate(COURSES)}
    )


def ours(data: pd.DataFrame) -> tuple[float, float]:
    """Estimate the first course's log ratio and its error, clustered by person."""
    table = discrete_time_hazard(
        data, "event", "weeks", COVARIATES, time_varying=COURSES, cluster="person"
    ).to_frame()
    return table.loc["job_package", "coefficient"], table.loc["job_package", "error"]


def theirs(data: pd.DataFrame) -> tuple[float, float]:
    """Do the same with statsmodels, a row of the design per person-week."""
    bands = pd.get_dummies(np.searchsorted(BANDS, data["weeks"], side="right"), dtype=float)
    dummies = pd.get_dummies(data[COVARIATES], drop_first=True, dtype=float)
    design = np.column_stack([data[COURSES].to_numpy(dtype=float), bands, dummies])
    family = sm.families.Binomial(sm.families.links.CLogLog())
    options = {"groups": data["person"].to_numpy(), "use_correction": False}
    fit = sm.GLM(data["event"].to_numpy(), design, family=family).fit(
        cov_type="cluster", cov_kwds=options
    )
    persons = data["person"].nunique()
    return fit.params[0], fit.bse[0] * np.sqrt(persons / (persons - 1))


def once(which: str, size: int) -> None:
    """Measure one fit in this process and print what was found.

    The data are made before the clock starts.
    """
    data = person_weeks(size)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, processor = time.perf_counter(), time.process_time()
    coefficient, error = (ours if which == "ours" else theirs)(data)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(len(data), wall, processor, before / 1e6, peak / 1e6, coefficient, error)


def main() -> None:
    """Measure each size named on the command line with both, each in a process of its own."""
    if sys.argv[1:2] == ["once"]:
        once(sys.argv[2], int(sys.argv[3]))
        return
    print("# Discrete-time hazard\n")
    print(
        f"`python benchmarks/hazard.py`, Python {platform.python_version()}, statsmodels "
        f"{sm.__version__}. Both fit the same"
    )
    print(
        "model (cloglog, 27 terms, errors clustered by person) to the same rows in one run; "
        "`processor` is the time that"
    )
    print(
        "counts where other work runs beside; linear algebra has one thread. Memory is the "
        "process' peak, the data among it."
    )
    print(
        f"statsmodels is run up to {EXPANDED_UP_TO:,} rows: with 5,000,000 the process ran out "
        "of memory (23 GB, shared).\n"
    )
    print(
        "| person-weeks | with | wall s | processor s | peak GB | log ratio | error "
        "|\n|---|---|---|---|---|---|---|"
    )
    for size in [int(size) for size in sys.argv[1:]] or SIZES:
        for which, name in (("ours", "nychance"), ("theirs", "statsmodels, expanded")):
            if which == "theirs" and size > EXPANDED_UP_TO:
                print(f"| {size:,} | {name} | not run: memory | | | | |", flush=True)
                continue
            command = [sys.executable, __file__, "once", which, str(size)]
            done = subprocess.run(
                command, capture_output=True, text=True, env=os.environ | ONE_THREAD
            )
            if done.returncode:
                print(
                    f"| {size:,} | {name} | failed (status {done.returncode}) | | | | |", flush=True
                )
                continue
            rows, wall, processor, _, peak, *found = map(float, done.stdout.split())
            numbers = " | ".join(f"{value:.6f}" for value in found)
            print(
                f"| {int(rows):,} | {name} | {wall:.1f} | {processor:.1f} | {peak:.2f} | "
                f"{numbers} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
