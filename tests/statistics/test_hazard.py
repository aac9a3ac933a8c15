"""The discrete-time hazard against closed forms, a second implementation and simulated truth."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from evalbook.errors import DataError
from evalbook.models import discrete_time_hazard

BANDS = (0, 4, 13, 26, 52)


def person_weeks(persons, seed, *, ratio=1.0, level=0.04, start_by=40, follow=60):
    """Weekly rows of persons who may start a course, which multiplies the hazard by `ratio`."""
    random = np.random.default_rng(seed)
    weeks = np.arange(follow)
    woman, place = random.integers(0, 2, persons), random.integers(0, 15, persons)
    origin = random.choice(["danish", "descendant", "immigrant"], persons)
    begins = np.where(random.random(persons) < 0.6, random.integers(0, start_by, persons), follow)
    course = (weeks >= begins[:, None]).astype(int)
    stretch = np.searchsorted(BANDS, weeks, side="right")
    person = np.log(level) - 0.3 * woman + 0.2 * (origin == "danish")
    log_hazard = person[:, None] + np.log(ratio) * course - 0.15 * stretch
    happens = random.random((persons, follow)) < -np.expm1(-np.exp(log_hazard))
    at_risk = np.cumsum(happens, axis=1) - happens == 0
    person, week = np.nonzero(at_risk)
    return pd.DataFrame(
        {
            "person": person,
            "weeks": week,
            "event": happens[person, week].astype(int),
            "woman": woman[person],
            "origin": origin[person],
            "place": place[person],
            "course": course[person, week],
            # As it is often coded, wrongly: whoever gets a course before leaving, from the first
            # week on.
            "ever": (begins[person] <= np.bincount(person)[person] - 1).astype(int),
        }
    )


@pytest.fixture(scope="module")
def data():
    return person_weeks(800, 1, ratio=1.6)


def expanded(data, link, columns):
    """The same model in statsmodels, a row per person-week."""
    band = np.searchsorted(BANDS, data["weeks"], side="right") - 1
    terms = [pd.get_dummies(band, dtype=float).to_numpy(), data[columns].to_numpy(dtype=float)]
    terms.append(pd.get_dummies(data["origin"], dtype=float).iloc[:, 1:].to_numpy())
    links = {"cloglog": sm.families.links.CLogLog(), "logit": sm.families.links.Logit()}
    return sm.GLM(
        data["event"].to_numpy(), np.column_stack(terms), family=sm.families.Binomial(links[link])
    )


# -- agreement -------------------------------------------------------------------------------------


@pytest.mark.parametrize("link", ["cloglog", "logit"])
@pytest.mark.parametrize("continuous", [False, True])
def test_counted_rows_give_the_estimates_and_errors_of_the_expanded_rows(data, link, continuous):
    if continuous:
        data = data.assign(woman=data["woman"] + np.random.default_rng(2).normal(size=len(data)))
    columns = ["woman", "course"]
    found = discrete_time_hazard(
        data, "event", "weeks", ["woman", "origin"], time_varying=["course"], link=link, bands=BANDS
    )
    theirs = expanded(data, link, columns).fit(tol=1e-12)
    table = found.to_frame().loc[["woman", "course", "origin[descendant]", "origin[immigrant]"]]
    assert table["coefficient"].to_numpy() == pytest.approx(theirs.params[5:], rel=1e-7)
    assert table["error"].to_numpy() == pytest.approx(theirs.bse[5:], rel=1e-7)
    assert table["p"].to_numpy() == pytest.approx(theirs.pvalues[5:], rel=1e-5)
    assert found.loglikelihood == pytest.approx(theirs.llf, rel=1e-10)


@pytest.mark.parametrize("link", ["cloglog", "logit"])
@pytest.mark.parametrize("cluster", ["person", "place"])
def test_clustered_errors_are_those_of_the_expanded_rows(data, link, cluster):
    found = discrete_time_hazard(
        data,
        "event",
        "weeks",
        ["woman", "origin"],
        time_varying=["course"],
        link=link,
        bands=BANDS,
        cluster=cluster,
    )
    model = expanded(data, link, ["woman", "course"])
    theirs = model.fit(
        tol=1e-12, cov_type="cluster", cov_kwds={"groups": data[cluster], "use_correction": False}
    )
    groups = data[cluster].nunique()
    assert found.clusters == groups
    table = found.to_frame().loc[["woman", "course", "origin[descendant]", "origin[immigrant]"]]
    assert table["error"].to_numpy() == pytest.approx(
        theirs.bse[5:] * np.sqrt(groups / (groups - 1)), rel=1e-6
    )


def test_one_yes_or_no_covariate_has_a_closed_form():
    # Without duration, the cloglog of each group's share is estimated.
    data = pd.DataFrame(
        {
            "x": np.repeat([0, 1], [200, 100]),
            "event": np.r_[np.arange(200) < 30, np.arange(100) < 25],
            "weeks": 0,
        }
    )
    found = discrete_time_hazard(data, "event", "weeks", ["x"], bands=(0,))
    assert found.to_frame().loc["x", "hazard_ratio"] == pytest.approx(
        np.log1p(-0.25) / np.log1p(-0.15)
    )
    odds = discrete_time_hazard(data, "event", "weeks", ["x"], bands=(0,), link="logit").to_frame()
    assert odds.loc["x", "odds_ratio"] == pytest.approx((25 / 75) / (30 / 170))
    assert odds.loc["x", "error"] == pytest.approx(np.sqrt(1 / 25 + 1 / 75 + 1 / 30 + 1 / 170))


def test_the_baseline_is_the_share_of_each_stretch_when_nothing_else_matters(data):
    balanced = pd.concat([data.assign(x=0), data.assign(x=1)])
    baseline = discrete_time_hazard(balanced, "event", "weeks", ["x"], bands=BANDS).baseline
    band = pd.cut(data["weeks"], [*BANDS, np.inf], right=False)
    shares = data.groupby(band, observed=True)["event"].mean()
    assert baseline["hazard"].to_numpy() == pytest.approx(shares.to_numpy(), rel=1e-6)
    assert (baseline["lower"] < baseline["hazard"]).all()
    assert (baseline["hazard"] < baseline["upper"]).all()
    assert baseline["events"].sum() == 2 * data["event"].sum()


# -- known truth -----------------------------------------------------------------------------------


def test_effects_are_found_again_and_intervals_cover_them():
    found = []
    for seed in range(40):
        data = person_weeks(500, 100 + seed, ratio=1.6)
        model = discrete_time_hazard(
            data,
            "event",
            "weeks",
            ["woman", "origin"],
            time_varying=["course"],
            cluster="person",
            bands=BANDS,
        )
        found.append(model.to_frame().loc["course"])
    table = pd.DataFrame(found)
    assert np.exp(table["coefficient"].mean()) == pytest.approx(1.6, abs=0.06)
    covered = ((table["lower"] < 1.6) & (table["upper"] > 1.6)).mean()
    assert covered >= 0.85


def test_an_intervention_counts_from_its_start_only_and_is_free_of_immortal_time():
    data = person_weeks(4000, 7, ratio=1.0)
    rows = discrete_time_hazard(
        data, "event", "weeks", ["woman"], time_varying=["course"]
    ).to_frame()
    assert rows.loc["course", "lower"] < 1 < rows.loc["course", "upper"]
    assert rows.loc["course", "time_varying"]
    assert not rows.loc["woman", "time_varying"]
    wrong = discrete_time_hazard(
        data, "event", "weeks", ["woman"], time_varying=["ever"]
    ).to_frame()
    assert wrong.loc["ever", "upper"] < 0.8


def test_persons_of_one_place_depend_on_each_other():
    random = np.random.default_rng(3)
    data = person_weeks(1500, 9)
    place_treated = random.integers(0, 2, 15)
    shock = random.normal(0, 0.5, 15)
    data = data.assign(treated=place_treated[data["place"]])
    data["event"] = (
        (data["event"] == 1) | (random.random(len(data)) < 0.03 * np.exp(shock[data["place"]]))
    ).astype(int)
    alone = discrete_time_hazard(data, "event", "weeks", ["treated"]).to_frame()
    together = discrete_time_hazard(data, "event", "weeks", ["treated"], cluster="place").to_frame()
    assert together.loc["treated", "error"] > 1.3 * alone.loc["treated", "error"]
    assert together.loc["treated", "coefficient"] == alone.loc["treated", "coefficient"]


def test_the_unit_of_a_covariate_changes_its_ratio_alone(data):
    random = np.random.default_rng(5)
    data = data.assign(income=random.normal(2, 1, len(data)).round(1))
    large, small = (
        discrete_time_hazard(
            data.assign(income=data["income"] * unit), "event", "weeks", ["income", "woman"]
        ).to_frame()
        for unit in (1e6, 1e-2)
    )
    assert large.loc["woman"].to_numpy(dtype=float) == pytest.approx(
        small.loc["woman"].to_numpy(dtype=float)
    )
    assert large.loc["income", "coefficient"] * 1e8 == pytest.approx(
        small.loc["income", "coefficient"]
    )


def test_order_of_rows_changes_nothing(data):
    def fit(rows):
        return discrete_time_hazard(
            rows, "event", "weeks", ["woman", "origin"], time_varying=["course"], cluster="person"
        )

    shuffled = data.sample(frac=1, random_state=4)
    pd.testing.assert_frame_equal(fit(data).to_frame(), fit(shuffled).to_frame(), check_exact=True)


# -- bad input -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "covariates", "named"),
    [
        ({"event": 0}, ["woman"], "nothing happened"),
        ({"event": 1}, ["woman"], "happened in all rows"),
        ({"event": 2}, ["woman"], "'event' has the value"),
        ({"weeks": -1}, ["woman"], "'weeks'"),
        ({"woman": np.nan}, ["woman"], "'woman' is missing"),
        ({"woman": 1}, ["woman"], "same in all rows"),
        ({}, ["woman", "man"], "collinear"),
        ({}, ["height"], "no column 'height'"),
        ({}, [], "no covariates"),
        ({"place": 3}, ["woman"], "one cluster"),
    ],
)
def test_bad_input_is_named(data, change, covariates, named):
    data = data.assign(man=1 - data["woman"], **change)
    with pytest.raises(DataError, match=named):
        discrete_time_hazard(data, "event", "weeks", covariates, cluster="place")


def test_no_rows_are_refused(data):
    with pytest.raises(DataError, match="no rows"):
        discrete_time_hazard(data[:0], "event", "weeks", ["woman"])


def test_a_category_without_an_event_is_refused(data):
    never = data.assign(saint=((data["person"] < 40) & (data["event"] == 0)).astype(int))
    with pytest.raises(DataError, match="saint"):
        discrete_time_hazard(never, "event", "weeks", ["woman", "saint"])


def test_separation_by_two_covariates_together_is_refused(data):
    data = data[data["weeks"] < 3]
    random = np.random.default_rng(0)
    x = random.normal(size=len(data))
    ordered = data.assign(
        x=x, z=x + np.where(data["event"] == 1, 1, -1) * random.uniform(0.1, 0.2, len(data))
    )
    with pytest.raises(DataError, match=r"determine|finite"):
        discrete_time_hazard(ordered, "event", "weeks", ["x", "z"])


def test_a_stretch_without_an_event_joins_its_neighbour(data):
    quiet = data.assign(
        event=data["event"].where(~data["weeks"].between(4, 12) & (data["weeks"] > 1), 0)
    )
    baseline = discrete_time_hazard(
        quiet, "event", "weeks", ["woman"], bands=(0, 2, 4, 13, 26)
    ).baseline
    assert list(baseline.index) == [(0, 12), (13, 25), (26, np.inf)]
    assert baseline["n"].sum() == len(data)


def test_what_is_found_is_told_and_drawn(data):
    model = discrete_time_hazard(
        data, "event", "weeks", ["woman"], time_varying=["course"], cluster="person"
    )
    assert "course: " in model.summary()
    assert "800 clusters" in model.summary()
    assert [label.get_text() for label in model.plot().get_yticklabels()] == ["woman", "course"]
