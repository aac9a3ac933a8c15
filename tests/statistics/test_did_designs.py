"""Unequal treated units, strata, formulas, and times that have no order, or one of their own."""

import numpy as np
import pandas as pd
import pytest
from diff_diff import CallawaySantAnna

from evalbook.errors import DataError
from evalbook.models import (
    did,
    difference_in_differences,
    event_study,
    group_time_att,
    synthetic_control,
)
from tests.statistics.panels import panel

COLUMNS = ("y", "unit", "time")


def with_capital(seed=1, treated=5, **options):
    """One treated unit weighs ten times what the others do."""
    data = panel(seed, treated=treated, comparison=32 - treated, **options)
    return data.assign(w=np.where(data["unit"] == 0, 10.0, 1.0))


def test_the_formula_is_the_function():
    data = panel()
    one = did("y ~ treated + x | unit + time", data, weights="w", draws=99, seed=3)
    other = difference_in_differences(
        data, *COLUMNS, "treated", weights="w", controls=["x"], draws=99, seed=3
    )
    assert one.to_frame().equals(other.to_frame())
    assert one.tidy()["term"].item() == "treated"


@pytest.mark.parametrize(
    "formula",
    ["y ~ treated", "y ~ treated | unit", "y ~ C(treated) | unit + time", "treated | unit + time"],
)
def test_formulas_of_another_kind_are_refused(formula):
    with pytest.raises(DataError, match="no difference-in-differences"):
        did(formula, panel())


def test_how_many_treated_an_unequal_weight_leaves():
    found = did("y ~ treated | unit + time", with_capital(), weights="w", draws=99)
    # Kish: 14^2 / (10^2 + 4).
    assert found.effective_treated == pytest.approx(14**2 / 104)
    assert "0 has 71% of the weight of the treated" in found.warning
    assert did("y ~ treated | unit + time", panel(), draws=99).effective_treated == 8


def test_within_strata_the_capital_is_not_given_to_small_ones():
    data = with_capital(treated=3)
    data.loc[data["unit"].isin([3, 4]), "w"] = 8.0
    data["size"] = (data["w"] > 5).astype(int)
    by_column = did("y ~ treated | unit + time", data, weights="w", strata="size", draws=99999)
    # One of three large, two of 29 small.
    assert by_column.assignments_possible == 3 * 29 * 28 / 2
    assert by_column.assignments == by_column.assignments_possible
    thirds = did("y ~ treated | unit + time", data, weights="w", strata=4, draws=199)
    assert thirds.assignments_possible < 32 * 31 * 30 / 6
    assert did("y ~ treated | unit + time", data, weights="w", strata=1, draws=199).p == (
        did("y ~ treated | unit + time", data, weights="w", draws=199).p
    )


def test_strata_keep_the_size_where_a_large_unit_is_less_noisy():
    """Large units vary less; unstratified, the treated capital makes the test reject too often."""
    rejected = {None: 0, "size": 0}
    for seed in range(250):
        data = panel(seed, treated=4, comparison=20, effect=0.0, times=3)
        large = data["unit"] % 4 == 0
        data["w"] = np.where(large, 12.0, 1.0)
        data["size"] = large.astype(int)
        for strata in rejected:
            found = did(
                "y ~ treated | unit + time",
                data,
                weights="w",
                strata=strata,
                inference=["randomisation"],
                draws=199,
            )
            rejected[strata] += found.p <= 0.05
    assert rejected["size"] <= 0.08 * 250
    assert rejected["size"] <= rejected[None] + 3


@pytest.mark.parametrize(
    ("strata", "words"),
    [
        ("nowhere", "no column 'nowhere'"),
        ("time", "'time' varies within a unit"),
        ("treated_ever", "nothing can be reassigned"),
        (0, "strata = 0"),
        (99, "strata = 99"),
    ],
)
def test_strata_that_cannot_be_are_refused(strata, words):
    data = panel().assign(treated_ever=lambda d: (d["first"] > 0).astype(int))
    with pytest.raises(DataError, match=words):
        difference_in_differences(data, *COLUMNS, "treated", strata=strata, draws=99)


