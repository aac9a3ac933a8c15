"""The chapter on the target group: sentences in both languages."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evalbook import plan
from evalbook.models.shares.proportions import share
from evalbook.text.language import PACKAGED
from nychance.sentences import target_group

MEASURES = plan.load().first_results
CHAPTERS = Path(__file__).parents[3] / "chapters"


def row(count=0, n=0):
    """A row of results, hidden where nobody is counted."""
    found = share(count, n) if n else None
    values = [found.value, *found.interval, n] if found else [np.nan] * 4
    return pd.Series(values, index=["estimate", "lower", "upper", "n"])


def ranges_at(**ends):
    """Ranges as the first results told them, some of them with other ends."""
    given = {measure.key: (measure.low, measure.high) for measure in MEASURES} | ends
    lowest, highest = (
        pd.DataFrame(
            {"estimate": [pair[end] for pair in given.values()]},
            index=pd.MultiIndex.from_product(
                [list(given), [place]], names=["measure", "municipality"]
            ),
        )
        for end, place in enumerate(["901", "902"])
    )
    return target_group.ranges(lowest, highest, MEASURES)


# -- sentences -------------------------------------------------------------------------------------


def test_ranges_that_hold_and_ranges_that_do_not():
    assert (
        target_group.describe_ranges(ranges_at(), MEASURES).en
        == "All measures lie within the ranges in the first results."
    )
    one = target_group.describe_ranges(ranges_at(outside=(0.2, 0.4)), MEASURES)
    assert one.da == (
        "Én indikator går ud over spændvidden i de første resultater: minoriteter uden for "
        "arbejdsstyrken."
    )
    two = target_group.describe_ranges(
        ranges_at(outside=(0.2, 0.4), support_share=(0.1, 0.3)), MEASURES
    )
    assert two.en.endswith(
        "minorities outside the labour force and minorities' share of the publicly supported."
    )
    assert two.en.startswith("These measures")
    everything = {measure.key: (0.0, 1.0) for measure in MEASURES}
    assert target_group.describe_ranges(ranges_at(**everything), MEASURES).da.startswith(
        "Alle indikatorer går ud over"
    )


def test_a_range_is_held_against_the_first_results_to_the_whole_per_cent():
    assert (
        "within"
        in target_group.describe_ranges(ranges_at(minority_share=(0.046, 0.254)), MEASURES).en
    )
    assert (
        "within"
        not in target_group.describe_ranges(ranges_at(minority_share=(0.044, 0.25)), MEASURES).en
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
    told = target_group.describe_trend(course(row(then, 1000), row(now, 1000)))
    danish = told.da.replace("\N{NO-BREAK SPACE}", " ")
    assert danish == (
        f"I september 2007 var andelen af arbejdsmarkedsparate i metodekommunerne {then // 10},0 "
        f"pct. ({said[0]})."
    )
    assert told.en.endswith(f"municipalities was {then / 10:.1f}% ({said[1]}).")


def course(*rows):
    months = ["2007-09", "2008-01"][: len(rows)]
    return pd.DataFrame(list(rows), index=pd.Index(months, name="checkpoint"))


def test_a_course_with_a_hidden_end_is_not_judged():
    told = target_group.describe_trend(course(row(), row(40, 100)))
    assert "•" in told.da
    assert told.en.endswith("(too few persons to compare).")


def test_the_first_checkpoint_is_the_baseline():
    assert target_group.describe_trend(course(row(40, 100))).en.startswith("This checkpoint is")


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
            pd.Series({"estimate": sum(bounds) / 2, "lower": bounds[0], "upper": bounds[1]})
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


# -- tables and names ------------------------------------------------------------------------------


def test_ranges_stand_beside_those_of_the_first_results():
    found = ranges_at()
    assert found.loc["minority_share", "Highest in"] == "902"
    assert found.loc["employment_rate", "First results"].within(PACKAGED) == {
        "da": "43–57\N{NO-BREAK SPACE}pct.",
        "en": "43–57%",
    }


def test_kinds_of_municipality_are_told_and_not_compared():
    both = pd.DataFrame([row(40, 100), row(20, 100)], index=["method", "comparison"])
    assert target_group.describe_back(both, 26).en == (
        "Within 26 weeks, 40.0% are back in the method municipalities and 20.0% in the comparison "
        "municipalities."
    )


def test_what_follows_from_the_plan_has_a_name_in_both_languages():
    names = target_group.names_of(plan.load().definitions)
    assert names["16-24"].within(PACKAGED) == {"da": "16–24 år", "en": "Aged 16–24"}
    assert names["60+"].within(PACKAGED) == {"da": "60 år og derover", "en": "Aged 60 and over"}
    assert names["weeks-14-26"].en == "Weeks 14–26"
    assert names["match-5-or-unknown"].en == "Category 5 or none"
    assert all(text.da for text in names.values())
