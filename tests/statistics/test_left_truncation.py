"""Delayed entry, ties and robust errors: a second library, the jackknife and known truth."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import SurvfuncRight

from evalbook.errors import DataError
from evalbook.models import cox, discrete_time_hazard, kaplan_meier, log_rank


def late(n=500, seed=1):
    """Weekly durations with ties, some under observation from the start and some later."""
    random = np.random.default_rng(seed)
    x, group = random.normal(size=n), random.integers(0, 3, n)
    time = np.ceil(random.exponential(12 * np.exp(-0.5 * x)))
    end = random.integers(4, 30, n)
    entry = np.where(random.random(n) < 0.4, random.integers(0, 10, n), 0)
    data = pd.DataFrame(
        {"t": np.minimum(time, end), "e": (time <= end).astype(int), "x": x, "entry": entry}
    ).assign(stratum=group, z=random.integers(0, 2, n), id=range(n))
    return data[data["entry"] < data["t"]].reset_index(drop=True)


@pytest.mark.parametrize("options", [{}, {"strata": "stratum"}])
@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("entry", [None, "entry"])
def test_cox_agrees_with_a_second_library(options, ties, entry):
    data = late()
    ours = cox(data, "t", "e", ["x", "z"], entry=entry, ties=ties, **options)
    theirs = PHReg(
        data["t"],
        data[["x", "z"]],
        status=data["e"],
        # They count whoever enters at the time of an event as at risk.
        entry=None if entry is None else data["entry"] + 0.5,
        strata=data["stratum"] if options else None,
        ties=ties,
    ).fit()
    assert ours.to_frame()["coefficient"].tolist() == pytest.approx(list(theirs.params))
    assert ours.to_frame()["error"].tolist() == pytest.approx(list(theirs.bse))
    assert ours.loglikelihood == pytest.approx(theirs.llf)


def jackknife(data, **options):
    left = np.array(
        [
            cox(data[data["id"] != one], "t", "e", ["x", "z"], **options).tidy()["estimate"]
            for one in data["id"].unique()
        ]
    )
    n = len(left)
    return np.sqrt((n - 1) / n * ((left - left.mean(axis=0)) ** 2).sum(axis=0))


@pytest.mark.parametrize("options", [{}, {"entry": "entry"}])
def test_robust_errors_are_those_of_the_jackknife_with_heavy_ties(options):
    data = late(800, 2)
    data["t"], data["entry"] = np.ceil(data["t"] / 5), np.floor(data["entry"] / 5)
    data = data[data["entry"] < data["t"]]
    robust = cox(data, "t", "e", ["x", "z"], cluster="id", **options).tidy()["error"]
    assert data["t"].nunique() <= 6
    assert robust.to_numpy() == pytest.approx(jackknife(data, **options), rel=0.02)


def test_errors_by_place_are_those_of_the_jackknife_over_places():
    data = late(2400, 4)
    data["id"] = np.arange(len(data)) % 60
    data["t"] = np.ceil(data["t"] / 3)
    robust = cox(data, "t", "e", ["x", "z"], cluster="id").tidy()["error"]
    assert robust.to_numpy() == pytest.approx(jackknife(data), rel=0.06)


def test_late_entry_recovers_the_ratio_that_a_late_start_of_the_clock_hides():
    random = np.random.default_rng(5)
    x = random.integers(0, 2, 20_000)
    time = random.weibull(0.6, 20_000) * 20 * np.exp(-0.7 * x / 0.6)
    entry = x * random.uniform(0, 20, 20_000)
    data = pd.DataFrame({"t": time, "e": 1, "x": x, "entry": entry})[time > entry]
    found = cox(data, "t", "e", ["x"], entry="entry").tidy().iloc[0]
    assert found["lower"] < 0.7 < found["upper"]
    assert cox(data, "t", "e", ["x"]).tidy()["estimate"].item() < 0.55


def test_kaplan_meier_with_late_entry_agrees_with_a_second_library():
    data = late(400, 3)
    curve = kaplan_meier(data["t"], data["e"], entry=data["entry"])
    theirs = SurvfuncRight(data["t"], data["e"], entry=data["entry"])
    steps = curve.to_frame().iloc[1:]
    counted = [((data["entry"] < t) & (data["t"] >= t)).sum() for t in steps.index]
    assert steps["at_risk"].tolist() == counted
    assert theirs.n_risk.tolist() == counted
    assert steps["survival"].to_numpy() == pytest.approx(theirs.surv_prob)
    assert curve.tidy()["error"].to_numpy()[1:] == pytest.approx(theirs.surv_prob_se)


def test_entries_at_zero_change_nothing():
    data = late()
    plain = kaplan_meier(data["t"], data["e"])
    entered = kaplan_meier(data["t"], data["e"], entry=0 * data["t"])
    pd.testing.assert_frame_equal(plain.to_frame(), entered.to_frame())


def test_a_curve_that_ends_before_others_begin_says_so():
    curve = kaplan_meier([2, 9, 9], [1, 1, 0], entry=[0, 5, 5])
    assert curve.at(3) == 0
    assert "before others came under observation" in curve.warning
    assert kaplan_meier([2, 9, 9], [1, 1, 0]).warning == ""


@pytest.mark.parametrize("entry", [[3, 0], [4, 0], [-1, 0], [np.nan, 0]])
def test_an_entry_that_cannot_be_is_named(entry):
    with pytest.raises(DataError, match="'entry'") as caught:
        kaplan_meier([3, 5], [1, 0], entry=entry)
    assert caught.value.remedy


def test_times_that_differ_by_rounding_are_tied():
    random = np.random.default_rng(4)
    start, length = random.uniform(0, 100, 300), random.integers(1, 8, 300) / 10
    x, e = random.normal(size=300), random.integers(0, 2, 300)
    noisy = (start + length) - start
    assert len(np.unique(noisy)) > 20
    curve = kaplan_meier(noisy, e)
    assert len(curve.to_frame()) == 8
    assert curve.to_frame()["survival"].to_numpy() == pytest.approx(
        kaplan_meier(length, e).to_frame()["survival"].to_numpy()
    )
    by = x > 0
    assert log_rank(noisy, e, by).statistic == pytest.approx(log_rank(length, e, by).statistic)
    models = [cox(pd.DataFrame({"t": t, "e": e, "x": x}), "t", "e", ["x"]) for t in (noisy, length)]
    assert models[0].loglikelihood == pytest.approx(models[1].loglikelihood)


def places(treated, n=2000):
    random = np.random.default_rng(1)
    place = np.arange(n) % 32
    return pd.DataFrame(
        {
            "t": np.ceil(random.exponential(10, n)),
            "e": (random.random(n) < 0.8).astype(int),
            "treated": (place < treated).astype(int),
            "x": random.normal(size=n),
            "place": place,
        }
    )


@pytest.mark.parametrize(("treated", "told"), [(4, "'treated' (4)"), (14, "")])
def test_few_treated_clusters_are_told(treated, told):
    data = places(treated)
    weeks = data.loc[np.repeat(data.index, 3)].assign(week=np.tile([0, 1, 2], len(data)))
    for model in (
        cox(data, "t", "e", ["treated", "x"], cluster="place"),
        discrete_time_hazard(weeks, "e", "week", ["treated", "x"], cluster="place"),
    ):
        assert told in model.warning
        assert bool(model.warning) == bool(told)
        assert model.warning in model.summary()


def test_clusters_that_do_not_determine_an_error_are_refused():
    data = late(200)
    mirrored = pd.concat([data, data], ignore_index=True)
    mirrored["half"] = np.repeat([0, 1], len(data))
    with pytest.raises(DataError, match="do not determine the error of 'x'"):
        cox(mirrored, "t", "e", ["x"], cluster="half")


def test_one_person_in_each_stratum_is_refused():
    data = late(60).assign(own=lambda d: range(len(d)))
    with pytest.raises(DataError, match="beside whoever had an event"):
        cox(data, "t", "e", ["x"], strata="own")
    with pytest.raises(DataError, match=r"two groups were at risk|was at risk when"):
        log_rank(data["t"], data["e"], data["z"], strata=data["own"])


@pytest.mark.parametrize(
    "weeks", [pd.to_timedelta([1, 2, 3], unit="D"), pd.date_range("2008", periods=3), [1j, 2, 3]]
)
def test_durations_without_a_unit_are_refused(weeks):
    with pytest.raises(DataError, match="'duration' is not numeric"):
        kaplan_meier(weeks, [1, 0, 1])
