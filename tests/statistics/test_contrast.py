"""Treated against comparison clusters: closed forms, a second library, size and coverage."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from evalbook.errors import DataError
from evalbook.models import clustered, contrast, contrast_changes, difference_in_differences
from tests.statistics.panels import panel

COLUMNS = ("y", "place", "treated")


def persons(
    seed=1, treated=6, comparison=26, each=60, between=0.03, effect=0.0, capital=1, spread=1.0
):
    """Persons who reach something or not, in places that differ; the first has `capital` times."""
    random = np.random.default_rng(seed)
    size = np.full(treated + comparison, each)
    size[0] *= capital
    mask = np.arange(len(size)) < treated
    share = 0.2 + effect * mask
    share = share + between * np.where(mask, spread, 1) * random.normal(size=len(size))
    place = np.repeat(np.arange(len(size)), size)
    reached = random.binomial(1, np.clip(share, 0, 1)[place])
    return pd.DataFrame({"y": reached, "place": place, "treated": mask[place].astype(int)})


def test_the_difference_of_the_clusters_means_with_the_error_of_welch():
    data = persons(effect=0.1)
    found = contrast(data, *COLUMNS)
    shares = data.groupby("place")["y"].mean()
    theirs = stats.ttest_ind(shares[:6], shares[6:], equal_var=False)
    assert found.estimate / found.error == pytest.approx(theirs.statistic)
    assert found.levels["level"].to_list() == pytest.approx([shares[:6].mean(), shares[6:].mean()])
    assert found.direction == "higher"
    assert found.tidy()["test"].item() == "randomisation"


def test_p_counts_all_assignments():
    """10 places, 4 of them treated: all 210 assignments, counted by hand."""
    data = persons(3, treated=4, comparison=6)
    found = contrast(data, *COLUMNS)
    shares = data.groupby("place")["y"].mean().to_numpy()

    def t(chosen):
        mask = np.isin(np.arange(10), chosen)
        return abs(stats.ttest_ind(shares[mask], shares[~mask], equal_var=False).statistic)

    every = np.array([t(chosen) for chosen in combinations(range(10), 4)])
    assert found.assignments == found.assignments_possible == 210
    assert found.p == pytest.approx(np.mean(every >= t(range(4)) - 1e-9))


def test_the_interval_is_what_the_test_does_not_reject():
    data = persons(5, effect=0.08)
    found = contrast(data, *COLUMNS)
    for bound, inwards in zip(found.interval, (1, -1), strict=True):
        for step, rejected in ((-1e-4, True), (1e-4, False)):
            null = bound + inwards * step
            moved = data.assign(y=data["y"] - null * data["treated"])
            assert (contrast(moved, *COLUMNS).p <= 0.05) is rejected


def test_changes_agree_with_the_older_function_and_the_two_way_regression():
    data = panel(2, times=2, start=1)
    data["on"], data["late"] = (data["unit"] < 8).astype(int), data["time"]
    found = contrast(data, "y", "unit", "on", after="late", draws=999)
    wide = data.pivot(index="unit", columns="time", values="y")
    theirs = contrast_changes(wide[1] - wide[0], pd.Series(wide.index < 8, wide.index), draws=999)
    assert (found.estimate, found.p) == pytest.approx((theirs.estimate, theirs.p_randomisation))
    two_way = difference_in_differences(data, "y", "unit", "time", "treated", draws=99)
    assert found.estimate == pytest.approx(two_way.estimate)
    assert found.is_change
    assert found.levels.loc["treated", "change"] == pytest.approx((wide[1] - wide[0])[:8].mean())


def test_by_size_it_is_the_clustered_regression_of_the_persons():
    data = persons(7, capital=3, effect=0.05)
    found = contrast(data, *COLUMNS, weights="size")
    sums = data.groupby("place").agg(y=("y", "mean"), on=("treated", "first"), n=("y", "size"))
    fit = clustered("y ~ on", sums.reset_index(), "place", kind="CR2", weights="n").tidy()
    row = fit.set_index("term").loc["on"]
    assert (found.estimate, found.error, found.df) == pytest.approx(
        (row["estimate"], row["error"], row["df"])
    )
    assert found.estimate == pytest.approx(found.pooled)
    means = data.groupby("treated")["y"].mean()
    assert found.pooled == pytest.approx(means[1] - means[0])


def test_rows_may_be_persons_or_sums_in_any_order():
    data = persons(8, capital=2)
    sums = data.groupby(["place", "treated"], as_index=False).agg(y=("y", "sum"), n=("y", "size"))
    one, other = contrast(data.sample(frac=1), *COLUMNS), contrast(sums, *COLUMNS, out_of="n")
    assert (one.p, one.estimate, one.pooled) == pytest.approx((other.p, other.estimate, one.pooled))
    assert one.interval == pytest.approx(other.interval)


def test_a_capital_is_named_and_the_pooled_difference_is_not_tested():
    data = persons(9, treated=6, capital=10)
    found = contrast(data, *COLUMNS, weights="size")
    assert (found.largest, round(found.largest_share, 2)) == (0, 0.67)
    assert found.effective_treated == pytest.approx(15**2 / 105)
    assert (found.test, found.p, found.interval) == ("none", None, None)
    assert found.direction == "not-tested"
    assert "degrees of freedom" in found.summary()
    assert contrast(data, *COLUMNS).test == "randomisation"


def test_too_few_are_not_tested():
    found = contrast(persons(treated=3), *COLUMNS)
    assert found.direction == "not-tested"
    assert "3 clusters of a kind are fewer than 4" in found.reason


def test_where_the_weights_turn_the_difference_it_is_undecided():
    data = pd.DataFrame({"place": range(12), "treated": [1] * 5 + [0] * 7})
    data["n"] = [1000, 10, 10, 10, 10] + [100] * 7
    share = np.array([0.1, 0.9, 0.91, 0.92, 0.93, 0.3, 0.31, 0.32, 0.33, 0.29, 0.28, 0.3])
    found = contrast(data.assign(y=share * data["n"]), *COLUMNS, out_of="n")
    assert found.estimate > 0 > found.pooled
    assert found.direction == "undecided"


@pytest.mark.parametrize("treated", [4, 5, 6, 8])
@pytest.mark.parametrize("capital", [1, 10])
def test_size_and_coverage(treated, capital):
    """The whole table is made by benchmarks/calibration.py; here a part, with fewer rounds."""
    rejected, covered, rounds = 0, 0, 200
    for seed in range(rounds):
        data = persons(seed, treated, 32 - treated, between=0.03, capital=capital)
        found = contrast(data, *COLUMNS, draws=199)
        rejected += found.p <= 0.05
        covered += found.interval[0] <= 0 <= found.interval[1]
    assert rejected + covered == rounds
    # Three standard errors of a rate of 5 per cent on either side.
    assert 0.004 <= rejected / rounds <= 0.1


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        (lambda d: d.drop(columns="place"), {}, "no column 'place'"),
        (lambda d: d.assign(y=d["y"].where(d.index != 5)), {}, "'y' is missing"),
        (lambda d: d.assign(y=np.inf), {}, "'y' is missing or infinite"),
        (lambda d: d.assign(treated=2), {}, "'treated' has the value 2"),
        (lambda d: d.assign(treated=(d.index % 2)), {}, "'treated' varies within place 0"),
        (lambda d: d.query("place > 4"), {}, "fewer than two clusters"),
        (lambda d: d.assign(y=1), {}, "the same in all clusters"),
        (lambda d: d.assign(n=(d["place"] != 3) * 1), {"out_of": "n"}, "place 3 is out of nothing"),
        (
            lambda d: d.assign(late=(d["place"] != 3) * (d.index % 2)),
            {"after": "late"},
            "place 3 is out of nothing after the start",
        ),
        (lambda d: d, {"weights": "n"}, "no weights 'n'"),
        (lambda d: d, {"strata": 0}, "strata = 0"),
        (lambda d: d, {"strata": 32}, "nothing can be reassigned"),
        (lambda d: d, {"draws": 5}, "draws = 5"),
    ],
)
def test_bad_input_is_named(change, options, words):
    with pytest.raises(DataError, match=words) as caught:
        contrast(change(persons()), *COLUMNS, **options)
    assert caught.value.remedy


def test_it_is_drawn():
    axes = contrast(persons(), *COLUMNS).plot(unit="share")
    assert axes.get_xlabel() == "share"
