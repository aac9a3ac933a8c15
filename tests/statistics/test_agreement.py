"""Agreement between coders against published examples, its intervals against known truth."""

import math

import numpy as np
import pandas as pd
import pytest

from evalbook.qualitative.agreement import (
    best_known_pair,
    cohens_kappa,
    krippendorffs_alpha,
    ratings,
)
from evalbook.qualitative.codings import Material

NAN = math.nan
# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability: examples A, B and C, one row per
# observer.
BINARY = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
NOMINAL = [[ord(c) for c in "aabbdcccedda"], [ord(c) for c in "babbbccceddd"]]
MISSING = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
    [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
]


@pytest.mark.parametrize(
    ("observers", "alpha", "units"),
    [(BINARY, 0.095, 10), (NOMINAL, 0.692, 12), (MISSING, 0.743, 11)],
)
def test_alpha_is_krippendorffs(observers, alpha, units):
    found = krippendorffs_alpha(np.array(observers).T)
    assert round(found.value, 3) == alpha
    assert found.units == units
    assert found.interval[0] < found.value < found.interval[1] <= 1


def judged(table):
    pairs = [
        (i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)
    ]
    return zip(*pairs, strict=True)


def test_kappa_and_its_interval_are_fleiss():
    """Fleiss, Statistical Methods for Rates and Proportions, table 13.1; interval by SAS."""
    found = cohens_kappa(*judged([[75, 1, 4], [5, 4, 1], [0, 0, 10]]))
    assert round(found.value, 4) == 0.6765
    assert [round(end, 4) for end in found.interval] == [0.5046, 0.8484]


def test_kappa_is_cohens():
    """Cohen (1960): judges who agree on .70 of 200 units, .41 expected by chance: kappa .492."""
    found = cohens_kappa(*judged([[88, 14, 18], [10, 40, 10], [2, 6, 12]]))
    assert round(found.value, 3) == 0.492


def test_perfect_and_absent_agreement():
    assert cohens_kappa([0, 1, 0, 1], [0, 1, 0, 1]).value == 1
    assert krippendorffs_alpha([[0, 0], [1, 1]]).value == 1
    assert cohens_kappa([0, 1, 0, 1], [0, 0, 1, 1]).value == pytest.approx(0)


def test_nothing_that_varies_has_no_agreement():
    assert math.isnan(cohens_kappa([1, 1], [1, 1]).value)
    assert math.isnan(krippendorffs_alpha([[1, 1], [1, 1]]).value)
    with pytest.raises(ValueError, match="same units"):
        cohens_kappa([1, 2], [1])


def test_alpha_does_not_hang_on_the_order_of_units_or_observers():
    values = np.array(MISSING).T
    rng = np.random.default_rng(5)
    shuffled = values[rng.permutation(12)][:, rng.permutation(4)]
    assert krippendorffs_alpha(shuffled).value == pytest.approx(krippendorffs_alpha(values).value)


def test_intervals_hold_the_truth_as_often_as_they_say():
    """Coders see the truth with probability .8, else guess: the true kappa is .64."""
    rng = np.random.default_rng(1)
    hits = {"alpha": 0, "kappa": 0}
    runs = 300
    for _ in range(runs):
        truth = rng.integers(0, 2, 150)
        one, other = (
            np.where(rng.random(150) < 0.8, truth, rng.integers(0, 2, 150)) for _ in range(2)
        )
        alpha, kappa = (
            krippendorffs_alpha(np.column_stack([one, other]), draws=400),
            cohens_kappa(one, other),
        )
        hits["alpha"] += alpha.interval[0] <= 0.64 <= alpha.interval[1]
        hits["kappa"] += kappa.interval[0] <= 0.64 <= kappa.interval[1]
    # 95 per cent, give or take four standard errors of 300 runs.
    assert all(0.90 <= count / runs <= 0.995 for count in hits.values()), hits


def test_intervals_by_source_hold_the_truth_where_passages_of_a_talk_are_alike():
    """In half of the talks coders see the truth, in half with probability .6."""
    rng = np.random.default_rng(2)
    hits = {"alpha": 0, "kappa": 0, "kappa as if passages were independent": 0}
    runs, talks, passages = 300, 10, 20
    talk = np.repeat(np.arange(talks), passages)
    for _ in range(runs):
        skill = rng.choice([0.6, 1.0], talks)[talk]
        truth = rng.integers(0, 2, len(talk))
        one, other = (
            np.where(rng.random(len(talk)) < skill, truth, rng.integers(0, 2, len(talk)))
            for _ in range(2)
        )
        found = {
            "alpha": krippendorffs_alpha(np.column_stack([one, other]), talk, draws=400),
            "kappa": cohens_kappa(one, other, talk, draws=400),
            "kappa as if passages were independent": cohens_kappa(one, other),
        }
        for name, agreement in found.items():
            hits[name] += agreement.interval[0] <= 0.68 <= agreement.interval[1]
    # 95 per cent, give or take four standard errors of 300 runs; what takes passages for
    # independent falls far short.
    assert all(0.90 <= hits[name] / runs <= 0.995 for name in ("alpha", "kappa")), hits
    assert hits["kappa as if passages were independent"] / runs < 0.80


def test_each_passage_a_source_of_its_own_is_the_bootstrap_over_passages():
    values = np.array(MISSING).T
    own = krippendorffs_alpha(values, np.arange(len(values)))
    assert own == krippendorffs_alpha(values)
    # All from one talk: how the next would turn out cannot be told.
    assert krippendorffs_alpha(values, np.zeros(len(values))).interval == (-1, 1)
    assert cohens_kappa([0, 1, 1, 0], [0, 1, 0, 0], ["a"] * 4).interval == (-1, 1)


def test_the_coefficients_do_not_hang_on_the_sources():
    one, other = judged([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    assert cohens_kappa(one, other, np.arange(len(one)) % 7).value == pytest.approx(
        cohens_kappa(one, other).value
    )
    values = np.array(MISSING).T
    assert (
        krippendorffs_alpha(values, np.arange(len(values)) % 3).value
        == krippendorffs_alpha(values).value
    )


def test_two_who_judged_most_together_are_compared():
    table = pd.DataFrame({"x": [1, 0, NAN, 1], "y": [1, NAN, 0, NAN], "z": [0, 0, NAN, 1]})
    pair = best_known_pair(table)
    assert pair.to_dict("list") == {"x": [1, 0, 1], "z": [0, 0, 1]}
    assert best_known_pair(table[["x"]]) is None
    assert best_known_pair(pd.DataFrame({"x": [1, NAN], "y": [NAN, 1]})) is None


def test_coder_who_read_a_talk_judges_all_its_passages():
    rows = [
        ("a", "x", "p", 0, 9),
        ("a", "x", "", 10, 19),
        ("a", "y", "p", 0, 9),
        ("a", "y", "q", 10, 19),
        ("b", "x", "q", 0, 9),
    ]
    codings = pd.DataFrame(rows, columns=["talk", "coder", "theme", "start", "end"])
    table = ratings(Material(pd.DataFrame({"talk": ["a", "b"]}), codings))
    assert table.to_dict("index") == {
        ("a", 0, 9, "p"): {"x": 1, "y": 1},
        ("a", 0, 9, "q"): {"x": 0, "y": 0},
        ("a", 10, 19, "p"): {"x": 0, "y": 0},
        ("a", 10, 19, "q"): {"x": 0, "y": 1},
    }
