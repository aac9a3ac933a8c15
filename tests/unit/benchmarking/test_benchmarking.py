"""The panel that is compared, and what is made of it, against slow ways and known courses."""

import numpy as np
import pandas as pd
import pytest

from evalbook import plan
from nychance import benchmarking
from nychance.measures import targets
from nychance.measures.person_measure import PersonMeasure
from nychance.register import read_register

THE_PLAN = plan.load()
DEFINITIONS = THE_PLAN.definitions
TIME = "time-in-activity"


@pytest.fixture(scope="module")
def register(extract_folder):
    return read_register(extract_folder, THE_PLAN.checkpoint("2008-09"), THE_PLAN)


@pytest.fixture(scope="module")
def periods(register):
    return benchmarking.course(register, DEFINITIONS)


@pytest.fixture(scope="module")
def compared(register, periods):
    return benchmarking.panel(register, periods, [TIME], least=5)


def made(jump=0.1, trend=0.0, units=12, periods=range(-4, 3)):
    """A panel with an effect at the start and a separate trend of the method municipalities."""
    random = np.random.default_rng(3)
    level, course = random.normal(0.3, 0.02, units), random.normal(0, 0.01, len(periods))
    unit, place = np.indices((units, len(periods))).reshape(2, -1)
    period, method = np.array(periods)[place], unit < 5
    treated = method & (period >= 0)
    noise = random.normal(0, 1e-6, unit.size)
    return pd.DataFrame(
        {
            "municipality": unit + 100,
            "period": period,
            "method": method,
            "treated": treated.astype(int),
            "starts": np.where(method, 0.0, np.nan),
            "persons": 20.0 + unit,
            "y": level[unit] + course[place] + jump * treated + trend * method * period + noise,
        }
    )


def test_a_period_begins_with_the_start_and_none_is_cut(register, periods):
    assert periods[0].begins(register) == DEFINITIONS.method_start
    assert {period.window.last - period.window.first for period in periods.values()} == {12}
    firsts = [period.window.first for period in periods.values()]
    assert np.diff(firsts).tolist() == [13] * (len(firsts) - 1)
    assert list(periods) == list(range(min(periods), max(periods) + 1))


def test_a_municipality_s_share_is_counted_by_hand(register, periods, compared):
    row = compared[compared["period"] == 1].iloc[3]
    period = periods[1]
    active = benefit = 0
    for person in np.flatnonzero(targets.target_group(register, period.window.first)):
        if period.home[person] == row["municipality"]:
            seen = (
                register.active[person, period.window.weeks]
                & register.observed[person, period.window.weeks]
            )
            active += seen.sum()
            benefit += (register.on_benefit[person, period.window.weeks] | seen).sum()
    assert row[TIME] == pytest.approx(active / benefit, abs=1e-12)


def test_only_method_municipalities_are_treated_and_only_from_the_start_on(register, compared):
    method = register.municipalities["role"] == "method"
    assert (compared["method"] == compared["municipality"].map(method)).all()
    assert (compared["treated"] == (compared["method"] & (compared["period"] >= 0))).all()


def test_weights_know_nothing_of_what_came_after_the_start(register, periods, compared):
    earlier = {number: period for number, period in periods.items() if number < 1}
    alone = (
        benchmarking.panel(register, earlier, [TIME], least=5)
        .groupby("municipality")["persons"]
        .first()
    )
    both = compared.groupby("municipality")["persons"].first().index.intersection(alone.index)
    assert (compared.groupby("municipality")["persons"].first()[both] == alone[both]).all()


def test_a_municipality_that_is_small_before_the_start_is_left_out_of_all_periods_and_named(
    register, periods, compared
):
    sizes = compared.groupby("municipality").size()
    assert (sizes == len(periods)).all()
    assert compared.attrs["left_out"] == ()
    fewer = benchmarking.panel(register, periods, [TIME], least=30)
    assert 0 < fewer["municipality"].nunique() < sizes.size
    smallest = pd.Series(1000, register.municipalities.index)
    for number, period in periods.items():
        group = period.home[targets.target_group(register, period.window.first)].value_counts()
        if number < 0:
            smallest = np.minimum(smallest, group.reindex(smallest.index, fill_value=0))
    assert set(smallest.index[smallest >= 30]) == set(fewer["municipality"])
    names = register.municipalities.loc[smallest.index[smallest < 30], "name"]
    assert fewer.attrs["left_out"] == tuple(names)


def test_a_jump_at_the_start_is_found_and_nothing_before_it():
    table, p = benchmarking.event_studies(made(), ["y"], draws=99, seed=1)
    assert table["y"].loc[-1].tolist() == [0, 0, 0]
    assert table["y"].loc[[-4, -3, -2], "estimate"].to_numpy() == pytest.approx(0, abs=1e-5)
    assert table["y"].loc[[0, 1, 2], "estimate"].to_numpy() == pytest.approx(0.1, abs=1e-5)
    assert p["y"] > 0.01


def test_a_drift_before_the_start_is_told_per_period():
    found = benchmarking.pre_trend(made(trend=0.02), "y", draws=99, seed=1)
    assert found.estimate == pytest.approx(0.02, abs=1e-5)
    assert found.interval[0] > 0
    assert benchmarking.pre_trend(made(jump=0.5), "y", draws=99, seed=1).estimate == pytest.approx(
        0, abs=1e-5
    )


