"""What a notebook publishes: numbers, sentences, figures and tables, each in every language.

A notebook opens its `Report`, protects tables of persons with it, and publishes what it found.
Everything lands in `figures/<checkpoint>/<theme>/`: `results.json`, a drawing of each figure per
language, and each table in Markdown.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from numbers import Real
from typing import Any, Final, Protocol, TypeVar

import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import Markdown, display

from evalbook import plan
from evalbook.errors import DisclosureError, UsageError
from evalbook.models.method import Declared
from evalbook.paths import figures_directory, notebooks_directory
from evalbook.plan.results import RESULTS
from evalbook.qualitative.quotations import Quotation
from evalbook.report import quotes, tidy
from evalbook.report.column import PERSONS, described, of_what
from evalbook.report.display import show_results
from evalbook.report.drawing import draw
from evalbook.report.pipe_table import pipe_table, plain_rows
from evalbook.report.style import use_report_style
from evalbook.report.units import UNITS
from evalbook.report.words import Words
from evalbook.sdc.about import About, about
from evalbook.sdc.ledger import Ledger
from evalbook.sdc.prose import check_cells, check_prose, check_texts, not_passed, safe
from evalbook.sdc.protected import ProtectedTables
from evalbook.sdc.protection import Orders
from evalbook.text.catalogue import tr
from evalbook.text.language import Language, Text, day, month
from evalbook.text.source import Source

FIELDS: Final = ("estimate", "lower", "upper", "n", "unit")
DECIMALS: Final = {"count": 0, "p": 3, "ratio": 2, "rate": 2}


class Register(Protocol):
    """Where persons come from: a programme's register."""

    @property
    def source(self) -> Source:
        """The source of its figures."""

    @property
    def names(self) -> Mapping[str, str]:
        """Names of the keys in its tables, by code."""

    @property
    def units(self) -> Mapping[str, str]:
        """Names of the units that readers get a page of, by code."""

    @property
    def until(self) -> date:
        """The last day that it tells of."""


Opened = TypeVar("Opened", bound=Register)


