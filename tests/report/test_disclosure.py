"""Disclosure control in a whole build: no leak is published, and the rest is still made."""

import itertools
import json
import re
import shutil

import nbformat

from evalbook import plan
from evalbook.plan.results import results
from evalbook.sdc.leaks import find_leaks
from evalbook.sdc.protection import Shelf


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
    insert(project, "organisation", "#| echo: false\n#| output: false\nlen(placements)")
    insert(project, "target-group", "#| echo: false\n#| output: false\nspells.head()")
    insert(project, "dissemination", 'raise KeyError("0101701234 is one of 3")')
    themes = ("dissemination", "organisation", "target-group", "qualification")
    done = report(project, *(word for theme in themes for word in ("-t", theme)))
    assert done.returncode == 1
    assert "cell inserted: an output that nothing has protected" in done.stdout
    assert "a table of persons cannot be shown" in done.stdout

    pages = project.root / "_site/da/2007-09"
    missing = {name: "Kapitlet mangler" in (pages / f"{name}.html").read_text() for name in themes}
    assert missing == {name: name != "qualification" for name in themes}
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


PARTS = """
import numpy as np
from evalbook.sdc import Persons

parts = np.repeat(["a", "b", "c"], [30, 50, 2])
everybody = Persons({"person": np.arange(82) + 10**6, "part": parts, "all": "all"})
"""


def test_themes_that_reveal_a_count_together_are_made_again_until_they_do_not(project):
    counted = 'report.table("inserted", report.counts(everybody, by="{}", name="some group"))'
    insert(project, "organisation", PARTS + counted.format("part"))
    insert(project, "qualification", PARTS + counted.format("all"))
    done = report(project, "-t", "qualification", "-t", "organisation")
    assert done.returncode == 0, done.stdout + done.stderr
    by_part, of_all = (
        [row["estimate"] for row in results(folder)["tables"]["inserted"]["rows"]]
        for folder in (
            project.root / "figures/2007-09" / theme for theme in ("organisation", "qualification")
        )
    )
    assert by_part[2] is None
    assert [*by_part, *of_all].count(None) == 2
    # The log names rows, and not how many they count.
    (log,) = (project.root / ".evalbook").glob("protection/*/hidden.txt")
    (said,) = [line for line in log.read_text().splitlines() if "some group" in line]
    assert "'some group: part = c' (organisation, 2007-09) could be worked out" in said
    assert not re.search(r"\b(2|30|50|82)\b", said)


def test_checkpoints_of_the_same_data_are_attacked_together(built):
    """A build ends when nothing can be worked out from all that it has published."""
    ledgers = Shelf.of(built.root, built.root / "data/demo").ledgers()
    assert {month for month, _ in ledgers} == {"2007-09", "2009-03"}
    assert {theme for _, theme in ledgers} >= {"method", "qualification", "target-group"}
    assert find_leaks(ledgers) == ([], [])


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
