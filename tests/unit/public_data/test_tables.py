"""Public figures: the published facts, what a checkpoint sees, and how broken files are refused."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from evalbook import plan
from evalbook.errors import DataError, UsageError
from evalbook.plan import Checkpoint
from nychance.public_data import tables as public

FAR = Checkpoint(number=9, month="2030-12", activities=())
HEADER = "municipality,reference,variable,value,missing"


def figure(table: str, variable: str, day: str) -> pd.Series:
    frame = public.read(table, FAR)
    unit = next(c for c in ("municipality", "group", "region") if c in frame)
    rows = frame[(frame["variable"] == variable) & (frame["reference"] == day)]
    return rows.set_index(unit)["value"]


@pytest.fixture
def write(tmp_path: Path):
    def write(*rows: str, header: str = HEADER, name: str = "key-figures") -> Path:
        (tmp_path / f"{name}.csv").write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
        return tmp_path

    return write


# -- published facts, as the tables' source notes state them ---------------------------------------
def test_highest_shares_of_non_western_citizens_2007():
    names = public.municipalities()["name"]
    top = figure("key-figures", "nonwestern_citizens_per_10000", "2007-01-01").nlargest(3)
    assert list(zip(names[top.index], top, strict=True)) == [
        ("Ishøj", 1243),
        ("Albertslund", 932),
        ("Brøndby", 749),
    ]


def test_non_western_citizens_2007_are_302_per_10000_in_the_country():
    citizens = figure("key-figures", "nonwestern_citizens_per_10000", "2007-01-01")
    inhabitants = figure("key-figures", "population", "2007-01-01")
    assert round((citizens * inhabitants).sum() / inhabitants.sum()) == 302


@pytest.mark.parametrize(("day", "published"), [("2007-12-31", 2.5), ("2011-12-31", 4.6)])
def test_unemployed_per_100_in_the_country(day, published):
    unemployed = figure("key-figures", "unemployed_per_100", day)
    inhabitants = figure("key-figures", "population", f"{day[:4]}-01-01")
    # The published mean weights by persons aged 17-66, these weights are all inhabitants.
    assert (unemployed * inhabitants).sum() / inhabitants.sum() == pytest.approx(published, abs=0.1)


def test_population_2007_sums_to_the_published_total():
    assert figure("key-figures", "population", "2007-01-01").sum() == 5_446_989


def test_origin_groups_2007_sum_to_the_published_total():
    groups = figure("population-origin-national", "population", "2007-01-01")
    assert groups.sum() == 5_447_084
    assert groups["immigrant"] == 360_902
    assert groups["descendant"] == 116_798


@pytest.mark.parametrize(("year", "published"), [(2007, 3.6), (2008, 2.6), (2009, 4.8)])
def test_unemployment_in_denmark(year, published):
    assert (
        figure("unemployment-regional", "unemployment_pct", f"{year}-12-31")["Denmark"] == published
    )


@pytest.mark.parametrize(("year", "published"), [(2008, 72.5), (2009, 70.0)])
def test_employment_rate_in_copenhagen(year, published):
    assert figure("employment-rate", "employment_rate_pct", f"{year}-11-30")[101] == published


def test_population_by_age_2008_is_the_country_without_christiansoe():
    total = figure("population-age", "population", "2008-01-01")
    working_age = figure("population-age", "population_15_64", "2008-01-01")
    assert 0 < 5_475_791 - total.sum() < 150
    assert ((working_age / total).between(0.5, 0.8)).all()


def test_density_is_population_by_area():
    area, density = (figure("key-figures", v, "2007-01-01") for v in ("area_km2", "density"))
    inhabitants = figure("key-figures", "population", "2007-01-01")
    assert (abs(inhabitants / area / density - 1) < 0.02).all()


# -- shape -----------------------------------------------------------------------------------------
def test_98_municipalities_in_five_regions():
    listed = public.municipalities()
    assert len(listed) == 98
    assert set(listed["region"]) == {
        "Hovedstaden",
        "Sjælland",
        "Syddanmark",
        "Midtjylland",
        "Nordjylland",
    }


@pytest.mark.parametrize(
    ("table", "variables", "references"),
    [("key-figures", 11, 6), ("employment-rate", 1, 10), ("population-age", 2, 3)],
)
def test_every_municipality_has_a_row_for_every_variable_and_reference(
    table, variables, references
):
    frame = public.read(table, FAR)
    assert set(frame["municipality"]) == set(public.municipalities().index)
    assert frame["variable"].nunique() == variables
    assert len(frame) == 98 * variables * references


@pytest.mark.parametrize("table", [*public.TABLES, "municipalities", "boundaries"])
def test_every_table_tells_its_source_in_both_languages(table):
    origin = public.provenance(table)
    assert origin.source_line.da.startswith("Kilde: ")
    assert origin.source_line.en.startswith("Source: ")
    texts = [
        origin.title,
        origin.licence,
        *origin.caveats,
        *origin.labels.values(),
        *origin.units.values(),
    ]
    assert all(text.da.strip() and text.en.strip() for text in texts)
    assert all(len(source.commit) == 40 for source in origin.retrieved_from)


@pytest.mark.parametrize("table", public.TABLES)
def test_sidecar_describes_just_the_variables_of_its_table(table):
    assert set(public.provenance(table).labels) == set(public.read(table, FAR)["variable"])


def test_source_line_of_a_statbank_table():
    line = public.provenance("employment-rate").source_line
    assert line.da == "Kilde: Danmarks Statistik, Statistikbanken, tabel RAS200"
    assert line.en == "Source: Statistics Denmark, StatBank, table RAS200"


# -- what a checkpoint sees ------------------------------------------------------------------------
@pytest.mark.parametrize("checkpoint", plan.load().checkpoints, ids=lambda c: c.month)
@pytest.mark.parametrize("table", public.TABLES)
def test_no_row_lies_after_the_cut_off(table, checkpoint):
    seen, everything = public.read(table, checkpoint), public.read(table, FAR)
    assert not (seen["reference"] > pd.Timestamp(checkpoint.cutoff)).any()
    assert (
        len(seen)
        == (everything["reference"] <= pd.Timestamp(checkpoint.cutoff)).sum()
        < len(everything)
    )


@pytest.mark.parametrize(
    ("month", "reference"),
    [
        ("2007-09", None),
        ("2008-01", None),
        ("2008-03", None),
        ("2008-09", None),
        ("2009-03", "2008-11-30"),
    ],
)
def test_employment_rate_appears_at_the_last_checkpoint_only(month, reference):
    seen = public.latest(
        public.read("employment-rate", plan.load().checkpoint(month)), "employment_rate_pct"
    )
    assert len(seen) == (98 if reference else 0)
    assert set(seen["reference"]) == ({pd.Timestamp(reference)} if reference else set())


@pytest.mark.parametrize(
    ("month", "units"),
    [("2007-09", 0), ("2008-01", 98), ("2008-03", 98), ("2008-09", 98), ("2009-03", 98)],
)
def test_unemployment_2007_is_known_when_the_year_has_ended(month, units):
    seen = public.latest(
        public.read("key-figures", plan.load().checkpoint(month)), "unemployed_per_100"
    )
    assert len(seen) == units


def test_a_figure_of_the_cut_off_day_is_seen_and_one_of_the_day_after_is_not(write):
    folder = write("101,2008-01-31,population,1,", "101,2008-02-01,population,2,")
    assert list(public.read("key-figures", plan.load().checkpoint("2008-01"), folder)["value"]) == [
        1
    ]


def test_latest_passes_over_a_newer_reference_without_figures(write):
    folder = write("101,2007-01-01,population,5,", "101,2008-01-01,population,,M")
    newest = public.latest(public.read("key-figures", FAR, folder), "population")
    assert newest.loc[101, "value"] == 5
    assert newest.loc[101, "reference"] == pd.Timestamp("2007-01-01")


def test_first_reference_is_that_of_the_first_figure():
    assert public.first_reference("employment-rate", "employment_rate_pct") == date(2008, 11, 30)
    assert public.first_reference("key-figures", "unemployed_per_100") == date(2007, 12, 31)
    assert public.first_reference("key-figures", "population") == date(2001, 1, 1)


# -- broken files ----------------------------------------------------------------------------------
@pytest.mark.parametrize("column", ["municipality", "reference", "variable", "value"])
def test_a_missing_column_is_named(write, column):
    header = HEADER.replace(column, "something")
    with pytest.raises(
        DataError, match=rf"key-figures\.csv: the column '{column}' is missing[^$]*Remedy"
    ):
        public.read("key-figures", FAR, write("101,2007-01-01,population,1,", header=header))


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("101,2007-01-01,population,mange,", "value", "mange"),
        ("101,2007-01-01,population,,", "value", ""),
        ("101,2007-01-01,population,nan,", "value", "nan"),
        ("101,2007-01-01,population,inf,", "value", "inf"),
        ("101,2007-01-01,population,many,M", "value", "many"),
        ("101,01/02/2007,population,1,", "reference", "01/02/2007"),
        ("101,2007-02-30,population,1,", "reference", "2007-02-30"),
        ("101,,population,1,", "reference", ""),
        ("København,2007-01-01,population,1,", "municipality", "København"),
        ("", "municipality", ""),
    ],
)
def test_a_value_that_cannot_be_read_is_named_with_its_row(write, row, column, value):
    folder = write("147,2007-01-01,population,1,", row)
    with pytest.raises(DataError) as caught:
        public.read("key-figures", FAR, folder)
    assert f"row 3, column '{column}': '{value}'" in str(caught.value)
    assert caught.value.where.endswith("key-figures.csv")
    assert caught.value.remedy


def test_a_row_that_stands_twice_is_named(write):
    folder = write("101,2007-01-01,population,1,", "101,2007-01-01,population,2,")
    with pytest.raises(DataError, match="row 3"):
        public.read("key-figures", FAR, folder)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(
        DataError, match=r"employment-rate\.csv: the file does not exist[^$]*Remedy"
    ):
        public.read("employment-rate", FAR, tmp_path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'a,b\n"open,1\nx,y,z\n'])
def test_a_file_that_is_no_table_is_named(tmp_path, content):
    (tmp_path / "key-figures.csv").write_bytes(content)
    with pytest.raises(DataError, match=r"key-figures\.csv"):
        public.read("key-figures", FAR, tmp_path)


def test_an_unknown_table_or_variable_gets_a_suggestion():
    with pytest.raises(UsageError, match="Did you mean 'key-figures'"):
        public.read("keyfigures", FAR)
    with pytest.raises(UsageError, match="Did you mean 'population'"):
        public.first_reference("key-figures", "populaton")


@pytest.mark.parametrize(
    ("change", "named"),
    [(("title:", "titel:"), "title"), (("caveats:", "caveats: 3\nrest:"), "caveats")],
)
def test_a_broken_sidecar_names_its_field(tmp_path, change, named):
    source = Path(public.__file__).parents[2] / "data" / "public" / "municipalities.yml"
    text = source.read_text(encoding="utf-8").replace(*change)
    (tmp_path / "municipalities.yml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=rf"municipalities\.yml: {named}"):
        public.provenance("municipalities", tmp_path)


def test_a_missing_or_unreadable_sidecar_is_named(tmp_path):
    with pytest.raises(DataError, match=r"boundaries\.yml"):
        public.provenance("boundaries", tmp_path)
    (tmp_path / "boundaries.yml").write_text("a: [", encoding="utf-8")
    with pytest.raises(DataError, match="not valid YAML"):
        public.provenance("boundaries", tmp_path)


def test_a_table_of_ones_own_is_read_by_its_name(write):
    folder = write("101,2008-01-01,mine,1,", "101,2009-12-31,mine,2,", name="my-own")
    assert public.read("my-own", plan.load().checkpoint("2009-03"), folder)["value"].tolist() == [
        1.0
    ]


OWN = "municipality,reference,variable,value\n101,2007-01-01,Løn,4.5\n147,2007-01-01,Løn,3.25\n"
LAYOUTS = {
    "as documented": OWN.encode(),
    "a quoted header, of R": OWN.replace(
        "municipality,reference,variable,value", '"municipality","reference","variable","value"'
    ).encode(),
    "a byte-order mark, of Excel": OWN.encode("utf-8-sig"),
    "semicolons and decimal commas": OWN.replace(",", ";").replace(".", ",").encode(),
    "latin-1": OWN.encode("latin-1"),
    "utf-16": OWN.encode("utf-16"),
    "tabs": OWN.replace(",", "\t").encode(),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_own_tables_in_the_layouts_of_other_programs(tmp_path, name):
    (tmp_path / "mine.csv").write_bytes(LAYOUTS[name])
    table = public.read("mine", plan.load().checkpoints[-1], tmp_path)
    assert table["municipality"].tolist() == [101, 147]
    assert table["value"].tolist() == [4.5, 3.25]
    assert table["variable"].unique().tolist() == ["Løn"]
