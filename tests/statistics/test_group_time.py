"""Effects by group and time against the authors' package, a second library and known truth."""

import warnings
from pathlib import Path

import diff_diff
import numpy as np
import pandas as pd
import pytest

from evalbook.errors import DataError
from evalbook.models import event_study, group_time_att
from tests.statistics.panels import panel, staggered

DATA = Path(__file__).parent / "data"
SCENARIOS = {"never": "mpdta_nev_dr", "not_yet": "mpdta_nyt_dr"}
KINDS = ("simple", "group", "dynamic", "calendar")


@pytest.fixture(scope="module")
def counties():
    wide = pd.read_csv(DATA / "mpdta.csv")
    long = wide.melt(["county", "first_treated"], var_name="year", value_name="lemp")
    return long.astype({"year": int})


def published(table, control):
    rows = pd.read_csv(DATA / f"mpdta-{table}.csv")
    return rows[rows["scenario"] == SCENARIOS[control]]


@pytest.mark.parametrize("control", ["never", "not_yet"])
def test_effects_and_errors_are_those_of_the_authors_package(counties, control):
    found = group_time_att(
        counties, "lemp", "county", "year", "first_treated", control=control
    ).to_frame()
    expected = published("att-gt", control)
    assert list(zip(found["group"], found["time"], strict=True)) == list(
        zip(expected["group"], expected["t"], strict=True)
    )
    assert found["estimate"].to_numpy() == pytest.approx(expected["att"].to_numpy(), abs=1e-10)
    assert found["error"].to_numpy() == pytest.approx(expected["se"].to_numpy(), abs=1e-10)


@pytest.mark.parametrize("control", ["never", "not_yet"])
@pytest.mark.parametrize("kind", KINDS)
def test_averages_and_their_errors_are_those_of_the_authors_package(counties, control, kind):
    found = group_time_att(
        counties, "lemp", "county", "year", "first_treated", control=control, draws=19
    ).aggregate(kind)
    expected = published("aggte", control).query("type == @kind")
    assert found.estimate == pytest.approx(expected["overall_att"].iloc[0], abs=1e-10)
    assert found.error == pytest.approx(expected["overall_se"].iloc[0], abs=1e-10)
    if kind != "simple":
        parts = found.to_frame()
        assert list(parts.index) == list(expected["egt"])
        assert parts["estimate"].to_numpy() == pytest.approx(
            expected["att_egt"].to_numpy(), abs=1e-10
        )
        assert parts["error"].to_numpy() == pytest.approx(expected["se_egt"].to_numpy(), abs=1e-10)


@pytest.mark.parametrize("control", ["never", "not_yet"])
@pytest.mark.parametrize("base", ["varying", "universal"])
def test_diff_diff_agrees(control, base):
    data = staggered()
    found = group_time_att(
        data, "y", "unit", "time", "first", control=control, base=base
    ).to_frame()
    known = {"never": "never_treated", "not_yet": "not_yet_treated"}[control]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = diff_diff.CallawaySantAnna(control_group=known, base_period=base).fit(
            data, outcome="y", unit="unit", time="time", first_treat="first"
        )
    theirs = {cell: effect["effect"] for cell, effect in other.group_time_effects.items()}
    ours = {(row.group, row.time): row.estimate for row in found.itertuples()}
    # The base itself is 0 by definition; only they list it.
    assert {cell for cell in theirs if theirs[cell] != 0} <= set(ours)
    assert [ours[cell] for cell in ours if cell in theirs] == pytest.approx(
        [theirs[cell] for cell in ours if cell in theirs], abs=1e-9
    )


