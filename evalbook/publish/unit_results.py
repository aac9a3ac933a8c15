"""What has been published on each unit, such as a place: rows of tables, by checkpoint.

Nothing is worked out here, and nobody's data are read: rows that stand in published tables are
only put together.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple

from evalbook import plan
from evalbook.plan.programme import PublishedRow
from evalbook.publish.values import Results
from evalbook.text.language import Language

RESULT: Final = ("estimate", "lower", "upper", "n", "unit", "status")
# What a table says of rows, and not which rows they are.
SAID: Final = (*RESULT, "count")
Words = Mapping[Language, str]
# A checkpoint's month to its themes' results.
Found = Mapping[str, Mapping[str, Results]]


class Line(NamedTuple):
    """A row of a published table: which unit it is about, of which groups, and what it says."""

    unit: str
    groups: tuple[tuple[str, str], ...]
    names: Mapping[str, Words]
    row: PublishedRow


class Other(NamedTuple):
    """A row that is read beside a unit's own: of all units of a kind, or of another unit."""

    name: Words
    row: PublishedRow


@dataclass
class Measure:
    """What one row of a table says of a unit at each checkpoint.

    Attributes
    ----------
    theme : str
        The theme that published it.
    keys : tuple of str
        The keys of its groups.
    names : sequence of mapping
        What it is called, in each language: its groups, or what the table measures.
    rows : dict
        The unit's row, by checkpoint.
    beside : dict
        Rows of all units of a kind, by checkpoint.
    others : dict
        Rows of the other units, by checkpoint.
    """

    theme: str
    keys: tuple[str, ...]
    names: Sequence[Words]
    rows: dict[str, PublishedRow] = field(default_factory=dict)
    beside: dict[str, list[Other]] = field(default_factory=dict)
    others: dict[str, list[PublishedRow]] = field(default_factory=dict)


class UnitResults:
    """What has been published on units up to a checkpoint.

    Parameters
    ----------
    units : Units
        The plan's entry.
    found : mapping
        Results of the themes at each checkpoint, oldest first; the last is the edition's.
    """

    def __init__(self, units: plan.Units, found: Found) -> None:
        self._units = units
        self._found = found

    @cached_property
    def known(self) -> dict[str, str]:
        """The units' newest names by code: those of the last checkpoint, then those that left."""
        names: dict[str, str] = {}
        for month in reversed(list(self._found)):
            names = names | {
                code: name for code, name in self.at(month).items() if code not in names
            }
        return names

    def at(self, month: str) -> dict[str, str]:
        """Return the names of a checkpoint's units by code.

        They are those that its notebooks name; where none does, all that tables name.
        """
        named: dict[str, str] = {}
        for result in self._found[month].values():
            named |= result.get("units", {})
        return named or {
            line.unit: next(iter(line.names[self._units.column].values()))
            for _, _, table in self._tables(month)
            for line in lines(table, self._units.column)
        }

    def months(self, unit: str) -> list[str]:
        """List the checkpoints that a unit is part of."""
        return [month for month in self._found if unit in self.at(month)]

    @cached_property
    def measures(self) -> dict[str, list[Measure]]:
        """What has been published on each unit, in the order of themes and tables."""
        found: dict[str, dict[Any, Measure]] = {code: {} for code in self.known}
        for month in self._found:
            for theme, name, table in self._tables(month):
                self._add(found, month, theme, name, table)
        return {code: _ordered(measures.values()) for code, measures in found.items()}

    def counts(self, unit: str) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
        """Yield the last checkpoint's plain tables that name a unit: theme, table and its row."""
        month = list(self._found)[-1]
        for theme, _, table in self._tables(month, tidy=False):
            for place, row in enumerate(table["rows"]):
                if _key(table, row, place, self._units.column) == unit:
                    yield theme, table, row

    def _add(
        self,
        found: dict[str, dict[Any, Measure]],
        month: str,
        theme: str,
        name: str,
        table: Mapping[str, Any],
    ) -> None:
        column = self._units.column
        here = list(lines(table, column))
        own = [line for line in here if line.unit in found]
        kept = _telling(own, column)
        if _repeats(own, kept):
            return
        beside = self._beside(month, theme, name)
        rest = [line for line in here if line.unit not in found]
        for line in own:
            groups = _only(line, kept)
            names = [line.names[group] for group in kept] or [title_of(table)]
            known = (theme, name, groups)
            if any(
                key[0] == theme and key[2] == groups and measure.rows.get(month) == line.row
                for key, measure in found[line.unit].items()
                if key != known
            ):
                # A figure's numbers are often a table's as well.
                continue
            keys = tuple(key for _, key in line.groups)
            measure = found[line.unit].setdefault(known, Measure(theme, keys, names))
            measure.rows[month] = line.row
            alike = [other for other in here if _only(other, kept) == groups]
            single = _single(rest, groups, kept, column)
            measure.beside[month] = [*single, *_matching(beside, groups)]
            measure.others[month] = [
                other.row
                for other in alike
                if other.unit != line.unit and (other.unit in found or not single)
            ]

    def _beside(self, month: str, theme: str, name: str) -> list[Line]:
        """Return the rows of the table that says of all units what this one says of each."""
        stem = name.removesuffix(f"-{self._units.folder}")
        if stem == name:
            return []
        result = self._found[month][theme]
        tables = [_laid(result, kind).get(stem, {}) for kind in ("tables", "figures")]
        table = next((each for each in tables if _is_tidy(each)), None)
        return list(lines(table, "")) if table else []

    def _tables(
        self, month: str, *, tidy: bool = True
    ) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        for theme, result in self._found[month].items():
            for kind in ("tables", "figures"):
                for name, table in _laid(result, kind).items():
                    named = self._units.column in table.get("columns", {})
                    if named and _is_tidy(table) == tidy:
                        yield theme, name, table


