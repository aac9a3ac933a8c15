"""From tables of persons to tables of results: what a report may show of them.

Each call takes a table of persons and gives one tidy table: the groups are the index, the columns
are `estimate`, `lower`, `upper`, `n`, `unit` and `status`. A hidden row has missing numbers, and
its status says why.
"""

import itertools
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from evalbook.errors import DisclosureError, UsageError
from evalbook.models import SurvivalCurves
from evalbook.models.method import METHOD, Declared
from evalbook.models.shares.proportions import Share, ratio, share
from evalbook.sdc.about import SOURCE, About
from evalbook.sdc.estimates import Compared, Fitted
from evalbook.sdc.ledger import Ledger, Row, Status
from evalbook.sdc.persons_frame import PERSON, Persons
from evalbook.sdc.rounding import rounded
from evalbook.sdc.thresholds import regression_allowed
from evalbook.text.source import Source

EMPTY: Final = "empty"
NUMBERS: Final = ["estimate", "lower", "upper", "n"]
COLUMNS: Final = [*NUMBERS, "unit", "status"]
Model = TypeVar("Model", bound=Fitted)
Test = TypeVar("Test", bound=Compared)
Key = tuple[Hashable, ...]
Method = Declared[..., Any] | None


@dataclass
class ProtectedTables:
    """Makes tidy tables of persons' tables, and hides what rests on too few or reveals others.

    Attributes
    ----------
    ledger : Ledger
        What was published of whom.
    source : Source
        Where the persons' figures come from; a table of persons may bring its own (`SOURCE`).
    released : set of float
        All numbers that were shown.
    """

    ledger: Ledger
    source: Source | None = None
    released: set[float] = field(default_factory=set, init=False, repr=False)
    _names: dict[str, int] = field(default_factory=dict, init=False, repr=False)

    @property
    def minimum(self) -> int:
        """The least number of persons that a result may rest on."""
        return self.ledger.minimum

    def shares(
        self,
        people: Persons,
        by: str | Sequence[str],
        *,
        counted: str = "counted",
        out_of: str = "out_of",
        protect_rest: bool = True,
        method: Method = None,
        name: str = "",
    ) -> pd.DataFrame:
        """Compute and protect shares of persons, or of their time, by group.

        Parameters
        ----------
        people : Persons
            One row a person; where groups overlap, as targets do, one a person and group.
        by : str or sequence of str
            The columns that make the groups. Groups that are categories are there even if nobody
            is in them; persons in no group are left out.
        counted, out_of : str
            Each person's part of numerator and denominator: 0 or 1 out of 1 for a share of persons,
            weeks out of weeks for a share of time.
        protect_rest : bool
            Whether those who are not counted are a group that must not be small either: not where
            all they have in common is what they did not say.
        method : Declared, optional
            How `people` was measured, where several tables were joined.
        name : str, optional
            What messages call the table; default the method's name.

        Returns
        -------
        DataFrame
            `estimate`, `lower` and `upper` from 0 to 1: Wilson's interval for persons, one
            clustered by person for time. `n` is persons.
        """
        people = _required(people)
        groups, about, called = self._begin(people[people[out_of] > 0], by, method, name)
        found: dict[Key, Share | None] = {}
        rows: dict[Key, Row] = {}
        for key, frame in groups.items():
            done, whole = (frame[each].to_numpy(dtype=float) for each in (counted, out_of))
            persons = frame[PERSON].to_numpy(dtype=np.int64)
            if not len(frame):
                found[key] = None
            elif _of_persons(done, whole, persons):
                told = {"yes": persons[done == 1]}
                if not protect_rest:
                    told = {"said": persons[done == 1], "unsaid": persons[done == 0]}
                rows[key] = Row(called(key), {"n": persons} | told)
                found[key] = self._share(int(done.sum()), len(done))
            else:
                rows[key] = Row(called(key), {"n": persons}, {"yes": done, "n": whole})
                each = _by_person(persons, done, whole)
                found[key] = ratio(each[0], each[1])
        return self._tidy(
            {key: _of_share(each) for key, each in found.items()}, rows, groups, about, "share"
        )

    def counts(
        self,
        people: Persons,
        by: str | Sequence[str],
        *,
        method: Method = None,
        name: str = "",
    ) -> pd.DataFrame:
        """Count and protect persons by group; `estimate` and `n` are both the count."""
        groups, about, called = self._begin(_required(people), by, method, name)
        persons = {key: frame[PERSON].unique() for key, frame in groups.items()}
        rows = {key: Row(called(key), {"n": each}) for key, each in persons.items()}
        found = {
            key: [count := rounded(len(each), self.ledger.rounding), np.nan, np.nan, count]
            for key, each in persons.items()
        }
        return self._tidy(found, rows, groups, about, "count")

    def distribution(
        self,
        people: Persons,
        by: str | Sequence[str],
        *,
        of: str,
        method: Method = None,
        name: str = "",
    ) -> pd.DataFrame:
        """Compute and protect how each group's persons are divided over the categories of a column.

        Parameters
        ----------
        people : Persons
            One row a person and group.
        by : str or sequence of str
            The columns that make the groups.
        of : str
            The column that divides them; rows without a category count in the whole only.

        Returns
        -------
        DataFrame
            A row for each group and category: the share with Wilson's interval, `count`, and the
            group's `n`.
        """
        levels = [by] if isinstance(by, str) else list(by)
        wholes, about, called = self._begin(_required(people), [*levels], method, name, inside=of)
        parts = _categories(people[of])
        found: dict[Key, Share | None] = {}
        rows: dict[Key, Row] = {}
        for group, frame in wholes.items():
            persons = frame[PERSON].to_numpy(dtype=np.int64)
            for part in parts:
                inside = persons[(frame[of] == part).to_numpy(dtype=bool)]
                key = (*group, part)
                found[key] = None
                if len(persons):
                    rows[key] = Row(called(key), {"n": persons, "yes": inside})
                    found[key] = self._share(len(inside), len(persons))
        values = {key: _of_share(each) for key, each in found.items()}
        index = pd.MultiIndex.from_tuples(list(found), names=[*levels, of])
        table = self._tidy(values, rows, index, about, "share")
        counts = [each.count if each else 0 for each in found.values()]
        table.insert(4, "count", pd.Series(counts, index=table.index).where(table["n"].notna()))
        self.released.update(table["count"].dropna())
        return table

    def rates(
        self,
        people: Persons,
        by: str | Sequence[str],
        *,
        events: str = "events",
        time: str = "time",
        method: Method = None,
        name: str = "",
    ) -> pd.DataFrame:
        """Compute and protect rates of events by time at risk.

        The interval is that of a ratio, clustered by person; see `models.shares.proportions.ratio`.

        Parameters
        ----------
        people : Persons
            One row a person, or a person and spell, with a number of `events` and `time` at risk.
        """
        people = _required(people)
        groups, about, called = self._begin(people[people[time] > 0], by, method, name)
        rows, found = {}, {}
        for key, frame in groups.items():
            persons = frame[PERSON].to_numpy(dtype=np.int64)
            happened, at_risk = (frame[each].to_numpy(dtype=float) for each in (events, time))
            rows[key] = Row(called(key), {"n": persons, "events": persons[happened > 0]})
            each = _by_person(persons, happened, at_risk)
            found[key] = _of_share(ratio(each[0], each[1]) if len(frame) else None)
        return self._tidy(found, rows, groups, about, "rate")

    def means(
        self,
        people: Persons,
        by: str | Sequence[str],
        *,
        value: str = "value",
        scale: tuple[float, float],
        method: Method = None,
        name: str = "",
    ) -> pd.DataFrame:
        """Compute and protect means by group, with Student's interval.

        Parameters
        ----------
        people : Persons
            One row a person, with a `value`.
        scale : tuple of float
            The least and the greatest value there can be: a group in which nearly all are at one
            end is hidden.
        """
        groups, about, called = self._begin(_required(people), by, method, name)
        rows, found, (low, high) = {}, {}, scale
        for key, frame in groups.items():
            values = frame[value].to_numpy(dtype=float)
            whole = np.full(len(values), float(high - low))
            rows[key] = Row(
                called(key), {"n": frame[PERSON].to_numpy()}, {"yes": values - low, "n": whole}
            )
            found[key] = _mean(values)
        return self._tidy(found, rows, groups, about, "number")

    def curves(
        self,
        curves: SurvivalCurves,
        spells: Persons,
        by: str,
        times: ArrayLike,
        *,
        duration: str = "weeks",
        event: str = "ended",
        method: Method = None,
        name: str = "",
    ) -> pd.DataFrame:
        """Read and protect survival curves: in steps of enough events and enough or no censored.

        Parameters
        ----------
        curves : SurvivalCurves
            By the categories of `by`, fitted to `spells`.
        spells : Persons
            One row a spell: its `duration`, and whether it ended with the `event`.
        times : array_like
            When to read the curves.

        Returns
        -------
        DataFrame
            Indexed by group and `time`; empty rows where a curve has ended.
        """
        at = np.asarray(times, dtype=float)
        about = self._about(spells, method)
        called = self._called(name or _stem(about), [by, "time"])
        rows: dict[Key, Row] = {}
        found: dict[Key, list[float]] = {}
        for group, curve in curves.items():
            mine = spells[(spells[by] == group).to_numpy(dtype=bool)]
            persons = mine[PERSON].to_numpy(dtype=np.int64)
            lasted, ended = mine[duration].to_numpy(), mine[event].to_numpy(dtype=bool)
            steps = curve.in_steps(self.minimum)
            read = curve.read(at, self.minimum)
            for first, last in zip(steps.index[:-1], steps.index[1:], strict=True):
                inside = (lasted > first) & (lasted <= last)
                sets = {
                    "n": persons[lasted > first],
                    "events": persons[inside & ended],
                    "lost": persons[inside & ~ended],
                }
                for when in at[(at >= last)][:1]:
                    rows[(group, when)] = Row(called((group, when)), sets)
            told = read[["survival", "lower", "upper", "at_risk"]].to_numpy(dtype=float)
            for when, values in zip(at, told.tolist(), strict=True):
                found[(group, when)] = values
        index = pd.MultiIndex.from_tuples(list(found), names=[by, "time"])
        return self._tidy(found, rows, index, about, "share")

    def model(self, fitted: Model, people: Persons, *, events: str | None = None) -> Model:
        """Let a model of persons through; gives it back.

        Parameters
        ----------
        fitted : Fitted
            With its numbers of observations and events, and `to_frame()` by term.
        people : Persons
            The rows that it was fitted to; each category of a covariate needs enough persons, and
            enough of them with the event.
        events : str, optional
            The column that tells whether the event happened.

        Raises
        ------
        DisclosureError
            If a term rests on too few, or too few degrees of freedom are left.
        """
        table = fitted.to_frame()
        if not regression_allowed(min(fitted.n, fitted.events), len(table), self.minimum):
            raise DisclosureError(
                f"a model of {len(table)} terms ({', '.join(map(str, table.index))}) leaves "
                "too few degrees of freedom",
                remedy="Leave out terms, or join categories",
            )
        if small := _small_terms(people, events, self.minimum):
            raise DisclosureError(
                f"a model whose terms rest on too few persons: {', '.join(small)}",
                remedy="Join categories, or leave the covariate out",
            )
        self._release(table)
        return fitted

    def test(self, compared: Test) -> Test:
        """Let a test of whether groups of persons are alike through; gives it back.

        Raises
        ------
        DisclosureError
            If the persons, or the events, are too few beside the degrees of freedom.
        """
        groups = compared.to_frame()
        if not regression_allowed(
            int(groups[["n", "events"]].sum().min()), compared.df, self.minimum
        ):
            raise DisclosureError(
                f"a test of {len(groups)} groups ({', '.join(map(str, groups.index))}) leaves "
                "too few degrees of freedom",
                remedy="Join groups",
            )
        self.released.update((compared.p, compared.statistic))
        return compared

    def _share(self, count: int, n: int) -> Share | None:
        count, n = (rounded(each, self.ledger.rounding) for each in (count, n))
        return share(min(count, n), n) if n else None

    def _begin(
        self,
        people: Persons,
        by: str | Sequence[str],
        method: Method,
        name: str,
        inside: str | None = None,
    ) -> "tuple[_Groups, About, Callable[[Key], str]]":
        levels = [by] if isinstance(by, str) else list(by)
        about = self._about(people, method)
        named = [*levels, inside] if inside else levels
        return _Groups(people, levels), about, self._called(name or _stem(about), named)

    def _about(self, people: Persons, method: Method) -> About:
        source = people.attrs.get(SOURCE, self.source)
        if source is None:
            raise UsageError(
                "nobody knows where these persons' figures come from",
                remedy="Set `report.source` to the register's source first",
            )
        return About(source, people.attrs.get(METHOD)).by(method)

    def _called(self, name: str, levels: Sequence[str]) -> Callable[[Key], str]:
        """Name the rows of a table; a second table of a name is numbered."""
        self._names[name] = number = self._names.get(name, 0) + 1
        table = name if number == 1 else f"{name} {number}"

        def called(key: Key) -> str:
            where = ", ".join(f"{level} = {each}" for level, each in zip(levels, key, strict=True))
            return f"{table}: {where}"

        return called

    def _tidy(
        self,
        found: Mapping[Key, Sequence[float]],
        rows: Mapping[Key, Row],
        groups: "_Groups | pd.MultiIndex",
        about: About,
        unit: str,
    ) -> pd.DataFrame:
        statuses = dict(zip(rows, self.ledger.publish(rows.values()), strict=True))
        index = groups if isinstance(groups, pd.MultiIndex) else groups.index
        table = pd.DataFrame(list(found.values()), index=index, columns=NUMBERS, dtype=float)
        status = pd.Series([_status(key, found[key], statuses) for key in found], index=index)
        table = table.where(status == "").assign(unit=unit, status=status.to_numpy())
        self._release(table[NUMBERS])
        return about.on(table)

    def _release(self, table: pd.DataFrame) -> None:
        values = table.select_dtypes("number").to_numpy(dtype=float)
        self.released.update(values[np.isfinite(values)].tolist())


