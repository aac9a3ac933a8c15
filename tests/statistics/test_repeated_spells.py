"""Several spells of one person are not independent: what the test of origins makes of them."""

import numpy as np
import pandas as pd
from scipy import stats

from evalbook.models import log_rank
from nychance.measures.sickness import origins_differ

ROUNDS = 200


def spells(rng, slower=1.0, persons=80):
    """Persons whose spells are alike; the shorter the spells, the more of them."""
    frailty = rng.gamma(1.0, 1.0, persons)
    count = 1 + rng.poisson(5 * frailty)
    person = np.repeat(np.arange(persons), count)
    danish = person < persons // 2
    length = np.ceil(rng.exponential(10 / (frailty[person] + 0.05)) * np.where(danish, 1.0, slower))
    return pd.DataFrame(
        {
            "person": person,
            "origin": np.where(danish, "danish", "immigrant"),
            "weeks": np.minimum(length, 52),
            "ended": length <= 52,
        }
    )


def rejected(test, **how):
    rng = np.random.default_rng(2007)
    return sum(test(spells(rng, **how)).p < 0.05 for _ in range(ROUNDS))


def of_all(found):
    return log_rank(found["weeks"], found["ended"].astype(int), by=found["origin"])


def test_it_rejects_a_true_null_as_often_as_it_says_though_spells_of_a_person_are_alike():
    low, high = stats.binom.interval(0.99, ROUNDS, 0.05)
    assert low <= rejected(origins_differ) <= high
    # Were all spells taken to be independent, it would reject several times as often.
    assert rejected(of_all) > 1.5 * high


def test_it_finds_spells_that_last_twice_as_long():
    assert rejected(origins_differ, slower=4.0) > ROUNDS / 2


def test_the_first_spell_of_each_person_counts():
    found = spells(np.random.default_rng(1))
    assert origins_differ(found).to_frame()["n"].tolist() == [40, 40]
    later = found.duplicated("person")
    assert (
        origins_differ(found.assign(weeks=np.where(later, 1, found["weeks"]))).p
        == origins_differ(found).p
    )
