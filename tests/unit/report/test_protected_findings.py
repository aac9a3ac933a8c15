"""Findings: what is recorded, written and told has passed the gate, in both languages."""

import json

import pandas as pd
import pytest

from evalbook.errors import DisclosureError, UsageError
from evalbook.models.shares.proportions import share
from evalbook.report import Column, Findings
from evalbook.text.language import Text
from evalbook.text.source import Source
from nychance import charts
from nychance.register.provenance import SYNTHETIC
from nychance.sentences import statements

HOW = Text("optalt", "counted")
PUBLIC = Source(Text("Kilde: offentlig", "Source: public"))


@pytest.fixture
def findings(tmp_path, monkeypatch):
    monkeypatch.setenv("EVALBOOK_FIGURES", str(tmp_path))
    return Findings("method", "2009-03")


def written(findings):
    findings.close()
    return {path.name: path.read_text(encoding="utf-8") for path in findings.folder.iterdir()}


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_a_hidden_share_is_nowhere_in_the_results(findings, count):
    findings.record_share("use", share(count, 37), method=HOW, source=SYNTHETIC)
    entry = json.loads(written(findings)["results.json"])["numbers"]["use"]
    hidden = (None, None, None)
    assert ((entry["value"], entry["interval"], entry["n"]) == hidden) is (count < 5)


def test_a_count_of_persons_is_hidden_and_one_of_municipalities_is_not(findings):
    findings.record_number("persons", 4, "count", method=HOW, source=SYNTHETIC)
    findings.record_number(
        "places", 4, "count", method=HOW, source=SYNTHETIC, counted="municipalities"
    )
    findings.record_number("public", 4, "count", method=HOW, source=PUBLIC)
    numbers = json.loads(written(findings)["results.json"])["numbers"]
    assert [numbers[key]["value"] for key in ("persons", "places", "public")] == [None, 4, 4]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(4 / 37, False), (5 / 37, True), (32 / 37, True), (33 / 37, False), (1.0, False)],
)
def test_a_share_given_as_a_number_counts_as_its_numerator(findings, value, shown):
    findings.record_number(
        "use", value, "share", n=37, interval=(0.0, 1.0), method=HOW, source=SYNTHETIC
    )
    entry = json.loads(written(findings)["results.json"])["numbers"]["use"]
    assert (entry["value"] is not None) is shown
    assert (entry["interval"] is not None) is shown


def test_a_table_of_unprotected_counts_is_refused_naming_table_row_and_column(findings):
    frame = pd.DataFrame({"name": ["a", "b"], "persons": [40, 3]})
    columns = {"name": Column(HOW), "persons": Column(HOW, "count")}
    with pytest.raises(DisclosureError, match=r"table moves: row 1, column 'persons'") as caught:
        findings.table("moves", frame, columns, source=SYNTHETIC)
    assert "40" not in str(caught.value)
    assert not list(findings.folder.glob("moves*"))


def test_a_protected_table_hides_the_same_cells_in_both_languages(findings):
    counts = pd.DataFrame({"a": [3, 40, 50], "b": [60, 70, 80]}, index=["x", "y", "z"]).rename_axis(
        index="row", columns="column"
    )
    shown = findings.protect_counts(counts, "all").counts
    frame = shown.assign(name=shown.index)
    columns = {"name": Column(HOW), "a": Column(HOW, "count"), "b": Column(HOW, "count")}
    findings.table("t", frame, columns, source=SYNTHETIC)
    files = written(findings)
    places = [
        [line.count("\N{BULLET}") for line in files[f"t.{language}.md"].splitlines()]
        for language in ("da", "en")
    ]
    assert places[0] == places[1]
    assert sum(places[0]) == shown.isna().sum().sum() == 4
    rows = json.loads(files["results.json"])["tables"]["t"]["rows"]
    assert sum(row[column] is None for row in rows for column in "ab") == 4


@pytest.mark.parametrize("place", ["label", "alt"])
def test_a_sentence_that_tells_an_unprotected_share_stops_the_notebook(findings, place):
    raw = share(4, 37)
    findings.record_share("use", raw, method=HOW, source=SYNTHETIC)
    told = Text("Andelen er {x}.", "The share is {x}.").format(
        x=statements.format_value(raw.value, "share")
    )
    if place == "label":
        findings.record_text("sentence", told)
    else:
        findings._add("figures", "f", {"alt": {"da": told.da, "en": told.en}})
    with pytest.raises(DisclosureError, match="sentence" if place == "label" else place) as caught:
        findings.close()
    assert "10" not in str(caught.value)
    assert not (findings.folder / "results.json").exists()