# -- times -----------------------------------------------------------------------------------------


def labelled(kind):
    data = panel(treated=4, comparison=8, times=6, start=3, effect=5.0, spread=0.1)
    data["time"] += 8
    data["first"] = np.where(data["first"] > 0, 11, np.nan)
    names = {8: "Oct 2007", 9: "Nov 2007", 10: "Dec 2007", 11: "Jan 2008", 12: "Feb", 13: "March"}
    if kind == "digits":
        return data.assign(time=data["time"].astype(str), first=data["first"].map({11.0: "11"}))
    as_text = data.assign(time=data["time"].map(names), first=data["first"].map({11.0: "Jan 2008"}))
    if kind == "text":
        return as_text
    order = pd.CategoricalDtype(list(names.values()), ordered=kind == "ordered")
    return as_text.assign(time=as_text["time"].astype(order), first=as_text["first"].astype(order))


@pytest.mark.parametrize("kind", ["digits", "text", "unordered"])
@pytest.mark.parametrize(
    "model",
    [
        lambda d: event_study(d, *COLUMNS, "first", draws=39),
        lambda d: group_time_att(d, *COLUMNS, "first", draws=39),
        lambda d: difference_in_differences(d, *COLUMNS, "treated", draws=39),
        lambda d: synthetic_control(d, *COLUMNS, 0, "Jan 2008", ["y"]),
    ],
)
def test_text_is_not_ordered_by_the_alphabet(model, kind):
    with pytest.raises(DataError, match="no order but the alphabet's") as caught:
        model(labelled(kind))
    assert "ordered category" in caught.value.remedy


def test_an_ordered_category_is_taken():
    found = group_time_att(labelled("ordered"), *COLUMNS, "first", draws=39).aggregate()
    assert found.estimate == pytest.approx(5, abs=1.5)
    effects = event_study(labelled("ordered"), *COLUMNS, "first", draws=39).effects
    assert effects[0].estimate == pytest.approx(5, abs=1.5)
    assert abs(effects[-2].estimate) < 1.5


def test_a_start_at_zero_is_not_taken_for_never():
    data = panel(times=9, start=4).assign(time=lambda d: d["time"] - 4)
    data["first"] = np.where(data["unit"] < 8, 0.0, np.nan)
    for model in (event_study, group_time_att):
        with pytest.raises(DataError, match="0, which is a time of the data as well"):
            model(data, *COLUMNS, "first", draws=39)
    # Where it is no time, or the first, at which nobody can start, it means never.
    assert group_time_att(panel(), *COLUMNS, "first", draws=39).n_treated == 8


def test_effects_after_unequal_times_are_not_averaged():
    """Checkpoints at months 0, 4, 6, 12 and 18; starts at 4 and 6; an effect of a half a month."""
    random = np.random.default_rng(1)
    months = np.array([0, 4, 6, 12, 18])
    unit, place = np.indices((30, 5)).reshape(2, -1)
    time = months[place]
    first = np.select([unit % 3 == 0, unit % 3 == 1], [4.0, 6.0], np.nan)
    exposure = np.where(time >= first, time - first + 1, 0.0)
    data = pd.DataFrame({"unit": unit, "time": time, "first": first})
    data["y"] = 0.5 * exposure + random.normal(0, 0.01, len(unit))
    found = group_time_att(data, *COLUMNS, "first", draws=39).aggregate("dynamic").to_frame()
    assert {0, 2, 6, 8, 12, 14} <= set(found.index)
    assert found.loc[2, "estimate"] == pytest.approx(1.5, abs=0.03)
    assert found.loc[6, "estimate"] == pytest.approx(3.5, abs=0.03)
    theirs = (
        CallawaySantAnna(control_group="never_treated")
        .fit(
            data.assign(first=data["first"].fillna(0)),
            outcome="y",
            unit="unit",
            time="time",
            first_treat="first",
        )
        .aggregate("event_study")
    )
    effects = theirs.to_dataframe().set_index("event_time")["att"]
    for event in (0, 2, 6, 8, 12, 14):
        assert found.loc[event, "estimate"] == pytest.approx(effects[event])
