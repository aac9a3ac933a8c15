"""Observed minus expected against closed forms, a second implementation and simulated truth."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

from evalbook.errors import DataError
from evalbook.models import observed_minus_expected

UNITS = 15


def persons(seed=0, n=3000, extra=0.0, units=UNITS):
    """Persons whose chance depends on sex, age and local unemployment.

    Unit 0 does better by `extra` (on the logit).
    """
    random = np.random.default_rng(seed)
    unit = random.integers(0, units, n)
    unemployment = np.linspace(2, 8, units)
    woman = (random.random(n) < 0.3 + 0.4 * unit / units).astype(int)
    age = random.choice(["young", "middle", "old"], n)
    logit = (
        -0.6
        - 0.5 * woman
        + 0.4 * (age == "young")
        - 0.1 * (unemployment[unit] - 5)
        + extra * (unit == 0)
    )
    out = (random.random(n) < 1 / (1 + np.exp(-logit))).astype(int)
    names = np.array([f"u{i:02d}" for i in range(units)])
    return pd.DataFrame(
        {"out": out, "woman": woman, "age": age, "jobless": unemployment[unit], "unit": names[unit]}
    )


def run(data, personal=("woman", "age"), local=("jobless",), **options):
    return observed_minus_expected(
        data, "out", list(personal), list(local), "unit", **({"draws": 499} | options)
    )


# -- closed forms and agreement --------------------------------------------------------------------


def test_one_condition_in_cells_is_indirect_standardisation():
    data = persons().assign(cell=lambda d: d["age"] + d["woman"].astype(str))
    table = run(data, ["cell"], [])
    rates = data.groupby("cell")["out"].mean()
    assert table["expected"].to_numpy() == pytest.approx(
        data["cell"].map(rates).groupby(data["unit"]).mean().to_numpy()
    )
    assert table["observed"].to_numpy() == pytest.approx(
        data.groupby("unit")["out"].mean().to_numpy()
    )
    assert (table["observed"] - table["expected"]).to_numpy() == pytest.approx(
        table["difference"].to_numpy()
    )


def test_without_conditions_the_variance_has_a_closed_form():
    data = persons()
    table = run(data, [], [])
    share, whole = data["out"].mean(), len(data)
    assert table["expected"].to_numpy() == pytest.approx(share)
    error = np.sqrt(share * (1 - share) * (1 / table["n"] - 1 / whole))
    assert ((table["upper"] - table["lower"]) / 2).to_numpy() == pytest.approx(
        1.959964 * error.to_numpy(), rel=1e-6
    )


def test_what_is_expected_agrees_with_a_logit_of_single_persons():
    data = persons().assign(years=lambda d: np.random.default_rng(1).normal(size=len(d)))
    table = run(data, ["woman", "age", "years"])
    fit = smf.glm("out ~ woman + age + years + jobless", data, family=sm.families.Binomial()).fit()
    assert table["expected"].to_numpy() == pytest.approx(
        fit.fittedvalues.groupby(data["unit"]).mean().to_numpy(), abs=1e-8
    )
    assert (table["n"] * table["difference"]).sum() == pytest.approx(0, abs=1e-6)


# -- simulated truth -------------------------------------------------------------------------------


def test_intervals_cover_no_difference_as_often_as_they_say():
    inside = [
        run(persons(seed, 1500), draws=19).eval("lower < 0 < upper").mean() for seed in range(60)
    ]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.02)


def test_intervals_cover_a_true_difference_too():
    covered = []
    for seed in range(60):
        data = persons(seed, 2500, extra=1.0)
        # What the same model makes of the true chances.
        truth = data.assign(age_young=(data["age"] == "young") * 1.0)
        chance = (
            -0.6
            - 0.5 * data["woman"]
            + 0.4 * truth["age_young"]
            - 0.1 * (data["jobless"] - 5)
            + (data["unit"] == "u00")
        )
        truth["chance"] = 1 / (1 + np.exp(-chance))
        exog = sm.add_constant(truth[["woman", "age_young", "jobless"]].astype(float))
        expected = sm.GLM(truth["chance"], exog, family=sm.families.Binomial()).fit().fittedvalues
        own = data["unit"] == "u00"
        target = truth["chance"][own].mean() - expected[own].mean()
        row = run(data.assign(young=truth["age_young"]), ["woman", "young"], draws=19).loc["u00"]
        covered.append(row["lower"] < target < row["upper"])
    assert np.mean(covered) >= 0.88


def test_a_unit_that_does_better_ranks_first_and_surely_so():
    table = run(persons(1, 4000, extra=1.5))
    assert table["rank"].idxmin() == "u00"
    assert table.loc["u00", ["rank", "rank_lower", "rank_upper"]].tolist() == [1, 1, 1]
    assert table.loc["u00", "lower"] > 0.1
    # Ranks of the others, among which nothing differs, are hardly known.
    others = table.drop("u00")
    assert (others["rank_upper"] - others["rank_lower"]).mean() > 5
    assert (
        (others["rank_lower"] <= others["rank"]) & (others["rank"] <= others["rank_upper"])
    ).all()


def test_who_lives_there_explains_what_a_raw_ranking_would_blame_on_the_unit():
    data = persons(2, 20_000)
    raw, adjusted = run(data, [], []), run(data)
    assert raw["difference"].abs().mean() > 3 * adjusted["difference"].abs().mean()


# -- rules and bad input ---------------------------------------------------------------------------


def test_small_units_are_in_the_model_but_not_shown():
    data = persons()
    small = data[(data["unit"] != "u03") | (np.arange(len(data)) < 150)]
    table = run(small)
    assert table.index[table["suppressed"]].tolist() == ["u03"]
    assert table.loc["u03"].drop(["n", "suppressed"]).isna().all()
    assert table.drop("u03").notna().all(axis=None)
    assert sorted(table["rank"].dropna()) == list(range(1, UNITS))
    assert not run(small, least=1)["suppressed"].any()
    with pytest.raises(DataError, match="fewer than two units have 100000 persons"):
        run(data, least=100_000)


def test_order_of_rows_changes_nothing_and_the_seed_decides():
    data = persons()
    one = run(data)
    pd.testing.assert_frame_equal(one, run(data.sample(frac=1, random_state=1)), check_exact=True)
    assert not one[["rank_lower", "rank_upper"]].equals(
        run(data, seed=1)[["rank_lower", "rank_upper"]]
    )


@pytest.mark.parametrize(
    ("change", "personal", "local", "named"),
    [
        ({"out": 0}, ["woman"], [], "'out' is the same"),
        ({"out": 0.5}, ["woman"], [], "'out' has the value"),
        ({"woman": np.nan}, ["woman"], [], "'woman' is missing"),
        ({"woman": 1}, ["woman"], [], "'woman' is the same"),
        ({"unit": None}, ["woman"], [], "'unit' is missing"),
        ({}, ["woman", "man"], [], "collinear"),
        ({}, ["height"], [], "no column 'height'"),
        ({}, [], ["place"], "as many local conditions as units"),
        ({}, ["sure"], [], "'sure'"),
    ],
)
def test_bad_input_is_named(change, personal, local, named):
    data = persons()
    data = data.assign(
        man=1 - data["woman"],
        place=data["unit"] + "x",
        sure=((data["out"] == 1) & (data["age"] == "old")) * 1,
    )
    with pytest.raises(DataError, match=named):
        run(data.assign(**change), personal, local)


def test_separation_by_two_conditions_together_is_refused():
    random = np.random.default_rng(0)
    data = persons(0, 400)
    x = random.normal(size=len(data))
    ordered = data.assign(
        x=x, z=x + np.where(data["out"] == 1, 1, -1) * random.uniform(0.1, 0.2, len(data))
    )
    with pytest.raises(DataError, match="no finite estimate"):
        run(ordered, ["x", "z"], [])
