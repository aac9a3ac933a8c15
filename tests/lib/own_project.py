"""A project of the engine alone: no programme, no register, notebooks as a test needs them."""

import contextlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from click.testing import CliRunner

from evalbook.commands.main import command_line

CHECKPOINTS = """checkpoints:
  - {number: 1, month: 2026-03, activities: [interviews]}
  - {number: 2, month: 2026-09, activities: []}
activities:
  interviews: {da: interview, en: interviews}
"""
BEGIN = """from evalbook.report import Report
from evalbook.text.language import Text
from evalbook.text.source import Source

report = Report("{theme}", checkpoint, Source(Text("Kilde: eksempel", "Source: example")))
report.state(checkpoint=checkpoint, data=data)
"""
END = """report.number("found", {value}, "count", method=Text("Talt", "Counted"))
report.close()
"""


@dataclass(frozen=True)
class OwnProject:
    root: Path

    def theme(self, name, *cells, value="3"):
        """Write a theme's notebook: the cells between its first and its last."""
        parameters = nbformat.v4.new_code_cell(
            'checkpoint: str = "2026-03"\ndata: str = ""', id="parameters"
        )
        parameters.metadata["tags"] = ["parameters"]
        sources = [BEGIN.format(theme=name), *cells, END.format(value=value)]
        code = [
            nbformat.v4.new_code_cell(source, id=f"cell-{place}")
            for place, source in enumerate(sources)
        ]
        notebook = nbformat.v4.new_notebook(cells=[parameters, *code])
        nbformat.write(notebook, self.root / "notebooks" / f"{name}.ipynb")

    def command(self, *arguments, folder=".", within=(), **environment):
        command = [*within, sys.executable, "-m", "evalbook", *arguments]
        return subprocess.run(
            command,
            cwd=self.root / folder,
            capture_output=True,
            text=True,
            timeout=300,
            env=environment or None,
        )

    def run(self, *arguments, **options):
        return self.command("run", "-c", "1", *arguments, **options)

    def status(self, *arguments):
        """Return the lines that `status` says, in this process, of the first checkpoint."""
        with contextlib.chdir(self.root):
            done = CliRunner().invoke(command_line(), ["status", "-c", "1", *arguments])
        assert done.exit_code == 0, done.output
        return done.stdout.splitlines()

    def why(self, *arguments):
        """Return what has to run, with the reasons."""
        lines = (line.partition(" 2026-03: ") for line in self.status(*arguments))
        return {theme: why for theme, found, why in lines if found}


def own_project(root, *themes):
    """Make a project with these themes; their notebooks record the number 3."""
    for folder in ("notebooks", "data/plan", "chapters/da", "chapters/en"):
        (root / folder).mkdir(parents=True)
    sidebars = "".join(
        f"    - id: {language}\n      contents: [chapters/{language}/index.qmd]\n"
        for language in ("da", "en")
    )
    (root / "_quarto.yml").write_text(f"website:\n  title: Own\n  sidebar:\n{sidebars}")
    for language in ("da", "en"):
        (root / f"chapters/{language}/index.qmd").write_text("---\ntitle: Own\n---\n\nText.\n")
    named = "".join(f"  - {{stem: {each}, name: {{da: {each}, en: {each}}}}}\n" for each in themes)
    (root / "data/plan/themes.yml").write_text(f"title: {{da: Egen, en: Own}}\nthemes:\n{named}")
    (root / "data/plan/checkpoints.yml").write_text(CHECKPOINTS)
    project = OwnProject(root)
    for theme in themes:
        project.theme(theme)
    return project
