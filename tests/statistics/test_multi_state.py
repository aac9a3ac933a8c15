"""The multi-state flow: by hand, in closed form, by the jackknife and with known truth."""

import numpy as np
import pandas as pd
import pytest

from evalbook.errors import DataError
from evalbook.models import aalen_johansen, multi_state

STATES = np.array(["passive", "active", "work"])
RATES = np.array([[0.0, 0.10, 0.03], [0.08, 0.0, 0.06], [0.05, 0.01, 0.0]])
COLUMNS = ("id", "start", "stop", "origin", "target")


def walks(n, seed, until=20.0, censor=None, entry=0.0):
    """Stretches of a Markov process in continuous time, everybody passive at the start."""
    random, rows = np.random.default_rng(seed), []
    for person in range(n):
        begin = random.uniform(0, entry) if entry and random.random() < 0.5 else 0.0
        end = until if censor is None else min(until, max(begin + 0.1, random.exponential(censor)))
        now, state = 0.0, 0
        while now < end:
            stay = random.exponential(1 / RATES[state].sum())
            then = int(random.choice(3, p=RATES[state] / RATES[state].sum()))
            stop = min(now + stay, end)
            if stop > begin:
                seen = STATES[then] if now + stay < end else None
                rows.append((person, max(now, begin), stop, STATES[state], seen))
            now, state = now + stay, then
    return pd.DataFrame(rows, columns=COLUMNS)


def fit(data, **options):
    return multi_state(data, *COLUMNS, **options)


def truth(time):
    """The exponential of the generator, by its eigenvalues."""
    generator = RATES - np.diag(RATES.sum(axis=1))
    value, vector = np.linalg.eig(generator)
    shares = (vector @ np.diag(np.exp(value * time)) @ np.linalg.inv(vector)).real[0]
    return dict(zip(STATES, shares, strict=True))


def shares(found, time):
    return found.occupation([time]).set_index("state")["share"].to_dict()


def test_worked_by_hand():
    data = pd.DataFrame(
        [
            (1, 0, 2, "a", "b"),
            (1, 2, 5, "b", None),
            (2, 0, 3, "a", "c"),
            (2, 3, 5, "c", None),
            (3, 0, 2.5, "a", None),
            (4, 1, 4, "b", "a"),
            (4, 4, 5, "a", None),
        ],
        columns=COLUMNS,
    )
    found = fit(data)
    # All of three are in a at 0; at 2 one of three leaves for b; at 3 the only one left in a goes
    # to c; at 4 one of the two in b goes to a.
    assert shares(found, 0) == {"a": 1, "b": 0, "c": 0}
    assert shares(found, 2) == pytest.approx({"a": 2 / 3, "b": 1 / 3, "c": 0})
    assert shares(found, 3.5) == pytest.approx({"a": 0, "b": 1 / 3, "c": 2 / 3})
    assert shares(found, 5) == pytest.approx({"a": 1 / 6, "b": 1 / 6, "c": 2 / 3})
    times = found.mean_time(5).set_index("state")["time"]
    assert times.to_dict() == pytest.approx(
        {"a": 2 + 2 / 3 + 1 / 6, "b": 2 / 3 + 1 / 6, "c": 4 / 3}
    )
    cells = found.transitions.loc["all"]
    assert cells["count"].to_dict() == {("a", "b"): 1, ("a", "c"): 1, ("b", "a"): 1}
    assert cells.loc[("a", "b"), "time"] == 2 + 3 + 2.5 + 1
    assert cells.loc[("b", "a"), "rate"] == pytest.approx(1 / 6)


def test_without_censoring_shares_and_times_are_those_counted():
    data = walks(300, 1)
    found = fit(data)
    now = data[(data["start"] <= 12) & (data["stop"] > 12)]
    share = now["origin"].value_counts(normalize=True)
    table = found.occupation([12]).set_index("state")
    assert table["share"].to_dict() == pytest.approx(share.to_dict())
    assert table["error"].to_dict() == pytest.approx(np.sqrt(share * (1 - share) / 300).to_dict())
    spent = (
        data.assign(stop=data["stop"].clip(upper=15))
        .query("start < 15")
        .assign(time=lambda d: d["stop"] - d["start"])
        .pivot_table(index="id", columns="origin", values="time", aggfunc="sum", fill_value=0)
        .reindex(range(300), fill_value=0)
    )
    times = found.mean_time(15).set_index("state")
    assert times["time"].to_dict() == pytest.approx(spent.mean().to_dict())
    assert times["error"].to_dict() == pytest.approx((spent.std(ddof=0) / 300**0.5).to_dict())
    assert times["time"].sum() == pytest.approx(15)


