"""Entropy balancing against a closed form, a published analysis and what defines it."""

import causaldata
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from evalbook.errors import DataError
from evalbook.models import balance_table, effective_number, entropy_balance


@pytest.fixture(scope="module")
def lalonde():
    """185 NSW participants and 15,992 persons of the CPS (Dehejia & Wahba 1999)."""
    experiment, survey = (
        getattr(causaldata, name).load_pandas().data for name in ("nsw_mixtape", "cps_mixtape")
    )
    return pd.concat([experiment[experiment["treat"] == 1], survey], ignore_index=True)


def units(n=60, seed=0):
    random = np.random.default_rng(seed)
    treated = (np.arange(n) < n // 4).astype(int)
    x = random.normal(size=n) + 0.4 * treated
    return pd.DataFrame(
        {
            "treated": treated,
            "x": x,
            "z": random.exponential(size=n) + 0.3 * treated,
            "kind": random.choice(["a", "b", "c"], n),
        },
        index=[f"unit {i}" for i in range(n)],
    )


# -- published, closed form, definition ------------------------------------------------------------


def test_a_published_analysis_is_found_again(lalonde):
    # B. Vegetabile, README of the R package entbal, three moments: effective number of comparison
    # persons 116.46, their weighted mean of earnings in 1978 4957.0, and the difference 1392.2.
    covariates = ["age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75"]
    weights = entropy_balance(lalonde, covariates, "treat", moments=3)
    assert effective_number(weights) == pytest.approx(116.46, abs=0.3)
    comparison = np.average(lalonde.loc[weights.index, "re78"], weights=weights)
    assert comparison == pytest.approx(4957.0, abs=2)
    assert lalonde.loc[lalonde["treat"] == 1, "re78"].mean() - comparison == pytest.approx(
        1392.2, abs=2
    )


def test_one_yes_or_no_covariate_has_a_closed_form():
    data = pd.DataFrame({"treated": [1] * 4 + [0] * 10, "x": [1, 1, 1, 0] + [1] * 2 + [0] * 8})
    weights = entropy_balance(data, ["x"], "treated")
    # Three of four treated units have it: the two comparison units that have it share the weight
    # of three.
    assert weights.to_list() == pytest.approx([1.5] * 2 + [1 / 8] * 8)
    assert list(weights.index) == list(range(4, 14))


def test_starting_weights_are_kept_in_proportion_where_covariates_are_equal():
    data = pd.DataFrame(
        {"treated": [1, 1, 0, 0, 0, 0], "x": [1, 0, 1, 1, 0, 0], "size": [3, 1, 5, 10, 2, 6]}
    )
    weights = entropy_balance(data, ["x"], "treated", weights="size")
    assert weights.to_list() == pytest.approx([1, 2, 0.25, 0.75])


@pytest.mark.parametrize("moments", [1, 2, 3])
def test_moments_are_balanced(moments):
    data = units()
    weights = entropy_balance(data, ["x", "z", "kind"], "treated", moments=moments)
    theirs, mine = data.loc[weights.index], data[data["treated"] == 1]
    for column in ("x", "z"):
        for power in range(1, moments + 1):
            assert np.average(theirs[column] ** power, weights=weights) == pytest.approx(
                (mine[column] ** power).mean(), abs=1e-7
            )
    assert np.average(theirs["kind"] == "b", weights=weights) == pytest.approx(
        (mine["kind"] == "b").mean(), abs=1e-8
    )
    assert (weights > 0).all()
    assert weights.sum() == pytest.approx(len(mine))


def test_no_other_balancing_weights_stray_less():
    data = units(24, seed=3)
    weights = entropy_balance(data, ["x"], "treated")
    share = (weights / weights.sum()).to_numpy()
    x, target = data.loc[weights.index, "x"].to_numpy(), data.loc[data["treated"] == 1, "x"].mean()
    constraints = [
        {"type": "eq", "fun": lambda w: w.sum() - 1},
        {"type": "eq", "fun": lambda w: w @ x - target},
    ]
    bounds = [(1e-9, 1)] * len(x)
    least = minimize(
        lambda w: w @ np.log(w),
        np.full(len(x), 1 / len(x)),
        constraints=constraints,
        bounds=bounds,
        tol=1e-12,
    )
    assert share == pytest.approx(least.x, abs=1e-4)
    assert share @ np.log(share) <= least.fun + 1e-9


def test_confounding_by_what_is_balanced_is_removed():
    found = []
    for seed in range(60):
        random = np.random.default_rng(seed)
        x = random.normal(size=400)
        treated = (random.random(400) < 1 / (1 + np.exp(1.5 - x))).astype(int)
        data = pd.DataFrame(
            {"x": x, "treated": treated, "y": 2 * treated + 3 * x + random.normal(size=400)}
        )
        weights = entropy_balance(data, ["x"], "treated")
        found.append(
            data.loc[treated == 1, "y"].mean()
            - np.average(data.loc[weights.index, "y"], weights=weights)
        )
    assert np.mean(found) == pytest.approx(2, abs=3 * np.std(found) / np.sqrt(60))
    assert np.std(found) < 0.25


def test_order_of_rows_changes_nothing():
    data = units()
    weights = entropy_balance(data, ["x", "z", "kind"], "treated", moments=2)
    again = entropy_balance(
        data.sample(frac=1, random_state=1), ["x", "z", "kind"], "treated", moments=2
    )
    assert (again.reindex(weights.index) == weights).all()


def test_a_covariate_that_follows_from_others_changes_nothing():
    data = units().assign(twice=lambda frame: 2 * frame["x"] + 1)
    both = entropy_balance(data, ["x", "twice"], "treated")
    assert both.to_numpy() == pytest.approx(
        entropy_balance(data, ["x"], "treated").to_numpy(), rel=1e-6
    )


# -- the table -------------------------------------------------------------------------------------


def test_the_table_shows_what_weighting_did():
    data = units()
    weights = entropy_balance(data, ["x", "z", "kind"], "treated")
    table = balance_table(data, ["x", "z", "kind"], "treated", weights)
    assert list(table.index) == ["x", "z", "kind[b]", "kind[c]"]
    assert table["after"].abs().max() < 1e-7
    mine, theirs = data[data["treated"] == 1], data[data["treated"] == 0]
    assert table.loc["x", "before"] == pytest.approx(
        (mine["x"].mean() - theirs["x"].mean()) / mine["x"].std()
    )
    unweighted = balance_table(data, ["x", "z", "kind"], "treated")
    assert (unweighted["before"] == unweighted["after"]).all()
    with pytest.raises(DataError, match="comparison rows"):
        balance_table(data, ["x"], "treated", weights.iloc[1:])


# -- bad input -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "options", "named"),
    [
        ({"treated": 1}, {}, "'treated' is the same"),
        ({"treated": 2}, {}, "'treated' has the value"),
        ({"x": 1.0}, {}, "'x' is the same in all rows"),
        ({"x": np.nan}, {}, "'x' is missing"),
        ({}, {"moments": 0}, "0 moments"),
        ({"size": 0}, {"weights": "size"}, "'size' has 60 values such as 0"),
    ],
)
def test_bad_input_is_named(change, options, named):
    with pytest.raises(DataError, match=named):
        entropy_balance(units().assign(**change), ["x", "z"], "treated", **options)


def test_a_target_out_of_reach_is_named():
    data = units()
    far = data.assign(x=data["x"] + 10 * data["treated"])
    with pytest.raises(DataError, match="no weights balance 'x'"):
        entropy_balance(far, ["x", "z"], "treated")
    # Each mean is within reach, the two together are not.
    square = pd.DataFrame(
        {"treated": [1, 1, 0, 0, 0], "x": [0.9, 0.9, 0, 1, 0], "z": [0.9, 0.9, 0, 0, 1]}
    )
    with pytest.raises(DataError, match="all covariates at once"):
        entropy_balance(square, ["x", "z"], "treated")


def test_at_the_edge_of_what_is_there_only_those_at_the_edge_count():
    edge = pd.DataFrame({"treated": [1, 1, 0, 0, 0], "x": [1.0, 1.0, 0, 1, 1]})
    assert entropy_balance(edge, ["x"], "treated").to_list() == pytest.approx([0, 1, 1], abs=1e-6)
