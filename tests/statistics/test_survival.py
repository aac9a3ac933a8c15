"""Survival models against published values, a second library and closed forms."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.duration.survfunc import CumIncidenceRight

from evalbook.errors import DataError
from evalbook.models import aalen_johansen, cox, kaplan_meier, log_rank

# Weeks in remission of 42 children with leukaemia, on 6-mercaptopurine or placebo (Freireich et
# al. 1963, Blood 21:699-716).
TREATED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
LEUKAEMIA = pd.DataFrame(
    {
        "weeks": TREATED + PLACEBO,
        "relapse": RELAPSED + [1] * 21,
        "arm": ["6-MP"] * 21 + ["placebo"] * 21,
    }
)


@pytest.fixture
def curves():
    return kaplan_meier(LEUKAEMIA["weeks"], LEUKAEMIA["relapse"], by=LEUKAEMIA["arm"])


def spells(n, seed):
    """Weekly durations with many ties, censoring, two groups and three endings."""
    random = np.random.default_rng(seed)
    group = random.integers(0, 2, n)
    time = np.ceil(random.exponential(20 / np.exp(0.5 * group)))
    cause = random.choice([1, 2, 3], n, p=[0.5, 0.3, 0.2])
    end = random.integers(5, 60, n)
    frame = pd.DataFrame(
        {"weeks": np.minimum(time, end), "cause": np.where(time <= end, cause, 0), "group": group}
    )
    return frame.assign(event=(frame["cause"] > 0).astype(int), place=random.integers(0, 12, n))


# -- Kaplan-Meier ----------------------------------------------------------------------------------


def test_remission_curve_as_published(curves):
    # Kalbfleisch & Prentice; Kleinbaum & Klein (Survival Analysis, ch. 2); log-log intervals as
    # Stata's sts list gives them.
    published = pd.DataFrame(
        {
            "at_risk": [21, 17, 15, 12, 11, 7, 6],
            "events": [3, 1, 1, 1, 1, 1, 1],
            "survival": [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482],
            "lower": [0.6197, 0.5631, 0.5032, 0.4316, 0.3675, 0.2678, 0.1881],
            "upper": [0.9516, 0.9228, 0.8894, 0.8491, 0.8049, 0.7468, 0.6801],
        },
        index=[6, 7, 10, 13, 16, 22, 23],
    )
    found = curves["6-MP"].to_frame().loc[6:]
    assert np.abs(found - published).max(axis=None) < 6e-5
    assert curves.median.to_dict() == {"6-MP": 23, "placebo": 8}
    assert curves["placebo"].median_interval == (4, 11)
    assert curves["6-MP"].median_interval == (13, np.inf)
    assert (curves["6-MP"].n, curves["6-MP"].events) == (21, 9)


def test_reading_a_curve_between_its_steps(curves):
    curve = curves["6-MP"]
    assert curve.at([0, 5.9, 6, 9.5, 35]) == pytest.approx(
        [1, 1, 18 / 21, 18 / 21 * 16 / 17, 0.4482], abs=5e-5
    )
    assert curve.at(6) == pytest.approx(18 / 21)
    assert curves.at([6, 8]).loc[8, "placebo"] == pytest.approx(8 / 21)


def test_nothing_is_read_where_nobody_was_observed(curves):
    with pytest.raises(DataError, match="beyond 35"):
        curves["6-MP"].at([10, 36])
    with pytest.raises(DataError, match="times"):
        curves["6-MP"].at(-1)
    # All relapsed on placebo: that stays so.
    assert curves["placebo"].at(100) == 0


@pytest.mark.parametrize("seed", range(3))
def test_curves_are_products_of_the_shares_that_stay(seed):
    data = spells(500, seed)
    frame = kaplan_meier(data["weeks"], data["event"]).to_frame().iloc[1:]
    theirs = stats.ecdf(
        stats.CensoredData.right_censored(data["weeks"].to_numpy(), data["event"].to_numpy() == 0)
    ).sf.evaluate(frame.index)
    assert frame["survival"].to_numpy() == pytest.approx(theirs)
    times, counts = np.unique(data.loc[data["event"] == 1, "weeks"], return_counts=True)
    assert frame["events"].tolist() == counts.tolist()
    assert frame["at_risk"].tolist() == [(data["weeks"] >= time).sum() for time in times]
    product = np.cumprod(
        [1 - d / (data["weeks"] >= t).sum() for t, d in zip(times, counts, strict=True)]
    )
    assert frame["survival"].to_numpy() == pytest.approx(product)


def test_without_censoring_the_curve_is_the_share_left():
    data = np.random.default_rng(3).integers(0, 30, 400)
    curve = kaplan_meier(data, np.ones(400))
    assert curve.at(range(30)) == pytest.approx([(data > week).mean() for week in range(30)])


def test_rules_at_the_ends_of_a_curve():
    none = kaplan_meier([3, 4], [0, 0])
    assert none.median == np.inf
    assert none.to_frame().loc[0].tolist() == [2, 0, 1, 1, 1]
    at_once = kaplan_meier([0, 0, 4], [1, 1, 1]).to_frame()
    assert list(at_once.index) == [0, 4]
    assert at_once.loc[4, "lower"] == 0
    assert at_once.loc[4, "upper"] == at_once.loc[0, "upper"] < 1
    half = kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1])
    assert half.median == 2


def test_intervals_cover_as_often_as_they_say():
    random, hits = np.random.default_rng(11), []
    for _ in range(400):
        time, end = random.exponential(20, 60), random.uniform(5, 60, 60)
        row = kaplan_meier(np.minimum(time, end), time <= end).to_frame().loc[:15].iloc[-1]
        hits.append(row["lower"] <= np.exp(-15 / 20) <= row["upper"])
    assert np.mean(hits) == pytest.approx(0.95, abs=0.025)


@pytest.mark.parametrize("k", [3, 5, 10])
def test_published_steps_rest_on_enough_persons(k):
    data = spells(300, 5)
    curve = kaplan_meier(data["weeks"], data["event"])
    steps, whole = curve.in_steps(k), curve.to_frame()
    assert (steps["events"].iloc[1:] >= k).all()
    assert (steps["at_risk"] % k == 0).all()
    left = (whole["at_risk"] - whole["events"]).loc[steps.index]
    assert (left >= k).all()
    assert len(steps) < len(whole)
    for column in ("survival", "lower", "upper"):
        assert (steps[column] == whole.loc[steps.index, column]).all()
    ends = zip(steps.index[:-1], steps.index[1:], strict=True)
    counted = [
        ((data["weeks"] > before) & (data["weeks"] <= end) & (data["event"] == 1)).sum()
        for before, end in ends
    ]
    assert steps["events"].tolist()[1:] == counted


def test_a_curve_of_few_persons_publishes_its_start_only():
    steps = kaplan_meier([1, 2, 3], [1, 1, 0]).in_steps(5)
    assert steps.loc[0].tolist() == [0, 0, 1, 1, 1]
    assert len(steps) == 1
    with pytest.raises(DataError):
        kaplan_meier([1, 2], [1, 1]).in_steps(0)


def test_curves_can_be_drawn(curves):
    axes = curves.plot(k=3)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["6-MP", "placebo"]
    assert len(axes.lines[0].get_xdata()) == len(curves["6-MP"].in_steps(3))


# -- log-rank --------------------------------------------------------------------------------------


def test_log_rank_as_published():
    test = log_rank(LEUKAEMIA["weeks"], LEUKAEMIA["relapse"], LEUKAEMIA["arm"])
    assert round(test.statistic, 2) == 16.79
    assert test.to_frame()["expected"].round(2).tolist() == [19.25, 10.75]
    assert test.to_frame()["events"].tolist() == [9, 21]
    assert test.df == 1


@pytest.mark.parametrize("seed", range(3))
def test_log_rank_in_strata_is_the_score_test_of_coxs_likelihood(seed):
    """Mantel's quadratic form, from the risk sets one by one."""
    data = spells(300, seed)
    by = data["place"] % 3
    ours = log_rank(data["weeks"], data["event"], by, strata=data["group"])
    surplus, variance = np.zeros(3), np.zeros((3, 3))
    for _, layer in data.assign(by=by).groupby("group"):
        for week in layer.loc[layer["event"] == 1, "weeks"].unique():
            at_risk = layer[layer["weeks"] >= week]
            share = at_risk["by"].value_counts(normalize=True).reindex(range(3), fill_value=0)
            ended = at_risk[(at_risk["weeks"] == week) & (at_risk["event"] == 1)]
            d, n, p = len(ended), len(at_risk), share.to_numpy()
            surplus += ended["by"].value_counts().reindex(range(3), fill_value=0) - d * p
            if n > 1:
                variance += d * (n - d) / (n - 1) * (np.diag(p) - np.outer(p, p))
    statistic = surplus[1:] @ np.linalg.solve(variance[1:, 1:], surplus[1:])
    assert ours.statistic == pytest.approx(statistic)
    assert ours.p == pytest.approx(stats.chi2.sf(statistic, 2))
    assert ours.to_frame()["expected"].sum() == pytest.approx(data["event"].sum())


