"""What a notebook's report takes, writes and refuses."""

import json
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
import pytest

from evalbook.errors import DisclosureError, UsageError
from evalbook.report import Report
from evalbook.sdc import Persons
from evalbook.text.language import Text
from evalbook.text.source import Source

PERSONS = Source(Text.same("Source: a test"), persons=True)
PUBLIC = Source(Text.same("Source: a list"))


@pytest.fixture
def report(tmp_path, monkeypatch):
    monkeypatch.setenv("EVALBOOK_FIGURES", str(tmp_path))
    return Report("method", "2008-03", PERSONS)


@dataclass(frozen=True)
class Opened:
    """A register, as far as a report asks."""

    until: date
    source: Source = PERSONS
    names: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)


def people(sizes):
    rows = [(group, i % 2) for group, size in sizes.items() for i in range(size)]
    table = pd.DataFrame(rows, columns=["role", "counted"])
    return Persons(table.assign(person=np.arange(len(rows)), out_of=1))


def results(report):
    report.close()
    return json.loads((report.folder / "results.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("until", "told"),
    [(date(2008, 2, 24), "24 February 2008"), (date(2009, 1, 4), "31 March 2008")],
)
def test_it_states_the_last_day_of_the_data(report, monkeypatch, until, told):
    shown = []
    monkeypatch.setattr("evalbook.report.report.display", lambda each, **_: shown.append(each.data))
    report.open(Opened(until))
    report.state(checkpoint="2008-03")
    english = next(text for text in shown if "Data up to" in text)
    assert f"| Data up to | {told} |" in english
    assert "| Checkpoint | 3 (March 2008) |" in english


def test_it_does_not_state_a_day_before_it_knows_the_data(report):
    report.state(checkpoint="2008-03")
    report.open(Opened(date(2008, 4, 6)))
    with pytest.raises(UsageError, match="stated before its register was opened"):
        report.open(Opened(date(2008, 2, 24)))


def test_a_row_brings_its_interval_persons_unit_and_source(report):
    shares = report.shares(people({"method": 40, "comparison": 6}), "role")
    report.number("half", shares.loc["method"], method="Every second")
    report.number("few", shares.loc["comparison"], method="Every second")
    found = results(report)["numbers"]
    assert (found["half"]["value"], found["half"]["n"], found["half"]["unit"]) == (0.5, 40, "share")
    assert found["half"]["source"]["en"] == "Source: a test"
    assert (found["few"]["value"], found["few"]["status"]) == (None, "too-few")


@pytest.mark.parametrize("value", [17, 0.4])
def test_a_plain_number_about_persons_is_refused(report, value):
    with pytest.raises(DisclosureError, match="number few"):
        report.number("few", value, "ratio", method="By hand")


def test_what_is_not_about_persons_may_be_plain(report):
    report.number("lists", 3, "count", method="Counted", source=PUBLIC)
    assert results(report)["numbers"]["lists"]["value"] == 3


def test_a_number_says_how_it_was_worked_out(report):
    with pytest.raises(UsageError, match="nothing says how number 'lists'"):
        report.number("lists", 3, "count", source=PUBLIC)


def test_a_table_is_written_in_both_languages_with_reasons_for_what_is_hidden(report):
    shares = report.shares(people({"method": 40, "comparison": 6}), "role")
    report.table("halves", shares)
    danish = (report.folder / "halves.da.md").read_text(encoding="utf-8")
    assert (
        "50,0\N{NO-BREAK SPACE}pct." in danish and "Metodekommuner" in danish and "for få" in danish
    )
    english = (report.folder / "halves.en.md").read_text(encoding="utf-8")
    assert "50.0%" in english and "too few" in english
    rows = results(report)["tables"]["halves"]["rows"]
    assert [row["estimate"] for row in rows] == [None, 0.5]
    assert [row["status"]["da"] for row in rows] == ["too-few", ""]


def test_categories_stand_side_by_side_on_request(report):
    table = people({"method": 40, "comparison": 60}).assign(sex=["women", "men"] * 50)
    report.table(
        "halves",
        report.shares(table.assign(counted=[1, 1, 0, 0] * 25), ["sex", "role"]),
        wide="role",
    )
    head = (report.folder / "halves.en.md").read_text(encoding="utf-8").splitlines()[0]
    assert (
        head.index("Sex")
        < head.index("Comparison municipalities")
        < head.index("Method municipalities")
    )


def test_a_table_of_persons_is_refused_whatever_it_is_called(report):
    with pytest.raises(DisclosureError):
        report.table("persons", pd.DataFrame({"n": [17]}))
    with pytest.raises(DisclosureError):
        report.table("persons", people({"method": 40}))


def test_a_sentence_with_a_share_that_no_result_has_is_refused(report):
    report.sentence("claim", Text(da="Det er 12,3 pct.", en="That is 12.3%"))
    with pytest.raises(DisclosureError, match="claim"):
        report.close()


def test_a_name_is_taken_once(report):
    report.sentence("claim", "Method")
    with pytest.raises(UsageError, match="published twice"):
        report.sentence("claim", "Method")
