"""A page for each unit of the plan, such as each place, from one template chapter."""

import html
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from evalbook import plan
from evalbook.errors import ChapterError
from evalbook.plan import programme
from evalbook.plan.programme import PublishedRow
from evalbook.plan.results import results
from evalbook.publish.chapters import Chapter, read_chapter, slug
from evalbook.publish.edition import UNIT_PAGE, Edition
from evalbook.publish.unit_drawing import drawing
from evalbook.publish.unit_results import Measure, UnitResults, Words, title_of
from evalbook.report.markdown import escaped
from evalbook.report.tidy import DECIMALS, SIGNS
from evalbook.report.units import UNITS, write, write_interval
from evalbook.text.catalogue import SOURCE, tr
from evalbook.text.language import Language, Text, in_order, number, short_month

REASONS: Final = {
    "too-few": tr("Not shown: it rests on too few persons."),
    "protects-others": tr("Not shown: others could be worked out from it."),
    "empty": tr("Nobody to measure, or it cannot be estimated."),
}
NOT_HERE: Final = tr(
    "{name} is not part of this checkpoint. The page shows what was published at earlier ones."
)
NOTHING: Final = tr("No number on {name} has been published at this checkpoint.")
ALL_HIDDEN: Final = tr(
    "At this checkpoint none of the {count} numbers on {name} can be shown; the reason stands in "
    "place of each. That says nothing of the results."
)
SOME_SHOWN: Final = tr(
    "At this checkpoint {shown} of the {count} numbers on {name} can be shown; where one cannot, "
    "the reason stands in its place."
)
ALL_SHOWN: Final = tr("At this checkpoint all {count} numbers on {name} can be shown.")
GLANCE: Final = tr("The targets at a glance")
NONE_NOW: Final = tr("No number at this checkpoint.")
INTERVAL: Final = tr("95% interval {interval}")
PERSONS: Final = tr("n = {n}")
BESIDE: Final = tr("{name}: {value}")
RANK: Final = tr("The others shown ({count}): {low} to {high}")
EVERY: Final = tr("All checkpoints")
HEADS: Final = (tr("Checkpoint"), tr("Result"), tr("95% interval"))
COURSE: Final = tr("{name}: {course}.")
POINT: Final = tr("{when} {value}")
LEGEND: Final = tr(
    "Large dots and lines: {name}, with 95% intervals. Hollow marks: the kinds of unit named below "
    "the drawing. Small dots: the others."
)


