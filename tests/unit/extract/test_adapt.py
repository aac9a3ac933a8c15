"""DREAM's published file becomes the tables of an extract."""

import pandas as pd
import pytest
from click.testing import CliRunner

from evalbook import plan
from evalbook.errors import DataError, UsageError
from nychance.commands.adapt import adapt as command
from nychance.extract.adapt import adapt
from nychance.validation import check
from tests.lib.extracts import NUMBERS, WEEKS, tables, typed, write


def published():
    """Return the extract's persons as one wide file, with columns that nobody needs."""
    content = tables()
    wide = content["dream"].rename(columns=str.upper)
    persons = content["persons"].drop(columns=["PNR", "LANDEGRUPPE"])
    years = pd.DataFrame(
        {
            "NYKOM2005": ["901"] * 12,
            "NYKOM2006": [*["901"] * 10, None, "902"],
            "NYKOM2007": [*["901"] * 4, *["902"] * 8],
            "MATCH_4KV2006": ["4"] * 12,
            "MATCH_1KV2007": [*["4"] * 6, *["2"] * 5, None],
            "MATCH_2KV2007": [*["5"] * 3, *["2"] * 9],
            "BRANCHE_2008_01": ["561010"] * 12,
            "GRAD_2008_01": ["0,75"] * 12,
            "CIVILSTAND": ["U"] * 12,
        }
    )
    return pd.concat([wide, persons, years], axis=1)


@pytest.mark.parametrize("form", ["csv", "parquet", "dta"])
def test_the_wide_file_becomes_four_tables(tmp_path, form):
    path = tmp_path / f"dream_raw.{form}"
    if form == "csv":
        published().to_csv(path, sep=";", index=False)
    elif form == "parquet":
        published().to_parquet(path)
    else:
        frame = typed(published().drop(columns=["CIVILSTAND", "GRAD_2008_01"]))
        frame.to_stata(path, write_index=False, version=118)
    out = tmp_path / "extract"
    assert adapt(path, out) == {"dream": 12, "persons": 12, "residence": 20, "match": 24}
    dream = pd.read_parquet(out / "dream.parquet")
    assert list(dream) == ["PNR", *WEEKS]
    assert dream["PNR"].tolist() == NUMBERS
    residence = pd.read_parquet(out / "residence.parquet")
    # Two years in one municipality are one stay; a year without one parts them.
    stays = residence[residence["PNR"] == NUMBERS[10]].astype(str).to_numpy().tolist()
    assert [row[1:] for row in stays] == [
        ["901", "2005-01-01", "2005-12-31"],
        ["902", "2007-01-01", "2007-12-31"],
    ]
    match = pd.read_parquet(out / "match.parquet")
    assert match[match["PNR"] == NUMBERS[0]].astype(str).to_numpy().tolist() == [
        [NUMBERS[0], "2006-10-01", "4"],
        [NUMBERS[0], "2007-04-01", "5"],
    ]


def test_with_the_tables_that_remain_it_is_an_extract(tmp_path):
    path = tmp_path / "raw.csv"
    published().to_csv(path, index=False)
    out = tmp_path / "extract"
    done = CliRunner().invoke(command, [str(path), "--out", str(out)])
    assert "Still to add: municipalities, codes" in done.output
    write(out, {name: tables()[name] for name in ("municipalities", "codes")})
    checked = check(out, plan.load())
    assert not checked.errors
    assert {issue.rule.key for issue in checked.warnings} <= {"missing-table"}


def test_what_is_no_dream_file_or_would_be_overwritten(tmp_path):
    path = tmp_path / "raw.csv"
    published().drop(columns=[name.upper() for name in WEEKS]).to_csv(path, index=False)
    with pytest.raises(DataError, match="weekly columns"):
        adapt(path, tmp_path / "extract")
    published().to_csv(path, index=False)
    adapt(path, tmp_path / "extract")
    with pytest.raises(UsageError, match="already"):
        adapt(path, tmp_path / "extract")
