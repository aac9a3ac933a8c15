"""Refresh the public figures from StatBank, replacing only the tables that changed."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd
import yaml

from evalbook import plan
from evalbook.errors import DataError
from evalbook.files import write_whole
from evalbook.text.language import Text
from nychance import definitions, tr
from nychance.public_data import tables as public
from nychance.public_data.statbank import jsonstat, queries
from nychance.public_data.statbank.queries import Query, Selection
from nychance.public_data.statbank.service import StatBank, StatBankError, TableInfo
from nychance.public_data.statbank.tidy import as_csv, change, tidy

PUBLISHER: Final = tr("Statistics Denmark")
LICENCE: Final = tr(
    "StatBank's figures may be used freely, also commercially, if the source is named; this "
    "corresponds to CC BY 4.0 (the publisher's page on the API)."
)
FEW: Final = 5


@dataclass(frozen=True)
class Outcome:
    """What became of a table.

    Attributes
    ----------
    name : str
        Our table.
    summary : str
        One sentence for the user.
    replaced : bool
        Whether its file was written.
    """

    name: str
    summary: str
    replaced: bool = False


def fetch(
    service: StatBank,
    directory: Path,
    names: Sequence[str] = (),
    *,
    dry_run: bool = False,
    since: int | None = None,
) -> Iterator[Outcome | DataError]:
    """Refresh tables, one after another; a table that fails does not stop the next.

    Parameters
    ----------
    service : StatBank
        The connection.
    directory : Path
        The folder of public figures, with `statbank.yml`.
    names : sequence of str, optional
        Our tables, or StatBank's; default all.
    dry_run : bool, optional
        Only look at the metadata, and say what would be asked for.
    since : int, optional
        The first year; default the year in which the programme starts.

    Yields
    ------
    Outcome or DataError
        What became of each table, or why it failed.

    Raises
    ------
    UsageError
        If a table is not known.
    """
    known = queries.load(directory)
    first = since or definitions.load().definitions.programme_start.year
    for name in _named(names, known):
        work = _Table(name, known[name], service, directory, first)
        try:
            yield work.preview() if dry_run else work.refresh()
        except DataError as error:
            yield error


@dataclass(frozen=True)
class _Table:
    """One of our tables, on its way."""

    name: str
    query: Query
    service: StatBank
    directory: Path
    since: int

    @property
    def path(self) -> Path:
        return self.directory / f"{self.name}.csv"

    def preview(self) -> Outcome:
        info, selection = self._asked()
        if self._is_current(info):
            return Outcome(self.name, f"{info.id} has not changed since {info.updated}")
        n = queries.size(selection)
        parts = f"{-(-n // queries.LIMIT)} or more requests" if n > queries.LIMIT else "one request"
        periods = selection[self.query.time.variable]
        return Outcome(
            self.name,
            f"{info.id}, updated {info.updated}: {n:,} cells in {parts}, "
            f"{periods[0]} to {periods[-1]}",
        )

    def refresh(self) -> Outcome:
        info, selection = self._asked()
        if self._is_current(info):
            return Outcome(self.name, f"{info.id} has not changed since {info.updated}")
        answers = list(self._answers(info, selection))
        table = tidy(pd.concat([cells for cells, _ in answers], ignore_index=True), self.query)
        difference = change(self.path, table)
        relabelled = _relabelled(self._earlier(), self._labels(info))
        retrieved = max(day for _, day in answers)
        if difference:
            write_whole(self.path, as_csv(table))
            write_whole(self.path.with_suffix(".yml"), _yaml(self._sidecar()))
        write_whole(
            public.retrieval_path(self.name, self.directory),
            _yaml(self._record(info, table, retrieved)),
        )
        summary = (
            f"{info.id}, updated {info.updated}: {difference if difference else 'the same figures'}"
        )
        return Outcome(self.name, summary + relabelled + _suppressed(table), bool(difference))

    def _asked(self) -> tuple[TableInfo, Selection]:
        info = self.service.info(self.query.table)
        codes = [f"{code:03d}" for code in public.municipalities(self.directory).index]
        return info, self.query.selection(info, codes, self.since)

    def _answers(
        self, info: TableInfo, selection: Selection
    ) -> Iterator[tuple[pd.DataFrame, date]]:
        """Ask within the limit of cells.

        StatBank may count more cells than we do, and then refuses.
        """
        if queries.size(selection) <= queries.LIMIT:
            try:
                answer, day = self.service.data(info, selection)
                yield self._complete(jsonstat.cells(answer, f"StatBank {info.id}"), selection), day
                return
            except StatBankError as error:
                if error.code != "REQUEST-LIMIT" or queries.size(selection) == 1:
                    raise
        for half in queries.halves(selection, self.query.time.variable):
            yield from self._answers(info, half)

    def _complete(self, cells: pd.DataFrame, selection: Selection) -> pd.DataFrame:
        """Return the cells under our names of the variables; raises if one is missing."""
        spelled = {name.casefold(): name for name in selection}
        cells = cells.rename(columns=lambda column: spelled.get(str(column).casefold(), column))
        for name, codes in selection.items():
            lacking = sorted(set(codes) - set(cells[name])) if name in cells else codes
            if lacking:
                raise DataError(
                    f"the answer lacks {name} {', '.join(lacking[:FEW])}",
                    where=f"StatBank {self.query.table}",
                    remedy="Run the same command again; if it stays so, the table has changed",
                )
        return cells

    def _is_current(self, info: TableInfo) -> bool:
        """Return whether our file is what this query gave for this edition of the table."""
        earlier = self._earlier()
        return (
            earlier is not None
            and (earlier.updated, earlier.query, earlier.service)
            == (info.updated, self.query.digest, self.service.base_url)
            and self.path.is_file()
            and earlier.sha256 == _sha(self.path.read_bytes())
        )

    def _earlier(self) -> public.Retrieved | None:
        return public.retrieval(self.name, self.directory)

    def _sidecar(self) -> dict[str, Any]:
        query = self.query
        table = tr("StatBank, table {table}").format(table=query.table)
        return {
            "title": _words(query.title),
            "publisher": _words(PUBLISHER),
            "table": _words(table),
            "variables": {
                k: {"label": _words(f.label), "unit": _words(f.unit)}
                for k, f in query.variables.items()
            },
            "reference": _words(query.reference),
            "retrieved_from": [],
            "licence": _words(LICENCE),
            "caveats": [_words(caveat) for caveat in query.caveats],
            "verified": [],
            "unverified": [],
        }

    def _record(self, info: TableInfo, table: pd.DataFrame, retrieved: date) -> dict[str, Any]:
        record = public.Retrieved(
            service=self.service.base_url,
            table=info.id,
            text=info.text,
            unit=info.unit,
            updated=info.updated,
            note=info.note,
            retrieved=retrieved,
            query=self.query.digest,
            sha256=_sha(as_csv(table).encode()),
            rows=len(table),
            missing={} if jsonstat.MISSING not in table else _counts(table),
            labels=self._labels(info),
        )
        return record.model_dump(mode="json")

    def _labels(self, info: TableInfo) -> dict[str, dict[str, str]]:
        """Return what the codes of our figures mean, so that a later change is noticed."""
        return {
            name: {value.id: value.text for value in variable.values if value.id in codes}
            for name, codes in self.query.codes.items()
            if (variable := info.variable(name)) is not None
        }


def _named(names: Sequence[str], known: dict[str, Query]) -> list[str]:
    """Find our tables by our own name or by StatBank's."""
    found = []
    for name in names:
        matching = [
            ours
            for ours, query in known.items()
            if name in (ours, query.table, query.table.lower())
        ]
        if not matching:
            raise plan.unknown("table", name, [*known, *(query.table for query in known.values())])
        found += matching
    return list(dict.fromkeys(found)) or list(known)


