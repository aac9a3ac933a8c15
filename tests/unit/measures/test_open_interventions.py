"""An intervention without an end runs until the cut-off.

One that ends after the cut-off is not known to end.
"""

import numpy as np
import pandas as pd
import pytest

from evalbook import plan
from nychance.measures import companies, interventions
from nychance.measures.person_weeks import person_weeks
from nychance.measures.targets import Window
from nychance.register import read_register
from tests.lib import paper

LAST = paper.LAST


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """Extracts in which C's mentor from week 35 has no end, ends after the cut-off, in week 39."""

    def made(end):
        folder = paper.write(tmp_path_factory.mktemp("open") / "extract")
        records = pd.read_csv(folder / "interventions.csv", dtype=str, keep_default_na=False)
        records.loc[records["kind"] == "mentor", ["end", "company"]] = [end, "A/S"]
        records.to_csv(folder / "interventions.csv", index=False)
        return read_register(folder, paper.CHECKPOINT, plan.load())

    return {
        "none": made(""),
        "later": made("2031-01-01"),
        "week 39": made(str(paper.monday(40) - pd.Timedelta(days=1))),
    }


def used(register, first, last):
    everybody = np.ones(len(register.persons), dtype=bool)
    found = interventions.use(register, ["mentor"], everybody, Window(first, last))
    return [
        paper.NAMES[register.identities.tolist().index(person)]
        for person in found[found["counted"] == 1].persons
    ]


@pytest.mark.parametrize("end", ["none", "later"])
def test_it_is_in_use_in_every_window_from_its_start_to_the_cut_off(read, end):
    assert [used(read[end], *weeks) for weeks in ((0, 34), (34, 35), (41, 50), (LAST, LAST))] == [
        [],
        ["C"],
        ["C"],
        ["C"],
    ]
    assert read[end].interventions.loc[lambda frame: frame["kind"] == "mentor", "end"].isna().all()


def test_one_that_ended_is_not_in_use_after_it(read):
    assert used(read["week 39"], 39, 40) == ["C"]
    assert used(read["week 39"], 40, LAST) == []


@pytest.mark.parametrize(
    ("end", "last"), [("none", LAST - 4), ("later", LAST - 4), ("week 39", 39)]
)
def test_it_runs_in_each_week_at_risk_from_its_start_on(read, end, last):
    found = person_weeks(read[end], LAST, exit_weeks=4, during=["mentor"])
    running = found[found["mentor"] == 1]
    assert set(running["person"]) == {paper.NAMES.index("C")}
    assert running["week"].tolist() == list(range(35, last + 1))


def test_a_company_without_an_end_is_still_in_contact(read):
    for end, late in (("none", ["A/S"]), ("later", ["A/S"]), ("week 39", [])):
        found = companies.placements(read[end], Window(50, LAST))
        assert found["company"].to_numpy().tolist() == late
