"""The chapter on the target group: sentences in both languages, cells of tables, charts."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from evalbook import plan
from evalbook.models.shares.proportions import share
from evalbook.report.style import report_style
from evalbook.report.underlying import data_of
from evalbook.sdc.control import DisclosureControl
from evalbook.sdc.estimates import Estimates
from evalbook.sdc.thresholds import shown
from evalbook.text.language import PACKAGED, Text
from nychance import charts
from nychance.public_data.ranges import Range
from nychance.sentences import target_group

MEASURES = plan.load().first_results
CHAPTERS = Path(__file__).parents[3] / "chapters"
SEPTEMBER = Text("september 2007", "September 2007")


@pytest.fixture(autouse=True)
def style():
    with report_style():
        yield
    plt.close("all")


def found_at(**ends):
    """Ranges as the first results told them, some of them with other ends."""
    given = {measure.key: (measure.low, measure.high) for measure in MEASURES} | ends
    return {
        key: Range(low, ("Aby",), high, ("Beby", "Ceby"), (low + high) / 2, 8)
        for key, (low, high) in given.items()
    }


# -- sentences -------------------------------------------------------------------------------------


def test_ranges_that_hold_and_ranges_that_do_not():
    assert (
        target_group.describe_ranges(found_at(), MEASURES).en
        == "All measures lie within the ranges in the first results."
    )
    one = target_group.describe_ranges(found_at(outside=(0.2, 0.4)), MEASURES)
    assert one.da == (
        "Én indikator går ud over spændvidden i de første resultater: minoriteter uden for "
        "arbejdsstyrken."
    )
    two = target_group.describe_ranges(
        found_at(outside=(0.2, 0.4), support_share=(0.1, 0.3)), MEASURES
    )
    assert two.en.endswith(
        "minorities outside the labour force and minorities' share of the publicly supported."
    )
    assert two.en.startswith("These measures")
    everything = {measure.key: (0.0, 1.0) for measure in MEASURES}
    assert target_group.describe_ranges(found_at(**everything), MEASURES).da.startswith(
        "Alle indikatorer går ud over"
    )


def test_a_range_is_held_against_the_first_results_to_the_whole_per_cent():
    assert (
        "within"
        in target_group.describe_ranges(found_at(minority_share=(0.046, 0.254)), MEASURES).en
    )
    assert (
        "within"
        not in target_group.describe_ranges(found_at(minority_share=(0.044, 0.25)), MEASURES).en
    )


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        (300, 500, ("en klar stigning siden da", "a clear rise since then")),
        (500, 300, ("et klart fald siden da", "a clear fall since then")),
        (400, 410, ("ingen klar ændring siden da", "no clear change since then")),
    ],
)
def test_a_course_is_a_rise_or_a_fall_only_where_the_interval_decides(then, now, said):
    told = target_group.describe_trend(
        Text("Andelen", "The share"), shown(share(then, 1000)), shown(share(now, 1000)), SEPTEMBER
    )
    danish = told.da.replace("\N{NO-BREAK SPACE}", " ")
    assert danish == f"I september 2007 var andelen {then // 10},0 pct. ({said[0]})."
    assert told.en == f"In September 2007, the share was {then / 10:.1f}% ({said[1]})."


def test_a_course_with_a_hidden_end_is_not_judged():
    told = target_group.describe_trend(
        Text("Andelen", "The share"), None, shown(share(40, 100)), SEPTEMBER
    )
    assert "•" in told.da
    assert told.en.endswith("(too few persons to compare).")


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ((0.6, 0.9), "longer than"),
        ((1.1, 1.4), "shorter than"),
        ((0.9, 1.1), "not clearly longer or shorter than"),
    ],
)
def test_spells_that_end_more_slowly_are_longer(bounds, said):
    assert (
        target_group.spells_compared(
            {"hazard_ratio": sum(bounds) / 2, "lower": bounds[0], "upper": bounds[1]}
        ).en
        == said
    )


@pytest.mark.parametrize(("p", "said"), [(0.049, "afviser"), (0.051, "afviser ikke")])
def test_equal_curves_are_rejected_only_where_the_test_says_so(p, said):
    assert target_group.describe_equality(p).da == said


def test_no_danish_sentence_ends_in_a_value_whose_unit_is_an_abbreviation():
    text = (CHAPTERS / "da" / "target-group.qmd").read_text(encoding="utf-8")
    assert not re.findall(r"\S+\.value >}}\.(?:\s|$)", text)


@pytest.mark.parametrize(
    "pattern",
    [
        r"meta ([a-z.0-9-]+) >}}",
        r"@((?:fig|tbl)-[a-z-]+)",
        r"when-meta=\"([a-z.0-9-]+)\"",
        r"#((?:fig|tbl)-[a-z-]+)\}",
    ],
)
def test_both_chapters_tell_the_same_values_and_figures_in_the_same_order(pattern):
    danish, english = (
        re.findall(pattern, (CHAPTERS / lang / "target-group.qmd").read_text(encoding="utf-8"))
        for lang in PACKAGED
    )
    assert danish == english


# -- cells of tables -------------------------------------------------------------------------------


def test_range_rows_name_all_who_tie_and_the_range_then():
    rows = target_group.range_rows(found_at(), MEASURES).set_index(
        pd.Index([measure.key for measure in MEASURES])
    )
    assert rows.loc["minority_share", "high_at"] == "Beby, Ceby"
    assert rows.loc["employment_rate", "then"].within(PACKAGED) == {
        "da": "43–57\N{NO-BREAK SPACE}pct.",
        "en": "43–57%",
    }


def test_bands_with_few_returns_are_hidden():
    table = pd.DataFrame(
        {
            "returns": [40, 4],
            "persons": [90, 30],
            "hazard": [0.02, 0.01],
            "lower": [0.015, 0.0],
            "upper": [0.025, 0.02],
        },
        index=[13, 26],
    )
    table = Estimates(5).rates(table)
    rows = target_group.hazard_rows({"method": table, "comparison": table.loc[[13]]})
    assert [band.en for band in rows["band"]] == ["Weeks 1–13", "Weeks 14–26"]
    told = {
        group: [text.within(PACKAGED) for text in rows[group]] for group in ("method", "comparison")
    }
    first = {"da": "2,00 (1,50–2,50)", "en": "2.00 (1.50–2.50)"}
    assert told["method"] == told["comparison"] == [first, target_group.NOTHING.within(PACKAGED)]


def test_every_part_of_the_target_group_has_a_name_in_both_languages():
    names = target_group.group_names(plan.load().definitions)
    assert names["age-16-24"].within(PACKAGED) == {"da": "16–24 år", "en": "Aged 16–24"}
    assert names["age-60+"].within(PACKAGED) == {"da": "60 år og derover", "en": "Aged 60 and over"}


# -- shares of a row -------------------------------------------------------------------------------


def test_a_part_of_a_row_is_its_share_and_none_where_it_is_hidden():
    counts = pd.DataFrame(
        {"a": [40, 60], "b": [50, 30], "c": [2, 20]}, index=["method", "comparison"]
    )
    sdc = DisclosureControl(5)
    found = sdc.counts(counts.rename_axis(index="role", columns="transfer"), "all")
    assert found.part("method", "c") is None
    whole = {
        (row, column): found.part(row, column) for row in counts.index for column in counts.columns
    }
    for (row, column), part in whole.items():
        assert (part is None) == np.isnan(found.counts.loc[row, column])
        if part is not None:
            assert (part.value, part.interval) == (
                share(counts.loc[row, column], counts.loc[row].sum()).value,
                part.interval,
            )
            assert sdc.passed(part.interval[0])
    assert any(part is not None for part in whole.values())


# -- charts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", PACKAGED)
def test_every_municipality_stands_behind_the_small_multiples(language):
    values = pd.DataFrame(
        {m.key: np.linspace(m.low, m.high, 4) for m in MEASURES}, index=[1, 2, 3, 4]
    )
    values.loc[2, "outside"] = np.nan
    names, roles = (
        pd.Series({1: "Aby", 2: "Beby", 3: "Ceby", 4: "Deby"}),
        pd.Series({1: "method", 2: "method", 3: "comparison", 4: "method"}),
    )
    figure = charts.municipality_multiples(values, names, roles, MEASURES, language)
    table = data_of(figure).frame
    assert sorted(table["name"]) == ["Aby", "Beby", "Ceby", "Deby"]
    assert np.isnan(table.set_index("name").loc["Beby", "outside"])
    panels = figure.axes[: len(MEASURES)]
    assert {axes.get_xlim() for axes in panels} == {(0.0, 0.6)}
    # Three method municipalities and one row for the others.
    assert [label.get_text() for label in panels[0].get_yticklabels()][1:] == [
        "Aby",
        "Beby",
        "Deby",
    ]


@pytest.mark.parametrize("language", PACKAGED)
def test_panels_over_time_leave_a_hidden_part_without_width(language):
    when = {"a": SEPTEMBER, "b": Text("marts 2008", "March 2008")}
    parts = [Text(f"Match {m}", f"Match {m}") for m in (1, 2, 3)]
    frame = pd.DataFrame({1: [0.2, 0.3], 2: [0.3, np.nan], 3: [0.5, 0.4]}, index=["a", "b"])
    ready = {role: {"a": shown(share(50, 100)), "b": None} for role in ("method", "comparison")}
    figure = charts.stacked_panels(
        {"method": frame, "comparison": frame}, when, parts, ready, language
    )
    table = data_of(figure).frame
    assert len(table) == 4
    # The second part is hidden at the second date, in both panels.
    assert table["1"].isna().tolist() == [False, True, False, True]
    assert table["low"].isna().tolist() == [False, True, False, True]
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == [
        when["a"][language],
        when["b"][language],
    ]
