"""From tables of persons to tidy tables of results."""

import numpy as np
import pandas as pd
import pytest

from evalbook.errors import DisclosureError, UsageError
from evalbook.models import cox, kaplan_meier
from evalbook.sdc import Persons
from evalbook.sdc.about import SOURCE as SOURCE_OF
from evalbook.sdc.about import about
from evalbook.sdc.ledger import Ledger
from evalbook.sdc.protected import ProtectedTables
from evalbook.text.language import Text
from evalbook.text.source import Source

SOURCE = Source(Text.same("Source: a test"), persons=True)


@pytest.fixture
def report():
    return ProtectedTables(Ledger(5, secret=b"secret"), SOURCE)


def people(sizes, hits):
    """One row a person: so many in each group, and so many of them counted."""
    rows = [
        (group, float(place < hits[group]), 1.0)
        for group, size in sizes.items()
        for place in range(size)
    ]
    table = pd.DataFrame(rows, columns=["group", "counted", "out_of"])
    return Persons(table.assign(person=np.arange(len(rows))))


def test_shares_of_persons_have_wilsons_interval(report):
    # Newcombe (1998), table I: 81 of 263, method 3.
    found = report.shares(people({"a": 263}, {"a": 81}), "group")
    assert found.loc["a", ["estimate", "lower", "upper", "n"]].tolist() == pytest.approx(
        [81 / 263, 0.2553, 0.3662, 263], abs=5e-5
    )
    assert found.loc["a", "unit"] == "share" and found.loc["a", "status"] == ""


def test_a_row_knows_where_it_comes_from(report):
    row = report.shares(people({"a": 20}, {"a": 8}), "group").loc["a"]
    assert about(row).source == SOURCE
    assert about(row).counted == "persons"


def test_small_shares_are_hidden_with_a_reason_and_no_trace(report):
    found = report.shares(people({"a": 40, "b": 40}, {"a": 3, "b": 20}), "group")
    assert found["status"].tolist() == ["too-few", ""]
    assert found.loc["a", ["estimate", "lower", "upper", "n"]].isna().all()
    assert 3 / 40 not in report.released


def test_what_two_tables_tell_of_the_same_persons_reveals_no_few(report):
    table = people({"a": 60, "b": 50, "c": 3}, {"a": 0, "b": 0, "c": 0})
    coarse = table.assign(group=table["group"].map({"a": "a", "b": "rest", "c": "rest"}))
    fine = report.counts(table, "group", name="fine")
    rest = report.counts(coarse, "group", name="coarse")
    assert fine.loc["c", "status"] == "too-few"
    told = {"b": fine.loc["b", "status"] == "", "rest": rest.loc["rest", "status"] == ""}
    assert not all(told.values())


def test_groups_that_are_categories_are_there_even_if_nobody_is_in_them(report):
    table = people({"a": 30}, {"a": 10})
    table["group"] = pd.Categorical(table["group"], ["a", "b"])
    assert report.shares(table, "group")["status"].to_dict() == {"a": "", "b": "empty"}


def test_shares_of_time_are_clustered_by_person(report):
    rng = np.random.default_rng(1)
    weeks = rng.integers(1, 27, 100).astype(float)
    done = np.floor(rng.random(100) * weeks)
    table = Persons({"person": np.arange(100), "all": "x", "counted": done, "out_of": weeks})
    found = report.shares(table, "all").loc["x"]
    assert found.estimate == pytest.approx(done.sum() / weeks.sum())
    # As if each person's weeks stood in two rows: the person is still one.
    halves = Persons(pd.concat([table, table]).assign(all="y"))
    again = report.shares(halves, "all").loc["y"]
    assert (again.n, again.lower) == (100, pytest.approx(found.lower))


def test_a_distribution_adds_up(report):
    table = people({"a": 30, "b": 50, "c": 20}, {"a": 0, "b": 0, "c": 0}).assign(whole="w")
    found = report.distribution(table, "whole", of="group")
    assert found.loc["w", "estimate"].to_dict() == {"a": 0.3, "b": 0.5, "c": 0.2}
    assert found["count"].tolist() == [30, 50, 20]
    assert found["n"].eq(100).all()


def test_rounded_counts_make_rounded_shares():
    report = ProtectedTables(Ledger(5, rounding=5), SOURCE)
    table = people({"a": 43}, {"a": 12})
    assert report.shares(table, "group").loc["a", ["estimate", "n"]].tolist() == [10 / 45, 45]
    assert report.counts(table, "group").loc["a", "estimate"] == 45


