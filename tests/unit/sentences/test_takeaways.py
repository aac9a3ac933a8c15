"""Sentences to take home: grammatical in both languages, whatever the results."""

import pytest

from evalbook import plan
from evalbook.errors import UsageError
from evalbook.models.shares.proportions import share
from evalbook.sdc.thresholds import shown
from nychance.sentences import statements, takeaways

PLAN = plan.load()
KEYS = [target.key for target in PLAN.targets]
FIRST, LAST = PLAN.checkpoints[0], PLAN.checkpoints[-1]
ACTIVITY = PLAN.targets[-1]
MET, NOT_MET, LOW, HIGH = (shown(share(count, 1000)) for count in (900, 10, 300, 400))


def undecided(target):
    return shown(share(round(100 * target.threshold), 100))


def reached(*kinds):
    """The sentence for targets that are met (m), not met (n), undecided (u) or hidden (h), in the plan's order."""
    shares = {
        target.key: {"m": MET, "n": NOT_MET, "u": undecided(target), "h": None}[kind]
        for target, kind in zip(PLAN.targets, kinds, strict=True)
    }
    return takeaways.targets_reached(shares, PLAN.targets)


def test_all_targets_met():
    said = reached(*"mmmm")
    assert said.en == "All four targets are met in the method municipalities."
    assert said.da == "Alle fire mål er nået i metodekommunerne."


def test_one_and_several_are_told_in_singular_and_plural():
    said = reached(*"mnuu")
    assert said.en == (
        "Of the four targets, one is met in the method municipalities: “Passive persons into activity”; one is not met: "
        "“Self-supporting (share of persons)”; two are undecided: “Self-supporting (share of time)” and “Time in activity”."
    )
    assert said.da == (
        "Af de fire mål er ét nået i metodekommunerne: »Passive i gang«; ét er ikke nået: »Selvforsørgede (andel af personer)«; "
        "to er uafgjorte: »Selvforsørgede (andel af tiden)« og »Tid i aktivitet«."
    )
    said = reached(*"mmnu")
    assert (
        "two are met in the method municipalities: “Passive persons into activity” and “Self-supporting"
        in said.en
    )
    assert "one is undecided: “Time in activity”." in said.en
    assert said.da.endswith("ét er uafgjort: »Tid i aktivitet«.")


def test_that_none_is_met_is_said_plainly():
    said = reached(*"nnnh")
    assert said.en.startswith(
        "Of the four targets, none is met in the method municipalities; three are not met: "
    )
    assert said.da.startswith("Af de fire mål er ingen nået i metodekommunerne; tre er ikke nået: ")
    assert said.en.endswith("one rests on too few persons to be told: “Time in activity”.")
    assert said.da.endswith("ét bygger på for få personer til at kunne oplyses: »Tid i aktivitet«.")


def since(method, comparison, now=LAST):
    course = {
        "method": {FIRST.number: method[0], now.number: method[-1]},
        "comparison": {FIRST.number: comparison[0], now.number: comparison[-1]},
    }
    return takeaways.course_since(ACTIVITY, course, FIRST, now)


def test_the_same_course_is_told_once():
    unchanged = since((LOW, LOW), (HIGH, HIGH))
    assert unchanged.en == (
        "Time in activity has not clearly changed in the method municipalities (from 30.0% to 30.0%) or in the comparison "
        "municipalities (from 40.0% to 40.0%) since checkpoint 1 (September 2007)."
    )
    assert " er ikke klart ændret i metodekommunerne (fra " in unchanged.da
    assert ") eller i sammenligningskommunerne (fra " in unchanged.da
    risen = since((LOW, HIGH), (LOW, HIGH))
    assert "has risen both in the method municipalities" in risen.en
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
    assert said.en.startswith(f"Time in activity {one} in the method municipalities (from ")
    assert f") and {other} in the comparison municipalities (from " in said.en
    assert said.en.endswith(" since checkpoint 1 (September 2007).")
    one, other = danish
    assert said.da.startswith(f"Tid i aktivitet {one} i metodekommunerne (fra ")
    assert f") og {other} i sammenligningskommunerne (fra " in said.da
    assert said.da.endswith(" siden 1. nedslag (september 2007).")


def test_the_first_checkpoint_is_told_as_the_starting_point():
    said = since((HIGH,), (LOW,), now=FIRST)
    assert said.en == (
        "The starting point, before the method municipalities begin: time in activity is 40.0% in the method municipalities, "
        "higher than the comparison municipalities' 30.0%."
    )
    assert said.da.endswith(
        ": tid i aktivitet er 40,0\N{NO-BREAK SPACE}pct. i metodekommunerne, højere end de "
        "30,0\N{NO-BREAK SPACE}pct. i sammenligningskommunerne."
    )


def test_hidden_shares_are_said_to_be_hidden():
    assert (
        "rests on too few persons to be told in the method municipalities (from • to 40.0%)"
        in since((None, HIGH), (LOW, LOW)).en
    )
    assert takeaways.revolving_door({"method": None, "comparison": LOW}, 26).en.count("•") == 1


def test_no_sentence_ends_with_two_full_stops():
    for said in (
        since((LOW, HIGH), (LOW, LOW)),
        takeaways.revolving_door({"method": LOW, "comparison": HIGH}, 26),
        reached(*"mmmm"),
    ):
        assert not said.da.endswith("..") and not said.en.endswith("..")


def test_shares_that_no_gate_has_seen_are_refused():
    with pytest.raises(UsageError):
        takeaways.targets_reached(dict.fromkeys(KEYS, share(1, 2)), PLAN.targets)


def test_interventions_are_sorted_by_what_their_intervals_say():
    names = {kind.key: kind.name for kind in PLAN.interventions}
    from pandas import DataFrame

    table = DataFrame({"lower": 0.9, "upper": 1.2}, index=list(names))
    table.loc["job-package"] = [1.1, 1.5]
    table.loc["mentor"] = [float("nan")] * 2
    said = statements.describe_ratios(table, names)
    assert said.en.startswith(
        "After the start of job package, exits to self-support were clearly more frequent than without. For "
    )
    assert "less frequent" not in said.en
    assert said.da.endswith(", mentor og forberedelsesforløb ses ingen klar forskel.")