def test_log_rank_has_its_size():
    random = np.random.default_rng(2)
    p = [
        log_rank(
            np.ceil(random.exponential(10, 80)), random.random(80) < 0.8, random.integers(0, 3, 80)
        ).p
        for _ in range(300)
    ]
    assert stats.kstest(p, "uniform").pvalue > 0.001


# -- Cox -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ties", "published"), [("efron", 1.572), ("breslow", 1.509)])
def test_cox_as_published(ties, published):
    # Kleinbaum & Klein, ch. 3 (Efron: 1.572, error 0.412; Breslow 1.509).
    model = cox(LEUKAEMIA, "weeks", "relapse", ["arm"], ties=ties)
    row = model.to_frame().loc["arm[placebo]"]
    assert round(row["coefficient"], 3) == published
    assert round(row["error"], 2) == 0.41
    assert row["hazard_ratio"] == pytest.approx(np.exp(row["coefficient"]))
    assert (row["n"], row["events"], model.n, model.events) == (42, 30, 42, 30)
    assert row["lower"] < row["hazard_ratio"] < row["upper"]


def test_cox_recovers_a_built_in_ratio_and_its_robust_intervals_see_dependence():
    random = np.random.default_rng(4)
    place = np.repeat(np.arange(80), 25)
    treated = place % 2
    age = random.integers(20, 60, len(place))
    shared = random.normal(0, 0.5, 80)[place]
    time = np.ceil(random.exponential(30 / np.exp(0.5 * treated - 0.02 * (age - 40) + shared)))
    data = pd.DataFrame(
        {
            "weeks": np.minimum(time, 60),
            "event": time <= 60,
            "treated": treated,
            "age": age,
            "place": place,
        }
    )
    plain = cox(data, "weeks", "event", ["treated", "age"]).to_frame()
    robust = cox(data, "weeks", "event", ["treated", "age"], cluster="place").to_frame()
    assert (plain["coefficient"] == robust["coefficient"]).all()
    assert robust.loc["treated", "error"] > 2 * plain.loc["treated", "error"]
    assert robust.loc["treated", "lower"] < np.exp(0.5) < robust.loc["treated", "upper"]
    assert plain.loc["age", "coefficient"] == pytest.approx(-0.02, abs=0.006)


