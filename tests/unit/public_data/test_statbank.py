"""`nychance fetch` against a server that speaks StatBank's protocol."""

import csv
import json
import shutil
from datetime import date

import pytest
import yaml

from evalbook import plan
from evalbook.errors import DataError, UsageError
from nychance.public_data import tables as public
from nychance.public_data.statbank import jsonstat, queries
from nychance.public_data.statbank.refresh import Outcome, fetch
from nychance.public_data.statbank.service import StatBank
from tests.conftest import ROOT
from tests.lib.statbank_server import Variable, serving
from tests.lib.statbank_tables import service as tables

LAST = plan.Checkpoint(number=5, month="2009-03", activities=())
MUNICIPALITIES = [f"{code:03d}" for code in public.municipalities().index]


@pytest.fixture
def statbank():
    with serving(tables(MUNICIPALITIES)) as service:
        yield service


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(ROOT / "data" / "public", tmp_path / "public")
    return tmp_path / "public"


@pytest.fixture
def refresh(statbank, folder, tmp_path):
    def refresh(*names, **options):
        service = StatBank(tmp_path / "cache", statbank.url, patience=0.01)
        return list(fetch(service, folder, names, **options))

    return refresh


def rows(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# -- what is written -------------------------------------------------------------------------------
def test_all_tables_are_refreshed_and_can_be_read(refresh, folder):
    outcomes = refresh()
    assert all(isinstance(outcome, Outcome) and outcome.replaced for outcome in outcomes), outcomes
    for name in queries.load(folder):
        table = public.read(name, LAST, folder)
        assert len(table)
        assert set(table["variable"]) <= set(public.provenance(name, folder).labels)


def test_a_figure_is_the_sum_over_the_codes_it_names(refresh, folder):
    refresh("population-origin")
    table = public.read("population-origin", LAST, folder).set_index(
        ["municipality", "variable", "reference"]
    )["value"]
    # 49 ages, and two codes of non-western origin, each int(1101 * 0.25) by age.
    assert table[101, "persons_16_64", "2008-01-01"] == 49 * 11010
    assert table[101, "persons_16_64_nonwestern", "2008-01-01"] == 49 * 2 * 275


def test_references_are_those_of_the_period(refresh, folder):
    refresh("RAS200", "AULP01", "FOLK1E")
    assert {row["reference"] for row in rows(folder, "employment-rate")} >= {
        "2008-11-30",
        "2012-11-30",
    }
    assert rows(folder, "unemployment-regional")[0]["reference"] == "2007-12-31"
    assert {row["reference"] for row in rows(folder, "population-origin")} == {
        "2008-01-01",
        "2009-01-01",
    }


def test_years_before_the_programme_are_not_asked_for(refresh, statbank):
    refresh("FOLK2")
    (asked,) = statbank.asked_for_data
    assert asked["variables"][-1] == {
        "code": "Tid",
        "values": [str(year) for year in range(2006, 2013)],
    }


def test_metadata_stand_beside_the_data(refresh, folder):
    refresh("FOLK1E")
    kept = public.retrieval("population-origin", folder)
    assert kept is not None
    assert (kept.table, kept.unit, kept.updated, kept.note) == (
        "FOLK1E",
        "Number",
        "2024-05-10T08:00:00",
        "A note of the publisher.",
    )
    assert kept.retrieved == date.today()
    assert kept.labels["HERKOMST"]["25"] == "Immigrants from non-western countries"


def test_a_value_that_is_not_published_is_named_and_kept_empty(refresh, folder):
    (outcome,) = refresh("RAS200")
    assert "825 2008-11-30 employment_rate_nonwestern_descendants_pct (..)" in outcome.summary
    (row, *_) = [r for r in rows(folder, "employment-rate") if r["missing"]]
    assert (row["value"], row["missing"]) == ("", "..")
    assert public.retrieval("employment-rate", folder).missing == {"..": 5}


def test_a_sum_with_a_part_that_is_not_published_is_not_published(refresh, folder, statbank):
    statbank.tables["FOLK1B"].value = lambda at: ":" if at["ALDER"] == "15-19" else 1_000
    refresh("FOLK1B")
    by_variable = {
        row["variable"]: (row["value"], row["missing"]) for row in rows(folder, "population-age")
    }
    assert by_variable == {"population": ("1000", ""), "population_15_64": ("", ":")}


def test_only_what_changed_is_replaced_and_the_change_is_told(refresh, folder, statbank):
    refresh("FOLK2")
    before = files(folder)
    value = statbank.tables["FOLK2"].value
    statbank.tables["FOLK2"].value = lambda at: (
        value(at) + (at["Tid"] == "2007" and at["HERKOMST"] == "4")
    )
    statbank.tables["FOLK2"].updated = "2024-06-10T08:00:00"
    (outcome,) = refresh("FOLK2")
    assert (
        "0 rows appear, 0 vanish, 1 change; population 2007-01-01 immigrant: 6007 → 6008"
        in outcome.summary
    )
    changed = {name for name, content in files(folder).items() if before[name] != content}
    assert changed == {"population-origin-national.csv", "population-origin-national.fetched.yml"}


def test_what_has_not_changed_is_not_asked_for_again(refresh, folder, statbank):
    refresh("FOLK2")
    before = files(folder)
    (outcome,) = refresh("FOLK2")
    assert "has not changed" in outcome.summary
    assert len(statbank.asked_for_data) == 1
    assert files(folder) == before


def test_a_dry_run_asks_for_metadata_only_and_writes_nothing(refresh, folder, statbank):
    before = files(folder)
    (outcome,) = refresh("FOLK1E", dry_run=True)
    assert (
        "115,248 cells in one request, 2008K1 to 2009K1" in outcome.summary
    )  # 98 areas, 2 sexes, 49 ages, 6 origins, 2 years
    assert statbank.asked_for_data == []
    assert files(folder) == before


def test_a_code_that_means_something_else_is_told(refresh, statbank):
    refresh("FOLK2")
    statbank.tables["FOLK2"].variable("HERKOMST").values["4"] = "Immigrants and others"
    statbank.tables["FOLK2"].updated = "2024-06-10T08:00:00"
    (outcome,) = refresh("FOLK2")
    assert "HERKOMST 4 was 'Immigrants' and is 'Immigrants and others'" in outcome.summary


# -- the limit, resuming, patience -----------------------------------------------------------------
def test_a_query_over_the_limit_is_split_and_gives_the_same_table(
    refresh, folder, statbank, monkeypatch
):
    refresh("RAS200")
    whole = (folder / "employment-rate.csv").read_bytes()
    (folder / "employment-rate.fetched.yml").unlink()
    monkeypatch.setattr(queries, "LIMIT", 3_000)
    statbank.limit = 3_000
    statbank.tables["RAS200"].updated = "2024-06-10T08:00:00"
    refresh("RAS200")
    assert (folder / "employment-rate.csv").read_bytes() == whole
    assert len(statbank.asked_for_data) > 3


def test_the_service_may_count_more_cells_than_we_do(refresh, folder, statbank):
    statbank.tables["RAS200"].contents, statbank.limit = 4, 20_000
    (outcome,) = refresh("RAS200")
    assert outcome.replaced
    assert len({row["reference"] for row in rows(folder, "employment-rate")}) == 5


def test_a_fetch_that_was_broken_off_goes_on_where_it_stopped(
    refresh, folder, statbank, monkeypatch
):
    monkeypatch.setattr(queries, "LIMIT", 3_000)
    before = files(folder)
    ask = statbank.tables["RAS200"].value
    statbank.tables["RAS200"].value = lambda at: ask(at) if at["Tid"] < "2011" else 1 / 0
    with pytest.MonkeyPatch.context() as quiet:
        quiet.setattr("socketserver.BaseServer.handle_error", lambda *_: None)
        (failure,) = refresh("RAS200")
    assert isinstance(failure, DataError)
    assert files(folder) == before
    statbank.tables["RAS200"].value = ask
    asked = [json.dumps(body) for body in statbank.asked_for_data]
    (outcome,) = refresh("RAS200")
    again = [json.dumps(body) for body in statbank.asked_for_data[len(asked) :]]
    assert outcome.replaced
    assert not set(again) & set(asked[:2])  # the two parts that had arrived


@pytest.mark.parametrize("trouble", [(503, {}), (429, {"Retry-After": "0"}), (500, {}), (502, {})])
def test_a_busy_service_is_asked_again(refresh, statbank, trouble):
    statbank.trouble = [trouble, trouble]
    (outcome,) = refresh("FOLK2")
    assert outcome.replaced


def test_retry_after_is_obeyed(refresh, statbank, monkeypatch):
    slept = []
    monkeypatch.setattr("time.sleep", slept.append)
    statbank.trouble = [(429, {"Retry-After": "7"})]
    refresh("FOLK2", dry_run=True)
    assert 7 in slept


def test_a_service_that_stays_busy_is_told(refresh, statbank, folder):
    before = files(folder)
    statbank.trouble = [(503, {})] * 20
    (failure,) = refresh("FOLK2")
    assert "HTTP 503" in str(failure)
    assert files(folder) == before


@pytest.mark.parametrize(
    ("trouble", "told"), [("cut", "does not answer"), ("page", "not the JSON that was asked for")]
)
def test_a_broken_answer_is_told_and_nothing_is_written(refresh, statbank, folder, trouble, told):
    before = files(folder)
    statbank.trouble = [trouble]
    (failure,) = refresh("FOLK2")
    assert told in str(failure)
    assert files(folder) == before


def test_no_service_is_told_with_what_to_do(folder, tmp_path):
    service = StatBank(tmp_path / "cache", "http://127.0.0.1:9/v1", patience=0)
    (failure,) = fetch(service, folder, ["FOLK2"])
    assert "does not answer" in str(failure)
    assert "bring the folder data/public" in str(failure)


# -- tables that changed ---------------------------------------------------------------------------
def test_a_gone_table_is_named_and_the_others_are_refreshed(refresh, statbank):
    del statbank.tables["RAS200"]
    outcomes = refresh()
    failures = [str(each) for each in outcomes if isinstance(each, DataError)]
    assert len(failures) == 1
    assert "RAS200" in failures[0] and "EXTRACT-NOTFOUND" in failures[0]
    assert sum(isinstance(each, Outcome) for each in outcomes) == 4


def test_a_gone_code_is_named_with_those_there_are(refresh, statbank, folder):
    before = files(folder)
    del statbank.tables["RAS200"].variable("ALDER").values["16-64"]
    statbank.tables["RAS200"].variable("ALDER").values["1666"] = "16-66 years"
    (failure,) = refresh("RAS200")
    assert "ALDER has no code 16-64" in str(failure)
    assert "1666 (16-66 years)" in str(failure)
    assert files(folder) == before


def test_a_new_and_a_gone_variable_are_both_named(refresh, statbank):
    variables = statbank.tables["RAS200"].variables
    variables[:] = [v for v in variables if v.id != "KØN"] + [
        Variable("UDDANNELSE", {"TOT": "Total"}, elimination=True)
    ]
    (failure,) = refresh("RAS200")
    assert "the variable KØN has gone" in str(failure)
    assert "the variable UDDANNELSE (uddannelse) is new" in str(failure)


def test_rates_are_never_summed(refresh, statbank):
    statbank.tables["FOLK1E"].unit = "Per cent"
    (failure,) = refresh("FOLK1E")
    assert "would sum ALDER, but the unit is 'Per cent'" in str(failure)


def test_an_unknown_table_is_refused_with_the_nearest(refresh):
    with pytest.raises(UsageError, match="Did you mean 'RAS200'"):
        refresh("RAS20")


def test_a_broken_query_is_refused_with_its_field(folder):
    path = folder / queries.FILE
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["tables"]["employment-rate"]["rows"]["column"] = "town"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(DataError, match=r"rows\.column"):
        queries.load(folder)


# -- periods and JSON-stat -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("period", "reference", "day"),
    [
        ("2008", "first", "2008-01-01"),
        ("2008", "last", "2008-12-31"),
        ("2008", "11-30", "2008-11-30"),
        ("2008K1", "first", "2008-01-01"),
        ("2008K4", "last", "2008-12-31"),
        ("2008K2", "last", "2008-06-30"),
        ("2008M02", "last", "2008-02-29"),
        ("2008M12", "first", "2008-12-01"),
    ],
)
def test_a_period_refers_to_its_day(period, reference, day):
    assert queries.Time(reference=reference).day(period).isoformat() == day


