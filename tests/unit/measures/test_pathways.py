"""A typical pathway reveals only what many share, never the outcome of somebody's background."""

import itertools

import numpy as np
import pandas as pd
import pytest
from evalbook.sdc.control import DisclosureControl

from evalbook import plan
from evalbook.errors import DisclosureError, UsageError
from evalbook.models.shares.proportions import share
from evalbook.report import Findings
from evalbook.text.language import Text
from nychance.measures.pathways import AGE_BANDS, OUTCOMES, Pathway, typical
from nychance.register import read_register
from nychance.register.provenance import SYNTHETIC
from nychance.sentences.cases import about, case_text, protected


@pytest.fixture(scope="module")
def register(extract_folder):
    return read_register(extract_folder, plan.load().checkpoint(5), plan.load())


def everybody(register):
    return np.ones(len(register.persons), dtype=bool)


@pytest.fixture(scope="module")
def known(register):
    return courses(register)


def courses(register, weeks=26):
    """Every person's first job package that can be followed, described anew, person by person."""
    rows = []
    records = register.interventions[register.interventions["kind"] == "job-package"]
    for person, mine in records.groupby("person"):
        first = mine.sort_values(["start", "sector"]).iloc[0]
        begin = int(np.flatnonzero(register.weeks <= first["start"])[-1])
        last = begin + weeks
        if begin < weeks or last >= len(register.weeks) or not register.observed[person, last]:
            continue
        age = first["start"].year - register.persons["birth_year"].iloc[person]
        band = next((i for i, (low, high) in enumerate(AGE_BANDS) if low <= age <= high), None)
        on_step = register.step[person, last] >= 0
        outcome = (
            "ordinary-work"
            if register.self_supporting[person, last]
            else "on-the-way"
            if on_step
            else "no-offer"
        )
        if band is not None:
            rows.append(
                (person, outcome, register.persons["sex"].iloc[person], band, first["sector"])
            )
    return pd.DataFrame(rows, columns=["person", "outcome", "sex", "age", "sector"])


@pytest.mark.parametrize("minimum", [3, 5, 20])
def test_what_is_told_is_true_of_enough_and_of_enough_who_ended_elsewhere(register, known, minimum):
    pathways = typical(register, "job-package", everybody(register), minimum=minimum)
    assert [p.outcome for p in pathways] == list(OUTCOMES)
    for pathway in pathways:
        similar = known
        for column, value in pathway.traits.items():
            similar = similar[similar[column] == value]
        same = (similar["outcome"] == pathway.outcome).sum()
        assert same == pathway.share.count >= minimum
        assert len(similar) == pathway.share.n
        assert len(similar) - same >= minimum


def test_the_more_must_be_alike_the_less_is_told(register):
    details = [
        sum(
            len(p.traits)
            for p in typical(register, "job-package", everybody(register), minimum=minimum)
        )
        for minimum in (3, 20, 60, 10_000)
    ]
    assert details == sorted(details, reverse=True)
    assert details[0] > details[-1] == 0
    assert typical(register, "job-package", everybody(register), minimum=10_000) == []


def test_weeks_on_the_steps_are_the_groups_mean(register):
    pathway = typical(register, "job-package", everybody(register), minimum=5)[0]
    assert 0 < sum(pathway.steps.values()) <= 2 * pathway.weeks + 1
    assert 0 <= pathway.benefit_weeks <= pathway.weeks


def test_text_names_no_company_no_municipality_and_no_exact_number(register):
    the_plan = plan.load()
    companies = set(register.interventions["company"].dropna())
    places = set(register.municipalities["name"])
    cases = protected(
        typical(register, "job-package", everybody(register), supports=("mentor",)),
        "courses",
        DisclosureControl(),
    )
    assert [case.pathway.outcome for case in cases] == list(OUTCOMES)
    for case in cases:
        text = case_text(case, the_plan)
        for language, name in itertools.product(("da", "en"), companies | places):
            assert name not in text[language]
        assert str(case.share.count) not in text.da or case.share.count % 10 == 0
        assert "###" in text.en and all(
            word in text.en for word in ("Background", "On the staircase", "Next step")
        )


@pytest.mark.parametrize(
    ("persons", "expected"),
    [(5, "færre end ti"), (9, "færre end ti"), (12, "omkring 10"), (38, "omkring 40")],
)
def test_numbers_are_told_in_tens(persons, expected):
    assert about(persons).da == expected


def course(outcome, traits, found, **supports):
    return Pathway(
        outcome, traits, found, benefit_weeks=20.0, steps={}, weeks=26, supports=supports
    )


def test_a_course_that_only_two_persons_had_is_not_told(register, known):
    """Whatever chose it: the gate has the last word."""
    by_outcome = known.groupby("outcome")["person"]
    few = np.zeros(len(register.persons), dtype=bool)
    for outcome, persons in by_outcome:
        few[persons.head(2 if outcome == "ordinary-work" else 12)] = True
    chosen = typical(register, "job-package", few, minimum=1)
    assert {p.outcome: p.share.count for p in chosen}["ordinary-work"] <= 2
    assert "ordinary-work" not in [
        case.pathway.outcome for case in protected(chosen, "courses", DisclosureControl())
    ]


@pytest.mark.parametrize(
    ("count", "n", "minimum", "expected"),
    [
        (2, 40, 3, False),
        (3, 40, 3, True),
        (4, 40, 5, False),
        (5, 40, 5, True),
        (38, 40, 3, False),
        (40, 40, 3, False),
    ],
)
def test_the_plans_minimum_decides(count, n, minimum, expected):
    cases = protected(
        [course("ordinary-work", {"sex": "K"}, share(count, n))],
        "courses",
        DisclosureControl(minimum),
    )
    assert bool(cases) is expected


def test_two_told_outcomes_do_not_give_a_third_away():
    traits = {"sex": "K"}
    both = [
        course("ordinary-work", traits, share(20, 42)),
        course("on-the-way", traits, share(20, 42)),
    ]
    # Two women had the third outcome: all less both would tell.
    assert len(protected(both, "courses", DisclosureControl())) < 2


def test_support_that_only_two_had_is_not_named():
    case = course(
        "ordinary-work", {}, share(20, 60), mentor=share(2, 20), **{"competence-card": share(8, 20)}
    )
    (passed,) = protected([case], "courses", DisclosureControl())
    assert list(passed.supports) == ["competence-card"]
    assert "mentor" not in case_text(passed, plan.load()).en


def test_paragraphs_about_persons_need_the_gate(tmp_path, monkeypatch):
    monkeypatch.setenv("EVALBOOK_FIGURES", str(tmp_path))
    findings = Findings("qualification", "2009-03")
    text = Text("To personer.", "Two persons.")
    for groups in ([], [share(2, 40)]):
        with pytest.raises(UsageError, match="gate"):
            findings.prose("cases", text, source=SYNTHETIC, about=groups)
    (case,) = protected([course("ordinary-work", {}, share(20, 60))], "courses", findings.sdc)
    with pytest.raises(DisclosureError, match="percentage"):
        findings.prose(
            "cases", Text("Det er 5,1 pct.", "It is 5.1%."), source=SYNTHETIC, about=[case.share]
        )
    assert not list(findings.folder.glob("_cases*"))
    findings.prose("cases", text, source=SYNTHETIC, about=[case.share])
