"""Speed of the tests of a difference-in-differences, beside other libraries in one run.

    python benchmarks/models.py [--draws 9999] [--repeats 3]

60 municipalities at five times, 9,999 draws: the wild cluster bootstrap and randomisation
inference, each with its interval. Prints the best of some repeats and ratios to pyfixest and
wildboottest (left out if not installed), and fails if a test takes more than 2 seconds, or longer
than one of them.
"""

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
import pyfixest
import statsmodels.formula.api as smf

from evalbook.models import difference_in_differences, randomisation_test, wild_cluster_bootstrap

LIMIT = 2.0
FORMULA = "y ~ treated + C(unit) + C(time)"


def panel(units: int = 60, times: int = 5, treated: int = 12) -> pd.DataFrame:
    """Make units with a common start of the treated.

    1 and 0 as floats, which one of the libraries needs.
    """
    random = np.random.default_rng(1)
    unit, when = np.indices((units, times)).reshape(2, -1)
    under = (unit < treated) & (when >= 1)
    outcome = random.normal(size=unit.size) + random.normal(size=units)[unit] + 0.4 * under
    return pd.DataFrame({"unit": unit, "time": when, "y": outcome, "treated": under.astype(float)})


def best(call: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """Give the shortest of some calls, in seconds, and what it found.

    The first call is not counted, for others compile in it.
    """
    call()
    seconds, found = [], None
    for _ in range(repeats):
        begin = time.perf_counter()
        found = call()
        seconds.append(time.perf_counter() - begin)
    return min(seconds), found


def ours(data: pd.DataFrame, draws: int) -> dict[str, Callable[[], float]]:
    """List our ways to the p values."""

    def panel_test(**options: Any) -> Any:
        return difference_in_differences(
            data, "y", "unit", "time", "treated", draws=draws, **options
        )

    return {
        "wild, with interval": lambda: panel_test(inference=["wild"]).p_wild,
        "randomisation, with interval": lambda: (
            panel_test(inference=["randomisation"]).p_randomisation
        ),
        "both, with interval": lambda: panel_test().p_wild,
        "wild, by formula": lambda: (
            wild_cluster_bootstrap(FORMULA, data, "treated", "unit", draws=draws).p
        ),
        "randomisation, by formula": lambda: (
            randomisation_test(FORMULA, data, "treated", cluster="unit", time="time", draws=draws).p
        ),
    }


def theirs(data: pd.DataFrame, draws: int) -> dict[str, tuple[str, Callable[[], float], float]]:
    """List other libraries' tests, each with ours that does the same and a factor for its time."""
    fit = pyfixest.feols("y ~ treated | unit + time", data, vcov={"CRV1": "unit"})
    across = data[data["time"] > 0].groupby("unit", as_index=False)[["y", "treated"]].mean()
    change = across.assign(
        y=across["y"]
        - data[data["time"] == 0].set_index("unit")["y"].reindex(across["unit"]).to_numpy()
    )
    cross = pyfixest.feols("y ~ treated", change, vcov="HC1")
    # Refits draw by draw: so few of them, and the time multiplied.
    few = max(19, draws // 500)

    def by_ritest() -> float:
        found = cross.ritest(
            "treated", reps=few, type="randomization-t", rng=np.random.default_rng(1)
        )
        return float(found["Pr(>|t|)"])

    calls = {
        f"pyfixest ritest, {few} draws x {draws / few:.0f}": (
            "randomisation, with interval",
            by_ritest,
            draws / few,
        )
    }
    try:
        from wildboottest.wildboottest import wildboottest
    except ImportError:
        print("wildboottest is not installed, and left out")
        return calls
    model = smf.ols(FORMULA, data)

    def by_wildboottest() -> float:
        found = wildboottest(
            model,
            B=draws,
            cluster=data["unit"],
            param="treated",
            weights_type="webb",
            bootstrap_type="11",
            seed=1,
            show=False,
        )
        return float(np.ravel(found["p-value"])[0])

    def by_pyfixest() -> float:
        return float(
            fit.wildboottest(
                param="treated", reps=draws, weights_type="webb", bootstrap_type="11", seed=1
            )["Pr(>|t|)"]
        )

    wild = "wild, with interval"
    return calls | {
        "wildboottest, no interval": (wild, by_wildboottest, 1.0),
        "pyfixest, no interval": (wild, by_pyfixest, 1.0),
    }


def main() -> None:
    """Measure, compare and judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=9999)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    data = panel()
    seconds, failed = {}, False
    for name, call in ours(data, options.draws).items():
        seconds[name], p = best(call, options.repeats)
        failed |= seconds[name] > LIMIT
        print(f"{name:<44} {seconds[name]:7.3f} s   p = {p:.4f}")
    for name, (same, call, times) in theirs(data, options.draws).items():
        with redirect_stderr(StringIO()):
            taken, p = best(call, 1 if times > 1 else options.repeats)
        taken *= times
        failed |= seconds[same] > taken
        print(
            f"{name:<44} {taken:7.3f} s   p = {p:.4f}   {taken / seconds[same]:5.1f} times ours "
            f"({same})"
        )
    sys.exit(failed)


if __name__ == "__main__":
    main()
