"""Known truth: random treated municipalities in real figures, and the synthetic register."""

import numpy as np
import pandas as pd
import pytest

from evalbook import plan
from evalbook.models import difference_in_differences
from evalbook.paths import public_directory
from nychance.measures import targets
from nychance.public_data import tables as public
from nychance.register import read_register
from nychance.synthesize import synthesize

QUARTER = 13


def real_rates():
    """Employment rates of all 98 municipalities, 2008-2017: more than a checkpoint may see."""
    rates = pd.read_csv(public_directory() / "employment-rate.csv", parse_dates=["reference"])
    return rates.assign(year=rates["reference"].dt.year)


def test_the_real_panel_is_whole_and_as_published():
    rates = real_rates().pivot(index="municipality", columns="year", values="value")
    assert rates.shape == (98, 10)
    assert rates.notna().all(axis=None)
    assert (rates.loc[101, 2008], rates.loc[101, 2009]) == (72.5, 70.0)
    assert (
        public.read("employment-rate", plan.load().checkpoint("2009-03"))["reference"].nunique()
        == 1
    )


def test_random_method_municipalities_are_found_significant_five_times_in_a_hundred():
    rates, random = real_rates(), np.random.default_rng(2008)
    codes = rates["municipality"].unique()
    wild = randomised = 0
    for seed in range(120):
        chosen = random.choice(codes, 8, replace=False)
        data = rates.assign(
            treated=(rates["municipality"].isin(chosen) & (rates["year"] >= 2012)).astype(int)
        )
        found = difference_in_differences(
            data, "value", "municipality", "year", "treated", draws=99, seed=seed
        )
        wild, randomised = (
            wild + (found.p_wild <= 0.05),
            randomised + (found.p_randomisation <= 0.05),
        )
    # Binomial(120, 0.05) has mean 6 and standard deviation 2.4.
    assert 1 <= wild <= 13
    assert 1 <= randomised <= 13


@pytest.fixture(scope="module")
def quarters(tmp_path_factory):
    """Passive persons started, by municipality and quarter, with all effects and without."""
    folder, the_plan = tmp_path_factory.mktemp("registers"), plan.load()
    tables = {}
    for effects in (True, False):
        synthesize(folder / str(effects), persons=40_000, seed=2007, effects=effects)
        register = read_register(folder / str(effects), the_plan.checkpoint("2009-03"), the_plan)
        tables[effects] = shares(register, the_plan.definitions.method_start)
    return tables


def shares(register, start):
    rows = []
    begins = register.week_at(start) + 1
    method = register.municipalities["role"] == "method"
    for first in range(begins % QUARTER, len(register.weeks) - QUARTER + 1, QUARTER):
        window = targets.Window(first, first + QUARTER - 1)
        started = targets.passive_into_activity(register, window)
        home = register.municipality_at(first).to_numpy()
        by_place = {code: started.over(home == code) for code in method.index}
        value = pd.Series({code: found and found.value for code, found in by_place.items()})
        rows.append(
            pd.DataFrame({"value": value, "quarter": (first - begins) // QUARTER, "method": method})
        )
    table = pd.concat(rows).rename_axis("municipality").reset_index()
    return table.assign(treated=(table["method"] & (table["quarter"] >= 0)).astype(int))


def estimate(table, **options):
    return difference_in_differences(
        table, "value", "municipality", "quarter", "treated", draws=999, **options
    )


def test_nothing_is_found_in_a_register_without_effects(quarters):
    found = estimate(quarters[False])
    assert found.p_wild > 0.05
    assert found.p_randomisation > 0.05
    assert found.interval[0] < 0 < found.interval[1]


def test_what_was_built_in_is_found_again(quarters):
    on, off = quarters[True], quarters[False]
    treated = on["treated"] == 1
    # What each method municipality would have had without the programme is in the other register.
    truth = (on["value"] - off["value"])[treated].mean()
    found = estimate(on)
    assert truth > 0.01
    assert found.interval[0] < truth < found.interval[1]
    assert found.interval[0] > 0
    assert max(found.p_wild, found.p_randomisation) < 0.05