class UnitPages:
    """The pages of an edition's units.

    Parameters
    ----------
    edition : Edition
        The edition that they belong to.
    """

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._language: Language = edition.language
        self._plan = plan.load()
        self._checkpoints = self._plan.until(edition.checkpoint)

    def chapters(self) -> list[Chapter]:
        """Write a page for each unit that this checkpoint or an earlier one has.

        Raises
        ------
        ChapterError
            If the plan has units, and there is no template.
        """
        units = self._plan.units
        if units is None or self._edition.themes:
            return []
        found = UnitResults(units, self._results())
        if not found.known:
            return []
        path = self._edition.root / UNIT_PAGE.format(language=self._language)
        if not path.is_file():
            raise ChapterError(
                f"the plan has a page for each of '{units.name[self._language]}', "
                "and nothing to make it from",
                where=path,
                remedy="Write the template, or take `units` out of data/plan/themes.yml",
            )
        template = read_chapter(path)
        names = dict(
            sorted(found.known.items(), key=lambda each: in_order(each[1], self._language))
        )
        places = _places(names, units.folder)
        return [self._page(template, code, names, places, found) for code in places if names[code]]

    def _results(self) -> dict[str, dict[str, Any]]:
        root = self._edition.root / "figures"
        editions = [replace(self._edition, checkpoint=each) for each in self._checkpoints]
        return {
            each.checkpoint.month: {
                stem: results(root / each.checkpoint.month / stem) for stem in each.finished()
            }
            for each in editions
        }

    def _page(
        self,
        template: Chapter,
        code: str,
        names: Mapping[str, str],
        places: Mapping[str, str],
        found: UnitResults,
    ) -> Chapter:
        name = names[code]
        values = {
            "name": escaped(name),
            "state": self._state(code, name, found),
            "measures": self._measures(code, name, found),
            "others": " · ".join(
                f"[{escaped(names[other])}]({place.rpartition('/')[2]}.qmd)"
                for other, place in places.items()
                if other != code
            ),
        }
        body = template.body
        for key, value in values.items():
            body = body.replace(f"{{{{< meta unit.{key} >}}}}", value)
        front = template.front | {"title": name, "short": name}
        return Chapter(places[code], template.path, front, body)

    def _state(self, code: str, name: str, found: UnitResults) -> str:
        """Say how much is shown of a unit at this checkpoint."""
        month = self._edition.checkpoint.month
        rows = [each.rows[month] for each in found.measures[code] if month in each.rows]
        shown = sum(not math.isnan(row.estimate) for row in rows)
        if code not in found.at(month):
            said = NOT_HERE
        elif not rows:
            said = NOTHING
        else:
            said = ALL_SHOWN if shown == len(rows) else SOME_SHOWN if shown else ALL_HIDDEN
        counts = {"shown": shown, "count": len(rows)}
        written = {key: number(count, self._language) for key, count in counts.items()}
        return said.format(name=escaped(name), **written)[self._language]

    def _measures(self, code: str, name: str, found: UnitResults) -> str:
        """Write all that is published on a unit, theme by theme."""
        measures, counts = found.measures[code], list(found.counts(code))
        first = [each for each in measures if self._remarks(each)]
        sections = [self._section("at-a-glance", GLANCE, self._cards(first, name))]
        for theme in self._plan.themes:
            own = [each for each in measures if each.theme == theme.stem and each not in first]
            tables = [self._counts(table, row) for stem, table, row in counts if stem == theme.stem]
            inside = [*self._cards(own, name), *tables]
            sections.append(self._section(theme.stem, theme.name, inside))
        legend = LEGEND.format(name=escaped(name))[self._language]
        head = [f"[{legend}]{{.legend}}"] if measures else []
        return "\n\n".join([*head, *filter(None, sections)])

    def _section(self, anchor: str, title: Text, parts: Sequence[str]) -> str:
        inside = "\n".join(parts)
        head = f"## {title[self._language]} {{#{anchor}}}"
        return f"{head}\n\n``````{{=html}}\n{inside}\n``````" if parts else ""

    def _cards(self, measures: Sequence[Measure], name: str) -> list[str]:
        cards = "".join(self._card(each, name) for each in measures)
        return [f'<div class="measures">{cards}</div>'] if cards else []

    def _card(self, measure: Measure, name: str) -> str:
        """Write one measure: its result, what it says, its course, and what is beside it."""
        month = self._edition.checkpoint.month
        title = self._title(measure)
        row = measure.rows.get(month)
        parts = [f"<h3>{html.escape(title)}</h3>"]
        parts += self._value(row) if row else [f'<p class="none">{NONE_NOW[self._language]}</p>']
        if month in (remarks := self._remarks(measure)):
            parts.append(f"<p>{html.escape(remarks[month][self._language])}</p>")
        parts.append(self._drawing(measure, f"{name}, {title}"))
        parts += self._around(measure, month)
        parts.append(self._table(measure))
        return f'<section class="measure">{"".join(parts)}</section>'

    def _title(self, measure: Measure) -> str:
        return ", ".join(_in(words, self._language) for words in measure.names)

    def _value(self, row: PublishedRow) -> Iterator[str]:
        if math.isnan(row.estimate):
            reason = REASONS.get(row.status, REASONS["empty"])[self._language]
            yield f'<p class="none">{html.escape(reason)}</p>'
            return
        beside = []
        if not math.isnan(row.lower + row.upper):
            beside.append(INTERVAL.format(interval=self._interval(row))[self._language])
        if not math.isnan(row.n):
            beside.append(PERSONS.format(n=number(row.n, self._language))[self._language])
        after = f" <span>{html.escape(', '.join(beside))}</span>" if beside else ""
        yield f'<p class="value"><b>{html.escape(self._written(row))}</b>{after}</p>'

    def _remarks(self, measure: Measure) -> dict[str, Text]:
        """Return what the programme says of a measure's rows, by checkpoint."""
        remark = programme.named(self._plan.programme).remark
        if not remark:
            return {}
        said = {
            month: remark(self._plan.at(self._plan.checkpoint(month)), measure.keys, row)
            for month, row in measure.rows.items()
        }
        return {month: text for month, text in said.items() if text}

    def _drawing(self, measure: Measure, title: str) -> str:
        course = "; ".join(
            POINT.format(when=self._when(month), value=self._written(row))[self._language]
            for month, row in measure.rows.items()
        )
        months = [checkpoint.month for checkpoint in self._checkpoints]
        return drawing(
            measure,
            months,
            list(map(self._when, months)),
            self._language,
            COURSE.format(name=title, course=course)[self._language],
        )

    def _around(self, measure: Measure, month: str) -> Iterator[str]:
        """Write what the kinds of unit and the others came to."""
        said = [
            BESIDE.format(name=_in(other.name, self._language), value=self._written(other.row))[
                self._language
            ]
            for other in measure.beside.get(month, [])[-2:]
        ]
        rows = [row for row in measure.others.get(month, []) if not math.isnan(row.estimate)]
        if len(rows) > 1:
            low, high = (chosen(rows, key=lambda row: row.estimate) for chosen in (min, max))
            count = number(len(rows), self._language)
            ends = {"low": self._written(low), "high": self._written(high)}
            said.append(RANK.format(count=count, **ends)[self._language])
        if said:
            yield f"<p>{'<br>'.join(map(html.escape, said))}</p>"

    def _table(self, measure: Measure) -> str:
        if len(measure.rows) < 2:
            return ""
        heads = "".join(
            f'<th scope="col">{html.escape(head[self._language])}</th>' for head in HEADS
        )
        rows = "".join(
            f'<tr><th scope="row">{html.escape(self._when(month))}</th>'
            f'<td class="n">{html.escape(self._written(row))}</td>'
            f'<td class="n">{html.escape(self._interval(row))}</td></tr>'
            for month, row in measure.rows.items()
        )
        title = html.escape(self._title(measure))
        return (
            f'<details class="behind"><summary>{EVERY[self._language]}'
            f'<span class="hidden">: {title}</span></summary>'
            f'<table><caption class="hidden">{title}</caption><thead><tr>{heads}</tr></thead>'
            f"<tbody>{rows}</tbody></table></details>"
        )

    def _counts(self, table: Mapping[str, Any], row: Mapping[str, Any]) -> str:
        """Write a row of a plain table, such as of counts, as names and values."""
        units = self._plan.units
        assert units is not None
        cells = "".join(
            f'<tr><th scope="row">{html.escape(_in(column["heading"], self._language))}</th>'
            f'<td class="n">{html.escape(self._cell(row[name], column))}</td></tr>'
            for name, column in table["columns"].items()
            if name != units.column
        )
        caption = html.escape(_in(title_of(table), self._language))
        return f'<table class="counts"><caption>{caption}</caption><tbody>{cells}</tbody></table>'

    def _cell(self, value: Any, column: Mapping[str, Any]) -> str:
        if value is None:
            return SIGNS["too-few"][self._language]
        if column["unit"] is None:
            return _in(value, self._language) if isinstance(value, Mapping) else str(value)
        decimals = 0 if float(value).is_integer() else column["decimals"]
        return write(value, _unit(column["unit"]), self._language, decimals)

    def _written(self, row: PublishedRow) -> str:
        if math.isnan(row.estimate):
            return SIGNS.get(row.status, SIGNS["empty"])[self._language]
        return write(row.estimate, _unit(row.unit), self._language, DECIMALS.get(row.unit, 1))

    def _interval(self, row: PublishedRow) -> str:
        if math.isnan(row.lower + row.upper):
            return ""
        ends, places = (row.lower, row.upper), DECIMALS.get(row.unit, 1)
        return write_interval(ends, _unit(row.unit), self._language, places)

    def _when(self, month: str) -> str:
        return short_month(self._plan.checkpoint(month).cutoff, self._language)


def unit_chapters(edition: Edition) -> list[Chapter]:
    """Write the pages of an edition's units; none where the plan has no units."""
    return UnitPages(edition).chapters()


def _places(names: Mapping[str, str], folder: str) -> dict[str, str]:
    """Return each unit's page: its code as an address; codes that look alike get a number."""
    seen: dict[str, int] = {}
    places = {}
    for code in names:
        stem = slug(code)
        seen[stem] = seen.get(stem, 0) + 1
        places[code] = f"{folder}/{stem}" + (f"-{seen[stem]}" if seen[stem] > 1 else "")
    return places


def _unit(unit: str) -> str:
    """Return a unit that numbers are written with; others are plain numbers."""
    return unit if unit in UNITS else "count"


def _in(words: Words, language: Language) -> str:
    return words.get(language) or words.get(SOURCE) or next(iter(words.values()), "")
