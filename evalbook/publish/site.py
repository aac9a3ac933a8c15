"""The whole site: editions in their places, the data files and the landing page."""

import html
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from evalbook import plan
from evalbook.execute.record import data_until
from evalbook.files import replace_folder, write_whole
from evalbook.plan.results import RESULTS, results
from evalbook.publish.edition import PRINTED
from evalbook.publish.policy import with_policy
from evalbook.report.units import write
from evalbook.text.catalogue import tr
from evalbook.text.language import Language, direction, in_order, month, own_name

TITLE = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
NUMBERED = tr("Checkpoint {number}")
ABOUT = tr("Choose an evaluation checkpoint. The newest comes first.")


def data_file(the_plan: plan.Plan, checkpoint: plan.Checkpoint, figures: Path) -> dict[str, Any]:
    """Return every published number of a checkpoint.

    Parameters
    ----------
    figures : Path
        `figures/<checkpoint>`.

    Returns
    -------
    dict
        `checkpoint`, `cutoff` (the last day of the data), `synthetic`, `numbers` (key, value, unit,
        interval, n, source, method and the text in each language) and `tables` (name to rows). A
        hidden number has the value null.
    """
    numbers: list[dict[str, Any]] = []
    tables: dict[str, Any] = {}
    for theme in the_plan.themes:
        folder = figures / theme.stem
        if not (folder / RESULTS).is_file():
            continue
        found = results(folder)
        numbers += [
            _published(theme.stem, key, entry, the_plan.languages)
            for key, entry in found["numbers"].items()
        ]
        tables |= {f"{theme.stem}.{name}": table for name, table in found["tables"].items()}
    until = data_until((figures / theme.stem for theme in the_plan.themes), checkpoint.cutoff)
    return {
        "checkpoint": checkpoint.month,
        "cutoff": until.isoformat(),
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
        True replaces what is there but keeps PDF and Word file; False adds or replaces only the
        pages made.
    """
    if not whole:
        shutil.copytree(made, place, dirs_exist_ok=True)
        return
    for name in PRINTED:
        if (place / name).is_file():
            shutil.copy2(place / name, made / name)
    replace_folder(made, place)


def write_landing(site: Path, the_plan: plan.Plan) -> None:
    """Write `index.html`, which leads to the editions that are there."""
    sections = [_section(site, the_plan, language) for language in the_plan.languages]
    page = template("landing.html").render(sections=sections)
    write_whole(site / "index.html", with_policy(page) + "\n")


def template(name: str) -> jinja2.Template:
    """Read one of the package's templates; what it is filled with is escaped."""
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined
    ).get_template(name)


def _published(
    theme: str, key: str, entry: Mapping[str, Any], languages: Sequence[Language]
) -> dict[str, Any]:
    value = entry["value"]
    texts = {
        each: None if value is None else write(value, entry["unit"], each, entry["decimals"])
        for each in languages
    }
    return {"key": f"{theme}.{key}", **entry, "text": texts}


def _section(site: Path, the_plan: plan.Plan, language: Language) -> dict[str, Any]:
    """Return the editions of a language that are there."""
    editions = []
    for checkpoint in reversed(the_plan.checkpoints):
        links = _links(site, language, checkpoint)
        if links:
            editions.append(
                {"number": NUMBERED[language].format(number=checkpoint.number), "links": links}
            )
    return {
        "lang": language,
        "direction": direction(language),
        "name": own_name(language),
        "title": the_plan.title[language],
        "about": ABOUT[language],
        "editions": editions,
        "choose": the_plan.units.name[language] if the_plan.units else "",
        "units": _units(site, the_plan, language),
    }


def _units(site: Path, the_plan: plan.Plan, language: Language) -> list[dict[str, str]]:
    """Return the pages of units in the newest edition that has them."""
    if not the_plan.units:
        return []
    for checkpoint in reversed(the_plan.checkpoints):
        folder = site / language / checkpoint.month / the_plan.units.folder
        if pages := sorted(folder.glob("*.html")):
            found = [
                {"href": page.relative_to(site).as_posix(), "text": _heading(page)}
                for page in pages
            ]
            return sorted(found, key=lambda each: in_order(each["text"], language))
    return []


def _heading(page: Path) -> str:
    found = TITLE.search(page.read_text(encoding="utf-8"))
    return html.unescape(re.sub(r"<[^>]+>", "", found[1])) if found else page.stem


def _links(site: Path, language: Language, checkpoint: plan.Checkpoint) -> list[dict[str, str]]:
    place, when = f"{language}/{checkpoint.month}", month(checkpoint.cutoff, language)
    pages = sorted(page.name for page in (site / place).glob("*.html"))
    first = "index.html" if "index.html" in pages else next(iter(pages), "")
    links = [{"href": f"{place}/{first}", "text": when, "label": ""}] if first else []
    for name, kind in PRINTED.items():
        if (site / place / name).is_file():
            said = kind[language]
            text = said if links else f"{when} ({said})"
            links.append({"href": f"{place}/{name}", "text": text, "label": f"{said}, {when}"})
    return links