class _Groups(dict[Key, pd.DataFrame]):
    """The rows of each group, in plain tables; all combinations where every level is a category."""

    def __init__(self, people: Persons, levels: Sequence[str]) -> None:
        plain, names = people.frame(), list(levels)
        categories = all(isinstance(plain[each].dtype, pd.CategoricalDtype) for each in names)
        super().__init__(dict(iter(plain.groupby(names, observed=not categories))))
        if categories:
            full = itertools.product(*(plain[each].cat.categories for each in names))
            found = {key: self.get(key, plain.iloc[:0]) for key in full}
            self.clear()
            self.update(found)
        keys = list(self)
        self.index: pd.Index = (
            pd.MultiIndex.from_tuples(keys, names=names)
            if len(names) > 1
            else pd.Index([key[0] for key in keys], name=names[0])
        )


def _required(people: Persons) -> Persons:
    if not isinstance(people, Persons):
        raise UsageError(
            f"{type(people).__name__} is not a table of persons",
            remedy="Give a table with one row a person (`Persons`)",
        )
    return people


def _status(key: Key, values: Sequence[float], statuses: Mapping[Key, Status]) -> str:
    if found := statuses.get(key):
        return found
    return EMPTY if np.isnan(values[0]) else ""


def _categories(column: "pd.Series[Any]") -> list[Any]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return list(column.cat.categories)
    return sorted(column.dropna().unique())