class Report(ProtectedTables):
    """The report of one theme at one checkpoint.

    Parameters
    ----------
    theme : str
        Stem of the theme, such as `method`.
    checkpoint : str
        Month or number of the checkpoint.
    source : Source, optional
        Where the figures come from; a notebook that reads a register sets it when it has done so.

    Attributes
    ----------
    plan : Plan
        The evaluation's plan.
    names : Names
        Keys to their names; add those that come from data.

    Raises
    ------
    UsageError
        If the theme or the checkpoint is not in the plan.
    """

    def __init__(self, theme: str, checkpoint: str, source: Source | None = None) -> None:
        found = plan.load()
        self.theme = found.theme(theme)
        self.checkpoint = found.checkpoint(checkpoint)
        self.plan = found.at(self.checkpoint)
        self._orders = Orders.given()
        protection = self.plan.protection
        super().__init__(
            Ledger(
                protection.minimum_count,
                {*self._orders.hidden, *protection.hidden_cells},
                self._orders.secret,
                protection.rounding,
                audited=self._orders.place is not None,
            ),
            source,
        )
        self._words = Words(self.plan, notebooks_directory() / f"{self.theme.stem}.ipynb")
        self.names = self._words.names
        self.folder = figures_directory() / self.checkpoint.month / self.theme.stem
        self.folder.mkdir(parents=True, exist_ok=True)
        self._until, self._stated = self.checkpoint.cutoff, False
        self._results: dict[str, dict[str, Any]] = {
            kind: {}
            for kind in ("numbers", "labels", "figures", "tables", "notices", "methods", "units")
        }
        use_report_style()
        show_results(self)

    @property
    def given_out(self) -> set[float]:
        """All numbers on persons that were released."""
        return self.released

    @property
    def until(self) -> date:
        """The last day that its data tell of: the register's, or the cut-off if none was opened."""
        return self._until

    def passed(self, value: float) -> bool:
        """Return whether a number on persons was released."""
        return value in self.released

    def open(self, register: Opened) -> Opened:
        """Take note of the register that the persons come from; gives it back.

        Raises
        ------
        UsageError
            If `state` has told a later day than the last one that it tells of.
        """
        if self._stated and register.until < self._until:
            raise UsageError(
                "how far the data go was stated before its register was opened",
                remedy="Call `report.open` before `report.state`",
            )
        self.source = register.source
        self.names.update(register.names)
        self._results["units"].update(register.units)
        self._until = min(self._until, register.until)
        return register

    def state(self, **parameters: object) -> None:
        """Show the notebook's parameters, how far its data go and the checkpoint's plan.

        A notebook that reads a register opens it first.
        """
        self._stated = True
        for language in self.plan.languages:
            _show(Markdown(_statement(self, parameters, language)), language)

    def number(
        self,
        key: str,
        result: Any,
        unit: str = "",
        *,
        interval: tuple[float, float] | None = None,
        n: float | None = None,
        decimals: int | None = None,
        method: Declared[..., Any] | Text | str | None = None,
        source: Source | None = None,
        counted: str = PERSONS,
    ) -> None:
        """Publish a number that chapters may state: `{{< meta THEME.KEY.value >}}`.

        Parameters
        ----------
        result : Series, number or None
            A row of a tidy table, which brings unit, interval, n, source and method; or a number
            that is not about persons. None or missing: hidden.
        unit : str
            A key of `evalbook.report.units.UNITS`.
        interval : tuple of float, optional
            The 95 per cent interval, in the same unit.
        method : Declared, Text or str, optional
            The function that worked it out, where the row does not know it; or how in words.
        source : Source, optional
            Where it is from, if not from the register.
        counted : str
            What `n`, or the number itself, counts: `persons`, or what needs no protection.

        Raises
        ------
        UsageError
            If the key is taken, the unit unknown, the value not finite, or no method known.
        DisclosureError
            If it is a plain number about persons that no protecting call has released.
        """
        value, known = _values_of(result), about(result)
        estimate = value["estimate"]
        interval = interval or (value["lower"], value["upper"])
        unit = unit or value["unit"]
        n = value["n"] if n is None else n
        if unit not in UNITS:
            raise plan.unknown("unit", unit, list(UNITS))
        if known is None:
            known = About(self._source_of(source), None, of_what(counted))
            if known.source.persons and known.counted == PERSONS and not self._known(estimate):
                raise not_passed(f"number {key}")
        given = self._words.text(method) if isinstance(method, str) else method
        declared = known.method if given is None else given
        if declared is None:
            raise UsageError(
                f"nothing says how number {key!r} was worked out",
                remedy="Name the function: `method=`",
            )
        if isinstance(declared, Declared):
            if not declared.called:
                raise UsageError(
                    f"number {key!r} is said to come from {declared.method.function}, "
                    "which did not run",
                    remedy="Name the function that worked it out",
                )
            declared = declared.method
        hidden = estimate is None or math.isnan(estimate)
        if not hidden and not math.isfinite(estimate):
            raise UsageError(
                f"number {key!r} is {estimate}",
                remedy="Give a finite value, or leave the number out",
            )
        if not isinstance(declared, Text):
            self._results["methods"][declared.function] = declared.within(self.plan.languages)
        self._add(
            "numbers",
            key,
            {
                "value": None if hidden else float(estimate),
                "unit": unit,
                "decimals": DECIMALS.get(unit, 1) if decimals is None else decimals,
                "interval": None if hidden or not _finite(interval) else list(map(float, interval)),
                "n": None if hidden or not _finite([n]) else round(float(n)),
                "source": self._said(known.source.line),
                "synthetic": known.source.synthetic,
                "method": self._said(declared if isinstance(declared, Text) else declared.name),
                "function": "" if isinstance(declared, Text) else declared.function,
                "status": value["status"],
                "groups": self._groups_of(result),
            },
        )

    def numbers(self, keys: str, results: pd.DataFrame, **known: Any) -> None:
        """Publish a number of each row of results.

        Parameters
        ----------
        keys : str
            Their keys, with the names of groups in braces: `exits-{role}`. A key's underscores
            become hyphens.
        results : DataFrame
            Results; groups that the keys do not name need not be there.
        **known
            As for `number`.
        """
        groups = list(map(str, results.index.names))
        for key, (_, row) in zip(results.index, results.iterrows(), strict=True):
            values = [str(each).replace("_", "-") for each in (key if len(groups) > 1 else (key,))]
            self.number(keys.format(**dict(zip(groups, values, strict=True))), row, **known)

    def sentence(self, key: str, text: Text | str) -> None:
        """Publish a sentence or a name that chapters may use: `{{< meta THEME.KEY >}}`."""
        self._add("labels", key, self._said(self._words.text(text)))

    def figure(
        self,
        name: str,
        figure: Any,
        *,
        finding: Text | str,
        measure: Text | str = "",
        data: pd.DataFrame | None = None,
        units: Mapping[str, str] | None = None,
        source: Source | None = None,
        counted: str = PERSONS,
    ) -> None:
        """Publish a finished figure: its texts said in each language, the finding as its title.

        Parameters
        ----------
        name : str
            Chapters show `/figures/latest/THEME/NAME.<language>.svg`.
        figure : Figure, Axes or seaborn grid
            Drawn once, with keys or English as its texts.
        finding : Text or str
            What the figure shows: its title, and its text for those who do not see it.
        measure : Text or str, optional
            What is measured, in which unit, of whom: the line under the title.
        data : DataFrame, optional
            The numbers that are drawn, which readers can unfold and download.
        units : mapping, optional
            Units of the columns of `data` that are not results.
        counted : str
            What its numbers count: `persons`, or units that need no protection.

        Raises
        ------
        UsageError
            If a text has no translation; all of them are named at once.
        DisclosureError
            If it draws persons, and `data` is left out or is no result of a protecting call.
        """
        where, said = self._source_of(source, data), self._words.text(finding)
        if data is not None:
            laid = {"data": self._reusable(f"figure {name}", data, units or {}, where, counted)}
        elif where.persons and of_what(counted) == PERSONS:
            raise DisclosureError(
                "it draws persons, and no protected results are laid behind it",
                where=f"figure {name}",
                remedy="Give the results that it draws: `data=`",
            )
        else:
            laid = {}
        drawings = draw(
            figure,
            name=name,
            finding=said,
            source=where.line,
            names=self.names,
            translate=self._words.translate,
            languages=self.plan.languages,
            folder=self.folder,
            subtitle=self._words.text(measure) if measure else None,
        )
        plt.close("all")
        for language, drawing in drawings.items():
            _show_drawing(drawing.wide, language, alt=said[language], name=f"fig-{name}")
        entry = {"alt": self._said(said), "source": self._said(where.line)}
        if measure:
            entry["measure"] = self._said(self._words.text(measure))
        self._add("figures", name, entry | laid)

    def table(
        self,
        name: str,
        table: pd.DataFrame,
        *,
        units: Mapping[str, str] | None = None,
        wide: str = "",
        source: Source | None = None,
        counted: str = PERSONS,
    ) -> None:
        """Publish a table, with its headings and texts in each language.

        Parameters
        ----------
        name : str
            Chapters include `/figures/latest/THEME/NAME.<language>.md`.
        table : DataFrame
            Results, or any table whose columns have English names.
        units : mapping, optional
            Units of columns that are not results.
        wide : str
            A group of results whose categories stand side by side, such as `role`.
        counted : str
            What its numbers count: `persons`, or units that need no protection.
        """
        where = self._source_of(source, table)
        data = self._reusable(f"table {name}", table, units or {}, where, counted)
        frame, columns = tidy.written(table, self._words.text, units or {}, wide)
        for language in self.plan.languages:
            rows = pipe_table(frame, columns, language)
            (self.folder / f"{name}.{language}.md").write_text(rows + "\n", encoding="utf-8")
            _show(Markdown(f"{rows}\n\n*{where.line[language]}.*"), language, name=f"tbl-{name}")
        self._add("tables", name, {"source": self._said(where.line)} | data)

    def notice(self, *names: str, text: Text) -> None:
        """Say why there is no figure or table: chapters show the text in its place."""
        for name in names:
            self._add("notices", name, self._said(text))
        for language in self.plan.languages:
            _show(Markdown(text[language]), language)

    def quotations(self, name: str, quotations: Sequence[Quotation]) -> None:
        """Publish what people said in the original, elsewhere with a translation beside it."""
        for language in self.plan.languages:
            # A comment keeps Markdown from joining neighbouring blocks into one.
            quoted = "\n\n<!-- -->\n\n".join(
                quotes.block(quotation, self.plan, language) for quotation in quotations
            )
            (self.folder / f"_{name}.{language}.md").write_text(quoted + "\n", encoding="utf-8")
            _show(Markdown(quoted), language)

    def prose(self, name: str, text: Text, *, source: Source | None = None) -> None:
        """Publish paragraphs with their source: chapters include `_NAME.<language>.md`."""
        where = self._source_of(source)
        if where.persons:
            check_prose(name, self._said(text), self)
        for language in self.plan.languages:
            words = f"{text[language].rstrip()}\n\n*{where.line[language]}.*\n"
            (self.folder / f"_{name}.{language}.md").write_text(words, encoding="utf-8")
            _show(Markdown(words), language)

    def show(self, shown: object, *, source: Source) -> None:
        """Show something else that a reader of the notebook should see, not about persons."""
        if source.persons:
            raise UsageError(
                "this would show unprotected figures on persons",
                where=f"notebook {self.theme.stem}",
                remedy="Show it with `report.table` or `report.figure`, or not at all",
            )
        if isinstance(shown, pd.DataFrame):
            shown = About(source).on(shown.copy(deep=False))
        display(shown, metadata=safe(source.line[self.plan.languages[0]]))

    def close(self) -> None:
        """Write `results.json`; without it the run counts as unfinished.

        Raises
        ------
        DisclosureError
            If a sentence states a share that no published result has.
        """
        check_texts(self._results, self)
        text = json.dumps(self._results, ensure_ascii=False, indent=1, allow_nan=False)
        (self.folder / RESULTS).write_text(text + "\n", encoding="utf-8")
        self._orders.keep(self.ledger)

    def _known(self, value: float | None) -> bool:
        return value is None or math.isnan(value) or (value in self.released and value % 1 != 0)

    def _source_of(self, source: Source | None, table: pd.DataFrame | None = None) -> Source:
        known = about(table)
        found = source or (known.source if known else self.source)
        if found is None:
            raise UsageError(
                "nobody knows where these figures come from",
                remedy="Say it with `source=`, or set `report.source`",
            )
        return found

    def _reusable(
        self,
        name: str,
        table: pd.DataFrame,
        units: Mapping[str, str],
        source: Source,
        counted: str,
    ) -> dict[str, Any]:
        unsure = source.persons and of_what(counted) == PERSONS and about(table) is None
        if unsure:
            self._refuse_unprotected(name, table)
        frame, columns = tidy.tidy(table, self._words.text, units)
        languages = self.plan.languages
        rows = plain_rows(frame, columns, languages)
        if unsure:
            check_cells(name, rows, self._results, self)
        return {
            "columns": described(columns, languages),
            "rows": rows,
            "keys": tidy.keys(table),
        }

    def _groups_of(self, result: Any) -> list[dict[Language, str]]:
        """Name the groups that a row of results is about."""
        keys = getattr(result, "name", None) if isinstance(result, pd.Series) else None
        if keys is None:
            return []
        return [self._said(self._words.text(key)) for key in _tuple(keys)]

    def _refuse_unprotected(self, name: str, table: pd.DataFrame) -> None:
        numbers = table.select_dtypes("number").to_numpy(dtype=float).ravel()
        if not self._are_results(table) and not all(map(self._known, numbers.tolist())):
            raise not_passed(name)

    def _add(self, kind: str, key: str, entry: dict[str, Any]) -> None:
        alike = {"numbers", "labels"} if kind in ("numbers", "labels") else {kind}
        if any(key in self._results[each] for each in alike):
            raise UsageError(
                f"{key!r} is published twice in {kind}", remedy="Give each result a name of its own"
            )
        self._results[kind][key] = entry

    def _said(self, text: Text) -> dict[Language, str]:
        return text.within(self.plan.languages)


