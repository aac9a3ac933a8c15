"""The demonstration extract has the real layout and what makes real extracts hard."""

import errno
import json
import sys
from itertools import pairwise
from math import sqrt

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from evalbook import plan
from evalbook.errors import DataError, UsageError
from evalbook.paths import plan_directory
from nychance import columns as c
from nychance import extract, synthesize
from nychance.public_data import tables as public
from nychance.register import read_register, week_start
from nychance.synthesize import extract_tables as tables
from nychance.synthesize import municipalities

make = synthesize.synthesize
FLEX_JOB, WAGE_SUBSIDY, OFFER, UNKNOWN = 771, 735, 211, 299


@pytest.fixture(scope="module")
def names(extract_folder):
    return pq.read_schema(extract_folder / "dream.parquet").names


@pytest.fixture(scope="module")
def dream(extract_folder):
    # Reading an extract leaves the weeks to those who count them.
    return pd.read_parquet(extract_folder / "dream.parquet")


@pytest.fixture(scope="module")
def weeks(dream):
    """The codes, one column per week."""
    return dream.filter(like="y_")


@pytest.fixture(scope="module")
def truth(extract_folder):
    return json.loads((extract_folder / "truth.json").read_text())


@pytest.fixture(scope="module")
def gone_from(dream):
    """The Monday of the first week dead or abroad, of those persons whom that befell."""
    codes = dream.set_index(c.PERSON).filter(like="y_")
    gone = codes.isin([997, 999])
    monday = pd.Series(gone.to_numpy().argmax(axis=1), index=codes.index).map(
        lambda week: pd.Timestamp(week_start(codes.columns[week]))
    )
    return monday[gone.any(axis=1)]


def table(folder, name):
    return extract.read(folder, name)


# -- layout ----------------------------------------------------------------------------------------


def test_weeks_are_iso_weeks_with_week_53_of_2009_only(names):
    weekly = [name for name in names if name.startswith("y_")]
    starts = [week_start(name) for name in weekly]
    assert (weekly[0], weekly[-1], len(weekly)) == ("y_0601", "y_0953", 209)
    assert {(later - earlier).days for earlier, later in pairwise(starts)} == {7}
    assert [name for name in weekly if name.endswith("53")] == ["y_0953"]
    assert sum(name[2:4] in {"07", "08", "09"} for name in weekly) == 157


def test_each_person_has_one_row_and_each_week_one_code_of_the_mapping_or_a_blank(
    extract_folder, dream, weeks
):
    mapped = set(extract.read(extract_folder, c.CODES)[c.CODE])
    found = set(np.unique(weeks.to_numpy(dtype=float, na_value=0)).astype(int)) - {0}
    assert dream[c.PERSON].is_unique
    assert len(dream) == 8000
    assert found - mapped == {UNKNOWN}
    # Every code of the example occurs, so that every state is tried.
    assert mapped - found == set()
    assert 0.05 < weeks.isna().to_numpy().mean() < 0.5


def test_employment_is_known_by_month_and_only_from_2008(names):
    months = [f"{year}_{month:02d}" for year in (2008, 2009) for month in range(1, 13)]
    assert [name for name in names if name.startswith("branche_")] == [
        f"branche_{month}" for month in months
    ]
    assert [name for name in names if name.startswith("grad_")] == [
        f"grad_{month}" for month in months
    ]


def test_employment_goes_with_weeks_without_transfer_or_in_supported_work(dream):
    # 14 May 2008 lies in week 20.
    code, industry, degree = (
        dream["y_0820"].fillna(0),
        dream["branche_2008_05"],
        dream["grad_2008_05"],
    )
    assert (industry.isna() == degree.isna()).all()
    assert degree.dropna().between(0, 1, inclusive="right").all()
    assert set(code[industry.notna()]) == {0, FLEX_JOB, WAGE_SUBSIDY}
    assert 0.7 < industry[code == 0].notna().mean() < 0.9


