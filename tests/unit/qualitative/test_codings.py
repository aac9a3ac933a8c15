"""Coded material is counted as the checkpoint knew it, under the report's themes.

Nobody can be recognised.
"""

import shutil

import pandas as pd
import pytest
import yaml

from evalbook import plan
from evalbook.errors import DataError
from evalbook.qualitative import counts, informants
from evalbook.qualitative.codebook import Codebook, codebook
from evalbook.qualitative.codings import Material, of_project, read_material, read_tables
from evalbook.qualitative.refi import read_project
from tests.conftest import ROOT
from tests.unit.qualitative.refi_example import write_example

FOLDER = ROOT / "data" / "qualitative" / "material"
TALKS = (
    "talk,municipality,role,activity,date\n"
    "t1,Nørhavn,management,municipality-interviews,2007-09-12\n"
)
CODINGS = "talk,coder,code,start,end,text\nt1,k,prestige,0,4,\n"


@pytest.fixture
def book():
    return codebook()


@pytest.fixture
def tables(tmp_path):
    (tmp_path / "talks.csv").write_text(TALKS, encoding="utf-8")
    (tmp_path / "codings.csv").write_text(CODINGS, encoding="utf-8")
    return tmp_path


def test_code_gets_the_theme_of_the_nearest_name_above_it(book):
    assert (
        book.code(("Organisering", "Fælles opmærksomhed", "At løfte i flok")) == "common-attention"
    )
    assert book.code(("Organisering", "FÆLLES OPMÆRKSOMHED")) == "common-attention"
    assert book.code(("Scepticism towards the target group", "Unknown")) == "scepticism"
    assert book.code(("Noget helt andet",)) == ""
    assert book.theme_of["common-attention"] == "organisation"


def test_every_theme_has_codes_and_every_quotation_has_known_ones(book):
    from evalbook import qualitative

    the_plan = plan.load()
    assert {code.theme for code in book.codes} == {theme.stem for theme in the_plan.themes}
    quotations = qualitative.quotations(None, the_plan.checkpoint(5))
    assert {code for q in quotations for code in q.codes} <= set(book.theme_of)
    assert {q.source for q in quotations} <= set(the_plan.activities)
    assert qualitative.quotations(None, the_plan.checkpoint(5), code="company-cooperation") == [
        q for q in quotations if "company-cooperation" in q.codes
    ]


def test_project_says_where_who_why_and_when(tmp_path, book):
    found = of_project(read_project(write_example(tmp_path / "p.qdpx")), book, plan.load())
    talk = found.talks.iloc[0]
    assert (talk["municipality"], talk["role"], talk["activity"]) == (
        "Nørhavn",
        "management",
        "municipality-interviews",
    )
    assert talk["date"] == pd.Timestamp("2007-09-12")
    assert found.unmapped == ("Noget helt andet",)
    first = found.codings.iloc[0]
    assert (first["coder"], first["code"], first["theme"]) == (
        "Anna Holm",
        "common-attention",
        "organisation",
    )
    assert first["text"].startswith("Fatimas forløb")


def test_checkpoint_knows_only_what_was_said_by_then(tmp_path):
    the_plan = plan.load()
    shutil.copytree(FOLDER, tmp_path / "material")
    seen = [read_material(c, the_plan, tmp_path / "material") for c in the_plan.checkpoints]
    assert [len(m.talks) for m in seen] == sorted(len(m.talks) for m in seen)
    for checkpoint, material in zip(the_plan.checkpoints, seen, strict=True):
        assert material.talks["date"].max() <= pd.Timestamp(checkpoint.cutoff)
        assert set(material.codings["talk"]) <= set(material.talks["talk"])
        assert material.source.synthetic
    with (tmp_path / "material" / "talks-example.csv").open("a", encoding="utf-8") as file:
        file.write("new,Nørhavn,lbr,lbr-interviews,2009-01-01\n")
    again = read_material(the_plan.checkpoint(4), the_plan, tmp_path / "material")
    pd.testing.assert_frame_equal(again.talks, seen[3].talks)


