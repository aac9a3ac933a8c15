"""What the comparisons of units refuse, and how they say it; what they take by a rule."""

import numpy as np
import pandas as pd
import pytest

from evalbook.errors import DataError
from evalbook.models import difference_in_differences, event_study
from tests.statistics.panels import panel


def estimate(data, **options):
    return difference_in_differences(
        data, "y", "unit", "time", "treated", **({"draws": 99} | options)
    )


def where(data, unit, time=None):
    rows = data["unit"] == unit
    return rows if time is None else rows & (data["time"] == time)


CONTROLS = {
    "twice": lambda d: 2 * d["x"],
    "of_unit": lambda d: d["unit"] * 1.5,
    "of_time": lambda d: d["time"] ** 2.0,
    "same": lambda d: 7.0,
    "effect": lambda d: 3.0 * d["treated"],
}


@pytest.mark.parametrize(
    ("controls", "named"),
    [
        (["x", "twice"], "'twice' is collinear with those before it"),
        (["of_unit"], "'of_unit' does not change over time in any unit"),
        (["of_time"], "'of_time' is collinear"),
        (["same"], "'same' is the same in all rows"),
        (["effect"], "nothing of 'treated' is left"),
        (["nowhere"], "no column 'nowhere'"),
    ],
)
def test_controls_that_cannot_be_held_constant_are_named(controls, named):
    with pytest.raises(DataError, match=named):
        estimate(panel().assign(**CONTROLS), controls=controls)


def missing(data, column, unit, time):
    return data.assign(**{column: data[column].mask(where(data, unit, time))})


def value(data, column, new, unit, time=None):
    return data.assign(**{column: data[column].mask(where(data, unit, time), new)})


@pytest.mark.parametrize(
    ("change", "options", "named"),
    [
        (
            lambda d: missing(d, "y", 3, 2),
            {},
            r"'y' is missing .* in 1 of 160 rows, first for unit 3 at time 2",
        ),
        (
            lambda d: value(d, "y", np.inf, 4, 1),
            {},
            r"'y' is missing or infinite .* unit 4 at time 1",
        ),
        (lambda d: missing(d, "treated", 3, 2), {}, r"'treated' is missing .* unit 3 at time 2"),
        (
            lambda d: missing(d, "x", 5, 0),
            {"controls": ["x"]},
            r"'x' is missing .* unit 5 at time 0",
        ),
        (lambda d: d.assign(unit=d["unit"].where(d["unit"] != 3)), {}, "'unit' is missing"),
        (lambda d: d.assign(y=4.0), {}, "'y' is the same in all rows"),
        (lambda d: d.assign(y="high"), {}, "'y' is not numeric"),
        (lambda d: pd.concat([d, d[where(d, 7, 4)]]), {}, "unit 7 stands more than once at time 4"),
        (
            lambda d: value(d, "w", 0, 6, 3),
            {"weights": "w"},
            r"weight 'w' is not above 0 in 1 rows, first for unit 6 at time 3",
        ),
        (
            lambda d: value(d, "w", -1, 6),
            {"weights": "w"},
            r"weight 'w' is not above 0 in 5 rows, first for unit 6",
        ),
        (lambda d: missing(d, "w", 6, 3), {"weights": "w"}, r"'w' is missing .* unit 6 at time 3"),
        (lambda d: value(d, "treated", 2, 6, 3), {}, "'treated' has the value 2"),
        (lambda d: value(d, "treated", 1, 30), {}, "treated throughout.*: unit 30"),
        (lambda d: value(d, "treated", 0, 2, 3), {}, "treatment of unit 2 ends again, first at 3"),
        (lambda d: d.assign(treated=0), {}, "no unit is treated"),
        (
            lambda d: d.assign(treated=(d["time"] >= 2).astype(int)),
            {},
            "nothing of 'treated' is left",
        ),
        (lambda d: d[d["time"] == 3], {}, "only one 'time'"),
        (lambda d: d[d["unit"] == 3], {}, "only one 'unit'"),
        (lambda d: d.head(0), {}, "no rows"),
        (
            lambda d: d.assign(unit=d["unit"].astype(object).where(d["unit"] != 3, "three")),
            {},
            "mixes numbers and text",
        ),
        (lambda d: d.rename(columns={"y": "z"}), {}, "no column 'y'"),
        (
            lambda d: d.assign(region=d["time"] % 2),
            {"cluster": "region"},
            "units 0, 1, 2 and 29 more in more than one 'region'",
        ),
        (lambda d: d.assign(region="all"), {"cluster": "region"}, "one cluster only"),
        (lambda d: d, {"draws": 9}, "draws = 9 cannot be"),
        (lambda d: d, {"draws": 99.5}, "draws = 99.5 cannot be"),
        (lambda d: d, {"seed": -1}, "seed = -1 cannot be"),
        (lambda d: d, {"seed": "1"}, "seed = '1' cannot be"),
        (lambda d: d, {"inference": []}, "inference"),
        (lambda d: d, {"inference": "wild"}, "inference = 'wild' cannot be"),
        (lambda d: d, {"inference": ["tame"]}, "inference"),
    ],
)
def test_bad_input_is_named_with_a_remedy(change, options, named):
    with pytest.raises(DataError, match=named) as raised:
        estimate(change(panel()), **options)
    assert raised.value.remedy