def test_names_and_codes_of_municipalities_are_invented(extract_folder):
    invented = extract.read(extract_folder, c.MUNICIPALITIES)
    assert not set(invented[c.NAME]) & set(public.municipalities()["name"])
    assert not set(invented[c.MUNICIPALITY]) & set(public.municipalities().index)


@pytest.mark.parametrize("name", [c.MUNICIPALITIES, c.INTERVENTIONS])
def test_text_is_latin_1(extract_folder, name):
    with pytest.raises(UnicodeDecodeError):
        (extract_folder / f"{name}.csv").read_bytes().decode("utf-8")


def test_danish_letters_survive_reading(extract_folder):
    roster = pd.read_csv(plan_directory() / "roster.csv", encoding="utf-8").set_index(
        c.MUNICIPALITY
    )[c.NAME]
    read = extract.read(extract_folder, c.MUNICIPALITIES).set_index(c.MUNICIPALITY)[c.NAME]
    assert read.to_dict() == roster.to_dict()
    companies = extract.read(extract_folder, c.INTERVENTIONS)[c.COMPANY].dropna()
    assert {"æ", "ø", "å", "Å"} <= set("".join(companies.unique()))


# -- what makes real extracts hard -----------------------------------------------------------------


def test_death_emigration_and_retirement_are_final(extract_folder, weeks):
    final = extract.read(extract_folder, c.CODES).query("censoring == 1")[c.CODE]
    assert set(final) == {997, 998, 999}
    for code in final:
        ended = (weeks == code).fillna(False).to_numpy(dtype=bool)
        assert ended.any()
        assert (ended[:, 1:] >= ended[:, :-1]).all()


def test_nothing_happens_to_those_who_died_or_left(extract_folder, gone_from):
    stays = table(extract_folder, c.RESIDENCE).groupby(c.PERSON)[c.VALID_TO].last()
    assert ((stays[gone_from.index] + pd.Timedelta(days=1)) == gone_from).all()
    for name, begin in (
        (c.RESIDENCE, c.VALID_FROM),
        (c.MATCH, c.VALID_FROM),
        (c.INTERVENTIONS, c.START),
    ):
        began = table(extract_folder, name)
        gone = began[c.PERSON].map(gone_from)
        assert gone.notna().any()
        assert not (began[begin] >= gone).any()


def test_stays_follow_each_other_without_gap_and_about_six_per_cent_move_in_a_year(extract_folder):
    stays = table(extract_folder, c.RESIDENCE)
    later = stays[c.PERSON].eq(stays[c.PERSON].shift())
    assert (stays[c.VALID_FROM] - stays[c.VALID_TO].shift())[later].dt.days.eq(1).all()
    assert stays[c.MUNICIPALITY].ne(stays[c.MUNICIPALITY].shift())[later].all()
    # Some draw the place where they live, and stay.
    assert 0.045 < later.sum() / (8000 * 4) < 0.060


def test_courses_of_one_kind_do_not_overlap(extract_folder):
    courses = table(extract_folder, c.INTERVENTIONS).sort_values([c.PERSON, c.KIND, c.START])
    assert (courses[c.END] >= courses[c.START])[courses[c.END].notna()].all()
    same = courses[c.PERSON].eq(courses[c.PERSON].shift()) & courses[c.KIND].eq(
        courses[c.KIND].shift()
    )
    known = same & courses[c.END].shift().notna()
    assert known.any()
    assert (courses[c.START] > courses[c.END].shift())[known].all()


def assert_share(missing, share):
    """The share of missing values lies within four standard errors of the one stated."""
    assert abs(missing.mean() - share) < 4 * sqrt(share * (1 - share) / len(missing))
    assert missing.any()


