"""Disclosure control in a whole build: no leak is published, and the rest is still made."""

import itertools
import json
import shutil

import nbformat

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
    insert(
        project, "organisation", "#| echo: false\n#| output: false\nregister.municipalities.head()"
    )
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


PEOPLE = """
from evalbook.sdc import Persons
some = Persons({{"person": range(82), "part": ["a"] * 30 + ["b"] * 50 + ["c"] * 2}})
{of}
report.source = report.source or register.source
attacked = report.counts(some, "part", name="some group")
report.number("attacked", attacked.loc["b"], method="Counted")
"""


def test_what_two_themes_reveal_together_is_hidden_and_the_edition_is_made(project):
    insert(project, "organisation", PEOPLE.format(of=""))
    coarse = 'some["part"] = some["part"].replace({"a": "rest", "c": "rest", "b": "b"})'
    other = PEOPLE.format(of=coarse).replace('loc["b"]', 'loc["rest"]')
    insert(project, "qualification", other.replace("some group", "others"))
    done = report(project, "-t", "organisation", "-t", "qualification")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "are hidden, so that others cannot be worked out" in done.stdout
    found = [
        json.loads((project.root / f"figures/2007-09/{theme}/results.json").read_text())["numbers"][
            "attacked"
        ]["value"]
        for theme in ("organisation", "qualification")
    ]
    # 32 less 30 are the two that nobody may know; 50 tells nothing of them.
    assert found == [50, None]


def told(built, month, theme):
    return results(built.root / "figures" / month / theme)


def groups(rows, *names):
    """Sizes of groups by their English names, as a figure's data tell them."""
    return {tuple(row[name]["en"] for name in names): row["n"] for row in rows if row["n"]}


def test_no_few_are_left_of_two_groupings_of_one_variable(built):
    tried = 0
    for month in ("2007-09", "2009-03"):
        method = told(built, month, "method")["figures"]["use"]["data"]["rows"]
        sizes = groups(method, "group", "role")
        ready = told(built, month, "target-group")["numbers"]
        if "exits-not-ready" not in ready or ready["exits-not-ready"]["n"] is None:
            continue
        weak = [sizes.get((f"Category {n}", "Method municipalities")) for n in (4, 5)]
        tried += 1
        if None not in weak:
            left = ready["exits-not-ready"]["n"] - sum(weak)
            assert left == 0 or left >= 5
    assert tried


def outcomes(built, month):
    figure = told(built, month, "target-group")["figures"].get("exits", {"data": {"rows": []}})
    return {
        (row["role"]["en"], row["destination"]["en"]): row["count"]
        for row in figure["data"]["rows"]
        if row["count"] is not None
    }


def test_no_few_have_moved_between_two_checkpoints(ran):
    months = [each.month for each in plan.load().checkpoints]
    counted = [outcomes(ran, month) for month in months]
    pairs = [
        abs(later[key] - earlier[key])
        for earlier, later in itertools.combinations(counted, 2)
        for key in earlier.keys() & later.keys()
    ]
    assert pairs
    assert [moved for moved in pairs if 0 < moved < 5] == []
