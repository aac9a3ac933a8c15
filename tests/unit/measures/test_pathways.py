"""A typical pathway reveals only what many share, never the outcome of somebody's background."""

import itertools

import numpy as np
import pandas as pd
import pytest

from evalbook import plan
from evalbook.errors import DisclosureError
from evalbook.report import Report
from evalbook.sdc import Persons
from evalbook.sdc.leaks import find_leaks
from evalbook.sdc.ledger import Ledger
from evalbook.sdc.protected import ProtectedTables
from evalbook.text.language import Text
from nychance.measures.pathways import AGE_BANDS, OUTCOMES, REACHED, Pathways, typical
from nychance.register import read_register
from nychance.register.provenance import SYNTHETIC
from nychance.sentences.cases import about, case_texts

PLAN = plan.load()
STEPS = [step.key for step in PLAN.staircase]


@pytest.fixture(scope="module")
def register(extract_folder):
    return read_register(extract_folder, PLAN.checkpoint(5), PLAN)


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


def of_job_packages(register, minimum=5, supports=(), persons=None):
    who = everybody(register) if persons is None else persons
    return typical(register, "job-package", who, STEPS, supports, minimum)


def described(pathways, minimum=5, hidden=()):
    """The texts of the pathways that may be described, when a build has audited what is told."""
    protected = ProtectedTables(Ledger(minimum, hidden, b"secret"), SYNTHETIC)
    texts = case_texts(
        pathways,
        protected.shares(pathways.shares, by=["outcome", "of"], name="pathways"),
        protected.means(pathways.benefit, by="outcome", scale=(0, 26), name="benefit"),
        protected.means(pathways.steps, by=["outcome", "step"], scale=(0, 53), name="steps"),
        PLAN,
    )
    if leaks := find_leaks({("2009-03", "qualification"): protected.ledger}, b"secret").rows:
        return described(pathways, minimum, {*hidden, *(leak.row for leak in leaks)})
    return texts


@pytest.mark.parametrize("minimum", [3, 5, 20])
def test_what_is_told_is_true_of_enough_and_of_enough_who_ended_elsewhere(register, known, minimum):
    pathways = of_job_packages(register, minimum)
    assert list(pathways.traits) == list(OUTCOMES)
    told = pathways.shares.query("of == @REACHED").frame().groupby("outcome", observed=True)
    counts = told[["counted", "out_of"]].sum()
    for outcome, traits in pathways.traits.items():
        similar = known
        for column, value in traits.items():
            similar = similar[similar[column] == value]
        same = (similar["outcome"] == outcome).sum()
        assert counts.loc[outcome].tolist() == [same, len(similar)]
        assert same >= minimum
        assert len(similar) - same >= minimum


def test_the_more_must_be_alike_the_less_is_told(register):
    details = [
        sum(map(len, of_job_packages(register, minimum).traits.values()))
        for minimum in (3, 20, 60, 10_000)
    ]
    assert details == sorted(details, reverse=True)
    assert details[0] > details[-1] == 0


def test_where_too_few_are_alike_there_are_no_pathways(register):
    none = of_job_packages(register, minimum=10_000)
    assert none.traits == {}
    assert len(none.shares) == len(none.benefit) == len(none.steps) == 0
    assert described(none) is None


def test_weeks_on_the_steps_are_those_around_the_start(register, known):
    pathways = of_job_packages(register)
    spent = pathways.steps.frame()
    total = spent.groupby(["outcome", "person"], observed=True)["value"].sum()
    assert total.between(0, 2 * pathways.weeks + 1).all() and total.max() > 0
    assert pathways.benefit["value"].between(0, pathways.weeks).all()
    # One person's weeks on each step, counted by hand.
    first = known[known["outcome"] == "ordinary-work"]
    for column, value in pathways.traits["ordinary-work"].items():
        first = first[first[column] == value]
    row = int(first["person"].iloc[0])
    mine = spent[spent["person"] == register.identities[row]]
    records = register.interventions[
        (register.interventions["kind"] == "job-package")
        & (register.interventions["person"] == row)
    ]
    begin = int(np.flatnonzero(register.weeks <= records["start"].min())[-1])
    around = register.step[row, begin - pathways.weeks : begin + pathways.weeks + 1]
    assert mine.set_index("step")["value"].to_dict() == {
        step: (around == place).sum() for place, step in enumerate(STEPS)
    }


