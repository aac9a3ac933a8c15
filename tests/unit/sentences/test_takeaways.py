"""Sentences to take home: grammatical in both languages, whatever the results."""

import pandas as pd
import pytest

from evalbook import plan
from nychance.sentences import statements, takeaways
from tests.lib.rows import hidden, row

PLAN = plan.load()
FIRST, LAST = PLAN.checkpoints[0], PLAN.checkpoints[-1]
ACTIVITY = PLAN.targets[-1]
MET, NOT_MET, LOW, HIGH = (row(count, 1000) for count in (900, 10, 300, 400))
FEW = hidden()


def undecided(target):
    return row(round(100 * target.threshold), 100)


def reached(*kinds):
    """The sentence for targets in the plan's order: met (m), not (n), undecided (u), hidden (h)."""
    shares = {
        target.key: {"m": MET, "n": NOT_MET, "u": undecided(target), "h": FEW}[kind]
        for target, kind in zip(PLAN.targets, kinds, strict=True)
    }
    return takeaways.targets_reached(pd.DataFrame(shares).T, PLAN.targets)


def test_all_targets_met():
    said = reached(*"mmmm")
    assert said.en == "All three targets are met in the method municipalities."
    assert said.da == "Alle tre mål er nået i metodekommunerne."


def test_two_readings_of_one_target_are_one_target():
    said = reached(*"umnu")
    assert said.en == (
        "None of the three targets is clearly met in the method municipalities; for two the "
        "result is inconclusive: “Passive persons into activity” and “Time in activity”; one "
        "depends on how it is measured: “Self-support” (share of persons: met, share of time: not "
        "met)."
    )
    assert said.da == (
        "Ingen af de tre mål er med sikkerhed nået i metodekommunerne; to er uafklarede: »Passive "
        "i gang« og »Tid i aktivitet«; ét afhænger af, hvordan det opgøres: »Selvforsørgelse« "
        "(andel af personer: nået, andel af tiden: ikke nået)."
    )
    assert "two are met in the method municipalities: “Passive" in reached(*"mmmu").en
    assert "“Self-support” (share of persons: met, share of time: too few" in reached(*"mmhu").en


def test_one_and_several_are_told_in_singular_and_plural():
    said = reached(*"mnnu")
    assert said.en == (
        "Of the three targets, one is met in the method municipalities: “Passive persons into "
        "activity”; one is not met: “Self-support”; for one the result is inconclusive: “Time in "
        "activity”."
    )
    assert said.da == (
        "Af de tre mål er ét nået i metodekommunerne: »Passive i gang«; ét er ikke nået: "
        "»Selvforsørgelse«; ét er uafklaret: »Tid i aktivitet«."
    )
    assert "; two are not met: “Passive" in reached(*"nnnm").en


def test_that_none_is_met_is_said_plainly_only_where_all_are_missed():
    assert reached(*"nnnn").en.startswith("None of the three targets is met in the method")
    said = reached(*"nnnh")
    assert said.en.startswith("None of the three targets is clearly met")
    assert said.da.startswith("Ingen af de tre mål er med sikkerhed nået i metodekommunerne; to er")
    assert said.en.endswith("one has too few persons to be shown: “Time in activity”.")
    assert said.da.endswith("ét bygger på for få personer til at kunne vises: »Tid i aktivitet«.")


def test_a_municipality_whose_result_is_inconclusive_has_not_missed_the_target():
    doubt = undecided(ACTIVITY)
    said = takeaways.met_by_each(pd.DataFrame([doubt] * 7 + [NOT_MET]), ACTIVITY)
    assert said.en == (
        "Of the eight method municipalities, none clearly meet the target “Time in activity”; one "
        "clearly misses it; for seven the result is inconclusive."
    )
    assert said.da == (
        "Af de otte metodekommuner når ingen med sikkerhed målet »Tid i aktivitet«; én når det med "
        "sikkerhed ikke; for syv er det uafklaret."
    )
    all_met = takeaways.met_by_each(pd.DataFrame([MET, MET, FEW]), ACTIVITY)
    assert all_met.en == (
        "Of the three method municipalities, two clearly meet the target “Time in activity”; one "
        "has too few persons to be shown."
    )
    one = takeaways.met_by_each(pd.DataFrame([MET, NOT_MET, NOT_MET]), ACTIVITY)
    assert "one clearly meets the target" in one.en and "two clearly miss it." in one.en


