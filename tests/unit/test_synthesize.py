"""The demonstration extract has the real layout and what makes real extracts hard."""

import json
from itertools import pairwise

import pandas as pd
import pyarrow.parquet as pq

from nychance import public
from nychance.register import week_start
from nychance.synthesize import synthesize


def test_weeks_are_iso_weeks_with_week_53_of_2009_only(extract_folder):
    names = [n for n in pq.read_schema(extract_folder / "dream.parquet").names if n.startswith("y_")]
    starts = [week_start(name) for name in names]
    assert (names[0], names[-1], len(names)) == ("y_0601", "y_0953", 209)
    assert {(b - a).days for a, b in pairwise(starts)} == {7}


def test_employment_is_known_only_from_2008(extract_folder):
    monthly = [n for n in pq.read_schema(extract_folder / "dream.parquet").names if n.startswith(("branche_", "grad_"))]
    assert min(name.split("_", 1)[1] for name in monthly) == "2008_01"


def test_names_are_invented(extract_folder):
    invented = pd.read_csv(extract_folder / "municipalities.csv", sep=";", encoding="latin-1")
    assert not set(invented["name"]) & set(public.municipalities()["name"])
    assert not set(invented["municipality"]) & set(public.municipalities().index)


def test_ends_are_final(extract_folder):
    codes = pd.read_csv(extract_folder / "codes.csv").query("censoring == 1")["code"]
    dream = pd.read_parquet(extract_folder / "dream.parquet").filter(like="y_")
    ended = dream.isin(list(codes)).to_numpy(dtype=bool)
    assert ended.any()
    assert (ended[:, 1:] >= ended[:, :-1]).all()


def test_something_is_missing_and_people_move(extract_folder):
    assert pd.read_parquet(extract_folder / "persons.parquet").isna().any().any()
    assert pd.read_parquet(extract_folder / "residence.parquet")["PNR"].duplicated().any()


def test_same_seed_same_extract(extract_folder, tmp_path):
    synthesize(tmp_path / "again", persons=8000, seed=1)
    for name in ("dream", "persons", "match", "residence", "population"):
        pd.testing.assert_frame_equal(
            pd.read_parquet(extract_folder / f"{name}.parquet"), pd.read_parquet(tmp_path / "again" / f"{name}.parquet")
        )


def test_without_effects_the_truth_says_so(tmp_path):
    synthesize(tmp_path / "none", persons=1000, seed=1, effects=False)
    assert json.loads((tmp_path / "none" / "truth.json").read_text()) != {}
