"""What leaves holds no names, points to nobody, and takes no raw source along.

Passages stay where they were.
"""

import zipfile

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalbook import plan
from evalbook.commands.main import command_line
from evalbook.errors import DataError
from evalbook.qualitative import refi
from evalbook.qualitative.codebook import codebook
from evalbook.qualitative.codings import Material, of_project
from evalbook.qualitative.export import export_project, export_table
from evalbook.qualitative.pseudonyms import Pseudonyms, Rule, read_pseudonyms
from nychance.commands import COMMANDS
from tests.unit.qualitative.refi_example import U, write_example

RULES = Pseudonyms(
    (
        Rule(replace="Fatima Yilmaz", by="[deltager]", kind="person"),
        Rule(replace="Lars", by="[leder]", kind="person"),
        Rule(replace="Bo", by="[kollega]", kind="person"),
        Rule(replace="Nørhavn", by="[kommune]", kind="place", also=("nørhavnsk", "nørhavnske")),
        Rule(replace="Jensens Rengøring", by="[virksomhed]", kind="workplace", also=("Jensens",)),
        Rule(replace="Ås", by="[by]", kind="place"),
    )
)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Fatimas forløb", "[deltager]s forløb"),
        ("Fatima Yilmaz' forløb", "[deltager]' forløb"),
        ("Yilmaz’s mor", "[deltager]’s mor"),
        ("FATIMA YILMAZ", "[deltager]"),
        ("Fatima\n  Yilmaz kom", "[deltager] kom"),
        ("Lars' og Larses bil", "[leder]' og [leder]es bil"),
        ("Nørhavn-projektet i Nørhavns centrum", "[kommune]-projektet i [kommune]s centrum"),
        ("en nørhavnsk løsning", "en [kommune] løsning"),
        ("hos Jensens Rengørings leder", "hos [virksomhed]s leder"),
        ("No\u0308rhavn er ikke No\u0308rhavn", "No\u0308rhavn er ikke No\u0308rhavn"),
        ("A\u030as by", "[by] by"),
        ("bo her; Bos nabo; Borup", "bo her; [kollega]s nabo; Borup"),
        ("120307-1234 eller 120307 1234", "[cpr] eller [cpr]"),
        ("ring 12 34 56 78 eller +4512345678", "ring [telefon] eller [telefon]"),
        ("fatima.y@nørhavn.dk", "[e-mail]"),
        ("12.000 kr. i 2007 og 2008", "12.000 kr. i 2007 og 2008"),
    ],
)
def test_name_is_found_in_its_danish_forms(said, told):
    assert RULES.clean(said) == told


@given(
    st.lists(
        st.sampled_from(["Fatima", "Lars", "går", "til", "Nørhavns", "møde", "👍"]), max_size=12
    ),
    st.data(),
)
def test_passage_without_names_at_its_ends_keeps_its_words(words, data):
    text = " ".join(words)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    replaced = RULES.replace(text)
    moved = replaced.text[replaced.start(start) : replaced.end(end)]
    inside = any(a < position < b for a, b, _ in replaced.spans for position in (start, end))
    if not inside:
        assert (
            moved == RULES.clean(text[start:end]) or RULES.clean(text[start:end]) == text[start:end]
        )
    assert (
        0
        <= replaced.start(start)
        <= max(replaced.end(end), replaced.start(start))
        <= len(replaced.text)
    )


@pytest.mark.parametrize(
    ("rules", "named"),
    [
        (
            "rules:\n  - {replace: Bo, by: Bo Hansen, kind: person}",
            r"rules\.0\.by: 'Bo Hansen' holds a name",
        ),
        ("rules:\n  - {replace: ' ', by: '[x]', kind: place}", r"rules\.0: an empty form"),
        ("rules:\n  - {replace: Bo, by: '[x]', kind: cat}", r"kind"),
        ("- Bo", "no mapping"),
    ],
)
def test_broken_rules_are_named(tmp_path, rules, named):
    (tmp_path / "rules.yml").write_text(rules, encoding="utf-8")
    with pytest.raises(DataError, match=named):
        read_pseudonyms(tmp_path / "rules.yml")