def test_without_dependence_robust_and_model_based_errors_agree():
    data = spells(3000, 9).assign(person=range(3000))
    # Who leaves before anybody's event is in no risk set, and must not spoil the rest.
    data.loc[0, ["weeks", "event"]] = [0.5, 0]
    plain, robust = (
        cox(data, "weeks", "event", ["group"], cluster=c).to_frame() for c in (None, "person")
    )
    assert robust["error"].iloc[0] == pytest.approx(plain["error"].iloc[0], rel=0.1)
    assert cox(data, "weeks", "event", ["group"], cluster="person").clusters == 3000


def test_strata_have_a_baseline_of_their_own():
    random = np.random.default_rng(8)
    stratum, x = random.integers(0, 2, 1500), random.normal(size=1500)
    x = x + stratum
    time = random.exponential(np.where(stratum, 5, 50) / np.exp(0.3 * x))
    data = pd.DataFrame({"t": time, "e": 1, "x": x, "s": stratum})
    assert cox(data, "t", "e", ["x"], strata="s").to_frame()["coefficient"].iloc[
        0
    ] == pytest.approx(0.3, abs=0.06)
    assert cox(data, "t", "e", ["x"]).to_frame()["coefficient"].iloc[0] > 0.4


# -- competing risks -------------------------------------------------------------------------------


