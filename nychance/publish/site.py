"""The whole site: editions put in their places, the data files, and the page that leads to them."""

import html
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nychance import plan
from nychance.files import replace_folder, write_whole
from nychance.language import LANGUAGES, Language, Text, month
from nychance.present.units import write
from nychance.publish.switch import NAMES
from nychance.results import RESULTS, results

LANDING = Path(__file__).with_name("landing.html")


def data_file(the_plan: plan.Plan, checkpoint: plan.Checkpoint, figures: Path) -> dict[str, Any]:
    """Gather every published number of a checkpoint.

    Parameters
    ----------
    figures : Path
        `figures/<checkpoint>`.

    Returns
    -------
    dict
        `checkpoint`, `cutoff`, `synthetic`, `numbers` (key, value, unit, interval, n, source, method and the text
        in both languages) and `tables` (name to rows). A hidden number has the value null.
    """
    numbers: list[dict[str, Any]] = []
    tables: dict[str, Any] = {}
    for theme in the_plan.themes:
        folder = figures / theme.stem
        if not (folder / RESULTS).is_file():
            continue
        found = results(folder)
        numbers += [_published(theme.stem, key, entry) for key, entry in found["numbers"].items()]
        tables |= {f"{theme.stem}.{name}": table for name, table in found["tables"].items()}
    return {
        "checkpoint": checkpoint.month,
        "cutoff": checkpoint.cutoff.isoformat(),
        "synthetic": any(entry["synthetic"] for entry in numbers),
        "numbers": numbers,
        "tables": tables,
    }


def write_data(site: Path, content: Mapping[str, Any]) -> Path:
    """Write a checkpoint's data file, whole or not at all."""
    target = site / "data" / f"{content['checkpoint']}.json"
    write_whole(target, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    return target


def place_pages(made: Path, place: Path, *, whole: bool) -> None:
    """Put an edition's pages in place.

    Parameters
    ----------
    made : Path
        The finished pages.
    place : Path
        `_site/<language>/<checkpoint>`.
    whole : bool
        True replaces what is there but keeps its PDF; False adds or replaces only the pages made.
    """
    if not whole:
        shutil.copytree(made, place, dirs_exist_ok=True)
        return
    printed = place / "report.pdf"
    if printed.is_file():
        shutil.copy2(printed, made / printed.name)
    replace_folder(made, place)


def write_landing(site: Path, the_plan: plan.Plan) -> None:
    """Write `index.html`, which leads to the editions that are there."""
    sections = "\n".join(_language_section(site, the_plan, language) for language in the_plan.languages)
    page = LANDING.read_text(encoding="utf-8").replace("{{title}}", html.escape(the_plan.title.da))
    write_whole(site / "index.html", page.replace("{{sections}}", sections))


def _published(theme: str, key: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    value = entry["value"]
    texts = {
        language: None if value is None else write(value, entry["unit"], language, entry["decimals"]) for language in LANGUAGES
    }
    return {"key": f"{theme}.{key}", **entry, "text": texts}


def _language_section(site: Path, the_plan: plan.Plan, language: Language) -> str:
    words = Text("nedslag", "Checkpoint")
    rows = []
    for checkpoint in the_plan.checkpoints:
        folder = site / language / checkpoint.month
        number = f"{checkpoint.number}. {words.da}" if language == "da" else f"{words.en} {checkpoint.number}"
        links = _links(folder, f"{language}/{checkpoint.month}", month(checkpoint.cutoff, language))
        if links:
            rows.append(f"<li><span>{number}</span> {links}</li>")
    title = html.escape(the_plan.title[language])
    name = NAMES[language]
    return f'<section lang="{language}"><h2>{name}</h2><p>{title}</p><ol>{"".join(rows)}</ol></section>'


def _links(folder: Path, relative: str, when: str) -> str:
    pages = sorted(folder.glob("*.html"))
    first = "index.html" if (folder / "index.html") in pages else (pages[0].name if pages else "")
    links = [f'<a href="{relative}/{first}">{when}</a>'] if first else []
    if (folder / "report.pdf").is_file():
        label = "PDF" if first else f"{when} (PDF)"
        links.append(f'<a href="{relative}/report.pdf">{label}</a>')
    return " ".join(links)
