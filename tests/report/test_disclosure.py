"""Disclosure control in a whole build: no leak is published, and the rest is still made."""

import json
import shutil

import nbformat
from evalbook.sdc.audit import RECORD, Knowledge

from evalbook import plan
from evalbook.plan.results import results


def insert(project, theme, source, before="close"):
    path = project.root / "notebooks" / f"{theme}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    place = [cell.id for cell in notebook.cells].index(before)
    notebook.cells.insert(place, nbformat.v4.new_code_cell(source, id="inserted"))
    nbformat.write(notebook, path)


def report(project, *more):
    return project.nychance(
        "report", "-c", "1", "--lang", "da", "--format", "html", "--renderer", "portable", *more
    )


def test_what_leaks_is_not_published_and_the_rest_is_made(built_copy):
    project = built_copy
    shutil.rmtree(project.root / "_site")
    insert(project, "organisation", "#| echo: false\n#| output: false\ncontacts.head()")
    insert(project, "dissemination", 'raise KeyError("0101701234 is one of 3")')
    done = report(project, "-t", "dissemination", "-t", "organisation", "-t", "qualification")
    assert done.returncode == 1
    assert "cell inserted: an output that nothing has protected" in done.stdout

    pages = project.root / "_site/da/2007-09"
    missing = {
        name: "Kapitlet mangler" in (pages / f"{name}.html").read_text()
        for name in ("organisation", "dissemination")
    }
    assert missing == {"organisation": True, "dissemination": True}
    assert "Kapitlet mangler" not in (pages / "qualification.html").read_text()
    assert [path.name for path in (pages / "notebooks").glob("*.ipynb")] == ["qualification.ipynb"]
    assert [path.name for path in (project.root / "figures/2007-09/organisation").iterdir()] == [
        "run.json"
    ]

    # The evaluator is told an error's own words; readers only its kind.
    record = json.loads((project.root / "figures/2007-09/dissemination/run.json").read_text())
    assert "0101701234" in record["error"]
    assert "KeyError" in (pages / "dissemination.html").read_text()
    telling = [
        p
        for p in (project.root / "_site").rglob("*")
        if p.is_file() and "0101701234" in p.read_text(errors="replace")
    ]
    assert telling == []


def test_an_edition_whose_themes_reveal_a_count_together_is_not_published(project):
    shown = '.rename_axis("part"), "some group"'
    insert(
        project,
        "organisation",
        f'_ = findings.protect_counts(pd.Series({{"a": 30, "b": 50, "c": 2}}){shown})',
    )
    insert(
        project,
        "dissemination",
        f'_ = findings.protect_counts(pd.Series({{"a": 30, "b": 50}}){shown}, overlapping=True)',
    )
    done = report(project, "-t", "dissemination", "-t", "organisation")
    assert done.returncode == 1
    assert "2007-09 is not published" in done.stdout
    assert "some group [part = c]" in done.stdout
    assert not (project.root / "_site/da/2007-09/organisation.html").exists()
    assert not (project.root / "_site/data/2007-09.json").exists()


def test_checkpoints_of_the_same_data_are_attacked_together(built):
    """Later editions count more.

    Had a growing sum the same name in both, neither would be held against the other.
    """
    first, last = (
        [
            Knowledge.of(results(built.root / "figures" / month / theme.stem)[RECORD])
            for theme in plan.load().themes
        ]
        for month in ("2007-09", "2009-03")
    )
    assert [str(cell) for one in first for other in last if (cell := one.disagrees(other))] == []
