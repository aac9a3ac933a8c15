"""The files that an evaluation of one's own begins with, or the demonstration whole."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from string import Template
from typing import Any, Final

import yaml

from evalbook import plan
from evalbook.errors import UsageError
from evalbook.paths import PACKAGE, demonstration
from evalbook.text.language import PACKAGED, Language
from nychance import tr

STARTER: Final = Path(__file__).parent
# What an evaluation begins with besides the starter's own files, and what makes up the
# demonstration.
SHARED: Final = (
    "data/README.md",
    "data/codes",
    "data/public",
    "data/plan/roster.csv",
    "data/plan/glossary.yml",
    "data/qualitative/README.md",
)
WHOLE: Final = (
    "_quarto.yml",
    "_quarto-da.yml",
    "_quarto-en.yml",
    "index.qmd",
    "chapters",
    "notebooks",
    "data",
)
# Style, filter and checks, which plain Quarto reads from the project.
STYLE: Final = ("report.css", "references.lua", "results.js", "icon.svg", "reference.docx")
LITTER: Final = shutil.ignore_patterns("demo", "__pycache__", "*.py", ".*")
MONTHS_APART: Final = 6
CHECKPOINTS: Final = 3
TITLE: Final = tr("An evaluation")


def start(
    folder: Path,
    title_da: str = "",
    title_en: str = "",
    months: Sequence[str] = (),
    languages: Sequence[str] = (),
) -> None:
    """Start a new evaluation: a plan, two themes with notebooks and chapters, and shared data.

    Parameters
    ----------
    folder : Path
        Where; it must not exist, or be empty.
    title_da, title_en : str
        The evaluation's title; where one is left out, the other stands for it.
    months : sequence of str
        The checkpoints, as `YYYY-MM`, in order; default three, from this month on, half a year
        apart.
    languages : sequence of str
        The languages of the report, of those that the package brings; default all. Others are
        added later.

    Raises
    ------
    UsageError
        If the folder holds something or cannot be written, a month is none or out of order, or a
        language is not known.
    """
    checkpoints = _checked(months or _half_years(date.today()))
    for language in languages:
        if language not in PACKAGED:
            raise plan.unknown("language", language, PACKAGED)
    chosen = [language for language in PACKAGED if not languages or language in languages]
    titles = {
        "title_da": title_da or title_en or TITLE.da,
        "title_en": title_en or title_da or TITLE.en,
    }
    with _made(folder) as into:
        shutil.copytree(STARTER, into, dirs_exist_ok=True, ignore=LITTER)
        (into / "gitignore").rename(into / ".gitignore")
        _copy(SHARED, into)
        _fill(into, _values(titles, checkpoints, chosen))
        _keep_languages(into, chosen)
        _use_own_style(into)


def start_demonstration(folder: Path) -> None:
    """Start from the demonstration: its plan, notebooks, chapters and figures.

    Raises
    ------
    UsageError
        If the folder holds something or cannot be written.
    """
    with _made(folder) as into:
        _copy(WHOLE, into)
        shutil.copy(STARTER / "gitignore", into / ".gitignore")
        _use_own_style(into)


@contextmanager
def _made(folder: Path) -> Iterator[Path]:
    """Yield a staged folder that appears whole at its place, or not at all."""
    place = folder.resolve()
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise UsageError(
            "the folder is not empty", where=place, remedy="Name a new or an empty folder"
        )
    staging = place.with_name(f".{place.name}.partial")
    try:
        staging.mkdir(parents=True)
        yield staging
        if place.exists():
            place.rmdir()
        staging.rename(place)
    except OSError as error:
        raise UsageError(
            f"cannot write here ({error.strerror})",
            where=place,
            remedy="Name a folder that you may write",
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _copy(names: Sequence[str], into: Path) -> None:
    for name in names:
        source, target = demonstration() / name, into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=LITTER)
        else:
            shutil.copy(source, target)


def _fill(into: Path, values: dict[str, str]) -> None:
    """Replace the `$names` in the starter's files by the values."""
    for template in sorted(STARTER.rglob("*")):
        path = into / template.relative_to(STARTER)
        if path.is_file() and "$" in (text := path.read_text(encoding="utf-8")):
            path.write_text(Template(text).substitute(values), encoding="utf-8")


def _values(
    titles: dict[str, str], checkpoints: Sequence[date], languages: Sequence[Language]
) -> dict[str, str]:
    listed = [
        f'  - number: {number}\n    month: "{month:%Y-%m}"\n    activities: [benchmarking]'
        for number, month in enumerate(checkpoints, start=1)
    ]
    first = checkpoints[0]
    return {
        **{name: title.replace('"', "”") for name, title in titles.items()},
        "languages": ", ".join(languages),
        "checkpoints": "\n".join(listed),
        "last": f"{checkpoints[-1]:%Y-%m}",
        "programme_start": date(first.year - 1, 1, 1).isoformat(),
        "method_start": _later(first, 1).isoformat(),
    }


def _keep_languages(into: Path, languages: Sequence[Language]) -> None:
    left_out = [language for language in PACKAGED if language not in languages]
    for language in left_out:
        shutil.rmtree(into / "chapters" / language)
        (into / f"_quarto-{language}.yml").unlink()
        for catalogue in (into / "notebooks").glob(f"*.{language}.po"):
            catalogue.unlink()
    if not left_out:
        return
    path = into / "_quarto.yml"
    config: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    site = config["website"]
    site["sidebar"] = [bar for bar in site["sidebar"] if bar["id"] in languages]
    site["navbar"]["left"] = [
        link for link in site["navbar"]["left"] if link["href"].split("/")[1] in languages
    ]
    config["project"]["render"] = [
        "index.qmd",
        *(f"chapters/{language}/*.qmd" for language in languages),
    ]
    path.write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False), encoding="utf-8")
    index = into / "index.qmd"
    lines = index.read_text(encoding="utf-8").splitlines()
    kept = [
        line for line in lines if not any(f"(chapters/{language}/" in line for language in left_out)
    ]
    index.write_text("\n".join(kept) + "\n", encoding="utf-8")


def _use_own_style(into: Path) -> None:
    """Copy style and filter into the project, so that plain Quarto finds them."""
    (into / "style").mkdir()
    for name in STYLE:
        shutil.copy(PACKAGE / "publish" / name, into / "style" / name)
    path = into / "_quarto.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("evalbook/publish/", "style/"), encoding="utf-8"
    )


def _checked(months: Sequence[str]) -> list[date]:
    try:
        found = [date.fromisoformat(f"{month}-01") for month in months]
    except ValueError as error:
        raise UsageError(
            f"not a month ({error})", remedy="Write checkpoints as YYYY-MM, as in 2026-03"
        ) from error
    if found != sorted(set(found)):
        raise UsageError(
            "the checkpoints are not in order", remedy="Name each month once, the earliest first"
        )
    return found


def _half_years(today: date) -> list[str]:
    return [f"{_later(today, MONTHS_APART * n):%Y-%m}" for n in range(CHECKPOINTS)]


def _later(day: date, months: int) -> date:
    """Return the first day of the month so many months later."""
    count = 12 * day.year + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
