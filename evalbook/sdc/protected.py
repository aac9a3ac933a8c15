"""From tables of persons to tables of results: what a report may show of them.

Each call takes a table of persons and gives one tidy table: the groups are the index, the columns
are `estimate`, `lower`, `upper`, `n`, `unit` and `status`. A hidden row has missing numbers, and
its status says why.
"""

import itertools
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from evalbook.errors import DisclosureError, UsageError
from evalbook.models import SurvivalCurves
from evalbook.models.method import METHOD, Declared
from evalbook.models.method import Method as DeclaredMethod
from evalbook.models.shares.proportions import Share, ratio, share
from evalbook.sdc.about import SOURCE, About
from evalbook.sdc.ledger import TOO_FEW, Ledger, Row, Status
from evalbook.sdc.persons_frame import PERSON, Persons
from evalbook.sdc.rounding import rounded
from evalbook.sdc.thresholds import regression_allowed
from evalbook.text.source import Source

EMPTY: Final = "empty"
NUMBERS: Final = ["estimate", "lower", "upper", "n"]
COLUMNS: Final = [*NUMBERS, "unit", "status"]
TERMS: Final = ["covariate", "level"]


class Fitted(Protocol):
    """A model of persons: its numbers of observations and events, and its estimates by term."""

    @property
    def n(self) -> int:
        """Observations."""

    @property
    def events(self) -> int:
        """Events among them."""

    def to_frame(self) -> pd.DataFrame:
        """Give the estimates, one row per term."""


