"""The values that chapters show: the results of an edition, written in its language.

Chapters read these as `{{< meta THEME.KEY.value >}}`; plain Quarto finds them in
`figures/latest/<language>.json`. Names and sentences are text: what looks like markup in them is
shown as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from evalbook import plan
from evalbook.publish.expansion import MISSING_RESULT
from evalbook.report.markdown import attribute, escaped
from evalbook.report.units import write, write_interval
from evalbook.sdc import HIDDEN
from evalbook.text.catalogue import tr
from evalbook.text.language import Language, Text, day, join, joined, month, number

WORDS = {
    "download": tr("download"),
    "permalink": tr("Permalink"),
    "cell": tr("How it was calculated"),
    "behind": tr("The numbers behind the figure"),
    "table": tr("Table"),
    "notice": tr("Please note"),
}
# What Pandoc needs to know; the rest is in the text already.
CONTEXT = ("numbered", "absent", "words", "plan", "has")
KIND_WORDS = {"fig": tr("Figure"), "tbl": tr("Table"), "eq": tr("Equation")}
SECTION = tr("section “{title}”")
Results = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Display:
    """A figure, table, equation or section of the edition that can be referred to.

    Parameters
    ----------
    name : str
        `fig-targets`, `tbl-targets`, `eq-share` or `sec-limits`.
    page : str
        The page that shows it.
    files : sequence of str
        What a reader can take away, as paths from the edition's folder.
    cell : str
        The address of the notebook cell that made it; empty if unknown.
    title : str
        A section's title, by which it is referred to.
    """

    name: str
    page: str
    files: Sequence[str] = ()
    cell: str = ""
    title: str = ""


def edition_values(
    the_plan: plan.Plan,
    checkpoint: plan.Checkpoint,
    language: Language,
    results: Mapping[str, Results],
    displays: Sequence[Display],
    absent: Sequence[str] = (),
    until: date | None = None,
) -> dict[str, Any]:
    """Return everything that chapters of an edition may refer to, as text.

    Parameters
    ----------
    results : mapping
        Theme stem to the content of its `results.json`.
    displays : sequence of Display
        Figures and tables in the order in which the edition shows them.
    absent : sequence of str
        Figures and tables of themes that failed; a reference to one leaves a visible mark.
    until : date, optional
        The last day that the data tell of; default the checkpoint's cut-off.

    Returns
    -------
    dict
        `edition`, `plan` (activity to whether it is scheduled), `planned` (activity to a
        sentence), `numbered` (id to label, page, files and cell), `absent` (id to the mark), `has`
        (theme and key to true, for `when-meta`), `words` (what pages say of themselves), and one
        entry per theme.
    """
    values: dict[str, Any] = {
        "edition": {
            "checkpoint": checkpoint.month,
            "number": str(checkpoint.number),
            "month": month(checkpoint.cutoff, language),
            "cutoff": day(until or checkpoint.cutoff, language),
            "activities": escaped(_named(the_plan, checkpoint)[language]),
            "ahead": escaped(_ahead(the_plan, checkpoint)[language]),
            "imprint": escaped(_imprint(the_plan, checkpoint, until)[language]),
        },
        **conditions(the_plan, checkpoint, results),
        "planned": {
            activity: escaped(the_plan.begins(checkpoint, activity)[language])
            for activity in the_plan.activities
        },
        "numbered": _labels(displays, language),
        "absent": dict.fromkeys(absent, MISSING_RESULT[language]),
        "words": {key: text[language] for key, text in WORDS.items()},
    }
    for theme, found in results.items():
        values[theme] = _theme_values(theme, found, language)
    return values


def conditions(
    the_plan: plan.Plan, checkpoint: plan.Checkpoint, results: Mapping[str, Results]
) -> dict[str, Any]:
    """Return what blocks of chapters may depend on: `plan` and `has`, as in `edition_values`."""
    return {
        "plan": {activity: activity in checkpoint.activities for activity in the_plan.activities},
        "has": {
            theme: dict.fromkeys([*found["numbers"], *found["labels"]], True)
            for theme, found in results.items()
        },
    }


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what chapters themselves refer to; the rest is for filters (`context`)."""
    return {key: value for key, value in values.items() if key not in CONTEXT}


def context(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what Pandoc needs to know to resolve references and conditions."""
    return {key: values[key] for key in CONTEXT}


def _theme_values(theme: str, found: Results, language: Language) -> dict[str, Any]:
    values: dict[str, Any] = {
        key: escaped(label[language]) for key, label in found["labels"].items()
    }
    for key, entry in found["numbers"].items():
        values[key] = _number_texts(f"{theme}.{key}", entry, language)
    return values


def _number_texts(key: str, entry: Mapping[str, Any], language: Language) -> dict[str, str]:
    unit, decimals = entry["unit"], entry["decimals"]
    shown = HIDDEN if entry["value"] is None else write(entry["value"], unit, language, decimals)
    # The span lets a reader's program find each number's key, and so its entry in the data file.
    texts = {"value": f'[{shown}]{{.number data-key="{attribute(key)}"}}'}
    if entry["value"] is None:
        texts |= {"interval": HIDDEN, "n": HIDDEN}
    if entry["interval"] is not None:
        texts["interval"] = write_interval(entry["interval"], unit, language, decimals)
    if entry["n"] is not None:
        texts["n"] = number(entry["n"], language)
    return texts


def _labels(displays: Sequence[Display], language: Language) -> dict[str, dict[str, Any]]:
    counts = dict.fromkeys(KIND_WORDS, 0)
    labels: dict[str, dict[str, Any]] = {}
    for display in displays:
        kind = display.name.split("-", 1)[0]
        if kind in counts:
            counts[kind] += 1
            label = f"{KIND_WORDS[kind][language]}\N{NO-BREAK SPACE}{counts[kind]}"
        else:
            label = SECTION[language].format(title=display.title)
        labels[display.name] = {"label": label, "page": display.page}
        if display.files:
            labels[display.name]["files"] = list(display.files)
        if display.cell:
            labels[display.name]["cell"] = display.cell
    return labels


def _named(the_plan: plan.Plan, checkpoint: plan.Checkpoint) -> Text:
    return joined([the_plan.activities[activity] for activity in checkpoint.activities])


def _imprint(the_plan: plan.Plan, checkpoint: plan.Checkpoint, until: date | None) -> Text:
    """Return sentences on the day an edition came out, the data, and whom to ask."""
    out = checkpoint.published
    parts = [
        tr("Published on {day}.").format(day=Text.each(day, out))
        if out
        else tr("No day of publication has been set."),
        tr("Data up to {cutoff}.").format(cutoff=Text.each(day, until or checkpoint.cutoff)),
        the_plan.contact or tr("No contact has been named."),
    ]
    return join(" ", parts)


def _ahead(the_plan: plan.Plan, checkpoint: plan.Checkpoint) -> Text:
    """Return a sentence on the next checkpoint and its activities."""
    following = the_plan.after(checkpoint)
    if following is None:
        return tr("This is the last checkpoint of the evaluation.")
    return tr("The next checkpoint is number {number}, in {when}: {activities}.").format(
        number=str(following.number),
        when=following.when,
        activities=_named(the_plan, following),
    )