def test_cumulative_incidence_worked_by_hand():
    # Six persons: week 1 a job, week 2 a job and a pension at once, week 3 lost from sight, week 4
    # a pension, week 5 lost.
    found = aalen_johansen(
        [1, 2, 2, 3, 4, 5], ["job", "job", "pension", "none", "pension", "none"], censored="none"
    )
    # S: 5/6 after week 1, 5/6 * 3/5 = 1/2 after week 2; two are at risk in week 4.
    assert found.at([0, 1, 2, 3, 4])["job"].tolist() == pytest.approx(
        [0, 1 / 6, 2 / 6, 2 / 6, 2 / 6]
    )
    assert found.at([0, 1, 2, 3, 4])["pension"].tolist() == pytest.approx(
        [0, 0, 1 / 6, 1 / 6, 1 / 6 + 1 / 2 * 1 / 2]
    )
    assert found.events.to_dict() == {"job": 2, "pension": 2}
    # Until the first is lost, shares are plain shares of six: p (1 - p) / n.
    assert found.variance.loc[2].tolist() == pytest.approx([1 / 3 * 2 / 3 / 6, 1 / 6 * 5 / 6 / 6])
    # Pension after week 4: F = F2 + S2 h, h = 1/2 of two; by the delta method
    # var F2 + 2 h cov(F2, S2) + h2 var S2 + S2^2 h (1 - h) / 2, with multinomial variances of six.
    f, s, h = 1 / 6, 1 / 2, 1 / 2
    assert found.variance.loc[4, "pension"] == pytest.approx(
        f * (1 - f) / 6 - 2 * h * f * s / 6 + h**2 * s * (1 - s) / 6 + s**2 * h * (1 - h) / 2
    )


@pytest.mark.parametrize("seed", range(3))
def test_incidence_agrees_with_a_second_implementation_and_adds_up(seed):
    data = spells(600, seed)
    ours, theirs = (
        aalen_johansen(data["weeks"], data["cause"]),
        CumIncidenceRight(data["weeks"], data["cause"]),
    )
    at_event = np.isin(theirs.times, ours.incidence.index)
    for column, (cause, share) in enumerate(ours.incidence.iloc[1:].items()):
        assert cause == column + 1
        assert share.to_numpy() == pytest.approx(theirs.cinc[column][at_event])
    survival = kaplan_meier(data["weeks"], data["event"]).to_frame()["survival"]
    assert (ours.incidence.sum(axis=1) + survival).to_numpy() == pytest.approx(1)


def test_with_one_cause_variance_and_share_are_those_of_kaplan_meier():
    data = spells(400, 7)
    ours = aalen_johansen(data["weeks"], data["event"])
    curve = kaplan_meier(data["weeks"], data["event"]).to_frame().iloc[1:]
    stay = 1 - curve["events"] / curve["at_risk"]
    survival = stay.cumprod()
    greenwood = survival**2 * ((1 - stay) / (curve["at_risk"] * stay)).cumsum()
    assert ours.incidence[1].to_numpy()[1:] == pytest.approx(1 - survival)
    known = (survival > 0).to_numpy()
    assert ours.variance[1].to_numpy()[1:][known] == pytest.approx(greenwood[known])


def test_without_censoring_variance_is_that_of_a_share():
    random = np.random.default_rng(3)
    time, cause = random.integers(1, 20, 300), random.integers(1, 4, 300)
    found = aalen_johansen(time, cause)
    share = found.incidence
    assert (found.variance - share * (1 - share) / 300).abs().max(axis=None) < 1e-15
    assert found.at(100).iloc[0].sum() == pytest.approx(1)