def test_a_gap_is_left_out_and_counted():
    data = panel()
    found = estimate(data.drop(data.index[[3, 40]]))
    assert (found.gaps, found.n) == (2, 158)
    assert "2 gaps" in found.summary()


def test_units_and_times_that_fall_apart_are_refused():
    data = panel(times=6)
    apart = data[(data["unit"] < 16) == (data["time"] < 3)]
    with pytest.raises(DataError, match="'time 5' is collinear"):
        estimate(apart)


def test_one_treated_unit_gets_randomisation_inference_and_a_warning():
    found = estimate(panel(treated=1, comparison=30))
    assert found.p_wild is None
    assert found.p_randomisation >= 1 / 31
    assert found.interval_crv3 is None
    assert np.isnan(found.leave_one_out[0])
    assert found.leave_one_out[1:].notna().all()
    assert "1 of 31 clusters are treated" in found.warning
    row = found.to_frame().iloc[0]
    assert np.isfinite(row[["estimate", "lower", "upper", "p_randomisation"]].astype(float)).all()


def test_no_quiet_nan_in_any_result():
    for treated, comparison in ((8, 24), (4, 4), (2, 3)):
        found = estimate(panel(2, treated, comparison))
        assert not np.isnan(
            [
                found.estimate,
                found.error,
                *found.interval,
                *found.interval_crv1,
                found.p_randomisation,
            ]
        ).any()


@pytest.mark.parametrize(
    ("change", "options", "named"),
    [
        (lambda d: d, {"base": 0}, "no event time 0 before the start"),
        (lambda d: d, {"base": -3}, "Use one from -2 to -1"),
        (
            lambda d: d.assign(first=9 * (d["first"] > 0)),
            {},
            "is 9 for unit 0, which is none of the times",
        ),
        (lambda d: value(d, "first", 3, 0, 3), {}, "'first' varies within unit 0"),
        (lambda d: d.rename(columns={"first": "begin"}), {}, "no column 'first'"),
        (lambda d: d[~((d["unit"] < 8) & (d["time"] == 3))], {}, "not both seen at 1 and 3"),
    ],
)
def test_what_an_event_study_refuses(change, options, named):
    with pytest.raises(DataError, match=named):
        event_study(change(panel()), "y", "unit", "time", "first", draws=99, **options)


def test_a_gap_leaves_the_unit_out_of_the_pairs_that_it_breaks():
    data = panel()
    found = event_study(data[~where(data, 3, 4)], "y", "unit", "time", "first", draws=99)
    assert {event: effect.units for event, effect in found.effects.items()} == {
        -2: 32,
        0: 32,
        1: 32,
        2: 31,
    }
