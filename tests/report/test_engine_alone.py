"""The engine alone: a plan, one notebook, two languages; no register, targets or programme."""

import json
import os
import re
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

PLAN = {
    "checkpoints.yml": """
checkpoints:
  - {number: 1, month: "2026-03", activities: [survey]}
activities:
  survey: {da: spørgeskema, en: survey}
  interviews: {da: interview, en: interviews}
""",
    "themes.yml": """
title: {da: Optælling, en: A count}
themes:
  - {stem: count, name: {da: Antal, en: Count}}
""",
}
CELLS = {
    "parameters": 'checkpoint: str = "2026-03"\ndata: str = ""',
    "count": """
from evalbook.report import Report
from evalbook.text.language import Text
from evalbook.text.source import Source

source = Source(Text(da="Kilde: skolelisten", en="Source: the list of schools"))
report = Report("count", checkpoint, source)
report.number("schools", 3, "count", method=Text(da="Optalt", en="Counted"))
""",
    "interviews": 'report.table("answers", interviews)',
    "close": "report.close()",
}
TAGS = {"parameters": ["parameters"], "interviews": ["activity:interviews"]}
TABLE = """

@tbl-answers.

::: {{#tbl-answers}}
{{{{< include /figures/latest/count/answers.{language}.md >}}}}

{caption}
:::
"""
LATER = {
    "da": "Indgår ikke i dette eller senere nedslag: interview.",
    "en": "Not part of this or any later checkpoint: interviews.",
}
CHAPTERS = {
    "da": ("Antal", "Der er {{< meta count.schools.value >}} skoler."),
    "en": ("Count", "There are {{< meta count.schools.value >}} schools."),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("engine") / "count"
    (root / "data" / "plan").mkdir(parents=True)
    for name, content in PLAN.items():
        (root / "data" / "plan" / name).write_text(content, encoding="utf-8")
    (root / "notebooks").mkdir()
    cells = [new_code_cell(source, id=name) for name, source in CELLS.items()]
    for cell in cells:
        cell.metadata.tags = TAGS.get(cell.id, [])
    question = [
        new_markdown_cell("# Hvor mange?", metadata={"tags": ["da"]}),
        new_markdown_cell("# How many?", metadata={"tags": ["en"]}),
    ]
    nbformat.write(new_notebook(cells=[*question, *cells]), root / "notebooks" / "count.ipynb")
    sidebars = []
    for language, (title, text) in CHAPTERS.items():
        folder = root / "chapters" / language
        folder.mkdir(parents=True)
        text += TABLE.format(language=language, caption=title)
        (folder / "count.qmd").write_text(f"---\ntitle: {title}\n---\n\n{text}\n", encoding="utf-8")
        page = f"chapters/{language}/count.qmd"
        sidebars.append({"id": language, "title": language, "contents": [page]})
    config = {
        "project": {"type": "website"},
        "website": {"title": "A count", "navbar": {"left": []}, "sidebar": sidebars},
        "format": {"html": {"theme": "default"}},
    }
    (root / "_quarto.yml").write_text(json.dumps(config), encoding="utf-8")
    return root


def test_one_notebook_becomes_pages_and_pdfs_in_two_languages(project):
    command = [sys.executable, "-m", "evalbook", "report", "--renderer", "portable"]
    done = subprocess.run(
        command, cwd=project, capture_output=True, text=True, timeout=300, env=os.environ
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for language, text in (("da", "Der er 3 skoler"), ("en", "There are 3 schools")):
        place = project / "_site" / language / "2026-03"
        page = (place / "count.html").read_text(encoding="utf-8")
        assert text in re.sub(r"<[^>]+>", "", page)
        # A cell that the checkpoint does not schedule was not run, and both pages say when it is.
        assert LATER[language] in page
        assert LATER[language] in (place / "notebooks/count.html").read_text(encoding="utf-8")
        assert (place / "report.pdf").read_bytes().startswith(b"%PDF")
    numbers = json.loads((project / "_site" / "data" / "2026-03.json").read_text())["numbers"]
    assert [(entry["key"], entry["value"]) for entry in numbers] == [("count.schools", 3.0)]
    # Nobody asked for an extract.
    assert not (project / "data" / "demo").exists()
