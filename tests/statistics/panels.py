"""Panels with a known truth."""

import numpy as np
import pandas as pd


def panel(
    seed=1, treated=8, comparison=24, times=5, start=2, effect=0.5, spread=1.0, size_spread=0.0
):
    """Panel of units with own effects, a common trend, AR(1) noise and an effect from `start` on.

    `spread` is the noise of the treated relative to the others; `size_spread` the log standard
    deviation of units' noise.
    """
    random = np.random.default_rng(seed)
    units = treated + comparison
    noise = random.normal(size=(units, times))
    for time in range(1, times):
        noise[:, time] = 0.6 * noise[:, time - 1] + 0.8 * noise[:, time]
    is_treated = np.arange(units) < treated
    noise *= (
        np.where(is_treated, spread, 1.0)[:, None]
        * np.exp(size_spread * random.normal(size=units))[:, None]
    )
    under = is_treated[:, None] & (np.arange(times) >= start)
    outcome = (
        random.normal(size=units)[:, None] + random.normal(size=times) + noise + effect * under
    )
    unit, time = np.indices((units, times)).reshape(2, -1)
    return pd.DataFrame(
        {
            "unit": unit,
            "time": time,
            "y": outcome.ravel(),
            "treated": under.ravel().astype(int),
            "first": np.where(is_treated, start, 0)[unit],
            "x": random.normal(size=unit.size),
            "w": random.uniform(1, 5, size=units)[unit],
        }
    )


def staggered(seed=1, units=30):
    """Three groups of units that start at times 2 and 4, and never; effects grow with time."""
    data = panel(seed, treated=0, comparison=units, times=7, effect=0)
    start = np.select([data["unit"] % 3 == 0, data["unit"] % 3 == 1], [2, 4], 0)
    data["first"], data["treated"] = start, ((start > 0) & (data["time"] >= start)).astype(int)
    data["y"] += data["treated"] * (1 + 0.5 * (data["time"] - start))
    return data
