"""`nychance init`: what a new project holds, and what is refused."""

import re
import shutil
import subprocess
from datetime import date

import pytest
import yaml

from evalbook import plan
from evalbook.errors import UsageError
from nychance import starter as project
from tests.conftest import ROOT


def load(folder, name):
    return yaml.safe_load((folder / name).read_text(encoding="utf-8"))


def test_a_project_has_the_plan_that_was_asked_for(tmp_path):
    project.start(tmp_path / "own", "Vejen til job", "The way to work", ["2026-03", "2026-09"])
    the_plan = plan.load(tmp_path / "own" / "data" / "plan")
    assert (the_plan.title.da, the_plan.title.en) == ("Vejen til job", "The way to work")
    assert [c.month for c in the_plan.checkpoints] == ["2026-03", "2026-09"]
    assert the_plan.definitions.method_start == date(2026, 4, 1)
    assert the_plan.languages == ("da", "en")


def test_every_theme_has_a_notebook_and_a_chapter_in_each_language(tmp_path):
    project.start(tmp_path / "own")
    for theme in plan.load(tmp_path / "own" / "data" / "plan").themes:
        assert (tmp_path / "own" / "notebooks" / f"{theme.stem}.ipynb").is_file()
        for language in ("da", "en"):
            assert f"chapters/{language}/{theme.stem}.qmd" in str(
                load(tmp_path / "own", "_quarto.yml")
            )
            assert (tmp_path / "own" / "chapters" / language / f"{theme.stem}.qmd").is_file()


def test_a_project_begins_without_anybody_elses_words(tmp_path):
    project.start(tmp_path / "own")
    assert load(tmp_path / "own", "data/qualitative/quotations.yml") == {"quotations": []}
    assert load(tmp_path / "own", "data/qualitative/recommendations.yml") == {"recommendations": []}
    own = [
        path
        for path in (tmp_path / "own").rglob("*")
        if path.suffix in (".yml", ".qmd", ".ipynb", ".md")
    ]
    texts = {
        path.name: path.read_text(encoding="utf-8")
        for path in own
        if "data" not in path.parts or "plan" in path.parts
    }
    assert not [
        name
        for name, text in texts.items()
        if "Ny chance" in text or "minoriteter med markante behov" in text
    ]
    assert not [name for name, text in texts.items() if "$" in text]


def test_one_language_leaves_nothing_of_the_other(tmp_path):
    project.start(tmp_path / "own", languages=["en"])
    assert not (tmp_path / "own" / "chapters" / "da").exists()
    assert (
        "chapters/da"
        not in (tmp_path / "own" / "_quarto.yml").read_text()
        + (tmp_path / "own" / "index.qmd").read_text()
    )
    assert plan.load(tmp_path / "own" / "data" / "plan").languages == ("en",)


def test_quotation_marks_in_a_title_are_safe(tmp_path):
    project.start(tmp_path / "own", 'Vejen "til" $job: nu', "")
    assert plan.load(tmp_path / "own" / "data" / "plan").title.da == "Vejen ”til” $job: nu"
    assert load(tmp_path / "own", "_quarto.yml")["website"]["title"] == "Vejen ”til” $job: nu"


def test_the_demonstration_can_be_started_from(tmp_path):
    project.start_demonstration(tmp_path / "copy")
    assert plan.load(tmp_path / "copy" / "data" / "plan") == plan.load()
    assert not (tmp_path / "copy" / "data" / "demo").exists()


@pytest.mark.parametrize("start", [project.start, project.start_demonstration])
def test_the_style_that_quarto_reads_lies_in_the_project(tmp_path, start):
    start(tmp_path / "own")
    named = re.findall(r"style/\S+", (tmp_path / "own" / "_quarto.yml").read_text())
    assert len(named) == len(project.STYLE)
    assert all((tmp_path / "own" / name).is_file() for name in named)


def test_an_empty_folder_is_used(tmp_path):
    project.start(tmp_path)
    assert (tmp_path / "_quarto.yml").is_file()


def test_a_folder_that_holds_something_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        project.start(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert not list(tmp_path.parent.glob(f".{tmp_path.name}*"))


@pytest.mark.parametrize(
    ("months", "told"),
    [
        (["2026-13"], "not a month"),
        (["march"], "not a month"),
        (["2026-09", "2026-03"], "not in order"),
    ],
)
def test_months_that_cannot_be_are_refused(tmp_path, months, told):
    with pytest.raises(UsageError, match=told):
        project.start(tmp_path / "own", months=months)
    assert not (tmp_path / "own").exists()


def test_an_unknown_language_is_refused(tmp_path):
    with pytest.raises(UsageError, match="unknown language 'sv'"):
        project.start(tmp_path / "own", languages=["sv"])


CONFIDENTIAL = (
    "data/qualitative/material/interview-1.txt",
    "data/qualitative/material/project.qdpx",
    "data/qualitative/material/pseudonyms.yml",
    "data/demo/dream.parquet",
    "data/extract/dream.csv",
    "data/register/persons.csv",
    "data/2009/dream.sas7bdat",
    "data/dream.dta",
    "data/demo/protection.secret",
    "data/mine/protection.secret",
    ".evalbook/prepared/x/register.pickle",
    "figures/2008-01/method/results.json",
)
SHARED = ("data/plan/themes.yml", "data/qualitative/quotations.yml", "notebooks/effort.ipynb")


def ignored(folder, paths):
    """Return which paths git leaves out."""
    told = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin"],
        cwd=folder,
        input="\n".join(paths),
        capture_output=True,
        text=True,
    )
    return set(told.stdout.split())


@pytest.fixture
def own(tmp_path):
    """A new project under version control."""
    project.start(tmp_path / "own")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path / "own", check=True)
    return tmp_path / "own"


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed here")
def test_git_leaves_out_persons_and_interviews(own):
    # The documentation names folders for extracts; each must be among those left out.
    texts = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "data" / "README.md"]
    said = "\n".join(path.read_text(encoding="utf-8") for path in texts)
    named = set(re.findall(r"(?:--data|--out|NYCHANCE_DATA=)[ =]?(data/[\w-]+)", said))
    assert named >= {"data/demo", "data/extract"}
    confidential = {*CONFIDENTIAL, *(f"{folder}/persons.csv" for folder in named)}
    assert ignored(own, confidential) == confidential
    assert ignored(own, SHARED) == set()


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed here")
def test_git_leaves_out_in_a_project_what_it_does_in_the_repository(own):
    rules = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    about_data = [rule for rule in rules if rule.lstrip("!/").startswith(("data/", "figures/*"))]
    paths = [rule.lstrip("!/").replace("**", "x").replace("*", "x") for rule in about_data]
    paths = [f"{path}x" if path.endswith("/") else path for path in paths]
    here, there = (ignored(folder, paths) for folder in (ROOT, own))
    assert here <= there
    assert ignored(ROOT, CONFIDENTIAL) == set(CONFIDENTIAL)