def test_standard_errors_are_the_spread_over_repeated_samples():
    found = [
        aalen_johansen(d["weeks"], d["cause"]) for d in (spells(250, seed) for seed in range(400))
    ]
    shares = np.array([f.at(25)[1].iloc[0] for f in found])
    variances = np.array([f.variance.loc[:25, 1].iloc[-1] for f in found])
    assert np.sqrt(variances.mean()) == pytest.approx(shares.std(ddof=1), rel=0.12)


def test_incidence_by_group_and_its_table():
    data = spells(200, 1)
    parts = aalen_johansen(data["weeks"], data["cause"], by=data["group"])
    frame = parts[1].to_frame()
    assert parts[0].n + parts[1].n == 200
    assert frame.notna().all(axis=None)
    assert ((frame["lower"] <= frame["incidence"]) & (frame["incidence"] <= frame["upper"])).all()
    with pytest.raises(DataError, match="beyond"):
        aalen_johansen([1, 2, 3], [1, 0, 0]).at(4)


# -- all of them -----------------------------------------------------------------------------------


def test_order_of_rows_changes_nothing():
    data = spells(500, 2)
    mixed = data.sample(frac=1, random_state=1)

    def everything(d):
        return [
            kaplan_meier(d["weeks"], d["event"], by=d["group"]).to_frame(),
            log_rank(d["weeks"], d["event"], d["group"]).to_frame(),
            cox(d, "weeks", "event", ["group"], cluster="place").to_frame(),
            aalen_johansen(d["weeks"], d["cause"]).to_frame(),
        ]

    for before, after in zip(everything(data), everything(mixed), strict=True):
        pd.testing.assert_frame_equal(before, after, check_exact=True)


@pytest.mark.parametrize(
    "model", [lambda t, e: kaplan_meier(t, e), lambda t, e: aalen_johansen(t, e)]
)
@pytest.mark.parametrize(
    ("time", "event", "words"),
    [
        ([1, np.nan], [1, 0], "duration"),
        ([1, np.inf], [1, 0], "duration"),
        ([1, -1], [1, 0], "duration"),
        (["x", "y"], [1, 0], "duration"),
        ([1, 2], [1, None], "event|cause"),
        ([1, 2, 3], [1, 0], "length"),
        ([], [], "no rows"),
        (pd.Series([1, 2]), pd.Series([1, 0], index=[1, 0]), "not the same"),
    ],
)
def test_bad_durations_and_events_are_refused(model, time, event, words):
    with pytest.raises(DataError, match=words) as caught:
        model(time, event)
    assert caught.value.remedy


def test_an_event_is_zero_or_one():
    with pytest.raises(DataError, match=r"event.*2"):
        kaplan_meier([1, 2], [1, 2])
    with pytest.raises(DataError, match="nothing happened"):
        aalen_johansen([1, 2], [0, 0])


@pytest.mark.parametrize(
    ("by", "words"),
    [([1, 1, 1], "one group"), ([1, 2, None], "by"), ([1, 1, 2], "at risk")],
)
def test_log_rank_refuses_groups_that_cannot_be_compared(by, words):
    with pytest.raises(DataError, match=words):
        log_rank([5, 6, 1], [1, 1, 0], by)


@pytest.mark.parametrize(
    ("change", "arguments", "words"),
    [
        ({}, {"covariates": ["age"]}, "no column 'age'"),
        ({}, {"covariates": []}, "no covariates"),
        ({"arm": "6-MP"}, {}, "same in all rows"),
        (
            {"twice": lambda d: 2.0 * (d["arm"] == "placebo")},
            {"covariates": ["arm", "twice"]},
            "'twice' is collinear",
        ),
        ({"relapse": 0}, {}, "nothing happened"),
        ({"relapse": lambda d: (d["arm"] == "placebo").astype(int)}, {}, "never happened"),
        (
            {"x": lambda d: d["weeks"].where(d["weeks"] > 5)},
            {"covariates": ["x"]},
            "'x' is missing",
        ),
        ({"one": 1}, {"cluster": "one"}, "one cluster"),
    ],
)
def test_cox_refuses_what_it_cannot_estimate(change, arguments, words):
    with pytest.raises(DataError, match=words) as caught:
        cox(LEUKAEMIA.assign(**change), "weeks", "relapse", **({"covariates": ["arm"]} | arguments))
    assert caught.value.remedy