def test_text_names_no_company_no_municipality_and_no_exact_number(register):
    companies = set(register.interventions["company"].dropna())
    places = set(register.municipalities["name"])
    pathways = of_job_packages(register, supports=("mentor",))
    text = described(pathways)
    for language, name in itertools.product(("da", "en"), companies | places):
        assert name not in text[language]
    counts = pathways.shares.frame().groupby(["outcome", "of"], observed=True)["counted"].sum()
    for count in counts[counts > 53].astype(int):
        assert str(count) not in text.da or count % 10 == 0
    assert text.en.count("### ") == len(OUTCOMES)
    for word in ("Background", "On the staircase", "Next step"):
        assert text.en.count(f"**{word}.**") == len(OUTCOMES)


@pytest.mark.parametrize(
    ("persons", "expected"),
    [(5, "færre end ti"), (9, "færre end ti"), (12, "omkring 10"), (38, "omkring 40")],
)
def test_numbers_are_told_in_tens(persons, expected):
    assert about(persons).da == expected


def test_a_course_that_only_two_persons_had_is_not_told(register, known):
    """Whatever chose it: protection has the last word."""
    few = np.zeros(len(register.persons), dtype=bool)
    for outcome, persons in known.groupby("outcome")["person"]:
        few[persons.head(2 if outcome == "ordinary-work" else 12)] = True
    chosen = of_job_packages(register, minimum=1, persons=few)
    reached = chosen.shares.query("of == @REACHED and outcome == 'ordinary-work'")
    assert 0 < reached["counted"].sum() <= 2
    text = described(chosen)
    assert text is None or "From job package to self-support" not in text.en


def made(*shares, traits=None):
    """Pathways with `count` of the persons `first` to `last`, by outcome and what is shared."""
    rows = [
        (person, outcome, of, float(place < count), 1.0)
        for outcome, of, count, persons in shares
        for place, person in enumerate(persons)
    ]
    columns = ["person", "outcome", "of", "counted", "out_of"]
    table = Persons(pd.DataFrame(rows, columns=columns))
    outcomes = list(dict.fromkeys(outcome for outcome, *_ in shares))
    mine = table[(table["of"] == REACHED) & (table["counted"] == 1)][["person", "outcome"]]
    return Pathways(
        26,
        {outcome: traits or {} for outcome in outcomes},
        table,
        mine.assign(value=20.0),
        mine.assign(step="work-trial", value=5.0),
    )


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
    pathways = made(("ordinary-work", REACHED, count, range(n)), traits={"sex": "K"})
    assert (described(pathways, minimum) is not None) is expected


def test_two_told_outcomes_do_not_give_a_third_away():
    women = range(42)
    # Two women had the third outcome: all less both would tell.
    both = made(
        ("ordinary-work", REACHED, 20, women),
        ("on-the-way", REACHED, 20, [*women[20:], *women[:20]]),
        traits={"sex": "K"},
    )
    text = described(both)
    assert text is None or text.en.count("### ") < 2


def test_support_that_only_two_had_is_not_named():
    text = described(
        made(
            ("ordinary-work", REACHED, 20, range(60)),
            ("ordinary-work", "mentor", 2, range(20)),
            ("ordinary-work", "competence-card", 8, range(20)),
        )
    )
    assert "competence card" in text.en
    assert "mentor" not in text.en


def test_paragraphs_about_persons_state_published_results_only(tmp_path, monkeypatch):
    monkeypatch.setenv("EVALBOOK_FIGURES", str(tmp_path))
    published = Report("qualification", "2009-03", SYNTHETIC)
    published.prose("cases", Text("Omkring 40 kvinder.", "About 40 women."))
    published.close()
    for number, text in enumerate(
        [Text("Det er 5,1 pct.", "It is 5.1%."), Text("To: 2 personer.", "Two: 2 persons.")]
    ):
        refused = Report("qualification", "2009-03", SYNTHETIC)
        with pytest.raises(DisclosureError, match=f"cases-{number}"):
            refused.prose(f"cases-{number}", text)
            refused.close()