def test_real_and_invented_material_is_told_apart(tables, tmp_path):
    settings = yaml.safe_load((FOLDER / "material.yml").read_text(encoding="utf-8")) | {
        "files": ["talks.csv", "p.qdpx"]
    }
    (tables / "material.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    write_example(tables / "p.qdpx")
    material = read_material(plan.load().checkpoint(1), plan.load(), tables)
    assert not material.source.synthetic
    assert len(material.talks) == 2


@pytest.mark.parametrize(
    ("name", "change", "named"),
    [
        (
            "talks.csv",
            lambda t: t.replace("management", "boss"),
            r"talks\.csv: row 2, column 'role': 'boss'",
        ),
        (
            "talks.csv",
            lambda t: t.replace("2007-09-12", "12.9.2007"),
            r"'t1', date: '12\.9\.2007' is no date",
        ),
        ("talks.csv", lambda t: t.replace("2007-09-12", ""), "row 2, column 'date'"),
        (
            "talks.csv",
            lambda t: t.replace("municipality-interviews", "chat"),
            "row 2, column 'activity'",
        ),
        ("talks.csv", lambda t: t + t.splitlines()[1], "row 3: talk 't1' stands twice"),
        ("talks.csv", lambda t: t.replace("role", "rolle", 1), "column 'role' is missing"),
        (
            "codings.csv",
            lambda t: t.replace("prestige", "pride"),
            r"codings\.csv: row 2, column 'code': 'pride'",
        ),
        ("codings.csv", lambda t: t.replace("t1", "t9"), "row 2, column 'talk': 't9'"),
        ("codings.csv", lambda t: t.replace(",0,4,", ",a,4,"), "row 2, column 'start'"),
    ],
)
def test_broken_table_is_named_with_file_row_and_column(tables, book, name, change, named):
    path = tables / name
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(DataError, match=named):
        read_tables(tables / "talks.csv", book, plan.load())


def test_table_in_another_encoding_is_named(tables, book):
    (tables / "talks.csv").write_bytes(TALKS.encode("latin-1"))
    with pytest.raises(DataError, match=r"talks\.csv.*cannot be read(.|\n)*UTF-8"):
        read_tables(tables / "talks.csv", book, plan.load())


def test_words_come_from_the_document_beside_the_table(tables, book):
    (tables / "documents").mkdir()
    (tables / "documents" / "t1.vtt").write_text(
        "WEBVTT\n\n00:01.000 --> 00:02.000\nFlok løfter.\n", encoding="utf-8"
    )
    assert read_tables(tables / "talks.csv", book, plan.load()).codings["text"].tolist() == ["Flok"]


def talks(rows):
    frame = pd.DataFrame(rows, columns=["talk", "municipality", "role", "activity", "date"])
    codings = pd.DataFrame({"talk": frame["talk"], "theme": "method", "start": 0, "end": 9})
    return Material(frame.assign(date=pd.to_datetime(frame["date"])), codings)


def test_group_is_told_when_it_is_large_enough_and_grows_by_enough():
    """Four more talks at the third checkpoint wait for a fifth: reports never differ by fewer."""
    dates = ["2007-09-10"] * 5 + ["2008-03-10"] * 4 + ["2008-09-10"]
    material = talks([(f"t{i}", "A", "lbr", "workshop", day) for i, day in enumerate(dates)])
    checkpoints = plan.load().checkpoints
    told = [
        len(
            informants.released(
                material.until(c.cutoff), ["municipality"], checkpoints[: c.number]
            ).talks
        )
        for c in checkpoints
    ]
    assert told == [5, 5, 5, 10, 10]


def test_every_combination_that_is_shown_is_large_enough():
    material = talks(
        [
            (f"t{i}", "AB"[i % 2], ["lbr", "company"][i % 3 == 0], "workshop", "2007-09-10")
            for i in range(18)
        ]
    )
    told = informants.released(
        material, ["municipality", "role"], plan.load().checkpoints[:1]
    ).talks
    assert told.groupby(["municipality", "role"]).size().tolist() == [6, 6]


def test_each_checkpoint_counts_its_own_talks():
    """Two talks up to checkpoint 1, none for 2, three for 3."""
    seen = plan.load().checkpoints[:3]
    days = {
        "a": "2007-09-10",
        "b": "2007-09-30",
        "c": "2008-02-01",
        "d": "2008-03-30",
        "e": "2008-03-31",
    }
    who = pd.DataFrame({"talk": list(days), "date": pd.to_datetime(list(days.values()))})
    marks = [
        ("a", "x", "method", 0),
        ("a", "y", "method", 0),
        ("a", "x", "method", 5),
        ("b", "x", "organisation", 0),
        ("c", "x", "method", 0),
        ("e", "y", "method", 0),
        ("d", "x", "", 0),
    ]
    codings = pd.DataFrame(marks, columns=["talk", "coder", "theme", "start"]).assign(
        end=lambda frame: frame["start"] + 3
    )
    sizes, mentioned, passages = counts.by_checkpoint(
        Material(who, codings), "theme", ["method", "organisation"], seen
    )
    assert sizes.to_dict() == {"2007-09": 2, "2008-03": 3}
    assert mentioned.loc["2007-09"].tolist() == [1, 1] and mentioned.loc["2008-03"].tolist() == [
        2,
        0,
    ]
    # Both coders marked the same passage of talk a.
    assert passages.loc["2007-09"].tolist() == [2, 1] and passages.loc["2008-03"].tolist() == [2, 0]


def test_row_of_the_matrix_with_too_few_talks_is_hidden():
    material = talks(
        [(f"t{i}", "A" if i < 5 else "B", "lbr", "workshop", "2007-09-10") for i in range(9)]
    )
    shown = counts.matrix(material, "municipality", ["A", "B", "C"], ["method", "organisation"])
    assert shown.loc["A"].tolist() == [5, 0, 5]
    assert shown.loc[["B", "C"]].isna().all(axis=None)


def test_only_what_enough_talks_share_is_told_of_one():
    rows = [
        (f"t{i}", "A" if i < 3 else "B", "lbr" if i < 6 else "company", "workshop", "2007-09-10")
        for i in range(12)
    ]
    frame = talks([*rows, ("alone", "A", "lbr", "workshop", "2008-03-10")]).talks
    order = ("activity", "role", "municipality")
    common = {
        talk: informants.publishable_columns(frame, talk, order) for talk in ("t0", "t11", "alone")
    }
    assert common == {"t0": ("activity", "role"), "t11": order, "alone": ()}


def test_codebook_that_breaks_a_rule_is_named(tmp_path):
    (tmp_path / "material.yml").write_text(
        "codes:\n  - {key: a, da: A}\nroles: []\n", encoding="utf-8"
    )
    with pytest.raises(DataError, match=r"material\.yml: codes\.0 is not said in .en"):
        codebook(tmp_path / "material.yml")
    assert Codebook(codes=(), roles=()).code(("x",)) == ""


def test_the_two_codes_that_go_together_most_are_found():
    names = ["a", "b", "c"]
    strengths = pd.DataFrame(
        [[1, 0.2, 0.1], [0.2, 1, 0.6], [0.1, 0.6, 1]], index=names, columns=names
    )
    assert counts.strongest(strengths) == ("c", "b", 0.6)
