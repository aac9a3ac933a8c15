"""HTML with Quarto, from the same chapters and the same `_quarto.yml`."""

import shutil
import subprocess
from pathlib import Path

import yaml

from evalbook.errors import RenderError
from evalbook.publish.assembly import Assembled, edition_config
from evalbook.publish.pandoc import FILTER, Source, convert
from evalbook.publish.portable import STYLE
from evalbook.publish.values import write_values


def render_html(assembled: Assembled, quarto: str) -> Path:
    """Render an edition's pages with Quarto.

    Parameters
    ----------
    assembled : Assembled
        The edition's folder; chapters are copied into it as they are, so that Quarto reads their
        shortcodes itself.
    quarto : str
        Path of the program.

    Returns
    -------
    Path
        The folder with the finished pages.

    Raises
    ------
    ChapterError
        If a chapter refers to something that does not exist; found before Quarto starts, which
        would only warn.
    RenderError
        If Quarto fails.
    """
    folder = assembled.folder
    write_values(
        folder / "figures" / "latest" / f"{assembled.edition.language}.yml",
        assembled.expander.values,
    )
    texts = [assembled.expanded(chapter) for chapter in assembled.pages]
    checked = [
        Source(text, chapter.path) for text, chapter in zip(texts, assembled.pages, strict=True)
    ]
    convert(checked, to="plain", context=assembled.context, folder=folder)
    for chapter, expanded in zip(assembled.pages, texts, strict=True):
        failed = chapter.page in assembled.edition.failed()
        up = "../" * chapter.page.count("/")
        front = chapter.front | {
            "metadata-files": [f"{up}figures/latest/{assembled.edition.language}.yml"]
        }
        text = f"---\n{yaml.safe_dump(front, allow_unicode=True)}---\n\n{expanded if failed else chapter.body}"
        path = folder / f"{chapter.page}.qmd"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shutil.copy(STYLE, folder / "report.css")
    shutil.copy(FILTER, folder / FILTER.name)
    config = edition_config(assembled)
    config["filters"] = [{"path": FILTER.name, "at": "pre-ast"}]
    (folder / "_quarto.yml").write_text(
        yaml.safe_dump(config, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    run = subprocess.run(
        [quarto, "render", str(folder), "--to", "html"], capture_output=True, text=True
    )
    if run.returncode:
        raise RenderError(
            f"Quarto failed: {run.stderr[-2000:].strip()}", where=assembled.edition.name
        )
    site = folder / "_site"
    # Quarto copies the pictures that it shows; this brings what readers may take besides.
    sources = shutil.ignore_patterns("*.md", "*.yml", "*.typ")
    shutil.copytree(folder / "figures", site / "figures", ignore=sources, dirs_exist_ok=True)
    return site
