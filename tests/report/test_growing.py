"""The report grows as `docs/how-to` says: by a theme, by a checkpoint.

And it is shown while someone writes.
"""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import pytest
import yaml

# In seconds; the notebooks of a checkpoint and its pages take a tenth of it on an idle machine.
PATIENCE = 300
FOUND = """
from evalbook.report import Report
from evalbook.text.language import Text
from evalbook.text.source import Source

report = Report("housing", checkpoint, Source(Text("Kilde: eksempel", "Source: example")))
report.state(checkpoint=checkpoint, data=data)
report.number("dwellings", 1234, "count", method=Text("Talt", "Counted"))
report.close()
"""
CHAPTER = """---
title: {title}
---

{{{{< include /figures/latest/_notice.{language}.md >}}}}

## {heading}

{{{{< meta housing.dwellings.value >}}}}
"""


def test_a_theme_is_a_plan_entry_a_notebook_and_two_chapters(project):
    plan = project.root / "data/plan/themes.yml"
    theme = "  - stem: housing\n    name: {da: Bolig, en: Housing}\n"
    plan.write_text(plan.read_text().replace("units:\n", f"{theme}units:\n"))
    parameters = nbformat.v4.new_code_cell(
        'checkpoint: str = "2009-03"\ndata: str = ""', id="parameters"
    )
    parameters.metadata["tags"] = ["parameters"]
    notebook = nbformat.v4.new_notebook(
        cells=[parameters, nbformat.v4.new_code_cell(FOUND, id="found")]
    )
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    nbformat.write(notebook, project.root / "notebooks/housing.ipynb")
    for language, title, heading in (("da", "Bolig", "Boliger"), ("en", "Housing", "Dwellings")):
        chapter = project.root / "chapters" / language / "housing.qmd"
        chapter.write_text(CHAPTER.format(title=title, language=language, heading=heading))
    config = project.root / "_quarto.yml"
    content = yaml.safe_load(config.read_text())
    for sidebar in content["website"]["sidebar"]:
        sidebar["contents"].append(f"chapters/{sidebar['id']}/housing.qmd")
    config.write_text(yaml.safe_dump(content, allow_unicode=True))

    done = project.nychance(
        "report", "-c", "1", "-t", "housing", "--format", "html", "--renderer", "portable"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    danish = (project.root / "_site/da/2007-09/housing.html").read_text()
    assert "1.234" in danish
    assert 'id="dwellings"' in danish
    assert (project.root / "_site/en/2007-09/notebooks/housing.html").is_file()
    numbers = json.loads((project.root / "_site/data/2007-09.json").read_text())["numbers"]
    assert "housing.dwellings" in {entry["key"] for entry in numbers}


def test_a_checkpoint_is_a_plan_entry(project):
    plan = project.root / "data/plan/checkpoints.yml"
    content = yaml.safe_load(plan.read_text())
    content["checkpoints"].insert(
        3, {"number": 4, "month": "2008-06", "activities": ["benchmarking"]}
    )
    for number, checkpoint in enumerate(content["checkpoints"], start=1):
        checkpoint["number"] = number
    plan.write_text(yaml.safe_dump(content, allow_unicode=True))
    done = project.nychance(
        "report", "-c", "2008-06", "-t", "dissemination", "--renderer", "portable"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "juni 2008" in (project.root / "_site/da/2008-06/dissemination.html").read_text()
    assert (project.root / "_site/en/2008-06/report.pdf").is_file()


@pytest.fixture
def shown(project):
    """A preview of the project, and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-c",
        "from nychance.__main__ import main; main()",
        "preview",
        "-c",
        "1",
        "--lang",
        "en",
    ]
    process = subprocess.Popen(
        [*command, "--renderer", "portable", "--port", str(port)],
        cwd=project.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(timeout=30)


def test_a_preview_follows_the_writer_and_shows_errors(project, shown):
    page = f"{shown}/en/2007-09/dissemination.html"
    wait_for(f"{shown}/.preview", '"made": 1, "error": ""')
    wait_for(page, '<script src="/.preview.js"></script>')
    wait_for(f"{shown}/.preview.js", "EventSource")
    chapter = project.root / "chapters/en/dissemination.qmd"
    text = chapter.read_text()
    chapter.write_text(text + "\nA sentence that is new.\n")
    wait_for(page, "A sentence that is new.")
    chapter.write_text(text + "\n@fig-nowhere\n")
    wait_for(f"{shown}/.preview", "fig-nowhere refers to a figure")
    request = urllib.request.Request(page, headers={"Host": "elsewhere.example"})
    with pytest.raises(urllib.error.HTTPError, match="403") as refused:
        urllib.request.urlopen(request)
    refused.value.close()


def wait_for(address, words):
    """Wait until an address tells the words.

    It gives up only when something must be wrong, however busy the machine.
    """
    deadline = time.monotonic() + PATIENCE
    seen = ""
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                # The news has no end; its first line tells the state.
                seen = (
                    answer.readline().decode()
                    if address.endswith(".preview")
                    else answer.read().decode()
                )
        except OSError as error:
            seen = str(error)
            if isinstance(error, urllib.error.HTTPError):
                error.close()
        if words in seen:
            return
        time.sleep(0.2)
    raise AssertionError(f"{words!r} did not come; last seen: {seen[:300]}")