def _relabelled(earlier: public.Retrieved | None, labels: dict[str, dict[str, str]]) -> str:
    before = earlier.labels if earlier else {}
    moved = [
        f"{name} {code} was {before[name][code]!r} and is {text!r}"
        for name, codes in labels.items()
        for code, text in codes.items()
        if before.get(name, {}).get(code, text) != text
    ]
    return f". Codes have new names: {'; '.join(moved)}" if moved else ""


def _suppressed(table: pd.DataFrame) -> str:
    if jsonstat.MISSING not in table:
        return ""
    gone = table[table[jsonstat.MISSING] != ""]
    first = [
        f"{row.iloc[0]} {row.iloc[1]} {row.iloc[2]} ({row[jsonstat.MISSING]})"
        for _, row in gone.head(FEW).iterrows()
    ]
    more = f" and {len(gone) - FEW} more" if len(gone) > FEW else ""
    return f". Not published: {', '.join(first)}{more}"


def _counts(table: pd.DataFrame) -> dict[str, int]:
    gone = table.loc[table[jsonstat.MISSING] != "", jsonstat.MISSING]
    return {str(reason): int(n) for reason, n in gone.value_counts().items()}


def _words(text: Text) -> dict[str, str]:
    return text.within(plan.load().languages)


def _yaml(content: dict[str, Any]) -> str:
    text: str = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)
    return text


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
