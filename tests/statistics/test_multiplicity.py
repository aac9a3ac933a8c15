"""Family-wise p-values: worked examples, brute force, and the family-wise error rate."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from evalbook.errors import DataError
from evalbook.models import family_wise, holm

TREATED = 6


def changes(seed, units=20, outcomes=4, shared=0.9, effect=0.0):
    random = np.random.default_rng(seed)
    common = random.normal(size=(units, 1))
    values = shared * common + np.sqrt(1 - shared**2) * random.normal(size=(units, outcomes))
    values[:TREATED, 0] += effect
    index = pd.Index([f"m{i:02d}" for i in range(units)], name="municipality")
    frame = pd.DataFrame(values, index=index, columns=[f"outcome {i}" for i in range(outcomes)])
    return frame, pd.Series(np.arange(units) < TREATED, index=index)


def test_holm_multiplies_the_smallest_most():
    table = holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005})
    # Holm's own rule: 4 p, 3 p, 2 p, p from the smallest on, never falling.
    assert table["p_holm"].to_dict() == pytest.approx({"d": 0.02, "a": 0.03, "c": 0.06, "b": 0.06})
    assert list(table.index) == ["a", "b", "c", "d"]
    many = np.random.default_rng(0).random(30) ** 3
    ours = holm(pd.Series(many, index=[f"outcome {i}" for i in range(30)]))["p_holm"]
    assert ours.to_numpy() == pytest.approx(multipletests(many, method="holm")[1])


@pytest.mark.parametrize("p", [{}, {"a": np.nan}, {"a": 1.2}, {"a": 0.1, "b": -0.1}])
def test_what_is_no_p_is_refused(p):
    with pytest.raises(DataError, match="p"):
        holm(p)


def test_all_reassignments_by_brute_force():
    frame, treated = changes(0, units=8, outcomes=3)
    treated[:] = np.arange(8) < 3
    table = family_wise(frame, treated)
    values, observed = frame.to_numpy(), table["t"].abs().to_numpy()
    draws = []
    for chosen in combinations(range(8), 3):
        mask = np.isin(np.arange(8), chosen)
        draws.append(
            np.abs(stats.ttest_ind(values[mask], values[~mask], equal_var=False).statistic)
        )
    draws = np.array(draws)
    assert table["t"].to_numpy() == pytest.approx(
        stats.ttest_ind(values[:3], values[3:], equal_var=False).statistic
    )
    assert table["p"].to_numpy() == pytest.approx((draws >= observed - 1e-9).mean(axis=0))
    # The largest is compared with the largest of all, the second with the largest of the rest, and
    # so on.
    expected, before = {}, 0.0
    for rank in range(3):
        rest = np.argsort(-observed)[rank:]
        before = max(before, (draws[:, rest].max(axis=1) >= observed[rest[0]] - 1e-9).mean())
        expected[frame.columns[rest[0]]] = before
    assert table["p_adjusted"].to_dict() == pytest.approx(expected)


def test_the_promised_rate_of_any_false_finding_is_kept_without_waste():
    def any_found(seed):
        table = family_wise(*changes(seed), draws=199, seed=seed)
        return [(table[column] <= 0.05).any() for column in ("p", "p_holm", "p_adjusted")]

    raw, holms, adjusted = np.mean([any_found(seed) for seed in range(400)], axis=0)
    assert adjusted == pytest.approx(0.05, abs=0.03)
    assert raw > adjusted > holms
    alone = np.mean(
        [
            family_wise(*changes(s, shared=0.0), draws=199, seed=s)["p"].min() <= 0.05
            for s in range(150)
        ]
    )
    assert alone > 0.12


def test_an_effect_is_found_where_it_is():
    table = family_wise(*changes(1, effect=3.0), draws=1999)
    assert table["p_adjusted"].idxmin() == "outcome 0"
    assert table.loc["outcome 0", "p_adjusted"] < 0.01
    assert (table["p_adjusted"] >= table["p"]).all()
    assert (table["p_holm"] >= table["p"]).all()


def test_order_of_rows_changes_nothing_and_the_seed_decides():
    frame, treated = changes(2)
    shuffled = frame.sample(frac=1, random_state=3)
    one, other = (
        family_wise(frame, treated, draws=499),
        family_wise(shuffled, treated[shuffled.index], draws=499),
    )
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert (family_wise(frame, treated, draws=499, seed=1)["p"] != one["p"]).any()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda f, t: (f, t[::-1]), "not the same"),
        (lambda f, t: (f, t & False), "fewer than two"),
        (lambda f, t: (f.assign(extra=1.0), t), "'extra' is the same"),
        (lambda f, t: (f.where(f < 1), t), "missing"),
    ],
)
def test_bad_input_is_named(change, named):
    with pytest.raises(DataError, match=named):
        family_wise(*change(*changes(0)))


@pytest.mark.parametrize("options", [{"draws": 0}, {"seed": -1}])
def test_draws_and_seed_must_make_sense(options):
    with pytest.raises(DataError):
        family_wise(*changes(0), **options)
