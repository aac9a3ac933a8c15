"""A typical course tells only what many have in common, and never how it went for somebody of that background."""

import itertools

import numpy as np
import pandas as pd
import pytest

from nychance import plan
from nychance.measures.pathways import AGE_BANDS, OUTCOMES, typical
from nychance.present.cases import about, case_text
from nychance.register import read_register


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
        outcome = "ordinary-work" if register.self_supporting[person, last] else "on-the-way" if on_step else "no-offer"
        if band is not None:
            rows.append((outcome, register.persons["sex"].iloc[person], band, first["sector"]))
    return pd.DataFrame(rows, columns=["outcome", "sex", "age", "sector"])


@pytest.mark.parametrize("minimum", [3, 5, 20])
def test_what_is_told_is_true_of_enough_and_of_enough_who_ended_elsewhere(register, known, minimum):
    told = typical(register, "job-package", everybody(register), minimum=minimum)
    assert [p.outcome for p in told] == list(OUTCOMES)
    for pathway in told:
        alike = known
        for column, value in pathway.told.items():
            alike = alike[alike[column] == value]
        same = (alike["outcome"] == pathway.outcome).sum()
        assert same == pathway.persons >= minimum
        assert len(alike) - same >= minimum
        assert all(n >= minimum for n in pathway.supports.values())


def test_the_more_must_be_alike_the_less_is_told(register):
    details = [
        sum(len(p.told) for p in typical(register, "job-package", everybody(register), minimum=minimum))
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
    for pathway in typical(register, "job-package", everybody(register), supports=("mentor",)):
        text = case_text(pathway, the_plan)
        for language, name in itertools.product(("da", "en"), companies | places):
            assert name not in text[language]
        assert str(pathway.persons) not in text.da or pathway.persons % 10 == 0
        assert "###" in text.en and all(word in text.en for word in ("Background", "On the staircase", "What next"))


@pytest.mark.parametrize(("persons", "told"), [(5, "færre end ti"), (9, "færre end ti"), (12, "omkring 10"), (38, "omkring 40")])
def test_numbers_are_told_in_tens(persons, told):
    assert about(persons).da == told