def test_sentences_that_tell_recorded_shares_and_targets_pass(findings):
    found = findings.protect_shares({"method": share(30, 97)}, "all", by="role", hit="use")
    target = findings.plan.targets[0]
    findings.record_text("sentence", statements.verdict_sentence(found["method"], target))
    findings.record_text("told", statements.format_share(found["method"]))
    findings.record_number("public", 31.2, "percent", method=HOW, source=PUBLIC)
    findings.record_text("public-told", statements.format_value(31.2, "percent"))
    assert "30,9" in written(findings)["results.json"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("p = 0,017", False),
        ("p = 0,309", True),
        ("p < 0,001", True),
        ("1,23 gange", False),
        ("30,9 pct.", True),
        ("mindst 26 af 52 uger i 2009", True),
    ],
)
def test_any_number_with_decimals_in_paragraphs_on_persons_has_passed_unless_it_is_a_bound(
    findings, said, told
):
    found = findings.protect_shares({"method": share(30, 97)}, "all", by="role", hit="use")[
        "method"
    ]
    text = Text(said, said.replace(",", "."))
    if told:
        findings.prose("p", text, source=SYNTHETIC, about=[found])
    else:
        with pytest.raises(DisclosureError, match="p: a sentence"):
            findings.prose("p", text, source=SYNTHETIC, about=[found])


def test_a_table_of_persons_may_tell_a_bound(findings):
    columns = {"group": Column(HOW), "p": Column(HOW)}
    findings.table(
        "t",
        pd.DataFrame({"group": ["a"], "p": ["p < 0,001"]}),
        columns,
        source=SYNTHETIC,
    )
    with pytest.raises(DisclosureError, match="column 'p'"):
        findings.table(
            "u",
            pd.DataFrame({"group": ["a"], "p": ["p = 0,017"]}),
            columns,
            source=SYNTHETIC,
        )


@pytest.mark.parametrize(
    ("da", "en", "told"),
    [
        ("Af 4 personer", "Of 4 persons", False),
        ("Af 5 personer", "Of 5 persons", True),
        ("3 kvinder", "three women", False),
        ("14 personer", "14 persons", True),
        ("4 uger for 1.204 personer", "4 weeks of 1,204 persons", True),
        ("tre", "in 2 people", False),
    ],
)
def test_no_sentence_says_how_many_a_few_persons_are(findings, da, en, told):
    findings.record_text("sentence", Text(da, en))
    if told:
        findings.close()
    else:
        with pytest.raises(DisclosureError, match="fewer than 5 persons"):
            findings.close()


@pytest.mark.parametrize(
    ("said", "told"), [("40,4 pct.", True), ("40,5 pct.", False), ("40,5", True)]
)
def test_a_sentence_may_tell_what_stands_in_a_table_of_no_persons(findings, said, told):
    columns = {"name": Column(HOW), "overlap": Column(HOW, "ratio")}
    frame = pd.DataFrame({"name": ["a"], "overlap": [40.41]})
    findings.table("t", frame, columns, source=PUBLIC)
    findings.record_text("sentence", Text(f"Mest: {said}.", f"Most: {said}."))
    if told:
        findings.close()
    else:
        with pytest.raises(DisclosureError, match="label sentence"):
            findings.close()


def test_only_what_counts_no_persons_is_shown_as_it_is(findings):
    findings.show(pd.DataFrame({"a": [1]}), source=PUBLIC)
    with pytest.raises(UsageError, match="no gate"):
        findings.show(pd.DataFrame({"a": [1]}), source=SYNTHETIC)


def test_a_figure_of_unprotected_counts_is_refused_and_one_of_protected_counts_is_drawn(findings):
    raw = pd.Series({"a": 40, "b": 3, "c": 60}).rename_axis("sector")
    names = {key: Text(key, key) for key in raw.index}

    def draw(values):
        findings.figure(
            "f",
            lambda language: charts.ranked_bars(values, names, HOW, language),
            alt=HOW,
            source=SYNTHETIC,
        )

    with pytest.raises(DisclosureError, match="figure f: row 1"):
        draw(raw)
    assert not list(findings.folder.glob("f.*"))
    draw(
        findings.protect_counts(raw, "persons in courses", overlapping=True).counts.iloc[0].dropna()
    )
    rows = json.loads(written(findings)["results.json"])["figures"]["f"]["data"]["rows"]
    numbers = [value for row in rows for value in row.values() if isinstance(value, float)]
    assert {40, 60} <= set(numbers)
    assert 3 not in numbers
