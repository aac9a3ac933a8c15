"""Framework conditions: which municipalities are alike, and whether an audit agrees."""

import numpy as np
import pandas as pd
import pytest

from evalbook import plan
from evalbook.errors import DataError
from nychance.public_data import tables as public
from nychance.public_data.conditions import (
    CONDITIONS,
    adjusted_rand,
    agreement,
    clusters,
    framework_conditions,
    nearest,
    published_groups,
)

CHECKPOINTS = plan.load().checkpoints


@pytest.fixture(scope="module")
def conditions():
    return framework_conditions(CHECKPOINTS[-1])


def separated(seed=0, size=6):
    """Three groups of places far from each other, two conditions in very different units."""
    random = np.random.default_rng(seed)
    centre = np.repeat([[0, 0], [5, 0], [0, 5]], size, axis=0)
    values = (centre + random.normal(0, 0.3, centre.shape)) * [1, 1000]
    codes = random.permutation(np.arange(101, 101 + 3 * size))
    return pd.DataFrame(
        values, columns=["a", "b"], index=pd.Index(codes, name="municipality")
    ), np.repeat([1, 2, 3], size)


def test_a_checkpoint_knows_only_figures_of_its_time(conditions):
    assert list(conditions) == list(CONDITIONS)
    assert len(conditions) == 98
    # Unemployment by municipality begins with the year 2007, which was not over at the first
    # checkpoint.
    assert "unemployed_per_100" not in framework_conditions(CHECKPOINTS[0])
    copenhagen = conditions.loc[101]
    figures = public.read("key-figures", CHECKPOINTS[-1])
    newest = public.latest(figures, "nonwestern_citizens_per_10000")["value"][101]
    assert copenhagen["nonwestern_citizens_per_10000"] == pytest.approx(np.log(newest))


def test_groups_that_are_there_are_found_whatever_the_units_and_the_order():
    places, truth = separated()
    found = clusters(places, 3)
    assert adjusted_rand(found.to_numpy() - 1, truth - 1) == 1
    shuffled = clusters(places.sample(frac=1, random_state=1), 3)
    assert (shuffled.reindex(found.index) == found).all()
    near = nearest(places, places.index[0], 5)
    assert set(near.index) == set(places.index[1:6])
    assert near.is_monotonic_increasing


def test_the_largest_cluster_is_number_one(conditions):
    sizes = clusters(conditions, 10).value_counts().sort_index()
    assert sizes.index.tolist() == list(range(1, 11))
    assert sizes.is_monotonic_decreasing


def test_adjusted_rand_index_of_a_worked_example():
    # Hubert & Arabie's index by its definition in pairs: 10 pairs, of 4 and 4 together, 2 in both.
    one, other = np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 1])
    assert adjusted_rand(one, other) == pytest.approx((2 - 4 * 4 / 10) / (4 - 4 * 4 / 10))
    assert adjusted_rand(one, 1 - one) == 1
    random = np.random.default_rng(0)
    chance = [
        adjusted_rand(random.integers(0, 4, 60), random.integers(0, 4, 60)) for _ in range(300)
    ]
    assert np.mean(chance) == pytest.approx(0, abs=0.005)


def test_agreement_is_complete_where_groups_are_what_was_found_and_none_where_they_are_not():
    places, truth = separated()
    groups = pd.DataFrame({"group": truth, "municipality": places.index})
    same = agreement(places, groups, number=3, count=5, draws=199)
    assert (same.rand, same.same_cluster, same.neighbours) == (1, 1, 1)
    assert same.p_rand == same.p_neighbours == 1 / 200
    assert same.pairs == 3 * 15
    assert same.same_cluster_by_chance == pytest.approx(15 * 3 / (18 * 17 / 2), abs=0.03)
    random = np.random.default_rng(1)
    p = [
        agreement(places, groups.assign(group=random.permutation(truth)), number=3, draws=99).p_rand
        for _ in range(20)
    ]
    assert np.mean(np.array(p) <= 0.1) < 0.35
    assert np.mean(p) > 0.3


def test_the_audit_of_2007_groups_municipalities_much_as_their_conditions_do(conditions):
    groups = published_groups()
    assert groups.groupby("group").size().tolist() == [7, 7, 8, 6, 6]
    found = agreement(conditions, groups, draws=999)
    # Ishøj stands in two groups and is left out.
    assert found.municipalities == 32
    assert found.rand > 0
    assert found.p_rand < 0.01
    assert found.same_cluster > 2 * found.same_cluster_by_chance
    assert found.neighbours > 2 * found.neighbours_by_chance
    assert (
        agreement(
            conditions.sample(frac=1, random_state=2),
            groups.sample(frac=1, random_state=2),
            draws=999,
        )
        == found
    )


def test_the_groups_tell_their_source():
    origin = public.provenance("framework-groups")
    assert origin.source_line.da == "Kilde: Jobcentrenes resultatrevisioner, resultatrevision 2007"
    assert origin.unverified
    assert all(text.da and text.en for text in origin.caveats)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda c: nearest(c, 999), "no municipality 999"),
        (lambda c: clusters(c, 0), "0 clusters"),
        (lambda c: clusters(c.assign(flat=1.0), 3), "'flat' is the same everywhere"),
        (lambda c: nearest(c.mask(c == c.loc[101]), 147), "a condition is missing"),
        (lambda c: agreement(c.drop(147), published_groups()), "no conditions of municipality 147"),
    ],
)
def test_bad_input_is_named(conditions, call, named):
    with pytest.raises(DataError, match=named):
        call(conditions)


def test_a_broken_list_of_groups_is_named(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        published_groups(tmp_path)
    for name in ("municipalities.csv", "framework-groups.csv"):
        (tmp_path / name).write_text(
            (public.public_directory() / name).read_text(encoding="utf-8"), encoding="utf-8"
        )
    (tmp_path / "framework-groups.csv").write_text("group,municipality\n1,999\n", encoding="utf-8")
    with pytest.raises(DataError, match="row 2: there is no municipality 999"):
        published_groups(tmp_path)