def test_competing_risks_are_a_multi_state_model():
    random = np.random.default_rng(2)
    time, cause = np.ceil(random.exponential(8, 400)), random.integers(0, 3, 400)
    data = pd.DataFrame({"id": range(400), "start": 0, "stop": time, "origin": "start"})
    data["target"] = np.where(cause > 0, cause.astype(str), None)
    ours = fit(data).occupation([6, 14]).set_index(["state", "time"])["share"]
    theirs = aalen_johansen(time, cause).at([6, 14])
    for kind in (1, 2):
        for when in (6, 14):
            assert ours[str(kind), when] == pytest.approx(theirs.loc[when, kind])


def test_errors_are_those_of_the_jackknife_with_censoring_and_late_entry():
    data = walks(150, 3, censor=25, entry=8)
    found = fit(data)
    left = []
    for person in data["id"].unique():
        one = fit(data[data["id"] != person])
        left.append([*one.occupation([10])["share"], *one.mean_time(10)["time"]])
    n = len(left)
    spread = np.sqrt((n - 1) / n * ((np.array(left) - np.mean(left, axis=0)) ** 2).sum(axis=0))
    errors = [*found.occupation([10])["error"], *found.mean_time(10)["error"]]
    assert errors == pytest.approx(spread, rel=0.03)


def test_known_truth_is_recovered_and_covered_with_late_entry():
    data = walks(3000, 4, censor=30, entry=10)
    found = fit(data)
    for time in (5, 10, 15):
        table = found.occupation([time]).set_index("state")
        for state, share in truth(time).items():
            assert table.loc[state, "share"] == pytest.approx(share, abs=0.04)
    hits = []
    for seed in range(150):
        rows = fit(walks(80, 100 + seed, censor=30, entry=10)).occupation([10])
        inside = zip(rows["state"], rows["lower"], rows["upper"], strict=True)
        hits += [low <= truth(10)[state] <= high for state, low, high in inside]
    assert np.mean(hits) == pytest.approx(0.95, abs=0.035)


def test_two_groups_and_their_difference():
    data = pd.concat([walks(100, 5).assign(role="a"), walks(100, 6).assign(role="b")])
    data["id"] += 1000 * (data["role"] == "b")
    found = fit(data, by="role")
    table = found.mean_time(20).set_index(["group", "state"])
    gap = table.loc["b", "time"] - table.loc["a", "time"]
    assert table.loc["difference", "time"].to_dict() == pytest.approx(gap.to_dict())
    error = np.hypot(table.loc["a", "error"], table.loc["b", "error"])
    assert table.loc["difference", "error"].to_dict() == pytest.approx(error.to_dict())
    assert "b, work: " in found.summary()
    assert len(found.plot().get_legend().get_texts()) == 6
    assert {"term", "estimate", "error", "lower", "upper"} <= set(found.tidy())


def test_clusters_of_persons_widen_the_errors_where_they_are_alike():
    data = walks(40, 7)
    copies = pd.concat(
        [data.assign(id=data["id"] + 40 * copy, place=data["id"]) for copy in (0, 1)]
    )
    alone, together = fit(copies), fit(copies, cluster="place")
    ratio = together.mean_time(20)["error"] / alone.mean_time(20)["error"]
    assert ratio.to_numpy() == pytest.approx(np.sqrt(2))


def changed(row, **values):
    data = walks(20, 8).reset_index(drop=True)
    for column, value in values.items():
        data[column] = data[column].astype(object)
        data.loc[row, column] = value
    return data


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (changed(0, start=30.0), "'start' does not come before 'stop' in 1 rows"),
        (changed(0, origin=None), "'origin' is missing"),
        (changed(0, stop=np.inf), "'stop' is missing or infinite"),
        (changed(0, target="school"), "goes on in .* but 'target' says 'school'"),
        (walks(20, 8).assign(target=None, origin="a"), "nobody ever changed state"),
        (pd.concat([walks(20, 8)] * 2), "stretches of id 0 overlap"),
        (walks(20, 8).drop(columns="target"), "no column 'target'"),
    ],
)
def test_impossible_histories_are_named(data, words):
    with pytest.raises(DataError, match=words) as caught:
        fit(data)
    assert caught.value.remedy


def test_times_that_nobody_was_observed_at_are_refused():
    found = fit(walks(20, 8))
    with pytest.raises(DataError, match="nobody was observed at 21"):
        found.occupation([3, 21])
    with pytest.raises(DataError, match="nobody was observed at -1"):
        found.mean_time(-1)
    with pytest.raises(DataError, match="more than one 'role'"):
        fit(walks(20, 8).assign(role=lambda d: d.index % 2), by="role")
