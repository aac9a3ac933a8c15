"""Counting what is said and who knows whom, held against closed forms and published values."""

import itertools
import math
from datetime import date

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from evalbook import plan
from evalbook.errors import DataError
from evalbook.qualitative import counts
from evalbook.qualitative.codings import Material
from nychance.fieldwork import networks


def material(said, dates=None):
    """Talks by name, each with its passages as (start, end, coder, code)."""
    talks = pd.DataFrame(
        {"talk": list(said), "date": pd.to_datetime(dates or ["2007-09-01"] * len(said))}
    )
    rows = [
        (talk, coder, code, code[0], start, end)
        for talk, passages in said.items()
        for start, end, coder, code in passages
    ]
    return Material(
        talks, pd.DataFrame(rows, columns=["talk", "coder", "code", "theme", "start", "end"])
    )


@pytest.mark.parametrize(
    ("graph", "degree", "betweenness"),
    [
        (nx.star_graph(4), 1.0, 1.0),
        (nx.cycle_graph(5), 0.0, 0.0),
        (nx.complete_graph(5), 0.0, 0.0),
        # A path of five: degrees 1 2 2 2 1; betweenness 0 3 4 3 0 of at most 6. Freeman (1979),
        # figure 5: .167 and .417.
        (nx.path_graph(5), 1 / 6, 5 / 12),
        (nx.empty_graph(2), 0.0, 0.0),
    ],
)
def test_centralisation_is_freemans(graph, degree, betweenness):
    assert networks.centralisation(graph) == pytest.approx(degree)
    assert networks.centralisation(graph, "betweenness") == pytest.approx(betweenness)


TIES = """date,ended,one,other,kind
2007-06-01,2008-02-01,A,B,partnership
2007-06-01,,B,C,knowledge-sharing
2008-03-10,,A,C,knowledge-sharing
2009-01-01,,A,D,knowledge-sharing
"""


def test_network_of_a_day_knows_neither_what_came_later_nor_what_had_ended(tmp_path):
    (tmp_path / "ties.csv").write_text(TIES)
    the_plan = plan.load()
    known, source = networks.ties(the_plan.checkpoint("2008-03"), tmp_path / "ties.csv")
    assert len(known) == 3 and not source.synthetic
    today = networks.network(known, None, date(2008, 3, 31), list("ABC"))
    assert sorted(map(sorted, today.edges)) == [["A", "C"], ["B", "C"]]
    assert networks.shape(
        networks.network(known, "partnership", date(2007, 9, 30), list("ABC"))
    ) == networks.Shape(3, 1, 1 / 3, 0.5)


def test_sides_are_tied_by_the_ties_that_are_possible_between_those_who_were_there():
    known = pd.DataFrame(
        [("A", "B"), ("A", "U"), ("B", "U"), ("A", "V"), ("U", "V")], columns=["one", "other"]
    ).assign(kind="partnership", date=pd.Timestamp("2008-01-01"), ended=pd.NaT)
    known.loc[3:, "date"] = pd.Timestamp("2009-01-01")
    members = networks.members(known, ["A", "B", "C"], {"U": "person", "V": "workplace"})
    assert list(members.values()) == ["system", "system", "system", "person", "workplace"]
    before, after = (networks.network(known, None, date(year, 6, 1)) for year in (2008, 2009))
    assert networks.coupling(before, members) == {
        "system-system": 1.0,
        "system-person": 1.0,
        "system-workplace": 0.0,
        "person-workplace": 0.0,
    }
    assert networks.coupling(after, members)["system-workplace"] == 0.5
    assert networks.on_all_sides(before, members, ["A", "B", "C"]) == []
    assert networks.on_all_sides(after, members, ["A", "B", "C"]) == ["A"], (
        "B reaches the workplace through A only"
    )


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ("2007-13-01,,A,B,partnership", "'date'"),
        ("2007-06-01,,A,B,love", "'kind'"),
        ("2007-06-01,,A,A,partnership", "'other'"),
    ],
)
def test_broken_tie_is_named(tmp_path, row, named):
    (tmp_path / "ties.csv").write_text(TIES + row)
    with pytest.raises(DataError, match=f"row 6, column {named}"):
        networks.ties(plan.load().checkpoint(5), tmp_path / "ties.csv")


def test_saturation_expected_is_the_mean_over_all_orders():
    said = {"a": "xy", "b": "x", "c": "xz", "d": "", "e": "y"}
    heard = material({talk: [(0, 9, "k", code) for code in codes] for talk, codes in said.items()})
    orders = list(itertools.permutations(said))
    mean = [
        np.mean([len(set("".join(said[t] for t in order[:n]))) for order in orders])
        for n in range(6)
    ]
    curve = counts.saturation(heard)
    assert curve["expected"].tolist() == pytest.approx(mean)
    assert curve["observed"].tolist() == [0, 2, 2, 3, 3, 3]
    assert (
        counts.new_in_last(curve, 2) == 0
        and counts.new_in_last(curve, 3) == 1
        and counts.new_in_last(curve, 99) == 3
    )


def test_saturation_follows_the_dates():
    heard = material(
        {"late": [(0, 9, "k", "x")], "early": [(0, 9, "k", "x"), (0, 9, "k", "y")]},
        ["2008-01-01", "2007-01-01"],
    )
    assert counts.saturation(heard)["observed"].tolist() == [0, 2, 2]


def test_codes_meet_where_one_coders_passages_overlap():
    heard = material(
        {
            "a": [(0, 10, "k", "x"), (5, 15, "k", "y"), (10, 20, "k", "z"), (0, 10, "l", "z")],
            "b": [(0, 10, "k", "x"), (0, 10, "k", "y"), (0, 10, "l", "y")],
        }
    )
    found = counts.cooccurrence(heard, list("xyz"))
    assert found.to_numpy().tolist() == [[2, 2, 0], [2, 2, 1], [0, 1, 2]]
    assert counts.strength(found).loc["x", "y"] == 1.0
    assert counts.strength(found).loc["y", "z"] == pytest.approx(1 / 3)


def test_mention_counts_a_talk_once_and_divides_by_all_talks():
    heard = material({"a": [(0, 9, "k", "x"), (9, 20, "l", "x")], "b": [(0, 9, "k", "y")], "c": []})
    mentioned = counts.mentions(heard, "code", ["x", "y", "z"])
    assert [(mentioned[code]["all"].count, mentioned[code]["all"].n) for code in "xyz"] == [
        (1, 3),
        (1, 3),
        (0, 3),
    ]
    assert not any(math.isnan(end) for code in "xyz" for end in mentioned[code]["all"].interval)