@pytest.mark.parametrize(
    ("name", "column"),
    [(c.PERSONS, c.BIRTH_DATE), (c.PERSONS, c.ORIGIN), (c.MATCH, c.MATCH_CATEGORY)],
)
def test_values_are_missing_at_the_stated_rate(extract_folder, truth, name, column):
    assert_share(extract.read(extract_folder, name)[column].isna(), truth["missing"][column])


def test_companies_and_ends_of_courses_are_missing_at_the_stated_rate(extract_folder, truth):
    courses = table(extract_folder, c.INTERVENTIONS)
    at_company = courses[c.KIND].isin(["job-package", "mentor"])
    assert_share(courses[at_company][c.COMPANY].isna(), truth["missing"][c.COMPANY])
    assert courses[~at_company][c.COMPANY].isna().all()
    # The longest course takes 39 weeks: these are over.
    assert_share(courses[courses[c.START] < "2009-03-01"][c.END].isna(), truth["missing"][c.END])


def test_industries_are_missing_at_the_stated_rate(dream, truth):
    # In flex jobs and wage subsidies everybody works.
    works = (
        dream["y_0820"].isin([FLEX_JOB, WAGE_SUBSIDY]),
        dream["y_0920"].isin([FLEX_JOB, WAGE_SUBSIDY]),
    )
    missing = pd.concat(
        [dream["branche_2008_05"][works[0]], dream["branche_2009_05"][works[1]]]
    ).isna()
    assert_share(missing, truth["missing"]["branche"])


def test_some_have_a_code_that_the_mapping_lacks(weeks, truth):
    offered = weeks.isin([OFFER, UNKNOWN]).any(axis=1)
    assert_share(weeks[offered].eq(UNKNOWN).any(axis=1), truth["other_codes"]["UNEMPLOYED_OFFER"])


# -- the seed --------------------------------------------------------------------------------------


def test_larger_extract_begins_with_the_smaller_one(tmp_path, monkeypatch):
    monkeypatch.setattr(synthesize, "CHUNK", 500)
    for persons in (1000, 1700):
        make(tmp_path / str(persons), persons=persons, seed=3)
    for name in (c.DREAM, c.PERSONS):
        small, large = (extract.read(tmp_path / str(persons), name) for persons in (1000, 1700))
        pd.testing.assert_frame_equal(small, large.head(1000))
        assert large[c.PERSON].is_unique
        assert len(large) == 1700
    for name in ("municipalities.csv", "population.parquet", "codes.csv"):
        assert (tmp_path / "1000" / name).read_bytes() == (tmp_path / "1700" / name).read_bytes()


def test_truth_tells_what_was_built_in(tmp_path, truth):
    make(tmp_path / "none", persons=1000, seed=1, effects=False)
    none = json.loads((tmp_path / "none" / "truth.json").read_text())
    assert not none["effects_built_in"]
    assert {effect["value"] for effect in none["effects"].values()} == {1.0}
    assert truth["effects_built_in"]
    assert len(truth["effects"]) == 7
    assert all(effect["value"] != 1 and effect["meaning"] for effect in truth["effects"].values())
    assert truth["method_start"] == str(plan.load().definitions.method_start)


def test_reading_does_not_open_the_truth(extract_folder):
    opened = []
    listening = True

    def listen(event, arguments):
        if listening and event == "open":
            opened.append(str(arguments[0]))

    sys.addaudithook(listen)
    the_plan = plan.load()
    read_register(extract_folder, the_plan.checkpoints[-1], the_plan)
    extract.check(extract_folder)
    listening = False
    # What is read through Python is heard, the text tables among it.
    assert any(name.endswith("interventions.csv") for name in opened)
    assert not any("truth" in name for name in opened)


def test_progress_counts_up_to_all_persons(tmp_path, monkeypatch):
    monkeypatch.setattr(synthesize, "CHUNK", 600)
    told = []
    make(tmp_path / "demo", persons=1000, progress=lambda *counts: told.append(counts))
    assert told == [(600, 1000), (1000, 1000)]