class Compared(Protocol):
    """A test of groups of persons: its result, and by group persons `n` and `events`."""

    @property
    def p(self) -> float:
        """How likely the statistic, or a greater one, is where all groups are alike."""

    @property
    def statistic(self) -> float:
        """Chi-squared."""

    @property
    def df(self) -> int:
        """Degrees of freedom."""

    def to_frame(self) -> pd.DataFrame:
        """Give persons and events, one row per group."""


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
    _rows: set[tuple[float | None, ...]] = field(default_factory=set, init=False, repr=False)
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

    def shares_of_counts(
        self, counts: pd.DataFrame, *, counted: str = "counted", out_of: str = "out_of"
    ) -> pd.DataFrame:
        """Compute and protect shares of a whole population that came as counts.

        Parameters
        ----------
        counts : DataFrame
            Indexed by the groups: persons `counted`, out of `out_of` persons.

        Returns
        -------
        DataFrame
            `estimate` from 0 to 1, hidden where fewer than the minimum are counted, or are not. No
            interval, since everybody is counted, and no `n`, since the counts are not told.
        """
        part, whole = counts[counted], counts[out_of]
        enough = (part >= self.minimum) & (whole - part >= self.minimum)
        share = (part / whole).where(enough)
        table = pd.DataFrame(dict.fromkeys(NUMBERS, np.nan), index=counts.index)
        table = table.assign(
            estimate=share, unit="share", status=np.where(enough, "", TOO_FEW).astype(object)
        )
        self._release(table[NUMBERS])
        return self._about(counts, None).on(table)

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
        per: float = 1.0,
        method: Method = None,
        name: str = "",
    ) -> pd.DataFrame:
        """Compute and protect rates of events by time at risk.

        The interval is that of a ratio, clustered by person; see `models.shares.proportions.ratio`.

        Parameters
        ----------
        people : Persons
            One row a person, or a person and spell, with a number of `events` and `time` at risk.
        per : float
            The time that the rate is told for, such as 100 weeks.
        """
        people = _required(people)
        groups, about, called = self._begin(people[people[time] > 0], by, method, name)
        rows, found = {}, {}
        for key, frame in groups.items():
            persons = frame[PERSON].to_numpy(dtype=np.int64)
            happened, at_risk = (frame[each].to_numpy(dtype=float) for each in (events, time))
            rows[key] = Row(called(key), {"n": persons, "events": persons[happened > 0]})
            each = _by_person(persons, happened, at_risk)
            *rate, n = _of_share(ratio(each[0], each[1]) if len(frame) else None)
            found[key] = [*(per * value for value in rate), n]
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
        exact: Sequence[float] = (),
        duration: str = "weeks",
        event: str = "ended",
        method: Method = None,
        name: str = "",
    ) -> pd.DataFrame:
        """Read and protect survival curves in steps of enough events and enough or no censored.

        Parameters
        ----------
        curves : SurvivalCurves
            By the categories of `by`, fitted to `spells`.
        spells : Persons
            One row a spell: its `duration`, and whether it ended with the `event`.
        times : array_like
            When to read the curves, after 0. A time is left out where too few are lost from sight
            since the one before.
        exact : sequence of float
            Times that are wanted, and so not left out: others make room for them.

        Returns
        -------
        DataFrame
            Indexed by group and `time`; `n` is those left after it, rounded down.
        """
        about = self._about(spells, method or curves.attrs.get(METHOD))
        called = self._called(name or _stem(about), [by, "time"])
        rows: dict[Key, Row] = {}
        found: dict[Key, list[float]] = {}
        for group, curve in curves.items():
            mine = spells[(spells[by] == group).to_numpy(dtype=bool)].frame()
            steps = _Steps(mine[PERSON], mine[duration], mine[event], self.minimum)
            told = steps.ends(times, exact)
            for first, last in itertools.pairwise(told):
                rows[(group, last)] = Row(called((group, last)), steps.sets(first, last))
            values = curve.read(np.array(told))[["survival", "lower", "upper"]]
            for when, read in zip(told, values.to_numpy(dtype=float).tolist(), strict=True):
                found[(group, when)] = [*read, steps.left(when) // self.minimum * self.minimum]
            for when in map(float, set(exact) - set(told)):
                found[(group, when)] = [np.nan] * 4
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

    def ratios(
        self,
        fitted: Model,
        people: Persons,
        *,
        events: str | None = None,
        method: Method = None,
    ) -> pd.DataFrame:
        """Return and protect the ratios of a model of persons; all are hidden if one must be.

        Parameters
        ----------
        fitted : Fitted
            Its `to_frame()` gives hazard or odds ratios by term, with their intervals.
        people, events
            As for `model`; columns that are not in the model do not matter.

        Returns
        -------
        DataFrame
            Indexed by `covariate` and `level` (empty for numbers): the ratio in `estimate`, with
            `lower` and `upper`. The level that others are compared with has 1 and no interval.
        """
        found = fitted.to_frame()
        kind = next(each for each in found if str(each).endswith("ratio"))
        parts = [str(term).rstrip("]").partition("[") for term in found.index]
        index = [(covariate, level) for covariate, _, level in parts]
        names = [each for each in dict(index) if each in people.columns]
        used = people[[PERSON, *names, *([events] if events else [])]].dropna()
        allowed = regression_allowed(min(fitted.n, fitted.events), len(found), self.minimum)
        hide = not allowed or bool(_small_terms(used, events, self.minimum))
        table = found[[kind, "lower", "upper"]].set_axis(NUMBERS[:3], axis=1).assign(n=fitted.n)
        table = table.set_axis(pd.MultiIndex.from_tuples(index, names=TERMS), axis=0)
        references = pd.DataFrame(
            [[1.0, np.nan, np.nan, fitted.n]], columns=NUMBERS, index=_references(used, index)
        )
        table = pd.concat([references, table])
        if hide:
            table *= np.nan
        self._release(table)
        status = TOO_FEW if hide else ""
        return self._about(people, method).on(table.assign(unit="ratio", status=status))

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

    def _about(self, people: pd.DataFrame, method: Method | DeclaredMethod) -> About:
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

    def _are_results(self, table: pd.DataFrame) -> bool:
        """Return whether each row of a table is a result of these calls, with or without `n`.

        A table that was put together of several has lost what each knew.
        """
        kept = [name for name in NUMBERS if name in table]
        others = table.select_dtypes("number").columns.difference(kept)
        return set(NUMBERS[:3]) <= set(kept) and others.empty and self._rows >= _rows(table[kept])

    def _release(self, table: pd.DataFrame) -> None:
        values = table.select_dtypes("number").to_numpy(dtype=float)
        self.released.update(values[np.isfinite(values)].tolist())
        if set(NUMBERS) <= set(table):
            self._rows |= _rows(table[NUMBERS]) | _rows(table[NUMBERS[:3]])


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


class _Steps:
    """Spells of a group, and the steps in which their survival curve may be told."""

    def __init__(
        self,
        persons: "pd.Series[Any]",
        lasted: "pd.Series[Any]",
        ended: "pd.Series[Any]",
        minimum: int,
    ) -> None:
        self._persons = persons.to_numpy(dtype=np.int64)
        self._lasted = lasted.to_numpy(dtype=float)
        self._ended = ended.to_numpy(dtype=bool)
        self._minimum = minimum

    def sets(self, first: float, last: float) -> dict[str, NDArray[np.int64]]:
        """Return whom a step gives away: those at risk, with the event, and lost from sight."""
        inside = (self._lasted > first) & (self._lasted <= last)
        return {
            "n": self._persons[self._lasted > first],
            "events": self._persons[inside & self._ended],
            "lost": self._persons[inside & ~self._ended],
        }

    def left(self, when: float) -> int:
        """Count the spells that are left after a time."""
        return int((self._lasted > when).sum())

    def ends(self, times: ArrayLike, exact: Sequence[float]) -> list[float]:
        """Return 0 and the times that end a step, those of `exact` before others."""
        ends = [0.0]
        wanted = np.asarray(times, dtype=float)
        for mark in [*sorted(exact), None]:
            if mark is not None and not self._enough(ends[-1], mark):
                continue
            for when in wanted[(wanted > ends[-1]) & (wanted < (mark or np.inf))].tolist():
                if self._enough(ends[-1], when) and (mark is None or self._enough(when, mark)):
                    ends.append(when)
            if mark is not None:
                ends.append(float(mark))
        return ends

    def _enough(self, first: float, last: float) -> bool:
        found = self.sets(first, last)
        events, lost = (len(np.unique(found[each])) for each in ("events", "lost"))
        left = len(np.unique(self._persons[self._lasted > last]))
        return min(events, left) >= self._minimum and (lost == 0 or lost >= self._minimum)


def _rows(table: pd.DataFrame) -> set[tuple[float | None, ...]]:
    values = table.astype(object).where(table.notna(), None)
    return set(values.itertuples(index=False, name=None))


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


def _references(people: Persons, terms: Sequence[tuple[str, str]]) -> pd.MultiIndex:
    """Return the level of each covariate that the terms of a model are compared with."""
    found = [
        (covariate, str(level))
        for covariate in dict.fromkeys(name for name, level in terms if level)
        for level in people.frame()[covariate].unique()
        if (covariate, str(level)) not in terms
    ]
    return pd.MultiIndex.from_tuples(found, names=TERMS)


def _stem(about: About) -> str:
    return about.method.function.rpartition(".")[2] if about.method else "persons"
