"""Gray's test against the output of his own program, and what stands for censored."""

import numpy as np
import pytest
from scipy import stats

from evalbook.errors import DataError
from evalbook.models import aalen_johansen, gray_test
from tests.lib.r_random import MarsagliaMulticarry


@pytest.fixture
def cmprsk():
    """The first example of cmprsk's tests: 100 durations, three groups and two strata."""
    r = MarsagliaMulticarry(2)
    names = ("duration", "group", "cause", "stratum")
    values = (r.exponential(100), r.sample("abc", 100), r.sample([0, 1, 2], 100))
    return dict(zip(names, (*values, r.sample([1, 2], 100)), strict=True))


@pytest.mark.parametrize(
    ("of", "statistic", "p"), [(1, 3.393977, 0.1832345), (2, 1.989511, 0.3698139)]
)
def test_grays_statistic_is_that_of_his_program(cmprsk, of, statistic, p):
    # cmprsk 2.2-10, tests/test.Rout.save: print(cuminc(ss, cc, gg, strt)).
    found = gray_test(
        cmprsk["duration"], cmprsk["cause"], cmprsk["group"], of=of, strata=cmprsk["stratum"]
    )
    assert found.statistic == pytest.approx(statistic, abs=5e-7)
    assert found.p == pytest.approx(p, abs=5e-8)
    assert found.df == 2
    assert found.to_frame()["events"].sum() == (cmprsk["cause"] == of).sum()
    assert found.to_frame()["score"].sum() == pytest.approx(0)


def test_incidence_is_that_of_grays_program(cmprsk):
    found = aalen_johansen(cmprsk["duration"], cmprsk["cause"])
    # The same file: print(cuminc(ss, cc)), estimates at 1, 2 and 3.
    assert found.at([1, 2, 3])[1].tolist() == pytest.approx(
        [0.2352861, 0.3287068, 0.4247898], abs=5e-8
    )
    assert found.at([1, 2, 3])[2].tolist() == pytest.approx(
        [0.2567862, 0.3931580, 0.4631781], abs=5e-8
    )


def test_grays_test_has_its_size_with_ties():
    random, p = np.random.default_rng(1), []
    for _ in range(400):
        time, cause = np.ceil(random.exponential(6, 120)), random.integers(0, 3, 120)
        p.append(gray_test(time, cause, random.integers(0, 2, 120), of=1).p)
    assert stats.kstest(p, "uniform").pvalue > 0.001


def test_grays_test_sees_incidence_where_hazards_are_alike():
    """A cause that is no more frequent but has fewer competitors happens to more in the end."""
    random, group = np.random.default_rng(3), np.repeat([0, 1], 1500)
    first = random.exponential(10, 3000)
    second = random.exponential(np.where(group, 5, 50))
    cause = np.where(first < second, 1, 2)
    assert gray_test(np.minimum(first, second), cause, group, of=1).p < 1e-10


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"of": 3}, "no 'cause' is 3"),
        ({"of": 1, "by": [0, 0, 0, 0]}, "one group only"),
        ({"of": 1, "censored": "none"}, "no 'cause' is 'none'"),
        ({"of": 1, "strata": [1, 2, 3, 4]}, "cannot be told apart"),
    ],
)
def test_what_grays_test_refuses(options, words):
    with pytest.raises(DataError, match=words):
        gray_test([1, 2, 3, 4], [1, 2, 1, 0], **({"by": [0, 1, 0, 1]} | options))


WORDS = ["job", "censored", "school", "censored", "job", "censored"]


@pytest.mark.parametrize("censored", [0, "Censored", "0"])
def test_a_label_of_censoring_that_does_not_occur_is_refused(censored):
    with pytest.raises(DataError, match=r"which was to mean censored") as caught:
        aalen_johansen(range(1, 7), WORDS, censored=censored)
    assert "'censored'" in caught.value.remedy


def test_the_right_label_and_none_are_taken():
    found = aalen_johansen(range(1, 7), WORDS, censored="censored")
    # 1/6, then 5/6 of 1/4, then all of the rest of job: 1/6 + 5/6 * 3/4 * ... by hand .792.
    assert found.incidence.iloc[-1].to_dict() == pytest.approx(
        {"job": 1 / 6 + 5 / 6 * 3 / 4 * 1 / 2, "school": 5 / 24}
    )
    everybody = aalen_johansen([1, 2, 3], ["a", "b", "a"], censored=None)
    assert everybody.incidence.iloc[-1].to_dict() == pytest.approx({"a": 2 / 3, "b": 1 / 3})


def test_incidence_of_those_who_come_late():
    """Left-truncated durations have the incidence of all, here a third of the hazard each."""
    random = np.random.default_rng(8)
    time, cause = random.exponential(10, 60_000), random.choice([1, 1, 2], 60_000)
    entry = np.maximum(random.uniform(-2, 12, 60_000), 0)
    seen = time > entry
    found = aalen_johansen(time[seen], cause[seen], entry=entry[seen])
    truth = 1 - np.exp(-1)
    assert found.at(10).iloc[0].tolist() == pytest.approx([truth * 2 / 3, truth / 3], abs=0.02)
    naive = aalen_johansen(time[seen], cause[seen]).at(10).iloc[0]
    assert naive.sum() < truth - 0.05
    assert found.warning == ""