def lines(table: Mapping[str, Any], column: str) -> Iterator[Line]:
    """Read a table of results; `column` names the unit, if it has one."""
    groups = [
        name
        for name, described in table["columns"].items()
        if described["unit"] is None and name not in SAID
    ]
    for place, row in enumerate(table["rows"]):
        keys = {name: _key(table, row, place, name) for name in groups}
        yield Line(
            keys.get(column, ""),
            tuple((name, key) for name, key in keys.items() if name != column),
            {name: _words(row[name]) for name in groups},
            _row(row),
        )


def _is_tidy(table: Mapping[str, Any]) -> bool:
    return set(RESULT).issubset(table.get("columns", {}))


def _laid(result: Results, kind: str) -> dict[str, Mapping[str, Any]]:
    entries = result[kind].items()
    laid = {name: entry.get("data") if kind == "figures" else entry for name, entry in entries}
    return {
        name: {"name": name, **table, "measure": result[kind][name].get("measure")}
        for name, table in laid.items()
        if table and table.get("columns")
    }


def _key(table: Mapping[str, Any], row: Mapping[str, Any], place: int, column: str) -> str:
    """Return a cell's key; results of an older engine have names alone."""
    keys = table.get("keys", {}).get(column)
    return str(keys[place]) if keys else next(iter(_words(row[column]).values()))


def _words(cell: Any) -> Words:
    return cell if isinstance(cell, Mapping) else {"en": str(cell)}


def _row(row: Mapping[str, Any]) -> PublishedRow:
    estimate, lower, upper, n = (
        math.nan if row.get(name) is None else float(row[name]) for name in RESULT[:4]
    )
    unit, status = (next(iter(_words(row[name]).values())) for name in RESULT[4:])
    return PublishedRow(estimate, lower, upper, n, unit, status)


def _telling(own: Sequence[Line], column: str) -> list[str]:
    """Name the groups that tell a unit's rows apart; what is alike for all of them does not."""
    values: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for line in own:
        for group, key in line.groups:
            values[group][line.unit].add(key)
    return [group for group in values if any(len(keys) > 1 for keys in values[group].values())]


def _repeats(own: Sequence[Line], kept: Sequence[str]) -> bool:
    counted = Counter((line.unit, _only(line, kept)) for line in own)
    return not own or max(counted.values()) > 1


def _only(line: Line, kept: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((group, key) for group, key in line.groups if group in kept)


def _single(
    rest: Sequence[Line], groups: tuple[tuple[str, str], ...], kept: Sequence[str], column: str
) -> list[Other]:
    """Return the one row that is of no unit; where there are several, they are others."""
    alike = [line for line in rest if _only(line, kept) == groups]
    return [Other(line.names[column], line.row) for line in alike] if len(alike) == 1 else []


def _matching(beside: Sequence[Line], groups: tuple[tuple[str, str], ...]) -> list[Other]:
    """Return the rows with the same groups, each named by what else it is of."""
    found = []
    for line in beside:
        if set(groups) <= set(line.groups):
            rest = [line.names[each[0]] for each in line.groups if each not in groups]
            if rest:
                found.append(Other(rest[0], line.row))
    return found


def title_of(table: Mapping[str, Any]) -> Words:
    """Return what a table measures, else its name in words."""
    return table["measure"] or {"en": table["name"].replace("-", " ").capitalize()}


def _ordered(measures: Any) -> list[Measure]:
    stems = [theme.stem for theme in plan.load().themes]
    return sorted(measures, key=lambda measure: stems.index(measure.theme))
