"""What a notebook finds, written once and told in each language.

A notebook opens its `Findings`, adds numbers, labels, figures and tables, and closes it.
Everything lands in `figures/<checkpoint>/<theme>/`: `results.json`, and in each language a drawing
for each figure and a Markdown table for each table. Chapters show them with captions of their own.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Self

import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import Markdown, display
from matplotlib.figure import Figure

from evalbook import plan
from evalbook.errors import UsageError
from evalbook.models.method import Declared
from evalbook.models.shares.proportions import Share
from evalbook.paths import figures_directory, notebooks_directory
from evalbook.plan.results import RESULTS
from evalbook.qualitative.quotations import Quotation
from evalbook.report import quotes
from evalbook.report.pipe_table import pipe_table, plain_rows
from evalbook.report.style import add_source_line, report_style
from evalbook.report.svg import save
from evalbook.report.underlying import (
    PERSONS,
    described,
    of_persons,
    of_texts,
    of_what,
)
from evalbook.report.underlying import Column as Column
from evalbook.report.underlying import data_of as underlying_data
from evalbook.report.units import UNITS
from evalbook.sdc.control import DisclosureControl, Protected
from evalbook.sdc.estimates import Estimates
from evalbook.sdc.prose import check_prose, check_table, check_texts, is_whole, not_passed, safe
from evalbook.sdc.thresholds import SafeShare
from evalbook.sdc.ties import Tie
from evalbook.text.catalogue import Translator, notebook_catalogue, tr
from evalbook.text.language import Language, Text, day, month
from evalbook.text.source import Source


class Findings:
    """The findings of one theme at one checkpoint.

    Parameters
    ----------
    theme : str
        Stem of the theme, such as `method`.
    checkpoint : str
        Month or number of the checkpoint.

    Raises
    ------
    UsageError
        If the theme or the checkpoint is not in the plan.
    """

    def __init__(self, theme: str, checkpoint: str) -> None:
        found = plan.load()
        self.theme = found.theme(theme)
        self.checkpoint = found.checkpoint(checkpoint)
        self.plan = found.at(self.checkpoint)
        self.tr = Translator(
            partial(notebook_catalogue, notebooks_directory() / f"{self.theme.stem}.ipynb")
        )
        self.folder = figures_directory() / self.checkpoint.month / self.theme.stem
        self.folder.mkdir(parents=True, exist_ok=True)
        ties = [
            Tie.of(population.whole, population.parts)
            for population in self.plan.protection.populations
        ]
        self.sdc = DisclosureControl(
            self.plan.protection.minimum_count, self.plan.protection.hidden_cells, ties
        )
        self._results: dict[str, dict[str, Any]] = {
            "numbers": {},
            "labels": {},
            "figures": {},
            "tables": {},
            "notices": {},
            "methods": {},
        }

    def state(self, **parameters: object) -> None:
        """Show the notebook's parameters, its cut-off date and the checkpoint's plan."""
        for language in self.plan.languages:
            _show(Markdown(_statement(self, parameters, language)), language)

    def scheduled(self, activity: str) -> bool:
        """Tell whether the checkpoint's plan has an activity.

        Raises `UsageError` for an unknown one.
        """
        if activity not in self.plan.activities:
            raise plan.unknown("activity", activity, list(self.plan.activities))
        return activity in self.checkpoint.activities

    def protect_counts(
        self,
        frame: "pd.DataFrame | pd.Series[int]",
        whom: str,
        *,
        where: Mapping[str, str] | None = None,
        subtotals: Mapping[str, Sequence[str]] | None = None,
        seen: Mapping[str, str] | None = None,
        overlapping: bool = False,
    ) -> Protected:
        """Protect a table of persons before it is shown; see `DisclosureControl.counts`."""
        return self.sdc.counts(
            frame, whom, where=where, subtotals=subtotals, seen=seen, overlapping=overlapping
        )

    def protect_shares(
        self,
        shares: Mapping[str, Share | None],
        whom: str,
        *,
        by: str,
        hit: str,
        where: Mapping[str, str] | None = None,
    ) -> dict[str, SafeShare | None]:
        """Protect shares of groups of persons; see `DisclosureControl.shares`."""
        return self.sdc.shares(shares, whom, by=by, hit=hit, where=where)

    @property
    def estimates(self) -> Estimates:
        """Lets percentiles, ends of ranges, amounts, models, curves and rates of persons through.

        See there.
        """
        return self.sdc.estimates

    def record_number(
        self,
        key: str,
        value: float | None,
        unit: str,
        *,
        method: Declared[..., Any] | Text,
        source: Source,
        n: int | None = None,
        interval: tuple[float, float] | None = None,
        decimals: int = 1,
        counted: str = PERSONS,
    ) -> None:
        """Record a number that chapters may tell.

        One that rests on too few persons is recorded as hidden.

        Parameters
        ----------
        key : str
            Name in chapters: `{{< meta THEME.KEY.value >}}`, also `.interval` and `.n`.
        value : float or None
            In the unit given: a share from 0 to 1, weeks, a count and so on; None, or of persons
            NaN, where it is hidden.
        unit : str
            A key of `evalbook.report.units.UNITS`.
        n : int, optional
            How many persons or other units it rests on.
        interval : tuple of float, optional
            The 95 per cent interval, in the same unit.
        method : Declared or Text
            The function that worked it out, whose declaration is printed beside the number; for a
            number without such a function, how it was worked out in words.
        counted : str
            What `n`, or the number itself, counts where the source is about persons: one of
            `underlying.NO_PERSONS`, such as `weeks`, needs no protection.

        Raises
        ------
        UsageError
            If the key is taken, the unit unknown or the value not finite.
        DisclosureError
            If it is worked out of persons and is neither a count nor a share, and `estimates` has
            not let it through.
        """
        declared = method.method if isinstance(method, Declared) else None
        if isinstance(method, Declared) and not method.called:
            raise UsageError(
                f"number {key!r} is said to come from {method.method.function}, which did not run",
                remedy="Name the function that worked it out",
            )
        if unit not in UNITS:
            raise plan.unknown("unit", unit, list(UNITS))
        about_persons = source.persons and of_what(counted) == PERSONS
        if about_persons and value is not None and math.isnan(value):
            value = None
        if value is not None and not math.isfinite(value):
            raise UsageError(
                f"number {key!r} is {value}", remedy="Give a finite value, or leave the number out"
            )
        if about_persons:
            value = self._protected(key, value, unit, n, interval or ())
        hidden = value is None
        if declared:
            self._results["methods"][declared.function] = declared.within(self.plan.languages)
        self._add(
            "numbers",
            key,
            {
                "value": None if value is None else float(value),
                "unit": unit,
                "decimals": decimals,
                "interval": None
                if hidden or interval is None
                else [float(end) for end in interval],
                "n": None if hidden or n is None else int(n),
                "source": self._said(source.line),
                "synthetic": source.synthetic,
                "method": self._said(_name_of(method)),
                "function": declared.function if declared else "",
            },
        )

    def record_share(
        self, key: str, share: Share | None, *, method: Declared[..., Any] | Text, source: Source
    ) -> None:
        """Record a share with its interval and its denominator; None is recorded as hidden.

        A share that `shares` has not protected is a table of its own here: nothing ties it to
        others.
        """
        if source.persons and not isinstance(share, SafeShare):
            share = self.sdc.share(share, f"{self.theme.stem}.{key}")
        if share is None:
            self.record_number(key, None, "share", method=method, source=source)
        else:
            self.record_number(
                key,
                share.value,
                "share",
                method=method,
                source=source,
                n=int(share.n),
                interval=share.interval,
            )

    def record_text(self, key: str, text: Text) -> None:
        """Record a name or a sentence that chapters may use: `{{< meta THEME.KEY >}}`."""
        self._add("labels", key, self._said(text))

    def figure(
        self,
        name: str,
        draw: Callable[[Language], Figure],
        *,
        alt: Text,
        source: Source,
        caption: Text | None = None,
    ) -> None:
        """Draw a figure in each language, save it as SVG, and show it.

        Parameters
        ----------
        name : str
            Chapters show `NAME.<language>.svg` as `{#fig-NAME}`.
        draw : callable
            Takes the language and returns the figure.
        alt : Text
            Its finding in words, for those who do not see it.
        caption : Text, optional
            Not used: captions stand in chapters.
        """
        for language in self.plan.languages:
            with report_style():
                figure = draw(language)
                data = underlying_data(figure)
                if source.persons:
                    drawn, columns = (data.drawn, data.columns) if data else (None, {})
                    check_table(
                        f"figure {name}",
                        drawn,
                        of_persons(columns),
                        of_texts(columns),
                        self.sdc,
                        self.plan.languages,
                    )
                add_source_line(figure, source.line[language])
                drawing = save(figure, self.folder / f"{name}.{language}.svg")
                plt.close(figure)
            _show_drawing(drawing, language, alt=alt[language], name=f"fig-{name}")
        entry = {"alt": self._said(alt), "source": self._said(source.line)}
        self._add(
            "figures",
            name,
            entry | ({"data": self._as_data(data.frame, data.columns)} if data else {}),
        )

    def table(
        self,
        name: str,
        frame: pd.DataFrame,
        columns: Mapping[str, Column],
        *,
        source: Source,
        caption: Text | None = None,
    ) -> None:
        """Write a table in each language and show it.

        Parameters
        ----------
        name : str
            Chapters include `NAME.<language>.md` in `::: {#tbl-NAME}`.
        frame : DataFrame
            One row per line. A text column holds `Text` or strings; a number column numbers,
            missing for hidden.
        columns : mapping
            Column name to how it is shown, in order.
        caption : Text, optional
            Not used: captions stand in chapters.
        """
        if source.persons:
            check_table(
                f"table {name}",
                frame,
                of_persons(columns),
                of_texts(columns),
                self.sdc,
                self.plan.languages,
            )
        for language in self.plan.languages:
            rows = pipe_table(frame, columns, language)
            self._write(f"{name}.{language}.md", f"{rows}\n")
            shown = Markdown(f"{rows}\n\n*{source.line[language]}.*")
            _show(shown, language, name=f"tbl-{name}")
        about = {"source": self._said(source.line)}
        self._add("tables", name, about | self._as_data(frame, columns))

    def show(self, shown: object, *, source: Source) -> None:
        """Show something else that a reader of the notebook should see.

        What counts persons is refused.

        A notebook's outputs are published. Any that `Findings` did not make stops the build.
        """
        if source.persons:
            raise UsageError(
                "this would show figures on persons that no gate has seen",
                where=f"notebook {self.theme.stem}",
                remedy="Show it with `table` or `figure`, or not at all",
            )
        display(shown, metadata=safe(source.line[self.plan.languages[0]]))

    def quotations(self, name: str, quotations: Sequence[Quotation]) -> None:
        """Write what people said in the original, elsewhere with a translation beside it."""
        for language in self.plan.languages:
            # A comment keeps Markdown from joining neighbouring blocks into one.
            quoted = "\n\n<!-- -->\n\n".join(
                quotes.block(quotation, self.plan, language) for quotation in quotations
            )
            self._write(f"_{name}.{language}.md", quoted + "\n")
            _show(Markdown(quoted), language)

    def prose(
        self, name: str, text: Text, *, source: Source, about: Sequence[SafeShare] = ()
    ) -> None:
        """Write paragraphs made from data, with their source.

        Chapters include `_NAME.<language>.md`.

        Parameters
        ----------
        about : sequence of Shown
            The groups of persons that they tell of, as the gate gave them out; what counts persons
            cannot do without.
        """
        check_prose(name, self._said(text), about if source.persons else None, self.sdc)
        for language in self.plan.languages:
            written = f"{text[language].rstrip()}\n\n*{source.line[language]}.*\n"
            self._write(f"_{name}.{language}.md", written)
            _show(Markdown(written), language)

    def not_yet(self, *names: str, activity: str) -> None:
        """Write, in place of figures and tables, when an activity that is not due yet starts.

        Parameters
        ----------
        *names : str
            Full names such as `fig-transitions` and `tbl-transitions`.
        activity : str
            The activity of the plan that would have made them.
        """
        self.notice(*names, text=self.plan.begins(self.checkpoint, activity))

    def notice(self, *names: str, text: Text) -> None:
        """Say why this checkpoint cannot have figures and tables that chapters show."""
        for name in names:
            key = name.removeprefix("fig-").removeprefix("tbl-")
            self._results["notices"][key] = self._said(text)
        for language in self.plan.languages:
            _show(Markdown(text[language]), language)

    def close(self) -> None:
        """Write `results.json`; without it the run counts as unfinished.

        Raises
        ------
        DisclosureError
            If a sentence tells a share that no recorded result has.
        """
        check_texts(self._results, self.sdc)
        self._results["disclosure"] = self.sdc.record()
        text = json.dumps(self._results, ensure_ascii=False, indent=1, allow_nan=False)
        (self.folder / RESULTS).write_text(text + "\n", encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        if failed is None:
            self.close()

    def _protected(
        self, key: str, value: float | None, unit: str, n: int | None, ends: Sequence[float]
    ) -> float | None:
        if value is None or (n is not None and n < self.sdc.minimum):
            return None
        if all(map(self.sdc.passed, (value, *ends))):
            return value
        if unit == "share" and n is not None and 0 <= value <= 1 and is_whole(value * n):
            return value if self.sdc.large_enough(value * n, n) else None
        if unit == "count" and is_whole(value):
            return self.sdc.count(round(value), f"{self.theme.stem}.{key}")
        raise not_passed(f"number {key}")

    def _add(self, kind: str, key: str, entry: dict[str, Any]) -> None:
        taken = (
            self._results["numbers"].keys() | self._results["labels"].keys()
            if kind in ("numbers", "labels")
            else self._results[kind]
        )
        if key in taken:
            raise UsageError(
                f"{key!r} is recorded twice in {kind}", remedy="Give each result a name of its own"
            )
        self._results[kind][key] = entry

    def _said(self, text: Text) -> dict[Language, str]:
        return text.within(self.plan.languages)

    def _as_data(self, frame: pd.DataFrame, columns: Mapping[str, Column]) -> dict[str, Any]:
        languages = self.plan.languages
        return {
            "columns": described(columns, languages),
            "rows": plain_rows(frame, columns, languages),
        }

    def _write(self, name: str, markdown: str) -> None:
        (self.folder / name).write_text(markdown, encoding="utf-8")


def _name_of(method: Declared[..., Any] | Text) -> Text:
    return method.method.name if isinstance(method, Declared) else method


def _statement(findings: Findings, parameters: Mapping[str, object], language: Language) -> str:
    checkpoint = findings.checkpoint
    activities = ", ".join(findings.plan.activities[a][language] for a in checkpoint.activities)
    words = tr(
        "| | |\n|---|---|\n| Theme | {theme} |\n| Checkpoint | {number} ({month}) |\n"
        "| Data up to | {cutoff} |\n"
        "| The checkpoint's plan | {activities} |\n"
    )
    head = words[language].format(
        theme=findings.theme.name[language],
        number=checkpoint.number,
        month=month(checkpoint.cutoff, language),
        cutoff=day(checkpoint.cutoff, language),
        activities=activities,
    )
    return head + "".join(f"| `{name}` | `{value}` |\n" for name, value in parameters.items())


def _show_drawing(drawing: str, language: Language, **about: str) -> None:
    """Show a drawing as it is saved, without its head.

    IPython's own `SVG` would parse and write it anew.
    """
    shown = {"image/svg+xml": drawing[drawing.index("<svg") :], "text/plain": "<drawing>"}
    display(shown, raw=True, metadata={"language": language, **about})


def _show(shown: object, language: Language, alt: str = "", name: str = "") -> None:
    display(shown, metadata={"language": language, "alt": alt} | ({"name": name} if name else {}))
