"""Recommendations: their words, recipients, evidence and follow-up."""

import re

import pytest
import yaml

from evalbook import plan, qualitative
from tests.conftest import ROOT
from tests.lib.prose import Page
from tests.report.test_coverage import LINES, plain, written

MADE = qualitative.recommendations(plan.load().checkpoint(5))
SECTION = re.compile(r"<h2[^>]*>(.*?)</h2>(.*?)(?=<h2|</main)", re.DOTALL)


def sections(built, language, month):
    page = written(built, language, month, "recommendations")
    return [found for found in SECTION.findall(page) if "<blockquote" in found[1]]


def test_those_of_the_start_phase_stand_word_for_word():
    own = [" ".join(r.text.da.split()) for r in MADE if not r.example]
    assert own == [line.removeprefix("- ") for line in LINES if line.startswith("- At ")]
    assert all(r.made == "2007-09" for r in MADE if not r.example)


@pytest.mark.parametrize("month", ["2007-09", "2009-03"])
@pytest.mark.parametrize("language", ["da", "en"])
def test_each_names_whom_it_is_for_and_what_it_rests_on(built, language, month):
    made = qualitative.recommendations(plan.load().checkpoint(month))
    shown = sections(built, language, month)
    assert len(shown) == len(made)
    for recommendation, (title, text) in zip(made, shown, strict=True):
        assert recommendation.name[language] in plain(title)
        assert recommendation.addressee[language] in text
        rests_on = [
            link
            for link in Page(f"<main>{text}</main>").links
            if re.search(r"#(?:figure|table)-", link)
        ]
        assert rests_on, title
        for link in rests_on:
            page, _, anchor = link.partition("#")
            there = written(built, language, month, page.removesuffix(".html") or "recommendations")
            assert f'id="{anchor}"' in there, link


@pytest.mark.parametrize("month", ["2007-09", "2009-03"])
def test_status_is_known_at_every_checkpoint_so_far(built, month):
    checkpoint = plan.load().checkpoint(month)
    table = (
        written(built, "en", month, "recommendations")
        .split("table-recommendations", 1)[1]
        .split("</table>")[0]
    )
    rows = [
        re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in table.split("<tr")[2:]
    ]
    made = qualitative.recommendations(checkpoint)
    expected = [
        [qualitative.STATUS_NAMES[r.status_at(c)].en for c in plan.load().until(checkpoint)]
        for r in made
    ]
    assert [row[2:] for row in rows] == expected


def test_what_is_invented_says_so():
    entries = yaml.safe_load(
        (ROOT / "data/qualitative/recommendations.yml").read_text(encoding="utf-8")
    )["recommendations"]
    invented = [entry["key"] for entry in entries if entry.get("example")]
    assert invented == [
        r.key for r in MADE if r.name.da.endswith("(eksempel)") and r.name.en.endswith("(example)")
    ]


def test_before_it_was_made_a_recommendation_has_no_status():
    later = next(r for r in MADE if r.made > "2007-09")
    assert later.status_at(plan.load().checkpoint(1)) == "unmade"
    assert later not in qualitative.recommendations(plan.load().checkpoint(1))