def test_a_period_that_is_not_known_is_refused():
    with pytest.raises(DataError, match="2008U12"):
        queries.Time().day("2008U12")


@pytest.mark.parametrize("version", ["list index", "version 2", "sparse"])
def test_json_stat_is_read_in_each_of_its_forms(version):
    index = ["a", "b"] if version == "list index" else {"b": 1, "a": 0}
    dimension = {
        "X": {"category": {"index": index}},
        "T": {"category": {"label": {"2008": "2008"}}},
    }
    values = {"0": 1.5} if version == "sparse" else [1.5, None]
    if version == "version 2":
        answer = {
            "id": ["X", "T"],
            "size": [2, 1],
            "dimension": dimension,
            "value": values,
            "status": ["", ":"],
        }
    else:
        answer = {
            "dataset": {
                "dimension": dimension | {"id": ["X", "T"], "size": [2, 1]},
                "value": values,
                "status": {"1": ":"},
            }
        }
    cells = jsonstat.cells(answer, "here")
    assert cells[["X", "T", "missing"]].to_numpy().tolist() == [
        ["a", "2008", ""],
        ["b", "2008", ":"],
    ]
    assert cells["value"].tolist()[0] == 1.5


def test_json_stat_with_too_few_values_is_refused():
    answer = {
        "dataset": {
            "dimension": {"X": {"category": {"index": ["a", "b"]}}, "id": ["X"], "size": [2]},
            "value": [1],
        }
    }
    with pytest.raises(DataError, match="1 values for 2 cells"):
        jsonstat.cells(answer, "here")