def test_a_mean_at_the_end_of_its_scale_is_hidden(report):
    table = Persons(
        {"person": range(40), "area": ["a"] * 20 + ["b"] * 20, "value": [5] * 20 + [2, 4] * 10}
    )
    found = report.means(table, "area", scale=(1, 5))
    assert found["status"].to_dict() == {"a": "too-few", "b": ""}
    assert found.loc["b", "estimate"] == 3


def test_a_rate_rests_on_enough_persons_with_the_event(report):
    table = Persons(
        {
            "person": range(60),
            "group": ["a"] * 30 + ["b"] * 30,
            "time": 10.0,
            "events": [1] * 10 + [0] * 20 + [1] * 4 + [0] * 26,
        }
    )
    found = report.rates(table, "group")
    assert found["status"].to_dict() == {"a": "", "b": "too-few"}
    assert found.loc["a", "estimate"] == pytest.approx(10 / 300)


def test_curves_end_before_what_rests_on_too_few(report):
    spells = Persons(
        {"person": range(40), "origin": "x", "weeks": [1] * 10 + [5] * 20 + [9] * 10, "ended": True}
    )
    curves = kaplan_meier(
        spells.frame()["weeks"], spells.frame()["ended"].astype(int), by=spells.frame()["origin"]
    )
    found = report.curves(curves, spells, "origin", [2, 5, 8, 9], exact=[9])
    assert found["estimate"].tolist()[:3] == [1.0, 0.75, 0.25]
    assert found.index.unique("time").tolist() == [0, 2, 5, 9]
    assert found.loc[("x", 9), "status"] == "empty"


def test_a_curve_is_told_at_times_between_which_none_or_enough_are_lost(report):
    spells = Persons(
        {
            "person": range(100),
            "origin": "x",
            "weeks": [1] * 10 + [2] * 13 + [3] * 10 + [4] * 17 + [9] * 50,
            "ended": [True] * 20 + [False] * 3 + [True] * 20 + [False] * 7 + [True] * 50,
        }
    )
    plain = spells.frame()
    curves = kaplan_meier(plain["weeks"], plain["ended"].astype(int), by=plain["origin"])
    told = report.curves(curves, spells, "origin", [1, 2, 3, 4], name="all").loc["x"]
    # Three are lost in the second week, and ten in the second to the fourth.
    assert told.index.tolist() == [0, 1, 4]
    assert told.loc[4, "estimate"] == pytest.approx(curves["x"].at(4))
    wanted = report.curves(curves, spells, "origin", [1, 2, 3, 4], exact=[2], name="2").loc["x"]
    assert (wanted.loc[2, "status"], wanted.loc[4, "status"]) == ("empty", "")


def test_a_model_whose_dummy_rests_on_two_persons_is_refused(report):
    rng = np.random.default_rng(3)
    data = Persons(
        {
            "person": range(100),
            "time": rng.exponential(10, 100),
            "ended": 1,
            "group": pd.Categorical(["a"] * 98 + ["b"] * 2),
        }
    )
    fit = cox(
        data.frame().assign(b=(data.frame()["group"] == "b").astype(int)), "time", "ended", ["b"]
    )
    with pytest.raises(DisclosureError, match="group = b"):
        report.model(fit, data[["person", "group", "ended"]], events="ended")


def test_an_ordinary_table_is_no_table_of_persons(report):
    with pytest.raises(UsageError, match="is not a table of persons"):
        report.shares(pd.DataFrame({"person": [1]}), "group")


def test_a_join_keeps_what_is_known_of_the_persons(report):
    table = people({"a": 20}, {"a": 8})
    table.attrs[SOURCE_OF] = other = Source(Text.same("Source: interviews"), persons=True)
    joined = table.merge(Persons({"person": table["person"], "role": "method"}), on="person")
    row = report.shares(joined, "role").loc["method"]
    assert about(row).source == other


def test_what_few_said_is_hidden_and_those_who_did_not_may_be_few(report):
    found = report.shares(
        people({"a": 8, "b": 8, "c": 8, "d": 40}, {"a": 6, "b": 8, "c": 3, "d": 0}),
        "group",
        protect_rest=False,
    )
    assert found["status"].to_dict() == {"a": "", "b": "", "c": "too-few", "d": ""}


def test_what_few_of_a_group_said_does_not_follow_from_the_other_groups_and_the_whole(report):
    said = people({"a": 20, "b": 20, "c": 20}, {"a": 12, "b": 9, "c": 3})
    whole = report.shares(said.assign(group="all"), "group", protect_rest=False, name="whole")
    parts = report.shares(said, "group", protect_rest=False, name="parts")
    assert whole["status"].tolist() == [""]
    assert (parts["status"] == "protects-others").sum() == 1