def _of_persons(
    counted: NDArray[np.float64], out_of: NDArray[np.float64], persons: NDArray[np.int64]
) -> bool:
    once = len(np.unique(persons)) == len(persons)
    return bool(once and (out_of == 1).all() and np.isin(counted, (0, 1)).all())


def _by_person(
    persons: NDArray[np.int64], *amounts: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    each, place = np.unique(persons, return_inverse=True)
    sums = (np.bincount(place, amount, minlength=len(each)) for amount in amounts)
    return [total.astype(np.float64) for total in sums]


def _of_share(found: Share | None) -> list[float]:
    return [np.nan] * 4 if found is None else [found.value, *found.interval, found.n]


def _mean(values: NDArray[np.float64]) -> list[float]:
    if len(values) < 2:
        return [np.nan] * 4
    mean = float(values.mean())
    half = float(stdtrit(len(values) - 1, 0.975) * values.std(ddof=1) / np.sqrt(len(values)))
    return [mean, mean - half, mean + half, len(values)]


def _small_terms(people: Persons, events: str | None, minimum: int) -> list[str]:
    plain = people.frame()
    covariates = [
        each
        for each in plain
        if each not in (PERSON, events)
        and not pd.api.types.is_float_dtype(plain[each])
        and plain[each].nunique() > 1
    ]
    happened = plain if events is None else plain[plain[events].astype(bool)]
    return [
        f"{column} = {level}"
        for column in covariates
        for level in plain[column].dropna().unique()
        if plain.loc[plain[column] == level, PERSON].nunique() < minimum
        or happened.loc[happened[column] == level, PERSON].nunique() < minimum
    ]


def _stem(about: About) -> str:
    return about.method.function.rpartition(".")[2] if about.method else "persons"