def _values_of(result: Any) -> dict[str, Any]:
    """Take a number, a row of results, or a fitted model apart."""
    if result is None or isinstance(result, Real):
        value = math.nan if result is None else float(result)
        return {**dict.fromkeys(FIELDS, math.nan), "estimate": value, "unit": "", "status": ""}
    if not hasattr(result, "estimate"):
        raise UsageError(
            f"a {type(result).__name__} is no result",
            remedy="Give a number, a row of a table of results, or a fitted model",
        )
    found = {name: getattr(result, name, math.nan) for name in FIELDS}
    if isinstance(ends := getattr(result, "interval", None), tuple):
        found["lower"], found["upper"] = ends
    unit = found["unit"] if isinstance(found["unit"], str) else ""
    return found | {"unit": unit, "status": getattr(result, "status", "")}


def _tuple(keys: Any) -> tuple[Any, ...]:
    return keys if isinstance(keys, tuple) else (keys,)


def _finite(values: Iterable[float | None]) -> bool:
    return all(value is not None and math.isfinite(value) for value in values)


def _statement(report: Report, parameters: Mapping[str, object], language: Language) -> str:
    checkpoint = report.checkpoint
    activities = ", ".join(report.plan.activities[a][language] for a in checkpoint.activities)
    words = tr(
        "| | |\n|---|---|\n| Theme | {theme} |\n| Checkpoint | {number} ({month}) |\n"
        "| Data up to | {cutoff} |\n"
        "| The checkpoint's plan | {activities} |\n"
    )
    head = words[language].format(
        theme=report.theme.name[language],
        number=checkpoint.number,
        month=month(checkpoint.cutoff, language),
        cutoff=day(report.until, language),
        activities=activities,
    )
    return head + "".join(f"| `{name}` | `{value}` |\n" for name, value in parameters.items())


def _show_drawing(drawing: str, language: Language, **about_it: str) -> None:
    """Show a drawing as it is saved, without its head.

    IPython's own `SVG` would parse and write it anew.
    """
    shown = {"image/svg+xml": drawing[drawing.index("<svg") :], "text/plain": "<drawing>"}
    display(shown, raw=True, metadata={"language": language, **about_it})


def _show(shown: object, language: Language, name: str = "") -> None:
    display(shown, metadata={"language": language} | ({"name": name} if name else {}))