def since(method, comparison, now=LAST):
    course = {
        (FIRST.month, "method"): method[0],
        (now.month, "method"): method[-1],
        (FIRST.month, "comparison"): comparison[0],
        (now.month, "comparison"): comparison[-1],
    }
    return takeaways.course_since(ACTIVITY, pd.DataFrame(course).T, FIRST, now)


def returned(method, comparison):
    return takeaways.revolving_door(
        pd.DataFrame({"method": method, "comparison": comparison}).T, 26
    )


def test_the_same_course_is_told_once():
    unchanged = since((LOW, LOW), (HIGH, HIGH))
    assert unchanged.en == (
        "Since checkpoint 1 (September 2007), time in activity has not clearly changed in either "
        "the method municipalities (from 30.0% to 30.0%) or the comparison municipalities (from "
        "40.0% to 40.0%)."
    )
    assert " er ikke klart ændret, hverken i metodekommunerne (fra " in unchanged.da
    assert ") eller i sammenligningskommunerne (fra " in unchanged.da
    risen = since((LOW, HIGH), (LOW, HIGH))
    assert "has risen in both the method municipalities" in risen.en
    assert "er steget både i metodekommunerne" in risen.da


@pytest.mark.parametrize(
    ("method", "comparison", "english", "danish"),
    [
        ((LOW, HIGH), (HIGH, LOW), ("has risen", "has fallen"), ("er steget", "er faldet")),
        (
            (LOW, LOW),
            (LOW, HIGH),
            ("has not clearly changed", "has risen"),
            ("er ikke klart ændret", "er steget"),
        ),
        (
            (HIGH, LOW),
            (LOW, LOW),
            ("has fallen", "has not clearly changed"),
            ("er faldet", "er ikke klart ændret"),
        ),
    ],
)
def test_the_course_says_what_rose_and_what_fell(method, comparison, english, danish):
    said = since(method, comparison)
    one, other = english
    assert f"time in activity {one} in the method municipalities (from " in said.en
    assert f") and {other} in the comparison municipalities (from " in said.en
    one, other = danish
    assert f"tid i aktivitet {one} i metodekommunerne (fra " in said.da
    assert f") og {other} i sammenligningskommunerne (fra " in said.da


def test_the_first_checkpoint_is_told_as_the_starting_point():
    said = since((HIGH,), (LOW,), now=FIRST)
    assert said.en == (
        "The starting point, before the method municipalities begin: time in activity is 40.0% "
        "in the method municipalities; "
        "the share is to be read beside the comparison municipalities' 30.0%."
    )
    assert said.da.endswith(
        ": tid i aktivitet er 40,0\N{NO-BREAK SPACE}pct. i metodekommunerne; andelen er at "
        "læse ved siden af de 30,0\N{NO-BREAK SPACE}pct. i sammenligningskommunerne."
    )


def test_hidden_shares_are_said_to_be_hidden():
    assert (
        "cannot be followed (too few persons) in the method municipalities (from • to 40.0%)"
        in since((FEW, HIGH), (LOW, LOW)).en
    )
    assert returned(FEW, LOW).en.count("•") == 1


def test_no_sentence_ends_with_two_full_stops():
    for said in (
        since((LOW, HIGH), (LOW, LOW)),
        returned(LOW, HIGH),
        reached(*"mmmm"),
    ):
        assert not said.da.endswith("..") and not said.en.endswith("..")


def test_interventions_are_sorted_by_what_their_intervals_say():
    names = {kind.key: kind.name for kind in PLAN.interventions}
    table = pd.DataFrame({"lower": 0.9, "upper": 1.2}, index=list(names))
    table.loc["job-package"] = [1.1, 1.5]
    table.loc["mentor"] = [float("nan")] * 2
    said = statements.describe_ratios(table, names)
    assert said.en.startswith(
        "Participants in this intervention left benefit for self-support clearly more often than "
        "others: job package. No clear difference: "
    )
    assert "less often" not in said.en
    assert said.da.endswith(", mentor og forberedelsesforløb.")
    table.loc["competence-card"] = [1.2, 1.9]
    said = statements.describe_ratios(table, names)
    assert said.da.startswith("Deltagere i disse indsatser") and "in these interventions" in said.en