def test_adjusted_values_are_holm_s_of_the_told_ones():
    rows = made().assign(z=lambda t: np.random.default_rng(5).normal(size=len(t)))
    table = benchmarking.effect_table(benchmarking.effects(rows, ["y", "z"], draws=199, seed=1))
    least, most = table["p_wild"].min(), table["p_wild"].max()
    assert sorted(table["p_adjusted"]) == pytest.approx(
        sorted([min(2 * least, 1), max(most, min(2 * least, 1))])
    )


def test_the_main_estimate_is_one_of_the_specifications(register, periods, compared):
    conditions = benchmarking.conditions(register, periods[-1].window.last, DEFINITIONS)
    main = benchmarking.effects(compared, [TIME], draws=19, seed=1)[TIME].estimate
    curve = benchmarking.specifications(compared, conditions, TIME, draws=19, seed=1)
    assert len(curve.table) == 24
    same = curve.table.query(
        "weights == 'persons' and controls == 'none' and window == 'all' "
        "and comparison == 'everyone'"
    )
    assert same["estimate"].item() == pytest.approx(main, abs=1e-12)


def test_weights_make_the_conditions_equal(register, periods):
    found = benchmarking.conditions(register, periods[-1].window.last, DEFINITIONS)
    balance = benchmarking.balance(found)
    assert not balance.problem
    assert balance.table["after"].abs().max() < 1e-6
    assert balance.effective <= (found["method"] == 0).sum()


def test_conditions_that_cannot_be_balanced_say_so():
    found = pd.DataFrame(
        {"method": [1, 1, 0, 0, 0]}
        | {name: [9.0, 8.0, 1.0, 2.0, 3.0] for name in benchmarking.CONDITIONS}
    )
    balance = benchmarking.balance(found)
    assert balance.problem
    assert (balance.weights == 1).all()


def test_half_of_the_comparison_municipalities_are_the_most_alike(register, periods):
    found = benchmarking.conditions(register, periods[-1].window.last, DEFINITIONS)
    near = benchmarking.nearest_half(found)
    others = found["method"] == 0
    assert near[~others].all()
    assert abs(near[others].mean() - 0.5) < 0.1


def shown(codes, shares, status=None):
    """Results by municipality, of which some are hidden."""
    table = pd.DataFrame(
        {"estimate": shares, "lower": 0.1, "upper": 0.6, "n": 40.0, "unit": "share"},
        index=pd.Index(codes, name="municipality"),
    )
    table["status"] = status or [""] * len(codes)
    return table


def test_hidden_municipalities_are_neither_in_changes_nor_in_the_standing(register):
    panel = made(jump=0.05)
    found = benchmarking.effect(panel, "y", draws=19, seed=1).contrast
    one, other = found.values.index[:2]
    parts = {
        "before": shown([one, other], [0.25, np.nan], ["", "too-few"]),
        "after": shown([one, other], [0.5, 0.5]),
    }
    shares = pd.concat(parts, names=["when"]).assign(role="method")
    shares = shares.set_index("role", append=True)
    changed = benchmarking.changes(shares, found)
    assert changed.loc[(one, "method"), "estimate"] == pytest.approx(25)
    assert changed.loc[(other, "method"), "status"] == "too-few"
    assert changed.loc[(other, "method"), ["estimate", "lower"]].isna().all()
    values = found.values.drop(index=one)
    others = values.groupby("treated")["value"].mean()
    without = changed.loc[(one, "method"), "without"]
    assert without == pytest.approx(100 * (others[1] - others[0]))

    window = targets.window_to(register, len(register.weeks) - 1, 52)
    left = targets.self_supporting_persons(register, window, DEFINITIONS.exit_weeks)
    few = PersonMeasure(left.persons[:40], left.numerator[:40], left.denominator[:40])
    assert (
        benchmarking.standardised_difference(
            register, few, window.first, DEFINITIONS, draws=99, seed=1
        )
        is None
    )
    expected = benchmarking.standardised_difference(
        register, left, window.first, DEFINITIONS, draws=99, seed=1
    )
    standing = expected.index[~expected["suppressed"]]
    ranking = benchmarking.ranking_table(
        register, expected, shown(standing.astype(str)[1:], [0.5] * (len(standing) - 1))
    )
    codes = ranking.index.get_level_values("municipality")
    assert standing[0] not in codes
    assert len(ranking) == len(standing) - 1
    assert not {"observed", "expected"} & set(ranking)
    assert (ranking["estimate"].to_numpy() == 100 * expected.loc[codes, "difference"]).all()
    assert benchmarking.ranking_table(register, None, shown([], [])).empty


def test_the_effect_without_a_municipality_is_that_of_the_others(compared):
    whole = benchmarking.effects(compared, [TIME], draws=19, seed=1)[TIME]
    left_out = compared["municipality"].iloc[0]
    others = benchmarking.effects(
        compared[compared["municipality"] != left_out], [TIME], draws=19, seed=1
    )[TIME]
    assert whole.leave_one_out[left_out] == pytest.approx(others.estimate, abs=1e-10)
