"""Cooperation of the municipalities: contacts counted once each, and charts of the counts."""

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
import pytest

from evalbook import plan
from evalbook.models.shares.proportions import share
from evalbook.qualitative.codebook import codebook
from evalbook.report.column import data_of
from evalbook.sdc import Persons
from evalbook.sdc.thresholds import shown
from evalbook.text.language import Text
from nychance import charts
from nychance.fieldwork import dissemination_log, networks
from nychance.measures import companies
from nychance.sentences import statements

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
        Text("A", "A"): shown(share(20, 100)),
        Text("B", "B"): None,
        Text("C", "C"): shown(share(40, 100)),
    }
    told = statements.describe_spread(named)
    assert told.en == "From 20.0% in A to 40.0% in C."
    assert told.da == "Fra 20,0\N{NO-BREAK SPACE}pct. i A til 40,0\N{NO-BREAK SPACE}pct. i C."
    assert "(" in statements.describe_spread({Text("B", "B"): None}).en


@pytest.mark.parametrize("language", ["da", "en"])
def test_profile_chart_shows_the_whole_scale_and_the_intervals(language):
    levels = pd.DataFrame(
        {
            f"{what}{end}": [value + step]
            for what, value in (("before", 2.0), ("after", 3.0), ("change", 1.0))
            for end, step in (("", 0.0), ("_low", -0.2), ("_high", 0.2))
        },
        index=["danish"],
    )
    figure = charts.profile_dots(
        levels, {"danish": Text("Dansk", "Danish")}, language, weak=2, strong=4
    )
    low, high = figure.axes[0].get_xlim()
    found = data_of(figure)
    plt.close(figure)
    assert low <= 1 and high >= 5, "a scale from 1 to 5 is drawn from 1 to 5"
    assert found.frame.iloc[0][["before", "after", "change_low", "change_high"]].tolist() == [
        2.0,
        3.0,
        0.8,
        1.2,
    ]


def test_coupling_chart_starts_at_zero_and_names_each_line_at_its_end():
    days = [c.cutoff for c in PLAN.checkpoints[:3]]
    couplings = pd.DataFrame({key: [0.1, 0.2, 0.3] for key in networks.BETWEEN}, index=days)
    figure = charts.coupling_over_time(couplings, networks.BETWEEN_NAMES, "da")
    axes = figure.axes[0]
    labels = {text.get_text(): text.xyann for text in axes.texts}
    heights = sorted(text.xy[1] for text in axes.texts)
    bottom = axes.get_ylim()[0]
    plt.close(figure)
    assert labels.keys() == {name.da for name in networks.BETWEEN_NAMES.values()}
    assert bottom == 0
    assert np.diff(heights).min() > 0, "no name covers another"


def test_approach_chart_lays_activities_and_reach_behind():
    periods = pd.DataFrame(
        {"spread": [4], "spearhead": [1], "reach-spread": [100], "reach-spearhead": [9000]},
        index=["2007-09"],
    )
    figure = charts.approaches(
        periods, {"2007-09": Text("Frem til 1. nedslag", "Up to checkpoint 1")}, "da"
    )
    found = data_of(figure)
    written = [text.get_text() for axes in figure.axes for text in axes.texts]
    plt.close(figure)
    assert found.frame.iloc[0].drop("name").tolist() == [4, 1, 100, 9000]
    assert written == ["4", "1", "100", "9.000"]


def test_partners_have_their_names_in_each_language_and_municipalities_their_own():
    graph = nx.Graph([("Erhvervsråd", "Nørhavn")])
    drawn = [
        {
            text.get_text()
            for text in charts.network_circle(
                {"partnership": graph},
                networks.KINDS,
                {"Nørhavn": "system", "Erhvervsråd": "workplace"},
                networks.SIDES,
                language,
                called=codebook().partner_names,
            )
            .axes[0]
            .texts
        }
        for language in ("da", "en")
    ]
    assert drawn == [{"Nørhavn", "Erhvervsråd"}, {"Nørhavn", "Business council"}]


@pytest.mark.parametrize("checkpoints", [1, 3, 5])
def test_an_axis_of_checkpoints_marks_them_and_nothing_else(checkpoints):
    days = [checkpoint.cutoff for checkpoint in PLAN.checkpoints[:checkpoints]]
    share_at = {day: shown(share(40, 100)) for day in days}
    axes = charts.share_over_time({"method": share_at, "comparison": share_at}, "en").axes[0]
    names = ["Sept\n2007", "Jan\n2008", "Mar\n2008", "Sept\n2008", "Mar\n2009"]
    assert [label.get_text() for label in axes.get_xticklabels()] == names[:checkpoints]
