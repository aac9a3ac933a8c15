"""Pages of the documentation: Markdown to HTML with Pandoc, complete in themselves."""

import hashlib
import html
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pypandoc

from nychance.errors import RenderError
from nychance.files import replace_folder
from nychance.manual.api import python_api
from nychance.manual.command_line import command_line
from nychance.paths import demonstration

TEMPLATE: Final = Path(__file__).with_name("page.html")
GROUPS: Final = {
    "": "Start",
    "how-to": "How to",
    "reference": "Reference",
    "explanation": "Explanation",
    "benchmarks": "Benchmarks",
}
FIRST: Final = ("index.md", "tutorial.md")
DIGEST: Final = ".digest"
LINK: Final = re.compile(r"\]\(([^)\s:]+)\.md(#[\w-]+)?\)")


def pages() -> dict[str, str]:
    """Give the documentation's Markdown by its path under `docs/`: what is written there, and what the code writes itself."""
    folder = demonstration() / "docs"
    written = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.md"))}
    return written | {"reference/command-line.md": command_line(), "reference/python.md": python_api()}


def make_manual(place: Path) -> bool:
    """Make the documentation's pages, if any of them has changed.

    Parameters
    ----------
    place : Path
        The folder to make, as `_site/docs`; it appears whole or not at all.

    Returns
    -------
    bool
        Whether anything was made.

    Raises
    ------
    RenderError
        If Pandoc fails.
    """
    texts = pages()
    digest = hashlib.sha256(repr([TEMPLATE.read_bytes(), sorted(texts.items())]).encode()).hexdigest()
    if (place / DIGEST).is_file() and (place / DIGEST).read_text(encoding="utf-8") == digest:
        return False
    made = place.with_name(f".{place.name}.part")
    shutil.rmtree(made, ignore_errors=True)
    titles = {path: _title(text) for path, text in texts.items()}
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for path, page in zip(texts, threads.map(_page, texts, texts.values(), [titles] * len(texts)), strict=True):
            target = made / Path(path).with_suffix(".html")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(page, encoding="utf-8")
    (made / DIGEST).write_text(digest, encoding="utf-8")
    replace_folder(made, place)
    return True


def _page(path: str, text: str, titles: Mapping[str, str]) -> str:
    command = [
        pypandoc.get_pandoc_path(), "--from", "markdown-smart", "--to", "html5", "--mathml", "--wrap", "none",
        "--template", str(TEMPLATE), "--no-highlight", "--metadata", f"pagetitle={titles[path]}",
        "--variable", f"title={html.escape(titles[path])}", "--variable", f"menu={_menu(path, titles)}",
    ]  # fmt: skip
    linked = LINK.sub(r"](\1.html\2)", text)
    run = subprocess.run(command, input=linked, capture_output=True, text=True, encoding="utf-8")
    if run.returncode:
        raise RenderError(f"Pandoc failed: {run.stderr.strip()}", where=f"docs/{path}")
    return run.stdout


def _menu(here: str, titles: Mapping[str, str]) -> str:
    up = "../" * here.count("/")
    parts = []
    for group, name in GROUPS.items():
        paths = sorted((p for p in titles if _group(p) == group), key=lambda p: (p not in FIRST, p))
        links = "".join(_link(path, here, up, titles[path]) for path in paths)
        parts.append(f"<p>{name}</p><ul>{links}</ul>" if links else "")
    return "".join(parts)


def _link(path: str, here: str, up: str, title: str) -> str:
    current = ' aria-current="page"' if path == here else ""
    return f'<li><a href="{up}{path.removesuffix(".md")}.html"{current}>{html.escape(title)}</a></li>'


def _group(path: str) -> str:
    return path.rpartition("/")[0]


def _title(text: str) -> str:
    return next((line.removeprefix("# ").strip() for line in text.splitlines() if line.startswith("# ")), "nychance")