@pytest.fixture(params=["ATLAS.ti", "NVivo for Windows 12.6"])
def exported(tmp_path, request):
    book, the_plan = codebook(), plan.load()
    project = refi.read_project(write_example(tmp_path / "p.qdpx", request.param))
    stay = export_project(
        project, of_project(project, book, the_plan), book, RULES, tmp_path / "out.qdpx"
    )
    return project, refi.read_project(tmp_path / "out.qdpx"), tmp_path / "out.qdpx", stay


def test_no_name_and_no_raw_source_leaves(exported):
    _, _, path, stay = exported
    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == [f"Sources/{U}40.txt", "project.qde"]
        whole = b"\n".join(archive.read(name) for name in archive.namelist()).decode()
    for name in (
        "Fatima",
        "Yilmaz",
        "Nørhavn",
        "Anna",
        "Holm",
        "Riis",
        "C:/",
        ".docx",
        ".m4a",
        "2007-09-12",
    ):
        assert name not in whole
    assert stay == 4


def test_codings_and_passages_are_the_same_as_before(exported):
    before, after, *_ = exported
    assert after.codes == before.codes
    for one, other in zip(before.sources, after.sources, strict=True):
        assert one.codings == other.codings
        for mine, theirs in zip(one.selections, other.selections, strict=True):
            assert theirs.codings == mine.codings
            assert theirs.text == RULES.clean(mine.text)
    assert after.sources[0].selections[0].text == "[deltager]s forløb går godt i [kommune] 👍"
    assert not after.faults


def test_lone_talk_tells_neither_where_nor_who(exported):
    """One talk alone of its month: municipality, role and activity would point to the person."""
    _, after, *_ = exported
    assert after.cases[0].values == {"Dato": "2007-09-01"}
    assert after.cases[0].name == "case-1"


def test_table_for_spreadsheets_holds_no_formula_and_no_name(tmp_path):
    talks = pd.DataFrame(
        {
            "talk": ["Fatima"],
            "municipality": ["Nørhavn"],
            "role": [""],
            "activity": [""],
            "date": ["2007-09-12"],
        }
    )
    codings = pd.DataFrame(
        {
            "talk": ["Fatima"],
            "coder": ["Bo"],
            "code": ["prestige"],
            "theme": ["organisation"],
            "start": [0],
            "end": [9],
            "text": ['=HYPERLINK("Fatima")'],
        }
    )
    export_table(
        Material(talks.assign(date=pd.to_datetime(talks["date"])), codings),
        RULES,
        tmp_path / "out.csv",
    )
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines() == [
        '"talk","month","theme","code","text"',
        '"talk-1","2007-09","organisation","prestige","\'=HYPERLINK(""[deltager]"")"',
    ]


def test_command_wants_rules_and_leaves_nothing_half_written(tmp_path, monkeypatch):
    from click.testing import CliRunner

    from evalbook.errors import UsageError

    path = write_example(tmp_path / "p.qdpx")
    told = (
        CliRunner()
        .invoke(command_line(COMMANDS), ["material", str(path)], catch_exceptions=False)
        .output
    )
    assert "5 talks" in told
    assert "'Tavle' has no date; it is never counted" in told
    assert "code that the codebook does not know: Noget helt andet" in told
    with pytest.raises(UsageError, match="--rules"):
        CliRunner().invoke(
            command_line(COMMANDS),
            ["material", str(path), "--out", str(tmp_path / "o.qdpx")],
            catch_exceptions=False,
        )
    (tmp_path / "rules.yml").write_text("rules: []", encoding="utf-8")
    with pytest.raises(UsageError, match="overwritten"):
        CliRunner().invoke(
            command_line(COMMANDS),
            ["material", str(path), "--rules", str(tmp_path / "rules.yml"), "--out", str(path)],
            catch_exceptions=False,
        )
    assert sorted(p.name for p in tmp_path.iterdir()) == ["p.qdpx", "rules.yml"]
