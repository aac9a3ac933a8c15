"""Cooperation of the municipalities: contacts counted once each, and what the counts say."""

import pandas as pd

from evalbook import plan
from evalbook.sdc import Persons
from evalbook.text.language import Text
from nychance.fieldwork import dissemination_log
from nychance.measures import companies
from nychance.sentences import cooperation, statements
from tests.lib.rows import hidden, row

PLAN = plan.load()


def test_companies_of_each_municipality_are_counted_once():
    found = Persons(
        {
            "person": [0, 0, 1, 2, 4],
            "company": ["a", "b", "a", "c", "c"],
            "municipality": ["1", "1", "1", "1", "2"],
        }
    )
    assert companies.per_place(found).to_dict() == {"1": 3, "2": 1}


def test_log_is_divided_over_the_checkpoints_without_loss():
    seen = PLAN.until(PLAN.checkpoint("2008-09"))
    log = dissemination_log.dissemination(seen)
    periods = dissemination_log.by_checkpoint(log)
    assert periods["activities"].sum() == len(log) and periods["reach"].sum() == log["reach"].sum()
    assert periods.index.unique("checkpoint").tolist() == [c.key for c in seen]


def test_period_without_activities_is_a_zero():
    log = pd.DataFrame({"approach": ["spread"], "reach": [10]})
    log["checkpoint"] = pd.Categorical(["checkpoint-3"], ["checkpoint-2", "checkpoint-3"])
    periods = dissemination_log.by_checkpoint(log)
    assert periods["activities"].tolist() == [0, 0, 1, 0]
    assert periods["reach"].tolist() == [0, 0, 10, 0]


def test_least_and_largest_are_told_without_the_hidden():
    named = {
        Text("A", "A"): row(20, 100),
        Text("B", "B"): hidden(),
        Text("C", "C"): row(40, 100),
    }
    told = statements.describe_spread(named)
    assert told.en == "From 20.0% in A to 40.0% in C."
    assert told.da == "Fra 20,0\N{NO-BREAK SPACE}pct. i A til 40,0\N{NO-BREAK SPACE}pct. i C."
    assert "(" in statements.describe_spread({Text("B", "B"): hidden()}).en


def test_the_comparison_municipalities_are_told_beside_the_places_where_they_may_be():
    places = pd.DataFrame({"101": row(20, 100), "201": row(40, 100)}).T
    names = {"101": Text.same("Aby"), "201": Text.same("Beby")}
    told = cooperation.places_found(places, row(30, 100), names)
    assert told.en == (
        "From 20.0% in Aby to 40.0% in Beby. The comparison municipalities together: 30.0%."
    )
    alone = cooperation.places_found(places, hidden("protects-others"), names)
    assert alone.en == "From 20.0% in Aby to 40.0% in Beby."


def test_the_largest_sector_is_looked_for_among_what_is_shown():
    sectors = pd.DataFrame({"retail": row(20, 100), "care": hidden(), "crafts": row(40, 100)}).T
    names = {key: Text.same(key) for key in sectors.index}
    top = cooperation.largest_sector(sectors)
    assert top.name == "crafts"
    assert cooperation.sector_name(top, names).en == "crafts"
    assert cooperation.largest_sector(sectors.loc[["care"]]) is None
    assert cooperation.sectors_found(None, names) == cooperation.FEW_SECTORS