def test_with_a_universal_base_the_dynamic_average_is_interaction_weighted():
    data = staggered(seed=3)
    found = (
        group_time_att(data, "y", "unit", "time", "first", base="universal", draws=19)
        .aggregate("dynamic")
        .to_frame()
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = diff_diff.SunAbraham().fit(
            data, outcome="y", unit="unit", time="time", first_treat="first"
        )
    events = [event for event in other.event_study_effects if event in found.index]
    assert len(events) >= 6
    assert found.loc[events, "estimate"].to_list() == pytest.approx(
        [other.event_study_effects[e]["effect"] for e in events], abs=1e-6
    )


@pytest.mark.parametrize("weights", [None, "w"])
def test_with_a_common_start_it_is_the_event_study(weights):
    data = panel(seed=8)
    study = event_study(data, "y", "unit", "time", "first", weights=weights, draws=19)
    found = (
        group_time_att(data, "y", "unit", "time", "first", base="universal", weights=weights)
        .to_frame()
        .set_index("event_time")
    )
    for event, effect in study.effects.items():
        assert found.loc[event, "estimate"] == pytest.approx(effect.estimate, abs=1e-10)


def test_effects_that_grow_are_found_where_two_way_effects_would_mislead():
    found = [
        group_time_att(staggered(seed), "y", "unit", "time", "first", draws=19)
        .aggregate("dynamic")
        .to_frame()
        for seed in range(40)
    ]
    mean = sum(frame["estimate"] for frame in found) / len(found)
    for event in range(-3, 5):
        expected = 0 if event < 0 else 1 + 0.5 * event
        assert mean[event] == pytest.approx(expected, abs=0.25)


def test_randomisation_holds_its_size_and_finds_an_effect():
    def p(seed, effect):
        data = staggered(seed, units=24)
        data["y"] += data["treated"] * (effect - 1 - 0.5 * (data["time"] - data["first"]))
        return (
            group_time_att(data, "y", "unit", "time", "first", draws=39).aggregate().p_randomisation
        )

    # Binomial(80, 0.05) has mean 4 and standard deviation 1.9.
    assert sum(p(seed, 0) <= 0.05 for seed in range(80)) <= 10
    assert sum(p(seed, 1.5) <= 0.05 for seed in range(10)) >= 8


def test_the_interval_holds_what_the_test_does_not_reject():
    data = staggered(seed=2, units=24)
    found = group_time_att(data, "y", "unit", "time", "first", draws=199)
    lower, upper = found.aggregate().interval
    for null, rejected in (
        (lower - 0.05, True),
        (lower + 0.05, False),
        (upper - 0.05, False),
        (upper + 0.05, True),
    ):
        moved = data.assign(y=data["y"] - null * data["treated"])
        p = (
            group_time_att(moved, "y", "unit", "time", "first", draws=199)
            .aggregate()
            .p_randomisation
        )
        assert (p <= 0.05) == rejected


def test_order_of_rows_does_not_matter():
    data = staggered()
    mixed = data.sample(frac=1, random_state=1)
    one, other = (
        group_time_att(d, "y", "unit", "time", "first", draws=39).aggregate("group")
        for d in (data, mixed)
    )
    pd.testing.assert_frame_equal(one.to_frame(), other.to_frame(), check_exact=True)
    assert one.interval == other.interval


def test_missing_start_is_never_and_dates_are_times():
    data = staggered()
    dated = data.assign(
        time=pd.Timestamp("2007-01-01") + pd.to_timedelta(data["time"] * 91, unit="D")
    )
    first = pd.Timestamp("2007-01-01") + pd.to_timedelta(data["first"] * 91, unit="D")
    dated["first"] = first.where(data["first"] > 0)
    one = group_time_att(data, "y", "unit", "time", "first").to_frame()
    other = group_time_att(dated, "y", "unit", "time", "first").to_frame()
    assert list(one["estimate"]) == list(other["estimate"])


def test_cells_without_anybody_to_compare_with_are_named():
    data = staggered()
    data = data[data["unit"] % 3 < 2]
    found = group_time_att(data, "y", "unit", "time", "first", control="not_yet")
    # Group 4 has nobody from time 2 on, when group 2 starts; group 2 nobody from time 4 on.
    assert found.omitted == [
        *((2, time) for time in (4, 5, 6)),
        *((4, time) for time in (2, 3, 4, 5, 6)),
    ]
    assert "nobody to compare with" in found.summary()
    with pytest.raises(DataError, match="nobody is left"):
        group_time_att(data, "y", "unit", "time", "first")


def test_it_tells_and_draws():
    found = group_time_att(staggered(), "y", "unit", "time", "first", draws=39)
    assert "30 units, 20 treated" in found.summary()
    assert len(found.plot().get_lines()) == 3
    average = found.aggregate("dynamic")
    assert "39 of" in average.summary()
    assert list(average.plot().get_lines()[0].get_ydata()) == list(average.to_frame()["estimate"])


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda d: d.drop(d.index[5]), "unit 0 has no row at 5"),
        (lambda d: d.assign(first=d["first"].where(d.index != 3, 4)), "varies within unit 0"),
        (
            lambda d: d.assign(first=d["first"].replace(4, 9)),
            "is 9 for unit 1, which is none of the times",
        ),
        (lambda d: d.assign(first=d["first"].replace(4, -1)), "none of the times"),
        (lambda d: d.assign(first=0), "no unit is treated"),
        (lambda d: d.assign(time=d["time"] + 2), "treated throughout.*: units 0, 3, 6 and 7 more"),
        (lambda d: d.assign(w=d["time"] + 1.0), "weight 'w' of unit 0 changes over time"),
        (lambda d: d.assign(first=np.where(d["first"] == 0, 2, 2)), "nobody is left"),
    ],
)
def test_bad_input_is_named(change, named):
    with pytest.raises(DataError, match=named):
        group_time_att(change(staggered()), "y", "unit", "time", "first", weights="w")


def test_unknown_options_are_named():
    with pytest.raises(DataError, match="never or not_yet"):
        group_time_att(staggered(), "y", "unit", "time", "first", control="nobody")
    with pytest.raises(DataError, match="simple, group"):
        group_time_att(staggered(), "y", "unit", "time", "first").aggregate("mean")
