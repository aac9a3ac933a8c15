"""Transition matrices against cases worked by hand and closed forms.

Tests of change against published values.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import SquareTable

from evalbook.errors import DataError
from evalbook.models import bowker, stuart_maxwell, transition_matrix

STATES = ("passive", "active", "self-support")
# Four persons at three dates. Counted by hand: passive to passive 1, to active 3; active to active
# 1, to self-support 1; self-support to passive 1. One gap, over which nothing is bridged.
PERSONS = pd.DataFrame(
    {
        "2007-09": ["passive", "passive", "self-support", "active"],
        "2008-01": ["passive", "active", "passive", None],
        "2008-03": ["active", "self-support", "active", "active"],
    }
)
# Unaided distance vision of 7,477 women in Royal Ordnance factories: right eye by left (Stuart
# 1953).
VISION = pd.DataFrame(
    [[1520, 266, 124, 66], [234, 1512, 432, 78], [117, 362, 1772, 205], [36, 82, 179, 492]],
    index=list("abcd"),
    columns=list("abcd"),
)


def test_small_case_worked_by_hand():
    matrix = transition_matrix(PERSONS)
    assert matrix.counts.loc["passive"].to_dict() == {"active": 3, "passive": 1, "self-support": 0}
    assert matrix.counts.loc["active"].to_dict() == {"active": 0, "passive": 0, "self-support": 1}
    assert matrix.loc["passive", "active"] == 0.75
    assert matrix.loc["self-support", "passive"] == 1
    assert matrix.counts.to_numpy().sum() == 6
    assert list(matrix.index) == list(matrix.columns) == sorted(STATES)
    assert (matrix.pairs, matrix.weighted) == (2, False)


def test_a_person_who_makes_a_move_twice_is_one_person_and_two_moves():
    matrix = transition_matrix(pd.DataFrame([["a", "b", "a", "b"], ["a", "a", "a", "a"]]))
    assert matrix.counts.loc["a", "b"] == 2
    assert matrix.persons.loc["a", "b"] == 1
    assert matrix.persons.loc["a", "a"] == 1
    assert matrix.long().set_index(["from", "to"]).loc[("b", "a")].tolist() == [1, 1, 1]


def test_weights_count_as_so_many_persons():
    weights = [1, 3, 2, 1]
    repeated = PERSONS.loc[np.repeat(PERSONS.index, weights)].reset_index(drop=True)
    weighted, plain = transition_matrix(PERSONS, weights=weights), transition_matrix(repeated)
    assert (weighted.counts == plain.counts).all(axis=None)
    pd.testing.assert_frame_equal(pd.DataFrame(weighted), pd.DataFrame(plain))
    assert weighted.persons.loc["passive", "active"] == 3


def test_groups_add_up_to_the_whole_and_share_their_states():
    whole, parts = transition_matrix(PERSONS), transition_matrix(PERSONS, by=["x", "y", "y", "x"])
    assert list(parts) == ["x", "y"]
    assert (parts["x"].counts + parts["y"].counts == whole.counts).all(axis=None)
    named = transition_matrix(PERSONS.assign(kind=["x", "y", "y", "x"]), by="kind")
    assert (named["y"].counts == parts["y"].counts).all(axis=None)


def test_categories_keep_their_order_and_a_state_that_nobody_left_has_no_shares():
    ladder = pd.CategoricalDtype([*STATES, "pension"])
    matrix = transition_matrix(PERSONS.astype(ladder))
    assert list(matrix.index) == [*STATES, "pension"]
    assert (matrix.counts.loc["pension"] == 0).all()
    assert matrix.loc["pension"].isna().all()
    assert matrix.drop(index="pension").notna().all(axis=None)


def test_shares_of_a_long_chain_are_its_probabilities():
    truth = np.array([[0.9, 0.08, 0.02], [0.2, 0.7, 0.1], [0.05, 0.05, 0.9]])
    random = np.random.default_rng(1)
    chain = np.zeros((20_000, 12), dtype=int)
    for date in range(1, 12):
        chain[:, date] = (
            random.random((20_000, 1)) > truth.cumsum(axis=1)[chain[:, date - 1]]
        ).sum(axis=1)
    matrix = transition_matrix(pd.DataFrame(chain))
    error = np.sqrt(truth * (1 - truth) / matrix.counts.to_numpy().sum(axis=1, keepdims=True))
    assert (np.abs(matrix.to_numpy() - truth) < 4 * error).all()


def test_a_deterministic_cycle_is_a_permutation_matrix():
    cycle = pd.DataFrame([[(start + date) % 5 for date in range(11)] for start in range(5)])
    assert (transition_matrix(cycle).to_numpy() == np.roll(np.eye(5), 1, axis=1)).all()


@given(st.permutations(range(4)))
def test_order_of_persons_changes_nothing(order):
    weights = np.array([0.1, 0.2, 0.3, 0.7])
    shuffled = transition_matrix(
        PERSONS.iloc[order].reset_index(drop=True), weights=weights[list(order)]
    )
    pd.testing.assert_frame_equal(
        shuffled.counts, transition_matrix(PERSONS, weights=weights).counts, check_exact=True
    )


def test_more_persons_than_are_counted_at_a_time():
    many = pd.concat([PERSONS] * 12_000, ignore_index=True)
    assert (transition_matrix(many).counts == 12_000 * transition_matrix(PERSONS).counts).all(
        axis=None
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"weights": [1, 0, 1, 1]}, "weights"),
        ({"weights": [1, -1, 1, 1]}, "weights"),
        ({"weights": [1, None, 1, 1]}, "weights"),
        ({"weights": [1, 1]}, "differ in length"),
        ({"by": ["x", None, "x", "y"]}, "by"),
        ({"by": "kind"}, "kind"),
        ({"by": pd.Series(list("xxyy"), index=[3, 2, 1, 0])}, "not the same"),
    ],
)
def test_bad_weights_and_groups_are_refused(arguments, words):
    with pytest.raises(DataError, match=words) as caught:
        transition_matrix(PERSONS, **arguments)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("states", "words"),
    [
        (PERSONS[["2007-09"]], "two dates"),
        (PERSONS.iloc[[3]], "two successive"),
        (PERSONS.iloc[:0], "two successive"),
    ],
)
def test_tables_without_transitions_are_refused(states, words):
    with pytest.raises(DataError, match=words):
        transition_matrix(states)


# -- change between two dates ----------------------------------------------------------------------


def test_vision_of_women_as_published():
    # Stuart (1955): 11.96 on 3 degrees of freedom. Bowker's for the same table, 19.11 on 6:
    # Bishop, Fienberg & Holland.
    homogeneity, symmetry = stuart_maxwell(VISION), bowker(VISION)
    assert (round(homogeneity.statistic, 2), homogeneity.df) == (11.96, 3)
    assert (round(symmetry.statistic, 2), symmetry.df) == (19.11, 6)
    assert (symmetry.n, symmetry.changed) == (7477, 2181)
    theirs = SquareTable(VISION.to_numpy(), shift_zeros=False)
    assert homogeneity.p == pytest.approx(theirs.homogeneity().pvalue)
    assert symmetry.p == pytest.approx(theirs.symmetry().pvalue)


@pytest.mark.parametrize("test", [bowker, stuart_maxwell])
def test_two_states_give_mcnemar(test):
    table = pd.DataFrame([[50, 21], [9, 30]], index=["in", "out"], columns=["in", "out"])
    assert test(table).statistic == pytest.approx((21 - 9) ** 2 / (21 + 9))
    assert test(table).df == 1


@pytest.mark.parametrize("test", [bowker, stuart_maxwell])
def test_a_state_that_nobody_left_or_entered_changes_nothing(test):
    wider = VISION.reindex(index=list("abcde"), columns=list("abcde"), fill_value=0)
    wider.loc["e", "e"] = 100
    assert test(wider).statistic == pytest.approx(test(VISION).statistic)
    assert test(wider).df == test(VISION).df


@pytest.mark.parametrize("test", [bowker, stuart_maxwell])
def test_where_nobody_moved_there_is_no_sign_of_change(test):
    still = pd.DataFrame(np.diag([5, 7, 9]))
    assert (test(still).statistic, test(still).df, test(still).p) == (0, 0, 1)


@pytest.mark.parametrize("test", [bowker, stuart_maxwell])
def test_size_is_as_stated_when_nothing_changes(test):
    random = np.random.default_rng(5)
    chances = np.array([[0.4, 0.05, 0.03], [0.05, 0.3, 0.04], [0.03, 0.04, 0.06]])
    tables = random.multinomial(800, chances.ravel(), size=4000).reshape(-1, 3, 3)
    rejected = np.mean([test(pd.DataFrame(table)).p < 0.05 for table in tables])
    assert rejected == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 4000))


def test_a_matrix_of_two_dates_is_a_table_and_one_of_three_is_refused():
    two = PERSONS[["2007-09", "2008-01"]]
    assert bowker(transition_matrix(two)).n == 3
    with pytest.raises(DataError, match="independent"):
        bowker(transition_matrix(PERSONS))
    with pytest.raises(DataError, match="independent"):
        stuart_maxwell(transition_matrix(two, weights=[1, 2, 1, 1]))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (VISION / VISION.sum().sum(), "count persons"),
        (VISION.iloc[:3], "square"),
        (VISION[list("bacd")], "square"),
        (-VISION, "counts"),
        (VISION.astype(float).replace(1520, np.nan), "counts"),
        (VISION * 0, "count persons"),
    ],
)
def test_tables_that_count_no_persons_are_refused(table, words):
    with pytest.raises(DataError, match=words):
        bowker(table)