# -- the folder ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("persons", "seed"), [(999, 1), (0, 1), (True, 1), (1000.0, 1), (1000, -1), (1000, 1.5)]
)
def test_impossible_size_or_seed_is_refused(tmp_path, persons, seed):
    with pytest.raises(UsageError, match="Remedy"):
        make(tmp_path / "demo", persons=persons, seed=seed)
    assert list(tmp_path.iterdir()) == []


def test_earlier_extract_is_replaced_and_a_link_to_it_stays(tmp_path):
    make(tmp_path / "demo", persons=1000, seed=1)
    (tmp_path / "link").symlink_to("demo")
    make(tmp_path / "link", persons=1000, seed=2)
    assert json.loads((tmp_path / "demo" / "truth.json").read_text())["seed"] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo", "link"]
    assert (tmp_path / "link").is_symlink()


def test_file_of_the_users_beside_an_earlier_extract_is_left_alone(tmp_path):
    make(tmp_path / "demo", persons=1000, seed=1)
    (tmp_path / "demo" / "letters.txt").write_text("keep me")
    before = contents(tmp_path / "demo")
    with pytest.raises(UsageError, match=r"letters\.txt"):
        make(tmp_path / "demo", persons=1000, seed=2)
    assert contents(tmp_path / "demo") == before


def test_real_extract_is_left_alone(tmp_path, extract_folder):
    real = tmp_path / "real"
    real.mkdir()
    (real / "dream.parquet").write_bytes((extract_folder / "dream.parquet").read_bytes())
    with pytest.raises(UsageError, match=r"dream\.parquet"):
        make(real, persons=1000)
    assert (real / "dream.parquet").read_bytes() == (extract_folder / "dream.parquet").read_bytes()


def test_file_in_place_of_the_folder_is_left_alone(tmp_path):
    (tmp_path / "demo").write_text("keep me")
    with pytest.raises(UsageError, match="left alone"):
        make(tmp_path / "demo", persons=1000)
    assert (tmp_path / "demo").read_text() == "keep me"


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def fail_half_way(monkeypatch):
    """Let the writer fail with an error in the second of two chunks."""

    def arm(error):
        written = []
        write_table = pq.ParquetWriter.write_table

        def failing(writer, *arguments, **options):
            # The population, then four tables of each chunk.
            if len(written) == 1 + 4 + 1:
                raise error
            written.append(writer)
            write_table(writer, *arguments, **options)

        monkeypatch.setattr(synthesize, "CHUNK", 500)
        monkeypatch.setattr(pq.ParquetWriter, "write_table", failing)
        return written

    return arm


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), UsageError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
    ids=["full disk", "Ctrl-C"],
)
@pytest.mark.parametrize("earlier", [True, False], ids=["over an earlier extract", "anew"])
def test_error_half_way_leaves_what_was_there_and_nothing_else(
    tmp_path, fail_half_way, error, told, earlier
):
    if earlier:
        make(tmp_path / "demo", persons=1000, seed=1)
    before = {path.name: contents(path) for path in tmp_path.iterdir()}
    written = fail_half_way(error)
    with pytest.raises(told) as raised:
        make(tmp_path / "demo", persons=1000, seed=2)
    assert len(written) == 6
    assert {path.name: contents(path) for path in tmp_path.iterdir()} == before
    if told is UsageError:
        assert "No space left" in str(raised.value)
        assert str(tmp_path / "demo") in str(raised.value)


@pytest.mark.parametrize(
    ("module", "where"),
    [
        (tables, "codes_path"),
        (municipalities, "public_directory"),
        (municipalities, "plan_directory"),
    ],
)
def test_missing_input_is_named_and_nothing_is_left(tmp_path, monkeypatch, module, where):
    monkeypatch.setattr(module, where, lambda: tmp_path / "nowhere")
    with pytest.raises(DataError, match="nowhere"):
        make(tmp_path / "demo", persons=1000)
    assert list(tmp_path.iterdir()) == []
