"""Notebooks for reviewers: the file that they download runs again, and the page shows what the run found."""

import nbclient
import nbformat
import pytest

THEMES = ("target-group", "method", "organisation", "qualification", "dissemination")


def test_downloaded_notebook_runs_again_outside_the_project(built, tmp_path, monkeypatch):
    notebook = nbformat.read(built.root / "_site/en/2009-03/notebooks/dissemination.ipynb", as_version=4)
    nbformat.validate(notebook)
    monkeypatch.setenv("NYCHANCE_FIGURES", str(tmp_path / "figures"))
    monkeypatch.setenv("NYCHANCE_DATA", str(built.root / "data" / "demo"))
    again = nbclient.NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}}, kernel_name="python3").execute()
    assert all(cell.execution_count for cell in again.cells if cell.cell_type == "code" and cell.source)
    assert (tmp_path / "figures/2009-03/dissemination/results.json").is_file()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", ["da", "en"])
def test_page_has_every_cell_in_its_language_only(built, language, theme):
    notebook = nbformat.read(built.root / f"notebooks/{theme}.ipynb", as_version=4)
    page = (built.root / f"_site/{language}/2009-03/notebooks/{theme}.html").read_text()
    assert all(f'id="cell-{cell.id}"' in page for cell in notebook.cells if cell.cell_type == "code")
    other = {"da": "en", "en": "da"}[language]
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown" and cell.source.startswith("#")]
    headings = {tag: [c.source.split("\n")[0].lstrip("# ") for c in texts if tag in c.metadata.tags] for tag in ("da", "en")}
    only_other = [heading for heading in headings[other][1:] if heading not in headings[language]]
    assert [heading for heading in only_other if f">{heading}<" in page] == []
